// What the overview says: the figures of the periods under way, who has not reported, what waits, and what is wrong. The figures are
// those of the committee's feed.
#pragma once

#include <jansson.h>

#include "admin.h"

// What is kept from look to look: the plan, and which submissions were waiting.
typedef struct overview overview_t;

overview_t *overview_new (admin_t *admin);
void overview_destroy (overview_t **self_p);

// Looks once, at one state of the database. The keys of the object:
//   at (UTC), local_time, rehearsal
//   periods: plan, period, state, due_at (UTC), due_before (a day), days_left and working_days_left (until the last good day;
//            negative: overdue), the feed's figures (expected, received, on_time, late, missing, refused, returned, voluntary), and
//            unreported: unit, name_vi, name_en, standing, quarantined (a report came after closing and is in no figure), due_at,
//            due_before, reminded_at, reminded_on, contact
//   queues:  queue, waiting, oldest_s (how long ago the oldest submission was received, in real seconds)
//   deliveries: waiting, failing (contacts to whom the last delivery was given up)
//   alarms:  alarm (a fixed word), about (a plan, a queue, or null), text, remedy (both in the user's language)
// NULL: it failed, which was said; *status_p is the exit code.
json_t *overview_look (overview_t *self, int *status_p);

// Something has waited long, and only another look after a pause can tell whether anything moves.
bool overview_is_doubtful (const overview_t *self);

// What changes from look to look though nothing has happened (ages, the time) is taken out of the object.
void overview_forget_time (json_t *look);
