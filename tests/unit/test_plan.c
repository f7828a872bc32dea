// The plans in memory: read from JSON, looked up, and turned into duties.
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "plan/calendar.h"
#include "plan/duties.h"
#include "plan/plan.h"
#include "../support/suite.h"

// Units and periods stand in another order here than in the book.
static const char BOOK[] =
    "{\"version\": 7, \"successions\": [{\"predecessor\": 11, \"successor\": 30, \"from\": 20431}], \"days\": [{\"day\": 20212, "
    "\"kind\": \"holiday\"}, {\"day\": 20204, \"kind\": \"working\"},"
    "  {\"day\": 20209, \"kind\": \"holiday\"}, {\"day\": 20210, \"kind\": \"holiday\"}], \"units\": ["
    "  {\"id\": 30, \"code\": \"so-yte\", \"kind\": \"department\", \"name_vi\": \"Sở Y tế\", \"name_en\": \"Health\"},"
    "  {\"id\": 12, \"code\": \"mttq\", \"kind\": \"mass-organisation\", \"name_vi\": \"Mặt trận\", \"name_en\": \"Front\","
    "   \"from\": 100, \"to\": 30000},"
    "  {\"id\": 11, \"code\": \"so-ldtbxh\", \"kind\": \"department\", \"name_vi\": \"Sở LĐTBXH\", \"name_en\": \"Labour\"},"
    "  {\"id\": 40, \"code\": \"ubnd-tinh\", \"kind\": \"committee\", \"name_vi\": \"UBND tỉnh\", \"name_en\": \"Committee\"}],"
    " \"plans\": [{\"id\": 1, \"code\": \"208/KH-UBND\", \"title_vi\": \"Kế hoạch\", \"title_en\": \"Plan\","
    "  \"time_zone\": \"Asia/Ho_Chi_Minh\", \"utc_offset_minutes\": 420, \"standing\": [{\"unit\": 11}], \"receiving_unit\": 40,"
    "  \"groups\": [{\"code\": \"I\", \"title_vi\": \"Một\"}, {\"code\": \"II\", \"title_vi\": \"Hai\"}],"
    "  \"tasks\": ["
    "   {\"id\": 101, \"group\": \"I\", \"code\": \"I.1\", \"title_vi\": \"Việc một\", \"timeframe\": \"annual\","
    "    \"roles\": [{\"unit\": 30, \"role\": \"lead\", \"from\": 20431}, {\"unit\": 30, \"role\": \"coordinating\", \"to\": "
    "20431}, {\"unit\": 12, \"role\": \"coordinating\"}], \"indicators\": ["
    "     {\"id\": 901, \"code\": \"so-lop\", \"title_vi\": \"Số lớp\", \"type\": \"integer\", \"unit_of_measure\": \"lớp\","
    "      \"minimum\": \"0\", \"maximum\": \"\", \"aggregation\": \"sum\", \"required\": true},"
    "     {\"id\": 902, \"code\": \"ty-le\", \"title_vi\": \"Tỷ lệ\", \"type\": \"decimal\", \"unit_of_measure\": \"%\","
    "      \"minimum\": \"0\", \"maximum\": \"100\", \"aggregation\": \"mean\", \"required\": false, \"target\": \"95\"}]},"
    "   {\"id\": 102, \"group\": \"II\", \"code\": \"II.1\", \"title_vi\": \"Việc hai\", \"timeframe\": \"2021-2025\","
    "    \"roles\": [{\"unit\": 12, \"role\": \"lead\"}], \"indicators\": ["
    "     {\"id\": 903, \"code\": \"ghi-chu\", \"title_vi\": \"Ghi chú\", \"type\": \"text\", \"unit_of_measure\": \"\","
    "      \"minimum\": \"\", \"maximum\": \"\", \"aggregation\": \"none\", \"required\": false}]}],"
    "  \"periods\": ["
    "   {\"id\": 505, \"code\": \"2025\", \"kind\": \"annual\", \"opens_at\": 1759251600000, \"due_at\": 1765299600000,"
    "    \"last_day\": 20431, \"cutoff_from\": 20089, \"cutoff_to\": 20454, \"extensions\": [{\"unit\": 12, \"due_at\": "
    "1766163600000}],"
    "    \"policy\": {\"hour\": 7, \"quiet_from\": 22, \"quiet_to\": 5, \"before\": [0, 5, 10, 5], \"working_days_only\": true,"
    "     \"overdue\": \"days\", \"channels\": [\"mail\", \"mailbox\"], \"copy_to\": [\"leader\"]},"
    "    \"steps\": [{\"after\": 2, \"recipient\": \"unit-leader\"}, {\"after\": 4, \"recipient\": \"committee\"}]},"
    "   {\"id\": 504, \"code\": \"2024\", \"kind\": \"annual\", \"opens_at\": 1727715600000, \"due_at\": 1733763600000,"
    "    \"last_day\": 20066, \"closes_at\": 1735664400123}],"
    "  \"reporters\": [{\"unit\": 12, \"obligation\": \"may\"}, {\"unit\": 30, \"obligation\": \"must\"},"
    "   {\"unit\": 11, \"obligation\": \"must\", \"to\": 20431}]}]}";

