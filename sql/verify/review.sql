-- Verify baocao:review

BEGIN;

SET LOCAL search_path = baocao;

SELECT review_id, submission_id, action, at, who, reason FROM review WHERE false;
SELECT submission_id, judged_at, state FROM submission_state WHERE false;
SELECT request_id, outcome, at, who, reason FROM request_decision WHERE false;
SELECT request_id, unit_id, period_id, last_day, submission_id, reason, asked_at, sender_key FROM open_request WHERE false;
SELECT submission_id, unit_id, period_id, received_at FROM quarantine WHERE false;

DO $$
BEGIN
    ASSERT NOT EXISTS (
        VALUES ('review', 'PRIMARY KEY (review_id)'),
               ('review', 'FOREIGN KEY (submission_id) REFERENCES submission(submission_id)'),
               ('review', 'UNIQUE (submission_id, action)'),
               ('request_decision', 'PRIMARY KEY (request_id)'),
               ('request_decision', 'FOREIGN KEY (request_id) REFERENCES unit_request(request_id)')
        EXCEPT SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    ), 'a constraint is missing';
END
$$;

ROLLBACK;
