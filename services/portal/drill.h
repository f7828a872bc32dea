// The pages behind the overview: whatever makes a figure, down to one report and its receipt.
#pragma once

#include "request.h"

// The handler of them all. Which page it is says the placeholder that its address has.
void drill_show (request_t *request);
