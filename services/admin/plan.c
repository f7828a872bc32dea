// plan load: a plan's files into the database, whole or not at all. Loading the same plan again changes what changed in the files
// and deletes nothing: reports may refer to it.
#include <stdio.h>
#include <stdlib.h>

#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "plan_files.h"
#include "sql.h"

// $1: the file's rows as JSON; $2: the plan's code. Each touches only rows that differ, so the count of rows touched is the count
// of changes. In the order of the references between them.
static const struct {
    plan_file_t file;
    const char *sql;
} STATEMENTS[] = {
    {PLAN_UNITS, "INSERT INTO unit (code, kind, name_vi, name_en, duty)"
                 " SELECT code, kind, name_vi, name_en, duty FROM jsonb_to_recordset($1::jsonb)"
                 "   AS r (code text, kind text, name_vi text, name_en text, duty text, position int)"
                 " WHERE $2::text IS NOT NULL ORDER BY position"
                 " ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name_vi = excluded.name_vi, name_en = excluded.name_en,"
                 "   duty = excluded.duty"
                 " WHERE (unit.kind, unit.name_vi, unit.name_en, unit.duty)"
                 "   IS DISTINCT FROM (excluded.kind, excluded.name_vi, excluded.name_en, excluded.duty)"},
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
     "   replaces = excluded.replaces, time_zone = excluded.time_zone"
     " WHERE (plan.title_vi, plan.title_en, plan.issued_on, plan.issuer, plan.valid_from, plan.valid_to, plan.standing_unit,"
     "   plan.receiving_unit, plan.replaces, plan.time_zone) IS DISTINCT FROM (excluded.title_vi, excluded.title_en,"
     "   excluded.issued_on, excluded.issuer, excluded.valid_from, excluded.valid_to, excluded.standing_unit,"
     "   excluded.receiving_unit, excluded.replaces, excluded.time_zone)"},
    {PLAN_GROUPS, "INSERT INTO task_group (plan_id, code, position, title_vi)"
                  " SELECT p.plan_id, r.code, r.position, r.title_vi"
                  " FROM jsonb_to_recordset($1::jsonb) AS r (code text, position int, title_vi text) JOIN plan p ON p.code = $2"
                  " ORDER BY r.position"
                  " ON CONFLICT (plan_id, code) DO UPDATE SET position = excluded.position, title_vi = excluded.title_vi"
                  " WHERE (task_group.position, task_group.title_vi) IS DISTINCT FROM (excluded.position, excluded.title_vi)"},
    {PLAN_TASKS,
     "INSERT INTO task (plan_id, group_id, code, position, title_vi, timeframe, lead_text_vi, coordinating_text_vi)"
     " SELECT p.plan_id, g.group_id, r.code, r.position, r.title_vi, r.timeframe, r.lead_text_vi, r.coordinating_text_vi"
     " FROM jsonb_to_recordset($1::jsonb) AS r (code text, \"group\" text, position int, title_vi text, timeframe text,"
     "   lead_text_vi text, coordinating_text_vi text)"
     " JOIN plan p ON p.code = $2 JOIN task_group g ON g.plan_id = p.plan_id AND g.code = r.\"group\" ORDER BY r.position"
     " ON CONFLICT (plan_id, code) DO UPDATE SET group_id = excluded.group_id, position = excluded.position,"
     "   title_vi = excluded.title_vi, timeframe = excluded.timeframe, lead_text_vi = excluded.lead_text_vi,"
     "   coordinating_text_vi = excluded.coordinating_text_vi"
     " WHERE (task.group_id, task.position, task.title_vi, task.timeframe, task.lead_text_vi, task.coordinating_text_vi)"
     "   IS DISTINCT FROM (excluded.group_id, excluded.position, excluded.title_vi, excluded.timeframe, excluded.lead_text_vi,"
     "   excluded.coordinating_text_vi)"},
    {PLAN_TASK_UNITS,
     "INSERT INTO task_unit (task_id, unit_id, role)"
     " SELECT t.task_id, u.unit_id, r.role FROM jsonb_to_recordset($1::jsonb) AS r (task text, unit text, role text)"
     " JOIN plan p ON p.code = $2 JOIN task t ON t.plan_id = p.plan_id AND t.code = r.task JOIN unit u ON u.code = r.unit"
     " ON CONFLICT (task_id, unit_id, valid_from) DO UPDATE SET role = excluded.role WHERE task_unit.role <> excluded.role"},
    {PLAN_REPORTERS,
     "INSERT INTO reporter (plan_id, unit_id, obligation)"
     " SELECT p.plan_id, u.unit_id, r.obligation FROM jsonb_to_recordset($1::jsonb) AS r (unit text, obligation text)"
     " JOIN plan p ON p.code = $2 JOIN unit u ON u.code = r.unit"
     " ON CONFLICT (plan_id, unit_id, valid_from) DO UPDATE SET obligation = excluded.obligation"
     " WHERE reporter.obligation <> excluded.obligation"},
    {PLAN_PERIODS, "INSERT INTO period (plan_id, code, kind, opens_on, due_before)"
                   " SELECT p.plan_id, r.code, r.kind, r.opens_on, r.due_before"
                   " FROM jsonb_to_recordset($1::jsonb) AS r (code text, kind text, opens_on date, due_before date, position int)"
                   " JOIN plan p ON p.code = $2 ORDER BY r.position"
                   " ON CONFLICT (plan_id, code) DO UPDATE SET kind = excluded.kind, opens_on = excluded.opens_on,"
                   "   due_before = excluded.due_before"
                   " WHERE (period.kind, period.opens_on, period.due_before)"
                   "   IS DISTINCT FROM (excluded.kind, excluded.opens_on, excluded.due_before)"},
    {PLAN_INDICATORS,
     "INSERT INTO indicator (task_id, code, title_vi, type, unit_of_measure, minimum, maximum, aggregation, required)"
     " SELECT t.task_id, r.code, r.title_vi, r.type, r.unit_of_measure, nullif(r.minimum, '')::numeric,"
     "   nullif(r.maximum, '')::numeric, r.aggregation, r.required"
     " FROM jsonb_to_recordset($1::jsonb) AS r (task text, code text, title_vi text, type text, unit_of_measure text,"
     "   minimum text, maximum text, aggregation text, required boolean, position int)"
     " JOIN plan p ON p.code = $2 JOIN task t ON t.plan_id = p.plan_id AND t.code = r.task ORDER BY r.position"
     " ON CONFLICT (task_id, code) DO UPDATE SET title_vi = excluded.title_vi, type = excluded.type,"
     "   unit_of_measure = excluded.unit_of_measure, minimum = excluded.minimum, maximum = excluded.maximum,"
     "   aggregation = excluded.aggregation, required = excluded.required"
     " WHERE (indicator.title_vi, indicator.type, indicator.unit_of_measure, indicator.minimum, indicator.maximum,"
     "   indicator.aggregation, indicator.required) IS DISTINCT FROM (excluded.title_vi, excluded.type,"
     "   excluded.unit_of_measure, excluded.minimum, excluded.maximum, excluded.aggregation, excluded.required)"},
};

