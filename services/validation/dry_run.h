// Answers intake's questions what would become of a report, by the same rules and over the same data as a verdict, and stores
// nothing.
#pragma once

#include <czmq.h>

#include "common/db.h"

typedef struct dry_run dry_run_t;

// Borrows the receiving end of the CHECK hop, which it hangs into the loop, and the connection, which it uses alone.
dry_run_t *dry_run_new (zloop_t *loop, zsock_t *socket, bc_db_t *db);

// Destroy the connection first: what is under way must not end any more.
void dry_run_destroy (dry_run_t **self_p);
