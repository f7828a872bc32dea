#include "plan.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "duties.h"

// The whole book; callers see its first member. Texts are borrowed from the JSON tree, which lives as long.
typedef struct {
    plan_book_t public;
    json_t *json;
    plan_unit_t **units_by_id;
    duties_t **duties;  // by plan, then by unit, as they stand in the book; NULL: not made yet
} book_t;

// --- Reading the JSON text -------------------------------------------------------------------------------------------------------

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
    const book_t *book;
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

static void require_unit (reader_t *reader, int unit_id)
{
    if (!reader->error && !plan_book_unit_by_id (&reader->book->public, unit_id))
        fail (reader, "plan %s names a unit %d that there is not", reader->plan->code, unit_id);
}

static void read_unit (reader_t *reader, json_t *object, void *item)
{
    plan_unit_t *unit = item;
    read_object (reader, object, "unit", "{s:i, s:s, s:s, s:s, s:s}", "id", &unit->id, "code", &unit->code, "kind", &unit->kind,
                 "name_vi", &unit->name_vi, "name_en", &unit->name_en);
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
    read_object (reader, object, "role", "{s:i, s:s}", "unit", &role->unit_id, "role", &name);
    require_unit (reader, role->unit_id);
    role->role = (Baocao__V1__TaskRole)read_choice (reader, ROLES, name);
}

