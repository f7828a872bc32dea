// A report as the cells of a template (template.h): what stands beside a fact's key, and under a column's key.
#pragma once

#include "baocao/v1/report.pb-c.h"

// The text of a cell as an officer would write it, for sheet.h to read back; "" where the report says nothing. The caller frees it.
char *rows_fact (const Baocao__V1__Report *report, const char *key);
char *rows_cell (const Baocao__V1__TaskEntry *entry, const char *key);

// What the report says of the task; NULL: nothing.
const Baocao__V1__TaskEntry *rows_entry (const Baocao__V1__Report *report, const char *task);
