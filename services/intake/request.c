#include "request.h"

#include <string.h>

#include "report/text.h"

static bool is_code_or_empty (const char *text)
{
    return !*text || text_is_code (text);
}

static refusal_t check_submit_report (const Baocao__V1__ClientRequest *request)
{
    const Baocao__V1__SubmitReport *submit = request->submit_report;
    if (submit->report_id.len != REPORT_ID_SIZE)
        return REFUSAL_REPORT_ID;
    if (!text_is_code (submit->plan))
        return REFUSAL_PLAN_CODE;
    if (!text_is_code (submit->period))
        return REFUSAL_PERIOD_CODE;
    return submit->report.len == 0 ? REFUSAL_EMPTY_REPORT : REFUSAL_NONE;
}

static bool is_digest (const ProtobufCBinaryData *bytes)
{
    return bytes->len == REPORT_DIGEST_SIZE;
}

static refusal_t check_check_report (const Baocao__V1__ClientRequest *request)
{
    const Baocao__V1__CheckReport *check = request->check_report;
    if (!text_is_code (check->plan))
        return REFUSAL_PLAN_CODE;
    if (!text_is_code (check->period))
        return REFUSAL_PERIOD_CODE;
    if (check->report.len == 0)
        return REFUSAL_EMPTY_REPORT;
    if (check->n_files > REPORT_MAX_ATTACHMENTS)
        return REFUSAL_TOO_MANY_FILES;
    for (size_t i = 0; i < check->n_files; i++)
        if (!is_digest (&check->files[i]->sha256))
            return REFUSAL_DIGEST;
        else if (check->files[i]->size > INT64_MAX)
            return REFUSAL_FILE_SIZE;
    return REFUSAL_NONE;
}

static refusal_t check_put_file (const Baocao__V1__ClientRequest *request)
{
    const Baocao__V1__PutFile *put = request->put_file;
    if (!is_digest (&put->sha256))
        return REFUSAL_DIGEST;
    return put->size == 0 || put->size > REPORT_MAX_FILE ? REFUSAL_FILE_SIZE : REFUSAL_NONE;
}

static refusal_t check_put_chunk (const Baocao__V1__ClientRequest *request)
{
    const Baocao__V1__PutChunk *put = request->put_chunk;
    if (!is_digest (&put->sha256))
        return REFUSAL_DIGEST;
    return put->content.len == 0 || put->content.len > REPORT_MAX_CHUNK || put->offset >= REPORT_MAX_FILE ? REFUSAL_CHUNK
                                                                                                          : REFUSAL_NONE;
}

static refusal_t check_get_receipt (const Baocao__V1__ClientRequest *request)
{
    return request->get_receipt->report_id.len == REPORT_ID_SIZE ? REFUSAL_NONE : REFUSAL_REPORT_ID;
}

static refusal_t check_get_status (const Baocao__V1__ClientRequest *request)
{
    const Baocao__V1__GetStatus *get = request->get_status;
    if (get->report_id.len != 0 && get->report_id.len != REPORT_ID_SIZE)
        return REFUSAL_REPORT_ID;
    if (!is_code_or_empty (get->plan))
        return REFUSAL_PLAN_CODE;
    if (!is_code_or_empty (get->period))
        return REFUSAL_PERIOD_CODE;
    return get->limit > REQUEST_MAX_LIMIT ? REFUSAL_LIMIT : REFUSAL_NONE;
}

static refusal_t check_get_duties (const Baocao__V1__ClientRequest *request)
{
    return is_code_or_empty (request->get_duties->plan) ? REFUSAL_NONE : REFUSAL_PLAN_CODE;
}

static refusal_t check_read_mailbox (const Baocao__V1__ClientRequest *request)
{
    if (request->read_mailbox->limit > REQUEST_MAX_LIMIT)
        return REFUSAL_LIMIT;
    return request->read_mailbox->wait_ms > REQUEST_MAX_WAIT_MS ? REFUSAL_WAIT : REFUSAL_NONE;
}

static refusal_t check_get_report (const Baocao__V1__ClientRequest *request)
{
    const Baocao__V1__GetReport *get = request->get_report;
    if (get->report_id.len != 0)
        return get->report_id.len == REPORT_ID_SIZE ? REFUSAL_NONE : REFUSAL_REPORT_ID;
    if (!text_is_code (get->plan))
        return REFUSAL_PLAN_CODE;
    return text_is_code (get->period) ? REFUSAL_NONE : REFUSAL_PERIOD_CODE;
}

static refusal_t check_reason (const char *reason)
{
    return text_check (reason, REPORT_MAX_REASON) == TEXT_OK ? REFUSAL_NONE : REFUSAL_REASON;
}

static refusal_t check_extension (const Baocao__V1__AskExtension *ask)
{
    if (!text_is_code (ask->plan))
        return REFUSAL_PLAN_CODE;
    if (!text_is_code (ask->period))
        return REFUSAL_PERIOD_CODE;
    return text_is_date (ask->until) ? check_reason (ask->reason) : REFUSAL_DATE;
}

static refusal_t check_ask (const Baocao__V1__ClientRequest *request)
{
    const Baocao__V1__Ask *ask = request->ask;
    switch (ask->question_case) {
    case BAOCAO__V1__ASK__QUESTION_EXTENSION:
        return check_extension (ask->extension);
    case BAOCAO__V1__ASK__QUESTION_WITHDRAWAL:
        return ask->withdrawal->report_id.len == REPORT_ID_SIZE ? check_reason (ask->withdrawal->reason) : REFUSAL_REPORT_ID;
    default:
        return REFUSAL_NO_REQUEST;
    }
}

