// Of one report: what was decided about it, its receipt, and under which numbers the feed published it.
#pragma once

#include "drill_parts.h"

void page_receipt (const overview_t *self, const facts_t *facts);
