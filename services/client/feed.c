// feed snapshot, feed tail: the committee's totals, and the events behind them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "common/xmem.h"
#include "output.h"

enum { REPLAY_PAGE = 1000, IDLE_MS = 3000, PAUSE_MS = 2000 };

// --- snapshot --------------------------------------------------------------------------------------------------------------------

static void print_figures (const Baocao__V1__Figures *f)
{
    const char *const titles[] = {_ ("EXPECTED>"), _ ("RECEIVED>"),         _ ("ON TIME>"), _ ("LATE>"),
                                  _ ("MISSING>"),  _ ("OF THESE REFUSED>"), _ ("RETURNED>")};
    const uint32_t figures[] = {f->expected, f->received, f->on_time, f->late, f->missing, f->rejected, f->returned};
    enum { FIGURES = sizeof figures / sizeof *figures };
    char texts[FIGURES][16];
    const char *cells[FIGURES];
    for (int i = 0; i < FIGURES; i++) {
        snprintf (texts[i], sizeof texts[i], "%u", figures[i]);
        cells[i] = texts[i];
    }
    table_t *table = table_new (titles, FIGURES);
    table_row (table, cells);
    table_print (&table);
}

// The unit's name and whose place it has taken; the caller frees it.
static char *lineage_text (const Baocao__V1__UnitTotal *unit, const char *name)
{
    char *text = xstrdup (name);
    for (size_t i = 0; i < unit->n_predecessors; i++) {
        char *longer = i ? xasprintf ("%s, %s", text, unit->predecessors[i])
                         : xasprintf (_ ("%s, successor of %s"), text, unit->predecessors[i]);
        free (text);
        text = longer;
    }
    return text;
}

static void print_units (const client_t *client, const Baocao__V1__Snapshot *snapshot)
{
    const char *const titles[] = {_ ("UNIT"),      _ ("NAME~"),    _ ("DUTY"),           _ ("STANDING"),
                                  _ ("REVISION>"), _ ("RECEIVED"), _ ("DISBURSED, VND>")};
    table_t *table = table_new (titles, 7);
    for (size_t i = 0; i < snapshot->n_units; i++) {
        const Baocao__V1__UnitTotal *unit = snapshot->units[i];
        char revision[16] = "", *time = output_time (unit->received_at), *money = output_money (unit->disbursed);
        char *name = lineage_text (unit, client_pick (client, unit->name_vi, unit->name_en));
        if (unit->revision)
            snprintf (revision, sizeof revision, "%u", unit->revision);
        table_row (table, (const char *const[]){unit->code, name, output_obligation (unit->obligation),
                                                output_standing (unit->standing), revision, time, money});
        free (name);
        free (money);
        free (time);
    }
    table_print (&table);
}

static void print_tasks (const Baocao__V1__Snapshot *snapshot)
{
    const char *const titles[] = {_ ("TASK"), _ ("STATUS"), _ ("PROGRESS>"), _ ("REPORTS>"), _ ("DISBURSED, VND>"), _ ("TITLE~")};
    table_t *table = table_new (titles, 6);
    for (size_t i = 0; i < snapshot->n_tasks; i++) {
        const Baocao__V1__TaskTotal *task = snapshot->tasks[i];
        char progress[16] = "", reports[16], *money = output_money (task->disbursed);
        if (task->status)
            snprintf (progress, sizeof progress, "%d %%", (int)task->progress_percent);
        snprintf (reports, sizeof reports, "%u", task->entries);
        table_row (table,
                   (const char *const[]){task->code, output_status (task->status), progress, reports, money, task->title_vi});
        free (money);
    }
    table_print (&table);
}

