// All the SQL of notification.
//
// Writing mailboxes is serialised: every transaction that posts begins with notification_db_begin_posting, whose lock is held
// until it ends. So cursors follow commit order without gaps, and two processes can neither give a cursor twice nor take a decision
// twice; the primary keys of notice and reminder_decision stand guard behind it.
#pragma once

#include "common/db.h"
#include "common/queue.h"
#include "letter.h"
#include "plan/plan.h"
#include "schedule.h"

// The kinds of a bc_item_t: with its id, the key of a row in notification_queue.
typedef enum {
    NOTIFICATION_JUDGED,
    NOTIFICATION_STANDING,
    NOTIFICATION_RETURNED,
    NOTIFICATION_CONFIRMED,
    NOTIFICATION_QUARANTINED,
    NOTIFICATION_DEADLINE,
    NOTIFICATION_EXTENSION,
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

// A unit that owes a report for a period.
typedef struct {
    int unit_id, period_id;
} notification_debt_t;

// Which of the debts stand (no report accepted, or the last one returned), what was decided about them, and the units' last cursors; by unit. One result.
void notification_db_ask_debts (bc_tx_t *tx, const notification_debt_t *debts, size_t n);
notification_debt_t notification_db_debt (const PGresult *result, int row);
bool notification_db_was_decided (const PGresult *result, int row, const char *kind);
int64_t notification_db_returned_at (const PGresult *result, int row);  // Unix ms, of the last accepted one; INT64_MIN: was not
uint64_t notification_db_last_cursor (const PGresult *result, int row);

// A decision to remind, and the letter that carries it.
typedef struct {
    notification_debt_t debt;
    schedule_reminder_t reminder;
    uint64_t cursor;
} notification_decision_t;

// One result.
void notification_db_decide (bc_tx_t *tx, const notification_decision_t *decisions, size_t n, int64_t now);
