#include "lockout.h"

#include <stdlib.h>

#include <sodium.h>
#include <string.h>

#include "common/xmem.h"

enum { KEY = 16 };

// Texts of any length are kept as digests. The digest's key is made anew each time, so nobody can choose what falls together.
typedef struct {
    uint8_t who[KEY];
    unsigned failures;
    int64_t last;
} entry_t;

struct lockout {
    unsigned free_attempts;
    uint8_t key[crypto_shorthash_KEYBYTES + KEY];
    size_t count;
    entry_t list[LOCKOUT_ROOM];
};

lockout_t *lockout_new (unsigned free_attempts)
{
    lockout_t *self = xcalloc (1, sizeof *self);
    self->free_attempts = free_attempts;
    randombytes_buf (self->key, sizeof self->key);
    return self;
}

void lockout_destroy (lockout_t **self_p)
{
    free (*self_p);
    *self_p = NULL;
}

static entry_t *find (const lockout_t *self, const char *who)
{
    uint8_t digest[KEY];
    crypto_generichash (digest, sizeof digest, (const uint8_t *)who, strlen (who), self->key, sizeof self->key);
    for (size_t i = 0; i < self->count; i++)
        if (memcmp (self->list[i].who, digest, KEY) == 0)
            return (entry_t *)&self->list[i];
    return NULL;
}

static entry_t *add (lockout_t *self, const char *who)
{
    entry_t *entry = &self->list[0];
    if (self->count < LOCKOUT_ROOM)
        entry = &self->list[self->count++];
    else
        for (size_t i = 1; i < self->count; i++)
            if (self->list[i].last < entry->last)
                entry = &self->list[i];
    *entry = (entry_t){.failures = 0};
    crypto_generichash (entry->who, KEY, (const uint8_t *)who, strlen (who), self->key, sizeof self->key);
    return entry;
}

int64_t lockout_pause (const lockout_t *self, const char *who, int64_t now)
{
    const entry_t *entry = find (self, who);
    if (!entry || entry->failures < self->free_attempts || now - entry->last >= LOCKOUT_FORGET_MS)
        return 0;
    int64_t pause = LOCKOUT_FIRST_MS;
    for (unsigned i = self->free_attempts; i < entry->failures && pause < LOCKOUT_LONGEST_MS; i++)
        pause *= 2;
    if (pause > LOCKOUT_LONGEST_MS)
        pause = LOCKOUT_LONGEST_MS;
    return entry->last + pause > now ? entry->last + pause - now : 0;
}

void lockout_begin (lockout_t *self, const char *who, int64_t now)
{
    entry_t *entry = find (self, who);
    if (!entry)
        entry = add (self, who);
    if (now - entry->last >= LOCKOUT_FORGET_MS)
        entry->failures = 0;
    entry->failures++;
    entry->last = now;
}

void lockout_undo (lockout_t *self, const char *who)
{
    entry_t *entry = find (self, who);
    if (entry && entry->failures > 0)
        entry->failures--;
}

void lockout_forgive (lockout_t *self, const char *who)
{
    entry_t *entry = find (self, who);
    if (entry)
        entry->failures = 0;
}
