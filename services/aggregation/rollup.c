#include "rollup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

// Changes are only appended while reports come in; asked for, they are sorted by key and merged. So the keys ascend, and
// whoever writes them to the database locks rows in one order.
typedef struct {
    void *items;
    size_t count, room;
} list_t;

typedef struct {
    rollup_indicator_t change;
    size_t order;  // of two changes to one value the later holds
} indicator_change_t;

struct rollup {
    list_t periods, tasks, budgets, indicators;
    list_t indicators_merged;
    size_t next_order;
};

typedef int compare_fn (const void *left, const void *right);

typedef struct {
    size_t size;
    compare_fn *compare;                           // by key
    void (*add) (void *into, const void *change);  // of the same key
    bool (*nothing) (const void *change);
} merge_t;

// --- Lists -----------------------------------------------------------------------------------------------------------------------

// A new zeroed element at the end.
static void *list_add (list_t *self, size_t size)
{
    if (self->count == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->items = xrealloc (self->items, self->room * size);
    }
    void *item = (char *)self->items + self->count++ * size;
    memset (item, 0, size);
    return item;
}

static void list_merge (list_t *self, const merge_t *merge)
{
    if (self->count == 0)
        return;
    qsort (self->items, self->count, merge->size, merge->compare);
    char *items = self->items, *end = items + self->count * merge->size, *kept = items;
    for (char *item = items; item < end;) {
        memmove (kept, item, merge->size);
        for (item += merge->size; item < end && merge->compare (kept, item) == 0; item += merge->size)
            merge->add (kept, item);
        if (!merge->nothing (kept))
            kept += merge->size;
    }
    self->count = (size_t)(kept - items) / merge->size;
}

