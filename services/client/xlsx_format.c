#include "xlsx_format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/xmem.h"

xlsx_format_t xlsx_format_of (const char *code)
{
    bool quoted = false, bracketed = false;
    for (; *code; code++) {
        if (*code == '\\' && code[1])
            code++;
        else if (*code == '"')
            quoted = !quoted;
        else if (*code == '[' || *code == ']')
            bracketed = *code == '[';
        else if (!quoted && !bracketed && strchr ("dyDY", *code))
            return XLSX_DAY;
        else if (!quoted && !bracketed && *code == '%')
            return XLSX_PERCENT;
    }
    return XLSX_NUMBER;
}

xlsx_format_t xlsx_format_built_in (unsigned id)
{
    if (id == 9 || id == 10)
        return XLSX_PERCENT;
    return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || (id >= 50 && id <= 58) ? XLSX_DAY : XLSX_NUMBER;
}

// A day of the Gregorian calendar; the serial number counts from 1900 with a 29 February that never was, or from 1904.
static char *day_text (double serial)
{
    struct tm day;
    char text[16];
    time_t seconds = (time_t)((floor (serial) - 25569) * 86400);
    gmtime_r (&seconds, &day);
    strftime (text, sizeof text, "%Y-%m-%d", &day);
    return xstrdup (text);
}

char *xlsx_number_text (const char *value, xlsx_format_t format, bool epoch_1904)
{
    char text[64], *end;
    double number = strtod (value, &end);
    if (end == value || *end || !isfinite (number) || fabs (number) >= 1e18)
        return xstrdup (value);
    double serial = number + (epoch_1904 ? 1462 : 0);
    if (format == XLSX_DAY && serial >= 61 && serial < 2958466)
        return day_text (serial);
    if (format == XLSX_PERCENT)
        number *= 100;
    if (number == floor (number))
        snprintf (text, sizeof text, "%.0f", number);
    else  // 15 digits are what spreadsheet programs hold to be sure
        snprintf (text, sizeof text, "%.*f", fabs (number) < 1e9 ? 6 : 2, number);
    char *point = strchr (text, '.');
    if (point) {
        char *last = text + strlen (text);
        while (last[-1] == '0')
            *--last = 0;
        *(last[-1] == '.' ? last - 1 : point) = last[-1] == '.' ? 0 : ',';
    }
    return xstrdup (text);
}

// The character that _xHHHH_ stands for at the beginning of a text; -1: it does not begin so.
static long escaped (const char *text)
{
    return text[0] == '_' && text[1] == 'x' && strspn (text + 2, "0123456789abcdefABCDEF") == 4 && text[6] == '_'
               ? strtol (text + 2, NULL, 16)
               : -1;
}

void xlsx_unescape (char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        long code = escaped (from);
        if (code < 0)
            code = (unsigned char)*from++;
        else {
            from += 7;
            if (code != '\r' && code != '\n' && code != '\t' && (code < ' ' || code > '~'))
                continue;
        }
        if (code != '\r')
            *to++ = (char)code;
        else if (*from != '\n')
            *to++ = '\n';
    }
    *to = 0;
}
