// The overview's parts, and what they are made of.
#pragma once

#include "baocao/v1/feed.pb-c.h"
#include "html.h"
#include "page.h"
#include "picture.h"

typedef struct {
    html_t *html;
    const page_t *page;
    const Baocao__V1__Snapshot *snapshot;
    picture_t *picture;
} overview_t;

// An element that holds the field's text and nothing else. label, of a cell: what stands above it where the table is stacked, or NULL.
void part_field (const overview_t *self, const char *tag, const char *class, const char *label, const char *id, ...)
    __attribute__ ((format (printf, 5, 6)));

// An element that repeats the text of a field which stands elsewhere.
void part_copy (const overview_t *self, const char *tag, const char *id, ...) __attribute__ ((format (printf, 3, 4)));

// A bar as long as the field's value says, of 100. The field's text stands beside it.
void part_bar (const overview_t *self, const char *id, ...) __attribute__ ((format (printf, 2, 3)));

// A cell with a field of percent and its bar.
void part_bar_cell (const overview_t *self, const char *label, const char *id, ...) __attribute__ ((format (printf, 3, 4)));

// Begins and ends a link to what stands behind a figure; for the public a plain text. second may be NULL.
void part_link (const overview_t *self, const char *kind, const char *code, const char *second);
void part_link_end (const overview_t *self);

// A section with its heading, and a table in it with its caption, which can be scrolled by itself.
void part_section (const overview_t *self, const char *id, const char *title);
void part_section_end (const overview_t *self);
void part_table (const overview_t *self, const char *id, const char *class, const char *caption);
void part_table_end (const overview_t *self);

// A heading of a column. sort, for the script: "text", "number", "state", or "order" (that of the rows as they are); NULL: never by it.
void part_heading (const overview_t *self, const char *text, const char *sort);

// The unit's name in the page's language; its code when the snapshot does not know it.
const char *part_unit_name (const overview_t *self, const char *code);

// A text that is Vietnamese in any language; marked as such where the page is in another.
void part_vietnamese (const overview_t *self, const char *text);

// The sections, in the order of the page.
void part_groups (const overview_t *self);
void part_tasks (const overview_t *self);
void part_units (const overview_t *self);
void part_budget (const overview_t *self);
void part_indicators (const overview_t *self);
void part_remarks (const overview_t *self);
void part_trend (const overview_t *self);
void part_files (const overview_t *self);
