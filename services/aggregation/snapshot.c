#include "snapshot_builder.h"

#include <stdlib.h>

#include "plan/lineage.h"
#include "rollup.h"

// --- Tasks -----------------------------------------------------------------------------------------------------------------------

static int gravity (Baocao__V1__TaskStatus status)
{
    static const int gravities[] = {
        [BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED] = 1,   [BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS] = 2,
        [BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED] = 3, [BAOCAO__V1__TASK_STATUS__TASK_STATUS_DELAYED] = 4,
        [BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED] = 5,
    };
    return gravities[status];
}

// What the task's leads say together; UNSPECIFIED when none has reported.
static Baocao__V1__TaskStatus leads_word (const builder_t *self, int period_id, int task_id, int32_t *progress_p)
{
    const PGresult *rows = builder_rows (self, FEED_DB_LEADS);
    Baocao__V1__TaskStatus gravest = BAOCAO__V1__TASK_STATUS__TASK_STATUS_UNSPECIFIED;
    int64_t progress = 0, leads = 0;
    for (int row = 0; (row = builder_find_two (rows, row, period_id, task_id)) >= 0; row++) {
        Baocao__V1__TaskStatus status = (Baocao__V1__TaskStatus)bc_row_int (rows, row, 3);
        if (gravity (status) > gravity (gravest))
            gravest = status;
        progress += bc_row_int (rows, row, 4);
        leads++;
    }
    *progress_p = leads ? (int32_t)(progress / leads) : 0;
    return gravest;
}

static void fill_lead (builder_t *self, Baocao__V1__LeadResult *lead, const plan_task_t *task, int unit_id)
{
    const PGresult *rows = builder_rows (self, FEED_DB_LEADS);
    lead->unit = plan_book_unit_by_id (self->source->book, unit_id)->code;
    int row = 0;
    while ((row = builder_find_two (rows, row, self->source->period->id, task->id)) >= 0 && bc_row_int (rows, row, 2) != unit_id)
        row++;
    if (row < 0)
        return;
    lead->status = (Baocao__V1__TaskStatus)bc_row_int (rows, row, 3);
    lead->progress_percent = (int32_t)bc_row_int (rows, row, 4);
    lead->result = builder_text (self, bc_row_text (rows, row, 5));
}

static bool leads (const plan_role_t *role, const plan_period_t *period)
{
    return role->role == BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD && plan_is_valid (role->valid_from, role->valid_to, period);
}

static void fill_leads (builder_t *self, Baocao__V1__TaskTotal *total, const plan_task_t *task)
{
    const plan_period_t *period = self->source->period;
    size_t count = 0;
    for (size_t i = 0; i < task->n_roles; i++)
        count += leads (&task->roles[i], period);
    Baocao__V1__LeadResult *lead = builder_messages (self, count, &baocao__v1__lead_result__descriptor, &total->leads);
    if (!lead)
        return;
    total->n_leads = count;
    for (size_t i = 0; i < task->n_roles; i++)
        if (leads (&task->roles[i], period))
            fill_lead (self, lead++, task, task->roles[i].unit_id);
}

static void fill_task (builder_t *self, Baocao__V1__TaskTotal *total, const plan_task_t *task)
{
    tally_t tally = {0};
    builder_tally (self, &tally, self->source->period->id, task->id);
    total->code = task->code;
    total->group = self->source->plan->groups[task->group].code;
    total->title_vi = task->title_vi;
    total->status = leads_word (self, self->source->period->id, task->id, &total->progress_percent);
    total->entries = tally.entries;
    total->mean_progress_percent = tally_mean (&tally);
    total->statuses = builder_counts (self, &tally);
    fill_leads (self, total, task);
    builder_budget (self, 0, task->id, &total->allocated, &total->disbursed);
}

static void build_tasks (builder_t *self)
{
    const plan_t *plan = self->source->plan;
    Baocao__V1__TaskTotal *total =
        builder_messages (self, plan->n_tasks, &baocao__v1__task_total__descriptor, &self->snapshot->tasks);
    if (!total)
        return;
    self->snapshot->n_tasks = plan->n_tasks;
    for (size_t i = 0; i < plan->n_tasks; i++)
        fill_task (self, total + i, &plan->tasks[i]);
}

// Sums of money stop at the largest number there is.
static void add_money (int64_t *sum, int64_t amount)
{
    if (__builtin_add_overflow (*sum, amount, sum))
        *sum = INT64_MAX;
}

