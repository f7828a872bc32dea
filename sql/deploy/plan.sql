-- Deploy baocao:plan
-- The plan as data: what is to be reported, by whom, until when. Written by baocao-admin only.

BEGIN;

CREATE SCHEMA baocao;
SET LOCAL search_path = baocao;

CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Za-z0-9/._-]{1,64}$');

-- Counts the changes to everything below. Services keep the plan in memory and read it again when this has moved.
CREATE TABLE plan_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL
);
INSERT INTO plan_version (version) VALUES (1);

CREATE TABLE unit (
    unit_id    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code       code NOT NULL UNIQUE,
    kind       text NOT NULL CHECK (kind IN ('committee', 'department', 'agency', 'press', 'mass-organisation', 'district',
                                             'commune')),
    name_vi    text COLLATE "vi-x-icu" NOT NULL,
    name_en    text NOT NULL,
    valid_from date NOT NULL DEFAULT '-infinity',
    valid_to   date NOT NULL DEFAULT 'infinity' CHECK (valid_to >= valid_from)
);

-- What others call a unit: (scheme, value), from a day to another. Scheme 'national' has the electronic identification codes of
-- Decision 20/2020/QD-TTg, the highest level first (H56.08).
CREATE TABLE unit_identifier (
    unit_id    int NOT NULL REFERENCES unit,
    scheme     code NOT NULL,
    value      code NOT NULL,
    valid_from date NOT NULL DEFAULT '-infinity',
    valid_to   date NOT NULL DEFAULT 'infinity' CHECK (valid_to >= valid_from),
    PRIMARY KEY (scheme, value, valid_from)
);

CREATE TABLE plan (
    plan_id        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code           code NOT NULL UNIQUE,
    title_vi       text NOT NULL,
    title_en       text NOT NULL,
    issued_on      date NOT NULL,
    issuer         int NOT NULL REFERENCES unit,
    valid_from     date NOT NULL,
    valid_to       date NOT NULL CHECK (valid_to >= valid_from),
    standing_unit  int NOT NULL REFERENCES unit,
    receiving_unit int NOT NULL REFERENCES unit,
    replaces       text NOT NULL DEFAULT '',
    time_zone      text NOT NULL
);

CREATE TABLE task_group (
    group_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id  int NOT NULL REFERENCES plan,
    code     code NOT NULL,
    position int NOT NULL,
    title_vi text NOT NULL,
    UNIQUE (plan_id, code)
);

CREATE TABLE task (
    task_id              int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id              int NOT NULL REFERENCES plan,
    group_id             int NOT NULL REFERENCES task_group,
    code                 code NOT NULL,
    position             int NOT NULL,
    title_vi             text NOT NULL,
    timeframe            text NOT NULL,
    lead_text_vi         text NOT NULL DEFAULT '',
    coordinating_text_vi text NOT NULL DEFAULT '',
    UNIQUE (plan_id, code)
);

-- Units and duties are valid on the days valid_from <= day < valid_to; the ranges of one duty do not overlap, and an empty one was
-- taken back. A period's duties are those that are valid on its last good day (due_before - 1).
CREATE TABLE task_unit (
    task_id    int NOT NULL REFERENCES task,
    unit_id    int NOT NULL REFERENCES unit,
    role       text NOT NULL CHECK (role IN ('lead', 'coordinating')),
    valid_from date NOT NULL DEFAULT '-infinity',
    valid_to   date NOT NULL DEFAULT 'infinity' CHECK (valid_to >= valid_from),
    PRIMARY KEY (task_id, unit_id, valid_from)
);

-- Who owes the plan's reports ('must'), and who may send one and is never overdue ('may').
CREATE TABLE reporter (
    plan_id    int NOT NULL REFERENCES plan,
    unit_id    int NOT NULL REFERENCES unit,
    obligation text NOT NULL CHECK (obligation IN ('must', 'may')),
    valid_from date NOT NULL DEFAULT '-infinity',
    valid_to   date NOT NULL DEFAULT 'infinity' CHECK (valid_to >= valid_from),
    PRIMARY KEY (plan_id, unit_id, valid_from)
);

-- Who stands in a unit's place from a day on: after a merge or a split with all that it reported, after a transfer with one task.
-- A unit that ended without a successor has none. Append-only.
CREATE TABLE unit_succession (
    succession_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('merge', 'split', 'transfer', 'end')),
    predecessor   int NOT NULL REFERENCES unit,
    successor     int REFERENCES unit CHECK (successor <> predecessor),
    task_id       int REFERENCES task,
    from_day      date NOT NULL,
    at            timestamptz NOT NULL,
    who           text NOT NULL,
    reason        text NOT NULL,
    CHECK ((successor IS NULL) = (kind = 'end')),
    CHECK ((task_id IS NULL) = (kind <> 'transfer'))
);

