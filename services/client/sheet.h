// The filled CSV template as a report (see template.h for the format).
#pragma once

#include <jansson.h>

#include "baocao/v1/client.pb-c.h"

// From UTF-8 text in normalisation form C: a report in the form of report/json.h. duties (may be NULL) tell the types of the
// indicators. NULL: *error_p names each bad cell, one a line; the caller frees it.
json_t *sheet_read (const char *text, const Baocao__V1__Duties *duties, char **error_p);
