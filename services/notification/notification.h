// The service: verdicts and changes of standing become notices in the departments' mailboxes; those who owe a report are reminded.
#pragma once

#include <czmq.h>

#include "common/config.h"

typedef struct notification notification_t;

// Opens sockets and connections and hangs them into the loop. NULL on error (logged).
notification_t *notification_new (zloop_t *loop, bc_config_t *config, const char *conninfo);
void notification_destroy (notification_t **self_p);

bool notification_idle (const notification_t *self);
bool notification_healthy (const notification_t *self);
