// Which requests intake refuses without asking anybody, what it says then, and what it sees of a packed report.
#include <stdlib.h>
#include <string.h>

#include "baocao/v1/report.pb-c.h"
#include "intake/refusal.h"
#include "intake/request.h"
#include "intake/state.h"
#include "../support/suite.h"

#define CASE(name) BAOCAO__V1__CLIENT_REQUEST__REQUEST_##name

static char CODE_64[] = "0123456789012345678901234567890123456789012345678901234567890123";
static char CODE_65[] = "01234567890123456789012345678901234567890123456789012345678901234";

// --- SubmitReport ----------------------------------------------------------------------------------------------------------------

static const struct {
    size_t id, report;
    char *plan, *period;
    refusal_t refusal;
} SUBMITS[] = {
    {16, 1, "208/KH-UBND", "2025", REFUSAL_NONE},         {15, 1, "208/KH-UBND", "2025", REFUSAL_REPORT_ID},
    {17, 1, "208/KH-UBND", "2025", REFUSAL_REPORT_ID},    {0, 1, "208/KH-UBND", "2025", REFUSAL_REPORT_ID},
    {16, 0, "208/KH-UBND", "2025", REFUSAL_EMPTY_REPORT}, {16, 1, "", "2025", REFUSAL_PLAN_CODE},
    {16, 1, "Kế hoạch", "2025", REFUSAL_PLAN_CODE},       {16, 1, "208/KH-UBND", "", REFUSAL_PERIOD_CODE},
    {16, 1, "208/KH-UBND", "20 25", REFUSAL_PERIOD_CODE}, {16, 1, CODE_64, CODE_64, REFUSAL_NONE},
    {16, 1, CODE_65, CODE_64, REFUSAL_PLAN_CODE},         {16, 1, CODE_64, CODE_65, REFUSAL_PERIOD_CODE},
};

START_TEST (submits)
{
    uint8_t bytes[32] = {0};
    Baocao__V1__SubmitReport submit = BAOCAO__V1__SUBMIT_REPORT__INIT;
    submit.report_id = (ProtobufCBinaryData){SUBMITS[_i].id, bytes};
    submit.report = (ProtobufCBinaryData){SUBMITS[_i].report, bytes};
    submit.plan = SUBMITS[_i].plan;
    submit.period = SUBMITS[_i].period;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = CASE (SUBMIT_REPORT);
    request.submit_report = &submit;
    ck_assert_int_eq (request_check (&request), SUBMITS[_i].refusal);
}
END_TEST

// --- Checks and files ------------------------------------------------------------------------------------------------------------

static const struct {
    char *plan, *period;
    size_t report, files, digest;
    uint64_t size;
    refusal_t refusal;
} CHECKS[] = {
    {"208/KH-UBND", "2025", 1, 16, 32, 1, REFUSAL_NONE},        {"208/KH-UBND", "2025", 1, 17, 32, 1, REFUSAL_TOO_MANY_FILES},
    {"208/KH-UBND", "2025", 1, 1, 31, 1, REFUSAL_DIGEST},       {"208/KH-UBND", "2025", 1, 1, 32, UINT64_MAX, REFUSAL_FILE_SIZE},
    {"208/KH-UBND", "2025", 0, 0, 32, 1, REFUSAL_EMPTY_REPORT}, {"", "2025", 1, 0, 32, 1, REFUSAL_PLAN_CODE},
    {"208/KH-UBND", "", 1, 0, 32, 1, REFUSAL_PERIOD_CODE},
};

START_TEST (checks)
{
    uint8_t bytes[32] = {0};
    Baocao__V1__CheckedFile file = BAOCAO__V1__CHECKED_FILE__INIT, *files[17];
    Baocao__V1__CheckReport check = BAOCAO__V1__CHECK_REPORT__INIT;
    file.sha256 = (ProtobufCBinaryData){CHECKS[_i].digest, bytes};
    file.size = CHECKS[_i].size;
    for (size_t i = 0; i < CHECKS[_i].files; i++)
        files[i] = &file;
    check.plan = CHECKS[_i].plan;
    check.period = CHECKS[_i].period;
    check.report = (ProtobufCBinaryData){CHECKS[_i].report, bytes};
    check.files = files;
    check.n_files = CHECKS[_i].files;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = CASE (CHECK_REPORT);
    request.check_report = &check;
    ck_assert_int_eq (request_check (&request), CHECKS[_i].refusal);
}
END_TEST

