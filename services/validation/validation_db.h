// The only file of this service that knows SQL. Functions that take a tx queue statements of one step; the comments say which
// results they give.
#pragma once

#include "batch.h"
#include "common/db.h"
#include "common/queue.h"

// Deletes the items' rows that nobody else has. One result: validation_db_taken tells whether an item's row was among them, and whether
// the standing agency has admitted the report.
// *hint_p, 0 at first, is where the search begins: both come in nearly the same order.
void validation_db_take (bc_tx_t *tx, bc_item_t **items, size_t count);
bool validation_db_taken (const PGresult *result, const uint8_t submission_id[16], int *hint_p, bool *admitted_p);

// What the rules need to know. Two results, for validation_db_read_facts.
void validation_db_ask_facts (bc_tx_t *tx, const plan_book_t *book, const batch_t *batch);
void validation_db_read_facts (const PGresult *previous, const PGresult *files, batch_t *batch);

// Stores what was put into quarantine, verdicts, findings, the rows of accepted reports, and the next stages' work.
void validation_db_store (bc_tx_t *tx, const batch_t *batch, int64_t judged_at, int64_t plan_version);

// Waiting submissions, oldest first: at most BC_QUEUE_BATCH, and at most about 16 MiB of reports.
void validation_db_sweep (bc_tx_t *tx);
// One of them; its texts and bytes live as long as the result. 0, or -1: not a sound row.
int validation_db_swept (const PGresult *result, int row, received_t *received);
