// period: when reports are taken.
#include <stdio.h>

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
    int64_t now;
    char now_text[24];
    const char *plan = admin->options->n_operands > 0 ? admin->options->operands[0] : NULL;
    if (admin_now (admin, &now) != 0)
        return EX_CONFIG;
    snprintf (now_text, sizeof now_text, "%lld", (long long)now);
    PGresult *result = sql_query (admin, &status, LIST, SQL_PARAMS (plan, now_text));
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

static const char DECIDE[] =
    "INSERT INTO period_decision (period_id, action, at, who, reason)"
    " SELECT period_id, $3, timestamptz 'epoch' + $4::bigint * interval '1 millisecond', $5, $6"
    " FROM period JOIN plan USING (plan_id) WHERE plan.code = $1 AND period.code = $2 RETURNING decision_id";

static int store_decision (admin_t *admin, const char *action, const char *now)
{
    int status = 0;
    const char *plan = admin->options->operands[0], *period = admin->options->operands[1];
    const char *reason = admin->options->reason ? admin->options->reason : "";
    PGresult *result = sql_query (admin, &status, DECIDE, SQL_PARAMS (plan, period, action, now, admin_who (admin), reason));
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("plan %s has no period %s (baocao-admin period list shows them)"), plan, period);
    PQclear (result);
    return status ? status : sql_run (admin, "UPDATE plan_version SET version = version + 1", SQL_NO_PARAMS);
}

static int decide (admin_t *admin, bool open)
{
    int64_t now;
    const char *const *names = admin->options->operands;
    const char *action = open ? "open" : "close";
    char now_text[24];
    if (admin_now (admin, &now) != 0)
        return EX_CONFIG;
    snprintf (now_text, sizeof now_text, "%lld", (long long)now);
    int status = sql_run (admin, "BEGIN", SQL_NO_PARAMS);
    if (status == 0)
        status = sql_end (admin, store_decision (admin, action, now_text));
    if (status == 0)
        output_result (admin, json_pack ("{s:s,s:s,s:s}", "plan", names[0], "period", names[1], "action", action),
                       open ? _ ("Period %s of plan %s is open.") : _ ("Period %s of plan %s is closed."), names[1], names[0]);
    return status;
}

int period_open (admin_t *admin)
{
    return decide (admin, true);
}

int period_close (admin_t *admin)
{
    return decide (admin, false);
}
