// Writing a folded batch down. Every table is written once a batch, in the order of its key, so that two writers would wait for
// each other rather than deadlock.

#include "aggregation_db.h"

// --- Arrays out of arrays of structs, as bc_params_int4s ---------------------------------------------------------------------------------------------

static void column_int8 (bc_params_t *params, bc_type_t type, const int64_t *first, size_t stride, size_t count)
{
    bc_params_array (params, type);
    for (size_t i = 0; i < count; i++)
        bc_array_int (params, *(const int64_t *)((const char *)first + i * stride));
}

static void column_bool (bc_params_t *params, const bool *first, size_t stride, size_t count)
{
    bc_params_array (params, BC_BOOL);
    for (size_t i = 0; i < count; i++)
        bc_array_int (params, *(const bool *)((const char *)first + i * stride));
}

// --- Standings and figures -------------------------------------------------------------------------------------------------------

static const bc_statement_t STORE_STANDINGS = {
    "aggregation_store_standings",
    "INSERT INTO unit_standing (period_id, unit_id, submission_id, revision, first_received_at, last_received_at, late,"
    "  judged_revision, refused, chain_index, receipt_hash, returned_revision)"
    " SELECT period_id, unit_id, submission_id, CASE WHEN counted THEN revision END, CASE WHEN counted THEN first_received_at END,"
    "  CASE WHEN counted THEN last_received_at END, CASE WHEN counted THEN late END, judged_revision, refused, chain_index,"
    "  receipt_hash, returned_revision"
    " FROM unnest($1::int[], $2::int[], $3::bool[], $4::uuid[], $5::int[], $6::timestamptz[], $7::timestamptz[], $8::bool[],"
    "  $9::int[], $10::bool[], $11::bigint[], $12::bytea[], $13::int[])"
    "  AS n (period_id, unit_id, counted, submission_id, revision, first_received_at, last_received_at, late, judged_revision,"
    "  refused, chain_index, receipt_hash, returned_revision)"
    " ORDER BY period_id, unit_id"
    " ON CONFLICT (period_id, unit_id) DO UPDATE SET submission_id = excluded.submission_id, revision = excluded.revision,"
    "  first_received_at = excluded.first_received_at, last_received_at = excluded.last_received_at, late = excluded.late,"
    "  judged_revision = excluded.judged_revision, refused = excluded.refused, chain_index = excluded.chain_index,"
    "  receipt_hash = excluded.receipt_hash, returned_revision = excluded.returned_revision",
};

static void store_standings (bc_tx_t *tx, const fold_unit_t *units, size_t count)
{
    const rollup_standing_t *first = &units->standing;
    size_t stride = sizeof *units;
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &first->period_id, stride, count);
    bc_params_int4s (params, &first->unit_id, stride, count);
    column_bool (params, &first->has_accepted, stride, count);
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < count; i++)
        if (units[i].standing.has_accepted)
            bc_array_bytes (params, units[i].standing.submission_id, sizeof first->submission_id);
        else
            bc_array_null (params);
    bc_params_int4s (params, &first->revision, stride, count);
    column_int8 (params, BC_TIME, &first->first_received_at, stride, count);
    column_int8 (params, BC_TIME, &first->last_received_at, stride, count);
    column_bool (params, &first->late, stride, count);
    bc_params_int4s (params, &first->judged_revision, stride, count);
    column_bool (params, &first->refused, stride, count);
    column_int8 (params, BC_INT8, &first->chain_index, stride, count);
    bc_params_array (params, BC_BYTEA);
    for (size_t i = 0; i < count; i++)
        bc_array_bytes (params, units[i].standing.receipt_hash, sizeof first->receipt_hash);
    bc_params_int4s (params, &first->returned_revision, stride, count);
    bc_tx_query (tx, &STORE_STANDINGS, params);
}

static const bc_statement_t STORE_PERIODS = {
    "aggregation_store_periods",
    "INSERT INTO period_total (period_id, on_time, late, rejected, voluntary, returned)"
    " SELECT * FROM unnest($1::int[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[]) AS n (period_id) ORDER BY period_id"
    " ON CONFLICT (period_id) DO UPDATE SET on_time = excluded.on_time, late = excluded.late, rejected = excluded.rejected,"
    "  voluntary = excluded.voluntary, returned = excluded.returned",
};

static void store_periods (bc_tx_t *tx, const rollup_period_t *first, size_t count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &first->period_id, sizeof *first, count);
    bc_params_int4s (params, &first->on_time, sizeof *first, count);
    bc_params_int4s (params, &first->late, sizeof *first, count);
    bc_params_int4s (params, &first->rejected, sizeof *first, count);
    bc_params_int4s (params, &first->voluntary, sizeof *first, count);
    bc_params_int4s (params, &first->returned, sizeof *first, count);
    bc_tx_query (tx, &STORE_PERIODS, params);
}

