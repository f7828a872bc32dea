// The statements that bring a plan's tables to what its files say.
#include "plan_store.h"

#include <stdlib.h>

#include "sql.h"

// $1: the file's rows as JSON; $2: the plan's code. In the order of the references between them.
static const struct {
    plan_file_t file;
    const char *sql;
} STATEMENTS[] = {
    {PLAN_UNITS, "INSERT INTO unit (code, kind, name_vi, name_en)"
                 " SELECT code, kind, name_vi, name_en FROM jsonb_to_recordset($1::jsonb)"
                 "   AS r (code text, kind text, name_vi text, name_en text, position int)"
                 " WHERE $2::text IS NOT NULL ORDER BY position"
                 " ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name_vi = excluded.name_vi, name_en = excluded.name_en"},
    {PLAN_PLAN,
     "INSERT INTO plan (code, title_vi, title_en, issued_on, issuer, valid_from, valid_to, standing_unit, receiving_unit, replaces,"
     "   time_zone)"
     " SELECT r.code, title_vi, title_en, issued_on, i.unit_id, r.valid_from, r.valid_to, s.unit_id, c.unit_id, replaces, time_zone"
     " FROM jsonb_to_recordset($1::jsonb) AS r (code text, title_vi text, title_en text, issued_on date, issuer text,"
     "   valid_from date, valid_to date, standing_unit text, receiving_unit text, replaces text, time_zone text)"
     " JOIN unit i ON i.code = r.issuer JOIN unit s ON s.code = r.standing_unit JOIN unit c ON c.code = r.receiving_unit"
     " WHERE r.code = $2"
     " ON CONFLICT (code) DO UPDATE SET title_vi = excluded.title_vi, title_en = excluded.title_en,"
     "   issued_on = excluded.issued_on, issuer = excluded.issuer, valid_from = excluded.valid_from,"
     "   valid_to = excluded.valid_to, standing_unit = excluded.standing_unit, receiving_unit = excluded.receiving_unit,"
     "   replaces = excluded.replaces, time_zone = excluded.time_zone"},
    {PLAN_GROUPS, "INSERT INTO task_group (plan_id, code, position, title_vi)"
                  " SELECT p.plan_id, r.code, r.position, r.title_vi"
                  " FROM jsonb_to_recordset($1::jsonb) AS r (code text, position int, title_vi text) JOIN plan p ON p.code = $2"
                  " ORDER BY r.position"
                  " ON CONFLICT (plan_id, code) DO UPDATE SET position = excluded.position, title_vi = excluded.title_vi"},
    {PLAN_TASKS,
     "INSERT INTO task (plan_id, group_id, code, position, title_vi, timeframe, lead_text_vi, coordinating_text_vi)"
     " SELECT p.plan_id, g.group_id, r.code, r.position, r.title_vi, r.timeframe, r.lead_text_vi, r.coordinating_text_vi"
     " FROM jsonb_to_recordset($1::jsonb) AS r (code text, \"group\" text, position int, title_vi text, timeframe text,"
     "   lead_text_vi text, coordinating_text_vi text)"
     " JOIN plan p ON p.code = $2 JOIN task_group g ON g.plan_id = p.plan_id AND g.code = r.\"group\" ORDER BY r.position"
     " ON CONFLICT (plan_id, code) DO UPDATE SET group_id = excluded.group_id, position = excluded.position,"
     "   title_vi = excluded.title_vi, timeframe = excluded.timeframe, lead_text_vi = excluded.lead_text_vi,"
     "   coordinating_text_vi = excluded.coordinating_text_vi"},
    {PLAN_PERIODS,
     "INSERT INTO period (plan_id, code, kind, opens_on, due_before, cutoff_from, cutoff_to, closes_on)"
     " SELECT p.plan_id, r.code, r.kind, r.opens_on, r.due_before, nullif(r.cutoff_from, '')::date, nullif(r.cutoff_to, '')::date,"
     "   nullif(r.closes_on, '')::date"
     " FROM jsonb_to_recordset($1::jsonb) AS r (code text, kind text, opens_on date, due_before date, cutoff_from text,"
     "   cutoff_to text, closes_on text, position int) JOIN plan p ON p.code = $2 ORDER BY r.position"
     " ON CONFLICT (plan_id, code) DO UPDATE SET kind = excluded.kind, opens_on = excluded.opens_on,"
     "   due_before = excluded.due_before, cutoff_from = excluded.cutoff_from, cutoff_to = excluded.cutoff_to,"
     "   closes_on = excluded.closes_on"},
    {PLAN_INDICATORS,
     "INSERT INTO indicator (task_id, code, title_vi, type, unit_of_measure, minimum, maximum, aggregation, required, target)"
     " SELECT t.task_id, r.code, r.title_vi, r.type, r.unit_of_measure, nullif(r.minimum, '')::numeric,"
     "   nullif(r.maximum, '')::numeric, r.aggregation, r.required, nullif(r.target, '')::numeric"
     " FROM jsonb_to_recordset($1::jsonb) AS r (task text, code text, title_vi text, type text, unit_of_measure text,"
     "   minimum text, maximum text, aggregation text, required boolean, target text, position int)"
     " JOIN plan p ON p.code = $2 JOIN task t ON t.plan_id = p.plan_id AND t.code = r.task ORDER BY r.position"
     " ON CONFLICT (task_id, code) DO UPDATE SET title_vi = excluded.title_vi, type = excluded.type,"
     "   unit_of_measure = excluded.unit_of_measure, minimum = excluded.minimum, maximum = excluded.maximum,"
     "   aggregation = excluded.aggregation, required = excluded.required, target = excluded.target"},
    // Settings, no history: the file stands for all of them.
    {PLAN_REMINDERS,
     "DELETE FROM reminder_policy WHERE $1::text IS NOT NULL AND plan_id = (SELECT plan_id FROM plan WHERE code = $2)"},
    {PLAN_REMINDERS,
     "INSERT INTO reminder_policy (plan_id, period_id, hour, quiet_from, quiet_to, before, working_days_only, overdue, channels,"
     "   copy_to)"
     " SELECT p.plan_id, w.period_id, r.hour, r.quiet_from, r.quiet_to, string_to_array(r.before, ' ')::int[], r.working_days_only,"
     "   r.overdue, string_to_array(r.channels, ' '), string_to_array(r.copy_to, ' ')"
     " FROM jsonb_to_recordset($1::jsonb) AS r (period text, hour smallint, quiet_from smallint, quiet_to smallint, before text,"
     "   working_days_only boolean, overdue text, channels text, copy_to text) JOIN plan p ON p.code = $2"
     " LEFT JOIN period w ON w.plan_id = p.plan_id AND w.code = r.period"},
    {PLAN_ESCALATION,
     "DELETE FROM escalation_step WHERE $1::text IS NOT NULL AND plan_id = (SELECT plan_id FROM plan WHERE code = $2)"},
    {PLAN_ESCALATION,
     "INSERT INTO escalation_step (plan_id, period_id, after_working_days, recipient)"
     " SELECT p.plan_id, w.period_id, r.after_working_days, r.recipient"
     " FROM jsonb_to_recordset($1::jsonb) AS r (period text, after_working_days int, recipient text) JOIN plan p ON p.code = $2"
     " LEFT JOIN period w ON w.plan_id = p.plan_id AND w.code = r.period"},
};

