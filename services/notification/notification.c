// From messages and queue rows to notices. notification_queue has one row per (id, event), and so has an item.
#include "notification.h"

#include "common/clock.h"
#include "common/flow.h"
#include "common/log.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "courier.h"
#include "delivery_db.h"
#include "notification_db.h"
#include "reminder.h"

enum { SWEEP_MS = 2000, MESSAGES_A_TURN = 256, ARENA_CAP = 16 << 20, HOPS = 2 };

typedef struct notification notification_t;

// A hop that ends here.
typedef struct {
    bc_hop_t hop;
    notification_event_t event;
    const ProtobufCMessageDescriptor *message;
    letter_t *(*compose) (const ProtobufCMessage *message);  // NULL: the message's ids are no ids
} hop_class_t;

typedef struct {
    const hop_class_t *class;
    notification_t *service;
    zsock_t *socket;
} receiver_t;

struct notification {
    zloop_t *loop;
    zsock_t *posted;
    bc_arena_t *arena;  // of the message just received
    receiver_t receivers[HOPS];
    bc_db_t *db;
    bc_queue_t *queue;
    reminder_t *reminder;
    courier_t *courier;
};

typedef struct {
    bc_item_t base;  // kind is the event
    letter_t *letter;
} item_t;

// --- Work ------------------------------------------------------------------------------------------------------------------------

// The letters of a batch, as an array of its own; the caller frees it.
static letter_t **batch_letters (bc_item_t **batch, size_t n)
{
    letter_t **letters = xcalloc (n + 1, sizeof (letter_t *));
    for (size_t i = 0; i < n; i++)
        letters[i] = ((item_t *)batch[i])->letter;
    return letters;
}

// How many letters before the i-th got a cursor in the same mailbox.
static size_t numbered_before (letter_t *const *letters, size_t i)
{
    size_t count = 0;
    for (size_t earlier = 0; earlier < i; earlier++)
        count += letters[earlier]->notice->cursor > 0 && streq (letters[earlier]->unit, letters[i]->unit);
    return count;
}

static void begin_posting (bc_tx_t *tx, bc_item_t **batch, letter_t **letters, size_t n)
{
    for (size_t i = 0; i < n; i++)
        letters[i]->notice->cursor = 0;
    notification_db_begin_posting (tx);
    notification_db_take (tx, batch, n);
    notification_db_cursors (tx, letters, n);
}

static void post_what_was_taken (bc_tx_t *tx, bc_item_t **batch, letter_t **letters, size_t n)
{
    const PGresult *taken = bc_tx_result (tx, 1), *cursors = bc_tx_result (tx, 2);
    int64_t now = bc_clock_ms ();
    size_t numbered = 0;
    for (size_t i = 0; i < n; i++) {
        if (!notification_db_taken (taken, batch[i]))
            continue;
        if (notification_db_number (cursors, letters[i], numbered_before (letters, i), now))
            numbered++;
        else
            bc_log (BC_LOG_ERROR, "notification.unit", batch[i]->id, "no unit has the code %s", letters[i]->unit);
    }
    if (numbered > 0) {
        notification_db_post (tx, letters, n);
        delivery_db_add (tx, letters, n);
    }
}

static bc_tx_next_t work (bc_tx_t *tx, int step, void *arg)
{
    size_t n;
    bc_item_t **batch = bc_queue_batch (arg, &n);
    letter_t **letters = batch_letters (batch, n);
    if (step == 0)
        begin_posting (tx, batch, letters, n);
    else
        post_what_was_taken (tx, batch, letters, n);
    free (letters);
    return step == 0 ? BC_TX_NEXT : BC_TX_COMMIT;
}

static void done (bc_queue_t *queue, bc_tx_t *tx)
{
    (void)tx;
    size_t n;
    bc_item_t **batch = bc_queue_batch (queue, &n);
    notification_t *self = bc_queue_owner (queue);
    letter_t **letters = batch_letters (batch, n);
    letters_announce (letters, n, self->posted);
    free (letters);
}

// --- What there is to do ---------------------------------------------------------------------------------------------------------

static void add_letter (bc_queue_t *queue, notification_event_t event, const uint8_t *id, letter_t *letter)
{
    item_t *item = xcalloc (1, sizeof *item);
    memcpy (item->base.id, id, sizeof item->base.id);
    item->base.kind = event;
    item->letter = letter;
    bc_queue_add (queue, &item->base);
}

static void free_item (bc_item_t *base)
{
    item_t *item = (item_t *)base;
    letter_destroy (&item->letter);
    free (item);
}

static bc_tx_next_t sweep (bc_tx_t *tx, int step, void *arg)
{
    (void)step;
    (void)arg;
    notification_db_sweep (tx);
    return BC_TX_COMMIT;
}

static void swept (bc_queue_t *queue, bc_tx_t *tx)
{
    const PGresult *result = bc_tx_result (tx, 0);
    for (int row = 0; row < PQntuples (result); row++) {
        notification_event_t event;
        letter_t *letter = notification_db_swept (result, row, &event);
        if (letter)
            add_letter (queue, event, bc_row_bytes (result, row, 0, NULL), letter);
    }
}

