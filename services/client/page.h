// A receipt as a page of A4 (PDF), for the file of the office: what it says, in the user's language, and a QR code that verifies it.
#pragma once

#include "client.h"
#include "ledger.h"

// 0, or -1 (said on stderr). A file that is there stays.
int page_write (const client_t *client, const invite_t *invite, const ledger_entry_t *entry, const char *path);
