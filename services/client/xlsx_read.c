#include "xlsx_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "report/text.h"
#include "client.h"
#include "xlsx_format.h"
#include "xlsx_parts.h"

enum { FORMATS_MAX = 4096, TEXT_AT_ONCE = 1 << 20 };

typedef struct {
    char *text;
    size_t size;
} buffer_t;

typedef struct {
    char *id, *target;
} relation_t;

typedef struct {
    xlsx_parts_t *parts;
    book_t *book;
    size_t text_size;  // of all that is kept
    // Relations of one part.
    relation_t relations[XLSX_MAX_SHEETS + 16];
    size_t n_relations;
    char *workbook, *strings_part, *styles_part;
    // The workbook's sheets.
    char *names[XLSX_MAX_SHEETS], *ids[XLSX_MAX_SHEETS];
    size_t n_sheets;
    bool epoch_1904;
    // Shared strings.
    char **strings;
    size_t n_strings;
    // Styles: numFmts that are days or per cent, and the formats of cells by their style.
    struct {
        unsigned id;
        xlsx_format_t format;
    } custom[FORMATS_MAX];
    size_t n_custom;
    xlsx_format_t formats[FORMATS_MAX];
    size_t n_formats;
    bool in_cell_styles;
    // The cell that is being read.
    grid_t *grid;
    size_t row, column;
    bool in_cell, in_value, in_phonetic, has_formula, has_value;
    char type[16];
    unsigned style;
    buffer_t value;
} reader_t;

bool xlsx_is_archive (const void *data, size_t size)
{
    return size > 4 && !memcmp (data, "PK\x03\x04", 4);
}

