#include "duties.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/xmem.h"

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
        duty->message.obligation = plan_obligation (plan, unit_id);
        duty->message.opens_at = bc_timestamp_set (&duty->opens_at, period->opens_at);
        duty->message.due_at = bc_timestamp_set (&duty->due_at, period->due_at);
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
}

static void add_tasks (duties_t *self, const plan_t *plan, int unit_id)
{
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
        message->role = plan_task_role (task, unit_id);
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

duties_t *duties_new (const plan_book_t *book, const plan_t *plan, const plan_unit_t *unit)
{
    duties_t *self = xcalloc (1, sizeof *self);
    baocao__v1__plan_duties__init (&self->message);
    self->message.plan = plan->code;
    self->message.title_vi = plan->title_vi;
    self->message.title_en = plan->title_en;
    self->message.utc_offset_minutes = plan->utc_offset_minutes;
    self->message.standing_unit = plan_book_unit_by_id (book, plan->standing_unit_id)->code;
    self->message.time_zone = plan->time_zone;
    add_periods (self, plan, unit->id);
    add_tasks (self, plan, unit->id);
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
    free (self);
    *self_p = NULL;
}

const Baocao__V1__PlanDuties *duties_message (const duties_t *self)
{
    return &self->message;
}
