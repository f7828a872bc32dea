// The files and feeds, each made by one function.
#pragma once

#include "table.h"

int product_csv (product_t *self);
int product_overview (product_t *self);  // JSON
int product_entries (product_t *self);   // JSON
int product_openapi (product_t *self);
int product_workbook (product_t *self);
int product_atom (product_t *self);
int product_deadlines (product_t *self);
int product_sdmx (product_t *self);

// A cell as CSV, JSON and CELL_ID have it. NULL: no figure. The buffer is used where the database has it otherwise.
enum { CELL_BUFFER = 32 };
const char *cell_text (const column_t *column, const PGresult *row, int index, char buffer[CELL_BUFFER]);

// A field of CSV, in quotes where it must be.
void csv_put (FILE *out, const char *text);
