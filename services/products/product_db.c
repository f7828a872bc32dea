#include "product_db.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "common/clock.h"
#include "common/xmem.h"

const char *product_text (const PGresult *result, int row, int column)
{
    return PQgetisnull (result, row, column) ? NULL : PQgetvalue (result, row, column);
}

int64_t product_number (const PGresult *result, int row, int column)
{
    return strtoll (PQgetvalue (result, row, column), NULL, 10);
}

// --- Statements ------------------------------------------------------------------------------------------------------------------

static int complain (const product_t *self, const PGresult *result)
{
    const char *message = result ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    char *line = xstrdup (message ? message : PQerrorMessage (self->db));
    line[strcspn (line, "\n")] = '\0';
    product_fail ("the database could not do it (%s)", line);
    free (line);
    return -1;
}

PGresult *product_select (product_t *self, const char *sql, int n_params, const char *const *params)
{
    PGresult *result = PQexecParams (self->db, sql, n_params, NULL, params, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus (result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    complain (self, result);
    PQclear (result);
    return NULL;
}

int product_each (product_t *self, const char *sql, int n_params, const char *const *params, product_row_fn *row, void *arg)
{
    if (!PQsendQueryParams (self->db, sql, n_params, NULL, params, NULL, NULL, 0) || !PQsetSingleRowMode (self->db))
        return complain (self, NULL);
    int rc = 0;
    PGresult *result;
    while ((result = PQgetResult (self->db))) {
        ExecStatusType status = PQresultStatus (result);
        if (rc == 0 && status == PGRES_SINGLE_TUPLE)
            rc = row (result, arg) ? -1 : 0;
        else if (rc == 0 && status != PGRES_TUPLES_OK)
            rc = complain (self, result);
        PQclear (result);
    }
    return rc;
}

// --- The transaction -------------------------------------------------------------------------------------------------------------

// $1 plan, by its code or as URLs have it, $2 period, $3 unit, $4 now.
static const char FACTS[] =
    "SELECT p.plan_id, p.code, replace(p.code, '/', '-'), p.title_vi, p.title_en, p.issued_on, p.time_zone,"
    " r.name_vi, r.name_en, s.code, s.name_vi, s.name_en,"
    " w.period_id, w.code, w.kind, d.due_before, d.cutoff_from, d.cutoff_to,"
    " extract(epoch FROM w.opens_at) * 1000, extract(epoch FROM w.due_at) * 1000,"
    " extract(epoch FROM CASE WHEN w.closes_at <= n.at THEN w.closes_at END) * 1000,"
    " u.unit_id, u.code, u.name_vi, u.name_en, (SELECT seq FROM feed_head),"
    " extract(epoch FROM p.issued_on::timestamp AT TIME ZONE p.time_zone) * 1000"
    " FROM plan p"
    " CROSS JOIN (SELECT to_timestamp($4::float8 / 1000) AS at) n"
    " JOIN unit r ON r.unit_id = p.receiving_unit"
    " CROSS JOIN LATERAL (SELECT unit_id FROM plan_standing t WHERE t.plan_id = p.plan_id"
    "                     AND t.valid_from <= (n.at AT TIME ZONE p.time_zone)::date ORDER BY t.valid_from DESC LIMIT 1) t"
    " JOIN unit s ON s.unit_id = t.unit_id"
    " LEFT JOIN period_window w ON w.plan_id = p.plan_id AND w.code = $2"
    " LEFT JOIN period d ON d.period_id = w.period_id"
    " LEFT JOIN unit u ON u.code = $3"
    " WHERE p.code = $1 OR replace(p.code, '/', '-') = $1"
    " ORDER BY p.code <> $1 LIMIT 1";

static void take_plan (product_t *self)
{
    const PGresult *facts = self->facts;
    self->plan_id = (int)product_number (facts, 0, 0);
    self->plan = product_text (facts, 0, 1);
    self->slug = product_text (facts, 0, 2);
    self->title_vi = product_text (facts, 0, 3);
    self->title_en = product_text (facts, 0, 4);
    self->issued_on = product_text (facts, 0, 5);
    self->time_zone = product_text (facts, 0, 6);
    self->receiving_vi = product_text (facts, 0, 7);
    self->receiving_en = product_text (facts, 0, 8);
    self->standing = product_text (facts, 0, 9);
    self->standing_vi = product_text (facts, 0, 10);
    self->standing_en = product_text (facts, 0, 11);
}

static void take_period (product_t *self)
{
    const PGresult *facts = self->facts;
    self->period_id = (int)product_number (facts, 0, 12);
    self->period = product_text (facts, 0, 13);
    self->period_kind = product_text (facts, 0, 14);
    self->due_before = product_text (facts, 0, 15);
    self->cutoff_from = product_text (facts, 0, 16);
    self->cutoff_to = product_text (facts, 0, 17);
    self->opens_at = product_number (facts, 0, 18);
    self->due_at = product_number (facts, 0, 19);
    self->closes_at = product_number (facts, 0, 20);
}

static void take_unit (product_t *self)
{
    self->unit_id = (int)product_number (self->facts, 0, 21);
    self->unit = product_text (self->facts, 0, 22);
    self->unit_vi = product_text (self->facts, 0, 23);
    self->unit_en = product_text (self->facts, 0, 24);
    self->seq = product_number (self->facts, 0, 25);
    self->issued_at = product_number (self->facts, 0, 26);
}

// What was asked for and is not there.
static int take_facts (product_t *self, const char *plan, const char *period, const char *unit)
{
    if (PQntuples (self->facts) == 0) {
        product_fail ("there is no plan %s", plan);
        return EX_NOINPUT;
    }
    take_plan (self);
    take_period (self);
    take_unit (self);
    if (period && !self->period_id) {
        product_fail ("plan %s has no period %s", self->plan, period);
        return EX_NOINPUT;
    }
    if (unit && !self->unit_id) {
        product_fail ("there is no unit %s", unit);
        return EX_NOINPUT;
    }
    setenv ("TZ", self->time_zone, 1);
    return 0;
}

static int begin (product_t *self)
{
    static const char *const SETTINGS[] = {
        "SET search_path = baocao",
        "SET timezone = 'UTC'",
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    for (size_t i = 0; i < sizeof SETTINGS / sizeof *SETTINGS; i++) {
        PGresult *result = product_select (self, SETTINGS[i], 0, NULL);
        if (!result)
            return -1;
        PQclear (result);
    }
    return 0;
}

int product_open (product_t *self, const char *conninfo, const char *plan, const char *period, const char *unit)
{
    self->db = PQconnectdb (conninfo);
    if (PQstatus (self->db) != CONNECTION_OK) {
        complain (self, NULL);
        return EX_UNAVAILABLE;
    }
    self->as_of = bc_clock_ms ();
    char *now = xasprintf ("%lld", (long long)self->as_of);
    if (begin (self) == 0)
        self->facts = product_select (self, FACTS, 4, (const char *[]){plan, period, unit, now});
    free (now);
    return self->facts ? take_facts (self, plan, period, unit) : EX_UNAVAILABLE;
}

void product_close (product_t *self)
{
    PQclear (self->facts);
    PQfinish (self->db);  // nothing was written
}
