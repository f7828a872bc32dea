// receipt: what was promised, and whether it holds; for the screen, for paper.
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "file.h"
#include "ledger.h"
#include "output.h"
#include "page.h"
#include "qr.h"

enum { RECEIPT_FILE_MAX = 65536 };

static void hex (const ProtobufCBinaryData *bytes, char text[65])
{
    sodium_bin2hex (text, 65, bytes->data, bytes->len < 32 ? bytes->len : 32);
}

// The receipt from the home, or else from the server. NULL: said on stderr, *status_p is the exit code.
static ledger_entry_t *find_receipt (client_t *client, const uint8_t id[BC_UUID_SIZE], int *status_p)
{
    char text[BC_UUID_TEXT];
    bc_uuid_format (id, text);
    ledger_entry_t *entry = ledger_load (client_home (client), text);
    if (entry)
        return entry;
    Baocao__V1__GetReceipt get = BAOCAO__V1__GET_RECEIPT__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    get.report_id = (ProtobufCBinaryData){BC_UUID_SIZE, (uint8_t *)id};
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_RECEIPT;
    request.get_receipt = &get;
    Baocao__V1__ServerReply *reply = client_ask (client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_RECEIPT, status_p);
    if (!reply)
        return NULL;
    entry = ledger_entry_new (reply->receipt);
    reply->reply_case = BAOCAO__V1__SERVER_REPLY__REPLY__NOT_SET;
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    if (!entry) {
        client_say ("%s", ledger_meaning (RECEIPT_MALFORMED));
        *status_p = CLIENT_REFUSED;
    }
    return entry;
}

static ledger_entry_t *read_receipt (const char *path, int *status_p)
{
    size_t size;
    *status_p = CLIENT_USAGE;
    char *data = client_read_file (path, RECEIPT_FILE_MAX, &size);
    if (!data)
        return NULL;
    Baocao__V1__Receipt *receipt = baocao__v1__receipt__unpack (NULL, size, (uint8_t *)data);
    ledger_entry_t *entry = receipt ? ledger_entry_new (receipt) : NULL;
    free (data);
    *status_p = entry ? CLIENT_DONE : CLIENT_REFUSED;
    if (!entry)
        client_say (_ ("%s is not a receipt"), path);
    return entry;
}

// Named by a report id or by a file.
static ledger_entry_t *named_receipt (client_t *client, const char *name, int *status_p)
{
    uint8_t id[BC_UUID_SIZE];
    *status_p = CLIENT_DONE;
    return bc_uuid_parse (name, id) ? read_receipt (name, status_p) : find_receipt (client, id, status_p);
}

static json_t *hex_json (const ProtobufCBinaryData *bytes)
{
    char *text = xmalloc (bytes->len * 2 + 1);
    sodium_bin2hex (text, bytes->len * 2 + 1, bytes->data, bytes->len);
    json_t *json = json_string (text);
    free (text);
    return json;
}

// The fields for people and scripts; and body, the very bytes that are signed, for whoever checks the signature by other means.
static json_t *receipt_json (const ledger_entry_t *entry)
{
    json_t *json = output_message (&entry->body->base);
    char hash[65];
    uint8_t bytes[RECEIPT_HASH_SIZE];
    receipt_hash (entry->receipt->body.data, entry->receipt->body.len, bytes);
    sodium_bin2hex (hash, sizeof hash, bytes, sizeof bytes);
    json_object_set_new (json, "hash", json_string (hash));
    json_object_set_new (json, "key_id", json_string (entry->receipt->key_id));
    json_object_set_new (json, "body", hex_json (&entry->receipt->body));
    json_object_set_new (json, "signature", hex_json (&entry->receipt->signature));
    return json;
}

static void print_receipt (const client_t *client, const ledger_entry_t *entry)
{
    if (client_json (client)) {
        output_json (receipt_json (entry));
        return;
    }
    const Baocao__V1__ReceiptBody *body = entry->body;
    char digest[65], previous[65], *time = output_time (body->received_at);
    hex (&body->report_digest, digest);
    hex (&body->previous_hash, previous);
    printf (_ ("report id       %s\nunit            %s\nplan, period    %s, %s\nrevision        %u\nreceived        %s (%s)\n"
               "submitted by    %s\nreport SHA-256  %s\nin the chain    %llu, after %s\nsigned with     %s\n"),
            entry->report_id, body->unit, body->plan, body->period, body->revision, time, output_timeliness (body->timeliness),
            body->submitted_by, digest, (unsigned long long)body->chain_index, previous, entry->receipt->key_id);
    free (time);
}

