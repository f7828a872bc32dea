// Coordinate and GetCoordination: what units that share a task say to each other before the lead reports. Stored with the work items
// that tell the other side; said again while it stands, it is the same.

#include "baocao/v1/report.pb-c.h"
#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "intake_db.h"
#include "query.h"
#include "reply.h"
#include "report/text.h"
#include "request.h"

enum {
    SAID_MAX = 500,           // by one unit in one period
    SAID_BYTES = 16 << 20,    // of entries; with the one before refusal.c speaks of both
    ANSWER_BYTES = 64 << 10,  // of entries in one answer, so that it comes in time on a slow line; the first is always in it
    LIMIT = 50,               // items, when none is given
};

// --- The content of an entry -----------------------------------------------------------------------------------------------------

// The other side's program shows these texts: what is no text must not get there. Whether they are good is for the rules to say.
static bool has_good_texts (const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        const void *member = (const char *)message + field->offset;
        size_t count =
            field->label == PROTOBUF_C_LABEL_REPEATED ? *(const size_t *)((const char *)message + field->quantifier_offset) : 1;
        bool chosen = !(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) ||
                      *(const uint32_t *)((const char *)message + field->quantifier_offset) == field->id;
        const void *const *items = field->label == PROTOBUF_C_LABEL_REPEATED ? *(const void *const *const *)member : member;
        for (size_t k = 0; k < count && chosen; k++) {
            if (field->type == PROTOBUF_C_TYPE_MESSAGE && items[k] && !has_good_texts (items[k]))
                return false;
            if (field->type != PROTOBUF_C_TYPE_STRING)
                continue;
            text_fault_t fault = text_check (items[k], REPORT_MAX_TEXT);
            if (fault != TEXT_OK && fault != TEXT_EMPTY)
                return false;
        }
    }
    return true;
}

// NULL, or a code or a figure that the other side's program could not show as what it is.
static const char *figure_fault (const Baocao__V1__TaskEntry *entry)
{
    int status = (int)entry->status;
    const Baocao__V1__Budget *budget = entry->budget;
    if (status < BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED || status > BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED)
        return "a status that is none";
    if (entry->progress_percent < 0 || entry->progress_percent > 100)
        return "progress outside 0 to 100";
    for (size_t i = 0; i < entry->n_indicators; i++)
        if (!text_is_code (entry->indicators[i]->indicator))
            return "an indicator that is no code";
    for (size_t i = 0; budget && i < budget->n_lines; i++)
        if (budget->lines[i]->allocated < 0 || budget->lines[i]->disbursed < 0)
            return "money below 0";
    return budget && (budget->total_allocated < 0 || budget->total_disbursed < 0) ? "money below 0" : NULL;
}

// NULL, or what is wrong with a packed TaskEntry.
static const char *entry_fault (const ProtobufCBinaryData *bytes, const char *task)
{
    const char *reason = NULL;
    if (bc_wire_check (&baocao__v1__task_entry__descriptor, bytes->data, bytes->len, &reason) == -1)
        return reason;
    Baocao__V1__TaskEntry *entry = baocao__v1__task_entry__unpack (NULL, bytes->len, bytes->data);
    if (!entry)
        return "not a TaskEntry";
    if (!streq (entry->task, task))
        reason = "another task";
    else if (!has_good_texts (&entry->base))
        reason = "a text that is too long, or not UTF-8 in normalisation form C";
    else
        reason = figure_fault (entry);
    baocao__v1__task_entry__free_unpacked (entry, NULL);
    return reason;
}

// --- The answer ------------------------------------------------------------------------------------------------------------------

