// The filled template, CSV or workbook, as a report (see template.h for the format).
#pragma once

#include <jansson.h>

#include "report/finding.h"
#include "baocao/v1/client.pb-c.h"
#include "grid.h"
#include "places.h"

// From tables whose text is in normalisation form C: a report in the form of report/json.h. duties (may be NULL) tell the types of the
// indicators. places gets the cell of every part of the report, also of those that are missing. complaints gets an error for each
// cell that cannot be read; its path is the cell itself ("Nhiệm vụ!E14"), which places knows too.
json_t *sheet_read (const book_t *book, const Baocao__V1__Duties *duties, places_t *places, findings_t *complaints);
