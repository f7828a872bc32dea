// The server's rules, applied here.
#pragma once

#include "report/finding.h"
#include "outgoing.h"

// What is wrong with the report: first the cells that cannot be read, then what the rules say of the rest.
void check_find (const outgoing_t *outgoing, const Baocao__V1__Duties *duties, findings_t *findings);

// Before a report is sent: the rules by the duties kept at home, and once more by the latest ones if those find errors; without kept
// duties nothing is known. What only the server can know, whether it has a file that is not sent along, is left to it. With errors they are
// shown as `check` does, and the exit code is CLIENT_REFUSED. *duties_p may be replaced by later ones.
int check_before_sending (client_t *client, const outgoing_t *outgoing, const char *path, Baocao__V1__Duties **duties_p);
