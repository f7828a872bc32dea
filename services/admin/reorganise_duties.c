#include "reorganise.h"
#include "sql.h"

// $1: the moves; $2: the day; $3: the tasks. `of` is what a unit has a duty in, `value` what kind of duty, `strong` the stronger kind.
// clang-format off
#define MOVES                                                                                                                      \
    "WITH m AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS m (predecessor int, successor int, tasks text, ends boolean)"       \
    "   WHERE $3::int[] IS NOT NULL)"
// Who takes over tasks that were named has to report in their plans only.
#define ITS_PLANS                                                                                                                  \
    " (m.tasks <> 'only' OR EXISTS (SELECT FROM task t WHERE t.plan_id = d.plan_id AND t.task_id = ANY ($3::int[]))) "
#define ITS_TASKS                                                                                                                  \
    " CASE m.tasks WHEN 'all' THEN true WHEN 'but' THEN d.task_id <> ALL ($3::int[])"                                              \
    "   WHEN 'only' THEN d.task_id = ANY ($3::int[]) ELSE false END "

// The successors' duties from the day on, where they are to be others than now: the time is cut at every day on which one of them begins
// or ends, so that none overlap.
#define WANTED(table, of, value, strong, scope)                                                                                    \
    MOVES ", moved AS ("                                                                                                           \
    "   SELECT m.successor AS unit_id, d." of " AS of, d." value " AS value, greatest(d.valid_from, $2::date) AS a, d.valid_to AS z" \
    "   FROM " table " d JOIN m ON m.predecessor = d.unit_id AND " scope                                                           \
    "   WHERE m.successor IS NOT NULL AND d.valid_to > greatest(d.valid_from, $2::date)"                                           \
    "     AND NOT EXISTS (SELECT FROM " table " o WHERE o." of " = d." of " AND o.unit_id = m.successor"                           \
    "       AND o." value " IN (d." value ", '" strong "') AND o.valid_from <= greatest(d.valid_from, $2::date)"                   \
    "       AND o.valid_to >= d.valid_to)),"                                                                                       \
    " present AS (SELECT * FROM moved UNION SELECT d.unit_id, d." of ", d." value ", greatest(d.valid_from, $2::date), d.valid_to"    \
    "   FROM " table " d WHERE d.valid_to > greatest(d.valid_from, $2::date)"                                                      \
    "     AND (d.unit_id, d." of ") IN (SELECT unit_id, of FROM moved)),"                                                          \
    " days AS (SELECT DISTINCT unit_id, of, day FROM present CROSS JOIN LATERAL (VALUES (a), (z)) v (day)),"                          \
    " spans AS (SELECT unit_id, of, day AS a, lead(day) OVER (PARTITION BY unit_id, of ORDER BY day) AS z FROM days)"              \
    " SELECT coalesce(json_agg(w), '[]') FROM ("                                                                                   \
    "   SELECT s.unit_id, s.of, s.a, s.z,"                                                                                         \
    "     CASE WHEN bool_or(b.value = '" strong "') THEN '" strong "' ELSE min(b.value) END AS value"                              \
    "   FROM spans s JOIN present b ON b.unit_id = s.unit_id AND b.of = s.of AND b.a <= s.a AND s.z <= b.z"                           \
    "   GROUP BY s.unit_id, s.of, s.a, s.z) w"

// $4: the wanted rows, which take the place of what the successors have.
#define ROWS "jsonb_to_recordset($4::jsonb) AS w (unit_id int, of int, value text, a date, z date)"
#define END(table, of, leaves)                                                                                                     \
    MOVES " UPDATE " table " d SET valid_to = greatest(valid_from, $2::date) WHERE valid_to > greatest(valid_from, $2::date)"      \
    " AND (EXISTS (SELECT FROM m WHERE m.predecessor = d.unit_id AND " leaves ")"                                                  \
    "   OR EXISTS (SELECT FROM " ROWS " WHERE w.unit_id = d.unit_id AND w.of = d." of "))"
#define BEGIN(table, of, value)                                                                                                    \
    MOVES " INSERT INTO " table " (" of ", unit_id, " value ", valid_from, valid_to) SELECT of, unit_id, value, a, z FROM " ROWS   \
    " WHERE $2::date IS NOT NULL ON CONFLICT (" of ", unit_id, valid_from)"                                                        \
    " DO UPDATE SET " value " = excluded." value ", valid_to = excluded.valid_to"
// clang-format on

static const struct {
    const char *wanted, *end, *begin;
} DUTIES[] = {
    {WANTED ("task_unit", "task_id", "role", "lead", ITS_TASKS), END ("task_unit", "task_id", ITS_TASKS),
     BEGIN ("task_unit", "task_id", "role")},
    {WANTED ("reporter", "plan_id", "obligation", "must", ITS_PLANS), END ("reporter", "plan_id", "m.ends"),
     BEGIN ("reporter", "plan_id", "obligation")},
};

int reorganise_duties (admin_t *admin, const char *moves, const char *from, const char *tasks)
{
    int status = 0;
    for (size_t i = 0; status == 0 && i < sizeof DUTIES / sizeof *DUTIES; i++) {
        PGresult *wanted = sql_query (admin, &status, DUTIES[i].wanted, SQL_PARAMS (moves, from, tasks));
        if (!wanted)
            return status;
        status = sql_run (admin, DUTIES[i].end, SQL_PARAMS (moves, from, tasks, sql_text (wanted, 0, 0)));
        if (status == 0)
            status = sql_run (admin, DUTIES[i].begin, SQL_PARAMS (moves, from, tasks, sql_text (wanted, 0, 0)));
        PQclear (wanted);
    }
    return status;
}
