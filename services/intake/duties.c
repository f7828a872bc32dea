// GetDuties: what a department owes, how it stands, and what it said last.

#include "common/clock.h"
#include "common/xmem.h"
#include "intake_db.h"
#include "plan/lineage.h"
#include "plan/plan_db.h"
#include "query.h"
#include "reply.h"
#include "state.h"

typedef struct {
    query_job_t job;
    char plan[REPORT_MAX_CODE + 1];  // "": all in which the department has a duty
} duties_job_t;

// --- The transaction -------------------------------------------------------------------------------------------------------------

static bool is_wanted (const duties_job_t *job, const plan_t *plan)
{
    return *job->plan ? streq (job->plan, plan->code) : plan_has_part (plan, job->job.asker.department->id);
}

// A unit can be a forerunner for several tasks.
static bool is_first (const lineage_t *forerunners, size_t i)
{
    for (size_t earlier = 0; earlier < i; earlier++)
        if (forerunners[earlier].unit_id == forerunners[i].unit_id)
            return false;
    return true;
}

static void want_plan (const plan_t *plan, int unit_id, intake_wanted_t **wanted_p, size_t *count_p)
{
    *wanted_p = xrealloc (*wanted_p, (*count_p + plan->n_periods + 1) * sizeof **wanted_p);
    for (size_t i = 0; i < plan->n_periods; i++)
        (*wanted_p)[(*count_p)++] = (intake_wanted_t){unit_id, plan->periods[i].id};
}

static bc_tx_next_t ask (const duties_job_t *job, bc_tx_t *tx)
{
    const plan_book_t *book = *query_book (job->job.query);
    int unit_id = job->job.asker.department->id, *ids = NULL;
    size_t count = 0, n_wanted = 0, n_forerunners;
    intake_wanted_t *wanted = xmalloc (sizeof *wanted);
    lineage_t *forerunners = lineage_of (book, unit_id, &n_forerunners);
    for (const plan_t *plan = book->plans; plan < book->plans + book->n_plans; plan++) {
        if (!is_wanted (job, plan))
            continue;
        ids = xrealloc (ids, (count + plan->n_periods + 1) * sizeof *ids);
        for (size_t i = 0; i < plan->n_periods; i++)
            ids[count++] = plan->periods[i].id;
        want_plan (plan, unit_id, &wanted, &n_wanted);
        for (size_t i = 0; i < n_forerunners; i++)
            if (is_first (forerunners, i))
                want_plan (plan, forerunners[i].unit_id, &wanted, &n_wanted);
    }
    intake_db_ask_standings (tx, unit_id, ids, count);
    intake_db_ask_progress (tx, wanted, n_wanted);
    free (forerunners);
    free (wanted);
    free (ids);
    return BC_TX_COMMIT;
}

static bc_tx_next_t duties_step (bc_tx_t *tx, int step, void *arg)
{
    const duties_job_t *job = arg;
    plan_book_t **book_p = query_book (job->job.query);
    if (step == 0) {
        plan_db_ask_version (tx);
        return BC_TX_NEXT;
    }
    if (step == 1) {
        if (plan_db_is_current (bc_tx_result (tx, 0), *book_p))
            return ask (job, tx);
        plan_db_load (tx);
        return BC_TX_NEXT;
    }
    plan_book_t *book = plan_db_read (bc_tx_result (tx, 0));
    if (!book)
        return BC_TX_ROLLBACK;
    plan_book_destroy (book_p);
    *book_p = book;
    return ask (job, tx);
}

// --- The answer ------------------------------------------------------------------------------------------------------------------

// One plan of the answer: a copy of the book's message, with what is the department's own put in.
typedef struct {
    Baocao__V1__PlanDuties message;
    Baocao__V1__PeriodDuty *periods, **period_list;
    Baocao__V1__TaskProgress *progress, **progress_list;  // for every period as many as there are tasks
} entry_t;

// Where the rows of a unit's report for the period begin, which come in order of unit and period; -1: there are none.
static int first_row (const PGresult *rows, int unit_id, int period_id)
{
    int low = 0, high = PQntuples (rows);
    while (low < high) {
        int middle = low + (high - low) / 2;
        intake_progress_t progress = intake_db_progress (rows, middle);
        if (progress.unit_id < unit_id || (progress.unit_id == unit_id && progress.period_id < period_id))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == PQntuples (rows))
        return -1;
    intake_progress_t progress = intake_db_progress (rows, low);
    return progress.unit_id == unit_id && progress.period_id == period_id ? low : -1;
}

static void add_progress (Baocao__V1__PeriodDuty *period, const plan_task_t *task, intake_progress_t progress)
{
    for (size_t i = 0; i < period->n_previous; i++)
        if (period->previous[i]->task == task->code)
            return;
    Baocao__V1__TaskProgress *message = period->previous[period->n_previous++];
    baocao__v1__task_progress__init (message);
    message->task = task->code;
    message->status = (Baocao__V1__TaskStatus)progress.status;
    message->progress_percent = progress.progress_percent;
}

