// Totals: who counts where after which verdicts, and what a report adds and takes out.
#include "rollup_sample.h"
#include "../support/suite.h"

enum { STEPS = 5 };

// --- Standings -------------------------------------------------------------------------------------------------------------------

#define ON_TIME BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME
#define LATE BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE
#define REFUSED BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED
#define SAYS_ON_TIME BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME
#define SAYS_LATE BAOCAO__V1__TIMELINESS__TIMELINESS_LATE

typedef struct {
    const char *name;
    int unit_id;
    step_t steps[STEPS];
    Baocao__V1__UnitStanding standing;
    int revision, judged_revision;  // of the standing in the end; revision 0: none counts
    bool refused;
    int64_t first_received_at, chain_index;
    int on_time, late, rejected, voluntary;
} case_t;

// clang-format off
static const case_t CASES[] = {
    {"first report", 1, {{1, DUE - 5, true, ROLLUP_COUNTED, 0, 0}},
     ON_TIME, 1, 1, false, DUE - 5, 101, 1, 0, 0, 0},
    {"one millisecond before the deadline", 1, {{1, DUE - 1, true, ROLLUP_COUNTED, 0, 0}},
     ON_TIME, 1, 1, false, DUE - 1, 101, 1, 0, 0, 0},
    {"at the deadline", 1, {{1, DUE, true, ROLLUP_COUNTED, 0, 0}},
     LATE, 1, 1, false, DUE, 101, 0, 1, 0, 0},
    {"the receipt's word holds: on time", 1, {{1, DUE + 9, true, ROLLUP_COUNTED, 0, SAYS_ON_TIME}},
     ON_TIME, 1, 1, false, DUE + 9, 101, 1, 0, 0, 0},
    {"the receipt's word holds: late", 1, {{1, DUE - 9, true, ROLLUP_COUNTED, 0, SAYS_LATE}},
     LATE, 1, 1, false, DUE - 9, 101, 0, 1, 0, 0},
    {"a replacement keeps the first one's time", 1,
     {{1, DUE - 5, true, ROLLUP_COUNTED, 0, 0}, {2, DUE + 5, true, ROLLUP_COUNTED, 1, 0}},
     ON_TIME, 2, 2, false, DUE - 5, 102, 1, 0, 0, 0},
    {"later revision first", 1,
     {{2, DUE + 5, true, ROLLUP_COUNTED, 0, 0}, {1, DUE - 5, true, ROLLUP_OUTDATED, 0, 0}},
     ON_TIME, 2, 2, false, DUE - 5, 102, 1, 0, 0, 0},
    {"three, the middle one last", 1,
     {{1, 10, true, ROLLUP_COUNTED, 0, 0}, {3, 30, true, ROLLUP_COUNTED, 1, 0}, {2, 20, true, ROLLUP_OUTDATED, 0, 0}},
     ON_TIME, 3, 3, false, 10, 103, 1, 0, 0, 0},
    {"refused", 1, {{1, 10, false, ROLLUP_REFUSED, 0, 0}},
     REFUSED, 0, 1, true, 0, 101, 0, 0, 1, 0},
    {"refused twice counts once", 1, {{1, 10, false, ROLLUP_REFUSED, 0, 0}, {2, 20, false, ROLLUP_REFUSED, 0, 0}},
     REFUSED, 0, 2, true, 0, 102, 0, 0, 1, 0},
    {"refused, then accepted late", 1, {{1, DUE - 5, false, ROLLUP_REFUSED, 0, 0}, {2, DUE + 5, true, ROLLUP_COUNTED, 0, 0}},
     LATE, 2, 2, false, DUE + 5, 102, 0, 1, 0, 0},
    {"accepted, then refused: it stands", 1, {{1, 10, true, ROLLUP_COUNTED, 0, 0}, {2, 20, false, ROLLUP_REFUSED, 0, 0}},
     ON_TIME, 1, 2, true, 10, 102, 1, 0, 0, 0},
    {"refused after it, judged before it", 1, {{2, 20, false, ROLLUP_REFUSED, 0, 0}, {1, 10, true, ROLLUP_COUNTED, 0, 0}},
     ON_TIME, 1, 2, true, 10, 102, 1, 0, 0, 0},
    {"voluntary", 3, {{1, 10, true, ROLLUP_COUNTED, 0, 0}, {2, 20, true, ROLLUP_COUNTED, 1, 0}},
     ON_TIME, 2, 2, false, 10, 102, 0, 0, 0, 1},
    {"voluntary and refused", 3, {{1, 10, false, ROLLUP_REFUSED, 0, 0}},
     REFUSED, 0, 1, true, 0, 101, 0, 0, 0, 0},
    {"no part in the plan", 4, {{1, 10, false, ROLLUP_REFUSED, 0, 0}},
     REFUSED, 0, 1, true, 0, 101, 0, 0, 0, 0},
};
// clang-format on

