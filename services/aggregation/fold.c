#include "fold.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/xmem.h"

// An event has at most 200 tasks, about 15 KB unpacked; a report has at most BC_WIRE_MAX_FIELDS fields and the text of one request.
enum { EVENTS_CAP = 16 << 20, REPORTS_CAP = 8 << 20 };

void aggregation_item_free (bc_item_t *item)
{
    aggregation_item_t *self = (aggregation_item_t *)item;
    free (self->unit);
    free (self->plan);
    free (self->period);
    free (self->report);
    free (self);
}

fold_t *fold_new (void)
{
    fold_t *self = xcalloc (1, sizeof *self);
    self->entries = xcalloc (BC_QUEUE_BATCH, sizeof *self->entries);
    self->units = xcalloc (BC_QUEUE_BATCH, sizeof *self->units);
    self->periods = xcalloc (BC_QUEUE_BATCH, sizeof *self->periods);
    self->events = bc_arena_new (EVENTS_CAP);
    self->reports = bc_arena_new (REPORTS_CAP);
    return self;
}

void fold_destroy (fold_t **self_p)
{
    fold_t *self = *self_p;
    if (!self)
        return;
    rollup_destroy (&self->rollup);
    bc_arena_destroy (&self->events);
    bc_arena_destroy (&self->reports);
    free (self->entries);
    free (self->units);
    free (self->periods);
    free (self);
    *self_p = NULL;
}

void fold_reset (fold_t *self)
{
    self->n_entries = self->n_returns = self->n_units = self->n_periods = 0;
    rollup_destroy (&self->rollup);
    self->rollup = rollup_new ();
    bc_arena_reset (self->events);
}

fold_unit_t *fold_unit (const fold_t *self, int period_id, int unit_id)
{
    for (size_t i = 0; i < self->n_units; i++)
        if (self->units[i].standing.period_id == period_id && self->units[i].standing.unit_id == unit_id)
            return &self->units[i];
    return NULL;
}

rollup_period_t *fold_period (const fold_t *self, int period_id)
{
    for (size_t i = 0; i < self->n_periods; i++)
        if (self->periods[i].period_id == period_id)
            return &self->periods[i];
    return NULL;
}

void fold_take (fold_t *self, const fold_entry_t *entry)
{
    bool returned = entry->item->item.kind == AGGREGATION_RETURNED;
    self->entries[self->n_entries++] = *entry;
    self->n_returns += returned;
    if (entry->period_id == 0)
        return;
    fold_unit_t *unit = fold_unit (self, entry->period_id, entry->unit_id);
    if (!unit) {
        unit = &self->units[self->n_units++];
        *unit = (fold_unit_t){.standing = {.period_id = entry->period_id, .unit_id = entry->unit_id}};
    }
    int below = entry->accepted ? (int)entry->item->revision + returned : 0;
    if (below > unit->below)
        unit->below = below;
    if (!fold_period (self, entry->period_id))
        self->periods[self->n_periods++] = (rollup_period_t){.period_id = entry->period_id};
}

// A report is returned after it was judged, and before the ones that follow it are.
static bool comes_after (const fold_entry_t *entry, const fold_entry_t *other)
{
    const aggregation_item_t *one = entry->item, *two = other->item;
    return one->chain_index > two->chain_index || (one->chain_index == two->chain_index && one->item.kind > two->item.kind);
}

// A unit's items trade places until they follow its chain; everybody else's stay where they are.
static void order_by_chain (fold_t *self)
{
    fold_entry_t *entries = self->entries;
    for (size_t i = 0; i < self->n_entries; i++)
        for (size_t j = i + 1; j < self->n_entries; j++)
            if (entries[i].unit_id == entries[j].unit_id && comes_after (&entries[i], &entries[j])) {
                fold_entry_t earlier = entries[j];
                entries[j] = entries[i];
                entries[i] = earlier;
            }
}

// --- Events ----------------------------------------------------------------------------------------------------------------------

static Google__Protobuf__Timestamp *timestamp (bc_arena_t *arena, int64_t ms)
{
    Google__Protobuf__Timestamp *time = bc_arena_alloc (arena, sizeof *time);
    return time ? bc_timestamp_set (time, ms) : NULL;
}

