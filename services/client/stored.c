#include "stored.h"

#include "common/clock.h"

Baocao__V1__StoredReport *stored_get (client_t *client, const char *report_id, const char *plan, const char *period, int *status_p)
{
    uint8_t id[BC_UUID_SIZE];
    Baocao__V1__GetReport get = BAOCAO__V1__GET_REPORT__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    if (report_id && !bc_uuid_parse (report_id, id))
        get.report_id = (ProtobufCBinaryData){sizeof id, id};
    else {
        get.plan = (char *)plan;
        get.period = (char *)period;
    }
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_REPORT;
    request.get_report = &get;
    Baocao__V1__ServerReply *reply = client_ask (client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_REPORT, status_p);
    if (!reply)
        return NULL;
    Baocao__V1__StoredReport *stored = reply->report;
    reply->reply_case = BAOCAO__V1__SERVER_REPLY__REPLY__NOT_SET;
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return stored;
}

Baocao__V1__Report *stored_report (const Baocao__V1__StoredReport *self)
{
    Baocao__V1__Report *report = baocao__v1__report__unpack (NULL, self->report.len, self->report.data);
    if (!report)
        client_say (_ ("the report that the server has cannot be read"));
    return report;
}

Baocao__V1__Status *stored_status (client_t *client, const char *plan, const char *period, uint64_t before, uint32_t limit,
                                   int *status_p)
{
    Baocao__V1__GetStatus get = BAOCAO__V1__GET_STATUS__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    get.plan = (char *)plan;
    get.period = (char *)period;
    get.before_chain_index = before;
    get.limit = limit;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_STATUS;
    request.get_status = &get;
    Baocao__V1__ServerReply *reply = client_ask (client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_STATUS, status_p);
    if (!reply)
        return NULL;
    Baocao__V1__Status *status = reply->status;
    reply->reply_case = BAOCAO__V1__SERVER_REPLY__REPLY__NOT_SET;
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return status;
}

bool stored_needs_correction (const Baocao__V1__SubmissionStatus *submission)
{
    return submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_REJECTED ||
           submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RETURNED;
}
