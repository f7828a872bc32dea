-- Deploy baocao:roles
-- One role per service, with exactly the rights that its *_db.c needs. Roles have no password here: `baocao-admin migrate`
-- sets one from the role's secret file. Roles belong to the cluster, so a second database finds them there already.

BEGIN;

DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['baocao_intake', 'baocao_validation', 'baocao_aggregation', 'baocao_notification',
                                'baocao_enrolment', 'baocao_portal', 'baocao_admin'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', role);
        END IF;
        -- Queue tables go from empty to full within seconds, so their statistics mislead: index plans, always.
        IF role NOT IN ('baocao_portal', 'baocao_admin') THEN
            EXECUTE format('ALTER ROLE %I SET enable_seqscan = off', role);
            EXECUTE format('ALTER ROLE %I SET enable_hashjoin = off', role);
            EXECUTE format('ALTER ROLE %I SET enable_mergejoin = off', role);
            EXECUTE format('ALTER ROLE %I SET plan_cache_mode = force_generic_plan', role);
            EXECUTE format('ALTER ROLE %I SET jit = off', role);
        END IF;
        EXECUTE format('ALTER ROLE %I SET search_path = baocao', role);
        EXECUTE format('ALTER ROLE %I SET timezone = ''UTC''', role);
    END LOOP;
END
$$;
ALTER ROLE baocao_portal SET default_transaction_read_only = on;

SET LOCAL search_path = baocao;
REVOKE ALL ON SCHEMA baocao FROM PUBLIC;
GRANT USAGE ON SCHEMA baocao TO baocao_intake, baocao_validation, baocao_aggregation, baocao_notification, baocao_enrolment,
    baocao_portal, baocao_admin;

-- The plan: everyone but enrolment reads, baocao-admin writes.
GRANT SELECT ON plan_version, unit, unit_identifier, unit_succession, plan, task_group, task, task_unit, reporter, indicator, period, period_decision,
    period_move, extension, official_day, reminder_policy, escalation_step, period_window, period_policy, period_reporter, period_role,
    extension_due, unit_deadline, plan_standing
    TO baocao_intake, baocao_validation, baocao_aggregation, baocao_notification, baocao_portal, baocao_admin;
GRANT INSERT, UPDATE ON unit, plan, task_group, task, task_unit, reporter, indicator, period TO baocao_admin;
GRANT UPDATE ON plan_version TO baocao_admin;
GRANT UPDATE (valid_to) ON unit_identifier TO baocao_admin;
GRANT INSERT ON period_decision, period_move, extension, unit_identifier, unit_succession TO baocao_admin;
GRANT INSERT, DELETE ON official_day, reminder_policy, escalation_step TO baocao_admin;

-- Doors, keys and contacts.
GRANT SELECT, INSERT ON unit_endpoint, client_key, reader_key, receipt_key, contact TO baocao_admin;
GRANT UPDATE (removed_at, removed_by) ON contact TO baocao_admin;
GRANT SELECT, INSERT, UPDATE (password, removed_at, removed_by) ON portal_account TO baocao_admin;
GRANT SELECT ON portal_account, invitation, enrolment, unit_endpoint TO baocao_portal;
GRANT SELECT, INSERT ON invitation TO baocao_admin;
GRANT UPDATE (revoked_at, revoked_by) ON invitation TO baocao_admin;
GRANT SELECT ON enrolment TO baocao_admin;
GRANT SELECT ON contact TO baocao_notification;
GRANT UPDATE (revoked_at, revoked_by) ON client_key, reader_key TO baocao_admin;
GRANT SELECT ON unit_endpoint, client_key, receipt_key TO baocao_intake;
GRANT SELECT ON receipt_key TO baocao_portal;  -- so that a report's page can say whether its receipt verifies
GRANT SELECT ON reader_key TO baocao_aggregation;

-- enrolment: a stranger can talk to it, so it can do one thing only
GRANT SELECT (unit_id, code) ON unit TO baocao_enrolment;
GRANT SELECT ON invitation TO baocao_enrolment;
GRANT SELECT, INSERT ON enrolment TO baocao_enrolment;
GRANT SELECT (public_key, unit_id, name, revoked_at), INSERT (public_key, unit_id, name, added_at, added_by) ON client_key
    TO baocao_enrolment;

-- intake
GRANT SELECT, INSERT ON submission TO baocao_intake;
GRANT SELECT (sha256, size, upload_id), INSERT ON attachment TO baocao_intake;
GRANT SELECT, INSERT, DELETE, UPDATE (finished) ON upload TO baocao_intake;  -- DELETE only reaches those that are no attachment yet
GRANT SELECT, INSERT ON attachment_chunk TO baocao_intake;
GRANT INSERT ON resubmission, validation_queue, unit_request, coordination, notification_queue TO baocao_intake;
GRANT SELECT ON verdict, finding, report_entry, review, submission_state, unit_standing, feed_event, notice, unit_request, open_request,
    coordination TO baocao_intake;

-- validation
GRANT SELECT ON submission, review TO baocao_validation;
GRANT SELECT (sha256, size) ON attachment TO baocao_validation;
GRANT SELECT, UPDATE, DELETE ON validation_queue TO baocao_validation;  -- UPDATE only to lock rows
GRANT SELECT, INSERT ON verdict, report_entry TO baocao_validation;
GRANT INSERT ON finding, report_budget, report_indicator, aggregation_queue, notification_queue TO baocao_validation;

-- aggregation
GRANT SELECT ON submission, verdict, report_entry, review TO baocao_aggregation;
GRANT SELECT, UPDATE, DELETE ON aggregation_queue TO baocao_aggregation;
GRANT SELECT, INSERT, UPDATE ON unit_standing, period_total, task_total, budget_total, indicator_total TO baocao_aggregation;
GRANT DELETE ON indicator_total TO baocao_aggregation;
GRANT SELECT, UPDATE ON feed_head TO baocao_aggregation;
GRANT SELECT, INSERT ON feed_event TO baocao_aggregation;
GRANT INSERT ON notification_queue TO baocao_aggregation;

-- notification
GRANT SELECT ON submission, verdict, finding, review, quarantine, unit_request, request_decision, open_request, coordination
    TO baocao_notification;
GRANT SELECT, UPDATE, DELETE ON notification_queue TO baocao_notification;
GRANT SELECT, INSERT ON reminder_decision, digest_decision, notice, delivery, delivery_attempt TO baocao_notification;
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery_queue TO baocao_notification;

-- the committee's portal, and the standing agency's command
GRANT SELECT ON submission, verdict, finding, report_entry, report_budget, report_indicator, review, submission_state, quarantine,
    unit_standing, period_total, task_total, budget_total, indicator_total, feed_head, feed_event TO baocao_portal, baocao_admin;
GRANT SELECT ON resubmission, attachment, upload, attachment_chunk, validation_queue, aggregation_queue, notification_queue,
    reminder_decision, digest_decision, notice, delivery, delivery_queue, delivery_attempt, unit_request, request_decision,
    open_request, coordination TO baocao_admin;
GRANT INSERT ON review, request_decision, validation_queue, aggregation_queue, notification_queue TO baocao_admin;

COMMIT;
