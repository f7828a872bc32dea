// Everything that intake refuses, and how it says so, in Vietnamese and English. Pure.
#pragma once

#include "baocao/v1/client.pb-c.h"

typedef enum {
    REFUSAL_NONE,
    REFUSAL_MALFORMED,  // detail: what is wrong with it
    REFUSAL_NO_REQUEST,
    REFUSAL_REPORT_ID,
    REFUSAL_PLAN_CODE,
    REFUSAL_PERIOD_CODE,
    REFUSAL_EMPTY_REPORT,
    REFUSAL_TOO_MANY_FILES,
    REFUSAL_FILES_MISSING,
    REFUSAL_DIGEST,
    REFUSAL_FILE_SIZE,
    REFUSAL_CHUNK,
    REFUSAL_NO_UPLOAD,
    REFUSAL_FILE_DIGEST,
    REFUSAL_FILES_A_DAY,  // detail: how long to wait
    REFUSAL_LIMIT,
    REFUSAL_WAIT,
    REFUSAL_DATE,
    REFUSAL_REASON,
    REFUSAL_DENIED,
    REFUSAL_CONFLICT,
    REFUSAL_NO_RECEIPT,
    REFUSAL_NO_PLAN,  // detail: its code
    REFUSAL_NO_REPORT,
    REFUSAL_NO_PERIOD,
    REFUSAL_NO_DUTY,
    REFUSAL_NOT_LATER,
    REFUSAL_NOT_ACCEPTED,
    REFUSAL_TOO_MANY_QUESTIONS,
    REFUSAL_TASK_CODE,
    REFUSAL_NO_TASK,
    REFUSAL_ENTRY,             // detail: what is wrong with it
    REFUSAL_NOT_COORDINATING,  // detail: who does
    REFUSAL_NOT_LEADING,       // detail: who does
    REFUSAL_NOBODY_TO_AGREE,
    REFUSAL_DRAFT_REPLACED,
    REFUSAL_NOTHING_SAID,  // detail: the period
    REFUSAL_NOT_OPEN,      // detail: when it opens
    REFUSAL_CLOSED,        // detail: since when
    REFUSAL_TOO_MUCH_SAID,
    REFUSAL_BUSY_DEPARTMENT,
    REFUSAL_BUSY_WAITS,
    REFUSAL_BUSY_ELSEWHERE,
    REFUSAL_BUSY_SERVER,
    REFUSAL_BUSY_STORE,
    REFUSAL_BUSY_CHECK,
    REFUSAL_INTERNAL,  // detail: what the operator finds in the log
    REFUSALS
} refusal_t;

enum { REFUSAL_TEXT = 480 };

// An Error together with the memory of its texts.
typedef struct {
    Baocao__V1__Error error;
    char vi[REFUSAL_TEXT], en[REFUSAL_TEXT];
} refusal_error_t;

// Fills *error for the refusal; detail may be NULL. The error points into itself: it is not to be copied.
void refusal_fill (refusal_error_t *error, refusal_t refusal, const char *detail);
