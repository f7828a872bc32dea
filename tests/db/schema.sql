-- The schema's shape: what a change must not take away unseen.
\ir fixture.psql

SELECT tables_are('baocao', ARRAY[
    'plan_version', 'unit', 'unit_identifier', 'unit_succession', 'plan', 'task_group', 'task', 'task_unit', 'reporter', 'indicator', 'period', 'period_decision',
    'period_move', 'extension', 'official_day', 'reminder_policy', 'escalation_step',
    'unit_endpoint', 'client_key', 'invitation', 'enrolment', 'reader_key', 'portal_account', 'receipt_key', 'contact',
    'submission', 'resubmission', 'upload', 'attachment_chunk', 'attachment', 'unit_request', 'coordination', 'validation_queue',
    'verdict', 'finding', 'report_entry', 'report_budget', 'report_indicator', 'aggregation_queue', 'notification_queue',
    'review', 'request_decision',
    'unit_standing', 'period_total', 'task_total', 'budget_total', 'indicator_total', 'feed_head', 'feed_event',
    'reminder_decision', 'digest_decision', 'notice', 'delivery', 'delivery_queue', 'delivery_attempt']);
SELECT views_are('baocao', ARRAY['period_window', 'period_policy', 'period_reporter', 'period_role', 'extension_due', 'unit_deadline', 'submission_state', 'quarantine', 'plan_standing', 'open_request']);
SELECT domains_are('baocao', ARRAY['code', 'curve_key']);
SELECT functions_are('baocao', '{}'::name[], 'no code hides in the database');
SELECT is_empty($$SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
                  WHERE relnamespace = 'baocao'::regnamespace AND NOT tgisinternal$$, 'no trigger either');
SELECT is_empty($$SELECT conname FROM pg_constraint WHERE connamespace = 'baocao'::regnamespace
                  AND (NOT convalidated OR condeferrable)$$,
                'every constraint holds, at once');
SELECT set_eq(
    $$SELECT relname::text FROM pg_class c WHERE relnamespace = 'baocao'::regnamespace AND relkind = 'r'
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p')$$,
    $$VALUES ('resubmission')$$, 'every other table has a primary key');

-- Types on which promises rest: instants with a zone, money in whole VND, signed bytes as bytes.
SELECT col_type_is('baocao', t, c, type, format('%s.%s is %s', t, c, type))
FROM (VALUES
    ('submission', 'submission_id', 'uuid'), ('submission', 'report_id', 'uuid'),
    ('submission', 'received_at', 'timestamp with time zone'),
    ('submission', 'report', 'bytea'), ('submission', 'report_digest', 'bytea'), ('submission', 'previous_hash', 'bytea'),
    ('submission', 'signature', 'bytea'), ('submission', 'chain_index', 'bigint'), ('period', 'due_before', 'date'),
    ('period_decision', 'at', 'timestamp with time zone'), ('verdict', 'judged_at', 'timestamp with time zone'),
    ('report_budget', 'allocated', 'bigint'), ('report_budget', 'disbursed', 'bigint'), ('report_indicator', 'number', 'numeric'),
    ('budget_total', 'allocated', 'bigint'), ('budget_total', 'disbursed', 'bigint'), ('indicator_total', 'value', 'numeric'),
    ('feed_event', 'seq', 'bigint'), ('notice', 'cursor', 'bigint')) v (t, c, type);
SELECT is_empty($$SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
                  WHERE relnamespace = 'baocao'::regnamespace AND relkind = 'r' AND attnum > 0
                  AND atttypid IN ('timestamp'::regtype, 'time'::regtype, 'float4'::regtype, 'float8'::regtype, 'money'::regtype)$$,
                'no local times, no floating point');

-- Storage chosen by measurement.
SELECT is((SELECT attstorage::text || attcompression::text FROM pg_attribute
           WHERE attrelid = 'submission'::regclass AND attname = 'report'),
          'ml', 'a report lies inline, lz4-compressed');
SELECT ok('toast_tuple_target=8160' = ANY ((SELECT reloptions FROM pg_class WHERE oid = 'submission'::regclass)::text[]),
          'up to 8 KB of it');
SELECT is((SELECT attstorage::text FROM pg_attribute WHERE attrelid = 'attachment_chunk'::regclass AND attname = 'content'), 'e',
          'an attachment lies apart, as it is');
SELECT ok(reloptions @> ARRAY['autovacuum_vacuum_scale_factor=0', 'autovacuum_vacuum_threshold=2000'], relname || ' is vacuumed often')
FROM pg_class WHERE relnamespace = 'baocao'::regnamespace AND relname LIKE '%\_queue' AND relkind = 'r' ORDER BY relname;

-- Names of units are sorted as Vietnamese sorts them: Đ after D, before E.
SELECT is((SELECT string_agg(name, ' ' ORDER BY name COLLATE "vi-x-icu") FROM unnest(ARRAY['Em', 'Đông', 'Du', 'Dy']) name),
          'Du Dy Đông Em', 'Vietnamese order');
SELECT is((SELECT collname::text FROM pg_attribute JOIN pg_collation c ON c.oid = attcollation
           WHERE attrelid = 'unit'::regclass AND attname = 'name_vi'), 'vi-x-icu', 'in that order unit.name_vi is sorted');

-- Roles.
SELECT ok(rolcanlogin AND NOT rolsuper AND NOT rolinherit AND NOT rolcreaterole AND NOT rolcreatedb AND NOT rolreplication
          AND NOT rolbypassrls, rolname || ' may log in, and no more')
FROM pg_roles WHERE rolname LIKE 'baocao\_%' ORDER BY rolname;
SELECT ok(rolconfig @> ARRAY['search_path=baocao', 'TimeZone=UTC'], rolname || ' works in the schema and in UTC')
FROM pg_roles WHERE rolname LIKE 'baocao\_%' ORDER BY rolname;
SELECT ok(rolconfig @> ARRAY['enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'jit=off'],
          rolname || ' plans by index, whatever the statistics say')
FROM pg_roles WHERE rolname IN ('baocao_intake', 'baocao_validation', 'baocao_aggregation', 'baocao_notification',
                                     'baocao_enrolment') ORDER BY rolname;
SELECT ok(rolconfig @> ARRAY['default_transaction_read_only=on'], 'the portal reads only')
FROM pg_roles WHERE rolname = 'baocao_portal';

SELECT * FROM finish();
ROLLBACK;
