-- Revert baocao:notification

BEGIN;

DROP TABLE baocao.notice, baocao.digest_decision, baocao.reminder_decision;

COMMIT;
