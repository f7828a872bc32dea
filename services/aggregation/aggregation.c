#include "aggregation.h"

#include "aggregation_db.h"
#include "baocao/v1/accepted.pb-c.h"
#include "baocao/v1/standing.pb-c.h"
#include "common/flow.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/queue.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "feed.h"
#include "plan/plan_db.h"
#include "report/json.h"

enum { SWEEP_MS = 2000, MESSAGES_A_TURN = 256, MESSAGE_CAP = BC_WIRE_MAX_HOP + 4096, HELD_MAX = 64 << 20 };

typedef struct {
    zloop_t *loop;
    zsock_t *accepted;  // from validation
    zsock_t *standing;  // to notification
    bc_arena_t *arena;  // of the message just received
    bc_db_t *db;
    bc_queue_t *queue;
    size_t held;  // bytes of all items' reports
    bc_metric_t *no_room;
    feed_t *feed;
    plan_book_t *book;
    bool recounted;   // committed figures agree with the book
    bool plan_moved;  // found out in the transaction under way
    fold_t *fold;     // of the transaction under way
} aggregation_t;

// --- Items -----------------------------------------------------------------------------------------------------------------------

// Takes it over. Past the limit it is left for the sweep: reports can be large, and the queue only counts them.
static void add_item (aggregation_t *self, aggregation_item_t *item)
{
    if (self->held + item->report_size > HELD_MAX) {
        bc_metric_add (self->no_room, 1);
        aggregation_item_free (&item->item);
        return;
    }
    item->held_p = &self->held;
    self->held += item->report_size;
    bc_queue_add (self->queue, &item->item);
}

static void free_item (bc_item_t *base)
{
    aggregation_item_t *item = (aggregation_item_t *)base;
    *item->held_p -= item->report_size;
    aggregation_item_free (base);
}

// --- Messages in -----------------------------------------------------------------------------------------------------------------

// NULL: the message is no good; its row in the queue table will be found.
static aggregation_item_t *item_from_message (const Baocao__V1__ReportAccepted *message)
{
    aggregation_item_t *item;
    if (message->submission_id.len != sizeof item->item.id || message->receipt_hash.len != sizeof item->receipt_hash) {
        bc_log (BC_LOG_WARNING, "aggregation.message_refused", NULL, "ReportAccepted with an id or a hash of another size");
        return NULL;
    }
    item = xcalloc (1, sizeof *item);
    memcpy (item->item.id, message->submission_id.data, sizeof item->item.id);
    memcpy (item->receipt_hash, message->receipt_hash.data, sizeof item->receipt_hash);
    item->unit = xstrdup (message->unit);
    item->plan = xstrdup (message->plan);
    item->period = xstrdup (message->period);
    item->revision = message->revision;
    item->received_at = message->received_at_ms;
    item->timeliness = message->timeliness;
    item->chain_index = message->chain_index;
    item->report_size = message->report.len;
    item->report = message->report.len ? xmemdup (message->report.data, message->report.len) : NULL;
    return item;
}

static int on_accepted (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void)loop;
    aggregation_t *self = arg;
    for (int i = 0; i < MESSAGES_A_TURN; i++) {
        bc_arena_reset (self->arena);
        ProtobufCMessage *message = bc_wire_recv (socket, &baocao__v1__report_accepted__descriptor, self->arena);
        if (!message)
            break;
        aggregation_item_t *item = item_from_message ((const Baocao__V1__ReportAccepted *)message);
        if (item)
            add_item (self, item);
    }
    return 0;
}

// --- The plan --------------------------------------------------------------------------------------------------------------------

// Until the recount is committed with it, a new plan counts as not taken over.
static bool plan_has_moved (const aggregation_t *self, const PGresult *version)
{
    return !self->recounted || !plan_db_is_current (version, self->book);
}

// Loads the plan, and corrects what depends on it besides the reports: who must report. PLAN_RESULTS statements.
static void ask_plan (bc_tx_t *tx)
{
    plan_db_load (tx);
    aggregation_db_recount_periods (tx);
}

enum { PLAN_RESULTS = 2 };

static int use_plan (aggregation_t *self, const PGresult *result)
{
    plan_book_t *book = plan_db_read (result);
    if (!book)
        return -1;
    plan_book_destroy (&self->book);
    self->book = book;
    self->recounted = false;
    return 0;
}

