// What the pages behind the overview have in common, besides page_parts.h. Pure.
#pragma once

#include "facts.h"
#include "page_parts.h"
#include "words.h"

enum { DRILL_STEPS = 4 };

// A page with its trail (page_trail): up to DRILL_STEPS pairs, the last one being the page itself.
typedef struct {
    const char *title, *kicker, *heading;
    bool is_vietnamese;  // the heading is Vietnamese in any language
    const char *trail[DRILL_STEPS + 1][2];
} drill_head_t;

void drill_begin (const overview_t *self, page_t *page, const drill_head_t *head);
void drill_end (const overview_t *self);

// A list of terms with what they are; an empty text is left out.
void drill_facts (const overview_t *self);
void drill_fact (const overview_t *self, const char *term, const char *text);   // in the page's language
void drill_words (const overview_t *self, const char *term, const char *text);  // a report's own words
void drill_line (const overview_t *self, const char *term, const char *text);   // the same of words on one line
void drill_moment (const overview_t *self, const char *term, int64_t ms);       // 0 is left out
void drill_hash (const overview_t *self, const char *id, const char *term, const uint8_t *bytes, size_t size);  // id may be NULL
void drill_facts_end (const overview_t *self);

void drill_time (const overview_t *self, int64_t ms);
void drill_chip (const overview_t *self, const char *key, const char *text);

// Below what stands in a cell, in small letters: a report's own words; none, when it is empty.
void drill_note (const overview_t *self, const char *text);

// Links.
void drill_unit (const overview_t *self, const char *code, const char *name);
void drill_task (const overview_t *self, const char *code, const char *title_vi);  // title_vi NULL: the code alone
void drill_report (const overview_t *self, const char *report, uint32_t revision);

// Cells. label: what stands above it where the table is stacked.
void drill_unit_cell (const overview_t *self, const char *code, const char *name);
void drill_task_cell (const overview_t *self, const char *code, const char *title_vi);
void drill_report_cell (const overview_t *self, const char *report, uint32_t revision);  // report NULL: none
void drill_status_cell (const overview_t *self, Baocao__V1__TaskStatus status);
void drill_percent_cell (const overview_t *self, const char *label, bool there, int64_t percent);
void drill_money_cell (const overview_t *self, const char *label, bool there, int64_t amount);
void drill_count_cell (const overview_t *self, const char *label, int64_t count);

// What an entry says in words.
void drill_entry (const overview_t *self, const char *result, const char *next_steps, const char *obstacles, const char *proposals,
                  const char *reason);

// What entries come to.
typedef struct {
    int64_t allocated, disbursed, progress;
    size_t count, statuses[6];  // statuses: by TaskStatus
} drill_sum_t;

void drill_add_money (drill_sum_t *sum, int64_t allocated, int64_t disbursed);
void drill_add (drill_sum_t *sum, const fact_entry_t *entry);
int64_t drill_mean (const drill_sum_t *sum);  // percent, rounded down

// Words of the protocol that only these pages say.
const char *drill_state (Baocao__V1__SubmissionState state);
const char *drill_state_key (Baocao__V1__SubmissionState state);  // as data-state has it
const char *drill_timeliness (Baocao__V1__Timeliness timeliness);
const char *drill_timeliness_key (Baocao__V1__Timeliness timeliness);
const char *drill_role (Baocao__V1__TaskRole role);
const char *drill_role_key (Baocao__V1__TaskRole role);
const char *drill_aggregation (Baocao__V1__IndicatorAggregation aggregation);

// A value of an indicator as text: "true" and "false" in words. buffer is for a number.
const char *drill_value (const char *number, const char *text, words_t *buffer, bool vietnamese);
