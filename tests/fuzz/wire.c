// Bytes from outside: a request, a reply, a hint between services. What is let in must unpack, pack to what unpacks the same, and be
// shown as JSON. The first byte chooses the type.
#include "fuzz.h"
#include "intake/request.h"
#include "report/json.h"
#include "report/receipt.h"
#include "baocao/v1/accepted.pb-c.h"
#include "baocao/v1/enrolment.pb-c.h"
#include "baocao/v1/feed.pb-c.h"
#include "baocao/v1/judged.pb-c.h"
#include "baocao/v1/posted.pb-c.h"
#include "baocao/v1/received.pb-c.h"
#include "baocao/v1/standing.pb-c.h"

static const ProtobufCMessageDescriptor *const TYPES[] = {
    &baocao__v1__client_request__descriptor,  &baocao__v1__report__descriptor,           &baocao__v1__server_reply__descriptor,
    &baocao__v1__feed_request__descriptor,    &baocao__v1__feed_reply__descriptor,       &baocao__v1__feed_event__descriptor,
    &baocao__v1__report_received__descriptor, &baocao__v1__report_accepted__descriptor,  &baocao__v1__report_judged__descriptor,
    &baocao__v1__notice_posted__descriptor,   &baocao__v1__standing_changed__descriptor, &baocao__v1__receipt__descriptor,
    &baocao__v1__receipt_body__descriptor,    &baocao__v1__enrol_request__descriptor,    &baocao__v1__enrol_reply__descriptor,
};

static void check_json (const ProtobufCMessage *message)
{
    json_t *json = report_to_json (message);
    char *text = json_dumps (json, 0);
    FUZZ_REQUIRE (text);
    free (text);
    json_decref (json);
}

static void check_again (const ProtobufCMessage *message)
{
    const char *reason;
    uint8_t *bytes, *bytes_again;
    size_t size = bc_wire_pack (message, &bytes);
    ProtobufCMessage *again = bc_wire_unpack (message->descriptor, bytes, size, fuzz_arena (1), &reason);
    FUZZ_REQUIRE (again);
    FUZZ_REQUIRE (bc_wire_pack (again, &bytes_again) == size && !memcmp (bytes, bytes_again, size));
    free (bytes);
    free (bytes_again);
}

static void check_request (const Baocao__V1__ClientRequest *request)
{
    uint8_t digests[REPORT_MAX_ATTACHMENTS][REPORT_DIGEST_SIZE];
    if (request_check (request) == REFUSAL_NONE && request->request_case == BAOCAO__V1__CLIENT_REQUEST__REQUEST_SUBMIT_REPORT)
        request_named_files (request->submit_report->report.data, request->submit_report->report.len, digests);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    static const uint8_t key[crypto_sign_PUBLICKEYBYTES];
    const char *reason = NULL;
    if (!size)
        return 0;
    const ProtobufCMessageDescriptor *type = TYPES[*data % (sizeof TYPES / sizeof *TYPES)];
    int refused = bc_wire_check (type, data + 1, size - 1, &reason);
    ProtobufCMessage *message = bc_wire_unpack (type, data + 1, size - 1, fuzz_arena (0), &reason);
    FUZZ_REQUIRE (refused ? !message && strlen (reason) <= 120 : message != NULL);
    if (message) {
        check_again (message);
        check_json (message);
        if (type == &baocao__v1__client_request__descriptor)
            check_request ((const Baocao__V1__ClientRequest *)message);
        if (type == &baocao__v1__receipt__descriptor)
            FUZZ_REQUIRE (receipt_verify ((const Baocao__V1__Receipt *)message, key, NULL, 0, NULL) != RECEIPT_VALID);
    }
    return 0;
}
