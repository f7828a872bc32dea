// Carries out what was decided to be sent: takes due deliveries from delivery_queue, sends them by libcurl in threads of their own
// (carrier.h), and stores what became of each. Each delivery is begun only after it was read from the table and leaves it only with its
// outcome, so a crash repeats at most what was under way, under the same Message-ID.
#pragma once

#include <czmq.h>

#include "common/config.h"

typedef struct courier courier_t;

// Looks every interval_ms, and on while there is something to do. NULL when the configuration is wrong (logged).
courier_t *courier_new (zloop_t *loop, const char *conninfo, bc_config_t *config, int interval_ms);

// Begins nothing more and runs the loop until what is under way has ended and is stored, a few seconds at most; then ends.
void courier_destroy (courier_t **self_p);

bool courier_idle (const courier_t *self);     // has looked, and nothing is due
bool courier_healthy (const courier_t *self);  // has its database
