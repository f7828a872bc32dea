// The server's rules, applied here.
#pragma once

#include "report/finding.h"
#include "outgoing.h"

// What is wrong with the report: first the cells that cannot be read, then what the rules say of the rest.
void check_find (const outgoing_t *outgoing, const Baocao__V1__Duties *duties, findings_t *findings);
