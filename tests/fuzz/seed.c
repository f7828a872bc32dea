// seed REPORT.json WIRE RULES: makes seeds of a report file, as the request that carries it and as the report's bytes.
#include "fuzz.h"
#include "client/file.h"

static void save (const char *path, const void *data, size_t size)
{
    FILE *file = fopen (path, "we");
    FUZZ_REQUIRE (file && fwrite (data, 1, size, file) == size && !fclose (file));
}

int main (int argc, char **argv)
{
    static char text[1 << 20];
    FILE *file = argc == 4 ? fopen (argv[1], "re") : NULL;
    FUZZ_REQUIRE (file);
    size_t size = fread (text, 1, sizeof text, file);
    fclose (file);
    char *error;
    uint8_t *bytes, *wire;
    file_t *file_read = file_new (text, size, NULL, &error);
    FUZZ_REQUIRE (file_read);
    Baocao__V1__Report *report = file_read->report;

    Baocao__V1__SubmitReport submit = BAOCAO__V1__SUBMIT_REPORT__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    submit.report_id = (ProtobufCBinaryData){16, (uint8_t *)"0123456789abcdef"};
    submit.plan = report->plan;
    submit.period = report->period;
    submit.report.len = bc_wire_pack (&report->base, &bytes);
    submit.report.data = bytes;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_SUBMIT_REPORT;
    request.submit_report = &submit;
    size = bc_wire_pack (&request.base, &wire);
    wire = realloc (wire, size + 1);
    memmove (wire + 1, wire, size);
    wire[0] = 0;  // the type: ClientRequest
    save (argv[2], wire, size + 1);
    save (argv[3], bytes, submit.report.len);
    free (wire);
    free (bytes);
    file_destroy (&file_read);
    return 0;
}
