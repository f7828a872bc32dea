#include "validation_db.h"

#include <stdlib.h>
#include <string.h>

#include "plan/lineage.h"
#include "report/receipt.h"

static const bc_statement_t TAKE = {"validation_take",
                                    "DELETE FROM validation_queue WHERE submission_id IN ("
                                    "  SELECT submission_id FROM validation_queue WHERE submission_id = ANY ($1::uuid[])"
                                    "  ORDER BY submission_id FOR UPDATE SKIP LOCKED) "
                                    "RETURNING submission_id, EXISTS (SELECT FROM review r"
                                    "  WHERE r.submission_id = validation_queue.submission_id AND r.action = 'admit')"};

void validation_db_take (bc_tx_t *tx, bc_item_t **items, size_t count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < count; i++)
        bc_array_bytes (params, items[i]->id, sizeof items[i]->id);
    bc_tx_query (tx, &TAKE, params);
}

bool validation_db_taken (const PGresult *result, const uint8_t submission_id[16], int *hint_p, bool *admitted_p)
{
    int count = PQntuples (result);
    for (int i = 0; i < count; i++) {
        int row = (*hint_p + i) % count;
        if (memcmp (bc_row_bytes (result, row, 0, NULL), submission_id, 16) == 0) {
            *hint_p = row + 1;
            *admitted_p = bc_row_int (result, row, 1);
            return true;
        }
    }
    return false;
}

// --- What the rules need to know -------------------------------------------------------------------------------------------------

// Of each submission the periods in which a report before it can be, best first; of the first that has an accepted one, the last.
// When that was returned, so were those before it. The same of every forerunner of its unit (line 1 and on), for what the unit's own does not speak of.
// LIMIT and OFFSET keep the inner queries apart: each is a look-up by index, whatever the statistics say of tables that were
// empty a moment ago.
static const bc_statement_t PREVIOUS = {
    "validation_previous",
    "SELECT last.ordinal, e.task_id, e.status, e.progress_percent, last.line FROM ("
    "  SELECT DISTINCT ON (c.ordinal, c.line) c.ordinal, c.line, c.task_id, v.submission_id"
    "  FROM unnest ($1::int4[], $2::int4[], $3::int4[], $4::int4[], $5::int4[], $6::int4[], $7::int4[])"
    "    AS c (ordinal, line, place, unit_id, task_id, period_id, below)"
    "  CROSS JOIN LATERAL (SELECT submission_id FROM verdict"
    "    WHERE unit_id = c.unit_id AND period_id = c.period_id AND accepted AND revision < c.below"
    "    ORDER BY revision DESC LIMIT 1) v"
    "  WHERE NOT EXISTS (SELECT FROM review r WHERE r.submission_id = v.submission_id AND r.action = 'return')"
    "  ORDER BY c.ordinal, c.line, c.place) last "
    "CROSS JOIN LATERAL (SELECT task_id, status, progress_percent FROM report_entry"
    "  WHERE submission_id = last.submission_id AND last.task_id IN (0, task_id) OFFSET 0) e "
    "ORDER BY last.ordinal, last.line"};

static const bc_statement_t FILES = {
    "validation_files",
    "SELECT w.ordinal, a.sha256, a.size FROM unnest ($1::int4[], $2::bytea[]) AS w (ordinal, sha256) "
    "CROSS JOIN LATERAL (SELECT sha256, size FROM attachment WHERE sha256 = w.sha256 OFFSET 0) a ORDER BY w.ordinal"};

typedef struct {
    int ordinal, line, place, unit_id, task_id, period_id, below;
} candidate_t;

static void add_forerunner (rows_t *candidates, const judged_t *judged, int of, int line, const lineage_t *forerunner)
{
    int place = 0;
    for (size_t i = (size_t)(judged->period - judged->plan->periods) + 1; i-- > 0;) {
        const plan_period_t *period = &judged->plan->periods[i];
        if (!lineage_reaches (forerunner, period, judged->period))
            continue;
        candidate_t *candidate = rows_add (candidates, sizeof *candidate);
        *candidate = (candidate_t){of, line, place++, forerunner->unit_id, forerunner->task_id, period->id, INT32_MAX};
    }
}

static void add_forerunners (rows_t *candidates, const plan_book_t *book, const judged_t *judged, size_t of)
{
    size_t n;
    lineage_t *list = lineage_of (book, judged->unit->id, &n);
    for (size_t i = 0; i < n; i++)
        add_forerunner (candidates, judged, (int)of, (int)i + 1, &list[i]);
    free (list);
}

