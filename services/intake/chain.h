// What intake remembers of one department's receipt chain: its head and the highest revision of each period, so that a stored
// report costs no look-up. Pure.
//
// Places are given out tentatively while a transaction is under way; they become the chain's with chain_commit, and as if they
// had never been with chain_rollback. After an outcome that nobody knows, chain_forget: the database is asked again.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CHAIN_HASH_SIZE = 32, CHAIN_MAX_PERIODS = 32 };  // remembered between transactions; a transaction can use more

typedef struct chain chain_t;

// A report's place among the department's reports.
typedef struct {
    uint32_t revision;
    uint64_t index;
    uint8_t previous_hash[CHAIN_HASH_SIZE];
} chain_place_t;

chain_t *chain_new (void);
void chain_destroy (chain_t **self_p);

bool chain_knows_head (const chain_t *self);
bool chain_knows_revision (const chain_t *self, const char *plan, const char *period);

// What the database says. An empty chain has index 0 and a hash of zero bytes; a period without report has revision 0.
void chain_learn_head (chain_t *self, uint64_t index, const uint8_t hash[CHAIN_HASH_SIZE]);
void chain_learn_revision (chain_t *self, const char *plan, const char *period, uint32_t revision);

// The place of the next report. Head and revision must be known.
chain_place_t chain_next (const chain_t *self, const char *plan, const char *period);

// Gives that place out; hash is that of the receipt made for it.
void chain_append (chain_t *self, const char *plan, const char *period, const uint8_t hash[CHAIN_HASH_SIZE]);

void chain_commit (chain_t *self);
void chain_rollback (chain_t *self);
void chain_forget (chain_t *self);
