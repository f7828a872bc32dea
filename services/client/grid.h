// A table as rows of cells: from CSV text, or from a sheet of a workbook (xlsx_read.h).
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct grid grid_t;

typedef enum {
    GRID_VALUE,
    GRID_FORMULA,    // the text is what the formula came to when the workbook was saved
    GRID_UNCOUNTED,  // a formula whose result the workbook does not hold
    GRID_WRONG,      // an error such as #REF!, which is the text
} grid_kind_t;

// From NUL-terminated UTF-8 text. The separator is the first of ";", tab and "," that stands outside quotes in the first row. NULL:
// not enough memory for the parser, or a quote that never ends.
grid_t *grid_new (const char *text);
grid_t *grid_empty (void);
void grid_destroy (grid_t **self_p);

// Row and column count from 0; the text is copied without surrounding white space.
void grid_put (grid_t *self, size_t row, size_t column, const char *text, grid_kind_t kind);

size_t grid_rows (const grid_t *self);  // empty rows too, so that numbers are those that a spreadsheet shows
size_t grid_cells (const grid_t *self, size_t row);
const char *grid_cell (const grid_t *self, size_t row, size_t column);  // without surrounding white space; "" outside
grid_kind_t grid_kind (const grid_t *self, size_t row, size_t column);

// "C14" for row 13, column 2.
void grid_name (size_t row, size_t column, char name[32]);

// A file's tables: the sheets of a workbook, or the one of a CSV file, whose name is "".
typedef struct {
    char *name;
    grid_t *grid;
} sheet_t;

typedef struct {
    sheet_t *sheets;
    size_t count;
    bool workbook;
} book_t;

void book_add (book_t *self, const char *name, grid_t *grid);  // takes the grid over
void book_clear (book_t *self);
