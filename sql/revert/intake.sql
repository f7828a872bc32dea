-- Revert baocao:intake

BEGIN;

DROP TABLE baocao.validation_queue, baocao.unit_request, baocao.coordination, baocao.attachment, baocao.attachment_chunk, baocao.upload, baocao.resubmission,
    baocao.submission;

COMMIT;
