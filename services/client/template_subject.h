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
    bool contribute;                       // with the tasks that the unit coordinates, instead of those that it leads
    const Baocao__V1__Coordination *said;  // with the contributions of other units; NULL: none
} template_subject_t;

// What the last report said of the task, or NULL.
const Baocao__V1__TaskProgress *template_previous (const template_subject_t *subject, const char *task);

// What --from says of the task (its place in the plan), or NULL.
const Baocao__V1__TaskEntry *template_filled (const template_subject_t *subject, size_t task);

// What another unit contributes to a task that is a row, the n-th; NULL: there are no more. unit_p: its name.
const Baocao__V1__CoordinationItem *template_contribution (const template_subject_t *subject, size_t n, const char **unit_p);

// Is it a row: a task that the unit leads (or coordinates), or of which the report spoke?
bool template_has_row (const template_subject_t *subject, size_t task);

// The whole CSV file; remarks (lines) say why a report is to be corrected. The caller frees it.
char *template_csv (const template_subject_t *subject, const char *remarks);

// The whole workbook, of *size_p bytes; the caller frees it. NULL: it cannot be written (errno).
char *template_xlsx (const template_subject_t *subject, const char *remarks, size_t *size_p);
