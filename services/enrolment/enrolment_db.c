#include "enrolment_db.h"

static const bc_statement_t ASK = {
    "enrolment_ask",
    "SELECT i.unit_id, u.code::text, i.name, i.created_by, i.expires_at, i.revoked_at IS NOT NULL, e.public_key::text,"
    " k.unit_id, k.revoked_at IS NOT NULL, k.name FROM invitation i JOIN unit u USING (unit_id)"
    " LEFT JOIN enrolment e USING (token_hash) LEFT JOIN client_key k ON k.public_key = $2::text WHERE i.token_hash = $1::bytea",
};

void enrolment_db_ask (bc_tx_t *tx, const uint8_t *token_hash, const char *public_key)
{
    bc_params_t *params = bc_params_new ();
    bc_params_bytes (params, token_hash, ENROLMENT_HASH_SIZE);
    bc_params_text (params, public_key);
    bc_tx_query (tx, &ASK, params);
}

bool enrolment_db_read (const PGresult *rows, claim_t *claim)
{
    if (PQntuples (rows) == 0)
        return false;
    *claim = (claim_t){
        .unit_id = (int)bc_row_int (rows, 0, 0),
        .unit = bc_row_text (rows, 0, 1),
        .name = bc_row_text (rows, 0, 2),
        .created_by = bc_row_text (rows, 0, 3),
        .expires_at = bc_row_time (rows, 0, 4),
        .withdrawn = bc_row_int (rows, 0, 5),
        .used_by = bc_row_text (rows, 0, 6),
        .key_known = !bc_row_null (rows, 0, 7),
        .key_unit_id = (int)bc_row_int (rows, 0, 7),
        .key_revoked = bc_row_int (rows, 0, 8),
        .key_name = bc_row_text (rows, 0, 9),
    };
    return true;
}

static const bc_statement_t ADD_KEY = {
    "enrolment_add_key",
    "INSERT INTO client_key (public_key, unit_id, name, added_at, added_by)"
    " VALUES ($1::text, $2::int4, $3::text, $4::timestamptz, $5::text)",
};

static const bc_statement_t USE_TOKEN = {
    "enrolment_use_token",
    "INSERT INTO enrolment (token_hash, public_key, at) VALUES ($1::bytea, $2::text, $3::timestamptz)",
};

void enrolment_db_add (bc_tx_t *tx, const uint8_t *token_hash, const char *public_key, const claim_t *claim, const char *name,
                       int64_t now)
{
    if (!claim->key_known) {
        bc_params_t *key = bc_params_new ();
        bc_params_text (key, public_key);
        bc_params_int4 (key, claim->unit_id);
        bc_params_text (key, name);
        bc_params_time (key, now);
        bc_params_text (key, claim->created_by);
        bc_tx_query (tx, &ADD_KEY, key);
    }
    bc_params_t *use = bc_params_new ();
    bc_params_bytes (use, token_hash, ENROLMENT_HASH_SIZE);
    bc_params_text (use, public_key);
    bc_params_time (use, now);
    bc_tx_query (tx, &USE_TOKEN, use);
}
