// The database as a product sees it: one read-only transaction, everything in text format.
#pragma once

#include "product.h"

// Begins the transaction and fills in the facts; period and unit may be NULL. 0; 66 when there is no such plan, period or unit; 69 when
// the database does not answer; each was said.
int product_open (product_t *self, const char *conninfo, const char *plan, const char *period, const char *unit);
void product_close (product_t *self);

// All rows of a statement: for what does not grow with the reports. NULL: it failed, which was said. params: $1, $2 ...
PGresult *product_select (product_t *self, const char *sql, int n_params, const char *const *params);

// Its rows one after the other, so that no more than one is in memory; every function gets row 0 of a result of one row. 0, or -1
// when it failed, which was said, or when `row` returned other than 0.
typedef int product_row_fn (const PGresult *result, void *arg);
int product_each (product_t *self, const char *sql, int n_params, const char *const *params, product_row_fn *row, void *arg);

const char *product_text (const PGresult *result, int row, int column);  // NULL for null
int64_t product_number (const PGresult *result, int row, int column);    // 0 for null
