#include "sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>

#include "common/xmem.h"
#include "report/json.h"
#include "report/text.h"
#include "client.h"
#include "grid.h"
#include "number.h"
#include "template.h"

enum { COMPLAINTS_MAX = 20, KEYS_MAX = 256 };

typedef struct {
    const grid_t *grid;
    const Baocao__V1__Duties *duties;
    json_t *report;
    char *keys[KEYS_MAX];  // of the table's columns; NULL: not read
    size_t n_keys;
    char *complaints;
    size_t n_complaints;
} sheet_t;

__attribute__ ((format (printf, 4, 5))) static void complain (sheet_t *self, size_t row, size_t column, const char *format, ...)
{
    char cell[32], *reason = NULL;
    va_list arguments;
    if (self->n_complaints++ >= COMPLAINTS_MAX)
        return;
    grid_name (row, column, cell);
    va_start (arguments, format);
    if (vasprintf (&reason, format, arguments) < 0)
        abort ();
    va_end (arguments);
    char *all = xasprintf (_ ("%s%scell %s (row %zu, column %zu): %s"), self->complaints ? self->complaints : "",
                           self->complaints ? "\n" : "", cell, row + 1, column + 1, reason);
    free (reason);
    free (self->complaints);
    self->complaints = all;
}

// The key of a label: what stands in the last parentheses, or the whole cell; the caller frees it.
static char *key_of (const char *label)
{
    size_t size = strlen (label);
    const char *open = strrchr (label, '(');
    char *key = open && label[size - 1] == ')' ? xmemdup (open + 1, size - (size_t)(open - label) - 2) : xstrdup (label);
    return key;
}

static bool same_word (const char *a, const char *b)
{
    int difference = 1;
    return !u8_casecmp ((const uint8_t *)a, strlen (a), (const uint8_t *)b, strlen (b), NULL, UNINORM_NFC, &difference) &&
           !difference;
}

// Sets "document.date" as {"document": {"date": value}}; takes the value over.
static void set_path (json_t *object, const char *path, json_t *value)
{
    const char *dot = strchr (path, '.');
    if (!dot) {
        json_object_set_new (object, path, value);
        return;
    }
    char *head = xmemdup (path, (size_t)(dot - path));
    if (!json_object_get (object, head))
        json_object_set_new (object, head, json_object ());
    set_path (json_object_get (object, head), dot + 1, value);
    free (head);
}

// --- The letter's facts ----------------------------------------------------------------------------------------------------------

static void read_date (sheet_t *self, size_t row, const char *text)
{
    char iso[64], *end;
    snprintf (iso, sizeof iso, "%s", text);
    long day = strtol (text, &end, 10), month = 0, year = 0;
    if (*end == '/' || *end == '-')
        month = strtol (end + 1, &end, 10);
    if (*end == '/' || *end == '-')
        year = strtol (end + 1, &end, 10);
    // 2025-12-05 has no such day and stays as it is.
    if (!*end && day > 0 && day <= 31 && month > 0 && month <= 12 && year > 31 && year <= 9999)
        snprintf (iso, sizeof iso, "%04ld-%02ld-%02ld", year, month, day);
    if (text_is_date (iso))
        set_path (self->report, "document.date", json_string (iso));
    else
        complain (self, row, 1, _ ("'%s' is not a date; write day/month/year, e.g. 05/12/2025"), text);
}

static void read_fact (sheet_t *self, size_t row, const char *key)
{
    const template_label_t *fact = template_facts;
    while (fact->key && strcmp (fact->key, key) != 0)
        fact++;
    const char *value = grid_cell (self->grid, row, 1);
    if (!fact->key)
        complain (self, row, 0, _ ("'%s' is not a row of the template"), grid_cell (self->grid, row, 0));
    else if (!*value)
        return;
    else if (!strcmp (key, "document.date"))
        read_date (self, row, value);
    else
        set_path (self->report, strcmp (key, "nothing_to_report") != 0 ? key : "nothing_to_report.reason", json_string (value));
}

// --- The table -------------------------------------------------------------------------------------------------------------------

static int source_named (const char *name, size_t size)
{
    for (int source = 1; source < 9; source++) {
        const char *known = report_enum_name (&baocao__v1__budget_source__descriptor, source);
        if (strlen (known) == size && !strncmp (known, name, size))
            return source;
    }
    return 0;
}

static bool is_column (const char *key)
{
    for (const template_label_t *column = template_columns; column->key; column++)
        if (!strcmp (column->key, key))
            return true;
    if (!strncmp (key, "indicator.", 10) || !strncmp (key, "no_figure.", 10))
        return text_is_code (key + 10);
    const char *end = strrchr (key, '.');
    return !strncmp (key, "budget.", 7) && end > key + 6 && (!strcmp (end, ".allocated") || !strcmp (end, ".disbursed")) &&
           source_named (key + 7, (size_t)(end - key - 7));
}

