// Waiting for what becomes of a report.
#pragma once

#include "client.h"
#include "ledger.h"
#include "places.h"

// Waits up to patience_ms until the report's verdict is there and, when it is accepted, counted; says each stage on stdout unless
// --json, and what was found with the cells of the report's file where they are known (places may be NULL). The exit code: done, refused, or unreachable when the verdict did not come. *status_p holds the one submission, as far as
// it is known (NULL: not at all); the caller frees it.
int verdict_wait (client_t *client, const ledger_entry_t *entry, const places_t *places, int patience_ms,
                  Baocao__V1__Status **status_p);
