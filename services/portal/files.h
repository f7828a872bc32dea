// Files and documents over HTTP: made by baocao-produce, in a process of their own, and kept for as long as they are right.
//
// A product is right for as long as neither the feed's number nor the plan's version has moved, and for FILES_FRESH_MS at most, since
// what is late depends on the time, too. Whoever asks for one that is being made waits for it with the others.
#pragma once

#include "request.h"

enum {
    FILES_FRESH_MS = 60000,
    FILES_KEPT = 256,       // products (portal/files_kept)
    FILES_BYTES_MB = 1024,  // of all together
    FILES_AT_ONCE = 2,      // made at the same time: files; of documents it is one
    FILES_WAITING = 64,
    FILES_SECONDS = 120,  // that one may take
};

typedef struct files files_t;

// NULL on error (logged).
files_t *files_new (struct portal *portal);
void files_destroy (files_t **self_p);

void files_serve (request_t *request);       // /{lang}/{plan}/{period}/files/{file} and /data/{plan}/{period}/{file}
void files_serve_unit (request_t *request);  // /{lang}/{plan}/{period}/files/units/{file}: so-yte.pdf