// --- Work ------------------------------------------------------------------------------------------------------------------------

enum { TAKEN, VERSION, HEAD };     // results of the first step
enum { UNITS, PERIODS, RETURNS };  // of the second, behind those of ask_plan where the plan has moved; RETURNS where there are any

static bc_tx_next_t take (aggregation_t *self, bc_tx_t *tx, bc_queue_t *queue)
{
    size_t count;
    bc_item_t **items = bc_queue_batch (queue, &count);
    fold_reset (self->fold);
    self->plan_moved = false;
    aggregation_db_take (tx, items, count);
    plan_db_ask_version (tx);
    aggregation_db_lock_head (tx);
    return BC_TX_NEXT;
}

static bc_tx_next_t look (aggregation_t *self, bc_tx_t *tx, bc_queue_t *queue)
{
    size_t count;
    bc_item_t **items = bc_queue_batch (queue, &count);
    aggregation_db_read_taken (bc_tx_result (tx, TAKEN), items, count, self->fold);
    self->fold->seq = aggregation_db_read_head (bc_tx_result (tx, HEAD));
    if (self->fold->n_entries == 0)
        return BC_TX_COMMIT;
    self->plan_moved = plan_has_moved (self, bc_tx_result (tx, VERSION));
    if (self->plan_moved)
        ask_plan (tx);
    aggregation_db_ask_units (tx, self->fold);
    aggregation_db_ask_periods (tx, self->fold);
    if (self->fold->n_returns)
        aggregation_db_ask_returns (tx, self->fold);
    return BC_TX_NEXT;
}

static bc_tx_next_t add_up (aggregation_t *self, bc_tx_t *tx)
{
    int first = self->plan_moved ? PLAN_RESULTS : 0;
    if (self->plan_moved && use_plan (self, bc_tx_result (tx, 0)))
        return BC_TX_ROLLBACK;
    aggregation_db_read_units (bc_tx_result (tx, first + UNITS), self->fold);
    aggregation_db_read_periods (bc_tx_result (tx, first + PERIODS), self->fold);
    if (self->fold->n_returns)
        aggregation_db_read_returns (bc_tx_result (tx, first + RETURNS), self->fold);
    if (fold_apply (self->fold, self->book))
        aggregation_db_refuse (tx);
    else
        aggregation_db_store (tx, self->fold);
    return BC_TX_COMMIT;
}

static bc_tx_next_t work (bc_tx_t *tx, int step, void *arg)
{
    bc_queue_t *queue = arg;
    aggregation_t *self = bc_queue_owner (queue);
    switch (step) {
    case 0:
        return take (self, tx, queue);
    case 1:
        return look (self, tx, queue);
    default:
        return add_up (self, tx);
    }
}

// --- After the commit ------------------------------------------------------------------------------------------------------------

static void send_standing (aggregation_t *self, const fold_entry_t *entry)
{
    const aggregation_item_t *item = entry->item;
    Baocao__V1__StandingChanged message = BAOCAO__V1__STANDING_CHANGED__INIT;
    message.submission_id = (ProtobufCBinaryData){sizeof item->item.id, (uint8_t *)item->item.id};
    message.unit = item->unit;
    message.plan = item->plan;
    message.period = item->period;
    message.report_id = (ProtobufCBinaryData){sizeof entry->report_id, (uint8_t *)entry->report_id};
    message.revision = item->revision;
    message.standing = entry->event->standing;
    message.feed_seq = entry->event->seq;
    bc_wire_send (self->standing, &message.base);
}

static void log_entry (const fold_entry_t *entry)
{
    const Baocao__V1__FeedEvent *event = entry->event;
    bc_log (entry->changed ? BC_LOG_INFO : BC_LOG_DEBUG, "report.counted", entry->item->item.id,
            "event %" PRIu64 ": %s, %s %s revision %u, standing %s", event->seq,
            report_enum_name (&baocao__v1__feed_event_kind__descriptor, event->kind), event->unit, event->period, event->revision,
            report_enum_name (&baocao__v1__unit_standing__descriptor, event->standing));
}