static void print_budget (const Baocao__V1__Snapshot *snapshot)
{
    const char *const titles[] = {_ ("SOURCE"), _ ("ALLOCATED, VND>"), _ ("DISBURSED, VND>")};
    table_t *table = table_new (titles, 3);
    for (size_t i = 0; i < snapshot->n_budget; i++) {
        char *allocated = output_money (snapshot->budget[i]->allocated), *disbursed = output_money (snapshot->budget[i]->disbursed);
        table_row (table, (const char *const[]){output_source (snapshot->budget[i]->source), allocated, disbursed});
        free (allocated);
        free (disbursed);
    }
    table_print (&table);
}

static void print_groups (const Baocao__V1__Snapshot *snapshot)
{
    const char *const titles[] = {_ ("GROUP"),     _ ("TASKS>"),          _ ("REPORTED>"), _ ("COMPLETED>"),
                                  _ ("PROGRESS>"), _ ("DISBURSED, VND>"), _ ("TITLE~")};
    table_t *table = table_new (titles, 7);
    for (size_t i = 0; i < snapshot->n_groups; i++) {
        const Baocao__V1__GroupTotal *group = snapshot->groups[i];
        char tasks[16], reported[16], completed[16], progress[16], *money = output_money (group->disbursed);
        snprintf (tasks, sizeof tasks, "%u", group->tasks);
        snprintf (reported, sizeof reported, "%u", group->reported);
        snprintf (completed, sizeof completed, "%u", group->statuses ? group->statuses->completed : 0);
        snprintf (progress, sizeof progress, "%d %%", (int)group->mean_progress_percent);
        table_row (table, (const char *const[]){group->code, tasks, reported, completed, group->reported ? progress : "", money,
                                                group->title_vi});
        free (money);
    }
    table_print (&table);
}

static void print_indicators (const Baocao__V1__Snapshot *snapshot)
{
    const char *const titles[] = {_ ("TASK"), _ ("INDICATOR"), _ ("VALUES>"), _ ("TOTAL>"), _ ("MEASURED IN"), _ ("TITLE~")};
    table_t *table = table_new (titles, 6);
    for (size_t i = 0; i < snapshot->n_indicators; i++) {
        const Baocao__V1__IndicatorTotal *indicator = snapshot->indicators[i];
        char values[16];
        snprintf (values, sizeof values, "%u", indicator->values);
        table_row (table, (const char *const[]){indicator->task, indicator->indicator, values, indicator->value,
                                                indicator->unit_of_measure, indicator->title_vi});
    }
    table_print (&table);
}

static void print_trend (const Baocao__V1__Snapshot *snapshot)
{
    const char *const titles[] = {_ ("PERIOD"), _ ("EXPECTED>"), _ ("RECEIVED>"),
                                  _ ("LATE>"),  _ ("PROGRESS>"), _ ("TASKS COMPLETED>")};
    table_t *table = table_new (titles, 6);
    for (size_t i = 0; i < snapshot->n_trend; i++) {
        const Baocao__V1__PeriodTrend *period = snapshot->trend[i];
        const Baocao__V1__Figures *f = period->figures;
        char expected[16], received[16], late[16], progress[16], completed[16];
        snprintf (expected, sizeof expected, "%u", f ? f->expected : 0);
        snprintf (received, sizeof received, "%u", f ? f->received : 0);
        snprintf (late, sizeof late, "%u", f ? f->late : 0);
        snprintf (progress, sizeof progress, "%d %%", (int)period->mean_progress_percent);
        snprintf (completed, sizeof completed, "%u", period->tasks_completed);
        table_row (table, (const char *const[]){period->period, expected, received, late, progress, completed});
    }
    table_print (&table);
}

static void print_remarks (const char *heading, Baocao__V1__Remark *const *remarks, size_t count)
{
    if (count)
        printf ("\n%s\n", heading);
    for (size_t i = 0; i < count; i++)
        printf ("  %s, %s: %s\n", remarks[i]->unit, remarks[i]->task, remarks[i]->text);
}

