// Is a text what a report may hold? Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    TEXT_OK,
    TEXT_EMPTY,  // no character, or white space only
    TEXT_TOO_LONG,
    TEXT_NOT_UTF8,
    TEXT_NOT_NFC,   // not in Unicode normalisation form C
    TEXT_CONTROL,   // a control character other than line feed and tab; in a long text also a hidden one: U+00AD, U+061C,
                    // U+115F-1160, U+180E, U+200B-200F, U+2028-202E, U+2066-2069, U+FEFF, U+E0000-E007F
    TEXT_NOT_LINE,  // of a line only: a line break, a tab, or a character that is not seen itself
} text_fault_t;

// The first fault of a NUL-terminated text, in the order not UTF-8, control, not a line, empty, too long, not NFC; max is in code
// points. A line is what people recognise by its look, such as a name: report.proto.
text_fault_t text_check (const char *text, size_t max);
text_fault_t text_check_line (const char *text, size_t max);

// Is it a code: 1 to 64 bytes of [A-Za-z0-9/._-]?
bool text_is_code (const char *text);

// A real calendar date YYYY-MM-DD?
bool text_is_date (const char *text);

// A decimal as report.proto has it: -?[0-9]{1,15}(\.[0-9]{1,6})?
bool text_is_decimal (const char *text);

// The text in normalisation form C and without hidden characters (TEXT_CONTROL), U+2028 and U+2029 being line feeds, in fresh memory that the caller frees; NULL when it
// is not UTF-8.
char *text_to_nfc (const char *text);

// Copies bytes that a terminal is about to show, so that they can neither steer it nor turn the direction of its text: what would
// becomes U+FFFD, as does what is not UTF-8; line feeds and tabs stay, carriage returns go. out has room for 3 * size bytes. Returns
// how many are written; *taken_p is size, or less when the last character is not whole.
size_t text_disarm (const char *text, size_t size, char *out, size_t *taken_p);

// Copies the beginning of any bytes into a buffer of size bytes (at least 8), so that they can be quoted in a message: on one line,
// valid UTF-8, U+FFFD for what is unreadable, "…" for what is cut off.
void text_excerpt (const char *text, char *excerpt, size_t size);