// A unit's first report in a period has none before it there; earlier periods count with their last report.
static void add_candidates (rows_t *candidates, const plan_book_t *book, const batch_t *batch, size_t of)
{
    const judged_t *judged = &batch->judged[of];
    if (!judged->unit || !judged->period)
        return;
    int place = 0;
    for (size_t i = (size_t)(judged->period - judged->plan->periods) + 1; i-- > 0;) {
        const plan_period_t *period = &judged->plan->periods[i];
        bool own = period == judged->period;
        if (own && judged->received->revision <= 1)
            continue;
        candidate_t *candidate = rows_add (candidates, sizeof *candidate);
        *candidate =
            (candidate_t){(int)of, 0, place++, judged->unit->id, 0, period->id, own ? (int)judged->received->revision : INT32_MAX};
    }
    add_forerunners (candidates, book, judged, of);
}

#define INT_COLUMN(params, type, rows, count, value)                                                                               \
    do {                                                                                                                           \
        bc_params_array (params, type);                                                                                            \
        for (size_t row_ = 0; row_ < (count); row_++)                                                                              \
            bc_array_int (params, (rows)[row_].value);                                                                             \
    } while (0)

#define TEXT_COLUMN(params, batch, rows, count, value)                                                                             \
    do {                                                                                                                           \
        bc_params_array (params, BC_TEXT);                                                                                         \
        for (size_t row_ = 0; row_ < (count); row_++)                                                                              \
            bc_array_text (params, batch_text (batch, (rows)[row_].value));                                                        \
    } while (0)

static void ask_previous (bc_tx_t *tx, const plan_book_t *book, const batch_t *batch)
{
    rows_t candidates = {0};
    for (size_t of = 0; of < batch->count; of++)
        add_candidates (&candidates, book, batch, of);
    const candidate_t *rows = candidates.rows;
    bc_params_t *params = bc_params_new ();
    INT_COLUMN (params, BC_INT4, rows, candidates.count, ordinal);
    INT_COLUMN (params, BC_INT4, rows, candidates.count, line);
    INT_COLUMN (params, BC_INT4, rows, candidates.count, place);
    INT_COLUMN (params, BC_INT4, rows, candidates.count, unit_id);
    INT_COLUMN (params, BC_INT4, rows, candidates.count, task_id);
    INT_COLUMN (params, BC_INT4, rows, candidates.count, period_id);
    INT_COLUMN (params, BC_INT4, rows, candidates.count, below);
    bc_tx_query (tx, &PREVIOUS, params);
    free (candidates.rows);
}

void validation_db_ask_facts (bc_tx_t *tx, const plan_book_t *book, const batch_t *batch)
{
    ask_previous (tx, book, batch);
    const file_row_t *rows = batch->wanted.rows;
    bc_params_t *params = bc_params_new ();
    INT_COLUMN (params, BC_INT4, rows, batch->wanted.count, of);
    bc_params_array (params, BC_BYTEA);
    for (size_t i = 0; i < batch->wanted.count; i++)
        bc_array_bytes (params, rows[i].sha256, sizeof rows[i].sha256);
    bc_tx_query (tx, &FILES, params);
}

void validation_db_read_facts (const PGresult *previous, const PGresult *files, batch_t *batch)
{
    for (int row = 0; row < PQntuples (previous); row++) {
        previous_row_t *fact = rows_add (&batch->previous, sizeof *fact);
        fact->of = (size_t)bc_row_int (previous, row, 0);
        fact->task_id = (int)bc_row_int (previous, row, 1);
        fact->status = (Baocao__V1__TaskStatus)bc_row_int (previous, row, 2);
        fact->progress = (int)bc_row_int (previous, row, 3);
        fact->is_own = bc_row_int (previous, row, 4) == 0;
    }
    for (int row = 0; row < PQntuples (files); row++) {
        size_t size;
        const uint8_t *sha256 = bc_row_bytes (files, row, 1, &size);
        file_row_t *fact = rows_add (&batch->files, sizeof *fact);
        fact->of = (size_t)bc_row_int (files, row, 0);
        memcpy (fact->sha256, sha256, size < sizeof fact->sha256 ? size : sizeof fact->sha256);
        fact->size = bc_row_int (files, row, 2);
    }
}

