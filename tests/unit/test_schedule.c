// When reminders, escalation steps and digests fall due: every offset, the boundary at the hour, days off, working Saturdays, outages,
// clock jumps, extensions, late and closed periods.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "notification/schedule.h"
#include "../support/suite.h"

enum { KINDS_MAX = 128 };

// What was decided so far, as notification's table would have it.
typedef struct {
    char kinds[KINDS_MAX][SCHEDULE_KIND_TEXT];
    size_t count;
} decisions_t;

static bool was_decided (const char *kind, void *arg)
{
    decisions_t *decisions = arg;
    for (size_t i = 0; i < decisions->count; i++)
        if (strcmp (decisions->kinds[i], kind) == 0)
            return true;
    return false;
}

static int64_t at (const char *text)
{
    int64_t ms = 0;
    ck_assert_msg (bc_time_parse (text, &ms) == 0, "%s", text);
    return ms;
}

// Days off and a working Saturday around the period 2025 of plan 208. 10 December 2025 is a Wednesday.
static int day (const char *date)
{
    char midnight[32];
    snprintf (midnight, sizeof midnight, "%sT00:00:00Z", date);
    return (int)(at (midnight) / 86400000);
}

static plan_t plan = {.utc_offset_minutes = 7 * 60};
static plan_day_t days[4];
static plan_book_t book = {.days = days};
static plan_period_t period;

static void setup (void)
{
    static const char *const DAYS[] = {"2025-11-08 w", "2025-12-27 w", "2026-01-01", "2026-01-02"};
    book.n_days = sizeof DAYS / sizeof *DAYS;
    for (size_t i = 0; i < book.n_days; i++) {
        char date[11];
        snprintf (date, sizeof date, "%s", DAYS[i]);
        days[i] = (plan_day_t){.day = day (date), .is_working = strlen (DAYS[i]) > 10};
    }
    plan.utc_offset_minutes = 7 * 60;
    period = (plan_period_t){
        .opens_at = at ("2025-10-01T00:00:00+07:00"),
        .due_at = at ("2025-12-10T00:00:00+07:00"),
        .closes_at = INT64_MAX,
        .policy = PLAN_POLICY_DEFAULT,
    };
}

static schedule_t period_2025 (const char *now, decisions_t *decisions)
{
    return (schedule_t){
        .book = &book,
        .plan = &plan,
        .period = &period,
        .due_at = period.due_at,
        .now = at (now),
        .decided = decisions ? was_decided : NULL,
        .arg = decisions,
    };
}

static char *joined (const schedule_entry_t *entries, size_t count)
{
    static char text[KINDS_MAX * SCHEDULE_KIND_TEXT];
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            strcat (text, " ");
        strcat (text, entries[i].kind);
    }
    return text;
}

typedef size_t due_fn (const schedule_t *self, schedule_entry_t *entries, size_t max);

// What is decided now, and from now on counts as decided.
static char *decide_by (due_fn *due, const schedule_t *schedule, decisions_t *decisions)
{
    schedule_entry_t entries[SCHEDULE_MAX];
    size_t count = due (schedule, entries, SCHEDULE_MAX);
    for (size_t i = 0; i < count; i++)
        strcpy (decisions->kinds[decisions->count++], entries[i].kind);
    return joined (entries, count);
}

static char *decide (const schedule_t *schedule, decisions_t *decisions)
{
    return decide_by (schedule_due, schedule, decisions);
}

static void remember (decisions_t *decisions, const char *kinds)
{
    char *copy = strdup (kinds), *rest = copy;
    for (char *kind; (kind = strsep (&rest, " ")) && *kind;)
        strcpy (decisions->kinds[decisions->count++], kind);
    free (copy);
}

