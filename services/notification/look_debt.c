// A debt: what is said to a unit about its report until it has come.
#include "look_private.h"

#include "common/xmem.h"
#include "plan/calendar.h"
#include "wording.h"

// A debt of which something has fallen due.
typedef struct {
    const plan_t *plan;
    const plan_period_t *period;
    const plan_unit_t *unit;
    schedule_t schedule;
    reminder_past_t *past;
    size_t n_past;
    int64_t opened_with;  // the deadline when the period opened; 0: it has not moved since
    schedule_entry_t reminders[SCHEDULE_MAX], steps[SCHEDULE_MAX];
    size_t n_reminders, n_steps;
    bool opened;  // the reminder says also that the period is open
} case_t;

// Of the deadline as it is now.
static bool was_decided (const char *kind, void *arg)
{
    const case_t *debt = arg;
    for (size_t i = 0; i < debt->n_past; i++)
        if (debt->past[i].due_at == debt->schedule.due_at && streq (debt->past[i].kind, kind))
            return true;
    return false;
}

static bool was_told_of_opening (const case_t *debt)
{
    for (size_t i = 0; i < debt->n_past; i++)
        if (streq (debt->past[i].kind, "opened"))
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
    letter_t *letter = look_letter (self, debt->unit->id, debt->plan, debt->period);
    wording_decision_t about = {was ? WORDING_MOVED : WORDING_OPENED_BY_DATE, day_vi, day_en, was_vi, was_en, false};
    wording_dates (debt->schedule.due_at, offset, day_vi, day_en);
    wording_dates (was, offset, was_vi, was_en);
    letter->calendar = LETTER_CALENDAR_REQUEST;
    letter->due_at = debt->schedule.due_at;
    wording_decision (letter->notice, &about);
    snprintf (entry.kind, sizeof entry.kind, "%s", kind);
    decide (self, debt, &entry, 1, letter);
}

// The deadline that the unit heard of last; whoever was told nothing yet heard of it when a decision opened the period.
static int64_t heard_of (const case_t *debt)
{
    if (debt->n_past > 0)
        return debt->past[debt->n_past - 1].due_at;
    return schedule_opens_by_date (&debt->schedule) || !debt->opened_with ? debt->schedule.due_at : debt->opened_with;
}

// Has the period's deadline become another since then? An extension has its own notice.
static void tell_if_moved (look_t *self, const case_t *debt)
{
    char kind[SCHEDULE_KIND_TEXT];
    int moves = 1;
    int64_t was = heard_of (debt);
    if (was == debt->schedule.due_at || debt->schedule.due_at != debt->period->due_at)
        return;
    for (size_t i = 0; i < debt->n_past; i++)
        moves += strncmp (debt->past[i].kind, "moved-", 6) == 0;
    snprintf (kind, sizeof kind, "moved-%d", moves);
    announce (self, debt, kind, was);
}

// Of a decision the unit hears by itself. A reminder says as much, where one is due at the same time.
static void tell_if_opened (look_t *self, case_t *debt)
{
    if (!schedule_opens_by_date (&debt->schedule) || schedule_opening (&debt->schedule) > self->now || was_told_of_opening (debt))
        return;
    if (debt->n_reminders == 0)
        announce (self, debt, "opened", 0);
    else
        debt->opened = true;
}

// --- Reminders -------------------------------------------------------------------------------------------------------------------

static void remind (look_t *self, const case_t *debt)
{
    letter_t *letter = look_letter (self, debt->unit->id, debt->plan, debt->period);
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
    letter_t *letter = look_letter (self, debt->unit->id, debt->plan, debt->period);
    letter->receivers |= about.recipients[PLAN_TO_UNIT_LEADER] ? LETTER_TO_LEADERS : 0;
    wording_escalation (letter->notice, &about, false);
    decide (self, debt, debt->steps, debt->n_steps, letter);
    if (about.recipients[PLAN_TO_STANDING_LEADER]) {
        letter = look_letter (self, plan_standing_unit (debt->plan, self->now), debt->plan, debt->period);
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

void look_settle (look_t *self, const PGresult *result, int row)
{
    reminder_debt_t ids = reminder_db_debt (result, row);
    case_t debt = {.unit = plan_book_unit_by_id (self->book, ids.unit_id)};
    debt.period = plan_book_period_by_id (self->book, ids.period_id, &debt.plan);
    debt.past = reminder_db_past (result, row, &debt.n_past);
    debt.schedule = look_schedule (self, debt.plan, debt.period, ids.unit_id);
    debt.schedule.since = reminder_db_returned_at (result, row);
    debt.schedule.set_at = reminder_db_set_at (result, row);
    debt.opened_with = reminder_db_opened_with (result, row);
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
