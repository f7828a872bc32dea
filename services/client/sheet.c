#include "sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "report/text.h"
#include "sheet_private.h"
#include "template.h"

enum { HEADER_ROWS = 60 };  // a table's header stands within so many rows of a sheet

void sheet_place (sheet_reader_t *self, const table_t *table, size_t row, size_t column, const char *format, ...)
{
    char *path = NULL;
    va_list arguments;
    va_start (arguments, format);
    if (vasprintf (&path, format, arguments) < 0)
        abort ();
    va_end (arguments);
    places_add (self->places, path, table->name, row, column);
    free (path);
}

int sheet_column (const table_t *table, const char *key)
{
    for (size_t column = 0; column < table->n_keys; column++)
        if (table->keys[column] && !strcmp (table->keys[column], key))
            return (int)column;
    return -1;
}

bool sheet_cell (sheet_reader_t *self, const table_t *table, size_t row, const char *key, sheet_cell_t *cell)
{
    int column = sheet_column (table, key);
    if (column < 0)
        return false;
    *cell = (sheet_cell_t){self, table, row, (size_t)column, key, grid_cell (table->grid, row, (size_t)column)};
    grid_kind_t kind = grid_kind (table->grid, row, cell->column);
    if (kind == GRID_UNCOUNTED || kind == GRID_WRONG) {
        sheet_complain_cell (cell, kind == GRID_WRONG ? BAD_VALUE : BAD_FORMULA, NULL);
        return false;
    }
    return *cell->value;
}

// --- Headers ---------------------------------------------------------------------------------------------------------------------

static bool is_task_column (const char *key)
{
    if (!strncmp (key, "indicator.", 10) || !strncmp (key, "no_figure.", 10))
        return text_is_code (key + 10);
    const char *end = strrchr (key, '.');
    return !strncmp (key, "budget.", 7) && end > key + 6 && (!strcmp (end, ".allocated") || !strcmp (end, ".disbursed")) &&
           sheet_source (key + 7, (size_t)(end - key - 7));
}

static bool is_key (const char *key)
{
    for (const template_label_t *label = template_columns; label->key; label++)
        if (!strcmp (label->key, key))
            return true;
    for (const template_label_t *label = template_sheet_columns; label->key; label++)
        if (!strcmp (label->key, key))
            return true;
    return key[0] == '_' || is_task_column (key);
}

// The key of a label: what stands in the last parentheses, or the whole cell; the caller frees it.
static char *key_in (const char *label)
{
    size_t size = strlen (label);
    const char *open = strrchr (label, '(');
    return open && label[size - 1] == ')' ? xmemdup (open + 1, size - (size_t)(open - label) - 2) : xstrdup (label);
}

// The same, but a label of the template will do without its key. NULL: it is none of the template.
static char *key_of_label (const char *label)
{
    for (const template_label_t *known = template_columns; known->key; known++)
        if (sheet_same_word (known->label_vi, label))
            return xstrdup (known->key);
    for (const template_label_t *known = template_sheet_columns; known->key; known++)
        if (sheet_same_word (known->label_vi, label))
            return xstrdup (known->key);
    char *key = key_in (label);
    if (is_key (key))
        return key;
    free (key);
    return NULL;
}

static void clear_keys (table_t *table)
{
    for (size_t i = 0; i < table->n_keys; i++)
        free (table->keys[i]);
    table->n_keys = 0;
}

// What the columns make the table; TABLE_KINDS: none.
static table_kind_t kind_of (const table_t *table)
{
    if (sheet_column (table, "fact") >= 0)
        return sheet_column (table, "value") >= 0 ? TABLE_FACTS : TABLE_KINDS;
    if (sheet_column (table, "task") < 0)
        return TABLE_KINDS;
    if (sheet_column (table, "budget.source") >= 0)
        return TABLE_BUDGET;
    if (sheet_column (table, "indicator.no_figure") >= 0)
        return TABLE_INDICATORS;
    for (size_t i = 0; i < table->n_keys; i++)
        if (table->keys[i] && table->keys[i][0] != '_' && strcmp (table->keys[i], "task") != 0)
            return TABLE_TASKS;
    return TABLE_KINDS;
}

