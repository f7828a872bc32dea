// libharu draws and libqrencode makes the code: small libraries, against Pango and Cairo with GLib behind them. Receipts are short
// lines of Latin text in normalisation form C, for which Liberation Sans (2 or later) has a glyph each, so nothing needs to be shaped.
// libharu 2.3 leaves out accents of fonts that make a glyph of glyphs of glyphs, as DejaVu Sans does: "ầ" would be printed as "â".
#include "page.h"

#include <errno.h>
#include <hpdf.h>
#include <qrencode.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xmem.h"
#include "output.h"
#include "qr.h"

enum { LEFT = 60, VALUES = 200, RIGHT = 545, TOP = 770, LINE = 15, TEXT = 9, TITLE = 15, QR = 190, PIECE = 64 };

typedef struct {
    HPDF_Doc document;
    HPDF_Page page;
    HPDF_Font font;
    float y;  // of the next line
    jmp_buf failed;
} page_t;

// libharu comes back here at the first error; nothing of ours is allocated while it draws.
static void on_error (HPDF_STATUS error, HPDF_STATUS detail, void *arg)
{
    (void)error, (void)detail;
    page_t *self = arg;
    longjmp (self->failed, 1);
}

// --- Text ------------------------------------------------------------------------------------------------------------------------

static const char *font_path (void)
{
    static const char *const PATHS[] = {"/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
                                        "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
                                        "/usr/share/fonts/liberation-sans/LiberationSans-Regular.ttf"};
    const char *given = getenv ("BAOCAO_FONT");
    if (given && *given)
        return given;
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        if (!access (PATHS[i], R_OK))
            return PATHS[i];
    return NULL;
}

static void put (page_t *self, float x, float size, const char *text)
{
    HPDF_Page_SetFontAndSize (self->page, self->font, size);
    HPDF_Page_BeginText (self->page);
    HPDF_Page_TextOut (self->page, x, self->y, text);
    HPDF_Page_EndText (self->page);
}

// As many bytes as fit a line of that width: whole words where there are any, whole characters always.
static size_t fitting (page_t *self, const char *text, float width)
{
    HPDF_Page_SetFontAndSize (self->page, self->font, TEXT);
    size_t size = HPDF_Page_MeasureText (self->page, text, width, HPDF_TRUE, NULL);
    if (!size)
        size = HPDF_Page_MeasureText (self->page, text, width, HPDF_FALSE, NULL);
    return size ? size : strlen (text);
}

// A paragraph from x to the right edge.
static void write_text (page_t *self, float x, const char *text)
{
    char piece[512];
    while (*text) {
        size_t size = fitting (self, text, RIGHT - x);
        snprintf (piece, sizeof piece, "%.*s", (int)size, text);
        put (self, x, TEXT, piece);
        self->y -= LINE;
        text += strnlen (text, size);
        text += strspn (text, " ");
    }
}

static void write_fact (page_t *self, const char *label, const char *value)
{
    put (self, LEFT, TEXT, label);
    write_text (self, VALUES, *value ? value : "-");
}

static void write_hex (page_t *self, const char *label, const ProtobufCBinaryData *bytes)
{
    char text[129], piece[PIECE + 1];
    sodium_bin2hex (text, sizeof text, bytes->data, bytes->len < 64 ? bytes->len : 64);
    put (self, LEFT, TEXT, label);
    for (const char *at = text; *at; at += strlen (piece)) {
        snprintf (piece, sizeof piece, "%.*s", PIECE, at);
        put (self, VALUES, TEXT - 1, piece);
        self->y -= LINE;
    }
}

// --- The code --------------------------------------------------------------------------------------------------------------------

// With the quiet zone of four modules around it.
static void draw_code (page_t *self, const QRcode *code)
{
    float module = (float)QR / (float)(code->width + 8);
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++)
            if (code->data[row * code->width + column] & 1)
                HPDF_Page_Rectangle (self->page, LEFT + module * (float)(column + 4), self->y - module * (float)(row + 5), module,
                                     module);
    HPDF_Page_Fill (self->page);
    self->y -= QR;
}

// --- The page --------------------------------------------------------------------------------------------------------------------

typedef struct {
    const client_t *client;
    const invite_t *invite;
    const ledger_entry_t *entry;
    const QRcode *code;
    const char *font, *received, *number, *letter;
} content_t;

