#include "outgoing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/xmem.h"
#include "report/limits.h"
#include "report/receipt.h"
#include "report/text.h"
#include "output.h"

static void set_text (char **text_p, const char *value)
{
    if (*text_p != protobuf_c_empty_string)
        free (*text_p);
    *text_p = xstrdup (value);
}

static Baocao__V1__Attachment *named (const Baocao__V1__Report *report, const uint8_t digest[RECEIPT_HASH_SIZE])
{
    for (size_t i = 0; i < report->n_attachments; i++)
        if (report->attachments[i]->sha256.len == RECEIPT_HASH_SIZE &&
            !memcmp (report->attachments[i]->sha256.data, digest, RECEIPT_HASH_SIZE))
            return report->attachments[i];
    return NULL;
}

// The report names the file by its digest, unless it does so already.
static void name_file (Baocao__V1__Report *report, const spool_file_t *file)
{
    if (named (report, file->sha256))
        return;
    Baocao__V1__Attachment *attachment = xmalloc (sizeof *attachment);
    baocao__v1__attachment__init (attachment);
    const char *slash = strrchr (file->path, '/'), *name = slash ? slash + 1 : file->path;
    char *composed = text_to_nfc (name);  // some systems keep file names decomposed
    attachment->name = composed ? composed : xstrdup (name);
    attachment->size = (int64_t)file->size;
    attachment->sha256.len = sizeof file->sha256;
    attachment->sha256.data = xmemdup (file->sha256, sizeof file->sha256);
    report->attachments = xrealloc (report->attachments, (report->n_attachments + 1) * sizeof (Baocao__V1__Attachment *));
    report->attachments[report->n_attachments++] = attachment;
}

// Looked at before it is opened: a pipe may have no other end, and a device no end at all.
static bool is_attachable (const char *path)
{
    struct stat info;
    if (stat (path, &info))
        client_say (_ ("cannot read %s: %s"), path, strerror (errno));
    else if (!S_ISREG (info.st_mode))
        client_say (_ ("%s is no ordinary file (a folder, a pipe or a device): save the document as a file and attach that"), path);
    else if (info.st_size == 0)
        client_say (_ ("%s is empty: attach the file that has the content"), path);
    else if (info.st_size > REPORT_MAX_FILE)
        client_say (_ ("%s is larger than 50 MiB: split or compress it"), path);
    else
        return true;
    return false;
}

static int attach (outgoing_t *self, const char *path)
{
    spool_file_t file;
    if (!is_attachable (path))
        return -1;
    if (spool_measure (&file, path)) {
        client_say (_ ("cannot read %s: %s"), path, client_trouble (errno));
        return -1;
    }
    self->files = xrealloc (self->files, (self->n_files + 1) * sizeof *self->files);
    self->files[self->n_files++] = file;
    name_file (self->report, &file);
    return 0;
}

outgoing_t *outgoing_read (client_t *client, const char *path, const Baocao__V1__Duties *duties, int *status_p)
{
    size_t size;
    char *error = NULL, *data = client_read_file (path, FILE_MAX, &size);
    *status_p = CLIENT_USAGE;
    if (!data)
        return NULL;
    outgoing_t *self = xcalloc (1, sizeof *self);
    self->file = file_new (data, size, duties, &error);
    free (data);
    *status_p = CLIENT_REFUSED;
    if (!self->file) {
        client_say (_ ("%s cannot be read as a report:\n%s"), path, error);
        free (error);
        outgoing_destroy (&self);
        return NULL;
    }
    self->report = self->file->report;
    if (!*self->report->unit)
        set_text (&self->report->unit, client_invite (client, false)->unit);
    *status_p = CLIENT_DONE;
    for (size_t i = 0; i < args_count (client_args (client), "attach"); i++)
        if (attach (self, args_nth (client_args (client), "attach", i))) {
            *status_p = CLIENT_USAGE;
            outgoing_destroy (&self);
            return NULL;
        }
    return self;
}

outgoing_t *outgoing_load (client_t *client, const char *path, const Baocao__V1__Duties *duties, int *status_p)
{
    outgoing_t *self = outgoing_read (client, path, duties, status_p);
    if (!self || !self->file->complaints.errors)
        return self;
    output_placed (client, self->file->complaints.items, self->file->complaints.count, self->report, self->file->places);
    client_say (_ ("%s is not sent: %zu cells cannot be read; correct them, then run 'baocao check %s'"), path,
                self->file->complaints.errors, path);
    *status_p = CLIENT_REFUSED;
    outgoing_destroy (&self);
    return NULL;
}

void outgoing_destroy (outgoing_t **self_p)
{
    outgoing_t *self = *self_p;
    if (!self)
        return;
    file_destroy (&self->file);
    for (size_t i = 0; i < self->n_files; i++)
        free (self->files[i].path);
    free (self->files);
    free (self);
    *self_p = NULL;
}