static void fill_group (builder_t *self, Baocao__V1__GroupTotal *total, size_t group)
{
    const plan_t *plan = self->source->plan;
    tally_t tally = {0};
    total->code = plan->groups[group].code;
    total->title_vi = plan->groups[group].title_vi;
    for (size_t i = 0; i < plan->n_tasks; i++) {
        if (plan->tasks[i].group != (int)group)
            continue;
        const uint32_t entries_before = tally.entries;
        int64_t allocated, disbursed;
        builder_tally (self, &tally, self->source->period->id, plan->tasks[i].id);
        builder_budget (self, 0, plan->tasks[i].id, &allocated, &disbursed);
        add_money (&total->allocated, allocated);
        add_money (&total->disbursed, disbursed);
        total->tasks++;
        total->reported += tally.entries > entries_before;
    }
    total->mean_progress_percent = tally_mean (&tally);
    total->statuses = builder_counts (self, &tally);
}

static void build_groups (builder_t *self)
{
    size_t count = self->source->plan->n_groups;
    Baocao__V1__GroupTotal *total = builder_messages (self, count, &baocao__v1__group_total__descriptor, &self->snapshot->groups);
    if (!total)
        return;
    self->snapshot->n_groups = count;
    for (size_t i = 0; i < count; i++)
        fill_group (self, total + i, i);
}

// --- Units -----------------------------------------------------------------------------------------------------------------------

static void fill_standing (builder_t *self, Baocao__V1__UnitTotal *total, int row)
{
    const PGresult *rows = builder_rows (self, FEED_DB_UNITS);
    rollup_standing_t standing = {.late = bc_row_int (rows, row, 3),
                                  .has_accepted = bc_row_int (rows, row, 4),
                                  .judged_revision = (int)bc_row_int (rows, row, 5),
                                  .returned_revision = (int)bc_row_int (rows, row, 8)};
    total->standing = rollup_standing (&standing);
    total->revision = (uint32_t)bc_row_int (rows, row, 1);
    if (standing.has_accepted)
        total->received_at = builder_time (self, bc_row_time (rows, row, 2));
    total->chain_index = (uint64_t)bc_row_int (rows, row, 6);
    size_t size;
    const uint8_t *hash = bc_row_bytes (rows, row, 7, &size);
    uint8_t *copy = builder_alloc (self, size);
    if (copy)
        total->receipt_hash = (ProtobufCBinaryData){size, memcpy (copy, hash, size)};
}

static void fill_predecessors (builder_t *self, Baocao__V1__UnitTotal *total, int unit_id)
{
    size_t n;
    lineage_t *list = lineage_of (self->source->book, unit_id, &n);
    total->predecessors = n ? builder_alloc (self, n * sizeof *total->predecessors) : NULL;
    for (size_t i = 0; total->predecessors && i < n; i++)
        if (list[i].task_id == 0 && list[i].from <= self->source->period->last_day)
            total->predecessors[total->n_predecessors++] = plan_book_unit_by_id (self->source->book, list[i].unit_id)->code;
    free (list);
}

static void fill_unit (builder_t *self, Baocao__V1__UnitTotal *total, const plan_unit_t *unit, int row)
{
    total->code = unit->code;
    total->name_vi = unit->name_vi;
    total->name_en = unit->name_en;
    total->obligation = plan_obligation (self->source->plan, self->source->period, unit->id);
    total->standing = BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING;
    if (row >= 0)
        fill_standing (self, total, row);
    fill_predecessors (self, total, unit->id);
    builder_budget (self, 1, unit->id, &total->allocated, &total->disbursed);
}

static void build_units (builder_t *self)
{
    const plan_book_t *book = self->source->book;
    const PGresult *rows = builder_rows (self, FEED_DB_UNITS);
    Baocao__V1__UnitTotal *total =
        builder_messages (self, book->n_units, &baocao__v1__unit_total__descriptor, &self->snapshot->units);
    if (!total)
        return;
    for (size_t i = 0; i < book->n_units; i++) {
        int row = builder_find (rows, 0, 0, book->units[i].id);
        Baocao__V1__Obligation obligation = plan_obligation (self->source->plan, self->source->period, book->units[i].id);
        if (row >= 0 || obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MUST)
            fill_unit (self, total + self->snapshot->n_units++, &book->units[i], row);
    }
}

// --- Money, indicators, remarks --------------------------------------------------------------------------------------------------

static void build_budget (builder_t *self)
{
    const PGresult *rows = builder_rows (self, FEED_DB_BUDGETS);
    const ProtobufCEnumDescriptor *sources = &baocao__v1__budget_source__descriptor;
    Baocao__V1__BudgetTotal *total =
        builder_messages (self, sources->n_values, &baocao__v1__budget_total__descriptor, &self->snapshot->budget);
    for (unsigned i = 0; total && i < sources->n_values; i++) {
        int source = sources->values[i].value;
        if (builder_find (rows, 0, 2, source) < 0)
            continue;
        total->source = (Baocao__V1__BudgetSource)source;
        builder_budget (self, 2, source, &total->allocated, &total->disbursed);
        total++;
        self->snapshot->n_budget++;
    }
}

