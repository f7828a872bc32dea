// The committee's feed: the ROUTER for snapshots and replays, and the PUB for what happens now (feed.proto is normative).
#pragma once

#include "baocao/v1/feed.pb-c.h"
#include "common/service.h"

typedef struct feed feed_t;

// Opens both sockets, with a database connection of their own, so that readers never hold up the counting. NULL on error (logged).
feed_t *feed_new (bc_service_t *service);
void feed_destroy (feed_t **self_p);

// Tells the readers who listen now; the others find the event by its number.
void feed_publish (feed_t *self, const Baocao__V1__FeedEvent *event);

bool feed_healthy (const feed_t *self);
