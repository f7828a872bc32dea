// calendar: the official days off, and the weekend days that are worked instead, as the government announced them.
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "plan_store.h"
#include "sql.h"

// $1: the rows as JSON. The file stands for every year that it has a day of.
static const char REMOVE[] = "DELETE FROM official_day o WHERE extract(year FROM o.day) IN"
                             " (SELECT extract(year FROM r.day) FROM jsonb_to_recordset($1::jsonb) AS r (day date))"
                             " AND NOT EXISTS (SELECT FROM jsonb_to_recordset($1::jsonb) AS r (day date, kind text, name text)"
                             "   WHERE (r.day, r.kind, r.name) = (o.day, o.kind, o.name_vi))";
static const char ADD[] =
    "INSERT INTO official_day (day, kind, name_vi)"
    " SELECT day, kind, name FROM jsonb_to_recordset($1::jsonb) AS r (day date, kind text, name text) ON CONFLICT DO NOTHING";

static int run (admin_t *admin, const char *sql, const char *rows, long long *count_p)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, sql, SQL_PARAMS (rows));
    if (result)
        *count_p = sql_affected (result);
    PQclear (result);
    return status;
}

static int store (admin_t *admin, const csv_file_t *file, long long *removed_p, long long *added_p)
{
    json_t *rows = plan_file_to_json (file);
    char *text = json_dumps (rows, JSON_COMPACT);
    int status = run (admin, REMOVE, text, removed_p);
    if (status == 0)
        status = run (admin, ADD, text, added_p);
    if (status == 0 && *removed_p + *added_p > 0)
        status = sql_plan_moved (admin);
    free (text);
    json_decref (rows);
    return status;
}

static int load (admin_t *admin, const csv_file_t *file)
{
    long long removed = 0, added = 0;
    bool dry_run = admin->options->given & OPTION_DRY_RUN;
    int status = sql_begin_decision (admin, NULL);
    if (status == 0)
        status = store (admin, file, &removed, &added);
    status = sql_end (admin, status);
    if (status == 0)
        output_result (admin,
                       json_pack ("{s:b,s:I,s:I,s:I}", "loaded", !dry_run, "days", (json_int_t)file->n_rows, "removed",
                                  (json_int_t)removed, "added", (json_int_t)added),
                       dry_run ? _ ("The calendar would be loaded: %zu days, %lld of them new; %lld go.")
                               : _ ("The calendar is loaded: %zu days, %lld of them new; %lld are gone."),
                       file->n_rows, added, removed);
    return status;
}

int calendar_load (admin_t *admin)
{
    char *path = xstrdup (admin->options->operands[0]), *slash = strrchr (path, '/');
    csv_file_t file;
    csv_faults_t faults = {.list = json_array ()};
    if (slash)
        *slash = '\0';
    plan_files_read_calendar (&file, slash ? path : ".", slash ? slash + 1 : path, &faults);
    int status = json_array_size (faults.list) > 0 ? plan_report_faults (admin, &faults) : load (admin, &file);
    csv_file_clear (&file);
    json_decref (faults.list);
    free (path);
    return status;
}

static const char LIST[] = "SELECT day, kind, name_vi AS name FROM official_day"
                           " WHERE $1::int IS NULL OR extract(year FROM day) = $1::int ORDER BY day";

int calendar_list (admin_t *admin)
{
    const char *year = admin->options->n_operands > 0 ? admin->options->operands[0] : NULL;
    if (year && (strlen (year) != 4 || strspn (year, "0123456789") != 4))
        return admin_fail (EX_USAGE, _ ("\"%s\" is not a year as in 2025"), year);
    const char *titles[] = {_ ("Day"), _ ("Kind"), _ ("Name")};
    return output_query (admin, LIST, SQL_PARAMS (year), titles);
}
