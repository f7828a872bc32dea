// What the database knows of a one-time link.
#pragma once

#include "common/db.h"

typedef struct {
    char *unit, *name_vi, *name_en, *officer;
    bool usable;  // neither revoked nor expired, and the portal's
    bool used;    // a key has joined with it
    int door;
    char *door_key, *receipt_key_id, *receipt_key;  // the last in hexadecimal
} invited_t;

void send_db_ask (bc_tx_t *tx, const uint8_t token_hash[32]);
invited_t *send_db_read (const PGresult *rows, int64_t now);  // NULL: there is none
void invited_destroy (invited_t **self_p);
