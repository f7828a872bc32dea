-- Deploy baocao:validation
-- What the rules said, and an accepted report's content as rows. Written by validation only, and only by INSERT.

BEGIN;

SET LOCAL search_path = baocao;

-- unit_id, period_id and revision repeat the submission's, for the look-up of a unit's last accepted report.
CREATE TABLE verdict (
    submission_id uuid PRIMARY KEY REFERENCES submission,
    unit_id       int NOT NULL,
    period_id     int,
    revision      int NOT NULL,
    accepted      boolean NOT NULL,
    judged_at     timestamptz NOT NULL,
    plan_version  bigint NOT NULL,  -- of the plan data that the rules saw
    CHECK (period_id IS NOT NULL OR NOT accepted)
);
CREATE UNIQUE INDEX verdict_accepted ON verdict (unit_id, period_id, revision) WHERE accepted;

CREATE TABLE finding (
    submission_id uuid NOT NULL REFERENCES verdict,
    position      int NOT NULL,
    code          text NOT NULL,
    severity      text NOT NULL CHECK (severity IN ('warning', 'error')),
    path          text NOT NULL,
    message_vi    text NOT NULL,
    message_en    text NOT NULL,
    PRIMARY KEY (submission_id, position)
);

-- Rows of accepted reports. They are written in the verdict's transaction by the only writer there is, from a report that was
-- just checked against the plan; foreign keys would check each of them once more, at more cost than the insert itself.
CREATE TABLE report_entry (
    submission_id    uuid NOT NULL,
    task_id          int NOT NULL,
    status           smallint NOT NULL CHECK (status BETWEEN 1 AND 5),  -- TaskStatus in report.proto
    progress_percent smallint NOT NULL CHECK (progress_percent BETWEEN 0 AND 100),
    result           text NOT NULL,
    next_steps       text NOT NULL,
    obstacles        text NOT NULL,
    proposals        text NOT NULL,
    reason           text NOT NULL,
    PRIMARY KEY (submission_id, task_id)
);

CREATE TABLE report_budget (
    submission_id uuid NOT NULL,
    task_id       int NOT NULL,
    source        smallint NOT NULL CHECK (source BETWEEN 1 AND 8),  -- BudgetSource in report.proto
    allocated     bigint CHECK (allocated >= 0),  -- VND; NULL: no figure
    disbursed     bigint CHECK (disbursed >= 0),
    PRIMARY KEY (submission_id, task_id, source)
);

CREATE TABLE report_indicator (
    submission_id uuid NOT NULL,
    indicator_id  int NOT NULL,
    number        numeric,  -- integer and decimal
    text          text,     -- text; boolean as 'true' or 'false'
    PRIMARY KEY (submission_id, indicator_id)
);

-- Work for aggregation and notification: written with what caused it, deleted with what came of it.
CREATE TABLE aggregation_queue (
    submission_id uuid NOT NULL,
    event         text NOT NULL CHECK (event IN ('judged', 'returned')),
    queued_at     timestamptz NOT NULL DEFAULT now(),  -- real time, also in a rehearsal
    PRIMARY KEY (submission_id, event)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE notification_queue (
    item          uuid NOT NULL,  -- the submission; of what is about none, a random number
    event         text NOT NULL CHECK (event IN ('judged', 'standing', 'returned', 'confirmed', 'quarantined', 'deadline', 'extension',
                                           'request', 'request-refused', 'coordination')),
    standing      smallint,  -- with 'standing': UnitStanding in client.proto
    feed_seq      bigint,    -- with 'standing': the feed event that says so
    unit_id       int,       -- with 'deadline', 'extension', 'coordination' and those of requests: who is to be told
    decision_id   bigint,    -- with these: of period_decision, of extension, of unit_request, of coordination
    place         bigint GENERATED ALWAYS AS IDENTITY,  -- notices come in this order
    queued_at     timestamptz NOT NULL DEFAULT now(),  -- real time, also in a rehearsal
    PRIMARY KEY (item, event),
    CHECK ((event = 'standing') = (standing IS NOT NULL AND feed_seq IS NOT NULL)),
    CHECK ((event IN ('deadline', 'extension', 'request', 'request-refused', 'coordination')) = (unit_id IS NOT NULL AND decision_id IS NOT NULL))
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX notification_queue_place ON notification_queue (place);

COMMIT;
