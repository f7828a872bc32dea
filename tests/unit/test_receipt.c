// Receipts: what is signed verifies, whatever is changed does not, and the chain holds (G7).
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "report/receipt.h"
#include "../support/suite.h"

static const uint8_t REPORT_ID[16] = "0123456789abcde";
static const char REPORT[] = "the bytes of a report";

static bc_signing_key_t key;

// A receipt and the memory that its message points to.
typedef struct {
    Baocao__V1__Receipt message;
    uint8_t *body;
    uint8_t signature[RECEIPT_SIGNATURE_SIZE];
} signed_t;

static void setup (void)
{
    ck_assert_int_ge (sodium_init (), 0);
    uint8_t seed[crypto_sign_SEEDBYTES] = "a fixed seed, so runs are equal";
    crypto_sign_seed_keypair (key.public, key.secret, seed);
    bc_signing_key_id (key.public, key.id);
}

static receipt_t receipt_of (uint64_t chain_index, const Baocao__V1__Receipt *previous)
{
    receipt_t receipt = {
        .unit = "so-y-te",
        .plan = "208/KH-UBND",
        .period = "2025",
        .report_id = REPORT_ID,
        .revision = 1,
        .received_at = 1765299599999,
        .timeliness = BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME,
        .chain_index = chain_index,
        .submitted_by = "Nguyễn Thị Hoa",
    };
    receipt_digest (REPORT, sizeof REPORT, receipt.report_digest);
    if (previous)
        receipt_hash (previous->body.data, previous->body.len, receipt.previous_hash);
    return receipt;
}

static void make_signed (signed_t *self, const receipt_t *receipt)
{
    size_t size = receipt_pack (receipt, &self->body);
    receipt_sign (self->body, size, &key, self->signature);
    baocao__v1__receipt__init (&self->message);
    self->message.body = (ProtobufCBinaryData){size, self->body};
    self->message.signature = (ProtobufCBinaryData){sizeof self->signature, self->signature};
    self->message.key_id = key.id;
}

static receipt_check_t verify (const signed_t *receipt, const signed_t *previous)
{
    return receipt_verify (&receipt->message, key.public, REPORT, sizeof REPORT, previous ? &previous->message : NULL);
}

START_TEST (test_signed_is_valid)
{
    signed_t first, second;
    receipt_t receipt = receipt_of (1, NULL);
    make_signed (&first, &receipt);
    receipt = receipt_of (2, &first.message);
    make_signed (&second, &receipt);
    ck_assert_int_eq (verify (&first, NULL), RECEIPT_VALID);
    ck_assert_int_eq (verify (&second, &first), RECEIPT_VALID);
    ck_assert_int_eq (verify (&second, NULL), RECEIPT_VALID);
    ck_assert_int_eq (receipt_verify (&first.message, key.public, NULL, 0, NULL), RECEIPT_VALID);
    free (first.body);
    free (second.body);
}
END_TEST

// The normative text of receipt.proto, done by hand.
START_TEST (test_signature_is_over_prefix_and_body)
{
    signed_t made;
    receipt_t receipt = receipt_of (1, NULL);
    make_signed (&made, &receipt);
    uint8_t bytes[1000] = "baocao.v1.receipt";
    memcpy (bytes + 18, made.body, made.message.body.len);
    ck_assert_int_eq (crypto_sign_verify_detached (made.signature, bytes, 18 + made.message.body.len, key.public), 0);
    free (made.body);
}
END_TEST

START_TEST (test_same_content_same_bytes)
{
    uint8_t *one, *other;
    receipt_t receipt = receipt_of (1, NULL);
    size_t size = receipt_pack (&receipt, &one);
    ck_assert_uint_eq (receipt_pack (&receipt, &other), size);
    ck_assert_mem_eq (one, other, size);
    Baocao__V1__ReceiptBody *body = baocao__v1__receipt_body__unpack (NULL, size, one);
    ck_assert_uint_eq (body->format, 1);
    ck_assert_str_eq (body->unit, "so-y-te");
    ck_assert_int_eq (body->received_at->seconds, 1765299599);
    ck_assert_int_eq (body->received_at->nanos, 999000000);
    baocao__v1__receipt_body__free_unpacked (body, NULL);
    free (one);
    free (other);
}
END_TEST

