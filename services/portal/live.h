// Live pages: Server-Sent Events (WHATWG HTML, 9.2). One rendering for all viewers of a period in a language.
//
// An event's id is the feed's number, its data what picture_event says. Who comes with Last-Event-ID (or ?after=, as the page was
// rendered) gets what has changed since, or, when that is not known any more, all fields.
#pragma once

#include "baocao/v1/feed.pb-c.h"
#include "request.h"

enum {
    LIVE_HEARTBEAT_MS = 15000,  // portal/heartbeat_ms
    LIVE_LOOK_MS = 2000,        // at who is still signed in
    LIVE_DELTAS = 64,           // of a channel that are kept
    LIVE_VIEWERS = 8192,        // of all channels (portal/viewers)
};

typedef struct live live_t;

// NULL on error (logged).
live_t *live_new (struct portal *portal);
void live_release (live_t *self);     // before the web server ends: no viewer's connection is suspended any more
void live_destroy (live_t **self_p);  // after it

// The handler of /live/{plan}/{period}.
void live_open (request_t *request);

// A new snapshot: tells the viewers what has changed.
void live_news (live_t *self, const Baocao__V1__Snapshot *snapshot);

size_t live_viewers (const live_t *self);
