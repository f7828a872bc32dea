-- Revert baocao:notification

BEGIN;

DROP TABLE baocao.notice, baocao.reminder_decision;

COMMIT;
