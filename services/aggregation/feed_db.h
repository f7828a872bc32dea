// What the feed reads: the readers' keys, the events, and the figures of a snapshot.
#pragma once

#include "common/db.h"
#include "common/zap.h"
#include "plan/plan.h"

void feed_db_ask_keys (bc_tx_t *tx);
void feed_db_read_keys (const PGresult *result, bc_keyring_t *keyring, const char *domain);  // adds them

void feed_db_ask_head (bc_tx_t *tx);
int64_t feed_db_read_head (const PGresult *result);

// Up to `limit` events after a number, ascending; column 0 is the packed FeedEvent.
void feed_db_ask_events (bc_tx_t *tx, int64_t after, int limit);

// The statements of a snapshot, in this order; all in one snapshot of the database.
typedef enum {
    FEED_DB_PERIODS,  // period_id, on_time, late, rejected, voluntary, returned: of this and the earlier periods
    FEED_DB_TASKS,    // period_id, task_id, not_started ... stopped, progress_sum: likewise
    FEED_DB_LEADS,    // period_id, task_id, unit_id, status, progress_percent, result (of this period only): likewise
    // unit_id, revision, first_received_at, late, has_accepted, judged_revision, chain_index, receipt_hash, returned_revision
    FEED_DB_UNITS,
    FEED_DB_BUDGETS,     // task_id, unit_id, source, allocated, disbursed: sums, two of the first three being NULL
    FEED_DB_INDICATORS,  // indicator_id, values, sum, mean, last (as text)
    FEED_DB_REMARKS,     // unit_id, task_id, obstacles, proposals, in the plan's order
    FEED_DB_RESULTS,
} feed_db_result_t;

void feed_db_ask_snapshot (bc_tx_t *tx, const plan_t *plan, const plan_period_t *period);
