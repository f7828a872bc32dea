-- Revert baocao:review

BEGIN;

DROP VIEW baocao.quarantine, baocao.submission_state;
DROP TABLE baocao.review;

COMMIT;
