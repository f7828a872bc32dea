// Totals do not depend on the order in which verdicts and returns arrive, nor on how they are batched: they are those of a recount.
#include "rollup_sample.h"
#include "../support/suite.h"

static const char *const TASKS[] = {"I.1", "I.2", "I.3"};

enum {
    ROUNDS = 300,
    PERIODS = 2,
    UNITS = 4,
    REVISIONS = 4,
    SUBMISSIONS = PERIODS * UNITS * REVISIONS,
    EVENTS = 2 * SUBMISSIONS,
    SEED = 20251210
};

typedef struct {
    int period_id, unit_id;
    step_t step;
    sample_t *sample;
    bool returned;
} submission_t;

// A verdict, or the return of what it accepted.
typedef struct {
    const submission_t *of;
    bool is_return;
} event_t;

// Every total there is, by position: it need not be small, only plain.
typedef struct {
    int periods[PERIODS][5];
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
        all[i].returned = all[i].step.accepted && below (4) == 0;
    }
}

// All that happens, in any order. Returns the number of events.
static int random_events (event_t *events, const submission_t *all)
{
    int count = 0;
    for (int i = 0; i < SUBMISSIONS; i++) {
        events[count++] = (event_t){.of = &all[i]};
        if (all[i].returned)
            events[count++] = (event_t){.of = &all[i], .is_return = true};
    }
    for (int i = count - 1; i > 0; i--) {
        int j = below (i + 1);
        event_t other = events[i];
        events[i] = events[j];
        events[j] = other;
    }
    return count;
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
        figures[4] += periods[i].returned;
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

// Of the accepted reports after the returned one that came before this event, the earliest, as the service asks the database.
static int64_t rest_of (const event_t *events, int before, const submission_t *returned)
{
    int64_t earliest = 0;
    for (int i = 0; i < before; i++) {
        const submission_t *s = events[i].of;
        if (!events[i].is_return && s->unit_id == returned->unit_id && s->period_id == returned->period_id && s->step.accepted &&
            s->step.revision > returned->step.revision && (!earliest || s->step.received_at < earliest))
            earliest = s->step.received_at;
    }
    return earliest;
}

static void put_in (rollup_t *rollup, const submission_t *s, int sign)
{
    rollup_report (rollup, plan, s->period_id, s->unit_id, &s->sample->report, s->step.received_at, sign);
}

static void take_back (rollup_t *rollup, rollup_standing_t *standing, const submission_t **counted, const submission_t *s,
                       int64_t rest)
{
    rollup_return_t returned = {.plan = plan,
                                .period = plan_period (plan, s->period_id == 1 ? "2024" : "2025"),
                                .unit_id = s->unit_id,
                                .revision = s->step.revision,
                                .rest_received_at = rest};
    if (rollup_return (rollup, standing, &returned)) {
        put_in (rollup, *counted, -1);
        *counted = NULL;
    }
}

// As the service does it: in batches, each with a rollup of its own.
static void count_incrementally (totals_t *totals, const event_t *events, int count)
{
    rollup_standing_t standings[PERIODS][UNITS] = {0};
    const submission_t *counted[PERIODS][UNITS] = {0};
    rollup_t *rollup = rollup_new ();
    for (int i = 0; i < count; i++) {
        const submission_t *s = events[i].of;
        rollup_standing_t *standing = &standings[s->period_id - 1][s->unit_id - 1];
        const submission_t **before = &counted[s->period_id - 1][s->unit_id - 1];
        standing->period_id = s->period_id;
        standing->unit_id = s->unit_id;
        bool replaced;
        if (events[i].is_return)
            take_back (rollup, standing, before, s, rest_of (events, i, s));
        else if (judge (rollup, standing, &s->step, &replaced) == ROLLUP_COUNTED) {
            if (replaced)
                put_in (rollup, *before, -1);
            put_in (rollup, s, 1);
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

// What one unit comes to. Up to the highest returned revision nothing counts; of the rest the highest accepted one does, and the
// earliest decides on time or late. Without any, the unit is refused when something was judged after the return.
static void count_unit_from_scratch (totals_t *totals, const submission_t *all, int period_id, int unit_id)
{
    const submission_t *last = NULL, *first = NULL;
    int returned = 0;
    for (int i = 0; i < SUBMISSIONS; i++)
        if (all[i].period_id == period_id && all[i].unit_id == unit_id && all[i].returned && all[i].step.revision > returned)
            returned = all[i].step.revision;
    for (int i = 0; i < SUBMISSIONS; i++) {
        const submission_t *s = &all[i];
        if (s->period_id != period_id || s->unit_id != unit_id || !s->step.accepted || s->step.revision <= returned)
            continue;
        last = !last || s->step.revision > last->step.revision ? s : last;
        first = !first || s->step.received_at < first->step.received_at ? s : first;
    }
    bool late = first && first->step.received_at >= due_of (period_id);
    if (unit_id <= 2)
        totals->periods[period_id - 1][first ? late : returned < REVISIONS ? 2 : 4]++;
    else if (unit_id == 3 && first)
        totals->periods[period_id - 1][3]++;
    if (last)
        count_report (totals, last);
}

static void count_from_scratch (totals_t *totals, const submission_t *all)
{
    for (int period_id = 1; period_id <= PERIODS; period_id++)
        for (int unit_id = 1; unit_id <= UNITS; unit_id++)
            count_unit_from_scratch (totals, all, period_id, unit_id);
}

#define SAME(part)                                                                                                                 \
    ck_assert_msg (memcmp (incremental->part, recounted->part, sizeof recounted->part) == 0, "round %d: " #part, round)

START_TEST (any_order_gives_the_totals_of_a_recount)
{
    totals_t *incremental = calloc (1, sizeof *incremental), *recounted = calloc (1, sizeof *recounted);
    submission_t all[SUBMISSIONS] = {0};
    event_t events[EVENTS];
    srandom (SEED);
    for (int round = 0; round < ROUNDS; round++) {
        memset (incremental, 0, sizeof *incremental);
        memset (recounted, 0, sizeof *recounted);
        random_submissions (all);
        count_from_scratch (recounted, all);
        int count = random_events (events, all);
        count_incrementally (incremental, events, count);
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
    return suite_run (suite);
}
