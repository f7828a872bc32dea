// Totals do not depend on the order in which verdicts arrive, nor on how they are batched: they are those of a recount.
#include "rollup_sample.h"

static const char *const TASKS[] = {"I.1", "I.2", "I.3"};

enum { ROUNDS = 300, PERIODS = 2, UNITS = 4, REVISIONS = 4, SUBMISSIONS = PERIODS * UNITS * REVISIONS, SEED = 20251210 };

typedef struct {
    int period_id, unit_id;
    step_t step;
    sample_t *sample;
} submission_t;

// Every total there is, by position: it need not be small, only plain.
typedef struct {
    int periods[PERIODS][4];
    int statuses[PERIODS][3][6];
    int64_t progress[PERIODS][3];
    int64_t budgets[PERIODS][3][UNITS][9][2];
    struct {
        int64_t present;  // as wide as its neighbours: compared bytewise
        char value[32];
        int64_t received_at;
    } indicators[PERIODS][2][UNITS];
} totals_t;

static int below (int limit)
{
    return (int)(random () % limit);
}

static int64_t due_of (int period_id)
{
    return (int64_t)DUE * period_id;
}

static sample_t *random_sample (void)
{
    sample_t *sample = sample_new ();
    char decimal[32];
    for (int task = 0; task < 3; task++) {
        if (below (4) == 0)
            continue;
        add_entry (sample, TASKS[task], 1 + below (5), below (101));
        if (below (2)) {
            add_line (sample, 1 + below (4), below (1000) - 100, below (1000) - 100);
            add_line (sample, 5 + below (4), below (1000), below (1000));
        }
        if (task == 0 && below (2))
            add_number (sample, "persons", below (100) - 50);
        snprintf (decimal, sizeof decimal, "%d.%d", below (100), below (10));
        if (task == 1 && below (2))
            add_decimal (sample, "rate", decimal);
    }
    return sample;
}

static void random_submissions (submission_t *all)
{
    for (int i = 0; i < SUBMISSIONS; i++) {
        int period_id = 1 + i % PERIODS, unit_id = 1 + i / PERIODS % UNITS, revision = 1 + i / PERIODS / UNITS;
        int64_t due = due_of (period_id), before = revision > 1 ? all[i - PERIODS * UNITS].step.received_at : due - 150;
        all[i] = (submission_t){.period_id = period_id,
                                .unit_id = unit_id,
                                .step = {.revision = revision, .received_at = before + below (100), .accepted = below (3) > 0},
                                .sample = random_sample ()};
    }
}

static void shuffle (submission_t *all)
{
    for (int i = SUBMISSIONS - 1; i > 0; i--) {
        int j = below (i + 1);
        submission_t other = all[i];
        all[i] = all[j];
        all[j] = other;
    }
}

static void add_changes (totals_t *totals, rollup_t *rollup)
{
    size_t count;
    const rollup_period_t *periods = rollup_periods (rollup, &count);
    for (size_t i = 0; i < count; i++) {
        int *figures = totals->periods[periods[i].period_id - 1];
        figures[0] += periods[i].on_time;
        figures[1] += periods[i].late;
        figures[2] += periods[i].rejected;
        figures[3] += periods[i].voluntary;
    }
    const rollup_task_t *tasks = rollup_tasks (rollup, &count);
    for (size_t i = 0; i < count; i++) {
        for (int status = 1; status < 6; status++)
            totals->statuses[tasks[i].period_id - 1][tasks[i].task_id - 10][status] += tasks[i].statuses[status];
        totals->progress[tasks[i].period_id - 1][tasks[i].task_id - 10] += tasks[i].progress_sum;
    }
    const rollup_budget_t *budgets = rollup_budgets (rollup, &count);
    for (size_t i = 0; i < count; i++) {
        const rollup_budget_t *change = &budgets[i];
        int64_t *amounts = totals->budgets[change->period_id - 1][change->task_id - 10][change->unit_id - 1][change->source];
        amounts[0] += change->allocated;
        amounts[1] += change->disbursed;
    }
    const rollup_indicator_t *indicators = rollup_indicators (rollup, &count);
    for (size_t i = 0; i < count; i++) {
        const rollup_indicator_t *change = &indicators[i];
        typeof (totals->indicators[0][0][0]) *value =
            &totals->indicators[change->period_id - 1][change->indicator_id - 100][change->unit_id - 1];
        memset (value, 0, sizeof *value);
        if (change->present) {
            value->present = true;
            strcpy (value->value, change->value);
            value->received_at = change->received_at;
        }
    }
}

