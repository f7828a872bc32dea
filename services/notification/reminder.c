#include "reminder.h"

#include "common/clock.h"
#include "common/db.h"
#include "common/log.h"
#include "common/xmem.h"
#include "look.h"
#include "notification_db.h"
#include "plan/plan_db.h"

typedef enum { ASKED_VERSION, ASKED_PLAN, ASKED_LOOK, ASKED_DIGEST } asked_t;

struct reminder {
    zloop_t *loop;
    int timer;
    bc_db_t *db;
    zsock_t *posted;
    plan_book_t *book;
    int64_t looked_at;  // the time of the last look
    int64_t next_at;    // when the next reminder or digest falls due; INT64_MIN: look at once
    bool running;       // a transaction is under way
    asked_t asked;      // what its last step asked for
    look_t *look;       // NULL: none in this transaction
};

// --- The transaction -------------------------------------------------------------------------------------------------------------

static bool is_time (const reminder_t *self)
{
    int64_t now = bc_clock_ms ();
    return now >= self->next_at || now < self->looked_at;
}

static bc_tx_next_t ask_look (reminder_t *self, bc_tx_t *tx)
{
    if (!is_time (self))
        return BC_TX_COMMIT;
    self->look = look_new (self->book);
    if (look_is_empty (self->look))
        return BC_TX_COMMIT;
    notification_db_begin_posting (tx);
    look_ask (self->look, tx);
    self->asked = ASKED_LOOK;
    return BC_TX_NEXT;
}

static bc_tx_next_t read_plan (reminder_t *self, bc_tx_t *tx)
{
    plan_book_t *book = plan_db_read (bc_tx_result (tx, 0));
    if (!book)
        return BC_TX_ROLLBACK;
    plan_book_destroy (&self->book);
    self->book = book;
    self->next_at = INT64_MIN;
    return ask_look (self, tx);
}

static bc_tx_next_t remind (reminder_t *self, bc_tx_t *tx)
{
    self->asked = ASKED_DIGEST;
    return look_remind (self->look, tx, 1) ? BC_TX_NEXT : BC_TX_COMMIT;
}

static bc_tx_next_t step_look (bc_tx_t *tx, int step, void *arg)
{
    reminder_t *self = arg;
    if (step == 0) {
        look_destroy (&self->look);
        plan_db_ask_version (tx);
        self->asked = ASKED_VERSION;
        return BC_TX_NEXT;
    }
    switch (self->asked) {
    case ASKED_VERSION:
        if (plan_db_is_current (bc_tx_result (tx, 0), self->book))
            return ask_look (self, tx);
        plan_db_load (tx);
        self->asked = ASKED_PLAN;
        return BC_TX_NEXT;
    case ASKED_PLAN:
        return read_plan (self, tx);
    case ASKED_LOOK:
        return remind (self, tx);
    default:
        look_digest (self->look, tx);
        return BC_TX_COMMIT;
    }
}

static void finish (reminder_t *self)
{
    size_t n;
    letter_t *const *letters = look_letters (self->look, &n);
    self->looked_at = look_now (self->look);
    self->next_at = look_next_at (self->look);
    if (n > 0)
        bc_log (BC_LOG_INFO, "reminder.decided", NULL, "%zu reminders, steps and digests decided, in %zu notices",
                look_decided (self->look), n);
    letters_announce (letters, n, self->posted);
}

// Whatever did not commit is looked at again at the next interval: next_at still says that it is time.
static void look_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    (void)tx;
    reminder_t *self = arg;
    self->running = false;
    if (outcome == BC_DB_DONE && self->look)
        finish (self);
    look_destroy (&self->look);
}

static void start_look (reminder_t *self)
{
    if (self->running || !bc_db_connected (self->db))
        return;
    self->running = bc_db_run (self->db, BC_TX_READ_COMMITTED, step_look, look_done, self) == 0;
}

static int on_interval (zloop_t *loop, int timer, void *arg)
{
    (void)loop;
    (void)timer;
    start_look (arg);
    return 0;
}

static void on_ready (void *arg)
{
    start_look (arg);
}

reminder_t *reminder_new (zloop_t *loop, const char *conninfo, zsock_t *posted, int interval_ms)
{
    reminder_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->posted = posted;
    self->next_at = INT64_MIN;
    self->db = bc_db_new (loop, conninfo, 1, on_ready, self);
    self->timer = zloop_timer (loop, (size_t)interval_ms, 0, on_interval, self);
    return self;
}

void reminder_destroy (reminder_t **self_p)
{
    reminder_t *self = *self_p;
    if (!self)
        return;
    zloop_timer_end (self->loop, self->timer);
    bc_db_destroy (&self->db);
    look_destroy (&self->look);
    plan_book_destroy (&self->book);
    free (self);
    *self_p = NULL;
}

bool reminder_idle (const reminder_t *self)
{
    return !self->running && self->book && !is_time (self);
}

bool reminder_healthy (const reminder_t *self)
{
    return bc_db_connected (self->db);
}
