#include "upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "report/limits.h"
#include "report/text.h"
#include "baocao/v1/report.pb-c.h"
#include "output.h"
#include "spool.h"

enum {
    CHUNK_FIRST = 32 << 10,  // a slow line gets small pieces, so that a cut costs little
    FAST_MS = 1000,
    SLOW_MS = 4000,
    PAUSE_MS = 500,
    FRUITLESS_MAX = 5,
    BAR = 24,
};

typedef struct {
    client_t *client;
    line_t *line;
    FILE *file;
    const Baocao__V1__Attachment *attachment;
    uint64_t size, stored, next;  // of the file; what the server has; where the next chunk begins
    bool complete, stumbled;      // stumbled: what is under way is in vain
    bool refused;                 // for good
    uint32_t credit, under_way;
    size_t chunk;
    int64_t posted_at;
} upload_t;

// --- What people see -------------------------------------------------------------------------------------------------------------

// The bar steers the terminal, so it goes past the guard on stderr (main.c).
static void show_progress (const upload_t *self)
{
    static const char FULL[BAR + 1] = "########################", EMPTY[BAR + 1] = "------------------------";
    if (client_json (self->client) || !isatty (STDERR_FILENO))
        return;
    int full = (int)(self->stored * BAR / self->size);
    char *stored = output_size (self->client, self->stored), *size = output_size (self->client, self->size);
    char name[64];
    text_excerpt (self->attachment->name, name, sizeof name);
    dprintf (STDERR_FILENO, "\r\033[K  [%.*s%.*s] %3d %%  %s / %s  %s", full, FULL, BAR - full, EMPTY,
             (int)(self->stored * 100 / self->size), stored, size, name);
    free (stored);
    free (size);
}

static void end_progress (const upload_t *self)
{
    if (!client_json (self->client) && isatty (STDERR_FILENO))
        dprintf (STDERR_FILENO, "\r\033[K");
}

static void say_sent (const upload_t *self)
{
    if (client_json (self->client))
        return;
    char *size = output_size (self->client, self->size);
    printf (_ ("sent      %s (%s)\n"), self->attachment->name, size);
    fflush (stdout);
    free (size);
}

// --- The server's word -----------------------------------------------------------------------------------------------------------

static void take_state (upload_t *self, const Baocao__V1__FileState *state)
{
    self->stored = state->stored < self->size ? state->stored : self->size;
    self->complete = state->complete;
    self->credit = state->credit ? state->credit : 1;
    show_progress (self);
}

// Small pieces for a line on which they take long, large ones for a fast one.
static void keep_pace (upload_t *self)
{
    int64_t now = bc_clock_monotonic_ms (), took = now - self->posted_at;
    self->posted_at = now;
    if (took < FAST_MS && self->chunk < REPORT_MAX_CHUNK)
        self->chunk *= 2;
    else if (took > SLOW_MS && self->chunk > REPORT_MIN_CHUNK)
        self->chunk /= 2;
}

static void take_reply (upload_t *self, const Baocao__V1__ServerReply *reply)
{
    self->under_way--;
    if (reply->reply_case == BAOCAO__V1__SERVER_REPLY__REPLY_FILE) {
        uint64_t before = self->stored;
        take_state (self, reply->file);
        keep_pace (self);
        self->stumbled = self->stumbled || (!self->complete && self->stored <= before);
        return;
    }
    self->stumbled = true;
    const Baocao__V1__Error *error = reply->reply_case == BAOCAO__V1__SERVER_REPLY__REPLY_ERROR ? reply->error : NULL;
    if (error &&
        (error->code == BAOCAO__V1__ERROR_CODE__ERROR_CODE_BUSY || error->code == BAOCAO__V1__ERROR_CODE__ERROR_CODE_NOT_FOUND))
        return;
    self->refused = true;
    end_progress (self);
    if (error)
        client_say ("%s: %s", self->attachment->name, client_pick (self->client, error->message_vi, error->message_en));
}

// --- Sending ---------------------------------------------------------------------------------------------------------------------

