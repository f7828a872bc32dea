// The workbook that comes: a form of two fields, the token first. It goes into the home as it comes, under a name of ours; what the
// browser calls it does not matter.
#include <fcntl.h>
#include <unistd.h>

#include <sodium.h>

#include "common/language.h"
#include "common/xmem.h"
#include "portal.h"
#include "send_private.h"

enum { BLOCK = 4096 };

typedef struct upload {
    request_t *request;
    struct MHD_PostProcessor *parser;
    char id[SEND_HOME_ID], token[SESSION_TOKEN];
    size_t token_size, size;
    int fd;      // -1: nothing has come yet
    char *name;  // as the browser calls it: to be shown, no more
    crypto_hash_sha256_state digest;
    unsigned status;  // 0: all is well
} upload_t;

static void refuse (upload_t *self, unsigned status)
{
    if (!self->status)
        self->status = status;
}

static void take_token (upload_t *self, const char *data, size_t size)
{
    if (self->token_size + size >= sizeof self->token) {
        refuse (self, MHD_HTTP_BAD_REQUEST);
        return;
    }
    memcpy (self->token + self->token_size, data, size);
    self->token_size += size;
}

static void take_piece (upload_t *self, const char *name, const char *data, size_t size)
{
    const send_t *send = self->request->portal->send;
    if (self->fd < 0) {
        char *path = send_home_path (send->root, self->id, "upload.part");
        self->fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        free (path);
        crypto_hash_sha256_init (&self->digest);
        self->name = xstrdup (name ? name : "");
    }
    crypto_hash_sha256_update (&self->digest, (const uint8_t *)data, size);
    self->size += size;
    if (self->size > SEND_WORKBOOK)
        refuse (self, MHD_HTTP_CONTENT_TOO_LARGE);
    else if (self->fd < 0 || write (self->fd, data, size) != (ssize_t)size)
        refuse (self, MHD_HTTP_SERVICE_UNAVAILABLE);
}

static enum MHD_Result on_field (void *arg, enum MHD_ValueKind kind, const char *key, const char *name, const char *type,
                                 const char *coding, const char *data, uint64_t offset, size_t size)
{
    upload_t *self = arg;
    (void)kind, (void)type, (void)coding, (void)offset;
    if (streq (key, "csrf"))
        take_token (self, data, size);
    else if (streq (key, "workbook") && !session_is_token (self->request, self->request->sender, self->token))
        refuse (self, MHD_HTTP_BAD_REQUEST);  // before a byte of it is written
    else if (streq (key, "workbook") && size > 0)
        take_piece (self, name, data, size);
    return self->status ? MHD_NO : MHD_YES;
}

static void begin (request_t *request)
{
    upload_t *self = request->upload = xcalloc (1, sizeof *self);
    self->request = request;
    self->fd = -1;
    if (!send_home_of (request, self->id))
        self->status = MHD_HTTP_FORBIDDEN;
    else if (send_is_busy (request->portal->send, self->id))
        self->status = MHD_HTTP_CONFLICT;
    else if (!(self->parser = MHD_create_post_processor (request->connection, BLOCK, on_field, self)))
        self->status = MHD_HTTP_BAD_REQUEST;
    else {
        zhashx_insert (request->portal->send->coming, self->id, self);
        bc_web_allow (request->connection, SEND_UPLOAD_S);
    }
}

void send_receive (request_t *request, const char *data, size_t size)
{
    if (!request->upload)
        begin (request);
    upload_t *self = request->upload;
    if (!self->status && MHD_post_process (self->parser, data, size) != MHD_YES)
        refuse (self, MHD_HTTP_BAD_REQUEST);
}

// Nobody else works in that home while a file comes.
static void release (upload_t *self)
{
    if (self->parser) {
        MHD_destroy_post_processor (self->parser);
        zhashx_delete (self->request->portal->send->coming, self->id);
    }
    self->parser = NULL;
    if (self->fd >= 0)
        close (self->fd);
    self->fd = -1;
}

void send_drop (request_t *request)
{
    if (!request->upload)
        return;
    release (request->upload);
    free (request->upload->name);
    free (request->upload);
    request->upload = NULL;
}

// --- Looking through it ----------------------------------------------------------------------------------------------------------

static void on_checked (task_t *task, const json_t *record, bool good)
{
    (void)good;
    send_home_write_json (task->send->root, task->id, "check.json", json_deep_copy (record));
    send_answer_show (task->request, answer_lasting ("", 0, "text/plain"));
}

// What the page shows of it, and by which the form says that it means this one.
static int describe (const send_t *send, upload_t *self)
{
    uint8_t digest[crypto_hash_sha256_BYTES];
    char text[2 * sizeof digest + 1];
    crypto_hash_sha256_final (&self->digest, digest);
    sodium_bin2hex (text, sizeof text, digest, sizeof digest);
    json_t *name = json_string (self->name);
    return send_home_write_json (send->root, self->id, "upload.json",
                                 json_pack ("{s:o, s:s}", "name", name ? name : json_string (""), "digest", text));
}

static int keep (const send_t *send, const char *id)
{
    char *part = send_home_path (send->root, id, "upload.part"), *whole = send_home_path (send->root, id, "upload.xlsx"),
         *check = send_home_path (send->root, id, "check.json"), *push = send_home_path (send->root, id, "push.json");
    int rc = rename (part, whole);
    unlink (check);
    unlink (push);
    free (part);
    free (whole);
    free (check);
    free (push);
    return rc;
}

void send_take (request_t *request)
{
    static const char *const CHECK[] = {"check", "upload.xlsx", "--json", NULL};
    upload_t *self = request->upload;
    send_t *send = request->portal->send;
    bool came = self && self->fd >= 0 && self->size > 0;
    unsigned status = !self ? MHD_HTTP_BAD_REQUEST : self->status ? self->status : came ? 0 : MHD_HTTP_BAD_REQUEST;
    if (self)
        release (self);
    site_speak (request->vietnamese);
    if (status == MHD_HTTP_CONFLICT)
        send_answer_word (request, status, _ ("What you gave before is still being worked on. Wait for it, then give this again."),
                          NULL);
    else if (status == MHD_HTTP_FORBIDDEN)
        send_answer_over (request);
    else if (status)
        site_refuse (request, status);
    else if (keep (send, self->id) || describe (send, self) ||
             !send_run (send, request, self->id, SEND_WRITES, NULL, on_checked, CHECK))
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
}
