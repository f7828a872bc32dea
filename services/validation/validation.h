// The service: takes what intake stored, applies the rules, stores the verdict with all findings and an accepted report's content,
// and tells aggregation and notification.
#pragma once

#include "common/service.h"

typedef struct validation validation_t;

// NULL on error (logged).
validation_t *validation_new (bc_service_t *service);
void validation_destroy (validation_t **self_p);

bool validation_idle (const validation_t *self);
bool validation_healthy (const validation_t *self);
