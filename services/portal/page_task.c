// One task, and one group of tasks: what every unit says of them.
#include <stdio.h>
#include <string.h>

#include "common/language.h"
#include "drill_parts.h"
#include "page_drill.h"

enum { NAME_SIZE = 160, ADDRESS_SIZE = 96 };

// --- Entries ---------------------------------------------------------------------------------------------------------------------

static void put_headings (const overview_t *self)
{
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Unit"), "text");
    part_heading (self, _ ("Part"), NULL);
    part_heading (self, _ ("Status"), NULL);
    part_heading (self, _ ("Progress"), "number");
    part_heading (self, _ ("Allocated"), "number");
    part_heading (self, _ ("Disbursed"), "number");
    part_heading (self, _ ("Report"), NULL);
    html_put (self->html, "</tr></thead>\n");
}

static void put_entry (const overview_t *self, const fact_entry_t *entry)
{
    html_put (self->html, "<tr data-entry=\"%s %s\" data-role=\"%s\">", entry->task, entry->unit, drill_role_key (entry->role));
    drill_unit_cell (self, entry->unit, entry->unit_name);
    html_put (self->html, "<td data-label=\"%s\">%s</td>", _ ("Part"), drill_role (entry->role));
    drill_status_cell (self, entry->status);
    drill_percent_cell (self, _ ("Progress"), true, entry->progress_percent);
    drill_money_cell (self, _ ("Allocated"), entry->has_allocated, entry->allocated);
    drill_money_cell (self, _ ("Disbursed"), entry->has_disbursed, entry->disbursed);
    drill_report_cell (self, entry->report, entry->revision);
    html_put (self->html, "</tr>\n");
}

static void put_sum (const overview_t *self, const drill_sum_t *sum)
{
    html_put (self->html, "<tfoot><tr><th scope=\"row\" colspan=\"3\" data-value=\"%zu\">", sum->count);
    html_put (self->html, ngettext ("%s report in all", "%s reports in all", sum->count),
              words_count ((int64_t)sum->count, self->page->vietnamese).text);
    html_put (self->html, "</th>");
    drill_percent_cell (self, _ ("Mean progress"), sum->count > 0, drill_mean (sum));
    drill_count_cell (self, _ ("Allocated"), sum->allocated);
    drill_count_cell (self, _ ("Disbursed"), sum->disbursed);
    html_put (self->html, "<td></td></tr></tfoot>\n");
}

// --- A task ----------------------------------------------------------------------------------------------------------------------

// Of several leads the gravest status speaks: stopped, delayed, not started, in progress, completed.
static int gravity (Baocao__V1__TaskStatus status)
{
    static const int GRAVITIES[] = {0, 3, 2, 1, 4, 5};
    return (size_t)status < sizeof GRAVITIES / sizeof *GRAVITIES ? GRAVITIES[status] : 0;
}

static void put_leads_word (const overview_t *self, const facts_t *facts)
{
    const fact_entry_t *entries = facts->entries.items;
    Baocao__V1__TaskStatus status = BAOCAO__V1__TASK_STATUS__TASK_STATUS_UNSPECIFIED;
    drill_sum_t sum = {0};
    for (size_t i = 0; i < facts->entries.count; i++) {
        if (entries[i].role != BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD)
            continue;
        drill_add (&sum, &entries[i]);
        if (gravity (entries[i].status) > gravity (status))
            status = entries[i].status;
    }
    html_put (self->html, "<div><dt>%s</dt><dd>", _ ("By the lead units' word"));
    html_put (self->html, "<span id=\"leads-status\" class=\"chip\" data-state=\"%s\">%s</span>", words_status_key (status),
              words_status (status));
    if (sum.count)
        html_put (self->html, " <b id=\"leads-progress\" data-value=\"%lld\">%s</b>", (long long)drill_mean (&sum),
                  words_percent (drill_mean (&sum), 100, self->page->vietnamese).text);
    html_put (self->html, "</dd></div>\n");
}

