-- Verify baocao:aggregation

BEGIN;

SET LOCAL search_path = baocao;

SELECT period_id, unit_id, submission_id, revision, first_received_at, last_received_at, late, judged_revision, refused,
    chain_index, receipt_hash, returned_revision FROM unit_standing WHERE false;
SELECT period_id, on_time, late, rejected, voluntary, returned FROM period_total WHERE false;
SELECT period_id, task_id, not_started, in_progress, completed, delayed, stopped, progress_sum FROM task_total WHERE
    false;
SELECT period_id, task_id, unit_id, source, allocated, disbursed FROM budget_total WHERE false;
SELECT period_id, indicator_id, unit_id, value, received_at FROM indicator_total WHERE false;
SELECT only_row, seq FROM feed_head WHERE false;
SELECT seq, at, submission_id, cause, event FROM feed_event WHERE false;

DO $$
BEGIN
    ASSERT NOT EXISTS (
        VALUES ('unit_standing', 'PRIMARY KEY (period_id, unit_id)'),
               ('period_total', 'PRIMARY KEY (period_id)'),
               ('task_total', 'PRIMARY KEY (period_id, task_id)'),
               ('budget_total', 'PRIMARY KEY (period_id, task_id, unit_id, source)'),
               ('indicator_total', 'PRIMARY KEY (period_id, indicator_id, unit_id)'),
               ('feed_head', 'CHECK (only_row)'),
               ('feed_event', 'PRIMARY KEY (seq)'),
               ('feed_event', 'UNIQUE (submission_id, cause)')
        EXCEPT SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    ), 'a constraint is missing';
    ASSERT (SELECT count(*) = 1 FROM feed_head), 'feed_head has one row';
END
$$;

ROLLBACK;
