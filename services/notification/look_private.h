// What look.c and look_debt.c share; nobody else includes it.
#pragma once

#include "digest.h"
#include "look.h"
#include "reminder_db.h"
#include "schedule.h"

typedef struct {
    const plan_t *plan;
    const plan_period_t *period;
} open_period_t;

// A digest that is to be written, and for how many days it stands.
typedef struct {
    open_period_t about;
    digest_audience_t audience;
    size_t days;
    int64_t first_at, last_at;
} digest_order_t;

struct look {
    const plan_book_t *book;
    int64_t now, next_at;
    reminder_debt_t *debts;
    size_t n_debts;
    open_period_t *periods;  // of which a digest can have fallen due
    int *period_ids;         // theirs
    size_t n_periods;
    uint64_t *cursors;  // the last in each mailbox, by the place of its unit in the book
    reminder_decision_t *decisions;
    size_t n_decisions;
    digest_order_t *orders;
    size_t n_orders;
    reminder_digest_t *digests;  // the days that they stand for
    size_t n_digests;
    letter_t **letters;
    size_t n_letters;
};

// By the unit's deadline.
schedule_t look_schedule (const look_t *self, const plan_t *plan, const plan_period_t *period, int unit_id);

// A letter with its place in the unit's mailbox, to be put into words.
letter_t *look_letter (look_t *self, int unit_id, const plan_t *plan, const plan_period_t *period);

// What has fallen due of the debt in that row of reminder_db_ask_debts, decided and written.
void look_settle (look_t *self, const PGresult *result, int row);
