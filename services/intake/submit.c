#include "submit.h"

#include "baocao/v1/received.pb-c.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "intake_batch.h"
#include "intake_db.h"
#include "reply.h"

enum {
    PENDING_MAX = 8192,  // of all departments together
    PENDING_MAX_BYTES = 64 << 20,
};

#define UNIQUE_VIOLATION "23505"

struct submit {
    bc_db_t *store;
    zsock_t *received;
    submission_t *first, **last_p;  // gathered
    intake_batch_t *batch;          // under way, unless it is empty
    size_t pending, pending_bytes;  // gathered and under way
    bc_metric_t *stored, *duplicates, *conflicts, *batch_size, *pending_now;
};

// --- Gathering -------------------------------------------------------------------------------------------------------------------

void submit_add (submit_t *self, const asker_t *asker, const Baocao__V1__SubmitReport *request)
{
    if (!bc_db_connected (self->store)) {
        reply_refuse (asker, REFUSAL_BUSY_STORE, NULL);
        return;
    }
    if (self->pending >= PENDING_MAX || self->pending_bytes >= PENDING_MAX_BYTES) {
        reply_refuse (asker, REFUSAL_BUSY_SERVER, NULL);
        return;
    }
    submission_t *submission = submission_new (asker, request);
    asker->department->in_flight++;
    self->pending++;
    self->pending_bytes += submission->size;
    *self->last_p = submission;
    self->last_p = &submission->next;
}

// It is answered, or never will be.
static void finish (submit_t *self, submission_t *submission)
{
    submission->asker.department->in_flight--;
    self->pending--;
    self->pending_bytes -= submission->size;
    submission_destroy (&submission);
}

// Moves what goes into the next transaction from the gathered to the batch.
static void form_batch (submit_t *self)
{
    submission_t **at = &self->first;
    while (*at && !intake_batch_is_full (self->batch)) {
        submission_t *submission = *at;
        if (intake_batch_add (self->batch, submission)) {
            *at = submission->next;
            submission->next = NULL;
        } else
            at = &submission->next;
    }
    if (!*at)
        self->last_p = at;
}

// --- Outcomes --------------------------------------------------------------------------------------------------------------------

static void answer (submit_t *self, const submission_t *submission)
{
    switch (submission->kind) {
    case SUBMISSION_NEW:
        bc_metric_add (self->stored, 1);
        bc_log (BC_LOG_DEBUG, "report.stored", submission->id, "%s %s %s, revision %u, chain index %llu", submission->receipt.unit,
                submission->plan, submission->period, submission->receipt.revision,
                (unsigned long long)submission->receipt.chain_index);
        break;
    case SUBMISSION_DUPLICATE:
        bc_metric_add (self->duplicates, 1);
        break;
    case SUBMISSION_CONFLICT:
        bc_metric_add (self->conflicts, 1);
        bc_log (BC_LOG_WARNING, "report.conflict", submission->stored_id, "%s sent other bytes under the same report id",
                submission->receipt.unit);
        reply_refuse (&submission->asker, REFUSAL_CONFLICT, NULL);
        return;
    case SUBMISSION_FILELESS:
        reply_refuse (&submission->asker, REFUSAL_FILES_MISSING, NULL);
        return;
    }
    reply_receipt (&submission->asker, submission->body, submission->body_size, submission->signature, submission->key_id);
}

// Tells validation.
static void send_on (submit_t *self, const submission_t *submission)
{
    Baocao__V1__ReportReceived message = BAOCAO__V1__REPORT_RECEIVED__INIT;
    message.submission_id = (ProtobufCBinaryData){sizeof submission->id, (uint8_t *)submission->id};
    message.report_id = (ProtobufCBinaryData){REPORT_ID_SIZE, (uint8_t *)submission->receipt.report_id};
    message.unit = (char *)submission->receipt.unit;
    message.plan = (char *)submission->plan;
    message.period = (char *)submission->period;
    message.revision = submission->receipt.revision;
    message.received_at_ms = submission->receipt.received_at;
    message.timeliness = submission->receipt.timeliness;
    message.chain_index = submission->receipt.chain_index;
    message.receipt_hash = (ProtobufCBinaryData){RECEIPT_HASH_SIZE, (uint8_t *)submission->hash};
    message.report = (ProtobufCBinaryData){submission->report_size, (uint8_t *)submission->report};
    bc_wire_send (self->received, &message.base);
}

// The commit is durable: from here on a receipt is a promise that can be kept.
static void on_stored (submit_t *self)
{
    intake_batch_t *batch = self->batch;
    intake_batch_each_chain (batch, chain_commit);
    for (size_t i = 0; i < batch->count; i++)
        answer (self, batch->all[i]);
    for (size_t i = 0; i < batch->n_fresh; i++)
        send_on (self, batch->fresh[i]);
    for (size_t i = 0; i < batch->count; i++)
        finish (self, batch->all[i]);
}

static void on_not_stored (submit_t *self)
{
    intake_batch_each_chain (self->batch, chain_rollback);
    for (size_t i = 0; i < self->batch->count; i++) {
        reply_refuse (&self->batch->all[i]->asker, REFUSAL_BUSY_STORE, NULL);
        finish (self, self->batch->all[i]);
    }
}

