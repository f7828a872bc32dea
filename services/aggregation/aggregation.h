// aggregation: takes judged submissions into the totals and the feed.
#pragma once

#include "common/service.h"

// The hooks of service.h.
void *aggregation_start (bc_service_t *service);
void aggregation_stop (void **state_p);
bool aggregation_idle (void *state);
bool aggregation_healthy (void *state);
