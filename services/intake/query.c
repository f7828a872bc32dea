#include "query.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/xmem.h"
#include "intake_db.h"
#include "reply.h"

enum { JOBS_MAX = 512 };  // fewer than may wait for the connection: the look for revoked keys always finds room there

struct query {
    bc_db_t *queries;
    plan_book_t *book;
    query_job_t *first;
    size_t count;
};

query_t *query_new (bc_db_t *queries)
{
    query_t *self = xcalloc (1, sizeof *self);
    self->queries = queries;
    return self;
}

static void finish (query_job_t *job)
{
    *job->link = job->next;
    if (job->next)
        job->next->link = job->link;
    job->query->count--;
    job->asker.department->in_flight--;
    free (job);
}

void query_destroy (query_t **self_p)
{
    query_t *self = *self_p;
    if (!self)
        return;
    while (self->first)
        finish (self->first);
    plan_book_destroy (&self->book);
    free (self);
    *self_p = NULL;
}

bool query_idle (const query_t *self)
{
    return self->count == 0;
}

plan_book_t **query_book (query_t *self)
{
    return &self->book;
}

// --- Jobs ------------------------------------------------------------------------------------------------------------------------

void *query_job_new (size_t size, const asker_t *asker, bc_tx_step_fn *step, void (*answer) (query_job_t *self, bc_tx_t *tx))
{
    query_job_t *job = xcalloc (1, size);
    job->asker = *asker;
    job->step = step;
    job->answer = answer;
    return job;
}

static void refuse_failed (const query_job_t *job, const char *sqlstate)
{
    char reference[64];
    uint8_t id[BC_UUID_SIZE];
    bc_uuid_new (id);
    bc_uuid_format (id, reference);
    bc_log (BC_LOG_ERROR, "query.failed", NULL, "a question of %s failed, SQLSTATE %s; the department was given the reference %s",
            job->asker.department->code, sqlstate, reference);
    reply_refuse (&job->asker, REFUSAL_INTERNAL, reference);
}

static void job_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    query_job_t *job = arg;
    if (outcome == BC_DB_DONE)
        job->answer (job, tx);
    else if (outcome == BC_DB_RETRY || outcome == BC_DB_UNCERTAIN)
        reply_refuse (&job->asker, REFUSAL_BUSY_STORE, NULL);
    else
        refuse_failed (job, bc_tx_sqlstate (tx));
    finish (job);
}

void query_run (query_t *self, query_job_t *job, bc_tx_mode_t mode)
{
    job->query = self;
    job->next = self->first;
    if (job->next)
        job->next->link = &job->next;
    job->link = &self->first;
    self->first = job;
    self->count++;
    job->asker.department->in_flight++;
    if (self->count <= JOBS_MAX && bc_db_run (self->queries, mode, job->step, job_done, job) == 0)
        return;
    reply_refuse (&job->asker, REFUSAL_BUSY_SERVER, NULL);
    finish (job);
}

// --- GetReceipt ------------------------------------------------------------------------------------------------------------------

typedef struct {
    query_job_t job;
    uint8_t report_id[REPORT_ID_SIZE];
} receipt_job_t;

static bc_tx_next_t receipt_step (bc_tx_t *tx, int step, void *arg)
{
    const receipt_job_t *job = arg;
    (void)step;
    intake_db_ask_receipt (tx, job->job.asker.department->id, job->report_id);
    return BC_TX_COMMIT;
}

static void receipt_answer (query_job_t *job, bc_tx_t *tx)
{
    const PGresult *rows = bc_tx_result (tx, 0);
    if (PQntuples (rows) == 0) {
        reply_refuse (&job->asker, REFUSAL_NO_RECEIPT, NULL);
        return;
    }
    uint8_t *body;
    intake_stored_t stored = intake_db_stored (rows, 0);
    stored.receipt.unit = job->asker.department->code;
    size_t size = receipt_pack (&stored.receipt, &body);
    reply_receipt (&job->asker, body, size, stored.signature, stored.key_id);
    free (body);
}

void query_receipt (query_t *self, const asker_t *asker, const Baocao__V1__GetReceipt *request)
{
    receipt_job_t *job = query_job_new (sizeof *job, asker, receipt_step, receipt_answer);
    memcpy (job->report_id, request->report_id.data, sizeof job->report_id);
    query_run (self, &job->job, BC_TX_READ_COMMITTED);
}
