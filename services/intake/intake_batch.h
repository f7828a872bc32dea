// One transaction's submissions: looks what of them is stored already, gives the others their places in their departments'
// chains, signs their receipts and stores them.
#pragma once

#include "plan/plan.h"
#include "submission.h"

enum { BATCH_MAX = 256 };

typedef struct {
    const bc_signing_key_t *key;
    plan_book_t *book;  // kept from batch to batch
    submission_t *all[BATCH_MAX];
    submission_t *fresh[BATCH_MAX], *again[BATCH_MAX];  // the new ones; duplicates and conflicts
    size_t count, n_fresh, n_again;
    size_t bytes;
    department_t *departments[BATCH_MAX];  // of all
    size_t n_departments;
    department_t *headless[BATCH_MAX];    // whose chain's head is asked for
    submission_t *unnumbered[BATCH_MAX];  // one for each period whose highest revision is asked for
    size_t n_headless, n_unnumbered;
    bool begun;
    bool conditional;  // stored only if all of it is new
    bool names_files;  // one of them does
} intake_batch_t;

intake_batch_t *intake_batch_new (const bc_signing_key_t *key);  // borrows the key
void intake_batch_destroy (intake_batch_t **batch_p);            // the submissions are not its own

// Begins the next one.
void intake_batch_clear (intake_batch_t *batch);

// False when it has to wait for another batch: this one is full, or has a submission with the same id. One that is to be tried
// alone gets a batch to itself.
bool intake_batch_add (intake_batch_t *batch, submission_t *submission);
bool intake_batch_is_full (const intake_batch_t *batch);

// The transaction; arg is the batch. Places in the chains are given out tentatively: it is for the caller to commit them, take
// them back or forget them, by the outcome.
bc_tx_next_t intake_batch_store (bc_tx_t *tx, int step, void *arg);

// After the commit: has anything been stored? If not, something in the batch was not new, or the plan has moved: run the
// transaction again, and it looks before it stores.
bool intake_batch_is_stored (const intake_batch_t *batch, const bc_tx_t *tx);

void intake_batch_each_chain (intake_batch_t *batch, void (*apply) (chain_t *chain));
