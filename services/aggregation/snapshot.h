// The Snapshot message, from the rows that say what stands and the plan that names it.
#pragma once

#include "baocao/v1/feed.pb-c.h"
#include "common/wire.h"
#include "feed_db.h"

typedef struct {
    const plan_book_t *book;
    const plan_t *plan;
    const plan_period_t *period;
    int64_t seq, as_of;
    const PGresult *results[FEED_DB_RESULTS];
} snapshot_source_t;

// Builds it in the arena; texts of the plan are borrowed from the book. NULL: it does not fit.
Baocao__V1__Snapshot *snapshot_build (const snapshot_source_t *source, bc_arena_t *arena);
