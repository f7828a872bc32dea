#include "mailbox.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "intake_db.h"
#include "reply.h"
#include "request.h"

enum {
    PARKED_MAX = 32,           // of one department
    ANSWER_BYTES = 512 << 10,  // of notices in one answer; the first is always in it
    ARENA_BYTES = 8 << 20,
};

// What is asked for.
typedef struct {
    uint64_t after;
    int limit;
    int64_t deadline;  // monotonic
    uint64_t posted;   // department->posted when the database was asked
} reading_t;

typedef struct parked {
    struct parked *next;
    asker_t asker;
    reading_t reading;
} parked_t;

typedef struct {
    query_job_t job;
    mailbox_t *mailbox;
    reading_t reading;
} mailbox_job_t;

struct mailbox {
    zloop_t *loop;
    query_t *query;
    const bc_zap_t *zap;
    bc_arena_t *arena;
    parked_t *parked;
    int timer;  // for the earliest deadline of those parked; -1: none
    int64_t timer_due;
};

static void look (mailbox_t *self, const asker_t *asker, const reading_t *reading);

// --- Answers ---------------------------------------------------------------------------------------------------------------------

static void send_notices (const asker_t *asker, Baocao__V1__Notice **notices, size_t count, uint64_t cursor)
{
    Baocao__V1__Mailbox mailbox = BAOCAO__V1__MAILBOX__INIT;
    mailbox.notices = notices;
    mailbox.n_notices = count;
    mailbox.cursor = cursor;
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_MAILBOX;
    reply.mailbox = &mailbox;
    reply_send (asker, &reply);
}

// A key may have been revoked since the question was asked.
static bool still_permitted (const mailbox_t *self, const asker_t *asker)
{
    if (bc_zap_permits (self->zap, asker->department->domain, asker->peer.key))
        return true;
    reply_refuse (asker, REFUSAL_DENIED, NULL);
    return false;
}

// NULL when it cannot be read (logged).
static Baocao__V1__Notice *unpack (mailbox_t *self, const department_t *department, const PGresult *rows, int row, size_t *size_p)
{
    const uint8_t *data;
    const char *reason;
    uint64_t cursor = intake_db_notice (rows, row, &data, size_p);
    Baocao__V1__Notice *notice =
        (Baocao__V1__Notice *)bc_wire_unpack (&baocao__v1__notice__descriptor, data, *size_p, self->arena, &reason);
    if (notice)
        notice->cursor = cursor;
    else
        bc_log (BC_LOG_ERROR, "mailbox.unreadable", NULL, "notice %llu of %s cannot be read: %s", (unsigned long long)cursor,
                department->code, reason);
    return notice;
}

static void send_rows (mailbox_t *self, const asker_t *asker, const PGresult *rows)
{
    Baocao__V1__Notice *notices[REQUEST_MAX_LIMIT];
    size_t count = 0, bytes = 0, size;
    bc_arena_reset (self->arena);
    for (int row = 0; row < PQntuples (rows) && bytes < ANSWER_BYTES; row++, bytes += size) {
        notices[count] = unpack (self, asker->department, rows, row, &size);
        if (!notices[count])
            break;
        count++;
    }
    if (count)
        send_notices (asker, notices, count, notices[count - 1]->cursor);
    else
        reply_refuse (asker, REFUSAL_INTERNAL, "mailbox.unreadable");
}

// --- Waiting ---------------------------------------------------------------------------------------------------------------------

static int on_timer (zloop_t *loop, int timer, void *arg);

// Has the timer go off at the earliest deadline, when it would not yet.
static void arm (mailbox_t *self, int64_t deadline)
{
    if (self->timer != -1 && self->timer_due <= deadline)
        return;
    if (self->timer != -1)
        zloop_timer_end (self->loop, self->timer);
    int64_t now = bc_clock_monotonic_ms ();
    self->timer = zloop_timer (self->loop, deadline > now ? (size_t)(deadline - now) : 0, 1, on_timer, self);
    self->timer_due = deadline;
}

