// report.xlsx: a sheet for each table, the last one with where the figures are from. The rows go straight to temporary files (TMPDIR), so
// memory does not grow with them. Texts are texts, whatever they begin with.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "common/language.h"
#include "common/xmem.h"
#include "files.h"

enum { EXACT_DIGITS = 15, PAPER_A4 = 9, LINE_HEIGHT = 15, LINES_MAX = 20, HEADER_LINES = 2, NAME_WIDTH = 30, VALUE_WIDTH = 70 };

typedef struct {
    product_t *product;
    lxw_workbook *workbook;
    lxw_format *header, *title, *formats[CELL_ID + 1];  // by kind of cell
    lxw_format *left_number, *left_time;
    // The sheet under way: its table, how many sheets that has taken, and the next row.
    lxw_worksheet *sheet;
    const table_t *table;
    unsigned part;
    lxw_row_t first, next;
    int lines;  // that the row wants
} workbook_t;

// --- Looks -----------------------------------------------------------------------------------------------------------------------

static lxw_format *new_format (workbook_t *self, const char *numbers)
{
    lxw_format *format = workbook_add_format (self->workbook);
    format_set_align (format, LXW_ALIGN_VERTICAL_TOP);
    if (numbers)
        format_set_num_format (format, numbers);
    else
        format_set_text_wrap (format);
    return format;
}

static void make_formats (workbook_t *self)
{
    self->formats[CELL_TEXT] = self->formats[CELL_WORD] = self->formats[CELL_ID] = new_format (self, NULL);
    self->formats[CELL_COUNT] = self->formats[CELL_MONEY] = new_format (self, "#,##0");
    self->formats[CELL_PERCENT] = new_format (self, "0");
    self->formats[CELL_DECIMAL] = new_format (self, "General");
    self->formats[CELL_TIME] = new_format (self, self->product->vietnamese ? "dd/mm/yyyy hh:mm:ss" : "yyyy-mm-dd hh:mm:ss");
    self->left_number = new_format (self, "0");
    format_set_align (self->left_number, LXW_ALIGN_LEFT);
    self->left_time = new_format (self, self->product->vietnamese ? "dd/mm/yyyy hh:mm:ss" : "yyyy-mm-dd hh:mm:ss");
    format_set_align (self->left_time, LXW_ALIGN_LEFT);
    self->title = new_format (self, NULL);
    format_set_bold (self->title);
    self->header = new_format (self, NULL);
    format_set_bold (self->header);
    format_set_bg_color (self->header, 0xF3EDE6);
    format_set_bottom (self->header, LXW_BORDER_THIN);
}

// --- Cells -----------------------------------------------------------------------------------------------------------------------

static lxw_error write_time (workbook_t *self, lxw_col_t column, int64_t ms, lxw_format *format)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm local;
    localtime_r (&seconds, &local);
    lxw_datetime at = {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday,
                       local.tm_hour,        local.tm_min,     local.tm_sec + (double)(ms % 1000) / 1000};
    return worksheet_write_datetime (self->sheet, self->next, column, &at, format);
}

// A number that the format cannot hold exactly stays a text.
static lxw_error write_number (workbook_t *self, lxw_col_t column, const char *text, cell_t kind)
{
    if (strspn (text, "-.0123456789") > EXACT_DIGITS)
        return worksheet_write_string (self->sheet, self->next, column, text, self->formats[kind]);
    return worksheet_write_number (self->sheet, self->next, column, strtod (text, NULL), self->formats[kind]);
}

// How many lines the text takes in a column, words kept whole: programs that open the file do not find it out by themselves.
static int count_lines (const char *text, int width)
{
    int lines = 1, column = 0, word = 0;  // word: the characters of it that are on the line
    for (; *text && lines < LINES_MAX; text++) {
        if (((unsigned char)*text & 0xc0) == 0x80)
            continue;
        word = *text == ' ' || *text == '\n' ? 0 : word + 1;
        if (*text == '\n' || ++column > width) {
            lines++;
            column = word < width ? word : 1;
        }
    }
    return lines;
}

static bool is_escape (const char *text)
{
    return strncmp (text, "_x", 2) == 0 && strspn (text + 2, "0123456789ABCDEFabcdef") >= 4 && text[6] == '_';
}

// "_x000A_" means a line feed in a workbook (ECMA-376, ST_Xstring): where it is meant as it stands, its first character is escaped.
static char *escape (const char *text)
{
    char *escaped = NULL;
    size_t size, length = 0;
    FILE *out = open_memstream (&escaped, &size);
    for (; *text; text += length) {
        fputs (is_escape (text) ? "_x005F_" : "", out);
        length = 1 + strcspn (text + 1, "_");
        fwrite (text + is_escape (text), 1, length - is_escape (text), out);
    }
    fclose (out);
    return escaped;
}

