#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "output.h"
#include "stored.h"

enum {
    POLL_MS = 1000,          // a notice comes earlier
    COUNT_POLL_MIN_MS = 20,  // counting follows the verdict closely, and not every count makes a notice
    COUNT_POLL_MAX_MS = 500,
};

typedef struct {
    client_t *client;
    const ledger_entry_t *entry;
    uint64_t cursor;         // of the mailbox: notices come as soon as there is a verdict
    const places_t *places;  // of the report's file; may be NULL
    Baocao__V1__SubmissionState said;
} wait_t;

static uint64_t load_cursor (const home_t *home)
{
    size_t size;
    char *text = home_load (home, "mailbox.cursor", &size);
    uint64_t cursor = text ? strtoull (text, NULL, 10) : 0;
    free (text);
    return cursor;
}

// Losing it costs a few more pages the next time, nothing else.
static void save_cursor (home_t *home, uint64_t cursor)
{
    char *text = xasprintf ("%llu\n", (unsigned long long)cursor);
    home_save (home, "mailbox.cursor", text, strlen (text));
    free (text);
}

// The status of the one submission, or NULL.
static Baocao__V1__Status *ask_status (wait_t *self, int *status_p)
{
    Baocao__V1__GetStatus get = BAOCAO__V1__GET_STATUS__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    get.report_id = self->entry->body->report_id;
    get.limit = 1;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_STATUS;
    request.get_status = &get;
    Baocao__V1__ServerReply *reply = client_ask (self->client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_STATUS, status_p);
    if (!reply)
        return NULL;
    Baocao__V1__Status *status = reply->status;
    reply->reply_case = BAOCAO__V1__SERVER_REPLY__REPLY__NOT_SET;
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    if (status->n_submissions == 1)
        return status;
    baocao__v1__status__free_unpacked (status, NULL);
    client_say (_ ("the server does not know the report whose receipt it has given: tell the standing agency"));
    *status_p = CLIENT_REFUSED;
    return NULL;
}

// Holds until a notice comes, at most wait_ms. The exit code.
static int await_notice (wait_t *self, int wait_ms)
{
    int status;
    Baocao__V1__ReadMailbox read = BAOCAO__V1__READ_MAILBOX__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    read.after = self->cursor;
    read.limit = 100;
    read.wait_ms = (uint32_t)wait_ms;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_READ_MAILBOX;
    request.read_mailbox = &read;
    Baocao__V1__ServerReply *reply = client_ask (self->client, &request, wait_ms, BAOCAO__V1__SERVER_REPLY__REPLY_MAILBOX, &status);
    if (reply) {
        if (reply->mailbox->n_notices)
            self->cursor = reply->mailbox->cursor;
        baocao__v1__server_reply__free_unpacked (reply, NULL);
    }
    return status;
}

static void say_stage (wait_t *self, const Baocao__V1__SubmissionStatus *submission)
{
    bool fresh = submission->state != self->said;
    self->said = submission->state;
    if (client_json (self->client))
        return;
    if (fresh && submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_QUARANTINED)
        printf (_ ("kept      the period is closed: it is checked only if the standing agency admits it\n"));
    else if (fresh && submission->state != BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RECEIVED) {
        printf (_ ("checked   %s\n"), output_state (submission->state));
        Baocao__V1__Report *report = baocao__v1__report__unpack (NULL, self->entry->report_size, self->entry->report);
        output_placed (self->client, submission->findings, submission->n_findings, report, self->places);
        if (report)
            baocao__v1__report__free_unpacked (report, NULL);
    }
    if (output_is_counted (submission))
        printf (_ ("counted   it is in the totals\n"));
    fflush (stdout);
}

// Is there nothing more to wait for? *exit_p is the exit code then.
static bool settled (const Baocao__V1__SubmissionStatus *submission, int *exit_p)
{
    bool refused = submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_REJECTED ||
                   submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RETURNED ||
                   submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_QUARANTINED;
    *exit_p = refused ? CLIENT_REFUSED : CLIENT_DONE;
    return *exit_p || (submission->counted && submission->state != BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RECEIVED);
}

// Asks once. True: there is nothing more to wait for, with the exit code at *exit_p. A line that is down is no end: it can come back.
static bool look (wait_t *self, Baocao__V1__Status **status_p, int *exit_p)
{
    Baocao__V1__Status *status = ask_status (self, exit_p);
    client_hush (self->client, !status);
    if (!status)
        return *exit_p != CLIENT_UNREACHABLE;
    if (*status_p)
        baocao__v1__status__free_unpacked (*status_p, NULL);
    *status_p = status;
    say_stage (self, status->submissions[0]);
    return settled (status->submissions[0], exit_p);
}

static int wait_for (wait_t *self, int64_t until, Baocao__V1__Status **status_p)
{
    int count_poll = COUNT_POLL_MIN_MS, result;
    while (!look (self, status_p, &result)) {
        int64_t left = until - bc_clock_monotonic_ms ();
        if (left <= 0 || zsys_interrupted) {
            client_say (_ ("the report is safe (its receipt is kept), but its verdict is still to come: see 'baocao status'"));
            return CLIENT_UNREACHABLE;
        }
        int wait_ms = POLL_MS;
        if (self->said > BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RECEIVED) {
            wait_ms = count_poll;
            count_poll = count_poll * 2 < COUNT_POLL_MAX_MS ? count_poll * 2 : COUNT_POLL_MAX_MS;
        }
        result = await_notice (self, left < wait_ms ? (int)left : wait_ms);
        if (result && result != CLIENT_UNREACHABLE)
            return result;
    }
    return result;
}

int verdict_wait (client_t *client, const ledger_entry_t *entry, const places_t *places, int patience_ms,
                  Baocao__V1__Status **status_p)
{
    home_t *home = client_home (client);
    wait_t self = {.client = client, .entry = entry, .places = places, .cursor = load_cursor (home)};
    uint64_t before = self.cursor;
    *status_p = NULL;
    int result = wait_for (&self, bc_clock_monotonic_ms () + patience_ms, status_p);
    if (self.cursor != before)
        save_cursor (home, self.cursor);
    if (*status_p && stored_needs_correction ((*status_p)->submissions[0]))
        client_say (_ ("next: 'baocao template --from returned -o FILE.xlsx' has it filled in, with what is to be corrected"));
    return result;
}