static void print_snapshot (const client_t *client, const Baocao__V1__Snapshot *snapshot)
{
    char *as_of = output_time (snapshot->as_of), *due = output_time (snapshot->due_at);
    printf ("%s  %s\n", snapshot->plan, client_pick (client, snapshot->title_vi, snapshot->title_en));
    printf (_ ("period %s, due before %s; as of %s, event %llu\n\n"), snapshot->period, due, as_of,
            (unsigned long long)snapshot->seq);
    if (snapshot->figures)
        print_figures (snapshot->figures);
    putchar ('\n');
    print_units (client, snapshot);
    putchar ('\n');
    print_groups (snapshot);
    putchar ('\n');
    print_tasks (snapshot);
    if (snapshot->n_indicators)
        putchar ('\n');
    print_indicators (snapshot);
    putchar ('\n');
    print_budget (snapshot);
    if (snapshot->n_trend)
        putchar ('\n');
    print_trend (snapshot);
    print_remarks (_ ("Obstacles"), snapshot->obstacles, snapshot->n_obstacles);
    print_remarks (_ ("Proposals"), snapshot->proposals, snapshot->n_proposals);
    free (as_of);
    free (due);
}

// The figures stand at the top level, where scripts look for them.
static json_t *snapshot_json (const Baocao__V1__Snapshot *snapshot)
{
    json_t *json = output_message (&snapshot->base), *figures = json_object_get (json, "figures");
    if (figures)
        json_object_update_missing (json, figures);
    json_object_del (json, "figures");
    return json;
}

int client_feed_snapshot (client_t *client)
{
    const args_t *args = client_args (client);
    Baocao__V1__GetSnapshot get = BAOCAO__V1__GET_SNAPSHOT__INIT;
    Baocao__V1__FeedRequest request = BAOCAO__V1__FEED_REQUEST__INIT;
    int status;
    if (args_operand (args, 0))
        get.plan = (char *)args_operand (args, 0);
    if (args_operand (args, 1))
        get.period = (char *)args_operand (args, 1);
    request.request_case = BAOCAO__V1__FEED_REQUEST__REQUEST_GET_SNAPSHOT;
    request.get_snapshot = &get;
    Baocao__V1__FeedReply *reply = client_ask_feed (client, &request, BAOCAO__V1__FEED_REPLY__REPLY_SNAPSHOT, &status);
    if (!reply)
        return status;
    if (client_json (client))
        output_json (snapshot_json (reply->snapshot));
    else
        print_snapshot (client, reply->snapshot);
    baocao__v1__feed_reply__free_unpacked (reply, NULL);
    return CLIENT_DONE;
}

// --- tail ------------------------------------------------------------------------------------------------------------------------

typedef struct {
    client_t *client;
    line_t *live;
    uint64_t last;   // number of the last event printed
    long long left;  // events still wanted; -1: no end
} tail_t;

static const char *kind_text (Baocao__V1__FeedEventKind kind)
{
    switch (kind) {
    case BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_COUNTED:
        return _ ("counted");
    case BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_REFUSED:
        return _ ("refused");
    case BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_OUTDATED:
        return _ ("outdated");
    case BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_RETURNED:
        return _ ("returned");
    default:
        return "-";
    }
}

static bool finished (const tail_t *self)
{
    return self->left == 0 || zsys_interrupted;
}

static void print_event (tail_t *self, const Baocao__V1__FeedEvent *event)
{
    if (event->seq != self->last + 1 || finished (self))
        return;
    self->last = event->seq;
    self->left -= self->left > 0;
    if (client_json (self->client)) {
        output_json (output_message (&event->base));
        return;
    }
    char *at = output_time (event->at);
    printf ("%llu  %s  %s %s  %s  ", (unsigned long long)event->seq, at, event->plan, event->period, event->unit);
    printf (_ ("revision %u %s, unit %s"), event->revision, kind_text (event->kind), output_standing (event->standing));
    if (event->figures)
        printf (_ ("; received %u of %u, late %u, missing %u"), event->figures->received, event->figures->expected,
                event->figures->late, event->figures->missing);
    if (*event->reason)
        printf (_ ("; the reason: %s"), event->reason);
    putchar ('\n');
    fflush (stdout);
    free (at);
}