// What the unit said last, or a forerunner of it: of tasks of which nobody before has spoken.
static void take_progress (Baocao__V1__PeriodDuty *message, const plan_t *plan, size_t i, const lineage_t *forerunner,
                           const PGresult *rows)
{
    int row = -1;
    const plan_period_t *last = &plan->periods[i] + 1;
    while (row < 0 && last-- > plan->periods)
        if (lineage_reaches (forerunner, last, &plan->periods[i]))
            row = first_row (rows, forerunner->unit_id, last->id);
    if (row < 0)
        return;
    if (!*message->previous_period)
        message->previous_period = last->code;
    for (; row < PQntuples (rows); row++) {
        intake_progress_t progress = intake_db_progress (rows, row);
        if (progress.unit_id != forerunner->unit_id || progress.period_id != last->id)
            return;
        const plan_task_t *task = plan_task_by_id (plan, progress.task_id);
        if (task && (!forerunner->task_id || forerunner->task_id == task->id))
            add_progress (message, task, progress);
    }
}

static Baocao__V1__UnitStanding find_standing (const PGresult *rows, int period_id, Baocao__V1__Obligation obligation)
{
    for (int row = 0; row < PQntuples (rows); row++) {
        intake_standing_t standing = intake_db_standing (rows, row);
        if (standing.period_id == period_id)
            return state_of_unit (standing.has_accepted, standing.late, standing.refused, standing.returned);
    }
    return obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_NONE ? BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_UNSPECIFIED
                                                                 : BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING;
}

static void set_period (entry_t *entry, const plan_t *plan, size_t i, const PGresult *standings)
{
    Baocao__V1__PeriodDuty *period = entry->period_list[i] = &entry->periods[i];
    *period = *entry->message.periods[i];
    period->standing = find_standing (standings, plan->periods[i].id, period->obligation);
    period->previous = entry->progress_list + i * plan->n_tasks;
    for (size_t task = 0; task < plan->n_tasks; task++)
        period->previous[task] = &entry->progress[i * plan->n_tasks + task];
}

static void set_plan (entry_t *entry, const Baocao__V1__PlanDuties *duties, const plan_t *plan, const plan_book_t *book,
                      int unit_id, bc_tx_t *tx)
{
    size_t periods = plan->n_periods + 1, rows = periods * plan->n_tasks + 1, n;
    lineage_t *forerunners = lineage_of (book, unit_id, &n);
    const lineage_t itself = {.unit_id = unit_id, .before = PLAN_FOR_EVER, .from = PLAN_ALWAYS};
    *entry = (entry_t){
        .message = *duties,
        .periods = xcalloc (periods, sizeof *entry->periods),
        .period_list = xcalloc (periods, sizeof *entry->period_list),
        .progress = xcalloc (rows, sizeof *entry->progress),
        .progress_list = xcalloc (rows, sizeof *entry->progress_list),
    };
    for (size_t i = 0; i < plan->n_periods; i++) {
        set_period (entry, plan, i, bc_tx_result (tx, 0));
        take_progress (&entry->periods[i], plan, i, &itself, bc_tx_result (tx, 1));
        for (size_t k = 0; k < n; k++)
            take_progress (&entry->periods[i], plan, i, &forerunners[k], bc_tx_result (tx, 1));
    }
    entry->message.periods = entry->period_list;
    free (forerunners);
}

static void clear_entry (entry_t *entry)
{
    free (entry->periods);
    free (entry->period_list);
    free (entry->progress);
    free (entry->progress_list);
}

static void send_duties (const duties_job_t *job, const plan_book_t *book, Baocao__V1__PlanDuties **plans, size_t count)
{
    const department_t *department = job->job.asker.department;
    const plan_unit_t *unit = plan_book_unit_by_id (book, department->id);
    Google__Protobuf__Timestamp now;
    Baocao__V1__Duties duties = BAOCAO__V1__DUTIES__INIT;
    duties.unit = department->code;
    if (unit) {
        duties.unit_name_vi = unit->name_vi;
        duties.unit_name_en = unit->name_en;
    }
    duties.server_time = bc_timestamp_set (&now, bc_clock_ms ());
    duties.plans = plans;
    duties.n_plans = count;
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_DUTIES;
    reply.duties = &duties;
    reply_send (&job->job.asker, &reply);
}

static void duties_answer (query_job_t *arg, bc_tx_t *tx)
{
    const duties_job_t *job = (duties_job_t *)arg;
    plan_book_t *book = *query_book (arg->query);
    entry_t *entries = xcalloc (book->n_plans + 1, sizeof *entries);
    Baocao__V1__PlanDuties **list = xcalloc (book->n_plans + 1, sizeof *list);
    size_t count = 0;
    for (const plan_t *plan = book->plans; plan < book->plans + book->n_plans; plan++) {
        if (!is_wanted (job, plan))
            continue;
        const Baocao__V1__PlanDuties *duties = plan_duties (book, plan, arg->asker.department->id, bc_clock_ms ());
        if (!duties)
            continue;
        set_plan (&entries[count], duties, plan, book, arg->asker.department->id, tx);
        list[count] = &entries[count].message;
        count++;
    }
    if (count == 0 && *job->plan)
        reply_refuse (&arg->asker, REFUSAL_NO_PLAN, job->plan);
    else
        send_duties (job, book, list, count);
    for (size_t i = 0; i < count; i++)
        clear_entry (&entries[i]);
    free (entries);
    free (list);
}

void query_duties (query_t *self, const asker_t *asker, const Baocao__V1__GetDuties *request)
{
    duties_job_t *job = query_job_new (sizeof *job, asker, duties_step, duties_answer);
    snprintf (job->plan, sizeof job->plan, "%s", request->plan);
    query_run (self, &job->job, BC_TX_REPEATABLE_READ_ONLY);
}
