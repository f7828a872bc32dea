// Where in an officer's file the parts of a report stand: "entries[3].progress_percent" is cell E14 of sheet "Nhiệm vụ".
#pragma once

#include <stddef.h>

typedef struct places places_t;

typedef struct {
    const char *sheet;  // "": the file is one table and has no sheets
    char cell[32];      // "E14"
} place_t;

places_t *places_new (void);
void places_destroy (places_t **self_p);

// All of them as text, to be kept, and back from it, which is cut to pieces. The text is borrowed until the next place is added.
const char *places_list (places_t *self);
places_t *places_from_list (char *list);

// row and column count from 0. Of a path that is added twice the first place stays.
void places_add (places_t *self, const char *path, const char *sheet, size_t row, size_t column);

// Both paths have the cell of the first one, if that is known and the second one's is not.
void places_share (places_t *self, const char *path, const char *other);

// The cell of a path, or of the nearest part of the report around it; NULL: none is known. Borrowed.
const place_t *places_find (const places_t *self, const char *path);

// `Sheet "Nhiệm vụ", cell E14` or `Cell E14`, in the user's language; the caller frees it.
char *places_text (const place_t *place);