START_TEST (test_every_flipped_bit_is_seen)
{
    signed_t made;
    receipt_t receipt = receipt_of (1, NULL);
    make_signed (&made, &receipt);
    for (size_t bit = 0; bit < made.message.body.len * 8; bit++) {
        made.body[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_eq (verify (&made, NULL), RECEIPT_BAD_SIGNATURE);
        made.body[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < sizeof made.signature * 8; bit++) {
        made.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert_int_eq (verify (&made, NULL), RECEIPT_BAD_SIGNATURE);
        made.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ck_assert_int_eq (verify (&made, NULL), RECEIPT_VALID);
    free (made.body);
}
END_TEST

START_TEST (test_other_report)
{
    signed_t made;
    receipt_t receipt = receipt_of (1, NULL);
    make_signed (&made, &receipt);
    ck_assert_int_eq (receipt_verify (&made.message, key.public, REPORT, sizeof REPORT - 1, NULL), RECEIPT_OTHER_REPORT);
    free (made.body);
}
END_TEST

START_TEST (test_wrong_key)
{
    signed_t made;
    receipt_t receipt = receipt_of (1, NULL);
    make_signed (&made, &receipt);
    uint8_t other[crypto_sign_PUBLICKEYBYTES];
    memcpy (other, key.public, sizeof other);
    other[0] ^= 1;
    ck_assert_int_eq (receipt_verify (&made.message, other, NULL, 0, NULL), RECEIPT_WRONG_KEY);
    made.message.key_id = (char *)"";
    ck_assert_int_eq (verify (&made, NULL), RECEIPT_WRONG_KEY);
    free (made.body);
}
END_TEST

START_TEST (test_broken_chain)
{
    signed_t first, third, foreign, skipping;
    receipt_t receipt = receipt_of (1, NULL);
    make_signed (&first, &receipt);
    receipt.unit = "so-khdt";
    make_signed (&foreign, &receipt);
    receipt = receipt_of (3, &first.message);  // names the right hash, but leaves a number out
    make_signed (&skipping, &receipt);
    receipt = receipt_of (2, &foreign.message);  // continues another department's chain
    make_signed (&third, &receipt);
    ck_assert_int_eq (verify (&skipping, &first), RECEIPT_BROKEN_CHAIN);
    ck_assert_int_eq (verify (&third, &first), RECEIPT_BROKEN_CHAIN);
    ck_assert_int_eq (verify (&third, &foreign), RECEIPT_BROKEN_CHAIN);
    free (first.body);
    free (third.body);
    free (foreign.body);
    free (skipping.body);
}
END_TEST

// Signed by the right key, and still not what a receipt must be.
START_TEST (test_malformed)
{
    signed_t made;
    receipt_t receipt = receipt_of (2, NULL);  // not the first, yet without a hash of the one before
    make_signed (&made, &receipt);
    ck_assert_int_eq (verify (&made, NULL), RECEIPT_MALFORMED);
    free (made.body);
    receipt = receipt_of (0, NULL);
    make_signed (&made, &receipt);
    ck_assert_int_eq (verify (&made, NULL), RECEIPT_MALFORMED);
    receipt_sign ((const uint8_t *)"\xff", 1, &key, made.signature);
    made.message.body = (ProtobufCBinaryData){1, (uint8_t *)"\xff"};
    ck_assert_int_eq (verify (&made, NULL), RECEIPT_MALFORMED);
    free (made.body);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("receipt");
    TCase *cases = tcase_create ("receipt");
    tcase_add_checked_fixture (cases, setup, NULL);
    tcase_add_test (cases, test_signed_is_valid);
    tcase_add_test (cases, test_signature_is_over_prefix_and_body);
    tcase_add_test (cases, test_same_content_same_bytes);
    tcase_add_test (cases, test_every_flipped_bit_is_seen);
    tcase_add_test (cases, test_other_report);
    tcase_add_test (cases, test_wrong_key);
    tcase_add_test (cases, test_broken_chain);
    tcase_add_test (cases, test_malformed);
    suite_add_tcase (suite, cases);
    return suite_run (suite);
}
