// The rules: what makes a report acceptable. Pure: a table of rules over the report and the plan's data, the same in the service
// and in the client's offline check.
#pragma once

#include <stdint.h>

#include "report/finding.h"
#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/received.pb-c.h"
#include "baocao/v1/report.pb-c.h"

// Everything the rules know besides the report. Pointers are borrowed.
typedef struct {
    const char *unit;          // at whose endpoint it arrived; NULL: not a known unit
    const char *claimed_plan;  // from SubmitReport; NULL offline
    const char *claimed_period;
    const Baocao__V1__PlanDuties *duties;  // of the unit in the report's plan; NULL: the plan is not known
    int64_t received_at;                   // Unix ms
    Baocao__V1__TaskProgress **previous;   // of the last accepted report of this period or an earlier one
    size_t n_previous;
    Baocao__V1__PresentFile **files;  // attachments that are there
    size_t n_files;
} rules_facts_t;

// Applies every rule and adds its findings: of the origin first, then of the document, the entries in their order, the attachments.
void rules_check (const Baocao__V1__Report *report, const rules_facts_t *facts, findings_t *findings);

// The one finding for bytes that do not unpack as a Report ("report.malformed").
void rules_malformed (const char *reason, findings_t *findings);