static plan_book_t *book;
static const plan_t *plan;

static void setup (void)
{
    char *error = NULL;
    book = plan_book_parse (BOOK, &error);
    ck_assert_msg (book, "%s", error);
    plan = plan_book_plan (book, "208/KH-UBND");
    ck_assert_ptr_nonnull (plan);
}

static void teardown (void)
{
    plan_book_destroy (&book);
    ck_assert_ptr_null (book);
    plan_book_destroy (&book);
}

START_TEST (test_book)
{
    ck_assert_int_eq (book->version, 7);
    ck_assert_uint_eq (book->n_units, 4);
    for (size_t i = 1; i < book->n_units; i++)
        ck_assert_str_lt (book->units[i - 1].code, book->units[i].code);
    ck_assert_str_eq (plan->time_zone, "Asia/Ho_Chi_Minh");
    ck_assert_int_eq (plan->utc_offset_minutes, 420);
    ck_assert_uint_eq (plan->n_groups, 2);
    ck_assert_int_eq (plan->tasks[1].group, 1);
    ck_assert_str_eq (plan->periods[0].code, "2024");
    ck_assert_int_eq (plan->periods[0].closes_at, 1735664400123);
    ck_assert (plan->periods[1].closes_at == INT64_MAX);
    ck_assert_int_eq (plan->periods[1].due_at, 1765299600000);
}
END_TEST

START_TEST (test_period)
{
    const plan_period_t *period = plan_period (plan, "2025");
    ck_assert_int_eq (period->last_day, 20431);
    ck_assert_int_eq (period->cutoff_from, 20089);
    ck_assert_int_eq (period->cutoff_to, 20454);
    const plan_policy_t *policy = &period->policy;
    ck_assert (policy->hour == 7 && policy->quiet_from == 22 && policy->quiet_to == 5 && policy->working_days_only);
    ck_assert_uint_eq (policy->n_before, 3);  // in order, each once
    ck_assert (policy->before[0] == 10 && policy->before[1] == 5 && policy->before[2] == 0);
    ck_assert_int_eq (policy->overdue, PLAN_OVERDUE_DAYS);
    ck_assert_uint_eq (policy->channels, PLAN_CHANNEL_MAILBOX | PLAN_CHANNEL_MAIL);
    ck_assert_uint_eq (policy->copy_to, PLAN_CONTACT_LEADER);
    ck_assert_uint_eq (policy->n_steps, 2);
    ck_assert (policy->steps[1].after_working_days == 4 && policy->steps[1].recipient == PLAN_TO_COMMITTEE);

    period = plan_period (plan, "2024");  // says nothing
    ck_assert_int_eq (period->cutoff_to, PLAN_NO_DAY);
    ck_assert_mem_eq (&period->policy, &PLAN_POLICY_DEFAULT, sizeof period->policy);
}
END_TEST

