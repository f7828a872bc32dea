#include "aggregation_db.h"

#include "common/xmem.h"

// --- The feed's head -------------------------------------------------------------------------------------------------------------

static const bc_statement_t LOCK_HEAD = {"aggregation_lock_head", "SELECT seq FROM feed_head FOR UPDATE"};

void aggregation_db_lock_head (bc_tx_t *tx)
{
    bc_tx_query (tx, &LOCK_HEAD, NULL);
}

int64_t aggregation_db_read_head (const PGresult *result)
{
    return bc_row_int (result, 0, 0);
}

// --- Events ----------------------------------------------------------------------------------------------------------------------

const char *aggregation_db_event (const bc_item_t *item)
{
    return item->kind == AGGREGATION_RETURNED ? "returned" : "judged";
}

// --- Taking ----------------------------------------------------------------------------------------------------------------------

static const bc_statement_t TAKE = {
    "aggregation_take",
    "WITH free AS (SELECT submission_id, event FROM unnest($1::uuid[], $2::text[]) AS w (submission_id, event)"
    "  JOIN aggregation_queue q USING (submission_id, event) FOR UPDATE OF q SKIP LOCKED),"
    " taken AS (DELETE FROM aggregation_queue q USING free f WHERE q.submission_id = f.submission_id AND q.event = f.event"
    "  RETURNING q.submission_id, q.event)"
    " SELECT submission_id, s.unit_id, v.period_id, v.accepted, s.report_id, taken.event = 'returned'"
    " FROM taken JOIN verdict v USING (submission_id) JOIN submission s USING (submission_id)",
};

void aggregation_db_take (bc_tx_t *tx, bc_item_t **items, size_t count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < count; i++)
        bc_array_bytes (params, items[i]->id, sizeof items[i]->id);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < count; i++)
        bc_array_text (params, aggregation_db_event (items[i]));
    bc_tx_query (tx, &TAKE, params);
}

void aggregation_db_read_taken (const PGresult *result, bc_item_t **items, size_t count, fold_t *fold)
{
    for (size_t i = 0; i < count; i++)
        for (int row = 0; row < PQntuples (result); row++) {
            if (memcmp (bc_row_bytes (result, row, 0, NULL), items[i]->id, sizeof items[i]->id) != 0 ||
                bc_row_int (result, row, 5) != (items[i]->kind == AGGREGATION_RETURNED))
                continue;
            fold_entry_t entry = {.item = (const aggregation_item_t *)items[i],
                                  .unit_id = (int)bc_row_int (result, row, 1),
                                  .period_id = (int)bc_row_int (result, row, 2),
                                  .accepted = bc_row_int (result, row, 3)};
            memcpy (entry.report_id, bc_row_bytes (result, row, 4, NULL), sizeof entry.report_id);
            fold_take (fold, &entry);
            break;
        }
}

// --- What stands -----------------------------------------------------------------------------------------------------------------

// The report that counts comes along only where this batch puts a later one in its place, or takes it out: at most BC_QUEUE_BATCH reports,
// each smaller than the request that brought it.
static const bc_statement_t ASK_UNITS = {
    "aggregation_units",
    "SELECT t.period_id, t.unit_id, t.submission_id, t.revision, t.first_received_at, t.last_received_at, t.late,"
    " t.judged_revision, t.refused, t.chain_index, t.receipt_hash, r.report, t.returned_revision"
    " FROM unnest($1::int[], $2::int[], $3::int[]) AS n (period_id, unit_id, below)"
    " JOIN unit_standing t USING (period_id, unit_id)"
    " LEFT JOIN submission r ON r.submission_id = t.submission_id AND t.revision < n.below"
    " FOR UPDATE OF t",
};

void aggregation_db_ask_units (bc_tx_t *tx, const fold_t *fold)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &fold->units->standing.period_id, sizeof *fold->units, fold->n_units);
    bc_params_int4s (params, &fold->units->standing.unit_id, sizeof *fold->units, fold->n_units);
    bc_params_int4s (params, &fold->units->below, sizeof *fold->units, fold->n_units);
    bc_tx_query (tx, &ASK_UNITS, params);
}

static void read_standing (const PGresult *result, int row, rollup_standing_t *standing)
{
    standing->has_accepted = !bc_row_null (result, row, 2);
    if (standing->has_accepted)
        memcpy (standing->submission_id, bc_row_bytes (result, row, 2, NULL), sizeof standing->submission_id);
    standing->revision = (int)bc_row_int (result, row, 3);
    standing->first_received_at = bc_row_time (result, row, 4);
    standing->last_received_at = bc_row_time (result, row, 5);
    standing->late = bc_row_int (result, row, 6);
    standing->judged_revision = (int)bc_row_int (result, row, 7);
    standing->refused = bc_row_int (result, row, 8);
    standing->chain_index = bc_row_int (result, row, 9);
    standing->returned_revision = (int)bc_row_int (result, row, 12);
    size_t size;
    const uint8_t *hash = bc_row_bytes (result, row, 10, &size);
    memcpy (standing->receipt_hash, hash, size < sizeof standing->receipt_hash ? size : sizeof standing->receipt_hash);
}

