// Protobuf messages as JSON and back.
#include <stdlib.h>
#include <string.h>

#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/report.pb-c.h"
#include "report/json.h"
#include "../support/suite.h"

static const ProtobufCMessageDescriptor *const TYPES[] = {
    &baocao__v1__report__descriptor,
    &baocao__v1__submission_status__descriptor,
    &baocao__v1__server_reply__descriptor,
};
enum { REPORT, STATUS, REPLY };

static json_t *parse (const char *text)
{
    char *copy = strdup (text);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_error_t error;
    json_t *json = json_loads (copy, JSON_DECODE_ANY, &error);
    ck_assert_msg (json != NULL, "%s: %s", error.text, text);
    free (copy);
    return json;
}

// What is read comes out as `expected` again; keys that are not in it are not looked at.
static const struct {
    int type;
    const char *text, *expected;
} ROUND_TRIPS[] = {
    {REPORT, "{}", "{'plan':'','entries':[],'general_assessment':''}"},
    {REPORT, "{'plan':'208/KH-UBND','general_assessment':'Sở Y tế \\\"Tốt\\\"\\n'}",
     "{'plan':'208/KH-UBND','general_assessment':'Sở Y tế \\\"Tốt\\\"\\n'}"},
    {REPORT, "{'document':null}", "{}"},
    {REPORT, "{'entries':[{'task':'II.2','status':'in_progress','progress_percent':-1}]}",
     "{'entries':[{'task':'II.2','status':'in_progress','progress_percent':-1,'result':'','indicators':[]}]}"},
    {REPORT, "{'entries':[{'budget':{'lines':[{'source':'oda','allocated':0}],'total_disbursed':null}}]}",
     "{'entries':[{'budget':{'lines':[{'source':'oda','allocated':0}]}}]}"},
    {REPORT, "{'entries':[{'indicators':[{'number':9007199254740991},{'number':9007199254740992},{'truth':false},{'text':''}]}]}",
     "{'entries':[{'indicators':[{'number':9007199254740991},{'number':'9007199254740992'},{'truth':false},{'text':''}]}]}"},
    {REPORT, "{'entries':[{'indicators':[{'number':'-9223372036854775808'},{'number':'12'}]}]}",
     "{'entries':[{'indicators':[{'number':'-9223372036854775808'},{'number':12}]}]}"},
    {REPORT, "{'attachments':[{'name':'a','sha256':'00FFa0','size':5}]}",
     "{'attachments':[{'name':'a','sha256':'00ffa0','size':5}]}"},
    {STATUS, "{'report_id':'','received_at':'2025-12-10T00:00:00+07:00','counted':true,'revision':4294967295}",
     "{'report_id':'','received_at':'2025-12-09T17:00:00.000Z','counted':true,'revision':4294967295}"},
    {STATUS, "{'chain_index':'18446744073709551615','state':'superseded'}",
     "{'chain_index':'18446744073709551615','state':'superseded'}"},
    {REPLY, "{'error':{'code':'not_found'}}", "{'request_id':0,'error':{'code':'not_found','retry_after_ms':0}}"},
};

static void check_part (const json_t *expected, const json_t *found)
{
    const char *key;
    json_t *value;
    size_t index;
    if (json_is_object (expected)) {
        json_object_foreach ((json_t *)expected, key, value) {
            ck_assert_msg (json_object_get (found, key) != NULL, "%s is missing", key);
            check_part (value, json_object_get (found, key));
        }
    } else if (json_is_array (expected)) {
        ck_assert_uint_eq (json_array_size (expected), json_array_size (found));
        json_array_foreach (expected, index, value)
            check_part (value, json_array_get (found, index));
    } else
        ck_assert_msg (json_equal (expected, found), "%s", json_dumps (found, JSON_ENCODE_ANY));
}

START_TEST (test_round_trip)
{
    char *error;
    json_t *json = parse (ROUND_TRIPS[_i].text), *expected = parse (ROUND_TRIPS[_i].expected);
    ProtobufCMessage *message = report_from_json (json, TYPES[ROUND_TRIPS[_i].type], NULL, &error);
    ck_assert_msg (message != NULL, "%s", error);
    json_t *again = report_to_json (message);
    check_part (expected, again);

    // It is a message like any other: packed and unpacked it is the same.
    uint8_t *bytes = malloc (protobuf_c_message_get_packed_size (message) + 1);
    size_t size = protobuf_c_message_pack (message, bytes);
    ProtobufCMessage *unpacked = protobuf_c_message_unpack (TYPES[ROUND_TRIPS[_i].type], NULL, size, bytes);
    ck_assert_ptr_nonnull (unpacked);
    json_t *third = report_to_json (unpacked);
    ck_assert_int_eq (json_equal (again, third), 1);

    free (bytes);
    json_decref (json);
    json_decref (expected);
    json_decref (again);
    json_decref (third);
    protobuf_c_message_free_unpacked (message, NULL);
    protobuf_c_message_free_unpacked (unpacked, NULL);
}
END_TEST

