-- Who may do what: every role, every table, every verb is tried. What is not in the table below is refused with 42501.
-- S select, I insert, U update, D delete. (A superuser who takes a role on has its rights, and none of its settings: the portal's
-- read-only default is off here.)
\ir fixture.psql

CREATE TEMP TABLE may (relation text PRIMARY KEY, intake text, validation text, aggregation text, notification text, portal text,
                       admin text, enrolment text NOT NULL DEFAULT '');
INSERT INTO may VALUES
--   relation               intake validation aggregation notification portal admin
    ('plan_version',        'S',   'S',       'S',        'S',         'S',   'SU'),
    ('unit',                'S',   'S',       'S',        'S',         'S',   'SIU' ),
    ('unit_identifier',     'S',   'S',       'S',        'S',         'S',   'SI'),
    ('unit_succession',     'S',   'S',       'S',        'S',         'S',   'SI'),
    ('plan',                'S',   'S',       'S',        'S',         'S',   'SIU' ),
    ('task_group',          'S',   'S',       'S',        'S',         'S',   'SIU' ),
    ('task',                'S',   'S',       'S',        'S',         'S',   'SIU' ),
    ('task_unit',           'S',   'S',       'S',        'S',         'S',   'SIU' ),
    ('reporter',            'S',   'S',       'S',        'S',         'S',   'SIU' ),
    ('indicator',           'S',   'S',       'S',        'S',         'S',   'SIU' ),
    ('period',              'S',   'S',       'S',        'S',         'S',   'SIU' ),
    ('period_decision',     'S',   'S',       'S',        'S',         'S',   'SI'),
    ('period_move',         'S',   'S',       'S',        'S',         'S',   'SI'),
    ('extension',           'S',   'S',       'S',        'S',         'S',   'SI'),
    ('official_day',        'S',   'S',       'S',        'S',         'S',   'SID'),
    ('reminder_policy',     'S',   'S',       'S',        'S',         'S',   'SID'),
    ('escalation_step',     'S',   'S',       'S',        'S',         'S',   'SID'),
    ('period_reporter',     'S',   'S',       'S',        'S',         'S',   'S'),
    ('period_role',         'S',   'S',       'S',        'S',         'S',   'S'),
    ('plan_standing',       'S',   'S',       'S',        'S',         'S',   'S'),
    ('extension_due',       'S',   'S',       'S',        'S',         'S',   'S'),
    ('unit_deadline',       'S',   'S',       'S',        'S',         'S',   'S'),
    ('period_window',       'S',   'S',       'S',        'S',         'S',   'S'),
    ('period_policy',       'S',   'S',       'S',        'S',         'S',   'S'),
    ('unit_endpoint',       'S',   '',        '',         '',          'S',   'SI'),
    ('client_key',          'S',   '',        '',         '',          '',    'SI'),
    ('invitation',          '',    '',        '',         '',          'S',   'SI'),
    ('enrolment',           '',    '',        '',         '',          'S',   'S'),
    ('reader_key',          '',    '',        'S',        '',          '',    'SI'),
    ('portal_account',      '',    '',        '',         '',          'S',   'SI'),
    ('receipt_key',         'S',   '',        '',         '',          'S',   'SI'),
    ('contact',             '',    '',        '',         'S',         '',    'SI'),
    ('submission',          'SI',  'S',       'S',        'S',         'S',   'S'),
    ('resubmission',        'I',   '',        '',         '',          '',    'S'),
    ('upload',              'SID', '',        '',         '',          '',    'S'),
    ('attachment_chunk',    'SI',  '',        '',         '',          '',    'S'),
    ('attachment',          'I',   '',        '',         '',          '',    'S'),
    ('validation_queue',    'I',   'SUD',     '',         '',          '',    'SI'),
    ('unit_request',        'SI',  '',        '',         'S',         '',    'S'),
    ('coordination',        'SI',  '',        '',         'S',         '',    'S'),
    ('verdict',             'S',   'SI',      'S',        'S',         'S',   'S'),
    ('finding',             'S',   'I',       '',         'S',         'S',   'S'),
    ('report_entry',        'S',   'SI',      'S',        '',          'S',   'S'),
    ('report_budget',       '',    'I',       '',         '',          'S',   'S'),
    ('report_indicator',    '',    'I',       '',         '',          'S',   'S'),
    ('review',              'S',   'S',       'S',        'S',         'S',   'SI'),
    ('submission_state',    'S',   '',        '',         '',          'S',   'S'),
    ('request_decision',    '',    '',        '',         'S',         '',    'SI'),
    ('open_request',        'S',   '',        '',         'S',         '',    'S'),
    ('quarantine',          '',    '',        '',         'S',         'S',   'S'),
    ('aggregation_queue',   '',    'I',       'SUD',      '',          '',    'SI'),
    ('notification_queue',  'I',   'I',       'I',        'SUD',       '',    'SI'),
    ('unit_standing',       'S',   '',        'SIU',      '',          'S',   'S'),
    ('period_total',        '',    '',        'SIU',      '',          'S',   'S'),
    ('task_total',          '',    '',        'SIU',      '',          'S',   'S'),
    ('budget_total',        '',    '',        'SIU',      '',          'S',   'S'),
    ('indicator_total',     '',    '',        'SIUD',    '',          'S',   'S'),
    ('feed_head',           '',    '',        'SU',       '',          'S',   'S'),
    ('feed_event',          'S',   '',        'SI',       '',          'S',   'S'),
    ('reminder_decision',   '',    '',        '',         'SI',        '',    'S'),
    ('digest_decision',     '',    '',        '',         'SI',        '',    'S'),
    ('notice',              'S',   '',        '',         'SI',        '',    'S'),
    ('delivery',            '',    '',        '',         'SI',        '',    'S'),
    ('delivery_queue',      '',    '',        '',         'SIUD',      '',    'S'),
    ('delivery_attempt',    '',    '',        '',         'SI',        '',    'S');