static const struct {
    size_t digest, chunk;  // chunk 0: PutFile
    uint64_t number;       // its size, or the chunk's offset
    refusal_t refusal;
} FILES[] = {
    {32, 0, 1, REFUSAL_NONE},
    {32, 0, 52428800, REFUSAL_NONE},
    {32, 0, 52428801, REFUSAL_FILE_SIZE},
    {32, 0, UINT64_MAX, REFUSAL_FILE_SIZE},
    {32, 0, 0, REFUSAL_FILE_SIZE},
    {31, 0, 1, REFUSAL_DIGEST},
    {32, 1, 0, REFUSAL_NONE},
    {32, 262144, 52428799, REFUSAL_NONE},
    {32, 262145, 0, REFUSAL_CHUNK},
    {32, 1, 52428800, REFUSAL_CHUNK},
    {32, 1, UINT64_MAX, REFUSAL_CHUNK},
    {33, 1, 0, REFUSAL_DIGEST},
};

START_TEST (files)
{
    static uint8_t bytes[262145];
    Baocao__V1__PutFile file = BAOCAO__V1__PUT_FILE__INIT;
    Baocao__V1__PutChunk chunk = BAOCAO__V1__PUT_CHUNK__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    file.sha256 = chunk.sha256 = (ProtobufCBinaryData){FILES[_i].digest, bytes};
    file.size = chunk.offset = FILES[_i].number;
    chunk.content = (ProtobufCBinaryData){FILES[_i].chunk, bytes};
    request.request_case = FILES[_i].chunk ? CASE (PUT_CHUNK) : CASE (PUT_FILE);
    if (FILES[_i].chunk)
        request.put_chunk = &chunk;
    else
        request.put_file = &file;
    ck_assert_int_eq (request_check (&request), FILES[_i].refusal);
}
END_TEST

// --- Questions -------------------------------------------------------------------------------------------------------------------

START_TEST (an_empty_request_is_refused)
{
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    ck_assert_int_eq (request_check (&request), REFUSAL_NO_REQUEST);
}
END_TEST

static const struct {
    char *plan, *period;
    size_t id;
    uint32_t limit;
    refusal_t refusal;
} STATUSES[] = {
    {"", "", 0, 0, REFUSAL_NONE},      {"208/KH-UBND", "2025", 16, 100, REFUSAL_NONE}, {"", "", 0, 101, REFUSAL_LIMIT},
    {"", "", 8, 0, REFUSAL_REPORT_ID}, {"a b", "", 0, 0, REFUSAL_PLAN_CODE},           {"", "a b", 0, 0, REFUSAL_PERIOD_CODE},
};

START_TEST (statuses)
{
    uint8_t bytes[16] = {0};
    Baocao__V1__GetStatus get = BAOCAO__V1__GET_STATUS__INIT;
    get.plan = STATUSES[_i].plan;
    get.period = STATUSES[_i].period;
    get.report_id = (ProtobufCBinaryData){STATUSES[_i].id, bytes};
    get.limit = STATUSES[_i].limit;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = CASE (GET_STATUS);
    request.get_status = &get;
    ck_assert_int_eq (request_check (&request), STATUSES[_i].refusal);
}
END_TEST

static const struct {
    uint32_t limit, wait_ms;
    refusal_t refusal;
} MAILBOXES[] = {
    {0, 0, REFUSAL_NONE},
    {100, 60000, REFUSAL_NONE},
    {101, 0, REFUSAL_LIMIT},
    {1, 60001, REFUSAL_WAIT},
};