static const struct {
    int type;
    const char *text, *error;  // the beginning of the reason
} REFUSED[] = {
    {REPORT, "[]", "must be an object"},
    {REPORT, "{'plann':'x'}", "plann: unknown field"},
    {REPORT, "{'plan':5}", "plan: must be text"},
    {REPORT, "{'plan':null}", "plan: must be text"},
    {REPORT, "{'entries':{}}", "entries: must be a list"},
    {REPORT, "{'entries':[{},{'statuss':1}]}", "entries[1].statuss: unknown field"},
    {REPORT, "{'entries':[{'status':'done'}]}", "entries[0].status: must be one of: not_started in_progress completed"},
    {REPORT, "{'entries':[{'status':3}]}", "entries[0].status: must be one of"},
    {REPORT, "{'entries':[{'progress_percent':2147483648}]}", "entries[0].progress_percent: number out of range"},
    {REPORT, "{'entries':[{'progress_percent':50.5}]}", "entries[0].progress_percent: must be a whole number"},
    {REPORT, "{'entries':[{'progress_percent':'5x'}]}", "entries[0].progress_percent: not a whole number"},
    {REPORT, "{'entries':[{'indicators':[{'number':'9223372036854775808'}]}]}", "entries[0].indicators[0].number: not a whole"},
    {REPORT, "{'entries':[{'indicators':[{'number':1,'text':'x'}]}]}", "entries[0].indicators[0].text: another of the values"},
    {REPORT, "{'entries':[{'indicators':[{'truth':'true'}]}]}", "entries[0].indicators[0].truth: must be true or false"},
    {REPORT, "{'attachments':[{'sha256':'abc'}]}", "attachments[0].sha256: must be hexadecimal"},
    {REPORT, "{'attachments':[{'sha256':'zz'}]}", "attachments[0].sha256: must be hexadecimal"},
    {STATUS, "{'received_at':'yesterday'}", "received_at: must be a time"},
    {STATUS, "{'revision':-1}", "revision: number out of range"},
    {STATUS, "{'chain_index':-1}", "chain_index: must be a whole number of 0 or more"},
    {STATUS, "{'chain_index':'-1'}", "chain_index: must be a whole number of 0 or more"},
    {STATUS, "{'findings':[{'code':'a'},null]}", "findings[1]: must be an object"},
};

START_TEST (test_refused)
{
    char *error;
    json_t *json = parse (REFUSED[_i].text);
    ck_assert_ptr_null (report_from_json (json, TYPES[REFUSED[_i].type], NULL, &error));
    ck_assert_msg (strncmp (error, REFUSED[_i].error, strlen (REFUSED[_i].error)) == 0, "%s", error);
    free (error);
    json_decref (json);
}
END_TEST

START_TEST (test_nul_character)
{
    char *error;
    json_t *json = json_pack ("{s:s#}", "plan", "a\0b", 3);
    ck_assert_ptr_null (report_from_json (json, TYPES[REPORT], NULL, &error));
    ck_assert_str_eq (error, "plan: must not contain a NUL character");
    free (error);
    json_decref (json);
}
END_TEST

static const char *loud (const char *reason)
{
    return strcmp (reason, "must be one of:") == 0 ? "MỘT TRONG:" : "?";
}

// Only the reason is translated: the place and the names that a file must hold stay.
START_TEST (test_translated)
{
    char *error;
    json_t *json = parse ("{'entries':[{'status':'done'}]}");
    ck_assert_ptr_null (report_from_json (json, TYPES[REPORT], loud, &error));
    ck_assert_str_eq (error, "entries[0].status: MỘT TRONG: not_started in_progress completed delayed stopped");
    free (error);
    json_decref (json);
}
END_TEST

// A refused report can hold any bytes and is shown all the same.
START_TEST (test_not_utf8)
{
    Baocao__V1__Report report = BAOCAO__V1__REPORT__INIT;
    report.plan = (char *)"\xff!";
    json_t *json = report_to_json (&report.base);
    ck_assert_str_eq (json_string_value (json_object_get (json, "plan")), "\xef\xbf\xbd!");
    json_decref (json);
}
END_TEST

START_TEST (test_enum_names)
{
    const char *late = report_enum_name (&baocao__v1__unit_standing__descriptor, BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE);
    const char *on_time =
        report_enum_name (&baocao__v1__unit_standing__descriptor, BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME);
    ck_assert_str_eq (late, "late");
    ck_assert_str_eq (on_time, "on_time");
    ck_assert_str_eq (report_enum_name (&baocao__v1__unit_standing__descriptor, 99), "unknown");
    ck_assert_str_eq (report_enum_name (&baocao__v1__task_role__descriptor, 0), "unspecified");
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("json");
    TCase *cases = tcase_create ("json");
    tcase_add_loop_test (cases, test_round_trip, 0, sizeof ROUND_TRIPS / sizeof *ROUND_TRIPS);
    tcase_add_loop_test (cases, test_refused, 0, sizeof REFUSED / sizeof *REFUSED);
    tcase_add_test (cases, test_nul_character);
    tcase_add_test (cases, test_translated);
    tcase_add_test (cases, test_not_utf8);
    tcase_add_test (cases, test_enum_names);
    suite_add_tcase (suite, cases);
    return suite_run (suite);
}
