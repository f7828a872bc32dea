-- Verify baocao:validation

BEGIN;

SET LOCAL search_path = baocao;

SELECT submission_id, unit_id, period_id, revision, accepted, judged_at, plan_version FROM verdict WHERE false;
SELECT submission_id, position, code, severity, path, message_vi, message_en FROM finding WHERE false;
SELECT submission_id, task_id, status, progress_percent, result, next_steps, obstacles, proposals, reason FROM
    report_entry WHERE false;
SELECT submission_id, task_id, source, allocated, disbursed FROM report_budget WHERE false;
SELECT submission_id, indicator_id, number, text FROM report_indicator WHERE false;
SELECT submission_id, event, queued_at FROM aggregation_queue WHERE false;
SELECT item, event, standing, feed_seq, unit_id, decision_id, place, queued_at FROM notification_queue WHERE false;

DO $$
BEGIN
    ASSERT NOT EXISTS (
        VALUES ('verdict', 'PRIMARY KEY (submission_id)'),
               ('verdict', 'FOREIGN KEY (submission_id) REFERENCES submission(submission_id)'),
               ('finding', 'PRIMARY KEY (submission_id, "position")'),
               ('finding', 'FOREIGN KEY (submission_id) REFERENCES verdict(submission_id)'),
               ('report_entry', 'PRIMARY KEY (submission_id, task_id)'),
               ('report_budget', 'PRIMARY KEY (submission_id, task_id, source)'),
               ('report_indicator', 'PRIMARY KEY (submission_id, indicator_id)'),
               ('aggregation_queue', 'PRIMARY KEY (submission_id, event)'),
               ('notification_queue', 'PRIMARY KEY (item, event)')
        EXCEPT SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    ), 'a constraint is missing';
    ASSERT (SELECT indisunique AND pg_get_expr(indpred, indrelid) = 'accepted' FROM pg_index
            WHERE indexrelid = 'verdict_accepted'::regclass), 'one accepted verdict a revision';
END
$$;

ROLLBACK;
