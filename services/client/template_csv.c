// The template as CSV (template.h).
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "plan/duties.h"
#include "report/json.h"
#include "coordination.h"
#include "rows.h"
#include "template.h"
#include "template_subject.h"

const Baocao__V1__TaskProgress *template_previous (const template_subject_t *subject, const char *task)
{
    for (size_t i = 0; i < subject->period->n_previous; i++)
        if (!strcmp (subject->period->previous[i]->task, task))
            return subject->period->previous[i];
    return NULL;
}

static bool has_role (const template_subject_t *subject, size_t task)
{
    return duties_role (subject->period, subject->plan->tasks[task]) ==
           (subject->contribute ? BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING : BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD);
}

const Baocao__V1__TaskEntry *template_filled (const template_subject_t *subject, size_t task)
{
    return subject->report ? rows_entry (subject->report, subject->plan->tasks[task]->task) : NULL;
}

bool template_has_row (const template_subject_t *subject, size_t task)
{
    return has_role (subject, task) || template_filled (subject, task);
}

const Baocao__V1__CoordinationItem *template_contribution (const template_subject_t *subject, size_t n, const char **unit_p)
{
    const Baocao__V1__Coordination *said = subject->said;
    for (size_t i = 0; said && i < said->n_items; i++) {
        const Baocao__V1__CoordinationItem *item = said->items[i];
        if (item->kind != BAOCAO__V1__COORDINATION_KIND__COORDINATION_KIND_CONTRIBUTION || !strcmp (item->unit, subject->unit))
            continue;
        *unit_p = item->unit;
        for (size_t k = 0; k < said->n_parties; k++)
            if (!strcmp (said->parties[k]->unit, item->unit) && *said->parties[k]->unit_name_vi)
                *unit_p = said->parties[k]->unit_name_vi;
        if (n-- == 0)
            return item;
    }
    return NULL;
}

// "label (key)" in quotes; with a NULL label, or key, the other one alone.
static void csv_cell (FILE *out, bool first, const char *label, const char *key)
{
    char *text = label && key ? xasprintf ("%s (%s)", label, key) : xstrdup (label ? label : key ? key : "");
    if (!first)
        fputc (';', out);
    if (*text)
        csv_fwrite (out, text, strlen (text));
    free (text);
}

// What is filled in already; the caller frees it.
static char *known_fact (const template_subject_t *subject, const char *key)
{
    if (subject->report)
        return rows_fact (subject->report, key);
    if (!strcmp (key, "plan"))
        return xstrdup (subject->plan->plan);
    if (!strcmp (key, "period"))
        return xstrdup (subject->period->period);
    return xstrdup (!strcmp (key, "unit") ? subject->unit : "");
}

static void csv_remark (FILE *out, const char *text, size_t size)
{
    char *remark = xasprintf ("# %.*s", (int)size, text);
    csv_cell (out, true, remark, NULL);
    fputs ("\r\n", out);
    free (remark);
}

typedef struct {
    FILE *out;
    const char *task, *unit;
} csv_part_t;

static void csv_part (void *arg, const char *label, const char *value)
{
    const csv_part_t *part = arg;
    char *text = xasprintf ("Phần phối hợp nhiệm vụ %s, %s. %s: %s", part->task, part->unit, label, value);
    csv_remark (part->out, text, strlen (text));
    free (text);
}

static void csv_contributions (FILE *out, const template_subject_t *subject)
{
    const char *unit;
    const Baocao__V1__CoordinationItem *item;
    for (size_t n = 0; (item = template_contribution (subject, n, &unit)) != NULL; n++)
        coordination_cells (NULL, item, NULL, csv_part, &(csv_part_t){out, item->task, unit});
}

static void csv_facts (FILE *out, const template_subject_t *subject, const char *remarks)
{
    for (const template_label_t *fact = template_facts; fact->key; fact++) {
        csv_cell (out, true, fact->label_vi, fact->key);
        char *known = known_fact (subject, fact->key);
        csv_cell (out, false, known, NULL);
        fputs ("\r\n", out);
        free (known);
    }
    fputs ("\r\n", out);
    for (size_t size; *remarks; remarks += size + (remarks[size] == '\n')) {
        size = strcspn (remarks, "\n");
        csv_remark (out, remarks, size);
    }
    csv_contributions (out, subject);
    char *remark =
        xasprintf ("Trạng thái: %s, %s, %s, %s, %s. Ngày: 05/12/2025. Số tiền: đồng, viết 1.234.567.", template_statuses[1],
                   template_statuses[2], template_statuses[3], template_statuses[4], template_statuses[5]);
    csv_remark (out, remark, strlen (remark));
    free (remark);
}