CREATE TABLE indicator (
    indicator_id    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id         int NOT NULL REFERENCES task,
    code            code NOT NULL,
    title_vi        text NOT NULL,
    type            text NOT NULL CHECK (type IN ('integer', 'decimal', 'boolean', 'text')),
    unit_of_measure text NOT NULL DEFAULT '',
    minimum         numeric,
    maximum         numeric,
    aggregation     text NOT NULL CHECK (aggregation IN ('sum', 'mean', 'last', 'none')),
    required        boolean NOT NULL,
    target          numeric,  -- to be reached by the end of the plan
    UNIQUE (task_id, code),
    CHECK (type IN ('integer', 'decimal') OR aggregation = 'none')
);

-- "due before" is exclusive: a report received on the day before due_before is on time. The report speaks of the days
-- cutoff_from <= day < cutoff_to. closes_on is the day at whose beginning the period closes, unless a decision says otherwise.
CREATE TABLE period (
    period_id   int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id     int NOT NULL REFERENCES plan,
    code        code NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('annual', 'quarterly', 'monthly', 'interim', 'final', 'ad hoc')),
    opens_on    date NOT NULL,
    due_before  date NOT NULL CHECK (due_before > opens_on),
    cutoff_from date,
    cutoff_to   date CHECK (cutoff_to > cutoff_from),
    closes_on   date CHECK (closes_on >= due_before),
    UNIQUE (plan_id, code)
);

-- Decisions of the standing agency to open a period early, to close it, or to take the closing back. Append-only; the latest one holds.
CREATE TABLE period_decision (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    period_id   int NOT NULL REFERENCES period,
    action      text NOT NULL CHECK (action IN ('open', 'close', 'reopen')),
    at          timestamptz NOT NULL,
    who         text NOT NULL,
    reason      text NOT NULL DEFAULT ''
);

-- When a plan's files moved a period's deadline, and from which day. Append-only.
CREATE TABLE period_move (
    move_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    period_id int NOT NULL REFERENCES period,
    was       date NOT NULL,
    at        timestamptz NOT NULL,
    who       text NOT NULL
);
CREATE INDEX ON period_move (period_id);

-- Another deadline for one unit, granted or (NULL) refused. Append-only; the latest one holds.
CREATE TABLE extension (
    extension_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    period_id    int NOT NULL REFERENCES period,
    unit_id      int NOT NULL REFERENCES unit,
    due_before   date,
    at           timestamptz NOT NULL,
    who          text NOT NULL,
    reason       text NOT NULL
);
CREATE INDEX ON extension (period_id, unit_id);

-- Days off (Saturdays and Sundays need no row) and working days at weekends, as the government announced them: never computed.
CREATE TABLE official_day (
    day     date PRIMARY KEY,
    kind    text NOT NULL CHECK (kind IN ('holiday', 'working')),
    name_vi text NOT NULL
);

-- When and how units are reminded, in the plan's time zone: for one period, or (NULL) for all that have no row of their own. What
-- is NULL, and what holds where there is no row: period_policy.
CREATE TABLE reminder_policy (
    policy_id  int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id    int NOT NULL REFERENCES plan,
    period_id  int REFERENCES period,
    hour       smallint CHECK (hour BETWEEN 0 AND 23),
    quiet_from smallint CHECK (quiet_from BETWEEN 0 AND 23),
    quiet_to   smallint CHECK (quiet_to BETWEEN 0 AND 23),
    before     int[]  -- days before the last good one
               CHECK (cardinality(before) <= 16 AND array_position(before, NULL) IS NULL AND 0 <= ALL (before)
                      AND 366 >= ALL (before)),
    working_days_only boolean,  -- what falls on a day off is sent on the working day before
    overdue    text CHECK (overdue IN ('working-days', 'days', 'none')),
    channels   text[] CHECK (channels <@ '{mailbox,mail,webhook}'),
    copy_to    text[] CHECK (copy_to <@ '{officer,leader,digest}'),  -- roles of contacts
    UNIQUE NULLS NOT DISTINCT (plan_id, period_id)
);

-- Who is told of a unit that is so many working days overdue. No row for the period: those of the plan; none there: after 3 days
-- the unit's leader, after 5 the standing unit's, after 7 the committee.
CREATE TABLE escalation_step (
    step_id            int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id            int NOT NULL REFERENCES plan,
    period_id          int REFERENCES period,
    after_working_days int NOT NULL CHECK (after_working_days BETWEEN 1 AND 250),
    recipient          text NOT NULL CHECK (recipient IN ('unit-leader', 'standing-leader', 'committee')),
    UNIQUE NULLS NOT DISTINCT (plan_id, period_id, after_working_days, recipient)
);

