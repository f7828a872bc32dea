// The tables that files are made of: their columns (tables.c); tables_db.c fills them. CSV, JSON and workbooks are
// written from these descriptions, and openapi.json is, too: it cannot say other than they do.
#pragma once

#include <protobuf-c/protobuf-c.h>

#include "product_db.h"

typedef enum {
    CELL_TEXT,
    CELL_WORD,     // an enum's value: its short name in CSV and JSON ("in_progress"), the language's words in a workbook
    CELL_COUNT,    // whole numbers
    CELL_PERCENT,  // 0 to 100
    CELL_MONEY,    // whole VND
    CELL_DECIMAL,  // text in JSON, as in the reports themselves
    CELL_TIME,     // in the database Unix ms; RFC 3339 in UTC in CSV and JSON, the plan's local time in a workbook
    CELL_ID,       // a UUID, or bytes in hexadecimal
} cell_t;

typedef struct {
    const char *key;    // in CSV and JSON
    const char *title;  // in workbooks; to be translated
    cell_t kind;
    int width;     // in workbooks, in characters
    bool nothing;  // may be NULL: an empty cell, null
    const ProtobufCEnumDescriptor *words;
    enum { BOTH, VIETNAMESE, ENGLISH, NEITHER } language;  // a workbook has what is in its language, and what is in both
} column_t;

typedef struct {
    const char *name, *title, *about;  // about: what a row is, in openapi.json
    const column_t *columns;
    size_t n_columns;
} table_t;

extern const table_t TABLE_FIGURES, TABLE_TASKS, TABLE_UNITS, TABLE_ENTRIES, TABLE_BUDGET, TABLE_SOURCES, TABLE_INDICATORS,
    TABLE_INDICATOR_TOTALS, TABLE_OBSTACLES, TABLE_CHAIN;

// The table that a file "NAME.SOMETHING" is made of, or NULL.
const table_t *table_of_file (const char *file);

// Calls the function with every row (product_each); 0 or -1.
int table_each (product_t *self, const table_t *table, product_row_fn *row, void *arg);

// The short name of a CELL_WORD, or "unknown".
const char *table_word (const column_t *column, const char *value);

// The same in the language's words.
const char *table_words (const column_t *column, const char *value);
