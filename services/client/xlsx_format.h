// What the numbers and texts of a workbook's cells mean. Pure.
#pragma once

#include <stdbool.h>

typedef enum { XLSX_NUMBER, XLSX_DAY, XLSX_PERCENT } xlsx_format_t;

// What a format code makes of a number; quoted text and what stands in brackets, such as [Red], does not count.
xlsx_format_t xlsx_format_of (const char *code);

// Of the formats that have no code in the file (ECMA-376 part 1, 18.8.30).
xlsx_format_t xlsx_format_built_in (unsigned id);

// The number of a cell as an officer would type it: with a decimal comma and without groups, per cent as such, a day as YYYY-MM-DD,
// counted from 1900 or 1904. What is no number stays as it is. The caller frees it.
char *xlsx_number_text (const char *value, xlsx_format_t format, bool epoch_1904);

// _x000D_ stands for a character that XML cannot hold (ECMA-376 part 1, 22.9.2.19). In place; line ends become LF.
void xlsx_unescape (char *text);
