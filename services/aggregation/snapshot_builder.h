// The tools that snapshot.c builds with: memory that may run out without every caller having to look, rows found by their keys,
// and the figures that several parts of a snapshot share.
#pragma once

#include "snapshot.h"

typedef struct {
    const snapshot_source_t *source;
    Baocao__V1__Snapshot *snapshot;
    bc_arena_t *arena;
    bool full;  // something did not fit: the snapshot is no good
} builder_t;

// Zeroed memory of the snapshot's arena, or NULL and `full`.
void *builder_alloc (builder_t *self, size_t size);
char *builder_text (builder_t *self, const char *text);  // a copy; never NULL
Google__Protobuf__Timestamp *builder_time (builder_t *self, int64_t ms);

// `count` initialised messages of one type; the list of pointers to them goes to *list_p. Returns the first, or NULL.
void *builder_messages (builder_t *self, size_t count, const ProtobufCMessageDescriptor *type, void *list_p);

const PGresult *builder_rows (const builder_t *self, feed_db_result_t result);

// The first row from `row` on with this value in this column, or with these values in columns 0 and 1; -1: none.
int builder_find (const PGresult *rows, int row, int column, int value);
int builder_find_two (const PGresult *rows, int row, int first, int second);

Baocao__V1__Figures *builder_figures (builder_t *self, const plan_period_t *period);

// What the entries of some tasks come to.
typedef struct {
    uint32_t counts[6];  // by TaskStatus
    uint32_t entries;
    int64_t progress_sum;
} tally_t;

void builder_tally (const builder_t *self, tally_t *tally, int period_id, int task_id);  // adds the task's to the tally
int32_t tally_mean (const tally_t *tally);
Baocao__V1__StatusCounts *builder_counts (builder_t *self, const tally_t *tally);

// The budget of one task (column 0), unit (1) or source (2).
void builder_budget (const builder_t *self, int column, int value, int64_t *allocated, int64_t *disbursed);
