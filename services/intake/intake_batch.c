#include "intake_batch.h"

#include "common/xmem.h"
#include "intake_db.h"
#include "plan/plan_db.h"

enum { BATCH_MAX_BYTES = 8 << 20 };

// --- Gathering -------------------------------------------------------------------------------------------------------------------

intake_batch_t *intake_batch_new (const bc_signing_key_t *key)
{
    intake_batch_t *batch = xcalloc (1, sizeof *batch);
    batch->key = key;
    return batch;
}

void intake_batch_destroy (intake_batch_t **batch_p)
{
    if (!*batch_p)
        return;
    plan_book_destroy (&(*batch_p)->book);
    free (*batch_p);
    *batch_p = NULL;
}

void intake_batch_clear (intake_batch_t *batch)
{
    batch->count = batch->n_departments = batch->bytes = 0;
    batch->begun = batch->names_files = false;
}

static void add_department (intake_batch_t *batch, department_t *department)
{
    for (size_t i = 0; i < batch->n_departments; i++)
        if (batch->departments[i] == department)
            return;
    batch->departments[batch->n_departments++] = department;
}

// The second of two with the same id waits: the first one's row decides what it is.
static bool has_twin (const intake_batch_t *batch, const submission_t *submission)
{
    for (size_t i = 0; i < batch->count; i++)
        if (submission_is_twin (batch->all[i], submission))
            return true;
    return false;
}

bool intake_batch_is_full (const intake_batch_t *batch)
{
    return batch->count == BATCH_MAX || batch->bytes >= BATCH_MAX_BYTES || (batch->count && batch->all[0]->alone);
}

bool intake_batch_add (intake_batch_t *batch, submission_t *submission)
{
    if (intake_batch_is_full (batch) || (batch->count && submission->alone) || has_twin (batch, submission))
        return false;
    batch->bytes += submission->size;
    batch->names_files |= submission->n_named > 0;
    batch->all[batch->count++] = submission;
    add_department (batch, submission->asker.department);
    return true;
}

// --- Asking ----------------------------------------------------------------------------------------------------------------------

void intake_batch_each_chain (intake_batch_t *batch, void (*apply) (chain_t *chain))
{
    for (size_t i = 0; i < batch->n_departments; i++)
        apply (batch->departments[i]->chain);
}

static bool is_asked_for (const intake_batch_t *batch, const submission_t *submission)
{
    for (size_t i = 0; i < batch->n_unnumbered; i++) {
        const submission_t *other = batch->unnumbered[i];
        if (other->asker.department == submission->asker.department && streq (other->period, submission->period) &&
            streq (other->plan, submission->plan))
            return true;
    }
    return false;
}

// Which heads and revisions are not in memory?
static void find_unknown (intake_batch_t *batch)
{
    batch->n_headless = batch->n_unnumbered = 0;
    for (size_t i = 0; i < batch->n_departments; i++)
        if (!chain_knows_head (batch->departments[i]->chain))
            batch->headless[batch->n_headless++] = batch->departments[i];
    for (size_t i = 0; i < batch->count; i++) {
        submission_t *submission = batch->all[i];
        if (!chain_knows_revision (submission->asker.department->chain, submission->plan, submission->period) &&
            !is_asked_for (batch, submission))
            batch->unnumbered[batch->n_unnumbered++] = submission;
    }
}

static void ask (intake_batch_t *batch, bc_tx_t *tx)
{
    // A second run means that somebody else was at work: what the first one learnt may be old.
    intake_batch_each_chain (batch, batch->begun ? chain_forget : chain_rollback);
    for (size_t i = 0; i < batch->count; i++)
        submission_undecide (batch->all[i]);
    batch->begun = true;
    find_unknown (batch);
    intake_db_ask_twins (tx, batch->all, batch->count);
    plan_db_ask_version (tx);
    if (batch->n_headless)
        intake_db_ask_heads (tx, batch->headless, batch->n_headless);
    if (batch->n_unnumbered)
        intake_db_ask_revisions (tx, batch->unnumbered, batch->n_unnumbered);
    if (batch->names_files)
        intake_db_ask_missing (tx, batch->all, batch->count);
}

