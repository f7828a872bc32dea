// The SQL of reminders, escalations and digests. All of it belongs into a transaction that began with notification_db_begin_posting:
// so no decision is taken twice; the primary keys of reminder_decision and digest_decision stand guard behind it.
#pragma once

#include "common/db.h"
#include "digest.h"
#include "plan/plan.h"
#include "schedule.h"

// The last cursors of the mailboxes, a row for each of book->units in their order. One result.
void reminder_db_ask_cursors (bc_tx_t *tx, const plan_book_t *book);
uint64_t reminder_db_cursor (const PGresult *result, int row);

// A unit that owes a report for a period, or may send one.
typedef struct {
    int unit_id, period_id;
} reminder_debt_t;

// Which of the debts stand (no report that is accepted, or the last one returned), and what was decided about them before; by unit. One result.
void reminder_db_ask_debts (bc_tx_t *tx, const reminder_debt_t *debts, size_t n);
reminder_debt_t reminder_db_debt (const PGresult *result, int row);

// What was decided about a debt, in the order of the notices.
typedef struct {
    char kind[SCHEDULE_KIND_TEXT];
    int64_t at;      // Unix ms
    int64_t due_at;  // the deadline that it spoke of
} reminder_past_t;
int64_t reminder_db_returned_at (const PGresult *result, int row);  // of the last return, Unix ms; 0: none
int64_t reminder_db_set_at (const PGresult *result, int row);       // of the deadline as it is now; 0: from the beginning
int64_t reminder_db_opened_with (const PGresult *result,
                                 int row);  // the deadline when the period opened; 0: it has not moved since
reminder_past_t *reminder_db_past (const PGresult *result, int row, size_t *n_p);  // the caller frees it

typedef struct {
    reminder_debt_t debt;
    char kind[SCHEDULE_KIND_TEXT];
    uint64_t cursor;  // of the notice in the unit's mailbox that carries it
    int64_t due_at;   // the unit's deadline, of which it speaks
} reminder_decision_t;

// One result.
void reminder_db_decide (bc_tx_t *tx, const reminder_decision_t *decisions, size_t n, int64_t now);

typedef struct {
    int period_id;
    digest_audience_t audience;
    char day[SCHEDULE_KIND_TEXT];  // "2025-12-08"
} reminder_digest_t;

// Which digests of these periods were decided. One result.
void reminder_db_ask_digests (bc_tx_t *tx, const int *period_ids, size_t n);
bool reminder_db_was_digested (const PGresult *result, const reminder_digest_t *digest);

// How the units stand in these periods, decisions of this transaction included; by period, then by name. One result.
void reminder_db_ask_standings (bc_tx_t *tx, const int *period_ids, size_t n);

// The rows about one period, with unit and deadline from the book. Freed by reminder_db_free_standings.
digest_row_t *reminder_db_standings (const PGresult *result, const plan_book_t *book, const plan_period_t *period, size_t *n_p);
void reminder_db_free_standings (digest_row_t *rows, size_t n);

// Which contacts cannot be reached about these periods; by period, then by address. One result.
void reminder_db_ask_failures (bc_tx_t *tx, const int *period_ids, size_t n);

// Those about one period. Freed by reminder_db_free_failures.
digest_failure_t *reminder_db_failures (const PGresult *result, const plan_book_t *book, const plan_period_t *period, size_t *n_p);
void reminder_db_free_failures (digest_failure_t *failures, size_t n);

// One result.
void reminder_db_decide_digests (bc_tx_t *tx, const reminder_digest_t *digests, size_t n, int64_t now);