static void done (bc_queue_t *queue, bc_tx_t *tx)
{
    (void)tx;
    aggregation_t *self = bc_queue_owner (queue);
    self->recounted |= self->plan_moved;
    for (size_t i = 0; i < self->fold->n_entries; i++) {
        const fold_entry_t *entry = &self->fold->entries[i];
        log_entry (entry);
        feed_publish (self->feed, entry->event);
        if (entry->changed && entry->item->item.kind == AGGREGATION_JUDGED)  // a return's notice has the reason in the database
            send_standing (self, entry);
    }
    bc_metric_set (bc_metric_gauge ("baocao_feed_seq", "Number of the feed's last event."), self->fold->seq);
}

// --- Sweeping --------------------------------------------------------------------------------------------------------------------

enum { WAITING, SWEPT_HEAD, SWEPT_PLAN };  // results of the sweep's second step; the latter two only when the plan has moved

// A plan that has moved is taken over here too: its figures must not wait for the next report.
static bc_tx_next_t sweep (bc_tx_t *tx, int step, void *arg)
{
    aggregation_t *self = bc_queue_owner (arg);
    if (step == 0) {
        plan_db_ask_version (tx);
        return BC_TX_NEXT;
    }
    self->plan_moved = plan_has_moved (self, bc_tx_result (tx, 0));
    aggregation_db_ask_waiting (tx);
    if (self->plan_moved) {
        aggregation_db_lock_head (tx);
        ask_plan (tx);
    }
    return BC_TX_COMMIT;
}

static void swept (bc_queue_t *queue, bc_tx_t *tx)
{
    aggregation_t *self = bc_queue_owner (queue);
    if (self->plan_moved)
        self->recounted = use_plan (self, bc_tx_result (tx, SWEPT_PLAN)) == 0;
    const PGresult *waiting = bc_tx_result (tx, WAITING);
    for (int row = 0; row < PQntuples (waiting); row++)
        add_item (self, aggregation_db_read_waiting (waiting, row));
}

// --- Start and stop --------------------------------------------------------------------------------------------------------------

static void on_database (void *arg)
{
    aggregation_t *self = arg;
    if (self->queue)
        bc_queue_wake (self->queue);
}

static int open_queue (aggregation_t *self, bc_service_t *service)
{
    static const bc_queue_class_t class = {
        .name = "aggregation_queue", .work = work, .done = done, .sweep = sweep, .swept = swept, .free_item = free_item};
    bool ok = true;
    long sweep_ms = bc_config_number (bc_service_config (service), "aggregation/sweep_ms", SWEEP_MS, 10, 60000, &ok);
    if (!ok)
        return -1;
    self->db = bc_db_new (self->loop, bc_service_conninfo (service), 1, on_database, self);
    self->queue = bc_queue_new (self->loop, self->db, &class, self, (int)sweep_ms);
    return 0;
}

void *aggregation_start (bc_service_t *service)
{
    aggregation_t *self = xcalloc (1, sizeof *self);
    self->loop = bc_service_loop (service);
    self->arena = bc_arena_new (MESSAGE_CAP);
    self->fold = fold_new ();
    self->no_room = bc_metric_counter ("baocao_aggregation_no_room_total", "Reports left for the sweep: no room for them.");
    self->feed = feed_new (service);
    self->standing = self->feed ? bc_flow_sender (BC_HOP_STANDING, bc_service_config (service)) : NULL;
    self->accepted = self->standing ? bc_flow_receiver (BC_HOP_ACCEPTED, bc_service_config (service)) : NULL;
    if (!self->accepted || open_queue (self, service) || zloop_reader (self->loop, self->accepted, on_accepted, self)) {
        aggregation_stop ((void **)&self);
        return NULL;
    }
    zloop_reader_set_tolerant (self->loop, self->accepted);
    return self;
}

void aggregation_stop (void **state_p)
{
    aggregation_t *self = *state_p;
    if (self->accepted)
        zloop_reader_end (self->loop, self->accepted);
    bc_db_destroy (&self->db);
    bc_queue_destroy (&self->queue);
    zsock_destroy (&self->accepted);
    zsock_destroy (&self->standing);
    feed_destroy (&self->feed);
    fold_destroy (&self->fold);
    plan_book_destroy (&self->book);
    bc_arena_destroy (&self->arena);
    free (self);
    *state_p = NULL;
}

bool aggregation_idle (void *state)
{
    const aggregation_t *self = state;
    return bc_queue_idle (self->queue);
}

bool aggregation_healthy (void *state)
{
    const aggregation_t *self = state;
    return bc_db_connected (self->db) && feed_healthy (self->feed);
}