static lxw_error write_text (workbook_t *self, lxw_col_t column, const char *text, int width)
{
    int lines = count_lines (text, width);
    if (lines > self->lines)
        self->lines = lines;
    char *escaped = strstr (text, "_x") ? escape (text) : NULL;
    lxw_error error = worksheet_write_string (self->sheet, self->next, column, escaped ? escaped : text, self->formats[CELL_TEXT]);
    free (escaped);
    return error;
}

static lxw_error write_cell (workbook_t *self, lxw_col_t column, const char *text, const column_t *as)
{
    switch (as->kind) {
    case CELL_COUNT:
    case CELL_PERCENT:
    case CELL_MONEY:
    case CELL_DECIMAL:
        return write_number (self, column, text, as->kind);
    case CELL_TIME:
        return write_time (self, column, strtoll (text, NULL, 10), self->formats[CELL_TIME]);
    case CELL_WORD:
        return write_text (self, column, table_words (as, text), as->width);
    default:
        return write_text (self, column, text, as->width);
    }
}

static bool is_shown (const workbook_t *self, const column_t *column)
{
    return column->language == BOTH || column->language == (self->product->vietnamese ? VIETNAMESE : ENGLISH);
}

static int complain (lxw_error error)
{
    return product_fail ("the workbook could not be written: %s", lxw_strerror (error));
}

// --- Sheets ----------------------------------------------------------------------------------------------------------------------

// "Entries", "Entries 2": a sheet ends with its 1,048,576th row.
static int add_sheet (workbook_t *self)
{
    char *name = self->part++ ? xasprintf ("%s %u", _ (self->table->title), self->part) : xstrdup (_ (self->table->title));
    self->sheet = workbook_add_worksheet (self->workbook, name);
    free (name);
    if (!self->sheet)
        return product_fail ("the workbook's sheet %s could not be made", self->table->name);
    worksheet_set_landscape (self->sheet);
    worksheet_set_paper (self->sheet, PAPER_A4);
    worksheet_fit_to_pages (self->sheet, 1, 0);
    self->next = 0;
    return 0;
}

static void write_header (workbook_t *self)
{
    lxw_col_t shown = 0;
    for (size_t i = 0; i < self->table->n_columns; i++) {
        const column_t *column = &self->table->columns[i];
        if (!is_shown (self, column))
            continue;
        worksheet_write_string (self->sheet, self->next, shown, _ (column->title), self->header);
        worksheet_set_column (self->sheet, shown, shown, column->width, NULL);
        shown++;
    }
    worksheet_set_row (self->sheet, self->next, HEADER_LINES * LINE_HEIGHT, NULL);
    self->first = self->next++;
}

static int begin_table (workbook_t *self)
{
    if (add_sheet (self))
        return -1;
    write_header (self);
    worksheet_freeze_panes (self->sheet, self->next, 0);
    worksheet_repeat_rows (self->sheet, self->first, self->first);
    return 0;
}

static void end_table (workbook_t *self)
{
    lxw_col_t shown = 0;
    for (size_t i = 0; i < self->table->n_columns; i++)
        shown += is_shown (self, &self->table->columns[i]);
    worksheet_autofilter (self->sheet, self->first, 0, self->next - 1, shown - 1);
}

static int put_row (const PGresult *row, void *arg)
{
    workbook_t *self = arg;
    if (self->next == LXW_ROW_MAX) {
        end_table (self);
        if (begin_table (self))
            return -1;
    }
    lxw_col_t shown = 0;
    lxw_error error = LXW_NO_ERROR;
    self->lines = 1;
    for (size_t i = 0; i < self->table->n_columns && error == LXW_NO_ERROR; i++) {
        const char *text = product_text (row, 0, (int)i);
        if (!is_shown (self, &self->table->columns[i]))
            continue;
        if (text && *text)
            error = write_cell (self, shown, text, &self->table->columns[i]);
        shown++;
    }
    if (self->lines > 1)
        worksheet_set_row (self->sheet, self->next, self->lines * LINE_HEIGHT, NULL);
    self->next++;
    return error == LXW_NO_ERROR ? 0 : complain (error);
}

static int add_table (workbook_t *self, const table_t *table)
{
    self->table = table;
    self->part = 0;
    int rc = begin_table (self) ? -1 : table_each (self->product, table, put_row, self);
    if (rc == 0)
        end_table (self);
    return rc;
}

// --- Provenance ------------------------------------------------------------------------------------------------------------------

static void put_line (workbook_t *self, const char *name, const char *text)
{
    worksheet_write_string (self->sheet, self->next, 0, name, self->title);
    worksheet_set_row (self->sheet, self->next, count_lines (text, VALUE_WIDTH) * LINE_HEIGHT, NULL);
    worksheet_write_string (self->sheet, self->next++, 1, text, self->formats[CELL_TEXT]);
}

