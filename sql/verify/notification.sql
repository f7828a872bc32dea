-- Verify baocao:notification

BEGIN;

SET LOCAL search_path = baocao;

SELECT unit_id, period_id, kind, decided_at, cursor FROM reminder_decision WHERE false;
SELECT period_id, audience, day, decided_at FROM digest_decision WHERE false;
SELECT unit_id, cursor, kind, posted_at, submission_id, notice FROM notice WHERE false;

DO $$
BEGIN
    ASSERT NOT EXISTS (
        VALUES ('reminder_decision', 'PRIMARY KEY (unit_id, period_id, kind)'),
               ('digest_decision', 'PRIMARY KEY (period_id, audience, day)'),
               ('notice', 'PRIMARY KEY (unit_id, cursor)'),
               ('notice', 'FOREIGN KEY (submission_id) REFERENCES submission(submission_id)')
        EXCEPT SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    ), 'a constraint is missing';
END
$$;

ROLLBACK;
