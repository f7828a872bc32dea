#include "send_db.h"

#include "common/xmem.h"
#include "report/receipt.h"

static const bc_statement_t ASK = {
    "portal_link",
    "SELECT u.code::text, u.name_vi, u.name_en, i.name, i.expires_at, i.revoked_at IS NOT NULL, e.at IS NOT NULL, d.door,"
    " d.public_key::text, r.key_id, encode(r.public_key, 'hex') FROM invitation i JOIN unit u USING (unit_id)"
    " JOIN unit_endpoint d USING (unit_id) LEFT JOIN enrolment e USING (token_hash)"
    " CROSS JOIN (SELECT key_id, public_key FROM receipt_key ORDER BY created_at DESC LIMIT 1) r WHERE i.token_hash = $1::bytea",
};

void send_db_ask (bc_tx_t *tx, const uint8_t token_hash[32])
{
    bc_params_t *params = bc_params_new ();
    bc_params_bytes (params, token_hash, 32);
    bc_tx_query (tx, &ASK, params);
}

invited_t *send_db_read (const PGresult *rows, int64_t now)
{
    if (PQntuples (rows) == 0)
        return NULL;
    const char *officer = bc_row_text (rows, 0, 3), *english = bc_row_text (rows, 0, 2);
    invited_t *self = xcalloc (1, sizeof *self);
    *self = (invited_t){.unit = xstrdup (bc_row_text (rows, 0, 0)),
                        .name_vi = xstrdup (bc_row_text (rows, 0, 1)),
                        .name_en = xstrdup (english ? english : bc_row_text (rows, 0, 1)),
                        .officer = xstrdup (officer ? officer : ""),
                        .used = bc_row_int (rows, 0, 6),
                        .door = (int)bc_row_int (rows, 0, 7),
                        .door_key = xstrdup (bc_row_text (rows, 0, 8)),
                        .receipt_key_id = xstrdup (bc_row_text (rows, 0, 9)),
                        .receipt_key = xstrdup (bc_row_text (rows, 0, 10))};
    self->usable = now < bc_row_time (rows, 0, 4) && !bc_row_int (rows, 0, 5) && receipt_is_by_portal (self->officer);
    return self;
}

void invited_destroy (invited_t **self_p)
{
    invited_t *self = *self_p;
    if (!self)
        return;
    free (self->unit);
    free (self->name_vi);
    free (self->name_en);
    free (self->officer);
    free (self->door_key);
    free (self->receipt_key_id);
    free (self->receipt_key);
    free (self);
    *self_p = NULL;
}
