// CSV text as rows of cells.
#pragma once

#include <stddef.h>

typedef struct grid grid_t;

// From NUL-terminated UTF-8 text. The separator is the first of ";", tab and "," that stands outside quotes in the first row. NULL:
// not enough memory for the parser, or a quote that never ends.
grid_t *grid_new (const char *text);
void grid_destroy (grid_t **self_p);

size_t grid_rows (const grid_t *self);  // empty rows too, so that numbers are those that a spreadsheet shows
size_t grid_cells (const grid_t *self, size_t row);
const char *grid_cell (const grid_t *self, size_t row, size_t column);  // without surrounding white space; "" outside

// "C14" for row 13, column 2.
void grid_name (size_t row, size_t column, char name[32]);
