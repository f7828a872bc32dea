// notification: verdicts and changes of standing become notices in the departments' mailboxes; those who owe a report are reminded.
#pragma once

#include "common/service.h"

// The hooks of service.h.
void *notification_start (bc_service_t *service);
void notification_stop (void **state_p);
bool notification_idle (void *state);
bool notification_healthy (void *state);