// clang-format off
// Duties have their time. `of` is what the unit has the duty in, `value` what kind of duty it is; WANTED has the file's rows.
#define ALWAYS_CHANGE(wanted, table, of, value)                                                                                    \
    wanted " UPDATE " table " d SET " value " = w." value " FROM wanted w"                                                         \
           " WHERE d." of " = w." of " AND d.unit_id = w.unit_id AND d.valid_to = 'infinity'"
#define ALWAYS_ADD(wanted, table, of, value)                                                                                       \
    wanted " INSERT INTO " table " (" of ", unit_id, " value ") SELECT " of ", unit_id, " value " FROM wanted w"                   \
           " WHERE NOT EXISTS (SELECT FROM " table " d WHERE d." of " = w." of " AND d.unit_id = w.unit_id)"
// What goes on as it is: $3 is the day.
#define GOES_ON(of, value)                                                                                                         \
    "d." of " = w." of " AND d.unit_id = w.unit_id AND d." value " = w." value                                                     \
    " AND d.valid_from <= $3::date AND d.valid_to = 'infinity'"
#define AMEND_END(wanted, table, of, value, in_plan)                                                                               \
    wanted " UPDATE " table " d SET valid_to = greatest(valid_from, $3::date) WHERE " in_plan " AND valid_to > $3::date"           \
           " AND valid_to > valid_from AND NOT EXISTS (SELECT FROM wanted w WHERE " GOES_ON (of, value) ")"
#define AMEND_BEGIN(wanted, table, of, value)                                                                                      \
    wanted " INSERT INTO " table " (" of ", unit_id, " value ", valid_from) SELECT " of ", unit_id, " value ", $3::date"           \
           " FROM wanted w WHERE NOT EXISTS (SELECT FROM " table " d WHERE " GOES_ON (of, value) ") ON CONFLICT (" of              \
           ", unit_id, valid_from) DO UPDATE SET " value " = excluded." value ", valid_to = 'infinity'"

