-- Revert baocao:notification

BEGIN;

DROP TABLE baocao.delivery_attempt, baocao.delivery_queue, baocao.delivery, baocao.notice, baocao.digest_decision,
    baocao.reminder_decision;

COMMIT;
