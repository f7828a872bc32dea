// The large tables: groups, tasks, units.
#include <string.h>
#include <stdlib.h>

#include "common/language.h"
#include "page_parts.h"
#include "words.h"

static void begin_rows (const overview_t *self)
{
    html_put (self->html, "</tr></thead>\n<tbody>\n");
}

// --- Groups ----------------------------------------------------------------------------------------------------------------------

static void put_group (const overview_t *self, const Baocao__V1__GroupTotal *group)
{
    html_put (self->html, "<tr><th scope=\"row\" class=\"title\"><span class=\"code\">%s</span> ", group->code);
    part_link (self, "groups", group->code, NULL);
    part_vietnamese (self, group->title_vi);
    part_link_end (self);
    html_put (self->html, "</th>");
    part_bar_cell (self, _ ("Mean progress"), "f-group-%s-progress", group->code);
    html_put (self->html, "<td class=\"num\" data-label=\"%s\">", _ ("Tasks reported"));
    part_field (self, "span", NULL, NULL, "f-group-%s-reported", group->code);
    html_put (self->html, " / %u</td>", group->tasks);
    part_field (self, "td", "num", _ ("Completed"), "f-group-%s-completed", group->code);
    part_field (self, "td", "num", _ ("In progress"), "f-group-%s-in_progress", group->code);
    part_field (self, "td", "num", _ ("Delayed"), "f-group-%s-delayed", group->code);
    part_field (self, "td", "num", _ ("Allocated"), "f-group-%s-allocated", group->code);
    part_field (self, "td", "num", _ ("Disbursed"), "f-group-%s-disbursed", group->code);
    html_put (self->html, "</tr>\n");
}

