#include "look_private.h"

#include "common/clock.h"
#include "common/xmem.h"
#include "delivery_db.h"
#include "notification_db.h"

// --- What can have fallen due ----------------------------------------------------------------------------------------------------

static schedule_t period_schedule (const look_t *self, const plan_t *plan, const plan_period_t *period)
{
    return (schedule_t){.book = self->book, .plan = plan, .period = period, .due_at = period->due_at, .now = self->now};
}

schedule_t look_schedule (const look_t *self, const plan_t *plan, const plan_period_t *period, int unit_id)
{
    schedule_t schedule = period_schedule (self, plan, period);
    schedule.due_at = plan_due_at (period, unit_id);
    return schedule;
}

static void expect (look_t *self, int64_t at)
{
    if (at < self->next_at)
        self->next_at = at;
}

static void look_at_units (look_t *self, const plan_t *plan, const plan_period_t *period)
{
    schedule_entry_t any;
    self->debts = xrealloc (self->debts, (self->n_debts + plan->n_reporters + 1) * sizeof *self->debts);
    for (size_t i = 0; i < plan->n_reporters; i++) {
        int unit_id = plan->reporters[i].unit_id;
        schedule_t schedule = look_schedule (self, plan, period, unit_id);
        bool must = plan->reporters[i].obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MUST;
        int64_t opening = schedule_opening (&schedule);
        if (!plan_is_valid (plan->reporters[i].valid_from, plan->reporters[i].valid_to, period))
            continue;
        expect (self, opening > self->now ? opening : INT64_MAX);
        expect (self, must ? schedule_next (&schedule) : INT64_MAX);
        if (opening <= self->now || (must && schedule_due (&schedule, &any, 1) > 0))
            self->debts[self->n_debts++] = (reminder_debt_t){unit_id, period->id};
    }
}

static void look_at_period (look_t *self, const plan_t *plan, const plan_period_t *period)
{
    schedule_entry_t any;
    schedule_t schedule = period_schedule (self, plan, period);
    expect (self, schedule_next_digest (&schedule));
    if (schedule_digests_due (&schedule, &any, 1) == 0)
        return;
    self->periods = xrealloc (self->periods, (self->n_periods + 1) * sizeof *self->periods);
    self->period_ids = xrealloc (self->period_ids, (self->n_periods + 1) * sizeof *self->period_ids);
    self->periods[self->n_periods] = (open_period_t){plan, period};
    self->period_ids[self->n_periods++] = period->id;
}

look_t *look_new (const plan_book_t *book)
{
    look_t *self = xcalloc (1, sizeof *self);
    self->book = book;
    self->now = bc_clock_ms ();
    self->next_at = INT64_MAX;
    self->debts = xcalloc (1, sizeof *self->debts);
    self->period_ids = xcalloc (1, sizeof *self->period_ids);
    self->letters = xcalloc (1, sizeof (letter_t *));
    for (size_t p = 0; p < book->n_plans; p++)
        for (size_t i = 0; i < book->plans[p].n_periods; i++) {
            look_at_units (self, &book->plans[p], &book->plans[p].periods[i]);
            look_at_period (self, &book->plans[p], &book->plans[p].periods[i]);
        }
    return self;
}

void look_destroy (look_t **self_p)
{
    look_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->n_letters; i++)
        letter_destroy (&self->letters[i]);
    free (self->letters);
    free (self->digests);
    free (self->orders);
    free (self->decisions);
    free (self->cursors);
    free (self->period_ids);
    free (self->periods);
    free (self->debts);
    free (self);
    *self_p = NULL;
}

bool look_is_empty (const look_t *self)
{
    return self->n_debts == 0 && self->n_periods == 0;
}

// --- Letters ---------------------------------------------------------------------------------------------------------------------

letter_t *look_letter (look_t *self, int unit_id, const plan_t *plan, const plan_period_t *period)
{
    const plan_unit_t *unit = plan_book_unit_by_id (self->book, unit_id);
    letter_t *letter = letter_new (unit->code, plan->code, period->code);
    letter_stamp (letter, unit_id, ++self->cursors[unit - self->book->units], self->now);
    self->letters = xrealloc (self->letters, (self->n_letters + 1) * sizeof *self->letters);
    self->letters[self->n_letters++] = letter;
    return letter;
}

// --- The digests -----------------------------------------------------------------------------------------------------------------

typedef struct {
    const PGresult *result;
    reminder_digest_t digest;
} digest_case_t;

static bool was_digested (const char *kind, void *arg)
{
    digest_case_t *about = arg;
    memcpy (about->digest.day, kind, strlen (kind) + 1);
    return reminder_db_was_digested (about->result, &about->digest);
}

