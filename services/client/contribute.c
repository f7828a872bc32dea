// contribute, sign-off ask: the tasks of a filled template, one by one to those who share them.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "common/xmem.h"
#include "check.h"
#include "coordination.h"
#include "duties.h"
#include "output.h"
#include "sign_off.h"

// One run of either command.
typedef struct {
    client_t *client;
    bool draft;  // else it is a contribution
    const Baocao__V1__Duties *duties;
    const outgoing_t *outgoing;
    Baocao__V1__Coordination *coordination;
    json_t *sent;
} sharing_t;

// Is the task one that goes to others: with a contribution to its leads, with a draft to those who coordinate it?
static bool is_shared (const sharing_t *self, const char *task)
{
    const char *unit = self->duties->unit;
    return self->draft ? coordination_is_shared (self->coordination, task, unit)
                       : coordination_has_role (self->coordination, task, unit, BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING);
}

// With --task only that one.
static bool is_meant (const sharing_t *self, size_t entry)
{
    const char *only = args_value (client_args (self->client), "task"), *task = self->outgoing->report->entries[entry]->task;
    return only ? !strcmp (only, task) : is_shared (self, task);
}

// What the rules have against the entries that are meant; the rest of the report is not sent. The exit code.
static int check_entries (const sharing_t *self)
{
    findings_t all, own;
    findings_init (&all);
    findings_init (&own);
    check_find (self->outgoing, self->duties, &all);
    for (size_t i = 0; i < self->outgoing->report->n_entries; i++) {
        char prefix[32];
        size_t size = (size_t)snprintf (prefix, sizeof prefix, "entries[%zu]", i);
        for (size_t k = 0; k < all.count && is_meant (self, i); k++)
            if (!strncmp (all.items[k]->path, prefix, size))
                findings_add (&own, all.items[k]->code, all.items[k]->severity, all.items[k]->path, all.items[k]->message_vi,
                              all.items[k]->message_en);
    }
    int status = own.errors ? CLIENT_REFUSED : CLIENT_DONE;
    if (!client_json (self->client))
        output_placed (self->client, own.items, own.count, self->outgoing->report, self->outgoing->file->places);
    if (own.errors)
        client_say (_ ("nothing was sent: correct these %zu errors first"), own.errors);
    findings_clear (&own);
    findings_clear (&all);
    return status;
}

// The names of the units to which the task goes; the caller frees it.
static char *receivers (const sharing_t *self, const char *task)
{
    Baocao__V1__TaskRole role = self->draft ? BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING : BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD;
    char *names = xstrdup ("");
    for (size_t i = 0; i < self->coordination->n_parties; i++) {
        const Baocao__V1__CoordinationParty *party = self->coordination->parties[i];
        if (party->role != role || strcmp (party->task, task) != 0 || !strcmp (party->unit, self->duties->unit))
            continue;
        char *longer =
            xasprintf ("%s%s%s", names, *names ? ", " : "", client_pick (self->client, party->unit_name_vi, party->unit_name_en));
        free (names);
        names = longer;
    }
    return names;
}

static int send_entry (sharing_t *self, const Baocao__V1__TaskEntry *entry)
{
    int status;
    Baocao__V1__Coordinate say = BAOCAO__V1__COORDINATE__INIT;
    ProtobufCBinaryData bytes;
    bytes.len = bc_wire_pack (&entry->base, &bytes.data);
    say.plan = self->outgoing->report->plan;
    say.period = self->outgoing->report->period;
    say.task = entry->task;
    say.item_case = self->draft ? BAOCAO__V1__COORDINATE__ITEM_DRAFT : BAOCAO__V1__COORDINATE__ITEM_CONTRIBUTION;
    if (self->draft)
        say.draft = bytes;
    else
        say.contribution = bytes;
    bool said = coordination_say (self->client, &say, &status);
    free (bytes.data);
    if (!said)
        return status;
    char *names = receivers (self, entry->task);
    if (client_json (self->client))
        json_array_append_new (self->sent, json_pack ("{s:s, s:s}", "task", entry->task, "to", names));
    else
        printf (self->draft ? _ ("%s: asked %s\n") : _ ("%s: sent to %s\n"), entry->task, names);
    free (names);
    return CLIENT_DONE;
}