static void put_task_head (const overview_t *self, page_t *page, const fact_task_t *task, const facts_t *facts)
{
    char title[NAME_SIZE], group[NAME_SIZE], address[ADDRESS_SIZE];
    snprintf (title, sizeof title, "%s %s", _ ("Task"), task->code);
    snprintf (group, sizeof group, "%s %s", _ ("Group"), task->group);
    snprintf (address, sizeof address, "/groups/%s", task->group);
    drill_begin (self, page,
                 &(drill_head_t){.title = title,
                                 .kicker = title,
                                 .heading = task->title_vi,
                                 .is_vietnamese = true,
                                 .trail = {{address, group}, {NULL, title}}});
    drill_facts (self);
    put_leads_word (self, facts);
    if (strcmp (task->timeframe, "annual"))
        drill_line (self, _ ("Timeframe"), task->timeframe);
    else
        drill_fact (self, _ ("Timeframe"), _ ("every year"));
    drill_words (self, _ ("Lead units, in the plan's words"), task->lead_text_vi);
    drill_words (self, _ ("Coordinating units, in the plan's words"), task->coordinating_text_vi);
    drill_words (self, _ ("Group"), task->group_title_vi);
    drill_facts_end (self);
}

static void put_reports (const overview_t *self, const facts_t *facts)
{
    const fact_entry_t *entries = facts->entries.items;
    drill_sum_t sum = {0};
    part_section (self, "reports", _ ("Reports that speak of this task"));
    part_table (self, "reports", "stacked", _ ("Of each unit the report that counts; money in VND"));
    put_headings (self);
    html_put (self->html, "<tbody>\n");
    for (size_t i = 0; i < facts->entries.count; i++) {
        put_entry (self, &entries[i]);
        drill_add (&sum, &entries[i]);
    }
    html_put (self->html, "</tbody>\n");
    put_sum (self, &sum);
    part_table_end (self);
    part_section_end (self);
}

static bool speaks (const facts_t *facts, const char *unit)
{
    const fact_entry_t *entries = facts->entries.items;
    for (size_t i = 0; i < facts->entries.count; i++)
        if (!strcmp (entries[i].unit, unit))
            return true;
    return false;
}

// Those with a part in the task of whom no report that counts speaks of it.
static void put_silent (const overview_t *self, const facts_t *facts)
{
    const fact_place_t *places = facts->places.items;
    size_t count = 0;
    for (size_t i = 0; i < facts->places.count; i++)
        count += !speaks (facts, places[i].code);
    if (!count)
        return;
    part_section (self, "silent", _ ("Units that have not reported on it"));
    html_put (self->html, "<ul class=\"units\">\n");
    for (size_t i = 0; i < facts->places.count; i++) {
        if (speaks (facts, places[i].code))
            continue;
        html_put (self->html, "<li>");
        drill_unit (self, places[i].code, places[i].name);
        html_put (self->html, " <span class=\"none\">%s, %s</span> ", drill_role (places[i].role),
                  words_obligation (places[i].obligation));
        drill_chip (self, words_standing_key (places[i].standing), words_standing (places[i].standing));
        html_put (self->html, "</li>\n");
    }
    html_put (self->html, "</ul>\n");
    part_section_end (self);
}

static void put_said (const overview_t *self, const facts_t *facts)
{
    const fact_entry_t *entries = facts->entries.items;
    if (!facts->entries.count)
        return;
    part_section (self, "said", _ ("What the units say"));
    for (size_t i = 0; i < facts->entries.count; i++) {
        html_put (self->html, "<article class=\"entry\"><h3>");
        drill_unit (self, entries[i].unit, entries[i].unit_name);
        html_put (self->html, "</h3>\n<p class=\"about\">%s · ", drill_role (entries[i].role));
        drill_chip (self, words_status_key (entries[i].status), words_status (entries[i].status));
        html_put (self->html, " %s · ", words_percent (entries[i].progress_percent, 100, self->page->vietnamese).text);
        drill_report (self, entries[i].report, entries[i].revision);
        html_put (self->html, "</p>\n");
        drill_entry (self, entries[i].result, entries[i].next_steps, entries[i].obstacles, entries[i].proposals, entries[i].reason);
        html_put (self->html, "</article>\n");
    }
    part_section_end (self);
}

