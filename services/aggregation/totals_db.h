// Are the totals right? Recomputes every figure from what departments sent and validation judged, by SQL that shares nothing
// with rollup.c, and compares.
#pragma once

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

enum { TOTALS_DIFFERENCES_MAX = 1000 };

typedef struct {
    char *table, *key, *figure;  // e.g. "task_total", "208/KH-UBND 2025 II.2", "progress_sum"
    char *stored, *recomputed;   // NULL: there is none
} totals_difference_t;

typedef struct {
    totals_difference_t *differences;  // at most TOTALS_DIFFERENCES_MAX of them
    size_t n_differences;              // all of them
    int64_t compared;                  // figures
    int64_t waiting;                   // judged submissions still in aggregation's queue; they are in no figure
    char *error;                       // why it could not be done, else NULL
} totals_report_t;

// Fills in the report, in one snapshot of the database, over a connection of a role that may read everything. 0: compared (equal
// when n_differences is 0), or -1 with report->error.
int totals_verify (PGconn *connection, totals_report_t *report);

// How many of the differences are listed.
size_t totals_report_listed (const totals_report_t *report);
void totals_report_clear (totals_report_t *report);
