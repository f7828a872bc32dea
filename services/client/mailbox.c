// mailbox: the notices, listed and read; and as they come when they are followed. What a person was shown in full is read.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "client.h"
#include "desktop.h"
#include "marks.h"
#include "output.h"

enum { PAGE = 100, FOLLOW_MS = 30000, PAUSE_MS = 2000 };

typedef struct mailbox mailbox_t;

struct mailbox {
    client_t *client;
    marks_t *marks;
    uint64_t cursor;
    void (*show) (mailbox_t *self, const Baocao__V1__Notice *notice);
    bool unread_only;
    bool marking;    // what programs are shown is read, too
    table_t *table;  // of those listed
    size_t shown, unread;
    desktop_t *desktop;  // NULL: what was there before is not news
};

// --- Marks -----------------------------------------------------------------------------------------------------------------------

static marks_t *load_marks (const home_t *home)
{
    size_t size;
    char *text = home_load (home, "mailbox.read", &size);
    marks_t *marks = marks_new (text);
    free (text);
    return marks;
}

// Losing it makes notices unread again, nothing else.
static void mark (mailbox_t *self, uint64_t number)
{
    if (marks_has (self->marks, number))
        return;
    marks_add (self->marks, number);
    char *text = marks_text (self->marks);
    home_save (client_home (self->client), "mailbox.read", text, strlen (text));
    free (text);
}

// --- Showing one -----------------------------------------------------------------------------------------------------------------

static void show_json (mailbox_t *self, const Baocao__V1__Notice *notice)
{
    json_t *json = output_message (&notice->base);
    json_object_set_new (json, "read", json_boolean (marks_has (self->marks, notice->cursor)));
    output_json (json);
    if (self->marking)
        mark (self, notice->cursor);
}

// A line of the list.
static void show_line (mailbox_t *self, const Baocao__V1__Notice *notice)
{
    char number[24], *time = output_time (notice->posted_at);
    snprintf (number, sizeof number, "%llu", (unsigned long long)notice->cursor);
    table_row (self->table, (const char *const[]){marks_has (self->marks, notice->cursor) ? "" : "*", number, time, notice->period,
                                                  client_pick (self->client, notice->subject_vi, notice->subject_en)});
    free (time);
}

static void show_whole (mailbox_t *self, const Baocao__V1__Notice *notice)
{
    const client_t *client = self->client;
    const char *subject = client_pick (client, notice->subject_vi, notice->subject_en);
    const char *body = client_pick (client, notice->body_vi, notice->body_en);
    char *time = output_time (notice->posted_at);
    printf ("%llu  %s  %s\n%s\n", (unsigned long long)notice->cursor, time, subject, body);
    output_findings (client, notice->findings, notice->n_findings, NULL);
    putchar ('\n');
    fflush (stdout);
    free (time);
    mark (self, notice->cursor);
}

static void show (mailbox_t *self, const Baocao__V1__Notice *notice)
{
    bool read = marks_has (self->marks, notice->cursor);
    self->unread += !read;
    if (read && self->unread_only)
        return;
    self->shown++;
    if (client_json (self->client))
        show_json (self, notice);
    else
        self->show (self, notice);
    desktop_show (self->desktop, client_pick (self->client, notice->subject_vi, notice->subject_en),
                  client_pick (self->client, notice->body_vi, notice->body_en));
}

// --- Reading them ----------------------------------------------------------------------------------------------------------------

// Shows one page after the cursor and moves it. The number of notices, or -1 with the exit code at *status_p.
static int read_page (mailbox_t *self, uint32_t limit, int wait_ms, int *status_p)
{
    Baocao__V1__ReadMailbox read = BAOCAO__V1__READ_MAILBOX__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    read.after = self->cursor;
    read.limit = limit;
    read.wait_ms = (uint32_t)wait_ms;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_READ_MAILBOX;
    request.read_mailbox = &read;
    Baocao__V1__ServerReply *reply =
        client_ask (self->client, &request, wait_ms, BAOCAO__V1__SERVER_REPLY__REPLY_MAILBOX, status_p);
    if (!reply)
        return -1;
    int count = (int)reply->mailbox->n_notices;
    for (int i = 0; i < count; i++) {
        show (self, reply->mailbox->notices[i]);
        self->cursor = reply->mailbox->notices[i]->cursor;
    }
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return count;
}

