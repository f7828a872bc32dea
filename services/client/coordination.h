// What the units that share tasks say to each other before the lead reports: contributions, drafts, answers.
#pragma once

#include <jansson.h>

#include "client.h"

// All that stands in the period, of the tasks that the unit leads or coordinates; with own_drafts only the unit's own drafts and the answers
// to them. Free with
// baocao__v1__coordination__free_unpacked. NULL: said on stderr; *status_p is the exit code.
Baocao__V1__Coordination *coordination_get (client_t *client, const char *plan, const char *period, bool own_drafts, int *status_p);

// The same for who can go on without it. While no connection can be made, or the server is busy, it is NULL with CLIENT_DONE, and nothing
// was said. Whatever else goes wrong is an error as above, no answer on a connection, too.
Baocao__V1__Coordination *coordination_look (client_t *client, const char *plan, const char *period, bool own_drafts,
                                             int *status_p);

// Says one thing; an entry without bytes takes back what was said before. False: said on stderr, *status_p is the exit code.
bool coordination_say (client_t *client, Baocao__V1__Coordinate *what, int *status_p);

// The party's answer to the draft; NULL: none yet.
const Baocao__V1__CoordinationItem *coordination_answer (const Baocao__V1__Coordination *self,
                                                         const Baocao__V1__CoordinationItem *draft, const char *unit);

// Has the unit that role in the task?
bool coordination_has_role (const Baocao__V1__Coordination *self, const char *task, const char *unit, Baocao__V1__TaskRole role);

// Does the unit lead the task, and another one coordinate it, so that there is somebody to agree?
bool coordination_is_shared (const Baocao__V1__Coordination *self, const char *task, const char *unit);

// The unit's name in the user's language, or its code.
const char *coordination_name (const client_t *client, const Baocao__V1__Coordination *self, const char *unit);

// Another unit's text as it is shown: its lines after the first are indented, so that none of them looks like one of the program's. The
// caller frees it.
char *coordination_text (const char *text);

// What a contribution or a draft reports; NULL: it cannot be read. Free with baocao__v1__task_entry__free_unpacked.
Baocao__V1__TaskEntry *coordination_entry (const Baocao__V1__CoordinationItem *item);

// Every cell of it that is not empty, by the label that the template has for it, or with a client in the user's language; task (may be NULL)
// has the indicators' titles.
void coordination_cells (const client_t *client, const Baocao__V1__CoordinationItem *item, const Baocao__V1__TaskDuty *task,
                         void (*tell) (void *arg, const char *label, const char *value), void *arg);

// As programs see it, the entry in the form of report/json.h.
json_t *coordination_json (const Baocao__V1__CoordinationItem *item);
