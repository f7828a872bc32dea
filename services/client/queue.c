// queue: what waits in the spool.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "baocao/v1/report.pb-c.h"
#include "confirm.h"
#include "output.h"
#include "send.h"
#include "spool.h"

enum { WATCH_MIN_MS = 2000, WATCH_MAX_MS = 60000 };

// --- list ------------------------------------------------------------------------------------------------------------------------

// When the report was made: a UUID of version 7 begins with the time in Unix ms.
static Google__Protobuf__Timestamp *made_at (const Baocao__V1__SubmitReport *request, Google__Protobuf__Timestamp *memory)
{
    int64_t ms = 0;
    for (size_t i = 0; i < 6; i++)
        ms = ms << 8 | request->report_id.data[i];
    return bc_timestamp_set (memory, ms);
}

static json_t *list_json (const char *id, const Baocao__V1__SubmitReport *request, const Baocao__V1__Report *report)
{
    json_t *files = json_array ();
    for (size_t i = 0; i < report->n_attachments; i++)
        json_array_append_new (files, output_message (&report->attachments[i]->base));
    return json_pack ("{s:s, s:s, s:s, s:o}", "report_id", id, "plan", request->plan, "period", request->period, "attachments",
                      files);
}

static void list_row (client_t *client, table_t *table, const char *id, const Baocao__V1__SubmitReport *request,
                      const Baocao__V1__Report *report)
{
    uint64_t bytes = 0;
    Google__Protobuf__Timestamp time;
    for (size_t i = 0; i < report->n_attachments; i++)
        bytes += (uint64_t)report->attachments[i]->size;
    char *since = output_time (made_at (request, &time)), *size = output_size (client, bytes);
    char *files = report->n_attachments ? xasprintf ("%zu (%s)", report->n_attachments, size) : xstrdup ("-");
    table_row (table, (const char *const[]){id, request->plan, request->period, report->document ? report->document->number : "-",
                                            since, files});
    free (since);
    free (size);
    free (files);
}

// Adds one report to the table, or to the JSON array. The exit code.
static int list_one (client_t *client, const char *id, table_t *table, json_t *all)
{
    const home_t *home = client_home (client);
    Baocao__V1__SubmitReport *request = spool_get (home, id);
    Baocao__V1__Report *report = request ? baocao__v1__report__unpack (NULL, request->report.len, request->report.data) : NULL;
    bool gone = !request && !spool_has (home, id);  // another process has just sent it
    if (report && all)
        json_array_append_new (all, list_json (id, request, report));
    else if (report)
        list_row (client, table, id, request, report);
    else if (!gone)
        client_say (_ ("%s/spool/%s.request is damaged; 'baocao queue drop' removes it, then push its report again"),
                    home_path (home), id);
    bool sound = report || gone;
    if (report)
        baocao__v1__report__free_unpacked (report, NULL);
    if (request)
        baocao__v1__submit_report__free_unpacked (request, NULL);
    return sound ? CLIENT_DONE : CLIENT_REFUSED;
}

int client_queue_list (client_t *client)
{
    if (!client_invite (client, false))
        return CLIENT_UNCONFIGURED;
    output_home_zone (client_home (client));
    const char *const titles[] = {_ ("report id"), _ ("plan"), _ ("period"), _ ("document"), _ ("made"), _ ("attachments")};
    char **ids = spool_list (client_home (client));
    json_t *all = client_json (client) ? json_array () : NULL;
    table_t *table = table_new (titles, sizeof titles / sizeof *titles);
    int status = CLIENT_DONE;
    for (char **id = ids; *id; id++)
        if (list_one (client, *id, table, all))
            status = CLIENT_REFUSED;
    if (all)
        output_json (json_pack ("{s:o}", "waiting", all));
    table_print (&table);
    if (!all)
        client_say (*ids ? _ ("'baocao queue flush' sends them") : _ ("there is nothing in the spool"));
    home_list_free (&ids);
    return status;
}

// --- flush -----------------------------------------------------------------------------------------------------------------------

static bool is_empty (const home_t *home)
{
    char **ids = spool_list (home);
    bool empty = !*ids;
    home_list_free (&ids);
    return empty;
}

// Tries again and again until nothing is left that could be sent; that the server is not reached is said once.
static int watch (client_t *client, send_t *what)
{
    int pause_ms = WATCH_MIN_MS, status;
    while ((status = send_spool (client, what)) == CLIENT_SPOOLED && !is_empty (client_home (client))) {
        if (!what->silent)
            client_say (_ ("waiting for the server; Ctrl-C ends the waiting and loses nothing"));
        what->silent = true;
        client_hush (client, true);
        if (!line_pause (pause_ms))
            return CLIENT_SPOOLED;
        pause_ms = pause_ms * 2 < WATCH_MAX_MS ? pause_ms * 2 : WATCH_MAX_MS;
    }
    client_hush (client, false);
    return status;
}

int client_queue_flush (client_t *client)
{
    const args_t *args = client_args (client);
    long long seconds;
    if (args_number (args, "wait", 60, 0, 86400, &seconds))
        return client_misused (_ ("--wait is a number of seconds"));
    if (!client_invite (client, false))
        return CLIENT_UNCONFIGURED;
    output_home_zone (client_home (client));
    send_t what = {.own = "", .wait = !args_flag (args, "no-wait"), .verdict_ms = (int)seconds * 1000};
    return args_flag (args, "watch") ? watch (client, &what) : send_spool (client, &what);
}

// --- drop ------------------------------------------------------------------------------------------------------------------------

int client_queue_drop (client_t *client)
{
    const char *id = args_operand (client_args (client), 0);
    home_t *home = client_invite (client, false) ? client_home (client) : NULL;
    if (!home)
        return CLIENT_UNCONFIGURED;
    uint8_t uuid[BC_UUID_SIZE];
    if (bc_uuid_parse (id, uuid) || !spool_has (home, id)) {
        client_say (_ ("no report %s waits in the spool; 'baocao queue list' has those that do"), id);
        return CLIENT_REFUSED;
    }
    if (!confirm_is_possible (client))
        return CLIENT_USAGE;
    char *question = xasprintf (_ ("Remove report %s from the spool without sending it?"), id);
    bool wanted = confirm (client, question);
    free (question);
    if (!wanted)
        return CLIENT_CANCELLED;
    Baocao__V1__SubmitReport *request = spool_get (home, id);
    int result = spool_remove (home, id);
    if (request && !result)
        result = spool_forget (home, &request->report);
    if (request)
        baocao__v1__submit_report__free_unpacked (request, NULL);
    if (result)
        return client_cannot_write (home);
    client_say (_ ("report %s has left the spool. If it was on its way when the line broke, the server may have it: see 'baocao "
                   "status'."),
                id);
    return CLIENT_DONE;
}