// As the service does it: in batches, each with a rollup of its own.
static void count_incrementally (totals_t *totals, const submission_t *all)
{
    rollup_standing_t standings[PERIODS][UNITS] = {0};
    const submission_t *counted[PERIODS][UNITS] = {0};
    rollup_t *rollup = rollup_new ();
    for (int i = 0; i < SUBMISSIONS; i++) {
        const submission_t *s = &all[i];
        rollup_standing_t *standing = &standings[s->period_id - 1][s->unit_id - 1];
        const submission_t **before = &counted[s->period_id - 1][s->unit_id - 1];
        standing->period_id = s->period_id;
        standing->unit_id = s->unit_id;
        bool replaced;
        if (judge (rollup, standing, &s->step, &replaced) == ROLLUP_COUNTED) {
            if (replaced)
                rollup_report (rollup, plan, s->period_id, s->unit_id, &(*before)->sample->report, (*before)->step.received_at, -1);
            rollup_report (rollup, plan, s->period_id, s->unit_id, &s->sample->report, s->step.received_at, 1);
            *before = s;
        }
        if (below (4) == 0) {
            add_changes (totals, rollup);
            rollup_destroy (&rollup);
            rollup = rollup_new ();
        }
    }
    add_changes (totals, rollup);
    rollup_destroy (&rollup);
}

static void count_report (totals_t *totals, const submission_t *s)
{
    const Baocao__V1__Report *report = &s->sample->report;
    for (size_t i = 0; i < report->n_entries; i++) {
        const Baocao__V1__TaskEntry *entry = report->entries[i];
        int task = entry->task[2] - '1';
        totals->statuses[s->period_id - 1][task][entry->status]++;
        totals->progress[s->period_id - 1][task] += entry->progress_percent;
        for (size_t j = 0; entry->budget && j < entry->budget->n_lines; j++) {
            int64_t *amounts = totals->budgets[s->period_id - 1][task][s->unit_id - 1][entry->budget->lines[j]->source];
            amounts[0] += entry->budget->lines[j]->allocated_figure_case ? entry->budget->lines[j]->allocated : 0;
            amounts[1] += entry->budget->lines[j]->disbursed_figure_case ? entry->budget->lines[j]->disbursed : 0;
        }
        for (size_t j = 0; j < entry->n_indicators; j++) {
            typeof (totals->indicators[0][0][0]) *value = &totals->indicators[s->period_id - 1][task][s->unit_id - 1];
            value->present = true;
            value->received_at = s->step.received_at;
            if (task == 0)
                snprintf (value->value, sizeof value->value, "%ld", (long)entry->indicators[j]->number);
            else
                strcpy (value->value, entry->indicators[j]->decimal);
        }
    }
}

// From nothing: the highest accepted revision counts, the earliest accepted one decides on time or late.
static void count_from_scratch (totals_t *totals, const submission_t *all)
{
    for (int period_id = 1; period_id <= PERIODS; period_id++)
        for (int unit_id = 1; unit_id <= UNITS; unit_id++) {
            const submission_t *last = NULL, *first = NULL;
            for (int i = 0; i < SUBMISSIONS; i++) {
                const submission_t *s = &all[i];
                if (s->period_id != period_id || s->unit_id != unit_id || !s->step.accepted)
                    continue;
                last = !last || s->step.revision > last->step.revision ? s : last;
                first = !first || s->step.received_at < first->step.received_at ? s : first;
            }
            bool late = first && first->step.received_at >= due_of (period_id);
            if (unit_id <= 2)
                totals->periods[period_id - 1][!first ? 2 : late ? 1 : 0]++;
            else if (unit_id == 3 && first)
                totals->periods[period_id - 1][3]++;
            if (last)
                count_report (totals, last);
        }
}

#define SAME(part)                                                                                                                 \
    ck_assert_msg (memcmp (incremental->part, recounted->part, sizeof recounted->part) == 0, "round %d: " #part, round)

START_TEST (any_order_gives_the_totals_of_a_recount)
{
    totals_t *incremental = calloc (1, sizeof *incremental), *recounted = calloc (1, sizeof *recounted);
    submission_t all[SUBMISSIONS] = {0};
    srandom (SEED);
    for (int round = 0; round < ROUNDS; round++) {
        memset (incremental, 0, sizeof *incremental);
        memset (recounted, 0, sizeof *recounted);
        random_submissions (all);
        count_from_scratch (recounted, all);
        shuffle (all);
        count_incrementally (incremental, all);
        SAME (periods);
        SAME (statuses);
        SAME (progress);
        SAME (budgets);
        SAME (indicators);
        for (int i = 0; i < SUBMISSIONS; i++)
            free (all[i].sample);
    }
    free (incremental);
    free (recounted);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("rollup order");
    TCase *cases = tcase_create ("rollup");
    tcase_add_checked_fixture (cases, open_book, close_book);
    tcase_add_test (cases, any_order_gives_the_totals_of_a_recount);
    suite_add_tcase (suite, cases);
    SRunner *runner = srunner_create (suite);
    srunner_run_all (runner, CK_ENV);
    int failed = srunner_ntests_failed (runner);
    srunner_free (runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