static int compare_ints (const int *left, const int *right, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

// --- What is merged, and how -----------------------------------------------------------------------------------------------------

static int period_compare (const void *left, const void *right)
{
    const rollup_period_t *l = left, *r = right;
    return compare_ints (&l->period_id, &r->period_id, 1);
}

static void period_add (void *into, const void *change)
{
    rollup_period_t *i = into;
    const rollup_period_t *c = change;
    i->on_time += c->on_time;
    i->late += c->late;
    i->rejected += c->rejected;
    i->voluntary += c->voluntary;
    i->returned += c->returned;
}

static bool period_nothing (const void *change)
{
    const rollup_period_t *c = change;
    return !c->on_time && !c->late && !c->rejected && !c->voluntary && !c->returned;
}

static int task_compare (const void *left, const void *right)
{
    const rollup_task_t *l = left, *r = right;
    return compare_ints ((int[]){l->period_id, l->task_id}, (int[]){r->period_id, r->task_id}, 2);
}

static void task_add (void *into, const void *change)
{
    rollup_task_t *i = into;
    const rollup_task_t *c = change;
    for (size_t status = 1; status < 6; status++)
        i->statuses[status] += c->statuses[status];
    i->progress_sum += c->progress_sum;
}

static bool task_nothing (const void *change)
{
    const rollup_task_t *c = change;
    for (size_t status = 1; status < 6; status++)
        if (c->statuses[status])
            return false;
    return !c->progress_sum;
}

static int budget_compare (const void *left, const void *right)
{
    const rollup_budget_t *l = left, *r = right;
    return compare_ints ((int[]){l->period_id, l->task_id, l->unit_id, l->source},
                         (int[]){r->period_id, r->task_id, r->unit_id, r->source}, 4);
}

static void budget_add (void *into, const void *change)
{
    rollup_budget_t *i = into;
    const rollup_budget_t *c = change;
    i->allocated += c->allocated;
    i->disbursed += c->disbursed;
}

static bool budget_nothing (const void *change)
{
    const rollup_budget_t *c = change;
    return !c->allocated && !c->disbursed;
}

static int indicator_key_compare (const rollup_indicator_t *left, const rollup_indicator_t *right)
{
    return compare_ints ((int[]){left->period_id, left->indicator_id, left->unit_id},
                         (int[]){right->period_id, right->indicator_id, right->unit_id}, 3);
}

static int indicator_compare (const void *left, const void *right)
{
    const indicator_change_t *l = left, *r = right;
    int order = indicator_key_compare (&l->change, &r->change);
    return order ? order : (l->order > r->order) - (l->order < r->order);
}

static const merge_t PERIODS = {sizeof (rollup_period_t), period_compare, period_add, period_nothing};
static const merge_t TASKS = {sizeof (rollup_task_t), task_compare, task_add, task_nothing};
static const merge_t BUDGETS = {sizeof (rollup_budget_t), budget_compare, budget_add, budget_nothing};

// --- The rollup ------------------------------------------------------------------------------------------------------------------

rollup_t *rollup_new (void)
{
    return xcalloc (1, sizeof (rollup_t));
}

void rollup_destroy (rollup_t **self_p)
{
    rollup_t *self = *self_p;
    if (!self)
        return;
    free (self->periods.items);
    free (self->tasks.items);
    free (self->budgets.items);
    free (self->indicators.items);
    free (self->indicators_merged.items);
    free (self);
    *self_p = NULL;
}

Baocao__V1__UnitStanding rollup_standing (const rollup_standing_t *standing)
{
    if (standing->has_accepted)
        return standing->late ? BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE : BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME;
    if (standing->judged_revision > standing->returned_revision)
        return BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED;
    return standing->returned_revision ? BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_RETURNED
                                       : BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING;
}

// Puts the unit into the period's figures where its standing says (sign 1), or takes it out there (sign -1).
static void count_unit (rollup_period_t *figures, const rollup_standing_t *standing, Baocao__V1__Obligation obligation, int sign)
{
    if (obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MAY) {
        figures->voluntary += standing->has_accepted ? sign : 0;
        return;
    }
    if (obligation != BAOCAO__V1__OBLIGATION__OBLIGATION_MUST)
        return;
    switch ((int)rollup_standing (standing)) {
    case BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME:
        figures->on_time += sign;
        break;
    case BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE:
        figures->late += sign;
        break;
    case BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED:
        figures->rejected += sign;
        break;
    case BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_RETURNED:
        figures->returned += sign;
        break;
    }
}

static bool is_late (const plan_period_t *period, int unit_id, int64_t received_at, Baocao__V1__Timeliness timeliness)
{
    if (timeliness == BAOCAO__V1__TIMELINESS__TIMELINESS_UNSPECIFIED)
        timeliness = plan_timeliness (period, unit_id, received_at);
    return timeliness != BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME;
}

// The earliest accepted revision decides on time or late, in whatever order they come here.
static void note_first_accepted (rollup_standing_t *standing, const rollup_verdict_t *verdict)
{
    bool late = is_late (verdict->period, verdict->unit_id, verdict->received_at, verdict->timeliness);
    if (!standing->has_accepted || verdict->received_at < standing->first_received_at) {
        standing->first_received_at = verdict->received_at;
        standing->late = late;
    } else if (verdict->received_at == standing->first_received_at)
        standing->late = standing->late && late;
}

static void note_judged (rollup_standing_t *standing, const rollup_verdict_t *verdict)
{
    if (verdict->revision > standing->judged_revision) {
        standing->judged_revision = verdict->revision;
        standing->refused = !verdict->accepted;
    }
    if (verdict->chain_index > standing->chain_index) {
        standing->chain_index = verdict->chain_index;
        memcpy (standing->receipt_hash, verdict->receipt_hash, sizeof standing->receipt_hash);
    }
}

static rollup_result_t note_accepted (rollup_standing_t *standing, const rollup_verdict_t *verdict, bool *replaced_p)
{
    if (verdict->revision <= standing->returned_revision)
        return ROLLUP_OUTDATED;
    note_first_accepted (standing, verdict);
    if (standing->has_accepted && verdict->revision <= standing->revision)
        return ROLLUP_OUTDATED;
    *replaced_p = standing->has_accepted;
    standing->has_accepted = true;
    standing->revision = verdict->revision;
    standing->last_received_at = verdict->received_at;
    memcpy (standing->submission_id, verdict->submission_id, sizeof standing->submission_id);
    return ROLLUP_COUNTED;
}

static rollup_period_t *figures_of (rollup_t *self, const plan_period_t *period)
{
    rollup_period_t *figures = list_add (&self->periods, sizeof *figures);
    figures->period_id = period->id;
    return figures;
}

rollup_result_t rollup_apply (rollup_t *self, rollup_standing_t *standing, const rollup_verdict_t *verdict, bool *replaced_p)
{
    rollup_period_t *figures = figures_of (self, verdict->period);
    Baocao__V1__Obligation obligation = plan_obligation (verdict->plan, verdict->period, verdict->unit_id);
    count_unit (figures, standing, obligation, -1);

    *replaced_p = false;
    note_judged (standing, verdict);
    rollup_result_t result = verdict->accepted ? note_accepted (standing, verdict, replaced_p) : ROLLUP_REFUSED;
    count_unit (figures, standing, obligation, 1);
    return result;
}

// The corrected report is timed by its own reception, so what came before it no longer decides.
static bool note_returned (rollup_standing_t *standing, const rollup_return_t *returned)
{
    if (returned->revision <= standing->returned_revision)
        return false;
    standing->returned_revision = returned->revision;
    if (!standing->has_accepted)
        return false;
    standing->has_accepted = standing->revision > returned->revision;
    if (standing->has_accepted) {
        standing->first_received_at = returned->rest_received_at;
        standing->late = is_late (returned->period, returned->unit_id, returned->rest_received_at, returned->rest_timeliness);
    }
    return !standing->has_accepted;
}

bool rollup_return (rollup_t *self, rollup_standing_t *standing, const rollup_return_t *returned)
{
    rollup_period_t *figures = figures_of (self, returned->period);
    Baocao__V1__Obligation obligation = plan_obligation (returned->plan, returned->period, returned->unit_id);
    count_unit (figures, standing, obligation, -1);
    bool taken_out = note_returned (standing, returned);
    count_unit (figures, standing, obligation, 1);
    return taken_out;
}

void rollup_figures (Baocao__V1__Figures *figures, const rollup_period_t *total, size_t expected)
{
    figures->expected = (uint32_t)expected;
    figures->on_time = (uint32_t)total->on_time;
    figures->late = (uint32_t)total->late;
    figures->received = figures->on_time + figures->late;
    // A plan that asks fewer units than before is read before the totals are counted anew.
    figures->missing = figures->expected > figures->received ? figures->expected - figures->received : 0;
    figures->rejected = (uint32_t)total->rejected;
    figures->voluntary = (uint32_t)total->voluntary;
    figures->returned = (uint32_t)total->returned;
}

// --- What a report says ----------------------------------------------------------------------------------------------------------

typedef struct {
    int period_id, unit_id, sign;
    int64_t received_at;
} source_t;

static void add_entry (rollup_t *self, const source_t *from, int task_id, const Baocao__V1__TaskEntry *entry)
{
    rollup_task_t *task = list_add (&self->tasks, sizeof *task);
    task->period_id = from->period_id;
    task->task_id = task_id;
    if (entry->status > 0 && entry->status < 6)
        task->statuses[entry->status] = from->sign;
    task->progress_sum = (int64_t)from->sign * entry->progress_percent;
}

static void add_budget (rollup_t *self, const source_t *from, int task_id, const Baocao__V1__Budget *budget)
{
    for (size_t i = 0; i < budget->n_lines; i++) {
        const Baocao__V1__BudgetLine *line = budget->lines[i];
        rollup_budget_t *change = list_add (&self->budgets, sizeof *change);
        change->period_id = from->period_id;
        change->task_id = task_id;
        change->unit_id = from->unit_id;
        change->source = (int)line->source;
        if (line->allocated_figure_case == BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED)
            change->allocated = from->sign * line->allocated;
        if (line->disbursed_figure_case == BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED)
            change->disbursed = from->sign * line->disbursed;
    }
}

// Only numbers are added up. A value is as long as the rules let a decimal be, so it fits.
static bool number_text (const Baocao__V1__IndicatorValue *value, char *text, size_t size)
{
    if (value->value_case == BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER) {
        snprintf (text, size, "%" PRId64, value->number);
        return true;
    }
    if (value->value_case == BAOCAO__V1__INDICATOR_VALUE__VALUE_DECIMAL && strlen (value->decimal) < size) {
        strcpy (text, value->decimal);
        return true;
    }
    return false;
}

static void add_indicators (rollup_t *self, const source_t *from, const plan_task_t *task, const Baocao__V1__TaskEntry *entry)
{
    for (size_t i = 0; i < entry->n_indicators; i++) {
        const Baocao__V1__IndicatorValue *value = entry->indicators[i];
        const plan_indicator_t *indicator = plan_indicator (task, value->indicator);
        rollup_indicator_t change = {
            .period_id = from->period_id, .unit_id = from->unit_id, .present = from->sign > 0, .received_at = from->received_at};
        if (!indicator || !number_text (value, change.value, sizeof change.value))
            continue;
        change.indicator_id = indicator->id;
        indicator_change_t *added = list_add (&self->indicators, sizeof *added);
        *added = (indicator_change_t){.change = change, .order = self->next_order++};
    }
}

void rollup_report (rollup_t *self, const plan_t *plan, int period_id, int unit_id, const Baocao__V1__Report *report,
                    int64_t received_at, int sign)
{
    source_t from = {.period_id = period_id, .unit_id = unit_id, .sign = sign, .received_at = received_at};
    for (size_t i = 0; i < report->n_entries; i++) {
        const Baocao__V1__TaskEntry *entry = report->entries[i];
        const plan_task_t *task = plan_task (plan, entry->task);
        if (!task)
            continue;
        add_entry (self, &from, task->id, entry);
        if (entry->budget)
            add_budget (self, &from, task->id, entry->budget);
        add_indicators (self, &from, task, entry);
    }
}

// --- The merged changes ----------------------------------------------------------------------------------------------------------

const rollup_period_t *rollup_periods (rollup_t *self, size_t *count_p)
{
    list_merge (&self->periods, &PERIODS);
    *count_p = self->periods.count;
    return self->periods.items;
}

const rollup_task_t *rollup_tasks (rollup_t *self, size_t *count_p)
{
    list_merge (&self->tasks, &TASKS);
    *count_p = self->tasks.count;
    return self->tasks.items;
}

const rollup_budget_t *rollup_budgets (rollup_t *self, size_t *count_p)
{
    list_merge (&self->budgets, &BUDGETS);
    *count_p = self->budgets.count;
    return self->budgets.items;
}

const rollup_indicator_t *rollup_indicators (rollup_t *self, size_t *count_p)
{
    const indicator_change_t *changes = self->indicators.items;
    size_t count = self->indicators.count;
    if (count)
        qsort (self->indicators.items, count, sizeof *changes, indicator_compare);
    self->indicators_merged.count = 0;
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count || indicator_key_compare (&changes[i].change, &changes[i + 1].change) != 0;
        if (last)
            *(rollup_indicator_t *)list_add (&self->indicators_merged, sizeof (rollup_indicator_t)) = changes[i].change;
    }
    *count_p = self->indicators_merged.count;
    return self->indicators_merged.items;
}
