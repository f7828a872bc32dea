#include <stdio.h>
#include <stdlib.h>

#include "../common/xmem.h"
#include "../validation/rules.h"
#include "duties.h"
#include "outgoing.h"
#include "output.h"

// Only the server knows which files it holds: here each attachment that the report names counts as present.
static Baocao__V1__PresentFile *present_files (const Baocao__V1__Report *report, Baocao__V1__PresentFile ***list_p)
{
    Baocao__V1__PresentFile *files = xcalloc (report->n_attachments, sizeof *files);
    *list_p = xcalloc (report->n_attachments, sizeof (Baocao__V1__PresentFile *));
    for (size_t i = 0; i < report->n_attachments; i++) {
        baocao__v1__present_file__init (&files[i]);
        files[i].sha256 = report->attachments[i]->sha256;
        files[i].size = report->attachments[i]->size;
        (*list_p)[i] = &files[i];
    }
    return files;
}

static void apply_rules (const Baocao__V1__Report *report, const Baocao__V1__Duties *duties, findings_t *findings)
{
    Baocao__V1__PresentFile **list, *files = present_files (report, &list);
    rules_facts_t facts = {
        .unit = duties->unit,
        .duties = duties_plan (duties, report->plan),
        .received_at = output_ms (duties->server_time),
        .files = list,
        .n_files = report->n_attachments,
    };
    const Baocao__V1__PeriodDuty *period = facts.duties ? duties_period (facts.duties, report->period, facts.received_at) : NULL;
    if (period) {
        facts.previous = period->previous;
        facts.n_previous = period->n_previous;
    }
    rules_check (report, &facts, findings);
    free (list);
    free (files);
}

static void print_json (const findings_t *findings)
{
    json_t *list = json_array ();
    for (size_t i = 0; i < findings->count; i++)
        json_array_append_new (list, output_message (&findings->items[i]->base));
    output_json (json_pack ("{s:b, s:I, s:I, s:o}", "valid", findings->errors == 0, "errors", (json_int_t)findings->errors,
                            "warnings", (json_int_t)findings->warnings, "findings", list));
}

int client_check (client_t *client)
{
    int status;
    const char *path = args_operand (client_args (client), 0);
    Baocao__V1__Duties *duties =
        duties_get (client, args_flag (client_args (client), "offline") ? DUTIES_KEPT : DUTIES_LATEST, &status);
    outgoing_t *outgoing = duties ? outgoing_load (client, path, duties, &status) : NULL;
    if (outgoing) {
        findings_t findings;
        findings_init (&findings);
        apply_rules (outgoing->report, duties, &findings);
        if (client_json (client))
            print_json (&findings);
        else {
            output_findings (client, findings.items, findings.count, outgoing->report);
            if (findings.errors)
                client_say (_ ("%s would be refused: %zu errors, %zu warnings"), path, findings.errors, findings.warnings);
            else
                client_say (_ ("%s keeps all the rules: no errors, %zu warnings"), path, findings.warnings);
        }
        status = findings.errors ? CLIENT_REFUSED : CLIENT_DONE;
        findings_clear (&findings);
    }
    outgoing_destroy (&outgoing);
    if (duties)
        baocao__v1__duties__free_unpacked (duties, NULL);
    return status;
}
