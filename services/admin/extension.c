// extension: a later deadline for one unit.
#include <stdio.h>
#include <stdlib.h>

#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "report/text.h"
#include "sql.h"

// operands: UNIT PLAN PERIOD [DATE]
enum { UNIT, PLAN, PERIOD, DATE };

// --- list ------------------------------------------------------------------------------------------------------------------------

static const char LIST[] =
    "SELECT e.at, u.code AS unit, plan.code AS plan, p.code AS period, CASE WHEN e.due_before IS NULL THEN 'refused' ELSE "
    "'granted' END"
    " AS decision, e.due_before::text, e.who, e.reason"
    " FROM extension e JOIN unit u USING (unit_id) JOIN period p USING (period_id) JOIN plan USING (plan_id)"
    " WHERE ($1::text IS NULL OR plan.code = $1) AND ($2::text IS NULL OR p.code = $2) ORDER BY e.extension_id";

int extension_list (admin_t *admin)
{
    const options_t *options = admin->options;
    const char *plan = options->n_operands > 0 ? options->operands[0] : NULL;
    const char *period = options->n_operands > 1 ? options->operands[1] : NULL;
    const char *titles[] = {_ ("Decided"),  _ ("Unit"),       _ ("Plan"),       _ ("Period"),
                            _ ("Decision"), _ ("Due before"), _ ("Decided by"), _ ("Reason")};
    return output_query (admin, LIST, SQL_PARAMS (plan, period), titles);
}

// --- grant, refuse ---------------------------------------------------------------------------------------------------------------

// The unit in the period, what stands in the way of a deadline on that day ($4; null: of a refusal) now ($5), whether that is earlier
// than the one granted before, and whether a late report counts already.
static const char LOOK[] =
    "SELECT p.period_id, u.unit_id, r.unit_id IS NULL, $4::date <= p.due_before,"
    "       $4::date::timestamp AT TIME ZONE plan.time_zone <= timestamptz 'epoch' + $5::bigint * interval '1 millisecond',"
    "       $4::date::timestamp AT TIME ZONE plan.time_zone > w.closes_at, $4::date IS NULL AND e.unit_id IS NOT NULL,"
    "       $4::date::timestamp AT TIME ZONE plan.time_zone = e.due_at,"
    "       $4::date::timestamp AT TIME ZONE plan.time_zone < e.due_at, s.late"
    " FROM period p JOIN plan USING (plan_id) JOIN period_window w USING (period_id) CROSS JOIN unit u"
    " LEFT JOIN period_reporter r ON r.period_id = p.period_id AND r.unit_id = u.unit_id"
    " LEFT JOIN extension_due e ON e.period_id = p.period_id AND e.unit_id = u.unit_id"
    " LEFT JOIN unit_standing s ON s.period_id = p.period_id AND s.unit_id = u.unit_id"
    " WHERE u.code = $1 AND plan.code = $2 AND p.code = $3";

// By the columns of LOOK behind the ids.
static const char *const OBSTACLES[] = {
    N_ ("the unit has no report to send in that period"),
    N_ ("that is no extension: the period's own deadline is not earlier"),
    N_ ("the days before that day are over: name a later one"),
    N_ ("the period closes before that day: open it again first"),
    N_ ("the unit's deadline was extended already: grant another day to change it"),
    N_ ("the unit's deadline was extended to that day already"),
};

enum { OBSTACLES_AT = 2, OBSTACLE_COUNT = sizeof OBSTACLES / sizeof *OBSTACLES, EARLIER = OBSTACLES_AT + OBSTACLE_COUNT, LATE };

typedef struct {
    bool earlier;  // than the deadline that was granted before
    bool late;     // a report that was received late counts
} granted_t;