bool xlsx_is_compound (const void *data, size_t size)
{
    return size > 8 && !memcmp (data, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
}

static void too_much (reader_t *self)
{
    xlsx_parts_stop (self->parts,
                     xstrdup (_ ("the workbook holds far more than a report needs; copy the figures into a new template")));
}

static void collect (reader_t *self, const char *text, int size)
{
    if (self->value.size + (size_t)size > TEXT_AT_ONCE) {
        too_much (self);
        return;
    }
    self->value.text = xrealloc (self->value.text, self->value.size + (size_t)size + 1);
    memcpy (self->value.text + self->value.size, text, (size_t)size);
    self->value.size += (size_t)size;
    self->value.text[self->value.size] = 0;
}

static void forget (reader_t *self)
{
    self->value.size = 0;
    if (self->value.text)
        *self->value.text = 0;
}

static const char *collected (const reader_t *self)
{
    return self->value.text ? self->value.text : "";
}

// --- Relations -------------------------------------------------------------------------------------------------------------------

// A part's name from what the part `base` says of it: "/xl/x.xml", or "x.xml" beside the base.
static char *resolve (const char *base, const char *target)
{
    const char *slash = strrchr (base, '/');
    if (*target == '/' || !slash)
        return xstrdup (*target == '/' ? target + 1 : target);
    return xasprintf ("%.*s/%s", (int)(slash - base), base, target);
}

static bool ends_with (const char *text, const char *end)
{
    size_t size = strlen (text), end_size = strlen (end);
    return size >= end_size && !strcmp (text + size - end_size, end);
}

static void set_once (char **text_p, const char *base, const char *target)
{
    if (!*text_p)
        *text_p = resolve (base, target);
}

static void relation_begin (void *arg, const char *name, const char **attributes)
{
    reader_t *self = arg;
    const char *id = xlsx_attribute (attributes, "Id"), *type = xlsx_attribute (attributes, "Type"),
               *target = xlsx_attribute (attributes, "Target");
    if (strcmp (name, "Relationship") != 0 || !id || !type || !target)
        return;
    if (!self->workbook && ends_with (type, "/officeDocument"))
        set_once (&self->workbook, "", target);
    else if (self->workbook && ends_with (type, "/sharedStrings"))
        set_once (&self->strings_part, self->workbook, target);
    else if (self->workbook && ends_with (type, "/styles"))
        set_once (&self->styles_part, self->workbook, target);
    else if (self->workbook && ends_with (type, "/worksheet") &&
             self->n_relations < sizeof self->relations / sizeof *self->relations)
        self->relations[self->n_relations++] = (relation_t){xstrdup (id), resolve (self->workbook, target)};
}

// --- The workbook ----------------------------------------------------------------------------------------------------------------

static void workbook_begin (void *arg, const char *name, const char **attributes)
{
    reader_t *self = arg;
    if (!strcmp (name, "workbookPr")) {
        const char *epoch = xlsx_attribute (attributes, "date1904");
        self->epoch_1904 = epoch && (!strcmp (epoch, "1") || !strcmp (epoch, "true"));
    }
    const char *title = xlsx_attribute (attributes, "name"), *id = xlsx_attribute (attributes, "id");
    if (strcmp (name, "sheet") != 0 || !title || !id)
        return;
    if (self->n_sheets >= XLSX_MAX_SHEETS) {
        too_much (self);
        return;
    }
    self->names[self->n_sheets] = xstrdup (title);
    self->ids[self->n_sheets++] = xstrdup (id);
}

// --- Strings ---------------------------------------------------------------------------------------------------------------------

// The collected text in normalisation form C (expat gives out nothing but UTF-8); the caller frees it.
static char *composed (reader_t *self)
{
    char *raw = xstrdup (collected (self));
    xlsx_unescape (raw);
    char *text = text_to_nfc (raw);
    free (raw);
    return text;
}

static void keep_string (reader_t *self)
{
    self->text_size += self->value.size;
    if (self->n_strings >= XLSX_MAX_STRINGS || self->text_size > XLSX_MAX_TEXT) {
        too_much (self);
        return;
    }
    if ((self->n_strings & (self->n_strings - 1)) == 0)
        self->strings = xrealloc (self->strings, (self->n_strings ? self->n_strings * 2 : 1) * sizeof *self->strings);
    self->strings[self->n_strings++] = composed (self);
}

static void string_begin (void *arg, const char *name, const char **attributes)
{
    reader_t *self = arg;
    (void)attributes;
    if (!strcmp (name, "si"))
        forget (self);
    else if (!strcmp (name, "rPh"))
        self->in_phonetic = true;
    else if (!strcmp (name, "t"))
        self->in_value = !self->in_phonetic;
}

static void string_end (void *arg, const char *name)
{
    reader_t *self = arg;
    if (!strcmp (name, "si"))
        keep_string (self);
    else if (!strcmp (name, "rPh"))
        self->in_phonetic = false;
    else if (!strcmp (name, "t"))
        self->in_value = false;
}

static void value_text (void *arg, const char *text, int size)
{
    reader_t *self = arg;
    if (self->in_value)
        collect (self, text, size);
}

// --- Styles ----------------------------------------------------------------------------------------------------------------------

static xlsx_format_t format_of (const reader_t *self, unsigned id)
{
    for (size_t i = 0; i < self->n_custom; i++)
        if (self->custom[i].id == id)
            return self->custom[i].format;
    return xlsx_format_built_in (id);
}

static void style_begin (void *arg, const char *name, const char **attributes)
{
    reader_t *self = arg;
    const char *id = xlsx_attribute (attributes, "numFmtId"), *code = xlsx_attribute (attributes, "formatCode");
    if (!strcmp (name, "cellXfs"))
        self->in_cell_styles = true;
    else if (!strcmp (name, "numFmt") && id && code && self->n_custom < FORMATS_MAX) {
        self->custom[self->n_custom].id = (unsigned)strtoul (id, NULL, 10);
        self->custom[self->n_custom++].format = xlsx_format_of (code);
    } else if (!strcmp (name, "xf") && self->in_cell_styles && self->n_formats < FORMATS_MAX)
        self->formats[self->n_formats++] = format_of (self, id ? (unsigned)strtoul (id, NULL, 10) : 0);
}

static void style_end (void *arg, const char *name)
{
    reader_t *self = arg;
    if (!strcmp (name, "cellXfs"))
        self->in_cell_styles = false;
}

// --- Cells -----------------------------------------------------------------------------------------------------------------------

// "E14" as row 13, column 4; what is missing of it stays as it is.
static void read_reference (const char *reference, size_t *row_p, size_t *column_p)
{
    size_t column = 0;
    for (; *reference >= 'A' && *reference <= 'Z' && column < 1 << 20; reference++)
        column = column * 26 + (size_t)(*reference - 'A') + 1;
    unsigned long row = strtoul (reference, NULL, 10);
    if (column)
        *column_p = column - 1;
    if (row)
        *row_p = row - 1;
}

static void cell_begin (void *arg, const char *name, const char **attributes)
{
    reader_t *self = arg;
    const char *reference = xlsx_attribute (attributes, "r"), *type = xlsx_attribute (attributes, "t"),
               *style = xlsx_attribute (attributes, "s");
    if (!strcmp (name, "row")) {
        self->row = reference ? strtoul (reference, NULL, 10) - 1 : self->row + 1;
        self->column = (size_t)-1;
    } else if (!strcmp (name, "c")) {
        self->column++;
        if (reference)
            read_reference (reference, &self->row, &self->column);
        snprintf (self->type, sizeof self->type, "%s", type ? type : "n");
        self->style = style ? (unsigned)strtoul (style, NULL, 10) : 0;
        self->in_cell = true;
        self->has_formula = self->has_value = false;
        forget (self);
    } else if (!strcmp (name, "f"))
        self->has_formula = true;
    else if (!strcmp (name, "rPh"))
        self->in_phonetic = true;
    else if (self->in_cell && (!strcmp (name, "v") || !strcmp (name, "t")))
        self->in_value = self->has_value = !self->in_phonetic;
}

// The cell's text; the caller frees it.
static char *cell_text (reader_t *self)
{
    const char *value = collected (self);
    if (!strcmp (self->type, "s")) {
        char *end;
        unsigned long index = strtoul (value, &end, 10);
        return xstrdup (*value && !*end && index < self->n_strings ? self->strings[index] : "");
    }
    if (!strcmp (self->type, "b"))
        return xstrdup (!strcmp (value, "1") || !strcmp (value, "true") ? "có" : "không");
    if (!strcmp (self->type, "d"))
        return xmemdup (value, strcspn (value, "T"));
    if (!strcmp (self->type, "n")) {
        xlsx_format_t format = self->style < self->n_formats ? self->formats[self->style] : XLSX_NUMBER;
        return xlsx_number_text (value, format, self->epoch_1904);
    }
    return composed (self);
}

static void cell_done (reader_t *self)
{
    self->in_cell = false;
    if (!self->has_formula && !self->value.size)
        return;
    if (self->row >= XLSX_MAX_ROWS || self->column >= XLSX_MAX_COLUMNS) {
        too_much (self);
        return;
    }
    char *text = cell_text (self);
    // openpyxl leaves an empty value behind, where other programs have an empty text.
    bool counted = self->has_value && (self->value.size || !strcmp (self->type, "str"));
    grid_kind_t kind = !self->has_formula ? GRID_VALUE : counted ? GRID_FORMULA : GRID_UNCOUNTED;
    self->text_size += strlen (text);
    if (self->text_size > XLSX_MAX_TEXT)
        too_much (self);
    else
        grid_put (self->grid, self->row, self->column, text, !strcmp (self->type, "e") ? GRID_WRONG : kind);
    free (text);
}

static void cell_end (void *arg, const char *name)
{
    reader_t *self = arg;
    if (!strcmp (name, "c"))
        cell_done (self);
    else if (!strcmp (name, "rPh"))
        self->in_phonetic = false;
    else if (!strcmp (name, "v") || !strcmp (name, "t"))
        self->in_value = false;
}

// --- The whole -------------------------------------------------------------------------------------------------------------------

static const xlsx_handler_t RELATIONS = {relation_begin, NULL, NULL}, WORKBOOK = {workbook_begin, NULL, NULL},
                            STRINGS = {string_begin, string_end, value_text}, STYLES = {style_begin, style_end, NULL},
                            CELLS = {cell_begin, cell_end, value_text};

static int read_sheet (reader_t *self, size_t index, char **error_p)
{
    for (size_t i = 0; i < self->n_relations; i++) {
        if (strcmp (self->relations[i].id, self->ids[index]) != 0)
            continue;
        self->grid = grid_empty ();
        self->row = (size_t)-1;
        book_add (self->book, self->names[index], self->grid);
        return xlsx_parts_read (self->parts, self->relations[i].target, &CELLS, self, error_p);
    }
    return 0;  // a chart's sheet
}

static int read_all (reader_t *self, char **error_p)
{
    *error_p = NULL;
    if (!xlsx_parts_read (self->parts, "_rels/.rels", &RELATIONS, self, error_p) && self->workbook) {
        const char *slash = strrchr (self->workbook, '/'), *file = slash ? slash + 1 : self->workbook;
        char *relations = xasprintf ("%.*s_rels/%s.rels", (int)(file - self->workbook), self->workbook, file);
        int result = xlsx_parts_read (self->parts, relations, &RELATIONS, self, error_p);
        free (relations);
        if (!result)
            result = xlsx_parts_read (self->parts, self->workbook, &WORKBOOK, self, error_p);
        if (!result && self->strings_part && xlsx_parts_read (self->parts, self->strings_part, &STRINGS, self, error_p) && *error_p)
            return -1;
        if (!result && self->styles_part && xlsx_parts_read (self->parts, self->styles_part, &STYLES, self, error_p) && *error_p)
            return -1;
        for (size_t i = 0; !result && i < self->n_sheets; i++)
            result = read_sheet (self, i, error_p);
        if (!result && self->book->count)
            return 0;
    }
    if (!*error_p)
        *error_p = xstrdup (_ ("this is not an Excel workbook; in the spreadsheet program, save it as 'Excel Workbook (.xlsx)'"));
    return -1;
}

static void clear (reader_t *self)
{
    for (size_t i = 0; i < self->n_relations; i++) {
        free (self->relations[i].id);
        free (self->relations[i].target);
    }
    for (size_t i = 0; i < self->n_sheets; i++) {
        free (self->names[i]);
        free (self->ids[i]);
    }
    for (size_t i = 0; i < self->n_strings; i++)
        free (self->strings[i]);
    free (self->strings);
    free (self->workbook);
    free (self->strings_part);
    free (self->styles_part);
    free (self->value.text);
}

int xlsx_read (const void *data, size_t size, book_t *book, char **error_p)
{
    *book = (book_t){.workbook = true};
    xlsx_parts_t *parts = xlsx_parts_new (data, size, error_p);
    if (!parts)
        return -1;
    reader_t *self = xcalloc (1, sizeof *self);
    self->parts = parts;
    self->book = book;
    int result = read_all (self, error_p);
    clear (self);
    free (self);
    xlsx_parts_destroy (&parts);
    if (result)
        book_clear (book);
    return result;
}
