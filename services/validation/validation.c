#include "validation.h"

#include "baocao/v1/accepted.pb-c.h"
#include "baocao/v1/judged.pb-c.h"
#include "baocao/v1/received.pb-c.h"
#include "batch.h"
#include "common/clock.h"
#include "common/flow.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/queue.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "dry_run.h"
#include "plan/plan_db.h"
#include "validation_db.h"

enum { SWEEP_MS = 2000, MESSAGES_A_TURN = 256, MESSAGE_CAP = 8 << 20, HELD_MAX = 64 << 20, QUESTIONS_MAX = 64 };

typedef struct {
    zloop_t *loop;
    zsock_t *received;  // from intake
    zsock_t *accepted;  // to aggregation
    zsock_t *judged;    // to notification
    bc_arena_t *arena;  // of the message just received
    bc_db_t *db;
    bc_queue_t *queue;
    zsock_t *asked;  // from intake: questions, over a connection of their own
    bc_db_t *questions;
    dry_run_t *dry_run;
    size_t held;  // bytes of all items
    plan_book_t *book;
    bool plan_moved;  // found out in the transaction under way
    batch_t *batch;   // of the transaction under way
    struct {
        bc_metric_t *accepted, *refused, *no_room;
    } metrics;
} validation_t;

// The submission, with its texts and its report behind it in the same memory.
typedef struct {
    bc_item_t base;
    validation_t *owner;
    size_t size;
    received_t received;
    char content[];
} item_t;

// --- Items -----------------------------------------------------------------------------------------------------------------------

static const char *put (char **room_p, const void *data, size_t size)
{
    char *copy = *room_p;
    if (size)
        memcpy (copy, data, size);
    *room_p += size;
    return copy;
}

// Takes a copy into the queue. Past the limit it is left for the sweep: reports can be large, and the queue only counts them.
static void add_item (validation_t *self, const received_t *received)
{
    size_t unit_size = strlen (received->unit) + 1, plan_size = strlen (received->plan) + 1;
    size_t period_size = strlen (received->period) + 1;
    size_t size = sizeof (item_t) + unit_size + plan_size + period_size + received->report_size;
    if (self->held + size > HELD_MAX) {
        bc_metric_add (self->metrics.no_room, 1);
        return;
    }
    item_t *item = xmalloc (size);
    char *room = item->content;
    *item = (item_t){.owner = self, .size = size, .received = *received};
    memcpy (item->base.id, received->submission_id, sizeof item->base.id);
    item->received.unit = put (&room, received->unit, unit_size);
    item->received.plan = put (&room, received->plan, plan_size);
    item->received.period = put (&room, received->period, period_size);
    item->received.report = (const uint8_t *)put (&room, received->report, received->report_size);
    self->held += size;
    bc_queue_add (self->queue, &item->base);
}

static void free_item (bc_item_t *base)
{
    item_t *item = (item_t *)base;
    item->owner->held -= item->size;
    free (item);
}

static int copy_bytes (const ProtobufCBinaryData *bytes, uint8_t *out, size_t size)
{
    if (bytes->len != size)
        return -1;
    memcpy (out, bytes->data, size);
    return 0;
}

static int read_message (const Baocao__V1__ReportReceived *message, received_t *received)
{
    *received = (received_t){
        .unit = message->unit,
        .plan = message->plan,
        .period = message->period,
        .revision = message->revision,
        .received_at = message->received_at_ms,
        .timeliness = message->timeliness,
        .chain_index = message->chain_index,
        .report = message->report.data,
        .report_size = message->report.len,
    };
    return copy_bytes (&message->submission_id, received->submission_id, sizeof received->submission_id) ||
                   copy_bytes (&message->report_id, received->report_id, sizeof received->report_id) ||
                   copy_bytes (&message->receipt_hash, received->receipt_hash, sizeof received->receipt_hash)
               ? -1
               : 0;
}

static int on_received (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void)loop;
    validation_t *self = arg;
    for (int i = 0; i < MESSAGES_A_TURN; i++) {
        received_t received;
        bc_arena_reset (self->arena);
        ProtobufCMessage *message = bc_wire_recv (socket, &baocao__v1__report_received__descriptor, self->arena);
        if (!message)
            break;
        if (read_message ((const Baocao__V1__ReportReceived *)message, &received) == 0)
            add_item (self, &received);
        else
            bc_log (BC_LOG_WARNING, "validation.message_refused", NULL, "ReportReceived with an id or a hash of another size");
    }
    return 0;
}

// --- Sweep -----------------------------------------------------------------------------------------------------------------------

static bc_tx_next_t sweep (bc_tx_t *tx, int step, void *arg)
{
    (void)step, (void)arg;
    validation_db_sweep (tx);
    return BC_TX_COMMIT;
}

