// Rendered pages, by what was asked for. A page is right for as long as nothing has happened: a later number of the feed, or more than
// CACHE_MS, makes it old. What is asked for by many is rendered once.
#pragma once

#include "html.h"
#include "request.h"

enum { CACHE_MS = 2000, CACHE_PAGES = 512, CACHE_BYTES = 48 << 20 };

typedef struct cache cache_t;

cache_t *cache_new (void);
void cache_destroy (cache_t **self_p);

// Answers the request with the page of that key as it was at feed number seq. False: there is none that is right.
bool cache_answer (cache_t *self, request_t *request, const char *key, uint64_t seq);

// Keeps a page, and answers the request with it. modified_at: Unix ms. The html is taken over.
void cache_put (cache_t *self, request_t *request, const char *key, uint64_t seq, int64_t modified_at, html_t **html_p);
