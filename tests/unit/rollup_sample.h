// What the tests of the rollup share: a small plan, verdicts, and reports with their memory.
#pragma once

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregation/rollup.h"

enum { DUE = 1000000 };  // of period 1; period 2 is due at twice that

// Units: 1 and 2 must report, 3 may, 4 has no part. Tasks 10 and 11 with an indicator each, task 12 without.
static const char BOOK[] =
    "{\"version\": 1, \"units\": ["
    " {\"id\": 1, \"code\": \"so-a\", \"kind\": \"department\", \"name_vi\": \"A\", \"name_en\": \"A\"},"
    " {\"id\": 2, \"code\": \"so-b\", \"kind\": \"department\", \"name_vi\": \"B\", \"name_en\": \"B\"},"
    " {\"id\": 3, \"code\": \"so-c\", \"kind\": \"department\", \"name_vi\": \"C\", \"name_en\": \"C\"},"
    " {\"id\": 4, \"code\": \"so-d\", \"kind\": \"department\", \"name_vi\": \"D\", \"name_en\": \"D\"}],"
    " \"plans\": [{\"id\": 1, \"code\": \"P\", \"title_vi\": \"P\", \"title_en\": \"P\", \"time_zone\": \"UTC\","
    "  \"utc_offset_minutes\": 0, \"standing\": [{\"unit\": 1}], \"receiving_unit\": 1, \"groups\": [{\"code\": \"I\", "
    "\"title_vi\": "
    "\"I\"}],"
    "  \"tasks\": ["
    "   {\"id\": 10, \"group\": \"I\", \"code\": \"I.1\", \"title_vi\": \"\", \"timeframe\": \"annual\", \"roles\": [],"
    "    \"indicators\": [{\"id\": 100, \"code\": \"persons\", \"title_vi\": \"\", \"type\": \"integer\", \"minimum\": \"\","
    "     \"unit_of_measure\": \"\", \"maximum\": \"\", \"aggregation\": \"sum\", \"required\": false}]},"
    "   {\"id\": 11, \"group\": \"I\", \"code\": \"I.2\", \"title_vi\": \"\", \"timeframe\": \"annual\", \"roles\": [],"
    "    \"indicators\": [{\"id\": 101, \"code\": \"rate\", \"title_vi\": \"\", \"type\": \"decimal\", \"minimum\": \"\","
    "     \"unit_of_measure\": \"\", \"maximum\": \"\", \"aggregation\": \"mean\", \"required\": false}]},"
    "   {\"id\": 12, \"group\": \"I\", \"code\": \"I.3\", \"title_vi\": \"\", \"timeframe\": \"annual\", \"roles\": [],"
    "    \"indicators\": []}],"
    "  \"periods\": ["
    "   {\"id\": 1, \"code\": \"2024\", \"kind\": \"annual\", \"opens_at\": 0, \"due_at\": 1000000, \"last_day\": 0},"
    "   {\"id\": 2, \"code\": \"2025\", \"kind\": \"annual\", \"opens_at\": 0, \"due_at\": 2000000, \"last_day\": 0}],"
    "  \"reporters\": [{\"unit\": 1, \"obligation\": \"must\"}, {\"unit\": 2, \"obligation\": \"must\"},"
    "   {\"unit\": 3, \"obligation\": \"may\"}]}]}";

static plan_book_t *book;
static const plan_t *plan;

static inline void open_book (void)
{
    char *error = NULL;
    book = plan_book_parse (BOOK, &error);
    ck_assert_msg (book != NULL, "%s", error);
    plan = plan_book_plan (book, "P");
}

static inline void close_book (void)
{
    plan_book_destroy (&book);
}

// --- Verdicts ---------------------------------------------------------------------------------------------------------------------

typedef struct {
    int revision;
    int64_t received_at;
    bool accepted;
    rollup_result_t result;  // expected
    int replaces;            // expected: the revision whose report goes out, or 0
    Baocao__V1__Timeliness timeliness;
} step_t;

enum { CHAIN_BEFORE = 100 };  // so a chain index is not a revision

