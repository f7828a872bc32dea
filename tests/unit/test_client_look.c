// What the officer reads without the server: marks of notices read, a receipt's QR code, cells of a report, and differences.
#include <stdlib.h>
#include <string.h>

#include "client/difference.h"
#include "client/marks.h"
#include "client/qr.h"
#include "client/rows.h"
#include "report/json.h"
#include "../support/suite.h"

// --- Marks -----------------------------------------------------------------------------------------------------------------------

static const struct {
    const char *before;
    uint64_t add[4];
    const char *after;
} MARKS[] = {
    {NULL, {0}, "\n"},
    {NULL, {3}, "3\n"},
    {"1-3\n", {4}, "1-4\n"},
    {"1-3 5", {4}, "1-5\n"},
    {"5", {4, 6, 1}, "1 4-6\n"},
    {"1-3 7-9 12", {8}, "1-3 7-9 12\n"},
    {"7-9 1-3", {20}, "1-3 7-9 20\n"},
    {"2-5 1-9", {0}, "1-9\n"},
    // What is damaged is passed over.
    {"1-3 x 9-7 0 4-y 18446744073709551615 6", {0}, "1-3 6\n"},
};

START_TEST (marks)
{
    marks_t *self = marks_new (MARKS[_i].before);
    for (int i = 0; MARKS[_i].add[i]; i++) {
        marks_add (self, MARKS[_i].add[i]);
        ck_assert (marks_has (self, MARKS[_i].add[i]));
    }
    char *text = marks_text (self);
    ck_assert_str_eq (text, MARKS[_i].after);
    free (text);
    ck_assert (!marks_has (self, 1000));
    marks_destroy (&self);
}
END_TEST

// --- QR code ---------------------------------------------------------------------------------------------------------------------

START_TEST (a_code_comes_back)
{
    uint8_t body[] = {1, 0, 255, 62, 63}, signature[64] = {7};
    Baocao__V1__Receipt receipt = BAOCAO__V1__RECEIPT__INIT;
    receipt.body = (ProtobufCBinaryData){sizeof body, body};
    receipt.signature = (ProtobufCBinaryData){sizeof signature, signature};
    receipt.key_id = "0123456789abcdef";
    char *text = qr_text (&receipt), spaced[512];
    ck_assert_int_eq (strncmp (text, "baocao:1:", 9), 0);
    ck_assert_uint_eq (strcspn (text, "+/= "), strlen (text));
    snprintf (spaced, sizeof spaced, "%s\n", text);
    Baocao__V1__Receipt *back = qr_receipt (spaced);
    ck_assert_ptr_nonnull (back);
    ck_assert_mem_eq (back->body.data, body, sizeof body);
    ck_assert_mem_eq (back->signature.data, signature, sizeof signature);
    ck_assert_str_eq (back->key_id, receipt.key_id);
    baocao__v1__receipt__free_unpacked (back, NULL);
    free (text);
}
END_TEST

static const char *const NO_CODES[] = {"", "baocao:1", "baocao:2:CgA", "xin chào", "baocao:1:!", "baocao:1:////", "baocao:1:Cg"};

START_TEST (what_is_no_code)
{
    ck_assert_ptr_null (qr_receipt (NO_CODES[_i]));
}
END_TEST

START_TEST (a_long_text_is_no_code)
{
    char *text = calloc (1, 100000);
    memset (text, 'A', 99999);
    memcpy (text, "baocao:1:", 9);
    ck_assert_ptr_null (qr_receipt (text));
    free (text);
}
END_TEST

// --- Cells and differences -------------------------------------------------------------------------------------------------------

static Baocao__V1__Report *report_of (const char *text)
{
    char *error = NULL;
    json_t *json = json_loads (text, 0, NULL);
    Baocao__V1__Report *report = (Baocao__V1__Report *)report_from_json (json, &baocao__v1__report__descriptor, NULL, &error);
    ck_assert_msg (report, "%s", error);
    json_decref (json);
    return report;
}

#define REPORT(entries) "{\"plan\": \"1/KH\", \"period\": \"2025\", \"unit\": \"so-yte\", \"entries\": [" entries "]}"
#define ENTRY(more) "{\"task\": \"I.1\", \"status\": \"in_progress\", \"progress_percent\": 40" more "}"

static const struct {
    const char *key, *text;
} CELLS[] = {
    {"task", "I.1"},
    {"status", "đang thực hiện"},
    {"progress_percent", "40"},
    {"result", ""},
    {"budget.central.allocated", "0"},
    {"budget.central.disbursed", ""},
    {"budget.local.allocated", ""},
    {"budget.provincial.disbursed", "9007199254740993"},
    {"budget.reason", "vượt"},
    {"budget.total_allocated", "5"},
    {"budget.total_disbursed", ""},
    {"indicator.c1", "12"},
    {"indicator.c2", "12.5"},
    {"indicator.c3", "không"},
    {"indicator.c4", "chữ"},
    {"indicator.c5", ""},
    {"no_figure.c5", "chưa có"},
    {"no_figure.c1", ""},
    {"title", ""},
};

