// The smaller sections: budget, indicators, obstacles and proposals, the years, files.
#include <string.h>

#include "common/language.h"
#include "page_parts.h"
#include "words.h"

// --- Budget ----------------------------------------------------------------------------------------------------------------------

static void put_source (const overview_t *self, Baocao__V1__BudgetSource source)
{
    const char *key = words_source_key (source);
    html_put (self->html, "<tr><th scope=\"row\">");
    part_link (self, "budget", key, NULL);
    html_put (self->html, "%s", words_source (source));
    part_link_end (self);
    html_put (self->html, "</th>");
    part_field (self, "td", "num", _ ("Allocated"), "f-source-%s-allocated", key);
    part_field (self, "td", "num", _ ("Disbursed"), "f-source-%s-disbursed", key);
    part_bar_cell (self, _ ("Share"), "f-source-%s-share", key);
    html_put (self->html, "</tr>\n");
}

void part_budget (const overview_t *self)
{
    part_section (self, "budget", _ ("Budget by source"));
    html_put (self->html, "<div class=\"chart\" data-chart=\"budget\" data-unit=\"%s\"></div>\n", _ ("billion VND"));
    part_table (self, "budget", "stacked", _ ("Allocated and disbursed, in VND"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Source of funds"), NULL);
    part_heading (self, _ ("Allocated"), "number");
    part_heading (self, _ ("Disbursed"), "number");
    part_heading (self, _ ("Share"), "number");
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < self->snapshot->n_budget; i++)
        put_source (self, self->snapshot->budget[i]->source);
    html_put (self->html, "</tbody>\n<tfoot><tr><th scope=\"row\">%s</th>", _ ("Total"));
    part_field (self, "td", "num", _ ("Allocated"), "f-plan-budget-allocated");
    part_field (self, "td", "num", _ ("Disbursed"), "f-plan-budget-disbursed");
    html_put (self->html, "<td class=\"share\" data-label=\"%s\">", _ ("Share"));
    part_copy (self, "span", "f-plan-budget-share");
    part_bar (self, "f-plan-budget-share");
    html_put (self->html, "</td></tr></tfoot>\n");
    part_table_end (self);
    part_section_end (self);
}

// --- Indicators ------------------------------------------------------------------------------------------------------------------

static void put_indicator (const overview_t *self, const Baocao__V1__IndicatorTotal *indicator)
{
    html_put (self->html, "<tr><td class=\"code\">");
    part_link (self, "tasks", indicator->task, NULL);
    html_put (self->html, "%s", indicator->task);
    part_link_end (self);
    html_put (self->html, "</td><th scope=\"row\" class=\"title\">");
    part_link (self, "indicators", indicator->task, indicator->indicator);
    part_vietnamese (self, indicator->title_vi);
    part_link_end (self);
    html_put (self->html, "</th>");
    part_field (self, "td", "num", _ ("Value"), "f-indicator-%s-%s-value", indicator->task, indicator->indicator);
    html_put (self->html, "<td class=\"num\" data-label=\"%s\" data-value=\"%s\">%s</td><td data-label=\"%s\">", _ ("Target"),
              indicator->target, *indicator->target ? words_decimal (indicator->target, self->page->vietnamese).text : "–",
              _ ("Measured in"));
    part_vietnamese (self, indicator->unit_of_measure);
    html_put (self->html, "</td>");
    part_field (self, "td", "num", _ ("Reports"), "f-indicator-%s-%s-values", indicator->task, indicator->indicator);
    part_bar_cell (self, _ ("Of the target"), "f-indicator-%s-%s-share", indicator->task, indicator->indicator);
    html_put (self->html, "</tr>\n");
}

void part_indicators (const overview_t *self)
{
    if (self->snapshot->n_indicators == 0)
        return;
    part_section (self, "indicators", _ ("Indicators"));
    part_table (self, "indicators", "indicators stacked", _ ("Totals by each indicator's own way of adding up"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Task"), NULL);
    part_heading (self, _ ("Indicator"), "text");
    part_heading (self, _ ("Value"), "number");
    part_heading (self, _ ("Target"), "number");
    part_heading (self, _ ("Measured in"), "text");
    part_heading (self, _ ("Reports"), "number");
    part_heading (self, _ ("Of the target"), "number");
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < self->snapshot->n_indicators; i++)
        put_indicator (self, self->snapshot->indicators[i]);
    html_put (self->html, "</tbody>\n");
    part_table_end (self);
    part_section_end (self);
}

// --- Obstacles and proposals -----------------------------------------------------------------------------------------------------

static void put_remarks (const overview_t *self, const char *id, const char *title, Baocao__V1__Remark *const *remarks,
                         size_t count)
{
    part_section (self, id, title);
    html_put (self->html, count ? "<ul class=\"remarks\">\n" : "<p class=\"none\">%s</p>\n", _ ("None was reported."));
    for (size_t i = 0; i < count; i++) {
        html_put (self->html, "<li><p class=\"text\">");
        part_vietnamese (self, remarks[i]->text);
        html_put (self->html, "</p><p class=\"source\">");
        part_link (self, "tasks", remarks[i]->task, NULL);
        html_put (self->html, "%s %s", _ ("Task"), remarks[i]->task);
        part_link_end (self);
        html_put (self->html, " · ");
        part_link (self, "units", remarks[i]->unit, NULL);
        html_put (self->html, "%s", part_unit_name (self, remarks[i]->unit));
        part_link_end (self);
        html_put (self->html, "</p></li>\n");
    }
    if (count)
        html_put (self->html, "</ul>\n");
    part_section_end (self);
}

void part_remarks (const overview_t *self)
{
    put_remarks (self, "obstacles", _ ("Obstacles"), self->snapshot->obstacles, self->snapshot->n_obstacles);
    put_remarks (self, "proposals", _ ("Proposals"), self->snapshot->proposals, self->snapshot->n_proposals);
}

// --- The years -------------------------------------------------------------------------------------------------------------------

static void put_period (const overview_t *self, const char *period)
{
    html_put (self->html, "<tr><th scope=\"row\"><a href=\"/%s/%s/%s\">%s</a></th>", self->page->vietnamese ? "vi" : "en",
              self->page->plan_slug, period, period);
    part_field (self, "td", "num", _ ("Must report"), "f-period-%s-expected", period);
    part_field (self, "td", "num", _ ("Received"), "f-period-%s-received", period);
    part_field (self, "td", "num", _ ("On time"), "f-period-%s-on-time", period);
    part_field (self, "td", "num", _ ("Late"), "f-period-%s-late", period);
    part_field (self, "td", "num", _ ("Missing"), "f-period-%s-missing", period);
    part_field (self, "td", "num", _ ("Tasks completed"), "f-period-%s-completed", period);
    part_bar_cell (self, _ ("Mean progress"), "f-period-%s-progress", period);
    html_put (self->html, "</tr>\n");
}

void part_trend (const overview_t *self)
{
    part_section (self, "trend", _ ("Over the years"));
    html_put (self->html, "<div class=\"charts\"><div class=\"chart\" data-chart=\"trend\"></div><div class=\"chart\" "
                          "data-chart=\"progress\"></div></div>\n");
    part_table (self, "trend", "stacked", _ ("Reports and progress of the plan's periods"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Period"), NULL);
    part_heading (self, _ ("Must report"), "number");
    part_heading (self, _ ("Received"), "number");
    part_heading (self, _ ("On time"), "number");
    part_heading (self, _ ("Late"), "number");
    part_heading (self, _ ("Missing"), "number");
    part_heading (self, _ ("Tasks completed"), "number");
    part_heading (self, _ ("Mean progress"), "number");
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < self->snapshot->n_trend; i++)
        put_period (self, self->snapshot->trend[i]->period);
    html_put (self->html, "</tbody>\n");
    part_table_end (self);
    part_section_end (self);
}

// --- Files -----------------------------------------------------------------------------------------------------------------------

// Documents in the page's language, and data that has none.
static const struct {
    const char *title;
    const char *names[5];
} DOCUMENTS[] = {{N_ ("Consolidated report"), {"report.pdf", "report.docx", "report.odt"}},
                 {N_ ("Figures as a workbook"), {"report.xlsx"}},
                 {N_ ("Notice to units that are late"), {"late-notice.pdf", "late-notice.docx", "late-notice.odt"}}},
  DATA[] = {{N_ ("Overview"), {"overview.json"}},
            {N_ ("Entries of the reports"), {"entries.csv", "entries.json"}},
            {N_ ("Units"), {"units.csv"}},
            {N_ ("Budget"), {"budget.csv"}},
            {N_ ("Indicators"), {"indicators.csv", "indicators.sdmx.csv"}},
            {N_ ("Obstacles and proposals"), {"obstacles.csv"}},
            {N_ ("Calendar of deadlines"), {"deadlines.ics"}},
            {N_ ("Description of the data"), {"openapi.json"}}};

// "PDF" of "report.pdf", "SDMX.CSV" of "indicators.sdmx.csv".
static void put_kind (html_t *html, const char *name)
{
    for (const char *c = strchr (name, '.') + 1; *c; c++)
        html_put (html, "%c", *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
}

static void put_names (const overview_t *self, const char *title, const char *const *names, bool is_data)
{
    html_put (self->html, "<li>%s", title);
    for (; *names; names++) {
        if (is_data) {
            html_put (self->html, " <a href=\"/data/%s/%s/%s\" download>", self->page->plan_slug, self->page->period, *names);
        } else {
            html_put (self->html, " <a href=\"");
            page_address (self->html, self->page, "files", *names, NULL);
            html_put (self->html, "\" download>");
        }
        put_kind (self->html, *names);
        html_put (self->html, "<span class=\"hidden\">: %s</span></a>", title);
    }
    html_put (self->html, "</li>\n");
}

void part_files (const overview_t *self)
{
    part_section (self, "files", _ ("Documents and data"));
    html_put (self->html, "<div class=\"files\"><div><h3>%s</h3><ul>\n", _ ("Documents"));
    size_t n = sizeof DOCUMENTS / sizeof *DOCUMENTS - (self->page->is_agency ? 0 : 1);  // the last one is the standing agency's
    for (size_t i = 0; i < n; i++)
        put_names (self, _ (DOCUMENTS[i].title), DOCUMENTS[i].names, false);
    html_put (self->html, "</ul></div>\n<div><h3>%s</h3><ul>\n", _ ("Data"));
    for (size_t i = 0; i < sizeof DATA / sizeof *DATA; i++)
        put_names (self, _ (DATA[i].title), DATA[i].names, true);
    html_put (self->html, "<li>%s <a href=\"/data/%s/feed.atom\">ATOM</a></li>\n", _ ("News of the plan"), self->page->plan_slug);
    html_put (self->html, "</ul></div></div>\n");
    part_section_end (self);
}
