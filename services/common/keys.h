// Secret keys, as files of mode 0600: CURVE certificates (zcert's own format, so other ZeroMQ tools can load them), the
// Ed25519 key that signs receipts, and secrets shared with others. A file that others can read is refused.
#pragma once

#include <czmq.h>
#include <sodium.h>

enum { BC_KEY_ID_TEXT = 17 };

// Loads the certificate with its secret key, but without metadata, from the one file at path. NULL on error (logged with the
// remedy).
zcert_t *bc_cert_load (const char *path);

// Makes a key pair and saves it, whole or not at all, at path (one file, mode 0600). An existing file is kept and is an error.
// NULL on error (logged).
zcert_t *bc_cert_create (const char *path);

typedef struct {
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    uint8_t public[crypto_sign_PUBLICKEYBYTES];
    char id[BC_KEY_ID_TEXT];
} bc_signing_key_t;

// The file holds the secret key in hexadecimal. 0 or -1 (logged).
int bc_signing_key_load (bc_signing_key_t *self, const char *path);
int bc_signing_key_create (bc_signing_key_t *self, const char *path);
void bc_signing_key_wipe (bc_signing_key_t *self);

// A shared secret: 32 random bytes in hexadecimal, made and saved as the keys are. NULL on error (logged); the caller frees it.
char *bc_secret_create (const char *path);
// The first line of such a file, or of one with a password. NULL on error, also when the line is empty (logged); the caller frees it.
char *bc_secret_load (const char *path);

// First 16 hex digits of SHA-256 over the public key.
void bc_signing_key_id (const uint8_t public[crypto_sign_PUBLICKEYBYTES], char id[BC_KEY_ID_TEXT]);
