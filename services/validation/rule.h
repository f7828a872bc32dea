// What the rules_*.c share: the rules' names, the state of one check, and the way to say what was found. Private to the rules.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "report/limits.h"
#include "rules.h"

// One for each row of the table in rules.c.
typedef enum {
    RULE_REPORT_MALFORMED,
    RULE_REPORT_EMPTY,
    RULE_REPORT_BOTH,
    RULE_NOTHING_REASON,
    RULE_PLAN_UNKNOWN,
    RULE_PLAN_CLAIMED,
    RULE_PERIOD_UNKNOWN,
    RULE_PERIOD_CLAIMED,
    RULE_PERIOD_NOT_OPEN,
    RULE_PERIOD_CLOSED,
    RULE_UNIT_UNKNOWN,
    RULE_UNIT_OTHER,
    RULE_UNIT_NO_DUTY,
    RULE_DOCUMENT_MISSING,
    RULE_DOCUMENT_NUMBER,
    RULE_DOCUMENT_DATE,
    RULE_DOCUMENT_DATE_INVALID,
    RULE_DOCUMENT_DATE_LATER,
    RULE_DOCUMENT_SIGNER,
    RULE_ENTRIES_LIMIT,
    RULE_TASK_UNKNOWN,
    RULE_TASK_NO_PART,
    RULE_TASK_TWICE,
    RULE_TASK_MISSING,
    RULE_STATUS_INVALID,
    RULE_PROGRESS_RANGE,
    RULE_PROGRESS_NOT_STARTED,
    RULE_PROGRESS_COMPLETED,
    RULE_PROGRESS_LOWER,
    RULE_RESULT_MISSING,
    RULE_REASON_MISSING,
    RULE_INDICATORS_LIMIT,
    RULE_INDICATOR_UNKNOWN,
    RULE_INDICATOR_TWICE,
    RULE_INDICATOR_TYPE,
    RULE_INDICATOR_FORMAT,
    RULE_INDICATOR_RANGE,
    RULE_INDICATOR_MISSING,
    RULE_INDICATOR_NO_FIGURE,
    RULE_LINES_LIMIT,
    RULE_SOURCE_INVALID,
    RULE_SOURCE_TWICE,
    RULE_MONEY_NEGATIVE,
    RULE_MONEY_SMALL,
    RULE_MONEY_LARGE,
    RULE_BUDGET_OVERSPENT,
    RULE_BUDGET_OVERSPENT_EXPLAINED,
    RULE_BUDGET_TOTAL,
    RULE_BUDGET_OVERFLOW,
    RULE_ATTACHMENTS_LIMIT,
    RULE_ATTACHMENT_NAME,
    RULE_ATTACHMENT_DIGEST,
    RULE_ATTACHMENT_ABSENT,
    RULE_ATTACHMENT_SIZE,
    RULE_TEXT_EMPTY,
    RULE_TEXT_LENGTH,
    RULE_TEXT_UTF8,
    RULE_TEXT_CONTROL,
    RULE_TEXT_LINE,
    RULE_TEXT_NFC,
    RULES
} rule_id_t;

typedef struct {
    const char *code;
    Baocao__V1__Severity severity;
    const char *message_vi, *message_en;  // $1, $2, $3 stand for the values found
} rule_t;

extern const rule_t rules_table[RULES];

// One check of one report.
typedef struct {
    const Baocao__V1__Report *report;
    const rules_facts_t *facts;
    const Baocao__V1__PeriodDuty *period;  // NULL: not known
    findings_t *findings;
    // Where the check is just now, outermost first: entries[3], indicators[0]. Findings take their path from here.
    struct {
        const char *list;
        size_t index;
    } place[2];
    size_t depth;
    const char *task;  // code of the entry's task, for the message; NULL outside entries
} check_t;

void check_enter (check_t *self, const char *list, size_t index);
void check_leave (check_t *self);

// The unit's role in the task in the report's period.
Baocao__V1__TaskRole check_role (const check_t *self, const Baocao__V1__TaskDuty *duty);

// A value in a message. Numbers are written with the language's thousands separator, texts as an excerpt.
typedef struct {
    enum { VALUE_NONE, VALUE_TEXT, VALUE_NUMBER } kind;
    const char *vi, *en;
    int64_t number;
} rule_value_t;

#define TEXT(text)                                                                                                                 \
    {                                                                                                                              \
        VALUE_TEXT, (text), (text), 0                                                                                              \
    }
#define LABEL(vi, en)                                                                                                              \
    {                                                                                                                              \
        VALUE_TEXT, (vi), (en), 0                                                                                                  \
    }
#define NUMBER(number)                                                                                                             \
    {                                                                                                                              \
        VALUE_NUMBER, NULL, NULL, (int64_t)(number)                                                                                \
    }

// Adds a finding at the present place; field is the rest of the path ("" for the place itself).
#define FOUND(check, rule, field, ...) rule_found (check, rule, field, (const rule_value_t[4]){__VA_ARGS__})
void rule_found (check_t *self, rule_id_t rule, const char *field, const rule_value_t values[4]);

// A text of the report: its field, its limit, and what people call it.
typedef struct {
    const char *field;
    size_t max;
    const char *label_vi, *label_en;
    bool line;  // it is one, as in report.proto
} rule_text_t;

// Checks a text that may be left out. True when something is there, faulty or not.
bool rule_check_text (check_t *self, const rule_text_t *kind, const char *text);

// Checks a text that must be there: when it is not, `missing` is what is found.
void rule_require_text (check_t *self, const rule_text_t *kind, const char *text, rule_id_t missing);

// The groups of rules, in the order in which they are applied.
void rules_check_origin (check_t *self);  // plan, period, unit
void rules_check_document (check_t *self);
void rules_check_shape (check_t *self);  // entries or nothing to report, general assessment
void rules_check_attachments (check_t *self);
void rules_check_entries (check_t *self);
void rules_check_indicators (check_t *self, const Baocao__V1__TaskEntry *entry, const Baocao__V1__TaskDuty *duty);
void rules_check_budget (check_t *self, const Baocao__V1__Budget *budget);