START_TEST (test_look_ups)
{
    for (size_t i = 0; i < book->n_units; i++) {
        ck_assert_ptr_eq (plan_book_unit (book, book->units[i].code), &book->units[i]);
        ck_assert_ptr_eq (plan_book_unit_by_id (book, book->units[i].id), &book->units[i]);
    }
    ck_assert_ptr_null (plan_book_unit (book, "so-yt"));
    ck_assert_ptr_null (plan_book_unit (book, ""));
    ck_assert_ptr_null (plan_book_unit_by_id (book, 13));
    ck_assert_ptr_null (plan_book_plan (book, "208/kh-ubnd"));

    const plan_t *of_period = NULL;
    ck_assert_ptr_eq (plan_book_period_by_id (book, 505, &of_period), plan_period (plan, "2025"));
    ck_assert_ptr_eq (of_period, plan);
    ck_assert_ptr_eq (plan_book_period_by_id (book, 504, NULL), &plan->periods[0]);
    ck_assert_ptr_null (plan_book_period_by_id (book, 1, NULL));
    ck_assert_ptr_null (plan_period (plan, "2026"));

    const plan_task_t *task = plan_task (plan, "I.1");
    ck_assert_ptr_eq (task, plan_task_by_id (plan, 101));
    ck_assert_ptr_null (plan_task (plan, "I.10"));
    ck_assert_ptr_null (plan_task_by_id (plan, 0));
    const plan_indicator_t *indicator = plan_indicator (task, "ty-le");
    ck_assert_int_eq (indicator->type, BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_DECIMAL);
    ck_assert_int_eq (indicator->aggregation, BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_MEAN);
    ck_assert_str_eq (indicator->maximum, "100");
    ck_assert_str_eq (indicator->target, "95");
    ck_assert_str_eq (plan_indicator (task, "so-lop")->target, "");
    ck_assert (!indicator->required && plan_indicator (task, "so-lop")->required);
    ck_assert_ptr_null (plan_indicator (task, "ghi-chu"));  // another task's
}
END_TEST

START_TEST (test_roles)
{
    const plan_task_t *task = plan_task (plan, "I.1");
    const plan_period_t *before = plan_period (plan, "2024"), *now = plan_period (plan, "2025");
    ck_assert_int_eq (plan_task_role (task, before, 30), BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING);
    ck_assert_int_eq (plan_task_role (task, now, 30), BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD);  // since the last good day
    ck_assert_int_eq (plan_task_role (task, now, 12), BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING);
    ck_assert_int_eq (plan_task_role (task, now, 11), BAOCAO__V1__TASK_ROLE__TASK_ROLE_NONE);
    ck_assert_int_eq (plan_obligation (plan, now, 30), BAOCAO__V1__OBLIGATION__OBLIGATION_MUST);
    ck_assert_int_eq (plan_obligation (plan, now, 12), BAOCAO__V1__OBLIGATION__OBLIGATION_MAY);
    ck_assert_int_eq (plan_obligation (plan, now, 40), BAOCAO__V1__OBLIGATION__OBLIGATION_NONE);
    ck_assert_int_eq (plan_obligation (plan, before, 11), BAOCAO__V1__OBLIGATION__OBLIGATION_MUST);
    ck_assert_int_eq (plan_obligation (plan, now, 11), BAOCAO__V1__OBLIGATION__OBLIGATION_NONE);  // until the last good day
    ck_assert_uint_eq (plan_expected (plan, before), 2);
    ck_assert_uint_eq (plan_expected (plan, now), 1);
    ck_assert (plan_has_part (plan, 11) && plan_has_part (plan, 12) && !plan_has_part (plan, 40));
}
END_TEST

