#include "plan_read.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

const plan_policy_t PLAN_POLICY_DEFAULT = {
    .hour = 8,
    .quiet_from = 21,
    .quiet_to = 6,
    .before = {30, 14, 7, 3, 1, 0},
    .n_before = 6,
    .overdue = PLAN_OVERDUE_WORKING_DAYS,
    .channels = PLAN_CHANNEL_MAILBOX | PLAN_CHANNEL_MAIL | PLAN_CHANNEL_WEBHOOK,
    .steps = {{3, PLAN_TO_UNIT_LEADER}, {5, PLAN_TO_STANDING_LEADER}, {7, PLAN_TO_COMMITTEE}},
    .n_steps = 3,
};

typedef struct {
    const char *name;
    int value;
} choice_t;

static const choice_t OBLIGATIONS[] = {
    {"must", BAOCAO__V1__OBLIGATION__OBLIGATION_MUST},
    {"may", BAOCAO__V1__OBLIGATION__OBLIGATION_MAY},
    {NULL, 0},
};
static const choice_t ROLES[] = {
    {"lead", BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD},
    {"coordinating", BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING},
    {NULL, 0},
};
static const choice_t OVERDUES[] = {
    {"working-days", PLAN_OVERDUE_WORKING_DAYS},
    {"days", PLAN_OVERDUE_DAYS},
    {"none", PLAN_OVERDUE_NONE},
    {NULL, 0},
};
static const choice_t RECIPIENTS[] = {
    {"unit-leader", PLAN_TO_UNIT_LEADER},
    {"standing-leader", PLAN_TO_STANDING_LEADER},
    {"committee", PLAN_TO_COMMITTEE},
    {NULL, 0},
};
static const choice_t CHANNELS[] = {
    {"mailbox", PLAN_CHANNEL_MAILBOX},
    {"mail", PLAN_CHANNEL_MAIL},
    {"webhook", PLAN_CHANNEL_WEBHOOK},
    {NULL, 0},
};
static const choice_t CONTACTS[] = {
    {"officer", PLAN_CONTACT_OFFICER},
    {"leader", PLAN_CONTACT_LEADER},
    {"digest", PLAN_CONTACT_DIGEST},
    {NULL, 0},
};
static const choice_t DAYS[] = {
    {"holiday", false},
    {"working", true},
    {NULL, 0},
};
static const choice_t TYPES[] = {
    {"integer", BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_INTEGER},
    {"decimal", BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_DECIMAL},
    {"boolean", BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_BOOLEAN},
    {"text", BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_TEXT},
    {NULL, 0},
};
static const choice_t AGGREGATIONS[] = {
    {"sum", BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_SUM},
    {"mean", BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_MEAN},
    {"last", BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_LAST},
    {"none", BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_NONE},
    {NULL, 0},
};

// The first fault found; what is read after it does not matter.
typedef struct {
    const plan_book_t *book;
    const plan_t *plan;
    char *error;
} reader_t;

__attribute__ ((format (printf, 2, 3))) static void fail (reader_t *reader, const char *format, ...)
{
    if (reader->error)
        return;
    va_list arguments;
    va_start (arguments, format);
    if (vasprintf (&reader->error, format, arguments) == -1)
        reader->error = xstrdup ("the plan is not as expected");
    va_end (arguments);
}

// Reads the object's members; format as for json_unpack.
static void read_object (reader_t *reader, json_t *object, const char *what, const char *format, ...)
{
    json_error_t error;
    va_list arguments;
    va_start (arguments, format);
    if (!reader->error && json_vunpack_ex (object, &error, JSON_STRICT, format, arguments) == -1)
        fail (reader, "%s: %s", what, error.text);
    va_end (arguments);
}

static int read_choice (reader_t *reader, const choice_t *choices, const char *name)
{
    while (!reader->error && choices->name && strcmp (choices->name, name) != 0)
        choices++;
    if (!reader->error && !choices->name)
        fail (reader, "\"%s\" is none of the known words", name);
    return choices->value;
}

// Makes an array of the JSON array's length and fills it with `read`, one element after the other.
static void *read_array (reader_t *reader, json_t *array, size_t size, size_t *count_p,
                         void (*read) (reader_t *reader, json_t *object, void *item))
{
    if (!json_is_array (array))
        fail (reader, "there is something else where an array belongs");
    size_t count = reader->error ? 0 : json_array_size (array);
    char *items = xcalloc (count + 1, size);
    for (size_t i = 0; i < count && !reader->error; i++)
        read (reader, json_array_get (array, i), items + i * size);
    *count_p = count;
    return items;
}

