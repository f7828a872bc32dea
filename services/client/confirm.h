// Before something is done that others will see, or that cannot be undone: what it is, and "y" on the terminal, unless --yes.
#pragma once

#include "client.h"
#include "outgoing.h"

// Is there --yes, or a terminal on which somebody can be asked? If not the remedy is said on stderr.
bool confirm_is_possible (const client_t *client);

// Asks the question. True: yes.
bool confirm (const client_t *client, const char *question);

// Shows what is about to be sent, and asks. duties may be NULL. sent_before: this very report has a
// receipt.
// The exit code: done, or cancelled.
int confirm_push (client_t *client, const outgoing_t *outgoing, const Baocao__V1__Duties *duties, bool sent_before);
