// enrolment: the one door that a stranger can knock at. Registers the key of an officer's computer against the token of an invite, and
// can do nothing else: it is a process of its own, with a database role that reads invitations and adds keys.
#pragma once

#include "common/service.h"

// The hooks of service.h.
void *enrolment_start (bc_service_t *service);
void enrolment_stop (void **state_p);
bool enrolment_idle (void *state);
bool enrolment_healthy (void *state);