// --- Verdicts --------------------------------------------------------------------------------------------------------------------

// A unit that the plan book does not know is still the one that the submission names.
static const bc_statement_t STORE_VERDICTS = {
    "validation_store_verdicts",
    "WITH judged AS ("
    "  INSERT INTO verdict (submission_id, unit_id, period_id, revision, accepted, judged_at, plan_version)"
    "  SELECT i.submission_id, coalesce (i.unit_id, (SELECT s.unit_id FROM submission s WHERE s.submission_id = i.submission_id)),"
    "    i.period_id, i.revision, i.accepted, $6::timestamptz, $7::int8"
    "  FROM unnest ($1::uuid[], $2::int4[], $3::int4[], $4::int4[], $5::bool[])"
    "    AS i (submission_id, unit_id, period_id, revision, accepted)"
    "  RETURNING submission_id), "
    "to_count AS (INSERT INTO aggregation_queue (submission_id, event) SELECT submission_id, 'judged' FROM judged) "
    "INSERT INTO notification_queue (item, event) SELECT submission_id, 'judged' FROM judged"};

static const bc_statement_t STORE_FINDINGS = {
    "validation_store_findings",
    "INSERT INTO finding (submission_id, position, code, severity, path, message_vi, message_en) "
    "SELECT * FROM unnest ($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])"};

static const bc_statement_t STORE_ENTRIES = {
    "validation_store_entries",
    "INSERT INTO report_entry (submission_id, task_id, status, progress_percent, result, next_steps, obstacles, proposals, reason) "
    "SELECT * FROM unnest ($1::uuid[], $2::int4[], $3::int2[], $4::int2[], $5::text[], $6::text[], $7::text[], $8::text[],"
    "  $9::text[])"};

static const bc_statement_t STORE_BUDGETS = {"validation_store_budgets",
                                             "INSERT INTO report_budget (submission_id, task_id, source, allocated, disbursed) "
                                             "SELECT * FROM unnest ($1::uuid[], $2::int4[], $3::int2[], $4::int8[], $5::int8[])"};

static const bc_statement_t STORE_INDICATORS = {
    "validation_store_indicators",
    "INSERT INTO report_indicator (submission_id, indicator_id, number, text) "
    "SELECT i.submission_id, i.indicator_id, i.number::numeric, i.text"
    "  FROM unnest ($1::uuid[], $2::int4[], $3::text[], $4::text[]) AS i (submission_id, indicator_id, number, text)"};

// For rows that have `of`: whose they are.
#define ID_COLUMN(params, batch, rows, count)                                                                                      \
    do {                                                                                                                           \
        bc_params_array (params, BC_UUID);                                                                                         \
        for (size_t row_ = 0; row_ < (count); row_++)                                                                              \
            bc_array_bytes (params, (batch)->judged[(rows)[row_].of].received->submission_id, 16);                                 \
    } while (0)

static void store_verdicts (bc_tx_t *tx, const batch_t *batch, int64_t judged_at, int64_t plan_version)
{
    const judged_t *judged = batch->judged;
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < batch->count; i++)
        bc_array_bytes (params, judged[i].received->submission_id, sizeof judged[i].received->submission_id);
    bc_params_array (params, BC_INT4);
    for (size_t i = 0; i < batch->count; i++)
        bc_array_id (params, judged[i].unit ? judged[i].unit->id : 0);
    bc_params_array (params, BC_INT4);
    for (size_t i = 0; i < batch->count; i++)
        bc_array_id (params, judged[i].period ? judged[i].period->id : 0);
    INT_COLUMN (params, BC_INT4, judged, batch->count, received->revision);
    INT_COLUMN (params, BC_BOOL, judged, batch->count, accepted);
    bc_params_time (params, judged_at);
    bc_params_int8 (params, plan_version);
    bc_tx_query (tx, &STORE_VERDICTS, params);
}

// All that becomes of a report that came too late, until it is admitted: its unit is told.
static const bc_statement_t QUARANTINE = {
    "validation_quarantine",
    "INSERT INTO notification_queue (item, event) SELECT submission_id, 'quarantined' FROM unnest ($1::uuid[]) AS q"
    " (submission_id)"};

