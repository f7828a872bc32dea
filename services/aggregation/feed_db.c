#include "feed_db.h"

// --- Keys ------------------------------------------------------------------------------------------------------------------------

static const bc_statement_t ASK_KEYS = {"feed_keys", "SELECT public_key::text FROM reader_key WHERE revoked_at IS NULL"};

void feed_db_ask_keys (bc_tx_t *tx)
{
    bc_tx_query (tx, &ASK_KEYS, NULL);
}

void feed_db_read_keys (const PGresult *result, bc_keyring_t *keyring, const char *domain)
{
    for (int row = 0; row < PQntuples (result); row++)
        bc_keyring_add (keyring, domain, bc_row_text (result, row, 0));
}

// --- Events ----------------------------------------------------------------------------------------------------------------------

static const bc_statement_t ASK_HEAD = {"feed_head", "SELECT seq FROM feed_head"};

void feed_db_ask_head (bc_tx_t *tx)
{
    bc_tx_query (tx, &ASK_HEAD, NULL);
}

int64_t feed_db_read_head (const PGresult *result)
{
    return bc_row_int (result, 0, 0);
}

static const bc_statement_t ASK_EVENTS = {
    "feed_events",
    "SELECT event FROM feed_event WHERE seq > $1::bigint ORDER BY seq LIMIT $2::int",
};

void feed_db_ask_events (bc_tx_t *tx, int64_t after, int limit)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int8 (params, after);
    bc_params_int4 (params, limit);
    bc_tx_query (tx, &ASK_EVENTS, params);
}

// --- Snapshot --------------------------------------------------------------------------------------------------------------------

static const bc_statement_t SNAPSHOT[FEED_DB_RESULTS] = {
    // $1: this period and those before it
    [FEED_DB_PERIODS] =
        {
            "feed_periods",
            "SELECT period_id, on_time, late, rejected, voluntary, returned FROM period_total WHERE period_id = ANY ($1::int[])",
        },
    [FEED_DB_TASKS] =
        {
            "feed_tasks",
            "SELECT period_id, task_id, not_started, in_progress, completed, delayed, stopped, progress_sum"
            " FROM task_total WHERE period_id = ANY ($1::int[])",
        },
    // $2: this period, whose results are wanted in words, too
    [FEED_DB_LEADS] =
        {
            "feed_leads",
            "SELECT s.period_id, e.task_id, s.unit_id, e.status, e.progress_percent, CASE WHEN s.period_id = $2::int THEN e.result "
            "END"
            " FROM unit_standing s JOIN report_entry e USING (submission_id)"
            " JOIN period_role r ON r.period_id = s.period_id AND r.task_id = e.task_id AND r.unit_id = s.unit_id AND r.role = "
            "'lead'"
            " WHERE s.period_id = ANY ($1::int[])",
        },
    // $1: this period
    [FEED_DB_UNITS] =
        {
            "feed_units",
            "SELECT unit_id, revision, first_received_at, late, submission_id IS NOT NULL, judged_revision, chain_index, "
            "receipt_hash, returned_revision"
            " FROM unit_standing WHERE period_id = $1::int",
        },
    [FEED_DB_BUDGETS] =
        {
            "feed_budgets",
            "SELECT task_id, unit_id, source, least(sum(allocated), 9223372036854775807)::bigint,"
            " least(sum(disbursed), 9223372036854775807)::bigint"
            " FROM budget_total WHERE period_id = $1::int GROUP BY GROUPING SETS ((task_id), (unit_id), (source))",
        },
    [FEED_DB_INDICATORS] =
        {
            "feed_indicators",
            "SELECT indicator_id, count(*), trim_scale(sum(value))::text, trim_scale(round(avg(value), 6))::text,"
            " trim_scale((array_agg(value ORDER BY received_at DESC, unit_id))[1])::text"
            " FROM indicator_total WHERE period_id = $1::int GROUP BY indicator_id",
        },
    [FEED_DB_REMARKS] =
        {
            "feed_remarks",
            "SELECT s.unit_id, e.task_id, e.obstacles, e.proposals"
            " FROM unit_standing s JOIN report_entry e USING (submission_id) JOIN task t USING (task_id)"
            " JOIN task_group g USING (group_id) JOIN unit u ON u.unit_id = s.unit_id"
            " WHERE s.period_id = $1::int AND (e.obstacles <> '' OR e.proposals <> '')"
            " ORDER BY g.position, g.group_id, t.position, t.task_id, u.code COLLATE \"C\"",
        },
};

static bc_params_t *snapshot_params (const plan_t *plan, const plan_period_t *period, feed_db_result_t statement)
{
    bc_params_t *params = bc_params_new ();
    if (statement <= FEED_DB_LEADS) {
        bc_params_array (params, BC_INT4);
        for (const plan_period_t *earlier = plan->periods; earlier <= period; earlier++)
            bc_array_int (params, earlier->id);
    }
    if (statement >= FEED_DB_LEADS)
        bc_params_int4 (params, period->id);
    return params;
}

void feed_db_ask_snapshot (bc_tx_t *tx, const plan_t *plan, const plan_period_t *period)
{
    for (int i = 0; i < FEED_DB_RESULTS; i++)
        bc_tx_query (tx, &SNAPSHOT[i], snapshot_params (plan, period, i));
}
