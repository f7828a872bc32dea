// The agreement of the units that coordinate a task to what its lead is going to report.
#pragma once

#include "client.h"

// May the report go out? For every task that was shown to the coordinating units it must say what it said there, and all of them must
// have agreed. When the server cannot be asked, it may. The exit code; what is missing was said on stderr.
int sign_off_check (client_t *client, const Baocao__V1__Report *report);
