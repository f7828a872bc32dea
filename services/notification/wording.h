// The words of a notice, in Vietnamese and English: from what a notice is about to its subject and body. Pure.
//
// Findings are not repeated in the body: the notice carries them whole, and whoever shows it lists them below the body.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "baocao/v1/client.pb-c.h"
#include "plan/plan.h"

enum { WORDING_DATE = 40, WORDING_RECIPIENTS = PLAN_TO_COMMITTEE + 1 };

// The local date of an instant, as people write it.
void wording_dates (int64_t ms, int utc_offset_minutes, char vi[WORDING_DATE], char en[WORDING_DATE]);

// One sentence saying that several (`count`) that fell due from first_at to last_at were decided together, with the paragraph's blank
// line before it; of less than two, nothing. Fresh memory.
void wording_merged (size_t count, int64_t first_at, int64_t last_at, int utc_offset_minutes, char **vi_p, char **en_p);

// Each of these sets kind, subject_* and body_* (fresh memory) of a notice whose plan, period, revision and findings are set.

// A verdict: NOTICE_KIND_ACCEPTED or NOTICE_KIND_REFUSED.
void wording_judged (Baocao__V1__Notice *notice, bool accepted);

// NOTICE_KIND_STANDING: the unit's standing in the totals is now this.
void wording_standing (Baocao__V1__Notice *notice, Baocao__V1__UnitStanding standing);

// What has become of a deadline, by the standing agency's decision or by date: NOTICE_KIND_DEADLINE or NOTICE_KIND_EXTENSION.
typedef struct {
    enum {
        WORDING_OPENED,
        WORDING_CLOSED,
        WORDING_EXTENDED,
        WORDING_SHORTENED,  // the extension granted before went further
        WORDING_NOT_EXTENDED,
        WORDING_OPENED_BY_DATE,
        WORDING_MOVED,
    } what;
    const char *day_vi, *day_en;        // the deadline is before this day
    const char *remark_vi, *remark_en;  // the reason; of WORDING_MOVED the day before which the deadline was; else ""
    bool stays_late;                    // of an extension: a report that was received late counts already
} wording_decision_t;

void wording_decision (Baocao__V1__Notice *notice, const wording_decision_t *decision);

// What was decided about the report besides its verdict: NOTICE_KIND_RETURNED, NOTICE_KIND_CONFIRMED or NOTICE_KIND_QUARANTINED.
// reason: "" for none. closed: of one that is returned, its period was closed then, so that what is sent again is not judged.
void wording_review (Baocao__V1__Notice *notice, Baocao__V1__NoticeKind kind, const char *reason, bool closed);

// What a unit asks the standing agency for.
typedef struct {
    const char *unit_vi, *unit_en;  // names of the unit
    long long number;
    const char *day_vi,
        *day_en;  // of an extension: the last day that it would be on time; "": it is to take back the notice's revision
    const char *reason;
    const char *refusal;  // why it was refused; NULL: it is to be decided
} wording_request_t;

// NOTICE_KIND_REQUEST, to the standing unit, or with a refusal NOTICE_KIND_REQUEST_REFUSED, to the unit (wording_request.c).
void wording_request (Baocao__V1__Notice *notice, const wording_request_t *about);

typedef enum {
    WORDING_CONTRIBUTION,
    WORDING_DRAFT,
    WORDING_AGREED,
    WORDING_DISAGREED,
    WORDING_CONTRIBUTION_WITHDRAWN,
    WORDING_DRAFT_WITHDRAWN,
} wording_coordination_kind_t;

// What another unit says about a task that it shares with the receiver.
typedef struct {
    wording_coordination_kind_t what;
    const char *unit_vi, *unit_en;  // names of that unit
    const char *task, *title_vi;
    const char *remark;  // of an answer; "" for none
} wording_coordination_t;

// NOTICE_KIND_COORDINATION, to those who lead the task, with a draft to those who coordinate it, with an answer to who wrote the draft
// (wording_coordination.c).
void wording_coordination (Baocao__V1__Notice *notice, const wording_coordination_t *about);

typedef struct {
    const char *unit_vi, *unit_en;  // names
    int64_t due_at;                 // Unix ms: the midnight that ends the last good day
    int64_t now;
    int utc_offset_minutes;  // of the plan's time zone
    size_t reminders;        // for how many days' reminders it stands, and when the first and the last fell due
    int64_t first_at, last_at;
} wording_reminder_t;

// NOTICE_KIND_REMINDER.
void wording_reminder (Baocao__V1__Notice *notice, const wording_reminder_t *about);

typedef struct {
    const char *unit_vi, *unit_en;  // names of the unit that is overdue
    int64_t due_at;
    int working_days;  // overdue
    int utc_offset_minutes;
    bool recipients[WORDING_RECIPIENTS];  // by plan_recipient_t: who is told now
    const int64_t *reminded_at;           // when it was reminded before, ascending
    size_t n_reminded;
    int64_t told_at[WORDING_RECIPIENTS];  // when whom was told before; 0: not
} wording_escalation_t;

// NOTICE_KIND_ESCALATION, to the unit or to the standing unit.
void wording_escalation (Baocao__V1__Notice *notice, const wording_escalation_t *about, bool to_standing);
