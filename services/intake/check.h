// CheckReport: validation is asked what it would say, and who asked is told. Nothing is stored, and intake judges nothing.
#pragma once

#include "baocao/v1/client.pb-c.h"
#include "doors.h"

typedef struct check check_t;

// Borrows the sending end of the CHECK hop and hangs it into the loop.
check_t *check_new (zloop_t *loop, zsock_t *socket);
void check_destroy (check_t **self_p);

// Takes in a request that has passed request_check. BUSY when nobody answers within some seconds, or when too many are asked already.
void check_ask (check_t *self, const asker_t *asker, const Baocao__V1__CheckReport *request);
