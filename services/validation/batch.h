// Judging a batch of submissions: what the rules say of each, and an accepted report's content as rows. Everything lives until
// batch_reset, so a batch can be judged again from the start.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"
#include "report/finding.h"

// A stored report, as intake's message or the database tells it. Borrowed: the batch keeps pointers to it.
typedef struct {
    uint8_t submission_id[16], report_id[16], receipt_hash[32];
    const char *unit, *plan, *period;  // plan and period as claimed in SubmitReport
    uint32_t revision;
    int64_t received_at;  // Unix ms
    Baocao__V1__Timeliness timeliness;
    uint64_t chain_index;
    const uint8_t *report;
    size_t report_size;
} received_t;

typedef struct {
    const received_t *received;
    const plan_unit_t *unit;  // NULL: not known
    const plan_t *plan;       // as claimed; NULL: not known
    const plan_period_t *period;
    findings_t findings;
    bool accepted;
    size_t first_entry, n_entries;  // its rows in batch->entries
} judged_t;

// Rows of accepted reports. `of` is an index into batch->judged; texts are offsets for batch_text.
typedef struct {
    size_t of;
    int task_id;
    Baocao__V1__TaskStatus status;
    int progress;
    size_t result, next_steps, obstacles, proposals, reason;
} entry_row_t;

typedef struct {
    size_t of;
    int task_id;
    Baocao__V1__BudgetSource source;
    bool has_allocated, has_disbursed;
    int64_t allocated, disbursed;
} budget_row_t;

typedef struct {
    size_t of;
    int indicator_id;
    bool is_number;
    size_t value;  // text
} indicator_row_t;

// What the database knows about a submission, in the order of `of`.
typedef struct {
    size_t of;
    bool is_own;  // else a forerunner's
    int task_id;
    Baocao__V1__TaskStatus status;
    int progress;
} previous_row_t;

typedef struct {
    size_t of;
    uint8_t sha256[32];
    int64_t size;  // not set in batch->wanted
} file_row_t;

typedef struct {
    void *rows;
    size_t count, room;
} rows_t;

typedef struct batch {
    judged_t *judged;
    size_t count, room;
    rows_t entries, budgets, indicators;  // entry_row_t, budget_row_t, indicator_row_t: to be stored
    rows_t previous, files;               // previous_row_t, file_row_t: as the database answered
    rows_t wanted;                        // file_row_t: attachments to ask for
    rows_t late;                          // const received_t *: not to be judged
    struct batch_private *private;
} batch_t;

batch_t *batch_new (void);
void batch_destroy (batch_t **self_p);
void batch_reset (batch_t *self);

// A report that came after its period was closed is judged only when the standing agency has admitted it; else it goes to `late`.
void batch_add (batch_t *self, const received_t *received, bool admitted);

// A new row, zeroed.
void *rows_add (rows_t *self, size_t size);

// Finds the units and periods in the book, puts the submissions into the order in which they are judged, and notes the
// attachments that they name.
void batch_prepare (batch_t *self, const plan_book_t *book);

// Applies the rules to all of them.
void batch_judge (batch_t *self, plan_book_t *book);

const char *batch_text (const batch_t *self, size_t offset);
