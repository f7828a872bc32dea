-- Revert baocao:validation

BEGIN;

DROP TABLE baocao.notification_queue, baocao.aggregation_queue, baocao.report_indicator, baocao.report_budget, baocao.report_entry,
    baocao.finding, baocao.verdict;

COMMIT;
