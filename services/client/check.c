// check: the server's rules, applied here.
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "plan/duties.h"
#include "validation/rules.h"
#include "duties.h"
#include "output.h"

// The attachments that are there: the files that would be sent along.
static Baocao__V1__PresentFile *present_files (const outgoing_t *outgoing, Baocao__V1__PresentFile ***list_p)
{
    Baocao__V1__PresentFile *present = xcalloc (outgoing->n_files, sizeof *present);
    *list_p = xcalloc (outgoing->n_files, sizeof (Baocao__V1__PresentFile *));
    for (size_t i = 0; i < outgoing->n_files; i++) {
        spool_file_t *file = &outgoing->files[i];
        baocao__v1__present_file__init (&present[i]);
        present[i].sha256 = (ProtobufCBinaryData){sizeof file->sha256, file->sha256};
        present[i].size = (int64_t)file->size;
        (*list_p)[i] = &present[i];
    }
    return present;
}

static void apply_rules (const outgoing_t *outgoing, const Baocao__V1__Duties *duties, findings_t *findings)
{
    const Baocao__V1__Report *report = outgoing->report;
    Baocao__V1__PresentFile **list;
    Baocao__V1__PresentFile *present = present_files (outgoing, &list);
    rules_facts_t facts = {
        .unit = duties->unit,
        .duties = duties_plan (duties, report->plan),
        .received_at = output_ms (duties->server_time),
        .files = list,
        .n_files = outgoing->n_files,
    };
    const Baocao__V1__PeriodDuty *period = facts.duties ? duties_period (facts.duties, report->period, facts.received_at) : NULL;
    if (period) {
        facts.previous = period->previous;
        facts.n_previous = period->n_previous;
    }
    rules_check (report, &facts, findings);
    free (list);
    free (present);
}

// Is the cell of this finding one that could not be read, so that the rules saw nothing there?
static bool is_unread (const Baocao__V1__Finding *finding, const file_t *file)
{
    const place_t *place = places_find (file->places, finding->path);
    for (size_t i = 0; place && i < file->complaints.count; i++) {
        const place_t *bad = places_find (file->places, file->complaints.items[i]->path);
        if (bad && !strcmp (bad->sheet, place->sheet) && !strcmp (bad->cell, place->cell))
            return true;
    }
    return false;
}

static void add_all (findings_t *to, const findings_t *from, const file_t *unread)
{
    for (size_t i = 0; i < from->count; i++) {
        const Baocao__V1__Finding *finding = from->items[i];
        if (!unread || !is_unread (finding, unread))
            findings_add (to, finding->code, finding->severity, finding->path, finding->message_vi, finding->message_en);
    }
}

void check_find (const outgoing_t *outgoing, const Baocao__V1__Duties *duties, findings_t *findings)
{
    findings_t ruled;
    findings_init (&ruled);
    apply_rules (outgoing, duties, &ruled);
    add_all (findings, &outgoing->file->complaints, NULL);
    add_all (findings, &ruled, outgoing->file);
    findings_clear (&ruled);
}

static void print_json (const Baocao__V1__Report *report, const findings_t *findings, const places_t *places)
{
    json_t *list = json_array (), *tasks = json_array ();
    for (size_t i = 0; i < report->n_entries; i++)
        json_array_append_new (tasks, json_string (report->entries[i]->task));
    for (size_t i = 0; i < findings->count; i++)
        json_array_append_new (list, output_placed_finding (findings->items[i], places));
    output_json (json_pack ("{s:b, s:I, s:I, s:o, s:s, s:s, s:s, s:o}", "valid", findings->errors == 0, "errors",
                            (json_int_t)findings->errors, "warnings", (json_int_t)findings->warnings, "findings", list, "plan",
                            report->plan, "period", report->period, "document", report->document ? report->document->number : "",
                            "tasks", tasks));
}

static void print (client_t *client, const outgoing_t *outgoing, const findings_t *findings)
{
    if (client_json (client))
        print_json (outgoing->report, findings, outgoing->file->places);
    else
        output_placed (client, findings->items, findings->count, outgoing->report, outgoing->file->places);
}

// Has the file nothing but tasks that the unit coordinates?
static bool is_part (const outgoing_t *outgoing, const Baocao__V1__Duties *duties)
{
    const Baocao__V1__Report *report = outgoing->report;
    const Baocao__V1__PlanDuties *plan = duties_plan (duties, report->plan);
    const Baocao__V1__PeriodDuty *period = plan ? duties_period (plan, report->period, output_ms (duties->server_time)) : NULL;
    size_t coordinated = 0;
    for (size_t i = 0; period && i < report->n_entries; i++)
        for (size_t k = 0; k < plan->n_tasks; k++)
            coordinated += !strcmp (plan->tasks[k]->task, report->entries[i]->task) &&
                           duties_role (period, plan->tasks[k]) == BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING;
    return coordinated && coordinated == report->n_entries;
}

