// period: when reports are taken.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "sql.h"

static const char LIST[] =
    "SELECT p.code AS plan, w.code AS period, w.kind, w.opens_at, w.due_at, w.closes_at,"
    "       CASE WHEN w.closes_at <= n.now THEN 'closed' WHEN w.opens_at > n.now THEN 'not yet open' ELSE 'open' END AS state,"
    "       d.who AS decided_by, d.reason"
    " FROM (SELECT timestamptz 'epoch' + $2::bigint * interval '1 millisecond' AS now) n"
    " CROSS JOIN period_window w JOIN plan p USING (plan_id)"
    " LEFT JOIN LATERAL (SELECT who, reason FROM period_decision WHERE period_id = w.period_id"
    "                    ORDER BY decision_id DESC LIMIT 1) d ON true"
    " WHERE $1::text IS NULL OR p.code = $1::text ORDER BY p.code, w.due_at";

int period_list (admin_t *admin)
{
    int status = 0;
    const char *now = admin_now_text (admin);
    const char *plan = admin->options->n_operands > 0 ? admin->options->operands[0] : NULL;
    if (!now)
        return EX_CONFIG;
    PGresult *result = sql_query (admin, &status, LIST, SQL_PARAMS (plan, now));
    if (!result)
        return status;
    if (plan && PQntuples (result) == 0) {
        PQclear (result);
        return admin_fail (EX_DATAERR, _ ("no plan has the code %s, or it has no periods"), plan);
    }
    const char *titles[] = {_ ("Plan"),   _ ("Period"), _ ("Kind"),       _ ("Opens"), _ ("Due before"),
                            _ ("Closed"), _ ("State"),  _ ("Decided by"), _ ("Reason")};
    output_list (admin, &result, titles);
    return 0;
}

// --- Decisions -------------------------------------------------------------------------------------------------------------------

typedef struct {
    const char *action;   // of the table period_decision
    const char *state;    // in which the period must be: "closed", "not closed" or "any"
    const char *refusal;  // marked for translation: it is in another
} decision_t;

static const char DECIDE[] =
    "INSERT INTO period_decision (period_id, action, at, who, reason)"
    " SELECT period_id, $3, n.at, $5, $6 FROM period_window w JOIN plan USING (plan_id),"
    "  (SELECT timestamptz 'epoch' + $4::bigint * interval '1 millisecond' AS at) n"
    " WHERE plan.code = $1 AND w.code = $2 AND ($7 = 'any' OR coalesce(w.closes_at <= n.at, false) = ($7 = 'closed'))"
    " RETURNING decision_id";

// All who may report in the period are told, once it has opened: before, they hear of it when it does.
static const char TELL[] = "INSERT INTO notification_queue (item, event, unit_id, decision_id)"
                           " SELECT gen_random_uuid(), 'deadline', r.unit_id, d.decision_id"
                           " FROM period_decision d JOIN period_window w USING (period_id) JOIN period_reporter r USING (period_id)"
                           " WHERE d.decision_id = $1::bigint AND w.opens_at <= d.at";

static int refuse (admin_t *admin, const decision_t *decision)
{
    int status = 0;
    const char *plan = admin->options->operands[0], *period = admin->options->operands[1];
    PGresult *result =
        sql_query (admin, &status, "SELECT FROM period JOIN plan USING (plan_id) WHERE plan.code = $1 AND period.code = $2",
                   SQL_PARAMS (plan, period));
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("plan %s has no period %s (baocao-admin period list shows them)"), plan, period);
    else
        status = admin_fail (EX_DATAERR, "%s", _ (decision->refusal));
    PQclear (result);
    return status;
}

static int store_decision (admin_t *admin, const decision_t *decision, const char *now)
{
    int status = 0;
    const options_t *options = admin->options;
    PGresult *result = sql_query (admin, &status, DECIDE,
                                  SQL_PARAMS (options->operands[0], options->operands[1], decision->action, now, admin_who (admin),
                                              options->reason, decision->state));
    if (!result)
        return status;
    status = PQntuples (result) == 0 ? refuse (admin, decision) : sql_run (admin, TELL, SQL_PARAMS (sql_text (result, 0, 0)));
    PQclear (result);
    return status ? status : sql_plan_moved (admin);
}

