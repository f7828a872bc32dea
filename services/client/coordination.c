#include "coordination.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "report/json.h"
#include "output.h"
#include "rows.h"
#include "template.h"

// --- From the server -------------------------------------------------------------------------------------------------------------

static Baocao__V1__Coordination *take (Baocao__V1__ServerReply *reply)
{
    Baocao__V1__Coordination *coordination = NULL;
    if (reply->reply_case == BAOCAO__V1__SERVER_REPLY__REPLY_COORDINATION) {
        coordination = reply->coordination;
        reply->reply_case = BAOCAO__V1__SERVER_REPLY__REPLY__NOT_SET;
    }
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return coordination;
}

static Baocao__V1__Coordination *get_page (client_t *client, Baocao__V1__GetCoordination *get, int *status_p)
{
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_COORDINATION;
    request.get_coordination = get;
    Baocao__V1__ServerReply *reply = client_ask (client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_COORDINATION, status_p);
    return reply ? take (reply) : NULL;
}

static void append (Baocao__V1__Coordination *self, Baocao__V1__Coordination *page)
{
    self->items = xrealloc (self->items, (self->n_items + page->n_items + 1) * sizeof *self->items);
    for (size_t i = 0; i < page->n_items; i++)
        self->items[self->n_items++] = page->items[i];
    self->more = page->more && page->n_items;  // else the same page would be asked for again and again
    page->n_items = 0;
    baocao__v1__coordination__free_unpacked (page, NULL);
}

Baocao__V1__Coordination *coordination_get (client_t *client, const char *plan, const char *period, bool own_drafts, int *status_p)
{
    Baocao__V1__GetCoordination get = BAOCAO__V1__GET_COORDINATION__INIT;
    get.plan = (char *)plan;
    get.period = (char *)period;
    get.limit = 100;
    get.own_drafts_only = own_drafts;
    Baocao__V1__Coordination *self = get_page (client, &get, status_p);
    while (self && self->more && self->n_items) {
        get.after = self->items[self->n_items - 1]->number;
        Baocao__V1__Coordination *page = get_page (client, &get, status_p);
        if (page)
            append (self, page);
        else {
            baocao__v1__coordination__free_unpacked (self, NULL);
            self = NULL;
        }
    }
    if (self)
        *status_p = CLIENT_DONE;
    return self;
}

Baocao__V1__Coordination *coordination_look (client_t *client, const char *plan, const char *period, bool own_drafts, int *status_p)
{
    client_hush (client, true);
    Baocao__V1__Coordination *self = coordination_get (client, plan, period, own_drafts, status_p);
    client_hush (client, false);
    line_result_t result = client_line_result (client);
    if (self)
        return self;
    // A server that has been reached may have the answers, however slow the line is.
    if (result == LINE_BUSY || (result == LINE_UNREACHABLE && !line_was_connected (client_line (client))))
        *status_p = CLIENT_DONE;
    else if (result == LINE_UNREACHABLE || result == LINE_INTERRUPTED)
        client_explain (client, client_line (client), result);
    return NULL;
}

bool coordination_say (client_t *client, Baocao__V1__Coordinate *what, int *status_p)
{
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_COORDINATE;
    request.coordinate = what;
    Baocao__V1__ServerReply *reply = client_ask (client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_COORDINATION, status_p);
    if (!reply)
        return false;
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return true;
}

// --- Looking into it -------------------------------------------------------------------------------------------------------------

const Baocao__V1__CoordinationItem *coordination_answer (const Baocao__V1__Coordination *self,
                                                         const Baocao__V1__CoordinationItem *draft, const char *unit)
{
    for (size_t i = 0; i < self->n_items; i++)
        if (self->items[i]->draft == draft->number && !strcmp (self->items[i]->unit, unit))
            return self->items[i];
    return NULL;
}

bool coordination_has_role (const Baocao__V1__Coordination *self, const char *task, const char *unit, Baocao__V1__TaskRole role)
{
    for (size_t i = 0; i < self->n_parties; i++)
        if (self->parties[i]->role == role && !strcmp (self->parties[i]->task, task) && !strcmp (self->parties[i]->unit, unit))
            return true;
    return false;
}

bool coordination_is_shared (const Baocao__V1__Coordination *self, const char *task, const char *unit)
{
    bool leads = coordination_has_role (self, task, unit, BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD);
    for (size_t i = 0; leads && i < self->n_parties; i++)
        if (self->parties[i]->role == BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING && !strcmp (self->parties[i]->task, task) &&
            strcmp (self->parties[i]->unit, unit) != 0)
            return true;
    return false;
}