static bool has_shared (const sharing_t *self)
{
    const Baocao__V1__Coordination *said = self->coordination;
    for (size_t i = 0; i < said->n_parties; i++)
        if (is_shared (self, said->parties[i]->task))
            return true;
    return false;
}

static int nothing_meant (const sharing_t *self)
{
    const char *only = args_value (client_args (self->client), "task");
    if (only)
        client_say (_ ("the file says nothing about task %s"), only);
    else if (self->draft && has_shared (self))
        client_say (_ ("the file says nothing yet about the tasks that the unit leads and others coordinate: fill it in first"));
    else if (self->draft)
        client_say (_ ("the unit leads no task that others coordinate: nobody need be asked"));
    else
        client_say (
            _ ("the file says nothing about tasks that the unit coordinates: 'baocao template --contribute -o part.xlsx' gives one "
               "to fill in"));
    return CLIENT_REFUSED;
}

static int send_entries (sharing_t *self)
{
    const Baocao__V1__Report *report = self->outgoing->report;
    size_t meant = 0;
    for (size_t i = 0; i < report->n_entries; i++)
        meant += is_meant (self, i);
    int status = meant ? check_entries (self) : nothing_meant (self);
    for (size_t i = 0; i < report->n_entries && !status; i++)
        if (is_meant (self, i))
            status = send_entry (self, report->entries[i]);
    if (!status && self->draft)
        client_say (
            _ ("each answer comes into your mailbox; 'baocao sign-off' shows who has answered. Until all of them agree to exactly "
               "this, 'baocao push' does not send the report."));
    else if (!status)
        client_say (
            _ ("they find it in their mailbox and in their template, and all units that share the task can read it; sent again, it "
               "takes the place of what was sent before"));
    return status;
}

static int share (client_t *client, bool draft)
{
    int status;
    sharing_t self = {.client = client, .draft = draft};
    Baocao__V1__Duties *duties = duties_get (client, DUTIES_LATEST, &status);
    if (!duties)
        return status;
    if (client_line_result (client) != LINE_ANSWERED) {  // the duties are old ones; what is said to others is not kept for later
        client_say (_ ("nothing was sent, and nothing is kept: run it again when the server can be reached"));
        baocao__v1__duties__free_unpacked (duties, NULL);
        return CLIENT_UNREACHABLE;
    }
    outgoing_t *outgoing = outgoing_load (client, args_operand (client_args (client), 0), duties, &status);
    self.duties = duties;
    self.outgoing = outgoing;
    self.sent = json_array ();
    if (outgoing)
        self.coordination = coordination_get (client, outgoing->report->plan, outgoing->report->period, false, &status);
    if (self.coordination) {
        status = send_entries (&self);
        baocao__v1__coordination__free_unpacked (self.coordination, NULL);
    }
    if (client_json (client) && (!status || json_array_size (self.sent)))
        output_json (json_pack ("{s:O, s:o*}", "sent", self.sent, "error", status ? output_said () : NULL));
    json_decref (self.sent);
    outgoing_destroy (&outgoing);
    baocao__v1__duties__free_unpacked (duties, NULL);
    return status;
}

int client_contribute (client_t *client)
{
    const args_t *args = client_args (client);
    if (args_flag (args, "withdraw"))
        return sign_off_take_back (client, BAOCAO__V1__COORDINATE__ITEM_CONTRIBUTION);
    if (args_value (args, "plan") || args_value (args, "period"))
        return client_misused (_ ("--plan and --period go with --withdraw; a file names its own"));
    return share (client, false);
}

int client_sign_off_ask (client_t *client)
{
    return share (client, true);
}
