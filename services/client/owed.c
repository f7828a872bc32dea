#include "owed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/xmem.h"
#include "plan/calendar.h"
#include "report/json.h"
#include "duties.h"
#include "output.h"
#include "spool.h"
#include "stored.h"

enum { SOON_DAYS = 3 };

typedef struct {
    const Baocao__V1__PlanDuties *plan;
    const Baocao__V1__PeriodDuty *period;
    Baocao__V1__Status *latest;  // at most one submission
    int days, working_days;      // left
} debt_t;

struct owed {
    client_t *client;
    Baocao__V1__Duties *duties;
    debt_t *debts;
    size_t count;
};

// --- Which ones ------------------------------------------------------------------------------------------------------------------

// With the period named, that one; else those waited for that it must report in, or may and has begun to.
static bool is_owed (const Baocao__V1__PeriodDuty *period, const char *named, int64_t now)
{
    if (named)
        return !strcmp (period->period, named);
    return duties_is_waited_for (period, now) && (period->obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MUST ||
                                                  (period->obligation == BAOCAO__V1__OBLIGATION__OBLIGATION_MAY &&
                                                   period->standing != BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING));
}

static int day_of_date (const char *text)
{
    struct tm date = {0};
    return strptime (text, "%Y-%m-%d", &date) ? (int)(timegm (&date) / 86400) : 0;
}

// The official days as calendar.h wants them; the caller frees them.
static plan_day_t *days_of (const Baocao__V1__PlanDuties *plan)
{
    plan_day_t *days = xcalloc (plan->n_official_days + 1, sizeof *days);
    for (size_t i = 0; i < plan->n_official_days; i++)
        days[i] = (plan_day_t){day_of_date (plan->official_days[i]->date), plan->official_days[i]->working};
    return days;
}

static void count_days (debt_t *debt, int64_t now)
{
    plan_day_t *days = days_of (debt->plan);
    const plan_book_t book = {.days = days, .n_days = debt->plan->n_official_days};
    const plan_t plan = {.utc_offset_minutes = debt->plan->utc_offset_minutes};
    int today = calendar_day (&plan, now), last = calendar_day (&plan, output_ms (debt->period->due_at) - 1);
    debt->days = last - today;
    debt->working_days =
        last >= today ? calendar_working_between (&book, today, last) : -calendar_working_between (&book, last, today);
    free (days);
}

static bool add (owed_t *self, const Baocao__V1__PlanDuties *plan, const Baocao__V1__PeriodDuty *period, int *status_p)
{
    debt_t debt = {.plan = plan, .period = period};
    debt.latest = stored_status (self->client, plan->plan, period->period, 0, 1, status_p);
    if (!debt.latest)
        return false;
    count_days (&debt, output_ms (self->duties->server_time));
    self->debts = xrealloc (self->debts, (self->count + 1) * sizeof *self->debts);
    self->debts[self->count++] = debt;
    return true;
}

owed_t *owed_new (client_t *client, const char *plan, const char *period, int *status_p)
{
    owed_t *self = xcalloc (1, sizeof *self);
    self->client = client;
    self->duties = duties_get (client, DUTIES_LATEST, status_p);
    bool ok = self->duties;
    for (size_t p = 0; ok && p < self->duties->n_plans; p++)
        for (size_t i = 0; ok && i < self->duties->plans[p]->n_periods; i++) {
            const Baocao__V1__PlanDuties *duties = self->duties->plans[p];
            if ((!plan || !strcmp (duties->plan, plan)) &&
                is_owed (duties->periods[i], period, output_ms (self->duties->server_time)))
                ok = add (self, duties, duties->periods[i], status_p);
        }
    if (ok && period && !self->count) {
        *status_p = client_misused (_ ("there is no period %s: 'baocao duties' shows them"), period);
        ok = false;
    }
    if (!ok)
        owed_destroy (&self);
    return self;
}

void owed_destroy (owed_t **self_p)
{
    owed_t *self = *self_p;
    if (!self)
        return;
    for (size_t i = 0; i < self->count; i++)
        baocao__v1__status__free_unpacked (self->debts[i].latest, NULL);
    free (self->debts);
    baocao__v1__duties__free_unpacked (self->duties, NULL);
    free (self);
    *self_p = NULL;
}

// --- What to say -----------------------------------------------------------------------------------------------------------------

static const Baocao__V1__SubmissionStatus *latest_of (const debt_t *debt)
{
    return debt->latest->n_submissions ? debt->latest->submissions[0] : NULL;
}

// A report that was returned settles nothing, though the standing, which follows the totals, may not know it yet.
static bool is_settled (const debt_t *debt)
{
    const Baocao__V1__SubmissionStatus *latest = latest_of (debt);
    return (debt->period->standing == BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME ||
            debt->period->standing == BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE) &&
           !(latest && latest->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RETURNED);
}

// "9 days (7 working days) left"; the caller frees it.
static char *time_left (const debt_t *debt)
{
    int days = abs (debt->days), working = abs (debt->working_days);
    if (debt->days < 0)
        return xasprintf (_ ("%d days (%d working days) overdue"), days, working);
    return debt->days ? xasprintf (_ ("%d days (%d working days) left"), days, working) : xstrdup (_ ("today is the last day"));
}

