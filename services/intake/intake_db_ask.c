// The statements behind what departments ask the standing agency; see intake_db.h.

#include "intake_db.h"
#include "intake_db_private.h"

static const bc_statement_t LOCK = {
    "intake_lock_questions",
    "SELECT pg_advisory_xact_lock(hashtext('baocao.unit_request'), $1::int4)",
};

void intake_db_lock_questions (bc_tx_t *tx, int unit_id)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_tx_query (tx, &LOCK, params);
}

#define OPEN " (SELECT count(*) FROM open_request n WHERE n.unit_id = $1::int4)::int4"

static const bc_statement_t LOOK_AT_PERIOD = {
    "intake_look_at_period",
    "SELECT p.period_id, NULL::uuid, EXISTS (SELECT FROM period_reporter r WHERE r.period_id = p.period_id AND r.unit_id = "
    "$1::int4),"
    " ($4::text::date + 1)::timestamp AT TIME ZONE l.time_zone >"
    "  greatest(coalesce(e.due_at, p.due_before::timestamp AT TIME ZONE l.time_zone), $6::timestamptz),"
    " o.request_id, o.asked_at," OPEN " FROM period p JOIN plan l USING (plan_id)"
    " LEFT JOIN extension_due e ON e.period_id = p.period_id AND e.unit_id = $1::int4"
    " LEFT JOIN open_request o ON o.unit_id = $1::int4 AND o.period_id = p.period_id AND o.last_day = $4::text::date AND o.reason "
    "= "
    "$5::text"
    " WHERE l.code = $2::text AND p.code = $3::text LIMIT 1",
};

static const bc_statement_t LOOK_AT_REPORT = {
    "intake_look_at_report",
    "SELECT s.period_id, s.submission_id, t.state IN ('accepted', 'confirmed'), true, o.request_id, o.asked_at," OPEN
    " FROM " INTAKE_BY_REPORT_ID (
        "$1::int4", "$2::uuid") " s JOIN submission_state t USING (submission_id)"
                                " LEFT JOIN open_request o ON o.submission_id = s.submission_id WHERE s.report_id = $2 LIMIT 1",
};

void intake_db_ask_look (bc_tx_t *tx, int unit_id, const intake_question_t *question, int64_t now)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    if (question->report_id) {
        bc_params_uuid (params, question->report_id);
        bc_tx_query (tx, &LOOK_AT_REPORT, params);
        return;
    }
    bc_params_text (params, question->plan);
    bc_params_text (params, question->period);
    bc_params_text (params, question->until);
    bc_params_text (params, question->reason);
    bc_params_time (params, now);
    bc_tx_query (tx, &LOOK_AT_PERIOD, params);
}

intake_look_t intake_db_look (const PGresult *rows)
{
    return (intake_look_t){
        .period_id = (int)bc_row_int (rows, 0, 0),
        .submission_id = bc_row_bytes (rows, 0, 1, NULL),
        .possible = bc_row_int (rows, 0, 2),
        .later = bc_row_int (rows, 0, 3),
        .same = bc_row_int (rows, 0, 4),
        .asked_at = bc_row_time (rows, 0, 5),
        .open = (int)bc_row_int (rows, 0, 6),
    };
}

static const bc_statement_t ADD = {
    "intake_add_question",
    "WITH asked AS (INSERT INTO unit_request (unit_id, period_id, last_day, submission_id, reason, asked_at, sender_key)"
    "  VALUES ($1::int4, $2::int4, $3::text::date, $4::uuid, $5::text, $6::timestamptz, $7::text) RETURNING request_id),"
    " told AS (INSERT INTO notification_queue (item, event, unit_id, decision_id)"
    "  SELECT gen_random_uuid(), 'request', (SELECT s.unit_id FROM plan_standing s JOIN plan l USING (plan_id) JOIN period p USING "
    "(plan_id)"
    "   WHERE p.period_id = $2::int4 AND s.valid_from <= ($6::timestamptz AT TIME ZONE l.time_zone)::date"
    "   ORDER BY s.valid_from DESC LIMIT 1), request_id FROM asked)"
    " SELECT request_id FROM asked",
};

void intake_db_add_question (bc_tx_t *tx, int unit_id, const intake_question_t *question, const intake_look_t *look, int64_t now,
                             const char *sender_key)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_int4 (params, look->period_id);
    bc_params_text (params, question->until);
    bc_params_uuid (params, look->submission_id);
    bc_params_text (params, question->reason);
    bc_params_time (params, now);
    bc_params_text (params, sender_key);
    bc_tx_query (tx, &ADD, params);
}
