#include "feed_answer.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "feed_db.h"
#include "feed_refusal.h"
#include "plan/plan_db.h"
#include "report/limits.h"
#include "snapshot.h"

enum {
    REPLAY_DEFAULT = 100,
    REPLAY_MAX = 1000,           // events a reply
    REPLAY_MAX_BYTES = 1 << 20,  // of events a reply
    REPLAY_CAP = 32 << 20,       // unpacked
    SNAPSHOT_CAP = 32 << 20,
    CACHE_SIZE = 4,
    CACHE_MS = 1000,  // a plan taken over changes figures without an event, so no snapshot stands longer than this
};

// A snapshot that was built, for those who ask for the same one again.
typedef struct {
    bc_arena_t *arena;
    Baocao__V1__Snapshot *snapshot;  // in the arena; NULL: the slot is empty
    int period_id;
    int64_t seq;
    int64_t built_at;  // monotonic
} slot_t;

struct feed_answers {
    bc_db_t *db;
    plan_book_t *book;
    slot_t cache[CACHE_SIZE];  // of this book
    size_t next_slot;
    bc_arena_t *events;  // of the replay under way
    struct answer *waiting;
    size_t n_waiting;
};

typedef struct answer {
    feed_answers_t *answers;
    struct answer *next;
    feed_answer_fn *done;
    void *arg;
    uint64_t request_id;
    bool replay;
    char plan[REPORT_MAX_CODE + 1], period[REPORT_MAX_CODE + 1];
    int64_t after;
    int limit;
    // what the transaction has come to
    enum { ASKED, PLAN_ASKED, FIGURES_ASKED } stage;
    int64_t seq;
    const plan_t *found_plan;
    const plan_period_t *found_period;
    feed_refusal_t refusal;
    Baocao__V1__Snapshot *snapshot;
    Baocao__V1__Events events;
} answer_t;

// --- Snapshots -------------------------------------------------------------------------------------------------------------------

// The snapshots borrow texts from the book.
static void use_book (feed_answers_t *self, plan_book_t *book)
{
    for (size_t i = 0; i < CACHE_SIZE; i++)
        self->cache[i].snapshot = NULL;
    plan_book_destroy (&self->book);
    self->book = book;
}

// Finds the plan and the period that the reader means.
static feed_refusal_t find_period (answer_t *self)
{
    const plan_book_t *book = self->answers->book;
    if (!*self->plan && book->n_plans != 1)
        return FEED_REFUSAL_WHICH_PLAN;
    self->found_plan = *self->plan ? plan_book_plan (book, self->plan) : &book->plans[0];
    if (!self->found_plan)
        return FEED_REFUSAL_NO_PLAN;
    self->found_period =
        *self->period ? plan_period (self->found_plan, self->period) : plan_current_period (self->found_plan, bc_clock_ms ());
    return self->found_period ? FEED_REFUSAL_NONE : FEED_REFUSAL_NO_PERIOD;
}

static Baocao__V1__Snapshot *find_cached (const answer_t *self)
{
    int64_t oldest = bc_clock_monotonic_ms () - CACHE_MS;
    for (size_t i = 0; i < CACHE_SIZE; i++) {
        const slot_t *slot = &self->answers->cache[i];
        if (slot->snapshot && slot->period_id == self->found_period->id && slot->seq == self->seq && slot->built_at > oldest)
            return slot->snapshot;
    }
    return NULL;
}

static void build (answer_t *self, bc_tx_t *tx)
{
    feed_answers_t *answers = self->answers;
    slot_t *slot = &answers->cache[answers->next_slot++ % CACHE_SIZE];
    snapshot_source_t source = {
        .book = answers->book, .plan = self->found_plan, .period = self->found_period, .seq = self->seq, .as_of = bc_clock_ms ()};
    for (int i = 0; i < FEED_DB_RESULTS; i++)
        source.results[i] = bc_tx_result (tx, i);
    if (!slot->arena)
        slot->arena = bc_arena_new (SNAPSHOT_CAP);
    bc_arena_reset (slot->arena);
    slot->period_id = self->found_period->id;
    slot->seq = self->seq;
    slot->built_at = bc_clock_monotonic_ms ();
    slot->snapshot = self->snapshot = snapshot_build (&source, slot->arena);
    if (self->snapshot)
        return;
    bc_log (BC_LOG_ERROR, "feed.too_large", NULL, "the snapshot of %s %s takes more than %d bytes", self->found_plan->code,
            self->found_period->code, SNAPSHOT_CAP);
    self->refusal = FEED_REFUSAL_TOO_LARGE;
}

