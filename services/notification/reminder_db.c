#include "reminder_db.h"

#include <jansson.h>

#include "common/xmem.h"

static const char *const AUDIENCES[] = {[DIGEST_STANDING] = "standing", [DIGEST_COMMITTEE] = "committee"};

// The returns of reports of the unit and period of row o.
#define RETURNED                                                                                                                   \
    "FROM verdict x JOIN review r ON r.submission_id = x.submission_id AND r.action = 'return'"                                    \
    " WHERE x.accepted AND x.unit_id = o.unit_id AND x.period_id = o.period_id"

// Its accepted reports; a return voids its revision and those before it. Whoever has none still owes one.
#define ACCEPTED                                                                                                                   \
    "FROM verdict v WHERE v.accepted AND v.unit_id = o.unit_id AND v.period_id = o.period_id"                                      \
    " AND v.revision > coalesce((SELECT max(x.revision) " RETURNED "), 0)"

// --- Mailboxes -------------------------------------------------------------------------------------------------------------------

static const bc_statement_t CURSORS = {
    "reminder_cursors",
    "SELECT coalesce((SELECT max(cursor) FROM notice n WHERE n.unit_id = u.unit_id), 0)"
    " FROM unnest($1::int4[]) WITH ORDINALITY u (unit_id, place) ORDER BY place",
};

void reminder_db_ask_cursors (bc_tx_t *tx, const plan_book_t *book)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &book->units->id, sizeof *book->units, book->n_units);
    bc_tx_query (tx, &CURSORS, params);
}

uint64_t reminder_db_cursor (const PGresult *result, int row)
{
    return (uint64_t)bc_row_int (result, row, 0);
}

// --- Debts -----------------------------------------------------------------------------------------------------------------------

static const bc_statement_t DEBTS = {
    "reminder_debts",
    "SELECT o.unit_id, o.period_id,"
    "       (SELECT coalesce(json_agg(json_build_array(d.kind, (extract(epoch FROM d.decided_at) * 1000)::bigint,"
    "                                          (extract(epoch FROM d.due_at) * 1000)::bigint)"
    "                        ORDER BY d.cursor, d.kind), '[]')::text"
    "        FROM reminder_decision d WHERE d.unit_id = o.unit_id AND d.period_id = o.period_id),"
    "       (SELECT max(r.at) " RETURNED "), n.set_at,"
    "       (SELECT m.was::timestamp AT TIME ZONE plan.time_zone FROM period_move m JOIN period_window w USING (period_id)"
    "        JOIN plan USING (plan_id) WHERE m.period_id = o.period_id AND m.at > w.opens_at ORDER BY m.move_id LIMIT 1)"
    " FROM unnest($1::int4[], $2::int4[]) o (unit_id, period_id) LEFT JOIN unit_deadline n USING (unit_id, period_id) WHERE NOT "
    "EXISTS (SELECT " ACCEPTED ")"
    " ORDER BY o.unit_id, o.period_id",
};

void reminder_db_ask_debts (bc_tx_t *tx, const reminder_debt_t *debts, size_t n)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &debts->unit_id, sizeof *debts, n);
    bc_params_int4s (params, &debts->period_id, sizeof *debts, n);
    bc_tx_query (tx, &DEBTS, params);
}

reminder_debt_t reminder_db_debt (const PGresult *result, int row)
{
    return (reminder_debt_t){(int)bc_row_int (result, row, 0), (int)bc_row_int (result, row, 1)};
}

reminder_past_t *reminder_db_past (const PGresult *result, int row, size_t *n_p)
{
    json_t *list = json_loads (bc_row_text (result, row, 2), 0, NULL), *item;
    reminder_past_t *past = xcalloc (json_array_size (list) + 1, sizeof *past);
    size_t i;
    json_array_foreach (list, i, item) {
        snprintf (past[i].kind, sizeof past[i].kind, "%s", json_string_value (json_array_get (item, 0)));
        past[i].at = json_integer_value (json_array_get (item, 1));
        past[i].due_at = json_integer_value (json_array_get (item, 2));
    }
    *n_p = json_array_size (list);
    json_decref (list);
    return past;
}

int64_t reminder_db_returned_at (const PGresult *result, int row)
{
    return bc_row_time (result, row, 3);
}

int64_t reminder_db_set_at (const PGresult *result, int row)
{
    return bc_row_time (result, row, 4);
}

int64_t reminder_db_opened_with (const PGresult *result, int row)
{
    return bc_row_time (result, row, 5);
}

static const bc_statement_t DECIDE = {
    "reminder_decide",
    "INSERT INTO reminder_decision (unit_id, period_id, kind, cursor, due_at, decided_at)"
    " SELECT d.*, $6::timestamptz FROM unnest($1::int4[], $2::int4[], $3::text[], $4::int8[], $5::timestamptz[]) d",
};

