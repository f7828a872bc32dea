#include "check.h"

#include "baocao/v1/check.pb-c.h"
#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "reply.h"

enum {
    WAITING_MAX = 64,    // of all departments together
    DEPARTMENT_MAX = 2,  // of one
    PATIENCE_MS = 5000,
    ARENA_BYTES = 4 << 20,
};

typedef struct waiting {
    struct waiting *next;
    check_t *check;
    asker_t asker;
    uint64_t id;
    int timer;
} waiting_t;

struct check {
    zloop_t *loop;
    zsock_t *socket;
    bc_arena_t *arena;
    waiting_t *waiting;
    uint64_t last_id;
};

// --- Those who wait --------------------------------------------------------------------------------------------------------------

static bool is_full (const check_t *self, const department_t *department)
{
    size_t count = 0, own = 0;
    for (const waiting_t *waiting = self->waiting; waiting; waiting = waiting->next, count++)
        own += waiting->asker.department == department;
    return count >= WAITING_MAX || own >= DEPARTMENT_MAX;
}

static void finish (check_t *self, waiting_t *waiting)
{
    waiting_t **at = &self->waiting;
    while (*at != waiting)
        at = &(*at)->next;
    *at = waiting->next;
    waiting->asker.department->in_flight--;
    free (waiting);
}

static int on_patience_over (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    waiting_t *waiting = arg;
    reply_refuse (&waiting->asker, REFUSAL_BUSY_CHECK, NULL);
    finish (waiting->check, waiting);
    return 0;
}

// --- Asking and answering --------------------------------------------------------------------------------------------------------

void check_ask (check_t *self, const asker_t *asker, const Baocao__V1__CheckReport *request)
{
    Baocao__V1__CheckAsked asked = BAOCAO__V1__CHECK_ASKED__INIT;
    asked.check_id = ++self->last_id;
    asked.unit = asker->department->code;
    asked.received_at_ms = bc_clock_ms ();
    asked.check = (Baocao__V1__CheckReport *)request;
    if (is_full (self, asker->department)) {
        reply_refuse (asker, REFUSAL_BUSY_DEPARTMENT, NULL);
        return;
    }
    if (bc_wire_send (self->socket, &asked.base)) {  // there is no validation
        reply_refuse (asker, REFUSAL_BUSY_CHECK, NULL);
        return;
    }
    waiting_t *waiting = xcalloc (1, sizeof *waiting);
    *waiting = (waiting_t){.next = self->waiting, .check = self, .asker = *asker, .id = asked.check_id};
    waiting->timer = zloop_timer (self->loop, PATIENCE_MS, 1, on_patience_over, waiting);
    self->waiting = waiting;
    asker->department->in_flight++;
}

static void answer (const waiting_t *waiting, const Baocao__V1__CheckAnswered *answered)
{
    if (answered->failed) {
        reply_refuse (&waiting->asker, REFUSAL_BUSY_STORE, NULL);
        return;
    }
    Baocao__V1__CheckResult result = BAOCAO__V1__CHECK_RESULT__INIT;
    result.accepted = true;
    result.timeliness = answered->timeliness;
    result.n_findings = answered->n_findings;
    result.findings = answered->findings;
    for (size_t i = 0; i < answered->n_findings; i++)
        if (answered->findings[i]->severity == BAOCAO__V1__SEVERITY__SEVERITY_ERROR)
            result.accepted = false;
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_CHECK;
    reply.check = &result;
    reply_send (&waiting->asker, &reply);
}

// An answer that comes too late finds nobody.
static int on_answered (zloop_t *loop, zsock_t *socket, void *arg)
{
    check_t *self = arg;
    bc_arena_reset (self->arena);
    const Baocao__V1__CheckAnswered *answered =
        (const Baocao__V1__CheckAnswered *)bc_wire_recv (socket, &baocao__v1__check_answered__descriptor, self->arena);
    waiting_t *waiting = answered ? self->waiting : NULL;
    while (waiting && waiting->id != answered->check_id)
        waiting = waiting->next;
    if (!waiting)
        return 0;
    answer (waiting, answered);
    zloop_timer_end (loop, waiting->timer);
    finish (self, waiting);
    return 0;
}

// --- Life ------------------------------------------------------------------------------------------------------------------------

check_t *check_new (zloop_t *loop, zsock_t *socket)
{
    check_t *self = xcalloc (1, sizeof *self);
    *self = (check_t){.loop = loop, .socket = socket, .arena = bc_arena_new (ARENA_BYTES)};
    zloop_reader (loop, socket, on_answered, self);
    zloop_reader_set_tolerant (loop, socket);
    return self;
}

void check_destroy (check_t **self_p)
{
    check_t *self = *self_p;
    if (!self)
        return;
    zloop_reader_end (self->loop, self->socket);
    while (self->waiting) {
        zloop_timer_end (self->loop, self->waiting->timer);
        finish (self, self->waiting);
    }
    bc_arena_destroy (&self->arena);
    free (self);
    *self_p = NULL;
}
