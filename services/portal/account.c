#include "account.h"

#include <sodium.h>

#include "account_db.h"
#include "common/clock.h"
#include "common/metrics.h"
#include "common/xmem.h"

struct accounts {
    zloop_t *loop;
    bc_db_t *db;
    int timer;
    bool reading;
    int64_t blind_ms;
    int64_t asked_at, read_at;  // monotonic ms; 0: never
    account_t *list;
    size_t count;
};

static void clear (accounts_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        free (self->list[i].name);
        if (self->list[i].hash)
            sodium_memzero (self->list[i].hash, strlen (self->list[i].hash));
        free (self->list[i].hash);
    }
    free (self->list);
    self->list = NULL;
    self->count = 0;
}

static bc_tx_next_t read_step (bc_tx_t *tx, int step, void *arg)
{
    accounts_t *self = arg;
    if (step == 0) {
        account_db_ask (tx);
        return BC_TX_NEXT;
    }
    clear (self);
    self->list = account_db_read (bc_tx_result (tx, 0), &self->count);
    self->read_at = self->asked_at;
    bc_metric_add (bc_metric_counter ("baocao_portal_accounts_read_total", "How often the list of accounts was read."), 1);
    return BC_TX_COMMIT;
}

static void read_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    (void)tx;
    (void)outcome;
    ((accounts_t *)arg)->reading = false;
}

void accounts_read (accounts_t *self)
{
    if (self->reading || !bc_db_connected (self->db))
        return;
    self->asked_at = bc_clock_monotonic_ms ();
    self->reading = bc_db_run (self->db, BC_TX_READ_COMMITTED, read_step, read_done, self) == 0;
}

static int on_timer (zloop_t *loop, int timer, void *arg)
{
    (void)loop;
    (void)timer;
    accounts_read (arg);
    return 0;
}

bool accounts_known (const accounts_t *self)
{
    return self->read_at && bc_clock_monotonic_ms () - self->read_at < self->blind_ms;
}

const account_t *accounts_named (const accounts_t *self, const char *name)
{
    for (size_t i = 0; i < self->count && accounts_known (self); i++)
        if (streq (self->list[i].name, name))
            return &self->list[i];
    return NULL;
}

const account_t *accounts_find (const accounts_t *self, int id)
{
    for (size_t i = 0; i < self->count && accounts_known (self); i++)
        if (self->list[i].id == id)
            return &self->list[i];
    return NULL;
}

accounts_t *accounts_new (zloop_t *loop, bc_db_t *db, int64_t blind_ms)
{
    accounts_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->db = db;
    self->blind_ms = blind_ms;
    self->timer = zloop_timer (loop, ACCOUNT_MS, 0, on_timer, self);
    return self;
}

void accounts_destroy (accounts_t **self_p)
{
    accounts_t *self = *self_p;
    if (!self)
        return;
    zloop_timer_end (self->loop, self->timer);
    clear (self);
    free (self);
    *self_p = NULL;
}
