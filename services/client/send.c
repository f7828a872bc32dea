#include "send.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "ledger.h"
#include "output.h"
#include "spool.h"
#include "upload.h"
#include "verdict.h"

// One run.
typedef struct {
    client_t *client;
    home_t *home;
    const invite_t *invite;
    send_t what;
    int status;
} sender_t;

static Baocao__V1__Receipt *submit (sender_t *self, Baocao__V1__SubmitReport *submission)
{
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_SUBMIT_REPORT;
    request.submit_report = submission;
    Baocao__V1__ServerReply *reply = client_ask (self->client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_RECEIPT, &self->status);
    if (!reply)
        return NULL;
    Baocao__V1__Receipt *receipt = reply->receipt;
    reply->reply_case = BAOCAO__V1__SERVER_REPLY__REPLY__NOT_SET;
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return receipt;
}

static bool same_bytes (const ProtobufCBinaryData *a, const ProtobufCBinaryData *b)
{
    return a->len == b->len && !memcmp (a->data, b->data, a->len);
}

// Is it the receipt for exactly this submission, and, when there is one already, the same one?
static bool is_right (const sender_t *self, const ledger_entry_t *entry, const Baocao__V1__SubmitReport *submission,
                      const ledger_entry_t *earlier)
{
    receipt_check_t check = ledger_check_own (entry, self->invite, NULL);
    if (check == RECEIPT_VALID &&
        (!same_bytes (&entry->body->report_id, &submission->report_id) || strcmp (entry->body->plan, submission->plan) != 0 ||
         strcmp (entry->body->period, submission->period) != 0))
        check = RECEIPT_OTHER_REPORT;
    if (check != RECEIPT_VALID)
        client_say (_ ("the server's receipt is not good, so the report stays in the spool: %s"), ledger_meaning (check));
    else if (earlier && !same_bytes (&entry->receipt->body, &earlier->receipt->body)) {
        client_say (_ ("the server's receipt differs from the one in %s/receipts; keep both and tell the standing agency"),
                    home_path (self->home));
        check = RECEIPT_OTHER_REPORT;
    }
    return check == RECEIPT_VALID;
}

// Sends one report, and keeps its receipt before the report leaves the spool. NULL: self->status says why.
static ledger_entry_t *deliver (sender_t *self, Baocao__V1__SubmitReport *submission, const char *id, const ledger_entry_t *earlier)
{
    self->status = upload_attachments (self->client, self->home, submission);
    // An attachment that is not taken now may be tomorrow: the report stays.
    if (self->status == CLIENT_REFUSED)
        self->status = CLIENT_UNREACHABLE;
    Baocao__V1__Receipt *receipt = self->status ? NULL : submit (self, submission);
    if (!receipt) {
        if (self->status == CLIENT_REFUSED && !spool_remove (self->home, id) && !spool_forget (self->home, &submission->report))
            client_say (_ ("the server does not take this report; it has left the spool"));
        return NULL;
    }
    ledger_entry_t *entry = ledger_entry_new (receipt);
    if (entry) {
        entry->report = xmemdup (submission->report.data, submission->report.len);
        entry->report_size = submission->report.len;
    }
    if (!entry || !is_right (self, entry, submission, earlier)) {
        self->status = CLIENT_REFUSED;
        ledger_entry_destroy (&entry);
        return NULL;
    }
    if (ledger_save (self->home, id, entry->receipt, entry->report, entry->report_size) || spool_remove (self->home, id)) {
        self->status = client_cannot_write (self->home);
        ledger_entry_destroy (&entry);
    }
    return entry;
}

static void print_receipt (const ledger_entry_t *entry, bool again)
{
    const Baocao__V1__ReceiptBody *body = entry->body;
    char *time = output_time (body->received_at);
    printf (_ ("received  %s, %s: %s %s revision %u, receipt %llu of the chain, report id %s\n"), time,
            output_timeliness (body->timeliness), body->plan, body->period, body->revision, (unsigned long long)body->chain_index,
            entry->report_id);
    if (again)
        client_say (
            _ ("this very report was received before; the receipt is the same, and it counts once. Use --again to send it as a "
               "new revision."));
    fflush (stdout);
    free (time);
}

