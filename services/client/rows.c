#include "rows.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "report/json.h"
#include "template.h"

const Baocao__V1__TaskEntry *rows_entry (const Baocao__V1__Report *report, const char *task)
{
    for (size_t i = 0; i < report->n_entries; i++)
        if (!strcmp (report->entries[i]->task, task))
            return report->entries[i];
    return NULL;
}

char *rows_fact (const Baocao__V1__Report *report, const char *key)
{
    static const Baocao__V1__Document none = BAOCAO__V1__DOCUMENT__INIT;
    const Baocao__V1__Document *document = report->document ? report->document : &none;
    const struct {
        const char *key, *text;
    } facts[] = {
        {"plan", report->plan},
        {"period", report->period},
        {"unit", report->unit},
        {"document.number", document->number},
        {"document.date", document->date},
        {"document.signer", document->signer},
        {"document.signer_title", document->signer_title},
        {"general_assessment", report->general_assessment},
        {"nothing_to_report", report->nothing_to_report ? report->nothing_to_report->reason : ""},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (!strcmp (facts[i].key, key))
            return xstrdup (facts[i].text);
    return xstrdup ("");
}

static char *whole (bool given, int64_t number)
{
    return given ? xasprintf ("%" PRId64, number) : xstrdup ("");
}

// budget.SOURCE.allocated and budget.SOURCE.disbursed, the totals, and the first reason.
static char *budget_cell (const Baocao__V1__Budget *budget, const char *key)
{
    const char *end = strrchr (key, '.');
    bool allocated = !strcmp (end, ".allocated");
    if (!strcmp (key, "budget.total_allocated"))
        return whole (budget->stated_allocated_case == BAOCAO__V1__BUDGET__STATED_ALLOCATED_TOTAL_ALLOCATED,
                      budget->total_allocated);
    if (!strcmp (key, "budget.total_disbursed"))
        return whole (budget->stated_disbursed_case == BAOCAO__V1__BUDGET__STATED_DISBURSED_TOTAL_DISBURSED,
                      budget->total_disbursed);
    for (size_t i = 0; i < budget->n_lines; i++) {
        const Baocao__V1__BudgetLine *line = budget->lines[i];
        const char *source = report_enum_name (&baocao__v1__budget_source__descriptor, (int)line->source);
        if (!strcmp (key, "budget.reason") && *line->reason)
            return xstrdup (line->reason);
        if (strlen (source) != (size_t)(end - key - 7) || strncmp (key + 7, source, strlen (source)) != 0)
            continue;
        return allocated
                   ? whole (line->allocated_figure_case == BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED, line->allocated)
                   : whole (line->disbursed_figure_case == BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED, line->disbursed);
    }
    return xstrdup ("");
}

static char *indicator_cell (const Baocao__V1__TaskEntry *entry, const char *code, bool reason)
{
    for (size_t i = 0; i < entry->n_indicators; i++) {
        const Baocao__V1__IndicatorValue *value = entry->indicators[i];
        if (strcmp (value->indicator, code) != 0)
            continue;
        if (reason)
            return xstrdup (value->no_figure_reason);
        switch (value->value_case) {
        case BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER:
            return whole (true, value->number);
        case BAOCAO__V1__INDICATOR_VALUE__VALUE_DECIMAL:
            return xstrdup (value->decimal);
        case BAOCAO__V1__INDICATOR_VALUE__VALUE_TRUTH:
            return xstrdup (value->truth ? "có" : "không");
        case BAOCAO__V1__INDICATOR_VALUE__VALUE_TEXT:
            return xstrdup (value->text);
        default:
            return xstrdup ("");
        }
    }
    return xstrdup ("");
}

char *rows_cell (const Baocao__V1__TaskEntry *entry, const char *key)
{
    const struct {
        const char *key, *text;
    } texts[] = {
        {"task", entry->task},
        {"result", entry->result},
        {"next_steps", entry->next_steps},
        {"obstacles", entry->obstacles},
        {"proposals", entry->proposals},
        {"reason", entry->reason},
        {"status", (unsigned)entry->status < 6 ? template_statuses[entry->status] : ""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp (texts[i].key, key))
            return xstrdup (texts[i].text);
    if (!strcmp (key, "progress_percent"))
        return whole (true, entry->progress_percent);
    if (!strncmp (key, "indicator.", 10) || !strncmp (key, "no_figure.", 10))
        return indicator_cell (entry, key + 10, key[0] == 'n');
    return entry->budget && !strncmp (key, "budget.", 7) ? budget_cell (entry->budget, key) : xstrdup ("");
}
