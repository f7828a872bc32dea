#include "grid.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/xmem.h"

typedef struct {
    char *text;  // NULL: empty
    grid_kind_t kind;
} cell_t;

typedef struct {
    cell_t *cells;
    size_t count;
} row_t;

struct grid {
    row_t *rows;
    size_t count;
};

// Line ends as LF only, so that each is one row for the parser, and one character within a cell.
static char *unix_lines (const char *text)
{
    char *copy = xstrdup (text), *to = copy;
    for (const char *from = text; *from; from++) {
        if (*from == '\r' && from[1] == '\n')
            continue;
        *to++ = *from == '\r' ? '\n' : *from;
    }
    *to = 0;
    return copy;
}

static unsigned char separator (const char *text)
{
    int quoted = 0;
    for (; *text && (quoted || *text != '\n'); text++) {
        if (*text == '"')
            quoted = !quoted;
        else if (!quoted && strchr (";\t,", *text))
            return (unsigned char)*text;
    }
    return ';';
}

// Some programs put "sep=;" before the table, and read it as an instruction, not as a row. Steps over it: the separator, or 0.
static unsigned char take_instruction (const char **text_p)
{
    const char *text = *text_p;
    if (strncasecmp (text, "sep=", 4) != 0 || !text[4] || !strchr (";\t,|", text[4]) || (text[5] && text[5] != '\n'))
        return 0;
    *text_p = text + 5 + (text[5] == '\n');
    return (unsigned char)text[4];
}

static char *trimmed (const char *text, size_t size)
{
    while (size && strchr (" \t\n", text[size - 1]))
        size--;
    while (size && strchr (" \t\n", *text)) {
        text++;
        size--;
    }
    return xmemdup (text, size);
}

static void on_cell (void *cell, size_t size, void *arg)
{
    grid_t *self = arg;
    row_t *row = &self->rows[self->count];
    row->cells = xrealloc (row->cells, (row->count + 1) * sizeof *row->cells);
    row->cells[row->count++] = (cell_t){trimmed (cell ? cell : "", cell ? size : 0), GRID_VALUE};
}

static void on_row (int end, void *arg)
{
    (void)end;
    grid_t *self = arg;
    self->count++;
    if ((self->count & (self->count - 1)) == 0)
        self->rows = xrealloc (self->rows, self->count * 2 * sizeof *self->rows);
    self->rows[self->count] = (row_t){0};
}

grid_t *grid_empty (void)
{
    grid_t *self = xcalloc (1, sizeof *self);
    self->rows = xcalloc (1, sizeof *self->rows);
    return self;
}

void grid_put (grid_t *self, size_t row, size_t column, const char *text, grid_kind_t kind)
{
    while (self->count <= row)
        on_row (0, self);
    row_t *to = &self->rows[row];
    if (to->count <= column) {
        to->cells = xrealloc (to->cells, (column + 1) * sizeof *to->cells);
        memset (to->cells + to->count, 0, (column + 1 - to->count) * sizeof *to->cells);
        to->count = column + 1;
    }
    free (to->cells[column].text);
    to->cells[column] = (cell_t){trimmed (text, strlen (text)), kind};
}

grid_t *grid_new (const char *text)
{
    struct csv_parser parser;
    // Every line end makes a row, also the empty ones; quotes must be right.
    if (csv_init (&parser, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI))
        return NULL;
    grid_t *self = grid_empty ();
    char *lines = unix_lines (text);
    const char *table = lines;
    unsigned char told = take_instruction (&table);
    csv_set_delim (&parser, told ? told : separator (table));
    size_t size = strlen (table);
    int wrong = csv_parse (&parser, table, size, on_cell, on_row, self) != size || csv_fini (&parser, on_cell, on_row, self);
    csv_free (&parser);
    free (lines);
    if (wrong)
        grid_destroy (&self);
    return self;
}

void grid_destroy (grid_t **self_p)
{
    grid_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i <= self->count; i++) {
        for (size_t j = 0; j < self->rows[i].count; j++)
            free (self->rows[i].cells[j].text);
        free (self->rows[i].cells);
    }
    free (self->rows);
    free (self);
    *self_p = NULL;
}

size_t grid_rows (const grid_t *self)
{
    return self->count;
}

size_t grid_cells (const grid_t *self, size_t row)
{
    return row < self->count ? self->rows[row].count : 0;
}

const char *grid_cell (const grid_t *self, size_t row, size_t column)
{
    const char *text = column < grid_cells (self, row) ? self->rows[row].cells[column].text : NULL;
    return text ? text : "";
}

grid_kind_t grid_kind (const grid_t *self, size_t row, size_t column)
{
    return column < grid_cells (self, row) ? self->rows[row].cells[column].kind : GRID_VALUE;
}

void grid_name (size_t row, size_t column, char name[32])
{
    char letters[16];
    size_t at = sizeof letters;
    letters[--at] = 0;
    for (size_t n = column + 1; n && at; n = (n - 1) / 26)
        letters[--at] = (char)('A' + (n - 1) % 26);
    snprintf (name, 32, "%s%zu", letters + at, row + 1);
}

void book_add (book_t *self, const char *name, grid_t *grid)
{
    self->sheets = xrealloc (self->sheets, (self->count + 1) * sizeof *self->sheets);
    self->sheets[self->count++] = (sheet_t){xstrdup (name), grid};
}

void book_clear (book_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        free (self->sheets[i].name);
        grid_destroy (&self->sheets[i].grid);
    }
    free (self->sheets);
    *self = (book_t){0};
}
