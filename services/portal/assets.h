// What pages fetch besides themselves: style, script, fonts. Built into one directory under names that carry a digest of their
// content, with compressed copies beside them (.gz, .br), and kept in memory.
#pragma once

#include "request.h"

typedef struct assets assets_t;

// NULL on error (logged with the remedy).
assets_t *assets_new (const char *directory);
void assets_destroy (assets_t **self_p);

// The path under which pages name a file ("portal.css" -> "/assets/portal.1a2b3c4d.css"); NULL: there is none.
const char *assets_path (const assets_t *self, const char *name);

// The handler of /assets/{file}.
void assets_serve (request_t *request);
