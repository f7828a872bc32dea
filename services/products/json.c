// JSON, written row by row: overview.json and entries.json, as openapi.json documents them.
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "files.h"

const char *cell_text (const column_t *column, const PGresult *row, int index, char buffer[CELL_BUFFER])
{
    if (PQgetisnull (row, 0, index))
        return NULL;
    const char *text = PQgetvalue (row, 0, index);
    if (column->kind == CELL_WORD)
        return table_word (column, text);
    if (column->kind != CELL_TIME)
        return text;
    bc_time_format (strtoll (text, NULL, 10), buffer);
    return buffer;
}

// --- Values ----------------------------------------------------------------------------------------------------------------------

static void put_escape (FILE *out, unsigned char c)
{
    if (c == '"' || c == '\\')
        fprintf (out, "\\%c", c);
    else if (c == '\n')
        fputs_unlocked ("\\n", out);
    else
        fprintf (out, "\\u%04x", c);
}

// UTF-8 stays as it is. "<" is escaped, so that the text is harmless in a page, too.
static void put_string (FILE *out, const char *text)
{
    static const char SPECIAL[] =
        "\"\\<\x7f\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16"
        "\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f";
    putc_unlocked ('"', out);
    while (*text) {
        size_t plain = strcspn (text, SPECIAL);
        fwrite_unlocked (text, 1, plain, out);
        text += plain;
        if (*text)
            put_escape (out, (unsigned char)*text++);
    }
    putc_unlocked ('"', out);
}

static void put_member (FILE *out, const char *key, const char *text)
{
    put_string (out, key);
    putc_unlocked (':', out);
    if (text)
        put_string (out, text);
    else
        fputs_unlocked ("null", out);
}

static void put_time (FILE *out, const char *key, int64_t at)
{
    char text[BC_TIME_TEXT];
    bc_time_format (at, text);
    put_member (out, key, text);
}

// Numbers as JSON numbers where every reader has them exactly, else as text.
static bool is_number (const column_t *column, const char *text)
{
    enum { EXACT_DIGITS = 15 };
    bool whole = column->kind == CELL_COUNT || column->kind == CELL_PERCENT || column->kind == CELL_MONEY;
    return whole && strlen (text) <= EXACT_DIGITS;
}

static void put_object (FILE *out, const table_t *table, const PGresult *row)
{
    for (size_t i = 0; i < table->n_columns; i++) {
        const column_t *column = &table->columns[i];
        char buffer[CELL_BUFFER];
        const char *text = cell_text (column, row, (int)i, buffer);
        putc_unlocked (i ? ',' : '{', out);
        if (text && is_number (column, text))
            fprintf (out, "\"%s\":%s", column->key, text);
        else
            put_member (out, column->key, text);
    }
    putc_unlocked ('}', out);
}

// --- Tables ----------------------------------------------------------------------------------------------------------------------

typedef struct {
    FILE *out;
    const table_t *table;
    bool begun;
} json_rows_t;

static int put_row (const PGresult *row, void *arg)
{
    json_rows_t *self = arg;
    fputs_unlocked (self->begun ? ",\n" : "\n", self->out);
    self->begun = true;
    put_object (self->out, self->table, row);
    return ferror_unlocked (self->out);
}

static int put_table (product_t *product, const table_t *table)
{
    json_rows_t rows = {.out = product->out, .table = table};
    fprintf (product->out, ",\n\"%s\":[", table->name);
    int rc = table_each (product, table, put_row, &rows);
    fputs ("]", product->out);
    return rc;
}

static int put_figures (const PGresult *row, void *arg)
{
    FILE *out = arg;
    fputs (",\n\"figures\":", out);
    put_object (out, &TABLE_FIGURES, row);
    return 0;
}

// What every answer begins with.
static void put_head (const product_t *product)
{
    FILE *out = product->out;
    fputs ("{", out);
    put_member (out, "plan", product->plan);
    const struct {
        const char *key, *text;
    } texts[] = {{"title_vi", product->title_vi}, {"title_en", product->title_en}, {"period", product->period}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        fputs (",\n", out);
        put_member (out, texts[i].key, texts[i].text);
    }
    fputs (",\n", out);
    put_time (out, "due_before", product->due_at);
    fprintf (out, ",\n\"feed_number\":%lld,\n", (long long)product->seq);
    put_time (out, "as_of", product->as_of);
}

int product_overview (product_t *product)
{
    static const table_t *const TABLES[] = {&TABLE_TASKS,     &TABLE_UNITS, &TABLE_SOURCES, &TABLE_INDICATOR_TOTALS,
                                            &TABLE_OBSTACLES, &TABLE_CHAIN};
    put_head (product);
    int rc = table_each (product, &TABLE_FIGURES, put_figures, product->out);
    for (size_t i = 0; rc == 0 && i < sizeof TABLES / sizeof *TABLES; i++)
        rc = put_table (product, TABLES[i]);
    fputs ("}\n", product->out);
    return rc;
}

int product_entries (product_t *product)
{
    put_head (product);
    int rc = put_table (product, &TABLE_ENTRIES);
    fputs ("}\n", product->out);
    return rc;
}
