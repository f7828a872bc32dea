// When is what to be said about a period? Pure: from the deadline, the plan's policy and calendar, the time now and what was decided
// before, the entries to decide now.
//
// Reminders fall due at the policy's hour, so many days before the last day on which a report is on time (plan 208, V.7: *before*
// 10 December, so that day is 9 December), and then on every (working) day overdue, until the period is closed or a report is
// accepted. Escalation steps fall due on the n-th working day after that last day. What was missed while the service was away is
// decided together. Reminders and steps belong to a deadline: when that moves, by the plan or by an extension, those of the new one that
// are still to come are sent, and what would have fallen due before the move is not caught up.
//
// Digests fall due daily from SCHEDULE_DAILY days before the last day on, and before that on the first working day of each week.
//
// A period lapses: SCHEDULE_LAPSE_DAYS after its deadline nothing falls due any more and nothing is caught up, closed or not. So
// the years that a plan carries as history stay silent when it is loaded, and nobody is reminded for ever.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

enum {
    SCHEDULE_KIND_TEXT = 40,
    SCHEDULE_LAPSE_DAYS = 60,
    SCHEDULE_DAILY = 7,
    SCHEDULE_MAX = PLAN_BEFORE_MAX + PLAN_STEPS_MAX + SCHEDULE_LAPSE_DAYS,  // more than this are never due at once
};

typedef struct {
    char kind[SCHEDULE_KIND_TEXT];  // "d-30", "overdue-2025-12-10", "step-3-unit-leader"; of a digest its day
    int64_t due_at;                 // when it was to be sent, Unix ms
    const plan_step_t *step;        // of an escalation; NULL: none
} schedule_entry_t;

typedef struct {
    const plan_book_t *book;  // whose calendar holds
    const plan_t *plan;       // whose time zone holds
    const plan_period_t *period;
    int64_t due_at;  // the period's, or the unit's own: a midnight in the plan's time zone, Unix ms
    int64_t since;   // what fell due before is neither decided nor missed: a report stood until then, and was returned; 0: none
    int64_t set_at;  // likewise: when the deadline became what it is; 0: it has not been another
    int64_t now;
    bool (*decided) (const char *kind, void *arg);  // of this deadline; NULL: nothing was decided
    void *arg;
} schedule_t;

// Fills `entries` (ascending by due_at) with the reminders and steps that have fallen due and are not decided, at most max; of more,
// the latest. Returns their number. Nothing falls due before the period opens or after it is closed; what would have fallen due
// before a period that opened late is not caught up.
size_t schedule_due (const schedule_t *self, schedule_entry_t *entries, size_t max);

// The first instant after `now` at which one falls due, whether decided or not; INT64_MAX: none will.
int64_t schedule_next (const schedule_t *self);

// When the period's units hear that it is open: at the policy's hour of the day on which it opens, or at once when it was opened by a
// decision. INT64_MAX: they do not, nothing falls due any more.
int64_t schedule_opening (const schedule_t *self);
bool schedule_opens_by_date (const schedule_t *self);

// The same of digests. One that is older than SCHEDULE_LAPSE_DAYS is not caught up.
size_t schedule_digests_due (const schedule_t *self, schedule_entry_t *entries, size_t max);
int64_t schedule_next_digest (const schedule_t *self);

// Who is told by a step of that kind (plan_recipient_t); -1: it is a reminder's.
int schedule_recipient (const char *kind);