static void order (look_t *self, const open_period_t *about, digest_audience_t audience, const PGresult *result)
{
    schedule_entry_t entries[SCHEDULE_MAX];
    digest_case_t digest = {result, {.period_id = about->period->id, .audience = audience}};
    schedule_t schedule = period_schedule (self, about->plan, about->period);
    schedule.decided = was_digested;
    schedule.arg = &digest;
    size_t n = schedule_digests_due (&schedule, entries, SCHEDULE_MAX);
    if (n == 0)
        return;
    self->orders[self->n_orders++] = (digest_order_t){*about, audience, n, entries[0].due_at, entries[n - 1].due_at};
    self->digests = xrealloc (self->digests, (self->n_digests + n) * sizeof *self->digests);
    for (size_t i = 0; i < n; i++) {
        memcpy (digest.digest.day, entries[i].kind, sizeof digest.digest.day);
        self->digests[self->n_digests++] = digest.digest;
    }
}

static void write_digest (look_t *self, const digest_order_t *ordered, const PGresult *standings, const PGresult *failed)
{
    const plan_t *plan = ordered->about.plan;
    int unit_id = ordered->audience == DIGEST_STANDING ? plan_standing_unit (plan, self->now) : plan->receiving_unit_id;
    digest_t digest = {
        .book = self->book,
        .plan = plan,
        .period = ordered->about.period,
        .audience = ordered->audience,
        .now = self->now,
        .days = ordered->days,
        .first_at = ordered->first_at,
        .last_at = ordered->last_at,
    };
    digest_row_t *rows = reminder_db_standings (standings, self->book, digest.period, &digest.n_rows);
    digest_failure_t *failures = reminder_db_failures (failed, self->book, digest.period, &digest.n_failures);
    digest.rows = rows;
    digest.failures = failures;
    letter_t *letter = look_letter (self, unit_id, plan, digest.period);
    letter->receivers = LETTER_TO_DIGEST;
    digest_write (letter->notice, &digest);
    reminder_db_free_failures (failures, digest.n_failures);
    reminder_db_free_standings (rows, digest.n_rows);
}

// --- The steps of the transaction ------------------------------------------------------------------------------------------------

enum { CURSORS, DEBTS, DIGESTS };               // results of look_ask
enum { DECIDED, POSTED, STANDINGS, FAILURES };  // and of look_remind

void look_ask (look_t *self, bc_tx_t *tx)
{
    reminder_db_ask_cursors (tx, self->book);
    reminder_db_ask_debts (tx, self->debts, self->n_debts);
    reminder_db_ask_digests (tx, self->period_ids, self->n_periods);
}

bool look_remind (look_t *self, bc_tx_t *tx, int first)
{
    const PGresult *cursors = bc_tx_result (tx, first + CURSORS);
    const PGresult *debts = bc_tx_result (tx, first + DEBTS), *digests = bc_tx_result (tx, first + DIGESTS);
    self->cursors = xcalloc (self->book->n_units + 1, sizeof *self->cursors);
    for (int row = 0; row < PQntuples (cursors); row++)
        self->cursors[row] = reminder_db_cursor (cursors, row);
    self->decisions = xcalloc (1, sizeof *self->decisions);
    for (int row = 0; row < PQntuples (debts); row++)
        look_settle (self, debts, row);
    self->orders = xcalloc (2 * self->n_periods + 1, sizeof *self->orders);
    for (size_t i = 0; i < self->n_periods; i++) {
        order (self, &self->periods[i], DIGEST_STANDING, digests);
        order (self, &self->periods[i], DIGEST_COMMITTEE, digests);
    }
    reminder_db_decide (tx, self->decisions, self->n_decisions, self->now);
    notification_db_post (tx, self->letters, self->n_letters);
    if (self->n_orders > 0) {
        reminder_db_ask_standings (tx, self->period_ids, self->n_periods);
        reminder_db_ask_failures (tx, self->period_ids, self->n_periods);
    }
    delivery_db_add (tx, self->letters, self->n_letters);
    return self->n_orders > 0;
}

void look_digest (look_t *self, bc_tx_t *tx)
{
    const PGresult *standings = bc_tx_result (tx, STANDINGS), *failures = bc_tx_result (tx, FAILURES);
    size_t posted = self->n_letters;
    for (size_t i = 0; i < self->n_orders; i++)
        write_digest (self, &self->orders[i], standings, failures);
    notification_db_post (tx, self->letters + posted, self->n_letters - posted);
    delivery_db_add (tx, self->letters + posted, self->n_letters - posted);
    reminder_db_decide_digests (tx, self->digests, self->n_digests, self->now);
}

// --- What came of it -------------------------------------------------------------------------------------------------------------

int64_t look_now (const look_t *self)
{
    return self->now;
}

int64_t look_next_at (const look_t *self)
{
    return self->next_at;
}

letter_t *const *look_letters (const look_t *self, size_t *n_p)
{
    *n_p = self->n_letters;
    return self->letters;
}

size_t look_decided (const look_t *self)
{
    return self->n_decisions + self->n_digests;
}
