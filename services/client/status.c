// status: what is owed and until when, what became of the reports sent, and what to do next.
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "client.h"
#include "output.h"
#include "owed.h"
#include "stored.h"

enum { LIMIT = 20, LIMIT_MAX = 100 };

static void print_table (const client_t *client, const Baocao__V1__Status *status, const owed_t *owed)
{
    const char *const titles[] = {_ ("PLAN"),  _ ("PERIOD"),  _ ("REVISION>"), _ ("RECEIVED"),     _ ("TIME"),
                                  _ ("STATE"), _ ("COUNTED"), _ ("RECEIPT>"),  _ ("SUBMITTED BY"), _ ("REPORT ID")};
    table_t *table = table_new (titles, 10);
    for (size_t i = 0; i < status->n_submissions; i++) {
        const Baocao__V1__SubmissionStatus *s = status->submissions[i];
        char revision[16], index[24], id[BC_UUID_TEXT] = "", *time = output_time (s->received_at);
        snprintf (revision, sizeof revision, "%u", s->revision);
        snprintf (index, sizeof index, "%llu", (unsigned long long)s->chain_index);
        if (s->report_id.len == BC_UUID_SIZE)
            bc_uuid_format (s->report_id.data, id);
        table_row (table, (const char *const[]){s->plan, s->period, revision, time, output_timeliness (s->timeliness),
                                                output_state (s->state), output_counted (s), index, s->submitted_by, id});
        free (time);
    }
    table_print (&table);
    for (size_t i = 0; i < status->n_submissions; i++) {
        const Baocao__V1__SubmissionStatus *s = status->submissions[i];
        if (owed && owed_tells (owed, s))
            continue;
        if (s->n_findings)
            printf (_ ("\nRevision %u of %s %s:\n"), s->revision, s->plan, s->period);
        output_findings (client, s->findings, s->n_findings, NULL);
    }
}

static int list (client_t *client, const Baocao__V1__Status *status, const owed_t *owed)
{
    if (client_json (client)) {
        json_t *json = output_message (&status->base);
        for (size_t i = 0; i < status->n_submissions; i++)
            json_object_set_new (json_array_get (json_object_get (json, "submissions"), i), "counted",
                                 json_boolean (output_is_counted (status->submissions[i])));
        if (owed)
            json_object_set_new (json, "owed", owed_json (owed));
        output_json (json);
        return CLIENT_DONE;
    }
    if (owed)
        owed_print (owed);
    print_table (client, status, owed);
    if (!status->n_submissions)
        client_say (_ ("nothing has been received"));
    if (status->more)
        client_say (_ ("there are earlier ones: --before %llu"),
                    (unsigned long long)status->submissions[status->n_submissions - 1]->chain_index);
    if (owed)
        owed_advise (owed);
    return CLIENT_DONE;
}

int client_status (client_t *client)
{
    const args_t *args = client_args (client);
    const char *plan = args_value (args, "plan"), *period = args_operand (args, 0);
    long long before, limit;
    int status;
    if (args_number (args, "before", 0, 1, INT64_MAX, &before) || args_number (args, "limit", LIMIT, 1, LIMIT_MAX, &limit))
        return client_misused (_ ("--before is a number of the chain, --limit one from 1 to %d"), LIMIT_MAX);
    Baocao__V1__Status *sent =
        stored_status (client, plan ? plan : "", period ? period : "", (uint64_t)before, (uint32_t)limit, &status);
    if (!sent)
        return status;
    output_home_zone (client_home (client));
    // A page further back is history only.
    owed_t *owed = before ? NULL : owed_new (client, plan, period, &status);
    if (owed || before)
        status = list (client, sent, owed);
    owed_destroy (&owed);
    baocao__v1__status__free_unpacked (sent, NULL);
    return status;
}
