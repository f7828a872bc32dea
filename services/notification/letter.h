// A notice on its way into a department's mailbox.
#pragma once

#include <czmq.h>

#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/judged.pb-c.h"
#include "baocao/v1/standing.pb-c.h"

// Whom a letter is sent on to, besides its mailbox: the unit's contacts with these roles. The bits are those of PLAN_CONTACT_...
enum { LETTER_TO_OFFICERS = 1, LETTER_TO_LEADERS = 2, LETTER_TO_DIGEST = 4 };

// The calendar entry of the deadline that mail carries, where the receiver does not have it yet, or has it still.
typedef enum { LETTER_NO_CALENDAR, LETTER_CALENDAR_REQUEST, LETTER_CALENDAR_CANCEL } letter_calendar_t;

typedef struct {
    char *unit;                  // code of the unit to whose mailbox it goes
    int unit_id;                 // known once it is being posted
    uint8_t submission_id[16];   // of the report that it is about; all zero: none
    Baocao__V1__Notice *notice;  // owned; cursor 0: not posted
    unsigned receivers;          // LETTER_TO_... bits; a new letter's are the officers
    letter_calendar_t calendar;
    int64_t due_at;  // with LETTER_CALENDAR_REQUEST: the unit's deadline, Unix ms
} letter_t;

// What validation and aggregation say, put into words.
letter_t *letter_about_verdict (const Baocao__V1__ReportJudged *judged);
letter_t *letter_about_standing (const Baocao__V1__StandingChanged *changed);

// What the standing agency decided about a report. Borrowed.
typedef struct {
    const char *unit, *plan, *period, *reason;  // reason: "" for none
    ProtobufCBinaryData submission_id, report_id;
    uint32_t revision;
    Baocao__V1__NoticeKind kind;  // one that wording_review knows
    bool closed;                  // as there
} letter_review_t;

letter_t *letter_about_review (const letter_review_t *review);

// An empty letter about a period: a reminder in the making.
letter_t *letter_new (const char *unit, const char *plan, const char *period);
void letter_destroy (letter_t **self_p);

// Gives it its place in the mailbox and its time of posting, Unix ms.
void letter_stamp (letter_t *self, int unit_id, uint64_t cursor, int64_t posted_at);

// Tells every intake which mailboxes have something new: one message per unit. Letters that were not posted are passed over.
void letters_announce (letter_t *const *letters, size_t count, zsock_t *posted);