START_TEST (mailboxes)
{
    Baocao__V1__ReadMailbox read = BAOCAO__V1__READ_MAILBOX__INIT;
    read.limit = MAILBOXES[_i].limit;
    read.wait_ms = MAILBOXES[_i].wait_ms;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = CASE (READ_MAILBOX);
    request.read_mailbox = &read;
    ck_assert_int_eq (request_check (&request), MAILBOXES[_i].refusal);
}
END_TEST

static const struct {
    char *plan, *period;
    size_t id;
    refusal_t refusal;
} REPORTS_ASKED[] = {
    {"", "", 16, REFUSAL_NONE},      {"208/KH-UBND", "2025", 0, REFUSAL_NONE},    {"", "", 0, REFUSAL_PLAN_CODE},
    {"", "", 15, REFUSAL_REPORT_ID}, {"208/KH-UBND", "", 0, REFUSAL_PERIOD_CODE}, {"a b", "2025", 0, REFUSAL_PLAN_CODE},
};

START_TEST (reports_asked)
{
    uint8_t bytes[16] = {0};
    Baocao__V1__GetReport get = BAOCAO__V1__GET_REPORT__INIT;
    get.plan = REPORTS_ASKED[_i].plan;
    get.period = REPORTS_ASKED[_i].period;
    get.report_id = (ProtobufCBinaryData){REPORTS_ASKED[_i].id, bytes};
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = CASE (GET_REPORT);
    request.get_report = &get;
    ck_assert_int_eq (request_check (&request), REPORTS_ASKED[_i].refusal);
}
END_TEST

static const struct {
    char *plan, *period, *until;
    int reason;  // of so many characters
    refusal_t refusal;
} EXTENSIONS[] = {
    {"1/KH", "2025", "2025-12-20", 2000, REFUSAL_NONE}, {"1/KH", "2025", "2025-12-20", 2001, REFUSAL_REASON},
    {"1/KH", "2025", "2025-12-20", 0, REFUSAL_REASON},  {"1/KH", "2025", "2025-02-29", 1, REFUSAL_DATE},
    {"1/KH", "2025", "20/12/2025", 1, REFUSAL_DATE},    {"", "2025", "2025-12-20", 1, REFUSAL_PLAN_CODE},
    {"1/KH", "", "2025-12-20", 1, REFUSAL_PERIOD_CODE},
};

START_TEST (extensions)
{
    char reason[2002] = {0};
    memset (reason, 'a', (size_t)EXTENSIONS[_i].reason);
    Baocao__V1__AskExtension extension = BAOCAO__V1__ASK_EXTENSION__INIT;
    extension.plan = EXTENSIONS[_i].plan;
    extension.period = EXTENSIONS[_i].period;
    extension.until = EXTENSIONS[_i].until;
    extension.reason = reason;
    Baocao__V1__Ask ask = BAOCAO__V1__ASK__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = CASE (ASK);
    request.ask = &ask;
    ck_assert_int_eq (request_check (&request), REFUSAL_NO_REQUEST);
    ask.question_case = BAOCAO__V1__ASK__QUESTION_EXTENSION;
    ask.extension = &extension;
    ck_assert_int_eq (request_check (&request), EXTENSIONS[_i].refusal);
}
END_TEST

static const struct {
    size_t id;
    char *reason;
    refusal_t refusal;
} WITHDRAWALS[] = {
    {16, "Nhầm", REFUSAL_NONE}, {0, "Nhầm", REFUSAL_REPORT_ID}, {16, " ", REFUSAL_REASON}, {16, "a\x01", REFUSAL_REASON}};

START_TEST (withdrawals)
{
    uint8_t bytes[16] = {0};
    Baocao__V1__AskWithdrawal withdrawal = BAOCAO__V1__ASK_WITHDRAWAL__INIT;
    withdrawal.report_id = (ProtobufCBinaryData){WITHDRAWALS[_i].id, bytes};
    withdrawal.reason = WITHDRAWALS[_i].reason;
    Baocao__V1__Ask ask = BAOCAO__V1__ASK__INIT;
    ask.question_case = BAOCAO__V1__ASK__QUESTION_WITHDRAWAL;
    ask.withdrawal = &withdrawal;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = CASE (ASK);
    request.ask = &ask;
    ck_assert_int_eq (request_check (&request), WITHDRAWALS[_i].refusal);
}
END_TEST

