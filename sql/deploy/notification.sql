-- Deploy baocao:notification
-- What was decided to be said, to whom, and when. Written by notification only.

BEGIN;

SET LOCAL search_path = baocao;

-- One row per decision to remind or to escalate; the primary key is the guarantee that each is taken once. Kinds: 'd-30' ... 'd-0' so
-- many days before the last good one, 'overdue-YYYY-MM-DD' for each day overdue, 'step-3-unit-leader' of escalation. They keep their
-- names when the deadline moves: what was decided stays decided.
CREATE TABLE reminder_decision (
    unit_id    int NOT NULL REFERENCES unit,
    period_id  int NOT NULL REFERENCES period,
    kind       text NOT NULL,
    decided_at timestamptz NOT NULL,
    cursor     bigint NOT NULL,  -- the notice that carries it; several decisions caught up share one
    PRIMARY KEY (unit_id, period_id, kind)
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

COMMIT;