void reminder_db_decide (bc_tx_t *tx, const reminder_decision_t *decisions, size_t n, int64_t now)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &decisions->debt.unit_id, sizeof *decisions, n);
    bc_params_int4s (params, &decisions->debt.period_id, sizeof *decisions, n);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < n; i++)
        bc_array_text (params, decisions[i].kind);
    bc_params_array (params, BC_INT8);
    for (size_t i = 0; i < n; i++)
        bc_array_int (params, (int64_t)decisions[i].cursor);
    bc_params_array (params, BC_TIME);
    for (size_t i = 0; i < n; i++)
        bc_array_int (params, decisions[i].due_at);
    bc_params_time (params, now);
    bc_tx_query (tx, &DECIDE, params);
}

// --- Digests ---------------------------------------------------------------------------------------------------------------------

static const bc_statement_t DIGESTS = {
    "reminder_digests",
    "SELECT period_id, audience, day::text FROM digest_decision WHERE period_id = ANY($1::int4[])",
};

void reminder_db_ask_digests (bc_tx_t *tx, const int *period_ids, size_t n)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, period_ids, sizeof *period_ids, n);
    bc_tx_query (tx, &DIGESTS, params);
}

bool reminder_db_was_digested (const PGresult *result, const reminder_digest_t *digest)
{
    for (int row = 0; row < PQntuples (result); row++)
        if (bc_row_int (result, row, 0) == digest->period_id && streq (bc_row_text (result, row, 1), AUDIENCES[digest->audience]) &&
            streq (bc_row_text (result, row, 2), digest->day))
            return true;
    return false;
}

// As aggregation has it, the earliest of the accepted reports decides on time or late, and a deadline that is moved later changes
// nothing about it. The codes and the first message of why the latest report was refused; the last return, and the last decision
// about the deadline. The step to the committee must be of the deadline as it is now.
static const bc_statement_t STANDINGS = {
    "reminder_standings",
    "SELECT o.period_id, o.unit_id, o.obligation = 'must',"
    "       a.received_at,"
    "       r.codes, r.message_vi, r.message_en,"
    "       EXISTS (SELECT FROM reminder_decision d WHERE d.unit_id = o.unit_id AND d.period_id = o.period_id"
    "               AND d.kind LIKE 'step-%-committee' AND d.due_at = n.due_at),"
    "       (SELECT r.reason " RETURNED " ORDER BY r.review_id DESC LIMIT 1),"
    "       (SELECT max(q.received_at) FROM quarantine q WHERE q.unit_id = o.unit_id AND q.period_id = o.period_id),"
    "       e.reason, e.due_before IS NOT NULL, a.timeliness,"
    "       EXISTS (SELECT FROM open_request q WHERE q.unit_id = o.unit_id AND q.period_id = o.period_id)"
    " FROM period_reporter o JOIN unit u USING (unit_id) JOIN unit_deadline n USING (period_id, unit_id)"
    " LEFT JOIN LATERAL (SELECT s.received_at, s.timeliness FROM submission s WHERE s.submission_id IN (SELECT "
    "v.submission_id " ACCEPTED ") ORDER BY s.received_at, s.timeliness LIMIT 1) a ON true"
    " LEFT JOIN LATERAL (SELECT s.submission_id, v.accepted FROM submission s JOIN verdict v USING (submission_id)"
    "     WHERE s.unit_id = o.unit_id AND s.period_id = o.period_id ORDER BY s.chain_index DESC LIMIT 1) l ON NOT l.accepted"
    " LEFT JOIN LATERAL (SELECT string_agg(DISTINCT f.code, ', ') AS codes,"
    "         (array_agg(f.message_vi ORDER BY f.position))[1] AS message_vi,"
    "         (array_agg(f.message_en ORDER BY f.position))[1] AS message_en"
    "     FROM finding f WHERE f.submission_id = l.submission_id AND f.severity = 'error') r ON true"
    " LEFT JOIN LATERAL (SELECT x.reason, x.due_before FROM extension x"
    "     WHERE x.unit_id = o.unit_id AND x.period_id = o.period_id ORDER BY x.extension_id DESC LIMIT 1) e"
    "     ON NOT EXISTS (SELECT FROM period p WHERE p.period_id = o.period_id AND p.due_before >= e.due_before)"  // overtaken
    " WHERE o.period_id = ANY($1::int4[])"
    " ORDER BY o.period_id, u.name_vi, o.unit_id",
};

void reminder_db_ask_standings (bc_tx_t *tx, const int *period_ids, size_t n)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, period_ids, sizeof *period_ids, n);
    bc_tx_query (tx, &STANDINGS, params);
}