const char *coordination_name (const client_t *client, const Baocao__V1__Coordination *self, const char *unit)
{
    for (size_t i = 0; i < self->n_parties; i++)
        if (!strcmp (self->parties[i]->unit, unit)) {
            const char *name = client_pick (client, self->parties[i]->unit_name_vi, self->parties[i]->unit_name_en);
            return *name ? name : unit;
        }
    return unit;
}

char *coordination_text (const char *text)
{
    static const char INDENT[] = "      ";
    size_t size = strlen (text), lines = 0;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    char *shown = xmalloc (size + lines * (sizeof INDENT - 1) + 1), *to = shown;
    for (; *text; text++) {
        *to++ = *text;
        if (*text == '\n')
            to = stpcpy (to, INDENT);
    }
    *to = 0;
    return shown;
}

Baocao__V1__TaskEntry *coordination_entry (const Baocao__V1__CoordinationItem *item)
{
    return item->entry.len ? baocao__v1__task_entry__unpack (NULL, item->entry.len, item->entry.data) : NULL;
}

typedef struct {
    const client_t *client;
    const Baocao__V1__TaskEntry *entry;
    void (*tell) (void *arg, const char *label, const char *value);
    void *arg;
} teller_t;

static const char *pick (const teller_t *self, const char *vi, const char *en)
{
    return self->client ? client_pick (self->client, vi, en) : vi;
}

// The key is freed.
static void tell_cell (const teller_t *self, char *key, const char *label)
{
    char *value = rows_cell (self->entry, key);
    if (*value && !strncmp (key, "budget.", 7) && strcmp (key, "budget.reason") != 0) {
        char *money = output_money (strtoll (value, NULL, 10));
        free (value);
        value = money;
    }
    if (*value)
        self->tell (self->arg, label,
                    strcmp (key, "status") != 0 ? value : pick (self, value, output_status (self->entry->status)));
    free (value);
    free (key);
}

static void tell_budget (const teller_t *self)
{
    for (int source = 1; source < 9; source++) {
        const char *name = report_enum_name (&baocao__v1__budget_source__descriptor, source);
        for (int figure = 0; figure < 2; figure++) {
            char *label =
                xasprintf ("%s, %s", pick (self, template_sources[source], output_source ((Baocao__V1__BudgetSource)source)),
                           figure ? pick (self, "giải ngân", "disbursed") : pick (self, "phân bổ", "allocated"));
            tell_cell (self, xasprintf ("budget.%s.%s", name, figure ? "disbursed" : "allocated"), label);
            free (label);
        }
    }
}

static void tell_indicators (const teller_t *self, const Baocao__V1__TaskDuty *task)
{
    for (size_t i = 0; i < self->entry->n_indicators; i++) {
        const char *code = self->entry->indicators[i]->indicator, *title = code;
        for (size_t k = 0; task && k < task->n_indicators; k++)
            if (!strcmp (task->indicators[k]->indicator, code))
                title = task->indicators[k]->title_vi;
        tell_cell (self, xasprintf ("indicator.%s", code), title);
        tell_cell (self, xasprintf ("no_figure.%s", code), title);
    }
}

void coordination_cells (const client_t *client, const Baocao__V1__CoordinationItem *item, const Baocao__V1__TaskDuty *task,
                         void (*tell) (void *arg, const char *label, const char *value), void *arg)
{
    Baocao__V1__TaskEntry *entry = coordination_entry (item);
    if (!entry)
        return;
    teller_t self = {client, entry, tell, arg};
    for (const template_label_t *column = template_columns; column->key; column++)
        if (strcmp (column->key, "task") != 0)
            tell_cell (&self, xstrdup (column->key), pick (&self, column->label_vi, column->key));
    tell_budget (&self);
    tell_indicators (&self, task);
    baocao__v1__task_entry__free_unpacked (entry, NULL);
}

json_t *coordination_json (const Baocao__V1__CoordinationItem *item)
{
    json_t *json = output_message (&item->base);
    Baocao__V1__TaskEntry *entry = coordination_entry (item);
    if (entry) {
        json_object_set_new (json, "entry", report_to_json (&entry->base));
        baocao__v1__task_entry__free_unpacked (entry, NULL);
    } else
        json_object_del (json, "entry");
    return json;
}
