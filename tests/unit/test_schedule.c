// When reminders fall due: every offset, the boundary at 08:00, outages, clock jumps, late and closed periods.
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "notification/schedule.h"

enum { HANOI = 7 * 60, KINDS_MAX = 128 };

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

// The period 2025 of plan 208.
static schedule_t period_2025 (const char *now, decisions_t *decisions)
{
    return (schedule_t){
        .opens_at = at ("2025-10-01T00:00:00+07:00"),
        .due_at = at ("2025-12-10T00:00:00+07:00"),
        .closes_at = INT64_MAX,
        .now = at (now),
        .utc_offset_minutes = HANOI,
        .decided = decisions ? was_decided : NULL,
        .arg = decisions,
    };
}

static char *joined (const schedule_reminder_t *reminders, size_t count)
{
    static char text[KINDS_MAX * SCHEDULE_KIND_TEXT];
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            strcat (text, " ");
        strcat (text, reminders[i].kind);
    }
    return text;
}

// What is decided now, and from now on counts as decided.
static char *decide (const schedule_t *schedule, decisions_t *decisions)
{
    schedule_reminder_t reminders[SCHEDULE_MAX];
    size_t count = schedule_due (schedule, reminders, SCHEDULE_MAX);
    for (size_t i = 0; i < count; i++)
        strcpy (decisions->kinds[decisions->count++], reminders[i].kind);
    return joined (reminders, count);
}

// The first instant of each kind, when every earlier one was decided in its time.
static const struct {
    const char *kind, *due;
} INSTANTS[] = {
    {"d-30", "2025-11-09T08:00:00+07:00"},
    {"d-14", "2025-11-25T08:00:00+07:00"},
    {"d-7", "2025-12-02T08:00:00+07:00"},
    {"d-3", "2025-12-06T08:00:00+07:00"},
    {"d-1", "2025-12-08T08:00:00+07:00"},
    {"d-0", "2025-12-09T08:00:00+07:00"},
    {"overdue-2025-12-10", "2025-12-10T08:00:00+07:00"},
    {"overdue-2025-12-11", "2025-12-11T08:00:00+07:00"},
    {"overdue-2025-12-31", "2025-12-31T08:00:00+07:00"},
    {"overdue-2026-01-01", "2026-01-01T08:00:00+07:00"},
    {"overdue-2026-02-07", "2026-02-07T08:00:00+07:00"},
};

START_TEST (falls_due_at_eight_sharp)
{
    const char *kind = INSTANTS[_i].kind;
    decisions_t decisions = {.count = 0};
    schedule_t schedule = period_2025 (INSTANTS[_i].due, &decisions);
    int64_t due = schedule.now;

    schedule.now = due - 1;
    decide (&schedule, &decisions);
    ck_assert_msg (!was_decided (kind, &decisions), "%s a millisecond early", kind);
    ck_assert_int_eq (schedule_next (&schedule), due);
    schedule.now = due;
    ck_assert_str_eq (decide (&schedule, &decisions), kind);
    ck_assert_str_eq (decide (&schedule, &decisions), "");
    ck_assert_int_ne (schedule_next (&schedule), due);
}
END_TEST

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
    {"outage into the overdue days", "2025-12-11T09:00:00+07:00", NULL, NULL, "d-30 d-14 d-7 d-3 d-1",
     "d-0 overdue-2025-12-10 overdue-2025-12-11"},
    {"a hole in the past", "2025-12-06T10:00:00+07:00", NULL, NULL, "d-30 d-7", "d-14 d-3"},
    {"the night after the deadline", "2025-12-10T00:00:00+07:00", NULL, NULL, "d-30 d-14 d-7 d-3 d-1 d-0", ""},
    {"clock went back", "2025-11-10T00:00:00+07:00", NULL, NULL, "d-30 d-14 d-7 d-3", ""},
    {"clock went back before it opens", "2025-01-01T00:00:00+07:00", NULL, NULL, "d-30 d-14", ""},
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
    char *before = strdup (CASES[_i].before), *rest = before;
    for (char *kind; (kind = strsep (&rest, " ")) && *kind;)
        strcpy (decisions.kinds[decisions.count++], kind);
    free (before);

    schedule_t schedule = period_2025 (CASES[_i].now, &decisions);
    if (CASES[_i].opens)
        schedule.opens_at = at (CASES[_i].opens);
    if (CASES[_i].closes)
        schedule.closes_at = at (CASES[_i].closes);
    char *decided = decide (&schedule, &decisions);
    ck_assert_msg (strcmp (decided, CASES[_i].expected) == 0, "%s: decided \"%s\", expected \"%s\"", CASES[_i].name, decided,
                   CASES[_i].expected);
    ck_assert_msg (*decide (&schedule, &decisions) == '\0', "%s: decided twice", CASES[_i].name);
}
END_TEST

