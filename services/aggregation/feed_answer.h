// Answering readers out of the database: snapshots and replays.
#pragma once

#include "baocao/v1/feed.pb-c.h"
#include "common/db.h"

enum { FEED_ANSWERS_MAX = 64 };  // under way or waiting, of all readers together

typedef struct feed_answers feed_answers_t;

// Works on the given connection, which it does not own and which has room for FEED_ANSWERS_MAX transactions.
feed_answers_t *feed_answers_new (bc_db_t *db);
void feed_answers_destroy (feed_answers_t **self_p);

// Gets the reply, which lives until it returns.
typedef void feed_answer_fn (const Baocao__V1__FeedReply *reply, void *arg);

// Answers a request, soon: with figures, events or an Error. 0, or -1 when there are too many (done is not called).
int feed_answers_ask (feed_answers_t *self, const Baocao__V1__FeedRequest *request, feed_answer_fn *done, void *arg);