START_TEST (standing_after_verdicts)
{
    const case_t *c = &CASES[_i];
    rollup_t *rollup = rollup_new ();
    rollup_standing_t standing = {.period_id = 1, .unit_id = c->unit_id};
    for (const step_t *step = c->steps; step < c->steps + STEPS && step->revision; step++) {
        int before = standing.submission_id[0];
        bool replaced;
        ck_assert_msg (judge (rollup, &standing, step, &replaced) == step->result, "%s, revision %d", c->name, step->revision);
        ck_assert_msg ((replaced ? before : 0) == step->replaces, "%s, revision %d", c->name, step->revision);
    }
    ck_assert_msg (rollup_standing (&standing) == c->standing, "%s", c->name);
    ck_assert_msg (standing.has_accepted == (c->revision > 0) && standing.revision == c->revision, "%s", c->name);
    ck_assert_msg (standing.submission_id[0] == c->revision, "%s", c->name);
    ck_assert_msg (standing.judged_revision == c->judged_revision && standing.refused == c->refused, "%s", c->name);
    ck_assert_msg (standing.first_received_at == c->first_received_at, "%s", c->name);
    ck_assert_msg (standing.chain_index == c->chain_index && standing.receipt_hash[0] == c->chain_index - CHAIN_BEFORE, "%s",
                   c->name);

    size_t count;
    const rollup_period_t *changes = rollup_periods (rollup, &count);
    rollup_period_t sum = {0};
    if (count > 0)
        sum = changes[0];
    ck_assert_msg (count == (size_t)(c->on_time + c->late + c->rejected + c->voluntary), "%s: %zu", c->name, count);
    ck_assert_msg (sum.on_time == c->on_time && sum.late == c->late && sum.rejected == c->rejected && sum.voluntary == c->voluntary,
                   "%s: %d %d %d %d", c->name, sum.on_time, sum.late, sum.rejected, sum.voluntary);
    rollup_destroy (&rollup);
}
END_TEST

START_TEST (nothing_judged_is_missing)
{
    rollup_standing_t standing = {.period_id = 1, .unit_id = 1};
    ck_assert_int_eq (rollup_standing (&standing), BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING);
}
END_TEST

// --- Reports ---------------------------------------------------------------------------------------------------------------------

static sample_t *example (void)
{
    sample_t *sample = sample_new ();
    add_entry (sample, "I.1", BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS, 40);
    add_line (sample, 1, 500, 200);
    add_line (sample, 4, 70, -1);
    add_number (sample, "persons", -12);
    add_entry (sample, "I.2", BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED, 100);
    add_decimal (sample, "rate", "93.5");
    return sample;
}

START_TEST (a_report_adds_its_figures)
{
    rollup_t *rollup = rollup_new ();
    sample_t *sample = example ();
    rollup_report (rollup, plan, 1, 2, &sample->report, 77, 1);
    size_t count;
    const rollup_task_t *tasks = rollup_tasks (rollup, &count);
    ck_assert_uint_eq (count, 2);
    ck_assert_int_eq (tasks[0].task_id, 10);
    ck_assert_int_eq (tasks[0].statuses[BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS], 1);
    ck_assert_int_eq (tasks[0].progress_sum, 40);
    ck_assert_int_eq (tasks[1].task_id, 11);
    ck_assert_int_eq (tasks[1].statuses[BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED], 1);
    ck_assert_int_eq (tasks[1].statuses[BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS], 0);
    const rollup_budget_t *budgets = rollup_budgets (rollup, &count);
    ck_assert_uint_eq (count, 2);
    ck_assert (budgets[0].source == 1 && budgets[0].unit_id == 2 && budgets[0].allocated == 500 && budgets[0].disbursed == 200);
    ck_assert (budgets[1].source == 4 && budgets[1].allocated == 70 && budgets[1].disbursed == 0);
    const rollup_indicator_t *indicators = rollup_indicators (rollup, &count);
    ck_assert_uint_eq (count, 2);
    ck_assert (indicators[0].indicator_id == 100 && indicators[0].present && indicators[0].received_at == 77);
    ck_assert_str_eq (indicators[0].value, "-12");
    ck_assert_str_eq (indicators[1].value, "93.5");
    free (sample);
    rollup_destroy (&rollup);
}
END_TEST