// --- Learning --------------------------------------------------------------------------------------------------------------------

// It is stored already: its receipt is made again from what is stored.
static void take_twin (submission_t *submission, intake_stored_t *stored)
{
    bool same = memcmp (stored->receipt.report_digest, submission->receipt.report_digest, RECEIPT_HASH_SIZE) == 0;
    submission->kind = same ? SUBMISSION_DUPLICATE : SUBMISSION_CONFLICT;
    memcpy (submission->stored_id, stored->submission_id, sizeof submission->stored_id);
    stored->receipt.unit = submission->asker.department->code;
    free (submission->body);
    submission->body_size = receipt_pack (&stored->receipt, &submission->body);
    memcpy (submission->signature, stored->signature, sizeof submission->signature);
    snprintf (submission->key_id, sizeof submission->key_id, "%s", stored->key_id);
}

static void take_twins (intake_batch_t *batch, const PGresult *rows)
{
    for (int row = 0; row < PQntuples (rows); row++) {
        intake_stored_t stored = intake_db_stored (rows, row);
        take_twin (batch->all[stored.number], &stored);
    }
}

static void take_head (intake_batch_t *batch, intake_stored_t *stored)
{
    uint8_t *body, hash[CHAIN_HASH_SIZE];
    for (size_t i = 0; i < batch->n_headless; i++) {
        department_t *department = batch->headless[i];
        if (department->id != stored->number)
            continue;
        stored->receipt.unit = department->code;
        size_t size = receipt_pack (&stored->receipt, &body);
        receipt_hash (body, size, hash);
        chain_learn_head (department->chain, stored->receipt.chain_index, hash);
        free (body);
        return;
    }
}

static void take_heads (intake_batch_t *batch, const PGresult *rows)
{
    static const uint8_t none[CHAIN_HASH_SIZE];
    for (size_t i = 0; i < batch->n_headless; i++)
        chain_learn_head (batch->headless[i]->chain, 0, none);
    for (int row = 0; row < PQntuples (rows); row++) {
        intake_stored_t stored = intake_db_stored (rows, row);
        take_head (batch, &stored);
    }
}

static void learn_revision (const submission_t *submission, uint32_t revision)
{
    chain_learn_revision (submission->asker.department->chain, submission->plan, submission->period, revision);
}

static void take_revisions (intake_batch_t *batch, const PGresult *rows)
{
    for (size_t i = 0; i < batch->n_unnumbered; i++)
        learn_revision (batch->unnumbered[i], 0);
    for (int row = 0; row < PQntuples (rows); row++) {
        int64_t number;
        uint32_t revision = intake_db_revision (rows, row, &number);
        learn_revision (batch->unnumbered[number], revision);
    }
}

// A duplicate keeps its receipt whatever has become of the files.
static void take_missing (intake_batch_t *batch, const PGresult *rows)
{
    for (int row = 0; row < PQntuples (rows); row++) {
        submission_t *submission = batch->all[intake_db_missing (rows, row)];
        if (submission->kind == SUBMISSION_NEW)
            submission->kind = SUBMISSION_FILELESS;
    }
}

static void take_answers (intake_batch_t *batch, const bc_tx_t *tx)
{
    int next = 2;
    take_twins (batch, bc_tx_result (tx, 0));
    if (batch->n_headless)
        take_heads (batch, bc_tx_result (tx, next++));
    if (batch->n_unnumbered)
        take_revisions (batch, bc_tx_result (tx, next++));
    if (batch->names_files)
        take_missing (batch, bc_tx_result (tx, next));
}

// --- Storing ---------------------------------------------------------------------------------------------------------------------