// The instant of each kind, and what else falls due at it, when every earlier one was decided in its time.
static const struct {
    const char *kinds, *due;
} INSTANTS[] = {
    {"d-30", "2025-11-09T08:00:00+07:00"},  // a Sunday: calendar days
    {"d-14", "2025-11-25T08:00:00+07:00"},
    {"d-7", "2025-12-02T08:00:00+07:00"},
    {"d-3", "2025-12-06T08:00:00+07:00"},
    {"d-1", "2025-12-08T08:00:00+07:00"},
    {"d-0", "2025-12-09T08:00:00+07:00"},
    {"overdue-2025-12-10", "2025-12-10T08:00:00+07:00"},
    {"overdue-2025-12-11", "2025-12-11T08:00:00+07:00"},
    {"step-3-unit-leader overdue-2025-12-12", "2025-12-12T08:00:00+07:00"},
    {"overdue-2025-12-15", "2025-12-15T08:00:00+07:00"},  // over the weekend
    {"step-5-standing-leader overdue-2025-12-16", "2025-12-16T08:00:00+07:00"},
    {"step-7-committee overdue-2025-12-18", "2025-12-18T08:00:00+07:00"},
    {"overdue-2025-12-27", "2025-12-27T08:00:00+07:00"},  // a working Saturday
    {"overdue-2025-12-31", "2025-12-31T08:00:00+07:00"},
    {"overdue-2026-01-05", "2026-01-05T08:00:00+07:00"},  // over the holiday and a weekend
    {"overdue-2026-02-06", "2026-02-06T08:00:00+07:00"},  // the last
};

START_TEST (falls_due_on_the_hour)
{
    decisions_t decisions = {.count = 0};
    schedule_t schedule = period_2025 (INSTANTS[_i].due, &decisions);
    int64_t due = schedule.now;

    schedule.now = due - 1;
    decide (&schedule, &decisions);
    ck_assert_int_eq (schedule_next (&schedule), due);
    schedule.now = due;
    ck_assert_str_eq (decide (&schedule, &decisions), INSTANTS[_i].kinds);
    ck_assert_str_eq (decide (&schedule, &decisions), "");
    ck_assert_int_ne (schedule_next (&schedule), due);
}
END_TEST

static void expect (const schedule_t *schedule, decisions_t *decisions, const char *name, const char *expected)
{
    char *decided = decide (schedule, decisions);
    ck_assert_msg (strcmp (decided, expected) == 0, "%s: decided \"%s\", expected \"%s\"", name, decided, expected);
    ck_assert_msg (*decide (schedule, decisions) == '\0', "%s: decided twice", name);
}

// One look at the clock: what was decided before, and what is decided now.
static const struct {
    const char *name, *now, *opens, *closes, *before, *expected;
} CASES[] = {
    {"before it opens", "2025-09-30T23:59:59+07:00", NULL, NULL, "", ""},
    {"open, nothing due yet", "2025-11-09T07:59:59.999+07:00", NULL, NULL, "", ""},
    {"first reminder", "2025-11-09T08:00:00+07:00", NULL, NULL, "", "d-30"},
    {"between two", "2025-11-20T12:00:00+07:00", NULL, NULL, "d-30", ""},
    {"outage over two", "2025-12-03T12:00:00+07:00", NULL, NULL, "d-30", "d-14 d-7"},
    {"outage over all", "2025-12-09T08:00:00+07:00", NULL, NULL, "", "d-30 d-14 d-7 d-3 d-1 d-0"},
    {"outage of a week, over the deadline", "2025-12-13T09:00:00+07:00", NULL, NULL, "d-30 d-14 d-7 d-3",
     "d-1 d-0 overdue-2025-12-10 overdue-2025-12-11 step-3-unit-leader overdue-2025-12-12"},
    {"a hole in the past", "2025-12-06T10:00:00+07:00", NULL, NULL, "d-30 d-7", "d-14 d-3"},
    {"the night after the deadline", "2025-12-10T00:00:00+07:00", NULL, NULL, "d-30 d-14 d-7 d-3 d-1 d-0", ""},
    {"a Saturday overdue", "2025-12-13T23:00:00+07:00", NULL, NULL,
     "d-30 d-14 d-7 d-3 d-1 d-0 overdue-2025-12-10 overdue-2025-12-11 step-3-unit-leader overdue-2025-12-12", ""},
    {"clock went back", "2025-11-10T00:00:00+07:00", NULL, NULL, "d-30 d-14 d-7 d-3", ""},
    {"clock went back before it opens", "2025-01-01T00:00:00+07:00", NULL, NULL, "d-30 d-14", ""},
    {"clock went back and is here again", "2025-12-02T09:00:00+07:00", NULL, NULL, "d-30 d-14 d-3 d-1 d-0", "d-7"},
    {"opened late: no catching up", "2025-12-06T12:00:00+07:00", "2025-12-05T09:00:00+07:00", NULL, "", "d-3"},
    {"opened late, on the instant", "2025-12-06T08:00:00+07:00", "2025-12-06T08:00:00+07:00", NULL, "", "d-3"},
    {"opened after the deadline", "2025-12-11T12:00:00+07:00", "2025-12-10T09:00:00+07:00", NULL, "", "overdue-2025-12-11"},
    {"closed", "2025-12-11T12:00:00+07:00", NULL, "2025-12-11T10:00:00+07:00", "", ""},
    {"closing at this instant", "2025-12-11T10:00:00+07:00", NULL, "2025-12-11T10:00:00+07:00", "", ""},
    {"before it closes", "2025-12-09T09:00:00+07:00", NULL, "2025-12-11T10:00:00+07:00", "d-30 d-14 d-7 d-3 d-1", "d-0"},
    {"lapsed", "2026-02-08T00:00:00+07:00", NULL, NULL, "", ""},
    {"years later", "2030-01-01T00:00:00+07:00", NULL, NULL, "", ""},
};

