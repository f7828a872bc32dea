// CSV files.
#include "csv_file.h"

#include <csv.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "common/xmem.h"
#include "report/text.h"

enum { COLUMNS_MAX = 64, ROWS_MAX = 100000, FAULTS_MAX = 100, FILE_MAX = 64 << 20 };

// A file being read.
typedef struct {
    csv_file_t *file;
    csv_faults_t *faults;
    size_t line;      // that is being fed
    size_t row_line;  // on which the row began
    char **cells;
    size_t n_cells;
    size_t room;  // in file->rows
    bool full;    // more rows than may be
} reading_t;

void csv_fault (csv_faults_t *faults, const char *file, size_t line, const char *column, const char *format, ...)
{
    char *message = NULL;
    va_list arguments;
    if (json_array_size (faults->list) >= FAULTS_MAX)
        return;
    va_start (arguments, format);
    if (vasprintf (&message, format, arguments) < 0)
        abort ();
    va_end (arguments);
    char *path = faults->directory ? xasprintf ("%s/%s", faults->directory, file) : xstrdup (file);
    json_array_append_new (faults->list, json_pack ("{s:s,s:I,s:s,s:s}", "file", path, "line", (json_int_t)line, "column", column,
                                                    "message", message));
    free (path);
    free (message);
}

static void free_cells (char **cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free (cells[i]);
    free (cells);
}

static void on_cell (void *text, size_t size, void *arg)
{
    reading_t *self = arg;
    char *raw = xmemdup (size ? text : "", size);
    char *cell = strlen (raw) == size ? text_to_nfc (raw) : NULL;
    if (!cell) {
        csv_fault (self->faults, self->file->name, self->line, "", _ ("the text is not UTF-8"));
        cell = xstrdup ("");
    }
    free (raw);
    if (self->n_cells < COLUMNS_MAX)
        self->cells[self->n_cells++] = cell;
    else
        free (cell);
}

static void free_row (reading_t *self)
{
    for (size_t i = 0; i < self->n_cells; i++)
        free (self->cells[i]);
}

static void take_row (reading_t *self)
{
    csv_file_t *file = self->file;
    char **cells = xcalloc (file->n_columns, sizeof *cells);
    for (size_t i = 0; i < file->n_columns; i++)
        cells[i] = i < self->n_cells ? self->cells[i] : xstrdup ("");
    if (self->n_cells != file->n_columns)
        csv_fault (self->faults, file->name, self->row_line, "", _ ("%zu cells instead of %zu"), self->n_cells, file->n_columns);
    for (size_t i = file->n_columns; i < self->n_cells; i++)
        free (self->cells[i]);
    if (file->n_rows == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        file->rows = xrealloc (file->rows, self->room * sizeof *file->rows);
    }
    file->rows[file->n_rows++] = (csv_row_t){.line = self->row_line, .cells = cells};
}

static void take_columns (reading_t *self)
{
    self->file->columns = xcalloc (self->n_cells, sizeof *self->file->columns);
    memcpy (self->file->columns, self->cells, self->n_cells * sizeof *self->cells);
    self->file->n_columns = self->n_cells;
}

static bool is_blank (const reading_t *self)
{
    for (size_t i = 0; i < self->n_cells; i++)
        if (*self->cells[i])
            return false;
    return true;
}

static void on_row (int terminator, void *arg)
{
    (void)terminator;
    reading_t *self = arg;
    if (is_blank (self))
        free_row (self);
    else if (!self->file->columns)
        take_columns (self);
    else if (self->file->n_rows == ROWS_MAX) {
        csv_fault (self->faults, self->file->name, self->row_line, "", _ ("more than %d rows"), ROWS_MAX);
        self->full = true;
        free_row (self);
    } else
        take_row (self);
    self->n_cells = 0;
    self->row_line = self->line + 1;
}

// The whole file as text; NULL with errno.
static char *read_whole (const char *path, size_t *size_p)
{
    FILE *stream = fopen (path, "re");
    if (!stream)
        return NULL;
    char *text = NULL;
    size_t size = 0, n = 1;
    while (n > 0 && size < FILE_MAX) {
        text = xrealloc (text, size + 65536);
        n = fread (text + size, 1, 65536, stream);
        size += n;
    }
    int error = ferror (stream) ? EIO : size >= FILE_MAX ? EFBIG : 0;
    fclose (stream);
    if (error) {
        free (text);
        errno = error;
        return NULL;
    }
    *size_p = size;
    return text;
}

// Fed line by line, so that we know on which line a row begins.
static void parse (reading_t *self, const char *text, size_t size)
{
    struct csv_parser parser;
    const char *end = text + size;
    const char *header_end = memchr (text, '\n', size);
    size_t header = header_end ? (size_t)(header_end - text) : size;
    csv_init (&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    if (memchr (text, ';', header) && !memchr (text, ',', header))
        csv_set_delim (&parser, ';');
    for (const char *at = text; at < end && !self->full; self->line++) {
        const char *newline = memchr (at, '\n', (size_t)(end - at));
        size_t length = newline ? (size_t)(newline - at) + 1 : (size_t)(end - at);
        if (csv_parse (&parser, at, length, on_cell, on_row, self) != length)
            break;
        at += length;
    }
    if (!self->full && (csv_error (&parser) != CSV_SUCCESS || csv_fini (&parser, on_cell, on_row, self) != 0))
        csv_fault (self->faults, self->file->name, self->row_line, "", _ ("this row is not well-formed CSV (quotes)"));
    csv_free (&parser);
}

void csv_file_read (csv_file_t *self, const char *directory, const char *name, csv_faults_t *faults)
{
    *self = (csv_file_t){.name = name};
    size_t size = 0;
    char *path = xasprintf ("%s/%s", directory, name);
    char *text = read_whole (path, &size);
    free (path);
    if (!text && errno == ENOENT)
        return;
    self->present = true;
    if (!text) {
        csv_fault (faults, name, 0, "", "%s", strerror (errno));
        return;
    }
    size_t mark = size >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    reading_t reading = {.file = self, .faults = faults, .line = 1, .row_line = 1};
    reading.cells = xcalloc (COLUMNS_MAX, sizeof *reading.cells);
    parse (&reading, text + mark, size - mark);
    free_cells (reading.cells, reading.n_cells);
    free (text);
}

void csv_file_clear (csv_file_t *self)
{
    for (size_t i = 0; i < self->n_rows; i++)
        free_cells (self->rows[i].cells, self->n_columns);
    free (self->rows);
    free_cells (self->columns, self->n_columns);
    *self = (csv_file_t){.name = NULL};
}

size_t csv_file_column (const csv_file_t *self, const char *column)
{
    for (size_t i = 0; i < self->n_columns; i++)
        if (strcmp (self->columns[i], column) == 0)
            return i;
    return SIZE_MAX;
}

const char *csv_file_cell (const csv_file_t *self, const csv_row_t *row, const char *column)
{
    size_t number = csv_file_column (self, column);
    return number == SIZE_MAX ? "" : row->cells[number];
}
