#include "reply.h"

#include "common/metrics.h"
#include "report/receipt.h"

void reply_send (const asker_t *asker, Baocao__V1__ServerReply *reply)
{
    reply->request_id = asker->request_id;
    if (!asker->department->door)
        return;
    bc_door_send (asker->department->door, &asker->peer, &reply->base);
    doors_replied (asker->department);
}

static void count_busy (void)
{
    static bc_metric_t *busy;
    if (!busy)
        busy = bc_metric_counter ("baocao_intake_busy_total", "Requests answered with BUSY");
    bc_metric_add (busy, 1);
}

void reply_refuse (const asker_t *asker, refusal_t refusal, const char *detail)
{
    refusal_error_t error;
    refusal_fill (&error, refusal, detail);
    if (error.error.code == BAOCAO__V1__ERROR_CODE__ERROR_CODE_BUSY)
        count_busy ();
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_ERROR;
    reply.error = &error.error;
    reply_send (asker, &reply);
}

void reply_receipt (const asker_t *asker, const uint8_t *body, size_t size, const uint8_t *signature, const char *key_id)
{
    Baocao__V1__Receipt receipt = BAOCAO__V1__RECEIPT__INIT;
    receipt.body = (ProtobufCBinaryData){size, (uint8_t *)body};
    receipt.signature = (ProtobufCBinaryData){RECEIPT_SIGNATURE_SIZE, (uint8_t *)signature};
    receipt.key_id = (char *)key_id;
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.reply_case = BAOCAO__V1__SERVER_REPLY__REPLY_RECEIPT;
    reply.receipt = &receipt;
    reply_send (asker, &reply);
}