typedef struct {
    char **keys;
    size_t count;
} columns_t;

// Takes the key over; one that is there already is one column.
static bool add_column (columns_t *columns, char *key)
{
    for (size_t i = 0; i < columns->count; i++)
        if (!strcmp (columns->keys[i], key)) {
            free (key);
            return false;
        }
    columns->keys = xrealloc (columns->keys, (columns->count + 1) * sizeof *columns->keys);
    columns->keys[columns->count++] = key;
    return true;
}

static void csv_budget_header (FILE *out, columns_t *columns)
{
    for (int source = 1; source < 9; source++) {
        const char *name = report_enum_name (&baocao__v1__budget_source__descriptor, source);
        for (int figure = 0; figure < 2; figure++) {
            char *label = xasprintf ("%s, %s", template_sources[source], figure ? "giải ngân" : "phân bổ");
            char *key = xasprintf ("budget.%s.%s", name, figure ? "disbursed" : "allocated");
            csv_cell (out, false, label, key);
            add_column (columns, key);
            free (label);
        }
    }
}

// The indicators of the tasks; and a column for why there is no figure, where the report says so.
static void csv_indicator_header (FILE *out, const template_subject_t *subject, size_t task, columns_t *columns)
{
    const Baocao__V1__TaskDuty *duty = subject->plan->tasks[task];
    for (size_t i = 0; i < duty->n_indicators; i++)
        if (add_column (columns, xasprintf ("indicator.%s", duty->indicators[i]->indicator)))
            csv_cell (out, false, duty->indicators[i]->title_vi, columns->keys[columns->count - 1]);
    const Baocao__V1__TaskEntry *entry = template_filled (subject, task);
    for (size_t i = 0; entry && i < entry->n_indicators; i++)
        if (*entry->indicators[i]->no_figure_reason &&
            add_column (columns, xasprintf ("no_figure.%s", entry->indicators[i]->indicator)))
            csv_cell (out, false, "Lý do không có số liệu", columns->keys[columns->count - 1]);
}

static void csv_header (FILE *out, const template_subject_t *subject, columns_t *columns)
{
    for (const template_label_t *column = template_columns; column->key; column++) {
        csv_cell (out, column == template_columns, column->label_vi, column->key);
        add_column (columns, xstrdup (column->key));
    }
    csv_budget_header (out, columns);
    for (size_t task = 0; task < subject->plan->n_tasks; task++)
        if (template_has_row (subject, task))
            csv_indicator_header (out, subject, task, columns);
    fputs ("\r\n", out);
}

static char *cell (const template_subject_t *subject, size_t task, const char *key)
{
    const Baocao__V1__TaskDuty *duty = subject->plan->tasks[task];
    const Baocao__V1__TaskEntry *entry = template_filled (subject, task);
    const Baocao__V1__TaskProgress *last = subject->report ? NULL : template_previous (subject, duty->task);
    if (!strcmp (key, "task"))
        return xstrdup (duty->task);
    if (!strcmp (key, "title"))
        return xstrdup (duty->title_vi);
    if (entry)
        return rows_cell (entry, key);
    return last && !strcmp (key, "progress_percent") ? xasprintf ("%d", (int)last->progress_percent) : xstrdup ("");
}

static void csv_row (FILE *out, const template_subject_t *subject, size_t task, const columns_t *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        char *text = cell (subject, task, columns->keys[i]);
        csv_cell (out, i == 0, text, NULL);
        free (text);
    }
    fputs ("\r\n", out);
}

char *template_csv (const template_subject_t *subject, const char *remarks)
{
    char *text;
    size_t size;
    columns_t columns = {0};
    FILE *out = open_memstream (&text, &size);
    if (!out)
        abort ();
    fputs ("\xEF\xBB\xBF", out);
    csv_facts (out, subject, remarks);
    csv_header (out, subject, &columns);
    for (size_t task = 0; task < subject->plan->n_tasks; task++)
        if (template_has_row (subject, task))
            csv_row (out, subject, task, &columns);
    fclose (out);
    for (size_t i = 0; i < columns.count; i++)
        free (columns.keys[i]);
    free (columns.keys);
    return text;
}