// Gives a new submission its place in the chain and its signed receipt.
static void make_receipt (const intake_batch_t *batch, submission_t *submission)
{
    chain_t *chain = submission->asker.department->chain;
    receipt_t *receipt = &submission->receipt;
    const plan_t *plan = plan_book_plan (batch->book, submission->plan);
    const plan_period_t *period = plan ? plan_period (plan, submission->period) : NULL;
    submission->period_id = period ? period->id : 0;
    receipt->timeliness = period ? plan_timeliness (period, submission->asker.department->id, receipt->received_at)
                                 : BAOCAO__V1__TIMELINESS__TIMELINESS_UNSPECIFIED;

    chain_place_t place = chain_next (chain, submission->plan, submission->period);
    receipt->revision = place.revision;
    receipt->chain_index = place.index;
    memcpy (receipt->previous_hash, place.previous_hash, sizeof receipt->previous_hash);

    free (submission->body);
    submission->body_size = receipt_pack (receipt, &submission->body);
    receipt_hash (submission->body, submission->body_size, submission->hash);
    receipt_sign (submission->body, submission->body_size, batch->key, submission->signature);
    snprintf (submission->key_id, sizeof submission->key_id, "%s", batch->key->id);
    chain_append (chain, submission->plan, submission->period, submission->hash);
}

static bc_tx_next_t put (intake_batch_t *batch, bc_tx_t *tx)
{
    batch->n_fresh = batch->n_again = 0;
    for (size_t i = 0; i < batch->count; i++) {
        submission_t *submission = batch->all[i];
        if (submission->kind == SUBMISSION_NEW) {
            make_receipt (batch, submission);
            batch->fresh[batch->n_fresh++] = submission;
        } else if (submission->kind != SUBMISSION_FILELESS)
            batch->again[batch->n_again++] = submission;
    }
    if (batch->n_fresh)
        intake_db_add_submissions (tx, batch->fresh, batch->n_fresh);
    if (batch->n_again)
        intake_db_add_resubmissions (tx, batch->again, batch->n_again);
    return BC_TX_COMMIT;
}

// Can the places in the chains be given out without asking first?
static bool knows_enough (intake_batch_t *batch)
{
    find_unknown (batch);
    return batch->book && !batch->n_headless && !batch->n_unnumbered && !batch->names_files;
}

// The usual case, in a single round trip: stores the batch as if all of it were new, on the condition that it is, and that the
// plan is the one in memory; else the statement stores nothing at all.
static bc_tx_next_t put_if_new (intake_batch_t *batch, bc_tx_t *tx)
{
    batch->n_fresh = batch->count;
    for (size_t i = 0; i < batch->count; i++) {
        batch->fresh[i] = batch->all[i];
        make_receipt (batch, batch->all[i]);
    }
    intake_db_add_if_new (tx, batch->fresh, batch->n_fresh, batch->book->version);
    return BC_TX_COMMIT;
}

bool intake_batch_is_stored (const intake_batch_t *batch, const bc_tx_t *tx)
{
    return !batch->conditional || intake_db_added (bc_tx_result (tx, 0));
}

bc_tx_next_t intake_batch_store (bc_tx_t *tx, int step, void *arg)
{
    intake_batch_t *batch = arg;
    if (step == 0) {
        batch->conditional = !batch->begun && knows_enough (batch);
        if (batch->conditional) {
            batch->begun = true;
            return put_if_new (batch, tx);
        }
        ask (batch, tx);
        return BC_TX_NEXT;
    }
    if (step == 1) {
        take_answers (batch, tx);
        if (plan_db_is_current (bc_tx_result (tx, 1), batch->book))
            return put (batch, tx);
        plan_db_load (tx);
        return BC_TX_NEXT;
    }
    plan_book_t *book = plan_db_read (bc_tx_result (tx, 0));
    if (!book)
        return BC_TX_ROLLBACK;
    plan_book_destroy (&batch->book);
    batch->book = book;
    return put (batch, tx);
}