static const struct {
    char *plan, *period, *task;
    size_t entry;  // 0: an answer
    uint64_t draft;
    bool agreed;
    char *text;
    refusal_t refusal;
} SAYINGS[] = {
    {"1/KH", "2025", "I.1", 1, 0, false, "", REFUSAL_NONE},
    {"1/KH", "2025", "I.1", 262144, 0, false, "", REFUSAL_NONE},
    {"1/KH", "2025", "I.1", 262145, 0, false, "", REFUSAL_ENTRY},
    {"", "2025", "I.1", 1, 0, false, "", REFUSAL_PLAN_CODE},
    {"1/KH", "20 25", "I.1", 1, 0, false, "", REFUSAL_PERIOD_CODE},
    {"1/KH", "2025", "", 1, 0, false, "", REFUSAL_TASK_CODE},
    {"1/KH", "2025", "I.1", 0, 7, true, "", REFUSAL_NONE},
    {"1/KH", "2025", "I.1", 0, 7, false, "Thiếu số liệu", REFUSAL_NONE},
    {"1/KH", "2025", "I.1", 0, 7, false, "", REFUSAL_REASON},
    {"1/KH", "2025", "I.1", 0, 7, true, "a\x01", REFUSAL_REASON},
    {"1/KH", "2025", "I.1", 0, 0, true, "", REFUSAL_DRAFT_REPLACED},
    {"1/KH", "2025", "I.1", 0, UINT64_MAX, true, "", REFUSAL_DRAFT_REPLACED},
};

START_TEST (sayings)
{
    static uint8_t bytes[262145];
    Baocao__V1__Agreement agreement = BAOCAO__V1__AGREEMENT__INIT;
    agreement.draft = SAYINGS[_i].draft;
    agreement.agreed = SAYINGS[_i].agreed;
    agreement.text = SAYINGS[_i].text;
    Baocao__V1__Coordinate say = BAOCAO__V1__COORDINATE__INIT;
    say.plan = SAYINGS[_i].plan;
    say.period = SAYINGS[_i].period;
    say.task = SAYINGS[_i].task;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = CASE (COORDINATE);
    request.coordinate = &say;
    if (SAYINGS[_i].entry == 0) {
        say.item_case = BAOCAO__V1__COORDINATE__ITEM_AGREEMENT;
        say.agreement = &agreement;
        ck_assert_int_eq (request_check (&request), SAYINGS[_i].refusal);
        return;
    }
    say.item_case = BAOCAO__V1__COORDINATE__ITEM_CONTRIBUTION;
    say.contribution = (ProtobufCBinaryData){SAYINGS[_i].entry, bytes};
    ck_assert_int_eq (request_check (&request), SAYINGS[_i].refusal);
    say.item_case = BAOCAO__V1__COORDINATE__ITEM_DRAFT;
    say.draft = (ProtobufCBinaryData){SAYINGS[_i].entry, bytes};
    ck_assert_int_eq (request_check (&request), SAYINGS[_i].refusal);
}
END_TEST