static void write_facts (page_t *self, const content_t *content)
{
    const Baocao__V1__ReceiptBody *body = content->entry->body;
    char revision[16];
    snprintf (revision, sizeof revision, "%u", body->revision);
    write_fact (self, _ ("Unit"), client_pick (content->client, content->invite->name_vi, content->invite->name_en));
    write_fact (self, _ ("Plan"), body->plan);
    write_fact (self, _ ("Period"), body->period);
    write_fact (self, _ ("Revision"), revision);
    write_fact (self, _ ("Letter"), content->letter);
    write_fact (self, _ ("Sent by"), body->submitted_by);
    write_fact (self, _ ("Received"), content->received);
    write_fact (self, _ ("Timeliness"), output_timeliness (body->timeliness));
    write_fact (self, _ ("Receipt number"), content->number);
    write_fact (self, _ ("Report id"), content->entry->report_id);
    write_hex (self, _ ("SHA-256 of the report"), &body->report_digest);
    write_hex (self, _ ("After the receipt"), &body->previous_hash);
    write_fact (self, _ ("Signed with the key"), content->entry->receipt->key_id);
    write_hex (self, _ ("Signature"), &content->entry->receipt->signature);
}

static void draw (page_t *self, const content_t *content)
{
    self->document = HPDF_New (on_error, self);
    if (!self->document)
        longjmp (self->failed, 1);
    HPDF_UseUTFEncodings (self->document);
    HPDF_SetCompressionMode (self->document, HPDF_COMP_ALL);
    const char *name = HPDF_LoadTTFontFromFile (self->document, content->font, HPDF_TRUE);
    self->font = HPDF_GetFont (self->document, name, "UTF-8");
    self->page = HPDF_AddPage (self->document);
    HPDF_Page_SetSize (self->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    self->y = TOP;
    put (self, LEFT, TITLE, _ ("RECEIPT FOR A REPORT"));
    self->y -= 2 * LINE;
    write_facts (self, content);
    self->y -= LINE;
    write_text (self, LEFT,
                _ ("Whoever has the standing agency's invite can verify this receipt offline: read the code below, then run"));
    write_text (self, LEFT, "baocao receipt verify --qr \"...\"");
    draw_code (self, content->code);
}

static int save (page_t *self, const char *path)
{
    HPDF_SaveToStream (self->document);
    HPDF_UINT32 size = HPDF_GetStreamSize (self->document);
    HPDF_BYTE *data = xmalloc (size);
    HPDF_ReadFromStream (self->document, data, &size);
    FILE *file = fopen (path, "wxe");
    int result = file && fwrite (data, 1, size, file) == size && !fflush (file) ? 0 : -1;
    if (result)
        client_not_written (path, file);
    if (file)
        fclose (file);
    free (data);
    return result;
}

static int write_page (const content_t *content, const char *path)
{
    page_t *self = xcalloc (1, sizeof *self);
    int result = -1;
    if (!setjmp (self->failed)) {
        draw (self, content);
        result = save (self, path);
    } else
        client_say (_ ("the page cannot be drawn; is %s a font?"), content->font);
    if (self->document)
        HPDF_Free (self->document);
    free (self);
    return result;
}

// "45/BC-SYT, 2025-12-05, Nguyễn Văn A"; the caller frees it.
static char *letter_of (const ledger_entry_t *entry)
{
    Baocao__V1__Report *report = entry->report ? baocao__v1__report__unpack (NULL, entry->report_size, entry->report) : NULL;
    const Baocao__V1__Document *document = report ? report->document : NULL;
    char *text = document ? xasprintf ("%s, %s, %s", document->number, document->date, document->signer) : xstrdup ("");
    if (report)
        baocao__v1__report__free_unpacked (report, NULL);
    return text;
}

int page_write (const client_t *client, const invite_t *invite, const ledger_entry_t *entry, const char *path)
{
    content_t content = {.client = client, .invite = invite, .entry = entry, .font = font_path ()};
    if (!content.font) {
        client_say (_ ("the font Liberation Sans is missing: install fonts-liberation2, or name a TrueType font in BAOCAO_FONT"));
        return -1;
    }
    char *text = qr_text (entry->receipt), *received = output_time (entry->body->received_at), *letter = letter_of (entry);
    char *number = xasprintf (_ ("%llu of the chain of %s"), (unsigned long long)entry->body->chain_index, entry->body->unit);
    QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
    content.code = code;
    content.received = received;
    content.letter = letter;
    content.number = number;
    int result = code ? write_page (&content, path) : -1;
    if (!code)
        client_say (_ ("the QR code cannot be made: %s"), client_trouble (errno));
    QRcode_free (code);
    free (text);
    free (received);
    free (letter);
    free (number);
    return result;
}
