// The schedule of reminders. A period has SCHEDULE_MAX of them, numbered in the order in which they fall due.
#include "schedule.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define HOUR_MS 3600000LL
#define DAY_MS (24 * HOUR_MS)

static const int DAYS_BEFORE[] = {30, 14, 7, 3, 1, 0};
enum { N_BEFORE = sizeof DAYS_BEFORE / sizeof *DAYS_BEFORE };

// The deadline is a midnight in the plan's time zone, and the last good day is the one that it ends.
static int64_t reminder_due_at (const schedule_t *self, size_t number)
{
    int64_t eight_o_clock = self->due_at + SCHEDULE_HOUR * HOUR_MS;
    if (number < N_BEFORE)
        return eight_o_clock - (DAYS_BEFORE[number] + 1) * DAY_MS;
    return eight_o_clock + (int64_t)(number - N_BEFORE) * DAY_MS;
}

static void reminder_name (const schedule_t *self, size_t number, char kind[SCHEDULE_KIND_TEXT])
{
    if (number < N_BEFORE) {
        snprintf (kind, SCHEDULE_KIND_TEXT, "d-%d", DAYS_BEFORE[number]);
        return;
    }
    time_t local = (time_t)((reminder_due_at (self, number) + self->utc_offset_minutes * 60000LL) / 1000);
    struct tm day;
    gmtime_r (&local, &day);
    strftime (kind, SCHEDULE_KIND_TEXT, "overdue-%Y-%m-%d", &day);
}

static bool is_silent (const schedule_t *self)
{
    return self->now < self->opens_at || self->now >= self->closes_at || self->now >= self->due_at + SCHEDULE_LAPSE_DAYS * DAY_MS;
}

size_t schedule_due (const schedule_t *self, schedule_reminder_t *reminders, size_t max)
{
    if (is_silent (self))
        return 0;
    size_t count = 0;
    for (size_t number = 0; number < SCHEDULE_MAX; number++) {
        schedule_reminder_t reminder = {.due_at = reminder_due_at (self, number)};
        if (reminder.due_at < self->opens_at)
            continue;
        if (reminder.due_at > self->now)
            break;
        reminder_name (self, number, reminder.kind);
        if (self->decided && self->decided (reminder.kind, self->arg))
            continue;
        if (count == max && max > 0)
            memmove (reminders, reminders + 1, --count * sizeof *reminders);
        if (count < max)
            reminders[count++] = reminder;
    }
    return count;
}

int64_t schedule_next (const schedule_t *self)
{
    for (size_t number = 0; number < SCHEDULE_MAX; number++) {
        int64_t due_at = reminder_due_at (self, number);
        if (due_at > self->now && due_at >= self->opens_at && due_at < self->closes_at)
            return due_at;
    }
    return INT64_MAX;
}
