-- Revert baocao:access

BEGIN;

DROP TABLE baocao.contact, baocao.receipt_key, baocao.portal_account, baocao.reader_key, baocao.enrolment, baocao.invitation, baocao.client_key, baocao.unit_endpoint;
DROP DOMAIN baocao.curve_key;

COMMIT;
