// What makes a figure: the units of a tile, the money of a source, the values of an indicator.
#include <stdio.h>
#include <string.h>

#include "common/language.h"
#include "drill_parts.h"
#include "page_drill.h"

enum { NAME_SIZE = 160, ADDRESS_SIZE = 96 };

// --- Units -----------------------------------------------------------------------------------------------------------------------

enum { MUST = BAOCAO__V1__OBLIGATION__OBLIGATION_MUST, MAY = BAOCAO__V1__OBLIGATION__OBLIGATION_MAY };

// Whoever has that obligation and one of those standings (bits) makes the figure. As Figures in feed.proto says.
#define STANDING(name) (1u << BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_##name)
#define REPORTED (STANDING (ON_TIME) | STANDING (LATE))
#define UNREPORTED (STANDING (MISSING) | STANDING (REFUSED) | STANDING (RETURNED))
typedef struct {
    const char *key, *title, *caption;
    int obligation;
    unsigned standings;
} figure_t;

static const figure_t FIGURES[] = {
    {"expected", N_ ("Units that must report"), N_ ("Every unit that owes a report for this period"), MUST, REPORTED | UNREPORTED},
    {"received", N_ ("Units whose report was received"), N_ ("Of those that must report, with a report that was accepted"), MUST,
     REPORTED},
    {"on_time", N_ ("Units that reported on time"), N_ ("The first report that was accepted came before the deadline"), MUST,
     STANDING (ON_TIME)},
    {"late", N_ ("Units that reported late"), N_ ("The first report that was accepted came after the deadline"), MUST,
     STANDING (LATE)},
    {"missing", N_ ("Units whose report is missing"), N_ ("Of those that must report, without a report that counts"), MUST,
     UNREPORTED},
    {"rejected", N_ ("Units whose report was refused"), N_ ("Of the missing: the latest report has errors, and none was accepted"),
     MUST, STANDING (REFUSED)},
    {"returned", N_ ("Units whose report was returned"),
     N_ ("Of the missing: the standing agency has returned the report, and none came since"), MUST, STANDING (RETURNED)},
    {"voluntary", N_ ("Units that reported voluntarily"), N_ ("They may report and need not; they are in no other figure"), MAY,
     REPORTED},
};

static const figure_t *find_figure (const char *key)
{
    for (size_t i = 0; i < sizeof FIGURES / sizeof *FIGURES; i++)
        if (!strcmp (FIGURES[i].key, key))
            return &FIGURES[i];
    return NULL;
}

bool page_figure_is_known (const char *figure)
{
    return find_figure (figure);
}

static bool makes (const fact_place_t *place, const figure_t *figure)
{
    return (int)place->obligation == figure->obligation && (1u << place->standing) & figure->standings;
}

static void put_place (const overview_t *self, const fact_place_t *place)
{
    html_put (self->html, "<tr>");
    drill_unit_cell (self, place->code, place->name);
    html_put (self->html, "<td class=\"state\" data-label=\"%s\">", _ ("Standing"));
    drill_chip (self, words_standing_key (place->standing), words_standing (place->standing));
    html_put (self->html, "</td><td data-label=\"%s\">", _ ("Due before"));
    if (place->due_at)
        drill_time (self, place->due_at);
    html_put (self->html, "</td><td data-label=\"%s\">", _ ("First received"));
    if (place->first_received_at)
        drill_time (self, place->first_received_at);
    else
        html_put (self->html, "–");
    html_put (self->html, "</td>");
    drill_report_cell (self, place->report, place->revision);
    html_put (self->html, "</tr>\n");
}

static void put_places (const overview_t *self, const figure_t *figure, const facts_t *facts)
{
    const fact_place_t *places = facts->places.items;
    part_table (self, "units", "stacked", _ (figure->caption));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Unit"), "text");
    part_heading (self, _ ("Standing"), NULL);
    part_heading (self, _ ("Due before"), NULL);
    part_heading (self, _ ("First received"), NULL);
    part_heading (self, _ ("Report"), NULL);
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < facts->places.count; i++)
        if (makes (&places[i], figure))
            put_place (self, &places[i]);
    html_put (self->html, "</tbody>\n");
    part_table_end (self);
}

bool page_figure (html_t *html, page_t *page, const facts_t *facts)
{
    const overview_t self = {.html = html, .page = page};
    const figure_t *figure = find_figure (facts->figure);
    const fact_place_t *places = facts->places.items;
    const char *title = _ (figure->title);
    size_t count = 0;
    for (size_t i = 0; i < facts->places.count; i++)
        count += makes (&places[i], figure);
    drill_begin (
        &self, page,
        &(drill_head_t){.title = title, .kicker = _ ("What makes this figure"), .heading = title, .trail = {{NULL, title}}});
    html_put (html, "<p class=\"large\"><strong id=\"figure\" data-value=\"%zu\">%s</strong> <span>%s</span></p>\n", count,
              words_count ((int64_t)count, page->vietnamese).text, _ ("units"));
    if (count)
        put_places (&self, figure, facts);
    drill_end (&self);
    return true;
}

// --- Money -----------------------------------------------------------------------------------------------------------------------