// The day before which the report is due; the caller frees it.
static char *due_day (const client_t *client, const debt_t *debt)
{
    char text[32];
    struct tm date;
    time_t local = (time_t)(output_ms (debt->period->due_at) / 1000 + debt->plan->utc_offset_minutes * 60);
    gmtime_r (&local, &date);
    strftime (text, sizeof text, "%Y-%m-%d", &date);
    char *vietnamese = xasprintf ("%.2s/%.2s/%.4s", text + 8, text + 5, text),
         *day = xstrdup (client_pick (client, vietnamese, text));
    free (vietnamese);
    return day;
}

// The command that comes next, and why; the caller frees it. NULL: nothing is to be done.
static char *next_command (const debt_t *debt)
{
    const Baocao__V1__SubmissionStatus *latest = latest_of (debt);
    const char *period = debt->period->period;
    if (latest && stored_needs_correction (latest))
        return xasprintf ("baocao template %s --from returned -o sua-%s.xlsx", period, period);
    if (is_settled (debt) || (latest && latest->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RECEIVED))
        return NULL;
    return latest ? NULL : xasprintf ("baocao template %s -o bao-cao-%s.xlsx", period, period);
}

static void print_latest (const owed_t *self, const Baocao__V1__SubmissionStatus *latest)
{
    char *time = output_time (latest->received_at);
    printf (_ ("  sent: revision %u, %s, %s; %s%s\n"), latest->revision, time, output_timeliness (latest->timeliness),
            output_state (latest->state), output_is_counted (latest) ? _ (", in the totals") : "");
    if (*latest->return_reason)
        printf (_ ("  returned: %s\n"), latest->return_reason);
    if (stored_needs_correction (latest))
        output_findings (self->client, latest->findings, latest->n_findings, NULL);
    free (time);
}

static void print_debt (const owed_t *self, const debt_t *debt)
{
    char *day = due_day (self->client, debt), *left = time_left (debt);
    const Baocao__V1__SubmissionStatus *latest = latest_of (debt);
    printf (_ ("%s, period %s: %s before %s%s"), debt->plan->plan, debt->period->period,
            output_obligation (debt->period->obligation), day, debt->period->extended ? _ (" (extended)") : "");
    printf (is_settled (debt) ? "\n" : " — %s\n", left);
    if (latest)
        print_latest (self, latest);
    else
        printf ("%s", _ ("  sent: nothing yet\n"));
    if (latest && is_settled (debt) && stored_needs_correction (latest))
        printf ("%s", _ ("  the report accepted before still counts\n"));
    free (day);
    free (left);
}

bool owed_tells (const owed_t *self, const Baocao__V1__SubmissionStatus *submission)
{
    for (size_t i = 0; i < self->count; i++) {
        const Baocao__V1__SubmissionStatus *latest = latest_of (&self->debts[i]);
        if (latest && latest->chain_index == submission->chain_index && stored_needs_correction (latest))
            return true;
    }
    return false;
}

void owed_print (const owed_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        print_debt (self, &self->debts[i]);
    if (!self->count)
        printf ("%s", _ ("nothing is owed now\n"));
    putchar ('\n');
}

void owed_advise (const owed_t *self)
{
    char **waiting = spool_list (client_home (self->client));
    if (*waiting)
        client_say (_ ("next: 'baocao queue flush' sends what waits here"));
    home_list_free (&waiting);
    for (size_t i = 0; i < self->count; i++) {
        const debt_t *debt = &self->debts[i];
        char *command = next_command (debt);
        if (command)
            client_say (_ ("next, for %s: %s"), debt->period->period, command);
        if (command && !is_settled (debt) && debt->days <= SOON_DAYS)
            client_say (_ ("if that is too soon: baocao extend %s --until DAY/MONTH/YEAR --reason TEXT"), debt->period->period);
        free (command);
    }
}

static json_t *debt_json (const debt_t *debt)
{
    json_t *json = report_to_json (&debt->period->base), *latest = output_message (&debt->latest->base);
    char *command = next_command (debt);
    json_t *owed = json_pack ("{s:s, s:s, s:O, s:O, s:O, s:O, s:i, s:i, s:O?, s:s?}", "plan", debt->plan->plan, "period",
                              debt->period->period, "obligation", json_object_get (json, "obligation"), "standing",
                              json_object_get (json, "standing"), "due_at", json_object_get (json, "due_at"), "extended",
                              json_object_get (json, "extended"), "days_left", debt->days, "working_days_left", debt->working_days,
                              "latest", json_array_get (json_object_get (latest, "submissions"), 0), "next", command);
    free (command);
    json_decref (json);
    json_decref (latest);
    return owed;
}

json_t *owed_json (const owed_t *self)
{
    json_t *list = json_array ();
    for (size_t i = 0; i < self->count; i++)
        json_array_append_new (list, debt_json (&self->debts[i]));
    return list;
}
