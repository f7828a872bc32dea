// GetStatus: a department's submissions and what became of them.

#include "common/clock.h"
#include "common/xmem.h"
#include "intake_db.h"
#include "query.h"
#include "reply.h"
#include "request.h"
#include "state.h"
#include "status.h"

enum { ANSWER_BYTES = 512 << 10 };  // of submissions with their findings in one answer; the first is always in it

typedef struct {
    query_job_t job;
    char plan[REPORT_MAX_CODE + 1], period[REPORT_MAX_CODE + 1];
    uint64_t before_chain_index;
    size_t limit;
    bool one;  // only this:
    uint8_t report_id[REPORT_ID_SIZE];
} status_job_t;

// One submission of the answer, with the messages it points to.
typedef struct {
    Baocao__V1__SubmissionStatus message;
    Google__Protobuf__Timestamp received_at, judged_at;
} entry_t;

static bc_tx_next_t status_step (bc_tx_t *tx, int step, void *arg)
{
    const status_job_t *job = arg;
    int unit_id = job->job.asker.department->id;
    // One more than wanted tells whether there are more.
    const intake_status_filter_t filter = {
        .plan = job->plan, .period = job->period, .limit = (int)job->limit + 1, .before_chain_index = job->before_chain_index};
    (void)step;
    if (job->one)
        intake_db_ask_status_of (tx, unit_id, job->report_id);
    else
        intake_db_ask_status (tx, unit_id, &filter);
    return BC_TX_COMMIT;
}

static void set_entry (entry_t *entry, const intake_status_t *status)
{
    Baocao__V1__SubmissionStatus *message = &entry->message;
    baocao__v1__submission_status__init (message);
    message->report_id = (ProtobufCBinaryData){REPORT_ID_SIZE, (uint8_t *)status->report_id};
    message->plan = (char *)status->plan;
    message->period = (char *)status->period;
    message->revision = status->revision;
    message->chain_index = status->chain_index;
    message->received_at = bc_timestamp_set (&entry->received_at, status->received_at);
    message->timeliness = (Baocao__V1__Timeliness)status->timeliness;
    message->state = state_of_submission (status->state);
    if (status->judged_at)
        message->judged_at = bc_timestamp_set (&entry->judged_at, status->judged_at);
    message->counted = status->counted;
    message->submitted_by = (char *)status->submitted_by;
    message->return_reason = (char *)status->return_reason;
}

static void set_finding (Baocao__V1__Finding *message, const intake_finding_t *finding)
{
    baocao__v1__finding__init (message);
    message->code = (char *)finding->code;
    message->severity = finding->error ? BAOCAO__V1__SEVERITY__SEVERITY_ERROR : BAOCAO__V1__SEVERITY__SEVERITY_WARNING;
    message->path = (char *)finding->path;
    message->message_vi = (char *)finding->message_vi;
    message->message_en = (char *)finding->message_en;
}

// Gives each submission its findings, which come in the same order as the submissions. Returns how many submissions have all of
// theirs: with more than fits one answer the rest is left for the next.
static size_t share_findings (entry_t *entries, const PGresult *rows, size_t count, const PGresult *findings,
                              Baocao__V1__Finding *messages, Baocao__V1__Finding **list)
{
    int at = 0, total = PQntuples (findings);
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        intake_status_t status = intake_db_status (rows, (int)i);
        entries[i].message.findings = list + at;
        for (; at < total; at++) {
            intake_finding_t finding = intake_db_finding (findings, at);
            if (memcmp (finding.submission_id, status.submission_id, 16) != 0)
                break;
            set_finding (&messages[at], &finding);
            list[at] = &messages[at];
            entries[i].message.n_findings++;
        }
        bytes += protobuf_c_message_get_packed_size (&entries[i].message.base);
        if (bytes > ANSWER_BYTES || (total == INTAKE_MAX_FINDINGS && at == total))
            return i ? i : 1;
    }
    return count;
}

struct status {
    Baocao__V1__Status message;
    entry_t *entries;
    Baocao__V1__SubmissionStatus **list;
    Baocao__V1__Finding *findings, **finding_list;
};

status_t *status_new (const PGresult *rows, const PGresult *findings, size_t limit)
{
    size_t found = (size_t)PQntuples (rows), count = found < limit ? found : limit, n_findings = (size_t)PQntuples (findings);
    status_t *self = xcalloc (1, sizeof *self);
    self->entries = xcalloc (count + 1, sizeof *self->entries);
    self->list = xcalloc (count + 1, sizeof *self->list);
    self->findings = xcalloc (n_findings + 1, sizeof *self->findings);
    self->finding_list = xcalloc (n_findings + 1, sizeof *self->finding_list);
    for (size_t i = 0; i < count; i++) {
        intake_status_t status = intake_db_status (rows, (int)i);
        set_entry (&self->entries[i], &status);
        self->list[i] = &self->entries[i].message;
    }
    count = share_findings (self->entries, rows, count, findings, self->findings, self->finding_list);
    baocao__v1__status__init (&self->message);
    self->message.submissions = self->list;
    self->message.n_submissions = count;
    self->message.more = count < found;
    return self;
}

void status_destroy (status_t **self_p)
{
    status_t *self = *self_p;
    if (!self)
        return;
    free (self->entries);
    free (self->list);
    free (self->findings);
    free (self->finding_list);
    free (self);
    *self_p = NULL;
}

const Baocao__V1__Status *status_message (const status_t *self)
{
    return &self->message;
}

static void status_answer (query_job_t *arg, bc_tx_t *tx)
{
    const status_job_t *job = (status_job_t *)arg;
    status_t *status = status_new (bc_tx_result (tx, 0), bc_tx_result (tx, 1), job->limit);
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_STATUS;
    reply.status = (Baocao__V1__Status *)status_message (status);
    reply_send (&job->job.asker, &reply);
    status_destroy (&status);
}

void query_status (query_t *self, const asker_t *asker, const Baocao__V1__GetStatus *request)
{
    status_job_t *job = query_job_new (sizeof *job, asker, status_step, status_answer);
    snprintf (job->plan, sizeof job->plan, "%s", request->plan);
    snprintf (job->period, sizeof job->period, "%s", request->period);
    job->before_chain_index = request->before_chain_index;
    job->limit = request->limit ? request->limit : REQUEST_STATUS_LIMIT;
    job->one = request->report_id.len > 0;
    if (job->one)
        memcpy (job->report_id, request->report_id.data, sizeof job->report_id);
    query_run (self, &job->job, BC_TX_REPEATABLE_READ_ONLY);
}
