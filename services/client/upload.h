// Attachments on their way out: from the spool to the server, in pieces, and after a cut from where it broke off.
#pragma once

#include "client.h"
#include "home.h"

// Sends those attachments of the report that the spool has and the server does not, with a progress bar on a terminal. The exit code;
// what went wrong was said on stderr. Unreachable: the server keeps what it has got, and the next call goes on there.
int upload_attachments (client_t *client, const home_t *home, const Baocao__V1__SubmitReport *submission);
