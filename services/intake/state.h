// What follows from what is stored: the states and standings of client.proto. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "baocao/v1/client.pb-c.h"

// The state with this name: "received", "accepted" ...
Baocao__V1__SubmissionState state_of_submission (const char *name);

// late: the first accepted report was; refused: the latest report judged was; returned: an accepted report was.
Baocao__V1__UnitStanding state_of_unit (bool has_accepted, bool late, bool refused, bool returned);
