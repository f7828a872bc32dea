// The language of a command's messages: Vietnamese or English. The source is English; the Vietnamese is the room's vi.po, which the
// program carries within itself as a gettext catalogue (.mo), so that it speaks Vietnamese wherever the file alone is put.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Takes the messages of a catalogue, which stays borrowed: option is what --lang says (NULL: the environment says, in the order of
// gettext: LANGUAGE, LC_ALL, LC_MESSAGES, LANG; the locale need not be installed). True: Vietnamese.
bool bc_language_choose (const uint8_t *catalogue, const char *option);

// From here on bc_text speaks the language of that catalogue, which stays borrowed; NULL: English. For a service that answers in both.
void bc_language_speak (const uint8_t *catalogue);

// The text in that language; the text itself while none was chosen, or when the catalogue does not have it.
const char *bc_text (const char *english) __attribute__ ((format_arg (1)));

// The same of a text that speaks of count things.
const char *bc_text_count (const char *one, const char *many, unsigned long count) __attribute__ ((format_arg (1), format_arg (2)));

// The names that xgettext knows.
#define _(text) bc_text (text)
#define N_(text) text
#define ngettext(one, many, count) bc_text_count (one, many, count)