// 2025 is due before 10 December in Hanoi, that is 2025-12-09T17:00:00Z, and not closed; 2024 was closed on 31 December.
static const struct {
    const char *period;
    int64_t received_at;
    Baocao__V1__Timeliness timeliness;
    int unit_id;
} TIMELINESS[] = {
    {"2025", 1765299600000, BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME, 12},  // extended
    {"2025", 1766163599999, BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME, 12},
    {"2025", 1766163600000, BAOCAO__V1__TIMELINESS__TIMELINESS_LATE, 12},
    {"2025", 1765299599999, BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME, 30},
    {"2025", 1765299600000, BAOCAO__V1__TIMELINESS__TIMELINESS_LATE, 30},
    {"2025", 0, BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME, 30},
    {"2025", INT64_MAX - 1, BAOCAO__V1__TIMELINESS__TIMELINESS_LATE, 30},
    {"2024", 1735664400122, BAOCAO__V1__TIMELINESS__TIMELINESS_LATE, 30},
    {"2024", 1735664400123, BAOCAO__V1__TIMELINESS__TIMELINESS_QUARANTINED, 30},
};

START_TEST (test_timeliness)
{
    ck_assert_int_eq (
        plan_timeliness (plan_period (plan, TIMELINESS[_i].period), TIMELINESS[_i].unit_id, TIMELINESS[_i].received_at),
        TIMELINESS[_i].timeliness);
}
END_TEST

START_TEST (test_extension)
{
    ck_assert_int_eq (plan_due_at (plan_period (plan, "2025"), 12), 1766163600000);
    ck_assert_int_eq (plan_due_at (plan_period (plan, "2025"), 30), 1765299600000);
    ck_assert_int_eq (plan_due_at (plan_period (plan, "2024"), 12), 1733763600000);
}
END_TEST

// The book's days: Saturday 26 April 2025 is worked, from Thursday 1 May to Sunday 4 May there are days off (Sunday needs no row);
// 30 April is left a working day.
enum {
    THURSDAY_24 = 20202,
    FRIDAY_25,
    SATURDAY_26,
    SUNDAY_27,
    MONDAY_28,
    TUESDAY_29,
    WEDNESDAY_30,
    THURSDAY_1,
    FRIDAY_2,
    SATURDAY_3
};

static const struct {
    int day, n, expected;
} WORKING[] = {
    {FRIDAY_25, 1, SATURDAY_26},
    {SATURDAY_26, 1, MONDAY_28},
    {SUNDAY_27, 1, MONDAY_28},
    {FRIDAY_25, 3, TUESDAY_29},
    {MONDAY_28, -1, SATURDAY_26},
    {SUNDAY_27, 0, SATURDAY_26},
    {SATURDAY_26, 0, SATURDAY_26},
    {MONDAY_28, -3, THURSDAY_24},
    {-1, 1, 0},
    {-1, 2, 1},
    {1, 1, 4},
    {4, -1, 1},
};

START_TEST (test_add_working)
{
    int day = WORKING[_i].day, n = WORKING[_i].n, expected = WORKING[_i].expected;
    ck_assert_int_eq (calendar_add_working (book, day, n), expected);
    if (n > 0)
        ck_assert_int_eq (calendar_working_between (book, day, expected), n);
}
END_TEST

START_TEST (test_calendar)
{
    ck_assert (calendar_is_working (book, SATURDAY_26) && !calendar_is_working (book, SUNDAY_27));
    ck_assert (calendar_is_working (book, MONDAY_28) && calendar_is_working (book, TUESDAY_29));
    ck_assert (!calendar_is_working (book, SATURDAY_3) && !calendar_is_working (book, -5) && calendar_is_working (book, -3));
    ck_assert_int_eq (calendar_working_between (book, SATURDAY_26, SUNDAY_27), 0);
    ck_assert_int_eq (calendar_working_between (book, MONDAY_28, THURSDAY_24), 0);
    ck_assert_int_eq (calendar_day (plan, plan->periods[1].due_at), 20432);
    ck_assert_int_eq (calendar_day (plan, plan->periods[1].due_at - 1), 20431);
    ck_assert_int_eq (calendar_instant (plan, 20432, 0), plan->periods[1].due_at);
    ck_assert_int_eq (calendar_instant (plan, 20432, 8), plan->periods[1].due_at + 8 * 3600000);
    ck_assert_int_eq (calendar_day (plan, -7 * 3600000), 0);
    ck_assert_int_eq (calendar_day (plan, -7 * 3600000 - 1), -1);
}
END_TEST