// A list of words as the bits that they stand for.
static unsigned read_bits (reader_t *reader, const choice_t *choices, json_t *words)
{
    unsigned bits = 0;
    for (size_t i = 0; !reader->error && i < json_array_size (words); i++) {
        const char *word = json_string_value (json_array_get (words, i));
        bits |= (unsigned)read_choice (reader, choices, word ? word : "");
    }
    return bits;
}

static void require_unit (reader_t *reader, int unit_id)
{
    if (!reader->error && !plan_book_unit_by_id (reader->book, unit_id))
        fail (reader, "plan %s names a unit %d that there is not", reader->plan->code, unit_id);
}

static void read_unit (reader_t *reader, json_t *object, void *item)
{
    plan_unit_t *unit = item;
    unit->valid_from = PLAN_ALWAYS;
    unit->valid_to = PLAN_FOR_EVER;
    read_object (reader, object, "unit", "{s:i, s:s, s:s, s:s, s:s, s?:i, s?:i}", "id", &unit->id, "code", &unit->code, "kind",
                 &unit->kind, "name_vi", &unit->name_vi, "name_en", &unit->name_en, "from", &unit->valid_from, "to",
                 &unit->valid_to);
}

static void read_group (reader_t *reader, json_t *object, void *item)
{
    plan_group_t *group = item;
    read_object (reader, object, "group", "{s:s, s:s}", "code", &group->code, "title_vi", &group->title_vi);
}

static void read_role (reader_t *reader, json_t *object, void *item)
{
    plan_role_t *role = item;
    const char *name = "";
    role->valid_from = PLAN_ALWAYS;
    role->valid_to = PLAN_FOR_EVER;
    read_object (reader, object, "role", "{s:i, s:s, s?:i, s?:i}", "unit", &role->unit_id, "role", &name, "from", &role->valid_from,
                 "to", &role->valid_to);
    require_unit (reader, role->unit_id);
    role->role = (Baocao__V1__TaskRole)read_choice (reader, ROLES, name);
}

static void read_indicator (reader_t *reader, json_t *object, void *item)
{
    plan_indicator_t *indicator = item;
    const char *type = "", *aggregation = "";
    int required = 0;
    indicator->target = "";
    read_object (reader, object, "indicator", "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s?:s}", "id", &indicator->id, "code",
                 &indicator->code, "title_vi", &indicator->title_vi, "type", &type, "unit_of_measure", &indicator->unit_of_measure,
                 "minimum", &indicator->minimum, "maximum", &indicator->maximum, "aggregation", &aggregation, "required", &required,
                 "target", &indicator->target);
    indicator->type = (Baocao__V1__IndicatorType)read_choice (reader, TYPES, type);
    indicator->aggregation = (Baocao__V1__IndicatorAggregation)read_choice (reader, AGGREGATIONS, aggregation);
    indicator->required = required;
}

static void read_task (reader_t *reader, json_t *object, void *item)
{
    plan_task_t *task = item;
    const char *group = "";
    json_t *roles = NULL, *indicators = NULL;
    read_object (reader, object, "task", "{s:i, s:s, s:s, s:s, s:s, s:o, s:o}", "id", &task->id, "group", &group, "code",
                 &task->code, "title_vi", &task->title_vi, "timeframe", &task->timeframe, "roles", &roles, "indicators",
                 &indicators);
    size_t n = reader->plan->n_groups;
    while ((size_t)task->group < n && strcmp (reader->plan->groups[task->group].code, group) != 0)
        task->group++;
    if ((size_t)task->group == n)
        fail (reader, "task %s: there is no group \"%s\"", task->code, group);
    task->roles = read_array (reader, roles, sizeof *task->roles, &task->n_roles, read_role);
    task->indicators = read_array (reader, indicators, sizeof *task->indicators, &task->n_indicators, read_indicator);
}

static int compare_days_before (const void *a, const void *b)
{
    return *(const int *)b - *(const int *)a;
}

