-- Revert baocao:intake

BEGIN;

DROP TABLE baocao.validation_queue, baocao.attachment, baocao.resubmission, baocao.submission;

COMMIT;