static const struct {
    const char *what;
    int64_t now;
    const char *period;
} CURRENT[] = {
    {"before everything", 1727715599999, NULL},
    {"the first opens", 1727715600000, "2024"},
    {"after its deadline, not closed", 1733763600000, "2024"},
    {"after it is closed", 1735664400123, "2024"},
    {"the next one opens", 1759251600000, "2025"},
    {"long after", 1900000000000, "2025"},
};

START_TEST (test_current_period)
{
    const plan_period_t *period = plan_current_period (plan, CURRENT[_i].now);
    ck_assert_msg (!period == !CURRENT[_i].period && (!period || strcmp (period->code, CURRENT[_i].period) == 0), "%s: %s",
                   CURRENT[_i].what, period ? period->code : "none");
}
END_TEST

// An older period that stands open again is meant rather than a later one that is closed; of two open ones the later.
START_TEST (test_reopened_period)
{
    plan_period_t *older = &plan->periods[0], *later = &plan->periods[1];
    older->closes_at = INT64_MAX;
    ck_assert_ptr_eq (plan_current_period (plan, 1770000000000), later);
    later->closes_at = 1769000000000;
    ck_assert_ptr_eq (plan_current_period (plan, 1770000000000), older);
}
END_TEST

START_TEST (test_duties)
{
    const Baocao__V1__PlanDuties *duties = plan_duties (book, plan, 12, 0);
    ck_assert_ptr_eq (plan_duties (book, plan, 12, 0), duties);  // made once
    ck_assert_ptr_ne (plan_duties (book, plan, 30, 0), duties);
    ck_assert_ptr_null (plan_duties (book, plan, 13, 0));
    ck_assert_str_eq (duties->plan, "208/KH-UBND");
    ck_assert_str_eq (duties->standing_unit, "so-ldtbxh");
    ck_assert_uint_eq (duties->n_tasks, 2);
    ck_assert_int_eq (duties->tasks[0]->role, BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING);
    ck_assert_int_eq (duties->tasks[1]->role, BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD);
    ck_assert_str_eq (duties->tasks[1]->group, "II");
    ck_assert_uint_eq (duties->tasks[0]->n_indicators, 2);
    ck_assert_uint_eq (duties->tasks[1]->n_indicators, 1);
    ck_assert_str_eq (duties->tasks[0]->indicators[1]->indicator, "ty-le");
    ck_assert_str_eq (duties->tasks[1]->indicators[0]->indicator, "ghi-chu");

    ck_assert_uint_eq (duties->n_periods, 2);
    const Baocao__V1__PeriodDuty *period = duties->periods[0];
    ck_assert_str_eq (period->period, "2024");
    ck_assert_int_eq (period->obligation, BAOCAO__V1__OBLIGATION__OBLIGATION_MAY);
    ck_assert_int_eq (period->due_at->seconds, 1733763600);
    ck_assert_int_eq (period->closes_at->seconds, 1735664400);
    ck_assert_int_eq (period->closes_at->nanos, 123000000);
    ck_assert (!period->extended && period->n_roles == 0);
    ck_assert_ptr_null (duties->periods[1]->closes_at);
    ck_assert (duties->periods[1]->extended);
    ck_assert_int_eq (duties->periods[1]->due_at->seconds, 1766163600);
}
END_TEST

