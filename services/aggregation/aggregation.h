// The service: takes judged submissions into the totals and the feed.
#pragma once

#include "common/service.h"

typedef struct aggregation aggregation_t;

// NULL when something cannot be opened (logged).
aggregation_t *aggregation_new (bc_service_t *service);
void aggregation_destroy (aggregation_t **self_p);

bool aggregation_idle (const aggregation_t *self);
bool aggregation_healthy (const aggregation_t *self);
