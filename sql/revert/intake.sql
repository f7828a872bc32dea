-- Revert baocao:intake

BEGIN;

DROP TABLE baocao.validation_queue, baocao.unit_request, baocao.attachment, baocao.resubmission, baocao.submission;

COMMIT;
