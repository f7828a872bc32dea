// A schedule is a numbered list of what can fall due, in no order of time: day and kind of each follow from its number.
#include "schedule.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "plan/calendar.h"

#define DAY_MS 86400000LL
#define LAPSE_MS (SCHEDULE_LAPSE_DAYS * DAY_MS)

static const char *const RECIPIENTS[] = {
    [PLAN_TO_UNIT_LEADER] = "unit-leader",
    [PLAN_TO_STANDING_LEADER] = "standing-leader",
    [PLAN_TO_COMMITTEE] = "committee",
};

// Sets kind and step of the entry with that number, and the day on which it falls due. False: no entry has that number.
typedef bool list_fn (const schedule_t *self, int number, int *day_p, schedule_entry_t *entry);

// The deadline is a midnight in the plan's time zone, and the last good day is the one that it ends.
static int last_day (const schedule_t *self)
{
    return calendar_day (self->plan, self->due_at - 1);
}

static void name_day (char kind[SCHEDULE_KIND_TEXT], const char *prefix, int day)
{
    time_t seconds = (time_t)(day * (DAY_MS / 1000));
    struct tm date;
    char text[16];
    gmtime_r (&seconds, &date);
    strftime (text, sizeof text, "%Y-%m-%d", &date);
    snprintf (kind, SCHEDULE_KIND_TEXT, "%s%s", prefix, text);
}

// --- What can fall due -----------------------------------------------------------------------------------------------------------

static bool list_before (const schedule_t *self, int number, int *day_p, schedule_entry_t *entry)
{
    const plan_policy_t *policy = &self->period->policy;
    int days = policy->before[number], day = last_day (self) - days;
    snprintf (entry->kind, sizeof entry->kind, "d-%d", days);
    *day_p = policy->working_days_only ? calendar_add_working (self->book, day, 0) : day;
    return true;
}

static bool list_step (const schedule_t *self, int number, int *day_p, schedule_entry_t *entry)
{
    const plan_step_t *step = &self->period->policy.steps[number];
    snprintf (entry->kind, sizeof entry->kind, "step-%d-%s", step->after_working_days, RECIPIENTS[step->recipient]);
    entry->step = step;
    *day_p = calendar_add_working (self->book, last_day (self), step->after_working_days);
    return true;
}

static bool list_overdue (const schedule_t *self, int number, int *day_p, schedule_entry_t *entry)
{
    const plan_policy_t *policy = &self->period->policy;
    int day = last_day (self) + 1 + number;
    bool working_days = policy->overdue == PLAN_OVERDUE_WORKING_DAYS || policy->working_days_only;
    if (policy->overdue == PLAN_OVERDUE_NONE || (working_days && !calendar_is_working (self->book, day)))
        return false;
    name_day (entry->kind, "overdue-", day);
    *day_p = day;
    return true;
}

static bool list_reminder (const schedule_t *self, int number, int *day_p, schedule_entry_t *entry)
{
    int n_before = (int)self->period->policy.n_before, n_steps = (int)self->period->policy.n_steps;
    if (number < n_before)
        return list_before (self, number, day_p, entry);
    if (number < n_before + n_steps)
        return list_step (self, number - n_before, day_p, entry);
    return list_overdue (self, number - n_before - n_steps, day_p, entry);
}

static int count_reminders (const schedule_t *self)
{
    return (int)(self->period->policy.n_before + self->period->policy.n_steps) + SCHEDULE_LAPSE_DAYS;
}

// Weeks begin on Monday; 1 January 1970 was a Thursday.
static bool is_first_working_day_of_week (const plan_book_t *book, int day)
{
    for (int earlier = day - (day + 3) % 7; earlier < day; earlier++)
        if (calendar_is_working (book, earlier))
            return false;
    return calendar_is_working (book, day);
}

static bool list_digest (const schedule_t *self, int number, int *day_p, schedule_entry_t *entry)
{
    int day = calendar_day (self->plan, self->period->opens_at) + number;
    if (day >= last_day (self) - SCHEDULE_DAILY) {
        if (self->period->policy.working_days_only && !calendar_is_working (self->book, day))
            return false;
    } else if (!is_first_working_day_of_week (self->book, day)) {
        return false;
    }
    name_day (entry->kind, "", day);
    *day_p = day;
    return true;
}