// Rows first, figures then: a change can be negative, and a CHECK sees the row that ON CONFLICT would only compare.
static const bc_statement_t MAKE_TASKS = {
    "aggregation_make_tasks",
    "INSERT INTO task_total (period_id, task_id, not_started, in_progress, completed, delayed, stopped, progress_sum)"
    " SELECT period_id, task_id, 0, 0, 0, 0, 0, 0 FROM unnest($1::int[], $2::int[]) AS n (period_id, task_id)"
    " ORDER BY period_id, task_id ON CONFLICT DO NOTHING",
};

static const bc_statement_t STORE_TASKS = {
    "aggregation_store_tasks",
    "UPDATE task_total t SET not_started = t.not_started + n.not_started, in_progress = t.in_progress + n.in_progress,"
    "  completed = t.completed + n.completed, delayed = t.delayed + n.delayed, stopped = t.stopped + n.stopped,"
    "  progress_sum = t.progress_sum + n.progress_sum"
    " FROM unnest($1::int[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::bigint[])"
    "  AS n (period_id, task_id, not_started, in_progress, completed, delayed, stopped, progress_sum)"
    " WHERE t.period_id = n.period_id AND t.task_id = n.task_id",
};

static void store_tasks (bc_tx_t *tx, const rollup_task_t *first, size_t count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &first->period_id, sizeof *first, count);
    bc_params_int4s (params, &first->task_id, sizeof *first, count);
    bc_tx_query (tx, &MAKE_TASKS, params);

    params = bc_params_new ();
    bc_params_int4s (params, &first->period_id, sizeof *first, count);
    bc_params_int4s (params, &first->task_id, sizeof *first, count);
    for (size_t status = 1; status < 6; status++)
        bc_params_int4s (params, &first->statuses[status], sizeof *first, count);
    column_int8 (params, BC_INT8, &first->progress_sum, sizeof *first, count);
    bc_tx_query (tx, &STORE_TASKS, params);
}

static const bc_statement_t STORE_BUDGETS = {
    "aggregation_store_budgets",
    "INSERT INTO budget_total AS t (period_id, task_id, unit_id, source, allocated, disbursed)"
    " SELECT * FROM unnest($1::int[], $2::int[], $3::int[], $4::int[], $5::bigint[], $6::bigint[])"
    "  AS n (period_id, task_id, unit_id, source) ORDER BY period_id, task_id, unit_id, source"
    " ON CONFLICT (period_id, task_id, unit_id, source)"
    "  DO UPDATE SET allocated = t.allocated + excluded.allocated, disbursed = t.disbursed + excluded.disbursed",
};

static void store_budgets (bc_tx_t *tx, const rollup_budget_t *first, size_t count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &first->period_id, sizeof *first, count);
    bc_params_int4s (params, &first->task_id, sizeof *first, count);
    bc_params_int4s (params, &first->unit_id, sizeof *first, count);
    bc_params_int4s (params, &first->source, sizeof *first, count);
    column_int8 (params, BC_INT8, &first->allocated, sizeof *first, count);
    column_int8 (params, BC_INT8, &first->disbursed, sizeof *first, count);
    bc_tx_query (tx, &STORE_BUDGETS, params);
}

static const bc_statement_t DROP_INDICATORS = {
    "aggregation_drop_indicators",
    "DELETE FROM indicator_total t USING unnest($1::int[], $2::int[], $3::int[], $4::bool[])"
    "  AS n (period_id, indicator_id, unit_id, present)"
    " WHERE NOT n.present AND t.period_id = n.period_id AND t.indicator_id = n.indicator_id AND t.unit_id = n.unit_id",
};

static const bc_statement_t STORE_INDICATORS = {
    "aggregation_store_indicators",
    "INSERT INTO indicator_total (period_id, indicator_id, unit_id, value, received_at)"
    " SELECT period_id, indicator_id, unit_id, value::numeric, received_at"
    " FROM unnest($1::int[], $2::int[], $3::int[], $4::bool[], $5::text[], $6::timestamptz[])"
    "  AS n (period_id, indicator_id, unit_id, present, value, received_at)"
    " WHERE present ORDER BY period_id, indicator_id, unit_id"
    " ON CONFLICT (period_id, indicator_id, unit_id)"
    "  DO UPDATE SET value = excluded.value, received_at = excluded.received_at",
};

static bc_params_t *indicator_keys (const rollup_indicator_t *first, size_t count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &first->period_id, sizeof *first, count);
    bc_params_int4s (params, &first->indicator_id, sizeof *first, count);
    bc_params_int4s (params, &first->unit_id, sizeof *first, count);
    column_bool (params, &first->present, sizeof *first, count);
    return params;
}

