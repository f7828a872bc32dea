// What people and programs see on stdout. People get a table on a terminal, and lines of tab-separated cells elsewhere; programs
// get JSON.
#pragma once

#include <stdio.h>

#include <jansson.h>

#include "admin.h"

// A result as a list. titles: one per column, for people, in their language; the JSON keys are the names of the columns. Types
// go by the column: numbers and truth values are JSON's own; times are RFC 3339; null is null. Takes the result over.
void output_list (const admin_t *admin, PGresult **result_p, const char *const *titles);

// The rows of a statement (sql.h) as such a list. Returns the exit code.
int output_query (admin_t *admin, const char *sql, int n_params, const char *const *params, const char *const *titles);

// The rows as JSON objects, from that column on. The caller owns it.
json_t *output_rows (const PGresult *result, int first_column);

// For people: a line for every column of the first row from that column on, with its title.
void output_record (const PGresult *result, int first_column, const char *const *titles);
// Numbers stand on the right; what may be cut gives way where the terminal is too narrow.
enum { OUTPUT_RIGHT = 1 << 0, OUTPUT_CUT = 1 << 1 };

typedef struct {
    const char *key, *title;
    unsigned flags;  // OUTPUT_... bits
} output_column_t;

// A table of JSON objects (texts, numbers, nulls) with its titles, for people: on a terminal that is so many columns wide; 0: as
// lines of tab-separated cells.
void output_table (FILE *to, int width, const output_column_t *columns, size_t n, const json_t *rows);

// With --json the object; else the sentence. Takes the object over.
void output_result (const admin_t *admin, json_t *object, const char *format, ...) __attribute__ ((format (printf, 3, 4)));
