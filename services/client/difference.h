// What differs between two reports, told in the template's terms: by task, and by the key of a fact or a column (template.h).
#pragma once

#include <jansson.h>

#include "baocao/v1/report.pb-c.h"

// An array of objects, the letter's facts first, then the tasks in the order of `after`:
//   task           the code, or null for what is about the whole report
//   field          the key, "status", "budget.provincial.allocated"; or "attachment": a file, by its name
//   before, after  a text, a number of the report's numeric fields, or null where it says nothing
// The caller owns it.
json_t *difference_of (const Baocao__V1__Report *before, const Baocao__V1__Report *after);
