// The receipts that this home holds, each with the very bytes that it is for.
#pragma once

#include <stddef.h>

#include "report/receipt.h"
#include "baocao/v1/receipt.pb-c.h"
#include "home.h"
#include "invite.h"

typedef struct {
    char *report_id;  // as text
    Baocao__V1__Receipt *receipt;
    Baocao__V1__ReceiptBody *body;
    uint8_t *report;  // NULL: the bytes are not kept here
    size_t report_size;
} ledger_entry_t;

// From a receipt, which it takes over. NULL when the receipt's body is none; the receipt is freed all the same.
ledger_entry_t *ledger_entry_new (Baocao__V1__Receipt *receipt);
void ledger_entry_destroy (ledger_entry_t **self_p);

// Keeps a receipt and the report's bytes, durably. 0 or -1 (errno).
int ledger_save (home_t *home, const char *report_id, const Baocao__V1__Receipt *receipt, const void *report, size_t size);

// NULL: not there or damaged.
ledger_entry_t *ledger_load (const home_t *home, const char *report_id);

// All of them, in the order of the department's chain, ended by NULL; free with ledger_free. *damaged_p (may be NULL) is the
// number of receipt files that cannot be read.
ledger_entry_t **ledger_all (const home_t *home, size_t *damaged_p);
void ledger_free (ledger_entry_t ***entries_p);

// Signature, digest (when the bytes are kept) and link to `previous` (NULL: the receipt one lower is not here), by the invite's
// key.
receipt_check_t ledger_check (const ledger_entry_t *self, const invite_t *invite, const ledger_entry_t *previous);

// The same, and whether the receipt is this unit's.
receipt_check_t ledger_check_own (const ledger_entry_t *self, const invite_t *invite, const ledger_entry_t *previous);

// What a check's result means, in the user's language.
const char *ledger_meaning (receipt_check_t check);