START_TEST (decides_what_fell_due)
{
    decisions_t decisions = {.count = 0};
    remember (&decisions, CASES[_i].before);
    if (CASES[_i].opens)
        period.opens_at = at (CASES[_i].opens);
    if (CASES[_i].closes)
        period.closes_at = at (CASES[_i].closes);
    schedule_t schedule = period_2025 (CASES[_i].now, &decisions);
    expect (&schedule, &decisions, CASES[_i].name, CASES[_i].expected);
}
END_TEST

// The deadline became what it is at that time, by an extension or by the plan. before: what was decided of it.
static const struct {
    const char *name, *set, *due, *now, *before, *expected;
} MOVED[] = {
    {"before the deadline: reminded of the new one", "2025-12-05T10:00:00+07:00", "2025-12-20T00:00:00+07:00",
     "2025-12-12T09:00:00+07:00", "", "d-7"},
    {"what fell due before it was set is not caught up", "2025-12-12T08:00:00.001+07:00", "2025-12-20T00:00:00+07:00",
     "2025-12-12T09:00:00+07:00", "", ""},
    {"at the instant itself", "2025-12-12T08:00:00+07:00", "2025-12-20T00:00:00+07:00", "2025-12-12T09:00:00+07:00", "", "d-7"},
    {"an outage over the new one", "2025-12-15T09:00:00+07:00", "2025-12-20T00:00:00+07:00", "2025-12-24T09:00:00+07:00", "",
     "d-3 d-1 d-0 overdue-2025-12-22 overdue-2025-12-23 step-3-unit-leader overdue-2025-12-24"},
    {"back to what it was: nothing is told twice", "2025-12-06T09:00:00+07:00", "2025-12-10T00:00:00+07:00",
     "2025-12-12T09:00:00+07:00", "d-30 d-14 d-7 d-3",
     "d-1 d-0 overdue-2025-12-10 overdue-2025-12-11 step-3-unit-leader overdue-2025-12-12"},
    {"after the deadline: no longer overdue", "2025-12-15T09:00:00+07:00", "2025-12-20T00:00:00+07:00", "2025-12-15T09:30:00+07:00",
     "", ""},
    {"after the deadline: overdue again, and all steps anew", "2025-12-16T09:00:00+07:00", "2025-12-20T00:00:00+07:00",
     "2025-12-26T09:00:00+07:00",
     "d-3 d-1 d-0 overdue-2025-12-22 overdue-2025-12-23 overdue-2025-12-24 step-3-unit-leader overdue-2025-12-25",
     "step-5-standing-leader overdue-2025-12-26"},
    {"past the lapse of the one before", "2026-02-09T09:00:00+07:00", "2026-02-12T00:00:00+07:00", "2026-02-10T09:00:00+07:00", "",
     "d-1"},
};