// Whose extension ends after the period was closed: what they send is kept in quarantine all the same.
static const char EXTENDED[] =
    "SELECT u.code AS unit, to_char(x.due_at AT TIME ZONE plan.time_zone, 'YYYY-MM-DD') AS due_before"
    " FROM extension_due x JOIN unit u USING (unit_id) JOIN period p USING (period_id) JOIN plan USING (plan_id)"
    " WHERE plan.code = $1 AND p.code = $2 AND x.due_at > timestamptz 'epoch' + $3::bigint * interval '1 millisecond'"
    " ORDER BY u.code";

static int say_closed (admin_t *admin, const char *now)
{
    int status = 0;
    const char *const *names = admin->options->operands;
    PGresult *extended = sql_query (admin, &status, EXTENDED, SQL_PARAMS (names[0], names[1], now));
    if (!extended)
        return status;
    char *units = xstrdup ("");
    for (int row = 0; row < PQntuples (extended); row++) {
        char *longer = xasprintf ("%s\n  %s (%s)", units, sql_text (extended, row, 0), sql_text (extended, row, 1));
        free (units);
        units = longer;
    }
    json_t *said = json_pack ("{s:s,s:s,s:s,s:o}", "plan", names[0], "period", names[1], "action", "close", "extended",
                              output_rows (extended, 0));
    if (*units)
        output_result (admin, said,
                       _ ("Period %s of plan %s is closed.\nUnits whose extension is still running, and before which day they were "
                          "to report (what they send now is kept in quarantine):%s"),
                       names[1], names[0], units);
    else
        output_result (admin, said, _ ("Period %s of plan %s is closed."), names[1], names[0]);
    free (units);
    PQclear (extended);
    return 0;
}

// A closing that came before the period opened was taken back: it opens as it would have.
static const char OPENS[] = "SELECT to_char(w.opens_at AT TIME ZONE plan.time_zone, 'YYYY-MM-DD')"
                            " FROM period_window w JOIN plan USING (plan_id) WHERE plan.code = $1 AND w.code = $2"
                            " AND w.opens_at > timestamptz 'epoch' + $3::bigint * interval '1 millisecond'";

static int say_open (admin_t *admin, const char *action, const char *now)
{
    int status = 0;
    const char *const *names = admin->options->operands;
    PGresult *opens = sql_query (admin, &status, OPENS, SQL_PARAMS (names[0], names[1], now));
    if (!opens)
        return status;
    const char *day = PQntuples (opens) > 0 ? sql_text (opens, 0, 0) : NULL;
    json_t *said = json_pack ("{s:s,s:s,s:s,s:s?}", "plan", names[0], "period", names[1], "action", action, "opens_on", day);
    if (day)
        output_result (admin, said, _ ("Period %s of plan %s opens on %s, as before."), names[1], names[0], day);
    else
        output_result (admin, said, _ ("Period %s of plan %s is open."), names[1], names[0]);
    PQclear (opens);
    return 0;
}

static int decide (admin_t *admin, const decision_t *decision)
{
    const char *now;
    if (!admin->options->reason || !*admin->options->reason)
        return admin_fail (EX_USAGE, _ ("say why, with --reason"));
    int status = sql_begin_decision (admin, &now);
    if (status == 0)
        status = sql_end (admin, store_decision (admin, decision, now));
    if (status == 0 && strcmp (decision->action, "close") == 0)
        return say_closed (admin, now);
    return status ? status : say_open (admin, decision->action, now);
}

int period_open (admin_t *admin)
{
    return decide (admin, &(decision_t){"open", "any", ""});
}

int period_reopen (admin_t *admin)
{
    return decide (admin, &(decision_t){"reopen", "closed", N_ ("the period is not closed")});
}

int period_close (admin_t *admin)
{
    return decide (admin, &(decision_t){"close", "not closed", N_ ("the period is closed already")});
}
