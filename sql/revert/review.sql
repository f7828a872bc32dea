-- Revert baocao:review

BEGIN;

DROP VIEW baocao.submission_state;
DROP TABLE baocao.review;

COMMIT;