static void read_header (sheet_t *self, size_t row)
{
    for (size_t column = 0; column < grid_cells (self->grid, row); column++) {
        const char *label = grid_cell (self->grid, row, column);
        if (column >= KEYS_MAX) {
            complain (self, row, column, _ ("there are too many columns"));
            return;
        }
        self->n_keys = column + 1;
        if (!*label)
            continue;
        char *key = key_of (label);
        bool twice = false;
        for (size_t i = 0; i < column; i++)
            twice = twice || (self->keys[i] && !strcmp (self->keys[i], key));
        if (!is_column (key))
            complain (self, row, column, _ ("'%s' is not a column of the template"), label);
        else if (twice)
            complain (self, row, column, _ ("the column '%s' is there twice"), key);
        else {
            self->keys[column] = key;
            key = NULL;
        }
        free (key);
    }
}

static void read_status (sheet_t *self, size_t row, size_t column, const char *value, json_t *entry)
{
    for (int status = 1; status < 6; status++) {
        const char *name = report_enum_name (&baocao__v1__task_status__descriptor, status);
        if (same_word (value, name) || same_word (value, template_statuses[status])) {
            json_object_set_new (entry, "status", json_string (name));
            return;
        }
    }
    complain (self, row, column, _ ("'%s' is not a status; write one of: %s, %s, %s, %s, %s"), value, template_statuses[1],
              template_statuses[2], template_statuses[3], template_statuses[4], template_statuses[5]);
}

static bool read_whole (sheet_t *self, size_t row, size_t column, const char *value, int64_t *number_p)
{
    if (!number_whole (value, number_p))
        return true;
    complain (self, row, column, _ ("'%s' is not a whole number; write 1234567 or 1.234.567"), value);
    return false;
}

// The line of a budget source in an entry; made when it is not there.
static json_t *budget_line (json_t *entry, const char *source)
{
    json_t *budget = json_object_get (entry, "budget"), *line;
    size_t index;
    if (!json_object_get (budget, "lines"))
        set_path (entry, "budget.lines", json_array ());
    json_t *lines = json_object_get (json_object_get (entry, "budget"), "lines");
    json_array_foreach (lines, index, line) {
        if (!strcmp (json_string_value (json_object_get (line, "source")), source))
            return line;
    }
    json_array_append_new (lines, json_pack ("{s:s}", "source", source));
    return json_array_get (lines, json_array_size (lines) - 1);
}

static void read_budget (sheet_t *self, size_t row, size_t column, const char *value, json_t *entry)
{
    const char *key = self->keys[column], *end = strrchr (key, '.');
    int64_t number;
    if (!strcmp (key, "budget.reason") || !read_whole (self, row, column, value, &number))
        return;  // the reason is put in when all figures of the row are known
    if (!strncmp (key, "budget.total_", 13)) {
        set_path (entry, key, json_integer (number));
        return;
    }
    const char *source = report_enum_name (&baocao__v1__budget_source__descriptor, source_named (key + 7, (size_t)(end - key - 7)));
    json_object_set_new (budget_line (entry, source), end + 1, json_integer (number));
}

static void read_budget_reason (const char *reason, json_t *entry)
{
    json_t *lines = json_object_get (json_object_get (entry, "budget"), "lines"), *line;
    size_t index;
    json_array_foreach (lines, index, line) {
        if (json_integer_value (json_object_get (line, "disbursed")) > json_integer_value (json_object_get (line, "allocated")))
            json_object_set_new (line, "reason", json_string (reason));
    }
}

static Baocao__V1__IndicatorType indicator_type (const sheet_t *self, const char *task, const char *code)
{
    const char *plan = json_string_value (json_object_get (self->report, "plan"));
    for (size_t p = 0; self->duties && plan && p < self->duties->n_plans; p++)
        for (size_t t = 0; !strcmp (self->duties->plans[p]->plan, plan) && t < self->duties->plans[p]->n_tasks; t++)
            for (size_t i = 0; i < self->duties->plans[p]->tasks[t]->n_indicators; i++) {
                const Baocao__V1__TaskDuty *duty = self->duties->plans[p]->tasks[t];
                if (!strcmp (duty->task, task) && !strcmp (duty->indicators[i]->indicator, code))
                    return duty->indicators[i]->type;
            }
    return BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_UNSPECIFIED;
}

// Without a known type (UNSPECIFIED, 0) a value is what it looks like.
static void read_indicator_value (sheet_t *self, size_t row, size_t column, const char *value, Baocao__V1__IndicatorType type,
                                  json_t *indicator)
{
    int64_t number;
    char decimal[NUMBER_DECIMAL_TEXT];
    bool yes = same_word (value, "có") || same_word (value, "true"), no = same_word (value, "không") || same_word (value, "false");
    if ((!type || type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_INTEGER) && !number_whole (value, &number))
        json_object_set_new (indicator, "number", json_integer (number));
    else if ((!type || type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_DECIMAL) && !number_decimal (value, decimal))
        json_object_set_new (indicator, "decimal", json_string (decimal));
    else if ((!type || type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_BOOLEAN) && (yes || no))
        json_object_set_new (indicator, "truth", json_boolean (yes));
    else if (!type || type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_TEXT)
        json_object_set_new (indicator, "text", json_string (value));
    else
        complain (self, row, column, _ ("'%s' does not fit the indicator's type (%s)"), value,
                  report_enum_name (&baocao__v1__indicator_type__descriptor, (int)type));
}

