// Single cells of a filled template: what an officer may write in them, and what it becomes in the report.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicase.h>
#include <uninorm.h>

#include "common/xmem.h"
#include "report/json.h"
#include "report/text.h"
#include "number.h"
#include "sheet_private.h"
#include "template.h"

bool sheet_same_word (const char *a, const char *b)
{
    int difference = 1;
    return !u8_casecmp ((const uint8_t *)a, strlen (a), (const uint8_t *)b, strlen (b), NULL, UNINORM_NFC, &difference) &&
           !difference;
}

void sheet_set_path (json_t *object, const char *path, json_t *value)
{
    const char *dot = strchr (path, '.');
    if (!dot) {
        json_object_set_new (object, path, value);
        return;
    }
    char *head = xmemdup (path, (size_t)(dot - path));
    if (!json_object_get (object, head))
        json_object_set_new (object, head, json_object ());
    sheet_set_path (json_object_get (object, head), dot + 1, value);
    free (head);
}

// --- The letter's facts ----------------------------------------------------------------------------------------------------------

// 46000: a day of this century in a cell that lost its format. False: no such number.
static bool serial_day (const char *text, char iso[11])
{
    char *end;
    long serial = strtol (text, &end, 10);
    if (*end || serial < 36526 || serial > 73050)
        return false;
    time_t seconds = (serial - 25569) * 86400;
    struct tm day;
    gmtime_r (&seconds, &day);
    return strftime (iso, 11, "%Y-%m-%d", &day) > 0;
}

static void read_date (const sheet_cell_t *cell)
{
    char iso[64], *end;
    snprintf (iso, sizeof iso, "%s", cell->value);
    long day = strtol (cell->value, &end, 10), month = 0, year = 0;
    if (*end && strchr ("/-.", *end))
        month = strtol (end + 1, &end, 10);
    if (*end && strchr ("/-.", *end))
        year = strtol (end + 1, &end, 10);
    // 2025-12-05 has no such day and stays as it is.
    if (!*end && day > 0 && day <= 31 && month > 0 && month <= 12 && year > 31 && year <= 9999)
        snprintf (iso, sizeof iso, "%04ld-%02ld-%02ld", year, month, day);
    if (text_is_date (iso) || serial_day (cell->value, iso))
        sheet_set_path (cell->reader->report, "document.date", json_string (iso));
    else
        sheet_complain_cell (cell, BAD_DATE, NULL);
}

void sheet_read_fact (const sheet_cell_t *cell, const char *fact)
{
    if (!strcmp (fact, "document.date"))
        read_date (cell);
    else if (!strcmp (fact, "template_version")) {
        if (strcmp (cell->value, TEMPLATE_VERSION) != 0)
            sheet_complain_cell (cell, BAD_VERSION, NULL);
    } else
        sheet_set_path (cell->reader->report, strcmp (fact, "nothing_to_report") != 0 ? fact : "nothing_to_report.reason",
                        json_string (cell->value));
}

// --- Tasks -----------------------------------------------------------------------------------------------------------------------

static void read_status (const sheet_cell_t *cell, json_t *entry)
{
    for (int status = 1; status < 6; status++) {
        const char *name = report_enum_name (&baocao__v1__task_status__descriptor, status);
        if (sheet_same_word (cell->value, name) || sheet_same_word (cell->value, template_statuses[status])) {
            json_object_set_new (entry, "status", json_string (name));
            return;
        }
    }
    char *known = xasprintf ("%s, %s, %s, %s, %s", template_statuses[1], template_statuses[2], template_statuses[3],
                             template_statuses[4], template_statuses[5]);
    sheet_complain_cell (cell, BAD_STATUS, known);
    free (known);
}

static bool read_whole (const sheet_cell_t *cell, int64_t *number_p)
{
    if (!number_whole (cell->value, number_p))
        return true;
    sheet_complain_cell (cell, BAD_NUMBER, NULL);
    return false;
}

static void read_percent (const sheet_cell_t *cell, json_t *entry)
{
    int64_t number;
    if (number_whole (cell->value, &number) || number < INT32_MIN || number > INT32_MAX)
        sheet_complain_cell (cell, BAD_PERCENT, NULL);
    else
        json_object_set_new (entry, "progress_percent", json_integer (number));
}

