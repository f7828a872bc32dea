// One report, whole: what it says, what was found in it and decided about it, and its receipt (page_receipt.c).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/language.h"
#include "drill_parts.h"
#include "page_drill.h"
#include "page_receipt.h"

enum { NAME_SIZE = 160, ADDRESS_SIZE = 96 };

// --- What it says ----------------------------------------------------------------------------------------------------------------

// What is no date is shown as it is.
static void put_date (const overview_t *self, const char *date)
{
    char time[32];
    int64_t ms;
    snprintf (time, sizeof time, "%.10sT00:00:00Z", date);
    if (strlen (date) == 10 && bc_time_parse (time, &ms) == 0)
        drill_fact (self, _ ("Date"), words_day (ms, 0, self->page->vietnamese).text);
    else
        drill_line (self, _ ("Date"), date);
}

static void put_document (const overview_t *self, const Baocao__V1__Document *document)
{
    if (!document)
        return;
    part_section (self, "document", _ ("The letter it was issued under"));
    drill_facts (self);
    drill_line (self, _ ("Number"), document->number);
    put_date (self, document->date);
    drill_line (self, _ ("Signed by"), document->signer);
    drill_line (self, _ ("Title"), document->signer_title);
    drill_facts_end (self);
    part_section_end (self);
}

// What a report names need not be there. NULL: it is not.
static const fact_task_t *find_task (const facts_t *facts, const char *code)
{
    const fact_task_t *tasks = facts->tasks.items;
    for (size_t i = 0; i < facts->tasks.count; i++)
        if (!strcmp (tasks[i].code, code))
            return &tasks[i];
    return NULL;
}

static const char *indicator_title (const facts_t *facts, const char *task, const char *code)
{
    const fact_indicator_t *indicators = facts->indicators.items;
    for (size_t i = 0; i < facts->indicators.count; i++)
        if (!strcmp (indicators[i].task, task) && !strcmp (indicators[i].code, code))
            return indicators[i].title_vi;
    return code;
}

static void put_value (const overview_t *self, const facts_t *facts, const char *task, const Baocao__V1__IndicatorValue *value)
{
    char number[24];
    const char *decimal = NULL, *text = NULL;
    words_t buffer;
    snprintf (number, sizeof number, "%lld", (long long)value->number);
    switch ((int)value->value_case) {
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER:
        decimal = number;
        break;
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_DECIMAL:
        decimal = value->decimal;
        break;
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_TRUTH:
        text = value->truth ? "true" : "false";
        break;
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_TEXT:
        text = value->text;
        break;
    }
    const char *shown = drill_value (decimal, text, &buffer, self->page->vietnamese);
    html_put (self->html, "<tr><th scope=\"row\">");
    part_vietnamese (self, indicator_title (facts, task, value->indicator));
    html_put (self->html, "</th><td class=\"text\" dir=\"auto\" data-label=\"%s\">%s", _ ("Value"), shown ? shown : "–");
    drill_note (self, value->no_figure_reason);
    html_put (self->html, "</td></tr>\n");
}

