// Making and checking receipts, as proto/baocao/v1/receipt.proto states it. Pure (libsodium only).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/keys.h"
#include "baocao/v1/receipt.pb-c.h"

enum { RECEIPT_HASH_SIZE = 32, RECEIPT_SIGNATURE_SIZE = 64 };

// How the name of an officer ends who sends by the portal, with a key of the portal's: nobody else's name may end so.
#define RECEIPT_BY_PORTAL " (qua cổng báo cáo)"
bool receipt_is_by_portal (const char *officer);

// What a receipt says. Texts are borrowed.
typedef struct {
    const char *unit, *plan, *period;
    const uint8_t *report_id;  // 16 bytes
    uint32_t revision;
    uint8_t report_digest[RECEIPT_HASH_SIZE];
    int64_t received_at;  // Unix ms
    Baocao__V1__Timeliness timeliness;
    uint64_t chain_index;
    uint8_t previous_hash[RECEIPT_HASH_SIZE];
    const char *submitted_by;
} receipt_t;

// SHA-256 of the report's bytes.
void receipt_digest (const void *report, size_t size, uint8_t digest[RECEIPT_HASH_SIZE]);

// The ReceiptBody's bytes, always the same for the same content; the caller frees *body_p.
size_t receipt_pack (const receipt_t *self, uint8_t **body_p);

// What the next receipt in the chain names as previous_hash.
void receipt_hash (const uint8_t *body, size_t size, uint8_t hash[RECEIPT_HASH_SIZE]);

void receipt_sign (const uint8_t *body, size_t size, const bc_signing_key_t *key, uint8_t signature[RECEIPT_SIGNATURE_SIZE]);

typedef enum {
    RECEIPT_VALID,
    RECEIPT_MALFORMED,
    RECEIPT_WRONG_KEY,  // signed by a key of another id
    RECEIPT_BAD_SIGNATURE,
    RECEIPT_OTHER_REPORT,  // valid, but not for these report bytes
    RECEIPT_BROKEN_CHAIN,  // valid, but does not follow the given predecessor
} receipt_check_t;

// Checks a receipt against the verification key and, where not NULL, the report's bytes and the receipt before it.
receipt_check_t receipt_verify (const Baocao__V1__Receipt *receipt, const uint8_t public_key[crypto_sign_PUBLICKEYBYTES],
                                const void *report, size_t report_size, const Baocao__V1__Receipt *previous);
