-- Verify baocao:roles

BEGIN;

SET LOCAL search_path = baocao;

DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['baocao_intake', 'baocao_validation', 'baocao_aggregation', 'baocao_notification',
                                'baocao_enrolment', 'baocao_portal', 'baocao_admin'] LOOP
        ASSERT (SELECT rolcanlogin AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)
                FROM pg_roles WHERE rolname = role), role || ' may log in, and no more than that';
        ASSERT has_schema_privilege(role, 'baocao', 'USAGE'), role || ' may use the schema';
        ASSERT NOT has_schema_privilege(role, 'baocao', 'CREATE'), role || ' makes nothing in the schema';
        ASSERT has_table_privilege(role, 'period_window', 'SELECT') <> (role = 'baocao_enrolment'),
            role || ' reads the plan, unless it is enrolment''s';
    END LOOP;
    ASSERT has_table_privilege('baocao_intake', 'submission', 'INSERT'), 'intake stores';
    ASSERT has_table_privilege('baocao_validation', 'verdict', 'INSERT'), 'validation judges';
    ASSERT has_table_privilege('baocao_aggregation', 'feed_event', 'INSERT'), 'aggregation publishes';
    ASSERT has_table_privilege('baocao_notification', 'notice', 'INSERT'), 'notification posts';
    ASSERT has_table_privilege('baocao_enrolment', 'enrolment', 'INSERT'), 'enrolment registers';
    ASSERT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'baocao'::regnamespace AND relkind IN ('r', 'v')
                       AND has_table_privilege('baocao_portal', oid, 'INSERT, UPDATE, DELETE, TRUNCATE')),
        'the portal only reads';
END
$$;

ROLLBACK;
