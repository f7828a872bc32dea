// mailbox: the notices, as they come when they are followed.
#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "output.h"

enum { PAGE = 100, FOLLOW_MS = 30000, PAUSE_MS = 2000 };

static void print_notice (const client_t *client, const Baocao__V1__Notice *notice)
{
    if (client_json (client)) {
        output_json (output_message (&notice->base));
        return;
    }
    char *time = output_time (notice->posted_at);
    printf ("%llu  %s  %s\n%s\n", (unsigned long long)notice->cursor, time,
            client_pick (client, notice->subject_vi, notice->subject_en), client_pick (client, notice->body_vi, notice->body_en));
    output_findings (client, notice->findings, notice->n_findings, NULL);
    putchar ('\n');
    fflush (stdout);
    free (time);
}

// Prints one page after the cursor and moves it. The number of notices, or -1 with the exit code at *status_p.
static int read_page (client_t *client, uint64_t *cursor_p, int wait_ms, int *status_p)
{
    Baocao__V1__ReadMailbox read = BAOCAO__V1__READ_MAILBOX__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    read.after = *cursor_p;
    read.limit = PAGE;
    read.wait_ms = (uint32_t)wait_ms;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_READ_MAILBOX;
    request.read_mailbox = &read;
    Baocao__V1__ServerReply *reply = client_ask (client, &request, wait_ms, BAOCAO__V1__SERVER_REPLY__REPLY_MAILBOX, status_p);
    if (!reply)
        return -1;
    int count = (int)reply->mailbox->n_notices;
    for (int i = 0; i < count; i++) {
        print_notice (client, reply->mailbox->notices[i]);
        *cursor_p = reply->mailbox->notices[i]->cursor;
    }
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return count;
}

int client_mailbox (client_t *client)
{
    bool follow = args_flag (client_args (client), "follow");
    long long after;
    if (args_number (client_args (client), "after", 0, 0, INT64_MAX, &after))
        return client_misused (_ ("--after is the number of a notice"));
    if (!client_invite (client, false))
        return CLIENT_UNCONFIGURED;
    output_home_zone (client_home (client));
    uint64_t cursor = (uint64_t)after;
    int status, count;
    do
        count = read_page (client, &cursor, 0, &status);
    while (count > 0);  // an answer may hold fewer than were asked for, though there are more
    if (count < 0 || !follow)
        return status;
    // From here on a line that is down comes back; only a refusal ends it, or the user.
    while (!zsys_interrupted) {
        count = read_page (client, &cursor, FOLLOW_MS, &status);
        if (count < 0 && status != CLIENT_UNREACHABLE)
            return status;
        client_hush (client, count < 0);
        if (count < 0)
            line_pause (PAUSE_MS);
    }
    return CLIENT_DONE;
}
