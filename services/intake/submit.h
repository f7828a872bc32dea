// Storing reports. They are gathered while a transaction is under way; when it ends, everything gathered goes into the next one.
//
// A receipt is sent only after the commit is known to be durable. BUSY says that nothing was stored. An outcome that nobody knows
// is not answered at all: the client sends the report again under the same id, and the database tells then.
#pragma once

#include "submission.h"

typedef struct submit submit_t;

// Borrows the connection (used by nobody else), the sending end of the RECEIVED hop and the key.
submit_t *submit_new (bc_db_t *store, zsock_t *received, const bc_signing_key_t *key);

// Destroy the connection first: what is under way must not end any more.
void submit_destroy (submit_t **self_p);

// Takes in a request that has passed request_check; answers it sooner or later, or never.
void submit_add (submit_t *self, const asker_t *asker, const Baocao__V1__SubmitReport *request);

// Begins to store what was gathered, unless a transaction is under way.
void submit_start (submit_t *self);

// Turns away what is not under way yet, with BUSY.
void submit_stop (submit_t *self);

bool submit_idle (const submit_t *self);
