// Tables, lines and JSON.
#include "output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libsmartcols.h>

#include "common/xmem.h"
#include "sql.h"

// Object ids of the types of columns.
enum { TYPE_BOOL = 16, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23, TYPE_TEXT = 25, TYPE_TIMESTAMPTZ = 1184 };

static bool is_number (Oid type)
{
    return type == TYPE_INT2 || type == TYPE_INT4 || type == TYPE_INT8;
}

// "2025-12-09 16:59:59.999+00" to "2025-12-09T16:59:59.999Z".
static json_t *json_time (const char *text)
{
    char *time = xstrdup (text);
    char *blank = strchr (time, ' '), *zone = strstr (time, "+00");
    if (blank)
        *blank = 'T';
    if (zone && !zone[3])
        strcpy (zone, "Z");
    json_t *value = json_string (time);
    free (time);
    return value;
}

static json_t *json_cell (const PGresult *result, int row, int column)
{
    const char *text = PQgetvalue (result, row, column);
    Oid type = PQftype (result, column);
    if (PQgetisnull (result, row, column))
        return json_null ();
    if (is_number (type))
        return json_integer (strtoll (text, NULL, 10));
    if (type == TYPE_BOOL)
        return json_boolean (*text == 't');
    return type == TYPE_TIMESTAMPTZ ? json_time (text) : json_string (text);
}

static void print_json (json_t *json)
{
    json_dumpf (json, stdout, JSON_COMPACT | JSON_ENCODE_ANY);
    putchar ('\n');
    json_decref (json);
}

json_t *output_rows (const PGresult *result, int first_column)
{
    json_t *list = json_array ();
    for (int row = 0; row < PQntuples (result); row++) {
        json_t *object = json_object ();
        for (int column = first_column; column < PQnfields (result); column++)
            json_object_set_new (object, PQfname (result, column), json_cell (result, row, column));
        json_array_append_new (list, object);
    }
    return list;
}

// Words of the schema and of the statements, by column.
static const struct {
    const char *column, *word;
} WORDS[] = {
    {"kind", N_ ("committee")},
    {"kind", N_ ("department")},
    {"kind", N_ ("press")},
    {"kind", N_ ("mass-organisation")},
    {"kind", N_ ("district")},
    {"kind", N_ ("agency")},
    {"kind", N_ ("commune")},
    {"kind", N_ ("holiday")},
    {"kind", N_ ("working")},
    {"kind", N_ ("annual")},
    {"kind", N_ ("quarterly")},
    {"kind", N_ ("monthly")},
    {"kind", N_ ("interim")},
    {"kind", N_ ("final")},
    {"kind", N_ ("ad hoc")},
    {"obligation", N_ ("must")},
    {"obligation", N_ ("may")},
    {"obligation", N_ ("none")},
    {"what", N_ ("unit")},
    {"what", N_ ("reporter")},
    {"what", N_ ("task")},
    {"what", N_ ("standing unit")},
    {"what", N_ ("report")},
    {"what", N_ ("identifier")},
    {"what", N_ ("successor of")},
    {"what", N_ ("merge")},
    {"what", N_ ("split")},
    {"what", N_ ("transfer")},
    {"what", N_ ("end")},
    {"what", N_ ("must")},
    {"what", N_ ("may")},
    {"what", N_ ("lead")},
    {"what", N_ ("coordinating")},
    {"state", N_ ("open")},
    {"state", N_ ("closed")},
    {"state", N_ ("not yet open")},
    {"state", N_ ("waiting")},
    {"state", N_ ("sent")},
    {"state", N_ ("failed")},
    {"state", N_ ("withdrawn")},
    {"state", N_ ("unused")},
    {"state", N_ ("used")},
    {"state", N_ ("expired")},
    {"state", N_ ("revoked")},
    {"role", N_ ("officer")},
    {"role", N_ ("leader")},
    {"role", N_ ("digest")},
    {"channel", N_ ("mail")},
    {"state", N_ ("received")},
    {"state", N_ ("undecided")},
    {"state", N_ ("granted")},
    {"state", N_ ("refused")},
    {"state", N_ ("lapsed")},
    {"request", N_ ("extension")},
    {"request", N_ ("withdrawal")},
    {"state", N_ ("accepted")},
    {"state", N_ ("rejected")},
    {"state", N_ ("superseded")},
    {"state", N_ ("returned")},
    {"state", N_ ("confirmed")},
    {"state", N_ ("quarantined")},
    {"timeliness", N_ ("on time")},
    {"timeliness", N_ ("late")},
    {"timeliness", N_ ("after closing")},
    {"action", N_ ("confirm")},
    {"action", N_ ("return")},
    {"action", N_ ("admit")},
    {"severity", N_ ("error")},
    {"severity", N_ ("warning")},
    {"queue", N_ ("validation")},
    {"queue", N_ ("aggregation judged")},
    {"queue", N_ ("aggregation returned")},
    {"queue", N_ ("notification judged")},
    {"queue", N_ ("notification standing")},
    {"queue", N_ ("notification returned")},
    {"queue", N_ ("notification confirmed")},
    {"queue", N_ ("notification quarantined")},
    {"queue", N_ ("notification deadline")},
    {"queue", N_ ("notification extension")},
    {"decision", N_ ("granted")},
    {"decision", N_ ("refused")},
};

// The word in the user's language; a name or a reason that happens to be the same stays what it is.
static const char *word_of (const char *column, const char *text)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp (WORDS[i].column, column) == 0 && strcmp (WORDS[i].word, text) == 0)
            return _ (text);
    return text;
}