static const char STORE[] =
    "WITH decided AS (INSERT INTO extension (period_id, unit_id, due_before, at, who, reason)"
    "  VALUES ($1::int, $2::int, $3::date, timestamptz 'epoch' + $4::bigint * interval '1 millisecond', $5, $6)"
    "  RETURNING extension_id, unit_id)"
    ", settled AS (INSERT INTO request_decision (request_id, outcome, at, who, reason)"
    "  SELECT request_id, CASE WHEN $3::date IS NULL THEN 'refused' ELSE 'granted' END,"
    "   timestamptz 'epoch' + $4::bigint * interval '1 millisecond', $5, $6"
    "  FROM open_request WHERE unit_id = $2::int AND period_id = $1::int AND last_day IS NOT NULL)"
    " INSERT INTO notification_queue (item, event, unit_id, decision_id)"
    " SELECT gen_random_uuid(), 'extension', unit_id, extension_id FROM decided";

static bool is_true (const PGresult *look, int column)
{
    const char *text = sql_text (look, 0, column);
    return text && *text == 't';
}

static int check (admin_t *admin, const PGresult *look)
{
    const char *const *names = admin->options->operands;
    if (PQntuples (look) == 0)
        return admin_fail (EX_DATAERR, _ ("there is no unit %s, or no period %s %s"), names[UNIT], names[PLAN], names[PERIOD]);
    for (int i = 0; i < OBSTACLE_COUNT; i++)
        if (is_true (look, OBSTACLES_AT + i))
            return admin_fail (EX_DATAERR, "%s", _ (OBSTACLES[i]));
    return 0;
}

static int store (admin_t *admin, const char *day, const char *now, granted_t *granted)
{
    int status = 0;
    const char *const *names = admin->options->operands;
    PGresult *look = sql_query (admin, &status, LOOK, SQL_PARAMS (names[UNIT], names[PLAN], names[PERIOD], day, now));
    if (!look)
        return status;
    status = check (admin, look);
    *granted = (granted_t){.earlier = status == 0 && is_true (look, EARLIER), .late = status == 0 && is_true (look, LATE)};
    if (status == 0)
        status = sql_run (
            admin, STORE,
            SQL_PARAMS (sql_text (look, 0, 0), sql_text (look, 0, 1), day, now, admin_who (admin), admin->options->reason));
    PQclear (look);
    return status ? status : sql_plan_moved (admin);
}

static int decide (admin_t *admin, const char *day, granted_t *granted)
{
    const char *now;
    if (!admin->options->reason || !*admin->options->reason)
        return admin_fail (EX_USAGE, _ ("say why, with --reason"));
    if (day && !text_is_date (day))
        return admin_fail (EX_USAGE, _ ("%s is not a day such as 2025-12-20"), day);
    int status = sql_begin_decision (admin, &now);
    return status ? status : sql_end (admin, store (admin, day, now, granted));
}

static json_t *result_json (const admin_t *admin, const char *decision, const char *day)
{
    const char *const *names = admin->options->operands;
    return json_pack ("{s:s,s:s,s:s,s:s,s:s?}", "unit", names[UNIT], "plan", names[PLAN], "period", names[PERIOD], "decision",
                      decision, "due_before", day);
}

int extension_grant (admin_t *admin)
{
    const char *const *names = admin->options->operands;
    granted_t granted;
    int status = decide (admin, names[DATE], &granted);
    if (status)
        return status;
    json_t *said = result_json (admin, "granted", names[DATE]);
    json_object_set_new (said, "shortened", json_boolean (granted.earlier));
    json_object_set_new (said, "stays_late", json_boolean (granted.late));
    char *sentence = xasprintf (granted.earlier ? _ ("The deadline of %s for period %s was later, and is now before %s.")
                                                : _ ("The deadline of %s for period %s is before %s now."),
                                names[UNIT], names[PERIOD], names[DATE]);
    output_result (admin, said, "%s%s%s", sentence, granted.late ? "\n" : "",
                   granted.late ? _ ("Its report was received late, and stays late.") : "");
    free (sentence);
    return 0;
}

int extension_refuse (admin_t *admin)
{
    const char *const *names = admin->options->operands;
    granted_t granted;
    int status = decide (admin, NULL, &granted);
    if (status == 0)
        output_result (admin, result_json (admin, "refused", NULL), _ ("The deadline of %s for period %s stays as it is."),
                       names[UNIT], names[PERIOD]);
    return status;
}
