// The plans in memory: every service's read-only picture of what is to be reported by whom. Pure: made from the JSON text that one
// SELECT (plan_db.h) returns, so it is one consistent state, and tests make one from a file.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "baocao/v1/client.pb-c.h"

typedef struct {
    int id;
    char *code, *kind, *name_vi, *name_en;
} plan_unit_t;

typedef struct {
    int id;
    char *code, *title_vi, *unit_of_measure;
    Baocao__V1__IndicatorType type;
    Baocao__V1__IndicatorAggregation aggregation;
    char *minimum, *maximum;  // decimal text, "" for no bound
    bool required;
} plan_indicator_t;

typedef struct {
    int unit_id;
    Baocao__V1__TaskRole role;
} plan_role_t;

typedef struct {
    int id, group;  // group: index into plan_t.groups
    char *code, *title_vi, *timeframe;
    plan_role_t *roles;  // only LEAD and COORDINATING
    size_t n_roles;
    plan_indicator_t *indicators;
    size_t n_indicators;
} plan_task_t;

typedef struct {
    char *code, *title_vi;
} plan_group_t;

typedef struct {
    int id;
    char *code, *kind;
    int64_t opens_at, due_at;  // Unix ms; on time: received_at < due_at
    int64_t closes_at;         // INT64_MAX: not closed
} plan_period_t;

typedef struct {
    int unit_id;
    Baocao__V1__Obligation obligation;  // MAY or MUST
} plan_reporter_t;

typedef struct {
    int id;
    char *code, *title_vi, *title_en, *time_zone;
    // How far the time zone is ahead of UTC: the offset at the moment the book was read, right for Asia/Ho_Chi_Minh, which has no
    // daylight saving time. The exact instants of the periods do not depend on it.
    int utc_offset_minutes;
    int standing_unit_id;
    plan_group_t *groups;
    size_t n_groups;
    plan_task_t *tasks;  // in the plan's order
    size_t n_tasks;
    plan_period_t *periods;  // by due_at, ascending
    size_t n_periods;
    plan_reporter_t *reporters;
    size_t n_reporters;
} plan_t;

typedef struct {
    int64_t version;
    plan_unit_t *units;  // by code, ascending
    size_t n_units;
    plan_t *plans;
    size_t n_plans;
} plan_book_t;

// From the JSON text of plan_db.c. NULL when it is not that, with the reason at *error_p (the caller frees it).
plan_book_t *plan_book_parse (const char *json, char **error_p);
void plan_book_destroy (plan_book_t **self_p);

// Look-ups; NULL when there is none. What they return lives as long as the book.
const plan_unit_t *plan_book_unit (const plan_book_t *self, const char *code);
const plan_unit_t *plan_book_unit_by_id (const plan_book_t *self, int id);
const plan_t *plan_book_plan (const plan_book_t *self, const char *code);
const plan_period_t *plan_book_period_by_id (const plan_book_t *self, int id, const plan_t **plan_p);
const plan_period_t *plan_period (const plan_t *self, const char *code);
const plan_task_t *plan_task (const plan_t *self, const char *code);
const plan_task_t *plan_task_by_id (const plan_t *self, int id);
const plan_indicator_t *plan_indicator (const plan_task_t *task, const char *code);

Baocao__V1__TaskRole plan_task_role (const plan_task_t *task, int unit_id);  // NONE, LEAD or COORDINATING
Baocao__V1__Obligation plan_obligation (const plan_t *self, int unit_id);    // NONE, MAY or MUST
size_t plan_expected (const plan_t *self);                                   // how many MUST report in a period

// Received at this instant, is a report for the period on time?
Baocao__V1__Timeliness plan_timeliness (const plan_period_t *period, int64_t received_at);

// The period a reader means who names none: the one open at `now`, or else the latest that opened before it, or NULL.
const plan_period_t *plan_current_period (const plan_t *self, int64_t now);

// The unit's duties in one plan, as the client and the rules see them: every task, every period; standing and previous are left
// unset. Made once per (unit, plan) and kept in the book, which owns it. NULL when there is no unit of that id.
const Baocao__V1__PlanDuties *plan_duties (plan_book_t *self, const plan_t *plan, int unit_id);
