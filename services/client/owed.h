// What the unit owes now: the periods that are open for it, how each stands, and the command that comes next.
#pragma once

#include <jansson.h>

#include "client.h"

typedef struct owed owed_t;

// Of a plan or of all (NULL), of a period or of those that are open. NULL: said on stderr, *status_p is the exit code.
owed_t *owed_new (client_t *client, const char *plan, const char *period, int *status_p);
void owed_destroy (owed_t **self_p);

// Does owed_print tell this submission's findings?
bool owed_tells (const owed_t *self, const Baocao__V1__SubmissionStatus *submission);

void owed_print (const owed_t *self);
void owed_advise (const owed_t *self);  // the next command, on stderr

// An array of objects: plan, period, obligation, standing, due_at (RFC 3339), extended, days_left and working_days_left (until the last
// good day: 0 on it; negative: overdue), latest (a SubmissionStatus, or null), next (a command, or null). The caller owns it.
json_t *owed_json (const owed_t *self);