static void put_moment (workbook_t *self, const char *name, int64_t at)
{
    worksheet_write_string (self->sheet, self->next, 0, name, self->title);
    write_time (self, 1, at, self->left_time);
    self->next++;
}

static int put_figures (const PGresult *row, void *arg)
{
    workbook_t *self = arg;
    for (size_t i = 0; i < TABLE_FIGURES.n_columns; i++) {
        const column_t *column = &TABLE_FIGURES.columns[i];
        worksheet_write_string (self->sheet, self->next, 0, _ (column->title), self->title);
        worksheet_write_number (self->sheet, self->next, 1, (double)product_number (row, 0, (int)i), self->left_number);
        self->next++;
    }
    return 0;
}

static void put_origin (workbook_t *self)
{
    const product_t *product = self->product;
    put_line (self, _ ("Plan"), product->plan);
    put_line (self, _ ("Title"), product_words (product, product->title_vi, product->title_en));
    put_line (self, _ ("Period"), product->period);
    put_line (self, _ ("Collected by"), product_words (product, product->standing_vi, product->standing_en));
    put_moment (self, _ ("Due before"), product->due_at);
    put_moment (self, _ ("As of"), product->as_of);
    put_line (self, _ ("Time zone"), product->time_zone);
    worksheet_write_string (self->sheet, self->next, 0, _ ("Feed number"), self->title);
    worksheet_write_number (self->sheet, self->next++, 1, (double)product->seq, self->left_number);
}

// Then the end of every unit's chain of receipts: what a report was when it was counted cannot be changed unseen.
static int add_provenance (workbook_t *self)
{
    self->table = &TABLE_CHAIN;
    self->part = 0;
    if (add_sheet (self))
        return -1;
    put_origin (self);
    if (table_each (self->product, &TABLE_FIGURES, put_figures, self))
        return -1;
    self->next++;
    write_header (self);
    worksheet_set_column (self->sheet, 0, 0, NAME_WIDTH, NULL);
    worksheet_set_column (self->sheet, 1, 1, VALUE_WIDTH, NULL);
    int rc = table_each (self->product, &TABLE_CHAIN, put_row, self);
    end_table (self);
    return rc;
}

// --- The file --------------------------------------------------------------------------------------------------------------------

static int add_sheets (workbook_t *self)
{
    static const table_t *const SHEETS[] = {
        &TABLE_TASKS,      &TABLE_UNITS,     &TABLE_SOURCES, &TABLE_BUDGET, &TABLE_INDICATOR_TOTALS,
        &TABLE_INDICATORS, &TABLE_OBSTACLES, &TABLE_ENTRIES};
    for (size_t i = 0; i < sizeof SHEETS / sizeof *SHEETS; i++)
        if (add_table (self, SHEETS[i]))
            return -1;
    return add_provenance (self);
}

static int fill (product_t *product, const char *path, char *directory)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = directory};
    workbook_t self = {.product = product, .workbook = workbook_new_opt (path, &options)};
    char *title = xasprintf ("%s %s", product->plan, product->period);
    lxw_doc_properties properties = {.title = title,
                                     .author = (char *)product_words (product, product->standing_vi, product->standing_en),
                                     .created = (time_t)(product->as_of / 1000)};
    workbook_set_properties (self.workbook, &properties);
    free (title);
    make_formats (&self);
    int rc = add_sheets (&self);
    lxw_error error = workbook_close (self.workbook);
    return rc == 0 && error != LXW_NO_ERROR ? complain (error) : rc;
}

static int copy (const char *path, FILE *out)
{
    FILE *in = fopen (path, "r");
    if (!in)
        return product_fail ("%s: %s", path, strerror (errno));
    char buffer[1 << 16];
    for (size_t size; (size = fread (buffer, 1, sizeof buffer, in));)
        fwrite (buffer, 1, size, out);
    int rc = ferror (in) ? product_fail ("%s: %s", path, strerror (errno)) : 0;
    fclose (in);
    return rc;
}

// By way of a temporary file: an archive is not written from its beginning to its end.
int product_workbook (product_t *product)
{
    char *directory = getenv ("TMPDIR");
    char *path = xasprintf ("%s/baocao-XXXXXX", directory && *directory ? directory : "/tmp");
    int fd = mkstemp (path);
    int rc = fd < 0 ? product_fail ("%s: %s", path, strerror (errno)) : fill (product, path, directory);
    if (rc == 0)
        rc = copy (path, product->out);
    if (fd >= 0) {
        unlink (path);
        close (fd);
    }
    free (path);
    return rc;
}
