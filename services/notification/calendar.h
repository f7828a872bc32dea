// A deadline as a calendar entry (RFC 5545, RFC 5546): the whole last good day, once per plan, period and unit. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *plan, *period, *unit;  // codes
    const char *from, *to;             // mail addresses: who invites, and whom
    bool english;
    bool cancelled;   // the deadline is gone: the report is there, or the period closed
    int sequence;     // 0, 1, 2 ...: how often the entry was sent before
    int last_day;     // the last day that is on time, as days since 1970-01-01
    int64_t sent_at;  // Unix ms
} calendar_deadline_t;

// The iCalendar text with METHOD REQUEST, or CANCEL; the caller frees it.
char *calendar_compose (const calendar_deadline_t *self);
const char *calendar_method (bool cancelled);
