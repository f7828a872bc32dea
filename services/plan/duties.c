#include "duties.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "lineage.h"

enum { DAY_S = 86400, DATE_TEXT = 16 };

typedef struct {
    Baocao__V1__PeriodDuty message;
    Google__Protobuf__Timestamp opens_at, due_at, closes_at;
} period_duty_t;

// Messages in rows, and the lists of pointers to them that protobuf-c wants.
struct duties {
    Baocao__V1__PlanDuties message;
    period_duty_t *periods;
    Baocao__V1__PeriodDuty **period_list;
    Baocao__V1__TaskDuty *tasks, **task_list;
    Baocao__V1__Indicator *indicators, **indicator_list;
    Baocao__V1__PeriodRole *roles, **role_list;
    char **successors;  // of all periods
    Baocao__V1__OfficialDay *days, **day_list;
    char (*dates)[DATE_TEXT];
};

static void add_periods (duties_t *self, const plan_t *plan, int unit_id)
{
    self->periods = xcalloc (plan->n_periods + 1, sizeof *self->periods);
    self->period_list = xcalloc (plan->n_periods + 1, sizeof *self->period_list);
    for (size_t i = 0; i < plan->n_periods; i++) {
        const plan_period_t *period = &plan->periods[i];
        period_duty_t *duty = &self->periods[i];
        baocao__v1__period_duty__init (&duty->message);
        duty->message.period = period->code;
        duty->message.obligation = plan_obligation (plan, period, unit_id);
        duty->message.opens_at = bc_timestamp_set (&duty->opens_at, period->opens_at);
        int64_t due_at = plan_due_at (period, unit_id);
        duty->message.due_at = bc_timestamp_set (&duty->due_at, due_at);
        duty->message.extended = due_at != period->due_at;
        if (period->closes_at != INT64_MAX)
            duty->message.closes_at = bc_timestamp_set (&duty->closes_at, period->closes_at);
        self->period_list[i] = &duty->message;
    }
    self->message.periods = self->period_list;
    self->message.n_periods = plan->n_periods;
}

static void set_indicator (Baocao__V1__Indicator *message, const plan_indicator_t *indicator)
{
    baocao__v1__indicator__init (message);
    message->indicator = indicator->code;
    message->title_vi = indicator->title_vi;
    message->type = indicator->type;
    message->unit_of_measure = indicator->unit_of_measure;
    message->minimum = indicator->minimum;
    message->maximum = indicator->maximum;
    message->aggregation = indicator->aggregation;
    message->required = indicator->required;
    message->target = indicator->target;
}

static void add_tasks (duties_t *self, const plan_t *plan, int unit_id)
{
    const plan_period_t *last = plan->n_periods ? &plan->periods[plan->n_periods - 1] : NULL;
    size_t n_indicators = 0, place = 0;
    for (size_t i = 0; i < plan->n_tasks; i++)
        n_indicators += plan->tasks[i].n_indicators;
    self->tasks = xcalloc (plan->n_tasks + 1, sizeof *self->tasks);
    self->task_list = xcalloc (plan->n_tasks + 1, sizeof *self->task_list);
    self->indicators = xcalloc (n_indicators + 1, sizeof *self->indicators);
    self->indicator_list = xcalloc (n_indicators + 1, sizeof *self->indicator_list);

    for (size_t i = 0; i < plan->n_tasks; i++) {
        const plan_task_t *task = &plan->tasks[i];
        Baocao__V1__TaskDuty *message = self->task_list[i] = &self->tasks[i];
        baocao__v1__task_duty__init (message);
        message->task = task->code;
        message->group = plan->groups[task->group].code;
        message->title_vi = task->title_vi;
        message->timeframe = task->timeframe;
        message->role = last ? plan_task_role (task, last, unit_id) : BAOCAO__V1__TASK_ROLE__TASK_ROLE_NONE;
        message->indicators = self->indicator_list + place;
        message->n_indicators = task->n_indicators;
        for (size_t k = 0; k < task->n_indicators; k++, place++) {
            set_indicator (&self->indicators[place], &task->indicators[k]);
            self->indicator_list[place] = &self->indicators[place];
        }
    }
    self->message.tasks = self->task_list;
    self->message.n_tasks = plan->n_tasks;
}

static bool differs (const duties_t *self, const plan_t *plan, const plan_period_t *period, size_t task, int unit_id)
{
    return plan_task_role (&plan->tasks[task], period, unit_id) != self->tasks[task].role;
}