#define ROLES                                                                                                                      \
    "WITH wanted AS (SELECT t.task_id, u.unit_id, r.role"                                                                          \
    " FROM jsonb_to_recordset($1::jsonb) AS r (task text, unit text, role text)"                                                   \
    " JOIN plan p ON p.code = $2 JOIN task t ON t.plan_id = p.plan_id AND t.code = r.task JOIN unit u ON u.code = r.unit)"
#define REPORTERS                                                                                                                  \
    "WITH wanted AS (SELECT p.plan_id, u.unit_id, r.obligation"                                                                    \
    " FROM jsonb_to_recordset($1::jsonb) AS r (unit text, obligation text)"                                                        \
    " JOIN plan p ON p.code = $2 JOIN unit u ON u.code = r.unit)"
// clang-format on
#define IN_PLAN_TASK "task_id IN (SELECT task_id FROM task JOIN plan USING (plan_id) WHERE plan.code = $2)"
#define IN_PLAN "plan_id = (SELECT plan_id FROM plan WHERE code = $2)"

static const struct {
    plan_file_t file;
    const char *always[2], *amend[2];
} DUTIES[] = {
    {PLAN_TASK_UNITS,
     {ALWAYS_CHANGE (ROLES, "task_unit", "task_id", "role"), ALWAYS_ADD (ROLES, "task_unit", "task_id", "role")},
     {AMEND_END (ROLES, "task_unit", "task_id", "role", IN_PLAN_TASK), AMEND_BEGIN (ROLES, "task_unit", "task_id", "role")}},
    {PLAN_REPORTERS,
     {ALWAYS_CHANGE (REPORTERS, "reporter", "plan_id", "obligation"), ALWAYS_ADD (REPORTERS, "reporter", "plan_id", "obligation")},
     {AMEND_END (REPORTERS, "reporter", "plan_id", "obligation", IN_PLAN),
      AMEND_BEGIN (REPORTERS, "reporter", "plan_id", "obligation")}},
};

// A deadline that the file moves: what it was until now ($3). Before the periods themselves.
static const char MOVES[] =
    "INSERT INTO period_move (period_id, was, at, who)"
    " SELECT w.period_id, w.due_before, timestamptz 'epoch' + $3::bigint * interval '1 millisecond', $4"
    " FROM jsonb_to_recordset($1::jsonb) AS r (code text, due_before date) JOIN plan p ON p.code = $2"
    " JOIN period w ON w.plan_id = p.plan_id AND w.code = r.code AND w.due_before <> r.due_before ORDER BY w.period_id";

static int store_file (admin_t *admin, const csv_file_t *file, const char *sql, const char *plan, const char *from)
{
    json_t *rows = plan_file_to_json (file);
    char *text = json_dumps (rows, JSON_COMPACT);
    int status = from ? sql_run (admin, sql, SQL_PARAMS (text, plan, from)) : sql_run (admin, sql, SQL_PARAMS (text, plan));
    free (text);
    json_decref (rows);
    return status;
}

static int store_duties (admin_t *admin, csv_file_t files[PLAN_FILES], const char *plan, const char *from)
{
    int status = 0;
    for (size_t i = 0; i < sizeof DUTIES / sizeof *DUTIES; i++)
        for (size_t step = 0; status == 0 && step < 2; step++)
            status = store_file (admin, &files[DUTIES[i].file], from ? DUTIES[i].amend[step] : DUTIES[i].always[step], plan, from);
    return status;
}

// --- What was decided meanwhile --------------------------------------------------------------------------------------------------

// $1: the file's rows as JSON; $2: the plan's code. Which row, about whom, and until when.
static const char ENDED[] = "SELECT r.position, u.code, u.valid_to::text"
                            " FROM jsonb_to_recordset($1::jsonb) AS r (unit text, position int) JOIN unit u ON u.code = r.unit"
                            " WHERE $2::text IS NOT NULL AND u.valid_to <> 'infinity' ORDER BY r.position";
static const char EXTENDED[] = "SELECT r.position, u.code, (x.due_at AT TIME ZONE plan.time_zone)::date::text"
                               " FROM (SELECT code, nullif(closes_on, '')::date AS closes_on, position"
                               "       FROM jsonb_to_recordset($1::jsonb) AS r (code text, closes_on text, position int)) r"
                               " JOIN plan ON plan.code = $2 JOIN period p ON p.plan_id = plan.plan_id AND p.code = r.code"
                               " JOIN extension_due x USING (period_id) JOIN unit u USING (unit_id)"
                               " WHERE r.closes_on IS DISTINCT FROM p.closes_on"
                               "   AND x.due_at AT TIME ZONE plan.time_zone > r.closes_on ORDER BY r.position, u.code";

