-- Deploy baocao:review
-- What the standing agency decided about reports, over the rules' verdict. Written by baocao-admin only, and only by INSERT.

BEGIN;

SET LOCAL search_path = baocao;

-- confirm: it stands. return: it counts no longer, nor do the revisions before it; a later one takes its place. admit: it is judged
-- although it came after its period was closed.
CREATE TABLE review (
    review_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    submission_id uuid NOT NULL REFERENCES submission,
    action        text NOT NULL CHECK (action IN ('confirm', 'return', 'admit')),
    at            timestamptz NOT NULL,
    who           text NOT NULL,
    reason        text NOT NULL DEFAULT '' CHECK (action = 'confirm' OR reason <> ''),
    UNIQUE (submission_id, action)
);

-- What was decided about a unit's request: granted by an extension or a return, or refused.
CREATE TABLE request_decision (
    request_id bigint PRIMARY KEY REFERENCES unit_request,
    outcome    text NOT NULL CHECK (outcome IN ('granted', 'refused')),
    at         timestamptz NOT NULL,
    who        text NOT NULL,
    reason     text NOT NULL CHECK (reason <> '')
);

-- What has become of a submission: SubmissionState in client.proto, in lower case.
CREATE VIEW submission_state AS
SELECT s.submission_id, v.judged_at,
       CASE WHEN v.submission_id IS NULL AND s.timeliness = 3
                 AND NOT EXISTS (SELECT FROM review r WHERE r.submission_id = s.submission_id AND r.action = 'admit')
                 THEN 'quarantined'
            WHEN v.submission_id IS NULL THEN 'received'
            WHEN NOT v.accepted THEN 'rejected'
            WHEN EXISTS (SELECT FROM review r WHERE r.submission_id = s.submission_id AND r.action = 'return') THEN 'returned'
            WHEN EXISTS (SELECT FROM verdict l WHERE l.unit_id = v.unit_id AND l.period_id = v.period_id
                         AND l.revision > v.revision AND l.accepted) THEN 'superseded'
            WHEN EXISTS (SELECT FROM review r WHERE r.submission_id = s.submission_id AND r.action = 'confirm') THEN 'confirmed'
            ELSE 'accepted' END AS state
FROM submission s LEFT JOIN verdict v USING (submission_id);

-- The requests that wait for a decision. A report that has been replaced or returned since needs none to be taken back.
CREATE VIEW open_request AS
SELECT q.* FROM unit_request q
WHERE NOT EXISTS (SELECT FROM request_decision d WHERE d.request_id = q.request_id)
  AND (q.submission_id IS NULL OR EXISTS (SELECT FROM submission_state t WHERE t.submission_id = q.submission_id
                                          AND t.state IN ('accepted', 'confirmed')));

-- What can be admitted: in quarantine, and no later revision was accepted (it could never count, and would yet decide on time or late).
CREATE VIEW quarantine AS
SELECT s.submission_id, s.unit_id, s.period_id, s.received_at
FROM submission s
WHERE s.timeliness = 3
AND NOT EXISTS (SELECT FROM verdict v WHERE v.submission_id = s.submission_id)
AND NOT EXISTS (SELECT FROM review r WHERE r.submission_id = s.submission_id AND r.action = 'admit')
AND NOT EXISTS (SELECT FROM verdict l WHERE l.unit_id = s.unit_id AND l.period_id = s.period_id AND l.revision > s.revision
                AND l.accepted);

COMMIT;
