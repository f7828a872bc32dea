// A look at what is to be said now: reminders, escalations and digests. Lives as long as the transaction in which it decides, and
// borrows the book.
#pragma once

#include "common/db.h"
#include "letter.h"
#include "plan/plan.h"

typedef struct look look_t;

// From the clock and the book alone: what can have fallen due.
look_t *look_new (const plan_book_t *book);
void look_destroy (look_t **self_p);

int64_t look_now (const look_t *self);
int64_t look_next_at (const look_t *self);  // when the next falls due, Unix ms; INT64_MAX: none will
bool look_is_empty (const look_t *self);

// The steps of the transaction, after notification_db_begin_posting.
void look_ask (look_t *self, bc_tx_t *tx);
bool look_remind (look_t *self, bc_tx_t *tx, int first);  // where the answers begin; false: no digest is due, and all is done
void look_digest (look_t *self, bc_tx_t *tx);             // the step after

// What it wrote, and how many decisions the letters carry.
letter_t *const *look_letters (const look_t *self, size_t *n_p);
size_t look_decided (const look_t *self);
