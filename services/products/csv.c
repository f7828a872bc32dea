// CSV as RFC 4180 has it: comma, CRLF, UTF-8, the first line names the columns. Texts are as they were reported, also those that a
// spreadsheet might take for a formula: a workbook (report.xlsx) has them as texts.
#include <string.h>

#include "files.h"
#include "table.h"

void csv_put (FILE *out, const char *text)
{
    if (!text[strcspn (text, ",\"\r\n")]) {
        fputs_unlocked (text, out);
        return;
    }
    putc_unlocked ('"', out);
    for (const char *end; *text; text = end) {
        end = text + strcspn (text, "\"");
        end += *end == '"';
        fwrite_unlocked (text, 1, (size_t)(end - text), out);
        if (end[-1] == '"')
            putc_unlocked ('"', out);
    }
    putc_unlocked ('"', out);
}

static void put_end (FILE *out, bool last)
{
    fputs_unlocked (last ? "\r\n" : ",", out);
}

typedef struct {
    product_t *product;
    const table_t *table;
} csv_t;

static int put_row (const PGresult *row, void *arg)
{
    const csv_t *self = arg;
    for (size_t i = 0; i < self->table->n_columns; i++) {
        char buffer[CELL_BUFFER];
        const char *text = cell_text (&self->table->columns[i], row, (int)i, buffer);
        csv_put (self->product->out, text ? text : "");
        put_end (self->product->out, i + 1 == self->table->n_columns);
    }
    return ferror_unlocked (self->product->out);
}

int product_csv (product_t *product)
{
    csv_t self = {product, table_of_file (product->kind->name)};
    if (product->bom)
        fputs ("\xef\xbb\xbf", product->out);
    for (size_t i = 0; i < self.table->n_columns; i++) {
        fputs (self.table->columns[i].key, product->out);
        put_end (product->out, i + 1 == self.table->n_columns);
    }
    return table_each (product, self.table, put_row, &self);
}
