// The unit's duties: asked from the server, kept in the home for times without a line.
#pragma once

#include "client.h"

typedef enum {
    DUTIES_KEPT,    // as last kept; nothing is sent
    DUTIES_LATEST,  // from the server; when it cannot be reached, as last kept, which is said on stderr
} duties_source_t;

// server_time is the server's time now, in kept duties as reckoned since they were kept. Free with
// baocao__v1__duties__free_unpacked. NULL: said on stderr, *status_p is the exit code.
Baocao__V1__Duties *duties_get (client_t *client, duties_source_t source, int *status_p);

// As last kept in the home; free likewise. NULL: there are none.
Baocao__V1__Duties *duties_load (const home_t *home);

// The same, with the server's time now, as reckoned since they were kept.
Baocao__V1__Duties *duties_kept (const home_t *home);

// The plan of that code, or the only one when code is NULL. NULL: there is none.
const Baocao__V1__PlanDuties *duties_plan (const Baocao__V1__Duties *self, const char *code);

// Is it still waited for: opened, and neither closed nor lapsed? So many days after a deadline a period lapses: the server, too, gives up
// reminding. What is owed is what is waited for.
enum { DUTIES_LAPSE_DAYS = 60 };
bool duties_is_waited_for (const Baocao__V1__PeriodDuty *period, int64_t now);

// The period of that code; with NULL the one that is waited for at `now` (Unix ms), or else the latest that opened before.
const Baocao__V1__PeriodDuty *duties_period (const Baocao__V1__PlanDuties *plan, const char *code, int64_t now);
