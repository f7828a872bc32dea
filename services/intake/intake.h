// intake: the doors of the departments. Takes their reports in, stores them durably, signs receipts, and answers their questions.
#pragma once

#include "common/service.h"

// The hooks of service.h.
void *intake_start (bc_service_t *service);
void intake_stop (void **state_p);
bool intake_idle (void *state);
bool intake_healthy (void *state);
