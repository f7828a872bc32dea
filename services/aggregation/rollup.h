// Totals, incrementally. Pure: turns "this accepted report takes that one's place" into changes of figures, merged by key, so that
// a batch of any size becomes one update per figure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"
#include "baocao/v1/feed.pb-c.h"
#include "baocao/v1/report.pb-c.h"

typedef struct {
    int period_id;
    int on_time, late, rejected, voluntary, returned;  // changes
} rollup_period_t;

typedef struct {
    int period_id, task_id;
    int statuses[6];  // changes, by TaskStatus; [0] is not used
    int64_t progress_sum;
} rollup_task_t;

typedef struct {
    int period_id, task_id, unit_id, source;
    int64_t allocated, disbursed;
} rollup_budget_t;

// Not additive: a unit's value is set or removed.
typedef struct {
    int period_id, indicator_id, unit_id;
    bool present;
    char value[32];  // decimal text
    int64_t received_at;
} rollup_indicator_t;

// A unit's place in a period: the row of unit_standing, and what the rollup makes of it.
typedef struct {
    int period_id, unit_id;
    bool has_accepted;
    uint8_t submission_id[16];
    int revision;               // of the accepted report that counts
    int64_t first_received_at;  // of the earliest accepted revision that was not returned
    int64_t last_received_at;   // of the one that counts
    bool late;
    int judged_revision;
    bool refused;  // the highest judged revision was refused
    int64_t chain_index;
    uint8_t receipt_hash[32];
    int returned_revision;  // the highest returned; it and those before it count no longer
} rollup_standing_t;

typedef struct rollup rollup_t;
rollup_t *rollup_new (void);
void rollup_destroy (rollup_t **self_p);

typedef struct {
    const plan_t *plan;
    const plan_period_t *period;
    int unit_id;
    const uint8_t *submission_id;
    int revision;
    int64_t received_at;
    Baocao__V1__Timeliness timeliness;  // as the receipt says, whatever became of the deadline since; UNSPECIFIED: the plan decides
    int64_t chain_index;
    const uint8_t *receipt_hash;
    bool accepted;
} rollup_verdict_t;

typedef enum {
    ROLLUP_COUNTED,  // the report is in the totals now, instead of the one before (whose entries must be taken out)
    ROLLUP_REFUSED,
    ROLLUP_OUTDATED,  // accepted, but a later revision was counted before it, or returned
} rollup_result_t;

// Updates the standing (zeroed but for its ids when there was none) and the period's figures. *replaced_p tells whether
// a counted report took the place of another, whose id was in standing->submission_id before the call.
rollup_result_t rollup_apply (rollup_t *self, rollup_standing_t *standing, const rollup_verdict_t *verdict, bool *replaced_p);

// A report that the standing agency has returned. Of the accepted revisions after it that were applied before, the earliest: when it
// was received (0: there is none) and what its receipt says.
typedef struct {
    const plan_t *plan;
    const plan_period_t *period;
    int unit_id, revision;
    int64_t rest_received_at;
    Baocao__V1__Timeliness rest_timeliness;
} rollup_return_t;

// Updates the standing and the period's figures. True: the report that counted is in the totals no longer, and its entries must be
// taken out; its id and time are still in the standing.
bool rollup_return (rollup_t *self, rollup_standing_t *standing, const rollup_return_t *returned);

// Adds (sign 1) or takes out (sign -1) what a report says. received_at is the report's. Tasks and indicators that the plan no
// longer knows are passed over.
void rollup_report (rollup_t *self, const plan_t *plan, int period_id, int unit_id, const Baocao__V1__Report *report,
                    int64_t received_at, int sign);

Baocao__V1__UnitStanding rollup_standing (const rollup_standing_t *standing);

// Fills in a period's figures; `expected` units must report.
void rollup_figures (Baocao__V1__Figures *figures, const rollup_period_t *total, size_t expected);

// The merged changes; those that came to nothing are left out. Valid until the next call that changes self.
const rollup_period_t *rollup_periods (rollup_t *self, size_t *count_p);
const rollup_task_t *rollup_tasks (rollup_t *self, size_t *count_p);
const rollup_budget_t *rollup_budgets (rollup_t *self, size_t *count_p);
const rollup_indicator_t *rollup_indicators (rollup_t *self, size_t *count_p);
