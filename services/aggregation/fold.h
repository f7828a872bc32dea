// One batch of judged or returned submissions on its way into the totals: what the transaction has found out about them, and what comes of it.
// It knows neither sockets nor SQL; aggregation_db.c fills it and writes its outcome down.
#pragma once

#include "common/queue.h"
#include "common/wire.h"
#include "baocao/v1/feed.pb-c.h"
#include "rollup.h"

// The kinds of a bc_item_t: with the submission's id, the key of a row in aggregation_queue.
typedef enum { AGGREGATION_JUDGED, AGGREGATION_RETURNED } aggregation_event_t;

// A submission that was judged, as a message or the sweep brings it, or returned.
typedef struct {
    bc_item_t item;              // kind is the event
    char *unit, *plan, *period;  // codes; the latter two as the department claimed
    uint32_t revision;
    int64_t received_at;
    Baocao__V1__Timeliness timeliness;
    uint64_t chain_index;
    uint8_t receipt_hash[32];
    uint8_t *report;  // packed; NULL when refused or returned
    size_t report_size;
    size_t *held_p;  // what its report counts for while it is in the queue
} aggregation_item_t;

void aggregation_item_free (bc_item_t *item);

// An item whose row this transaction took, with what the verdict says and, of a return, the rest; event and changed are the outcome.
typedef struct {
    const aggregation_item_t *item;
    int unit_id, period_id;  // 0: not a known period
    bool accepted;
    uint8_t report_id[16];
    const char *reason;        // of a return; borrowed
    int64_t rest_received_at;  // of a return: see rollup_return_t
    Baocao__V1__Timeliness rest_timeliness;
    Baocao__V1__FeedEvent *event;
    bool changed;  // the unit's standing is another than before
} fold_entry_t;

// A unit in a period: its standing, and the report that counts so far where one of this batch will replace it.
typedef struct {
    rollup_standing_t standing;
    int below;              // a report of a lower revision than this is replaced or taken out by this batch; 0: none
    const uint8_t *report;  // borrowed
    size_t report_size;
} fold_unit_t;

typedef struct {
    fold_entry_t *entries;
    size_t n_entries;
    size_t n_returns;  // of the entries
    fold_unit_t *units;
    size_t n_units;
    rollup_period_t *periods;  // figures, not changes
    size_t n_periods;
    int64_t seq;       // of the feed's last event: before the batch, then after it
    int64_t at;        // time of its events
    rollup_t *rollup;  // the changes
    bc_arena_t *events, *reports;
} fold_t;

fold_t *fold_new (void);
void fold_destroy (fold_t **self_p);

// Forgets everything; before each run of the transaction.
void fold_reset (fold_t *self);

// Adds an item that was taken. Its unit and period appear in units and periods, without figures, for the caller to fill in.
void fold_take (fold_t *self, const fold_entry_t *entry);

// The slots of a unit and of a period. NULL: not in this batch.
fold_unit_t *fold_unit (const fold_t *self, int period_id, int unit_id);
rollup_period_t *fold_period (const fold_t *self, int period_id);

// Applies the entries, in their order but a unit's own by its receipt chain, and numbers their events from seq + 1. Afterwards
// units, periods and seq say what holds after the batch. 0, or -1 (logged): the batch must not be stored.
int fold_apply (fold_t *self, const plan_book_t *book);
