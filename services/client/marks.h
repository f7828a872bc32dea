// Which notices have been read: a set of numbers, kept in the home as ranges ("1-12 15 17-18"). Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct marks marks_t;

// From such a text (NULL: nothing is read yet). What is damaged in it is passed over: those notices are unread again.
marks_t *marks_new (const char *text);
void marks_destroy (marks_t **self_p);

bool marks_has (const marks_t *self, uint64_t number);
void marks_add (marks_t *self, uint64_t number);  // 1 or more
char *marks_text (const marks_t *self);           // the caller frees it
