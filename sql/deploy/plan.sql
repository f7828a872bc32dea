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
    unit_id  int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code     code NOT NULL UNIQUE,
    kind     text NOT NULL CHECK (kind IN ('committee', 'department', 'press', 'mass-organisation', 'district')),
    name_vi  text COLLATE "vi-x-icu" NOT NULL,
    name_en  text NOT NULL,
    duty     text NOT NULL DEFAULT ''
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

CREATE TABLE task_unit (
    task_id int NOT NULL REFERENCES task,
    unit_id int NOT NULL REFERENCES unit,
    role    text NOT NULL CHECK (role IN ('lead', 'coordinating')),
    PRIMARY KEY (task_id, unit_id)
);

-- Who owes the plan's reports ('must'), and who may send one and is never overdue ('may').
CREATE TABLE reporter (
    plan_id    int NOT NULL REFERENCES plan,
    unit_id    int NOT NULL REFERENCES unit,
    obligation text NOT NULL CHECK (obligation IN ('must', 'may')),
    PRIMARY KEY (plan_id, unit_id)
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
    UNIQUE (task_id, code),
    CHECK (type IN ('integer', 'decimal') OR aggregation = 'none')
);

-- "due before" is exclusive: a report received on the day before due_before is on time.
CREATE TABLE period (
    period_id  int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id    int NOT NULL REFERENCES plan,
    code       code NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('annual', 'interim', 'final', 'ad hoc')),
    opens_on   date NOT NULL,
    due_before date NOT NULL CHECK (due_before > opens_on),
    UNIQUE (plan_id, code)
);

-- Decisions of the standing agency to open a period early or again, or to close it. Append-only; the latest one holds.
CREATE TABLE period_decision (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    period_id   int NOT NULL REFERENCES period,
    action      text NOT NULL CHECK (action IN ('open', 'close')),
    at          timestamptz NOT NULL,
    who         text NOT NULL,
    reason      text NOT NULL DEFAULT ''
);

-- A period's three instants. closes_at is NULL while the period is not closed.
CREATE VIEW period_window AS
SELECT p.period_id, p.plan_id, p.code, p.kind,
       CASE WHEN d.action = 'open' AND d.at < o.opens_at THEN d.at ELSE o.opens_at END AS opens_at,
       p.due_before::timestamp AT TIME ZONE plan.time_zone AS due_at,
       CASE WHEN d.action = 'close' THEN d.at END AS closes_at
FROM period p
JOIN plan USING (plan_id)
CROSS JOIN LATERAL (SELECT p.opens_on::timestamp AT TIME ZONE plan.time_zone AS opens_at) o
LEFT JOIN LATERAL (SELECT action, at FROM period_decision WHERE period_id = p.period_id
                   ORDER BY decision_id DESC LIMIT 1) d ON true;

COMMIT;
