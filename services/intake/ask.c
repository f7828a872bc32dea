// Ask: what a department asks the standing agency to decide. Stored with the work item that tells the standing agency; asked again
// while it is not decided, it is the same question.

#include "common/clock.h"
#include "common/xmem.h"
#include "intake_db.h"
#include "query.h"
#include "reply.h"

enum { OPEN_MAX = 10 };  // undecided questions of one department

typedef struct {
    query_job_t job;
    intake_question_t question;
    char plan[REPORT_MAX_CODE + 1], period[REPORT_MAX_CODE + 1], until[sizeof "2025-12-31"];
    uint8_t report_id[REPORT_ID_SIZE];
    char *reason;
    refusal_t refusal;
    int64_t number, asked_at;
} ask_job_t;

enum { LOCKED, LOOK };  // results of the first step

static refusal_t judge (const PGresult *rows, bool withdrawal)
{
    if (PQntuples (rows) == 0)
        return withdrawal ? REFUSAL_NO_RECEIPT : REFUSAL_NO_PERIOD;
    intake_look_t look = intake_db_look (rows);
    if (look.same)
        return REFUSAL_NONE;
    if (!look.possible)
        return withdrawal ? REFUSAL_NOT_ACCEPTED : REFUSAL_NO_DUTY;
    if (!look.later)
        return REFUSAL_NOT_LATER;
    return look.open >= OPEN_MAX ? REFUSAL_TOO_MANY_QUESTIONS : REFUSAL_NONE;
}

static bc_tx_next_t ask_step (bc_tx_t *tx, int step, void *arg)
{
    ask_job_t *job = arg;
    const asker_t *asker = &job->job.asker;
    if (step == 0) {
        intake_db_lock_questions (tx, asker->department->id);
        intake_db_ask_look (tx, asker->department->id, &job->question, bc_clock_ms ());
        return BC_TX_NEXT;
    }
    const PGresult *rows = bc_tx_result (tx, LOOK);
    job->refusal = judge (rows, job->question.report_id != NULL);
    if (job->refusal != REFUSAL_NONE)
        return BC_TX_COMMIT;
    intake_look_t look = intake_db_look (rows);
    job->number = look.same;
    job->asked_at = look.same ? look.asked_at : bc_clock_ms ();
    if (look.same)
        intake_db_confirm (tx);
    else
        intake_db_add_question (tx, asker->department->id, &job->question, &look, job->asked_at, asker->peer.key);
    return BC_TX_COMMIT;
}

static void ask_answer (query_job_t *arg, bc_tx_t *tx)
{
    ask_job_t *job = (ask_job_t *)arg;
    Google__Protobuf__Timestamp at;
    Baocao__V1__Asked asked = BAOCAO__V1__ASKED__INIT;
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    if (job->refusal != REFUSAL_NONE) {
        reply_refuse (&arg->asker, job->refusal, NULL);
        return;
    }
    asked.number = (uint64_t)(job->number ? job->number : bc_row_int (bc_tx_result (tx, 0), 0, 0));
    asked.asked_at = bc_timestamp_set (&at, job->asked_at);
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_ASKED;
    reply.asked = &asked;
    reply_send (&arg->asker, &reply);
}

void query_ask (query_t *self, const asker_t *asker, const Baocao__V1__Ask *request)
{
    const Baocao__V1__AskExtension *extension = request->extension;
    bool withdrawal = request->question_case == BAOCAO__V1__ASK__QUESTION_WITHDRAWAL;
    const char *reason = withdrawal ? request->withdrawal->reason : extension->reason;
    // The reason goes with the job's memory.
    ask_job_t *job = query_job_new (sizeof *job + strlen (reason) + 1, asker, ask_step, ask_answer);
    job->reason = strcpy ((char *)(job + 1), reason);
    job->question.reason = job->reason;
    if (withdrawal) {
        memcpy (job->report_id, request->withdrawal->report_id.data, sizeof job->report_id);
        job->question.report_id = job->report_id;
    } else {
        snprintf (job->plan, sizeof job->plan, "%s", extension->plan);
        snprintf (job->period, sizeof job->period, "%s", extension->period);
        snprintf (job->until, sizeof job->until, "%s", extension->until);
        job->question.plan = job->plan;
        job->question.period = job->period;
        job->question.until = job->until;
    }
    query_run (self, &job->job, BC_TX_READ_COMMITTED);
}
