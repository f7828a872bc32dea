// A document in the flat form of OpenDocument 1.3, put together of the pieces of document.fodt, which has the layout. Every text is
// escaped on its way in, and what XML cannot hold is left out: there is no way to put markup. Pure.
#pragma once

#include <stddef.h>

typedef struct document document_t;

document_t *document_new (void);
void document_destroy (document_t **self_p);

// Appends a piece of the template with its places filled: document_put (document, piece, place, text, place, text ...). A line feed in a
// text breaks the line. A piece or a place that the template does not have, or that is left without a text, ends the process: it is in
// the code.
#define document_put(document, ...) document_put_texts (document, (const char *const[]){__VA_ARGS__, NULL})
void document_put_texts (document_t *self, const char *const *texts);

// The lines of a text as paragraphs of their own, by a piece whose place is "text"; empty lines are left out. before: what the
// first one begins with, or "".
void document_paragraphs (document_t *self, const char *piece, const char *before, const char *text);

// What there is so far; borrowed, until the next call.
const char *document_content (document_t *self, size_t *size_p);

// How wide a line in bold type is, in centimetres.
double document_width (const char *text, double points);
