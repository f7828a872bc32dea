#include "picture.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/language.h"
#include "common/xmem.h"
#include "words.h"

// The sections whose rows can become others, and a hash of what is not a field in them.
enum { GROUPS, TASKS, UNITS, BUDGET, INDICATORS, OBSTACLES, PROPOSALS, TREND, SECTIONS };
static const char *const NAMES[SECTIONS] = {"groups", "tasks", "units", "budget", "indicators", "obstacles", "proposals", "trend"};

struct picture {
    bool vietnamese;
    int utc_offset_minutes;
    uint64_t seq;
    picture_field_t *fields;  // by id; their ids, texts and values are its own
    size_t count, room;
    uint64_t sections[SECTIONS];
};

// FNV-1a, with the text's end.
static void mix (uint64_t *hash, const char *text)
{
    for (const char *c = text;; c++) {
        *hash = (*hash ^ (uint8_t)*c) * UINT64_C (0x100000001b3);
        if (!*c)
            return;
    }
}

// --- Fields ----------------------------------------------------------------------------------------------------------------------

// Text and value are copied, or for value NULL the field has no figure. The id is a format of the thing's code.
static void add (picture_t *self, const char *text, const char *value, const char *state, const char *id, ...)
    __attribute__ ((format (printf, 5, 6)));
static void add (picture_t *self, const char *text, const char *value, const char *state, const char *id, ...)
{
    if (self->count == self->room) {
        self->room = self->room ? 2 * self->room : 256;
        self->fields = xrealloc (self->fields, self->room * sizeof *self->fields);
    }
    char *whole_id = NULL;
    va_list arguments;
    va_start (arguments, id);
    if (vasprintf (&whole_id, id, arguments) < 0)
        abort ();
    va_end (arguments);
    self->fields[self->count++] = (picture_field_t){whole_id, xstrdup (text), xstrdup (value ? value : ""), state};
}

typedef struct {
    char text[24];
} digits_t;

static digits_t digits (int64_t number)
{
    digits_t text;
    snprintf (text.text, sizeof text.text, "%" PRId64, number);
    return text;
}

static const char DASH[] = "–";  // no figure

static void add_count (picture_t *self, int64_t number, const char *id, const char *code)
{
    add (self, words_count (number, self->vietnamese).text, digits (number).text, "", "f-%s%s", id, code);
}

static void add_figure (picture_t *self, bool there, int64_t number, const char *what, const char *code, const char *name)
{
    add (self, there ? words_count (number, self->vietnamese).text : DASH, there ? digits (number).text : NULL, "", "f-%s-%s-%s",
         what, code, name);
}

static void add_percent (picture_t *self, bool there, int64_t part, int64_t whole, const char *what, const char *code,
                         const char *name)
{
    char value[32];
    there = there && whole > 0;
    snprintf (value, sizeof value, "%.4g", there ? (double)part * 100 / (double)whole : 0.0);
    add (self, there ? words_percent (part, whole, self->vietnamese).text : DASH, there ? value : NULL, "", "f-%s-%s%s%s", what,
         code, *code ? "-" : "", name);
}

static void add_money (picture_t *self, bool there, int64_t allocated, int64_t disbursed, const char *what, const char *code)
{
    add_figure (self, there, allocated, what, code, "allocated");
    add_figure (self, there, disbursed, what, code, "disbursed");
}

// The same with the share that has been disbursed.
static void add_money_share (picture_t *self, bool there, int64_t allocated, int64_t disbursed, const char *what, const char *code)
{
    add_money (self, there, allocated, disbursed, what, code);
    add_percent (self, there, disbursed, allocated, what, code, "share");
}

static void add_time (picture_t *self, const Google__Protobuf__Timestamp *at, const char *id, const char *code, const char *name)
{
    int64_t ms = at ? bc_timestamp_ms (at) : 0;
    add (self, at ? words_time (ms, self->utc_offset_minutes, self->vietnamese).text : DASH, at ? digits (ms).text : NULL, "",
         "f-%s%s%s", id, code, name);
}

// --- Parts -----------------------------------------------------------------------------------------------------------------------

static void add_figures (picture_t *self, const Baocao__V1__Figures *f)
{
    static const Baocao__V1__Figures NONE = BAOCAO__V1__FIGURES__INIT;
    f = f ? f : &NONE;
    add_count (self, f->expected, "expected", "");
    add_count (self, f->received, "received", "");
    add_count (self, f->on_time, "on-time", "");
    add_count (self, f->late, "late", "");
    add_count (self, f->missing, "missing", "");
    add_count (self, f->rejected, "rejected", "");
    add_count (self, f->returned, "returned", "");
    add_count (self, f->voluntary, "voluntary", "");
    add_percent (self, true, f->received, f->expected, "received", "", "share");
}

