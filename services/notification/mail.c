// Composing mail. Bodies are base64, so no line of theirs can look like a boundary or a lone dot.
#include "mail.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/xmem.h"

enum {
    LINE_MAX_HEADER = 76,  // of a header that is not encoded
    WORD_BYTES = 39,       // in an encoded word: 64 characters, so that the longest header name fits before it
    BODY_BYTES = 57,       // in a line of a body: 76 characters
    LINE_TEXT = 80,
};

static const char BOUNDARY[] = "=_baocao";  // base64 has no "_"

// --- Headers ---------------------------------------------------------------------------------------------------------------------

// A header's text is one line: control characters become blanks. The caller frees it.
static char *one_line (const char *text)
{
    char *line = xstrdup (text);
    for (char *c = line; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    return line;
}

static bool is_plain (const char *text)
{
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c > '~')
            return false;
    return !strstr (text, "=?");
}

// How many bytes of the text go into one encoded word: whole characters only.
static size_t word_size (const char *text)
{
    size_t size = strlen (text);
    if (size <= WORD_BYTES)
        return size;
    size = WORD_BYTES;
    while (size > 1 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size--;
    return size;
}

static void write_words (FILE *out, const char *text)
{
    char word[LINE_TEXT];
    for (bool first = true; first || *text; first = false) {
        size_t size = word_size (text);
        sodium_bin2base64 (word, sizeof word, (const unsigned char *)text, size, sodium_base64_VARIANT_ORIGINAL);
        fprintf (out, "%s=?UTF-8?B?%s?=", first ? "" : "\r\n ", word);
        text += size;
    }
}

static void write_header (FILE *out, const char *name, const char *text)
{
    char *line = one_line (text);
    fprintf (out, "%s: ", name);
    if (is_plain (line) && strlen (name) + 2 + strlen (line) <= LINE_MAX_HEADER)
        fputs (line, out);
    else
        write_words (out, line);
    fputs ("\r\n", out);
    free (line);
}

// The name is always encoded: so it needs no quoting, whatever is in it.
static void write_receiver (FILE *out, const char *name, const char *address)
{
    char *line = one_line (name);
    fputs ("To: ", out);
    write_words (out, line);
    fprintf (out, "\r\n <%s>\r\n", address);
    free (line);
}

static void write_date (FILE *out, int64_t ms)
{
    char text[LINE_TEXT];
    time_t seconds = (time_t)(ms / 1000);
    struct tm time;
    gmtime_r (&seconds, &time);
    strftime (text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &time);
    fprintf (out, "Date: %s\r\n", text);
}

// --- Bodies ----------------------------------------------------------------------------------------------------------------------

typedef struct {
    const char *code, *subject, *body;
    bool english;
} version_t;

static version_t version_of (const Baocao__V1__Notice *notice, bool english)
{
    return english ? (version_t){"en", notice->subject_en, notice->body_en, true}
                   : (version_t){"vi", notice->subject_vi, notice->body_vi, false};
}

static const char *message_of (const Baocao__V1__Finding *finding, bool english)
{
    return english ? finding->message_en : finding->message_vi;
}

static const char *farewell (bool english)
{
    return english ? "This message was sent automatically; answers to it are not read."
                   : "Thư này được gửi tự động; đề nghị không trả lời thư này.";
}

static void write_text (FILE *out, const Baocao__V1__Notice *notice, bool english)
{
    version_t version = version_of (notice, english);
    fprintf (out, "%s\n\n%s\n\n", version.subject, version.body);
    for (size_t i = 0; i < notice->n_findings; i++) {
        const Baocao__V1__Finding *finding = notice->findings[i];
        fprintf (out, "- %s%s%s: %s\n", finding->code, *finding->path ? " " : "", finding->path, message_of (finding, english));
    }
    fprintf (out, "%s%s\n", notice->n_findings ? "\n" : "", farewell (english));
}

// Text within HTML; two line ends begin a paragraph, one is a line's end.
static void write_escaped (FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
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
            fputs (text[1] == '\n' ? "</p>\n<p>" : "<br>\n", out);
            text += text[1] == '\n';
            break;
        default:
            putc (*text, out);
        }
}

