// The unit's reports that the server has.
#pragma once

#include "client.h"

// The one of that id (UUID text), or without one (NULL) what the plan and the period have: the accepted report, else the latest. Free
// with baocao__v1__stored_report__free_unpacked. NULL: said on stderr, *status_p is the exit code.
Baocao__V1__StoredReport *stored_get (client_t *client, const char *report_id, const char *plan, const char *period, int *status_p);

// Its content; NULL: said on stderr. Free with baocao__v1__report__free_unpacked.
Baocao__V1__Report *stored_report (const Baocao__V1__StoredReport *self);

// The latest submissions of the plan and the period ("": all), at most `limit`. Free with baocao__v1__status__free_unpacked. NULL as above.
Baocao__V1__Status *stored_status (client_t *client, const char *plan, const char *period, uint64_t before, uint32_t limit,
                                   int *status_p);

// Has the unit to correct the report and send it again?
bool stored_needs_correction (const Baocao__V1__SubmissionStatus *submission);
