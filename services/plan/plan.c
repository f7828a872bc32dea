#include "plan.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "calendar.h"
#include "duties.h"
#include "plan_read.h"

// The whole book; callers see its first member. Texts are borrowed from the JSON tree, which lives as long.
typedef struct {
    plan_book_t public;
    json_t *json;
    plan_unit_t **units_by_id;
    duties_t **duties;  // by plan, then by unit, as they stand in the book; NULL: not made yet
} book_t;

// --- The book --------------------------------------------------------------------------------------------------------------------

static int compare_units (const void *a, const void *b)
{
    return strcmp (((const plan_unit_t *)a)->code, ((const plan_unit_t *)b)->code);
}

static int compare_units_by_id (const void *a, const void *b)
{
    int left = (*(plan_unit_t *const *)a)->id, right = (*(plan_unit_t *const *)b)->id;
    return left < right ? -1 : left > right;
}

static void index_units (plan_book_t *self)
{
    book_t *book = (book_t *)self;
    qsort (self->units, self->n_units, sizeof *self->units, compare_units);
    book->units_by_id = xcalloc (self->n_units + 1, sizeof *book->units_by_id);
    for (size_t i = 0; i < self->n_units; i++)
        book->units_by_id[i] = &self->units[i];
    qsort (book->units_by_id, self->n_units, sizeof *book->units_by_id, compare_units_by_id);
}

plan_book_t *plan_book_parse (const char *json, char **error_p)
{
    json_error_t error;
    book_t *book = xcalloc (1, sizeof *book);
    plan_book_t *public = &book->public;
    book->json = json_loads (json, JSON_REJECT_DUPLICATES, &error);
    *error_p = book->json ? plan_read (public, book->json, index_units) : xasprintf ("line %d: %s", error.line, error.text);
    book->duties = xcalloc (public->n_plans * public->n_units + 1, sizeof *book->duties);
    if (*error_p)
        plan_book_destroy (&public);
    return public;
}

static void free_plan (plan_t *plan)
{
    for (size_t i = 0; plan->tasks && i < plan->n_tasks; i++) {
        free (plan->tasks[i].roles);
        free (plan->tasks[i].indicators);
    }
    for (size_t i = 0; plan->periods && i < plan->n_periods; i++)
        free (plan->periods[i].extensions);
    free (plan->groups);
    free (plan->tasks);
    free (plan->periods);
    free (plan->reporters);
    free (plan->standing);
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
    free (book->public.days);
    free (book->public.successions);
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

bool plan_is_valid (int valid_from, int valid_to, const plan_period_t *period)
{
    return valid_from <= period->last_day && period->last_day < valid_to;
}

Baocao__V1__TaskRole plan_task_role (const plan_task_t *task, const plan_period_t *period, int unit_id)
{
    for (const plan_role_t *role = task->roles; role < task->roles + task->n_roles; role++)
        if (role->unit_id == unit_id && plan_is_valid (role->valid_from, role->valid_to, period))
            return role->role;
    return BAOCAO__V1__TASK_ROLE__TASK_ROLE_NONE;
}

Baocao__V1__Obligation plan_obligation (const plan_t *self, const plan_period_t *period, int unit_id)
{
    for (const plan_reporter_t *reporter = self->reporters; reporter < self->reporters + self->n_reporters; reporter++)
        if (reporter->unit_id == unit_id && plan_is_valid (reporter->valid_from, reporter->valid_to, period))
            return reporter->obligation;
    return BAOCAO__V1__OBLIGATION__OBLIGATION_NONE;
}

size_t plan_expected (const plan_t *self, const plan_period_t *period)
{
    size_t expected = 0;
    for (const plan_reporter_t *reporter = self->reporters; reporter < self->reporters + self->n_reporters; reporter++)
        expected += reporter->obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MUST &&
                    plan_is_valid (reporter->valid_from, reporter->valid_to, period);
    return expected;
}

bool plan_has_part (const plan_t *self, int unit_id)
{
    for (size_t i = 0; i < self->n_reporters; i++)
        if (self->reporters[i].unit_id == unit_id)
            return true;
    for (const plan_task_t *task = self->tasks; task < self->tasks + self->n_tasks; task++)
        for (size_t i = 0; i < task->n_roles; i++)
            if (task->roles[i].unit_id == unit_id)
                return true;
    return false;
}

int plan_standing_unit (const plan_t *self, int64_t at)
{
    int day = calendar_day (self, at);
    size_t i = self->n_standing;
    while (i > 1 && self->standing[i - 1].valid_from > day)
        i--;
    return self->standing[i - 1].unit_id;
}

static const plan_extension_t *extension_of (const plan_period_t *period, int unit_id)
{
    for (size_t i = 0; i < period->n_extensions; i++)
        if (period->extensions[i].unit_id == unit_id)
            return &period->extensions[i];
    return NULL;
}

int64_t plan_due_at (const plan_period_t *period, int unit_id)
{
    const plan_extension_t *extension = extension_of (period, unit_id);
    return extension ? extension->due_at : period->due_at;
}

Baocao__V1__Timeliness plan_timeliness (const plan_period_t *period, int unit_id, int64_t received_at)
{
    if (received_at >= period->closes_at)
        return BAOCAO__V1__TIMELINESS__TIMELINESS_QUARANTINED;
    return received_at < plan_due_at (period, unit_id) ? BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME
                                                       : BAOCAO__V1__TIMELINESS__TIMELINESS_LATE;
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

const Baocao__V1__PlanDuties *plan_duties (plan_book_t *self, const plan_t *plan, int unit_id, int64_t at)
{
    const plan_unit_t *unit = plan_book_unit_by_id (self, unit_id);
    if (!unit)
        return NULL;
    size_t place = (size_t)(plan - self->plans) * self->n_units + (size_t)(unit - self->units);
    duties_t **duties = &((book_t *)self)->duties[place];
    if (!*duties)
        *duties = duties_new (self, plan, unit);
    return duties_message (*duties, plan_book_unit_by_id (self, plan_standing_unit (plan, at))->code);
}