// Hour by hour through the whole life of a period, with the clock jumping back three days every hundred hours: each kind once.
START_TEST (each_kind_once_whatever_the_clock_does)
{
    decisions_t decisions = {.count = 0};
    schedule_t schedule = period_2025 ("2025-10-01T00:00:00+07:00", &decisions);
    int64_t hour = 3600000, day = 24 * hour, end = schedule.due_at + 70 * day;
    for (int n = 0; schedule.now < end; n++) {
        decide (&schedule, &decisions);
        schedule.now += n % 100 == 99 ? -3 * day : hour;
    }
    ck_assert_uint_eq (decisions.count, SCHEDULE_MAX);
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
    size_t steps = 0;
    for (int64_t next; (next = schedule_next (&schedule)) != INT64_MAX; steps++) {
        ck_assert_int_gt (next, schedule.now);
        schedule.now = next;
        ck_assert_str_ne (decide (&schedule, &decisions), "");
    }
    ck_assert_uint_eq (steps, SCHEDULE_MAX);
    ck_assert_uint_eq (decisions.count, SCHEDULE_MAX);
}
END_TEST

START_TEST (next_knows_opening_and_closing)
{
    schedule_t schedule = period_2025 ("2025-11-01T00:00:00+07:00", NULL);
    schedule.opens_at = at ("2025-12-05T09:00:00+07:00");
    ck_assert_int_eq (schedule_next (&schedule), at ("2025-12-06T08:00:00+07:00"));
    schedule.closes_at = at ("2025-12-06T08:00:00+07:00");
    ck_assert_int_eq (schedule_next (&schedule), INT64_MAX);
}
END_TEST

START_TEST (a_short_list_keeps_the_latest)
{
    schedule_t schedule = period_2025 ("2025-12-11T12:00:00+07:00", NULL);
    schedule_reminder_t reminders[3];
    size_t count = schedule_due (&schedule, reminders, 3);
    ck_assert_str_eq (joined (reminders, count), "d-0 overdue-2025-12-10 overdue-2025-12-11");
    ck_assert_uint_eq (schedule_due (&schedule, reminders, 0), 0);
}
END_TEST

// The name of an overdue day is the day in the plan's time zone, not in UTC.
START_TEST (overdue_days_are_named_locally)
{
    schedule_t schedule = {
        .opens_at = at ("2025-10-01T00:00:00+10:00"),
        .due_at = at ("2025-12-10T00:00:00+10:00"),
        .closes_at = INT64_MAX,
        .now = at ("2025-12-10T08:00:00+10:00"),
        .utc_offset_minutes = 10 * 60,
    };
    schedule_reminder_t reminder;
    ck_assert_uint_eq (schedule_due (&schedule, &reminder, 1), 1);
    ck_assert_str_eq (reminder.kind, "overdue-2025-12-10");
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("schedule");
    tcase_add_loop_test (tests, falls_due_at_eight_sharp, 0, sizeof INSTANTS / sizeof *INSTANTS);
    tcase_add_loop_test (tests, decides_what_fell_due, 0, sizeof CASES / sizeof *CASES);
    tcase_add_test (tests, each_kind_once_whatever_the_clock_does);
    tcase_add_test (tests, next_leads_through_all);
    tcase_add_test (tests, next_knows_opening_and_closing);
    tcase_add_test (tests, a_short_list_keeps_the_latest);
    tcase_add_test (tests, overdue_days_are_named_locally);
    Suite *suite = suite_create ("schedule");
    suite_add_tcase (suite, tests);
    SRunner *runner = srunner_create (suite);
    srunner_run_all (runner, CK_ENV);
    int failed = srunner_ntests_failed (runner);
    srunner_free (runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