static void read_indicator (reader_t *reader, json_t *object, void *item)
{
    plan_indicator_t *indicator = item;
    const char *type = "", *aggregation = "";
    int required = 0;
    read_object (reader, object, "indicator", "{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "id", &indicator->id, "code",
                 &indicator->code, "title_vi", &indicator->title_vi, "type", &type, "unit_of_measure", &indicator->unit_of_measure,
                 "minimum", &indicator->minimum, "maximum", &indicator->maximum, "aggregation", &aggregation, "required",
                 &required);
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

static void read_period (reader_t *reader, json_t *object, void *item)
{
    plan_period_t *period = item;
    json_t *closes_at = NULL;
    json_int_t opens_at = 0, due_at = 0;
    read_object (reader, object, "period", "{s:i, s:s, s:s, s:I, s:I, s:o}", "id", &period->id, "code", &period->code, "kind",
                 &period->kind, "opens_at", &opens_at, "due_at", &due_at, "closes_at", &closes_at);
    if (!json_is_null (closes_at) && !json_is_integer (closes_at))
        fail (reader, "period: closes_at is neither an instant nor null");
    period->opens_at = opens_at;
    period->due_at = due_at;
    period->closes_at = json_is_integer (closes_at) ? json_integer_value (closes_at) : INT64_MAX;
}

static void read_reporter (reader_t *reader, json_t *object, void *item)
{
    plan_reporter_t *reporter = item;
    const char *obligation = "";
    read_object (reader, object, "reporter", "{s:i, s:s}", "unit", &reporter->unit_id, "obligation", &obligation);
    require_unit (reader, reporter->unit_id);
    reporter->obligation = (Baocao__V1__Obligation)read_choice (reader, OBLIGATIONS, obligation);
}

static int compare_periods (const void *a, const void *b)
{
    const plan_period_t *left = a, *right = b;
    return left->due_at < right->due_at ? -1 : left->due_at > right->due_at ? 1 : strcmp (left->code, right->code);
}

static void read_plan (reader_t *reader, json_t *object, void *item)
{
    plan_t *plan = item;
    json_t *groups = NULL, *tasks = NULL, *periods = NULL, *reporters = NULL;
    read_object (reader, object, "plan", "{s:i, s:s, s:s, s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:o}", "id", &plan->id, "code",
                 &plan->code, "title_vi", &plan->title_vi, "title_en", &plan->title_en, "time_zone", &plan->time_zone,
                 "utc_offset_minutes", &plan->utc_offset_minutes, "standing_unit", &plan->standing_unit_id, "groups", &groups,
                 "tasks", &tasks, "periods", &periods, "reporters", &reporters);
    reader->plan = plan;
    require_unit (reader, plan->standing_unit_id);
    plan->groups = read_array (reader, groups, sizeof *plan->groups, &plan->n_groups, read_group);
    plan->tasks = read_array (reader, tasks, sizeof *plan->tasks, &plan->n_tasks, read_task);
    plan->periods = read_array (reader, periods, sizeof *plan->periods, &plan->n_periods, read_period);
    plan->reporters = read_array (reader, reporters, sizeof *plan->reporters, &plan->n_reporters, read_reporter);
    if (!reader->error)
        qsort (plan->periods, plan->n_periods, sizeof *plan->periods, compare_periods);
}

static int compare_units (const void *a, const void *b)
{
    return strcmp (((const plan_unit_t *)a)->code, ((const plan_unit_t *)b)->code);
}

static int compare_units_by_id (const void *a, const void *b)
{
    int left = (*(plan_unit_t *const *)a)->id, right = (*(plan_unit_t *const *)b)->id;
    return left < right ? -1 : left > right;
}

static void index_units (book_t *book)
{
    plan_book_t *public = &book->public;
    qsort (public->units, public->n_units, sizeof *public->units, compare_units);
    book->units_by_id = xcalloc (public->n_units + 1, sizeof *book->units_by_id);
    for (size_t i = 0; i < public->n_units; i++)
        book->units_by_id[i] = &public->units[i];
    qsort (book->units_by_id, public->n_units, sizeof *book->units_by_id, compare_units_by_id);
}

plan_book_t *plan_book_parse (const char *json, char **error_p)
{
    json_error_t error;
    book_t *book = xcalloc (1, sizeof *book);
    plan_book_t *public = &book->public;
    reader_t reader = {.book = book};
    json_t *units = NULL, *plans = NULL;
    json_int_t version = 0;
    book->json = json_loads (json, JSON_REJECT_DUPLICATES, &error);
    if (!book->json)
        fail (&reader, "line %d: %s", error.line, error.text);
    read_object (&reader, book->json, "book", "{s:I, s:o, s:o}", "version", &version, "units", &units, "plans", &plans);
    public->version = version;
    public->units = read_array (&reader, units, sizeof *public->units, &public->n_units, read_unit);
    if (!reader.error)
        index_units (book);
    public->plans = read_array (&reader, plans, sizeof *public->plans, &public->n_plans, read_plan);
    book->duties = xcalloc (public->n_plans * public->n_units + 1, sizeof *book->duties);
    if (!reader.error)
        return public;
    *error_p = reader.error;
    plan_book_destroy (&public);
    return NULL;
}

static void free_plan (plan_t *plan)
{
    for (size_t i = 0; plan->tasks && i < plan->n_tasks; i++) {
        free (plan->tasks[i].roles);
        free (plan->tasks[i].indicators);
    }
    free (plan->groups);
    free (plan->tasks);
    free (plan->periods);
    free (plan->reporters);
}

void plan_book_destroy (plan_book_t **self_p)
{
    if (!*self_p)
        return;
    book_t *book = (book_t *)*self_p;
    for (size_t i = 0; i < book->public.n_plans * book->public.n_units; i++)
        duties_destroy (&book->duties[i]);
    for (size_t i = 0; i < book->public.n_plans; i++)
        free_plan (&book->public.plans[i]);
    free (book->duties);
    free (book->public.plans);
    free (book->public.units);
    free (book->units_by_id);
    json_decref (book->json);
    free (book);
    *self_p = NULL;
}

// --- Look-ups --------------------------------------------------------------------------------------------------------------------

const plan_unit_t *plan_book_unit (const plan_book_t *self, const char *code)
{
    plan_unit_t key = {.code = (char *)code};
    return bsearch (&key, self->units, self->n_units, sizeof key, compare_units);
}

const plan_unit_t *plan_book_unit_by_id (const plan_book_t *self, int id)
{
    plan_unit_t *key = &(plan_unit_t){.id = id};
    plan_unit_t **found = bsearch (&key, ((const book_t *)self)->units_by_id, self->n_units, sizeof key, compare_units_by_id);
    return found ? *found : NULL;
}

const plan_t *plan_book_plan (const plan_book_t *self, const char *code)
{
    for (size_t i = 0; i < self->n_plans; i++)
        if (strcmp (self->plans[i].code, code) == 0)
            return &self->plans[i];
    return NULL;
}

const plan_period_t *plan_book_period_by_id (const plan_book_t *self, int id, const plan_t **plan_p)
{
    for (const plan_t *plan = self->plans; plan < self->plans + self->n_plans; plan++)
        for (size_t i = 0; i < plan->n_periods; i++)
            if (plan->periods[i].id == id) {
                if (plan_p)
                    *plan_p = plan;
                return &plan->periods[i];
            }
    return NULL;
}

const plan_period_t *plan_period (const plan_t *self, const char *code)
{
    for (size_t i = 0; i < self->n_periods; i++)
        if (strcmp (self->periods[i].code, code) == 0)
            return &self->periods[i];
    return NULL;
}

const plan_task_t *plan_task (const plan_t *self, const char *code)
{
    for (size_t i = 0; i < self->n_tasks; i++)
        if (strcmp (self->tasks[i].code, code) == 0)
            return &self->tasks[i];
    return NULL;
}

const plan_task_t *plan_task_by_id (const plan_t *self, int id)
{
    for (size_t i = 0; i < self->n_tasks; i++)
        if (self->tasks[i].id == id)
            return &self->tasks[i];
    return NULL;
}

const plan_indicator_t *plan_indicator (const plan_task_t *task, const char *code)
{
    for (size_t i = 0; i < task->n_indicators; i++)
        if (strcmp (task->indicators[i].code, code) == 0)
            return &task->indicators[i];
    return NULL;
}

Baocao__V1__TaskRole plan_task_role (const plan_task_t *task, int unit_id)
{
    for (size_t i = 0; i < task->n_roles; i++)
        if (task->roles[i].unit_id == unit_id)
            return task->roles[i].role;
    return BAOCAO__V1__TASK_ROLE__TASK_ROLE_NONE;
}

Baocao__V1__Obligation plan_obligation (const plan_t *self, int unit_id)
{
    for (size_t i = 0; i < self->n_reporters; i++)
        if (self->reporters[i].unit_id == unit_id)
            return self->reporters[i].obligation;
    return BAOCAO__V1__OBLIGATION__OBLIGATION_NONE;
}

size_t plan_expected (const plan_t *self)
{
    size_t expected = 0;
    for (size_t i = 0; i < self->n_reporters; i++)
        expected += self->reporters[i].obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MUST;
    return expected;
}

Baocao__V1__Timeliness plan_timeliness (const plan_period_t *period, int64_t received_at)
{
    return received_at < period->due_at ? BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME : BAOCAO__V1__TIMELINESS__TIMELINESS_LATE;
}

const plan_period_t *plan_current_period (const plan_t *self, int64_t now)
{
    const plan_period_t *current = NULL;
    bool current_is_open = false;
    for (const plan_period_t *period = self->periods; period < self->periods + self->n_periods; period++) {
        bool is_open = period->opens_at <= now && now < period->closes_at;
        if (period->opens_at > now || (current_is_open && !is_open))
            continue;
        if (!current || is_open > current_is_open || period->opens_at >= current->opens_at) {
            current = period;
            current_is_open = is_open;
        }
    }
    return current;
}

const Baocao__V1__PlanDuties *plan_duties (plan_book_t *self, const plan_t *plan, int unit_id)
{
    const plan_unit_t *unit = plan_book_unit_by_id (self, unit_id);
    if (!unit)
        return NULL;
    size_t place = (size_t)(plan - self->plans) * self->n_units + (size_t)(unit - self->units);
    duties_t **duties = &((book_t *)self)->duties[place];
    if (!*duties)
        *duties = duties_new (self, plan, unit);
    return duties_message (*duties);
}