// For people; the caller frees it. A second is as fine as they need.
static char *people_cell (const PGresult *result, int row, int column)
{
    const char *text = PQgetvalue (result, row, column);
    Oid type = PQftype (result, column);
    if (PQgetisnull (result, row, column))
        return xstrdup ("-");
    if (type == TYPE_BOOL)
        return xstrdup (*text == 't' ? _ ("yes") : _ ("no"));
    char *cell = xstrdup (type == TYPE_TEXT ? word_of (PQfname (result, column), text) : text);
    char *fraction = type == TYPE_TIMESTAMPTZ ? strchr (cell, '.') : NULL;
    if (fraction)
        memmove (fraction, fraction + strcspn (fraction, "+-"), strlen (fraction + strcspn (fraction, "+-")) + 1);
    return cell;
}

// Numbers stand on the right; a column of words may be wrapped, codes and keys and times never.
static int column_flags (const PGresult *result, int column)
{
    if (is_number (PQftype (result, column)))
        return SCOLS_FL_RIGHT;
    for (int row = 0; row < PQntuples (result); row++)
        if (PQftype (result, column) == TYPE_TEXT && strchr (PQgetvalue (result, row, column), ' '))
            return SCOLS_FL_WRAP;
    return 0;
}

static void print_table (const PGresult *result, const char *const *titles)
{
    struct libscols_table *table = scols_new_table ();
    for (int column = 0; column < PQnfields (result); column++)
        scols_table_new_column (table, titles[column], 0, column_flags (result, column));
    for (int row = 0; row < PQntuples (result); row++) {
        struct libscols_line *line = scols_table_new_line (table, NULL);
        for (int column = 0; column < PQnfields (result); column++)
            scols_line_refer_data (line, (size_t)column, people_cell (result, row, column));
    }
    scols_print_table (table);
    scols_unref_table (table);
}

static void print_lines (const PGresult *result)
{
    for (int row = 0; row < PQntuples (result); row++)
        for (int column = 0; column < PQnfields (result); column++) {
            char *cell = people_cell (result, row, column);
            for (const char *c = cell; *c; c++)
                putchar (*c == '\t' || *c == '\n' || *c == '\r' ? ' ' : *c);
            putchar (column + 1 < PQnfields (result) ? '\t' : '\n');
            free (cell);
        }
}

void output_record (const PGresult *result, int first_column, const char *const *titles)
{
    for (int column = first_column; column < PQnfields (result); column++) {
        char *cell = people_cell (result, 0, column);
        printf ("%s: %s\n", titles[column - first_column], cell);
        free (cell);
    }
}

void output_list (const admin_t *admin, PGresult **result_p, const char *const *titles)
{
    if (admin->options->given & OPTION_JSON)
        print_json (output_rows (*result_p, 0));
    else if (isatty (STDOUT_FILENO))
        print_table (*result_p, titles);
    else
        print_lines (*result_p);
    PQclear (*result_p);
    *result_p = NULL;
}

int output_query (admin_t *admin, const char *sql, int n_params, const char *const *params, const char *const *titles)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, sql, n_params, params);
    if (result)
        output_list (admin, &result, titles);
    return status;
}

// The caller frees it.
static char *value_cell (const json_t *value)
{
    if (json_is_integer (value))
        return xasprintf ("%lld", (long long)json_integer_value (value));
    return xstrdup (json_is_string (value) ? json_string_value (value) : "-");
}

static void table_lines (FILE *to, const output_column_t *columns, size_t n, const json_t *rows)
{
    json_t *row;
    size_t i;
    for (size_t column = 0; column < n; column++)
        fprintf (to, "%s%c", columns[column].title, column + 1 < n ? '\t' : '\n');
    json_array_foreach (rows, i, row)
        for (size_t column = 0; column < n; column++) {
            char *cell = value_cell (json_object_get (row, columns[column].key));
            for (char *c = cell; (c = strpbrk (c, "\t\n\r")); c++)
                *c = ' ';
            fprintf (to, "%s%c", cell, column + 1 < n ? '\t' : '\n');
            free (cell);
        }
}

void output_table (FILE *to, int width, const output_column_t *columns, size_t n, const json_t *rows)
{
    json_t *row;
    size_t i;
    if (width == 0) {
        table_lines (to, columns, n, rows);
        return;
    }
    struct libscols_table *table = scols_new_table ();
    scols_table_set_stream (table, to);
    scols_table_set_termforce (table, SCOLS_TERMFORCE_ALWAYS);
    scols_table_set_termwidth (table, (size_t)width);
    for (size_t column = 0; column < n; column++)
        scols_table_new_column (table, columns[column].title, 0,
                                (columns[column].flags & OUTPUT_RIGHT ? SCOLS_FL_RIGHT : 0) |
                                    (columns[column].flags & OUTPUT_CUT ? SCOLS_FL_TRUNC : 0));
    json_array_foreach (rows, i, row) {
        struct libscols_line *line = scols_table_new_line (table, NULL);
        for (size_t column = 0; column < n; column++)
            scols_line_refer_data (line, column, value_cell (json_object_get (row, columns[column].key)));
    }
    scols_print_table (table);
    scols_unref_table (table);
}

void output_result (const admin_t *admin, json_t *object, const char *format, ...)
{
    if (admin->options->given & OPTION_JSON) {
        print_json (object);
        return;
    }
    json_decref (object);
    va_list arguments;
    va_start (arguments, format);
    vprintf (format, arguments);
    va_end (arguments);
    putchar ('\n');
}