static bool belongs (table_kind_t kind, const char *key)
{
    static const char *const KEYS[TABLE_KINDS][4] = {
        [TABLE_FACTS] = {"fact", "value"},
        [TABLE_BUDGET] = {"budget.source", "budget.allocated", "budget.disbursed", "budget.reason"},
        [TABLE_INDICATORS] = {"indicator", "indicator.value", "indicator.no_figure"},
    };
    bool found = key[0] == '_' || !strcmp (key, "task") || !strcmp (key, "title") || (kind == TABLE_TASKS && is_task_column (key));
    for (const template_label_t *label = template_columns; kind == TABLE_TASKS && label->key && !found; label++)
        found = !strcmp (label->key, key);
    for (size_t i = 0; i < 4 && KEYS[kind][i] && !found; i++)
        found = !strcmp (KEYS[kind][i], key);
    return found;
}

// Takes the row's keys, or with labels the keys of its labels, for the table's columns.
static void take_header (table_t *table, size_t row, bool labels)
{
    clear_keys (table);
    for (size_t column = 0; column < grid_cells (table->grid, row) && column < KEYS_MAX; column++) {
        const char *text = grid_cell (table->grid, row, column);
        table->keys[column] = !*text ? NULL : labels ? key_of_label (text) : is_key (text) ? xstrdup (text) : NULL;
        table->n_keys = column + 1;
    }
    table->kind = kind_of (table);
    table->first = row + 1;
    for (size_t column = 0; table->kind != TABLE_KINDS && column < table->n_keys; column++)
        if (table->keys[column] && !belongs (table->kind, table->keys[column])) {
            free (table->keys[column]);
            table->keys[column] = NULL;
        }
}

// A title that says something else than the key under it: contents may have been moved without their column.
static void check_titles (sheet_reader_t *self, const table_t *table)
{
    size_t titles = table->first >= 2 ? table->first - 2 : table->first;
    for (size_t column = 0; column < table->n_keys; column++) {
        const char *title = grid_cell (table->grid, titles, column);
        char *key = *title ? key_of_label (title) : NULL;
        if (key && table->keys[column] && table->keys[column][0] != '_' && strcmp (key, table->keys[column]) != 0)
            sheet_complain (self, table->name, titles, column, BAD_COLUMN_MOVED, title, table->keys[column]);
        free (key);
    }
}

static void check_twice (sheet_reader_t *self, table_t *table)
{
    for (size_t column = 0; column < table->n_keys; column++)
        if (table->keys[column] && table->keys[column][0] != '_' && sheet_column (table, table->keys[column]) < (int)column) {
            sheet_complain (self, table->name, table->first - 1, column, BAD_COLUMN_TWICE, table->keys[column], NULL);
            free (table->keys[column]);
            table->keys[column] = NULL;
        }
}

// The table of a workbook's sheet: by its hidden row of keys, or by its titles. False: there is none.
static bool find_table (sheet_reader_t *self, table_t *table)
{
    for (int labels = 0; labels < 2; labels++)
        for (size_t row = 0; row < HEADER_ROWS && row < table->end; row++) {
            take_header (table, row, labels);
            if (table->kind == TABLE_KINDS)
                continue;
            if (!labels)
                check_titles (self, table);
            check_twice (self, table);
            return true;
        }
    clear_keys (table);
    return false;
}

// --- The letter's facts ----------------------------------------------------------------------------------------------------------

static const char *fact_of (const char *label)
{
    char *key = key_in (label);
    const char *fact = NULL;
    for (const template_label_t *known = template_facts; known->key && !fact; known++)
        if (!strcmp (known->key, key) || sheet_same_word (known->label_vi, label))
            fact = known->key;
    if (!fact && !strcmp (key, "template_version"))
        fact = "template_version";
    free (key);
    return fact;
}

// strict: a row that is none of the template is complained about.
static void read_fact (sheet_reader_t *self, const table_t *table, size_t row, bool strict)
{
    sheet_cell_t cell;
    int column = sheet_column (table, "fact"), value = sheet_column (table, "value");
    const char *label = grid_cell (table->grid, row, (size_t)column), *fact = fact_of (label);
    if (!fact && strict)
        sheet_complain (self, table->name, row, (size_t)column, BAD_FACT, label, NULL);
    if (!fact)
        return;
    sheet_place (self, table, row, (size_t)value, "%s%s", fact, !strcmp (fact, "nothing_to_report") ? ".reason" : "");
    if (!strncmp (fact, "document.", 9))
        sheet_place (self, table, row, (size_t)value, "document");
    if (sheet_cell (self, table, row, "value", &cell))
        sheet_read_fact (&cell, fact);
}

// --- CSV -------------------------------------------------------------------------------------------------------------------------

static bool is_blank (const grid_t *grid, size_t row)
{
    for (size_t column = 0; column < grid_cells (grid, row); column++)
        if (*grid_cell (grid, row, column))
            return false;
    return true;
}