static int on_timer (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    mailbox_t *self = arg;
    int64_t now = bc_clock_monotonic_ms ();
    self->timer = -1;
    for (parked_t **at = &self->parked; *at;) {
        parked_t *parked = *at;
        if (parked->reading.deadline > now) {
            arm (self, parked->reading.deadline);
            at = &parked->next;
            continue;
        }
        *at = parked->next;
        parked->asker.department->parked--;
        send_notices (&parked->asker, NULL, 0, parked->reading.after);  // a revoked key learns nothing by it
        free (parked);
    }
    return 0;
}

static void park (mailbox_t *self, const asker_t *asker, const reading_t *reading)
{
    if (asker->department->parked >= PARKED_MAX) {
        reply_refuse (asker, REFUSAL_BUSY_WAITS, NULL);
        return;
    }
    parked_t *parked = xcalloc (1, sizeof *parked);
    *parked = (parked_t){.next = self->parked, .asker = *asker, .reading = *reading};
    self->parked = parked;
    asker->department->parked++;
    arm (self, reading->deadline);
}

void mailbox_wake (mailbox_t *self, department_t *department)
{
    department->posted++;
    for (parked_t **at = &self->parked; *at;) {
        parked_t *parked = *at;
        if (parked->asker.department != department) {
            at = &parked->next;
            continue;
        }
        *at = parked->next;
        department->parked--;
        look (self, &parked->asker, &parked->reading);
        free (parked);
    }
}

// --- The look into the database --------------------------------------------------------------------------------------------------

static bc_tx_next_t step (bc_tx_t *tx, int number, void *arg)
{
    const mailbox_job_t *job = arg;
    (void)number;
    intake_db_ask_notices (tx, job->job.asker.department->id, job->reading.after, job->reading.limit);
    return BC_TX_COMMIT;
}

static void answer (query_job_t *arg, bc_tx_t *tx)
{
    mailbox_job_t *job = (mailbox_job_t *)arg;
    mailbox_t *self = job->mailbox;
    const asker_t *asker = &arg->asker;
    const PGresult *rows = bc_tx_result (tx, 0);
    if (!still_permitted (self, asker))
        return;
    if (PQntuples (rows) > 0)
        send_rows (self, asker, rows);
    else if (job->reading.deadline <= bc_clock_monotonic_ms ())
        send_notices (asker, NULL, 0, job->reading.after);
    else if (job->reading.posted != asker->department->posted)
        look (self, asker, &job->reading);  // told of meanwhile, and perhaps not seen yet
    else
        park (self, asker, &job->reading);
}

static void look (mailbox_t *self, const asker_t *asker, const reading_t *reading)
{
    mailbox_job_t *job = query_job_new (sizeof *job, asker, step, answer);
    job->mailbox = self;
    job->reading = *reading;
    job->reading.posted = asker->department->posted;
    query_run (self->query, &job->job, BC_TX_REPEATABLE_READ_ONLY);
}

void mailbox_read (mailbox_t *self, const asker_t *asker, const Baocao__V1__ReadMailbox *request)
{
    reading_t reading = {.after = request->after,
                         .limit = request->limit ? (int)request->limit : REQUEST_MAILBOX_LIMIT,
                         .deadline = bc_clock_monotonic_ms () + request->wait_ms};
    look (self, asker, &reading);
}

// --- Life ------------------------------------------------------------------------------------------------------------------------

mailbox_t *mailbox_new (zloop_t *loop, query_t *query, const bc_zap_t *zap)
{
    mailbox_t *self = xcalloc (1, sizeof *self);
    *self = (mailbox_t){.loop = loop, .query = query, .zap = zap, .arena = bc_arena_new (ARENA_BYTES), .timer = -1};
    return self;
}

void mailbox_destroy (mailbox_t **self_p)
{
    mailbox_t *self = *self_p;
    if (!self)
        return;
    if (self->timer != -1)
        zloop_timer_end (self->loop, self->timer);
    while (self->parked) {
        parked_t *parked = self->parked;
        self->parked = parked->next;
        free (parked);
    }
    bc_arena_destroy (&self->arena);
    free (self);
    *self_p = NULL;
}
