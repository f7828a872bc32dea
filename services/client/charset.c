#include "charset.h"

#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "report/text.h"

// NUL-terminated UTF-8 from another encoding; NULL: there are bytes that it does not have.
static char *converted (const char *encoding, const char *data, size_t size)
{
    iconv_t converter = iconv_open ("UTF-8", encoding);
    if (converter == (iconv_t)-1)
        return NULL;
    size_t room = size * 4 + 16, left = room;
    char *text = xmalloc (room + 1), *to = text, *from = (char *)data;
    size_t failed = iconv (converter, &from, &size, &to, &left);
    if (failed != (size_t)-1)
        failed = iconv (converter, NULL, NULL, &to, &left);
    iconv_close (converter);
    *to = 0;
    if (failed == (size_t)-1 || strlen (text) != (size_t)(to - text)) {
        free (text);
        return NULL;
    }
    return text;
}

static char *composed (char *text)
{
    char *nfc = text ? text_to_nfc (text) : NULL;
    free (text);
    return nfc;
}

char *charset_text (const char *data, size_t size)
{
    static const char *const OFFICE[] = {"CP1258", "TCVN5712-1"}, *const WORDS[] = {"Kế hoạch (plan)", "Đơn vị (unit)",
                                                                                    "Nhiệm vụ (task)"};
    if (size >= 2 && (!memcmp (data, "\xFF\xFE", 2) || !memcmp (data, "\xFE\xFF", 2)))
        return composed (converted ("UTF-16", data, size));
    if (size >= 3 && !memcmp (data, "\xEF\xBB\xBF", 3)) {
        data += 3;
        size -= 3;
    }
    char *raw = xmemdup (data, size), *text = strlen (raw) == size ? text_to_nfc (raw) : NULL;
    free (raw);
    for (size_t i = 0; !text && i < sizeof OFFICE / sizeof *OFFICE; i++) {
        char *guess = composed (converted (OFFICE[i], data, size));
        bool known = false;
        for (size_t w = 0; guess && w < sizeof WORDS / sizeof *WORDS; w++)
            known = known || strstr (guess, WORDS[w]);
        if (known)
            text = guess;
        else
            free (guess);
    }
    return text;
}
