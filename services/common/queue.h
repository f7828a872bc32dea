// A stage's work: items that messages bring or the sweep finds, taken in batches that form by themselves. While one transaction is
// under way what arrives is gathered; when it ends, everything gathered (up to a limit) goes into the next. No timers: idle
// means one item per commit, a storm means hundreds.
//
// An item is the stage's own struct whose first member is a bc_item_t.
//
// When a batch fails, its items are tried one by one; the one that fails alone is logged with its id ("queue.poison"), stays in its
// table for the operator, and is tried again after a minute (poison_ms).
#pragma once

#include "db.h"

typedef struct bc_queue bc_queue_t;

typedef struct {
    uint8_t id[16];  // of the submission
    uint8_t kind;    // tells apart items of one submission, where a queue has several; else 0
} bc_item_t;

enum { BC_QUEUE_BATCH = 256 };

typedef struct {
    const char *name;  // of the queue table: for the log and the metrics
    // The transaction over a batch. Its step 0 deletes the items' rows with SKIP LOCKED; an item whose row is gone was done by
    // somebody else. arg of the step function is the bc_queue_t: see bc_queue_batch and bc_queue_owner.
    bc_tx_step_fn *work;
    // After the commit: send what comes next. Not called when nothing was committed.
    void (*done) (bc_queue_t *queue, bc_tx_t *tx);
    // Finds up to BC_QUEUE_BATCH rows that are waiting, oldest first, and bc_queue_adds them as if a message had come. A transaction
    // of its own, in `swept` with the results of the last step.
    bc_tx_step_fn *sweep;
    void (*swept) (bc_queue_t *queue, bc_tx_t *tx);
    void (*free_item) (bc_item_t *item);
    int poison_ms;  // how long an item that failed alone is left alone; 0: a minute
} bc_queue_class_t;

// Sweeps at once, then every sweep_ms (between two batches, when there is a storm), and again at once while it finds something.
// The db must be used by this queue alone.
bc_queue_t *bc_queue_new (zloop_t *loop, bc_db_t *db, const bc_queue_class_t *class, void *owner, int sweep_ms);
void bc_queue_destroy (bc_queue_t **self_p);

// Takes the item over. Past the limit (8 batches) it is dropped: the sweep will find its row. Items of which one is already
// pending, or that failed alone lately, are dropped too.
void bc_queue_add (bc_queue_t *self, bc_item_t *item);

// Call from the db's ready hook.
void bc_queue_wake (bc_queue_t *self);

// Within work and done: the batch under way.
bc_item_t **bc_queue_batch (bc_queue_t *self, size_t *count_p);
void *bc_queue_owner (bc_queue_t *self);

// Nothing pending or under way, and the last sweep found nothing.
bool bc_queue_idle (const bc_queue_t *self);