static void swept (bc_queue_t *queue, bc_tx_t *tx)
{
    validation_t *self = bc_queue_owner (queue);
    const PGresult *result = bc_tx_result (tx, 0);
    for (int row = 0; row < PQntuples (result); row++) {
        received_t received;
        if (validation_db_swept (result, row, &received) == 0)
            add_item (self, &received);
        else
            bc_log (BC_LOG_ERROR, "validation.row_refused", NULL, "a row of submission has an id or a hash of another size");
    }
}

// --- Work ------------------------------------------------------------------------------------------------------------------------

enum { TAKEN, VERSION };   // results of the first step
enum { PREVIOUS, FILES };  // of asking for the facts

static bc_tx_next_t take (validation_t *self, bc_tx_t *tx, bc_queue_t *queue)
{
    size_t count;
    bc_item_t **items = bc_queue_batch (queue, &count);
    batch_reset (self->batch);
    self->plan_moved = false;
    validation_db_take (tx, items, count);
    plan_db_ask_version (tx);
    return BC_TX_NEXT;
}

static bc_tx_next_t ask_facts (validation_t *self, bc_tx_t *tx)
{
    batch_prepare (self->batch, self->book);
    validation_db_ask_facts (tx, self->book, self->batch);
    return BC_TX_NEXT;
}

static bc_tx_next_t store (validation_t *self, bc_tx_t *tx)
{
    validation_db_store (tx, self->batch, bc_clock_ms (), self->book ? self->book->version : 0);
    return BC_TX_COMMIT;
}

static bc_tx_next_t look (validation_t *self, bc_tx_t *tx, bc_queue_t *queue)
{
    size_t count;
    int hint = 0;
    bool admitted;
    bc_item_t **items = bc_queue_batch (queue, &count);
    for (size_t i = 0; i < count; i++)
        if (validation_db_taken (bc_tx_result (tx, TAKEN), items[i]->id, &hint, &admitted))
            batch_add (self->batch, &((item_t *)items[i])->received, admitted);
    if (self->batch->count == 0)
        return store (self, tx);
    self->plan_moved = !plan_db_is_current (bc_tx_result (tx, VERSION), self->book);
    if (!self->plan_moved)
        return ask_facts (self, tx);
    plan_db_load (tx);
    return BC_TX_NEXT;
}

static bc_tx_next_t use_plan (validation_t *self, bc_tx_t *tx)
{
    plan_book_t *book = plan_db_read (bc_tx_result (tx, 0));
    if (!book)
        return BC_TX_ROLLBACK;
    plan_book_destroy (&self->book);
    self->book = book;
    return ask_facts (self, tx);
}

static bc_tx_next_t judge (validation_t *self, bc_tx_t *tx)
{
    validation_db_read_facts (bc_tx_result (tx, PREVIOUS), bc_tx_result (tx, FILES), self->batch);
    batch_judge (self->batch, self->book);
    return store (self, tx);
}

static bc_tx_next_t work (bc_tx_t *tx, int step, void *arg)
{
    bc_queue_t *queue = arg;
    validation_t *self = bc_queue_owner (queue);
    if (step == 0)
        return take (self, tx, queue);
    if (step == 1)
        return look (self, tx, queue);
    if (step == 2 && self->plan_moved)
        return use_plan (self, tx);
    return judge (self, tx);
}

// --- After the commit ------------------------------------------------------------------------------------------------------------

static void send_accepted (validation_t *self, const judged_t *judged)
{
    const received_t *received = judged->received;
    Baocao__V1__ReportAccepted message = BAOCAO__V1__REPORT_ACCEPTED__INIT;
    message.submission_id = (ProtobufCBinaryData){sizeof received->submission_id, (uint8_t *)received->submission_id};
    message.unit = (char *)received->unit;
    message.plan = (char *)received->plan;
    message.period = (char *)received->period;
    message.revision = received->revision;
    message.received_at_ms = received->received_at;
    message.timeliness = received->timeliness;
    message.chain_index = received->chain_index;
    message.receipt_hash = (ProtobufCBinaryData){sizeof received->receipt_hash, (uint8_t *)received->receipt_hash};
    message.accepted = judged->accepted;
    if (judged->accepted)
        message.report = (ProtobufCBinaryData){received->report_size, (uint8_t *)received->report};
    bc_wire_send (self->accepted, &message.base);
}

static void send_judged (validation_t *self, const judged_t *judged)
{
    const received_t *received = judged->received;
    Baocao__V1__ReportJudged message = BAOCAO__V1__REPORT_JUDGED__INIT;
    message.submission_id = (ProtobufCBinaryData){sizeof received->submission_id, (uint8_t *)received->submission_id};
    message.unit = (char *)received->unit;
    message.plan = (char *)received->plan;
    message.period = (char *)received->period;
    message.report_id = (ProtobufCBinaryData){sizeof received->report_id, (uint8_t *)received->report_id};
    message.revision = received->revision;
    message.accepted = judged->accepted;
    message.n_findings = judged->findings.count;
    message.findings = judged->findings.items;
    bc_wire_send (self->judged, &message.base);
}

