// Numbers, times and the words of the protocol as the pages say them. Pure. The words are those of the language that was chosen
// (common/language.h); the forms of numbers and dates are those of the language that is named here: the two must be the same.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/report.pb-c.h"

// A short text by value, for an argument of html_put: words_money (12500000, true).text
typedef struct {
    char text[48];
} words_t;

words_t words_count (int64_t number, bool vietnamese);      // "1.234.567" or "1,234,567"
words_t words_short_money (int64_t dong, bool vietnamese);  // "12,5 tỷ đồng", "VND 12.5 billion"; below a million as it is
words_t words_percent (int64_t part, int64_t whole,
                       bool vietnamese);                       // "62,5 %" or "62.5%", no decimal at 0 and 100; "–" of nothing
words_t words_decimal (const char *decimal, bool vietnamese);  // a decimal text of the protocol: "-1234.50" as "-1.234,50"

// Local times of the plan. "08:00, 10/12/2025" or "10 December 2025, 08:00"; and the day alone.
words_t words_time (int64_t ms, int utc_offset_minutes, bool vietnamese);
words_t words_day (int64_t ms, int utc_offset_minutes, bool vietnamese);
words_t words_machine_time (int64_t ms, int utc_offset_minutes);  // "2025-12-10T08:00:00+07:00", of the element time

const char *words_standing (Baocao__V1__UnitStanding standing);
const char *words_status (Baocao__V1__TaskStatus status);  // UNSPECIFIED: not reported
const char *words_source (Baocao__V1__BudgetSource source);
const char *words_obligation (Baocao__V1__Obligation obligation);

// The same as machines and addresses have it, in any language: "on_time", "in_progress", "provincial". The style sheet knows the states
// by these words (data-state). "none" for UNSPECIFIED.
const char *words_standing_key (Baocao__V1__UnitStanding standing);
const char *words_status_key (Baocao__V1__TaskStatus status);
const char *words_source_key (Baocao__V1__BudgetSource source);