static void print_json (const ledger_entry_t *entry, const places_t *places, bool again,
                        const Baocao__V1__SubmissionStatus *verdict)
{
    json_t *json = output_message (&entry->body->base);
    json_object_set_new (json, "repeated", json_boolean (again));
    json_object_set_new (json, "state", json_string ("received"));
    if (verdict) {
        json_t *status = output_message (&verdict->base);
        for (size_t i = 0; places && i < verdict->n_findings; i++)
            json_array_set_new (json_object_get (status, "findings"), i, output_placed_finding (verdict->findings[i], places));
        json_object_update (json, status);
        json_object_set_new (json, "counted", json_boolean (output_is_counted (verdict)));
        json_decref (status);
    }
    output_json (json);
}

static void follow (sender_t *self, const ledger_entry_t *entry, const places_t *places, bool again)
{
    bool json = client_json (self->client);
    if (!json)
        print_receipt (entry, again);
    Baocao__V1__Status *verdict = NULL;
    if (self->what.wait)
        self->status = verdict_wait (self->client, entry, places, self->what.verdict_ms, &verdict);
    if (json)
        print_json (entry, places, again, verdict ? verdict->submissions[0] : NULL);
    if (verdict)
        baocao__v1__status__free_unpacked (verdict, NULL);
}

// The report has left the spool before we came to it: another push has just sent it.
static void sent_elsewhere (sender_t *self, const char *id)
{
    ledger_entry_t *entry = ledger_load (self->home, id);
    if (entry)
        follow (self, entry, self->what.places, true);
    ledger_entry_destroy (&entry);
}

static void send_one (sender_t *self, const char *id)
{
    bool own = !*self->what.own || !strcmp (self->what.own, id);
    Baocao__V1__SubmitReport *submission = spool_get (self->home, id);
    if (!submission && spool_has (self->home, id)) {
        client_say (_ ("%s/spool/%s.request is damaged; 'baocao queue drop' removes it, then push its report again"),
                    home_path (self->home), id);
        self->status = CLIENT_REFUSED;
    } else if (!submission && own)
        sent_elsewhere (self, id);
    if (!submission)
        return;
    places_t *kept = self->what.places ? NULL : spool_places (self->home, id);
    ledger_entry_t *earlier = ledger_load (self->home, id);
    ledger_entry_t *entry = deliver (self, submission, id, earlier);
    if (entry && own)
        follow (self, entry, kept ? kept : self->what.places, earlier != NULL);
    else if (entry)
        client_say (_ ("report %s, which was waiting in the spool, has been received"), id);
    ledger_entry_destroy (&entry);
    ledger_entry_destroy (&earlier);
    places_destroy (&kept);
    baocao__v1__submit_report__free_unpacked (submission, NULL);
}

// The server cannot be reached, or does not let us in: the spool keeps everything. The exit code.
static int kept (const sender_t *self, int status)
{
    char **ids = self->what.silent ? NULL : spool_list (self->home);
    for (char **id = ids; id && *id; id++)
        if (client_json (self->client) && (!*self->what.own || !strcmp (self->what.own, *id)))
            output_json (json_pack ("{s:s, s:s}", "report_id", *id, "state", "spooled"));
    home_list_free (&ids);
    if (!self->what.silent)
        client_say (_ ("the report is kept in %s/spool; 'baocao queue flush' sends it later, 'baocao queue flush --watch' as soon "
                       "as the server can be reached"),
                    home_path (self->home));
    return status == CLIENT_DENIED ? CLIENT_DENIED : CLIENT_SPOOLED;
}

// Sends what is in the spool, oldest first: a later revision must not overtake an earlier one. The exit code is that of the run's
// own report, or else the first that is not 0.
static int drain (sender_t *self)
{
    char **ids = spool_list (self->home);
    int status = CLIENT_DONE;
    bool seen = !*self->what.own;
    if (!*ids && !*self->what.own && !self->what.silent) {
        client_say (_ ("there is nothing in the spool"));
        if (client_json (self->client))
            output_json (json_pack ("{s:[]}", "sent"));
    }
    for (char **id = ids; *id; id++) {
        bool own = !strcmp (self->what.own, *id);
        seen = seen || own;
        self->status = CLIENT_DONE;
        send_one (self, *id);
        if ((self->status == CLIENT_UNREACHABLE || self->status == CLIENT_DENIED) && spool_has (self->home, *id)) {
            home_list_free (&ids);
            return kept (self, self->status);
        }
        if (own || (!*self->what.own && !status))
            status = self->status;
    }
    home_list_free (&ids);
    if (!seen) {
        self->status = CLIENT_DONE;
        sent_elsewhere (self, self->what.own);
        status = self->status;
    }
    return status;
}

int send_spool (client_t *client, const send_t *what)
{
    sender_t self = {.client = client, .home = client_home (client), .invite = client_invite (client, false), .what = *what};
    return drain (&self);
}
