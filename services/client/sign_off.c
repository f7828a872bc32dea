#include "sign_off.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "common/xmem.h"
#include "report/text.h"
#include "confirm.h"
#include "coordination.h"
#include "duties.h"
#include "output.h"
#include "rows.h"

#define KIND(name) BAOCAO__V1__COORDINATION_KIND__COORDINATION_KIND_##name

static bool is_asked (const Baocao__V1__CoordinationParty *party, const Baocao__V1__CoordinationItem *draft)
{
    return party->role == BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING && !strcmp (party->task, draft->task) &&
           strcmp (party->unit, draft->unit) != 0;
}

// --- Before a report goes out ----------------------------------------------------------------------------------------------------

static bool is_as_shown (const Baocao__V1__TaskEntry *entry, const Baocao__V1__CoordinationItem *draft)
{
    uint8_t *bytes;
    size_t size = bc_wire_pack (&entry->base, &bytes);
    bool same = size == draft->entry.len && !memcmp (bytes, draft->entry.data, size);
    free (bytes);
    return same;
}

// Says of each unit that does not agree to the draft why; how many there are.
static size_t say_missing (const client_t *client, const Baocao__V1__Coordination *said, const Baocao__V1__CoordinationItem *draft)
{
    size_t missing = 0;
    for (size_t i = 0; i < said->n_parties; i++) {
        const char *unit = said->parties[i]->unit;
        if (!is_asked (said->parties[i], draft))
            continue;
        const Baocao__V1__CoordinationItem *answer = coordination_answer (said, draft, unit);
        if (answer && answer->kind == KIND (AGREED))
            continue;
        missing++;
        if (answer) {
            char *why = coordination_text (answer->text);
            client_say (_ ("task %s: %s does not agree: %s"), draft->task, coordination_name (client, said, unit), why);
            free (why);
        } else
            client_say (_ ("task %s: %s has not answered yet"), draft->task, coordination_name (client, said, unit));
    }
    return missing;
}

// Says what stands in the way of the report: a word on each draft of the unit that does not go out as it was agreed. How many there are.
static size_t say_in_the_way (const client_t *client, const Baocao__V1__Coordination *said, const Baocao__V1__Report *report,
                              const char *unit)
{
    size_t missing = 0;
    for (size_t i = 0; i < said->n_items; i++) {
        const Baocao__V1__CoordinationItem *draft = said->items[i];
        if (draft->kind != KIND (DRAFT) || strcmp (draft->unit, unit) != 0 || !coordination_is_shared (said, draft->task, unit))
            continue;
        const Baocao__V1__TaskEntry *entry = rows_entry (report, draft->task);
        if (entry && is_as_shown (entry, draft)) {
            missing += say_missing (client, said, draft);
            continue;
        }
        missing++;
        if (entry)
            client_say (_ ("task %s: changed since the coordinating units were asked; 'baocao sign-off ask FILE' asks them again"),
                        draft->task);
        else
            client_say (_ ("task %s: the coordinating units were asked about it, and the report leaves it out; 'baocao sign-off %s "
                           "--withdraw' takes the draft back"),
                        draft->task, draft->task);
    }
    return missing;
}

int sign_off_check (client_t *client, const Baocao__V1__Report *report)
{
    int status;
    if (args_flag (client_args (client), "without-sign-off") || !text_is_code (report->plan) || !text_is_code (report->period))
        return CLIENT_DONE;
    Baocao__V1__Coordination *said = coordination_look (client, report->plan, report->period, true, &status);
    if (!said) {
        client_say (
            status
                ? _ ("nothing was sent: whether other units agree, if you have asked them to, could not be looked up. Push again; "
                     "with --without-sign-off the report goes out all the same.")
                : _ ("the server could not be asked whether other units agree, if you have asked them to: the answers were not "
                     "looked at, and what is kept here is sent as it is. To wait for them, take the report out again with "
                     "'baocao queue drop'."));
        return status;
    }
    size_t missing = say_in_the_way (client, said, report, client_invite (client, false)->unit);
    baocao__v1__coordination__free_unpacked (said, NULL);
    if (missing)
        client_say (_ ("nothing was sent: you have asked for agreement on these tasks. 'baocao sign-off' shows how it stands; with "
                       "--without-sign-off the report goes out all the same."));
    return missing ? CLIENT_REFUSED : CLIENT_DONE;
}

