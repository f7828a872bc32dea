#include "query.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/xmem.h"
#include "intake_db.h"
#include "reply.h"

enum { JOBS_MAX = 512 };  // of all departments together

struct query {
    bc_db_t *queries;
    plan_book_t *book;
    query_job_t *first;  // of all in the order of their turns: the one under way
    size_t count;
};

query_t *query_new (bc_db_t *queries)
{
    query_t *self = xcalloc (1, sizeof *self);
    self->queries = queries;
    return self;
}

static void finish_first (query_t *self)
{
    query_job_t *job = self->first;
    self->first = job->next;
    self->count--;
    job->asker.department->in_flight--;
    free (job);
}

void query_destroy (query_t **self_p)
{
    query_t *self = *self_p;
    if (!self)
        return;
    while (self->first)
        finish_first (self);
    plan_book_destroy (&self->book);
    free (self);
    *self_p = NULL;
}

bool query_idle (const query_t *self)
{
    return self->count == 0;
}

bool query_is_busy (const query_t *self, const department_t *department)
{
    size_t count = 0;
    for (const query_job_t *job = self->first; job; job = job->next)
        count += job->asker.department == department;
    return count >= QUERY_DEPARTMENT_MAX;
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
    char reference[BC_UUID_TEXT];
    uint8_t id[BC_UUID_SIZE];
    bc_uuid_new (id);
    bc_uuid_format (id, reference);
    bc_log (BC_LOG_ERROR, "query.failed", NULL, "a question of %s failed, SQLSTATE %s; the department was given the reference %s",
            job->asker.department->code, sqlstate, reference);
    reply_refuse (&job->asker, REFUSAL_INTERNAL, reference);
}

static void job_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg);

// One at a time, so that the connection's own line stays short: the look for revoked keys goes into it, too.
static void start_first (query_t *self)
{
    while (self->first && bc_db_run (self->queries, self->first->mode, self->first->step, job_done, self->first)) {
        reply_refuse (&self->first->asker, REFUSAL_BUSY_SERVER, NULL);
        finish_first (self);
    }
}

static void job_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    query_job_t *job = arg;
    query_t *self = job->query;
    if (outcome == BC_DB_DONE)
        job->answer (job, tx);
    else if (outcome == BC_DB_RETRY || outcome == BC_DB_UNCERTAIN)
        reply_refuse (&job->asker, REFUSAL_BUSY_STORE, NULL);
    else
        refuse_failed (job, bc_tx_sqlstate (tx));
    finish_first (self);
    start_first (self);
}

// In the turn under way, or in the one after the department's own last.
static void line_up (query_t *self, query_job_t *job)
{
    query_job_t **at;
    job->turn = self->first ? self->first->turn : 0;
    for (const query_job_t *other = self->first; other; other = other->next)
        if (other->asker.department == job->asker.department)
            job->turn = other->turn + 1;
    for (at = &self->first; *at && (*at)->turn <= job->turn; at = &(*at)->next)
        ;
    job->next = *at;
    *at = job;
}

void query_run (query_t *self, query_job_t *job, bc_tx_mode_t mode)
{
    if (self->count >= JOBS_MAX) {
        reply_refuse (&job->asker, REFUSAL_BUSY_SERVER, NULL);
        free (job);
        return;
    }
    bool idle = !self->first;
    job->query = self;
    job->mode = mode;
    line_up (self, job);
    self->count++;
    job->asker.department->in_flight++;
    if (idle)
        start_first (self);
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
