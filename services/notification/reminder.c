#include "reminder.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/log.h"
#include "common/xmem.h"
#include "notification_db.h"
#include "plan/plan_db.h"
#include "schedule.h"
#include "wording.h"

// A look at the debts: thrown away with its transaction.
typedef struct {
    int64_t now, next_at;
    notification_debt_t *debts;
    size_t n_debts;
    notification_decision_t *decisions;
    size_t n_decisions;
    letter_t **letters;
    size_t n_letters;
} look_t;

typedef enum { ASKED_VERSION, ASKED_PLAN, ASKED_DEBTS } asked_t;

struct reminder {
    zloop_t *loop;
    int timer;
    bc_db_t *db;
    zsock_t *posted;
    plan_book_t *book;
    int64_t looked_at;  // the time of the last look at the debts
    int64_t next_at;    // when the next reminder falls due; INT64_MIN: look at once
    bool running;       // a transaction is under way
    asked_t asked;      // what its last step asked for
    look_t *look;       // NULL: none in this transaction
};

static void look_destroy (look_t **self_p)
{
    look_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->n_letters; i++)
        letter_destroy (&self->letters[i]);
    free (self->letters);
    free (self->decisions);
    free (self->debts);
    free (self);
    *self_p = NULL;
}

static schedule_t schedule_of (const plan_t *plan, const plan_period_t *period, int64_t now)
{
    return (schedule_t){
        .opens_at = period->opens_at,
        .due_at = period->due_at,
        .closes_at = period->closes_at,
        .now = now,
        .utc_offset_minutes = plan->utc_offset_minutes,
    };
}

// --- Whose debts to look at ------------------------------------------------------------------------------------------------------

static bool owes (const plan_reporter_t *reporter, const plan_period_t *period)
{
    return reporter->obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MUST &&
           plan_is_valid (reporter->valid_from, reporter->valid_to, period);
}

static void look_at_period (look_t *self, const plan_t *plan, const plan_period_t *period)
{
    schedule_t schedule = schedule_of (plan, period, self->now);
    schedule_reminder_t any;
    int64_t next_at = schedule_next (&schedule);
    if (next_at < self->next_at)
        self->next_at = next_at;
    if (schedule_due (&schedule, &any, 1) == 0)
        return;
    self->debts = xrealloc (self->debts, (self->n_debts + plan->n_reporters) * sizeof *self->debts);
    for (size_t i = 0; i < plan->n_reporters; i++)
        if (owes (&plan->reporters[i], period))
            self->debts[self->n_debts++] = (notification_debt_t){plan->reporters[i].unit_id, period->id};
}

static look_t *look_new (const plan_book_t *book)
{
    look_t *self = xcalloc (1, sizeof *self);
    self->now = bc_clock_ms ();
    self->next_at = INT64_MAX;
    for (size_t p = 0; p < book->n_plans; p++)
        for (size_t i = 0; i < book->plans[p].n_periods; i++)
            look_at_period (self, &book->plans[p], &book->plans[p].periods[i]);
    return self;
}

// --- Deciding --------------------------------------------------------------------------------------------------------------------

typedef struct {
    const PGresult *result;
    int row;
} decided_t;

static bool was_decided (const char *kind, void *arg)
{
    decided_t *decided = arg;
    return notification_db_was_decided (decided->result, decided->row, kind);
}

static letter_t *write_reminder (const plan_unit_t *unit, const plan_t *plan, const plan_period_t *period,
                                 const schedule_t *schedule, const schedule_reminder_t *reminders, size_t n)
{
    letter_t *letter = letter_new (unit->code, plan->code, period->code);
    wording_reminder_t about = {
        .unit_vi = unit->name_vi,
        .unit_en = unit->name_en,
        .due_at = schedule->due_at,
        .now = schedule->now,
        .utc_offset_minutes = schedule->utc_offset_minutes,
        .reminders = n,
        .first_at = reminders[0].due_at,
        .last_at = reminders[n - 1].due_at,
    };
    wording_reminder (letter->notice, &about);
    return letter;
}

// Letters to the last unit that has one: rows come by unit, so a unit with two periods overdue has them in a row.
static size_t letters_to (const look_t *self, int unit_id)
{
    size_t count = 0;
    while (count < self->n_letters && self->letters[self->n_letters - 1 - count]->unit_id == unit_id)
        count++;
    return count;
}

static void decide_debt (look_t *self, const plan_book_t *book, const PGresult *result, int row)
{
    notification_debt_t debt = notification_db_debt (result, row);
    decided_t decided = {result, row};
    schedule_reminder_t reminders[SCHEDULE_MAX];
    const plan_t *plan;
    const plan_period_t *period = plan_book_period_by_id (book, debt.period_id, &plan);
    schedule_t schedule = schedule_of (plan, period, self->now);
    // What fell due while a report was accepted, and is returned now, was not missed.
    int64_t returned_at = notification_db_returned_at (result, row);
    if (returned_at > schedule.opens_at)
        schedule.opens_at = returned_at;
    schedule.decided = was_decided;
    schedule.arg = &decided;
    size_t n = schedule_due (&schedule, reminders, SCHEDULE_MAX);
    if (n == 0)
        return;
    letter_t *letter = write_reminder (plan_book_unit_by_id (book, debt.unit_id), plan, period, &schedule, reminders, n);
    uint64_t cursor = notification_db_last_cursor (result, row) + letters_to (self, debt.unit_id) + 1;
    letter_stamp (letter, debt.unit_id, cursor, self->now);
    self->letters[self->n_letters++] = letter;
    for (size_t i = 0; i < n; i++)
        self->decisions[self->n_decisions++] = (notification_decision_t){debt, reminders[i], cursor};
}