START_TEST (cells)
{
    Baocao__V1__Report *report = report_of (
        REPORT (ENTRY (", \"budget\": {\"total_allocated\": 5, \"lines\": [{\"source\": \"central\", \"allocated\": 0},"
                       " {\"source\": \"provincial\", \"disbursed\": \"9007199254740993\", \"reason\": \"vượt\"}]},"
                       " \"indicators\": [{\"indicator\": \"c1\", \"number\": 12}, {\"indicator\": \"c2\", \"decimal\": \"12.5\"},"
                       " {\"indicator\": \"c3\", \"truth\": false}, {\"indicator\": \"c4\", \"text\": \"chữ\"},"
                       " {\"indicator\": \"c5\", \"no_figure_reason\": \"chưa có\"}]")));
    char *text = rows_cell (rows_entry (report, "I.1"), CELLS[_i].key);
    ck_assert_str_eq (text, CELLS[_i].text);
    free (text);
    ck_assert_ptr_null (rows_entry (report, "I.2"));
    baocao__v1__report__free_unpacked (report, NULL);
}
END_TEST

// No figure is not 0; tasks are compared by their codes, whatever their order.
static const struct {
    const char *before, *after, *differences;
} DIFFERENCES[] = {
    {REPORT (ENTRY ("")), REPORT (ENTRY ("")), "[]"},
    {REPORT (ENTRY ("")), REPORT (ENTRY (", \"result\": \"xong\"")),
     "[{\"task\":\"I.1\",\"field\":\"result\",\"before\":null,\"after\":\"xong\"}]"},
    {REPORT (ENTRY (", \"budget\": {\"lines\": [{\"source\": \"oda\", \"allocated\": 0}]}")), REPORT (ENTRY ("")),
     "[{\"task\":\"I.1\",\"field\":\"budget.oda.allocated\",\"before\":0,\"after\":null}]"},
    {REPORT (ENTRY (", \"indicators\": [{\"indicator\": \"a\", \"number\": 1}]")),
     REPORT (ENTRY (", \"indicators\": [{\"indicator\": \"b\", \"number\": 1}]")),
     "[{\"task\":\"I.1\",\"field\":\"indicator.b\",\"before\":null,\"after\":\"1\"},"
     "{\"task\":\"I.1\",\"field\":\"indicator.a\",\"before\":\"1\",\"after\":null}]"},
    {REPORT ("{\"task\": \"I.2\", \"status\": \"completed\", \"progress_percent\": 100}, " ENTRY ("")),
     REPORT (ENTRY ("") ", {\"task\": \"I.2\", \"status\": \"delayed\", \"progress_percent\": 100}"),
     "[{\"task\":\"I.2\",\"field\":\"status\",\"before\":\"completed\",\"after\":\"delayed\"}]"},
    {REPORT (ENTRY ("")), REPORT (""),
     "[{\"task\":\"I.1\",\"field\":\"status\",\"before\":\"in_progress\",\"after\":null},"
     "{\"task\":\"I.1\",\"field\":\"progress_percent\",\"before\":40,\"after\":null}]"},
    {"{\"plan\": \"p\", \"attachments\": [{\"name\": \"a.pdf\", \"sha256\": \"00\", \"size\": 1}]}",
     "{\"plan\": \"p\", \"document\": {\"number\": \"1\"}, \"attachments\": [{\"name\": \"a.pdf\", \"sha256\": \"01\", \"size\": "
     "1}]}",
     "[{\"task\":null,\"field\":\"document.number\",\"before\":null,\"after\":\"1\"},"
     "{\"task\":null,\"field\":\"attachment\",\"before\":null,\"after\":\"a.pdf\"},"
     "{\"task\":null,\"field\":\"attachment\",\"before\":\"a.pdf\",\"after\":null}]"},
};

START_TEST (differences)
{
    Baocao__V1__Report *before = report_of (DIFFERENCES[_i].before), *after = report_of (DIFFERENCES[_i].after);
    json_t *list = difference_of (before, after);
    char *text = json_dumps (list, JSON_COMPACT);
    ck_assert_str_eq (text, DIFFERENCES[_i].differences);
    free (text);
    json_decref (list);
    baocao__v1__report__free_unpacked (before, NULL);
    baocao__v1__report__free_unpacked (after, NULL);
}
END_TEST

#define COUNT(table) (int)(sizeof table / sizeof *table)

int main (void)
{
    Suite *suite = suite_create ("client_look");
    TCase *tests = tcase_create ("look");
    tcase_add_loop_test (tests, marks, 0, COUNT (MARKS));
    tcase_add_test (tests, a_code_comes_back);
    tcase_add_loop_test (tests, what_is_no_code, 0, COUNT (NO_CODES));
    tcase_add_test (tests, a_long_text_is_no_code);
    tcase_add_loop_test (tests, cells, 0, COUNT (CELLS));
    tcase_add_loop_test (tests, differences, 0, COUNT (DIFFERENCES));
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
