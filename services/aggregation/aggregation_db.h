// The work transaction's SQL: taking judged submissions, reading what stands, writing what came of it.
#pragma once

#include "common/db.h"
#include "fold.h"
#include "report/receipt.h"

// The feed's head, locked until the end of the transaction: whoever holds it is the only one who changes totals.
void aggregation_db_lock_head (bc_tx_t *tx);
int64_t aggregation_db_read_head (const PGresult *result);

// An item's event, as aggregation_queue and feed_event write it.
const char *aggregation_db_event (const bc_item_t *item);

// Takes the items' rows out of the queue; those that are gone, or in another's hands, are left out of the batch.
void aggregation_db_take (bc_tx_t *tx, bc_item_t **items, size_t count);
void aggregation_db_read_taken (const PGresult *result, bc_item_t **items, size_t count, fold_t *fold);

// The standings and the figures that the batch is about: two statements.
void aggregation_db_ask_units (bc_tx_t *tx, const fold_t *fold);
void aggregation_db_read_units (const PGresult *result, fold_t *fold);  // the reports live as long as the result
void aggregation_db_ask_periods (bc_tx_t *tx, const fold_t *fold);
void aggregation_db_read_periods (const PGresult *result, fold_t *fold);

// What is to be known of the batch's returns, where it has any. The reasons live as long as the result.
void aggregation_db_ask_returns (bc_tx_t *tx, const fold_t *fold);
void aggregation_db_read_returns (const PGresult *result, fold_t *fold);

// Everything that a folded batch changes, and the next stage's work items.
void aggregation_db_store (bc_tx_t *tx, const fold_t *fold);  // in aggregation_db_store.c

// Fails the transaction for good. So the queue tries the batch's items one by one, and finds the one that cannot be stored.
void aggregation_db_refuse (bc_tx_t *tx);

// The figures of every period once more from the standings: a changed plan can have changed who must report.
void aggregation_db_recount_periods (bc_tx_t *tx);

// Rows that wait, oldest first, as many as make 16 MiB of reports, as items; the caller frees each with aggregation_item_free.
void aggregation_db_ask_waiting (bc_tx_t *tx);
aggregation_item_t *aggregation_db_read_waiting (const PGresult *result, int row);

// What a submission's receipt says: it is not stored, but made of the submission's columns. They are the unit's code, plan_code,
// period_code, report_id, revision, report_digest, received_at, timeliness, chain_index, previous_hash and submitted_by, from
// column 1 on.
// The hash is that of the receipt.
void aggregation_db_read_receipt (const PGresult *result, int row, receipt_t *receipt, uint8_t hash[RECEIPT_HASH_SIZE]);
