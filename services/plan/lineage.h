// Whose place a unit has taken, by the successions that the book carries. Pure.
#pragma once

#include "plan.h"

// A unit whose reports are the forerunners of another's: those of the periods before `before`, as seen from the day `from` on (which
// differ when the one was succeeded by a third that was succeeded by the other).
typedef struct {
    int unit_id;
    int task_id;  // 0: of all tasks
    int before, from;
} lineage_t;

// The unit's forerunners, the nearest first. The caller frees them.
lineage_t *lineage_of (const plan_book_t *book, int unit_id, size_t *n_p);

// Does the forerunner's report of the one period go before the unit's of the other?
bool lineage_reaches (const lineage_t *self, const plan_period_t *earlier, const plan_period_t *period);

// Does the unit stand in the other's place in the period, in all tasks?
bool lineage_has (const plan_book_t *book, int unit_id, const plan_period_t *period, int other_id);
