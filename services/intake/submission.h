// A report on its way into the store: what a SubmitReport holds, and what is decided about it.
#pragma once

#include "baocao/v1/client.pb-c.h"
#include "doors.h"
#include "report/limits.h"
#include "report/receipt.h"

typedef enum {
    SUBMISSION_NEW,
    SUBMISSION_DUPLICATE,
    SUBMISSION_CONFLICT,
    SUBMISSION_FILELESS,  // new, but not stored: it names attachments that are not in the store
} submission_kind_t;

typedef struct submission {
    struct submission *next;
    asker_t asker;
    uint8_t id[16];  // the server's own
    uint8_t report_id[16];
    char plan[REPORT_MAX_CODE + 1], period[REPORT_MAX_CODE + 1];
    char *submitted_by;  // the officer's name
    const uint8_t *report;
    size_t report_size;
    uint8_t (*named)[REPORT_DIGEST_SIZE];  // attachments that the report names
    size_t n_named;
    size_t size;  // of all this in memory
    bool alone;   // it was in a transaction that failed: tried once more, by itself

    // Decided within the transaction that stores it.
    submission_kind_t kind;
    uint8_t stored_id[16];  // unless it is new: of the submission that came first
    int period_id;          // 0: not a known period
    receipt_t receipt;      // what the receipt says; its texts are those above
    uint8_t *body;          // its bytes, and their hash
    size_t body_size;
    uint8_t hash[RECEIPT_HASH_SIZE];
    uint8_t signature[RECEIPT_SIGNATURE_SIZE];
    char key_id[BC_KEY_ID_TEXT];
} submission_t;

// Received now. The request must have passed request_check.
submission_t *submission_new (const asker_t *asker, const Baocao__V1__SubmitReport *request);
void submission_destroy (submission_t **self_p);

// Forgets what was decided.
void submission_undecide (submission_t *self);

// Do both carry the same report id of the same department?
bool submission_is_twin (const submission_t *a, const submission_t *b);