void aggregation_db_read_units (const PGresult *result, fold_t *fold)
{
    for (int row = 0; row < PQntuples (result); row++) {
        fold_unit_t *unit = fold_unit (fold, (int)bc_row_int (result, row, 0), (int)bc_row_int (result, row, 1));
        read_standing (result, row, &unit->standing);
        unit->report = bc_row_bytes (result, row, 11, &unit->report_size);
    }
}

static const bc_statement_t ASK_PERIODS = {
    "aggregation_periods",
    "SELECT period_id, on_time, late, rejected, voluntary, returned FROM period_total WHERE period_id = ANY ($1::int[])",
};

void aggregation_db_ask_periods (bc_tx_t *tx, const fold_t *fold)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &fold->periods->period_id, sizeof *fold->periods, fold->n_periods);
    bc_tx_query (tx, &ASK_PERIODS, params);
}

void aggregation_db_read_periods (const PGresult *result, fold_t *fold)
{
    for (int row = 0; row < PQntuples (result); row++) {
        rollup_period_t *period = fold_period (fold, (int)bc_row_int (result, row, 0));
        period->on_time = (int)bc_row_int (result, row, 1);
        period->late = (int)bc_row_int (result, row, 2);
        period->rejected = (int)bc_row_int (result, row, 3);
        period->voluntary = (int)bc_row_int (result, row, 4);
        period->returned = (int)bc_row_int (result, row, 5);
    }
}

// Of each return the reason, and of the accepted reports that came after the returned one and are in the feed, the earliest.
static const bc_statement_t ASK_RETURNS = {
    "aggregation_returns",
    "SELECT n.submission_id, r.reason, rest.received_at, coalesce(rest.timeliness, 0::smallint)"
    " FROM unnest($1::uuid[]) AS n (submission_id) JOIN verdict v USING (submission_id)"
    " JOIN review r ON r.submission_id = n.submission_id AND r.action = 'return'"
    " LEFT JOIN LATERAL (SELECT s.received_at, s.timeliness FROM verdict l JOIN submission s USING (submission_id)"
    "   WHERE l.unit_id = v.unit_id AND l.period_id = v.period_id AND l.accepted AND l.revision > v.revision"
    "    AND EXISTS (SELECT FROM feed_event f WHERE f.submission_id = l.submission_id AND f.cause = 'judged')"
    "   ORDER BY s.received_at, s.timeliness LIMIT 1) rest ON true",
};

void aggregation_db_ask_returns (bc_tx_t *tx, const fold_t *fold)
{
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < fold->n_entries; i++)
        if (fold->entries[i].item->item.kind == AGGREGATION_RETURNED)
            bc_array_bytes (params, fold->entries[i].item->item.id, sizeof fold->entries[i].item->item.id);
    bc_tx_query (tx, &ASK_RETURNS, params);
}

void aggregation_db_read_returns (const PGresult *result, fold_t *fold)
{
    for (int row = 0; row < PQntuples (result); row++)
        for (size_t i = 0; i < fold->n_entries; i++) {
            fold_entry_t *entry = &fold->entries[i];
            const bc_item_t *item = &entry->item->item;
            if (item->kind != AGGREGATION_RETURNED || memcmp (bc_row_bytes (result, row, 0, NULL), item->id, sizeof item->id) != 0)
                continue;
            entry->reason = bc_row_text (result, row, 1);
            entry->rest_received_at = bc_row_time (result, row, 2);
            entry->rest_timeliness = (Baocao__V1__Timeliness)bc_row_int (result, row, 3);
        }
}

static const bc_statement_t RECOUNT_PERIODS = {
    "aggregation_recount",
    "INSERT INTO period_total (period_id, on_time, late, rejected, voluntary, returned)"
    " SELECT t.period_id, count(*) FILTER (WHERE r.obligation = 'must' AND NOT t.late),"
    "  count(*) FILTER (WHERE r.obligation = 'must' AND t.late),"
    "  count(*) FILTER (WHERE r.obligation = 'must' AND t.submission_id IS NULL AND t.judged_revision > t.returned_revision),"
    "  count(*) FILTER (WHERE r.obligation = 'may' AND t.submission_id IS NOT NULL),"
    "  count(*) FILTER (WHERE r.obligation = 'must' AND t.submission_id IS NULL AND t.judged_revision <= t.returned_revision)"
    " FROM unit_standing t LEFT JOIN period_reporter r USING (period_id, unit_id)"
    " GROUP BY t.period_id ORDER BY t.period_id"
    " ON CONFLICT (period_id) DO UPDATE SET on_time = excluded.on_time, late = excluded.late, rejected = excluded.rejected,"
    "  voluntary = excluded.voluntary, returned = excluded.returned",
};