static void quarantine (bc_tx_t *tx, const batch_t *batch)
{
    const received_t *const *late = batch->late.rows;
    if (!batch->late.count)
        return;
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < batch->late.count; i++)
        bc_array_bytes (params, late[i]->submission_id, sizeof late[i]->submission_id);
    bc_tx_query (tx, &QUARANTINE, params);
}

// Every finding of the batch, flat.
typedef struct {
    size_t of;
    int position;
    const Baocao__V1__Finding *finding;
} finding_row_t;

#define FINDING_COLUMN(params, rows, count, text)                                                                                  \
    do {                                                                                                                           \
        bc_params_array (params, BC_TEXT);                                                                                         \
        for (size_t row_ = 0; row_ < (count); row_++)                                                                              \
            bc_array_text (params, (rows)[row_].finding->text);                                                                    \
    } while (0)

static void store_findings (bc_tx_t *tx, const batch_t *batch)
{
    rows_t all = {0};
    for (size_t of = 0; of < batch->count; of++)
        for (size_t i = 0; i < batch->judged[of].findings.count; i++) {
            finding_row_t *row = rows_add (&all, sizeof *row);
            *row = (finding_row_t){of, (int)i, batch->judged[of].findings.items[i]};
        }
    if (!all.count)
        return;
    const finding_row_t *rows = all.rows;
    bc_params_t *params = bc_params_new ();
    ID_COLUMN (params, batch, rows, all.count);
    INT_COLUMN (params, BC_INT4, rows, all.count, position);
    FINDING_COLUMN (params, rows, all.count, code);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < all.count; i++)
        bc_array_text (params, rows[i].finding->severity == BAOCAO__V1__SEVERITY__SEVERITY_ERROR ? "error" : "warning");
    FINDING_COLUMN (params, rows, all.count, path);
    FINDING_COLUMN (params, rows, all.count, message_vi);
    FINDING_COLUMN (params, rows, all.count, message_en);
    bc_tx_query (tx, &STORE_FINDINGS, params);
    free (all.rows);
}

static void store_entries (bc_tx_t *tx, const batch_t *batch)
{
    const entry_row_t *rows = batch->entries.rows;
    size_t count = batch->entries.count;
    if (!count)
        return;
    bc_params_t *params = bc_params_new ();
    ID_COLUMN (params, batch, rows, count);
    INT_COLUMN (params, BC_INT4, rows, count, task_id);
    INT_COLUMN (params, BC_INT2, rows, count, status);
    INT_COLUMN (params, BC_INT2, rows, count, progress);
    TEXT_COLUMN (params, batch, rows, count, result);
    TEXT_COLUMN (params, batch, rows, count, next_steps);
    TEXT_COLUMN (params, batch, rows, count, obstacles);
    TEXT_COLUMN (params, batch, rows, count, proposals);
    TEXT_COLUMN (params, batch, rows, count, reason);
    bc_tx_query (tx, &STORE_ENTRIES, params);
}

static void add_amount (bc_params_t *params, bool given, int64_t amount)
{
    if (given)
        bc_array_int (params, amount);
    else
        bc_array_null (params);
}

static void store_budgets (bc_tx_t *tx, const batch_t *batch)
{
    const budget_row_t *rows = batch->budgets.rows;
    size_t count = batch->budgets.count;
    if (!count)
        return;
    bc_params_t *params = bc_params_new ();
    ID_COLUMN (params, batch, rows, count);
    INT_COLUMN (params, BC_INT4, rows, count, task_id);
    INT_COLUMN (params, BC_INT2, rows, count, source);
    bc_params_array (params, BC_INT8);
    for (size_t i = 0; i < count; i++)
        add_amount (params, rows[i].has_allocated, rows[i].allocated);
    bc_params_array (params, BC_INT8);
    for (size_t i = 0; i < count; i++)
        add_amount (params, rows[i].has_disbursed, rows[i].disbursed);
    bc_tx_query (tx, &STORE_BUDGETS, params);
}

static void store_indicators (bc_tx_t *tx, const batch_t *batch)
{
    const indicator_row_t *rows = batch->indicators.rows;
    size_t count = batch->indicators.count;
    if (!count)
        return;
    bc_params_t *params = bc_params_new ();
    ID_COLUMN (params, batch, rows, count);
    INT_COLUMN (params, BC_INT4, rows, count, indicator_id);
    for (int number = 1; number >= 0; number--) {
        bc_params_array (params, BC_TEXT);
        for (size_t i = 0; i < count; i++)
            if (rows[i].is_number == (bool)number)
                bc_array_text (params, batch_text (batch, rows[i].value));
            else
                bc_array_null (params);
    }
    bc_tx_query (tx, &STORE_INDICATORS, params);
}

