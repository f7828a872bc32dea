// The rows of a filled template: each is of a task, and together they are the report's entries.
#include <string.h>

#include "report/json.h"
#include "report/text.h"
#include "sheet_private.h"
#include "template.h"

static json_t *entries (const sheet_reader_t *self)
{
    return json_object_get (self->report, "entries");
}

static const char *text_at (const table_t *table, size_t row, const char *key)
{
    int column = sheet_column (table, key);
    return column < 0 ? "" : grid_cell (table->grid, row, (size_t)column);
}

static bool is_read (const char *key)
{
    return key && key[0] != '_' && strcmp (key, "task") != 0 && strcmp (key, "title") != 0;
}

// The entry's parts are in this row, whether or not something stands there.
static void place_entry (sheet_reader_t *self, const table_t *table, size_t row, size_t index)
{
    for (size_t column = 0; column < table->n_keys; column++)
        if (table->keys[column] && table->keys[column][0] != '_')
            sheet_place (self, table, row, column, "entries[%zu].%s", index, table->keys[column]);
    int task = sheet_column (table, "task");
    if (task >= 0)
        sheet_place (self, table, row, (size_t)task, "entries[%zu]", index);
}

// The entry of a task; made when it has none yet. It is placed where the task's row stands in the table of tasks.
static json_t *entry_of (sheet_reader_t *self, const char *task, size_t *index_p)
{
    const table_t *tasks = &self->tables[TABLE_TASKS];
    json_t *entry;
    size_t index;
    json_array_foreach (entries (self), index, entry) {
        *index_p = index;
        if (!strcmp (json_string_value (json_object_get (entry, "task")), task))
            return entry;
    }
    *index_p = index;
    for (size_t row = tasks->first; self->present[TABLE_TASKS] && row < tasks->end; row++)
        if (!strcmp (text_at (tasks, row, "task"), task))
            place_entry (self, tasks, row, *index_p);
    json_array_append_new (entries (self), json_pack ("{s:s}", "task", task));
    return json_array_get (entries (self), *index_p);
}

// --- Tasks -----------------------------------------------------------------------------------------------------------------------

static void read_budget_reason (const char *reason, json_t *entry)
{
    json_t *lines = json_object_get (json_object_get (entry, "budget"), "lines"), *line;
    size_t index;
    json_array_foreach (lines, index, line) {
        if (json_integer_value (json_object_get (line, "disbursed")) > json_integer_value (json_object_get (line, "allocated")))
            json_object_set_new (line, "reason", json_string (reason));
    }
}

// Something stands where no column of the template is.
static void check_strays (sheet_reader_t *self, const table_t *table, size_t row)
{
    for (size_t column = 0; column < grid_cells (table->grid, row); column++)
        if (*grid_cell (table->grid, row, column) && (column >= table->n_keys || !table->keys[column]))
            sheet_complain (self, table->name, row, column, BAD_UNTITLED, grid_cell (table->grid, row, column), NULL);
}

static bool is_filled (const table_t *table, size_t row)
{
    for (size_t column = 0; column < grid_cells (table->grid, row); column++) {
        bool typed = *grid_cell (table->grid, row, column) || grid_kind (table->grid, row, column) == GRID_UNCOUNTED;
        if (typed && column < table->n_keys && is_read (table->keys[column]))
            return true;
    }
    return false;
}

static void read_task (sheet_reader_t *self, const table_t *table, size_t row)
{
    sheet_cell_t cell;
    const char *task = text_at (table, row, "task");
    int task_column = sheet_column (table, "task");
    check_strays (self, table, row);
    if (!is_filled (table, row)) {
        int status = sheet_column (table, "status");
        if (*task) {  // where it would be reported
            sheet_place (self, table, row, (size_t)(status < 0 ? task_column : status), "entries(%s)", task);
            sheet_place (self, table, row, (size_t)(status < 0 ? task_column : status), "entries");
        }
        return;
    }
    if (!*task)
        sheet_complain (self, table->name, row, (size_t)task_column, BAD_TASK, NULL, NULL);
    size_t index = json_array_size (entries (self));
    json_t *entry = json_pack ("{s:s}", "task", task);
    json_array_append_new (entries (self), entry);
    place_entry (self, table, row, index);
    for (size_t column = 0; column < table->n_keys; column++)
        if (is_read (table->keys[column]) && sheet_cell (self, table, row, table->keys[column], &cell))
            sheet_read_task_cell (&cell, entry, index);
    if (sheet_cell (self, table, row, "budget.reason", &cell))
        read_budget_reason (cell.value, entry);
}

