// request: what units ask the standing agency for, and its refusal. What grants one is the decision itself: an extension, a return.
#include <stdlib.h>

#include "nouns.h"
#include "output.h"
#include "sql.h"

// --- list ------------------------------------------------------------------------------------------------------------------------

static const char LIST[] =
    "SELECT q.request_id AS number, q.asked_at, u.code AS unit, plan.code AS plan, p.code AS period,"
    " CASE WHEN q.last_day IS NULL THEN 'withdrawal' ELSE 'extension' END AS request, q.last_day::text AS until, s.revision, "
    "k.name AS asked_by,"
    " q.reason, coalesce(d.outcome, CASE WHEN o.request_id IS NULL THEN 'lapsed' ELSE 'undecided' END) AS state,"
    " CASE WHEN o.request_id IS NULL THEN NULL"
    "  WHEN q.last_day IS NULL THEN format('baocao-admin report return %s --reason', q.submission_id)"
    "  ELSE format('baocao-admin extension grant %s %s %s %s --reason', u.code, plan.code, p.code, q.last_day + 1) END AS "
    "grant_with"
    " FROM unit_request q JOIN unit u USING (unit_id) JOIN period p USING (period_id) JOIN plan USING (plan_id)"
    " LEFT JOIN client_key k ON k.public_key = q.sender_key LEFT JOIN submission s USING (submission_id)"
    " LEFT JOIN request_decision d USING (request_id) LEFT JOIN open_request o USING (request_id)"
    " WHERE ($1::text IS NULL OR plan.code = $1) AND ($2::text IS NULL OR p.code = $2) ORDER BY q.request_id";

int request_list (admin_t *admin)
{
    const options_t *options = admin->options;
    const char *plan = options->n_operands > 0 ? options->operands[0] : NULL;
    const char *period = options->n_operands > 1 ? options->operands[1] : NULL;
    const char *titles[] = {_ ("Number"),   _ ("Asked"),    _ ("Unit"),     _ ("Plan"),   _ ("Period"), _ ("Request"),
                            _ ("Last day"), _ ("Revision"), _ ("Asked by"), _ ("Reason"), _ ("State"),  _ ("To grant it")};
    return output_query (admin, LIST, SQL_PARAMS (plan, period), titles);
}

// --- refuse ----------------------------------------------------------------------------------------------------------------------

static const char REFUSE[] =
    "WITH refused AS (INSERT INTO request_decision (request_id, outcome, at, who, reason)"
    "  SELECT request_id, 'refused', timestamptz 'epoch' + $2::bigint * interval '1 millisecond', $3, $4 FROM open_request"
    "  WHERE request_id = $1::bigint ON CONFLICT DO NOTHING RETURNING request_id)"
    " INSERT INTO notification_queue (item, event, unit_id, decision_id)"
    " SELECT gen_random_uuid(), 'request-refused', unit_id, request_id FROM refused JOIN unit_request USING (request_id)";

static bool is_number (const char *text)
{
    char *end;
    long long number = strtoll (text, &end, 10);
    return number > 0 && number < INT64_MAX && !*end;
}

int request_refuse (admin_t *admin)
{
    int status = 0;
    const char *number = admin->options->operands[0], *now = admin_now_text (admin);
    if (!is_number (number))
        return admin_fail (EX_USAGE, _ ("%s is not the number of a request (baocao-admin request list shows them)"), number);
    if (!admin->options->reason || !*admin->options->reason)
        return admin_fail (EX_USAGE, _ ("say why, with --reason"));
    if (!now)
        return EX_CONFIG;
    PGresult *result = sql_query (admin, &status, REFUSE, SQL_PARAMS (number, now, admin_who (admin), admin->options->reason));
    if (!result)
        return status;
    bool refused = sql_affected (result) == 1;
    PQclear (result);
    if (!refused)
        return admin_fail (EX_DATAERR, _ ("no request %s waits for a decision (baocao-admin request list shows them)"), number);
    output_result (admin, json_pack ("{s:I,s:s}", "number", (json_int_t)strtoll (number, NULL, 10), "outcome", "refused"),
                   _ ("Request %s is refused; its unit is told why."), number);
    return 0;
}
