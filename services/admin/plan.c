// plan: the plans' files into the database, whole or not at all, and what is there. Loading again changes what changed in the files and
// deletes nothing that reports may refer to.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "plan_store.h"
#include "report/text.h"
#include "sql.h"

// A plan on its way in.
typedef struct {
    csv_file_t files[PLAN_FILES];
    const char *directory, *code;
    json_t *changes;  // NULL: not stored yet
} loading_t;

// --- Loading ---------------------------------------------------------------------------------------------------------------------

int plan_report_faults (const admin_t *admin, const csv_faults_t *faults)
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

static int check (admin_t *admin, loading_t *loading, size_t n)
{
    csv_faults_t faults = {.list = json_array (), .directory = n > 1 ? loading->directory : NULL};
    int status = plan_check (admin, loading->files, admin->options->from, &faults);
    if (status == 0 && json_array_size (faults.list) > 0)
        status = plan_report_faults (admin, &faults);
    json_decref (faults.list);
    return status;
}

static int store (admin_t *admin, loading_t *loading)
{
    int status = 0;
    const csv_file_t *units = &loading->files[PLAN_UNITS];
    json_t *before = plan_rows (admin, &status, loading->code, units), *after = NULL;
    if (before)
        status = plan_store (admin, loading->files, admin->options->from);
    if (before && status == 0)
        after = plan_rows (admin, &status, loading->code, units);
    if (after)
        loading->changes = plan_difference (before, after, loading->files);
    json_decref (before);
    json_decref (after);
    return status;
}

// Is it named although nothing becomes of it?
static bool is_unchanged (const json_t *change)
{
    const char *word = json_string_value (json_object_get (change, "change"));
    return strcmp (word, "kept") == 0 || strcmp (word, "ended") == 0;
}

// How many rows are new or other than before.
static size_t count_changed (const loading_t *loading)
{
    size_t i, count = 0;
    const char *last_file = "", *last_row = "";
    json_t *change;
    json_array_foreach (loading->changes, i, change) {
        const char *file = json_string_value (json_object_get (change, "file"));
        const char *row = json_string_value (json_object_get (change, "row"));
        if (is_unchanged (change))
            continue;
        count += strcmp (file, last_file) != 0 || strcmp (row, last_row) != 0;
        last_file = file;
        last_row = row;
    }
    return count;
}

static int store_all (admin_t *admin, loading_t *loadings, size_t n)
{
    size_t changed = 0;
    int status = 0;
    for (size_t i = 0; i < n && status == 0; i++) {
        status = check (admin, &loadings[i], n);
        status = status ? status : store (admin, &loadings[i]);
        changed += status == 0 ? count_changed (&loadings[i]) : 0;
    }
    if (status == 0 && changed > 0)
        status = sql_plan_moved (admin);
    return status;
}

static void print_change (const json_t *change)
{
    static const struct {
        const char *change, *mark, *remark;
    } MARKS[] = {{"added", "+", ""},
                 {"removed", "-", ""},
                 {"kept", "=", N_ (": no longer in the file, stays in force (--from DATE ends a duty)")},
                 {"ended", "!", N_ (": not taken over, the duty or its unit has an end (--from DATE begins a duty anew)")},
                 {"changed", "~", ""}};
    const char *name = json_string_value (json_object_get (change, "change"));
    size_t mark = 0;
    while (strcmp (MARKS[mark].change, name) != 0)
        mark++;
    printf ("%s %s %s", MARKS[mark].mark, json_string_value (json_object_get (change, "file")),
            json_string_value (json_object_get (change, "row")));
    const json_t *column = json_object_get (change, "column");
    if (column) {
        char *old = json_dumps (json_object_get (change, "old"), JSON_ENCODE_ANY);
        char *new = json_dumps (json_object_get (change, "new"), JSON_ENCODE_ANY);
        printf (": %s: %s -> %s", json_string_value (column), old, new);
        free (old);
        free (new);
    }
    puts (*MARKS[mark].remark ? _ (MARKS[mark].remark) : "");
}

static void tell_plan (const loading_t *loading, bool dry_run)
{
    size_t i;
    json_t *change;
    json_array_foreach (loading->changes, i, change)
        if (dry_run || is_unchanged (change))
            print_change (change);
    printf (dry_run ? _ ("Plan %s would be loaded: %zu units, %zu tasks, %zu periods; %zu rows new or changed.")
                    : _ ("Plan %s is loaded: %zu units, %zu tasks, %zu periods; %zu rows new or changed."),
            loading->code, loading->files[PLAN_UNITS].n_rows, loading->files[PLAN_TASKS].n_rows,
            loading->files[PLAN_PERIODS].n_rows, count_changed (loading));
    putchar ('\n');
}