void sheet_read_tasks (sheet_reader_t *self)
{
    const table_t *table = &self->tables[TABLE_TASKS];
    for (size_t row = table->first; row < table->end; row++)
        if (grid_cell (table->grid, row, 0)[0] != '#')
            read_task (self, table, row);
}

// --- Money: a row for each source of a task --------------------------------------------------------------------------------------

static int source_of (const char *name)
{
    for (int source = 1; source < 9; source++)
        if (!strcmp (name, template_sources[source]))
            return source;
    for (int source = 1; source < 9; source++)
        if (sheet_same_word (name, template_sources[source]))
            return source;
    return sheet_source (name, strlen (name));
}

static void read_money (sheet_reader_t *self, const table_t *table, size_t row, const char *task)
{
    static const char *const KEYS[] = {"budget.allocated", "budget.disbursed", "budget.reason"};
    const char *name = text_at (table, row, "budget.source");
    int column = sheet_column (table, "budget.source");
    for (size_t i = 0; i < 3; i++) {
        sheet_cell_t cell;
        int at = sheet_column (table, KEYS[i]);
        if (at >= 0 && !*name && grid_kind (table->grid, row, (size_t)at) != GRID_VALUE)
            continue;  // the sum over a task's sources
        if (!sheet_cell (self, table, row, KEYS[i], &cell))
            continue;
        int source = source_of (name);
        if (!*task)
            sheet_complain (self, table->name, row, (size_t)sheet_column (table, "task"), BAD_TASK, NULL, NULL);
        else if (!source)
            sheet_complain (self, table->name, row, (size_t)column, *name ? BAD_SOURCE : BAD_NO_SOURCE, name, NULL);
        if (!*task || !source)
            return;
        size_t index;
        json_t *entry = entry_of (self, task, &index);
        sheet_read_money (&cell, entry, index, source, KEYS[i] + 7);
    }
}

void sheet_read_budget (sheet_reader_t *self)
{
    const table_t *table = &self->tables[TABLE_BUDGET];
    for (size_t row = table->first; row < table->end; row++) {
        check_strays (self, table, row);
        read_money (self, table, row, text_at (table, row, "task"));
    }
}

// --- Indicators: a row for each --------------------------------------------------------------------------------------------------

static void read_indicator (sheet_reader_t *self, const table_t *table, size_t row, const char *task, const char *code)
{
    sheet_cell_t value, reason;
    bool has_value = sheet_cell (self, table, row, "indicator.value", &value);
    bool has_reason = sheet_cell (self, table, row, "indicator.no_figure", &reason);
    int column = sheet_column (table, "indicator.value");
    size_t index;
    json_t *entry;
    if (!has_value && !has_reason) {
        json_array_foreach (entries (self), index, entry) {
            if (column >= 0 && !strcmp (json_string_value (json_object_get (entry, "task")), task))
                sheet_place (self, table, row, (size_t)column, "entries[%zu].indicators(%s)", index, code);
        }
        return;
    }
    if (!*task || !text_is_code (code)) {
        sheet_complain (self, table->name, row, (has_value ? value : reason).column, *task ? BAD_INDICATOR : BAD_TASK, code, NULL);
        return;
    }
    entry = entry_of (self, task, &index);
    if (has_value)
        sheet_read_indicator (&value, entry, index, code, false);
    if (has_reason)
        sheet_read_indicator (&reason, entry, index, code, true);
}

void sheet_read_indicators (sheet_reader_t *self)
{
    const table_t *table = &self->tables[TABLE_INDICATORS];
    for (size_t row = table->first; row < table->end; row++) {
        check_strays (self, table, row);
        read_indicator (self, table, row, text_at (table, row, "task"), text_at (table, row, "indicator"));
    }
}