static void write_html_findings (FILE *out, const Baocao__V1__Notice *notice, bool english)
{
    if (notice->n_findings == 0)
        return;
    fputs ("<ul>\n", out);
    for (size_t i = 0; i < notice->n_findings; i++) {
        fprintf (out, "<li><b>%s</b> ", notice->findings[i]->code);
        write_escaped (out, notice->findings[i]->path);
        fputs (": ", out);
        write_escaped (out, message_of (notice->findings[i], english));
        fputs ("</li>\n", out);
    }
    fputs ("</ul>\n", out);
}

static void write_html (FILE *out, const Baocao__V1__Notice *notice, bool english)
{
    version_t version = version_of (notice, english);
    fprintf (out, "<section lang=\"%s\">\n<h2>", version.code);
    write_escaped (out, version.subject);
    fputs ("</h2>\n<p>", out);
    write_escaped (out, version.body);
    fputs ("</p>\n", out);
    write_html_findings (out, notice, english);
    fprintf (out, "<p><small>%s</small></p>\n</section>\n", farewell (english));
}

typedef void write_version_fn (FILE *out, const Baocao__V1__Notice *notice, bool english);

// Both languages, one after the other, in fresh memory.
static char *both (const mail_t *self, write_version_fn *write_version, const char *before, const char *between, const char *after)
{
    char *text = NULL;
    size_t size;
    bool english = strcmp (self->language, "en") == 0;
    FILE *out = open_memstream (&text, &size);
    if (!out)
        abort ();
    fputs (before, out);
    write_version (out, self->notice, english);
    fputs (between, out);
    write_version (out, self->notice, !english);
    fputs (after, out);
    fclose (out);
    return text;
}

// --- Parts -----------------------------------------------------------------------------------------------------------------------

// Lines end in CRLF within MIME's text types, also before they are encoded. The caller frees it.
static char *with_crlf (const char *text)
{
    char *lines = xmalloc (2 * strlen (text) + 1), *end = lines;
    for (const char *c = text; *c; c++) {
        if (*c == '\n' && (c == text || c[-1] != '\r'))
            *end++ = '\r';
        *end++ = *c;
    }
    *end = '\0';
    return lines;
}

static void write_part (FILE *out, const char *type, const char *text)
{
    char line[LINE_TEXT], *lines = with_crlf (text);
    fprintf (out, "--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n", BOUNDARY, type);
    for (size_t at = 0, size = strlen (lines); at < size; at += BODY_BYTES) {
        size_t n = size - at < BODY_BYTES ? size - at : BODY_BYTES;
        sodium_bin2base64 (line, sizeof line, (const unsigned char *)lines + at, n, sodium_base64_VARIANT_ORIGINAL);
        fprintf (out, "%s\r\n", line);
    }
    free (lines);
}

static void write_headers (FILE *out, const mail_t *self)
{
    const char *at = strchr (self->from, '@');
    bool english = strcmp (self->language, "en") == 0;
    write_date (out, bc_timestamp_ms (self->notice->posted_at));
    fprintf (out, "From: baocao <%s>\r\n", self->from);
    write_receiver (out, self->to_name, self->to);
    write_header (out, "Subject", version_of (self->notice, english).subject);
    fprintf (out, "Message-ID: %s\r\n", self->message_id);
    fprintf (out, "List-Id: <baocao.%s>\r\n", at ? at + 1 : "localhost");
    fputs ("Auto-Submitted: auto-generated\r\n", out);
    fprintf (out, "Content-Language: %s\r\n", english ? "en, vi" : "vi, en");
    fputs ("MIME-Version: 1.0\r\n", out);
    fprintf (out, "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", BOUNDARY);
}

char *mail_compose (const mail_t *self, size_t *size_p)
{
    static const char PAGE[] = "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"></head>\n<body>\n";
    char *message = NULL;
    FILE *out = open_memstream (&message, size_p);
    if (!out)
        abort ();
    char *text = both (self, write_text, "", "\n----------------------------------------\n\n", "");
    char *html = both (self, write_html, PAGE, "<hr>\n", "</body>\n</html>\n");
    write_headers (out, self);
    write_part (out, "text/plain; charset=UTF-8", text);
    write_part (out, "text/html; charset=UTF-8", html);
    if (self->calendar) {
        char *type = xasprintf ("text/calendar; charset=UTF-8; method=%s", self->calendar_method);
        write_part (out, type, self->calendar);
        free (type);
    }
    fprintf (out, "--%s--\r\n", BOUNDARY);
    fclose (out);
    free (html);
    free (text);
    return message;
}
