-- Deploy baocao:notification
-- What was decided to be said, to whom, and when. Written by notification only.

BEGIN;

SET LOCAL search_path = baocao;

-- One row per decision to remind or to escalate; the primary key is the guarantee that each is taken once for a deadline. Kinds: 'd-30'
-- ... 'd-0' so many days before the last good one, 'overdue-YYYY-MM-DD' for each day overdue, 'step-3-unit-leader' of escalation.
-- 'opened': the unit was told that the period is open; 'moved-1', 'moved-2' ...: that its deadline has become another.
CREATE TABLE reminder_decision (
    unit_id    int NOT NULL REFERENCES unit,
    period_id  int NOT NULL REFERENCES period,
    kind       text NOT NULL,
    decided_at timestamptz NOT NULL,
    cursor     bigint NOT NULL,  -- the notice that carries it; several decisions caught up share one
    due_at     timestamptz NOT NULL,  -- the deadline that it speaks of
    PRIMARY KEY (unit_id, period_id, due_at, kind)
);

-- Which days' digests were decided, for the standing unit and for the committee; those caught up share one notice.
CREATE TABLE digest_decision (
    period_id  int NOT NULL REFERENCES period,
    audience   text NOT NULL CHECK (audience IN ('standing', 'committee')),
    day        date NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (period_id, audience, day)
);

-- A department's mailbox. Append-only; cursor counts 1, 2, 3 ... in commit order.
CREATE TABLE notice (
    unit_id       int NOT NULL REFERENCES unit,
    cursor        bigint NOT NULL CHECK (cursor > 0),
    kind          smallint NOT NULL,  -- NoticeKind in client.proto
    posted_at     timestamptz NOT NULL,
    submission_id uuid REFERENCES submission,
    notice        bytea NOT NULL,     -- a packed Notice (client.proto)
    PRIMARY KEY (unit_id, cursor)
);

-- What is sent on to a contact, by mail or to its office's web address; written with the notice. The address is the contact's then.
CREATE TABLE delivery (
    delivery_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id     int NOT NULL,
    cursor      bigint NOT NULL,
    contact_id  int NOT NULL REFERENCES contact,
    channel     text NOT NULL CHECK (channel IN ('mail', 'webhook')),
    address     text NOT NULL,
    created_at  timestamptz NOT NULL,
    -- The calendar entry of the deadline that goes with it.
    period_id   int REFERENCES period,
    calendar    text CHECK (calendar IN ('request', 'cancel')),
    due_at      timestamptz,
    sequence    int,
    FOREIGN KEY (unit_id, cursor) REFERENCES notice,
    UNIQUE (unit_id, cursor, contact_id),
    CHECK ((calendar IS NULL) = (due_at IS NULL) AND (calendar IS NULL) = (sequence IS NULL)),
    CHECK (calendar IS NULL OR period_id IS NOT NULL)
);
CREATE INDEX delivery_calendar ON delivery (unit_id, address, period_id, sequence) WHERE calendar IS NOT NULL;

-- Those not done with; the row goes when the delivery is sent or given up.
CREATE TABLE delivery_queue (
    delivery_id bigint PRIMARY KEY REFERENCES delivery,
    not_before  timestamptz NOT NULL,
    attempts    int NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX delivery_queue_due ON delivery_queue (not_before, delivery_id);

CREATE TABLE delivery_attempt (
    delivery_id bigint NOT NULL REFERENCES delivery,
    attempt     int NOT NULL CHECK (attempt > 0),
    at          timestamptz NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('sent', 'retry', 'failed', 'withdrawn')),  -- withdrawn: the contact is removed
    status      int NOT NULL,   -- of SMTP or HTTP; 0: none came
    answer      text NOT NULL,  -- what the other side said, or why there was no answer
    PRIMARY KEY (delivery_id, attempt)
);

COMMIT;