// What does the server have? The exit code.
static int begin (upload_t *self)
{
    int status;
    Baocao__V1__PutFile put = BAOCAO__V1__PUT_FILE__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    put.sha256 = self->attachment->sha256;
    put.size = self->size;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_PUT_FILE;
    request.put_file = &put;
    Baocao__V1__ServerReply *reply = client_ask (self->client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_FILE, &status);
    if (!reply)
        return status;
    take_state (self, reply->file);
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    self->next = self->stored;
    self->under_way = 0;
    self->stumbled = false;
    return CLIENT_DONE;
}

static line_result_t post_chunk (upload_t *self)
{
    static uint8_t content[REPORT_MAX_CHUNK];
    Baocao__V1__PutChunk put = BAOCAO__V1__PUT_CHUNK__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    if (fseeko (self->file, (off_t)self->next, SEEK_SET))
        return LINE_UNREACHABLE;
    put.sha256 = self->attachment->sha256;
    put.offset = self->next;
    put.content = (ProtobufCBinaryData){fread (content, 1, self->chunk, self->file), content};
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_PUT_CHUNK;
    request.put_chunk = &put;
    if (self->under_way == 0)
        self->posted_at = bc_clock_monotonic_ms ();
    line_result_t result = line_post (self->line, &request.base);
    self->next += put.content.len;
    self->under_way++;
    return result;
}

// Keeps as many chunks under way as the server gives credit for, until all is there or something goes wrong.
static line_result_t pump (upload_t *self)
{
    line_result_t result = LINE_ANSWERED;
    for (;;) {
        while (result == LINE_ANSWERED && !self->stumbled && !self->complete && self->under_way < self->credit &&
               self->next < self->size)
            result = post_chunk (self);
        if (result != LINE_ANSWERED || self->under_way == 0)
            return result;
        ProtobufCMessage *reply;
        result = line_collect (self->line, &baocao__v1__server_reply__descriptor, &reply);
        if (result != LINE_ANSWERED)
            return result;
        take_reply (self, (Baocao__V1__ServerReply *)reply);
        protobuf_c_message_free_unpacked (reply, NULL);
    }
}

// The exit code.
static int run (upload_t *self)
{
    for (int fruitless = 0;;) {
        int status = begin (self);
        if (status || self->complete)
            return status;
        uint64_t before = self->stored;
        line_result_t result = pump (self);
        end_progress (self);  // what is said from here on has a line of its own
        if (self->complete || self->refused)
            return self->complete ? CLIENT_DONE : CLIENT_REFUSED;
        fruitless = self->stored > before ? 0 : fruitless + 1;
        if (result == LINE_DENIED || result == LINE_INTERRUPTED || fruitless == FRUITLESS_MAX)
            return client_explain (self->client, self->line, result == LINE_ANSWERED ? LINE_BUSY : result);
        if (!line_pause (PAUSE_MS))
            return client_explain (self->client, self->line, LINE_INTERRUPTED);
    }
}

static int upload (client_t *client, line_t *line, FILE *file, const Baocao__V1__Attachment *attachment)
{
    upload_t self = {.client = client, .line = line, .file = file, .attachment = attachment, .chunk = CHUNK_FIRST};
    fseeko (file, 0, SEEK_END);
    self.size = (uint64_t)ftello (file);
    int status = run (&self);
    end_progress (&self);
    if (!status)
        say_sent (&self);
    return status;
}

int upload_attachments (client_t *client, const home_t *home, const Baocao__V1__SubmitReport *submission)
{
    int status = CLIENT_DONE;
    line_t *line = client_line (client);
    Baocao__V1__Report *report = baocao__v1__report__unpack (NULL, submission->report.len, submission->report.data);
    for (size_t i = 0; line && report && i < report->n_attachments && !status; i++) {
        const Baocao__V1__Attachment *attachment = report->attachments[i];
        FILE *file = attachment->sha256.len == REPORT_DIGEST_SIZE ? spool_open_file (home, attachment->sha256.data) : NULL;
        if (!file)
            continue;  // the server may have it from before
        status = upload (client, line, file, attachment);
        fclose (file);
    }
    if (report)
        baocao__v1__report__free_unpacked (report, NULL);
    return status;
}
