-- Deploy baocao:aggregation
-- Totals and the numbered feed. Written by aggregation only. The totals are the one thing here that is updated in place: they
-- can be recomputed from submission, verdict, review and the report_* tables at any time, with the same result (totals_recomputed).

BEGIN;

SET LOCAL search_path = baocao;

-- A unit's place in a period; no row: nothing judged yet.
CREATE TABLE unit_standing (
    period_id         int NOT NULL REFERENCES period,
    unit_id           int NOT NULL REFERENCES unit,
    submission_id     uuid,         -- the accepted report that counts; NULL: none
    revision          int,          -- its revision
    first_received_at timestamptz,  -- of the earliest accepted revision not returned: decides on time or late
    last_received_at  timestamptz,  -- of the one that counts
    late              boolean,
    judged_revision   int NOT NULL, -- highest revision judged
    refused           boolean NOT NULL,  -- that one was refused
    chain_index       bigint NOT NULL,   -- highest judged, and its receipt's hash
    receipt_hash      bytea NOT NULL,
    returned_revision int NOT NULL,  -- highest returned; 0: none. It and those before it count no longer
    PRIMARY KEY (period_id, unit_id),
    CHECK ((submission_id IS NULL) = (revision IS NULL) AND (submission_id IS NULL) = (first_received_at IS NULL)
           AND (submission_id IS NULL) = (late IS NULL) AND (submission_id IS NULL) = (last_received_at IS NULL))
);

CREATE TABLE period_total (
    period_id int PRIMARY KEY REFERENCES period,
    on_time   int NOT NULL CHECK (on_time >= 0),  -- of the units that must report
    late      int NOT NULL CHECK (late >= 0),
    rejected  int NOT NULL CHECK (rejected >= 0),
    voluntary int NOT NULL CHECK (voluntary >= 0),
    returned  int NOT NULL CHECK (returned >= 0)
);

CREATE TABLE task_total (
    period_id    int NOT NULL REFERENCES period,
    task_id      int NOT NULL REFERENCES task,
    not_started  int NOT NULL,
    in_progress  int NOT NULL,
    completed    int NOT NULL,
    delayed      int NOT NULL,
    stopped      int NOT NULL,
    progress_sum bigint NOT NULL,  -- percent, over all entries
    PRIMARY KEY (period_id, task_id),
    CHECK (least(not_started, in_progress, completed, delayed, stopped, progress_sum) >= 0)
);

CREATE TABLE budget_total (
    period_id int NOT NULL REFERENCES period,
    task_id   int NOT NULL REFERENCES task,
    unit_id   int NOT NULL REFERENCES unit,
    source    smallint NOT NULL,
    allocated bigint NOT NULL,  -- VND
    disbursed bigint NOT NULL,
    PRIMARY KEY (period_id, task_id, unit_id, source)
);

CREATE TABLE indicator_total (
    period_id    int NOT NULL REFERENCES period,
    indicator_id int NOT NULL REFERENCES indicator,
    unit_id      int NOT NULL REFERENCES unit,
    value        numeric NOT NULL,
    received_at  timestamptz NOT NULL,
    PRIMARY KEY (period_id, indicator_id, unit_id)
);

-- The feed's last number. Taken FOR UPDATE by whoever appends, so numbers have no gaps and follow commit order.
CREATE TABLE feed_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    seq      bigint NOT NULL
);
INSERT INTO feed_head (seq) VALUES (0);

CREATE TABLE feed_event (
    seq           bigint PRIMARY KEY,
    at            timestamptz NOT NULL,
    submission_id uuid NOT NULL REFERENCES submission,
    cause         text NOT NULL CHECK (cause IN ('judged', 'returned')),  -- aggregation_queue.event
    event         bytea NOT NULL,  -- a packed FeedEvent (feed.proto)
    UNIQUE (submission_id, cause)  -- counted exactly once
);

COMMIT;
