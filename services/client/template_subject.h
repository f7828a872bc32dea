// What a template is about, shared by those who write one; nobody else includes it.
#pragma once

#include <stdbool.h>

#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/report.pb-c.h"

typedef struct {
    const char *unit, *unit_name;
    const Baocao__V1__PlanDuties *plan;
    const Baocao__V1__PeriodDuty *period;
    const Baocao__V1__StoredReport *from;  // NULL: an empty one
    const Baocao__V1__Report *report;      // its content
} template_subject_t;

// What the last report said of the task, or NULL.
const Baocao__V1__TaskProgress *template_previous (const template_subject_t *subject, const char *task);

// What --from says of the task (its place in the plan), or NULL.
const Baocao__V1__TaskEntry *template_filled (const template_subject_t *subject, size_t task);

// Is it a row: a task that the unit leads, or of which the report spoke?
bool template_has_row (const template_subject_t *subject, size_t task);

// The whole CSV file; remarks (lines) say why a report is to be corrected. The caller frees it.
char *template_csv (const template_subject_t *subject, const char *remarks);

// The whole workbook, of *size_p bytes; the caller frees it. NULL: it cannot be written (errno).
char *template_xlsx (const template_subject_t *subject, const char *remarks, size_t *size_p);