static void decide (look_t *self, const plan_book_t *book, const PGresult *result)
{
    int rows = PQntuples (result);
    self->letters = xcalloc ((size_t)rows + 1, sizeof (letter_t *));
    self->decisions = xcalloc ((size_t)rows * SCHEDULE_MAX + 1, sizeof *self->decisions);
    for (int row = 0; row < rows; row++)
        decide_debt (self, book, result, row);
}

// --- The transaction -------------------------------------------------------------------------------------------------------------

static bool is_time (const reminder_t *self)
{
    int64_t now = bc_clock_ms ();
    return now >= self->next_at || now < self->looked_at;
}

static bc_tx_next_t ask_debts (reminder_t *self, bc_tx_t *tx)
{
    if (!is_time (self))
        return BC_TX_COMMIT;
    self->look = look_new (self->book);
    if (self->look->n_debts == 0)
        return BC_TX_COMMIT;
    notification_db_begin_posting (tx);
    notification_db_ask_debts (tx, self->look->debts, self->look->n_debts);
    self->asked = ASKED_DEBTS;
    return BC_TX_NEXT;
}

static bc_tx_next_t read_plan (reminder_t *self, bc_tx_t *tx)
{
    plan_book_t *book = plan_db_read (bc_tx_result (tx, 0));
    if (!book)
        return BC_TX_ROLLBACK;
    plan_book_destroy (&self->book);
    self->book = book;
    self->next_at = INT64_MIN;
    return ask_debts (self, tx);
}

static bc_tx_next_t post_reminders (reminder_t *self, bc_tx_t *tx)
{
    look_t *look = self->look;
    decide (look, self->book, bc_tx_result (tx, 1));
    if (look->n_letters > 0) {
        notification_db_post (tx, look->letters, look->n_letters);
        notification_db_decide (tx, look->decisions, look->n_decisions, look->now);
    }
    return BC_TX_COMMIT;
}

static bc_tx_next_t step_look (bc_tx_t *tx, int step, void *arg)
{
    reminder_t *self = arg;
    if (step == 0) {
        look_destroy (&self->look);
        plan_db_ask_version (tx);
        self->asked = ASKED_VERSION;
        return BC_TX_NEXT;
    }
    switch (self->asked) {
    case ASKED_VERSION:
        if (plan_db_is_current (bc_tx_result (tx, 0), self->book))
            return ask_debts (self, tx);
        plan_db_load (tx);
        self->asked = ASKED_PLAN;
        return BC_TX_NEXT;
    case ASKED_PLAN:
        return read_plan (self, tx);
    default:
        return post_reminders (self, tx);
    }
}

// Whatever did not commit is looked at again at the next interval: next_at still says that it is time.
static void look_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    (void)tx;
    reminder_t *self = arg;
    look_t *look = self->look;
    self->running = false;
    if (outcome == BC_DB_DONE && look) {
        self->looked_at = look->now;
        self->next_at = look->next_at;
        if (look->n_letters > 0)
            bc_log (BC_LOG_INFO, "reminder.decided", NULL, "%zu reminders decided, in %zu notices", look->n_decisions,
                    look->n_letters);
        letters_announce (look->letters, look->n_letters, self->posted);
    }
    look_destroy (&self->look);
}

static void start_look (reminder_t *self)
{
    if (self->running || !bc_db_connected (self->db))
        return;
    self->running = bc_db_run (self->db, BC_TX_READ_COMMITTED, step_look, look_done, self) == 0;
}

static int on_interval (zloop_t *loop, int timer, void *arg)
{
    (void)loop;
    (void)timer;
    start_look (arg);
    return 0;
}

static void on_ready (void *arg)
{
    start_look (arg);
}

reminder_t *reminder_new (zloop_t *loop, const char *conninfo, zsock_t *posted, int interval_ms)
{
    reminder_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->posted = posted;
    self->next_at = INT64_MIN;
    self->db = bc_db_new (loop, conninfo, 1, on_ready, self);
    self->timer = zloop_timer (loop, (size_t)interval_ms, 0, on_interval, self);
    return self;
}

void reminder_destroy (reminder_t **self_p)
{
    reminder_t *self = *self_p;
    if (!self)
        return;
    zloop_timer_end (self->loop, self->timer);
    bc_db_destroy (&self->db);
    look_destroy (&self->look);
    plan_book_destroy (&self->book);
    free (self);
    *self_p = NULL;
}

bool reminder_idle (const reminder_t *self)
{
    return !self->running && self->book && !is_time (self);
}

bool reminder_healthy (const reminder_t *self)
{
    return bc_db_connected (self->db);
}