static void store_indicators (bc_tx_t *tx, const rollup_indicator_t *first, size_t count)
{
    bc_tx_query (tx, &DROP_INDICATORS, indicator_keys (first, count));

    bc_params_t *params = indicator_keys (first, count);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < count; i++)
        if (first[i].present)
            bc_array_text (params, first[i].value);
        else
            bc_array_null (params);
    column_int8 (params, BC_TIME, &first->received_at, sizeof *first, count);
    bc_tx_query (tx, &STORE_INDICATORS, params);
}

// --- Events and what follows from them -------------------------------------------------------------------------------------------

static const bc_statement_t STORE_EVENTS = {
    "aggregation_store_events",
    "INSERT INTO feed_event (seq, at, submission_id, cause, event)"
    " SELECT seq, $5::timestamptz, submission_id, cause, event FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::bytea[])"
    "  AS n (seq, submission_id, cause, event) ORDER BY seq",
};

static void store_events (bc_tx_t *tx, const fold_t *fold)
{
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_INT8);
    for (size_t i = 0; i < fold->n_entries; i++)
        bc_array_int (params, (int64_t)fold->entries[i].event->seq);
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < fold->n_entries; i++)
        bc_array_bytes (params, fold->entries[i].item->item.id, sizeof fold->entries[i].item->item.id);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < fold->n_entries; i++)
        bc_array_text (params, aggregation_db_event (&fold->entries[i].item->item));
    bc_params_array (params, BC_BYTEA);
    for (size_t i = 0; i < fold->n_entries; i++) {
        uint8_t *event;
        size_t size = bc_wire_pack (&fold->entries[i].event->base, &event);
        bc_array_bytes (params, event, size);
        free (event);
    }
    bc_params_time (params, fold->at);
    bc_tx_query (tx, &STORE_EVENTS, params);
}

static const bc_statement_t MOVE_HEAD = {"aggregation_move_head", "UPDATE feed_head SET seq = $1::bigint"};

static void move_head (bc_tx_t *tx, int64_t seq)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int8 (params, seq);
    bc_tx_query (tx, &MOVE_HEAD, params);
}

static const bc_statement_t STORE_NEXT = {
    "aggregation_store_next",
    "INSERT INTO notification_queue (item, event, standing, feed_seq)"
    " SELECT submission_id, event, standing, feed_seq FROM unnest($1::uuid[], $2::text[], $3::smallint[], $4::bigint[])"
    "  AS n (submission_id, event, standing, feed_seq) ORDER BY submission_id",
};

// A new standing is told of, and every return with its reason.
static bool is_news (const fold_entry_t *entry)
{
    return entry->changed || entry->item->item.kind == AGGREGATION_RETURNED;
}

// Standing and number go with a standing only.
static void column_of_standing (bc_params_t *params, bc_type_t type, const fold_t *fold)
{
    bc_params_array (params, type);
    for (size_t i = 0; i < fold->n_entries; i++) {
        const fold_entry_t *entry = &fold->entries[i];
        if (!is_news (entry))
            continue;
        if (entry->item->item.kind == AGGREGATION_RETURNED)
            bc_array_null (params);
        else
            bc_array_int (params, type == BC_INT2 ? (int64_t)entry->event->standing : (int64_t)entry->event->seq);
    }
}

static void store_next (bc_tx_t *tx, const fold_t *fold)
{
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < fold->n_entries; i++)
        if (is_news (&fold->entries[i]))
            bc_array_bytes (params, fold->entries[i].item->item.id, sizeof fold->entries[i].item->item.id);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < fold->n_entries; i++)
        if (is_news (&fold->entries[i]))
            bc_array_text (params, fold->entries[i].item->item.kind == AGGREGATION_RETURNED ? "returned" : "standing");
    column_of_standing (params, BC_INT2, fold);
    column_of_standing (params, BC_INT8, fold);
    bc_tx_query (tx, &STORE_NEXT, params);
}

static bool any_news (const fold_t *fold)
{
    for (size_t i = 0; i < fold->n_entries; i++)
        if (is_news (&fold->entries[i]))
            return true;
    return false;
}

// --- All of it -------------------------------------------------------------------------------------------------------------------

static void store_changes (bc_tx_t *tx, rollup_t *changes)
{
    size_t count;
    const rollup_task_t *tasks = rollup_tasks (changes, &count);
    if (count)
        store_tasks (tx, tasks, count);
    const rollup_budget_t *budgets = rollup_budgets (changes, &count);
    if (count)
        store_budgets (tx, budgets, count);
    const rollup_indicator_t *indicators = rollup_indicators (changes, &count);
    if (count)
        store_indicators (tx, indicators, count);
}

void aggregation_db_store (bc_tx_t *tx, const fold_t *fold)
{
    if (fold->n_units) {
        store_standings (tx, fold->units, fold->n_units);
        store_periods (tx, fold->periods, fold->n_periods);
    }
    store_changes (tx, fold->rollup);
    store_events (tx, fold);
    move_head (tx, fold->seq);
    if (any_news (fold))
        store_next (tx, fold);
}
