// Working days, by the official days that the book carries. Pure. Saturdays and Sundays are days off unless the government has said
// otherwise; so are the official holidays. A day is the number of days since 1970-01-01, in local time.
#pragma once

#include "plan.h"

bool calendar_is_working (const plan_book_t *book, int day);

// The n-th working day after the day; with n < 0 before it. n = 0: the day itself, or when it is a day off the working day before it.
int calendar_add_working (const plan_book_t *book, int day, int n);

// How many working days there are after `after`, up to and with `until`; 0 when that is not later. So many working days is
// who was due on `after` overdue on `until`, and calendar_add_working (book, after, n) is the first day on which this is n.
int calendar_working_between (const plan_book_t *book, int after, int until);

// The local day on which an instant (Unix ms) falls, and the instant at which an hour (0-23) of a local day begins. They go by the
// plan's utc_offset_minutes.
int calendar_day (const plan_t *plan, int64_t at);
int64_t calendar_instant (const plan_t *plan, int day, int hour);