START_TEST (the_other_requests)
{
    uint8_t bytes[17] = {0};
    Baocao__V1__Ping ping = BAOCAO__V1__PING__INIT;
    Baocao__V1__GetDuties duties = BAOCAO__V1__GET_DUTIES__INIT;
    Baocao__V1__GetReceipt receipt = BAOCAO__V1__GET_RECEIPT__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    request.request_case = CASE (PING);
    request.ping = &ping;
    ck_assert_int_eq (request_check (&request), REFUSAL_NONE);

    request.request_case = CASE (GET_DUTIES);
    request.get_duties = &duties;
    ck_assert_int_eq (request_check (&request), REFUSAL_NONE);
    duties.plan = "một";
    ck_assert_int_eq (request_check (&request), REFUSAL_PLAN_CODE);

    request.request_case = CASE (GET_RECEIPT);
    request.get_receipt = &receipt;
    ck_assert_int_eq (request_check (&request), REFUSAL_REPORT_ID);
    receipt.report_id = (ProtobufCBinaryData){16, bytes};
    ck_assert_int_eq (request_check (&request), REFUSAL_NONE);
    receipt.report_id.len = 17;
    ck_assert_int_eq (request_check (&request), REFUSAL_REPORT_ID);
}
END_TEST

// --- Refusals --------------------------------------------------------------------------------------------------------------------

START_TEST (refusals_speak_both_languages)
{
    refusal_error_t error;
    refusal_fill (&error, (refusal_t)_i, NULL);
    ck_assert_int_ne (error.error.code, BAOCAO__V1__ERROR_CODE__ERROR_CODE_UNSPECIFIED);
    ck_assert_int_gt (strlen (error.error.message_vi), 20);
    ck_assert_int_gt (strlen (error.error.message_en), 20);
    ck_assert_str_ne (error.error.message_vi, error.error.message_en);
    bool busy = error.error.code == BAOCAO__V1__ERROR_CODE__ERROR_CODE_BUSY;
    ck_assert_int_eq (busy, error.error.retry_after_ms > 0);
}
END_TEST

START_TEST (a_refusal_names_its_detail)
{
    refusal_error_t error;
    refusal_fill (&error, REFUSAL_INTERNAL, "0193-ab");
    ck_assert_ptr_nonnull (strstr (error.error.message_vi, "(0193-ab)"));
    ck_assert_ptr_nonnull (strstr (error.error.message_en, "(0193-ab)"));
}
END_TEST

// --- Attachments that a report names ---------------------------------------------------------------------------------------------

// A packed report with attachments of these digest sizes; digest i is filled with i + 1. The caller frees.
static size_t pack_report (const size_t *sizes, size_t count, uint8_t **data_p)
{
    uint8_t digests[32][64];
    Baocao__V1__Attachment attachments[32], *list[32];
    Baocao__V1__TaskEntry entry = BAOCAO__V1__TASK_ENTRY__INIT, *entries[] = {&entry};
    Baocao__V1__Report report = BAOCAO__V1__REPORT__INIT;
    entry.task = "I.1";
    entry.reason = "8";
    report.plan = "208/KH-UBND";
    report.entries = entries;
    report.n_entries = 1;
    for (size_t i = 0; i < count; i++) {
        baocao__v1__attachment__init (&attachments[i]);
        memset (digests[i], (int)i + 1, sizeof digests[i]);
        attachments[i].name = "bieu.pdf";
        attachments[i].sha256 = (ProtobufCBinaryData){sizes[i], digests[i]};
        attachments[i].size = 5;
        list[i] = &attachments[i];
    }
    report.attachments = list;
    report.n_attachments = count;
    *data_p = malloc (baocao__v1__report__get_packed_size (&report));
    return baocao__v1__report__pack (&report, *data_p);
}

static const struct {
    size_t sizes[20], count, found;
    uint8_t last;  // what the last digest found is filled with
} REPORTS[] = {
    {{0}, 0, 0, 0},
    {{32}, 1, 1, 1},
    {{32, 32, 32}, 3, 3, 3},
    {{32, 31, 33, 0, 32}, 5, 2, 5},
    {{32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32}, 18, 16, 16},
};

START_TEST (named_files)
{
    uint8_t *data, digests[REPORT_MAX_ATTACHMENTS][REPORT_DIGEST_SIZE], expected[REPORT_DIGEST_SIZE];
    size_t size = pack_report (REPORTS[_i].sizes, REPORTS[_i].count, &data);
    size_t found = request_named_files (data, size, digests);
    ck_assert_uint_eq (found, REPORTS[_i].found);
    if (found) {
        memset (expected, REPORTS[_i].last, sizeof expected);
        ck_assert_mem_eq (digests[found - 1], expected, sizeof expected);
    }
    free (data);
}
END_TEST