START_TEST (a_moved_deadline_is_reminded_of_anew)
{
    decisions_t decisions = {.count = 0};
    remember (&decisions, MOVED[_i].before);
    schedule_t schedule = period_2025 (MOVED[_i].now, &decisions);
    schedule.due_at = at (MOVED[_i].due);
    schedule.set_at = at (MOVED[_i].set);
    expect (&schedule, &decisions, MOVED[_i].name, MOVED[_i].expected);
}
END_TEST

// Policies other than the default. All that falls due in a walk from the opening to `until`, with its day of December (November: -).
static const struct {
    const char *name;
    plan_policy_t policy;
    const char *until, *expected;
} POLICIES[] = {
    {"another hour", {.hour = 14, .before = {1}, .n_before = 1, .overdue = PLAN_OVERDUE_NONE}, "2025-12-31", "d-1@08-14"},
    {"every day overdue",
     {.hour = 8, .overdue = PLAN_OVERDUE_DAYS},
     "2025-12-14",
     "overdue-2025-12-10@10-08 overdue-2025-12-11@11-08 overdue-2025-12-12@12-08 overdue-2025-12-13@13-08 "
     "overdue-2025-12-14@14-08"},
    {"not once overdue", {.hour = 8, .before = {0}, .n_before = 1, .overdue = PLAN_OVERDUE_NONE}, "2026-01-31", "d-0@09-08"},
    {"working days only: a day off goes to the working day before, a working Saturday stays",
     {.hour = 8, .before = {31, 30, 3, 2}, .n_before = 4, .working_days_only = true, .overdue = PLAN_OVERDUE_NONE},
     "2025-12-31",
     "d-31@08-08 d-30@08-08 d-3@05-08 d-2@05-08"},
    {"working days only: none on a day off after the deadline",
     {.hour = 8, .working_days_only = true, .overdue = PLAN_OVERDUE_DAYS},
     "2025-12-15",
     "overdue-2025-12-10@10-08 overdue-2025-12-11@11-08 overdue-2025-12-12@12-08 overdue-2025-12-15@15-08"},
    {"steps on working days, two on one",
     {.hour = 8,
      .overdue = PLAN_OVERDUE_NONE,
      .n_steps = 3,
      .steps = {{1, PLAN_TO_UNIT_LEADER}, {13, PLAN_TO_UNIT_LEADER}, {13, PLAN_TO_COMMITTEE}}},
     "2025-12-31",
     "step-1-unit-leader@10-08 step-13-unit-leader@26-08 step-13-committee@26-08"},
};

START_TEST (follows_the_policy)
{
    decisions_t decisions = {.count = 0};
    char walked[2048] = "";
    char until[32];
    period.policy = POLICIES[_i].policy;
    snprintf (until, sizeof until, "%sT23:59:59+07:00", POLICIES[_i].until);
    schedule_t schedule = period_2025 ("2025-10-01T00:00:00+07:00", &decisions);
    int64_t end = at (until), hour = 3600000;
    for (; schedule.now < end; schedule.now += hour) {
        size_t before = decisions.count;
        decide (&schedule, &decisions);
        time_t local = (time_t)(schedule.now / 1000 + 7 * 3600);
        char moment[16];
        strftime (moment, sizeof moment, "@%d-%H", gmtime (&local));
        for (size_t i = before; i < decisions.count; i++)
            snprintf (walked + strlen (walked), sizeof walked - strlen (walked), "%s%s%s", *walked ? " " : "", decisions.kinds[i],
                      moment);
    }
    ck_assert_msg (strcmp (walked, POLICIES[_i].expected) == 0, "%s: %s", POLICIES[_i].name, walked);
}
END_TEST