// With the plan at hand: is the snapshot there already, or what is to be asked for?
static bc_tx_next_t ask_figures (answer_t *self, bc_tx_t *tx)
{
    self->refusal = find_period (self);
    if (self->refusal)
        return BC_TX_COMMIT;
    self->snapshot = find_cached (self);
    if (self->snapshot)
        return BC_TX_COMMIT;
    feed_db_ask_snapshot (tx, self->found_plan, self->found_period);
    self->stage = FIGURES_ASKED;
    return BC_TX_NEXT;
}

static bc_tx_next_t read_head (answer_t *self, bc_tx_t *tx)
{
    self->seq = feed_db_read_head (bc_tx_result (tx, 1));
    if (plan_db_is_current (bc_tx_result (tx, 0), self->answers->book))
        return ask_figures (self, tx);
    plan_db_load (tx);
    self->stage = PLAN_ASKED;
    return BC_TX_NEXT;
}

static bc_tx_next_t read_plan (answer_t *self, bc_tx_t *tx)
{
    plan_book_t *book = plan_db_read (bc_tx_result (tx, 0));
    if (!book)
        return BC_TX_ROLLBACK;
    use_book (self->answers, book);
    return ask_figures (self, tx);
}

// One snapshot of the database, so that number, plan and figures agree.
static bc_tx_next_t snapshot_step (bc_tx_t *tx, int step, void *arg)
{
    answer_t *self = arg;
    if (step == 0) {
        self->stage = ASKED;
        plan_db_ask_version (tx);
        feed_db_ask_head (tx);
        return BC_TX_NEXT;
    }
    switch (self->stage) {
    case ASKED:
        return read_head (self, tx);
    case PLAN_ASKED:
        return read_plan (self, tx);
    default:
        build (self, tx);
        return BC_TX_COMMIT;
    }
}

// --- Replays ---------------------------------------------------------------------------------------------------------------------

static bc_tx_next_t replay_step (bc_tx_t *tx, int step, void *arg)
{
    answer_t *self = arg;
    (void)step;
    feed_db_ask_head (tx);
    feed_db_ask_events (tx, self->after, self->limit);
    return BC_TX_COMMIT;
}

static void read_events (answer_t *self, bc_tx_t *tx)
{
    const PGresult *rows = bc_tx_result (tx, 1);
    bc_arena_t *arena = self->answers->events;
    bc_arena_reset (arena);
    baocao__v1__events__init (&self->events);
    self->events.last_seq = (uint64_t)feed_db_read_head (bc_tx_result (tx, 0));
    self->events.events = bc_arena_alloc (arena, (size_t)(PQntuples (rows) + 1) * sizeof (void *));
    size_t total = 0, size;
    for (int row = 0; row < PQntuples (rows); row++) {
        const char *reason;
        const uint8_t *data = bc_row_bytes (rows, row, 0, &size);
        total += size;
        if (total > REPLAY_MAX_BYTES && row > 0)
            break;
        ProtobufCMessage *event = bc_wire_unpack (&baocao__v1__feed_event__descriptor, data, size, arena, &reason);
        if (!event) {
            bc_log (BC_LOG_ERROR, "feed.event_unreadable", NULL, "the event behind %" PRId64 " + %d: %s", self->after, row, reason);
            self->refusal = FEED_REFUSAL_INTERNAL;
            break;
        }
        self->events.events[self->events.n_events++] = (Baocao__V1__FeedEvent *)event;
    }
}

// --- Requests --------------------------------------------------------------------------------------------------------------------

static feed_refusal_t outcome_refusal (bc_outcome_t outcome)
{
    switch (outcome) {
    case BC_DB_DONE:
        return FEED_REFUSAL_NONE;
    case BC_DB_RETRY:
    case BC_DB_UNCERTAIN:
        return FEED_REFUSAL_BUSY_STORE;
    default:
        return FEED_REFUSAL_INTERNAL;
    }
}

