// Reads a workbook (Office Open XML, ECMA-376 part 1: .xlsx) as officers' programs save it: Excel, LibreOffice, gnumeric, openpyxl.
//
// Every cell becomes the text that an officer would write for it: a number with a decimal comma and without groups (1234567,5), a
// number in a per cent format as its per cent (60), a day as YYYY-MM-DD, yes and no as có and không; rich text without its looks;
// a formula as the result that was saved. Of merged cells the value stands in the first. All else (drawings, comments, macros,
// links) is not even looked at.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "grid.h"

enum {
    XLSX_MAX_SHEETS = 64,
    XLSX_MAX_ROWS = 5000,  // with something in them, and their numbers
    XLSX_MAX_COLUMNS = 256,
    XLSX_MAX_STRINGS = 100000,
    XLSX_MAX_TEXT = 32 << 20,  // bytes of all texts of cells
};

// Is it an archive, so that only xlsx_read can say more?
bool xlsx_is_archive (const void *data, size_t size);

// Is it a file of the older Excel (.xls), or a workbook behind a password?
bool xlsx_is_compound (const void *data, size_t size);

// 0, and the sheets, hidden ones too, in the workbook's order (book_clear); or -1: *error_p says why, with the remedy, in the user's
// language; the caller frees it.
int xlsx_read (const void *data, size_t size, book_t *book, char **error_p);