-- The one that strangers talk to has next to nothing: all of it is in these two rows, and in columns below.
UPDATE may SET enrolment = CASE relation WHEN 'invitation' THEN 'S' ELSE 'SI' END WHERE relation IN ('invitation', 'enrolment');

SELECT set_eq(
    $$SELECT relname::text FROM pg_class WHERE relnamespace = 'baocao'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')$$,
    'SELECT relation FROM may', 'every table and view is in this file');

-- Whole rows: a right on some columns only does not show here.
CREATE TEMP TABLE trial AS
SELECT 'baocao_' || role AS role, relation, rights, verb, strpos('SIUDT', verb) AS place,
       CASE verb
           WHEN 'S' THEN format('SELECT * FROM %I WHERE false', relation)
           WHEN 'I' THEN format('INSERT INTO %I OVERRIDING SYSTEM VALUE SELECT (NULL::%1$I).* WHERE false', relation)
           WHEN 'U' THEN format('UPDATE %I SET %I = DEFAULT WHERE false', relation, a.attname)
           WHEN 'D' THEN format('DELETE FROM %I WHERE false', relation)
           WHEN 'T' THEN format('TRUNCATE %I', relation)
       END AS statement
FROM may
CROSS JOIN LATERAL (VALUES ('intake', intake), ('validation', validation), ('aggregation', aggregation),
                           ('notification', notification), ('enrolment', enrolment), ('portal', portal), ('admin', admin)) r (role, rights)
CROSS JOIN (VALUES ('S'), ('I'), ('U'), ('D'), ('T')) v (verb)
JOIN pg_attribute a ON attrelid = relation::regclass AND attnum = 1
WHERE relation NOT IN ('period_window', 'period_policy', 'period_reporter', 'period_role', 'extension_due', 'unit_deadline', 'submission_state', 'quarantine', 'plan_standing', 'open_request') OR verb = 'S';

