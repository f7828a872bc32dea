// The statements behind attachments on their way in; see intake_db.h.

#include "intake_db.h"

static const bc_statement_t COMPLETE = {
    "intake_complete",
    "SELECT size FROM attachment WHERE sha256 = $1::bytea",
};

static const bc_statement_t UPLOAD = {
    "intake_upload",
    "SELECT u.upload_id, u.size, COALESCE((SELECT c.start + length(c.content) FROM attachment_chunk c"
    "   WHERE c.upload_id = u.upload_id ORDER BY c.start DESC LIMIT 1), 0)"
    " FROM upload u WHERE u.unit_id = $1::int4 AND u.sha256 = $2::bytea",
};

void intake_db_ask_upload (bc_tx_t *tx, int unit_id, const uint8_t *sha256)
{
    bc_params_t *params = bc_params_new ();
    bc_params_bytes (params, sha256, REPORT_DIGEST_SIZE);
    bc_tx_query (tx, &COMPLETE, params);
    params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_bytes (params, sha256, REPORT_DIGEST_SIZE);
    bc_tx_query (tx, &UPLOAD, params);
}

intake_upload_t intake_db_upload (const PGresult *complete, const PGresult *unfinished)
{
    intake_upload_t upload = {.complete = PQntuples (complete) > 0};
    if (upload.complete)
        upload.size = upload.stored = bc_row_int (complete, 0, 0);
    else if (PQntuples (unfinished) > 0) {
        upload.id = bc_row_bytes (unfinished, 0, 0, NULL);
        upload.size = bc_row_int (unfinished, 0, 1);
        upload.stored = bc_row_int (unfinished, 0, 2);
    }
    return upload;
}

// The chunks go with an upload. One that has become an attachment cannot be deleted: the key says so. Only those unfinished are looked at,
// of which there are few.
static const bc_statement_t MAKE_ROOM = {
    "intake_make_room",
    "DELETE FROM upload WHERE upload_id IN (SELECT upload_id FROM (SELECT u.upload_id, u.sha256, u.started_at,"
    "   sum(u.size) OVER latest AS bytes, row_number() OVER latest AS place"
    "   FROM upload u WHERE u.unit_id = $1::int4 AND NOT u.finished"
    "   WINDOW latest AS (ORDER BY u.upload_id DESC)) unfinished"
    "  WHERE sha256 = $2::bytea OR started_at < $3::timestamptz OR bytes > $4::int8 OR place > $5::int4)",
};

void intake_db_make_room (bc_tx_t *tx, int unit_id, const uint8_t *sha256, int64_t stale, int64_t room, int count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_bytes (params, sha256, REPORT_DIGEST_SIZE);
    bc_params_time (params, stale);
    bc_params_int8 (params, room);
    bc_params_int4 (params, count);
    bc_tx_query (tx, &MAKE_ROOM, params);
}

// Every file counts for 1 MiB at least, so that they are few, too.
static const bc_statement_t CROWDED = {
    "intake_crowded",
    "SELECT max(started_at) FROM (SELECT started_at, sum(greatest(size, 1048576)) OVER (ORDER BY started_at DESC, upload_id) AS "
    "bytes"
    "   FROM upload WHERE unit_id = $1::int4 AND started_at > $2::timestamptz) recent"
    "  WHERE bytes > $3::int8 - greatest($4::int8, 1048576)",
};

void intake_db_ask_crowded (bc_tx_t *tx, int unit_id, int64_t since, int64_t limit, int64_t size)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_time (params, since);
    bc_params_int8 (params, limit);
    bc_params_int8 (params, size);
    bc_tx_query (tx, &CROWDED, params);
}

int64_t intake_db_crowded (const PGresult *rows)
{
    return bc_row_time (rows, 0, 0);
}

static const bc_statement_t ADD_UPLOAD = {
    "intake_add_upload",
    "INSERT INTO upload (upload_id, unit_id, sha256, size, started_at)"
    " VALUES ($1::uuid, $2::int4, $3::bytea, $4::int8, $5::timestamptz)",
};

void intake_db_add_upload (bc_tx_t *tx, const uint8_t *id, int unit_id, const uint8_t *sha256, int64_t size, int64_t started_at)
{
    bc_params_t *params = bc_params_new ();
    bc_params_uuid (params, id);
    bc_params_int4 (params, unit_id);
    bc_params_bytes (params, sha256, REPORT_DIGEST_SIZE);
    bc_params_int8 (params, size);
    bc_params_time (params, started_at);
    bc_tx_query (tx, &ADD_UPLOAD, params);
}

static const bc_statement_t DROP_UPLOAD = {
    "intake_drop_upload",
    "DELETE FROM upload WHERE upload_id = $1::uuid",
};

void intake_db_drop_upload (bc_tx_t *tx, const uint8_t *id)
{
    bc_params_t *params = bc_params_new ();
    bc_params_uuid (params, id);
    bc_tx_query (tx, &DROP_UPLOAD, params);
}

static const bc_statement_t ADD_CHUNK = {
    "intake_add_chunk",
    "INSERT INTO attachment_chunk (upload_id, start, content) VALUES ($1::uuid, $2::int8, $3::bytea)",
};

void intake_db_add_chunk (bc_tx_t *tx, const uint8_t *id, int64_t start, const void *content, size_t size)
{
    bc_params_t *params = bc_params_new ();
    bc_params_uuid (params, id);
    bc_params_int8 (params, start);
    bc_params_bytes (params, content, size);
    bc_tx_query (tx, &ADD_CHUNK, params);
}

static const bc_statement_t CHUNKS = {
    "intake_chunks",
    "SELECT content FROM attachment_chunk WHERE upload_id = $1::uuid AND start >= $2::int8 ORDER BY start LIMIT 4",
};

void intake_db_ask_chunks (bc_tx_t *tx, const uint8_t *id, int64_t start)
{
    bc_params_t *params = bc_params_new ();
    bc_params_uuid (params, id);
    bc_params_int8 (params, start);
    bc_tx_query (tx, &CHUNKS, params);
}

const uint8_t *intake_db_chunk (const PGresult *rows, int row, size_t *size_p)
{
    return bc_row_bytes (rows, row, 0, size_p);
}

static const bc_statement_t ADD_ATTACHMENT = {
    "intake_add_attachment",
    "WITH finished AS (UPDATE upload SET finished = true WHERE upload_id = $5::uuid)"
    " INSERT INTO attachment (sha256, size, unit_id, received_at, upload_id)"
    " VALUES ($1::bytea, $2::int8, $3::int4, $4::timestamptz, $5::uuid) ON CONFLICT (sha256) DO NOTHING",
};

void intake_db_add_attachment (bc_tx_t *tx, const uint8_t *id, int unit_id, const uint8_t *sha256, int64_t size,
                               int64_t received_at)
{
    bc_params_t *params = bc_params_new ();
    bc_params_bytes (params, sha256, REPORT_DIGEST_SIZE);
    bc_params_int8 (params, size);
    bc_params_int4 (params, unit_id);
    bc_params_time (params, received_at);
    bc_params_uuid (params, id);
    bc_tx_query (tx, &ADD_ATTACHMENT, params);
}