static void print_list (ledger_entry_t **entries)
{
    const char *const titles[] = {_ ("RECEIPT>"), _ ("PLAN"), _ ("PERIOD"),       _ ("REVISION>"),
                                  _ ("RECEIVED"), _ ("TIME"), _ ("SUBMITTED BY"), _ ("REPORT ID")};
    table_t *table = table_new (titles, 8);
    for (; *entries; entries++) {
        const Baocao__V1__ReceiptBody *body = (*entries)->body;
        char index[24], revision[16], *time = output_time (body->received_at);
        snprintf (index, sizeof index, "%llu", (unsigned long long)body->chain_index);
        snprintf (revision, sizeof revision, "%u", body->revision);
        table_row (table, (const char *const[]){index, body->plan, body->period, revision, time,
                                                output_timeliness (body->timeliness), body->submitted_by, (*entries)->report_id});
        free (time);
    }
    table_print (&table);
}

static int list_all (client_t *client)
{
    size_t damaged;
    ledger_entry_t **entries = ledger_all (client_home (client), &damaged);
    if (client_json (client))
        for (ledger_entry_t **entry = entries; *entry; entry++)
            output_json (receipt_json (*entry));
    else
        print_list (entries);
    ledger_free (&entries);
    return damaged ? CLIENT_REFUSED : CLIENT_DONE;
}

int client_receipt_list (client_t *client)
{
    if (!client_invite (client, false))
        return CLIENT_UNCONFIGURED;
    output_home_zone (client_home (client));
    return list_all (client);
}

int client_receipt_show (client_t *client)
{
    const char *name = args_operand (client_args (client), 0);
    int status = CLIENT_DONE;
    if (!client_invite (client, false))
        return CLIENT_UNCONFIGURED;
    output_home_zone (client_home (client));
    if (name) {
        ledger_entry_t *entry = named_receipt (client, name, &status);
        receipt_check_t check = entry ? ledger_check_own (entry, client_invite (client, false), NULL) : RECEIPT_VALID;
        if (entry)
            print_receipt (client, entry);
        if (check != RECEIPT_VALID) {
            client_say ("%s", ledger_meaning (check));
            status = CLIENT_REFUSED;
        }
        ledger_entry_destroy (&entry);
        return status;
    }
    return list_all (client);
}

// --- pdf -------------------------------------------------------------------------------------------------------------------------

// The one named, or the latest that is kept.
static ledger_entry_t *wanted_receipt (client_t *client, int *status_p)
{
    const char *name = args_operand (client_args (client), 0);
    if (name)
        return named_receipt (client, name, status_p);
    ledger_entry_t **entries = ledger_all (client_home (client), NULL), *latest = NULL;
    size_t count = 0;
    while (entries[count])
        count++;
    if (count) {
        latest = entries[count - 1];
        entries[count - 1] = NULL;
    } else
        client_say (_ ("no receipt is kept here yet"));
    *status_p = count ? CLIENT_DONE : CLIENT_REFUSED;
    ledger_free (&entries);
    return latest;
}

static int write_page (client_t *client, const ledger_entry_t *entry)
{
    const char *given = args_value (client_args (client), "output");
    receipt_check_t check = ledger_check_own (entry, client_invite (client, false), NULL);
    if (check != RECEIPT_VALID) {
        client_say ("%s", ledger_meaning (check));
        return CLIENT_REFUSED;
    }
    char *path = given ? xstrdup (given) : xasprintf ("receipt-%llu.pdf", (unsigned long long)entry->body->chain_index);
    int status = page_write (client, client_invite (client, false), entry, path) ? CLIENT_USAGE : CLIENT_DONE;
    if (!status && client_json (client))
        output_json (json_pack ("{s:s, s:s}", "report_id", entry->report_id, "file", path));
    else if (!status)
        printf (_ ("written: %s\n"), path);
    free (path);
    return status;
}

int client_receipt_pdf (client_t *client)
{
    int status;
    if (!client_invite (client, false))
        return CLIENT_UNCONFIGURED;
    output_home_zone (client_home (client));
    ledger_entry_t *entry = wanted_receipt (client, &status);
    if (entry)
        status = write_page (client, entry);
    ledger_entry_destroy (&entry);
    return status;
}

// --- verify ----------------------------------------------------------------------------------------------------------------------

typedef struct {
    size_t checked, invalid, gaps;
} tally_t;

// The receipt one lower in the chain, when it is in the home.
static const ledger_entry_t *predecessor (ledger_entry_t **all, uint64_t chain_index)
{
    for (; *all; all++)
        if ((*all)->body->chain_index + 1 == chain_index)
            return *all;
    return NULL;
}

static receipt_check_t tell_check (const client_t *client, const ledger_entry_t *entry, receipt_check_t check,
                                   const ledger_entry_t *previous, tally_t *tally)
{
    static const char *const NAMES[] = {"valid", "malformed", "wrong_key", "bad_signature", "other_report", "broken_chain"};
    bool linked = entry->body->chain_index == 1 || (previous && previous->body->chain_index + 1 == entry->body->chain_index);
    tally->checked++;
    tally->invalid += check != RECEIPT_VALID;
    tally->gaps += !linked;
    if (client_json (client))
        output_json (json_pack ("{s:s, s:I, s:s, s:b, s:b, s:b}", "report_id", entry->report_id, "chain_index",
                                (json_int_t)entry->body->chain_index, "check", NAMES[check], "valid", check == RECEIPT_VALID,
                                "report_checked", entry->report != NULL, "linked", check == RECEIPT_VALID && linked));
    else
        printf ("%6llu  %s  %s%s%s\n", (unsigned long long)entry->body->chain_index, entry->report_id, ledger_meaning (check),
                entry->report ? "" : _ ("; the report itself is not here"),
                linked ? "" : _ ("; the receipt before it is not here"));
    return check;
}