// --- The commands ----------------------------------------------------------------------------------------------------------------

// One run of a command about a period.
typedef struct {
    client_t *client;
    Baocao__V1__Duties *duties;
    const Baocao__V1__PlanDuties *plan;
    const Baocao__V1__PeriodDuty *period;
    Baocao__V1__Coordination *said;
} signing_t;

static void close_run (signing_t *self)
{
    if (self->said)
        baocao__v1__coordination__free_unpacked (self->said, NULL);
    if (self->duties)
        baocao__v1__duties__free_unpacked (self->duties, NULL);
}

// The exit code.
static int open_run (signing_t *self, client_t *client)
{
    int status;
    const char *plan = args_value (client_args (client), "plan"), *period = args_value (client_args (client), "period");
    *self = (signing_t){.client = client, .duties = duties_get (client, DUTIES_LATEST, &status)};
    if (!self->duties)
        return status;
    self->plan = duties_plan (self->duties, plan);
    if (!self->plan)
        return client_misused (_ ("name the plan with --plan"));
    self->period = duties_period (self->plan, period, output_ms (self->duties->server_time));
    if (!self->period)
        return client_misused (_ ("name the period with --period"));
    self->said = coordination_get (client, self->plan->plan, self->period->period, false, &status);
    return status;
}

static const Baocao__V1__TaskDuty *duty_of (const signing_t *self, const char *task)
{
    for (size_t i = 0; i < self->plan->n_tasks; i++)
        if (!strcmp (self->plan->tasks[i]->task, task))
            return self->plan->tasks[i];
    return NULL;
}

static void show_cell (void *arg, const char *label, const char *value)
{
    char *name = coordination_text (label), *text = coordination_text (value);
    fprintf (arg, "    %s: %s\n", name, text);
    free (name);
    free (text);
}

static void show_item (const signing_t *self, const Baocao__V1__CoordinationItem *item, FILE *out)
{
    const char *const WHAT[] = {"", _ ("contribution"), _ ("draft"), _ ("agrees"), _ ("does not agree")};
    char *time = output_time (item->said_at), *remark = coordination_text (item->text);
    fprintf (out, "%s  %s, %s (%s): %s%s%s\n", item->task, time, coordination_name (self->client, self->said, item->unit),
             item->said_by, WHAT[(unsigned)item->kind < 5 ? item->kind : 0], *remark ? ": " : "", remark);
    coordination_cells (self->client, item, duty_of (self, item->task), show_cell, out);
    free (remark);
    free (time);
}

// --- sign-off --------------------------------------------------------------------------------------------------------------------

static void list_answers (const signing_t *self, const Baocao__V1__CoordinationItem *draft, table_t *table, bool *waits_p)
{
    for (size_t i = 0; i < self->said->n_parties; i++) {
        const char *unit = self->said->parties[i]->unit;
        if (!is_asked (self->said->parties[i], draft))
            continue;
        const Baocao__V1__CoordinationItem *answer = coordination_answer (self->said, draft, unit);
        bool agreed = answer && answer->kind == KIND (AGREED);
        *waits_p = *waits_p || (!answer && !strcmp (unit, self->duties->unit));
        char *time = output_time (draft->said_at);
        table_row (table, (const char *const[]){draft->task, coordination_name (self->client, self->said, draft->unit), time,
                                                coordination_name (self->client, self->said, unit),
                                                !answer  ? _ ("no answer yet")
                                                : agreed ? _ ("agrees")
                                                         : _ ("does not agree"),
                                                answer ? answer->text : ""});
        free (time);
    }
}

