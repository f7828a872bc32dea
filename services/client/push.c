// push: into the spool, over the line, receipt, verdict. At every moment what counts is on disk.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "report/receipt.h"
#include "duties.h"
#include "ledger.h"
#include "outgoing.h"
#include "output.h"
#include "spool.h"
#include "verdict.h"

// One run of the command.
typedef struct {
    client_t *client;
    home_t *home;
    const invite_t *invite;
    char own[BC_UUID_TEXT];  // the report given on the command line; "": everything in the spool
    bool wait;
    int verdict_ms;
    int status;
} push_t;

// --- Into the spool --------------------------------------------------------------------------------------------------------------

static int cannot_write (const push_t *self)
{
    client_say (_ ("cannot write to %s: %s"), home_path (self->home), strerror (errno));
    return CLIENT_UNCONFIGURED;
}

// The same report gets the same id, so that it counts once however often it is pushed.
static int spool_report (push_t *self, const outgoing_t *outgoing)
{
    uint8_t digest[RECEIPT_HASH_SIZE], id[BC_UUID_SIZE], *bytes;
    bool known;
    size_t size = bc_wire_pack (&outgoing->report->base, &bytes);
    receipt_digest (bytes, size, digest);
    int status = CLIENT_DONE;
    if (spool_report_id (self->home, digest, args_flag (client_args (self->client), "again"), id, &known)) {
        free (bytes);
        return cannot_write (self);
    }
    bc_uuid_format (id, self->own);
    Baocao__V1__SubmitReport request = BAOCAO__V1__SUBMIT_REPORT__INIT;
    request.report_id = (ProtobufCBinaryData){sizeof id, id};
    request.plan = outgoing->report->plan;
    request.period = outgoing->report->period;
    request.report = (ProtobufCBinaryData){size, bytes};
    request.files = outgoing->files;
    request.n_files = outgoing->n_files;
    size_t packed = baocao__v1__submit_report__get_packed_size (&request);
    if (packed > BC_WIRE_MAX_REQUEST - 64) {
        client_say (_ ("the report and its attachments have %zu bytes together; at most %d can be sent"), packed,
                    BC_WIRE_MAX_REQUEST - 64);
        status = CLIENT_REFUSED;
    } else if (spool_put (self->home, &request))
        status = cannot_write (self);
    free (bytes);
    return status;
}

static int spool_file (push_t *self, const char *path)
{
    int status;
    // The types of indicators in a CSV file are all that is wanted of the duties; the line need not be there.
    Baocao__V1__Duties *duties = duties_load (self->home);
    outgoing_t *outgoing = outgoing_load (self->client, path, duties, &status);
    if (outgoing)
        status = spool_report (self, outgoing);
    outgoing_destroy (&outgoing);
    baocao__v1__duties__free_unpacked (duties, NULL);
    return status;
}

// --- Out of it -------------------------------------------------------------------------------------------------------------------