static bool has_reports (const Baocao__V1__PeriodTrend *trend)
{
    return trend->figures && trend->figures->received + trend->figures->voluntary > 0;
}

// Where the plan stands: the leads' words on the tasks, and the period's mean progress.
static void add_progress (picture_t *self, const Baocao__V1__Snapshot *snapshot)
{
    unsigned counts[BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED + 1] = {0};
    for (size_t i = 0; i < snapshot->n_tasks; i++) {
        Baocao__V1__TaskStatus status = snapshot->tasks[i]->status;
        counts[(size_t)status < sizeof counts / sizeof *counts ? status : 0]++;
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        add_count (self, counts[i], "status-", words_status_key ((Baocao__V1__TaskStatus)i));
    const Baocao__V1__PeriodTrend *now = snapshot->n_trend ? snapshot->trend[snapshot->n_trend - 1] : NULL;
    add_percent (self, now && has_reports (now), now ? now->mean_progress_percent : 0, 100, "plan", "", "progress");
}

static void add_budget (picture_t *self, const Baocao__V1__Snapshot *snapshot)
{
    int64_t allocated = 0, disbursed = 0;
    for (size_t i = 0; i < snapshot->n_budget; i++) {
        const Baocao__V1__BudgetTotal *total = snapshot->budget[i];
        const char *key = words_source_key (total->source);
        add_money_share (self, true, total->allocated, total->disbursed, "source", key);
        add (self, words_short_money (total->disbursed, self->vietnamese).text, NULL, "", "f-source-%s-short", key);
        mix (&self->sections[BUDGET], key);
        allocated += total->allocated;
        disbursed += total->disbursed;
    }
    add_money_share (self, true, allocated, disbursed, "plan", "budget");
    add (self, words_short_money (allocated, self->vietnamese).text, NULL, "", "f-allocated");
    add (self, words_short_money (disbursed, self->vietnamese).text, NULL, "", "f-disbursed");
}

static void add_group (picture_t *self, const Baocao__V1__GroupTotal *group)
{
    static const Baocao__V1__StatusCounts NONE = BAOCAO__V1__STATUS_COUNTS__INIT;
    const Baocao__V1__StatusCounts *counts = group->statuses ? group->statuses : &NONE;
    bool there = group->reported > 0;
    add_figure (self, true, group->reported, "group", group->code, "reported");
    add_percent (self, there, group->mean_progress_percent, 100, "group", group->code, "progress");
    add_figure (self, there, counts->completed, "group", group->code, "completed");
    add_figure (self, there, counts->in_progress, "group", group->code, "in_progress");
    add_figure (self, there, counts->delayed, "group", group->code, "delayed");
    add_money (self, there, group->allocated, group->disbursed, "group", group->code);
    mix (&self->sections[GROUPS], group->code);
    mix (&self->sections[GROUPS], group->title_vi);
    mix (&self->sections[GROUPS], digits (group->tasks).text);
}

static void add_task (picture_t *self, const Baocao__V1__TaskTotal *task)
{
    bool said = task->status != BAOCAO__V1__TASK_STATUS__TASK_STATUS_UNSPECIFIED;
    add (self, words_status (task->status), digits (task->status).text, words_status_key (task->status), "f-task-%s-status",
         task->code);
    add_percent (self, said, task->progress_percent, 100, "task", task->code, "progress");
    add_figure (self, true, task->entries, "task", task->code, "entries");
    add_money (self, task->entries > 0, task->allocated, task->disbursed, "task", task->code);
    mix (&self->sections[TASKS], task->code);
    mix (&self->sections[TASKS], task->group);
    mix (&self->sections[TASKS], task->title_vi);
    for (size_t i = 0; i < task->n_leads; i++)
        mix (&self->sections[TASKS], task->leads[i]->unit);
}

static void add_unit (picture_t *self, const Baocao__V1__UnitTotal *unit, size_t place)
{
    bool there = unit->revision > 0;
    const char *state = words_standing_key (unit->standing);
    if (!there && unit->obligation != BAOCAO__V1__OBLIGATION__OBLIGATION_MUST)
        state = words_standing_key (BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_UNSPECIFIED);  // nobody waits for it
    add (self, words_standing (unit->standing), digits ((int64_t)place).text, state, "f-unit-%s-standing", unit->code);
    add (self, there ? digits ((int64_t)place).text : DASH, digits ((int64_t)place).text, "", "f-unit-%s-place", unit->code);
    add_figure (self, there, unit->revision, "unit", unit->code, "revision");
    add_time (self, there ? unit->received_at : NULL, "unit-", unit->code, "-received");
    add_money_share (self, there, unit->allocated, unit->disbursed, "unit", unit->code);
}

static void mix_unit (picture_t *self, const Baocao__V1__UnitTotal *unit)
{
    mix (&self->sections[UNITS], unit->code);
    mix (&self->sections[UNITS], self->vietnamese ? unit->name_vi : unit->name_en);
    mix (&self->sections[UNITS], words_obligation (unit->obligation));
    for (size_t i = 0; i < unit->n_predecessors; i++)
        mix (&self->sections[UNITS], unit->predecessors[i]);
}

// The better the earlier: who reported in time, the late, then those whose report was returned or refused, the missing; last those who
// need not report.
static int rank (const Baocao__V1__UnitTotal *unit)
{
    static const int RANKS[] = {
        [BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME] = 0,  [BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE] = 1,
        [BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_RETURNED] = 2, [BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED] = 3,
        [BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING] = 4,  [BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_UNSPECIFIED] = 5};
    size_t standing = (size_t)unit->standing;
    bool waits = unit->revision == 0 && unit->obligation != BAOCAO__V1__OBLIGATION__OBLIGATION_MUST;
    return waits || standing >= sizeof RANKS / sizeof *RANKS ? 5 : RANKS[standing];
}

static int64_t received (const Baocao__V1__UnitTotal *unit)
{
    return unit->received_at ? bc_timestamp_ms (unit->received_at) : 0;
}

static int by_place (const void *left_p, const void *right_p)
{
    const Baocao__V1__UnitTotal *left = *(Baocao__V1__UnitTotal *const *)left_p, *right = *(Baocao__V1__UnitTotal *const *)right_p;
    if (rank (left) != rank (right))
        return rank (left) - rank (right);
    if (received (left) != received (right))
        return received (left) < received (right) ? -1 : 1;
    return strcmp (left->code, right->code);
}

const Baocao__V1__UnitTotal **picture_units (const Baocao__V1__Snapshot *snapshot)
{
    const Baocao__V1__UnitTotal **units = xcalloc (snapshot->n_units + 1, sizeof *units);
    for (size_t i = 0; i < snapshot->n_units; i++)
        units[i] = snapshot->units[i];
    qsort (units, snapshot->n_units, sizeof *units, by_place);
    return units;
}

static void add_units (picture_t *self, const Baocao__V1__Snapshot *snapshot)
{
    const Baocao__V1__UnitTotal **units = picture_units (snapshot);
    for (size_t i = 0; i < snapshot->n_units; i++)
        add_unit (self, units[i], i + 1);
    free (units);
    for (size_t i = 0; i < snapshot->n_units; i++)  // in an order that does not change
        mix_unit (self, snapshot->units[i]);
}

static void add_indicator (picture_t *self, const Baocao__V1__IndicatorTotal *indicator)
{
    bool there = *indicator->value;
    char *code = xasprintf ("%s-%s", indicator->task, indicator->indicator);
    add (self, there ? words_decimal (indicator->value, self->vietnamese).text : DASH, indicator->value, "", "f-indicator-%s-value",
         code);
    add_figure (self, true, indicator->values, "indicator", code, "values");
    if (there && *indicator->target)
        add_percent (self, strtod (indicator->target, NULL) > 0, (int64_t)(strtod (indicator->value, NULL) * 1000),
                     (int64_t)(strtod (indicator->target, NULL) * 1000), "indicator", code, "share");
    else
        add_percent (self, false, 0, 0, "indicator", code, "share");
    mix (&self->sections[INDICATORS], code);
    mix (&self->sections[INDICATORS], indicator->title_vi);
    mix (&self->sections[INDICATORS], indicator->unit_of_measure);
    mix (&self->sections[INDICATORS], indicator->target);
    free (code);
}

static void add_remarks (picture_t *self, int section, Baocao__V1__Remark *const *remarks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mix (&self->sections[section], remarks[i]->unit);
        mix (&self->sections[section], remarks[i]->task);
        mix (&self->sections[section], remarks[i]->text);
    }
}