// What a period has other than the tasks say.
static void add_roles (duties_t *self, const plan_t *plan, int unit_id)
{
    size_t count = 0, place = 0;
    for (size_t i = 0; i < plan->n_periods; i++)
        for (size_t task = 0; task < plan->n_tasks; task++)
            count += differs (self, plan, &plan->periods[i], task, unit_id);
    self->roles = xcalloc (count + 1, sizeof *self->roles);
    self->role_list = xcalloc (count + 1, sizeof *self->role_list);
    for (size_t i = 0; i < plan->n_periods; i++) {
        self->periods[i].message.roles = self->role_list + place;
        for (size_t task = 0; task < plan->n_tasks; task++) {
            if (!differs (self, plan, &plan->periods[i], task, unit_id))
                continue;
            Baocao__V1__PeriodRole *message = self->role_list[place] = &self->roles[place];
            baocao__v1__period_role__init (message);
            message->task = plan->tasks[task].code;
            message->role = plan_task_role (&plan->tasks[task], &plan->periods[i], unit_id);
            self->periods[i].message.n_roles++;
            place++;
        }
    }
}

static bool was_succeeded (const plan_book_t *book, int unit_id)
{
    for (size_t i = 0; i < book->n_successions; i++)
        if (book->successions[i].predecessor_id == unit_id && !book->successions[i].task_id)
            return true;
    return false;
}

// Only who has no duty any more needs to know.
static void add_successors (duties_t *self, const plan_book_t *book, const plan_t *plan, int unit_id)
{
    if (!was_succeeded (book, unit_id))
        return;
    size_t count = 0;
    self->successors = xcalloc (plan->n_periods * book->n_units + 1, sizeof *self->successors);
    for (size_t i = 0; i < plan->n_periods; i++) {
        const plan_period_t *period = &plan->periods[i];
        Baocao__V1__PeriodDuty *message = &self->periods[i].message;
        message->successors = self->successors + count;
        for (size_t u = 0; message->obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_NONE && u < book->n_units; u++) {
            const plan_unit_t *other = &book->units[u];
            if (plan_obligation (plan, period, other->id) == BAOCAO__V1__OBLIGATION__OBLIGATION_NONE ||
                !lineage_has (book, other->id, period, unit_id))
                continue;
            self->successors[count++] = other->code;
            message->n_successors++;
        }
    }
}

static void add_days (duties_t *self, const plan_book_t *book)
{
    self->days = xcalloc (book->n_days + 1, sizeof *self->days);
    self->day_list = xcalloc (book->n_days + 1, sizeof *self->day_list);
    self->dates = xcalloc (book->n_days + 1, sizeof *self->dates);
    for (size_t i = 0; i < book->n_days; i++) {
        struct tm date;
        time_t seconds = (time_t)book->days[i].day * DAY_S;
        gmtime_r (&seconds, &date);
        strftime (self->dates[i], DATE_TEXT, "%Y-%m-%d", &date);
        baocao__v1__official_day__init (&self->days[i]);
        self->days[i].date = self->dates[i];
        self->days[i].working = book->days[i].is_working;
        self->day_list[i] = &self->days[i];
    }
    self->message.official_days = self->day_list;
    self->message.n_official_days = book->n_days;
}

duties_t *duties_new (const plan_book_t *book, const plan_t *plan, const plan_unit_t *unit)
{
    duties_t *self = xcalloc (1, sizeof *self);
    baocao__v1__plan_duties__init (&self->message);
    self->message.plan = plan->code;
    self->message.title_vi = plan->title_vi;
    self->message.title_en = plan->title_en;
    self->message.utc_offset_minutes = plan->utc_offset_minutes;
    self->message.time_zone = plan->time_zone;
    add_periods (self, plan, unit->id);
    add_tasks (self, plan, unit->id);
    add_roles (self, plan, unit->id);
    add_successors (self, book, plan, unit->id);
    add_days (self, book);
    return self;
}

void duties_destroy (duties_t **self_p)
{
    duties_t *self = *self_p;
    if (!self)
        return;
    free (self->periods);
    free (self->period_list);
    free (self->tasks);
    free (self->task_list);
    free (self->indicators);
    free (self->indicator_list);
    free (self->roles);
    free (self->role_list);
    free (self->successors);
    free (self->days);
    free (self->day_list);
    free (self->dates);
    free (self);
    *self_p = NULL;
}

const Baocao__V1__PlanDuties *duties_message (duties_t *self, char *standing_unit)
{
    self->message.standing_unit = standing_unit;
    return &self->message;
}

Baocao__V1__TaskRole duties_role (const Baocao__V1__PeriodDuty *period, const Baocao__V1__TaskDuty *task)
{
    for (size_t i = 0; i < period->n_roles; i++)
        if (strcmp (period->roles[i]->task, task->task) == 0)
            return period->roles[i]->role;
    return task->role;
}
