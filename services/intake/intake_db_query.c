// The statements behind what departments ask; see intake_db.h.

#include "intake_db.h"
#include "intake_db_private.h"

static int64_t bounded (uint64_t number)
{
    return number < INT64_MAX ? (int64_t)number : INT64_MAX;
}

// --- Status ----------------------------------------------------------------------------------------------------------------------

// The state follows from verdicts and reviews alone, so it does not wait for the totals.
#define STATUS                                                                                                                     \
    "SELECT s.submission_id, s.report_id, s.plan_code, s.period_code, s.revision, s.chain_index, s.received_at, s.timeliness,"     \
    " t.judged_at, t.state,"                                                                                                       \
    " EXISTS (SELECT FROM feed_event f WHERE f.submission_id = s.submission_id AND f.cause = 'judged'),"                           \
    " coalesce((SELECT r.reason FROM review r WHERE r.submission_id = s.submission_id AND r.action = 'return'), ''), "             \
    "s.submitted_by FROM "
#define AND_STATE " s JOIN submission_state t USING (submission_id) "
#define FINDINGS "SELECT f.submission_id, f.code, f.severity = 'error', f.path, f.message_vi, f.message_en FROM "
#define AND_FINDING " s JOIN finding f USING (submission_id) "
#define IN_ORDER " ORDER BY s.chain_index DESC, f.position LIMIT 2000"

#define BY_FILTER                                                                                                                  \
    "WHERE s.unit_id = $1::int4 AND ($2::text = '' OR s.plan_code = $2) AND ($3::text = '' OR s.period_code = $3)"                 \
    " AND s.chain_index < $4::int8 ORDER BY s.chain_index DESC LIMIT $5::int4"
#define BY_REPORT INTAKE_BY_REPORT_ID ("$1::int4", "$2::uuid")
#define OF_REPORT "WHERE s.report_id = $2"

static const bc_statement_t STATUS_BY_FILTER = {"intake_status", STATUS "submission" AND_STATE BY_FILTER};
static const bc_statement_t FINDINGS_BY_FILTER = {
    "intake_findings",
    FINDINGS "(SELECT submission_id, chain_index FROM submission s " BY_FILTER ")" AND_FINDING IN_ORDER,
};
static const bc_statement_t STATUS_BY_REPORT = {"intake_status_of", STATUS BY_REPORT AND_STATE OF_REPORT};
static const bc_statement_t FINDINGS_BY_REPORT = {"intake_findings_of", FINDINGS BY_REPORT AND_FINDING OF_REPORT IN_ORDER};
_Static_assert(INTAKE_MAX_FINDINGS == 2000, "the limit in IN_ORDER");

static bc_params_t *filter_params (int unit_id, const intake_status_filter_t *filter)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_text (params, filter->plan);
    bc_params_text (params, filter->period);
    bc_params_int8 (params, filter->before_chain_index ? bounded (filter->before_chain_index) : INT64_MAX);
    bc_params_int4 (params, filter->limit);
    return params;
}

void intake_db_ask_status (bc_tx_t *tx, int unit_id, const intake_status_filter_t *filter)
{
    bc_tx_query (tx, &STATUS_BY_FILTER, filter_params (unit_id, filter));
    bc_tx_query (tx, &FINDINGS_BY_FILTER, filter_params (unit_id, filter));
}

static bc_params_t *report_params (int unit_id, const uint8_t *report_id)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_uuid (params, report_id);
    return params;
}

void intake_db_ask_status_of (bc_tx_t *tx, int unit_id, const uint8_t *report_id)
{
    bc_tx_query (tx, &STATUS_BY_REPORT, report_params (unit_id, report_id));
    bc_tx_query (tx, &FINDINGS_BY_REPORT, report_params (unit_id, report_id));
}

intake_status_t intake_db_status (const PGresult *rows, int row)
{
    return (intake_status_t){
        .submission_id = bc_row_bytes (rows, row, 0, NULL),
        .report_id = bc_row_bytes (rows, row, 1, NULL),
        .plan = bc_row_text (rows, row, 2),
        .period = bc_row_text (rows, row, 3),
        .revision = (uint32_t)bc_row_int (rows, row, 4),
        .chain_index = (uint64_t)bc_row_int (rows, row, 5),
        .received_at = bc_row_time (rows, row, 6),
        .timeliness = (int)bc_row_int (rows, row, 7),
        .judged_at = bc_row_time (rows, row, 8),
        .state = bc_row_text (rows, row, 9),
        .counted = bc_row_int (rows, row, 10),
        .return_reason = bc_row_text (rows, row, 11),
        .submitted_by = bc_row_text (rows, row, 12),
    };
}