static int report_faults (const admin_t *admin, const csv_faults_t *faults)
{
    size_t i;
    json_t *fault;
    json_array_foreach (faults->list, i, fault) {
        const char *file, *column, *message;
        json_int_t line;
        json_unpack (fault, "{s:s,s:I,s:s,s:s}", "file", &file, "line", &line, "column", &column, "message", &message);
        char *place = line > 0 ? xasprintf ("%s:%lld: ", file, (long long)line) : xasprintf ("%s: ", file);
        fprintf (stderr, "%s%s%s%s\n", place, column, *column ? ": " : "", message);
        free (place);
    }
    if (admin->options->given & OPTION_JSON)
        output_result (admin, json_pack ("{s:b,s:O}", "loaded", 0, "faults", faults->list), "%s", "");
    return admin_fail (EX_DATAERR, _ ("nothing was loaded: correct these %zu places first"), json_array_size (faults->list));
}

static int store_file (admin_t *admin, const csv_file_t *file, const char *sql, const char *plan, long long *changed_p)
{
    int status = 0;
    json_t *rows = plan_file_to_json (file);
    char *text = json_dumps (rows, JSON_COMPACT);
    PGresult *result = sql_query (admin, &status, sql, SQL_PARAMS (text, plan));
    if (result)
        *changed_p += sql_affected (result);
    PQclear (result);
    free (text);
    json_decref (rows);
    return status;
}

static int check_time_zone (admin_t *admin, const char *zone)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, "SELECT FROM pg_timezone_names WHERE name = $1", SQL_PARAMS (zone));
    if (result && PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("plan.csv:2: time_zone: %s is no time zone such as Asia/Ho_Chi_Minh"), zone);
    PQclear (result);
    return status;
}

// The version's row is locked first, so that two loads come one after the other.
static int store (admin_t *admin, csv_file_t files[PLAN_FILES], const char *plan, long long *changed_p)
{
    int status = sql_run (admin, "SELECT version FROM plan_version FOR UPDATE", SQL_NO_PARAMS);
    if (status == 0)
        status = check_time_zone (admin, csv_file_cell (&files[PLAN_PLAN], &files[PLAN_PLAN].rows[0], "time_zone"));
    for (size_t i = 0; status == 0 && i < sizeof STATEMENTS / sizeof *STATEMENTS; i++)
        status = store_file (admin, &files[STATEMENTS[i].file], STATEMENTS[i].sql, plan, changed_p);
    if (status == 0 && *changed_p > 0)
        status = sql_run (admin, "UPDATE plan_version SET version = version + 1", SQL_NO_PARAMS);
    return status;
}

static int load (admin_t *admin, csv_file_t files[PLAN_FILES])
{
    long long changed = 0;
    const char *plan = csv_file_cell (&files[PLAN_PLAN], &files[PLAN_PLAN].rows[0], "code");
    int status = sql_run (admin, "BEGIN", SQL_NO_PARAMS);
    if (status == 0)
        status = sql_end (admin, store (admin, files, plan, &changed));
    if (status == 0)
        output_result (admin,
                       json_pack ("{s:b,s:s,s:I,s:I,s:I,s:I}", "loaded", 1, "plan", plan, "changed", (json_int_t)changed, "units",
                                  (json_int_t)files[PLAN_UNITS].n_rows, "tasks", (json_int_t)files[PLAN_TASKS].n_rows, "periods",
                                  (json_int_t)files[PLAN_PERIODS].n_rows),
                       _ ("Plan %s is loaded: %zu units, %zu tasks, %zu periods; %lld rows new or changed."), plan,
                       files[PLAN_UNITS].n_rows, files[PLAN_TASKS].n_rows, files[PLAN_PERIODS].n_rows, changed);
    return status;
}

int plan_load (admin_t *admin)
{
    csv_file_t files[PLAN_FILES];
    csv_faults_t faults = {json_array ()};
    plan_files_read (files, admin->options->operands[0], &faults);
    int status = json_array_size (faults.list) > 0 ? report_faults (admin, &faults) : load (admin, files);
    plan_files_clear (files);
    json_decref (faults.list);
    return status;
}
