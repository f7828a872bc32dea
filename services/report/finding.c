#include "finding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

void findings_init (findings_t *self)
{
    memset (self, 0, sizeof *self);
}

void findings_clear (findings_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        free (self->items[i]);
    free (self->items);
    findings_init (self);
}

static char *put_text (char **room_p, const char *text, size_t size)
{
    char *copy = memcpy (*room_p, text, size);
    *room_p += size;
    return copy;
}

// The finding and its texts in one piece of memory.
static Baocao__V1__Finding *finding_new (const char *code, Baocao__V1__Severity severity, const char *path, const char *message_vi,
                                         const char *message_en)
{
    size_t code_size = strlen (code) + 1, path_size = strlen (path) + 1;
    size_t vi_size = strlen (message_vi) + 1, en_size = strlen (message_en) + 1;
    Baocao__V1__Finding *finding = xmalloc (sizeof *finding + code_size + path_size + vi_size + en_size);
    char *room = (char *)(finding + 1);
    baocao__v1__finding__init (finding);
    finding->severity = severity;
    finding->code = put_text (&room, code, code_size);
    finding->path = put_text (&room, path, path_size);
    finding->message_vi = put_text (&room, message_vi, vi_size);
    finding->message_en = put_text (&room, message_en, en_size);
    return finding;
}

// Renews the last finding, which stands for all that were cut; it is an error as soon as one of them is.
static void sum_up (findings_t *self, Baocao__V1__Severity severity)
{
    size_t cut = self->errors + self->warnings - FINDINGS_MAX;
    if (self->count > FINDINGS_MAX) {
        if (self->items[FINDINGS_MAX]->severity > severity)
            severity = self->items[FINDINGS_MAX]->severity;
        free (self->items[FINDINGS_MAX]);
    }
    char vi[200], en[200];
    snprintf (vi, sizeof vi, "Còn %zu điểm khác không được liệt kê. Hãy sửa những điểm ở trên rồi kiểm tra lại.", cut);
    snprintf (en, sizeof en, "%zu more findings are not listed. Correct those above and check again.", cut);
    self->items[FINDINGS_MAX] = finding_new ("findings.more", severity, "", vi, en);
    self->count = FINDINGS_MAX + 1;
}

void findings_add (findings_t *self, const char *code, Baocao__V1__Severity severity, const char *path, const char *message_vi,
                   const char *message_en)
{
    if (severity == BAOCAO__V1__SEVERITY__SEVERITY_ERROR)
        self->errors++;
    else
        self->warnings++;
    if (self->count >= FINDINGS_MAX) {
        sum_up (self, severity);
        return;
    }
    // Room grows to 8, 16 ... 256: the last one beyond FINDINGS_MAX always fits.
    if (self->count == 0 || (self->count >= 8 && (self->count & (self->count - 1)) == 0))
        self->items = xrealloc (self->items, (self->count ? self->count * 2 : 8) * sizeof *self->items);
    self->items[self->count++] = finding_new (code, severity, path, message_vi, message_en);
}