static void add_period (picture_t *self, const Baocao__V1__PeriodTrend *trend)
{
    static const Baocao__V1__Figures NONE = BAOCAO__V1__FIGURES__INIT;
    const Baocao__V1__Figures *f = trend->figures ? trend->figures : &NONE;
    bool there = has_reports (trend);
    add_figure (self, true, f->expected, "period", trend->period, "expected");
    add_figure (self, true, f->received, "period", trend->period, "received");
    add_figure (self, true, f->on_time, "period", trend->period, "on-time");
    add_figure (self, true, f->late, "period", trend->period, "late");
    add_figure (self, true, f->missing, "period", trend->period, "missing");
    add_percent (self, there, trend->mean_progress_percent, 100, "period", trend->period, "progress");
    add_figure (self, there, trend->tasks_completed, "period", trend->period, "completed");
    mix (&self->sections[TREND], trend->period);
}

// --- The whole -------------------------------------------------------------------------------------------------------------------

static int by_id (const void *left, const void *right)
{
    return strcmp (((const picture_field_t *)left)->id, ((const picture_field_t *)right)->id);
}

picture_t *picture_new (const Baocao__V1__Snapshot *snapshot, bool vietnamese, int utc_offset_minutes)
{
    picture_t *self = xcalloc (1, sizeof *self);
    *self = (picture_t){.vietnamese = vietnamese, .utc_offset_minutes = utc_offset_minutes, .seq = snapshot->seq};
    add (self, words_count ((int64_t)snapshot->seq, vietnamese).text, digits ((int64_t)snapshot->seq).text, "", "f-seq");
    add_time (self, snapshot->as_of, "as-of", "", "");
    add_figures (self, snapshot->figures);
    add_progress (self, snapshot);
    add_budget (self, snapshot);
    for (size_t i = 0; i < snapshot->n_groups; i++)
        add_group (self, snapshot->groups[i]);
    for (size_t i = 0; i < snapshot->n_tasks; i++)
        add_task (self, snapshot->tasks[i]);
    add_units (self, snapshot);
    for (size_t i = 0; i < snapshot->n_indicators; i++)
        add_indicator (self, snapshot->indicators[i]);
    add_remarks (self, OBSTACLES, snapshot->obstacles, snapshot->n_obstacles);
    add_remarks (self, PROPOSALS, snapshot->proposals, snapshot->n_proposals);
    for (size_t i = 0; i < snapshot->n_trend; i++)
        add_period (self, snapshot->trend[i]);
    qsort (self->fields, self->count, sizeof *self->fields, by_id);
    return self;
}

