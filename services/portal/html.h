// HTML that is built piece by piece. Markup stands in format strings alone, and every text that is put into it is escaped, so what a
// report says can never become markup: there is no way to put a text as it is. Pure.
#pragma once

#include <stddef.h>

typedef struct html html_t;

html_t *html_new (void);
void html_destroy (html_t **self_p);

// Like printf, with %s %c %d %u %ld %lu %lld %llu %zu and %% only. What %s and %c put is escaped for text and for attributes in double
// or single quotes: & < > " ' become references, and what is no UTF-8, or a control character that HTML does not know, becomes
// U+FFFD. NULL is the empty text. An attribute's value must stand in quotes.
void html_put (html_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

// A text as a part of an address's path or query, in an attribute: whatever is not a letter of ASCII, a digit or one of -._~ is
// percent-encoded (RFC 3986, 2.3).
void html_put_segment (html_t *self, const char *text);

// Markup that is already built.
void html_part (html_t *self, const html_t *other);

// What was built so far, with a NUL byte behind it; it stays the builder's and is good until the next call. size_p may be NULL.
const char *html_text (const html_t *self, size_t *size_p);

// Gives the text away (the caller frees it) and ends the builder.
char *html_take (html_t **self_p, size_t *size_p);