static int count_digests (const schedule_t *self)
{
    return last_day (self) + SCHEDULE_LAPSE_DAYS + 1 - calendar_day (self->plan, self->period->opens_at);
}

// --- What falls due --------------------------------------------------------------------------------------------------------------

// The entry with that number, if there is one and it falls due while the period is open and has not lapsed.
static bool entry_get (const schedule_t *self, list_fn *list, int number, schedule_entry_t *entry)
{
    int day;
    memset (entry, 0, sizeof *entry);
    if (!list (self, number, &day, entry))
        return false;
    entry->due_at = calendar_instant (self->plan, day, self->period->policy.hour);
    return entry->due_at >= self->period->opens_at && entry->due_at >= self->since && entry->due_at >= self->set_at &&
           entry->due_at < self->period->closes_at && entry->due_at < self->due_at + LAPSE_MS;
}

// Into its place by time; when all max are taken, the earliest goes.
static size_t insert (schedule_entry_t *entries, size_t count, size_t max, const schedule_entry_t *entry)
{
    size_t place = count;
    while (place > 0 && entries[place - 1].due_at > entry->due_at)
        place--;
    if (count == max && place == 0)
        return count;
    if (count == max) {
        memmove (entries, entries + 1, --place * sizeof *entries);
        count--;
    } else {
        memmove (entries + place + 1, entries + place, (count - place) * sizeof *entries);
    }
    entries[place] = *entry;
    return count + 1;
}

static bool is_over (const schedule_t *self)
{
    return self->now >= self->period->closes_at || self->now >= self->due_at + LAPSE_MS;
}

// Those that fell due from `since` on.
static size_t collect (const schedule_t *self, list_fn *list, int n, int64_t since, schedule_entry_t *entries, size_t max)
{
    if (self->now < self->period->opens_at || is_over (self))
        return 0;
    size_t count = 0;
    schedule_entry_t entry;
    for (int number = 0; number < n; number++)
        if (entry_get (self, list, number, &entry) && entry.due_at >= since && entry.due_at <= self->now &&
            !(self->decided && self->decided (entry.kind, self->arg)))
            count = insert (entries, count, max, &entry);
    return count;
}

static int64_t earliest (const schedule_t *self, list_fn *list, int n)
{
    int64_t next = INT64_MAX;
    schedule_entry_t entry;
    for (int number = 0; number < n && !is_over (self); number++)
        if (entry_get (self, list, number, &entry) && entry.due_at > self->now && entry.due_at < next)
            next = entry.due_at;
    return next;
}

size_t schedule_due (const schedule_t *self, schedule_entry_t *entries, size_t max)
{
    return collect (self, list_reminder, count_reminders (self), INT64_MIN, entries, max);
}

int64_t schedule_next (const schedule_t *self)
{
    return earliest (self, list_reminder, count_reminders (self));
}

bool schedule_opens_by_date (const schedule_t *self)
{
    int64_t opens_at = self->period->opens_at;
    return calendar_instant (self->plan, calendar_day (self->plan, opens_at), 0) == opens_at;
}

int64_t schedule_opening (const schedule_t *self)
{
    int64_t due_at = self->period->opens_at;
    if (schedule_opens_by_date (self))
        due_at = calendar_instant (self->plan, calendar_day (self->plan, due_at), self->period->policy.hour);
    return !is_over (self) && due_at >= self->since && due_at < self->period->closes_at ? due_at : INT64_MAX;
}

size_t schedule_digests_due (const schedule_t *self, schedule_entry_t *entries, size_t max)
{
    return collect (self, list_digest, count_digests (self), self->now - LAPSE_MS, entries, max);
}

int64_t schedule_next_digest (const schedule_t *self)
{
    return earliest (self, list_digest, count_digests (self));
}

int schedule_recipient (const char *kind)
{
    static const char STEP[] = "step-";
    if (strncmp (kind, STEP, strlen (STEP)) != 0)
        return -1;
    const char *recipient = kind + strlen (STEP);
    recipient += strspn (recipient, "0123456789");
    if (*recipient++ != '-')
        return -1;
    for (int i = 0; i < (int)(sizeof RECIPIENTS / sizeof *RECIPIENTS); i++)
        if (strcmp (RECIPIENTS[i], recipient) == 0)
            return i;
    return -1;
}
