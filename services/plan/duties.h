// A unit's part in a plan as the message that clients and rules read. Made by plan.c, which keeps it.
#pragma once

#include "plan.h"

// The unit's role in the task in that period.
Baocao__V1__TaskRole duties_role (const Baocao__V1__PeriodDuty *period, const Baocao__V1__TaskDuty *task);

typedef struct duties duties_t;

// Borrows its texts from the book.
duties_t *duties_new (const plan_book_t *book, const plan_t *plan, const plan_unit_t *unit);
void duties_destroy (duties_t **self_p);

// standing_unit: the code of the one at present.
const Baocao__V1__PlanDuties *duties_message (duties_t *self, char *standing_unit);
