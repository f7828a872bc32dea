// diff: what differs between two reports: revisions, periods, or a file that has not been sent yet.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "report/json.h"
#include "report/text.h"
#include "difference.h"
#include "duties.h"
#include "file.h"
#include "ledger.h"
#include "output.h"
#include "stored.h"
#include "template.h"

// One of the two.
typedef struct {
    Baocao__V1__Report *report;  // NULL: there is none
    char *name;                  // for people
    uint64_t chain_index;        // 0: it has not been sent
    bool whole_period;           // it was named by its period
} side_t;

typedef struct {
    client_t *client;
    Baocao__V1__Duties *duties;
    int status;  // the exit code
} diff_t;

static void side_clear (side_t *side)
{
    if (side->report)
        baocao__v1__report__free_unpacked (side->report, NULL);
    free (side->name);
}

// --- Finding them ----------------------------------------------------------------------------------------------------------------

static char *sent_name (const char *period, uint32_t revision)
{
    return xasprintf (_ ("%s, revision %u"), period, revision);
}

// From the home when it is there, so that this works without a line.
static side_t side_kept (const diff_t *self, const char *id)
{
    side_t side = {0};
    ledger_entry_t *entry = ledger_load (client_home (self->client), id);
    side.report = entry && entry->report ? baocao__v1__report__unpack (NULL, entry->report_size, entry->report) : NULL;
    if (side.report) {
        side.name = sent_name (entry->body->period, entry->body->revision);
        side.chain_index = entry->body->chain_index;
    }
    ledger_entry_destroy (&entry);
    return side;
}

static side_t side_stored (diff_t *self, const char *id, const char *plan, const char *period)
{
    side_t side = id ? side_kept (self, id) : (side_t){0};
    if (side.report)
        return side;
    Baocao__V1__StoredReport *stored = stored_get (self->client, id, plan, period, &self->status);
    side.report = stored ? stored_report (stored) : NULL;
    if (side.report) {
        side.name = sent_name (stored->status->period, stored->status->revision);
        side.chain_index = stored->status->chain_index;
    } else if (stored)
        self->status = CLIENT_REFUSED;
    if (stored)
        baocao__v1__stored_report__free_unpacked (stored, NULL);
    return side;
}

static side_t side_file (diff_t *self, const char *path)
{
    size_t size;
    char *error = NULL, *data = client_read_file (path, FILE_MAX, &size);
    side_t side = {0};
    self->status = CLIENT_USAGE;
    if (!data)
        return side;
    file_t *file = file_new (data, size, self->duties, &error);
    side.name = xstrdup (path);
    self->status = CLIENT_REFUSED;
    if (!file)
        client_say (_ ("%s cannot be read as a report:\n%s"), path, error);
    else if (file->complaints.errors)
        client_say (_ ("%zu cells of %s cannot be read: see 'baocao check %s'"), file->complaints.errors, path, path);
    else {
        self->status = CLIENT_DONE;
        side.report = file->report;
        file->report = NULL;
    }
    file_destroy (&file);
    free (error);
    free (data);
    return side;
}

static side_t side_period (diff_t *self, const char *period)
{
    const char *code = args_value (client_args (self->client), "plan");
    const Baocao__V1__PlanDuties *plan = duties_plan (self->duties, code);
    if (!plan || !text_is_code (period)) {
        self->status = plan ? client_misused (_ ("%s is no report id, no file and no period"), period)
                            : client_misused (_ ("name the plan with --plan"));
        return (side_t){0};
    }
    side_t side = side_stored (self, NULL, plan->plan, period);
    side.whole_period = true;
    return side;
}

static side_t side_named (diff_t *self, const char *name)
{
    uint8_t id[BC_UUID_SIZE];
    if (!bc_uuid_parse (name, id))
        return side_stored (self, name, NULL, NULL);
    if (access (name, F_OK) && strpbrk (name, "./")) {  // no period has such a name
        self->status = client_misused (_ ("there is no file %s"), name);
        return (side_t){0};
    }
    return access (name, F_OK) ? side_period (self, name) : side_file (self, name);
}

static size_t place_of (const Baocao__V1__PlanDuties *plan, const char *period)
{
    size_t place = 0;
    while (place < plan->n_periods && strcmp (plan->periods[place]->period, period) != 0)
        place++;
    return place;
}

// The revision before it, or what an earlier period ended with.
static bool comes_before (const diff_t *self, const Baocao__V1__SubmissionStatus *submission, const side_t *side)
{
    const Baocao__V1__PlanDuties *plan = duties_plan (self->duties, side->report->plan);
    if (!strcmp (submission->period, side->report->period))
        return !side->whole_period && (!side->chain_index || submission->chain_index < side->chain_index);
    return plan && place_of (plan, submission->period) < place_of (plan, side->report->period) &&
           (submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_ACCEPTED ||
            submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_CONFIRMED);
}

// Of those that come before it the one of the nearest period; in a period they come latest first.
static side_t side_before (diff_t *self, const side_t *side)
{
    const Baocao__V1__PlanDuties *plan = duties_plan (self->duties, side->report->plan);
    Baocao__V1__Status *status = stored_status (self->client, side->report->plan, "", 0, 100, &self->status);
    const Baocao__V1__SubmissionStatus *best = NULL;
    side_t before = {0};
    for (size_t i = 0; status && i < status->n_submissions; i++) {
        const Baocao__V1__SubmissionStatus *submission = status->submissions[i];
        if (comes_before (self, submission, side) && (!best || place_of (plan, submission->period) > place_of (plan, best->period)))
            best = submission;
    }
    if (best) {
        char id[BC_UUID_TEXT];
        bc_uuid_format (best->report_id.data, id);
        before = side_stored (self, id, NULL, NULL);
    } else if (status) {
        client_say (_ ("there is no earlier report to compare %s with"), side->name);
        self->status = CLIENT_REFUSED;
    }
    if (status)
        baocao__v1__status__free_unpacked (status, NULL);
    return before;
}

