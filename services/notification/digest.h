// The digest of a period: who has reported and who has not, what was refused or returned and why, which deadlines were moved, what
// waits in quarantine, whom no mail reaches, and what needs a decision. For the standing unit, which collects the reports, and for
// the committee. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"

typedef enum { DIGEST_STANDING, DIGEST_COMMITTEE } digest_audience_t;

// How a unit stands.
typedef struct {
    const plan_unit_t *unit;
    bool must;                      // else its report is voluntary
    int64_t received_at;            // of its first accepted report, Unix ms; 0: none
    bool is_late;                   // by its receipt
    int64_t due_at;                 // its own deadline
    char *refused_codes;            // of the errors for which its latest report was refused; NULL: it was not
    char *refused_vi, *refused_en;  // the first of their messages
    char *returned_reason;          // of the last return of a report of its; NULL: none was returned. Who sent another one,
                                    // which was refused, counts as refused
    int64_t quarantined_at;         // when the latest report came that waits for admission, Unix ms; 0: none waits
    char *extension_reason;         // of the last decision about its deadline; NULL: there was none
    bool is_extended;               // that decision was a grant: due_at is of it
    bool is_escalated;              // to the committee
    bool is_asking;                 // it has a request about the period that waits for a decision
} digest_row_t;

// A contact that the last notice about the period could not be delivered to, for good.
typedef struct {
    const plan_unit_t *unit;
    char *address;
    char *answer;  // what the other side said, or why there was no answer; one line
} digest_failure_t;

typedef struct {
    const plan_book_t *book;
    const plan_t *plan;
    const plan_period_t *period;
    digest_audience_t audience;
    int64_t now;
    const digest_row_t *rows;
    size_t n_rows;
    const digest_failure_t *failures;
    size_t n_failures;
    size_t days;  // how many days' digests it stands for, and when the first and the last fell due
    int64_t first_at, last_at;
} digest_t;

// Sets kind, subject_* and body_* (fresh memory) of a notice whose plan and period are set: NOTICE_KIND_DIGEST.
void digest_write (Baocao__V1__Notice *notice, const digest_t *self);