START_TEST (a_report_taken_out_leaves_nothing)
{
    rollup_t *rollup = rollup_new ();
    sample_t *sample = example ();
    rollup_report (rollup, plan, 1, 2, &sample->report, 77, 1);
    rollup_report (rollup, plan, 1, 2, &sample->report, 77, -1);
    size_t count;
    rollup_tasks (rollup, &count);
    ck_assert_uint_eq (count, 0);
    rollup_budgets (rollup, &count);
    ck_assert_uint_eq (count, 0);
    const rollup_indicator_t *indicators = rollup_indicators (rollup, &count);
    ck_assert_uint_eq (count, 2);
    ck_assert (!indicators[0].present && !indicators[1].present);
    free (sample);
    rollup_destroy (&rollup);
}
END_TEST

START_TEST (a_replacement_is_one_change_a_figure)
{
    rollup_t *rollup = rollup_new ();
    sample_t *before = example (), *after = sample_new ();
    add_entry (after, "I.1", BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED, 100);
    add_line (after, 1, 500, 450);
    add_number (after, "persons", 30);
    rollup_report (rollup, plan, 1, 2, &before->report, 77, -1);
    rollup_report (rollup, plan, 1, 2, &after->report, 99, 1);
    size_t count;
    const rollup_task_t *tasks = rollup_tasks (rollup, &count);
    ck_assert_uint_eq (count, 2);
    ck_assert_int_eq (tasks[0].statuses[BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS], -1);
    ck_assert_int_eq (tasks[0].statuses[BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED], 1);
    ck_assert_int_eq (tasks[0].progress_sum, 60);
    ck_assert_int_eq (tasks[1].progress_sum, -100);
    const rollup_budget_t *budgets = rollup_budgets (rollup, &count);
    ck_assert_uint_eq (count, 2);
    ck_assert (budgets[0].allocated == 0 && budgets[0].disbursed == 250);
    ck_assert (budgets[1].source == 4 && budgets[1].allocated == -70);
    const rollup_indicator_t *indicators = rollup_indicators (rollup, &count);
    ck_assert_uint_eq (count, 2);
    ck_assert (indicators[0].present && strcmp (indicators[0].value, "30") == 0 && indicators[0].received_at == 99);
    ck_assert (!indicators[1].present);
    free (before);
    free (after);
    rollup_destroy (&rollup);
}
END_TEST

START_TEST (what_the_plan_does_not_know_is_passed_over)
{
    rollup_t *rollup = rollup_new ();
    sample_t *sample = sample_new ();
    add_entry (sample, "IX.9", BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED, 100);
    add_line (sample, 1, 1, 1);
    add_entry (sample, "I.1", BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED, 100);
    add_number (sample, "no-such", 3);
    rollup_report (rollup, plan, 1, 2, &sample->report, 77, 1);
    size_t count;
    const rollup_task_t *tasks = rollup_tasks (rollup, &count);
    ck_assert_uint_eq (count, 1);
    ck_assert_int_eq (tasks[0].task_id, 10);
    rollup_budgets (rollup, &count);
    ck_assert_uint_eq (count, 0);
    rollup_indicators (rollup, &count);
    ck_assert_uint_eq (count, 0);
    free (sample);
    rollup_destroy (&rollup);
}
END_TEST

START_TEST (only_figures_are_indicators)
{
    rollup_t *rollup = rollup_new ();
    sample_t *sample = sample_new ();
    add_entry (sample, "I.1", BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED, 100);
    add_value (sample, "persons");  // no figure
    rollup_report (rollup, plan, 1, 2, &sample->report, 77, 1);
    size_t count;
    rollup_indicators (rollup, &count);
    ck_assert_uint_eq (count, 0);
    free (sample);
    rollup_destroy (&rollup);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("rollup");
    TCase *cases = tcase_create ("rollup");
    tcase_add_checked_fixture (cases, open_book, close_book);
    tcase_add_loop_test (cases, standing_after_verdicts, 0, (int)(sizeof CASES / sizeof *CASES));
    tcase_add_test (cases, nothing_judged_is_missing);
    tcase_add_test (cases, a_report_adds_its_figures);
    tcase_add_test (cases, a_report_taken_out_leaves_nothing);
    tcase_add_test (cases, a_replacement_is_one_change_a_figure);
    tcase_add_test (cases, what_the_plan_does_not_know_is_passed_over);
    tcase_add_test (cases, only_figures_are_indicators);
    suite_add_tcase (suite, cases);
    return suite_run (suite);
}