static void say_part (const outgoing_t *outgoing, const char *path, const Baocao__V1__Duties *duties)
{
    if (is_part (outgoing, duties))
        client_say (
            _ ("the file has only tasks that the unit coordinates: as its part for the units that lead them, 'baocao contribute "
               "%s' checks and sends it"),
            path);
}

// Which report this is; and which one is due, if that is another.
static void say_which (const outgoing_t *outgoing, const Baocao__V1__Duties *duties)
{
    const Baocao__V1__Report *report = outgoing->report;
    int64_t now = output_ms (duties->server_time);
    const Baocao__V1__PlanDuties *plan = duties_plan (duties, report->plan);
    const Baocao__V1__PeriodDuty *period = plan ? duties_period (plan, report->period, now) : NULL;
    const Baocao__V1__PeriodDuty *due = plan ? duties_period (plan, NULL, now) : NULL;
    client_say (_ ("the report of %s for period %s of plan %s:"), report->unit, report->period, report->plan);
    if (period && period->closes_at && output_ms (period->closes_at) <= now)
        client_say (_ ("period %s is closed"), report->period);
    if (due && duties_is_waited_for (due, now) && strcmp (due->period, report->period) != 0)
        client_say (_ ("what is due now is period %s; its template: 'baocao template %s -o report-%s.xlsx'"), due->period,
                    due->period, due->period);
}

static int check_file (client_t *client, const char *path, const Baocao__V1__Duties *duties)
{
    int status;
    outgoing_t *outgoing = outgoing_read (client, path, duties, &status);
    if (!outgoing)
        return status;
    findings_t findings;
    findings_init (&findings);
    check_find (outgoing, duties, &findings);
    print (client, outgoing, &findings);
    if (!client_json (client))
        say_which (outgoing, duties);
    if (client_json (client))
        ;
    else if (findings.errors) {
        say_part (outgoing, path, duties);
        client_say (_ ("%s would be refused: %zu errors, %zu warnings; correct the errors, then check again"), path,
                    findings.errors, findings.warnings);
    } else
        client_say (_ ("%s keeps all the rules: no errors, %zu warnings; next: 'baocao push %s'"), path, findings.warnings, path);
    status = findings.errors ? CLIENT_REFUSED : CLIENT_DONE;
    findings_clear (&findings);
    outgoing_destroy (&outgoing);
    return status;
}

// What stands against sending it.
static void find_against (const outgoing_t *outgoing, const Baocao__V1__Duties *duties, findings_t *findings)
{
    findings_t ruled;
    findings_init (&ruled);
    apply_rules (outgoing, duties, &ruled);
    for (size_t i = 0; i < ruled.count; i++) {
        const Baocao__V1__Finding *finding = ruled.items[i];
        if (strcmp (finding->code, "attachment.absent") != 0)  // the server may have it from an earlier report
            findings_add (findings, finding->code, finding->severity, finding->path, finding->message_vi, finding->message_en);
    }
    findings_clear (&ruled);
}

int check_before_sending (client_t *client, const outgoing_t *outgoing, const char *path, Baocao__V1__Duties **duties_p)
{
    int status = CLIENT_DONE;
    findings_t findings;
    findings_init (&findings);
    if (*duties_p)
        find_against (outgoing, *duties_p, &findings);
    Baocao__V1__Duties *latest = findings.errors ? duties_get (client, DUTIES_LATEST, &status) : NULL;
    if (latest) {
        baocao__v1__duties__free_unpacked (*duties_p, NULL);
        *duties_p = latest;
        findings_clear (&findings);
        find_against (outgoing, latest, &findings);
    }
    status = findings.errors ? CLIENT_REFUSED : CLIENT_DONE;
    if (status) {
        print (client, outgoing, &findings);
        say_part (outgoing, path, *duties_p);
        client_say (_ ("%s is not sent, because it would be refused: %zu errors; correct them, then run 'baocao check %s'"), path,
                    findings.errors, path);
    }
    findings_clear (&findings);
    return status;
}

int client_check (client_t *client)
{
    int status;
    const char *path = args_operand (client_args (client), 0);
    Baocao__V1__Duties *duties =
        duties_get (client, args_flag (client_args (client), "offline") ? DUTIES_KEPT : DUTIES_LATEST, &status);
    if (!duties)
        return status;
    status = check_file (client, path, duties);
    baocao__v1__duties__free_unpacked (duties, NULL);
    return status;
}
