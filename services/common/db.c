// PostgreSQL in the event loop: who waits for the connection, and the check of a new one. The connection itself is in db_connect.c,
// what happens on it in db_tx.c.

#include "db_private.h"
#include "xmem.h"

const char *bc_outcome_name (bc_outcome_t outcome)
{
    static const char *const names[] = {"done", "rolled back", "retry", "uncertain", "failed"};
    return names[outcome];
}

void bc_tx_destroy (bc_tx_t **self_p)
{
    if (*self_p) {
        free ((*self_p)->error);
        free (*self_p);
        *self_p = NULL;
    }
}

// --- The waiting line ------------------------------------------------------------------------------------------------------------

static bc_tx_t *db_take_first (bc_db_t *self)
{
    bc_tx_t *first = self->first;
    self->first = first->behind;
    if (!self->first)
        self->last_p = &self->first;
    self->waiting--;
    return first;
}

void bc_db_start_next (bc_db_t *self)
{
    if (!bc_db_connected (self) || self->current || !self->first)
        return;
    self->current = db_take_first (self);
    bc_tx_begin (self->current);
}

// Those that come while these are told wait for the next turn.
static void db_turn_away (bc_db_t *self)
{
    for (size_t left = self->waiting; left > 0; left--)
        bc_tx_finish (db_take_first (self), BC_DB_RETRY);
}

static void db_lose (bc_db_t *self)
{
    bc_db_disconnect (self);
    bc_db_pause (self);
    if (self->current)
        bc_tx_lost (self->current);
    db_turn_away (self);
}

static int db_on_soon (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    bc_db_t *self = arg;
    self->soon = 0;
    if (self->broken)
        db_lose (self);
    else if (self->state != BC_DB_READY)
        db_turn_away (self);
    return 0;
}

static void db_soon (bc_db_t *self)
{
    if (!self->soon)
        self->soon = zloop_timer (self->loop, 0, 1, db_on_soon, self);
}

// Not at once: whoever finds the connection broken may be in the middle of a step, or have been called by bc_db_run.
void bc_db_break (bc_db_t *self)
{
    self->broken = true;
    db_soon (self);
}

// --- The first transaction of a connection ---------------------------------------------------------------------------------------

static const bc_statement_t SETTINGS = {
    "bc_settings",
    "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')",
};

static bc_tx_next_t check_step (bc_tx_t *tx, int step, void *arg)
{
    (void)step, (void)arg;
    bc_tx_query (tx, &SETTINGS, NULL);
    return BC_TX_ROLLBACK;
}

// NULL, or the setting under which a commit could be lost.
static const char *unsafe_setting (const PGresult *settings)
{
    static const char *const names[] = {"fsync", "full_page_writes"};
    for (int i = 0; i < 2; i++)
        if (!streq (bc_row_text (settings, 0, i), "on"))
            return names[i];
    const char *commit = bc_row_text (settings, 0, 2);
    return streq (commit, "on") || streq (commit, "remote_apply") ? NULL : "synchronous_commit";
}

static void check_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    bc_db_t *self = arg;
    if (outcome != BC_DB_ROLLED_BACK) {
        bc_db_complain (self, xasprintf ("the server's settings cannot be read (%s)", bc_outcome_name (outcome)));
        if (self->pg)
            bc_db_break (self);
        return;
    }
    const char *unsafe = unsafe_setting (bc_tx_result (tx, 0));
    if (unsafe) {
        bc_db_complain (self, xasprintf ("refused: with this %s a commit could be lost. Remedy: set %s = on in postgresql.conf, "
                                         "look for ALTER ROLE and ALTER DATABASE ... SET %s, and reload the server",
                                         unsafe, unsafe, unsafe));
        bc_db_break (self);
        return;
    }
    bc_db_accept (self);
    if (self->ready)
        self->ready (self->arg);
}

static bc_tx_t *tx_new (bc_db_t *db, bc_tx_mode_t mode, bc_tx_step_fn *step, bc_tx_done_fn *done, void *arg)
{
    bc_tx_t *self = xcalloc (1, sizeof *self);
    self->db = db;
    self->mode = mode;
    self->step_fn = step;
    self->done = done;
    self->arg = arg;
    return self;
}

void bc_db_check (bc_db_t *self)
{
    self->current = tx_new (self, BC_TX_READ_COMMITTED, check_step, check_done, self);
    bc_tx_begin (self->current);
}

// --- Public ----------------------------------------------------------------------------------------------------------------------

bc_db_t *bc_db_new (zloop_t *loop, const char *conninfo, size_t max_waiting, void (*ready) (void *arg), void *arg)
{
    bc_db_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->conninfo = xstrdup (conninfo);
    self->ready = ready;
    self->arg = arg;
    self->max_waiting = max_waiting;
    self->watched.fd = -1;
    self->last_p = &self->first;
    self->prepared = zhashx_new ();
    zhashx_set_key_duplicator (self->prepared, NULL);
    zhashx_set_key_destructor (self->prepared, NULL);
    bc_db_connect (self);
    return self;
}

void bc_db_destroy (bc_db_t **self_p)
{
    bc_db_t *self = *self_p;
    if (!self)
        return;
    self->state = BC_DB_AWAY;  // on purpose: no loss to speak of
    bc_db_disconnect (self);
    if (self->timer)
        zloop_timer_end (self->loop, self->timer);
    if (self->soon)
        zloop_timer_end (self->loop, self->soon);
    bc_db_clear_results (self);
    bc_tx_destroy (&self->current);
    while (self->first) {
        bc_tx_t *tx = db_take_first (self);
        bc_tx_destroy (&tx);
    }
    zhashx_destroy (&self->prepared);
    free (self->results);
    free (self->sent);
    free (self->reason);
    free (self->conninfo);
    free (self);
    *self_p = NULL;
}

bool bc_db_connected (const bc_db_t *self)
{
    return self->state == BC_DB_READY && !self->broken;
}

bool bc_db_idle (const bc_db_t *self)
{
    return !self->first && (!self->current || self->state == BC_DB_CHECKING);
}

int bc_db_run (bc_db_t *self, bc_tx_mode_t mode, bc_tx_step_fn *step, bc_tx_done_fn *done, void *arg)
{
    bool under_way = self->current && !self->finishing;
    if (self->waiting >= self->max_waiting + !under_way)
        return -1;
    bc_tx_t *tx = tx_new (self, mode, step, done, arg);
    *self->last_p = tx;
    self->last_p = &tx->behind;
    self->waiting++;
    if (bc_db_connected (self))
        bc_db_start_next (self);
    else
        db_soon (self);
    return 0;
}

void bc_tx_query (bc_tx_t *tx, const bc_statement_t *statement, bc_params_t *params)
{
    bc_db_send (tx->db, BC_SENT_QUERY, statement, params);
    bc_params_destroy (&params);
}

const PGresult *bc_tx_result (const bc_tx_t *tx, int index)
{
    const bc_db_t *db = tx->db;
    return tx == db->current && index >= 0 && (size_t)index < db->result_count ? db->results[index] : NULL;
}

const char *bc_tx_sqlstate (const bc_tx_t *tx)
{
    return tx->sqlstate;
}
