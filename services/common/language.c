#include "language.h"

#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t *messages;  // NULL: English

static bool environment_is_vietnamese (void)
{
    static const char *const NAMES[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv (NAMES[i]);
        if (value && *value)
            return !strncmp (value, "vi", 2);
    }
    return false;
}

// Output is UTF-8 whatever the locale.
bool bc_language_choose (const uint8_t *catalogue, const char *option)
{
    bool vietnamese = option ? !strcmp (option, "vi") : environment_is_vietnamese ();
    setenv ("LANGUAGE", vietnamese ? "vi" : "en", 1);  // for the messages of the C library
    setlocale (LC_CTYPE, "C.UTF-8");
    setlocale (LC_MESSAGES, "C.UTF-8");
    messages = vietnamese ? catalogue : NULL;
    return vietnamese;
}

void bc_language_speak (const uint8_t *catalogue)
{
    messages = catalogue;
}

static uint32_t number (const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

// The text of that index in a table of lengths and offsets.
static const char *entry (uint32_t table, uint32_t index)
{
    return (const char *)messages + number (messages + table + 8 * index + 4);
}

// A little-endian .mo file as msgfmt writes it (GNU gettext manual, "MO Files"): behind the magic number and the revision stand the
// number of texts and the places of two tables, the originals in the order of strcmp and the translations. NULL: not there.
static const char *find (const char *english)
{
    uint32_t first = 0, end = messages && *english ? number (messages + 8) : 0;  // the empty text is the catalogue's heading
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        int order = strcmp (english, entry (number (messages + 12), middle));
        if (order == 0)
            return entry (number (messages + 16), middle);
        if (order < 0)
            end = middle;
        else
            first = middle + 1;
    }
    return NULL;
}

const char *bc_text (const char *english)
{
    const char *translation = find (english);
    return translation ? translation : english;
}

// Vietnamese has one form for all numbers.
const char *bc_text_count (const char *one, const char *many, unsigned long count)
{
    const char *translation = find (one);
    return translation ? translation : count == 1 ? one : many;
}