static void done (bc_queue_t *queue, bc_tx_t *tx)
{
    (void)tx;
    validation_t *self = bc_queue_owner (queue);
    for (size_t i = 0; i < self->batch->count; i++) {
        const judged_t *judged = &self->batch->judged[i];
        bc_log (BC_LOG_DEBUG, judged->accepted ? "report.accepted" : "report.refused", judged->received->submission_id,
                "received -> %s: %s %s revision %u, %zu errors, %zu warnings", judged->accepted ? "accepted" : "refused",
                judged->received->unit, judged->received->period, judged->received->revision, judged->findings.errors,
                judged->findings.warnings);
        bc_metric_add (judged->accepted ? self->metrics.accepted : self->metrics.refused, 1);
        send_accepted (self, judged);
        send_judged (self, judged);
    }
    const received_t *const *late = self->batch->late.rows;
    for (size_t i = 0; i < self->batch->late.count; i++)
        bc_log (BC_LOG_INFO, "report.quarantined", late[i]->submission_id,
                "received -> quarantined: %s %s revision %u came too late", late[i]->unit, late[i]->period, late[i]->revision);
    batch_reset (self->batch);
}

static const bc_queue_class_t QUEUE = {
    .name = "validation_queue",
    .work = work,
    .done = done,
    .sweep = sweep,
    .swept = swept,
    .free_item = free_item,
};

// --- The service -----------------------------------------------------------------------------------------------------------------

static void on_ready (void *arg)
{
    validation_t *self = arg;
    if (self->queue)
        bc_queue_wake (self->queue);
}

static void make_metrics (validation_t *self)
{
    self->metrics.accepted = bc_metric_counter ("baocao_validation_verdicts_total{verdict=\"accepted\"}", "Verdicts stored.");
    self->metrics.refused = bc_metric_counter ("baocao_validation_verdicts_total{verdict=\"refused\"}", "Verdicts stored.");
    self->metrics.no_room = bc_metric_counter ("baocao_validation_no_room_total", "Reports left for the sweep: no room for them.");
}

void *validation_start (bc_service_t *service)
{
    bc_config_t *config = bc_service_config (service);
    bool ok = true;
    long sweep_ms = bc_config_number (config, "validation/sweep_ms", SWEEP_MS, 10, 60000, &ok);
    if (!ok)
        return NULL;
    validation_t *self = xcalloc (1, sizeof *self);
    self->loop = bc_service_loop (service);
    self->arena = bc_arena_new (MESSAGE_CAP);
    self->batch = batch_new ();
    make_metrics (self);
    self->accepted = bc_flow_sender (BC_HOP_ACCEPTED, config);
    self->judged = bc_flow_sender (BC_HOP_JUDGED, config);
    self->received = bc_flow_receiver (BC_HOP_RECEIVED, config);
    self->asked = bc_flow_receiver (BC_HOP_CHECK, config);
    if (self->accepted && self->judged && self->received && self->asked)
        self->db = bc_db_new (self->loop, bc_service_conninfo (service), 1, on_ready, self);
    if (!self->db) {
        validation_stop ((void **)&self);
        return NULL;
    }
    self->questions = bc_db_new (self->loop, bc_service_conninfo (service), QUESTIONS_MAX, NULL, NULL);
    self->dry_run = dry_run_new (self->loop, self->asked, self->questions);
    self->queue = bc_queue_new (self->loop, self->db, &QUEUE, self, (int)sweep_ms);
    zloop_reader (self->loop, self->received, on_received, self);
    zloop_reader_set_tolerant (self->loop, self->received);
    return self;
}

void validation_stop (void **state_p)
{
    validation_t *self = *state_p;
    if (self->queue)
        zloop_reader_end (self->loop, self->received);
    bc_db_destroy (&self->questions);
    dry_run_destroy (&self->dry_run);
    bc_db_destroy (&self->db);
    bc_queue_destroy (&self->queue);
    zsock_destroy (&self->asked);
    zsock_destroy (&self->received);
    zsock_destroy (&self->judged);
    zsock_destroy (&self->accepted);
    batch_destroy (&self->batch);
    plan_book_destroy (&self->book);
    bc_arena_destroy (&self->arena);
    free (self);
    *state_p = NULL;
}

bool validation_idle (void *state)
{
    const validation_t *self = state;
    return bc_queue_idle (self->queue);
}

bool validation_healthy (void *state)
{
    const validation_t *self = state;
    return bc_db_connected (self->db) && bc_db_connected (self->questions);
}