static void answer_destroy (answer_t *self)
{
    for (answer_t **at = &self->answers->waiting; *at; at = &(*at)->next)
        if (*at == self) {
            *at = self->next;
            self->answers->n_waiting--;
            break;
        }
    free (self);
}

static void reply (answer_t *self)
{
    Baocao__V1__FeedReply reply = BAOCAO__V1__FEED_REPLY__INIT;
    Baocao__V1__Error error;
    reply.request_id = self->request_id;
    if (self->refusal) {
        feed_refusal_fill (&error, self->refusal);
        reply.reply_case = BAOCAO__V1__FEED_REPLY__REPLY_ERROR;
        reply.error = &error;
    } else if (self->replay) {
        reply.reply_case = BAOCAO__V1__FEED_REPLY__REPLY_EVENTS;
        reply.events = &self->events;
    } else {
        reply.reply_case = BAOCAO__V1__FEED_REPLY__REPLY_SNAPSHOT;
        reply.snapshot = self->snapshot;
    }
    self->done (&reply, self->arg);
}

static void answered (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    answer_t *self = arg;
    feed_refusal_t refusal = outcome_refusal (outcome);
    if (refusal)
        self->refusal = refusal;
    else if (self->replay)
        read_events (self, tx);
    reply (self);
    answer_destroy (self);
}

// 0, or what is wrong with the request.
static feed_refusal_t read_request (answer_t *self, const Baocao__V1__FeedRequest *request)
{
    self->request_id = request->request_id;
    if (request->request_case == BAOCAO__V1__FEED_REQUEST__REQUEST_REPLAY) {
        const Baocao__V1__Replay *replay = request->replay;
        self->replay = true;
        self->after = replay->after > INT64_MAX ? INT64_MAX : (int64_t)replay->after;
        self->limit = replay->limit ? (int)replay->limit : REPLAY_DEFAULT;
        return replay->limit > REPLAY_MAX ? FEED_REFUSAL_LIMIT : FEED_REFUSAL_NONE;
    }
    if (request->request_case != BAOCAO__V1__FEED_REQUEST__REQUEST_GET_SNAPSHOT)
        return FEED_REFUSAL_NO_REQUEST;
    if (strlen (request->get_snapshot->plan) > REPORT_MAX_CODE)
        return FEED_REFUSAL_NO_PLAN;
    if (strlen (request->get_snapshot->period) > REPORT_MAX_CODE)
        return FEED_REFUSAL_NO_PERIOD;
    strcpy (self->plan, request->get_snapshot->plan);
    strcpy (self->period, request->get_snapshot->period);
    return FEED_REFUSAL_NONE;
}

int feed_answers_ask (feed_answers_t *self, const Baocao__V1__FeedRequest *request, feed_answer_fn *done, void *arg)
{
    if (self->n_waiting >= FEED_ANSWERS_MAX)
        return -1;
    answer_t *answer = xcalloc (1, sizeof *answer);
    *answer = (answer_t){.answers = self, .next = self->waiting, .done = done, .arg = arg};
    self->waiting = answer;
    self->n_waiting++;
    answer->refusal = read_request (answer, request);
    if (answer->refusal) {
        reply (answer);
        answer_destroy (answer);
        return 0;
    }
    if (bc_db_run (self->db, BC_TX_REPEATABLE_READ_ONLY, answer->replay ? replay_step : snapshot_step, answered, answer) == 0)
        return 0;
    answer_destroy (answer);
    return -1;
}

// --- Start and stop --------------------------------------------------------------------------------------------------------------

feed_answers_t *feed_answers_new (bc_db_t *db)
{
    feed_answers_t *self = xcalloc (1, sizeof *self);
    self->db = db;
    self->events = bc_arena_new (REPLAY_CAP);
    return self;
}

void feed_answers_destroy (feed_answers_t **self_p)
{
    feed_answers_t *self = *self_p;
    if (!self)
        return;
    while (self->waiting) {
        answer_t *answer = self->waiting;
        self->waiting = answer->next;
        free (answer);
    }
    use_book (self, NULL);
    for (size_t i = 0; i < CACHE_SIZE; i++)
        bc_arena_destroy (&self->cache[i].arena);
    bc_arena_destroy (&self->events);
    free (self);
    *self_p = NULL;
}
