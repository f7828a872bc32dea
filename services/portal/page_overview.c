#include "page_overview.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/language.h"
#include "page_parts.h"
#include "words.h"

// What the plan is, when it was due, and of when the figures are.
static void put_masthead (const overview_t *self)
{
    const page_t *page = self->page;
    html_put (self->html, "<div class=\"masthead\">\n<p class=\"kicker\">%s %s", _ ("Reports of the period"), page->period);
    if (self->snapshot->due_at) {
        int64_t due = bc_timestamp_ms (self->snapshot->due_at);
        html_put (self->html, " · %s <time datetime=\"%s\">%s</time>", _ ("due before"),
                  words_machine_time (due, page->utc_offset_minutes).text,
                  words_day (due, page->utc_offset_minutes, page->vietnamese).text);
    }
    html_put (self->html, "</p>\n<h1>%s</h1>\n<p class=\"as-of\">%s ", page->plan_title, _ ("As of"));
    part_field (self, "span", NULL, NULL, "f-as-of");
    html_put (self->html, " · %s ", _ ("feed number"));
    part_field (self, "span", NULL, NULL, "f-seq");
    // The script writes into it, in the words that stand here.
    if (page->is_live)
        html_put (self->html, " <span id=\"live\" role=\"status\" data-on=\"%s\" data-off=\"%s\"></span>", _ ("live"),
                  _ ("not connected: what is new is not shown"));
    html_put (self->html, "</p>\n</div>\n");
}

// --- The figures -----------------------------------------------------------------------------------------------------------------

static void put_tile (const overview_t *self, const char *key, const char *id, const char *label)
{
    html_put (self->html, "<li class=\"tile\" data-tile=\"%s\">", key);
    part_link (self, "figures", key, NULL);
    html_put (self->html, "<span class=\"label\">%s</span> ", label);
    part_field (self, "strong", NULL, NULL, "%s", id);
    part_link_end (self);
}

// A smaller figure within a tile, with a link of its own.
static void put_note (const overview_t *self, const char *key, const char *id, const char *label)
{
    html_put (self->html, "<span class=\"note\" data-note=\"%s\">", key);
    part_link (self, "figures", key, NULL);
    part_field (self, "b", NULL, NULL, "%s", id);
    html_put (self->html, " %s", label);
    part_link_end (self);
    html_put (self->html, "</span>");
}

static void put_tiles (const overview_t *self)
{
    html_put (self->html, "<ul class=\"tiles\">\n");
    put_tile (self, "expected", "f-expected", _ ("Must report"));
    html_put (self->html, "<span class=\"note\">%s</span></li>\n", _ ("units"));
    put_tile (self, "received", "f-received", _ ("Received"));
    html_put (self->html, "<span class=\"note\">");
    part_field (self, "b", NULL, NULL, "f-received-share");
    html_put (self->html, " %s</span>", _ ("of the units"));
    put_note (self, "voluntary", "f-voluntary", _ ("voluntary besides"));
    html_put (self->html, "</li>\n");
    put_tile (self, "on_time", "f-on-time", _ ("On time"));
    html_put (self->html, "</li>\n");
    put_tile (self, "late", "f-late", _ ("Late"));
    html_put (self->html, "</li>\n");
    put_tile (self, "missing", "f-missing", _ ("Missing"));
    put_note (self, "rejected", "f-rejected", _ ("of these refused"));
    put_note (self, "returned", "f-returned", _ ("of these returned"));
    html_put (self->html, "</li>\n</ul>\n");
}

// --- In five seconds -------------------------------------------------------------------------------------------------------------

static const Baocao__V1__TaskStatus STATUSES[] = {
    BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED,   BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS,
    BAOCAO__V1__TASK_STATUS__TASK_STATUS_DELAYED,     BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED,
    BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED, BAOCAO__V1__TASK_STATUS__TASK_STATUS_UNSPECIFIED};
enum { STATUS_COUNT = sizeof STATUSES / sizeof *STATUSES };

static int status_figure (const overview_t *self, Baocao__V1__TaskStatus status)
{
    char id[64];
    snprintf (id, sizeof id, "f-status-%s", words_status_key (status));
    return (int)strtol (picture_field (self->picture, id)->value, NULL, 10);
}

// The tasks by status: a bar of them all, and the same in words.
static void put_statuses (const overview_t *self)
{
    int at = 0;
    html_put (self->html, "<svg class=\"stack\" viewBox=\"0 0 %zu 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
              self->snapshot->n_tasks);
    for (int i = 0; i < STATUS_COUNT; i++) {
        int count = status_figure (self, STATUSES[i]);
        html_put (self->html, "<rect data-of=\"f-status-%s\" data-state=\"%s\" x=\"%d\" width=\"%d\" height=\"8\"/>",
                  words_status_key (STATUSES[i]), words_status_key (STATUSES[i]), at, count);
        at += count;
    }
    html_put (self->html, "</svg>\n<ul class=\"key\">\n");
    for (int i = 0; i < STATUS_COUNT; i++) {
        html_put (self->html, "<li data-state=\"%s\"><a href=\"", words_status_key (STATUSES[i]));
        page_address (self->html, self->page, NULL);
        html_put (self->html, "?status=%s#tasks\">%s</a> ", words_status_key (STATUSES[i]), words_status (STATUSES[i]));
        part_field (self, "b", NULL, NULL, "f-status-%s", words_status_key (STATUSES[i]));
        html_put (self->html, "</li>\n");
    }
    html_put (self->html, "</ul>\n");
}

