#include "difference.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "report/json.h"
#include "rows.h"
#include "template.h"

typedef struct {
    const Baocao__V1__Report *before, *after;
    json_t *list;
} difference_t;

static bool is_number (const char *key)
{
    const char *end = strrchr (key, '.');
    return !strcmp (key, "progress_percent") || !strncmp (key, "budget.total_", 13) ||
           (!strncmp (key, "budget.", 7) && (!strcmp (end, ".allocated") || !strcmp (end, ".disbursed")));
}

static json_t *value (const char *key, const char *text)
{
    if (!*text)
        return json_null ();
    return is_number (key) ? json_integer (strtoll (text, NULL, 10)) : json_string (text);
}

static void add (difference_t *self, const char *task, const char *key, const char *before, const char *after)
{
    if (strcmp (before, after) != 0)
        json_array_append_new (self->list, json_pack ("{s:s?, s:s, s:o, s:o}", "task", task, "field", key, "before",
                                                      value (key, before), "after", value (key, after)));
}

// A status by its English name; other cells as the template has them.
static char *cell (const Baocao__V1__TaskEntry *entry, const char *key)
{
    if (!entry)
        return xstrdup ("");
    if (!strcmp (key, "status"))
        return xstrdup (report_enum_name (&baocao__v1__task_status__descriptor, (int)entry->status));
    return rows_cell (entry, key);
}

static void compare_cell (difference_t *self, const char *task, const char *key)
{
    char *before = cell (rows_entry (self->before, task), key), *after = cell (rows_entry (self->after, task), key);
    add (self, task, key, before, after);
    free (before);
    free (after);
}

static void compare_budget (difference_t *self, const char *task)
{
    for (int source = 1; source < 9; source++)
        for (int figure = 0; figure < 2; figure++) {
            char *key = xasprintf ("budget.%s.%s", report_enum_name (&baocao__v1__budget_source__descriptor, source),
                                   figure ? "disbursed" : "allocated");
            compare_cell (self, task, key);
            free (key);
        }
}

static bool has_indicator (const Baocao__V1__TaskEntry *entry, const char *indicator)
{
    for (size_t i = 0; entry && i < entry->n_indicators; i++)
        if (!strcmp (entry->indicators[i]->indicator, indicator))
            return true;
    return false;
}

// Those of the entry which the other one, compared before it, does not have.
static void compare_indicators (difference_t *self, const char *task, const Baocao__V1__TaskEntry *entry,
                                const Baocao__V1__TaskEntry *other)
{
    static const char *const KEYS[] = {"indicator", "no_figure"};
    for (size_t i = 0; entry && i < entry->n_indicators; i++)
        for (int k = 0; k < 2 && !has_indicator (other, entry->indicators[i]->indicator); k++) {
            char *key = xasprintf ("%s.%s", KEYS[k], entry->indicators[i]->indicator);
            compare_cell (self, task, key);
            free (key);
        }
}

static void compare_task (difference_t *self, const char *task)
{
    const Baocao__V1__TaskEntry *before = rows_entry (self->before, task), *after = rows_entry (self->after, task);
    for (const template_label_t *column = template_columns; column->key; column++)
        if (strcmp (column->key, "task") != 0 && strcmp (column->key, "title") != 0)
            compare_cell (self, task, column->key);
    compare_budget (self, task);
    compare_indicators (self, task, after, NULL);
    compare_indicators (self, task, before, after);
}

static const char *attached (const Baocao__V1__Report *report, const Baocao__V1__Attachment *file)
{
    for (size_t i = 0; i < report->n_attachments; i++)
        if (report->attachments[i]->sha256.len == file->sha256.len &&
            !memcmp (report->attachments[i]->sha256.data, file->sha256.data, file->sha256.len))
            return report->attachments[i]->name;
    return "";
}

static void compare_attachments (difference_t *self)
{
    for (size_t i = 0; i < self->after->n_attachments; i++)
        add (self, NULL, "attachment", attached (self->before, self->after->attachments[i]), self->after->attachments[i]->name);
    for (size_t i = 0; i < self->before->n_attachments; i++)
        if (!*attached (self->after, self->before->attachments[i]))
            add (self, NULL, "attachment", self->before->attachments[i]->name, "");
}

json_t *difference_of (const Baocao__V1__Report *before, const Baocao__V1__Report *after)
{
    difference_t self = {before, after, json_array ()};
    for (const template_label_t *fact = template_facts; fact->key; fact++) {
        char *was = rows_fact (before, fact->key), *is = rows_fact (after, fact->key);
        add (&self, NULL, fact->key, was, is);
        free (was);
        free (is);
    }
    compare_attachments (&self);
    for (size_t i = 0; i < after->n_entries; i++)
        compare_task (&self, after->entries[i]->task);
    for (size_t i = 0; i < before->n_entries; i++)
        if (!rows_entry (after, before->entries[i]->task))
            compare_task (&self, before->entries[i]->task);
    return self.list;
}
