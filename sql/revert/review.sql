-- Revert baocao:review

BEGIN;

DROP VIEW baocao.open_request, baocao.quarantine, baocao.submission_state;
DROP TABLE baocao.request_decision, baocao.review;

COMMIT;
