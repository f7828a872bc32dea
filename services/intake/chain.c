#include "chain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

typedef struct {
    uint64_t index;
    uint8_t hash[CHAIN_HASH_SIZE];
} head_t;

typedef struct {
    char *plan, *period;
    uint32_t stored, tentative;
} revision_t;

struct chain {
    bool known;
    head_t stored, tentative;
    revision_t *revisions;  // in the order in which they were learnt
    size_t count;
};

chain_t *chain_new (void)
{
    return xcalloc (1, sizeof (chain_t));
}

void chain_destroy (chain_t **self_p)
{
    if (!*self_p)
        return;
    chain_forget (*self_p);
    free (*self_p);
    *self_p = NULL;
}

static revision_t *find (const chain_t *self, const char *plan, const char *period)
{
    // From the end: the period learnt last is the one that reports come in for.
    for (size_t i = self->count; i-- > 0;)
        if (strcmp (self->revisions[i].period, period) == 0 && strcmp (self->revisions[i].plan, plan) == 0)
            return &self->revisions[i];
    return NULL;
}

bool chain_knows_head (const chain_t *self)
{
    return self->known;
}

bool chain_knows_revision (const chain_t *self, const char *plan, const char *period)
{
    return find (self, plan, period) != NULL;
}

void chain_learn_head (chain_t *self, uint64_t index, const uint8_t hash[CHAIN_HASH_SIZE])
{
    self->known = true;
    self->stored.index = index;
    memcpy (self->stored.hash, hash, CHAIN_HASH_SIZE);
    self->tentative = self->stored;
}

void chain_learn_revision (chain_t *self, const char *plan, const char *period, uint32_t revision)
{
    revision_t *known = find (self, plan, period);
    if (!known) {
        self->revisions = xrealloc (self->revisions, (self->count + 1) * sizeof *self->revisions);
        known = &self->revisions[self->count++];
        *known = (revision_t){.plan = xstrdup (plan), .period = xstrdup (period)};
    }
    known->stored = known->tentative = revision;
}

chain_place_t chain_next (const chain_t *self, const char *plan, const char *period)
{
    const revision_t *revision = find (self, plan, period);
    assert (self->known && revision);
    chain_place_t place = {.revision = revision->tentative + 1, .index = self->tentative.index + 1};
    memcpy (place.previous_hash, self->tentative.hash, CHAIN_HASH_SIZE);
    return place;
}

void chain_append (chain_t *self, const char *plan, const char *period, const uint8_t hash[CHAIN_HASH_SIZE])
{
    revision_t *revision = find (self, plan, period);
    assert (self->known && revision);
    revision->tentative++;
    self->tentative.index++;
    memcpy (self->tentative.hash, hash, CHAIN_HASH_SIZE);
}

// Drops the first `count` revisions.
static void drop (chain_t *self, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free (self->revisions[i].plan);
        free (self->revisions[i].period);
    }
    self->count -= count;
    memmove (self->revisions, self->revisions + count, self->count * sizeof *self->revisions);
}

// A client can name any number of periods: those learnt first go.
static void trim (chain_t *self)
{
    if (self->count > CHAIN_MAX_PERIODS)
        drop (self, self->count - CHAIN_MAX_PERIODS);
}

void chain_commit (chain_t *self)
{
    self->stored = self->tentative;
    for (size_t i = 0; i < self->count; i++)
        self->revisions[i].stored = self->revisions[i].tentative;
    trim (self);
}

void chain_rollback (chain_t *self)
{
    self->tentative = self->stored;
    for (size_t i = 0; i < self->count; i++)
        self->revisions[i].tentative = self->revisions[i].stored;
    trim (self);
}

void chain_forget (chain_t *self)
{
    if (self->revisions)
        drop (self, self->count);
    free (self->revisions);
    *self = (chain_t){0};
}