// To the end. The exit code.
static int read_all (mailbox_t *self)
{
    int status, count;
    do
        count = read_page (self, PAGE, 0, &status);
    while (count > 0);  // an answer may hold fewer than were asked for, though there are more
    return status;
}

// From here on a line that is down comes back; only a refusal ends it, or the user.
static int follow (mailbox_t *self)
{
    int status;
    self->desktop = desktop_new ();
    while (!zsys_interrupted) {
        int count = read_page (self, PAGE, FOLLOW_MS, &status);
        if (count < 0 && status != CLIENT_UNREACHABLE) {
            desktop_destroy (&self->desktop);
            return status;
        }
        client_hush (self->client, count < 0);
        if (count < 0)
            line_pause (PAUSE_MS);
    }
    desktop_destroy (&self->desktop);
    return CLIENT_DONE;
}

// --- The commands ----------------------------------------------------------------------------------------------------------------

static int list (mailbox_t *self)
{
    const char *const titles[] = {"", _ ("NUMBER>"), _ ("POSTED"), _ ("PERIOD"), _ ("SUBJECT~")};
    self->table = table_new (titles, 5);
    self->show = show_line;
    int status = read_all (self);
    table_print (&self->table);
    if (status || client_json (self->client))
        return status;
    if (!self->shown)
        client_say (self->unread_only ? _ ("there is nothing you have not read") : _ ("the mailbox is empty"));
    else if (self->unread)
        client_say (_ ("not read yet: %zu; 'baocao mailbox read' shows them"), self->unread);
    return status;
}

int client_mailbox (client_t *client)
{
    const args_t *args = client_args (client);
    long long after;
    if (args_number (args, "after", 0, 0, INT64_MAX, &after))
        return client_misused (_ ("--after is the number of a notice"));
    if (!client_invite (client, false))
        return CLIENT_UNCONFIGURED;
    output_home_zone (client_home (client));
    mailbox_t self = {.client = client, .cursor = (uint64_t)after, .unread_only = args_flag (args, "unread")};
    self.marks = load_marks (client_home (client));
    int status = list (&self);
    self.show = show_whole;
    if (!status && args_flag (args, "follow"))
        status = follow (&self);
    marks_destroy (&self.marks);
    return status;
}

static int read_one (mailbox_t *self, const char *text)
{
    int status;
    char *end;
    uint64_t number = strtoull (text, &end, 10);
    if (!number || *end || number > INT64_MAX)
        return client_misused (_ ("%s is not the number of a notice: 'baocao mailbox' shows them"), text);
    self->cursor = number - 1;
    int count = read_page (self, 1, 0, &status);  // numbers have no gaps
    if (count == 0)
        client_say (_ ("there is no notice %s: 'baocao mailbox' shows them"), text);
    return count > 0 ? CLIENT_DONE : count == 0 ? CLIENT_REFUSED : status;
}

int client_mailbox_read (client_t *client)
{
    const args_t *args = client_args (client);
    int status = CLIENT_DONE;
    if (!client_invite (client, false))
        return CLIENT_UNCONFIGURED;
    output_home_zone (client_home (client));
    mailbox_t self = {.client = client, .show = show_whole, .unread_only = !args_operands (args), .marking = true};
    self.marks = load_marks (client_home (client));
    for (size_t i = 0; i < args_operands (args) && !status; i++)
        status = read_one (&self, args_operand (args, i));
    if (!args_operands (args)) {
        status = read_all (&self);
        if (!status && !self.shown)
            client_say (_ ("there is nothing you have not read"));
    }
    marks_destroy (&self.marks);
    return status;
}
