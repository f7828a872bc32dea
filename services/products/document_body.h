// What the consolidated report and one unit's own report have in common: entries, money by source.
#pragma once

#include "document.h"
#include "product.h"

// A section's heading: "I. TÌNH HÌNH CHUNG".
void body_heading (document_t *document, const product_t *self, const char *vi, const char *en);

// What units say of one kind, obstacles or proposals, each with its task and, in the whole plan's, its unit; `none` when there is nothing.
void body_remarks (document_t *document, const product_t *self, const PGresult *entries, int column, bool whole, const char *none);

// All entries, each group and task under its heading; values as document_values gives them. whole: the whole plan's, with who has yet to
// report.
void body_entries (document_t *document, const product_t *self, const PGresult *entries, const PGresult *values, bool whole);

// A table of money by source; a sentence when there is none.
void body_sources (document_t *document, const product_t *self, const PGresult *sources);

// "kinh phí được giao ... đồng, đã giải ngân ... đồng"; "" without any figure. Fresh memory.
char *body_money (const product_t *self, const char *allocated, const char *disbursed);
