#include "dry_run.h"

#include "baocao/v1/check.pb-c.h"
#include "batch.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "plan/plan_db.h"
#include "report/limits.h"
#include "validation_db.h"

enum { MESSAGE_CAP = 8 << 20 };

typedef struct question {
    struct question *next;
    dry_run_t *dry_run;
    bc_arena_t *arena;  // of the message
    zmq_msg_t peer;     // the way back
    const Baocao__V1__CheckAsked *asked;
    received_t received;
    bool plan_moved;  // found out in the transaction under way
} question_t;

struct dry_run {
    zloop_t *loop;
    zsock_t *socket;
    bc_db_t *db;
    plan_book_t *book;
    batch_t *batch;         // of the question under way
    question_t *questions;  // those that have no answer yet
};

static void free_question (question_t *question)
{
    question_t **at = &question->dry_run->questions;
    while (*at != question)
        at = &(*at)->next;
    *at = question->next;
    zmq_msg_close (&question->peer);
    bc_arena_destroy (&question->arena);
    free (question);
}

// --- The transaction -------------------------------------------------------------------------------------------------------------

enum { PREVIOUS, FILES };  // of asking for the facts

static bool is_present (const batch_t *batch, const ProtobufCBinaryData *sha256)
{
    const file_row_t *rows = batch->files.rows;
    for (size_t i = 0; i < batch->files.count; i++)
        if (!memcmp (rows[i].sha256, sha256->data, sizeof rows[i].sha256))
            return true;
    return false;
}

// What the department could send counts as if it were here.
static void add_files (batch_t *batch, const Baocao__V1__CheckReport *check)
{
    for (size_t i = 0; i < check->n_files; i++) {
        const Baocao__V1__CheckedFile *file = check->files[i];
        if (file->sha256.len != REPORT_DIGEST_SIZE || is_present (batch, &file->sha256))
            continue;
        file_row_t *row = rows_add (&batch->files, sizeof *row);
        memcpy (row->sha256, file->sha256.data, sizeof row->sha256);
        row->size = (int64_t)file->size;
    }
}

static bc_tx_next_t ask_facts (dry_run_t *self, bc_tx_t *tx, question_t *question)
{
    batch_prepare (self->batch, self->book);
    const judged_t *judged = &self->batch->judged[0];
    if (judged->period && judged->unit)
        question->received.timeliness = plan_timeliness (judged->period, judged->unit->id, question->received.received_at);
    validation_db_ask_facts (tx, self->book, self->batch);
    return BC_TX_NEXT;
}

static bc_tx_next_t use_plan (dry_run_t *self, bc_tx_t *tx, question_t *question)
{
    plan_book_t *book = plan_db_read (bc_tx_result (tx, 0));
    if (!book)
        return BC_TX_ROLLBACK;
    plan_book_destroy (&self->book);
    self->book = book;
    return ask_facts (self, tx, question);
}

static bc_tx_next_t step (bc_tx_t *tx, int number, void *arg)
{
    question_t *question = arg;
    dry_run_t *self = question->dry_run;
    if (number == 0) {
        batch_reset (self->batch);
        batch_add (self->batch, &question->received, true);
        plan_db_ask_version (tx);
        return BC_TX_NEXT;
    }
    if (number == 1) {
        question->plan_moved = !plan_db_is_current (bc_tx_result (tx, 0), self->book);
        if (!question->plan_moved)
            return ask_facts (self, tx, question);
        plan_db_load (tx);
        return BC_TX_NEXT;
    }
    if (number == 2 && question->plan_moved)
        return use_plan (self, tx, question);
    validation_db_read_facts (bc_tx_result (tx, PREVIOUS), bc_tx_result (tx, FILES), self->batch);
    add_files (self->batch, question->asked->check);
    batch_judge (self->batch, self->book);
    return BC_TX_COMMIT;
}

static void done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    question_t *question = arg;
    dry_run_t *self = question->dry_run;
    (void)tx;
    Baocao__V1__CheckAnswered answered = BAOCAO__V1__CHECK_ANSWERED__INIT;
    answered.check_id = question->asked->check_id;
    answered.failed = outcome != BC_DB_DONE;
    if (!answered.failed) {
        const judged_t *judged = &self->batch->judged[0];
        answered.timeliness = question->received.timeliness;
        answered.n_findings = judged->findings.count;
        answered.findings = judged->findings.items;
    }
    if (zmq_msg_send (&question->peer, zsock_resolve (self->socket), ZMQ_DONTWAIT | ZMQ_SNDMORE) != -1)
        bc_wire_send (self->socket, &answered.base);
    free_question (question);
}

// --- Questions -------------------------------------------------------------------------------------------------------------------

static void begin (question_t *question)
{
    const Baocao__V1__CheckAsked *asked = question->asked;
    question->received = (received_t){
        .unit = asked->unit,
        .plan = asked->check->plan,
        .period = asked->check->period,
        .revision = INT32_MAX,  // the one after all that there are
        .received_at = asked->received_at_ms,
        .report = asked->check->report.data,
        .report_size = asked->check->report.len,
    };
    if (bc_db_run (question->dry_run->db, BC_TX_REPEATABLE_READ_ONLY, step, done, question))
        free_question (question);  // too many; intake will not wait for ever
}

static int on_asked (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void)loop;
    dry_run_t *self = arg;
    question_t *question = xcalloc (1, sizeof *question);
    question->dry_run = self;
    question->next = self->questions;
    self->questions = question;
    question->arena = bc_arena_new (MESSAGE_CAP);
    zmq_msg_init (&question->peer);
    if (zmq_msg_recv (&question->peer, zsock_resolve (socket), ZMQ_DONTWAIT) != -1 && zmq_msg_more (&question->peer))
        question->asked =
            (const Baocao__V1__CheckAsked *)bc_wire_recv (socket, &baocao__v1__check_asked__descriptor, question->arena);
    if (question->asked && question->asked->check)
        begin (question);
    else
        free_question (question);
    return 0;
}

// --- Life ------------------------------------------------------------------------------------------------------------------------

dry_run_t *dry_run_new (zloop_t *loop, zsock_t *socket, bc_db_t *db)
{
    dry_run_t *self = xcalloc (1, sizeof *self);
    *self = (dry_run_t){.loop = loop, .socket = socket, .db = db, .batch = batch_new ()};
    zloop_reader (loop, socket, on_asked, self);
    zloop_reader_set_tolerant (loop, socket);
    return self;
}

void dry_run_destroy (dry_run_t **self_p)
{
    dry_run_t *self = *self_p;
    if (!self)
        return;
    zloop_reader_end (self->loop, self->socket);
    while (self->questions)
        free_question (self->questions);
    batch_destroy (&self->batch);
    plan_book_destroy (&self->book);
    free (self);
    *self_p = NULL;
}
