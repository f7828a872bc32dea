-- Revert baocao:aggregation

BEGIN;

DROP TABLE baocao.feed_event, baocao.feed_head, baocao.indicator_total, baocao.budget_total, baocao.task_total,
    baocao.period_total, baocao.unit_standing;

COMMIT;
