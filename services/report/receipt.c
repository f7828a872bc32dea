#include "receipt.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "limits.h"

// Set before the body when it is signed, so that a signature made here is never valid for anything else. Its NUL byte is
// part of it.
static const char SIGNED_PREFIX[] = "baocao.v1.receipt";

void receipt_digest (const void *report, size_t size, uint8_t digest[RECEIPT_HASH_SIZE])
{
    crypto_hash_sha256 (digest, report, size);
}

size_t receipt_pack (const receipt_t *self, uint8_t **body_p)
{
    Google__Protobuf__Timestamp received_at;
    Baocao__V1__ReceiptBody body = BAOCAO__V1__RECEIPT_BODY__INIT;
    body.format = 1;
    body.unit = (char *)self->unit;
    body.plan = (char *)self->plan;
    body.period = (char *)self->period;
    body.report_id = (ProtobufCBinaryData){REPORT_ID_SIZE, (uint8_t *)self->report_id};
    body.revision = self->revision;
    body.report_digest = (ProtobufCBinaryData){RECEIPT_HASH_SIZE, (uint8_t *)self->report_digest};
    body.received_at = bc_timestamp_set (&received_at, self->received_at);
    body.timeliness = self->timeliness;
    body.chain_index = self->chain_index;
    body.previous_hash = (ProtobufCBinaryData){RECEIPT_HASH_SIZE, (uint8_t *)self->previous_hash};
    body.submitted_by = (char *)self->submitted_by;
    *body_p = xmalloc (baocao__v1__receipt_body__get_packed_size (&body));
    return baocao__v1__receipt_body__pack (&body, *body_p);
}

void receipt_hash (const uint8_t *body, size_t size, uint8_t hash[RECEIPT_HASH_SIZE])
{
    crypto_hash_sha256 (hash, body, size);
}

static uint8_t *signed_bytes (const uint8_t *body, size_t size)
{
    uint8_t *bytes = xmalloc (sizeof SIGNED_PREFIX + size);
    memcpy (bytes, SIGNED_PREFIX, sizeof SIGNED_PREFIX);
    if (size)
        memcpy (bytes + sizeof SIGNED_PREFIX, body, size);
    return bytes;
}

void receipt_sign (const uint8_t *body, size_t size, const bc_signing_key_t *key, uint8_t signature[RECEIPT_SIGNATURE_SIZE])
{
    uint8_t *bytes = signed_bytes (body, size);
    crypto_sign_detached (signature, NULL, bytes, sizeof SIGNED_PREFIX + size, key->secret);
    free (bytes);
}

static bool is_signed (const Baocao__V1__Receipt *receipt, const uint8_t public_key[crypto_sign_PUBLICKEYBYTES])
{
    if (receipt->signature.len != RECEIPT_SIGNATURE_SIZE)
        return false;
    uint8_t *bytes = signed_bytes (receipt->body.data, receipt->body.len);
    int result = crypto_sign_verify_detached (receipt->signature.data, bytes, sizeof SIGNED_PREFIX + receipt->body.len, public_key);
    free (bytes);
    return result == 0;
}

static bool is_well_formed (const Baocao__V1__ReceiptBody *body)
{
    static const uint8_t none[RECEIPT_HASH_SIZE];
    if (body->format != 1 || body->report_id.len != REPORT_ID_SIZE || body->report_digest.len != RECEIPT_HASH_SIZE ||
        body->previous_hash.len != RECEIPT_HASH_SIZE || !body->received_at || body->chain_index == 0 || body->revision == 0)
        return false;
    return (body->chain_index == 1) == (memcmp (body->previous_hash.data, none, sizeof none) == 0);
}

static bool follows (const Baocao__V1__ReceiptBody *body, const Baocao__V1__Receipt *previous)
{
    uint8_t hash[RECEIPT_HASH_SIZE];
    receipt_hash (previous->body.data, previous->body.len, hash);
    if (memcmp (hash, body->previous_hash.data, sizeof hash) != 0)
        return false;
    // The hash is right, so these are bytes that were signed once.
    Baocao__V1__ReceiptBody *before = baocao__v1__receipt_body__unpack (NULL, previous->body.len, previous->body.data);
    bool next = before && before->chain_index + 1 == body->chain_index && strcmp (before->unit, body->unit) == 0;
    if (before)
        baocao__v1__receipt_body__free_unpacked (before, NULL);
    return next;
}

static receipt_check_t check_body (const Baocao__V1__ReceiptBody *body, const void *report, size_t report_size,
                                   const Baocao__V1__Receipt *previous)
{
    if (!is_well_formed (body))
        return RECEIPT_MALFORMED;
    if (report) {
        uint8_t digest[RECEIPT_HASH_SIZE];
        receipt_digest (report, report_size, digest);
        if (memcmp (digest, body->report_digest.data, sizeof digest) != 0)
            return RECEIPT_OTHER_REPORT;
    }
    return !previous || follows (body, previous) ? RECEIPT_VALID : RECEIPT_BROKEN_CHAIN;
}

receipt_check_t receipt_verify (const Baocao__V1__Receipt *receipt, const uint8_t public_key[crypto_sign_PUBLICKEYBYTES],
                                const void *report, size_t report_size, const Baocao__V1__Receipt *previous)
{
    char key_id[BC_KEY_ID_TEXT];
    bc_signing_key_id (public_key, key_id);
    if (strcmp (receipt->key_id, key_id) != 0)
        return RECEIPT_WRONG_KEY;
    if (!is_signed (receipt, public_key))
        return RECEIPT_BAD_SIGNATURE;
    Baocao__V1__ReceiptBody *body = baocao__v1__receipt_body__unpack (NULL, receipt->body.len, receipt->body.data);
    if (!body)
        return RECEIPT_MALFORMED;
    receipt_check_t result = check_body (body, report, report_size, previous);
    baocao__v1__receipt_body__free_unpacked (body, NULL);
    return result;
}

bool receipt_is_by_portal (const char *officer)
{
    size_t size = strlen (officer), mark = strlen (RECEIPT_BY_PORTAL);
    return size >= mark && strcmp (officer + size - mark, RECEIPT_BY_PORTAL) == 0;
}
