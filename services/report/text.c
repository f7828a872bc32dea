#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "common/xmem.h"
#include "limits.h"

static bool is_control (ucs4_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
}

// Characters that nobody sees, and that change what others look like or how they are found: zero-width ones, fillers and tags, those
// that turn the direction of the text, and breaks that only some programs know. A long text holds them only by accident (a copy from a web page) or to deceive.
static bool is_hidden (ucs4_t c)
{
    static const struct {
        ucs4_t first, last;
    } RANGES[] = {{0xad, 0xad},     {0x61c, 0x61c},   {0x115f, 0x1160}, {0x180e, 0x180e},  {0x200b, 0x200f},
                  {0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xe0000, 0xe007f}};
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES && c >= RANGES[i].first; i++)
        if (c <= RANGES[i].last)
            return true;
    return false;
}

// Line and paragraph separators, and format characters: they change the direction of what is seen, or are not seen at all.
static bool is_line_fault (ucs4_t c)
{
    return c == '\n' || c == '\t' || is_hidden (c) ||
           (c >= 0xa0 && uc_is_general_category_withtable (c, UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp));
}

// Characters that are in form C whatever stands beside them. The ranges (Unicode 15, NFC_Quick_Check and combining class) cover
// Vietnamese and nearly every report, which spares the full normalisation.
static bool is_surely_nfc (ucs4_t c)
{
    return c < 0x300 || (c >= 0x1e00 && c < 0x1f00) || (c >= 0x2002 && c < 0x20d0);
}

static bool is_nfc (const char *text, size_t size)
{
    size_t length = 0;
    uint8_t *normal = u8_normalize (UNINORM_NFC, (const uint8_t *)text, size, NULL, &length);
    bool same = normal && length == size && memcmp (normal, text, size) == 0;
    free (normal);
    return same;
}

static text_fault_t check (const char *text, size_t max, bool line)
{
    const uint8_t *next = (const uint8_t *)text, *end = next + strlen (text);
    size_t characters = 0;
    bool blank = true, control = false, not_line = false, surely_nfc = true;
    while (next < end) {
        ucs4_t c = *next;
        int size = c < 0x80 ? 1 : u8_mbtoucr (&c, next, (size_t)(end - next));
        if (size <= 0)
            return TEXT_NOT_UTF8;
        next += size;
        characters++;
        control |= is_control (c) || (!line && is_hidden (c));
        not_line |= line && is_line_fault (c);
        surely_nfc &= is_surely_nfc (c);
        if (blank)
            blank = uc_is_property_white_space (c);
    }
    if (control)
        return TEXT_CONTROL;
    if (not_line)
        return TEXT_NOT_LINE;
    if (blank)
        return TEXT_EMPTY;
    if (characters > max)
        return TEXT_TOO_LONG;
    return surely_nfc || is_nfc (text, strlen (text)) ? TEXT_OK : TEXT_NOT_NFC;
}

text_fault_t text_check (const char *text, size_t max)
{
    return check (text, max, false);
}

text_fault_t text_check_line (const char *text, size_t max)
{
    return check (text, max, true);
}

bool text_is_code (const char *text)
{
    size_t size = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-");
    return size >= 1 && size <= REPORT_MAX_CODE && text[size] == 0;
}

static int digits (const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool text_is_date (const char *text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen (text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    int year = digits (text, 4), month = digits (text + 5, 2), day = digits (text + 8, 2);
    if (year < 1 || month < 1 || month > 12)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

bool text_is_decimal (const char *text)
{
    text += *text == '-';
    size_t whole = strspn (text, "0123456789");
    if (whole < 1 || whole > 15)
        return false;
    text += whole;
    if (!*text)
        return true;
    size_t fraction = *text == '.' ? strspn (text + 1, "0123456789") : 0;
    return fraction >= 1 && fraction <= 6 && !text[1 + fraction];
}

// A copy without the hidden characters of a text that is UTF-8; the caller frees it.
static uint8_t *without_hidden (const char *text)
{
    const uint8_t *next = (const uint8_t *)text;
    uint8_t *plain = xmalloc (strlen (text) + 1), *to = plain;
    ucs4_t c;
    for (int size; (size = u8_strmbtouc (&c, next)) > 0; next += size)
        if (c == 0x2028 || c == 0x2029)  // else what stands before and behind it would be one word
            *to++ = '\n';
        else if (!is_hidden (c)) {
            memcpy (to, next, (size_t)size);
            to += size;
        }
    *to = 0;
    return plain;
}

char *text_to_nfc (const char *text)
{
    size_t length = 0;
    if (u8_check ((const uint8_t *)text, strlen (text)))
        return NULL;
    uint8_t *plain = without_hidden (text);  // first, since a character hidden between letter and accent keeps them apart
    uint8_t *normal = u8_normalize (UNINORM_NFC, plain, strlen ((const char *)plain) + 1, NULL, &length);
    free (plain);
    return (char *)normal;
}

static const char UNREADABLE[] = "\xef\xbf\xbd";

size_t text_disarm (const char *text, size_t size, char *out, size_t *taken_p)
{
    const uint8_t *next = (const uint8_t *)text, *end = next + size;
    char *to = out;
    while (next < end) {
        ucs4_t c;
        int taken = u8_mbtoucr (&c, next, (size_t)(end - next));
        if (taken == -2)
            break;
        bool harmless = taken > 0 && !is_control (c) && !uc_is_property_bidi_control (c);
        const char *part = harmless ? (const char *)next : UNREADABLE;
        size_t part_size = harmless ? (size_t)taken : taken > 0 && c == '\r' ? 0 : sizeof UNREADABLE - 1;
        memcpy (to, part, part_size);
        to += part_size;
        next += taken > 0 ? taken : 1;
    }
    *taken_p = size - (size_t)(end - next);
    return (size_t)(to - out);
}

void text_excerpt (const char *text, char *excerpt, size_t size)
{
    static const char more[] = "…";
    const uint8_t *next = (const uint8_t *)text, *end = next + strnlen (text, size * 4);
    size_t length = 0;
    while (next < end) {
        ucs4_t c;
        int taken = u8_mbtoucr (&c, next, (size_t)(end - next));
        bool readable = taken > 0 && !is_control (c) && !is_line_fault (c);
        const char *part = readable ? (const char *)next : taken > 0 && c < 0x20 ? " " : UNREADABLE;
        size_t part_size = readable ? (size_t)taken : strlen (part);
        if (length + part_size + sizeof more > size) {
            length += (size_t)snprintf (excerpt + length, size - length, "%s", more);
            break;
        }
        memcpy (excerpt + length, part, part_size);
        length += part_size;
        next += taken > 0 ? taken : 1;
    }
    excerpt[length] = 0;
}
