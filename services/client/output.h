// What people see: tables, times, findings; and JSON lines for programs.
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "baocao/v1/receipt.pb-c.h"
#include "baocao/v1/report.pb-c.h"
#include "client.h"
#include "places.h"

// A table on stdout. Columns: a title that ends in '>' is right-aligned, in '~' wrapped to the terminal's width (elsewhere cut). At
// most 12 columns.
typedef struct table table_t;
table_t *table_new (const char *const *titles, size_t count);
void table_row (table_t *self, const char *const *cells);  // as many as titles; NULL: empty
void table_print (table_t **self_p);                       // and destroys it

// One JSON document on one line of stdout; takes it over.
void output_json (json_t *json);

// The last word of a command that failed with --json: when no document was printed, what was said on stderr, as {"error": ...}.
void output_json_failure (void);

// What was said on stderr so far, in UTF-8.
json_t *output_said (void);

// A message as JSON, for people's programs: as report_to_json gives it, but report ids are written as UUIDs.
json_t *output_message (const ProtobufCMessage *message);

// Local times are shown in this IANA zone from now on (a plan's), wherever the computer thinks it is.
void output_zone (const char *zone);
void output_home_zone (const home_t *home);  // the zone of the duties as last kept

// "2025-12-09 23:59:59 +07", or "-" for none; the caller frees it.
char *output_time (const Google__Protobuf__Timestamp *time);
int64_t output_ms (const Google__Protobuf__Timestamp *time);  // Unix ms; 0 for none

// "1.234.567"; the caller frees it.
char *output_money (int64_t dong);

// "27,1 MB", in the manner of the user's language; the caller frees it.
char *output_size (const client_t *client, uint64_t bytes);

// Findings as a list on stdout. With the report, a path's entries[3] is also told as its task.
void output_findings (const client_t *client, Baocao__V1__Finding *const *findings, size_t count, const Baocao__V1__Report *report);

// The same for a report from a file whose cells are known: `Sheet "Nhiệm vụ", cell E14: progress 120 is outside 0-100.`
void output_placed (const client_t *client, Baocao__V1__Finding *const *findings, size_t count, const Baocao__V1__Report *report,
                    const places_t *places);

// A finding as output_message has it, with its "sheet" (of a workbook) and "cell" where they are known.
json_t *output_placed_finding (const Baocao__V1__Finding *finding, const places_t *places);

// Is the report in the totals? The server's `counted` says that the totals know its verdict, whatever that is: a refused report
// never stands in them, a superseded one no more.
bool output_is_counted (const Baocao__V1__SubmissionStatus *submission);

// Words of the protocol in the user's language.
const char *output_state (Baocao__V1__SubmissionState state);
const char *output_counted (const Baocao__V1__SubmissionStatus *submission);
const char *output_timeliness (Baocao__V1__Timeliness timeliness);
const char *output_standing (Baocao__V1__UnitStanding standing);
const char *output_obligation (Baocao__V1__Obligation obligation);
const char *output_role (Baocao__V1__TaskRole role);
const char *output_status (Baocao__V1__TaskStatus status);
const char *output_source (Baocao__V1__BudgetSource source);