CREATE FUNCTION pg_temp.try (role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text := 'done';
BEGIN
    BEGIN
        EXECUTE format('SET LOCAL ROLE %I', role);
        EXECUTE statement;
    EXCEPTION WHEN others THEN
        state := SQLSTATE;
    END;
    RESET ROLE;
    RETURN state;
END
$$;

SELECT is(string_agg(CASE state WHEN 'done' THEN verb WHEN '42501' THEN '' ELSE verb || '=' || state END, '' ORDER BY place), rights,
          format('%s on %s: %s', role, relation, coalesce(nullif(rights, ''), 'nothing')))
FROM (SELECT *, pg_temp.try(role, statement) AS state FROM trial) t
GROUP BY role, relation, rights ORDER BY role, relation;

-- Single columns.
CREATE TEMP TABLE single (role text, statement text, expected text);
INSERT INTO single VALUES
    ('baocao_admin', $$UPDATE client_key SET revoked_at = now(), revoked_by = 'test'$$, 'done'),
    ('baocao_admin', $$UPDATE reader_key SET revoked_at = now(), revoked_by = 'test'$$, 'done'),
    ('baocao_admin', $$UPDATE portal_account SET password = NULL, removed_at = now(), removed_by = 'test'$$, 'done'),
    ('baocao_admin', $$UPDATE portal_account SET class = 'agency'$$, '42501'),
    ('baocao_admin', $$UPDATE contact SET removed_at = now(), removed_by = 'test'$$, 'done'),
    ('baocao_admin', $$UPDATE contact SET address = 'khac@example.vn'$$, '42501'),
    ('baocao_admin', $$UPDATE contact SET consent_at = now()$$, '42501'),
    ('baocao_admin', $$UPDATE client_key SET unit_id = 2$$, '42501'),
    ('baocao_admin', $$UPDATE unit_identifier SET valid_to = '2025-03-01'$$, 'done'),
    ('baocao_admin', $$UPDATE unit_identifier SET unit_id = 2$$, '42501'),
    ('baocao_admin', $$UPDATE client_key SET public_key = repeat('x', 40)$$, '42501'),
    ('baocao_admin', $$UPDATE reader_key SET public_key = repeat('x', 40)$$, '42501'),
    ('baocao_intake', $$UPDATE client_key SET revoked_at = NULL, revoked_by = NULL$$, '42501'),
    ('baocao_admin', $$UPDATE invitation SET revoked_at = now(), revoked_by = 'test'$$, 'done'),
    ('baocao_admin', $$UPDATE invitation SET expires_at = now()$$, '42501'),
    ('baocao_admin', $$INSERT INTO enrolment SELECT token_hash, repeat('a', 40), now() FROM invitation$$, '42501'),
    ('baocao_enrolment', $$SELECT unit_id, code FROM unit$$, 'done'),
    ('baocao_enrolment', $$SELECT name_vi FROM unit$$, '42501'),
    ('baocao_enrolment', $$SELECT public_key, unit_id, name, revoked_at FROM client_key$$, 'done'),
    ('baocao_enrolment', $$UPDATE client_key SET revoked_at = NULL, revoked_by = NULL$$, '42501'),
    ('baocao_enrolment', $$UPDATE client_key SET name = 'test'$$, '42501'),
    ('baocao_enrolment', $$UPDATE invitation SET expires_at = now()$$, '42501'),
    ('baocao_enrolment', $$INSERT INTO client_key VALUES (repeat('f', 40), 1, 'test', now(), 'test', now(), 'test')$$, '42501'),
    ('baocao_intake', $$SELECT sha256, size FROM attachment$$, 'done'),
    ('baocao_intake', $$DELETE FROM upload$$, '23503'),  -- it is an attachment
    ('baocao_intake', $$UPDATE upload SET finished = true$$, 'done'),
    ('baocao_intake', $$UPDATE upload SET size = 1$$, '42501'),
    ('baocao_validation', $$SELECT sha256, size FROM attachment$$, 'done'),
    ('baocao_validation', $$SELECT content FROM attachment_chunk$$, '42501'),
    ('baocao_validation', $$SELECT unit_id FROM attachment$$, '42501');
SELECT is(pg_temp.try(role, statement), expected, format('%s: %s', role, statement)) FROM single;

-- What each service is for, with real rows.
CREATE TEMP TABLE duty (role text, statement text);
INSERT INTO duty VALUES
    ('baocao_intake', $$INSERT INTO submission SELECT (jsonb_populate_record(s, '{"revision": 2, "chain_index": 2,
        "submission_id": "00000000-0000-7000-8000-000000000002", "report_id": "00000000-0000-4000-8000-000000000002"}')).*
        FROM submission s$$),
    ('baocao_intake', $$INSERT INTO validation_queue VALUES ('00000000-0000-7000-8000-000000000002')$$),
    ('baocao_intake', $$INSERT INTO unit_request (request_id, unit_id, period_id, submission_id, reason, asked_at, sender_key)
        OVERRIDING SYSTEM VALUE VALUES (2, 1, 1, '00000000-0000-7000-8000-000000000001', 'nhầm số liệu', now(), repeat('c', 40))$$),
    ('baocao_intake', $$INSERT INTO notification_queue (item, event, unit_id, decision_id) VALUES (gen_random_uuid(), 'request', 1, 2)$$),
    ('baocao_intake', $$INSERT INTO coordination (coordination_id, period_id, task_id, unit_id, kind, entry, remark, said_at, sender_key)
        OVERRIDING SYSTEM VALUE VALUES (2, 1, 1, 2, 'contribution', '\x00', '', now(), repeat('c', 40))$$),
    ('baocao_validation', $$SELECT FROM validation_queue FOR UPDATE SKIP LOCKED$$),
    ('baocao_validation', $$DELETE FROM validation_queue RETURNING submission_id$$),
    ('baocao_validation', $$INSERT INTO verdict VALUES ('00000000-0000-7000-8000-000000000002', 1, 1, 2, true, now(), 1)$$),
    ('baocao_validation', $$INSERT INTO aggregation_queue VALUES ('00000000-0000-7000-8000-000000000002', 'judged')$$),
    ('baocao_validation', $$INSERT INTO notification_queue VALUES ('00000000-0000-7000-8000-000000000002', 'judged')$$),
    ('baocao_aggregation', $$DELETE FROM aggregation_queue WHERE submission_id IN (SELECT submission_id FROM aggregation_queue
        FOR UPDATE SKIP LOCKED) RETURNING submission_id$$),
    ('baocao_aggregation', $$SELECT seq FROM feed_head FOR UPDATE$$),
    ('baocao_aggregation', $$INSERT INTO feed_event VALUES (2, now(), '00000000-0000-7000-8000-000000000002', 'judged', '\x00')$$),
    ('baocao_aggregation', $$INSERT INTO period_total VALUES (1, 1, 0, 0, 0, 0) ON CONFLICT (period_id) DO UPDATE SET on_time = 2$$),
    ('baocao_aggregation', $$INSERT INTO notification_queue VALUES ('00000000-0000-7000-8000-000000000002', 'standing', 1, 2)$$),
    ('baocao_notification', $$DELETE FROM notification_queue WHERE item IN (SELECT item FROM notification_queue
        FOR UPDATE SKIP LOCKED) RETURNING event$$),
    ('baocao_notification', $$INSERT INTO reminder_decision VALUES (2, 1, 'd-30', now(), 1, now()) ON CONFLICT DO NOTHING$$),
    ('baocao_notification', $$INSERT INTO digest_decision VALUES (1, 'committee', '2025-12-08', now())$$),
    ('baocao_notification', $$INSERT INTO notice VALUES (2, 1, 1, now(), NULL, '\x00')$$),
    ('baocao_notification', $$INSERT INTO delivery (delivery_id, unit_id, cursor, contact_id, channel, address, created_at)
        OVERRIDING SYSTEM VALUE VALUES (2, 2, 1, 1, 'mail', 'a@example.vn', now())$$),
    ('baocao_notification', $$UPDATE delivery_queue SET attempts = attempts + 1, not_before = now()$$),
    ('baocao_notification', $$DELETE FROM delivery_queue$$),
    ('baocao_notification', $$INSERT INTO delivery_attempt VALUES (1, 2, now(), 'sent', 250, 'ok')$$),
    ('baocao_enrolment', $$INSERT INTO client_key (public_key, unit_id, name, added_at, added_by)
        VALUES (repeat('f', 40), 1, 'Hoa', now(), 'test')$$),
    ('baocao_enrolment', $$INSERT INTO enrolment SELECT decode(repeat('0b', 32), 'hex'), repeat('c', 40), now()$$),
    ('baocao_portal', $$SELECT FROM period_window JOIN period_total USING (period_id)$$),
    ('baocao_admin', $$INSERT INTO unit (unit_id, code, kind, name_vi, name_en) OVERRIDING SYSTEM VALUE
        VALUES (3, 'so-ba', 'department', 'Sở Ba', 'Department Three')$$),
    ('baocao_admin', $$INSERT INTO period_decision (period_id, action, at, who) VALUES (1, 'close', now(), 'test')$$),
    ('baocao_admin', $$INSERT INTO review OVERRIDING SYSTEM VALUE
        VALUES (2, '00000000-0000-7000-8000-000000000001', 'return', now(), 'test', 'Thiếu số liệu')$$),
    ('baocao_admin', $$INSERT INTO validation_queue VALUES ('00000000-0000-7000-8000-000000000001') ON CONFLICT DO NOTHING$$),
    ('baocao_admin', $$INSERT INTO aggregation_queue VALUES ('00000000-0000-7000-8000-000000000001', 'returned')$$),
    ('baocao_admin', $$INSERT INTO notification_queue VALUES ('00000000-0000-7000-8000-000000000001', 'confirmed')$$),
    ('baocao_admin', $$INSERT INTO request_decision VALUES (2, 'refused', now(), 'test', 'số liệu đúng')$$),
    ('baocao_admin', $$UPDATE plan_version SET version = version + 1$$),
    ('baocao_admin', $$INSERT INTO client_key (public_key, unit_id, name, added_by) VALUES (repeat('e', 40), 1, 'máy 2', 'test')$$);
SELECT is(pg_temp.try(role, statement), 'done', format('%s: %s', role, statement)) FROM duty;

-- Nobody gets at rights by a detour.
SELECT is_empty($$SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid IN (m.member, m.roleid)
                  WHERE r.rolname LIKE 'baocao\_%'$$, 'no role is a member of another one');
SELECT is_empty($$SELECT relname FROM pg_class WHERE relowner::regrole::text LIKE 'baocao\_%'$$, 'services own nothing');
SELECT is(pg_temp.try(role, statement), '42501', format('%s: %s', role, statement))
FROM (SELECT DISTINCT role FROM trial) r
CROSS JOIN (VALUES ('CREATE TABLE baocao.own (n int)'), ('CREATE TABLE public.own (n int)'),
                   ('CREATE FUNCTION baocao.own () RETURNS int LANGUAGE sql AS $f$ SELECT 1 $f$'),
                   ('ALTER TABLE submission DISABLE TRIGGER ALL'), ('SET session_replication_role = replica'),
                   ('CREATE ROLE baocao_own'), ('COPY unit TO PROGRAM ''true'''), ('SELECT pg_read_file(''postgresql.conf'')'),
                   ('SELECT rolpassword FROM pg_authid')) d (statement)
ORDER BY role, statement;
SELECT is_empty($$SELECT relname FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'baocao'::regnamespace AND grantee = 0$$,
                'nothing is granted to everybody');
SELECT is_empty($$SELECT relname FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'baocao'::regnamespace AND is_grantable
                  AND grantee <> relowner$$, 'nobody passes rights on');

-- The portal logs in as itself: read-only from the start, and switching that off gains nothing.
CREATE EXTENSION dblink;
SELECT dblink_connect('portal', format('host=%s port=%s user=baocao_portal dbname=%s options=-clock_timeout=5s',
                                       split_part(current_setting('unix_socket_directories'), ',', 1), current_setting('port'),
                                       current_database())) AS connected \gset
SELECT is(setting, 'on', 'the portal reads only') FROM dblink('portal', 'SHOW transaction_read_only') AS t (setting text);
SELECT throws_ok($$SELECT dblink_exec('portal', 'DELETE FROM baocao.unit')$$, '25006', NULL, 'the portal may not write');
SELECT dblink_exec('portal', 'SET default_transaction_read_only = off') AS switched \gset
SELECT is(setting, 'off', 'it can switch that off') FROM dblink('portal', 'SHOW transaction_read_only') AS t (setting text);
SELECT throws_ok(format('SELECT dblink_exec(%L, %L)', 'portal', replace(statement, 'FROM ', 'FROM baocao.')), '42501', NULL,
                 'the portal, after that: ' || statement)
FROM trial WHERE role = 'baocao_portal' AND verb = 'D';
SELECT dblink_disconnect('portal') AS disconnected \gset

SELECT * FROM finish();
ROLLBACK;
