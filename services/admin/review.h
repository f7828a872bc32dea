// Decisions of the standing agency about a report, as review.sql keeps them.
#pragma once

#include "admin.h"

typedef struct {
    const char *action;  // of the table review
    const char *states;  // in which a submission must be, as an array of PostgreSQL: "{accepted,confirmed}"
    const char *place;   // and it must be "counted" in the totals, or "admissible": no later revision was accepted
    const char *queue;   // statement with $1, the submission: the next stage's work item
    const char *rule;    // marked for translation: which can be decided about so
} review_t;

// Decides about the submission that review_check has found, for the reason given with --reason ("" when the action needs none), in one
// transaction with the work that follows. 0, or the exit code (said).
int review_decide (admin_t *admin, const review_t *review);

// The first operand is a submission's id, or the report id that its unit sees: from now on the former. And is a reason given? 0, or the
// exit code (said). One that is not found stays as it is.
int review_check (admin_t *admin, bool needs_reason);