static void read_indicator (sheet_t *self, size_t row, size_t column, const char *task, const char *value, json_t *entry)
{
    const char *key = self->keys[column], *code = key + 10;
    json_t *list = json_object_get (entry, "indicators"), *indicator = NULL, *member;
    size_t index;
    if (!list) {
        list = json_array ();
        json_object_set_new (entry, "indicators", list);
    }
    json_array_foreach (list, index, member) {
        if (!strcmp (json_string_value (json_object_get (member, "indicator")), code))
            indicator = member;
    }
    if (!indicator) {
        indicator = json_pack ("{s:s}", "indicator", code);
        json_array_append_new (list, indicator);
    }
    if (!strncmp (key, "no_figure.", 10))
        json_object_set_new (indicator, "no_figure_reason", json_string (value));
    else
        read_indicator_value (self, row, column, value, indicator_type (self, task, code), indicator);
}

static void read_cell (sheet_t *self, size_t row, size_t column, const char *task, json_t *entry)
{
    const char *key = self->keys[column], *value = grid_cell (self->grid, row, column);
    int64_t number;
    if (!strcmp (key, "status"))
        read_status (self, row, column, value, entry);
    else if (!strcmp (key, "progress_percent")) {
        if (!read_whole (self, row, column, value, &number))
            return;
        if (number < INT32_MIN || number > INT32_MAX)
            complain (self, row, column, _ ("'%s' is not a percentage"), value);
        else
            json_object_set_new (entry, key, json_integer (number));
    } else if (!strncmp (key, "budget.", 7))
        read_budget (self, row, column, value, entry);
    else if (!strncmp (key, "indicator.", 10) || !strncmp (key, "no_figure.", 10))
        read_indicator (self, row, column, task, value, entry);
    else
        json_object_set_new (entry, key, json_string (value));
}

static void read_task (sheet_t *self, size_t row)
{
    const char *task = "", *reason = "";
    size_t filled = 0, task_column = 0;
    for (size_t column = 0; column < self->n_keys; column++)
        if (self->keys[column] && !strcmp (self->keys[column], "task"))
            task = grid_cell (self->grid, row, task_column = column);
    json_t *entry = json_pack ("{s:s}", "task", task);
    for (size_t column = 0; column < grid_cells (self->grid, row); column++) {
        const char *key = column < self->n_keys ? self->keys[column] : NULL, *value = grid_cell (self->grid, row, column);
        if (!*value || (key && (!strcmp (key, "task") || !strcmp (key, "title"))))
            continue;
        filled++;
        if (!key)
            complain (self, row, column, _ ("there is no column title above '%s'"), value);
        else
            read_cell (self, row, column, task, entry);
        if (key && !strcmp (key, "budget.reason"))
            reason = value;
    }
    if (*reason)
        read_budget_reason (reason, entry);
    if (filled && !*task)
        complain (self, row, task_column, _ ("the task's code is missing"));
    if (filled)
        json_array_append (json_object_get (self->report, "entries"), entry);
    json_decref (entry);
}

static bool is_blank (const grid_t *grid, size_t row)
{
    for (size_t column = 0; column < grid_cells (grid, row); column++)
        if (*grid_cell (grid, row, column))
            return false;
    return true;
}

static void read_rows (sheet_t *self)
{
    bool in_table = false;
    for (size_t row = 0; row < grid_rows (self->grid); row++) {
        const char *first = grid_cell (self->grid, row, 0);
        if (is_blank (self->grid, row) || first[0] == '#')
            continue;
        char *key = key_of (first);
        if (in_table)
            read_task (self, row);
        else if (!strcmp (key, "task")) {
            in_table = true;
            read_header (self, row);
        } else
            read_fact (self, row, key);
        free (key);
    }
}

json_t *sheet_read (const char *text, const Baocao__V1__Duties *duties, char **error_p)
{
    grid_t *grid = grid_new (text);
    *error_p = NULL;
    if (!grid) {
        *error_p = xstrdup (
            _ ("this is neither JSON nor CSV: a quotation mark is not closed, or stands within a cell that is not quoted"));
        return NULL;
    }
    sheet_t self = {.grid = grid, .duties = duties, .report = json_pack ("{s:[]}", "entries")};
    read_rows (&self);
    if (self.n_complaints > COMPLAINTS_MAX) {
        *error_p = xasprintf (_ ("%s\nand %zu more"), self.complaints, self.n_complaints - COMPLAINTS_MAX);
        free (self.complaints);
    } else
        *error_p = self.complaints;
    for (size_t i = 0; i < self.n_keys; i++)
        free (self.keys[i]);
    grid_destroy (&grid);
    if (*error_p) {
        json_decref (self.report);
        return NULL;
    }
    return self.report;
}
