// Delivering what waits, and removing the homes that nobody uses.
#include <sodium.h>
#include <sysexits.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/xmem.h"
#include "portal.h"
#include "send_private.h"

// Of what the command said: the server could not be reached, which may be otherwise the next time; or all went well.
static bool may_change (const json_t *record)
{
    json_int_t status = json_integer_value (json_object_get (record, "status"));
    return status <= 0 || status == EX_UNAVAILABLE || status == EX_TEMPFAIL;
}

bool send_is_hopeless (const send_t *self, const char *id)
{
    json_t *push = send_home_waiting (self->root, id) > 0 ? send_home_read_json (self->root, id, "push.json") : NULL;
    bool hopeless = !may_change (push);
    json_decref (push);
    return hopeless;
}

static void log_refusal (const task_t *task, const json_t *record)
{
    json_t *who = send_home_read_json (task->send->root, task->id, "who.json");
    const char *unit = json_string_value (json_object_get (who, "unit"));
    bc_log (BC_LOG_WARNING, "portal.undelivered", NULL, "a report of %s, which waited, is not taken: %s", unit ? unit : "?",
            json_string_value (json_object_get (record, "said")));
    json_decref (who);
}

void send_note_flush (const task_t *task, const json_t *record)
{
    bool known = send_is_hopeless (task->send, task->id);
    json_t *push = json_deep_copy (record), *output = json_object_get (push, "output");
    if (json_is_array (output) && json_array_size (output) > 0)
        json_object_set (push, "output", output = json_array_get (output, json_array_size (output) - 1));
    if (!known && !may_change (record) && !json_is_array (json_object_get (output, "findings")))
        log_refusal (task, record);
    if (json_object_get (output, "report_id") || json_object_get (output, "error"))
        send_home_write_json (task->send->root, task->id, "push.json", json_incref (push));
    json_decref (push);
}

// --- Sweeping --------------------------------------------------------------------------------------------------------------------

static void sweep_next (send_t *self);

// Where one home does not reach the server, the others would wait as long, and in vain.
static void on_swept (task_t *task, const json_t *record, bool good)
{
    send_note_flush (task, record);
    if (!good && may_change (record))
        zlistx_purge (task->send->swept);
    else
        sweep_next (task->send);
}

static void sweep_next (send_t *self)
{
    static const char *const FLUSH[] = {"queue", "flush", "--wait", "20", "--json", NULL};
    bool runs = false;
    for (char *id; !runs && (id = zlistx_detach (self->swept, NULL)); free (id))
        runs = !send_is_used (self, id) && send_run (self, NULL, id, SEND_WRITES, NULL, on_swept, FLUSH);
}

// What cannot be delivered is tried as long as the home would be there anyway. In any order, so that no home is always before the others.
static void sweep_one (const char *id, void *arg)
{
    send_t *self = arg;
    if (send_is_used (self, id))
        return;
    bool idle = bc_clock_ms () - send_home_used (self->root, id) >= SEND_IDLE_MS;
    if (send_home_waiting (self->root, id) > 0 && !(idle && send_is_hopeless (self, id))) {
        if (randombytes_uniform (2))
            zlistx_add_end (self->swept, xstrdup (id));
        else
            zlistx_add_start (self->swept, xstrdup (id));
    } else if (idle)
        send_home_remove (self->root, id);
}

static int on_timer (zloop_t *loop, int timer, void *arg)
{
    send_t *self = arg;
    (void)loop;
    (void)timer;
    if (jobs_under_way (self->sweeping))
        return 0;
    zlistx_purge (self->swept);
    send_homes_each (self->root, sweep_one, self);
    sweep_next (self);
    return 0;
}

static void free_id (void **id_p)
{
    free (*id_p);
    *id_p = NULL;
}

void send_sweep_begin (send_t *self, long seconds)
{
    self->sweeping = jobs_new (self->portal->loop, 1, 1);
    self->swept = zlistx_new ();
    zlistx_set_destructor (self->swept, free_id);
    self->timer = zloop_timer (self->portal->loop, (size_t)seconds * 1000, 0, on_timer, self);
}

void send_sweep_end (send_t *self)
{
    if (self->timer)
        zloop_timer_end (self->portal->loop, self->timer);
    jobs_destroy (&self->sweeping);
    zlistx_destroy (&self->swept);
}

bool send_is_idle (const send_t *self)
{
    return !jobs_under_way (self->sweeping);
}
