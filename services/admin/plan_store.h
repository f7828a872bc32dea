// A plan's rows between files and tables.
#pragma once

#include "admin.h"
#include "plan_files.h"

// Says what is wrong with the files. The exit code.
int plan_report_faults (const admin_t *admin, const csv_faults_t *faults);

// Within a transaction: what the files would take back of what was decided meanwhile goes to faults. With from, that a unit has ended and
// others have its duties; and always, that a unit may report until after a period's new closing day. 0 or the exit code (said).
int plan_check (admin_t *admin, csv_file_t files[PLAN_FILES], const char *from, csv_faults_t *faults);

// Within a transaction: brings the plan's rows to what the files say. from (YYYY-MM-DD): duties that the files change or no longer
// have end on that day, and new ones begin on it. from NULL: as if it had always been so; then nothing ends, and a duty that has
// ended does not come back. Refused when a unit whose report counts would not be expected in its period any more. 0 or the exit code
// (said).
int plan_store (admin_t *admin, csv_file_t files[PLAN_FILES], const char *from);

// The rows that the tables have of the plan and of the units that the files name, as an object by "FILE ROW": each an object of file,
// row, columns, and open: is it in force without an end? The caller owns it. NULL: *status_p is the exit code (said).
json_t *plan_rows (admin_t *admin, int *status_p, const char *plan, const csv_file_t *units);

// What became of the rows: a list of objects of file, row, change, and of a changed column its name, old and new. change is "added",
// "changed", "removed", "kept": the files no longer have it, and it stays in force; or "ended": the
// files have it, and it is not in force, or not without an end. The caller owns it.
json_t *plan_difference (const json_t *before, const json_t *after, csv_file_t files[PLAN_FILES]);