static void put_values (const overview_t *self, const facts_t *facts, const Baocao__V1__TaskEntry *entry, size_t number)
{
    char id[32];
    if (!entry->n_indicators)
        return;
    snprintf (id, sizeof id, "indicators-%zu", number);
    part_table (self, id, "stacked", _ ("Indicators"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Indicator"), NULL);
    part_heading (self, _ ("Value"), NULL);
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < entry->n_indicators; i++)
        put_value (self, facts, entry->task, entry->indicators[i]);
    html_put (self->html, "</tbody>\n");
    part_table_end (self);
}

static void put_line (const overview_t *self, const Baocao__V1__BudgetLine *line)
{
    html_put (self->html, "<tr><th scope=\"row\">%s", words_source (line->source));
    drill_note (self, line->reason);
    html_put (self->html, "</th>");
    drill_money_cell (self, _ ("Allocated"), line->allocated_figure_case == BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED,
                      line->allocated);
    drill_money_cell (self, _ ("Disbursed"), line->disbursed_figure_case == BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED,
                      line->disbursed);
    html_put (self->html, "</tr>\n");
}

static void put_budget (const overview_t *self, const Baocao__V1__Budget *budget, size_t number)
{
    char id[32];
    if (!budget || !budget->n_lines)
        return;
    snprintf (id, sizeof id, "budget-%zu", number);
    part_table (self, id, "stacked", _ ("Allocated and disbursed, in VND"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Source of funds"), NULL);
    part_heading (self, _ ("Allocated"), "number");
    part_heading (self, _ ("Disbursed"), "number");
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < budget->n_lines; i++)
        put_line (self, budget->lines[i]);
    html_put (self->html, "</tbody>\n");
    part_table_end (self);
}

static void put_entry (const overview_t *self, const facts_t *facts, const Baocao__V1__TaskEntry *entry, size_t number)
{
    const fact_task_t *task = find_task (facts, entry->task);
    html_put (self->html, "<article class=\"entry\" id=\"entry-%zu\"><h3>", number);
    if (task)
        drill_task (self, task->code, task->title_vi);
    else
        html_put (self->html, "%s <bdi>%s</bdi>", _ ("Task"), entry->task);
    html_put (self->html, "</h3>\n<p class=\"about\">");
    drill_chip (self, words_status_key (entry->status), words_status (entry->status));
    html_put (self->html, " <b>%s</b></p>\n", words_percent (entry->progress_percent, 100, self->page->vietnamese).text);
    drill_entry (self, entry->result, entry->next_steps, entry->obstacles, entry->proposals, entry->reason);
    put_values (self, facts, entry, number);
    put_budget (self, entry->budget, number);
    html_put (self->html, "</article>\n");
}

static void put_entries (const overview_t *self, const facts_t *facts, const Baocao__V1__Report *report)
{
    if (!report->n_entries)
        return;
    part_section (self, "entries", _ ("Task by task"));
    for (size_t i = 0; i < report->n_entries; i++)
        put_entry (self, facts, report->entries[i], i);
    part_section_end (self);
}

static void put_general (const overview_t *self, const Baocao__V1__Report *report)
{
    if (!*report->general_assessment && !report->nothing_to_report)
        return;
    part_section (self, "general", _ ("In general"));
    drill_facts (self);
    drill_words (self, _ ("General assessment"), report->general_assessment);
    if (report->nothing_to_report)
        drill_words (self, _ ("Nothing to report, because"), report->nothing_to_report->reason);
    drill_facts_end (self);
    part_section_end (self);
}

static void put_attachments (const overview_t *self, const Baocao__V1__Report *report)
{
    if (!report->n_attachments)
        return;
    part_section (self, "attachments", _ ("Attachments"));
    html_put (self->html, "<ul class=\"attachments\">\n");
    for (size_t i = 0; i < report->n_attachments; i++) {
        const Baocao__V1__Attachment *file = report->attachments[i];
        html_put (self->html, "<li><b><bdi>%s</bdi></b> · %s %s<dl class=\"facts\">", file->name,
                  words_count (file->size, self->page->vietnamese).text, _ ("bytes"));
        drill_hash (self, NULL, "SHA-256", file->sha256.data, file->sha256.len);
        html_put (self->html, "</dl></li>\n");
    }
    html_put (self->html, "</ul>\n");
    part_section_end (self);
}

// --- What was found --------------------------------------------------------------------------------------------------------------

static const struct {
    const char *name, *text;
} PARTS[] = {{"document", N_ ("the letter")},
             {"number", N_ ("number")},
             {"date", N_ ("date")},
             {"signer", N_ ("signer")},
             {"signer_title", N_ ("signer's title")},
             {"status", N_ ("status")},
             {"progress_percent", N_ ("progress")},
             {"result", N_ ("result")},
             {"next_steps", N_ ("next steps")},
             {"obstacles", N_ ("obstacles")},
             {"proposals", N_ ("proposals")},
             {"reason", N_ ("reason")},
             {"no_figure_reason", N_ ("why there is no figure")},
             {"budget", N_ ("budget")},
             {"allocated", N_ ("allocated")},
             {"disbursed", N_ ("disbursed")},
             {"total_allocated", N_ ("allocated in all")},
             {"total_disbursed", N_ ("disbursed in all")},
             {"general_assessment", N_ ("general assessment")},
             {"nothing_to_report", N_ ("nothing to report")},
             {"name", N_ ("name")},
             {"size", N_ ("size")},
             {"plan", N_ ("plan")},
             {"period", N_ ("period")},
             {"unit", N_ ("unit")},
             {"entries", N_ ("task")},
             {"indicators", N_ ("indicator")},
             {"lines", N_ ("source of funds")},
             {"attachments", N_ ("attachment")},
             {"value", N_ ("value")}};

static const char *part_word (const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        if (strlen (PARTS[i].name) == length && !strncmp (PARTS[i].name, name, length))
            return _ (PARTS[i].text);
    return NULL;
}

// What the list's element is called by people: the task of an entry, the source of a line. NULL: it has no name, or there is none.
static const char *element (const Baocao__V1__Report *report, const Baocao__V1__TaskEntry **entry_p, const char *list, size_t index)
{
    const Baocao__V1__TaskEntry *entry = *entry_p;
    if (!strncmp (list, "entries", 7) && report && index < report->n_entries) {
        *entry_p = report->entries[index];
        return report->entries[index]->task;
    }
    if (!strncmp (list, "indicators", 10) && entry && index < entry->n_indicators)
        return entry->indicators[index]->indicator;
    if (!strncmp (list, "lines", 5) && entry && entry->budget && index < entry->budget->n_lines)
        return words_source (entry->budget->lines[index]->source);
    if (!strncmp (list, "attachments", 11) && report && index < report->n_attachments)
        return report->attachments[index]->name;
    return NULL;
}

// "entries[3].progress_percent" is "task II.2, progress"; "entries(II.2)" is "task II.2".
static void put_path (const overview_t *self, const char *path, const Baocao__V1__Report *report)
{
    const Baocao__V1__TaskEntry *entry = NULL;
    for (const char *part = path, *next; *part; part = *next ? next + 1 : next) {
        size_t name = strcspn (part, ".[("), in = name;
        const char *word = part_word (part, name), *called = NULL;
        char code[NAME_SIZE];
        if (part[name] == '[')
            called = element (report, &entry, part, strtoul (part + name + 1, NULL, 10));
        if (part[name] == '(') {
            in = name + strcspn (part + name, ")");
            snprintf (code, sizeof code, "%.*s", (int)(in - name - 1), part + name + 1);
            called = code;
        }
        next = part + in + strcspn (part + in, ".");
        if (part != path)
            html_put (self->html, ", ");
        if (word)
            html_put (self->html, "%s", word);
        if (word && called)
            html_put (self->html, " %s", called);
        for (const char *c = part; !word && c < next; c++)
            html_put (self->html, "%c", *c);
    }
}

static void put_finding (const overview_t *self, const fact_finding_t *finding, const Baocao__V1__Report *report)
{
    bool error = finding->severity == BAOCAO__V1__SEVERITY__SEVERITY_ERROR;
    html_put (self->html, "<li data-code=\"%s\"><p class=\"source\">", finding->code);
    drill_chip (self, error ? "refused" : "late", error ? _ ("Error") : _ ("Remark"));
    html_put (self->html, " ");
    put_path (self, finding->path, report);
    html_put (self->html, "</p><p class=\"text\" dir=\"auto\">%s</p></li>\n", finding->message);
}

static void put_findings (const overview_t *self, const facts_t *facts, const fact_receipt_t *receipt)
{
    const fact_submission_t *submission = facts->submissions.items;
    const fact_finding_t *findings = facts->findings.items;
    if (!submission->judged_at)
        return;
    part_section (self, "findings", _ ("What the check found"));
    html_put (self->html, facts->findings.count ? "<ul class=\"remarks\">\n" : "<p class=\"none\">%s</p>\n",
              _ ("Nothing to object to."));
    for (size_t i = 0; i < facts->findings.count; i++)
        put_finding (self, &findings[i], receipt->content);
    if (facts->findings.count)
        html_put (self->html, "</ul>\n");
    part_section_end (self);
}

// --- The whole -------------------------------------------------------------------------------------------------------------------

static void put_head (const overview_t *self, page_t *page, const fact_submission_t *submission)
{
    char title[NAME_SIZE], address[ADDRESS_SIZE], heading[2 * NAME_SIZE + 400];
    snprintf (title, sizeof title, "%s %u", _ ("Revision"), submission->revision);
    snprintf (address, sizeof address, "/units/%s", submission->unit);
    snprintf (heading, sizeof heading, "%s: %s", submission->unit_name, title);
    drill_begin (self, page,
                 &(drill_head_t){.title = heading,
                                 .kicker = _ ("Report"),
                                 .heading = heading,
                                 .trail = {{address, submission->unit_name}, {NULL, title}}});
    drill_facts (self);
    html_put (self->html, "<div><dt>%s</dt><dd>", _ ("State"));
    drill_chip (self, drill_state_key (submission->state), drill_state (submission->state));
    if (submission->counts)
        html_put (self->html, " %s", _ ("this one counts"));
    html_put (self->html, "</dd></div>\n<div><dt>%s</dt><dd>", _ ("Received"));
    drill_time (self, submission->received_at);
    html_put (self->html, " ");
    drill_chip (self, drill_timeliness_key (submission->timeliness), drill_timeliness (submission->timeliness));
    html_put (self->html, "</dd></div>\n");
    drill_facts_end (self);
}

bool page_report (html_t *html, page_t *page, const facts_t *facts)
{
    const overview_t self = {.html = html, .page = page};
    const fact_receipt_t *receipt = facts->receipts.items;
    if (!facts->submissions.count || !facts->receipts.count)
        return false;
    put_head (&self, page, facts->submissions.items);
    put_findings (&self, facts, receipt);
    if (receipt->content) {
        put_document (&self, receipt->content->document);
        put_general (&self, receipt->content);
        put_entries (&self, facts, receipt->content);
        put_attachments (&self, receipt->content);
    } else
        html_put (html, "<p class=\"none\">%s</p>\n", _ ("What was received is no report that can be read."));
    page_receipt (&self, facts);
    drill_end (&self);
    return true;
}