static void put_money (const overview_t *self, const fact_money_t *money)
{
    html_put (self->html, "<tr>");
    drill_unit_cell (self, money->unit, money->unit_name);
    html_put (self->html, "<td data-label=\"%s\">", _ ("Source of funds"));
    part_link (self, "budget", words_source_key (money->source), NULL);
    html_put (self->html, "%s", words_source (money->source));
    part_link_end (self);
    html_put (self->html, "</td>");
    drill_money_cell (self, _ ("Allocated"), money->has_allocated, money->allocated);
    drill_money_cell (self, _ ("Disbursed"), money->has_disbursed, money->disbursed);
    drill_report_cell (self, money->report, money->revision);
    html_put (self->html, "</tr>\n");
}

static void put_budget (const overview_t *self, const facts_t *facts)
{
    const fact_money_t *money = facts->money.items;
    drill_sum_t sum = {0};
    if (!facts->money.count)
        return;
    part_section (self, "budget", _ ("Budget by unit and source"));
    part_table (self, "budget", "stacked", _ ("Allocated and disbursed, in VND"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Unit"), "text");
    part_heading (self, _ ("Source of funds"), NULL);
    part_heading (self, _ ("Allocated"), "number");
    part_heading (self, _ ("Disbursed"), "number");
    part_heading (self, _ ("Report"), NULL);
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < facts->money.count; i++) {
        put_money (self, &money[i]);
        drill_add_money (&sum, money[i].allocated, money[i].disbursed);
    }
    html_put (self->html, "</tbody>\n<tfoot><tr><th scope=\"row\" colspan=\"2\">%s</th>", _ ("Total"));
    drill_count_cell (self, _ ("Allocated"), sum.allocated);
    drill_count_cell (self, _ ("Disbursed"), sum.disbursed);
    html_put (self->html, "<td></td></tr></tfoot>\n");
    part_table_end (self);
    part_section_end (self);
}

static void put_value (const overview_t *self, const fact_value_t *value)
{
    words_t buffer;
    html_put (self->html, "<tr>");
    drill_unit_cell (self, value->unit, value->unit_name);
    html_put (self->html, "<td class=\"num\" data-label=\"%s\"", _ ("Value"));
    if (value->number)
        html_put (self->html, " data-number=\"%s\"", value->number);
    html_put (self->html, ">%s</td>", drill_value (value->number, value->text, &buffer, self->page->vietnamese));
    drill_report_cell (self, value->report, value->revision);
    html_put (self->html, "</tr>\n");
}

static void put_indicator (const overview_t *self, const fact_indicator_t *indicator, const facts_t *facts)
{
    const fact_value_t *values = facts->values.items;
    bool vietnamese = self->page->vietnamese;
    html_put (self->html, "<tbody>\n<tr class=\"group\"><th colspan=\"3\" scope=\"rowgroup\">");
    part_link (self, "indicators", indicator->task, indicator->code);
    part_vietnamese (self, indicator->title_vi);
    part_link_end (self);
    html_put (self->html, "<span class=\"leads\">%s: ", _ ("Measured in"));
    part_vietnamese (self, indicator->unit_of_measure);
    if (*indicator->target)
        html_put (self->html, " · %s: %s", _ ("Target"), words_decimal (indicator->target, vietnamese).text);
    if (*indicator->total)
        html_put (self->html, " · %s: %s", drill_aggregation (indicator->aggregation),
                  words_decimal (indicator->total, vietnamese).text);
    html_put (self->html, "</span></th></tr>\n");
    for (size_t i = 0; i < facts->values.count; i++)
        if (!strcmp (values[i].indicator, indicator->code))
            put_value (self, &values[i]);
    html_put (self->html, "</tbody>\n");
}

static void put_indicators (const overview_t *self, const facts_t *facts)
{
    const fact_indicator_t *indicators = facts->indicators.items;
    if (!facts->indicators.count)
        return;
    part_section (self, "indicators", _ ("Indicators"));
    part_table (self, "indicators", "stacked", _ ("The values of the reports that count"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Unit"), NULL);
    part_heading (self, _ ("Value"), NULL);
    part_heading (self, _ ("Report"), NULL);
    html_put (self->html, "</tr></thead>\n");
    for (size_t i = 0; i < facts->indicators.count; i++)
        put_indicator (self, &indicators[i], facts);
    part_table_end (self);
    part_section_end (self);
}

bool page_task (html_t *html, page_t *page, const facts_t *facts)
{
    const overview_t self = {.html = html, .page = page};
    if (!facts->tasks.count)
        return false;
    put_task_head (&self, page, facts->tasks.items, facts);
    put_reports (&self, facts);
    put_silent (&self, facts);
    put_said (&self, facts);
    put_budget (&self, facts);
    put_indicators (&self, facts);
    drill_end (&self);
    return true;
}

// --- A group ---------------------------------------------------------------------------------------------------------------------

static void put_task (const overview_t *self, const fact_task_t *task, const facts_t *facts, drill_sum_t *sum)
{
    const fact_entry_t *entries = facts->entries.items;
    size_t before = sum->count;
    html_put (self->html, "<tbody data-task=\"%s\">\n<tr class=\"group\"><th colspan=\"7\" scope=\"rowgroup\">", task->code);
    drill_task (self, task->code, task->title_vi);
    html_put (self->html, "</th></tr>\n");
    for (size_t i = 0; i < facts->entries.count; i++)
        if (!strcmp (entries[i].task, task->code)) {
            put_entry (self, &entries[i]);
            drill_add (sum, &entries[i]);
        }
    if (sum->count == before)
        html_put (self->html, "<tr><td colspan=\"7\" class=\"none\">%s</td></tr>\n", _ ("No report speaks of it."));
    html_put (self->html, "</tbody>\n");
}

static void put_statuses (const overview_t *self, const drill_sum_t *sum)
{
    html_put (self->html, "<ul class=\"key\" id=\"statuses\">\n");
    for (int i = BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED; i <= BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED; i++)
        html_put (self->html, "<li data-state=\"%s\">%s <b data-value=\"%zu\">%s</b></li>\n",
                  words_status_key ((Baocao__V1__TaskStatus)i), words_status ((Baocao__V1__TaskStatus)i), sum->statuses[i],
                  words_count ((int64_t)sum->statuses[i], self->page->vietnamese).text);
    html_put (self->html, "</ul>\n");
}

bool page_group (html_t *html, page_t *page, const facts_t *facts)
{
    const overview_t self = {.html = html, .page = page};
    const fact_task_t *tasks = facts->tasks.items;
    const fact_entry_t *entries = facts->entries.items;
    drill_sum_t sum = {0}, all = {0};
    char title[NAME_SIZE];
    if (!facts->tasks.count)
        return false;
    snprintf (title, sizeof title, "%s %s", _ ("Group"), tasks->group);
    drill_begin (
        &self, page,
        &(drill_head_t){
            .title = title, .kicker = title, .heading = tasks->group_title_vi, .is_vietnamese = true, .trail = {{NULL, title}}});
    for (size_t i = 0; i < facts->entries.count; i++)
        drill_add (&all, &entries[i]);
    part_section (&self, "reports", _ ("Reports that speak of the group's tasks"));
    put_statuses (&self, &all);
    part_table (&self, "reports", "stacked", _ ("Of each unit the report that counts; money in VND"));
    put_headings (&self);
    for (size_t i = 0; i < facts->tasks.count; i++)
        put_task (&self, &tasks[i], facts, &sum);
    put_sum (&self, &sum);
    part_table_end (&self);
    part_section_end (&self);
    drill_end (&self);
    return true;
}
