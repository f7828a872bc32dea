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

void xlsx_unescape (char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        unsigned code;
        int size = 0;
        if (sscanf (from, "_x%4x_%n", &code, &size) == 1 && size == 7) {
            from += size;
            if (code == '\n' || code == '\t' || (code >= ' ' && code < 0x7f))
                *to++ = (char)code;
            else if (code == '\r' && *from != '\n')
                *to++ = '\n';
        } else if (*from == '\r') {
            from++;
            if (*from != '\n')
                *to++ = '\n';
        } else
            *to++ = *from++;
    }
    *to = 0;
}
