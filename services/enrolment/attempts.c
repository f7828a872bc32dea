#include "attempts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000, ROOM = 61 * ATTEMPTS_A_SECOND, KEY_TEXT = 41 };

typedef struct {
    char key[KEY_TEXT];
    int64_t at;
} attempt_t;

struct attempts {
    attempt_t list[ROOM];  // of the last minute, the oldest first
    size_t count;
};

attempts_t *attempts_new (void)
{
    return xcalloc (1, sizeof (attempts_t));
}

void attempts_destroy (attempts_t **self_p)
{
    free (*self_p);
    *self_p = NULL;
}

static void drop (attempts_t *self, size_t at, size_t count)
{
    self->count -= count;
    memmove (&self->list[at], &self->list[at + count], (self->count - at) * sizeof *self->list);
}

bool attempts_begin (attempts_t *self, const char *public_key, int64_t now)
{
    size_t old = 0, all = 0, own = 0;
    while (old < self->count && now - self->list[old].at >= MINUTE_MS)
        old++;
    drop (self, 0, old);
    for (size_t i = 0; i < self->count; i++) {
        all += now - self->list[i].at < SECOND_MS;
        own += strcmp (self->list[i].key, public_key) == 0;
    }
    if (all >= ATTEMPTS_A_SECOND || own >= ATTEMPTS_A_KEY_MINUTE || self->count == ROOM)
        return false;
    attempt_t *attempt = &self->list[self->count++];
    snprintf (attempt->key, sizeof attempt->key, "%s", public_key);
    attempt->at = now;
    return true;
}

void attempts_forgive (attempts_t *self, const char *public_key)
{
    for (size_t i = self->count; i-- > 0;)
        if (strcmp (self->list[i].key, public_key) == 0) {
            drop (self, i, 1);
            return;
        }
}
