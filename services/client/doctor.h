// doctor: what it finds. The checks of this computer are in doctor.c, those of the way to the server in doctor_server.c.
#pragma once

#include "client.h"

typedef struct doctor doctor_t;

typedef enum { DOCTOR_OK, DOCTOR_WARNING, DOCTOR_ERROR } doctor_state_t;

client_t *doctor_client (doctor_t *self);

// Says what a check has found, on a line of its own: what, and what to do about it (NULL: nothing). Takes both over. code is the exit
// code that it would make; of several that of the worst counts, and of equal ones the first.
void doctor_say (doctor_t *self, const char *check, doctor_state_t state, int code, char *text, char *remedy);

// The name, the port, the key, the protocol and the clock of the server that the invite names, as far as each can be reached.
void doctor_check_server (doctor_t *self, const invite_t *invite, zcert_t *certificate);