static Baocao__V1__FeedEvent *event_new (fold_t *self, const fold_entry_t *entry)
{
    Baocao__V1__FeedEvent *event = bc_arena_alloc (self->events, sizeof *event);
    if (!event)
        return NULL;
    const aggregation_item_t *item = entry->item;
    baocao__v1__feed_event__init (event);
    event->seq = (uint64_t)++self->seq;
    event->at = timestamp (self->events, self->at);
    event->kind = BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_REFUSED;
    event->plan = item->plan;
    event->period = item->period;
    event->unit = item->unit;
    event->revision = item->revision;
    event->received_at = timestamp (self->events, item->received_at);
    event->chain_index = item->chain_index;
    event->receipt_hash = (ProtobufCBinaryData){sizeof item->receipt_hash, (uint8_t *)item->receipt_hash};
    event->figures = bc_arena_alloc (self->events, sizeof *event->figures);
    if (!event->at || !event->received_at || !event->figures)
        return NULL;
    baocao__v1__figures__init (event->figures);
    return event;
}

// What a counted report says about its tasks. The codes are the plan's own: the report does not outlive its arena.
static int event_add_tasks (fold_t *self, Baocao__V1__FeedEvent *event, const plan_t *plan, const Baocao__V1__Report *report)
{
    event->tasks = bc_arena_alloc (self->events, (report->n_entries + 1) * sizeof (void *));
    Baocao__V1__TaskProgress *progress = bc_arena_alloc (self->events, (report->n_entries + 1) * sizeof *progress);
    if (!event->tasks || !progress)
        return -1;
    for (size_t i = 0; i < report->n_entries; i++) {
        const plan_task_t *task = plan_task (plan, report->entries[i]->task);
        if (!task)
            continue;
        baocao__v1__task_progress__init (progress);
        progress->task = task->code;
        progress->status = report->entries[i]->status;
        progress->progress_percent = report->entries[i]->progress_percent;
        event->tasks[event->n_tasks++] = progress++;
    }
    return 0;
}

// --- Folding ---------------------------------------------------------------------------------------------------------------------

static const Baocao__V1__Report *unpack (fold_t *self, const uint8_t *data, size_t size, const fold_entry_t *entry)
{
    const char *reason = "";
    bc_arena_reset (self->reports);
    const ProtobufCMessage *report = bc_wire_unpack (&baocao__v1__report__descriptor, data, size, self->reports, &reason);
    if (!report)
        bc_log (BC_LOG_ERROR, "aggregation.report_unreadable", entry->item->item.id, "an accepted report cannot be read: %s",
                reason);
    return (const Baocao__V1__Report *)report;
}

// Takes the report that counted so far out of the totals.
static int take_out (fold_t *self, const fold_entry_t *entry, const fold_unit_t *unit, const plan_t *plan, int64_t received_at)
{
    const Baocao__V1__Report *report = unpack (self, unit->report, unit->report_size, entry);
    if (report)
        rollup_report (self->rollup, plan, entry->period_id, entry->unit_id, report, received_at, -1);
    return report ? 0 : -1;
}

// Puts a counted report into the totals, in the place of the one before it.
static int exchange (fold_t *self, const fold_entry_t *entry, fold_unit_t *unit, const plan_t *plan, bool replaced,
                     int64_t replaced_received_at)
{
    const aggregation_item_t *item = entry->item;
    if (replaced && take_out (self, entry, unit, plan, replaced_received_at))
        return -1;
    const Baocao__V1__Report *report = unpack (self, item->report, item->report_size, entry);
    if (!report)
        return -1;
    rollup_report (self->rollup, plan, entry->period_id, entry->unit_id, report, item->received_at, 1);
    unit->report = item->report;
    unit->report_size = item->report_size;
    return event_add_tasks (self, entry->event, plan, report);
}

// The period's figures as they are after the changes up to now.
static rollup_period_t figures_now (fold_t *self, int period_id)
{
    rollup_period_t now = *fold_period (self, period_id);
    size_t count;
    const rollup_period_t *changes = rollup_periods (self->rollup, &count);
    for (size_t i = 0; i < count; i++)
        if (changes[i].period_id == period_id) {
            now.on_time += changes[i].on_time;
            now.late += changes[i].late;
            now.rejected += changes[i].rejected;
            now.voluntary += changes[i].voluntary;
            now.returned += changes[i].returned;
        }
    return now;
}

