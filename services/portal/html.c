#include "html.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "common/xmem.h"

struct html {
    char *text;
    size_t size, room;
};

enum { FIRST_ROOM = 4096 };

html_t *html_new (void)
{
    html_t *self = xcalloc (1, sizeof *self);
    self->room = FIRST_ROOM;
    self->text = xmalloc (self->room);
    *self->text = '\0';
    return self;
}

void html_destroy (html_t **self_p)
{
    if (!*self_p)
        return;
    free ((*self_p)->text);
    free (*self_p);
    *self_p = NULL;
}

static void append (html_t *self, const char *text, size_t size)
{
    if (self->room - self->size <= size) {
        while (self->room - self->size <= size)
            self->room *= 2;
        self->text = xrealloc (self->text, self->room);
    }
    memcpy (self->text + self->size, text, size);
    self->size += size;
    self->text[self->size] = '\0';
}

static const char *reference (unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

// How many bytes the character takes; *good_p: it may stand in HTML (HTML, 13.1.4: no controls but white space, no noncharacters).
static size_t character (const uint8_t *text, size_t left, bool *good_p)
{
    ucs4_t c;
    int size = u8_mbtoucr (&c, text, left);
    *good_p = size > 0 && (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') && !(c >= 0x7f && c < 0xa0) &&
              !(c >= 0xfdd0 && c <= 0xfdef) && (c & 0xfffe) != 0xfffe;
    return size > 0 ? (size_t)size : 1;
}

static void append_escaped (html_t *self, const char *text)
{
    size_t left = text ? strlen (text) : 0, size;
    for (; left > 0; text += size, left -= size) {
        const char *instead = reference ((unsigned char)*text);
        bool good;
        size = character ((const uint8_t *)text, left, &good);
        if (!good)
            instead = "\xEF\xBF\xBD";
        append (self, instead ? instead : text, instead ? strlen (instead) : size);
    }
}

static void append_number (html_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
static void append_number (html_t *self, const char *format, ...)
{
    char text[32];
    va_list arguments;
    va_start (arguments, format);
    int size = vsnprintf (text, sizeof text, format, arguments);
    va_end (arguments);
    append (self, text, (size_t)size);
}

// The formats that are known, at p behind the percent sign; how many bytes the format has. What is not known is a mistake in the
// program, which its first test shows.
static size_t put_argument (html_t *self, const char *p, va_list *arguments)
{
    static const char *const FORMATS[] = {"s", "c", "d", "u", "ld", "lu", "lld", "llu", "zu", "%"};
    size_t i = 0, count = sizeof FORMATS / sizeof *FORMATS;
    while (i < count && strncmp (p, FORMATS[i], strlen (FORMATS[i])) != 0)
        i++;
    switch (i) {
    case 0:
        append_escaped (self, va_arg (*arguments, const char *));
        break;
    case 1:
        append_escaped (self, (char[]){(char)va_arg (*arguments, int), '\0'});
        break;
    case 2:
        append_number (self, "%d", va_arg (*arguments, int));
        break;
    case 3:
        append_number (self, "%u", va_arg (*arguments, unsigned));
        break;
    case 4:
        append_number (self, "%ld", va_arg (*arguments, long));
        break;
    case 5:
        append_number (self, "%lu", va_arg (*arguments, unsigned long));
        break;
    case 6:
        append_number (self, "%lld", va_arg (*arguments, long long));
        break;
    case 7:
        append_number (self, "%llu", va_arg (*arguments, unsigned long long));
        break;
    case 8:
        append_number (self, "%zu", va_arg (*arguments, size_t));
        break;
    case 9:
        append (self, "%", 1);
        break;
    default:
        abort ();
    }
    return strlen (FORMATS[i]);
}

void html_put (html_t *self, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    for (const char *p = format; *p;) {
        size_t plain = strcspn (p, "%");
        append (self, p, plain);
        p += plain;
        if (*p)
            p += 1 + put_argument (self, p + 1, &arguments);
    }
    va_end (arguments);
}

void html_put_segment (html_t *self, const char *text)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; text && *text; text++)
        if (strchr (PLAIN, *text))
            append (self, text, 1);
        else
            append_number (self, "%%%02X", (unsigned char)*text);
}

void html_part (html_t *self, const html_t *other)
{
    append (self, other->text, other->size);
}

const char *html_text (const html_t *self, size_t *size_p)
{
    if (size_p)
        *size_p = self->size;
    return self->text;
}

char *html_take (html_t **self_p, size_t *size_p)
{
    char *text = (*self_p)->text;
    if (size_p)
        *size_p = (*self_p)->size;
    free (*self_p);
    *self_p = NULL;
    return text;
}