// Of the default: six before, three steps, and the working days among the 60 after the deadline.
enum { ALL = 6 + 3 + 42 };

// Hour by hour through the whole life of a period, with the clock jumping back three days every hundred hours: each kind once.
START_TEST (each_kind_once_whatever_the_clock_does)
{
    decisions_t decisions = {.count = 0};
    schedule_t schedule = period_2025 ("2025-10-01T00:00:00+07:00", &decisions);
    int64_t hour = 3600000, a_day = 24 * hour, end = schedule.due_at + 70 * a_day;
    for (int n = 0; schedule.now < end; n++) {
        decide (&schedule, &decisions);
        schedule.now += n % 100 == 99 ? -3 * a_day : hour;
    }
    ck_assert_uint_eq (decisions.count, ALL);
    for (size_t i = 0; i < decisions.count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne (decisions.kinds[i], decisions.kinds[j]);
}
END_TEST

// Going from each next instant to the one after it misses none.
START_TEST (next_leads_through_all)
{
    decisions_t decisions = {.count = 0};
    schedule_t schedule = period_2025 ("2025-01-01T00:00:00+07:00", &decisions);
    for (int64_t next; (next = schedule_next (&schedule)) != INT64_MAX;) {
        ck_assert_int_gt (next, schedule.now);
        schedule.now = next;
        ck_assert_str_ne (decide (&schedule, &decisions), "");
    }
    ck_assert_uint_eq (decisions.count, ALL);
}
END_TEST

START_TEST (next_knows_opening_and_closing)
{
    schedule_t schedule = period_2025 ("2025-11-01T00:00:00+07:00", NULL);
    period.opens_at = at ("2025-12-05T09:00:00+07:00");
    ck_assert_int_eq (schedule_next (&schedule), at ("2025-12-06T08:00:00+07:00"));
    period.closes_at = at ("2025-12-06T08:00:00+07:00");
    ck_assert_int_eq (schedule_next (&schedule), INT64_MAX);
    ck_assert_int_eq (schedule_next_digest (&schedule), INT64_MAX);
}
END_TEST

// When the units hear that the period is open.
START_TEST (an_opening_is_announced_at_the_hour)
{
    schedule_t schedule = period_2025 ("2025-09-01T00:00:00+07:00", NULL);
    ck_assert_int_eq (schedule_opening (&schedule), at ("2025-10-01T08:00:00+07:00"));
    schedule.since = at ("2025-10-01T08:00:00.001+07:00");
    ck_assert_int_eq (schedule_opening (&schedule), INT64_MAX);
    schedule.since = 0;
    schedule.set_at = at ("2025-10-02T00:00:00+07:00");  // who was not told yet is told of the deadline as it is now
    ck_assert_int_eq (schedule_opening (&schedule), at ("2025-10-01T08:00:00+07:00"));
    schedule.now = at ("2026-02-08T00:00:00+07:00");  // lapsed
    ck_assert_int_eq (schedule_opening (&schedule), INT64_MAX);
    schedule.now = period.opens_at;
    period.closes_at = at ("2025-10-01T08:00:00+07:00");
    ck_assert_int_eq (schedule_opening (&schedule), INT64_MAX);
    period.closes_at = INT64_MAX;
    ck_assert (schedule_opens_by_date (&schedule));
    period.opens_at += 1;  // by a decision
    ck_assert (!schedule_opens_by_date (&schedule));
    ck_assert_int_eq (schedule_opening (&schedule), period.opens_at);
}
END_TEST

START_TEST (a_short_list_keeps_the_latest)
{
    schedule_t schedule = period_2025 ("2025-12-11T12:00:00+07:00", NULL);
    schedule_entry_t entries[3];
    size_t count = schedule_due (&schedule, entries, 3);
    ck_assert_str_eq (joined (entries, count), "d-0 overdue-2025-12-10 overdue-2025-12-11");
    ck_assert_uint_eq (schedule_due (&schedule, entries, 0), 0);
}
END_TEST

START_TEST (only_steps_are_steps)
{
    schedule_t schedule = period_2025 ("2025-12-12T12:00:00+07:00", NULL);
    schedule_entry_t entries[SCHEDULE_MAX];
    size_t count = schedule_due (&schedule, entries, SCHEDULE_MAX);
    ck_assert_uint_eq (count, 10);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq (entries[i].step != NULL, strncmp (entries[i].kind, "step-", 5) == 0);
    ck_assert_int_eq (entries[8].step->recipient, PLAN_TO_UNIT_LEADER);
    ck_assert_int_eq (schedule_recipient (entries[8].kind), PLAN_TO_UNIT_LEADER);
    ck_assert_int_eq (schedule_recipient ("step-12-committee"), PLAN_TO_COMMITTEE);
    ck_assert_int_eq (schedule_recipient ("step-12-press"), -1);
    ck_assert_int_eq (schedule_recipient ("step-12-comm"), -1);
    ck_assert_int_eq (schedule_recipient ("overdue-2025-12-10"), -1);
}
END_TEST

// The name of an overdue day is the day in the plan's time zone, not in UTC.
START_TEST (overdue_days_are_named_locally)
{
    plan.utc_offset_minutes = 10 * 60;
    period.opens_at = at ("2025-12-10T00:00:00+10:00");
    period.due_at = at ("2025-12-10T00:00:00+10:00");
    schedule_t schedule = period_2025 ("2025-12-10T08:00:00+10:00", NULL);
    schedule_entry_t entry;
    ck_assert_uint_eq (schedule_due (&schedule, &entry, 1), 1);
    ck_assert_str_eq (entry.kind, "overdue-2025-12-10");
}
END_TEST

// Digests: what was decided before, and what is decided now.
static const struct {
    const char *name, *now, *opens, *closes, *before, *expected;
} DIGESTS[] = {
    {"before it opens", "2025-09-30T12:00:00+07:00", NULL, NULL, "", ""},
    {"in the middle of its first week: not yet", "2025-10-03T12:00:00+07:00", NULL, NULL, "", ""},
    {"the first Monday", "2025-10-06T08:00:00+07:00", NULL, NULL, "", "2025-10-06"},
    {"a minute early", "2025-10-06T07:59:00+07:00", NULL, NULL, "", ""},
    {"weekly", "2025-10-20T09:00:00+07:00", NULL, NULL, "2025-10-06 2025-10-13", "2025-10-20"},
    {"not on a Tuesday", "2025-10-21T09:00:00+07:00", NULL, NULL, "2025-10-06 2025-10-13 2025-10-20", ""},
    {"an outage of two weeks is caught up", "2025-10-21T09:00:00+07:00", NULL, NULL, "2025-10-06", "2025-10-13 2025-10-20"},
    {"near the deadline daily", "2025-12-03T09:00:00+07:00", "2025-11-30T00:00:00+07:00", NULL, "2025-12-01",
     "2025-12-02 2025-12-03"},
    {"at weekends too", "2025-12-07T09:00:00+07:00", "2025-12-06T09:00:00+07:00", NULL, "", "2025-12-07"},
    {"closed", "2025-12-11T12:00:00+07:00", NULL, "2025-12-11T10:00:00+07:00", "", ""},
    {"after the deadline daily", "2026-01-02T09:00:00+07:00", "2025-12-31T23:00:00+07:00", NULL, "", "2026-01-01 2026-01-02"},
    {"lapsed", "2026-02-08T00:00:00+07:00", "2026-02-06T00:00:00+07:00", NULL, "", ""},
    {"the last", "2026-02-07T23:59:00+07:00", "2026-02-06T00:00:00+07:00", NULL, "", "2026-02-06 2026-02-07"},
    {"clock went back", "2025-10-14T00:00:00+07:00", NULL, NULL, "2025-10-06 2025-10-13 2025-10-20", ""},
};

START_TEST (digests_fall_due)
{
    decisions_t decisions = {.count = 0};
    remember (&decisions, DIGESTS[_i].before);
    if (DIGESTS[_i].opens)
        period.opens_at = at (DIGESTS[_i].opens);
    if (DIGESTS[_i].closes)
        period.closes_at = at (DIGESTS[_i].closes);
    schedule_t schedule = period_2025 (DIGESTS[_i].now, &decisions);
    char *decided = decide_by (schedule_digests_due, &schedule, &decisions);
    ck_assert_msg (strcmp (decided, DIGESTS[_i].expected) == 0, "%s: decided \"%s\", expected \"%s\"", DIGESTS[_i].name, decided,
                   DIGESTS[_i].expected);
    ck_assert_str_eq (decide_by (schedule_digests_due, &schedule, &decisions), "");
}
END_TEST

// Monday a holiday: Tuesday. A week with nothing but a working Saturday: that Saturday.
START_TEST (a_weekly_digest_waits_for_a_working_day)
{
    static plan_day_t off[6];
    for (int i = 0; i < 6; i++)
        off[i] = (plan_day_t){.day = day ("2025-11-03") + i, .is_working = i == 5};
    off[0].day = day ("2025-10-13");
    book.days = off;
    book.n_days = 1;
    schedule_t schedule = period_2025 ("2025-10-11T08:00:00+07:00", NULL);
    ck_assert_int_eq (schedule_next_digest (&schedule), at ("2025-10-14T08:00:00+07:00"));
    off[0].day = day ("2025-11-03");
    book.n_days = 6;
    schedule.now = at ("2025-11-02T08:00:00+07:00");
    ck_assert_int_eq (schedule_next_digest (&schedule), at ("2025-11-08T08:00:00+07:00"));
    book.days = days;
}
END_TEST

START_TEST (an_old_digest_is_not_caught_up)
{
    schedule_t schedule = period_2025 ("2026-01-30T07:00:00+07:00", NULL);
    schedule_entry_t entries[SCHEDULE_MAX];
    ck_assert_uint_eq (schedule_digests_due (&schedule, entries, SCHEDULE_MAX), 60);
    ck_assert_str_eq (entries[0].kind, "2025-12-01");
}
END_TEST

START_TEST (digests_keep_to_working_days_when_the_policy_does)
{
    period.policy.working_days_only = true;
    schedule_t schedule = period_2025 ("2025-12-05T08:00:00+07:00", NULL);
    ck_assert_int_eq (schedule_next_digest (&schedule), at ("2025-12-08T08:00:00+07:00"));
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("schedule");
    tcase_add_checked_fixture (tests, setup, NULL);
    tcase_add_loop_test (tests, falls_due_on_the_hour, 0, sizeof INSTANTS / sizeof *INSTANTS);
    tcase_add_loop_test (tests, decides_what_fell_due, 0, sizeof CASES / sizeof *CASES);
    tcase_add_loop_test (tests, a_moved_deadline_is_reminded_of_anew, 0, sizeof MOVED / sizeof *MOVED);
    tcase_add_loop_test (tests, follows_the_policy, 0, sizeof POLICIES / sizeof *POLICIES);
    tcase_add_test (tests, each_kind_once_whatever_the_clock_does);
    tcase_add_test (tests, next_leads_through_all);
    tcase_add_test (tests, next_knows_opening_and_closing);
    tcase_add_test (tests, an_opening_is_announced_at_the_hour);
    tcase_add_test (tests, a_short_list_keeps_the_latest);
    tcase_add_test (tests, only_steps_are_steps);
    tcase_add_test (tests, overdue_days_are_named_locally);
    tcase_add_loop_test (tests, digests_fall_due, 0, sizeof DIGESTS / sizeof *DIGESTS);
    tcase_add_test (tests, a_weekly_digest_waits_for_a_working_day);
    tcase_add_test (tests, an_old_digest_is_not_caught_up);
    tcase_add_test (tests, digests_keep_to_working_days_when_the_policy_does);
    Suite *suite = suite_create ("schedule");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
