// Reads a report from a file that an officer has filled: JSON with the field names of report.proto (report/json.h), or the CSV
// template (template.h).
#pragma once

#include <stddef.h>

#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/report.pb-c.h"

enum { FILE_MAX = 4 << 20 };

// Text comes out in normalisation form C. In JSON, members whose key begins with "_" are remarks and are passed over, at any depth.
// duties (may be NULL) tell the types of indicators in a CSV file. Free with baocao__v1__report__free_unpacked. NULL: *error_p
// names each place that cannot be read, one a line, in the user's language; the caller frees it.
Baocao__V1__Report *file_parse (const char *data, size_t size, const Baocao__V1__Duties *duties, char **error_p);