START_TEST (test_roles_of_periods)
{
    const Baocao__V1__PlanDuties *duties = plan_duties (book, plan, 30, 0);
    ck_assert_int_eq (duties->tasks[0]->role, BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD);
    ck_assert_uint_eq (duties->periods[0]->n_roles, 1);
    ck_assert_uint_eq (duties->periods[1]->n_roles, 0);
    ck_assert_int_eq (duties_role (duties->periods[0], duties->tasks[0]), BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING);
    ck_assert_int_eq (duties_role (duties->periods[1], duties->tasks[0]), BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD);
    ck_assert_int_eq (duties_role (duties->periods[0], duties->tasks[1]), BAOCAO__V1__TASK_ROLE__TASK_ROLE_NONE);
}
END_TEST

// A unit without any part in the plan is told so, and what it is told can be sent.
START_TEST (test_succession)
{
    ck_assert_uint_eq (book->n_successions, 1);
    const Baocao__V1__PlanDuties *duties = plan_duties (book, plan, 11, 0);
    ck_assert_uint_eq (duties->periods[0]->n_successors, 0);  // still its own
    ck_assert_uint_eq (duties->periods[1]->n_successors, 1);
    ck_assert_str_eq (duties->periods[1]->successors[0], "so-yte");
    ck_assert_uint_eq (plan_duties (book, plan, 30, 0)->periods[1]->n_successors, 0);
}
END_TEST

START_TEST (test_duties_of_none)
{
    const Baocao__V1__PlanDuties *duties = plan_duties (book, plan, 40, 0);
    ck_assert_int_eq (duties->periods[0]->obligation, BAOCAO__V1__OBLIGATION__OBLIGATION_NONE);
    ck_assert_int_eq (duties->tasks[0]->role, BAOCAO__V1__TASK_ROLE__TASK_ROLE_NONE);
    size_t size = baocao__v1__plan_duties__get_packed_size (duties);
    uint8_t *data = xmalloc (size);
    baocao__v1__plan_duties__pack (duties, data);
    Baocao__V1__PlanDuties *again = baocao__v1__plan_duties__unpack (NULL, size, data);
    ck_assert_ptr_nonnull (again);
    ck_assert_uint_eq (again->n_tasks, 2);
    baocao__v1__plan_duties__free_unpacked (again, NULL);
    free (data);
}
END_TEST

// The book with one text in it replaced, and part of the reason why that is refused.
static const struct {
    const char *find, *replacement, *reason;
} BROKEN[] = {
    {"{\"version\": 7", "\"version\": 7", "line 1"},
    {"\"version\": 7, ", "", "book"},
    {"\"version\": 7", "\"version\": \"7\"", "book"},
    {"\"version\": 7", "\"version\": 7, \"more\": 1", "book"},
    {"\"version\": 7", "\"version\": 7, \"version\": 8", "duplicate"},
    {"\"id\": 30, ", "", "unit"},
    {"\"id\": 30", "\"id\": \"30\"", "unit"},
    {"\"code\": \"so-yte\"", "\"code\": null", "unit"},
    {"\"code\": \"so-yte\"", "\"code\": \"so\\u0000yte\"", "line"},
    {"\"standing\": [{\"unit\": 11}]", "\"standing\": [{\"unit\": 99}]", "unit 99"},
    {"\"group\": \"II\"", "\"group\": \"III\"", "there is no group \"III\""},
    {"\"role\": \"lead\"", "\"role\": \"leads\"", "\"leads\" is none"},
    {"\"unit\": 12, \"role\"", "\"unit\": 13, \"role\"", "unit 13"},
    {"\"type\": \"decimal\"", "\"type\": \"float\"", "\"float\" is none"},
    {"\"aggregation\": \"mean\"", "\"aggregation\": \"\"", "\"\" is none"},
    {"\"required\": true", "\"required\": 1", "indicator"},
    {"\"closes_at\": 1735664400123", "\"closes_at\": \"never\"", "closes_at"},
    {"\"closes_at\": 1735664400123", "\"closes_at\": null", "closes_at"},
    {"\"last_day\": 20431, ", "", "period"},
    {"\"to\": 30000", "\"to\": \"infinity\"", "unit"},
    {"\"kind\": \"working\"", "\"kind\": \"festival\"", "\"festival\" is none"},
    {"[{\"unit\": 12, \"due_at\"", "[{\"unit\": 13, \"due_at\"", "unit 13"},
    {"[0, 5, 10, 5]", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]", "more than 16"},
    {"[0, 5, 10, 5]", "[0, \"5\"]", "before"},
    {"[\"mail\", ", "[\"fax\", ", "\"fax\" is none"},
    {"[\"leader\"]", "[7]", "none"},
    {"\"overdue\": \"days\"", "\"overdue\": \"weeks\"", "\"weeks\" is none"},
    {"\"recipient\": \"committee\"", "\"recipient\": \"press\"", "\"press\" is none"},
    {"\"after\": 4, ", "", "step"},
    {"\"due_at\": 1765299600000", "\"due_at\": 1.5", "period"},
    {"\"obligation\": \"may\"", "\"obligation\": \"none\"", "\"none\" is none"},
    {"\"unit\": 12, \"obligation\"", "\"unit\": 13, \"obligation\"", "unit 13"},
    {"\"roles\": [{\"unit\": 12, \"role\": \"lead\"}]", "\"roles\": {}", "array"},
};

