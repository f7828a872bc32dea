#include "duties.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "plan/duties.h"
#include "report/json.h"
#include "output.h"

#define DAY_MS INT64_C (86400000)

// --- Getting them ----------------------------------------------------------------------------------------------------------------

static Baocao__V1__Duties *ask (client_t *client, int *status_p)
{
    Baocao__V1__GetDuties get = BAOCAO__V1__GET_DUTIES__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_DUTIES;
    request.get_duties = &get;
    Baocao__V1__ServerReply *reply = client_ask (client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_DUTIES, status_p);
    if (!reply)
        return NULL;
    Baocao__V1__Duties *duties = reply->duties;
    reply->reply_case = BAOCAO__V1__SERVER_REPLY__REPLY__NOT_SET;
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return duties;
}

static void keep (home_t *home, const Baocao__V1__Duties *duties)
{
    uint8_t *data;
    size_t size = bc_wire_pack (&duties->base, &data);
    if (home_save (home, "duties.pb", data, size))
        client_cannot_write (home);
    free (data);
}

static int64_t age_ms (const home_t *home)
{
    struct stat status;
    char *path = home_entry (home, "duties.pb");
    int64_t age = stat (path, &status) ? 0 : bc_clock_ms () - (int64_t)status.st_mtime * 1000;
    free (path);
    return age > 0 ? age : 0;
}

Baocao__V1__Duties *duties_load (const home_t *home)
{
    size_t size = 0;
    uint8_t *data = home_load (home, "duties.pb", &size);
    Baocao__V1__Duties *duties = data ? baocao__v1__duties__unpack (NULL, size, data) : NULL;
    free (data);
    return duties;
}

Baocao__V1__Duties *duties_kept (const home_t *home)
{
    Baocao__V1__Duties *duties = duties_load (home);
    if (duties && duties->server_time)
        duties->server_time->seconds += age_ms (home) / 1000;
    return duties;
}

Baocao__V1__Duties *duties_get (client_t *client, duties_source_t source, int *status_p)
{
    *status_p = CLIENT_UNCONFIGURED;
    const invite_t *invite = client_invite (client, false);
    if (!invite)
        return NULL;
    home_t *home = client_home (client);
    Baocao__V1__Duties *duties = source == DUTIES_LATEST ? ask (client, status_p) : NULL;
    if (duties)
        keep (home, duties);
    else if (source == DUTIES_KEPT || *status_p == CLIENT_UNREACHABLE) {
        duties = duties_kept (home);
        if (duties && source == DUTIES_LATEST)
            client_say (_ ("using the duties as they were last read from the server"));
        else if (!duties && source == DUTIES_KEPT) {
            client_say (_ ("the duties have never been read: run 'baocao duties' while the server can be reached"));
            *status_p = CLIENT_UNREACHABLE;
        }
    }
    if (duties && duties->n_plans)
        output_zone (duties->plans[0]->time_zone);
    if (duties)
        *status_p = CLIENT_DONE;
    return duties;
}

const Baocao__V1__PlanDuties *duties_plan (const Baocao__V1__Duties *self, const char *code)
{
    if (!code)
        return self->n_plans == 1 ? self->plans[0] : NULL;
    for (size_t i = 0; i < self->n_plans; i++)
        if (!strcmp (self->plans[i]->plan, code))
            return self->plans[i];
    return NULL;
}

static bool is_closed (const Baocao__V1__PeriodDuty *period, int64_t now)
{
    return period->closes_at && output_ms (period->closes_at) <= now;
}

bool duties_is_waited_for (const Baocao__V1__PeriodDuty *period, int64_t now)
{
    return output_ms (period->opens_at) <= now && !is_closed (period, now) &&
           now < output_ms (period->due_at) + DUTIES_LAPSE_DAYS * DAY_MS;
}

const Baocao__V1__PeriodDuty *duties_period (const Baocao__V1__PlanDuties *plan, const char *code, int64_t now)
{
    const Baocao__V1__PeriodDuty *latest = NULL;
    for (size_t i = 0; i < plan->n_periods; i++) {
        const Baocao__V1__PeriodDuty *period = plan->periods[i];
        if (code ? strcmp (period->period, code) != 0 : output_ms (period->opens_at) > now)
            continue;
        if (!latest || duties_is_waited_for (period, now) >= duties_is_waited_for (latest, now))
            latest = period;
    }
    return latest;
}

// --- The command -----------------------------------------------------------------------------------------------------------------

