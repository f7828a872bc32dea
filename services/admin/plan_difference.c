// A plan's rows as they stand in the tables, and what a load changes in them.
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "plan_store.h"
#include "sql.h"

// $1: the plan's code; $2: the codes of the units, as a JSON list. A row is named by its file's key; one that did not always hold
// also by the day on which it began.
// clang-format off
#define ROW(file, key, columns)                                                                                                    \
    "SELECT '" file "' AS file, " key " AS row, true AS open, jsonb_build_object(" columns ") AS columns "
#define DUTY(file, key, columns)                                                                                                   \
    " UNION ALL SELECT '" file "', " key " || CASE WHEN isfinite(d.valid_from) THEN ' ' || d.valid_from ELSE '' END,"              \
    "   least(d.valid_to, u.valid_to) = 'infinity', jsonb_build_object(" columns ", 'valid_to', d.valid_to) "
#define OF_PERIOD "$1 || coalesce((SELECT ' ' || w.code FROM period w WHERE w.period_id = d.period_id), '')"

static const char ROWS[] =
    "WITH p AS (SELECT * FROM plan WHERE code = $1)"
    ROW ("units.csv", "code", "'kind', kind, 'name_vi', name_vi, 'name_en', name_en")
    " FROM unit WHERE code IN (SELECT jsonb_array_elements_text($2::jsonb))"
    " UNION ALL "
    ROW ("plan.csv", "p.code",
         "'title_vi', title_vi, 'title_en', title_en, 'issued_on', issued_on, 'issuer', i.code, 'valid_from', p.valid_from,"
         " 'valid_to', p.valid_to, 'standing_unit', s.code, 'receiving_unit', c.code, 'replaces', replaces, 'time_zone', time_zone")
    " FROM p JOIN unit i ON i.unit_id = issuer JOIN unit s ON s.unit_id = standing_unit JOIN unit c ON c.unit_id = receiving_unit"
    " UNION ALL "
    ROW ("task_groups.csv", "g.code", "'position', position, 'title_vi', g.title_vi")
    " FROM task_group g JOIN p USING (plan_id)"
    " UNION ALL "
    ROW ("tasks.csv", "t.code",
         "'group', g.code, 'position', t.position, 'title_vi', t.title_vi, 'timeframe', timeframe, 'lead_text_vi', lead_text_vi,"
         " 'coordinating_text_vi', coordinating_text_vi")
    " FROM task t JOIN task_group g USING (group_id) JOIN p ON p.plan_id = t.plan_id"
    " UNION ALL "
    ROW ("periods.csv", "d.code",
         "'kind', kind, 'opens_on', opens_on, 'due_before', due_before, 'cutoff_from', cutoff_from, 'cutoff_to', cutoff_to,"
         " 'closes_on', closes_on")
    " FROM period d JOIN p USING (plan_id)"
    " UNION ALL "
    ROW ("indicators.csv", "t.code || ' ' || d.code",
         "'title_vi', d.title_vi, 'type', type, 'unit_of_measure', unit_of_measure, 'minimum', minimum::text,"
         " 'maximum', maximum::text, 'aggregation', aggregation, 'required', required, 'target', target::text")
    " FROM indicator d JOIN task t USING (task_id) JOIN p USING (plan_id)"
    " UNION ALL "
    ROW ("reminders.csv", OF_PERIOD,
         "'hour', hour, 'quiet_from', quiet_from, 'quiet_to', quiet_to, 'before', array_to_string(before, ' '),"
         " 'working_days_only', working_days_only, 'overdue', overdue, 'channels', array_to_string(channels, ' '),"
         " 'copy_to', array_to_string(copy_to, ' ')")
    " FROM reminder_policy d JOIN p USING (plan_id)"
    " UNION ALL "
    ROW ("escalation.csv", OF_PERIOD " || ' ' || after_working_days || ' ' || recipient", "")
    " FROM escalation_step d JOIN p USING (plan_id)"
    DUTY ("task_units.csv", "t.code || ' ' || u.code", "'role', role")
    " FROM task_unit d JOIN task t USING (task_id) JOIN p USING (plan_id) JOIN unit u USING (unit_id)"
    DUTY ("reporters.csv", "u.code", "'obligation', obligation")
    " FROM reporter d JOIN p USING (plan_id) JOIN unit u USING (unit_id)";
// clang-format on

static json_t *unit_codes (const csv_file_t *units)
{
    json_t *codes = json_array ();
    for (size_t i = 0; i < units->n_rows; i++)
        json_array_append_new (codes, json_string (csv_file_cell (units, &units->rows[i], "code")));
    return codes;
}