void part_groups (const overview_t *self)
{
    part_section (self, "groups", _ ("Progress by group of tasks"));
    part_table (self, "groups", "groups stacked",
                _ ("Progress is the mean over all reports that speak of the group's tasks; money in VND"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Group"), NULL);
    part_heading (self, _ ("Mean progress"), NULL);
    part_heading (self, _ ("Tasks reported"), "number");
    part_heading (self, _ ("Completed"), "number");
    part_heading (self, _ ("In progress"), "number");
    part_heading (self, _ ("Delayed"), "number");
    part_heading (self, _ ("Allocated"), "number");
    part_heading (self, _ ("Disbursed"), "number");
    begin_rows (self);
    for (size_t i = 0; i < self->snapshot->n_groups; i++)
        put_group (self, self->snapshot->groups[i]);
    html_put (self->html, "</tbody>\n");
    part_table_end (self);
    part_section_end (self);
}

// --- Tasks -----------------------------------------------------------------------------------------------------------------------

static void put_leads (const overview_t *self, const Baocao__V1__TaskTotal *task)
{
    html_put (self->html, "<span class=\"leads\">");
    for (size_t i = 0; i < task->n_leads; i++) {
        if (i > 0)
            html_put (self->html, ", ");
        part_link (self, "units", task->leads[i]->unit, NULL);
        html_put (self->html, "%s", part_unit_name (self, task->leads[i]->unit));
        part_link_end (self);
    }
    html_put (self->html, "</span>");
}

static void put_task (const overview_t *self, const Baocao__V1__TaskTotal *task, size_t number)
{
    html_put (self->html, "<tr data-units=\"");
    for (size_t i = 0; i < task->n_leads; i++)
        html_put (self->html, i ? " %s" : "%s", task->leads[i]->unit);
    html_put (self->html, "\"><td class=\"code\" data-value=\"%zu\">%s</td><th scope=\"row\" class=\"title\">", number, task->code);
    part_link (self, "tasks", task->code, NULL);
    part_vietnamese (self, task->title_vi);
    part_link_end (self);
    put_leads (self, task);
    html_put (self->html, "</th><td class=\"state\">");
    part_field (self, "span", "chip", NULL, "f-task-%s-status", task->code);
    html_put (self->html, "</td>");
    part_bar_cell (self, _ ("Progress"), "f-task-%s-progress", task->code);
    part_field (self, "td", "num", _ ("Reports"), "f-task-%s-entries", task->code);
    part_field (self, "td", "num", _ ("Allocated"), "f-task-%s-allocated", task->code);
    part_field (self, "td", "num", _ ("Disbursed"), "f-task-%s-disbursed", task->code);
    html_put (self->html, "</tr>\n");
}

// The script shows it; without one there is nothing to filter with.
static void put_filters (const overview_t *self)
{
    html_put (self->html,
              "<form class=\"filters\" data-for=\"tasks\" hidden>\n<label>%s <select name=\"unit\"><option value=\"\">%s</option>",
              _ ("Lead unit"), _ ("All units"));
    for (size_t i = 0; i < self->snapshot->n_units; i++)
        html_put (self->html, "<option value=\"%s\">%s</option>", self->snapshot->units[i]->code,
                  part_unit_name (self, self->snapshot->units[i]->code));
    html_put (self->html, "</select></label>\n<label>%s <select name=\"status\"><option value=\"\">%s</option>", _ ("Status"),
              _ ("All statuses"));
    for (int i = BAOCAO__V1__TASK_STATUS__TASK_STATUS_UNSPECIFIED; i <= BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED; i++)
        html_put (self->html, "<option value=\"%s\">%s</option>", words_status_key ((Baocao__V1__TaskStatus)i),
                  words_status ((Baocao__V1__TaskStatus)i));
    html_put (self->html, "</select></label>\n<label>%s <input type=\"search\" name=\"text\" autocomplete=\"off\"></label>\n",
              _ ("Words"));
    html_put (self->html, "<output data-word=\"%s\"></output>\n<button type=\"reset\">%s</button>\n</form>\n", _ ("of"),
              _ ("Show all"));
}

static void put_group_tasks (const overview_t *self, const Baocao__V1__GroupTotal *group)
{
    html_put (self->html, "<tbody>\n<tr class=\"group\"><th colspan=\"7\" scope=\"rowgroup\">%s. ", group->code);
    part_vietnamese (self, group->title_vi);
    html_put (self->html, "</th></tr>\n");
    for (size_t i = 0; i < self->snapshot->n_tasks; i++)
        if (!strcmp (self->snapshot->tasks[i]->group, group->code))
            put_task (self, self->snapshot->tasks[i], i + 1);
    html_put (self->html, "</tbody>\n");
}

void part_tasks (const overview_t *self)
{
    part_section (self, "tasks", _ ("Tasks"));
    put_filters (self);
    part_table (self, "tasks", "tasks stacked", _ ("Status and progress are the lead units' word; money in VND"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("No."), "order");
    part_heading (self, _ ("Task and lead units"), "text");
    part_heading (self, _ ("Status"), "state");
    part_heading (self, _ ("Progress"), "number");
    part_heading (self, _ ("Reports"), "number");
    part_heading (self, _ ("Allocated"), "number");
    part_heading (self, _ ("Disbursed"), "number");
    html_put (self->html, "</tr></thead>\n");
    for (size_t i = 0; i < self->snapshot->n_groups; i++)
        put_group_tasks (self, self->snapshot->groups[i]);
    part_table_end (self);
    part_section_end (self);
}

// --- Units -----------------------------------------------------------------------------------------------------------------------

static void put_predecessors (const overview_t *self, const Baocao__V1__UnitTotal *unit)
{
    for (size_t i = 0; i < unit->n_predecessors; i++)
        html_put (self->html, "%s%s", i ? ", " : _ ("successor of "), unit->predecessors[i]);
}

static void put_unit (const overview_t *self, const Baocao__V1__UnitTotal *unit)
{
    bool must = unit->obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MUST;
    html_put (self->html, "<tr>");
    part_field (self, "td", "code", NULL, "f-unit-%s-place", unit->code);
    html_put (self->html, "<th scope=\"row\" class=\"title\">");
    part_link (self, "units", unit->code, NULL);
    html_put (self->html, "%s", part_unit_name (self, unit->code));
    part_link_end (self);
    if (!must || unit->n_predecessors) {
        html_put (self->html, "<span class=\"leads\">%s%s", must ? "" : words_obligation (unit->obligation),
                  !must && unit->n_predecessors ? ", " : "");
        put_predecessors (self, unit);
        html_put (self->html, "</span>");
    }
    html_put (self->html, "</th><td class=\"state\">");
    part_field (self, "span", "chip", NULL, "f-unit-%s-standing", unit->code);
    html_put (self->html, "</td>");
    part_field (self, "td", "num", _ ("First received"), "f-unit-%s-received", unit->code);
    part_field (self, "td", "num", _ ("Revision"), "f-unit-%s-revision", unit->code);
    part_field (self, "td", "num", _ ("Allocated"), "f-unit-%s-allocated", unit->code);
    part_field (self, "td", "num", _ ("Disbursed"), "f-unit-%s-disbursed", unit->code);
    part_bar_cell (self, _ ("Share"), "f-unit-%s-share", unit->code);
    html_put (self->html, "</tr>\n");
}

void part_units (const overview_t *self)
{
    const Baocao__V1__UnitTotal **units = picture_units (self->snapshot);
    part_section (self, "units", _ ("Units"));
    part_table (self, "units", "units stacked", _ ("Who reported first stands first; money in VND"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Place"), "order");
    part_heading (self, _ ("Unit"), "text");
    part_heading (self, _ ("Standing"), "state");
    part_heading (self, _ ("First received"), "number");
    part_heading (self, _ ("Revision"), "number");
    part_heading (self, _ ("Allocated"), "number");
    part_heading (self, _ ("Disbursed"), "number");
    part_heading (self, _ ("Share"), "number");
    begin_rows (self);
    for (size_t i = 0; i < self->snapshot->n_units; i++)
        put_unit (self, units[i]);
    html_put (self->html, "</tbody>\n");
    part_table_end (self);
    part_section_end (self);
    free (units);
}
