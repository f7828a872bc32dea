-- Revert baocao:roles
-- Takes the rights in this database away. A role that another database still knows stays.

BEGIN;

DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['baocao_intake', 'baocao_validation', 'baocao_aggregation', 'baocao_notification',
                                'baocao_enrolment', 'baocao_portal', 'baocao_admin'] LOOP
        EXECUTE format('DROP OWNED BY %I', role);
        BEGIN
            EXECUTE format('DROP ROLE %I', role);
        EXCEPTION WHEN dependent_objects_still_exist THEN
            RAISE NOTICE 'role % is still in use elsewhere', role;
        END;
    END LOOP;
END
$$;

COMMIT;
