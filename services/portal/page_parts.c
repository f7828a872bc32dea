#include "page_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_SIZE = 512 };

static void put_field (const overview_t *self, const char *tag, const char *class, const char *label, const char *id)
{
    const picture_field_t *field = picture_field (self->picture, id);
    html_put (self->html, "<%s id=\"%s\"", tag, id);
    if (class)
        html_put (self->html, " class=\"%s\"", class);
    if (label)
        html_put (self->html, " data-label=\"%s\"", label);
    if (*field->value)
        html_put (self->html, " data-value=\"%s\"", field->value);
    if (*field->state)
        html_put (self->html, " data-state=\"%s\"", field->state);
    html_put (self->html, ">%s</%s>", field->text, tag);
}

void part_field (const overview_t *self, const char *tag, const char *class, const char *label, const char *id, ...)
{
    char whole[ID_SIZE];
    va_list arguments;
    va_start (arguments, id);
    vsnprintf (whole, sizeof whole, id, arguments);
    va_end (arguments);
    put_field (self, tag, class, label, whole);
}

void part_copy (const overview_t *self, const char *tag, const char *id, ...)
{
    char whole[ID_SIZE];
    va_list arguments;
    va_start (arguments, id);
    vsnprintf (whole, sizeof whole, id, arguments);
    va_end (arguments);
    html_put (self->html, "<%s data-of=\"%s\">%s</%s>", tag, whole, picture_field (self->picture, whole)->text, tag);
}

// Drawn with attributes, since there is no inline style.
static void put_bar (const overview_t *self, const char *id)
{
    double value = strtod (picture_field (self->picture, id)->value, NULL);
    int width = value < 0 ? 0 : value > 100 ? 100 : (int)(value + 0.5);
    html_put (self->html,
              "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
              "<rect data-of=\"%s\" width=\"%d\" height=\"8\"/></svg>",
              id, width);
}

void part_bar (const overview_t *self, const char *id, ...)
{
    char whole[ID_SIZE];
    va_list arguments;
    va_start (arguments, id);
    vsnprintf (whole, sizeof whole, id, arguments);
    va_end (arguments);
    put_bar (self, whole);
}

void part_bar_cell (const overview_t *self, const char *label, const char *id, ...)
{
    char whole[ID_SIZE];
    va_list arguments;
    va_start (arguments, id);
    vsnprintf (whole, sizeof whole, id, arguments);
    va_end (arguments);
    html_put (self->html, "<td class=\"share\" data-label=\"%s\">", label);
    put_field (self, "span", NULL, NULL, whole);
    put_bar (self, whole);
    html_put (self->html, "</td>");
}

void part_link (const overview_t *self, const char *kind, const char *code, const char *second)
{
    if (self->page->is_public)
        return;
    html_put (self->html, "<a href=\"");
    page_address (self->html, self->page, kind, code, second, NULL);
    html_put (self->html, "\">");
}

void part_link_end (const overview_t *self)
{
    if (!self->page->is_public)
        html_put (self->html, "</a>");
}

void part_section (const overview_t *self, const char *id, const char *title)
{
    html_put (self->html, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n", id, id, id, title);
}

void part_section_end (const overview_t *self)
{
    html_put (self->html, "</section>\n");
}

void part_table (const overview_t *self, const char *id, const char *class, const char *caption)
{
    html_put (self->html, "<div class=\"scroll\"><table class=\"%s\">\n", class);
    html_put (self->html, "<caption id=\"c-%s\">%s</caption>\n", id, caption);
}

void part_table_end (const overview_t *self)
{
    html_put (self->html, "</table></div>\n");
}

void part_heading (const overview_t *self, const char *text, const char *sort)
{
    bool number = sort && !strcmp (sort, "number");
    html_put (self->html, "<th scope=\"col\"");
    if (number)
        html_put (self->html, " class=\"num\"");
    if (sort)
        html_put (self->html, " data-sort=\"%s\"", sort);
    if (sort && !strcmp (sort, "order"))
        html_put (self->html, " aria-sort=\"ascending\"");
    html_put (self->html, ">%s</th>", text);
}

const char *part_unit_name (const overview_t *self, const char *code)
{
    for (size_t i = 0; i < self->snapshot->n_units; i++) {
        const Baocao__V1__UnitTotal *unit = self->snapshot->units[i];
        if (!strcmp (unit->code, code))
            return self->page->vietnamese || !*unit->name_en ? unit->name_vi : unit->name_en;
    }
    return code;
}

void part_vietnamese (const overview_t *self, const char *text)
{
    html_put (self->html, self->page->vietnamese ? "%s" : "<span lang=\"vi\">%s</span>", text);
}
