-- Revert baocao:plan

BEGIN;

DROP VIEW baocao.period_window;
DROP TABLE baocao.period_decision, baocao.period, baocao.indicator, baocao.reporter, baocao.task_unit, baocao.task,
    baocao.task_group, baocao.plan, baocao.unit, baocao.plan_version;
DROP DOMAIN baocao.code;
DROP SCHEMA baocao;

COMMIT;
