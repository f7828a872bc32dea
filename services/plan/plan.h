// The plans in memory: every service's read-only picture of what is to be reported by whom. Pure: made from the JSON text that one
// SELECT (plan_db.h) returns, so it is one consistent state, and tests make one from a file.
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "baocao/v1/client.pb-c.h"

// Days are counted from 1970-01-01, in local time. What is valid from a day to another is not valid on that other one.
enum { PLAN_NO_DAY = INT_MIN, PLAN_ALWAYS = INT_MIN, PLAN_FOR_EVER = INT_MAX };

typedef struct {
    int id;
    char *code, *kind, *name_vi, *name_en;
    int valid_from, valid_to;
} plan_unit_t;

typedef struct {
    int id;
    char *code, *title_vi, *unit_of_measure;
    Baocao__V1__IndicatorType type;
    Baocao__V1__IndicatorAggregation aggregation;
    char *minimum, *maximum;  // decimal text, "" for no bound
    char *target;             // likewise
    bool required;
} plan_indicator_t;

// A unit may have several, for one time after the other; none is valid when its unit is not.
typedef struct {
    int unit_id;
    Baocao__V1__TaskRole role;
    int valid_from, valid_to;
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

typedef enum { PLAN_OVERDUE_WORKING_DAYS, PLAN_OVERDUE_DAYS, PLAN_OVERDUE_NONE } plan_overdue_t;
typedef enum { PLAN_TO_UNIT_LEADER, PLAN_TO_STANDING_LEADER, PLAN_TO_COMMITTEE } plan_recipient_t;
enum { PLAN_CHANNEL_MAILBOX = 1, PLAN_CHANNEL_MAIL = 2, PLAN_CHANNEL_WEBHOOK = 4 };
enum { PLAN_CONTACT_OFFICER = 1, PLAN_CONTACT_LEADER = 2, PLAN_CONTACT_DIGEST = 4 };
enum { PLAN_BEFORE_MAX = 16, PLAN_STEPS_MAX = 16 };

typedef struct {
    int after_working_days;  // overdue
    plan_recipient_t recipient;
} plan_step_t;

// When and how units are reminded. Hours are 0 to 23 in the plan's time zone.
typedef struct {
    int hour;
    int quiet_from, quiet_to;     // quiet: from the one hour to before the other, over midnight when that is the smaller one
    int before[PLAN_BEFORE_MAX];  // days before the last good day, descending, each once
    size_t n_before;
    bool working_days_only;             // what falls on a day off is sent on the working day before
    plan_overdue_t overdue;             // on which days after the deadline
    unsigned channels;                  // PLAN_CHANNEL_... bits
    unsigned copy_to;                   // PLAN_CONTACT_... bits
    plan_step_t steps[PLAN_STEPS_MAX];  // of escalation, by after_working_days, ascending
    size_t n_steps;
} plan_policy_t;

// What holds where a plan says nothing.
extern const plan_policy_t PLAN_POLICY_DEFAULT;

// A unit's own deadline, later than the period's.
typedef struct {
    int unit_id;
    int64_t due_at;
} plan_extension_t;

typedef struct {
    int id;
    char *code, *kind;
    int64_t opens_at, due_at;    // Unix ms; on time: received_at < due_at
    int64_t closes_at;           // INT64_MAX: not closed
    int last_day;                // the last on which a report is on time: duties are those valid on it
    int cutoff_from, cutoff_to;  // of what the report speaks, without the last one; PLAN_NO_DAY: not said
    plan_policy_t policy;
    plan_extension_t *extensions;
    size_t n_extensions;
} plan_period_t;

// As with plan_role_t.
typedef struct {
    int unit_id;
    Baocao__V1__Obligation obligation;  // MAY or MUST
    int valid_from, valid_to;
} plan_reporter_t;

typedef struct {
    int day;
    bool is_working;  // else it is a day off
} plan_day_t;

typedef struct {
    int unit_id, valid_from;
} plan_standing_t;

// From the day on the successor stands in the predecessor's place, in all or in one task; lineage.h follows them.
typedef struct {
    int predecessor_id, successor_id;
    int task_id;  // 0: all
    int from;
} plan_succession_t;

typedef struct {
    int id;
    char *code, *title_vi, *title_en, *time_zone;
    // How far the time zone is ahead of UTC: the offset at the moment the book was read, right for Asia/Ho_Chi_Minh, which has no
    // daylight saving time. The exact instants of the periods do not depend on it.
    int utc_offset_minutes;
    plan_standing_t *standing;  // who collects the reports, from which day on, ascending; the first: always
    size_t n_standing;
    int receiving_unit_id;  // for whom
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
    plan_succession_t *successions;  // in the order in which they were decided
    size_t n_successions;
    plan_day_t *days;  // the official ones, ascending (calendar.h)
    size_t n_days;
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

// Is what is valid from a day to another a duty in the period? It is when it is valid on the period's last good day.
bool plan_is_valid (int valid_from, int valid_to, const plan_period_t *period);

// What a unit has to do in a period.
Baocao__V1__TaskRole plan_task_role (const plan_task_t *task, const plan_period_t *period,
                                     int unit_id);  // NONE, LEAD or COORDINATING
Baocao__V1__Obligation plan_obligation (const plan_t *self, const plan_period_t *period, int unit_id);  // NONE, MAY or MUST
size_t plan_expected (const plan_t *self, const plan_period_t *period);  // how many MUST report in it
bool plan_has_part (const plan_t *self, int unit_id);                    // had, has or will have the unit any duty?

// The unit that collects the plan's reports at that instant (Unix ms).
int plan_standing_unit (const plan_t *self, int64_t at);

// Until when the unit's report is on time (Unix ms): its extension, else the period's due_at.
int64_t plan_due_at (const plan_period_t *period, int unit_id);

// Received at this instant, is the unit's report for the period on time, late, or too late to be judged (QUARANTINED)?
Baocao__V1__Timeliness plan_timeliness (const plan_period_t *period, int unit_id, int64_t received_at);

// The period a reader means who names none: the one open at `now`, or else the latest that opened before it, or NULL.
const plan_period_t *plan_current_period (const plan_t *self, int64_t now);

// The unit's duties in one plan, as the client and the rules see them at that instant (Unix ms, for the standing unit): every task,
// every period; standing and previous are left unset. Made once per (unit, plan) and kept in the book, which owns it. NULL when
// there is no unit of that id.
const Baocao__V1__PlanDuties *plan_duties (plan_book_t *self, const plan_t *plan, int unit_id, int64_t at);
