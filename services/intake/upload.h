// Attachments come in pieces, over a connection of their own, so that nobody's report or question waits for them. Departments take
// turns here, too. A file is there once its last piece is and the digest of what lies in the store is the promised one.
#pragma once

#include "query.h"

// Each takes in a request that has passed request_check and answers it later with a FileState. `uploads` runs on the connection for
// uploads.
void upload_begin (query_t *uploads, const asker_t *asker, const Baocao__V1__PutFile *request);
void upload_chunk (query_t *uploads, const asker_t *asker, const Baocao__V1__PutChunk *request);