static const bc_queue_class_t QUEUE = {
    .name = "notification_queue",
    .work = work,
    .done = done,
    .sweep = sweep,
    .swept = swept,
    .free_item = free_item,
};

static letter_t *compose_judged (const ProtobufCMessage *message)
{
    const Baocao__V1__ReportJudged *judged = (const Baocao__V1__ReportJudged *)message;
    bool sound = judged->submission_id.len == BC_UUID_SIZE && judged->report_id.len == BC_UUID_SIZE;
    return sound ? letter_about_verdict (judged) : NULL;
}

static letter_t *compose_standing (const ProtobufCMessage *message)
{
    const Baocao__V1__StandingChanged *changed = (const Baocao__V1__StandingChanged *)message;
    bool sound = changed->submission_id.len == BC_UUID_SIZE && changed->report_id.len == BC_UUID_SIZE;
    return sound ? letter_about_standing (changed) : NULL;
}

static const hop_class_t HOP_CLASSES[HOPS] = {
    {BC_HOP_JUDGED, NOTIFICATION_JUDGED, &baocao__v1__report_judged__descriptor, compose_judged},
    {BC_HOP_STANDING, NOTIFICATION_STANDING, &baocao__v1__standing_changed__descriptor, compose_standing},
};

static int on_message (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void)loop;
    receiver_t *self = arg;
    bc_arena_t *arena = self->service->arena;
    for (int i = 0; i < MESSAGES_A_TURN; i++) {
        bc_arena_reset (arena);
        ProtobufCMessage *message = bc_wire_recv (socket, self->class->message, arena);
        if (!message)
            break;
        letter_t *letter = self->class->compose (message);
        if (letter)
            add_letter (self->service->queue, self->class->event, letter->submission_id, letter);
        else
            bc_log (BC_LOG_WARNING, "notification.malformed", NULL, "a %s without proper ids was dropped",
                    self->class->message->name);
    }
    return 0;
}

// --- The service -----------------------------------------------------------------------------------------------------------------

static void on_ready (void *arg)
{
    notification_t *self = arg;
    bc_queue_wake (self->queue);
}

static int receiver_open (receiver_t *self, const hop_class_t *class, notification_t *service, bc_config_t *config)
{
    self->class = class;
    self->service = service;
    self->socket = bc_flow_receiver (class->hop, config);
    if (!self->socket || zloop_reader (service->loop, self->socket, on_message, self) == -1)
        return -1;
    zloop_reader_set_tolerant (service->loop, self->socket);
    return 0;
}

static void receiver_close (receiver_t *self)
{
    if (self->socket)
        zloop_reader_end (self->service->loop, self->socket);
    zsock_destroy (&self->socket);
}

// 0 or -1 (logged).
static int open_all (notification_t *self, bc_service_t *service)
{
    bool ok = true;
    bc_config_t *config = bc_service_config (service);
    const char *conninfo = bc_service_conninfo (service);
    int sweep_ms = (int)bc_config_number (config, "notification/sweep_ms", SWEEP_MS, 10, 60000, &ok);
    if (!ok)
        return -1;
    self->posted = bc_flow_sender (BC_HOP_POSTED, config);
    if (!self->posted)
        return -1;
    self->db = bc_db_new (self->loop, conninfo, 1, on_ready, self);
    self->queue = bc_queue_new (self->loop, self->db, &QUEUE, self, sweep_ms);
    for (int i = 0; i < HOPS; i++)
        if (receiver_open (&self->receivers[i], &HOP_CLASSES[i], self, config) != 0)
            return -1;
    self->reminder = reminder_new (self->loop, conninfo, self->posted, sweep_ms);
    self->courier = courier_new (self->loop, conninfo, config, sweep_ms);
    return self->courier ? 0 : -1;
}

void *notification_start (bc_service_t *service)
{
    notification_t *self = xcalloc (1, sizeof *self);
    self->loop = bc_service_loop (service);
    self->arena = bc_arena_new (ARENA_CAP);
    if (open_all (self, service) == -1)
        notification_stop ((void **)&self);
    return self;
}

void notification_stop (void **state_p)
{
    notification_t *self = *state_p;
    courier_destroy (&self->courier);
    reminder_destroy (&self->reminder);
    for (int i = HOPS - 1; i >= 0; i--)
        receiver_close (&self->receivers[i]);
    bc_db_destroy (&self->db);
    bc_queue_destroy (&self->queue);
    zsock_destroy (&self->posted);
    bc_arena_destroy (&self->arena);
    free (self);
    *state_p = NULL;
}

bool notification_idle (void *state)
{
    const notification_t *self = state;
    return bc_queue_idle (self->queue) && reminder_idle (self->reminder) && courier_idle (self->courier);
}

bool notification_healthy (void *state)
{
    const notification_t *self = state;
    return bc_db_connected (self->db) && reminder_healthy (self->reminder) && courier_healthy (self->courier);
}
