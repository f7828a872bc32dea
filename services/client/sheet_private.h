// What the reading of tables (sheet.c), of tasks, money and indicators (sheet_rows.c) and of single cells (sheet_cell.c) share.
#pragma once

#include "sheet.h"

enum { KEYS_MAX = 256 };

typedef enum { TABLE_FACTS, TABLE_TASKS, TABLE_BUDGET, TABLE_INDICATORS, TABLE_KINDS } table_kind_t;

// A header and the rows below it, in one sheet.
typedef struct {
    table_kind_t kind;
    const char *name;  // of the sheet
    const grid_t *grid;
    size_t first, end;     // rows
    char *keys[KEYS_MAX];  // of the columns; NULL: without one; "_..." is for the eye
    size_t n_keys;
} table_t;

typedef struct {
    const book_t *book;
    const Baocao__V1__Duties *duties;
    json_t *report;
    places_t *places;
    findings_t *complaints;
    table_t tables[TABLE_KINDS];
    bool present[TABLE_KINDS];
} sheet_reader_t;

// A cell of a table whose value is read.
typedef struct {
    sheet_reader_t *reader;
    const table_t *table;
    size_t row, column;
    const char *key, *value;
} sheet_cell_t;

typedef enum {
    BAD_FORMULA,
    BAD_VALUE,
    BAD_DATE,
    BAD_FACT,
    BAD_COLUMN,
    BAD_COLUMN_TWICE,
    BAD_COLUMN_MOVED,
    BAD_COLUMNS,
    BAD_UNTITLED,
    BAD_STATUS,
    BAD_NUMBER,
    BAD_DECIMAL,
    BAD_YES_NO,
    BAD_PERCENT,
    BAD_TASK,
    BAD_SOURCE,
    BAD_NO_SOURCE,
    BAD_INDICATOR,
    BAD_TABLE_TWICE,
    BAD_TABLE_MISSING,
    BAD_NO_PLAN,
    BAD_VERSION,
} bad_t;

// Adds the error about a cell; first and second (may be NULL) are what the message quotes.
void sheet_complain (sheet_reader_t *self, const char *sheet, size_t row, size_t column, bad_t bad, const char *first,
                     const char *second);

// The cell of a column in a row; false: there is no such column, it is empty, or it cannot be read, which has been said.
bool sheet_cell (sheet_reader_t *self, const table_t *table, size_t row, const char *key, sheet_cell_t *cell);
void sheet_complain_cell (const sheet_cell_t *cell, bad_t bad, const char *second);

int sheet_column (const table_t *table, const char *key);  // -1: there is none
void sheet_place (sheet_reader_t *self, const table_t *table, size_t row, size_t column, const char *format, ...)
    __attribute__ ((format (printf, 5, 6)));

bool sheet_same_word (const char *a, const char *b);
void sheet_set_path (json_t *object, const char *path, json_t *value);  // "document.date"; takes the value over
int sheet_source (const char *name, size_t size);                       // of a budget source; 0: none

// One cell's value, put where it belongs.
void sheet_read_fact (const sheet_cell_t *cell, const char *fact);
void sheet_read_task_cell (const sheet_cell_t *cell, json_t *entry, size_t index);
void sheet_read_money (const sheet_cell_t *cell, json_t *entry, size_t index, int source, const char *member);
void sheet_read_indicator (const sheet_cell_t *cell, json_t *entry, size_t index, const char *code, bool no_figure);

// The rows of the tables.
void sheet_read_tasks (sheet_reader_t *self);
void sheet_read_budget (sheet_reader_t *self);
void sheet_read_indicators (sheet_reader_t *self);
