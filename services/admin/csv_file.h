// A CSV file in memory, with the line on which each row begins. Comma or semicolon (as spreadsheets in Viet Nam write it), with or
// without a byte order mark; text is brought into normalisation form C.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    size_t line;   // 1 is the first
    char **cells;  // one per column
} csv_row_t;

typedef struct {
    const char *name;  // of the file, without its directory
    char **columns;
    size_t n_columns;
    csv_row_t *rows;
    size_t n_rows;
    bool present;  // there is such a file
} csv_file_t;

// What is wrong with the files: where, and what. column is "" for the row as a whole.
typedef struct {
    json_t *list;           // of {file, line, column, message}
    const char *directory;  // of the files, when they are to be named with it; else NULL
} csv_faults_t;

void csv_fault (csv_faults_t *faults, const char *file, size_t line, const char *column, const char *format, ...)
    __attribute__ ((format (printf, 5, 6)));

// Reads DIRECTORY/name, up to 100,000 rows; what is wrong goes to faults. A file that is not there has present == false and nothing else.
void csv_file_read (csv_file_t *self, const char *directory, const char *name, csv_faults_t *faults);
void csv_file_clear (csv_file_t *self);

// The column's number, or SIZE_MAX.
size_t csv_file_column (const csv_file_t *self, const char *column);

// The row's cell in that column; "" when there is no such column.
const char *csv_file_cell (const csv_file_t *self, const csv_row_t *row, const char *column);