intake_finding_t intake_db_finding (const PGresult *rows, int row)
{
    return (intake_finding_t){
        .submission_id = bc_row_bytes (rows, row, 0, NULL),
        .code = bc_row_text (rows, row, 1),
        .error = bc_row_int (rows, row, 2),
        .path = bc_row_text (rows, row, 3),
        .message_vi = bc_row_text (rows, row, 4),
        .message_en = bc_row_text (rows, row, 5),
    };
}

// --- Reports ---------------------------------------------------------------------------------------------------------------------

static const bc_statement_t LATEST = {
    "intake_latest",
    "SELECT s.report_id FROM submission s JOIN submission_state t USING (submission_id)"
    " WHERE s.unit_id = $1::int4 AND s.plan_code = $2::text AND s.period_code = $3::text"
    " ORDER BY t.state IN ('accepted', 'confirmed') DESC, s.chain_index DESC LIMIT 1",
};

void intake_db_ask_latest (bc_tx_t *tx, int unit_id, const char *plan, const char *period)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_text (params, plan);
    bc_params_text (params, period);
    bc_tx_query (tx, &LATEST, params);
}

static const bc_statement_t REPORT = {"intake_report", "SELECT s.report FROM " BY_REPORT " s " OF_REPORT};

void intake_db_ask_report (bc_tx_t *tx, int unit_id, const uint8_t *report_id)
{
    bc_tx_query (tx, &REPORT, report_params (unit_id, report_id));
}

// --- Duties ----------------------------------------------------------------------------------------------------------------------

static const bc_statement_t STANDINGS = {
    "intake_standings",
    "SELECT period_id, submission_id IS NOT NULL, coalesce(late, false),"
    " judged_revision > returned_revision, returned_revision > 0 FROM unnest($2::int4[]) AS p (period_id)"
    " JOIN unit_standing USING (period_id) WHERE unit_id = $1::int4",
};

static const bc_statement_t PROGRESS = {
    "intake_progress",
    "SELECT p.unit_id, p.period_id, coalesce(e.task_id, 0), coalesce(e.status, 0), coalesce(e.progress_percent, 0)"
    " FROM unnest($1::int4[], $2::int4[]) AS p (unit_id, period_id) CROSS JOIN LATERAL"
    " (SELECT submission_id FROM verdict v WHERE v.unit_id = p.unit_id AND v.period_id = p.period_id AND v.accepted"
    "   ORDER BY v.revision DESC LIMIT 1) v"
    " LEFT JOIN report_entry e ON e.submission_id = v.submission_id"
    " WHERE NOT EXISTS (SELECT FROM review r WHERE r.submission_id = v.submission_id AND r.action = 'return') ORDER BY "
    "p.unit_id, p.period_id, e.task_id",
};

void intake_db_ask_standings (bc_tx_t *tx, int unit_id, const int *period_ids, size_t count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_int4s (params, period_ids, sizeof *period_ids, count);
    bc_tx_query (tx, &STANDINGS, params);
}

intake_standing_t intake_db_standing (const PGresult *rows, int row)
{
    return (intake_standing_t){.period_id = (int)bc_row_int (rows, row, 0),
                               .has_accepted = bc_row_int (rows, row, 1),
                               .late = bc_row_int (rows, row, 2),
                               .refused = bc_row_int (rows, row, 3),
                               .returned = bc_row_int (rows, row, 4)};
}

void intake_db_ask_progress (bc_tx_t *tx, const intake_wanted_t *wanted, size_t count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &wanted->unit_id, sizeof *wanted, count);
    bc_params_int4s (params, &wanted->period_id, sizeof *wanted, count);
    bc_tx_query (tx, &PROGRESS, params);
}

intake_progress_t intake_db_progress (const PGresult *rows, int row)
{
    return (intake_progress_t){.unit_id = (int)bc_row_int (rows, row, 0),
                               .period_id = (int)bc_row_int (rows, row, 1),
                               .task_id = (int)bc_row_int (rows, row, 2),
                               .status = (int)bc_row_int (rows, row, 3),
                               .progress_percent = (int)bc_row_int (rows, row, 4)};
}

// --- Mailbox ---------------------------------------------------------------------------------------------------------------------

static const bc_statement_t NOTICES = {
    "intake_notices",
    "SELECT cursor, notice FROM notice WHERE unit_id = $1::int4 AND cursor > $2::int8 ORDER BY cursor LIMIT $3::int4",
};

void intake_db_ask_notices (bc_tx_t *tx, int unit_id, uint64_t after, int limit)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_int8 (params, bounded (after));
    bc_params_int4 (params, limit);
    bc_tx_query (tx, &NOTICES, params);
}

uint64_t intake_db_notice (const PGresult *rows, int row, const uint8_t **notice_p, size_t *size_p)
{
    *notice_p = bc_row_bytes (rows, row, 1, size_p);
    return (uint64_t)bc_row_int (rows, row, 0);
}