static refusal_t check_get_coordination (const Baocao__V1__ClientRequest *request)
{
    const Baocao__V1__GetCoordination *get = request->get_coordination;
    if (!text_is_code (get->plan))
        return REFUSAL_PLAN_CODE;
    if (!text_is_code (get->period))
        return REFUSAL_PERIOD_CODE;
    return get->limit > REQUEST_MAX_LIMIT || get->after > INT64_MAX ? REFUSAL_LIMIT : REFUSAL_NONE;
}

static refusal_t check_entry (const ProtobufCBinaryData *entry)
{
    return entry->len > REPORT_MAX_SHARED ? REFUSAL_ENTRY : REFUSAL_NONE;
}

static refusal_t check_agreement (const Baocao__V1__Agreement *agreement)
{
    if (agreement->draft == 0 || agreement->draft > INT64_MAX)
        return REFUSAL_DRAFT_REPLACED;
    return agreement->agreed && !*agreement->text ? REFUSAL_NONE : check_reason (agreement->text);
}

static refusal_t check_coordinate (const Baocao__V1__ClientRequest *request)
{
    const Baocao__V1__Coordinate *say = request->coordinate;
    if (!text_is_code (say->plan))
        return REFUSAL_PLAN_CODE;
    if (!text_is_code (say->period))
        return REFUSAL_PERIOD_CODE;
    if (!text_is_code (say->task))
        return REFUSAL_TASK_CODE;
    switch (say->item_case) {
    case BAOCAO__V1__COORDINATE__ITEM_CONTRIBUTION:
        return check_entry (&say->contribution);
    case BAOCAO__V1__COORDINATE__ITEM_DRAFT:
        return check_entry (&say->draft);
    case BAOCAO__V1__COORDINATE__ITEM_AGREEMENT:
        return check_agreement (say->agreement);
    default:
        return REFUSAL_NO_REQUEST;
    }
}

static refusal_t check_ping (const Baocao__V1__ClientRequest *request)
{
    (void)request;
    return REFUSAL_NONE;
}

refusal_t request_check (const Baocao__V1__ClientRequest *request)
{
    static refusal_t (*const CHECKS[]) (const Baocao__V1__ClientRequest *) = {
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_SUBMIT_REPORT] = check_submit_report,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_RECEIPT] = check_get_receipt,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_STATUS] = check_get_status,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_DUTIES] = check_get_duties,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_READ_MAILBOX] = check_read_mailbox,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_PING] = check_ping,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_CHECK_REPORT] = check_check_report,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_PUT_FILE] = check_put_file,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_PUT_CHUNK] = check_put_chunk,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_REPORT] = check_get_report,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_ASK] = check_ask,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_GET_COORDINATION] = check_get_coordination,
        [BAOCAO__V1__CLIENT_REQUEST__REQUEST_COORDINATE] = check_coordinate,
    };
    size_t which = (size_t)request->request_case;
    return which < sizeof CHECKS / sizeof *CHECKS && CHECKS[which] ? CHECKS[which](request) : REFUSAL_NO_REQUEST;
}

// --- A glance into a packed Report ------------------------------------------------------------------------------------------
// Reading it whole would cost every report what only those with attachments need.

typedef struct {
    const uint8_t *at, *end;
} span_t;

enum { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5 };
enum { FIELD_ATTACHMENTS = 8, FIELD_SHA256 = 2 };  // of Report and Attachment in report.proto

static bool take_varint (span_t *span, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; span->at < span->end && shift < 64; shift += 7) {
        uint8_t byte = *span->at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

// The next field: its number, and its content when it has a length. False at the end or at a fault.
static bool take_field (span_t *span, uint64_t *number, span_t *content)
{
    uint64_t tag, size = 0;
    if (!take_varint (span, &tag))
        return false;
    *number = tag >> 3;
    *content = (span_t){span->at, span->at};
    switch (tag & 7) {
    case VARINT:
        return take_varint (span, &size);
    case FIXED64:
        size = 8;
        break;
    case FIXED32:
        size = 4;
        break;
    case LENGTH:
        if (!take_varint (span, &size))
            return false;
        break;
    default:
        return false;
    }
    if (size > (uint64_t)(span->end - span->at))
        return false;
    *content = (span_t){span->at, span->at + size};
    span->at += size;
    return true;
}

// The digest that a packed Attachment names, or NULL.
static const uint8_t *named_digest (span_t attachment)
{
    const uint8_t *digest = NULL;
    uint64_t number;
    span_t content;
    while (take_field (&attachment, &number, &content))
        if (number == FIELD_SHA256)
            digest = content.end - content.at == REPORT_DIGEST_SIZE ? content.at : NULL;
    return digest;
}

size_t request_named_files (const uint8_t *report, size_t size, uint8_t (*digests)[REPORT_DIGEST_SIZE])
{
    size_t count = 0;
    uint64_t number;
    span_t rest = {report, report + size}, content;
    while (count < REPORT_MAX_ATTACHMENTS && take_field (&rest, &number, &content)) {
        const uint8_t *digest = number == FIELD_ATTACHMENTS ? named_digest (content) : NULL;
        if (digest)
            memcpy (digests[count++], digest, REPORT_DIGEST_SIZE);
    }
    return count;
}