static void list_drafts (const signing_t *self)
{
    bool any = false, waits = false;
    const char *const TITLES[] = {_ ("TASK"), _ ("DRAFT OF~"), _ ("SHOWN"), _ ("COORDINATING~"), _ ("ANSWER"), _ ("REMARK~")};
    table_t *table = table_new (TITLES, 6);
    for (size_t i = 0; i < self->said->n_items; i++)
        if (self->said->items[i]->kind == KIND (DRAFT)) {
            any = true;
            list_answers (self, self->said->items[i], table, &waits);
        }
    table_print (&table);
    if (waits)
        client_say (
            _ ("you are asked: 'baocao sign-off TASK' shows the draft, 'baocao sign-off give TASK' agrees to it, 'baocao sign-off "
               "refuse TASK --reason TEXT' does not"));
    else if (!any)
        client_say (_ ("in period %s nobody has been asked for agreement; 'baocao sign-off ask FILE' asks"), self->period->period);
}

static void list_contributions (const signing_t *self)
{
    size_t count = 0;
    const char *const TITLES[] = {_ ("TASK"), _ ("CONTRIBUTION OF~"), _ ("SENT"), _ ("BY~")};
    table_t *table = table_new (TITLES, 4);
    for (size_t i = 0; i < self->said->n_items; i++) {
        const Baocao__V1__CoordinationItem *item = self->said->items[i];
        if (item->kind != KIND (CONTRIBUTION))
            continue;
        char *time = output_time (item->said_at);
        table_row (table, (const char *const[]){item->task, coordination_name (self->client, self->said, item->unit), time,
                                                item->said_by});
        free (time);
        count++;
    }
    if (count)
        printf ("\n");
    table_print (&table);
}

static void list_json (const signing_t *self, const char *task)
{
    json_t *items = json_array (), *parties = json_array ();
    for (size_t i = 0; i < self->said->n_items; i++)
        if (!task || !strcmp (self->said->items[i]->task, task))
            json_array_append_new (items, coordination_json (self->said->items[i]));
    for (size_t i = 0; i < self->said->n_parties; i++)
        if (!task || !strcmp (self->said->parties[i]->task, task))
            json_array_append_new (parties, output_message (&self->said->parties[i]->base));
    output_json (json_pack ("{s:s, s:s, s:o, s:o}", "plan", self->plan->plan, "period", self->period->period, "items", items,
                            "parties", parties));
}

// The exit code.
static int show_task (const signing_t *self, const char *task)
{
    size_t count = 0;
    for (size_t i = 0; i < self->said->n_items; i++)
        if (!strcmp (self->said->items[i]->task, task)) {
            show_item (self, self->said->items[i], stdout);
            count++;
        }
    if (!count)
        client_say (_ ("nothing has been said about task %s in period %s"), task, self->period->period);
    return count ? CLIENT_DONE : CLIENT_REFUSED;
}

int client_sign_off (client_t *client)
{
    signing_t self;
    const char *task = args_operand (client_args (client), 0);
    if (args_flag (client_args (client), "withdraw"))
        return task ? sign_off_take_back (client, BAOCAO__V1__COORDINATE__ITEM_DRAFT)
                    : client_misused (_ ("name the task whose draft you take back"));
    int status = open_run (&self, client);
    if (!status && client_json (client))
        list_json (&self, task);
    else if (!status && task)
        status = show_task (&self, task);
    else if (!status) {
        list_drafts (&self);
        list_contributions (&self);
    }
    close_run (&self);
    return status;
}

// --- sign-off give, sign-off refuse ----------------------------------------------------------------------------------------------

