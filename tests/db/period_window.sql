-- A period's instants: midnights in the plan's time zone, whatever the session's, and the standing agency's last decision.
\ir fixture.psql

DELETE FROM period_decision;
INSERT INTO plan OVERRIDING SYSTEM VALUE
    SELECT 2, 'utc', title_vi, title_en, issued_on, issuer, valid_from, valid_to, standing_unit, receiving_unit, '', 'UTC' FROM plan;
INSERT INTO plan OVERRIDING SYSTEM VALUE
    SELECT 3, 'berlin', title_vi, title_en, issued_on, issuer, valid_from, valid_to, standing_unit, receiving_unit, '', 'Europe/Berlin'
    FROM plan WHERE plan_id = 1;
INSERT INTO period OVERRIDING SYSTEM VALUE VALUES
    (2, 2, '2025', 'annual', '2025-11-15', '2025-12-10'),
    (3, 3, 'summer', 'interim', '2025-03-30', '2025-07-01'),  -- opens on the day the clocks go forward
    (4, 1, 'leap', 'ad hoc', '2024-02-29', '2024-03-01');

CREATE FUNCTION pg_temp.window (period int, opens text, due text, closes text, description text) RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT is(format('%s %s %s', opens_at, due_at, coalesce(closes_at::text, '-')),
              format('%s %s %s', opens::timestamptz, due::timestamptz, coalesce(closes::timestamptz::text, '-')), description)
    FROM period_window WHERE period_id = period
$$;

-- Time zones.
SELECT pg_temp.window(1, '2025-11-14T17:00:00Z', '2025-12-09T17:00:00Z', NULL, 'midnight in Hanoi is 17:00 UTC the day before');
SELECT pg_temp.window(2, '2025-11-15T00:00:00Z', '2025-12-10T00:00:00Z', NULL, 'another plan, another zone');
SELECT pg_temp.window(3, '2025-03-29T23:00:00Z', '2025-06-30T22:00:00Z', NULL, 'winter time and summer time in one period');
SELECT pg_temp.window(4, '2024-02-28T17:00:00Z', '2024-02-29T17:00:00Z', NULL, 'a leap day');
SET LOCAL TimeZone = 'America/New_York';
SELECT pg_temp.window(1, '2025-11-14T17:00:00Z', '2025-12-09T17:00:00Z', NULL, 'the session''s time zone does not matter');
SET LOCAL TimeZone = 'Asia/Ho_Chi_Minh';
SELECT pg_temp.window(1, '2025-11-14T17:00:00Z', '2025-12-09T17:00:00Z', NULL, 'not even when it is the plan''s');

-- The boundary: due is exclusive.
SELECT is(at::timestamptz < due_at, on_time, format('%s is %s', at, CASE WHEN on_time THEN 'on time' ELSE 'late' END))
FROM period_window,
    (VALUES ('2025-12-09T23:59:59.999+07', true), ('2025-12-09T23:59:59.999999+07', true), ('2025-12-10T00:00:00+07', false),
            ('2025-12-09T16:59:59.999Z', true), ('2025-12-09T17:00:00Z', false)) v (at, on_time)
WHERE period_id = 1;

