// What becomes of a key that comes with a token. Pure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    CLAIM_GOOD,       // the key is to be registered, and the token is used up
    CLAIM_DONE,       // this very key has used this token: it is registered already
    CLAIM_MALFORMED,  // no token, or a name that cannot be one
    CLAIM_UNKNOWN,    // no such token
    CLAIM_USED,       // by another key
    CLAIM_EXPIRED,
    CLAIM_WITHDRAWN,     // by the standing agency
    CLAIM_KEY_REVOKED,   // a revoked key never comes back
    CLAIM_KEY_ELSEWHERE  // the key belongs to another unit: every unit has keys of its own
} claim_verdict_t;

// What is known of a token, and of the key that came with it. Texts are borrowed.
typedef struct {
    int unit_id;
    const char *unit, *name, *created_by;  // name: the officer's as the standing agency gave it; NULL: it gave none
    int64_t expires_at;                    // Unix ms
    bool withdrawn;
    const char *used_by;  // a public key; NULL: not used yet
    bool key_known, key_revoked;
    int key_unit_id;
    const char *key_name;
} claim_t;

// claim is NULL when there is no such token.
claim_verdict_t claim_judge (const claim_t *claim, const char *public_key, int64_t now);

// For the log.
const char *claim_verdict_name (claim_verdict_t verdict);

// The name the key is registered under, when the officer has given `given` ("": none); borrowed.
const char *claim_name (const claim_t *claim, const char *given);

// May the officer's name be kept for the record: at most 200 characters on one line? "" may: none was given.
bool claim_is_name (const char *given);