static rollup_result_t judge (fold_t *self, const fold_entry_t *entry, fold_unit_t *unit, const plan_t *plan,
                              const plan_period_t *period, bool *replaced_p)
{
    const aggregation_item_t *item = entry->item;
    return rollup_apply (self->rollup, &unit->standing,
                         &(rollup_verdict_t){.plan = plan,
                                             .period = period,
                                             .unit_id = entry->unit_id,
                                             .submission_id = item->item.id,
                                             .revision = (int)item->revision,
                                             .received_at = item->received_at,
                                             .timeliness = item->timeliness,
                                             .chain_index = (int64_t)item->chain_index,
                                             .receipt_hash = item->receipt_hash,
                                             .accepted = entry->accepted},
                         replaced_p);
}

static int apply_judged (fold_t *self, fold_entry_t *entry, fold_unit_t *unit, const plan_t *plan, const plan_period_t *period)
{
    static const Baocao__V1__FeedEventKind kinds[] = {
        [ROLLUP_COUNTED] = BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_COUNTED,
        [ROLLUP_REFUSED] = BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_REFUSED,
        [ROLLUP_OUTDATED] = BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_OUTDATED,
    };
    int64_t counted_received_at = unit->standing.last_received_at;
    bool replaced;
    rollup_result_t result = judge (self, entry, unit, plan, period, &replaced);
    entry->event->kind = kinds[result];
    return result == ROLLUP_COUNTED ? exchange (self, entry, unit, plan, replaced, counted_received_at) : 0;
}

static int apply_return (fold_t *self, fold_entry_t *entry, fold_unit_t *unit, const plan_t *plan, const plan_period_t *period)
{
    entry->event->kind = BAOCAO__V1__FEED_EVENT_KIND__FEED_EVENT_KIND_RETURNED;
    if (entry->reason)
        entry->event->reason = (char *)entry->reason;
    bool taken_out = rollup_return (self->rollup, &unit->standing,
                                    &(rollup_return_t){.plan = plan,
                                                       .period = period,
                                                       .unit_id = entry->unit_id,
                                                       .revision = (int)entry->item->revision,
                                                       .rest_received_at = entry->rest_received_at,
                                                       .rest_timeliness = entry->rest_timeliness});
    return taken_out ? take_out (self, entry, unit, plan, unit->standing.last_received_at) : 0;
}

// An entry of a known period: the standing, the totals, and the event that tells of them.
static int apply_entry (fold_t *self, fold_entry_t *entry, const plan_t *plan, const plan_period_t *period)
{
    fold_unit_t *unit = fold_unit (self, entry->period_id, entry->unit_id);
    Baocao__V1__UnitStanding before = rollup_standing (&unit->standing);
    bool returned = entry->item->item.kind == AGGREGATION_RETURNED;
    if (returned ? apply_return (self, entry, unit, plan, period) : apply_judged (self, entry, unit, plan, period))
        return -1;
    entry->event->standing = rollup_standing (&unit->standing);
    entry->changed = entry->event->standing != before;
    rollup_period_t figures = figures_now (self, entry->period_id);
    rollup_figures (entry->event->figures, &figures, plan_expected (plan, period));
    return 0;
}

int fold_apply (fold_t *self, const plan_book_t *book)
{
    self->at = bc_clock_ms ();
    order_by_chain (self);
    for (size_t i = 0; i < self->n_entries; i++) {
        fold_entry_t *entry = &self->entries[i];
        entry->event = event_new (self, entry);
        if (!entry->event) {
            bc_log (BC_LOG_ERROR, "aggregation.batch_too_large", entry->item->item.id, "no room for the events of one batch");
            return -1;
        }
        if (entry->period_id == 0)
            continue;
        const plan_t *plan;
        const plan_period_t *period = plan_book_period_by_id (book, entry->period_id, &plan);
        if (!period) {
            bc_log (BC_LOG_ERROR, "aggregation.period_unknown", entry->item->item.id, "the plan has no period with id %d",
                    entry->period_id);
            return -1;
        }
        if (apply_entry (self, entry, plan, period))
            return -1;
    }
    for (size_t i = 0; i < self->n_periods; i++)
        self->periods[i] = figures_now (self, self->periods[i].period_id);
    return 0;
}
