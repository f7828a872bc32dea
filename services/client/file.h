// Reads a report from a file that an officer has filled: JSON with the field names of report.proto (report/json.h), or the template
// (template.h) as CSV or as an Excel workbook.
#pragma once

#include <stddef.h>

#include "report/finding.h"
#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/report.pb-c.h"
#include "places.h"

enum { FILE_MAX = 4 << 20 };

typedef struct {
    Baocao__V1__Report *report;  // what could be read
    places_t *places;            // the cells of its parts; none for JSON
    findings_t complaints;       // cells that cannot be read (sheet.h): with any the report is not to be sent
} file_t;

// Text comes out in normalisation form C. In JSON, members whose key begins with "_" are remarks and are passed over, at any depth.
// duties (may be NULL) tell the types of indicators in CSV files and workbooks. NULL: *error_p names what makes the whole file unreadable,
// in the user's language; the caller frees it.
file_t *file_new (const char *data, size_t size, const Baocao__V1__Duties *duties, char **error_p);
void file_destroy (file_t **self_p);