static void tell (const admin_t *admin, const loading_t *loadings, size_t n)
{
    bool dry_run = admin->options->given & OPTION_DRY_RUN;
    json_t *plans = json_array ();
    for (const loading_t *loading = loadings; loading < loadings + n; loading++) {
        json_array_append_new (plans, json_pack ("{s:s,s:I,s:I,s:I,s:I,s:O}", "plan", loading->code, "changed",
                                                 (json_int_t)count_changed (loading), "units",
                                                 (json_int_t)loading->files[PLAN_UNITS].n_rows, "tasks",
                                                 (json_int_t)loading->files[PLAN_TASKS].n_rows, "periods",
                                                 (json_int_t)loading->files[PLAN_PERIODS].n_rows, "changes", loading->changes));
        if (!(admin->options->given & OPTION_JSON))
            tell_plan (loading, dry_run);
    }
    json_t *object = json_pack ("{s:b,s:o}", "loaded", !dry_run, "plans", plans);
    if (admin->options->given & OPTION_JSON)
        output_result (admin, object, "%s", "");
    else
        json_decref (object);
}

static int load (admin_t *admin, loading_t *loadings, size_t n)
{
    int status = sql_begin_decision (admin, NULL);
    if (status == 0)
        status = store_all (admin, loadings, n);
    status = sql_end (admin, status);
    if (status == 0)
        tell (admin, loadings, n);
    return status;
}

static void read_files (loading_t *loading, const char *directory, bool is_one_of_several, csv_faults_t *faults)
{
    loading->directory = directory;
    faults->directory = is_one_of_several ? directory : NULL;
    plan_files_read (loading->files, directory, faults);
    const csv_file_t *plan = &loading->files[PLAN_PLAN];
    loading->code = plan->n_rows > 0 ? csv_file_cell (plan, &plan->rows[0], "code") : "";
}

int plan_load (admin_t *admin)
{
    const options_t *options = admin->options;
    if (options->from && !text_is_date (options->from))
        return admin_fail (EX_USAGE, _ ("--from: \"%s\" is not a date as in 2025-12-10"), options->from);
    csv_faults_t faults = {.list = json_array ()};
    size_t n = options->n_operands;
    loading_t *loadings = xcalloc (n, sizeof *loadings);
    for (size_t i = 0; i < n; i++)
        read_files (&loadings[i], options->operands[i], n > 1, &faults);
    int status = json_array_size (faults.list) > 0 ? plan_report_faults (admin, &faults) : load (admin, loadings, n);
    for (size_t i = 0; i < n; i++) {
        plan_files_clear (loadings[i].files);
        json_decref (loadings[i].changes);
    }
    free (loadings);
    json_decref (faults.list);
    return status;
}

// --- What is there ---------------------------------------------------------------------------------------------------------------

static const char LIST[] =
    "SELECT p.code AS plan, p.title_vi, (SELECT u.code FROM plan_standing s JOIN unit u USING (unit_id) WHERE s.plan_id = p.plan_id"
    "   AND s.valid_from <= ((timestamptz 'epoch' + $1::bigint * interval '1 millisecond') AT TIME ZONE p.time_zone)::date"
    "   ORDER BY s.valid_from DESC LIMIT 1) AS standing_unit, p.valid_from, p.valid_to,"
    " (SELECT count(*) FROM task t WHERE t.plan_id = p.plan_id) AS tasks,"
    " (SELECT count(*) FROM period w WHERE w.plan_id = p.plan_id) AS periods,"
    " (SELECT count(DISTINCT unit_id) FROM reporter r WHERE r.plan_id = p.plan_id AND obligation = 'must') AS must_report"
    " FROM plan p ORDER BY p.code";

int plan_list (admin_t *admin)
{
    const char *now = admin_now_text (admin);
    if (!now)
        return EX_CONFIG;
    const char *titles[] = {_ ("Plan"), _ ("Title"), _ ("Standing unit"), _ ("From"),
                            _ ("To"),   _ ("Tasks"), _ ("Periods"),       _ ("Must report")};
    return output_query (admin, LIST, SQL_PARAMS (now), titles);
}

static void print_row (const json_t *row)
{
    const char *column;
    json_t *value;
    printf ("%s %s", json_string_value (json_object_get (row, "file")), json_string_value (json_object_get (row, "row")));
    json_object_foreach (json_object_get (row, "columns"), column, value) {
        char *text = json_dumps (value, JSON_ENCODE_ANY);
        printf ("\t%s=%s", column, text);
        free (text);
    }
    putchar ('\n');
}

int plan_show (admin_t *admin)
{
    int status = 0;
    const char *plan = admin->options->operands[0], *name;
    char *key = xasprintf ("plan.csv %s", plan);
    json_t *rows = plan_rows (admin, &status, plan, &(csv_file_t){.n_rows = 0}), *row, *list = json_array ();
    if (rows && !json_object_get (rows, key))
        status = admin_fail (EX_DATAERR, _ ("no plan has the code %s (baocao-admin plan list shows them)"), plan);
    else if (rows && admin->options->given & OPTION_JSON) {
        json_object_foreach (rows, name, row)
            json_array_append (list, row);
        output_result (admin, json_incref (list), "%s", "");
    } else if (rows)
        json_object_foreach (rows, name, row)
            print_row (row);
    json_decref (list);
    json_decref (rows);
    free (key);
    return status;
}