static void put_money (const overview_t *self, const fact_money_t *money)
{
    html_put (self->html, "<tr>");
    drill_task_cell (self, money->task, money->task_title_vi);
    html_put (self->html, "<td data-label=\"%s\">", _ ("Unit"));
    drill_unit (self, money->unit, money->unit_name);
    html_put (self->html, "</td>");
    drill_money_cell (self, _ ("Allocated"), money->has_allocated, money->allocated);
    drill_money_cell (self, _ ("Disbursed"), money->has_disbursed, money->disbursed);
    drill_report_cell (self, money->report, money->revision);
    html_put (self->html, "</tr>\n");
}

static drill_sum_t put_rows_of_money (const overview_t *self, const facts_t *facts)
{
    const fact_money_t *money = facts->money.items;
    drill_sum_t sum = {0};
    html_put (self->html, "<tbody>\n");
    for (size_t i = 0; i < facts->money.count; i++) {
        put_money (self, &money[i]);
        drill_add_money (&sum, money[i].allocated, money[i].disbursed);
    }
    html_put (self->html, "</tbody>\n");
    return sum;
}

bool page_budget (html_t *html, page_t *page, const facts_t *facts)
{
    const overview_t self = {.html = html, .page = page};
    const char *title = words_source (facts->source);
    drill_begin (&self, page,
                 &(drill_head_t){.title = title, .kicker = _ ("Source of funds"), .heading = title, .trail = {{NULL, title}}});
    part_table (&self, "money", "stacked", _ ("Allocated and disbursed by task and unit, in VND: the rows add up to the total"));
    html_put (html, "<thead><tr>");
    part_heading (&self, _ ("Task"), NULL);
    part_heading (&self, _ ("Unit"), "text");
    part_heading (&self, _ ("Allocated"), "number");
    part_heading (&self, _ ("Disbursed"), "number");
    part_heading (&self, _ ("Report"), NULL);
    html_put (html, "</tr></thead>\n");
    drill_sum_t sum = put_rows_of_money (&self, facts);
    html_put (html, "<tfoot><tr><th scope=\"row\" colspan=\"2\">%s</th>", _ ("Total"));
    drill_count_cell (&self, _ ("Allocated"), sum.allocated);
    drill_count_cell (&self, _ ("Disbursed"), sum.disbursed);
    html_put (html, "<td></td></tr></tfoot>\n");
    part_table_end (&self);
    drill_end (&self);
    return true;
}

// --- Values ----------------------------------------------------------------------------------------------------------------------

static void put_value (const overview_t *self, const fact_value_t *value)
{
    words_t buffer;
    html_put (self->html, "<tr>");
    drill_unit_cell (self, value->unit, value->unit_name);
    html_put (self->html, "<td class=\"num\" data-label=\"%s\" data-value=\"%s\">%s</td><td data-label=\"%s\">", _ ("Value"),
              value->number ? value->number : "", drill_value (value->number, value->text, &buffer, self->page->vietnamese),
              _ ("Received"));
    drill_time (self, value->received_at);
    html_put (self->html, "</td>");
    drill_report_cell (self, value->report, value->revision);
    html_put (self->html, "</tr>\n");
}

static void put_values (const overview_t *self, const fact_indicator_t *indicator, const facts_t *facts)
{
    const fact_value_t *values = facts->values.items;
    part_table (self, "values", "stacked", drill_aggregation (indicator->aggregation));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Unit"), "text");
    part_heading (self, _ ("Value"), "number");
    part_heading (self, _ ("Received"), NULL);
    part_heading (self, _ ("Report"), NULL);
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < facts->values.count; i++)
        put_value (self, &values[i]);
    html_put (self->html, "</tbody>\n");
    if (*indicator->total)
        html_put (self->html,
                  "<tfoot><tr><th scope=\"row\">%s</th><td class=\"num\" data-label=\"%s\" data-value=\"%s\">%s</td>"
                  "<td colspan=\"2\"></td></tr></tfoot>\n",
                  _ ("Total"), _ ("Value"), indicator->total, words_decimal (indicator->total, self->page->vietnamese).text);
    part_table_end (self);
}

bool page_indicator (html_t *html, page_t *page, const facts_t *facts)
{
    const overview_t self = {.html = html, .page = page};
    const fact_indicator_t *indicator = facts->indicators.items;
    char task[NAME_SIZE], address[ADDRESS_SIZE];
    if (!facts->indicators.count)
        return false;
    snprintf (task, sizeof task, "%s %s", _ ("Task"), indicator->task);
    snprintf (address, sizeof address, "/tasks/%s", indicator->task);
    drill_begin (&self, page,
                 &(drill_head_t){.title = indicator->title_vi,
                                 .kicker = _ ("Indicator"),
                                 .heading = indicator->title_vi,
                                 .is_vietnamese = true,
                                 .trail = {{address, task}, {NULL, indicator->code}}});
    drill_facts (&self);
    drill_line (&self, _ ("Measured in"), indicator->unit_of_measure);
    if (*indicator->target)
        drill_fact (&self, _ ("Target"), words_decimal (indicator->target, page->vietnamese).text);
    drill_words (&self, task, ((const fact_task_t *)facts->tasks.items)->title_vi);
    drill_facts_end (&self);
    put_values (&self, indicator, facts);
    drill_end (&self);
    return true;
}