static inline rollup_result_t judge (rollup_t *rollup, rollup_standing_t *standing, const step_t *step, bool *replaced_p)
{
    uint8_t id[16] = {(uint8_t)step->revision}, hash[32] = {(uint8_t)step->revision};
    rollup_verdict_t verdict = {.plan = plan,
                                .period = plan_period (plan, standing->period_id == 1 ? "2024" : "2025"),
                                .unit_id = standing->unit_id,
                                .submission_id = id,
                                .revision = step->revision,
                                .received_at = step->received_at,
                                .timeliness = step->timeliness,
                                .chain_index = CHAIN_BEFORE + step->revision,
                                .receipt_hash = hash,
                                .accepted = step->accepted};
    return rollup_apply (rollup, standing, &verdict, replaced_p);
}

// --- Reports ---------------------------------------------------------------------------------------------------------------------

// A report with its memory: up to three entries, each with two budget lines and an indicator.
typedef struct {
    Baocao__V1__Report report;
    Baocao__V1__TaskEntry entries[3], *entry_list[3];
    Baocao__V1__Budget budgets[3];
    Baocao__V1__BudgetLine lines[3][2], *line_lists[3][2];
    Baocao__V1__IndicatorValue values[3], *value_lists[3][1];
    char decimals[3][32];
} sample_t;

static inline Baocao__V1__TaskEntry *add_entry (sample_t *sample, const char *task, int status, int progress)
{
    size_t i = sample->report.n_entries++;
    Baocao__V1__TaskEntry *entry = sample->entry_list[i] = &sample->entries[i];
    baocao__v1__task_entry__init (entry);
    sample->report.entries = sample->entry_list;
    entry->task = (char *)task;
    entry->status = (Baocao__V1__TaskStatus)status;
    entry->progress_percent = progress;
    return entry;
}

// A negative amount is no figure.
static inline void add_line (sample_t *sample, int source, int64_t allocated, int64_t disbursed)
{
    size_t i = sample->report.n_entries - 1;
    Baocao__V1__TaskEntry *entry = &sample->entries[i];
    if (!entry->budget) {
        entry->budget = &sample->budgets[i];
        baocao__v1__budget__init (entry->budget);
        entry->budget->lines = sample->line_lists[i];
    }
    size_t j = entry->budget->n_lines++;
    Baocao__V1__BudgetLine *line = sample->line_lists[i][j] = &sample->lines[i][j];
    baocao__v1__budget_line__init (line);
    line->source = (Baocao__V1__BudgetSource)source;
    if (allocated >= 0) {
        line->allocated_figure_case = BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED;
        line->allocated = allocated;
    }
    if (disbursed >= 0) {
        line->disbursed_figure_case = BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED;
        line->disbursed = disbursed;
    }
}

static inline Baocao__V1__IndicatorValue *add_value (sample_t *sample, const char *indicator)
{
    size_t i = sample->report.n_entries - 1;
    Baocao__V1__IndicatorValue *value = sample->value_lists[i][0] = &sample->values[i];
    baocao__v1__indicator_value__init (value);
    value->indicator = (char *)indicator;
    sample->entries[i].indicators = sample->value_lists[i];
    sample->entries[i].n_indicators = 1;
    return value;
}

static inline void add_number (sample_t *sample, const char *indicator, int64_t number)
{
    Baocao__V1__IndicatorValue *value = add_value (sample, indicator);
    value->value_case = BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER;
    value->number = number;
}

static inline void add_decimal (sample_t *sample, const char *indicator, const char *decimal)
{
    Baocao__V1__IndicatorValue *value = add_value (sample, indicator);
    value->value_case = BAOCAO__V1__INDICATOR_VALUE__VALUE_DECIMAL;
    value->decimal = strcpy (sample->decimals[sample->report.n_entries - 1], decimal);
}

static inline sample_t *sample_new (void)
{
    sample_t *sample = calloc (1, sizeof *sample);
    baocao__v1__report__init (&sample->report);
    return sample;
}