START_TEST (test_broken)
{
    const char *at = strstr (BOOK, BROKEN[_i].find);
    ck_assert_ptr_nonnull (at);
    char *error = NULL,
         *json = xasprintf ("%.*s%s%s", (int)(at - BOOK), BOOK, BROKEN[_i].replacement, at + strlen (BROKEN[_i].find));
    plan_book_t *broken = plan_book_parse (json, &error);
    ck_assert_msg (!broken, "taken: %s", BROKEN[_i].replacement);
    ck_assert_ptr_nonnull (error);
    ck_assert_msg (strstr (error, BROKEN[_i].reason), "%s: %s", BROKEN[_i].replacement, error);
    free (error);
    free (json);
}
END_TEST

START_TEST (test_empty)
{
    char *error = NULL;
    plan_book_t *empty = plan_book_parse ("{\"version\": 1, \"units\": [], \"plans\": []}", &error);
    ck_assert_msg (empty, "%s", error);
    ck_assert_ptr_null (plan_book_unit (empty, "so-yte"));
    ck_assert_ptr_null (plan_book_unit_by_id (empty, 1));
    ck_assert_ptr_null (plan_book_period_by_id (empty, 1, NULL));
    plan_book_destroy (&empty);
    ck_assert_ptr_null (plan_book_parse ("", &error));
    free (error);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("plan");
    TCase *tcase = tcase_create ("plan");
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, test_book);
    tcase_add_test (tcase, test_period);
    tcase_add_test (tcase, test_look_ups);
    tcase_add_test (tcase, test_roles);
    tcase_add_loop_test (tcase, test_timeliness, 0, sizeof TIMELINESS / sizeof *TIMELINESS);
    tcase_add_test (tcase, test_extension);
    tcase_add_test (tcase, test_calendar);
    tcase_add_loop_test (tcase, test_add_working, 0, sizeof WORKING / sizeof *WORKING);
    tcase_add_loop_test (tcase, test_current_period, 0, sizeof CURRENT / sizeof *CURRENT);
    tcase_add_test (tcase, test_reopened_period);
    tcase_add_test (tcase, test_duties);
    tcase_add_test (tcase, test_roles_of_periods);
    tcase_add_test (tcase, test_succession);
    tcase_add_test (tcase, test_duties_of_none);
    tcase_add_loop_test (tcase, test_broken, 0, sizeof BROKEN / sizeof *BROKEN);
    tcase_add_test (tcase, test_empty);
    suite_add_tcase (suite, tcase);
    return suite_run (suite);
}