static int answer_draft (const signing_t *self, const Baocao__V1__CoordinationItem *draft, const char *refusal)
{
    int status;
    Baocao__V1__Agreement agreement = BAOCAO__V1__AGREEMENT__INIT;
    Baocao__V1__Coordinate say = BAOCAO__V1__COORDINATE__INIT;
    if (!refusal && !client_json (self->client))
        show_item (self, draft, stderr);
    if (!refusal && !confirm (self->client, _ ("Agree to this draft?"))) {
        client_say (_ ("nothing was sent"));
        return CLIENT_CANCELLED;
    }
    agreement.draft = draft->number;
    agreement.agreed = !refusal;
    agreement.text = refusal ? (char *)refusal : agreement.text;
    say.plan = self->plan->plan;
    say.period = self->period->period;
    say.task = draft->task;
    say.item_case = BAOCAO__V1__COORDINATE__ITEM_AGREEMENT;
    say.agreement = &agreement;
    if (!coordination_say (self->client, &say, &status))
        return status;
    if (client_json (self->client))
        output_json (json_pack ("{s:s, s:s, s:b}", "task", draft->task, "draft_of", draft->unit, "agreed", !refusal));
    else
        printf (refusal ? _ ("%s: %s is told that you do not agree, and why\n") : _ ("%s: %s is told that you agree\n"),
                draft->task, coordination_name (self->client, self->said, draft->unit));
    return CLIENT_DONE;
}

// The draft of the task that the unit is asked to agree to, with --of that unit's. NULL: *status_p is the exit code.
static const Baocao__V1__CoordinationItem *asked_draft (const signing_t *self, const char *task, int *status_p)
{
    const char *of = args_value (client_args (self->client), "of"), *unit = self->duties->unit;
    const Baocao__V1__CoordinationItem *found = NULL;
    bool asked = coordination_has_role (self->said, task, unit, BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING);
    for (size_t i = 0; asked && i < self->said->n_items; i++) {
        const Baocao__V1__CoordinationItem *draft = self->said->items[i];
        if (draft->kind != KIND (DRAFT) || strcmp (draft->task, task) != 0 || !strcmp (draft->unit, unit) ||
            (of && strcmp (draft->unit, of) != 0))
            continue;
        if (found) {
            *status_p = client_misused (_ ("several units ask about task %s: name one with --of, such as --of %s or --of %s"), task,
                                        found->unit, draft->unit);
            return NULL;
        }
        found = draft;
    }
    *status_p = found ? CLIENT_DONE : CLIENT_REFUSED;
    if (!found)
        client_say (_ ("nobody asks for your agreement on task %s in period %s: see 'baocao sign-off'"), task,
                    self->period->period);
    return found;
}

// refusal: why not, or NULL. The exit code.
static int answer (client_t *client, const char *refusal)
{
    signing_t self;
    int status = open_run (&self, client);
    const Baocao__V1__CoordinationItem *draft =
        status ? NULL : asked_draft (&self, args_operand (client_args (client), 0), &status);
    if (draft)
        status = answer_draft (&self, draft, refusal);
    close_run (&self);
    return status;
}

int client_sign_off_give (client_t *client)
{
    return confirm_is_possible (client) ? answer (client, NULL) : CLIENT_USAGE;
}

int client_sign_off_refuse (client_t *client)
{
    char *reason = client_reason (client);
    int status = reason ? answer (client, reason) : CLIENT_USAGE;
    free (reason);
    return status;
}

// --- --withdraw ------------------------------------------------------------------------------------------------------------------

int sign_off_take_back (client_t *client, Baocao__V1__Coordinate__ItemCase what)
{
    signing_t self;
    Baocao__V1__Coordinate say = BAOCAO__V1__COORDINATE__INIT;
    int status = open_run (&self, client);
    if (!status && !args_value (client_args (client), "period") &&
        !duties_is_waited_for (self.period, output_ms (self.duties->server_time)))
        status = client_misused (_ ("no period is under way: name the one in which it was sent with --period"));
    if (!status) {
        say.plan = self.plan->plan;
        say.period = self.period->period;
        say.task = (char *)args_operand (client_args (client), 0);
        say.item_case = what;
        coordination_say (client, &say, &status);
    }
    if (!status && client_json (client))
        output_json (json_pack ("{s:s}", "withdrawn", say.task));
    else if (!status)
        printf (_ ("%s, period %s: taken back; the other side is told\n"), say.task, say.period);
    close_run (&self);
    return status;
}
