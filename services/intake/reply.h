// Answering whoever asked. A peer that has gone, or a door that has been closed meanwhile, loses the answer; nothing else happens.
#pragma once

#include "doors.h"
#include "refusal.h"

// Sets the request id of the reply and sends it.
void reply_send (const asker_t *asker, Baocao__V1__ServerReply *reply);

// detail may be NULL, see refusal.h.
void reply_refuse (const asker_t *asker, refusal_t refusal, const char *detail);

void reply_receipt (const asker_t *asker, const uint8_t *body, size_t size, const uint8_t *signature, const char *key_id);