static side_t side_latest (diff_t *self)
{
    side_t side = {0};
    Baocao__V1__Status *status = stored_status (self->client, "", "", 0, 1, &self->status);
    if (status && status->n_submissions) {
        char id[BC_UUID_TEXT];
        bc_uuid_format (status->submissions[0]->report_id.data, id);
        side = side_stored (self, id, NULL, NULL);
    } else if (status) {
        client_say (_ ("nothing has been received"));
        self->status = CLIENT_REFUSED;
    }
    if (status)
        baocao__v1__status__free_unpacked (status, NULL);
    return side;
}

// --- Showing the difference ------------------------------------------------------------------------------------------------------

// The key's label, in Vietnamese; in English the key speaks for itself. The caller frees it.
static char *label_of (const client_t *client, const char *key)
{
    const template_label_t *const lists[] = {template_facts, template_columns};
    for (int list = 0; list < 2; list++)
        for (const template_label_t *label = lists[list]; label->key; label++)
            if (!strcmp (label->key, key))
                return xstrdup (client_pick (client, label->label_vi, key));
    const char *end = strrchr (key, '.');
    for (int source = 1; source < 9 && end && !strncmp (key, "budget.", 7); source++) {
        const char *name = report_enum_name (&baocao__v1__budget_source__descriptor, source);
        if (strlen (name) == (size_t)(end - key - 7) && !strncmp (key + 7, name, strlen (name)))
            return xasprintf ("%s, %s", output_source ((Baocao__V1__BudgetSource)source),
                              !strcmp (end, ".allocated") ? _ ("allocated") : _ ("disbursed"));
    }
    return xstrdup (!strcmp (key, "attachment") ? _ ("attachment") : key);
}

static char *shown (const char *key, const json_t *value)
{
    if (json_is_integer (value))
        return output_money (json_integer_value (value));
    const char *text = json_string_value (value);
    for (int status = 1; text && !strcmp (key, "status") && status < 6; status++)
        if (!strcmp (text, report_enum_name (&baocao__v1__task_status__descriptor, status)))
            return xstrdup (output_status ((Baocao__V1__TaskStatus)status));
    return xstrdup (text ? text : "");
}

static void print_lines (char mark, const char *text)
{
    while (*text) {
        int size = (int)strcspn (text, "\n");
        printf ("    %c %.*s\n", mark, size, text);
        text += size + (text[size] == '\n');
    }
}

static void print_one (const client_t *client, const json_t *one)
{
    enum { SHORT = 40 };
    const char *key = json_string_value (json_object_get (one, "field"));
    char *label = label_of (client, key), *before = shown (key, json_object_get (one, "before"));
    char *after = shown (key, json_object_get (one, "after"));
    if (strlen (before) > SHORT || strlen (after) > SHORT) {
        printf ("  %s:\n", label);
        print_lines ('-', before);
        print_lines ('+', after);
    } else
        printf ("  %s: %s → %s\n", label, *before ? before : _ ("(nothing)"), *after ? after : _ ("(nothing)"));
    free (label);
    free (before);
    free (after);
}

static const char *title_of (const diff_t *self, const char *plan_code, const char *task)
{
    const Baocao__V1__PlanDuties *plan = duties_plan (self->duties, plan_code);
    for (size_t i = 0; plan && i < plan->n_tasks; i++)
        if (!strcmp (plan->tasks[i]->task, task))
            return plan->tasks[i]->title_vi;
    return "";
}

static void print_text (const diff_t *self, const side_t *before, const side_t *after, const json_t *list)
{
    size_t i;
    json_t *one;
    const char *task = "";
    printf ("%s  →  %s\n", before->name, after->name);
    json_array_foreach (list, i, one) {
        const char *of = json_string_value (json_object_get (one, "task"));
        if (of && strcmp (of, task) != 0)
            printf ("\n%s  %s\n", of, title_of (self, after->report->plan, of));
        task = of ? of : task;
        print_one (self->client, one);
    }
    if (!json_array_size (list))
        client_say (_ ("the two say the same"));
}

static void show (const diff_t *self, const side_t *before, const side_t *after)
{
    json_t *list = difference_of (before->report, after->report);
    if (client_json (self->client))
        output_json (json_pack ("{s:s, s:s, s:O}", "before", before->name, "after", after->name, "differences", list));
    else
        print_text (self, before, after, list);
    json_decref (list);
}

int client_diff (client_t *client)
{
    const args_t *args = client_args (client);
    diff_t self = {.client = client};
    self.duties = duties_get (client, DUTIES_LATEST, &self.status);
    if (!self.duties)
        return self.status;
    size_t given = args_operands (args);
    side_t before = {0}, after = given ? side_named (&self, args_operand (args, given - 1)) : side_latest (&self);
    if (after.report)
        before = given > 1 ? side_named (&self, args_operand (args, 0)) : side_before (&self, &after);
    if (before.report && after.report)
        show (&self, &before, &after);
    side_clear (&before);
    side_clear (&after);
    baocao__v1__duties__free_unpacked (self.duties, NULL);
    return self.status;
}
