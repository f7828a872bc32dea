-- History is only added to: on real rows, no service changes or removes anything of what was received, judged, published or said.
\ir fixture.psql

CREATE TEMP TABLE history (relation text);
INSERT INTO history VALUES ('submission'), ('resubmission'), ('attachment'), ('attachment_chunk'), ('verdict'), ('finding'), ('report_entry'),
    ('report_budget'), ('report_indicator'), ('review'), ('feed_event'), ('reminder_decision'), ('digest_decision'), ('notice'),
    ('unit_request'), ('coordination'), ('request_decision'), ('delivery'), ('delivery_attempt'), ('period_decision'), ('period_move'), ('extension'), ('unit_succession'), ('enrolment');

-- The whole content, to see that nothing moved.
CREATE FUNCTION pg_temp.content () RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    relation text;
    rows text;
    content text := '';
BEGIN
    FOR relation IN SELECT h.relation FROM history h ORDER BY 1 LOOP
        EXECUTE format('SELECT count(*) || coalesce(string_agg(r::text, %L ORDER BY r::text), %L) FROM %I r', '|', '', relation)
            INTO rows;
        content := content || relation || rows;
    END LOOP;
    RETURN content;
END
$$;
CREATE TEMP TABLE before AS SELECT pg_temp.content() AS content;

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

SELECT is(string_agg(rolname || ': ' || command || ' gives ' || state, E'\n') FILTER (WHERE state <> '42501'), NULL,
          'nobody changes or removes: ' || relation)
FROM (SELECT relation, rolname, command, pg_temp.try(rolname, command) AS state
      FROM history
      JOIN pg_attribute ON attrelid = relation::regclass AND attnum = 2
      CROSS JOIN (VALUES ('UPDATE %I SET %I = NULL'), ('DELETE FROM %I'), ('TRUNCATE %I CASCADE'),
                         ('DROP TABLE %I CASCADE')) s (pattern)
      CROSS JOIN LATERAL format(pattern, relation, attname) command
      CROSS JOIN pg_roles WHERE rolname LIKE 'baocao\_%') t
GROUP BY relation ORDER BY relation;

-- The writer itself, by way of its own inserts.
SELECT is(pg_temp.try(role, statement), '42501', role || ': ' || statement)
FROM (VALUES
    ('baocao_intake', 'INSERT INTO submission SELECT * FROM submission ON CONFLICT (submission_id) DO UPDATE SET revision = 7'),
    ('baocao_validation', 'INSERT INTO verdict SELECT * FROM verdict ON CONFLICT (submission_id) DO UPDATE SET accepted = false'),
    ('baocao_aggregation', 'INSERT INTO feed_event SELECT * FROM feed_event ON CONFLICT (seq) DO UPDATE SET event = ''\x01'''),
    ('baocao_notification', 'INSERT INTO notice SELECT * FROM notice ON CONFLICT (unit_id, cursor) DO UPDATE SET kind = 2'),
    ('baocao_intake', 'WITH gone AS (DELETE FROM attachment_chunk RETURNING *) INSERT INTO attachment_chunk SELECT * FROM gone'),
    ('baocao_intake', 'WITH gone AS (DELETE FROM attachment RETURNING *) INSERT INTO attachment SELECT * FROM gone'),
    ('baocao_intake', 'ALTER TABLE submission DROP COLUMN signature')) v (role, statement);

SELECT is(pg_temp.content(), content, 'nothing has changed') FROM before;

-- What is there is not taken away from under it either.
SELECT throws_ok(statement, '23503', NULL, statement)
FROM (VALUES ('DELETE FROM submission'), ('DELETE FROM verdict'), ('DELETE FROM upload'), ('DELETE FROM unit'), ('DELETE FROM period'),
             ('DELETE FROM task')) v (statement);

SELECT * FROM finish();
ROLLBACK;