// Every column must be known: there are no others, as there are none for the eye.
static void check_header (sheet_reader_t *self, const table_t *table, size_t row)
{
    if (grid_cells (table->grid, row) > KEYS_MAX)
        sheet_complain (self, table->name, row, KEYS_MAX, BAD_COLUMNS, NULL, NULL);
    for (size_t column = 0; column < table->n_keys; column++)
        if (!table->keys[column] && *grid_cell (table->grid, row, column))
            sheet_complain (self, table->name, row, column, BAD_COLUMN, grid_cell (table->grid, row, column), NULL);
}

static void read_csv (sheet_reader_t *self, const sheet_t *sheet)
{
    table_t facts = {.name = sheet->name, .grid = sheet->grid, .keys = {"fact", "value"}, .n_keys = 2},
            *tasks = self->tables + TABLE_TASKS;
    for (size_t row = 0; row < grid_rows (sheet->grid); row++) {
        const char *first = grid_cell (sheet->grid, row, 0);
        if (is_blank (sheet->grid, row) || first[0] == '#')
            continue;
        char *key = key_in (first);
        bool header = !strcmp (key, "task");
        free (key);
        if (!header) {
            read_fact (self, &facts, row, true);
            continue;
        }
        *tasks = (table_t){.name = sheet->name, .grid = sheet->grid, .end = grid_rows (sheet->grid)};
        take_header (tasks, row, true);
        check_header (self, tasks, row);
        check_twice (self, tasks);
        self->present[TABLE_TASKS] = true;
        sheet_read_tasks (self);
        return;
    }
}

// --- Workbooks -------------------------------------------------------------------------------------------------------------------

static void take_table (sheet_reader_t *self, table_t *table)
{
    if (self->present[table->kind]) {
        sheet_complain (self, table->name, 0, 0, BAD_TABLE_TWICE, self->tables[table->kind].name, table->name);
        clear_keys (table);
        return;
    }
    self->present[table->kind] = true;
    self->tables[table->kind] = *table;
}

static void read_sheet (sheet_reader_t *self, const sheet_t *sheet)
{
    table_t table = {.name = sheet->name, .grid = sheet->grid, .end = grid_rows (sheet->grid)};
    bool found = find_table (self, &table);
    if (found && table.kind == TABLE_FACTS) {
        for (size_t row = table.first; row < table.end; row++)
            read_fact (self, &table, row, false);
        clear_keys (&table);
    } else if (found) {  // a CSV template that was saved as a workbook has its facts above the tasks
        table_t facts = {.name = sheet->name, .grid = sheet->grid, .keys = {"fact", "value"}, .n_keys = 2};
        for (size_t row = 0; row + 1 < table.first && table.kind == TABLE_TASKS; row++)
            read_fact (self, &facts, row, false);
        take_table (self, &table);
    }
}

static void read_workbook (sheet_reader_t *self)
{
    for (size_t i = 0; i < self->book->count; i++)
        read_sheet (self, &self->book->sheets[i]);
    const char *first = self->book->sheets[0].name;
    if (!self->present[TABLE_TASKS])
        sheet_complain (self, first, 0, 0, BAD_TABLE_MISSING, TEMPLATE_SHEET_TASKS, NULL);
    else
        sheet_read_tasks (self);
    if (!json_object_get (self->report, "plan")) {
        places_add (self->places, "plan", first, 0, 0);
        sheet_complain (self, first, 0, 0, BAD_NO_PLAN, NULL, NULL);
    }
    if (self->present[TABLE_BUDGET])
        sheet_read_budget (self);
    else if (self->present[TABLE_TASKS] && places_find (self->places, "template_version"))
        sheet_complain (self, first, 0, 0, BAD_TABLE_MISSING, TEMPLATE_SHEET_BUDGET, NULL);
    if (self->present[TABLE_INDICATORS])
        sheet_read_indicators (self);
}

json_t *sheet_read (const book_t *book, const Baocao__V1__Duties *duties, places_t *places, findings_t *complaints)
{
    sheet_reader_t *self = xcalloc (1, sizeof *self);
    self->book = book;
    self->duties = duties;
    self->places = places;
    self->complaints = complaints;
    self->report = json_pack ("{s:[]}", "entries");
    if (book->workbook)
        read_workbook (self);
    else if (book->count)
        read_csv (self, &book->sheets[0]);
    places_share (places, "nothing_to_report.reason", "entries");  // where there are no tasks
    for (size_t i = 0; i < TABLE_KINDS; i++)
        clear_keys (&self->tables[i]);
    json_t *report = self->report;
    free (self);
    return report;
}
