// Everything that the feed refuses, and how it says so, in Vietnamese and English. Pure.
#pragma once

#include "baocao/v1/client.pb-c.h"

typedef enum {
    FEED_REFUSAL_NONE,
    FEED_REFUSAL_MALFORMED,
    FEED_REFUSAL_NO_REQUEST,
    FEED_REFUSAL_LIMIT,
    FEED_REFUSAL_DENIED,
    FEED_REFUSAL_WHICH_PLAN,
    FEED_REFUSAL_NO_PLAN,
    FEED_REFUSAL_NO_PERIOD,
    FEED_REFUSAL_BUSY_READER,
    FEED_REFUSAL_BUSY_SERVER,
    FEED_REFUSAL_BUSY_STORE,
    FEED_REFUSAL_TOO_LARGE,
    FEED_REFUSAL_INTERNAL,
    FEED_REFUSALS
} feed_refusal_t;

// Fills *error; its texts are static.
void feed_refusal_fill (Baocao__V1__Error *error, feed_refusal_t refusal);
