// What the pages behind the overview are made of: rows that were read in one transaction, as the pages want them. Pure; whatever is
// text or bytes is borrowed from who read it. Names are in the page's language, lists in the plan's order or, of names, in Vietnamese
// alphabetical order.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/feed.pb-c.h"
#include "baocao/v1/receipt.pb-c.h"
#include "baocao/v1/report.pb-c.h"

// A task of the plan.
typedef struct {
    const char *code, *title_vi, *timeframe, *lead_text_vi, *coordinating_text_vi;
    const char *group, *group_title_vi;
} fact_task_t;

// A unit's place in the period, and its part in the task that was asked for.
typedef struct {
    const char *code, *name;
    Baocao__V1__Obligation obligation;
    Baocao__V1__UnitStanding standing;
    Baocao__V1__TaskRole role;
    const char *report;         // the submission that counts, else the latest; NULL: none
    uint32_t revision;          // of that one
    int64_t first_received_at;  // of the first accepted one; Unix ms; 0: none
    int64_t due_at;             // Unix ms; 0: owes no report
} fact_place_t;

// What a report that counts says of a task. Money in VND; has_: there is a figure.
typedef struct {
    const char *task, *task_title_vi, *unit, *unit_name, *report;
    uint32_t revision;
    Baocao__V1__TaskRole role;
    Baocao__V1__TaskStatus status;
    int progress_percent;
    const char *result, *next_steps, *obstacles, *proposals, *reason;
    bool has_allocated, has_disbursed;
    int64_t allocated, disbursed;
} fact_entry_t;

typedef struct {
    const char *task, *task_title_vi, *unit, *unit_name, *report;
    uint32_t revision;
    Baocao__V1__BudgetSource source;
    bool has_allocated, has_disbursed;
    int64_t allocated, disbursed;
} fact_money_t;

// An indicator, and what its values come to by its way of adding up ("": nothing, or not added up).
typedef struct {
    const char *task, *code, *title_vi, *unit_of_measure, *target, *total;
    Baocao__V1__IndicatorAggregation aggregation;
} fact_indicator_t;

// A value that counts: a decimal number, or else a text ("true" and "false" of what is true or not).
typedef struct {
    const char *task, *indicator, *unit, *unit_name, *report;
    uint32_t revision;
    const char *number, *text;  // NULL: not such a one
    int64_t received_at;
} fact_value_t;

// A submission: what became of it, and what its receipt says.
typedef struct {
    const char *id, *unit, *unit_name;
    uint32_t revision;
    int64_t received_at, judged_at;  // Unix ms; judged_at 0: not yet
    Baocao__V1__Timeliness timeliness;
    Baocao__V1__SubmissionState state;
    bool counts;
    uint32_t errors, warnings;
    const char *return_reason;  // NULL: not returned
    uint64_t chain_index;
    const uint8_t *digest;  // 32 bytes
    const char *officer;
} fact_submission_t;

// The rest of one submission's receipt, and the report that it is for.
typedef struct {
    const char *plan, *period;
    const uint8_t *report_id;      // 16 bytes
    const uint8_t *previous_hash;  // 32 bytes
    const uint8_t *signature;      // 64 bytes
    const uint8_t *public_key;     // 32 bytes; NULL: the key is not registered
    const char *key_id;
    const uint8_t *bytes;  // of the report
    size_t size;
    const Baocao__V1__Report *content;  // unpacked; NULL: the bytes are no report
} fact_receipt_t;

typedef struct {
    const char *code, *path, *message;
    Baocao__V1__Severity severity;
} fact_finding_t;

// A decision of the standing agency: "confirm", "return" or "admit".
typedef struct {
    const char *action, *reason;
    int64_t at;
} fact_review_t;

// A number of the feed under which the submission was published.
typedef struct {
    uint64_t seq;
    int64_t at;
    const uint8_t *bytes;  // a packed FeedEvent
    size_t size;
    const Baocao__V1__FeedEvent *event;  // unpacked; NULL: it could not be
} fact_event_t;

// A later deadline of one unit.
typedef struct {
    int64_t due_at, granted_at;
    const char *reason;
} fact_extension_t;

// A unit whose place another has taken.
typedef struct {
    const char *code, *name, *task;  // task: NULL: in all tasks
} fact_predecessor_t;

typedef struct {
    void *items;
    size_t count;
} facts_list_t;

typedef struct {
    uint64_t seq;        // number of the feed's event up to which all this speaks
    facts_list_t tasks;  // of fact_task_t, and so on; what was not asked for is empty
    facts_list_t places;
    facts_list_t entries;
    facts_list_t money;
    facts_list_t indicators;
    facts_list_t values;
    facts_list_t submissions;
    facts_list_t receipts;
    facts_list_t findings;
    facts_list_t reviews;
    facts_list_t events;
    facts_list_t extensions;
    facts_list_t predecessors;
    // What was asked for, by its code: "on_time", "so-yte".
    const char *figure, *group, *unit;
    Baocao__V1__BudgetSource source;
} facts_t;
