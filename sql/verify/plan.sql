-- Verify baocao:plan

BEGIN;

SET LOCAL search_path = baocao;

SELECT only_row, version FROM plan_version WHERE false;
SELECT unit_id, code, kind, name_vi, name_en, valid_from, valid_to FROM unit WHERE false;
SELECT unit_id, scheme, value, valid_from, valid_to FROM unit_identifier WHERE false;
SELECT plan_id, code, title_vi, title_en, issued_on, issuer, valid_from, valid_to, standing_unit, receiving_unit,
    replaces, time_zone FROM plan WHERE false;
SELECT group_id, plan_id, code, position, title_vi FROM task_group WHERE false;
SELECT task_id, plan_id, group_id, code, position, title_vi, timeframe, lead_text_vi, coordinating_text_vi FROM task
    WHERE false;
SELECT task_id, unit_id, role, valid_from, valid_to FROM task_unit WHERE false;
SELECT plan_id, unit_id, obligation, valid_from, valid_to FROM reporter WHERE false;
SELECT succession_id, kind, predecessor, successor, task_id, from_day, at, who, reason FROM unit_succession WHERE false;
SELECT indicator_id, task_id, code, title_vi, type, unit_of_measure, minimum, maximum, aggregation, required, target
    FROM indicator WHERE false;
SELECT period_id, plan_id, code, kind, opens_on, due_before, cutoff_from, cutoff_to, closes_on FROM period WHERE false;
SELECT decision_id, period_id, action, at, who, reason FROM period_decision WHERE false;
SELECT move_id, period_id, was, at, who FROM period_move WHERE false;
SELECT extension_id, period_id, unit_id, due_before, at, who, reason FROM extension WHERE false;
SELECT day, kind, name_vi FROM official_day WHERE false;
SELECT policy_id, plan_id, period_id, hour, quiet_from, quiet_to, before, working_days_only, overdue, channels, copy_to
    FROM reminder_policy WHERE false;
SELECT step_id, plan_id, period_id, after_working_days, recipient FROM escalation_step WHERE false;
SELECT period_id, plan_id, code, kind, opens_at, due_at, closes_at FROM period_window WHERE false;
SELECT period_id, hour, quiet_from, quiet_to, before, working_days_only, overdue, channels, copy_to FROM period_policy WHERE false;
SELECT plan_id, unit_id, valid_from FROM plan_standing WHERE false;
SELECT period_id, unit_id, obligation FROM period_reporter WHERE false;
SELECT period_id, task_id, unit_id, role FROM period_role WHERE false;
SELECT period_id, unit_id, due_at, granted_at FROM extension_due WHERE false;
SELECT period_id, unit_id, due_at, set_at FROM unit_deadline WHERE false;
SELECT NULL::code;

DO $$
BEGIN
    ASSERT NOT EXISTS (
        VALUES ('unit', 'UNIQUE (code)'),
               ('plan', 'UNIQUE (code)'),
               ('task', 'UNIQUE (plan_id, code)'),
               ('task_group', 'UNIQUE (plan_id, code)'),
               ('task_unit', 'PRIMARY KEY (task_id, unit_id, valid_from)'),
               ('reporter', 'PRIMARY KEY (plan_id, unit_id, valid_from)'),
               ('unit_identifier', 'PRIMARY KEY (scheme, value, valid_from)'),
               ('indicator', 'UNIQUE (task_id, code)'),
               ('period', 'UNIQUE (plan_id, code)'),
               ('period', 'CHECK ((due_before > opens_on))'),
               ('period', 'CHECK ((closes_on >= due_before))'),
               ('reminder_policy', 'UNIQUE NULLS NOT DISTINCT (plan_id, period_id)'),
               ('escalation_step', 'UNIQUE NULLS NOT DISTINCT (plan_id, period_id, after_working_days, recipient)'),
               ('plan_version', 'CHECK (only_row)')
        EXCEPT SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    ), 'a constraint is missing';
    ASSERT (SELECT count(*) = 1 FROM plan_version), 'plan_version has one row';
END
$$;

ROLLBACK;
