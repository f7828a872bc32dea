// What the calendar and the news of a plan are made of.
#pragma once

#include "product_db.h"

// A deadline of the period, or of one unit that was granted a later one.
typedef struct {
    const char *unit, *name_vi, *name_en;  // NULL: of all others
    int64_t last_day;                      // as days since 1970-01-01
    int64_t set_at;                        // Unix ms; 0: as the plan said from the beginning
    int changes;                           // how often it was set anew
} deadline_t;

// News of a plan: a period that has opened or closed, a unit that is or was late.
typedef enum { NEWS_OPENED, NEWS_CLOSED, NEWS_MISSING, NEWS_LATE } news_kind_t;
typedef struct {
    news_kind_t kind;
    const char *period, *unit, *name_vi, *name_en;  // unit, name_vi, name_en: NULL of a period
    int64_t at;                                     // since when it is so, Unix ms
    int64_t last_day;                               // on which the report was on time, as days since 1970-01-01
    int days;                                       // that a late report came after it
} news_t;

// 0, or -1 when it failed, which was said.
int feeds_each_deadline (product_t *self, int (*put) (const deadline_t *deadline, void *arg), void *arg);

// The latest come first, at most 200.
int feeds_each_news (product_t *self, int (*put) (const news_t *news, void *arg), void *arg);
