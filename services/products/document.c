#include "document.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>
#include <unistr.h>

#include "common/xmem.h"

extern const unsigned char products_document[];  // document.fodt, with a NUL byte behind it

struct document {
    char *content;
    size_t size;
    FILE *stream;
};

document_t *document_new (void)
{
    document_t *self = xcalloc (1, sizeof *self);
    self->stream = open_memstream (&self->content, &self->size);
    if (!self->stream)
        abort ();  // there is no memory
    fputs ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", self->stream);
    return self;
}

void document_destroy (document_t **self_p)
{
    document_t *self = *self_p;
    if (!self)
        return;
    fclose (self->stream);
    free (self->content);
    free (self);
    *self_p = NULL;
}

const char *document_content (document_t *self, size_t *size_p)
{
    fflush (self->stream);
    *size_p = self->size;
    return self->content;
}

// --- Texts -----------------------------------------------------------------------------------------------------------------------

// What XML 1.0 can hold (its production 2), less what would turn the direction of the text around it.
static bool is_fit (ucs4_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n';
    return c != 0x7f && !(c >= 0x80 && c < 0xa0) && c != 0xfffe && c != 0xffff && !(c >= 0x202a && c <= 0x202e) &&
           !(c >= 0x2066 && c <= 0x2069);
}

// ODF takes a row of spaces for one, and line feeds and tabs for spaces, unless they are elements (OpenDocument 1.3, 6.1.2).
static void put_character (FILE *out, const uint8_t *at, int length, bool after_space)
{
    switch (*at) {
    case '&':
        fputs ("&amp;", out);
        break;
    case '<':
        fputs ("&lt;", out);
        break;
    case '>':
        fputs ("&gt;", out);
        break;
    case '"':
        fputs ("&quot;", out);
        break;
    case '\n':
        fputs ("<text:line-break/>", out);
        break;
    case '\t':
        fputs ("<text:tab/>", out);
        break;
    case ' ':
        fputs (after_space ? "<text:s/>" : " ", out);
        break;
    default:
        fwrite (at, 1, (size_t)length, out);
    }
}

static void put_text (FILE *out, const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    bool after_space = true;
    while (*at) {
        ucs4_t c;
        int length = u8_mbtouc (&c, at, strlen ((const char *)at) < 4 ? strlen ((const char *)at) : 4);
        if (is_fit (c) && (c != 0xfffd || strncmp ((const char *)at, "\uFFFD", 3) == 0))  // what is not UTF-8 gives U+FFFD, too
            put_character (out, at, length, after_space);
        after_space = c == ' ' || c == '\n' || c == '\t';
        at += length;
    }
}

// --- Pieces ----------------------------------------------------------------------------------------------------------------------

#define MARK "<!-- piece "

// Where a piece begins in the template, and where it ends.
static const char *find_piece (const char *name, const char **end_p)
{
    const char *at = (const char *)products_document;
    size_t length = strlen (name);
    while ((at = strstr (at, MARK))) {
        at += sizeof MARK - 1;
        if (strncmp (at, name, length) == 0 && strncmp (at + length, " -->", 4) == 0)
            break;
    }
    assert (at && "a piece of the template");
    at += length + 4;
    const char *next = strstr (at, MARK);
    *end_p = next ? next : at + strlen (at);
    return at;
}

// The text behind a place's name in a row of pairs.
static const char *find_text (const char *const *pairs, const char *name, size_t length)
{
    for (; *pairs; pairs += 2)
        if (strncmp (*pairs, name, length) == 0 && !(*pairs)[length] && pairs[1])
            return pairs[1];
    assert (!"a text for each place");
    return "";
}

void document_put_texts (document_t *self, const char *const *texts)
{
    const char *end, *at = find_piece (*texts, &end), *open;
    while ((open = memchr (at, '{', (size_t)(end - at)))) {
        const char *close = strchr (open, '}');
        fwrite (at, 1, (size_t)(open - at), self->stream);
        put_text (self->stream, find_text (texts + 1, open + 1, (size_t)(close - open - 1)));
        at = close + 1;
    }
    fwrite (at, 1, (size_t)(end - at), self->stream);
}

void document_paragraphs (document_t *self, const char *piece, const char *before, const char *text)
{
    while (*text) {
        size_t length = strcspn (text, "\n");
        if (strspn (text, " \t\r") < length) {
            char *line = xasprintf ("%s%.*s", before, (int)length, text);
            document_put (self, piece, "text", line);
            free (line);
            before = "";
        }
        text += length + (text[length] == '\n');
    }
}

// --- Widths ----------------------------------------------------------------------------------------------------------------------

// Advance widths of Times Bold from space to tilde, in thousandths of the type's size (its Adobe font metrics). Times New Roman and
// Liberation Serif have the same.
static const short WIDTHS[] = {
    250, 333, 555, 500, 500, 1000, 833, 278,  333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500, 500,
    500, 500, 333, 333, 570, 570,  570, 500,  930, 722, 667, 722, 722, 667, 611, 778, 778, 389, 500, 778, 667, 944, 722, 778,
    611, 778, 722, 556, 667, 722,  722, 1000, 722, 722, 667, 333, 278, 333, 581, 500, 333, 500, 556, 444, 556, 444, 333, 500,
    556, 278, 333, 556, 278, 833,  556, 500,  556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394, 220, 394, 520,
};

// A letter is as wide as what is left of it without its accents.
static int character_width (ucs4_t c)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    while (uc_canonical_decomposition (c, parts) > 0)
        c = *parts;
    if (c == 0x110 || c == 0x111)  // Đ, đ
        c = c == 0x110 ? 'D' : 'd';
    return c >= ' ' && c <= '~' ? WIDTHS[c - ' '] : 500;
}

double document_width (const char *text, double points)
{
    int width = 0;
    ucs4_t c;
    for (const uint8_t *at = (const uint8_t *)text; (at = u8_next (&c, at));)
        width += character_width (c);
    return width / 1000.0 * points * 2.54 / 72;
}