-- A period's three instants. It opens on its day, or before it when that was decided; closing does not change that. closes_at is NULL
-- while the period is to stay open; a decision to open it that was made after it had closed leaves it open.
CREATE VIEW period_window AS
SELECT p.period_id, p.plan_id, p.code, p.kind,
       least(o.opens_at, (SELECT min(at) FROM period_decision WHERE period_id = p.period_id AND action = 'open')) AS opens_at,
       p.due_before::timestamp AT TIME ZONE plan.time_zone AS due_at,
       CASE WHEN d.action = 'close' THEN d.at
            WHEN d.at >= o.closes_at THEN NULL
            ELSE o.closes_at END AS closes_at
FROM period p
JOIN plan USING (plan_id)
CROSS JOIN LATERAL (SELECT p.opens_on::timestamp AT TIME ZONE plan.time_zone AS opens_at,
                           p.closes_on::timestamp AT TIME ZONE plan.time_zone AS closes_at) o
LEFT JOIN LATERAL (SELECT action, at FROM period_decision WHERE period_id = p.period_id
                   ORDER BY decision_id DESC LIMIT 1) d ON true;

-- How the units are reminded in each period: by its own policy, else by the plan's, else in the usual way.
CREATE VIEW period_policy AS
SELECT p.period_id, coalesce(y.hour, 8) AS hour, coalesce(y.quiet_from, 21) AS quiet_from, coalesce(y.quiet_to, 6) AS quiet_to,
       coalesce(y.before, '{30,14,7,3,1,0}') AS before, coalesce(y.working_days_only, false) AS working_days_only,
       coalesce(y.overdue, 'working-days') AS overdue, coalesce(y.channels, '{mailbox,mail,webhook}') AS channels,
       coalesce(y.copy_to, '{}') AS copy_to
FROM period p
LEFT JOIN LATERAL (SELECT * FROM reminder_policy r WHERE r.plan_id = p.plan_id AND (r.period_id IS NULL OR r.period_id = p.period_id)
                   ORDER BY r.period_id LIMIT 1) y ON true;  -- its own first: NULL comes last

-- The duties to report in each period.
CREATE VIEW period_reporter AS
SELECT p.period_id, r.unit_id, r.obligation
FROM period p
JOIN reporter r USING (plan_id)
JOIN unit u USING (unit_id)
WHERE p.due_before - 1 >= greatest(r.valid_from, u.valid_from) AND p.due_before - 1 < least(r.valid_to, u.valid_to);

-- The units' roles in each period.
CREATE VIEW period_role AS
SELECT p.period_id, r.task_id, r.unit_id, r.role
FROM period p
JOIN task t USING (plan_id)
JOIN task_unit r USING (task_id)
JOIN unit u USING (unit_id)
WHERE p.due_before - 1 >= greatest(r.valid_from, u.valid_from) AND p.due_before - 1 < least(r.valid_to, u.valid_to);

-- Who collects a plan's reports, from which day on: when a standing unit ends, its heir, the first that succeeds it.
CREATE VIEW plan_standing AS
WITH RECURSIVE line (plan_id, unit_id, valid_from) AS (
    SELECT plan_id, standing_unit, date '-infinity' FROM plan
    UNION ALL
    SELECT line.plan_id, s.successor, s.from_day
    FROM line
    JOIN unit u USING (unit_id)
    CROSS JOIN LATERAL (SELECT successor, from_day FROM unit_succession
                        WHERE predecessor = u.unit_id AND kind IN ('merge', 'split') AND from_day = u.valid_to
                        ORDER BY succession_id LIMIT 1) s)
SELECT plan_id, unit_id, valid_from FROM line;

-- Deadlines of single units that are in force: one that the plan's own has overtaken is not.
CREATE VIEW extension_due AS
SELECT e.period_id, e.unit_id, e.due_before::timestamp AT TIME ZONE plan.time_zone AS due_at, e.at AS granted_at
FROM (SELECT DISTINCT ON (period_id, unit_id) period_id, unit_id, due_before, at FROM extension
      ORDER BY period_id, unit_id, extension_id DESC) e
JOIN period USING (period_id)
JOIN plan USING (plan_id)
WHERE e.due_before > period.due_before;

-- Until when each unit's report is on time, and since when that is its deadline (NULL: from the beginning).
CREATE VIEW unit_deadline AS
SELECT o.period_id, o.unit_id, greatest(w.due_at, x.due_at) AS due_at,
       CASE WHEN x.due_at > w.due_at THEN x.granted_at ELSE m.at END AS set_at
FROM period_reporter o
JOIN period_window w USING (period_id)
LEFT JOIN extension_due x USING (period_id, unit_id)
LEFT JOIN LATERAL (SELECT at FROM period_move WHERE period_id = o.period_id ORDER BY move_id DESC LIMIT 1) m ON true;

COMMIT;
