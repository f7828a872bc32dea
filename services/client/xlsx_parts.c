#include "xlsx_parts.h"

#include <expat.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "common/xmem.h"
#include "client.h"

enum { ATTRIBUTES_MAX = 64, NAMESPACE_MARK = '|' };

struct xlsx_parts {
    zip_t *archive;
    uint64_t inflated;
    // Of the part that is being read:
    XML_Parser parser;
    const xlsx_handler_t *handler;
    void *arg;
    int depth;
    char *reason;
};

xlsx_parts_t *xlsx_parts_new (const void *data, size_t size, char **error_p)
{
    zip_error_t error;
    zip_error_init (&error);
    zip_source_t *source = zip_source_buffer_create (data, size, 0, &error);
    zip_t *archive = source ? zip_open_from_source (source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : NULL;
    zip_error_fini (&error);
    if (!archive) {
        zip_source_free (source);
        *error_p =
            xstrdup (_ ("the workbook is damaged or was not copied whole; open it in the spreadsheet program, save it again as "
                        ".xlsx, and try that file"));
        return NULL;
    }
    if (zip_get_num_entries (archive, 0) > XLSX_MAX_ENTRIES) {
        zip_discard (archive);
        *error_p = xstrdup (_ ("the workbook holds far more than a report needs; copy the figures into a new template"));
        return NULL;
    }
    xlsx_parts_t *self = xcalloc (1, sizeof *self);
    self->archive = archive;
    return self;
}

void xlsx_parts_destroy (xlsx_parts_t **self_p)
{
    if (*self_p)
        zip_discard ((*self_p)->archive);
    free (*self_p);
    *self_p = NULL;
}

void xlsx_parts_stop (xlsx_parts_t *self, char *reason)
{
    if (self->reason)
        free (reason);
    else
        self->reason = reason;
    XML_StopParser (self->parser, XML_FALSE);
}

static const char *local_name (const char *name)
{
    const char *mark = strrchr (name, NAMESPACE_MARK);
    return mark ? mark + 1 : name;
}

const char *xlsx_attribute (const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (!strcmp (*attributes, name))
            return attributes[1];
    return NULL;
}

static void XMLCALL on_begin (void *arg, const char *name, const char **attributes)
{
    xlsx_parts_t *self = arg;
    const char *local[2 * ATTRIBUTES_MAX + 1];
    size_t count = 0;
    for (; attributes[count] && count < 2 * ATTRIBUTES_MAX; count++)
        local[count] = count % 2 ? attributes[count] : local_name (attributes[count]);
    local[count] = NULL;
    if (++self->depth > XLSX_MAX_DEPTH)
        xlsx_parts_stop (self, xstrdup (_ ("the workbook's parts are nested too deeply; make a new template")));
    else if (self->handler->begin && !self->reason)
        self->handler->begin (self->arg, local_name (name), local);
}

static void XMLCALL on_end (void *arg, const char *name)
{
    xlsx_parts_t *self = arg;
    self->depth--;
    if (self->handler->end && !self->reason)
        self->handler->end (self->arg, local_name (name));
}

static void XMLCALL on_text (void *arg, const char *text, int size)
{
    xlsx_parts_t *self = arg;
    if (self->handler->text && !self->reason)
        self->handler->text (self->arg, text, size);
}

// No spreadsheet program declares a document type; entities begin there.
static void XMLCALL on_doctype (void *arg, const char *name, const char *system, const char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    xlsx_parts_stop (arg,
                     xstrdup (_ ("the workbook declares a document type, which no spreadsheet program does; make a new template")));
}

static XML_Parser new_parser (xlsx_parts_t *self)
{
    XML_Parser parser = XML_ParserCreateNS (NULL, NAMESPACE_MARK);
    if (!parser)
        abort ();
    XML_SetUserData (parser, self);
    XML_SetElementHandler (parser, on_begin, on_end);
    XML_SetCharacterDataHandler (parser, on_text);
    XML_SetStartDoctypeDeclHandler (parser, on_doctype);
    return parser;
}

// Inflates one buffer and parses it: 1 when there is more, 0 at the end, -1 on failure.
static int read_some (xlsx_parts_t *self, zip_file_t *file, const zip_stat_t *stat, uint64_t *size_p)
{
    zip_int64_t size;
    void *buffer = XML_GetBuffer (self->parser, 1 << 15);
    if (!buffer || (size = zip_fread (file, buffer, 1 << 15)) < 0)
        return -1;
    self->inflated += (uint64_t)size;
    *size_p += (uint64_t)size;
    if (self->inflated > XLSX_MAX_INFLATED || (*size_p > XLSX_RATIO_FREE && *size_p / XLSX_MAX_RATIO > stat->comp_size)) {
        xlsx_parts_stop (self,
                         xstrdup (_ ("the workbook holds far more than a report needs; copy the figures into a new template")));
        return -1;
    }
    if (XML_ParseBuffer (self->parser, (int)size, size == 0) != XML_STATUS_OK)
        return -1;
    return size > 0;
}

int xlsx_parts_read (xlsx_parts_t *self, const char *name, const xlsx_handler_t *handler, void *arg, char **error_p)
{
    zip_stat_t stat;
    uint64_t size = 0;
    int result;
    *error_p = NULL;
    if (zip_stat (self->archive, name, 0, &stat))
        return -1;
    zip_file_t *file = zip_fopen (self->archive, name, 0);
    self->handler = handler;
    self->arg = arg;
    self->depth = 0;
    self->reason = NULL;
    self->parser = new_parser (self);
    while ((result = file ? read_some (self, file, &stat, &size) : -1) > 0)
        ;
    XML_ParserFree (self->parser);
    if (file)
        zip_fclose (file);
    if (result || self->reason)
        *error_p = self->reason
                       ? self->reason
                       : xasprintf (_ ("the workbook is damaged (%s); open it in the spreadsheet program, save it again as "
                                       ".xlsx, and try that file"),
                                    name);
    return *error_p ? -1 : 0;
}
