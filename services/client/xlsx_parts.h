// The parts of a workbook file (ECMA-376 part 2: XML parts in a ZIP archive), parsed as they are inflated and never held whole. What an
// honest spreadsheet program does not write is refused: it could be an attack, or would take more memory than it is worth.
#pragma once

#include <stddef.h>

enum {
    XLSX_MAX_ENTRIES = 2000,       // files in the archive
    XLSX_MAX_INFLATED = 64 << 20,  // bytes, of all parts that are read
    XLSX_MAX_RATIO = 250,          // inflated bytes for each one in the archive, of a part of more than XLSX_RATIO_FREE
    XLSX_RATIO_FREE = 1 << 20,
    XLSX_MAX_DEPTH = 64,  // of elements within one another
};

typedef struct xlsx_parts xlsx_parts_t;

// What is met in a part. Names come without their namespace; attributes as in expat (name, value, ..., NULL), names likewise.
typedef struct {
    void (*begin) (void *arg, const char *name, const char **attributes);
    void (*end) (void *arg, const char *name);
    void (*text) (void *arg, const char *text, int size);  // in pieces
} xlsx_handler_t;

// The bytes are borrowed. NULL: *error_p says why in the user's language; the caller frees it.
xlsx_parts_t *xlsx_parts_new (const void *data, size_t size, char **error_p);
void xlsx_parts_destroy (xlsx_parts_t **self_p);

// Parses one part, named without a leading "/". 0; or -1: it is not there (*error_p is NULL), or refused.
int xlsx_parts_read (xlsx_parts_t *self, const char *name, const xlsx_handler_t *handler, void *arg, char **error_p);

// Called within a handler: nothing more is read, and the reason, which it takes over, is given out as the error.
void xlsx_parts_stop (xlsx_parts_t *self, char *reason);

const char *xlsx_attribute (const char **attributes, const char *name);  // NULL: not there
