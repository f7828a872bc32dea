// JSON as a message: read strictly, and what was read is written and read again as the same. The first byte chooses the type.
#include "fuzz.h"
#include "report/json.h"
#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/feed.pb-c.h"
#include "baocao/v1/report.pb-c.h"

static const ProtobufCMessageDescriptor *const TYPES[] = {
    &baocao__v1__report__descriptor,
    &baocao__v1__duties__descriptor,
    &baocao__v1__server_reply__descriptor,
    &baocao__v1__snapshot__descriptor,
};

static void check_again (const ProtobufCMessage *message)
{
    char *error = NULL;
    uint8_t *bytes, *bytes_again;
    json_t *json = report_to_json (message);
    ProtobufCMessage *again = report_from_json (json, message->descriptor, NULL, &error);
    FUZZ_REQUIRE (again && !error);
    size_t size = bc_wire_pack (message, &bytes);
    FUZZ_REQUIRE (bc_wire_pack (again, &bytes_again) == size && !memcmp (bytes, bytes_again, size));
    free (bytes);
    free (bytes_again);
    json_decref (json);
    protobuf_c_message_free_unpacked (again, NULL);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    char *error = NULL;
    json_t *json = size ? json_loadb ((const char *)data + 1, size - 1, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL) : NULL;
    if (!json)
        return 0;
    ProtobufCMessage *message = report_from_json (json, TYPES[*data % (sizeof TYPES / sizeof *TYPES)], NULL, &error);
    FUZZ_REQUIRE (message ? !error : error && *error);
    if (message) {
        check_again (message);
        protobuf_c_message_free_unpacked (message, NULL);
    }
    free (error);
    json_decref (json);
    return 0;
}
