// When is whom to be reminded? Pure: from a deadline, the time now and what was decided before, the reminders to decide now.
//
// Reminders fall due at 08:00 in the plan's time zone, 30, 14, 7, 3, 1 and 0 days before the last day on which a report is on time
// (plan 208, V.7: *before* 10 December, so that day is 9 December), and then on every day overdue, until the period is closed
// or a report is accepted. What was missed while the service was away is decided together, in one notice.
//
// A period lapses: SCHEDULE_LAPSE_DAYS after its deadline nothing falls due any more and nothing is caught up, closed or not. So
// the years that a plan carries as history stay silent when it is loaded, and nobody is reminded for ever.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCHEDULE_KIND_TEXT = 24,
    SCHEDULE_HOUR = 8,
    SCHEDULE_LAPSE_DAYS = 60,
    SCHEDULE_MAX = 6 + SCHEDULE_LAPSE_DAYS,  // more reminders than this no period has
};

typedef struct {
    char kind[SCHEDULE_KIND_TEXT];  // "d-30" ... "d-0", "overdue-2025-12-10"
    int64_t due_at;                 // when it was to be sent, Unix ms
} schedule_reminder_t;

typedef struct {
    int64_t opens_at, due_at, closes_at;  // of the period, Unix ms; closes_at INT64_MAX: not closed
    int64_t now;
    int utc_offset_minutes;                         // of the plan's time zone (no daylight saving in Viet Nam)
    bool (*decided) (const char *kind, void *arg);  // NULL: nothing was decided
    void *arg;
} schedule_t;

// Fills `reminders` (ascending by due_at) with those that have fallen due and are not decided, at most max; of more, the latest.
// Returns their number. Nothing falls due before the period opens or after it is closed; what would have fallen due before
// a period that opened late is not caught up.
size_t schedule_due (const schedule_t *self, schedule_reminder_t *reminders, size_t max);

// The first instant after `now` at which a reminder falls due, whether decided or not; INT64_MAX: none will.
int64_t schedule_next (const schedule_t *self);
