#include "look.h"

#include "common/clock.h"
#include "common/xmem.h"
#include "delivery_db.h"
#include "notification_db.h"
#include "plan/calendar.h"
#include "reminder_db.h"
#include "wording.h"

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

// --- What can have fallen due ----------------------------------------------------------------------------------------------------

static schedule_t schedule_of (const look_t *self, const plan_t *plan, const plan_period_t *period, int64_t due_at)
{
    return (schedule_t){.book = self->book, .plan = plan, .period = period, .due_at = due_at, .now = self->now};
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
        schedule_t schedule = schedule_of (self, plan, period, plan_due_at (period, unit_id));
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
    schedule_t schedule = schedule_of (self, plan, period, period->due_at);
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

// A letter with its place in the unit's mailbox, to be put into words.
static letter_t *letter_to (look_t *self, int unit_id, const plan_t *plan, const plan_period_t *period)
{
    const plan_unit_t *unit = plan_book_unit_by_id (self->book, unit_id);
    letter_t *letter = letter_new (unit->code, plan->code, period->code);
    letter_stamp (letter, unit_id, ++self->cursors[unit - self->book->units], self->now);
    self->letters = xrealloc (self->letters, (self->n_letters + 1) * sizeof *self->letters);
    self->letters[self->n_letters++] = letter;
    return letter;
}

// A debt of which something has fallen due.
typedef struct {
    const plan_t *plan;
    const plan_period_t *period;
    const plan_unit_t *unit;
    schedule_t schedule;
    reminder_past_t *past;
    size_t n_past;
    schedule_entry_t reminders[SCHEDULE_MAX], steps[SCHEDULE_MAX];
    size_t n_reminders, n_steps;
    bool opened;  // the reminder says also that the period is open
} case_t;

static bool was_decided (const char *kind, void *arg)
{
    const case_t *debt = arg;
    for (size_t i = 0; i < debt->n_past; i++)
        if (streq (debt->past[i].kind, kind))
            return true;
    return false;
}

// Several that were moved to one day are one reminder.
static size_t count_days (const schedule_entry_t *entries, size_t n)
{
    size_t days = 0;
    for (size_t i = 0; i < n; i++)
        days += i == 0 || entries[i].due_at != entries[i - 1].due_at;
    return days;
}

static void decide (look_t *self, const case_t *debt, const schedule_entry_t *entries, size_t n, const letter_t *letter)
{
    self->decisions = xrealloc (self->decisions, (self->n_decisions + n) * sizeof *self->decisions);
    for (size_t i = 0; i < n; i++) {
        reminder_decision_t *decision = &self->decisions[self->n_decisions++];
        decision->debt = (reminder_debt_t){debt->unit->id, debt->period->id};
        decision->cursor = letter->notice->cursor;
        decision->due_at = debt->schedule.due_at;
        memcpy (decision->kind, entries[i].kind, sizeof decision->kind);
    }
}

// --- The deadline ----------------------------------------------------------------------------------------------------------------

// Says until when reports are due. was: the deadline before; 0: the period has just opened.
static void announce (look_t *self, const case_t *debt, const char *kind, int64_t was)
{
    schedule_entry_t entry;
    char day_vi[WORDING_DATE], day_en[WORDING_DATE], was_vi[WORDING_DATE], was_en[WORDING_DATE];
    int offset = debt->plan->utc_offset_minutes;
    letter_t *letter = letter_to (self, debt->unit->id, debt->plan, debt->period);
    wording_decision_t about = {was ? WORDING_MOVED : WORDING_OPENED_BY_DATE, day_vi, day_en, was_vi, was_en};
    wording_dates (debt->schedule.due_at, offset, day_vi, day_en);
    wording_dates (was, offset, was_vi, was_en);
    letter->calendar = LETTER_CALENDAR_REQUEST;
    letter->due_at = debt->schedule.due_at;
    wording_decision (letter->notice, &about);
    snprintf (entry.kind, sizeof entry.kind, "%s", kind);
    decide (self, debt, &entry, 1, letter);
}

// Has the period's deadline become another since the unit last heard of it? An extension has its own notice.
static void tell_if_moved (look_t *self, const case_t *debt)
{
    char kind[SCHEDULE_KIND_TEXT];
    int moves = 1;
    if (debt->n_past == 0 || debt->schedule.due_at != debt->period->due_at)
        return;
    for (size_t i = 0; i < debt->n_past; i++)
        moves += strncmp (debt->past[i].kind, "moved-", 6) == 0;
    snprintf (kind, sizeof kind, "moved-%d", moves);
    int64_t was = debt->past[debt->n_past - 1].due_at;
    if (was != debt->schedule.due_at)
        announce (self, debt, kind, was);
}

// A reminder says as much, where one is due at the same time.
static void tell_if_opened (look_t *self, case_t *debt)
{
    if (schedule_opening (&debt->schedule) > self->now || was_decided ("opened", debt))
        return;
    if (debt->n_reminders == 0)
        announce (self, debt, "opened", 0);
    else
        debt->opened = true;
}

// --- Reminders -------------------------------------------------------------------------------------------------------------------

static void remind (look_t *self, const case_t *debt)
{
    letter_t *letter = letter_to (self, debt->unit->id, debt->plan, debt->period);
    wording_reminder_t about = {
        .unit_vi = debt->unit->name_vi,
        .unit_en = debt->unit->name_en,
        .due_at = debt->schedule.due_at,
        .now = self->now,
        .utc_offset_minutes = debt->plan->utc_offset_minutes,
        .reminders = count_days (debt->reminders, debt->n_reminders),
        .first_at = debt->reminders[0].due_at,
        .last_at = debt->reminders[debt->n_reminders - 1].due_at,
    };
    letter->receivers |= debt->period->policy.copy_to;
    letter->calendar = LETTER_CALENDAR_REQUEST;
    letter->due_at = debt->schedule.due_at;
    wording_reminder (letter->notice, &about);
    decide (self, debt, debt->reminders, debt->n_reminders, letter);
    if (debt->opened)
        decide (self, debt, &(schedule_entry_t){.kind = "opened"}, 1, letter);
}

// --- Escalation ------------------------------------------------------------------------------------------------------------------

// What was sent before, this look's reminder included; reminded_at has room for it all.
static void recall (wording_escalation_t *about, const case_t *debt, int64_t *reminded_at, int64_t now)
{
    about->reminded_at = reminded_at;
    for (size_t i = 0; i < debt->n_past; i++) {
        const reminder_past_t *past = &debt->past[i];
        int recipient = schedule_recipient (past->kind);
        if (streq (past->kind, "opened") || strncmp (past->kind, "moved-", 6) == 0)
            continue;
        if (recipient >= 0)
            about->told_at[recipient] = past->at;
        else if (about->n_reminded == 0 || reminded_at[about->n_reminded - 1] != past->at)
            reminded_at[about->n_reminded++] = past->at;
    }
    if (debt->n_reminders > 0)
        reminded_at[about->n_reminded++] = now;
}

// One notice to the unit, whoever is told; one more to the standing unit when it is to act.
static void escalate (look_t *self, const case_t *debt)
{
    int64_t *reminded_at = xcalloc (debt->n_past + 1, sizeof *reminded_at);
    wording_escalation_t about = {
        .unit_vi = debt->unit->name_vi,
        .unit_en = debt->unit->name_en,
        .due_at = debt->schedule.due_at,
        .working_days = calendar_working_between (self->book, calendar_day (debt->plan, debt->schedule.due_at - 1),
                                                  calendar_day (debt->plan, self->now)),
        .utc_offset_minutes = debt->plan->utc_offset_minutes,
    };
    recall (&about, debt, reminded_at, self->now);
    for (size_t i = 0; i < debt->n_steps; i++)
        about.recipients[debt->steps[i].step->recipient] = true;
    letter_t *letter = letter_to (self, debt->unit->id, debt->plan, debt->period);
    letter->receivers |= about.recipients[PLAN_TO_UNIT_LEADER] ? LETTER_TO_LEADERS : 0;
    wording_escalation (letter->notice, &about, false);
    decide (self, debt, debt->steps, debt->n_steps, letter);
    if (about.recipients[PLAN_TO_STANDING_LEADER]) {
        letter = letter_to (self, plan_standing_unit (debt->plan, self->now), debt->plan, debt->period);
        letter->receivers |= LETTER_TO_LEADERS;
        wording_escalation (letter->notice, &about, true);
    }
    free (reminded_at);
}

// --- The debts -------------------------------------------------------------------------------------------------------------------

static void fall_due (case_t *debt)
{
    schedule_entry_t entries[SCHEDULE_MAX];
    size_t n = schedule_due (&debt->schedule, entries, SCHEDULE_MAX);
    for (size_t i = 0; i < n; i++) {
        if (entries[i].step)
            debt->steps[debt->n_steps++] = entries[i];
        else
            debt->reminders[debt->n_reminders++] = entries[i];
    }
}

static void settle (look_t *self, const PGresult *result, int row)
{
    reminder_debt_t ids = reminder_db_debt (result, row);
    case_t debt = {.unit = plan_book_unit_by_id (self->book, ids.unit_id)};
    debt.period = plan_book_period_by_id (self->book, ids.period_id, &debt.plan);
    debt.past = reminder_db_past (result, row, &debt.n_past);
    debt.schedule = schedule_of (self, debt.plan, debt.period, plan_due_at (debt.period, ids.unit_id));
    debt.schedule.since = reminder_db_returned_at (result, row);
    debt.schedule.decided = was_decided;
    debt.schedule.arg = &debt;
    if (plan_obligation (debt.plan, debt.period, ids.unit_id) == BAOCAO__V1__OBLIGATION__OBLIGATION_MUST)
        fall_due (&debt);
    tell_if_moved (self, &debt);
    tell_if_opened (self, &debt);
    if (debt.n_reminders > 0)
        remind (self, &debt);
    if (debt.n_steps > 0)
        escalate (self, &debt);
    free (debt.past);
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
    schedule_t schedule = schedule_of (self, about->plan, about->period, about->period->due_at);
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
    letter_t *letter = letter_to (self, unit_id, plan, digest.period);
    letter->receivers = LETTER_TO_DIGEST;
    digest_write (letter->notice, &digest);
    reminder_db_free_failures (failures, digest.n_failures);
    reminder_db_free_standings (rows, digest.n_rows);
}

// --- The steps of the transaction ------------------------------------------------------------------------------------------------

enum { CURSORS, DEBTS, DIGESTS };                          // results of look_ask
enum { DECIDED, POSTED, DELIVERED, STANDINGS, FAILURES };  // and of look_remind

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
        settle (self, debts, row);
    self->orders = xcalloc (2 * self->n_periods + 1, sizeof *self->orders);
    for (size_t i = 0; i < self->n_periods; i++) {
        order (self, &self->periods[i], DIGEST_STANDING, digests);
        order (self, &self->periods[i], DIGEST_COMMITTEE, digests);
    }
    reminder_db_decide (tx, self->decisions, self->n_decisions, self->now);
    notification_db_post (tx, self->letters, self->n_letters);
    delivery_db_add (tx, self->letters, self->n_letters);
    if (self->n_orders == 0)
        return false;
    reminder_db_ask_standings (tx, self->period_ids, self->n_periods);
    reminder_db_ask_failures (tx, self->period_ids, self->n_periods);
    return true;
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