static void read_days_before (reader_t *reader, plan_policy_t *policy, json_t *days)
{
    if (json_array_size (days) > PLAN_BEFORE_MAX)
        fail (reader, "policy: more than %d reminders before the deadline", PLAN_BEFORE_MAX);
    policy->n_before = 0;
    memset (policy->before, 0, sizeof policy->before);
    for (size_t i = 0; !reader->error && i < json_array_size (days); i++) {
        json_t *day = json_array_get (days, i);
        if (!json_is_integer (day))
            fail (reader, "policy: before has something else than days");
        policy->before[policy->n_before++] = (int)json_integer_value (day);
    }
    qsort (policy->before, policy->n_before, sizeof *policy->before, compare_days_before);
    size_t kept = 0;
    for (size_t i = 0; i < policy->n_before; i++)
        if (kept == 0 || policy->before[i] != policy->before[kept - 1])
            policy->before[kept++] = policy->before[i];
    policy->n_before = kept;
}

static void read_policy (reader_t *reader, plan_policy_t *policy, json_t *object)
{
    const char *overdue = "";
    json_t *before = NULL, *channels = NULL, *copy_to = NULL;
    int working_days_only = 0;
    read_object (reader, object, "policy", "{s:i, s:i, s:i, s:o, s:b, s:s, s:o, s:o}", "hour", &policy->hour, "quiet_from",
                 &policy->quiet_from, "quiet_to", &policy->quiet_to, "before", &before, "working_days_only", &working_days_only,
                 "overdue", &overdue, "channels", &channels, "copy_to", &copy_to);
    read_days_before (reader, policy, before);
    policy->working_days_only = working_days_only;
    policy->overdue = (plan_overdue_t)read_choice (reader, OVERDUES, overdue);
    policy->channels = read_bits (reader, CHANNELS, channels);
    policy->copy_to = read_bits (reader, CONTACTS, copy_to);
}

// They come in order.
static void read_steps (reader_t *reader, plan_policy_t *policy, json_t *steps)
{
    if (json_array_size (steps) > PLAN_STEPS_MAX)
        fail (reader, "policy: more than %d steps of escalation", PLAN_STEPS_MAX);
    policy->n_steps = 0;
    for (size_t i = 0; !reader->error && i < json_array_size (steps); i++) {
        plan_step_t *step = &policy->steps[policy->n_steps++];
        const char *recipient = "";
        read_object (reader, json_array_get (steps, i), "step", "{s:i, s:s}", "after", &step->after_working_days, "recipient",
                     &recipient);
        step->recipient = (plan_recipient_t)read_choice (reader, RECIPIENTS, recipient);
    }
}

static void read_extension (reader_t *reader, json_t *object, void *item)
{
    plan_extension_t *extension = item;
    json_int_t due_at = 0;
    read_object (reader, object, "extension", "{s:i, s:I}", "unit", &extension->unit_id, "due_at", &due_at);
    require_unit (reader, extension->unit_id);
    extension->due_at = due_at;
}

static void read_period (reader_t *reader, json_t *object, void *item)
{
    plan_period_t *period = item;
    json_t *closes_at = NULL, *policy = NULL, *steps = NULL, *extensions = NULL;
    json_int_t opens_at = 0, due_at = 0;
    period->cutoff_from = period->cutoff_to = PLAN_NO_DAY;
    period->policy = PLAN_POLICY_DEFAULT;
    read_object (reader, object, "period", "{s:i, s:s, s:s, s:I, s:I, s?:o, s:i, s?:i, s?:i, s?:o, s?:o, s?:o}", "id", &period->id,
                 "code", &period->code, "kind", &period->kind, "opens_at", &opens_at, "due_at", &due_at, "closes_at", &closes_at,
                 "last_day", &period->last_day, "cutoff_from", &period->cutoff_from, "cutoff_to", &period->cutoff_to, "policy",
                 &policy, "steps", &steps, "extensions", &extensions);
    if (closes_at && !json_is_integer (closes_at))
        fail (reader, "period: closes_at is no instant");
    period->opens_at = opens_at;
    period->due_at = due_at;
    period->closes_at = closes_at ? json_integer_value (closes_at) : INT64_MAX;
    if (policy)
        read_policy (reader, &period->policy, policy);
    if (steps)
        read_steps (reader, &period->policy, steps);
    if (extensions)
        period->extensions = read_array (reader, extensions, sizeof *period->extensions, &period->n_extensions, read_extension);
}

static void read_reporter (reader_t *reader, json_t *object, void *item)
{
    plan_reporter_t *reporter = item;
    const char *obligation = "";
    reporter->valid_from = PLAN_ALWAYS;
    reporter->valid_to = PLAN_FOR_EVER;
    read_object (reader, object, "reporter", "{s:i, s:s, s?:i, s?:i}", "unit", &reporter->unit_id, "obligation", &obligation,
                 "from", &reporter->valid_from, "to", &reporter->valid_to);
    require_unit (reader, reporter->unit_id);
    reporter->obligation = (Baocao__V1__Obligation)read_choice (reader, OBLIGATIONS, obligation);
}

