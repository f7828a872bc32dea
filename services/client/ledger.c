#include "ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "client.h"

ledger_entry_t *ledger_entry_new (Baocao__V1__Receipt *receipt)
{
    Baocao__V1__ReceiptBody *body = baocao__v1__receipt_body__unpack (NULL, receipt->body.len, receipt->body.data);
    if (!body || body->report_id.len != BC_UUID_SIZE || !body->received_at) {
        if (body)
            baocao__v1__receipt_body__free_unpacked (body, NULL);
        baocao__v1__receipt__free_unpacked (receipt, NULL);
        return NULL;
    }
    ledger_entry_t *self = xcalloc (1, sizeof *self);
    self->receipt = receipt;
    self->body = body;
    self->report_id = xmalloc (BC_UUID_TEXT);
    bc_uuid_format (body->report_id.data, self->report_id);
    return self;
}

void ledger_entry_destroy (ledger_entry_t **self_p)
{
    ledger_entry_t *self = *self_p;
    if (!self)
        return;
    baocao__v1__receipt__free_unpacked (self->receipt, NULL);
    baocao__v1__receipt_body__free_unpacked (self->body, NULL);
    free (self->report);
    free (self->report_id);
    free (self);
    *self_p = NULL;
}

int ledger_save (home_t *home, const char *report_id, const Baocao__V1__Receipt *receipt, const void *report, size_t size)
{
    char *receipt_name = xasprintf ("receipts/%s.receipt", report_id), *report_name = xasprintf ("receipts/%s.report", report_id);
    uint8_t *data;
    size_t receipt_size = bc_wire_pack (&receipt->base, &data);
    // The report first: a receipt here always has its bytes beside it.
    int result = home_save (home, report_name, report, size);
    if (!result)
        result = home_save (home, receipt_name, data, receipt_size);
    int error = errno;
    free (data);
    free (receipt_name);
    free (report_name);
    errno = error;
    return result;
}

ledger_entry_t *ledger_load (const home_t *home, const char *report_id)
{
    char *name = xasprintf ("receipts/%s.receipt", report_id);
    size_t size = 0;
    uint8_t *data = home_load (home, name, &size);
    Baocao__V1__Receipt *receipt = data ? baocao__v1__receipt__unpack (NULL, size, data) : NULL;
    ledger_entry_t *self = receipt ? ledger_entry_new (receipt) : NULL;
    free (data);
    free (name);
    if (self && strcmp (self->report_id, report_id) != 0)
        ledger_entry_destroy (&self);  // another receipt under this name
    if (self) {
        name = xasprintf ("receipts/%s.report", report_id);
        self->report = home_load (home, name, &self->report_size);
        free (name);
    }
    return self;
}

static int by_chain_index (const void *a, const void *b)
{
    uint64_t x = (*(ledger_entry_t *const *)a)->body->chain_index, y = (*(ledger_entry_t *const *)b)->body->chain_index;
    return (x > y) - (x < y);
}

ledger_entry_t **ledger_all (const home_t *home, size_t *damaged_p)
{
    char **names = home_list (home, "receipts", ".receipt");
    ledger_entry_t **entries = xcalloc (1, sizeof (ledger_entry_t *));
    size_t count = 0, damaged = 0;
    for (char **name = names; *name; name++) {
        entries = xrealloc (entries, (count + 2) * sizeof (ledger_entry_t *));
        entries[count] = ledger_load (home, *name);
        if (entries[count])
            count++;
        else {
            client_say (_ ("%s/receipts/%s.receipt is damaged"), home_path (home), *name);
            damaged++;
        }
    }
    entries[count] = NULL;
    home_list_free (&names);
    qsort (entries, count, sizeof (ledger_entry_t *), by_chain_index);
    if (damaged_p)
        *damaged_p = damaged;
    return entries;
}

void ledger_free (ledger_entry_t ***entries_p)
{
    for (ledger_entry_t **entry = *entries_p; entry && *entry; entry++)
        ledger_entry_destroy (entry);
    free (*entries_p);
    *entries_p = NULL;
}

receipt_check_t ledger_check (const ledger_entry_t *self, const invite_t *invite, const ledger_entry_t *previous)
{
    bool linked = previous && previous->body->chain_index + 1 == self->body->chain_index;
    return receipt_verify (self->receipt, invite->receipt_key, self->report, self->report_size, linked ? previous->receipt : NULL);
}

receipt_check_t ledger_check_own (const ledger_entry_t *self, const invite_t *invite, const ledger_entry_t *previous)
{
    receipt_check_t check = ledger_check (self, invite, previous);
    return check == RECEIPT_VALID && strcmp (self->body->unit, invite->unit) != 0 ? RECEIPT_OTHER_REPORT : check;
}

const char *ledger_meaning (receipt_check_t check)
{
    switch (check) {
    case RECEIPT_VALID:
        return _ ("valid");
    case RECEIPT_MALFORMED:
        return _ ("INVALID: this is not a receipt");
    case RECEIPT_WRONG_KEY:
        return _ ("NOT CHECKED: signed with another key than the invite names; ask the standing agency for a new invite");
    case RECEIPT_BAD_SIGNATURE:
        return _ ("INVALID: the signature is false");
    case RECEIPT_OTHER_REPORT:
        return _ ("INVALID: it is for another report");
    case RECEIPT_BROKEN_CHAIN:
        return _ ("INVALID: it does not follow the receipt before it");
    }
    return "";
}