// In one line; NULL: none.
static char *text_of (const PGresult *result, int row, int column)
{
    char *text = bc_row_null (result, row, column) ? NULL : xstrdup (bc_row_text (result, row, column));
    for (char *c = text; c && *c; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return text;
}

static bool is_late (const PGresult *result, int row, const plan_period_t *period, int unit_id)
{
    int timeliness = (int)bc_row_int (result, row, 12);
    if (timeliness == BAOCAO__V1__TIMELINESS__TIMELINESS_UNSPECIFIED)
        timeliness = (int)plan_timeliness (period, unit_id, bc_row_time (result, row, 3));
    return timeliness != BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME;
}

digest_row_t *reminder_db_standings (const PGresult *result, const plan_book_t *book, const plan_period_t *period, size_t *n_p)
{
    digest_row_t *rows = xcalloc ((size_t)PQntuples (result) + 1, sizeof *rows);
    *n_p = 0;
    for (int row = 0; row < PQntuples (result); row++) {
        const plan_unit_t *unit = plan_book_unit_by_id (book, (int)bc_row_int (result, row, 1));
        if (bc_row_int (result, row, 0) != period->id || !unit)  // a unit that is newer than the book waits for the next digest
            continue;
        rows[(*n_p)++] = (digest_row_t){
            .unit = unit,
            .must = bc_row_int (result, row, 2),
            .received_at = bc_row_time (result, row, 3),
            .is_late = is_late (result, row, period, unit->id),
            .due_at = plan_due_at (period, unit->id),
            .refused_codes = text_of (result, row, 4),
            .refused_vi = text_of (result, row, 5),
            .refused_en = text_of (result, row, 6),
            .is_escalated = bc_row_int (result, row, 7),
            .returned_reason = text_of (result, row, 8),
            .quarantined_at = bc_row_time (result, row, 9),
            .extension_reason = text_of (result, row, 10),
            .is_extended = bc_row_int (result, row, 11),
            .is_asking = bc_row_int (result, row, 13),
        };
    }
    return rows;
}

void reminder_db_free_standings (digest_row_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free (rows[i].refused_codes);
        free (rows[i].refused_vi);
        free (rows[i].refused_en);
        free (rows[i].returned_reason);
        free (rows[i].extension_reason);
    }
    free (rows);
}

// The last notice about the period that was sent to each contact or given up, where it was given up.
static const bc_statement_t FAILURES = {
    "reminder_failures",
    "SELECT p.period_id, c.unit_id, c.address, left(l.answer, 200)"
    " FROM unnest($1::int4[]) p (period_id) CROSS JOIN contact c"
    " CROSS JOIN LATERAL (SELECT a.outcome, a.answer FROM delivery d JOIN delivery_attempt a USING (delivery_id)"
    "     WHERE d.unit_id = c.unit_id AND d.contact_id = c.contact_id AND d.period_id = p.period_id"
    "     AND a.outcome IN ('sent', 'failed') ORDER BY d.cursor DESC LIMIT 1) l"
    " WHERE c.removed_at IS NULL AND l.outcome = 'failed' ORDER BY p.period_id, c.address, c.contact_id",
};

void reminder_db_ask_failures (bc_tx_t *tx, const int *period_ids, size_t n)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, period_ids, sizeof *period_ids, n);
    bc_tx_query (tx, &FAILURES, params);
}

digest_failure_t *reminder_db_failures (const PGresult *result, const plan_book_t *book, const plan_period_t *period, size_t *n_p)
{
    digest_failure_t *failures = xcalloc ((size_t)PQntuples (result) + 1, sizeof *failures);
    *n_p = 0;
    for (int row = 0; row < PQntuples (result); row++) {
        const plan_unit_t *unit = plan_book_unit_by_id (book, (int)bc_row_int (result, row, 1));
        if (bc_row_int (result, row, 0) == period->id && unit)
            failures[(*n_p)++] = (digest_failure_t){unit, text_of (result, row, 2), text_of (result, row, 3)};
    }
    return failures;
}

void reminder_db_free_failures (digest_failure_t *failures, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free (failures[i].address);
        free (failures[i].answer);
    }
    free (failures);
}

static const bc_statement_t DECIDE_DIGESTS = {
    "reminder_decide_digests",
    "INSERT INTO digest_decision (period_id, audience, day, decided_at)"
    " SELECT d.period_id, d.audience, d.day::date, $4::timestamptz"
    " FROM unnest($1::int4[], $2::text[], $3::text[]) d (period_id, audience, day)",
};

void reminder_db_decide_digests (bc_tx_t *tx, const reminder_digest_t *digests, size_t n, int64_t now)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4s (params, &digests->period_id, sizeof *digests, n);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < n; i++)
        bc_array_text (params, AUDIENCES[digests[i].audience]);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < n; i++)
        bc_array_text (params, digests[i].day);
    bc_params_time (params, now);
    bc_tx_query (tx, &DECIDE_DIGESTS, params);
}