static void read_standing (reader_t *reader, json_t *object, void *item)
{
    plan_standing_t *standing = item;
    standing->valid_from = PLAN_ALWAYS;
    read_object (reader, object, "standing unit", "{s:i, s?:i}", "unit", &standing->unit_id, "from", &standing->valid_from);
    require_unit (reader, standing->unit_id);
}

static int compare_periods (const void *a, const void *b)
{
    const plan_period_t *left = a, *right = b;
    return left->due_at < right->due_at ? -1 : left->due_at > right->due_at ? 1 : strcmp (left->code, right->code);
}

static void read_plan (reader_t *reader, json_t *object, void *item)
{
    plan_t *plan = item;
    json_t *groups = NULL, *tasks = NULL, *periods = NULL, *reporters = NULL, *standing = NULL;
    read_object (reader, object, "plan", "{s:i, s:s, s:s, s:s, s:s, s:i, s:o, s:i, s:o, s:o, s:o, s:o}", "id", &plan->id, "code",
                 &plan->code, "title_vi", &plan->title_vi, "title_en", &plan->title_en, "time_zone", &plan->time_zone,
                 "utc_offset_minutes", &plan->utc_offset_minutes, "standing", &standing, "receiving_unit", &plan->receiving_unit_id,
                 "groups", &groups, "tasks", &tasks, "periods", &periods, "reporters", &reporters);
    reader->plan = plan;
    require_unit (reader, plan->receiving_unit_id);
    plan->standing = read_array (reader, standing, sizeof *plan->standing, &plan->n_standing, read_standing);
    if (!reader->error && plan->n_standing == 0)
        fail (reader, "plan %s has no standing unit", plan->code);
    plan->groups = read_array (reader, groups, sizeof *plan->groups, &plan->n_groups, read_group);
    plan->tasks = read_array (reader, tasks, sizeof *plan->tasks, &plan->n_tasks, read_task);
    plan->periods = read_array (reader, periods, sizeof *plan->periods, &plan->n_periods, read_period);
    plan->reporters = read_array (reader, reporters, sizeof *plan->reporters, &plan->n_reporters, read_reporter);
    if (!reader->error)
        qsort (plan->periods, plan->n_periods, sizeof *plan->periods, compare_periods);
}

static int compare_days (const void *a, const void *b)
{
    int left = ((const plan_day_t *)a)->day, right = ((const plan_day_t *)b)->day;
    return left < right ? -1 : left > right;
}

static void read_day (reader_t *reader, json_t *object, void *item)
{
    plan_day_t *day = item;
    const char *kind = "";
    read_object (reader, object, "official day", "{s:i, s:s}", "day", &day->day, "kind", &kind);
    day->is_working = read_choice (reader, DAYS, kind);
}

static void read_succession (reader_t *reader, json_t *object, void *item)
{
    plan_succession_t *succession = item;
    read_object (reader, object, "succession", "{s:i, s:i, s?:i, s:i}", "predecessor", &succession->predecessor_id, "successor",
                 &succession->successor_id, "task", &succession->task_id, "from", &succession->from);
}

char *plan_read (plan_book_t *self, json_t *json, void (*index_units) (plan_book_t *self))
{
    reader_t reader = {.book = self};
    json_t *units = NULL, *plans = NULL, *days = NULL, *successions = NULL;
    json_int_t version = 0;
    read_object (&reader, json, "book", "{s:I, s:o, s:o, s?:o, s?:o}", "version", &version, "units", &units, "plans", &plans,
                 "days", &days, "successions", &successions);
    self->version = version;
    self->units = read_array (&reader, units, sizeof *self->units, &self->n_units, read_unit);
    if (!reader.error)
        index_units (self);
    self->plans = read_array (&reader, plans, sizeof *self->plans, &self->n_plans, read_plan);
    if (days) {
        self->days = read_array (&reader, days, sizeof *self->days, &self->n_days, read_day);
        qsort (self->days, self->n_days, sizeof *self->days, compare_days);
    }
    if (successions)
        self->successions = read_array (&reader, successions, sizeof *self->successions, &self->n_successions, read_succession);
    return reader.error;
}
