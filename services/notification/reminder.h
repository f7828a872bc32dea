// Who is to be reminded now? Looks at the clock and the plan's version at every interval, and at the debts only when a reminder
// can have fallen due: in memory it knows the next instant at which one does. A rehearsal clock may jump either way.
//
// Deciding, the decisions and the notices that carry them are one transaction; what is due for a unit's period is one notice.
#pragma once

#include <czmq.h>

typedef struct reminder reminder_t;

reminder_t *reminder_new (zloop_t *loop, const char *conninfo, zsock_t *posted, int interval_ms);
void reminder_destroy (reminder_t **self_p);

bool reminder_idle (const reminder_t *self);  // has looked, and nothing can have fallen due since
bool reminder_healthy (const reminder_t *self);
