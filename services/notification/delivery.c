#include "delivery.h"

enum { FIRST_MS = 60000, LONGEST_MS = 4 * 3600000, LASTING_MS = 3 * 24 * 3600000 };

const char *delivery_outcome_name (delivery_outcome_t outcome)
{
    static const char *const NAMES[] = {"sent", "retry", "failed", "withdrawn"};
    return NAMES[outcome];
}

delivery_outcome_t delivery_of_smtp (bool whole, bool of_this_message, int status)
{
    if (whole)
        return DELIVERY_SENT;
    bool about_us = !of_this_message || (status >= 530 && status <= 538);  // RFC 4954: authentication
    return status >= 500 && status <= 599 && !about_us ? DELIVERY_FAILED : DELIVERY_RETRY;
}

delivery_outcome_t delivery_of_http (int status)
{
    if (status >= 200 && status <= 299)
        return DELIVERY_SENT;
    // 408 the request took too long, 425 too early, 429 too many: the receiver itself asks for another try.
    bool later = status < 300 || status >= 500 || status == 408 || status == 425 || status == 429;
    return later ? DELIVERY_RETRY : DELIVERY_FAILED;
}

int64_t delivery_longest_wait_ms (void)
{
    return LONGEST_MS;
}

int64_t delivery_backoff_ms (int attempt)
{
    int64_t wait = FIRST_MS, passed = 0;
    for (int i = 1; i < attempt; i++) {
        passed += wait;
        wait = wait * 2 < LONGEST_MS ? wait * 2 : LONGEST_MS;
    }
    return passed + wait > LASTING_MS ? -1 : wait;
}
