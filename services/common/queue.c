#include "queue.h"

#include "clock.h"
#include "log.h"
#include "metrics.h"
#include "xmem.h"

enum { PENDING_MAX = 8 * BC_QUEUE_BATCH, POISON_MAX = 1024, POISON_MS = 60000, KEY_SIZE = sizeof (bc_item_t) };

struct bc_queue {
    zloop_t *loop;
    bc_db_t *db;
    const bc_queue_class_t *class;
    void *owner;
    int timer;

    // What is pending, oldest first, in a ring; batch is taken from its front, and goes back there to be tried again.
    bc_item_t *pending[PENDING_MAX];
    size_t first, count;
    size_t alone;  // how many at the front are to be tried one by one
    bc_item_t *batch[BC_QUEUE_BATCH];
    size_t batch_count;
    zhashx_t *known;   // pending or in the batch, by key
    zhashx_t *poison;  // failed alone: key -> poison_t

    bool busy;     // a batch or a sweep is under way
    bool stalled;  // the last transaction could not be done now: wait for the next tick
    bool sweep_due;
    bool sweeping;
    size_t found;  // by the last sweep; not 0 also when nobody knows

    struct {
        bc_metric_t *pending, *done, *dropped, *poison;
    } metrics;
};

typedef struct {
    bc_item_t key;
    int64_t until_ms;
} poison_t;

static void queue_next (bc_queue_t *self);

// --- Keys ------------------------------------------------------------------------------------------------------------------------

// The second half of a UUID version 7 is random.
static size_t key_hash (const void *key)
{
    uint64_t random;
    memcpy (&random, ((const bc_item_t *)key)->id + 8, sizeof random);
    return (size_t)(random ^ ((const bc_item_t *)key)->kind);
}

static int key_compare (const void *one, const void *other)
{
    return memcmp (one, other, KEY_SIZE);
}

static zhashx_t *key_table_new (void)
{
    zhashx_t *table = zhashx_new ();
    zhashx_set_key_hasher (table, key_hash);
    zhashx_set_key_comparator (table, key_compare);
    zhashx_set_key_duplicator (table, NULL);
    zhashx_set_key_destructor (table, NULL);
    return table;
}

static void poison_destroy (void **self_p)
{
    free (*self_p);
    *self_p = NULL;
}

static bool queue_is_poison (bc_queue_t *self, const bc_item_t *item)
{
    poison_t *poison = zhashx_lookup (self->poison, item);
    if (poison && poison->until_ms <= bc_clock_monotonic_ms ()) {
        zhashx_delete (self->poison, item);
        poison = NULL;
    }
    return poison != NULL;
}

static void queue_remember_poison (bc_queue_t *self, const bc_item_t *item, const char *sqlstate)
{
    bc_log (BC_LOG_ERROR, "queue.poison", item->id, "%s: SQLSTATE %s; the row stays and is tried again every minute",
            self->class->name, sqlstate);
    bc_metric_add (self->metrics.poison, 1);
    if (zhashx_size (self->poison) >= POISON_MAX)
        zhashx_purge (self->poison);  // the worst of it: they are tried again sooner
    poison_t *poison = xmalloc (sizeof *poison);
    int64_t rest_ms = self->class->poison_ms ? self->class->poison_ms : POISON_MS;
    *poison = (poison_t){.key = *item, .until_ms = bc_clock_monotonic_ms () + rest_ms};
    zhashx_delete (self->poison, item);
    zhashx_insert (self->poison, &poison->key, poison);
}

// --- What is pending -------------------------------------------------------------------------------------------------------------

static void queue_forget (bc_queue_t *self, bc_item_t *item)
{
    zhashx_delete (self->known, item);
    self->class->free_item (item);
}

static void queue_show_pending (bc_queue_t *self)
{
    bc_metric_set (self->metrics.pending, (long long)self->count + (long long)self->batch_count);
}

void bc_queue_add (bc_queue_t *self, bc_item_t *item)
{
    bool poison = queue_is_poison (self, item);
    self->found += self->sweeping && !poison;
    bool full = self->count + self->batch_count >= PENDING_MAX;
    if (poison || full || zhashx_insert (self->known, item, item)) {
        if (full)
            bc_metric_add (self->metrics.dropped, 1);
        self->class->free_item (item);
        return;
    }
    self->pending[(self->first + self->count++) % PENDING_MAX] = item;
    queue_show_pending (self);
    queue_next (self);
}

static void queue_take_batch (bc_queue_t *self)
{
    size_t limit = self->alone ? 1 : BC_QUEUE_BATCH;
    self->alone -= self->alone ? 1 : 0;
    while (self->count > 0 && self->batch_count < limit) {
        self->batch[self->batch_count++] = self->pending[self->first];
        self->first = (self->first + 1) % PENDING_MAX;
        self->count--;
    }
}

static void queue_put_back (bc_queue_t *self, bool alone)
{
    if (alone)
        self->alone += self->batch_count;
    while (self->batch_count > 0) {
        self->first = (self->first + PENDING_MAX - 1) % PENDING_MAX;
        self->pending[self->first] = self->batch[--self->batch_count];
        self->count++;
    }
}

