-- Revert baocao:plan

BEGIN;

DROP VIEW baocao.unit_deadline, baocao.plan_standing, baocao.period_policy, baocao.extension_due, baocao.period_role, baocao.period_reporter, baocao.period_window;
DROP TABLE baocao.escalation_step, baocao.reminder_policy, baocao.official_day, baocao.extension, baocao.period_move, baocao.period_decision,
    baocao.period, baocao.indicator, baocao.unit_succession, baocao.reporter, baocao.task_unit, baocao.task, baocao.task_group, baocao.plan,
    baocao.unit_identifier, baocao.unit, baocao.plan_version;
DROP DOMAIN baocao.code;
DROP SCHEMA baocao;

COMMIT;
