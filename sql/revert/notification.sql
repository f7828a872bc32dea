-- Revert baocao:notification

BEGIN;

DROP TABLE baocao.delivery_attempt, baocao.delivery_queue, baocao.delivery, baocao.notice, baocao.reminder_decision;

COMMIT;
