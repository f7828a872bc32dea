#include "calendar.h"

#include <stdlib.h>

#define MINUTE_MS INT64_C (60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

static int compare_days (const void *a, const void *b)
{
    int left = ((const plan_day_t *)a)->day, right = ((const plan_day_t *)b)->day;
    return left < right ? -1 : left > right;
}

// Day 0 was a Thursday: two days later it is Saturday.
static bool is_weekend (int day)
{
    int since_saturday = ((day - 2) % 7 + 7) % 7;
    return since_saturday < 2;
}

bool calendar_is_working (const plan_book_t *book, int day)
{
    const plan_day_t key = {.day = day};
    const plan_day_t *official = book->n_days ? bsearch (&key, book->days, book->n_days, sizeof key, compare_days) : NULL;
    return official ? official->is_working : !is_weekend (day);
}

int calendar_add_working (const plan_book_t *book, int day, int n)
{
    if (n == 0)
        while (!calendar_is_working (book, day))
            day--;
    for (int step = n < 0 ? -1 : 1; n != 0; n -= step)
        do
            day += step;
        while (!calendar_is_working (book, day));
    return day;
}

int calendar_working_between (const plan_book_t *book, int after, int until)
{
    int count = 0;
    for (int day = after; day < until; day++)
        count += calendar_is_working (book, day + 1);
    return count;
}

int calendar_day (const plan_t *plan, int64_t at)
{
    int64_t local = at + plan->utc_offset_minutes * MINUTE_MS;
    return (int)(local / DAY_MS - (local % DAY_MS < 0));
}

int64_t calendar_instant (const plan_t *plan, int day, int hour)
{
    return day * DAY_MS + hour * HOUR_MS - plan->utc_offset_minutes * MINUTE_MS;
}