static Baocao__V1__Receipt *submit (push_t *self, Baocao__V1__SubmitReport *submission)
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
static bool is_right (const push_t *self, const ledger_entry_t *entry, const Baocao__V1__SubmitReport *submission,
                      const ledger_entry_t *earlier)
{
    receipt_check_t check = ledger_check (entry, self->invite, NULL);
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
static ledger_entry_t *deliver (push_t *self, Baocao__V1__SubmitReport *submission, const char *id, const ledger_entry_t *earlier)
{
    Baocao__V1__Receipt *receipt = submit (self, submission);
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
        self->status = cannot_write (self);
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

static void print_json (const ledger_entry_t *entry, bool again, const Baocao__V1__SubmissionStatus *verdict)
{
    json_t *json = output_message (&entry->body->base);
    json_object_set_new (json, "repeated", json_boolean (again));
    json_object_set_new (json, "state", json_string ("received"));
    if (verdict) {
        json_t *status = output_message (&verdict->base);
        json_object_update (json, status);
        json_object_set_new (json, "counted", json_boolean (output_is_counted (verdict)));
        json_decref (status);
    }
    output_json (json);
}

static void follow (push_t *self, const ledger_entry_t *entry, bool again)
{
    bool json = client_json (self->client);
    if (!json)
        print_receipt (entry, again);
    Baocao__V1__Status *verdict = NULL;
    if (self->wait)
        self->status = verdict_wait (self->client, entry, self->verdict_ms, &verdict);
    if (json)
        print_json (entry, again, verdict ? verdict->submissions[0] : NULL);
    if (verdict)
        baocao__v1__status__free_unpacked (verdict, NULL);
}

// The report has left the spool before we came to it: another push has just sent it.
static void sent_elsewhere (push_t *self, const char *id)
{
    ledger_entry_t *entry = ledger_load (self->home, id);
    if (entry)
        follow (self, entry, true);
    ledger_entry_destroy (&entry);
}

static void send_one (push_t *self, const char *id)
{
    bool own = !*self->own || !strcmp (self->own, id);
    Baocao__V1__SubmitReport *submission = spool_get (self->home, id);
    if (!submission && spool_has (self->home, id)) {
        client_say (_ ("%s/spool/%s.request is damaged; remove it and push its report again"), home_path (self->home), id);
        self->status = CLIENT_REFUSED;
    } else if (!submission && own)
        sent_elsewhere (self, id);
    if (!submission)
        return;
    ledger_entry_t *earlier = ledger_load (self->home, id);
    ledger_entry_t *entry = deliver (self, submission, id, earlier);
    if (entry && own)
        follow (self, entry, earlier != NULL);
    else if (entry)
        client_say (_ ("report %s, which was waiting in the spool, has been received"), id);
    ledger_entry_destroy (&entry);
    ledger_entry_destroy (&earlier);
    baocao__v1__submit_report__free_unpacked (submission, NULL);
}

// The server cannot be reached, or does not let us in: the spool keeps everything. The exit code.
static int kept (const push_t *self, int status)
{
    char **ids = spool_list (self->home);
    for (char **id = ids; *id; id++)
        if (client_json (self->client) && (!*self->own || !strcmp (self->own, *id)))
            output_json (json_pack ("{s:s, s:s}", "report_id", *id, "state", "spooled"));
    home_list_free (&ids);
    client_say (_ ("the report is kept in %s/spool; 'baocao push' sends it later"), home_path (self->home));
    return status == CLIENT_DENIED ? CLIENT_DENIED : CLIENT_SPOOLED;
}

// Sends what is in the spool, oldest first: a later revision must not overtake an earlier one. The exit code is that of the run's
// own report, or else the first that is not 0.
static int drain (push_t *self)
{
    char **ids = spool_list (self->home);
    int status = CLIENT_DONE;
    bool seen = !*self->own;
    if (!*ids && !*self->own) {
        client_say (_ ("there is nothing in the spool"));
        if (client_json (self->client))
            output_json (json_pack ("{s:[]}", "sent"));
    }
    for (char **id = ids; *id; id++) {
        bool own = !strcmp (self->own, *id);
        seen = seen || own;
        self->status = CLIENT_DONE;
        send_one (self, *id);
        if ((self->status == CLIENT_UNREACHABLE || self->status == CLIENT_DENIED) && spool_has (self->home, *id)) {
            home_list_free (&ids);
            return kept (self, self->status);
        }
        if (own || (!*self->own && !status))
            status = self->status;
    }
    home_list_free (&ids);
    if (!seen) {
        self->status = CLIENT_DONE;
        sent_elsewhere (self, self->own);
        status = self->status;
    }
    return status;
}

int client_push (client_t *client)
{
    const args_t *args = client_args (client);
    push_t self = {.client = client, .wait = !args_flag (args, "no-wait")};
    long long seconds;
    if (args_number (args, "wait", 60, 0, 86400, &seconds))
        return client_misused (_ ("--wait is a number of seconds"));
    self.verdict_ms = (int)seconds * 1000;
    self.invite = client_invite (client, false);
    self.home = client_home (client);
    if (!self.invite)
        return CLIENT_UNCONFIGURED;
    output_home_zone (self.home);
    int status = args_operands (args) ? spool_file (&self, args_operand (args, 0)) : CLIENT_DONE;
    return status ? status : drain (&self);
}