-- Decisions, one after another; the latest by number holds, whatever its time.
CREATE FUNCTION pg_temp.decide (act text, at text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO period_decision (period_id, action, at, who) VALUES (1, act, at::timestamptz, 'test')
$$;
SELECT pg_temp.decide('open', '2025-11-01T02:00:00Z') \gset
SELECT pg_temp.window(1, '2025-11-01T02:00:00Z', '2025-12-09T17:00:00Z', NULL, 'opened early');
SELECT pg_temp.decide('close', '2025-12-20T00:00:00Z') \gset
SELECT pg_temp.window(1, '2025-11-01T02:00:00Z', '2025-12-09T17:00:00Z', '2025-12-20T00:00:00Z', 'closed; the rest does not move');
SELECT pg_temp.decide('reopen', '2025-12-22T00:00:00Z') \gset
SELECT pg_temp.window(1, '2025-11-01T02:00:00Z', '2025-12-09T17:00:00Z', NULL, 'open again, since it opened first');
SELECT pg_temp.decide('close', '2025-12-21T00:00:00Z') \gset
SELECT pg_temp.window(1, '2025-11-01T02:00:00Z', '2025-12-09T17:00:00Z', '2025-12-21T00:00:00Z',
                      'the last decision, not the last time');
SELECT pg_temp.window(2, '2025-11-15T00:00:00Z', '2025-12-10T00:00:00Z', NULL, 'another period is not touched');
INSERT INTO period_decision (period_id, action, at, who)
    VALUES (2, 'close', '2025-03-01T00:00:00Z', 'test'), (2, 'reopen', '2025-03-02T00:00:00Z', 'test');
SELECT pg_temp.window(2, '2025-11-15T00:00:00Z', '2025-12-10T00:00:00Z', NULL, 'closed before it opened, and that taken back: as before');
SELECT is(count(*), 4::bigint, 'a period has one row, however much was decided') FROM period_window;

-- A day to close on: its first instant, unless a decision says otherwise.
UPDATE period SET closes_on = '2025-08-01' WHERE period_id = 3;
CREATE FUNCTION pg_temp.decide3 (act text, at text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO period_decision (period_id, action, at, who) VALUES (3, act, at::timestamptz, 'test')
$$;
CREATE FUNCTION pg_temp.closing (closes text, description text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(closes_at, closes::timestamptz, description) FROM period_window WHERE period_id = 3
$$;
SELECT pg_temp.closing('2025-07-31T22:00:00Z', 'closes by itself');
SELECT pg_temp.decide3('close', '2025-07-20T00:00:00Z') \gset
SELECT pg_temp.closing('2025-07-20T00:00:00Z', 'closed earlier');
SELECT pg_temp.decide3('reopen', '2025-07-22T00:00:00Z') \gset
SELECT pg_temp.closing('2025-07-31T22:00:00Z', 'open again, until its day');
SELECT pg_temp.decide3('open', '2025-07-23T00:00:00Z') \gset
SELECT pg_temp.closing('2025-07-31T22:00:00Z', 'opened is no more than that');
SELECT pg_temp.decide3('reopen', '2025-07-31T22:00:00Z') \gset
SELECT pg_temp.closing(NULL, 'opened again after its day: open');

-- Who has to report: valid on the last good day, and so is the unit. Period 1 is due before 10 December.
CREATE FUNCTION pg_temp.reporters (range_of text, from_day text, to_day text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('UPDATE %I SET valid_from = %L, valid_to = %L WHERE unit_id = 2', range_of, from_day, to_day);
    RETURN (SELECT count(*) FROM period_reporter WHERE period_id = 1 AND unit_id = 2);
END
$$;
SELECT is(pg_temp.reporters(range_of, from_day, to_day), expected, format('%s from %s to %s', range_of, from_day, to_day))
FROM (VALUES ('reporter', '-infinity', '2025-12-09', 0::bigint), ('reporter', '-infinity', '2025-12-10', 1),
             ('reporter', '2025-12-10', 'infinity', 0), ('reporter', '2025-12-09', 'infinity', 1),
             ('unit', '-infinity', '2025-12-09', 0), ('unit', '2025-12-10', 'infinity', 0), ('unit', '2025-12-09', 'infinity', 1))
     v (range_of, from_day, to_day, expected);
SELECT is(count(*), 1::bigint, 'nobody else is touched') FROM period_reporter WHERE period_id = 1 AND unit_id = 1;

-- The last word about an extension holds, in the plan's time zone.
SELECT is(due_at, '2025-12-19T17:00:00Z', 'granted') FROM extension_due WHERE period_id = 1 AND unit_id = 2;
INSERT INTO extension (period_id, unit_id, due_before, at, who, reason) VALUES (1, 2, '2025-12-15', '2025-12-01T02:00:00Z', 'test', 'x');
SELECT is(due_at, '2025-12-14T17:00:00Z', 'granted anew') FROM extension_due WHERE period_id = 1 AND unit_id = 2;
SELECT is(granted_at, '2025-12-01T02:00:00Z', 'at that time') FROM extension_due WHERE period_id = 1 AND unit_id = 2;
UPDATE period SET due_before = '2025-12-15' WHERE period_id = 1;
SELECT is_empty('SELECT FROM extension_due', 'the plan''s deadline has come up with it');
UPDATE period SET due_before = '2025-12-14' WHERE period_id = 1;
SELECT is(due_at, '2025-12-14T17:00:00Z', 'the later of the two') FROM extension_due WHERE period_id = 1 AND unit_id = 2;
INSERT INTO extension (period_id, unit_id, due_before, at, who, reason) VALUES (1, 2, NULL, now(), 'test', 'x');
SELECT is_empty('SELECT FROM extension_due', 'refused in the end');
UPDATE period SET due_before = '2025-12-10' WHERE period_id = 1;

-- A unit's deadline is the last one that was set for it.
CREATE FUNCTION pg_temp.deadline (due text, set_at text, description text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT results_eq('SELECT due_at, set_at FROM unit_deadline WHERE period_id = 1 AND unit_id = 2',
                      format('VALUES (%L::timestamptz, %L::timestamptz)', due, set_at), description)
$$;
SELECT pg_temp.deadline('2025-12-09T17:00:00Z', '2025-11-10T00:00:00Z', 'the plan moved it');
INSERT INTO extension (period_id, unit_id, due_before, at, who, reason) VALUES (1, 2, '2025-12-20', '2025-12-02T00:00:00Z', 'test', 'x');
SELECT pg_temp.deadline('2025-12-19T17:00:00Z', '2025-12-02T00:00:00Z', 'extended');
INSERT INTO period_move (period_id, was, at, who) VALUES (1, '2025-12-09', '2025-12-03T00:00:00Z', 'test');
SELECT pg_temp.deadline('2025-12-19T17:00:00Z', '2025-12-02T00:00:00Z', 'what the plan says of the others does not move it');
UPDATE period SET due_before = '2025-12-25' WHERE period_id = 1;
SELECT pg_temp.deadline('2025-12-24T17:00:00Z', '2025-12-03T00:00:00Z', 'until it is later');

-- Who collects: when the standing unit ends, its heir; what it gave away before, while it went on, made nobody that.
INSERT INTO unit (unit_id, code, kind, name_vi, name_en) OVERRIDING SYSTEM VALUE VALUES (7, 'so-bay', 'department', 'Sở Bảy', '');
UPDATE unit SET valid_to = '2025-07-01' WHERE unit_id = 1;
INSERT INTO unit_succession (kind, predecessor, successor, from_day, at, who, reason) VALUES
    ('split', 1, 7, '2025-03-01', now(), 'test', 'x'), ('merge', 1, 2, '2025-07-01', now(), 'test', 'x');
SELECT results_eq('SELECT unit_id, valid_from FROM plan_standing WHERE plan_id = 1 ORDER BY valid_from',
                  $$VALUES (1, date '-infinity'), (2, '2025-07-01')$$, 'the heir, from the day on which its forerunner ended');

SELECT * FROM finish();
ROLLBACK;
