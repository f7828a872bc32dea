// Passwords of people: Argon2id (RFC 9106) by libsodium. A password is taken in Unicode's form NFKC, so that it does not matter how a
// keyboard makes its accents.
#pragma once

#include <stdbool.h>

#include <sodium.h>

enum {
    BC_PASSWORD_MIN = 12,   // characters
    BC_PASSWORD_MAX = 256,  // bytes
    // What one hash costs. Above OWASP's least (19 MiB, 2 passes), and little enough for a service of 128 MiB.
    BC_PASSWORD_MEMORY = 32 << 20,
    BC_PASSWORD_PASSES = 4,
};

typedef enum {
    BC_PASSWORD_GOOD,
    BC_PASSWORD_SHORT,
    BC_PASSWORD_LONG,
    BC_PASSWORD_COMMON,  // one of those that are tried first, or made of the name
    BC_PASSWORD_BROKEN,  // no UTF-8, or with control characters
} bc_password_fault_t;

// What is wrong with a password that somebody of that name wants to have?
bc_password_fault_t bc_password_fault (const char *password, const char *name);

// 0, or -1: it is no UTF-8, or there is not enough memory.
int bc_password_hash (char hash[crypto_pwhash_STRBYTES], const char *password);

// Does the password belong to the hash? Takes about a tenth of a second.
bool bc_password_fits (const char *hash, const char *password);