static int check_rows (admin_t *admin, const csv_file_t *file, const char *sql, const char *plan, csv_faults_t *faults)
{
    int status = 0;
    json_t *rows = plan_file_to_json (file);
    char *text = json_dumps (rows, JSON_COMPACT);
    PGresult *result = sql_query (admin, &status, sql, SQL_PARAMS (text, plan));
    for (int i = 0; result && i < PQntuples (result); i++) {
        size_t line = file->rows[sql_number (result, i, 0) - 1].line;
        const char *unit = sql_text (result, i, 1), *day = sql_text (result, i, 2);
        if (sql == ENDED)
            csv_fault (faults, file->name, line, "unit", _ ("%s is there until %s only: name who stands in its place"), unit, day);
        else
            csv_fault (faults, file->name, line, "closes_on", _ ("the deadline of %s was extended to before %s"), unit, day);
    }
    PQclear (result);
    free (text);
    json_decref (rows);
    return status;
}

int plan_check (admin_t *admin, csv_file_t files[PLAN_FILES], const char *from, csv_faults_t *faults)
{
    static const struct {
        plan_file_t file;
        const char *sql;
    } CHECKS[] = {{PLAN_TASK_UNITS, ENDED}, {PLAN_REPORTERS, ENDED}, {PLAN_PERIODS, EXTENDED}};
    int status = 0;
    const char *plan = csv_file_cell (&files[PLAN_PLAN], &files[PLAN_PLAN].rows[0], "code");
    for (size_t i = 0; status == 0 && i < sizeof CHECKS / sizeof *CHECKS; i++)
        if (from || CHECKS[i].sql != ENDED)
            status = check_rows (admin, &files[CHECKS[i].file], CHECKS[i].sql, plan, faults);
    return status;
}

// --- Storing ---------------------------------------------------------------------------------------------------------------------

static int check_time_zone (admin_t *admin, const char *zone)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, "SELECT FROM pg_timezone_names WHERE name = $1", SQL_PARAMS (zone));
    if (result && PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("plan.csv:2: time_zone: %s is no time zone such as Asia/Ho_Chi_Minh"), zone);
    PQclear (result);
    return status;
}

static int store_moves (admin_t *admin, const csv_file_t *file, const char *plan)
{
    const char *now = admin_now_text (admin);
    if (!now)
        return EX_CONFIG;
    json_t *rows = plan_file_to_json (file);
    char *text = json_dumps (rows, JSON_COMPACT);
    int status = sql_run (admin, MOVES, SQL_PARAMS (text, plan, now, admin_who (admin)));
    free (text);
    json_decref (rows);
    return status;
}

// Whose report would count although nobody expects it any more.
static const char UNEXPECTED[] =
    "SELECT u.code, w.code FROM unit_standing s JOIN period w USING (period_id) JOIN plan p USING (plan_id) JOIN unit u USING "
    "(unit_id)"
    " WHERE p.code = $1 AND s.submission_id IS NOT NULL"
    " AND NOT EXISTS (SELECT FROM period_reporter r WHERE r.period_id = s.period_id AND r.unit_id = s.unit_id)"
    " ORDER BY w.due_before, u.code LIMIT 1";

static int check_reported (admin_t *admin, const char *plan)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, UNEXPECTED, SQL_PARAMS (plan));
    if (result && PQntuples (result) > 0)
        status = admin_fail (EX_DATAERR, _ ("%s has reported to plan %s for period %s already: let it end after that"),
                             sql_text (result, 0, 0), plan, sql_text (result, 0, 1));
    PQclear (result);
    return status;
}

int plan_store (admin_t *admin, csv_file_t files[PLAN_FILES], const char *from)
{
    const csv_file_t *file = &files[PLAN_PLAN];
    const char *plan = csv_file_cell (file, &file->rows[0], "code");
    int status = check_time_zone (admin, csv_file_cell (file, &file->rows[0], "time_zone"));
    if (status == 0)
        status = store_moves (admin, &files[PLAN_PERIODS], plan);
    for (size_t i = 0; status == 0 && i < sizeof STATEMENTS / sizeof *STATEMENTS; i++)
        if (files[STATEMENTS[i].file].present)
            status = store_file (admin, &files[STATEMENTS[i].file], STATEMENTS[i].sql, plan, NULL);
    if (status == 0)
        status = store_duties (admin, files, plan, from);
    return status ? status : check_reported (admin, plan);
}