json_t *plan_rows (admin_t *admin, int *status_p, const char *plan, const csv_file_t *units)
{
    json_t *codes = unit_codes (units), *rows = NULL;
    char *text = json_dumps (codes, JSON_COMPACT);
    PGresult *result = sql_query (admin, status_p, ROWS, SQL_PARAMS (plan, text));
    if (result)
        rows = json_object ();
    for (int i = 0; result && i < PQntuples (result); i++) {
        const char *file = sql_text (result, i, 0), *row = sql_text (result, i, 1);
        char *key = xasprintf ("%s %s", file, row);
        json_object_set_new (rows, key,
                             json_pack ("{s:s, s:s, s:b, s:o}", "file", file, "row", row, "open", *sql_text (result, i, 2) == 't',
                                        "columns", json_loads (sql_text (result, i, 3), 0, NULL)));
        free (key);
    }
    PQclear (result);
    free (text);
    json_decref (codes);
    return rows;
}

// --- The difference --------------------------------------------------------------------------------------------------------------

static json_t *note (json_t *list, const json_t *row, const char *change)
{
    json_t *object =
        json_pack ("{s:O, s:O, s:s}", "file", json_object_get (row, "file"), "row", json_object_get (row, "row"), "change", change);
    json_array_append_new (list, object);
    return object;
}

static void compare_columns (json_t *list, const json_t *before, const json_t *after)
{
    const char *column;
    json_t *value;
    json_object_foreach (json_object_get (after, "columns"), column, value) {
        json_t *old = json_object_get (json_object_get (before, "columns"), column);
        if (json_equal (old, value))
            continue;
        json_t *object = note (list, after, "changed");
        json_object_set_new (object, "column", json_string (column));
        json_object_set (object, "old", old);
        json_object_set (object, "new", value);
    }
}

// The names of a file's rows, as ROWS has them, among those that have no end.
static json_t *names_in (csv_file_t files[PLAN_FILES])
{
    static const struct {
        plan_file_t file;
        const char *key[2];
    } KEYS[] = {
        {PLAN_GROUPS, {"code"}},    {PLAN_TASKS, {"code"}},   {PLAN_TASK_UNITS, {"task", "unit"}},
        {PLAN_REPORTERS, {"unit"}}, {PLAN_PERIODS, {"code"}}, {PLAN_INDICATORS, {"task", "code"}},
    };
    json_t *names = json_object ();
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const csv_file_t *file = &files[KEYS[i].file];
        for (const csv_row_t *row = file->rows; row < file->rows + file->n_rows; row++) {
            const char *first = csv_file_cell (file, row, KEYS[i].key[0]);
            char *name = KEYS[i].key[1] ? xasprintf ("%s %s %s", file->name, first, csv_file_cell (file, row, KEYS[i].key[1]))
                                        : xasprintf ("%s %s", file->name, first);
            json_object_set_new (names, name, json_true ());
            free (name);
        }
    }
    return names;
}

// Units are shared by plans; the other two have one row, or are taken as a whole.
static bool can_be_kept (const char *name)
{
    static const char *const OTHERS[] = {"units.csv ", "plan.csv ", "reminders.csv ", "escalation.csv "};
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (strncmp (name, OTHERS[i], strlen (OTHERS[i])) == 0)
            return false;
    return true;
}

// Is the row among those of the files? They become false. A duty that began on a day is named with it: the file's name is then the
// beginning of its name.
static bool take_name (json_t *names, const char *name)
{
    if (json_object_get (names, name))
        return json_object_set_new (names, name, json_false ()) == 0;
    char *shorter = xstrdup (name);
    *strrchr (shorter, ' ') = '\0';
    bool named = json_object_get (names, shorter) && json_object_set_new (names, shorter, json_false ()) == 0;
    free (shorter);
    return named;
}

// The files' rows for which nothing stands in the plan: names that no open row took away.
static void note_ended (json_t *list, const json_t *names)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)names, name, value) {
        json_t *row = json_pack ("{s:s%, s:s}", "file", name, strcspn (name, " "), "row", strchr (name, ' ') + 1);
        if (json_is_true (value))
            note (list, row, "ended");
        json_decref (row);
    }
}

json_t *plan_difference (const json_t *before, const json_t *after, csv_file_t files[PLAN_FILES])
{
    json_t *list = json_array (), *names = names_in (files), *row;
    const char *name;
    json_object_foreach ((json_t *)after, name, row) {
        const json_t *earlier = json_object_get (before, name);
        if (!earlier)
            note (list, row, "added");
        else
            compare_columns (list, earlier, row);
        if (can_be_kept (name) && json_is_true (json_object_get (row, "open")) && !take_name (names, name))
            note (list, row, "kept");
    }
    json_object_foreach ((json_t *)before, name, row)
        if (!json_object_get (after, name))
            note (list, row, "removed");
    note_ended (list, names);
    json_decref (names);
    return list;
}
