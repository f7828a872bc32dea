// The digest of a period: who has reported and who has not, what was refused and why, and what needs a decision. For the standing unit,
// which collects the reports, and for the committee. Pure.
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
    int64_t due_at;                 // its own deadline
    char *refused_codes;            // of the errors for which its latest report was refused; NULL: it was not
    char *refused_vi, *refused_en;  // the first of their messages
    bool is_escalated;              // to the committee
} digest_row_t;

typedef struct {
    const plan_book_t *book;
    const plan_t *plan;
    const plan_period_t *period;
    digest_audience_t audience;
    int64_t now;
    const digest_row_t *rows;
    size_t n_rows;
    size_t days;  // how many days' digests it stands for, and when the first and the last fell due
    int64_t first_at, last_at;
} digest_t;

// Sets kind, subject_* and body_* (fresh memory) of a notice whose plan and period are set: NOTICE_KIND_DIGEST.
void digest_write (Baocao__V1__Notice *notice, const digest_t *self);