static void fill_indicator (builder_t *self, Baocao__V1__IndicatorTotal *total, const plan_task_t *task,
                            const plan_indicator_t *indicator)
{
    static const int columns[] = {
        [BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_SUM] = 2,
        [BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_MEAN] = 3,
        [BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_LAST] = 4,
        [BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_NONE] = 0,
    };
    const PGresult *rows = builder_rows (self, FEED_DB_INDICATORS);
    total->task = task->code;
    total->indicator = indicator->code;
    total->title_vi = indicator->title_vi;
    total->unit_of_measure = indicator->unit_of_measure;
    total->aggregation = indicator->aggregation;
    total->target = indicator->target;
    int row = builder_find (rows, 0, 0, indicator->id);
    if (row < 0)
        return;
    total->values = (uint32_t)bc_row_int (rows, row, 1);
    if (columns[indicator->aggregation])
        total->value = builder_text (self, bc_row_text (rows, row, columns[indicator->aggregation]));
}

static void build_indicators (builder_t *self)
{
    const plan_t *plan = self->source->plan;
    size_t count = 0;
    for (size_t i = 0; i < plan->n_tasks; i++)
        count += plan->tasks[i].n_indicators;
    Baocao__V1__IndicatorTotal *total =
        builder_messages (self, count, &baocao__v1__indicator_total__descriptor, &self->snapshot->indicators);
    if (!total)
        return;
    self->snapshot->n_indicators = count;
    for (size_t i = 0; i < plan->n_tasks; i++)
        for (size_t j = 0; j < plan->tasks[i].n_indicators; j++)
            fill_indicator (self, total++, &plan->tasks[i], &plan->tasks[i].indicators[j]);
}

static size_t build_remarks (builder_t *self, int column, Baocao__V1__Remark ***list_p)
{
    const PGresult *rows = builder_rows (self, FEED_DB_REMARKS);
    size_t count = 0;
    for (int row = 0; row < PQntuples (rows); row++)
        count += *bc_row_text (rows, row, column) != '\0';
    Baocao__V1__Remark *remark = builder_messages (self, count, &baocao__v1__remark__descriptor, list_p);
    for (int row = 0; remark && row < PQntuples (rows); row++) {
        if (!*bc_row_text (rows, row, column))
            continue;
        remark->unit = plan_book_unit_by_id (self->source->book, (int)bc_row_int (rows, row, 0))->code;
        remark->task = plan_task_by_id (self->source->plan, (int)bc_row_int (rows, row, 1))->code;
        remark++->text = builder_text (self, bc_row_text (rows, row, column));
    }
    return remark ? count : 0;
}

// --- The whole -------------------------------------------------------------------------------------------------------------------

static void fill_trend (builder_t *self, Baocao__V1__PeriodTrend *trend, const plan_period_t *period)
{
    const plan_t *plan = self->source->plan;
    tally_t tally = {0};
    for (size_t i = 0; i < plan->n_tasks; i++) {
        int32_t progress;
        builder_tally (self, &tally, period->id, plan->tasks[i].id);
        trend->tasks_completed +=
            leads_word (self, period->id, plan->tasks[i].id, &progress) == BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED;
    }
    trend->period = period->code;
    trend->figures = builder_figures (self, period);
    trend->mean_progress_percent = tally_mean (&tally);
}

static void build_trend (builder_t *self)
{
    const plan_period_t *first = self->source->plan->periods;
    size_t count = (size_t)(self->source->period - first) + 1;
    Baocao__V1__PeriodTrend *trend = builder_messages (self, count, &baocao__v1__period_trend__descriptor, &self->snapshot->trend);
    if (!trend)
        return;
    self->snapshot->n_trend = count;
    for (size_t i = 0; i < count; i++)
        fill_trend (self, trend + i, first + i);
}

Baocao__V1__Snapshot *snapshot_build (const snapshot_source_t *source, bc_arena_t *arena)
{
    Baocao__V1__Snapshot *snapshot = bc_arena_alloc (arena, sizeof *snapshot);
    if (!snapshot)
        return NULL;
    builder_t self = {.source = source, .snapshot = snapshot, .arena = arena};
    baocao__v1__snapshot__init (snapshot);
    snapshot->plan = source->plan->code;
    snapshot->period = source->period->code;
    snapshot->seq = (uint64_t)source->seq;
    snapshot->as_of = builder_time (&self, source->as_of);
    snapshot->title_vi = source->plan->title_vi;
    snapshot->title_en = source->plan->title_en;
    snapshot->due_at = builder_time (&self, source->period->due_at);
    snapshot->figures = builder_figures (&self, source->period);
    build_tasks (&self);
    build_groups (&self);
    build_units (&self);
    build_budget (&self);
    build_indicators (&self);
    snapshot->n_obstacles = build_remarks (&self, 2, &snapshot->obstacles);
    snapshot->n_proposals = build_remarks (&self, 3, &snapshot->proposals);
    build_trend (&self);
    return self.full ? NULL : snapshot;
}