// Cut off anywhere, or with any byte changed: it must end, and stay within its bytes (the sanitizers watch).
START_TEST (named_files_of_broken_reports)
{
    const size_t sizes[] = {32, 32};
    uint8_t *data, digests[REPORT_MAX_ATTACHMENTS][REPORT_DIGEST_SIZE];
    size_t size = pack_report (sizes, 2, &data);
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *copy = malloc (cut ? cut : 1);
        memcpy (copy, data, cut);
        ck_assert_uint_le (request_named_files (copy, cut, digests), 1);
        free (copy);
    }
    for (size_t at = 0; at < size; at++)
        for (int change = 1; change < 256; change += 2) {
            data[at] ^= (uint8_t)change;
            ck_assert_uint_le (request_named_files (data, size, digests), REPORT_MAX_ATTACHMENTS);
            data[at] ^= (uint8_t)change;
        }
    free (data);
}
END_TEST

// --- States ----------------------------------------------------------------------------------------------------------------------

#define STATE(name) BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_##name
#define STANDING(name) BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_##name

START_TEST (states)
{
    ck_assert_int_eq (state_of_submission ("received"), STATE (RECEIVED));
    ck_assert_int_eq (state_of_submission ("rejected"), STATE (REJECTED));
    ck_assert_int_eq (state_of_submission ("confirmed"), STATE (CONFIRMED));
    ck_assert_int_eq (state_of_submission ("no such state"), STATE (UNSPECIFIED));
}
END_TEST

START_TEST (standings)
{
    ck_assert_int_eq (state_of_unit (false, false, false, false), STANDING (MISSING));
    ck_assert_int_eq (state_of_unit (false, false, true, false), STANDING (REFUSED));
    ck_assert_int_eq (state_of_unit (true, false, false, false), STANDING (ON_TIME));
    ck_assert_int_eq (state_of_unit (true, false, true, false), STANDING (ON_TIME));
    ck_assert_int_eq (state_of_unit (true, true, false, false), STANDING (LATE));
    ck_assert_int_eq (state_of_unit (false, false, false, true), STANDING (RETURNED));
    ck_assert_int_eq (state_of_unit (false, false, true, true), STANDING (REFUSED));
    ck_assert_int_eq (state_of_unit (true, false, false, true), STANDING (ON_TIME));
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int main (void)
{
    Suite *suite = suite_create ("intake/request");
    TCase *tests = tcase_create ("request");
    tcase_add_loop_test (tests, submits, 0, COUNT (SUBMITS));
    tcase_add_loop_test (tests, checks, 0, sizeof CHECKS / sizeof *CHECKS);
    tcase_add_loop_test (tests, files, 0, sizeof FILES / sizeof *FILES);
    tcase_add_test (tests, an_empty_request_is_refused);
    tcase_add_loop_test (tests, statuses, 0, COUNT (STATUSES));
    tcase_add_loop_test (tests, mailboxes, 0, COUNT (MAILBOXES));
    tcase_add_loop_test (tests, reports_asked, 0, COUNT (REPORTS_ASKED));
    tcase_add_loop_test (tests, extensions, 0, COUNT (EXTENSIONS));
    tcase_add_loop_test (tests, withdrawals, 0, COUNT (WITHDRAWALS));
    tcase_add_loop_test (tests, sayings, 0, COUNT (SAYINGS));
    tcase_add_test (tests, the_other_requests);
    tcase_add_loop_test (tests, refusals_speak_both_languages, REFUSAL_NONE + 1, REFUSALS);
    tcase_add_test (tests, a_refusal_names_its_detail);
    tcase_add_loop_test (tests, named_files, 0, COUNT (REPORTS));
    tcase_add_test (tests, named_files_of_broken_reports);
    tcase_add_test (tests, states);
    tcase_add_test (tests, standings);
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
