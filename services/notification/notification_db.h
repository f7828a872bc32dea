// The SQL of notification's queue and mailboxes; that of its decisions is reminder_db.h.
//
// Writing mailboxes is serialised: every transaction that posts begins with notification_db_begin_posting, whose lock is held
// until it ends. So cursors follow commit order without gaps, and two processes cannot give a cursor twice; the primary key of
// notice stands guard behind it.
#pragma once

#include "common/db.h"
#include "common/queue.h"
#include "letter.h"

// The kinds of a bc_item_t: with its id, the key of a row in notification_queue.
typedef enum {
    NOTIFICATION_JUDGED,
    NOTIFICATION_STANDING,
    NOTIFICATION_RETURNED,
    NOTIFICATION_CONFIRMED,
    NOTIFICATION_QUARANTINED,
    NOTIFICATION_DEADLINE,
    NOTIFICATION_EXTENSION,
    NOTIFICATION_REQUEST,
    NOTIFICATION_REQUEST_REFUSED,
    NOTIFICATION_COORDINATION,
} notification_event_t;

// One result (ignore it).
void notification_db_begin_posting (bc_tx_t *tx);

// Takes those of the n items' rows that are still in notification_queue. One result: what was taken.
void notification_db_take (bc_tx_t *tx, bc_item_t *const *items, size_t n);
bool notification_db_taken (const PGresult *result, const bc_item_t *item);

// The last cursors of the units named by code. One result.
void notification_db_cursors (bc_tx_t *tx, letter_t *const *letters, size_t n);

// Gives the letter the cursor after its unit's last one; `before` counts the letters to the same unit that got theirs before it in
// this transaction. now: time of posting, Unix ms. False: there is no such unit.
bool notification_db_number (const PGresult *result, letter_t *letter, size_t before, int64_t now);

// Puts the letters that have a cursor into their mailboxes. One result.
void notification_db_post (bc_tx_t *tx, letter_t *const *letters, size_t n);

// Up to BC_QUEUE_BATCH waiting rows, oldest first, as complete letters; column 0 is the row's id. One result.
void notification_db_sweep (bc_tx_t *tx);
letter_t *notification_db_swept (const PGresult *result, int row, notification_event_t *event_p);  // NULL: none (logged)
