// validation: takes what intake stored, applies the rules, stores the verdict with all findings and an accepted report's content,
// and tells aggregation and notification. Several can run at once.
#pragma once

#include "common/service.h"

// The hooks of service.h.
void *validation_start (bc_service_t *service);
void validation_stop (void **state_p);
bool validation_idle (void *state);
bool validation_healthy (void *state);
