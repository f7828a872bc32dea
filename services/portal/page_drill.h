// The pages behind the overview. Pure: each is made of the facts alone, and of what the portal's pages share.
#pragma once

#include "facts.h"
#include "html.h"
#include "page.h"

// Begins and ends the document. False: what was asked for is not there, and nothing was put.
typedef bool page_drill_fn (html_t *html, page_t *page, const facts_t *facts);

page_drill_fn page_task;       // asks for tasks, places, entries, money, indicators, values
page_drill_fn page_group;      // tasks, entries
page_drill_fn page_unit;       // places, entries, submissions, extensions, predecessors
page_drill_fn page_report;     // tasks, indicators, submissions, receipts, findings, reviews, events
page_drill_fn page_figure;     // places
page_drill_fn page_budget;     // money
page_drill_fn page_indicator;  // tasks, indicators, values

// Is it one of the figures that a page can be asked for ("on_time")?
bool page_figure_is_known (const char *figure);