static void put_progress (const overview_t *self)
{
    html_put (self->html, "<div class=\"panel\"><h2>%s</h2>\n<p class=\"large\">", _ ("Where the plan stands"));
    part_field (self, "strong", NULL, NULL, "f-plan-progress");
    html_put (self->html, " <a href=\"#groups\">%s</a></p>\n", _ ("mean progress over all reports"));
    put_statuses (self);
    html_put (self->html, "</div>\n");
}

// All who must report stand here; the style sheet leaves out those who have reported in time, so that nothing moves when one does.
static void put_attention (const overview_t *self)
{
    const Baocao__V1__UnitTotal **units = picture_units (self->snapshot);
    html_put (self->html,
              "<div class=\"panel\"><h2 id=\"h-attention\">%s</h2>\n"
              "<ul class=\"attention\" aria-labelledby=\"h-attention\" tabindex=\"0\">\n",
              _ ("Who is late or missing"));
    for (size_t i = self->snapshot->n_units; i-- > 0;) {
        const Baocao__V1__UnitTotal *unit = units[i];
        if (unit->obligation != BAOCAO__V1__OBLIGATION__OBLIGATION_MUST)
            continue;
        html_put (self->html, "<li data-of=\"f-unit-%s-standing\" data-state=\"%s\">", unit->code,
                  words_standing_key (unit->standing));
        part_link (self, "units", unit->code, NULL);
        html_put (self->html, "%s", part_unit_name (self, unit->code));
        part_link_end (self);
        html_put (self->html, " <span class=\"chip\" data-of=\"f-unit-%s-standing\" data-state=\"%s\">%s</span></li>\n", unit->code,
                  words_standing_key (unit->standing), words_standing (unit->standing));
    }
    html_put (self->html, "</ul>\n<p class=\"all-well\">%s</p></div>\n", _ ("All units have reported on time."));
    free (units);
}

// What has been disbursed from each source, and its share of the allocated.
static void put_sources (const overview_t *self)
{
    html_put (self->html, "<ul class=\"sources\">\n");
    for (size_t i = 0; i < self->snapshot->n_budget; i++) {
        Baocao__V1__BudgetSource source = self->snapshot->budget[i]->source;
        html_put (self->html, "<li><span>");
        part_link (self, "budget", words_source_key (source), NULL);
        html_put (self->html, "%s", words_source (source));
        part_link_end (self);
        html_put (self->html, "</span> ");
        part_field (self, "b", NULL, NULL, "f-source-%s-short", words_source_key (source));
        html_put (self->html, " ");
        part_copy (self, "span", "f-source-%s-share", words_source_key (source));
        html_put (self->html, "</li>\n");
    }
    html_put (self->html, "</ul>\n");
}

static void put_money (const overview_t *self)
{
    html_put (self->html, "<div class=\"panel\"><h2>%s</h2>\n<p class=\"large\">", _ ("Where the money is"));
    part_field (self, "strong", NULL, NULL, "f-disbursed");
    html_put (self->html, " <a href=\"#budget\">%s</a></p>\n", _ ("disbursed"));
    part_bar (self, "f-plan-budget-share");
    html_put (self->html, "<p>");
    part_field (self, "b", NULL, NULL, "f-plan-budget-share");
    html_put (self->html, " %s ", _ ("of the allocated"));
    part_field (self, "b", NULL, NULL, "f-allocated");
    html_put (self->html, "</p>\n");
    put_sources (self);
    html_put (self->html, "</div>\n");
}

static void put_figures (const overview_t *self)
{
    html_put (self->html, "<section id=\"figures\" aria-labelledby=\"h-figures\">\n<h2 id=\"h-figures\" class=\"hidden\">%s</h2>\n",
              _ ("At a glance"));
    put_tiles (self);
    html_put (self->html, "<div class=\"panels\">\n");
    put_progress (self);
    put_attention (self);
    put_money (self);
    html_put (self->html, "</div>\n</section>\n");
}

// --- The whole -------------------------------------------------------------------------------------------------------------------

static void put_contents (const overview_t *self)
{
    const struct {
        const char *id, *text;
        bool there;
    } links[] = {
        {"groups", _ ("Groups"), true},
        {"tasks", _ ("Tasks"), true},
        {"units", _ ("Units"), true},
        {"budget", _ ("Budget"), true},
        {"indicators", _ ("Indicators"), self->snapshot->n_indicators > 0},
        {"obstacles", _ ("Obstacles"), !self->page->is_public},
        {"proposals", _ ("Proposals"), !self->page->is_public},
        {"trend", _ ("Over the years"), true},
        {"files", _ ("Documents and data"), !self->page->is_public},
    };
    html_put (self->html, "<nav class=\"contents\" aria-label=\"%s\"><ul>\n", _ ("On this page"));
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i].there)
            html_put (self->html, "<li><a href=\"#%s\">%s</a></li>\n", links[i].id, links[i].text);
    html_put (self->html, "</ul></nav>\n");
}

void page_overview (html_t *html, const page_t *page, const Baocao__V1__Snapshot *snapshot)
{
    overview_t self = {html, page, snapshot, picture_new (snapshot, page->vietnamese, page->utc_offset_minutes)};
    page_begin (html, page);
    put_masthead (&self);
    put_figures (&self);
    put_contents (&self);
    part_groups (&self);
    part_tasks (&self);
    part_units (&self);
    part_budget (&self);
    part_indicators (&self);
    if (!page->is_public)
        part_remarks (&self);
    part_trend (&self);
    if (!page->is_public)
        part_files (&self);
    page_end (html, page);
    picture_destroy (&self.picture);
}