// Days are counted as people do: 0 is the last day.
static char *days_left (const Baocao__V1__PeriodDuty *period, int64_t now)
{
    int64_t left = output_ms (period->due_at) - now;
    if (period->obligation != BAOCAO__V1__OBLIGATION__OBLIGATION_MUST || !period->due_at ||
        period->standing == BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME ||
        period->standing == BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE)
        return xstrdup ("");
    if (now < output_ms (period->opens_at))
        return xstrdup (_ ("not open yet"));
    if (!duties_is_waited_for (period, now))
        return xstrdup (is_closed (period, now) ? _ ("closed") : _ ("lapsed"));
    if (left > 0)
        return xasprintf (_ ("%lld left"), (long long)(left / DAY_MS));
    long long overdue = -left / DAY_MS + 1;
    return xasprintf (_ ("%lld overdue"), overdue);
}

static void print_periods (const Baocao__V1__PlanDuties *plan, int64_t now)
{
    const char *const titles[] = {_ ("PERIOD"), _ ("DUTY"), _ ("OPENS"), _ ("DUE BEFORE"), _ ("DAYS"), _ ("STANDING")};
    table_t *table = table_new (titles, 6);
    for (size_t i = 0; i < plan->n_periods; i++) {
        const Baocao__V1__PeriodDuty *period = plan->periods[i];
        char *opens = output_time (period->opens_at), *days = days_left (period, now);
        char *at = output_time (period->due_at), *due = xasprintf ("%s%s", at, period->extended ? _ (" (extended)") : "");
        table_row (table, (const char *const[]){period->period, output_obligation (period->obligation), opens, due, days,
                                                output_standing (period->standing)});
        free (opens);
        free (at);
        free (due);
        free (days);
    }
    table_print (&table);
}

static void print_tasks (const Baocao__V1__PlanDuties *plan, int64_t now)
{
    const Baocao__V1__PeriodDuty *period = duties_period (plan, NULL, now);
    const char *const titles[] = {_ ("TASK"), _ ("ROLE"), _ ("TIMEFRAME"), _ ("TITLE~")};
    table_t *table = table_new (titles, 4);
    for (size_t i = 0; i < plan->n_tasks; i++) {
        const Baocao__V1__TaskDuty *task = plan->tasks[i];
        Baocao__V1__TaskRole role = period ? duties_role (period, task) : task->role;
        if (role != BAOCAO__V1__TASK_ROLE__TASK_ROLE_NONE)
            table_row (table, (const char *const[]){task->task, output_role (role),
                                                    strcmp (task->timeframe, "annual") != 0 ? task->timeframe : _ ("every year"),
                                                    task->title_vi});
    }
    table_print (&table);
}

static void print_plan (const client_t *client, const Baocao__V1__Duties *duties, const Baocao__V1__PlanDuties *plan)
{
    char *now = output_time (duties->server_time);
    printf ("%s  %s\n", plan->plan, client_pick (client, plan->title_vi, plan->title_en));
    printf (_ ("%s (%s), server time %s\n\n"), client_pick (client, duties->unit_name_vi, duties->unit_name_en), duties->unit, now);
    print_periods (plan, output_ms (duties->server_time));
    putchar ('\n');
    print_tasks (plan, output_ms (duties->server_time));
    free (now);
}

// Is there a report to be written now?
static bool is_owed (const Baocao__V1__PeriodDuty *period, int64_t now)
{
    return period && period->obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MUST && duties_is_waited_for (period, now) &&
           period->standing != BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME &&
           period->standing != BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE;
}

static void suggest (const Baocao__V1__Duties *duties, const char *plan)
{
    int64_t now = output_ms (duties->server_time);
    for (size_t i = 0; i < duties->n_plans; i++) {
        const Baocao__V1__PeriodDuty *period = duties_period (duties->plans[i], NULL, now);
        if (is_owed (period, now) && (!plan || !strcmp (duties->plans[i]->plan, plan)))
            client_say (_ ("next: 'baocao template %s -o report.xlsx' writes the report to be filled in"), period->period);
    }
}

int client_duties (client_t *client)
{
    int status;
    Baocao__V1__Duties *duties =
        duties_get (client, args_flag (client_args (client), "offline") ? DUTIES_KEPT : DUTIES_LATEST, &status);
    if (!duties)
        return status;
    const char *code = args_value (client_args (client), "plan");
    if (code && !duties_plan (duties, code)) {
        client_say (_ ("%s has no duty in a plan %s"), duties->unit, code);
        status = CLIENT_REFUSED;
    } else if (client_json (client))
        output_json (report_to_json (&duties->base));
    else
        for (size_t i = 0; i < duties->n_plans; i++)
            if (!code || !strcmp (duties->plans[i]->plan, code))
                print_plan (client, duties, duties->plans[i]);
    if (!status)
        suggest (duties, code);
    baocao__v1__duties__free_unpacked (duties, NULL);
    return status;
}
