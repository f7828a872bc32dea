// What documents ask of the database. Every report that counts is one of unit_standing; a unit's name is in the product's language.
// Rows are in text format, their columns in the order of the enum beside each function; NULL: it failed, which was said.
#pragma once

#include "product.h"

// The plan's issuer and the standing unit, and the unit that the product is about: one row.
enum { FRAME_ISSUER, FRAME_STANDING_KIND, FRAME_UNIT_KIND };
PGresult *document_frame (product_t *self);

// Who must or may report, by name. `sent`: judged, but what counts is none: '' or 'refused' or 'returned'; overdue: in days, NULL when
// it is not (yet), or has reported.
enum { UNIT_NAME, UNIT_MUST, UNIT_REPORTED, UNIT_LATE, UNIT_SENT, UNIT_DUE_BEFORE, UNIT_OVERDUE };
PGresult *document_units (product_t *self);

// How the plan's groups of tasks stand: numbers of tasks, of tasks and entries reported, entries by status, and their mean progress.
enum {
    GROUP_CODE,
    GROUP_TASKS,
    GROUP_REPORTED,
    GROUP_ENTRIES,
    GROUP_NOT_STARTED,
    GROUP_IN_PROGRESS,
    GROUP_COMPLETED,
    GROUP_DELAYED,
    GROUP_STOPPED,
    GROUP_PROGRESS
};
PGresult *document_groups (product_t *self);  // the last row is all of them, without a code

// Every task in the plan's order, once for each unit that leads it or has reported on it, leads first; of one unit when `unit_id` is not 0
// (then only what it reported). ENTRY_UNIT is NULL when there is none; the entry's own are NULL when that unit's report has none.
enum {
    ENTRY_GROUP,
    ENTRY_GROUP_TITLE,
    ENTRY_TASK,
    ENTRY_TASK_TITLE,
    ENTRY_UNIT,
    ENTRY_LEADS,
    ENTRY_UNIT_REPORTED,
    ENTRY_STATUS,
    ENTRY_PROGRESS,
    ENTRY_RESULT,
    ENTRY_NEXT_STEPS,
    ENTRY_OBSTACLES,
    ENTRY_PROPOSALS,
    ENTRY_REASON,
    ENTRY_ALLOCATED,
    ENTRY_DISBURSED,
    ENTRY_SUBMISSION,
    ENTRY_TASK_ID
};
PGresult *document_entries (product_t *self, int unit_id);

// The indicators' values in these entries; the value is a number or a text.
enum { VALUE_SUBMISSION, VALUE_TASK_ID, VALUE_TITLE, VALUE_MEASURE, VALUE_TYPE, VALUE_NUMBER, VALUE_TEXT };
PGresult *document_values (product_t *self, int unit_id);

// Money by source, and in the last row, whose source is NULL, all of it; of one unit when unit_id is not 0.
enum { SOURCE_CODE, SOURCE_ALLOCATED, SOURCE_DISBURSED };
PGresult *document_sources (product_t *self, int unit_id);

// The plan's indicators that add up, and to what; NULL: no figure yet.
enum { INDICATOR_TASK, INDICATOR_TITLE, INDICATOR_MEASURE, INDICATOR_VALUE, INDICATOR_TARGET, INDICATOR_AGGREGATION };
PGresult *document_indicators (product_t *self);

// The unit's report that counts, as it was received (bytea), and its receipt: no row when it has none.
enum { REPORT_BYTES, REPORT_REVISION, REPORT_RECEIVED_AT, REPORT_CHAIN_INDEX, REPORT_DIGEST };
PGresult *document_unit_report (product_t *self);