static Baocao__V1__FeedReply *ask_events (client_t *client, uint64_t after, uint32_t limit, int *status_p)
{
    Baocao__V1__Replay replay = BAOCAO__V1__REPLAY__INIT;
    Baocao__V1__FeedRequest request = BAOCAO__V1__FEED_REQUEST__INIT;
    replay.after = after;
    replay.limit = limit;
    request.request_case = BAOCAO__V1__FEED_REQUEST__REQUEST_REPLAY;
    request.replay = &replay;
    return client_ask_feed (client, &request, BAOCAO__V1__FEED_REPLY__REPLY_EVENTS, status_p);
}

// Prints everything there is after the last event printed. The exit code.
static int replay (tail_t *self)
{
    int status;
    for (bool more = true; more && !finished (self);) {
        Baocao__V1__FeedReply *reply = ask_events (self->client, self->last, REPLAY_PAGE, &status);
        if (!reply)
            return status;
        uint64_t before = self->last;
        for (size_t i = 0; i < reply->events->n_events; i++)
            print_event (self, reply->events->events[i]);
        more = self->last < reply->events->last_seq && self->last > before;
        baocao__v1__feed_reply__free_unpacked (reply, NULL);
    }
    return CLIENT_DONE;
}

// Takes what is published. Whenever a number is missing, and now and then while all is quiet (the lost one may be the latest), the
// rest comes by replay.
static int follow (tail_t *self)
{
    while (!finished (self)) {
        ProtobufCMessage *message;
        line_result_t result = line_hear (self->live, &baocao__v1__feed_event__descriptor, IDLE_MS, &message);
        if (result == LINE_DENIED || result == LINE_UNREACHABLE)
            return client_explain (self->client, self->live, result);
        const Baocao__V1__FeedEvent *event = (const Baocao__V1__FeedEvent *)message;
        bool gap = result == LINE_ANSWERED && (!event || event->seq > self->last + 1);
        if (event)
            print_event (self, event);
        if (message)
            protobuf_c_message_free_unpacked (message, NULL);
        int status = gap ? replay (self) : CLIENT_DONE;
        client_hush (self->client, status == CLIENT_UNREACHABLE);
        if (status == CLIENT_UNREACHABLE)
            line_pause (PAUSE_MS);
        else if (status)
            return status;
    }
    return CLIENT_DONE;
}

// Where to begin: after the number given, or else after the latest event.
static int begin (tail_t *self)
{
    int status;
    long long after;
    if (args_number (client_args (self->client), "after", -1, 0, INT64_MAX, &after))
        return client_misused (_ ("--after is the number of an event"));
    if (after >= 0) {
        self->last = (uint64_t)after;
        return replay (self);
    }
    Baocao__V1__FeedReply *reply = ask_events (self->client, 0, 1, &status);
    if (reply) {
        self->last = reply->events->last_seq;
        baocao__v1__feed_reply__free_unpacked (reply, NULL);
    }
    return status;
}

int client_feed_tail (client_t *client)
{
    tail_t self = {.client = client};
    ProtobufCMessage *early;
    if (args_number (client_args (client), "count", -1, 1, INT64_MAX, &self.left))
        return client_misused (_ ("--count is a number of events"));
    self.live = client_event_line (client);
    if (!self.live)
        return CLIENT_UNCONFIGURED;
    line_hear (self.live, &baocao__v1__feed_event__descriptor, 0, &early);  // subscribes before anything is asked
    if (early)
        protobuf_c_message_free_unpacked (early, NULL);  // it comes again by replay
    int status = begin (&self);
    if (!status)
        status = follow (&self);
    line_destroy (&self.live);
    return status;
}