void picture_destroy (picture_t **self_p)
{
    picture_t *self = *self_p;
    for (size_t i = 0; self && i < self->count; i++) {
        free ((char *)self->fields[i].id);
        free ((char *)self->fields[i].text);
        free ((char *)self->fields[i].value);
    }
    if (self)
        free (self->fields);
    free (self);
    *self_p = NULL;
}

static const picture_field_t *find (const picture_t *self, const char *id)
{
    return bsearch (&(picture_field_t){.id = id}, self->fields, self->count, sizeof *self->fields, by_id);
}

const picture_field_t *picture_field (const picture_t *self, const char *id)
{
    static const picture_field_t NONE = {"", "", "", ""};
    const picture_field_t *field = find (self, id);
    return field ? field : &NONE;
}

static bool same (const picture_field_t *before, const picture_field_t *after)
{
    return before && !strcmp (before->text, after->text) && !strcmp (before->value, after->value) &&
           !strcmp (before->state, after->state);
}

char *picture_event (const picture_t *before, const picture_t *after)
{
    json_t *set = json_object (), *reload = json_array ();
    for (size_t i = 0; i < after->count; i++) {
        const picture_field_t *field = &after->fields[i];
        if (!same (before ? find (before, field->id) : NULL, field))
            json_object_set_new (set, field->id, json_pack ("[sss]", field->text, field->value, field->state));
    }
    for (int i = 0; i < SECTIONS; i++)
        if (!before || before->sections[i] != after->sections[i])
            json_array_append_new (reload, json_string (NAMES[i]));
    json_t *event = json_pack ("{sIsoso}", "seq", (json_int_t)after->seq, "set", set, "reload", reload);
    if (!before)
        json_object_set_new (event, "whole", json_true ());
    char *text = json_dumps (event, JSON_COMPACT);
    json_decref (event);
    return text;
}
