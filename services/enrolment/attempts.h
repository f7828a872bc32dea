// How often a token may be tried: tokens cannot be guessed, so this only keeps the database from being kept busy. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ATTEMPTS_A_SECOND = 20,     // of all keys together
    ATTEMPTS_A_KEY_MINUTE = 5,  // of one key, within any 60 seconds
};

typedef struct attempts attempts_t;
attempts_t *attempts_new (void);
void attempts_destroy (attempts_t **self_p);

// May this key (Z85) try now (monotonic ms)? Then it counts as having failed, until it is forgiven.
bool attempts_begin (attempts_t *self, const char *public_key, int64_t now);

// The key's latest attempt was a good one, or could not be decided.
void attempts_forgive (attempts_t *self, const char *public_key);