void validation_db_store (bc_tx_t *tx, const batch_t *batch, int64_t judged_at, int64_t plan_version)
{
    quarantine (tx, batch);
    if (!batch->count)
        return;
    store_verdicts (tx, batch, judged_at, plan_version);
    store_findings (tx, batch);
    store_entries (tx, batch);
    store_budgets (tx, batch);
    store_indicators (tx, batch);
}

// --- Sweep -----------------------------------------------------------------------------------------------------------------------

// Only rows that no worker has just now. Reports are taken oldest first until they make 16 MiB, so a sweep's memory is bounded.
static const bc_statement_t SWEEP = {
    "validation_sweep",
    "WITH waiting AS MATERIALIZED ("
    "  SELECT submission_id FROM validation_queue ORDER BY submission_id LIMIT $1::int4 FOR UPDATE SKIP LOCKED), "
    "measured AS ("
    "  SELECT submission_id, sum (length (s.report)) OVER (ORDER BY submission_id) - length (s.report) AS before"
    "  FROM waiting JOIN submission s USING (submission_id)) "
    "SELECT s.submission_id, s.report_id, u.code::text, s.plan_code::text, s.period_code::text, s.revision, s.received_at,"
    "  s.timeliness, s.chain_index, s.report_digest, s.previous_hash, s.submitted_by, s.report "
    "FROM measured JOIN submission s USING (submission_id) JOIN unit u USING (unit_id) "
    "WHERE measured.before < 16777216 ORDER BY submission_id"};

enum {
    SUBMISSION_ID,
    REPORT_ID,
    UNIT,
    PLAN,
    PERIOD,
    REVISION,
    RECEIVED_AT,
    TIMELINESS,
    CHAIN_INDEX,
    DIGEST,
    PREVIOUS_HASH,
    SUBMITTED_BY,
    REPORT
};

void validation_db_sweep (bc_tx_t *tx)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, BC_QUEUE_BATCH);
    bc_tx_query (tx, &SWEEP, params);
}

static int copy_bytes (const PGresult *result, int row, int column, uint8_t *out, size_t size)
{
    size_t found;
    const uint8_t *bytes = bc_row_bytes (result, row, column, &found);
    if (found != size)
        return -1;
    memcpy (out, bytes, size);
    return 0;
}

// The submission's columns are what its receipt says, so the receipt's hash can be made of them again.
static int rebuild_hash (const PGresult *result, int row, received_t *received)
{
    receipt_t receipt = {
        .unit = received->unit,
        .plan = received->plan,
        .period = received->period,
        .report_id = received->report_id,
        .revision = received->revision,
        .received_at = received->received_at,
        .timeliness = received->timeliness,
        .chain_index = received->chain_index,
        .submitted_by = bc_row_text (result, row, SUBMITTED_BY),
    };
    if (copy_bytes (result, row, DIGEST, receipt.report_digest, sizeof receipt.report_digest) ||
        copy_bytes (result, row, PREVIOUS_HASH, receipt.previous_hash, sizeof receipt.previous_hash))
        return -1;
    uint8_t *body;
    size_t size = receipt_pack (&receipt, &body);
    receipt_hash (body, size, received->receipt_hash);
    free (body);
    return 0;
}

int validation_db_swept (const PGresult *result, int row, received_t *received)
{
    *received = (received_t){
        .unit = bc_row_text (result, row, UNIT),
        .plan = bc_row_text (result, row, PLAN),
        .period = bc_row_text (result, row, PERIOD),
        .revision = (uint32_t)bc_row_int (result, row, REVISION),
        .received_at = bc_row_time (result, row, RECEIVED_AT),
        .timeliness = (Baocao__V1__Timeliness)bc_row_int (result, row, TIMELINESS),
        .chain_index = (uint64_t)bc_row_int (result, row, CHAIN_INDEX),
    };
    received->report = bc_row_bytes (result, row, REPORT, &received->report_size);
    if (copy_bytes (result, row, SUBMISSION_ID, received->submission_id, sizeof received->submission_id) ||
        copy_bytes (result, row, REPORT_ID, received->report_id, sizeof received->report_id))
        return -1;
    return rebuild_hash (result, row, received);
}
