// push: shown, confirmed, into the spool, and out of it.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "report/receipt.h"
#include "check.h"
#include "confirm.h"
#include "duties.h"
#include "ledger.h"
#include "outgoing.h"
#include "output.h"
#include "send.h"
#include "sign_off.h"
#include "spool.h"

// One run of the command.
typedef struct {
    client_t *client;
    home_t *home;
    outgoing_t *outgoing;
    Baocao__V1__Duties *duties;  // as last kept; may be NULL
    uint8_t *bytes;              // of the report
    size_t size;
    uint8_t digest[RECEIPT_HASH_SIZE];
    char own[BC_UUID_TEXT];
} push_t;

// The same report gets the same id, so that it counts once however often it is pushed. The exit code.
static int spool_report (push_t *self)
{
    uint8_t id[BC_UUID_SIZE];
    bool known;
    if (spool_report_id (self->home, self->digest, args_flag (client_args (self->client), "again"), id, &known))
        return client_cannot_write (self->home);
    bc_uuid_format (id, self->own);
    Baocao__V1__SubmitReport request = BAOCAO__V1__SUBMIT_REPORT__INIT;
    request.report_id = (ProtobufCBinaryData){sizeof id, id};
    request.plan = self->outgoing->report->plan;
    request.period = self->outgoing->report->period;
    request.report = (ProtobufCBinaryData){self->size, self->bytes};
    size_t packed = baocao__v1__submit_report__get_packed_size (&request);
    if (packed > BC_WIRE_MAX_REQUEST - 64) {
        client_say (_ ("the report has %zu bytes; at most %d can be sent. Move long texts into an attachment."), packed,
                    BC_WIRE_MAX_REQUEST - 64);
        return CLIENT_REFUSED;
    }
    const char *places = places_list (self->outgoing->file->places);
    if (spool_put (self->home, &request, places, self->outgoing->files, self->outgoing->n_files) == 0)
        return CLIENT_DONE;
    if (errno != ESTALE)
        return client_cannot_write (self->home);
    client_say (_ ("an attached file was changed just now: close the program that writes it, and push again"));
    return CLIENT_REFUSED;
}

// --- The server's verdict beforehand ---------------------------------------------------------------------------------------------

static Baocao__V1__ServerReply *ask_check (push_t *self, int *status_p)
{
    Baocao__V1__CheckReport check = BAOCAO__V1__CHECK_REPORT__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    size_t count = self->outgoing->n_files;
    Baocao__V1__CheckedFile *files = xcalloc (count + 1, sizeof *files), **list = xcalloc (count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        spool_file_t *file = &self->outgoing->files[i];
        baocao__v1__checked_file__init (&files[i]);
        files[i].sha256 = (ProtobufCBinaryData){sizeof file->sha256, file->sha256};
        files[i].size = file->size;
        list[i] = &files[i];
    }
    check.plan = self->outgoing->report->plan;
    check.period = self->outgoing->report->period;
    check.report = (ProtobufCBinaryData){self->size, self->bytes};
    check.files = list;
    check.n_files = count;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_CHECK_REPORT;
    request.check_report = &check;
    Baocao__V1__ServerReply *reply = client_ask (self->client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_CHECK, status_p);
    free (files);
    free (list);
    return reply;
}

// The exit code.
static int dry_run (push_t *self)
{
    int status;
    Baocao__V1__ServerReply *reply = ask_check (self, &status);
    if (!reply)
        return status;
    const Baocao__V1__CheckResult *check = reply->check;
    status = check->accepted ? CLIENT_DONE : CLIENT_REFUSED;
    if (client_json (self->client))
        output_json (output_message (&check->base));
    else {
        output_placed (self->client, check->findings, check->n_findings, self->outgoing->report, self->outgoing->file->places);
        client_say (check->accepted ? _ ("the server would accept this report: %s. Nothing was sent.")
                                    : _ ("the server would refuse this report: %s. Nothing was sent."),
                    output_timeliness (check->timeliness));
    }
    if (check->accepted)
        status = sign_off_check (self->client, self->outgoing->report);
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return status;
}

// --- The command -----------------------------------------------------------------------------------------------------------------

static bool has_receipt (const push_t *self, const uint8_t id[BC_UUID_SIZE])
{
    char text[BC_UUID_TEXT];
    bc_uuid_format (id, text);
    ledger_entry_t *entry = ledger_load (self->home, text);
    bool there = entry != NULL;
    ledger_entry_destroy (&entry);
    return there;
}

// The exit code; *own is set when the report is in the spool.
static int take_in (push_t *self, const char *path, bool again)
{
    uint8_t id[BC_UUID_SIZE];
    const args_t *args = client_args (self->client);
    receipt_digest (self->bytes, self->size, self->digest);
    if (args_flag (args, "dry-run"))
        return dry_run (self);
    int status =
        args_flag (args, "unchecked") ? CLIENT_DONE : check_before_sending (self->client, self->outgoing, path, &self->duties);
    bool sent_before = !again && spool_known_id (self->home, self->digest, id) && has_receipt (self, id);
    if (!status && !sent_before)  // what is there already is no longer to be agreed to
        status = sign_off_check (self->client, self->outgoing->report);
    if (!status)
        status = confirm_push (self->client, self->outgoing, self->duties, sent_before);
    return status ? status : spool_report (self);
}

static int push_file (push_t *self, const char *path, send_t *what)
{
    int status;
    self->duties = duties_kept (self->home);  // the line need not be there
    self->outgoing = outgoing_load (self->client, path, self->duties, &status);
    if (self->outgoing) {
        self->size = bc_wire_pack (&self->outgoing->report->base, &self->bytes);
        status = take_in (self, path, args_flag (client_args (self->client), "again"));
        free (self->bytes);
    }
    if (!status && *self->own) {
        what->own = self->own;
        what->places = self->outgoing->file->places;
        status = send_spool (self->client, what);
        if (!status && what->wait && !client_json (self->client))
            client_say (_ ("done. 'baocao receipt show' has the receipt, 'baocao status' what is still owed."));
    }
    outgoing_destroy (&self->outgoing);
    baocao__v1__duties__free_unpacked (self->duties, NULL);
    return status;
}

int client_push (client_t *client)
{
    const args_t *args = client_args (client);
    push_t self = {.client = client};
    long long seconds;
    if (args_number (args, "wait", 60, 0, 86400, &seconds))
        return client_misused (_ ("--wait is a number of seconds"));
    if (!client_invite (client, false))
        return CLIENT_UNCONFIGURED;
    if (!args_flag (args, "dry-run") && !confirm_is_possible (client))
        return CLIENT_USAGE;
    self.home = client_home (client);
    output_home_zone (self.home);
    return push_file (&self, args_operand (args, 0),
                      &(send_t){.wait = !args_flag (args, "no-wait"), .verdict_ms = (int)seconds * 1000});
}