// Stored or not: nobody knows, so nothing is said.
static void on_uncertain (submit_t *self)
{
    bc_log (BC_LOG_WARNING, "report.uncertain", NULL, "the outcome of %zu submissions is not known; their clients will ask again",
            self->batch->count);
    intake_batch_each_chain (self->batch, chain_forget);
    for (size_t i = 0; i < self->batch->count; i++)
        finish (self, self->batch->all[i]);
}

// Another intake writes for the department, and was first again.
static void refuse_overtaken (submit_t *self, submission_t *submission)
{
    bc_log (BC_LOG_DEBUG, "report.overtaken", submission->id,
            "a report of %s is left to its client: another intake was faster, twice", submission->receipt.unit);
    reply_refuse (&submission->asker, REFUSAL_BUSY_ELSEWHERE, NULL);
    finish (self, submission);
}

// Tried alone and failed again.
static void refuse_poison (submit_t *self, submission_t *submission, const char *sqlstate)
{
    char id[BC_UUID_TEXT];
    bc_uuid_format (submission->id, id);
    bc_log (BC_LOG_ERROR, "report.poison", submission->id, "a report of %s cannot be stored: SQLSTATE %s", submission->receipt.unit,
            sqlstate);
    reply_refuse (&submission->asker, REFUSAL_INTERNAL, id);
    finish (self, submission);
}

// Something in the batch cannot be stored as it is: another intake wrote for one of its departments, or one submission is poison.
// Each is tried once more by itself, before those that came later.
static void on_failed (submit_t *self, bc_tx_t *tx)
{
    intake_batch_t *batch = self->batch;
    intake_batch_each_chain (batch, chain_forget);
    for (size_t i = batch->count; i-- > 0;) {
        submission_t *submission = batch->all[i];
        if (submission->alone) {
            if (streq (bc_tx_sqlstate (tx), UNIQUE_VIOLATION))
                refuse_overtaken (self, submission);
            else
                refuse_poison (self, submission, bc_tx_sqlstate (tx));
            continue;
        }
        submission->alone = true;
        submission->next = self->first;
        self->first = submission;
        if (!submission->next)
            self->last_p = &submission->next;
    }
}

static void run_batch (submit_t *self);

static void store_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    submit_t *self = arg;
    switch (outcome) {
    case BC_DB_DONE:
        if (!intake_batch_is_stored (self->batch, tx)) {
            run_batch (self);
            return;
        }
        on_stored (self);
        break;
    case BC_DB_ROLLED_BACK:  // the plan cannot be read
    case BC_DB_RETRY:
        on_not_stored (self);
        break;
    case BC_DB_UNCERTAIN:
        on_uncertain (self);
        break;
    case BC_DB_FAILED:
        on_failed (self, tx);
        break;
    }
    intake_batch_clear (self->batch);
    bc_metric_set (self->pending_now, (long long)self->pending);
    submit_start (self);
}

static bc_tx_next_t store_step (bc_tx_t *tx, int step, void *arg)
{
    submit_t *self = arg;
    return intake_batch_store (tx, step, self->batch);
}

static void run_batch (submit_t *self)
{
    if (bc_db_run (self->store, BC_TX_READ_COMMITTED, store_step, store_done, self) == 0)
        return;
    on_not_stored (self);
    intake_batch_clear (self->batch);
}

void submit_start (submit_t *self)
{
    if (self->batch->count || !self->first)
        return;
    form_batch (self);
    bc_metric_set (self->batch_size, (long long)self->batch->count);
    run_batch (self);
}

// --- Life ------------------------------------------------------------------------------------------------------------------------

submit_t *submit_new (bc_db_t *store, zsock_t *received, const bc_signing_key_t *key)
{
    submit_t *self = xcalloc (1, sizeof *self);
    self->store = store;
    self->received = received;
    self->last_p = &self->first;
    self->batch = intake_batch_new (key);
    self->stored = bc_metric_counter ("baocao_intake_stored_total", "Reports stored");
    self->duplicates = bc_metric_counter ("baocao_intake_duplicates_total", "Reports that were stored before");
    self->conflicts = bc_metric_counter ("baocao_intake_conflicts_total", "Reports with a used id and other bytes");
    self->batch_size = bc_metric_gauge ("baocao_intake_batch_size", "Reports in the latest transaction");
    self->pending_now = bc_metric_gauge ("baocao_intake_pending", "Reports that wait for their receipt");
    return self;
}

void submit_destroy (submit_t **self_p)
{
    submit_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->batch->count; i++)
        submission_destroy (&self->batch->all[i]);
    while (self->first) {
        submission_t *submission = self->first;
        self->first = submission->next;
        submission_destroy (&submission);
    }
    intake_batch_destroy (&self->batch);
    free (self);
    *self_p = NULL;
}

void submit_stop (submit_t *self)
{
    while (self->first) {
        submission_t *submission = self->first;
        self->first = submission->next;
        reply_refuse (&submission->asker, REFUSAL_BUSY_STORE, NULL);
        finish (self, submission);
    }
    self->last_p = &self->first;
}

bool submit_idle (const submit_t *self)
{
    return self->pending == 0;
}