void aggregation_db_recount_periods (bc_tx_t *tx)
{
    bc_tx_query (tx, &RECOUNT_PERIODS, NULL);
}

static const bc_statement_t REFUSE = {"aggregation_refuse", "SELECT ('refused: ' || $1::text)::int"};

void aggregation_db_refuse (bc_tx_t *tx)
{
    bc_params_t *params = bc_params_new ();
    bc_params_text (params, "the batch cannot be folded");
    bc_tx_query (tx, &REFUSE, params);
}

// --- What waits ------------------------------------------------------------------------------------------------------------------

// Reports are taken oldest first until they make 16 MiB, so a sweep's memory is bounded; the oldest always comes along.
static const bc_statement_t ASK_WAITING = {
    "aggregation_waiting",
    "WITH waiting AS MATERIALIZED ("
    "  SELECT submission_id, event FROM aggregation_queue ORDER BY submission_id, event LIMIT $1::int FOR UPDATE SKIP LOCKED),"
    " sized AS ("
    "  SELECT submission_id, event, CASE WHEN v.accepted AND event = 'judged' THEN length(s.report) ELSE 0 END AS size"
    "  FROM waiting JOIN verdict v USING (submission_id) JOIN submission s USING (submission_id)),"
    " measured AS (SELECT submission_id, event, size, sum(size) OVER (ORDER BY submission_id, event) - size AS before FROM sized)"
    " SELECT m.submission_id, u.code, s.plan_code, s.period_code, s.report_id, s.revision, s.report_digest, s.received_at,"
    " s.timeliness, s.chain_index, s.previous_hash, s.submitted_by, CASE WHEN m.size > 0 THEN s.report END, m.event = 'returned'"
    " FROM measured m JOIN submission s USING (submission_id) JOIN unit u ON u.unit_id = s.unit_id"
    " WHERE m.before < 16777216 ORDER BY m.submission_id, m.event",
};

void aggregation_db_ask_waiting (bc_tx_t *tx)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, BC_QUEUE_BATCH);
    bc_tx_query (tx, &ASK_WAITING, params);
}

void aggregation_db_read_receipt (const PGresult *result, int row, receipt_t *receipt, uint8_t hash[RECEIPT_HASH_SIZE])
{
    *receipt = (receipt_t){.unit = bc_row_text (result, row, 1),
                           .plan = bc_row_text (result, row, 2),
                           .period = bc_row_text (result, row, 3),
                           .report_id = bc_row_bytes (result, row, 4, NULL),
                           .revision = (uint32_t)bc_row_int (result, row, 5),
                           .received_at = bc_row_time (result, row, 7),
                           .timeliness = (Baocao__V1__Timeliness)bc_row_int (result, row, 8),
                           .chain_index = (uint64_t)bc_row_int (result, row, 9),
                           .submitted_by = bc_row_text (result, row, 11)};
    memcpy (receipt->report_digest, bc_row_bytes (result, row, 6, NULL), sizeof receipt->report_digest);
    memcpy (receipt->previous_hash, bc_row_bytes (result, row, 10, NULL), sizeof receipt->previous_hash);
    uint8_t *body;
    size_t body_size = receipt_pack (receipt, &body);
    receipt_hash (body, body_size, hash);
    free (body);
}

aggregation_item_t *aggregation_db_read_waiting (const PGresult *result, int row)
{
    receipt_t receipt;
    aggregation_item_t *item = xcalloc (1, sizeof *item);
    aggregation_db_read_receipt (result, row, &receipt, item->receipt_hash);
    memcpy (item->item.id, bc_row_bytes (result, row, 0, NULL), sizeof item->item.id);
    item->item.kind = bc_row_int (result, row, 13) ? AGGREGATION_RETURNED : AGGREGATION_JUDGED;
    item->unit = xstrdup (receipt.unit);
    item->plan = xstrdup (receipt.plan);
    item->period = xstrdup (receipt.period);
    item->revision = receipt.revision;
    item->received_at = receipt.received_at;
    item->timeliness = receipt.timeliness;
    item->chain_index = receipt.chain_index;
    const uint8_t *report = bc_row_bytes (result, row, 12, &item->report_size);
    item->report = report ? xmemdup (report, item->report_size) : NULL;
    return item;
}
