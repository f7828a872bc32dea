-- Verify baocao:notification

BEGIN;

SET LOCAL search_path = baocao;

SELECT unit_id, period_id, kind, decided_at, cursor, due_at FROM reminder_decision WHERE false;
SELECT period_id, audience, day, decided_at FROM digest_decision WHERE false;
SELECT unit_id, cursor, kind, posted_at, submission_id, notice FROM notice WHERE false;
SELECT delivery_id, unit_id, cursor, contact_id, channel, address, created_at, period_id, calendar, due_at, sequence
FROM delivery WHERE false;
SELECT delivery_id, not_before, attempts FROM delivery_queue WHERE false;
SELECT delivery_id, attempt, at, outcome, status, answer FROM delivery_attempt WHERE false;

DO $$
BEGIN
    ASSERT NOT EXISTS (
        VALUES ('reminder_decision', 'PRIMARY KEY (unit_id, period_id, due_at, kind)'),
               ('digest_decision', 'PRIMARY KEY (period_id, audience, day)'),
               ('notice', 'PRIMARY KEY (unit_id, cursor)'),
               ('delivery', 'UNIQUE (unit_id, cursor, contact_id)'),
               ('delivery_queue', 'PRIMARY KEY (delivery_id)'),
               ('delivery_attempt', 'PRIMARY KEY (delivery_id, attempt)'),
               ('notice', 'FOREIGN KEY (submission_id) REFERENCES submission(submission_id)')
        EXCEPT SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    ), 'a constraint is missing';
END
$$;

ROLLBACK;