// rows: items; parties: may be NULL. limit: items that were asked for.
static void send_coordination (const asker_t *asker, const PGresult *rows, const PGresult *parties, int limit)
{
    int n_items = PQntuples (rows), n_parties = parties ? PQntuples (parties) : 0, i;
    size_t bytes = 0;
    Baocao__V1__CoordinationItem *items = xcalloc ((size_t)n_items + 1, sizeof *items),
                                 **item_list = xcalloc ((size_t)n_items + 1, sizeof *item_list);
    Google__Protobuf__Timestamp *times = xcalloc ((size_t)n_items + 1, sizeof *times);
    Baocao__V1__CoordinationParty *party = xcalloc ((size_t)n_parties + 1, sizeof *party),
                                  **party_list = xcalloc ((size_t)n_parties + 1, sizeof *party_list);
    Baocao__V1__Coordination coordination = BAOCAO__V1__COORDINATION__INIT;
    for (i = 0; i < n_items && i < limit && bytes < ANSWER_BYTES; i++, bytes += items[i - 1].entry.len) {
        intake_db_item (rows, i, &items[i], &times[i]);
        item_list[i] = &items[i];
    }
    coordination.items = item_list;
    coordination.n_items = (size_t)i;
    coordination.more = i < n_items;
    for (i = 0; i < n_parties; i++) {
        intake_db_party (parties, i, &party[i]);
        party_list[i] = &party[i];
    }
    coordination.parties = party_list;
    coordination.n_parties = (size_t)n_parties;
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_COORDINATION;
    reply.coordination = &coordination;
    reply_send (asker, &reply);
    free (items);
    free (item_list);
    free (times);
    free (party);
    free (party_list);
}

// --- GetCoordination -------------------------------------------------------------------------------------------------------------

typedef struct {
    query_job_t job;
    char plan[REPORT_MAX_CODE + 1], period[REPORT_MAX_CODE + 1];
    int64_t after;
    int limit;
    bool own_drafts;
} coordination_job_t;

static bc_tx_next_t coordination_step (bc_tx_t *tx, int step, void *arg)
{
    const coordination_job_t *job = arg;
    (void)step;
    intake_db_ask_coordination (tx, job->job.asker.department->id, job->plan, job->period, job->after, job->limit + 1, ANSWER_BYTES,
                                job->own_drafts);
    return BC_TX_COMMIT;
}

static void coordination_answer (query_job_t *arg, bc_tx_t *tx)
{
    const coordination_job_t *job = (coordination_job_t *)arg;
    send_coordination (&arg->asker, bc_tx_result (tx, 0), bc_tx_result (tx, 1), job->limit);
}

void query_coordination (query_t *self, const asker_t *asker, const Baocao__V1__GetCoordination *request)
{
    coordination_job_t *job = query_job_new (sizeof *job, asker, coordination_step, coordination_answer);
    snprintf (job->plan, sizeof job->plan, "%s", request->plan);
    snprintf (job->period, sizeof job->period, "%s", request->period);
    job->after = (int64_t)request->after;
    job->limit = request->limit ? (int)request->limit : LIMIT;
    job->own_drafts = request->own_drafts_only;
    query_run (self, &job->job, BC_TX_REPEATABLE_READ_ONLY);
}

// --- Coordinate ------------------------------------------------------------------------------------------------------------------

typedef struct {
    query_job_t job;
    intake_saying_t saying;
    char plan[REPORT_MAX_CODE + 1], period[REPORT_MAX_CODE + 1], task[REPORT_MAX_CODE + 1];
    refusal_t refusal;
    char detail[160];  // of the refusal
} saying_job_t;

enum { LOCKED, LOOK };  // results of the first step

static refusal_t refused (saying_job_t *job, refusal_t refusal, const char *detail)
{
    snprintf (job->detail, sizeof job->detail, "%s", detail);
    return refusal;
}

// The size is bounded but for what is taken back, which what stands bounds.
static refusal_t judge (saying_job_t *job, const PGresult *rows)
{
    if (PQntuples (rows) == 0)
        return REFUSAL_NO_TASK;
    intake_shared_t shared = intake_db_shared (rows);
    bool withdrawal = job->saying.entry && !job->saying.entry_size;
    if (shared.same)
        return REFUSAL_NONE;
    if (withdrawal && !shared.stands)
        return refused (job, REFUSAL_NOTHING_SAID, job->period);
    if (!withdrawal && !shared.permitted)
        return refused (job, job->saying.kind == INTAKE_DRAFT ? REFUSAL_NOT_LEADING : REFUSAL_NOT_COORDINATING, shared.who);
    if (shared.opens)
        return refused (job, REFUSAL_NOT_OPEN, shared.opens);
    if (shared.closed)
        return refused (job, REFUSAL_CLOSED, shared.closed);
    if (withdrawal)
        return REFUSAL_NONE;
    if (job->saying.kind == INTAKE_DRAFT && !shared.coordinated)
        return REFUSAL_NOBODY_TO_AGREE;
    if (!shared.standing)
        return REFUSAL_DRAFT_REPLACED;
    return shared.said >= SAID_MAX || shared.said_bytes + (int64_t)job->saying.entry_size > SAID_BYTES ? REFUSAL_TOO_MUCH_SAID
                                                                                                       : REFUSAL_NONE;
}

