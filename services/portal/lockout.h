// Who may try to sign in. After some failures in a row there is a pause before the next attempt, twice as long after each; what nobody
// tried for LOCKOUT_FORGET_MS is forgotten. Pure.
//
// An attempt counts as failed from its beginning until it is forgiven, so that many at once gain nothing.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOCKOUT_FIRST_MS = 15000,
    LOCKOUT_LONGEST_MS = 15 * 60000,
    LOCKOUT_FORGET_MS = 60 * 60000,
    LOCKOUT_ROOM = 4096,  // the one that was tried longest ago makes room
};

typedef struct lockout lockout_t;

// free_attempts: failures before the first pause.
lockout_t *lockout_new (unsigned free_attempts);
void lockout_destroy (lockout_t **self_p);

// How long until this one may try (0: now). Monotonic ms.
int64_t lockout_pause (const lockout_t *self, const char *who, int64_t now);

void lockout_begin (lockout_t *self, const char *who, int64_t now);
void lockout_undo (lockout_t *self, const char *who);     // that attempt could not be decided, or was a good one
void lockout_forgive (lockout_t *self, const char *who);  // so were all before it