static void check_own (const client_t *client, const ledger_entry_t *entry, const invite_t *invite, const ledger_entry_t *previous,
                       tally_t *tally)
{
    tell_check (client, entry, ledger_check_own (entry, invite, previous), previous, tally);
}

// One that was read from paper may be any unit's: the key is the same for all. What it says is shown once it is known to be true.
static void check_paper (const client_t *client, const ledger_entry_t *entry, const invite_t *invite, ledger_entry_t **all,
                         tally_t *tally)
{
    bool own = !strcmp (entry->body->unit, invite->unit);
    const ledger_entry_t *previous = own ? predecessor (all, entry->body->chain_index) : NULL;
    receipt_check_t check = tell_check (client, entry, ledger_check (entry, invite, previous), previous, tally);
    if (check == RECEIPT_VALID && !client_json (client))
        print_receipt (client, entry);
}

// Puts the bytes of the report at path in the place of those kept: the packed bytes themselves, or the officer's file.
static int take_report (const char *path, ledger_entry_t *entry)
{
    size_t size;
    char *data = client_read_file (path, FILE_MAX, &size), *error = NULL;
    if (!data)
        return CLIENT_USAGE;
    uint8_t digest[RECEIPT_HASH_SIZE];
    receipt_digest (data, size, digest);
    free (entry->report);
    entry->report = (uint8_t *)data;
    entry->report_size = size;
    if (entry->body->report_digest.len == sizeof digest && !memcmp (digest, entry->body->report_digest.data, sizeof digest))
        return CLIENT_DONE;
    file_t *file = file_new (data, size, NULL, &error);
    free (error);
    if (file && !file->complaints.errors) {
        free (data);
        entry->report_size = bc_wire_pack (&file->report->base, &entry->report);
    }
    file_destroy (&file);
    return CLIENT_DONE;
}

// As it was read from paper, with the report's bytes when they are kept here.
static ledger_entry_t *receipt_of_code (client_t *client, const char *text, int *status_p)
{
    Baocao__V1__Receipt *receipt = qr_receipt (text);
    ledger_entry_t *entry = receipt ? ledger_entry_new (receipt) : NULL;
    *status_p = entry ? CLIENT_DONE : CLIENT_REFUSED;
    if (!entry) {
        client_say (_ ("this is not the text of a receipt's QR code: it begins with \"baocao:1:\""));
        return NULL;
    }
    ledger_entry_t *kept = ledger_load (client_home (client), entry->report_id);
    if (kept) {
        entry->report = kept->report;
        entry->report_size = kept->report_size;
        kept->report = NULL;
    }
    ledger_entry_destroy (&kept);
    return entry;
}

static int verify_one (client_t *client, const invite_t *invite, const char *name, ledger_entry_t **all, tally_t *tally)
{
    int status;
    const char *report = args_value (client_args (client), "report"), *code = args_value (client_args (client), "qr");
    ledger_entry_t *entry = code ? receipt_of_code (client, code, &status) : named_receipt (client, name, &status);
    if (entry && report)
        status = take_report (report, entry);
    if (entry && !status && code)
        check_paper (client, entry, invite, all, tally);
    else if (entry && !status)
        check_own (client, entry, invite, predecessor (all, entry->body->chain_index), tally);
    ledger_entry_destroy (&entry);
    return status;
}

int client_receipt_verify (client_t *client)
{
    const char *name = args_operand (client_args (client), 0);
    bool one = name || args_flag (client_args (client), "qr");
    const invite_t *invite = client_invite (client, false);
    tally_t tally = {0};
    size_t damaged = 0;
    int status = CLIENT_DONE;
    if (!invite)
        return CLIENT_UNCONFIGURED;
    if (name && args_flag (client_args (client), "qr"))
        return client_misused (_ ("--qr stands in the place of a report id or a file"));
    if (!one && args_flag (client_args (client), "report"))
        return client_misused (_ ("--report goes with one receipt: name it"));
    ledger_entry_t **all = ledger_all (client_home (client), &damaged);
    output_home_zone (client_home (client));
    if (one)
        status = verify_one (client, invite, name, all, &tally);
    for (size_t i = 0; !one && all[i]; i++)
        check_own (client, all[i], invite, i ? all[i - 1] : NULL, &tally);
    ledger_free (&all);
    if (!status)
        client_say (_ ("%zu receipts checked, %zu not valid"), tally.checked, tally.invalid + (one ? 0 : damaged));
    return status ? status : tally.invalid || (!one && damaged) ? CLIENT_REFUSED : CLIENT_DONE;
}
