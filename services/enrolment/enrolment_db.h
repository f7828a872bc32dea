// The only SQL of enrolment.
#pragma once

#include "claim.h"
#include "common/db.h"

enum { ENROLMENT_HASH_SIZE = 32 };  // SHA-256 of a token

void enrolment_db_ask (bc_tx_t *tx, const uint8_t *token_hash, const char *public_key);

// False: there is no such token. Borrows from the result.
bool enrolment_db_read (const PGresult *rows, claim_t *claim);

// Registers the key, if it is not, and uses the token up, in the same transaction; a token that was used meanwhile makes it fail with
// SQLSTATE 23505.
void enrolment_db_add (bc_tx_t *tx, const uint8_t *token_hash, const char *public_key, const claim_t *claim, const char *name,
                       int64_t now);
