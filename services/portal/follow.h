// Following the feed: the latest snapshot of every period that somebody looks at.
//
// An event says that something has happened; what then is so says aggregation's snapshot, which is asked for (one at a time, at most
// every FOLLOW_PAUSE_MS). So an event that PUB loses costs nothing but time: a snapshot that somebody looks at is never older than
// FOLLOW_FRESH_MS (portal/fresh_ms), unless aggregation cannot be reached. A period at which nobody looks costs nothing.
#pragma once

#include <czmq.h>

#include "baocao/v1/feed.pb-c.h"
#include "common/config.h"

enum { FOLLOW_PAUSE_MS = 25, FOLLOW_FRESH_MS = 3000, FOLLOW_PATIENCE_MS = 5000, FOLLOW_PERIODS = 256 };

typedef struct follow follow_t;

// Called when a snapshot has come of which the number, or anything else, may be another one. Borrowed until the next one comes.
typedef void follow_news_fn (const Baocao__V1__Snapshot *snapshot, void *arg);

// A snapshot that was waited for: NULL when aggregation cannot be reached and there never was one.
typedef void follow_answer_fn (const Baocao__V1__Snapshot *snapshot, void *arg);

// NULL on error (logged).
follow_t *follow_new (zloop_t *loop, bc_config_t *config, follow_news_fn *news, void *arg);
void follow_destroy (follow_t **self_p);  // who waits is not called

// The snapshot of a period, at once when the one there is is fresh, else as soon as the next one has come. Not fresh enough but all
// there is, is given out after FOLLOW_PATIENCE_MS. 0, or -1: more periods than can be looked at.
int follow_ask (follow_t *self, const char *plan, const char *period, follow_answer_fn *answer, void *arg);

// Somebody keeps looking at a period (+1), or no longer (-1).
void follow_watch (follow_t *self, const char *plan, const char *period, int change);

uint64_t follow_seq (const follow_t *self);  // the latest number of the feed that is known
bool follow_healthy (const follow_t *self);  // has the feed been heard lately, or was nothing asked?
