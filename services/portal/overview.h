// The first page, and the overview of a period.
#pragma once

#include "request.h"

void overview_enter (request_t *request);  // sends on to the current period
void overview_show (request_t *request);
