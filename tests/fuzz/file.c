// A report file as an officer has filled it, JSON or CSV: it is read, or what cannot be read is named. What was read is fit to be
// sent, and reads the same when it is written as JSON.
#include "fuzz.h"
#include "client/file.h"
#include "report/json.h"

static const Baocao__V1__Duties *make_duties (void)
{
    static Baocao__V1__Duties *duties;
    static const char TEXT[] =
        "{\"plans\":[{\"plan\":\"208/KH-UBND\",\"tasks\":[{\"task\":\"II.2\",\"indicators\":[{\"indicator\":\"people\",\"type\":"
        "\"integer\"},{\"indicator\":\"rate\",\"type\":\"decimal\"},{\"indicator\":\"done\",\"type\":\"boolean\"},"
        "{\"indicator\":\"note\",\"type\":\"text\"}]}]}]}";
    if (!duties) {
        char *error;
        json_t *json = json_loads (TEXT, 0, NULL);
        duties = (Baocao__V1__Duties *)report_from_json (json, &baocao__v1__duties__descriptor, NULL, &error);
        FUZZ_REQUIRE (duties);
        json_decref (json);
    }
    return duties;
}

static void check_again (const Baocao__V1__Report *report)
{
    char *error = NULL;
    uint8_t *bytes, *bytes_again;
    json_t *json = report_to_json (&report->base);
    ProtobufCMessage *again = report_from_json (json, report->base.descriptor, NULL, &error);
    FUZZ_REQUIRE (again && !error);
    size_t size = bc_wire_pack (&report->base, &bytes);
    FUZZ_REQUIRE (bc_wire_pack (again, &bytes_again) == size && !memcmp (bytes, bytes_again, size));
    free (bytes);
    free (bytes_again);
    json_decref (json);
    protobuf_c_message_free_unpacked (again, NULL);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    char *error = NULL;
    file_t *file = file_new ((const char *)data, size, make_duties (), &error);
    FUZZ_REQUIRE (file ? !error : error && *error);
    if (file)
        check_again (file->report);
    file_destroy (&file);
    free (error);
    return 0;
}
