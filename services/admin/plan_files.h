// A plan as CSV files: which files and columns there are, and whether what they hold fits together. See sql/plans for an example.
#pragma once

#include "csv_file.h"

typedef enum {
    PLAN_UNITS,
    PLAN_PLAN,
    PLAN_GROUPS,
    PLAN_TASKS,
    PLAN_TASK_UNITS,
    PLAN_REPORTERS,
    PLAN_PERIODS,
    PLAN_INDICATORS,  // this one and those below may be absent
    PLAN_REMINDERS,
    PLAN_ESCALATION,
    PLAN_FILES,
} plan_file_t;

// Reads and checks all files of the directory; whatever is wrong goes to faults. plan_files_clear frees them.
void plan_files_read (csv_file_t files[PLAN_FILES], const char *directory, csv_faults_t *faults);
void plan_files_clear (csv_file_t files[PLAN_FILES]);

// The same for the one file of a calendar: official days.
void plan_files_read_calendar (csv_file_t *file, const char *directory, const char *name, csv_faults_t *faults);

// The rows as JSON objects, with their position in the file (1, 2 ...) besides their columns. The caller owns it.
json_t *plan_file_to_json (const csv_file_t *file);