static void queue_drop_batch (bc_queue_t *self)
{
    while (self->batch_count > 0)
        queue_forget (self, self->batch[--self->batch_count]);
}

// --- Work ------------------------------------------------------------------------------------------------------------------------

static void queue_failed (bc_queue_t *self, const char *sqlstate)
{
    if (self->batch_count == 1) {
        queue_remember_poison (self, self->batch[0], sqlstate);
        queue_drop_batch (self);
    } else
        queue_put_back (self, true);
}

static void queue_worked (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    bc_queue_t *self = arg;
    switch (outcome) {
    case BC_DB_DONE:
        bc_metric_add (self->metrics.done, (long long)self->batch_count);
        self->class->done (self, tx);
        queue_drop_batch (self);
        self->sweep_due |= self->count == 0 && self->found > 0;
        break;
    case BC_DB_FAILED:
        queue_failed (self, bc_tx_sqlstate (tx));
        break;
    case BC_DB_RETRY:
        queue_put_back (self, self->batch_count == 1);
        self->stalled = true;
        break;
    case BC_DB_UNCERTAIN:  // the rows that are still there will be found: now, or with the next connection
        self->sweep_due = true;
        queue_drop_batch (self);
        self->found = 1;
        break;
    case BC_DB_ROLLED_BACK:
        queue_drop_batch (self);
        self->found = 1;
    }
    self->busy = false;
    queue_show_pending (self);
    queue_next (self);
}

static void queue_swept (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    bc_queue_t *self = arg;
    self->found = 0;
    if (outcome == BC_DB_DONE || outcome == BC_DB_ROLLED_BACK) {
        self->sweeping = true;
        self->class->swept (self, tx);
        self->sweeping = false;
    } else {
        self->found = 1;
        self->stalled = true;
    }
    self->busy = false;
    queue_next (self);
}

static void queue_next (bc_queue_t *self)
{
    if (self->busy || self->stalled || !bc_db_connected (self->db))
        return;
    self->busy = true;
    int rc;
    if (self->sweep_due) {
        self->sweep_due = false;
        rc = bc_db_run (self->db, BC_TX_READ_COMMITTED, self->class->sweep, queue_swept, self);
    } else if (self->count > 0) {
        queue_take_batch (self);
        rc = bc_db_run (self->db, BC_TX_READ_COMMITTED, self->class->work, queue_worked, self);
    } else {
        self->busy = false;
        return;
    }
    if (rc) {
        // Somebody else uses this connection, against the contract.
        queue_put_back (self, false);
        self->busy = false;
        self->stalled = true;
        bc_log (BC_LOG_ERROR, "queue.no_room", NULL, "%s: the database connection is not the queue's own", self->class->name);
    }
}

static int queue_on_tick (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    bc_queue_wake (arg);
    return 0;
}

void bc_queue_wake (bc_queue_t *self)
{
    self->stalled = false;
    self->sweep_due = true;
    queue_next (self);
}

// --- The rest --------------------------------------------------------------------------------------------------------------------

static bc_metric_t *queue_metric (const bc_queue_t *self, const char *result, const char *help)
{
    char *name = result ? xasprintf ("baocao_queue_items_total{queue=\"%s\",result=\"%s\"}", self->class->name, result)
                        : xasprintf ("baocao_queue_pending{queue=\"%s\"}", self->class->name);
    bc_metric_t *metric = result ? bc_metric_counter (name, help) : bc_metric_gauge (name, help);
    free (name);
    return metric;
}

bc_queue_t *bc_queue_new (zloop_t *loop, bc_db_t *db, const bc_queue_class_t *class, void *owner, int sweep_ms)
{
    bc_queue_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->db = db;
    self->class = class;
    self->owner = owner;
    self->found = 1;
    self->known = key_table_new ();
    self->poison = key_table_new ();
    zhashx_set_destructor (self->poison, poison_destroy);
    self->metrics.pending = queue_metric (self, NULL, "Items known and not done yet.");
    self->metrics.done = queue_metric (self, "done", "Items by what became of them.");
    self->metrics.dropped = queue_metric (self, "dropped", "Items by what became of them.");
    self->metrics.poison = queue_metric (self, "poison", "Items by what became of them.");
    self->timer = zloop_timer (loop, (size_t)sweep_ms, 0, queue_on_tick, self);
    bc_queue_wake (self);
    return self;
}

void bc_queue_destroy (bc_queue_t **self_p)
{
    bc_queue_t *self = *self_p;
    if (!self)
        return;
    zloop_timer_end (self->loop, self->timer);
    queue_put_back (self, false);
    while (self->count > 0) {
        queue_forget (self, self->pending[self->first]);
        self->first = (self->first + 1) % PENDING_MAX;
        self->count--;
    }
    zhashx_destroy (&self->known);
    zhashx_destroy (&self->poison);
    free (self);
    *self_p = NULL;
}

bc_item_t **bc_queue_batch (bc_queue_t *self, size_t *count_p)
{
    *count_p = self->batch_count;
    return self->batch;
}

void *bc_queue_owner (bc_queue_t *self)
{
    return self->owner;
}

bool bc_queue_idle (const bc_queue_t *self)
{
    return !self->busy && !self->sweep_due && self->count == 0 && self->found == 0;
}
