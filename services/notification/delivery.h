// What becomes of a delivery after an attempt. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    DELIVERY_SENT,
    DELIVERY_RETRY,      // not now; once more later
    DELIVERY_FAILED,     // never: for the standing agency to look after
    DELIVERY_WITHDRAWN,  // the contact was removed meanwhile
} delivery_outcome_t;

const char *delivery_outcome_name (delivery_outcome_t outcome);

// After an SMTP dialogue. whole: it went through to the server's last word. status: the last reply's code, 0 when none came; of this
// message: said after MAIL FROM, not about who we are or how we connect. What is wrong with us (a password, a certificate) is
// no fault of the message, so it waits.
delivery_outcome_t delivery_of_smtp (bool whole, bool of_this_message, int status);

// After an HTTP request: status 0 when there was no answer.
delivery_outcome_t delivery_of_http (int status);

// How long to wait after the attempt-th attempt (1, 2 ...), in ms: 1 minute, doubling to 4 hours. -1: that was the last; about 3 days
// have passed.
int64_t delivery_backoff_ms (int attempt);
int64_t delivery_longest_wait_ms (void);  // the longest of these
