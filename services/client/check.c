// check: the server's rules, applied here.
#include <stdio.h>
#include <stdlib.h>

#include "common/xmem.h"
#include "validation/rules.h"
#include "duties.h"
#include "outgoing.h"
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
        apply_rules (outgoing, duties, &findings);
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