void sheet_read_task_cell (const sheet_cell_t *cell, json_t *entry, size_t index)
{
    const char *key = cell->key, *dot = strrchr (key, '.');
    int64_t number;
    if (!strcmp (key, "status"))
        read_status (cell, entry);
    else if (!strcmp (key, "progress_percent"))
        read_percent (cell, entry);
    else if (!strcmp (key, "budget.reason"))
        return;  // it is put in when all figures of the row are known
    else if (!strncmp (key, "budget.total_", 13)) {
        if (read_whole (cell, &number))
            sheet_set_path (entry, key, json_integer (number));
    } else if (!strncmp (key, "budget.", 7))
        sheet_read_money (cell, entry, index, sheet_source (key + 7, (size_t)(dot - key - 7)), dot + 1);
    else if (!strncmp (key, "indicator.", 10) || !strncmp (key, "no_figure.", 10))
        sheet_read_indicator (cell, entry, index, key + 10, key[0] == 'n');
    else
        json_object_set_new (entry, key, json_string (cell->value));
}

// --- Money -----------------------------------------------------------------------------------------------------------------------

int sheet_source (const char *name, size_t size)
{
    for (int source = 1; source < 9; source++) {
        const char *known = report_enum_name (&baocao__v1__budget_source__descriptor, source);
        if (strlen (known) == size && !strncmp (known, name, size))
            return source;
    }
    return 0;
}

// The line of a budget source in an entry; made when it is not there.
static json_t *budget_line (json_t *entry, const char *source, size_t *index_p)
{
    json_t *lines = json_object_get (json_object_get (entry, "budget"), "lines"), *line;
    if (!lines)
        sheet_set_path (entry, "budget.lines", lines = json_array ());
    size_t index;
    json_array_foreach (lines, index, line) {
        *index_p = index;
        if (!strcmp (json_string_value (json_object_get (line, "source")), source))
            return line;
    }
    json_array_append_new (lines, json_pack ("{s:s}", "source", source));
    *index_p = index;
    return json_array_get (lines, index);
}

// member: allocated, disbursed or reason.
void sheet_read_money (const sheet_cell_t *cell, json_t *entry, size_t index, int source, const char *member)
{
    int64_t number = 0;
    bool reason = !strcmp (member, "reason");
    if (!reason && !read_whole (cell, &number))
        return;
    size_t at;
    json_t *line = budget_line (entry, report_enum_name (&baocao__v1__budget_source__descriptor, source), &at);
    json_object_set_new (line, member, reason ? json_string (cell->value) : json_integer (number));
    sheet_place (cell->reader, cell->table, cell->row, cell->column, "entries[%zu].budget.lines[%zu].%s", index, at, member);
    sheet_place (cell->reader, cell->table, cell->row, cell->column, "entries[%zu].budget.lines[%zu]", index, at);
}

// --- Indicators ------------------------------------------------------------------------------------------------------------------

static Baocao__V1__IndicatorType indicator_type (const sheet_reader_t *self, const char *task, const char *code)
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
static void read_value (const sheet_cell_t *cell, Baocao__V1__IndicatorType type, json_t *indicator)
{
    int64_t number;
    char decimal[NUMBER_DECIMAL_TEXT];
    const char *value = cell->value;
    bool yes = sheet_same_word (value, "có") || sheet_same_word (value, "true");
    bool no = sheet_same_word (value, "không") || sheet_same_word (value, "false");
    if ((!type || type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_INTEGER) && !number_whole (value, &number))
        json_object_set_new (indicator, "number", json_integer (number));
    else if ((!type || type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_DECIMAL) && !number_decimal (value, decimal))
        json_object_set_new (indicator, "decimal", json_string (decimal));
    else if ((!type || type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_BOOLEAN) && (yes || no))
        json_object_set_new (indicator, "truth", json_boolean (yes));
    else if (!type || type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_TEXT)
        json_object_set_new (indicator, "text", json_string (value));
    else
        sheet_complain_cell (cell,
                             type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_INTEGER   ? BAD_NUMBER
                             : type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_BOOLEAN ? BAD_YES_NO
                                                                                          : BAD_DECIMAL,
                             NULL);
}

void sheet_read_indicator (const sheet_cell_t *cell, json_t *entry, size_t index, const char *code, bool no_figure)
{
    json_t *list = json_object_get (entry, "indicators"), *indicator = NULL, *member;
    size_t at;
    if (!list) {
        list = json_array ();
        json_object_set_new (entry, "indicators", list);
    }
    json_array_foreach (list, at, member) {
        if (!strcmp (json_string_value (json_object_get (member, "indicator")), code)) {
            indicator = member;
            break;
        }
    }
    if (!indicator) {
        indicator = json_pack ("{s:s}", "indicator", code);
        json_array_append_new (list, indicator);
    }
    sheet_place (cell->reader, cell->table, cell->row, cell->column, "entries[%zu].indicators[%zu]%s", index, at,
                 no_figure ? ".no_figure_reason" : "");
    if (no_figure)
        json_object_set_new (indicator, "no_figure_reason", json_string (cell->value));
    else
        read_value (cell, indicator_type (cell->reader, json_string_value (json_object_get (entry, "task")), code), indicator);
}
