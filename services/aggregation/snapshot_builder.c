#include "snapshot_builder.h"

#include "common/clock.h"
#include "rollup.h"

// --- Memory ----------------------------------------------------------------------------------------------------------------------

void *builder_alloc (builder_t *self, size_t size)
{
    void *memory = bc_arena_alloc (self->arena, size);
    self->full |= !memory;
    return memory;
}

char *builder_text (builder_t *self, const char *text)
{
    size_t size = strlen (text) + 1;
    char *copy = builder_alloc (self, size);
    return copy ? memcpy (copy, text, size) : (char *)protobuf_c_empty_string;
}

Google__Protobuf__Timestamp *builder_time (builder_t *self, int64_t ms)
{
    Google__Protobuf__Timestamp *time = builder_alloc (self, sizeof *time);
    return time ? bc_timestamp_set (time, ms) : NULL;
}

void *builder_messages (builder_t *self, size_t count, const ProtobufCMessageDescriptor *type, void *list_p)
{
    if (count == 0)
        return NULL;
    char *first = builder_alloc (self, count * type->sizeof_message);
    void **list = builder_alloc (self, count * sizeof *list);
    if (!first || !list)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        list[i] = first + i * type->sizeof_message;
        protobuf_c_message_init (type, list[i]);
    }
    memcpy (list_p, &list, sizeof list);
    return first;
}

// --- Rows ------------------------------------------------------------------------------------------------------------------------

const PGresult *builder_rows (const builder_t *self, feed_db_result_t result)
{
    return self->source->results[result];
}

int builder_find (const PGresult *result, int row, int column, int value)
{
    for (; row < PQntuples (result); row++)
        if (!bc_row_null (result, row, column) && bc_row_int (result, row, column) == value)
            return row;
    return -1;
}

int builder_find_two (const PGresult *result, int row, int first, int second)
{
    while ((row = builder_find (result, row, 0, first)) >= 0 && bc_row_int (result, row, 1) != second)
        row++;
    return row;
}

// --- Figures ---------------------------------------------------------------------------------------------------------------------

Baocao__V1__Figures *builder_figures (builder_t *self, const plan_period_t *period)
{
    const PGresult *rows = builder_rows (self, FEED_DB_PERIODS);
    rollup_period_t total = {.period_id = period->id};
    int row = builder_find (rows, 0, 0, period->id);
    if (row >= 0) {
        total.on_time = (int)bc_row_int (rows, row, 1);
        total.late = (int)bc_row_int (rows, row, 2);
        total.rejected = (int)bc_row_int (rows, row, 3);
        total.voluntary = (int)bc_row_int (rows, row, 4);
        total.returned = (int)bc_row_int (rows, row, 5);
    }
    Baocao__V1__Figures *figures = builder_alloc (self, sizeof *figures);
    if (!figures)
        return NULL;
    baocao__v1__figures__init (figures);
    rollup_figures (figures, &total, plan_expected (self->source->plan, period));
    return figures;
}

void builder_tally (const builder_t *self, tally_t *tally, int period_id, int task_id)
{
    const PGresult *rows = builder_rows (self, FEED_DB_TASKS);
    int row = builder_find_two (rows, 0, period_id, task_id);
    if (row < 0)
        return;
    for (int status = 1; status < 6; status++) {
        tally->counts[status] += (uint32_t)bc_row_int (rows, row, 1 + status);
        tally->entries += (uint32_t)bc_row_int (rows, row, 1 + status);
    }
    tally->progress_sum += bc_row_int (rows, row, 7);
}

int32_t tally_mean (const tally_t *tally)
{
    return tally->entries ? (int32_t)(tally->progress_sum / tally->entries) : 0;
}

Baocao__V1__StatusCounts *builder_counts (builder_t *self, const tally_t *tally)
{
    Baocao__V1__StatusCounts *counts = builder_alloc (self, sizeof *counts);
    if (!counts)
        return NULL;
    baocao__v1__status_counts__init (counts);
    counts->not_started = tally->counts[BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED];
    counts->in_progress = tally->counts[BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS];
    counts->completed = tally->counts[BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED];
    counts->delayed = tally->counts[BAOCAO__V1__TASK_STATUS__TASK_STATUS_DELAYED];
    counts->stopped = tally->counts[BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED];
    return counts;
}

void builder_budget (const builder_t *self, int column, int value, int64_t *allocated, int64_t *disbursed)
{
    const PGresult *rows = builder_rows (self, FEED_DB_BUDGETS);
    int row = builder_find (rows, 0, column, value);
    *allocated = row < 0 ? 0 : bc_row_int (rows, row, 3);
    *disbursed = row < 0 ? 0 : bc_row_int (rows, row, 4);
}
