-- Deploy baocao:intake
-- What departments sent. Written by intake only, and only by INSERT.

BEGIN;

SET LOCAL search_path = baocao;

-- One row per report received, whatever its content. The columns from unit_id to submitted_by, but for period_id, are exactly what
-- the signed receipt says (proto/baocao/v1/receipt.proto): the receipt is rebuilt from them, so a changed column no longer verifies.
-- plan_code and period_code are what the department claimed; period_id is set when they name a known period. unit_id is that of the
-- door, and intake has checked the codes: a foreign key and a domain would cost a sixth of the insert to say it again.
CREATE TABLE submission (
    submission_id uuid PRIMARY KEY,
    unit_id       int NOT NULL,
    plan_code     text NOT NULL,
    period_code   text NOT NULL,
    period_id     int,
    report_id     uuid NOT NULL,
    revision      int NOT NULL CHECK (revision > 0),
    report_digest bytea NOT NULL CHECK (length(report_digest) = 32),
    received_at   timestamptz NOT NULL,
    timeliness    smallint NOT NULL CHECK (timeliness BETWEEN 0 AND 3),  -- as in receipt.proto
    chain_index   bigint NOT NULL CHECK (chain_index > 0),
    previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
    submitted_by  text NOT NULL,  -- the officer: the name of sender_key
    key_id        text NOT NULL,
    signature     bytea NOT NULL CHECK (length(signature) = 64),
    sender_key    curve_key NOT NULL,  -- whose key it was
    report        bytea NOT NULL,      -- the bytes as received
    UNIQUE (unit_id, report_id),
    UNIQUE (unit_id, chain_index)
);
-- Stored inline and lz4-compressed: a report just past the usual 2 KB limit would else cost a second table's insert.
ALTER TABLE submission ALTER COLUMN report SET STORAGE MAIN;
ALTER TABLE submission ALTER COLUMN report SET COMPRESSION lz4;
ALTER TABLE submission SET (toast_tuple_target = 8160);

-- Each later arrival of a report id that is stored already. A row also makes the answer wait for a synchronous standby.
CREATE TABLE resubmission (
    submission_id uuid NOT NULL REFERENCES submission,
    received_at   timestamptz NOT NULL,
    report_digest bytea NOT NULL CHECK (length(report_digest) = 32),
    conflict      boolean NOT NULL,  -- other bytes under the same id: refused
    sender_key    curve_key NOT NULL
);
CREATE INDEX ON resubmission (submission_id);

-- A file on its way in, or one that has come. Each department's own until its digest is known: nobody can spoil another's.
CREATE TABLE upload (
    upload_id  uuid PRIMARY KEY,
    unit_id    int NOT NULL REFERENCES unit,
    sha256     bytea NOT NULL CHECK (length(sha256) = 32),  -- as promised
    size       bigint NOT NULL CHECK (size BETWEEN 1 AND 52428800),
    started_at timestamptz NOT NULL,
    finished   boolean NOT NULL DEFAULT false,  -- it is an attachment
    UNIQUE (unit_id, sha256)
);
CREATE INDEX upload_recent ON upload (unit_id, started_at);  -- what a department may send in a day
CREATE INDEX upload_unfinished ON upload (unit_id, upload_id) WHERE NOT finished;  -- few, of however many there are

-- Its content, in order and without gaps. Goes with an upload that is given up, and only so.
CREATE TABLE attachment_chunk (
    upload_id uuid NOT NULL REFERENCES upload ON DELETE CASCADE,
    start     bigint NOT NULL CHECK (start >= 0),  -- of the content's first byte in the file
    content   bytea NOT NULL CHECK (length(content) BETWEEN 1 AND 262144),
    PRIMARY KEY (upload_id, start)
);
ALTER TABLE attachment_chunk ALTER COLUMN content SET STORAGE EXTERNAL;

-- The files that are there, whole and of that digest: once each, whoever sent them. From here on the upload can no longer be given up.
CREATE TABLE attachment (
    sha256      bytea PRIMARY KEY CHECK (length(sha256) = 32),
    size        bigint NOT NULL CHECK (size > 0),
    unit_id     int NOT NULL REFERENCES unit,  -- who sent it first
    received_at timestamptz NOT NULL,
    upload_id   uuid NOT NULL UNIQUE REFERENCES upload
);

-- What departments ask the standing agency for: a later deadline, or to take an accepted report back.
CREATE TABLE unit_request (
    request_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id       int NOT NULL REFERENCES unit,
    period_id     int NOT NULL REFERENCES period,
    last_day      date,  -- of an extension: the last on which the report would be on time
    submission_id uuid REFERENCES submission,  -- of a withdrawal
    reason        text NOT NULL CHECK (reason <> ''),
    asked_at      timestamptz NOT NULL,
    sender_key    curve_key NOT NULL,
    CHECK ((last_day IS NULL) <> (submission_id IS NULL))
);
CREATE INDEX ON unit_request (unit_id, period_id);

-- What the units that share a task say to each other before the lead reports (Coordinate in client.proto).
CREATE TABLE coordination (
    coordination_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- within a period in the order of commits
    period_id       int NOT NULL REFERENCES period,
    task_id         int NOT NULL REFERENCES task,
    unit_id         int NOT NULL REFERENCES unit,  -- who said it
    kind            text NOT NULL CHECK (kind IN ('contribution', 'draft', 'agreed', 'disagreed')),
    entry           bytea CHECK (length(entry) <= 262144),  -- a packed TaskEntry (report.proto); empty: taken back
    draft_id        bigint REFERENCES coordination,  -- to which the answer is
    remark          text NOT NULL,
    said_at         timestamptz NOT NULL,
    sender_key      curve_key NOT NULL,
    CHECK ((kind IN ('contribution', 'draft')) = (entry IS NOT NULL)),
    CHECK ((kind IN ('agreed', 'disagreed')) = (draft_id IS NOT NULL)),
    CHECK (kind <> 'disagreed' OR remark <> '')
);
CREATE INDEX ON coordination (period_id, task_id, unit_id);

-- Work for validation: written with the submission, deleted with the verdict.
CREATE TABLE validation_queue (
    submission_id uuid PRIMARY KEY,
    queued_at     timestamptz NOT NULL DEFAULT now()  -- real time, also in a rehearsal
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

COMMIT;