static bc_tx_next_t saying_step (bc_tx_t *tx, int step, void *arg)
{
    saying_job_t *job = arg;
    const asker_t *asker = &job->job.asker;
    if (step == 0) {
        intake_db_lock_coordination (tx, job->plan, job->period);
        intake_db_look_at_task (tx, asker->department->id, &job->saying, bc_clock_ms ());
        return BC_TX_NEXT;
    }
    if (step == 2) {
        intake_db_ask_item (tx, bc_row_int (bc_tx_result (tx, 0), 0, 0));
        return BC_TX_COMMIT;
    }
    const PGresult *rows = bc_tx_result (tx, LOOK);
    job->refusal = judge (job, rows);
    if (job->refusal != REFUSAL_NONE)
        return BC_TX_COMMIT;
    intake_shared_t shared = intake_db_shared (rows);
    if (!shared.same) {
        intake_db_add_saying (tx, asker->department->id, &job->saying, &shared, bc_clock_ms (), asker->peer.key);
        return BC_TX_NEXT;
    }
    intake_db_ask_item (tx, shared.same);
    intake_db_confirm (tx);
    return BC_TX_COMMIT;
}

static void saying_answer (query_job_t *arg, bc_tx_t *tx)
{
    const saying_job_t *job = (saying_job_t *)arg;
    if (job->refusal != REFUSAL_NONE)
        reply_refuse (&arg->asker, job->refusal, *job->detail ? job->detail : NULL);
    else
        send_coordination (&arg->asker, bc_tx_result (tx, 0), NULL, 1);
}

// Entry and text go with the job's memory.
static saying_job_t *saying_new (const asker_t *asker, const ProtobufCBinaryData *entry, const char *text)
{
    size_t size = entry ? entry->len : 0;
    saying_job_t *job = query_job_new (sizeof *job + size + strlen (text) + 1, asker, saying_step, saying_answer);
    uint8_t *room = (uint8_t *)(job + 1);
    if (size)
        memcpy (room, entry->data, size);
    job->saying.entry = entry ? room : NULL;
    job->saying.entry_size = size;
    job->saying.text = strcpy ((char *)room + size, text);
    job->saying.plan = job->plan;
    job->saying.period = job->period;
    job->saying.task = job->task;
    return job;
}

void query_coordinate (query_t *self, const asker_t *asker, const Baocao__V1__Coordinate *request)
{
    bool answer = request->item_case == BAOCAO__V1__COORDINATE__ITEM_AGREEMENT;
    bool draft = request->item_case == BAOCAO__V1__COORDINATE__ITEM_DRAFT;
    const ProtobufCBinaryData *entry = answer ? NULL : draft ? &request->draft : &request->contribution;
    const char *fault = entry && entry->len ? entry_fault (entry, request->task) : NULL;
    if (fault) {
        reply_refuse (asker, REFUSAL_ENTRY, fault);
        return;
    }
    saying_job_t *job = saying_new (asker, entry, answer ? request->agreement->text : "");
    snprintf (job->plan, sizeof job->plan, "%s", request->plan);
    snprintf (job->period, sizeof job->period, "%s", request->period);
    snprintf (job->task, sizeof job->task, "%s", request->task);
    job->saying.draft_id = answer ? (int64_t)request->agreement->draft : 0;
    job->saying.kind = draft                        ? INTAKE_DRAFT
                       : !answer                    ? INTAKE_CONTRIBUTION
                       : request->agreement->agreed ? INTAKE_AGREED
                                                    : INTAKE_DISAGREED;
    query_run (self, &job->job, BC_TX_READ_COMMITTED);
}
