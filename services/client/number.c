#include "number.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Copies text without what may stand behind a number, and with every kind of space as ' '. 0, or -1 when it is too long.
static int prepare (const char *text, char *copy, size_t size)
{
    static const char *const UNITS[] = {"%", "đồng", "đ", "₫", "vnđ", "VNĐ", "VND"};
    static const char *const SPACES[] = {"\u00A0", "\u202F", "\u2009"};
    size_t used = 0;
    while (*text && used + 1 < size) {
        size_t skip = 0;
        for (size_t i = 0; i < sizeof SPACES / sizeof *SPACES && !skip; i++)
            skip = !strncmp (text, SPACES[i], strlen (SPACES[i])) ? strlen (SPACES[i]) : 0;
        copy[used++] = skip ? ' ' : *text;
        text += skip ? skip : 1;
    }
    copy[used] = 0;
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        size_t unit = strlen (UNITS[i]);
        if (used > unit && !strcasecmp (copy + used - unit, UNITS[i])) {
            copy[used -= unit] = 0;
            break;
        }
    }
    while (used && copy[used - 1] == ' ')
        copy[--used] = 0;
    return *text ? -1 : 0;
}

// Takes the group marks out of 1.234.567 (or 1 234 567). -1 when the groups are not of three digits.
static int ungroup (char *digits)
{
    char mark = strchr (digits, '.') ? '.' : ' ';
    if (!strchr (digits, mark))
        return 0;
    char *to = digits, *from = digits;
    for (int group = 0;; group++) {
        size_t size = strspn (from, "0123456789");
        if (group ? size != 3 : size < 1 || size > 3)
            return -1;
        memmove (to, from, size);
        to += size;
        from += size;
        if (*from != mark)
            break;
        from++;
    }
    if (*from)
        return -1;
    *to = 0;
    return 0;
}

int number_whole (const char *text, int64_t *value_p)
{
    char copy[64], *digits = copy;
    if (prepare (text, copy, sizeof copy))
        return -1;
    bool negative = *digits == '-';
    if (negative || *digits == '+')
        digits++;
    char *comma = strchr (digits, ',');
    if (comma && comma[1] && comma[1 + strspn (comma + 1, "0")] == 0 && strlen (comma + 1) <= 2)
        *comma = 0;
    if (ungroup (digits) || !*digits || digits[strspn (digits, "0123456789")])
        return -1;
    errno = 0;
    *value_p = strtoll (digits, NULL, 10);
    if (negative)
        *value_p = -*value_p;
    return errno ? -1 : 0;
}

int number_decimal (const char *text, char decimal[NUMBER_DECIMAL_TEXT])
{
    char copy[64];
    if (prepare (text, copy, sizeof copy))
        return -1;
    char *comma = strchr (copy, ','), *point = strchr (copy, '.'), *digits = copy + (*copy == '-');
    bool grouped = strchr (digits, ' ') || (point && (strchr (point + 1, '.') || (comma && comma > point)));
    if (grouped && comma)
        *comma = 0;
    size_t size = strlen (digits);
    if (!grouped && point && !comma && size >= 5 && size <= 7 && strlen (point) == 4 && *digits != '0')
        return -1;
    if (grouped && ungroup (digits))
        return -1;
    if (grouped && comma) {
        size = strlen (digits);
        memmove (digits + size + 1, comma + 1, strlen (comma + 1) + 1);
        digits[size] = ',';
    }
    const char *at = digits;
    size_t whole = strspn (at, "0123456789");
    if (whole < 1 || whole > 15)
        return -1;
    if (at[whole]) {
        size_t fraction = strspn (at + whole + 1, "0123456789");
        if ((at[whole] != '.' && at[whole] != ',') || fraction < 1 || fraction > 6 || at[whole + 1 + fraction])
            return -1;
    }
    memcpy (decimal, copy, strlen (copy) + 1);  // at most a sign, 15 digits, a mark and 6 digits
    comma = strchr (decimal, ',');
    if (comma)
        *comma = '.';
    return 0;
}
