// extend, withdraw: what the unit asks the standing agency to decide.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "report/limits.h"
#include "report/text.h"
#include "duties.h"
#include "output.h"

char *client_reason (const client_t *client)
{
    const char *given = args_value (client_args (client), "reason");
    char *reason = given ? text_to_nfc (given) : NULL;
    if (reason && text_check (reason, REPORT_MAX_REASON) == TEXT_OK)
        return reason;
    free (reason);
    client_misused (_ ("say why, with --reason TEXT, in at most %d characters"), REPORT_MAX_REASON);
    return NULL;
}

static int ask (client_t *client, Baocao__V1__Ask *ask)
{
    int status;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_ASK;
    request.ask = ask;
    Baocao__V1__ServerReply *reply = client_ask (client, &request, 0, BAOCAO__V1__SERVER_REPLY__REPLY_ASKED, &status);
    if (!reply)
        return status;
    output_home_zone (client_home (client));
    char *time = output_time (reply->asked->asked_at);
    if (client_json (client))
        output_json (output_message (&reply->asked->base));
    else {
        printf (_ ("asked, number %llu, %s: the standing agency has it in its mailbox\n"), (unsigned long long)reply->asked->number,
                time);
        client_say (_ ("the answer comes into your mailbox: 'baocao mailbox --follow'"));
    }
    free (time);
    baocao__v1__server_reply__free_unpacked (reply, NULL);
    return CLIENT_DONE;
}

// "20/12/2025" or "2025-12-20" as the latter. False: it is neither.
static bool read_day (const char *text, char day[16])
{
    struct tm date = {0};
    snprintf (day, 16, "%s", text ? text : "");
    const char *end = text ? strptime (text, "%d/%m/%Y", &date) : NULL;
    if (end && !*end)
        strftime (day, 16, "%Y-%m-%d", &date);
    return text_is_date (day);
}

int client_extend (client_t *client)
{
    const args_t *args = client_args (client);
    char day[16], *reason = client_reason (client);
    if (!reason)
        return CLIENT_USAGE;
    int status = CLIENT_USAGE;
    Baocao__V1__Duties *duties = NULL;
    if (!read_day (args_value (args, "until"), day))
        client_misused (_ ("say until which day, with --until day/month/year, e.g. --until 20/12/2025"));
    else
        duties = duties_get (client, DUTIES_LATEST, &status);
    const Baocao__V1__PlanDuties *plan = duties ? duties_plan (duties, args_value (args, "plan")) : NULL;
    if (duties && !plan)
        status = client_misused (_ ("name the plan with --plan"));
    if (plan) {
        Baocao__V1__Ask question = BAOCAO__V1__ASK__INIT;
        Baocao__V1__AskExtension extension = BAOCAO__V1__ASK_EXTENSION__INIT;
        extension.plan = plan->plan;
        extension.period = (char *)args_operand (args, 0);
        extension.until = day;
        extension.reason = reason;
        question.question_case = BAOCAO__V1__ASK__QUESTION_EXTENSION;
        question.extension = &extension;
        status = ask (client, &question);
    }
    if (duties)
        baocao__v1__duties__free_unpacked (duties, NULL);
    free (reason);
    return status;
}

int client_withdraw (client_t *client)
{
    uint8_t id[BC_UUID_SIZE];
    if (bc_uuid_parse (args_operand (client_args (client), 0), id))
        return client_misused (_ ("%s is not a report id: 'baocao status' shows them"), args_operand (client_args (client), 0));
    char *reason = client_reason (client);
    if (!reason)
        return CLIENT_USAGE;
    Baocao__V1__Ask question = BAOCAO__V1__ASK__INIT;
    Baocao__V1__AskWithdrawal withdrawal = BAOCAO__V1__ASK_WITHDRAWAL__INIT;
    withdrawal.report_id = (ProtobufCBinaryData){sizeof id, id};
    withdrawal.reason = reason;
    question.question_case = BAOCAO__V1__ASK__QUESTION_WITHDRAWAL;
    question.withdrawal = &withdrawal;
    int status = ask (client, &question);
    free (reason);
    return status;
}
