// The agreement of the units that coordinate a task to what its lead is going to report.
#pragma once

#include "client.h"

// May the report go out? For every task that was shown to the coordinating units it must say what it said there, and all of them must
// have agreed. While the server cannot be reached or is busy it may, too: that the answers were not looked at is said. The exit code;
// what is missing was said on stderr.
int sign_off_check (client_t *client, const Baocao__V1__Report *report);

// With --withdraw: takes back the unit's contribution to the task that is the command's operand, or its draft. The exit code.
int sign_off_take_back (client_t *client, Baocao__V1__Coordinate__ItemCase what);
