// GetReport: one of the department's own reports, with its status and its receipt.

#include "common/clock.h"
#include "common/xmem.h"
#include "intake_db.h"
#include "query.h"
#include "reply.h"
#include "status.h"

typedef struct {
    query_job_t job;
    char plan[REPORT_MAX_CODE + 1], period[REPORT_MAX_CODE + 1];  // "": it is named by its id
    uint8_t report_id[REPORT_ID_SIZE];
} report_job_t;

enum { STATUS, FINDINGS, RECEIPT, CONFIRMED, BYTES };  // results of the last step

static bc_tx_next_t report_step (bc_tx_t *tx, int step, void *arg)
{
    report_job_t *job = arg;
    int unit_id = job->job.asker.department->id;
    if (step == 0 && *job->plan) {
        intake_db_ask_latest (tx, unit_id, job->plan, job->period);
        return BC_TX_NEXT;
    }
    // No row: the id of zeros stays, and no report has it.
    const PGresult *latest = *job->plan ? bc_tx_result (tx, 0) : NULL;
    if (latest && PQntuples (latest) > 0)
        memcpy (job->report_id, bc_row_bytes (latest, 0, 0, NULL), sizeof job->report_id);
    intake_db_ask_status_of (tx, unit_id, job->report_id);
    intake_db_ask_receipt (tx, unit_id, job->report_id);
    intake_db_ask_report (tx, unit_id, job->report_id);
    return BC_TX_COMMIT;
}

static void send_report (const report_job_t *job, bc_tx_t *tx, const Baocao__V1__Status *status)
{
    Baocao__V1__StoredReport stored = BAOCAO__V1__STORED_REPORT__INIT;
    Baocao__V1__Receipt receipt = BAOCAO__V1__RECEIPT__INIT;
    intake_stored_t row = intake_db_stored (bc_tx_result (tx, RECEIPT), 0);
    row.receipt.unit = job->job.asker.department->code;
    receipt.body.len = receipt_pack (&row.receipt, &receipt.body.data);
    receipt.signature = (ProtobufCBinaryData){RECEIPT_SIGNATURE_SIZE, (uint8_t *)row.signature};
    receipt.key_id = (char *)row.key_id;
    stored.report.data = (uint8_t *)bc_row_bytes (bc_tx_result (tx, BYTES), 0, 0, &stored.report.len);
    stored.status = status->submissions[0];
    stored.receipt = &receipt;
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_REPORT;
    reply.report = &stored;
    reply_send (&job->job.asker, &reply);
    free (receipt.body.data);
}

static void report_answer (query_job_t *arg, bc_tx_t *tx)
{
    const report_job_t *job = (report_job_t *)arg;
    if (PQntuples (bc_tx_result (tx, BYTES)) == 0) {
        reply_refuse (&arg->asker, *job->plan ? REFUSAL_NO_REPORT : REFUSAL_NO_RECEIPT, NULL);
        return;
    }
    status_t *status = status_new (bc_tx_result (tx, STATUS), bc_tx_result (tx, FINDINGS), 1);
    send_report (job, tx, status_message (status));
    status_destroy (&status);
}

void query_report (query_t *self, const asker_t *asker, const Baocao__V1__GetReport *request)
{
    report_job_t *job = query_job_new (sizeof *job, asker, report_step, report_answer);
    if (request->report_id.len)
        memcpy (job->report_id, request->report_id.data, sizeof job->report_id);
    else {
        snprintf (job->plan, sizeof job->plan, "%s", request->plan);
        snprintf (job->period, sizeof job->period, "%s", request->period);
    }
    query_run (self, &job->job, BC_TX_READ_COMMITTED);
}
