// Reading an officer's file: the CSV template as spreadsheets save it, JSON with remarks, and what is said about bad cells.
#include <stdlib.h>
#include <string.h>

#include "client/file.h"
#include "client/number.h"
#include "common/xmem.h"
#include "../support/suite.h"

#define STATUS(name) BAOCAO__V1__TASK_STATUS__TASK_STATUS_##name

static file_t *file;  // what was read last

static Baocao__V1__Report *parse (const char *text, const Baocao__V1__Duties *duties)
{
    char *error;
    file = file_new (text, strlen (text), duties, &error);
    ck_assert_msg (file != NULL, "%s", error);
    ck_assert_ptr_null (error);
    ck_assert_msg (!file->complaints.errors, "%s", file->complaints.count ? file->complaints.items[0]->message_en : "");
    return file->report;
}

static void done (Baocao__V1__Report *report)
{
    ck_assert_ptr_eq (report, file->report);
    file_destroy (&file);
}

// Why the file cannot be read: as a whole, or cell by cell ("B3: ..."), one a line. The caller frees it.
static char *refusal (const char *text, size_t size, const Baocao__V1__Duties *duties)
{
    char *said;
    file_t *refused = file_new (text, size, duties, &said);
    if (!refused)
        return said;
    ck_assert_ptr_null (said);
    ck_assert_uint_gt (refused->complaints.errors, 0);
    said = xstrdup ("");
    for (size_t i = 0; i < refused->complaints.count; i++) {
        const Baocao__V1__Finding *finding = refused->complaints.items[i];
        char *longer = xasprintf ("%s%s: %s\n", said, finding->path, finding->message_en);
        free (said);
        said = longer;
    }
    file_destroy (&refused);
    return said;
}

// --- Numbers ---------------------------------------------------------------------------------------------------------------------

static const struct {
    const char *text;
    int result;
    int64_t value;
} WHOLES[] = {
    {"0", 0, 0},
    {"1234567", 0, 1234567},
    {"1.234.567", 0, 1234567},
    {"1.234", 0, 1234},
    {"1 234 567", 0, 1234567},
    {"1\u00A0234\u00A0567", 0, 1234567},
    {"12.000.000 đồng", 0, 12000000},
    {"500.000đ", 0, 500000},
    {"7 VND", 0, 7},
    {"45%", 0, 45},
    {"1.000,00", 0, 1000},
    {"-5", 0, -5},
    {"9223372036854775807", 0, INT64_MAX},
    {"9223372036854775808", -1, 0},
    {"1,234", -1, 0},
    {"1.5", -1, 0},
    {"1.23.456", -1, 0},
    {"1234.567", -1, 0},
    {".123", -1, 0},
    {"12,5", -1, 0},
    {"4x", -1, 0},
    {"", -1, 0},
    {"-", -1, 0},
    {"%", -1, 0},
};

START_TEST (whole_numbers)
{
    int64_t value = 0;
    ck_assert_msg (number_whole (WHOLES[_i].text, &value) == WHOLES[_i].result, "%s", WHOLES[_i].text);
    if (!WHOLES[_i].result)
        ck_assert_msg (value == WHOLES[_i].value, "%s became %lld", WHOLES[_i].text, (long long)value);
}
END_TEST

static const struct {
    const char *text, *decimal;  // NULL: refused
} DECIMALS[] = {
    {"12,5", "12.5"},
    {"12.5", "12.5"},
    {"-0,25", "-0.25"},
    {"7", "7"},
    {"3 %", "3"},
    {"1.2.3", NULL},
    {"1,2,3", NULL},
    {"1.1234567", NULL},
    {"1234567890123456", NULL},
    {"1.", NULL},
    {",5", NULL},
    {"a", NULL},
    {"1.234.567,5", "1234567.5"},
    {"1.234,5", "1234.5"},
    {"1.234.567", "1234567"},
    {"-1.234.567,25", "-1234567.25"},
    {"1 234,5", "1234.5"},
    {"0.125", "0.125"},
    {"1.234", NULL},
    {"-12.345", NULL},
    {"1.23.456,5", NULL},
    {"1,234.5", NULL},
};

START_TEST (decimals)
{
    char decimal[NUMBER_DECIMAL_TEXT];
    int result = number_decimal (DECIMALS[_i].text, decimal);
    ck_assert_msg (result == (DECIMALS[_i].decimal ? 0 : -1), "%s", DECIMALS[_i].text);
    if (!result)
        ck_assert_str_eq (decimal, DECIMALS[_i].decimal);
}
END_TEST

// --- CSV -------------------------------------------------------------------------------------------------------------------------

#define FACTS(s)                                                                                                                   \
    "Kế hoạch (plan)" s "208/KH-UBND\r\nKỳ (period)" s "2025\r\nĐơn vị (unit)" s "so-yte\r\n"                                      \
    "Số (document.number)" s "45/BC-SYT\r\nNgày (document.date)" s "5/12/2025\r\nNgười ký (document.signer)" s "Nguyễn Văn A\r\n"
#define TABLE(s)                                                                                                                   \
    "\r\n\"# ghi chú\"\r\nNhiệm vụ (task)" s "Nội dung (title)" s "Trạng thái (status)" s "Tiến độ (progress_percent)" s           \
    "Kết quả (result)" s "budget.provincial.allocated" s "budget.provincial.disbursed" s "budget.oda.allocated" s                  \
    "budget.reason\r\n"                                                                                                            \
    "II.2" s "Tên nhiệm vụ" s "Đang Thực hiện" s "60%" s "\"dòng 1\r\ndòng \"\"2\"\"\"" s "1.000.000" s "2.000.000" s "0" s        \
    "vì thế\r\n"                                                                                                                \
    "II.3" s "Không báo cáo" s s s s s s s "\r\n"                                                                                  \
    "II.4" s s "completed" s "100" s s s s s "\r\n"

static const char *const FORMS[] = {
    "\xEF\xBB\xBF" FACTS (";") TABLE (";"),          FACTS (";") TABLE (";"),           FACTS (",") TABLE (","),
    "\xEF\xBB\xBFsep=;\r\n" FACTS (";") TABLE (";"), "SEP=|\n" FACTS ("|") TABLE ("|"), "\xEF\xBB\xBF" FACTS ("\t") TABLE ("\t"),
};

START_TEST (a_filled_template)
{
    Baocao__V1__Report *report = parse (FORMS[_i], NULL);
    ck_assert_str_eq (report->plan, "208/KH-UBND");
    ck_assert_str_eq (report->period, "2025");
    ck_assert_str_eq (report->unit, "so-yte");
    ck_assert_str_eq (report->document->number, "45/BC-SYT");
    ck_assert_str_eq (report->document->date, "2025-12-05");
    ck_assert_str_eq (report->document->signer, "Nguyễn Văn A");
    ck_assert_uint_eq (report->n_entries, 2);  // II.3 was left empty
    const Baocao__V1__TaskEntry *entry = report->entries[0];
    ck_assert_str_eq (entry->task, "II.2");
    ck_assert_int_eq (entry->status, STATUS (IN_PROGRESS));
    ck_assert_int_eq (entry->progress_percent, 60);
    ck_assert_str_eq (entry->result, "dòng 1\ndòng \"2\"");
    ck_assert_uint_eq (entry->budget->n_lines, 2);
    ck_assert_int_eq (entry->budget->lines[0]->source, BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_PROVINCIAL);
    ck_assert_int_eq (entry->budget->lines[0]->allocated, 1000000);
    ck_assert_int_eq (entry->budget->lines[0]->disbursed, 2000000);
    ck_assert_str_eq (entry->budget->lines[0]->reason, "vì thế");
    ck_assert_int_eq (entry->budget->lines[1]->allocated_figure_case,
                      BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED);  // 0 is a figure
    ck_assert_int_eq (entry->budget->lines[1]->disbursed_figure_case, BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE__NOT_SET);
    ck_assert_str_eq (entry->budget->lines[1]->reason, "");
    ck_assert_int_eq (report->entries[1]->status, STATUS (COMPLETED));
    ck_assert_ptr_null (report->entries[1]->budget);
    done (report);
}
END_TEST

START_TEST (text_comes_out_composed)
{
    Baocao__V1__Report *report = parse ("plan;p\ngeneral_assessment;To\xCC\x82\xCC\x81t\n", NULL);  // o, circumflex, acute
    ck_assert_str_eq (report->general_assessment, "T\u1ED1t");
    done (report);
    report = parse ("{\"general_assessment\": \"To\\u0302\\u0301t\"}", NULL);
    ck_assert_str_eq (report->general_assessment, "T\u1ED1t");
    done (report);
    report = parse ("plan;p\ngeneral_assessment;T\u200Bốt\u202E lắm\uFEFF\n", NULL);  // what nobody sees stays away
    ck_assert_str_eq (report->general_assessment, "Tốt lắm");
    done (report);
    report = parse ("{\"general_assessment\": \"T\\u200Bốt\\u202E lắm\\uFEFF\"}", NULL);
    ck_assert_str_eq (report->general_assessment, "Tốt lắm");
    done (report);
}
END_TEST

// Each with what must be said: cell, row, column, and the bad text.
static const struct {
    const char *csv;
    const char *said[3];
} BAD[] = {
    {"plan;p\ntask;status;progress_percent\nI.1;gần xong;4x\n", {"B3", "gần xong", "C3: “4x”"}},
    {"plan;p\n\n\ntask;progress_percent\n\nI.1;abc\n", {"B6: ", "abc", NULL}},
    {"plan;p\r\n\r\ntask;result;progress_percent\r\nI.1;\"một\r\nhai\";x\r\n", {"C4", "“x”", NULL}},
    {"plan;p\ntask;budget.provincial.allocated\nI.1;1,234\n", {"B3", "“1,234”", NULL}},
    {"plan;p\ndocument.date;31/02/2025\n", {"B2", "“31/02/2025”", NULL}},
    {"plan;p\nMàu sắc (colour);đỏ\n", {"A2", "colour", NULL}},
    {"plan;p\ntask;Màu (colour)\nI.1;đỏ\n", {"B2", "colour", NULL}},
    {"plan;p\ntask;budget.moon.allocated\nI.1;1\n", {"B2", "budget.moon.allocated", NULL}},
    {"plan;p\ntask;status;status\nI.1;completed;completed\n", {"C2", "twice", NULL}},
    {"plan;p\ntask;status\n;completed\n", {"A3", "missing", NULL}},
    {"plan;p\ntask;status\nI.1;completed;gì đây\n", {"C3", "gì đây", NULL}},
    {"plan;p\ntask;progress_percent\nI.1;99999999999\n", {"B3", "99999999999", NULL}},
    {"plan;\"p\n", {"quotation mark", NULL, NULL}},
    {"plan;p\nunit;\xC0\xFF\n", {"UTF-8", NULL, NULL}},
    {"{\"plan\": 208}", {"plan", NULL, NULL}},
    {"{\"plan\": \"p\", \"colour\": 1}", {"colour", NULL, NULL}},
    {"{\"entries\": [{\"task\": \"I.1\", \"status\": \"gone\"}]}", {"entries[0].status", "completed", NULL}},
    {"{\"plan\": \"a\", \"plan\": \"b\"}", {"line 1, column 20", "twice", NULL}},
    {"{\n\"plan\": }", {"line 2, column 9", "not valid JSON", NULL}},
    {"sep=;\nplan;p\ntask;progress_percent\nI.1;4x\n", {"B3: ", NULL, NULL}},  // rows as the spreadsheet counts them
};

START_TEST (bad_places_are_named)
{
    char *error = refusal (BAD[_i].csv, strlen (BAD[_i].csv), NULL);
    for (int i = 0; i < 3 && BAD[_i].said[i]; i++)
        ck_assert_msg (strstr (error, BAD[_i].said[i]) != NULL, "%s is not in: %s", BAD[_i].said[i], error);
    free (error);
}
END_TEST

// As Excel and older programs save it: with words of the template that cannot be a coincidence.
static const struct {
    const char *bytes;
    size_t size;
    const char *signer;  // NULL: refused
} ENCODINGS[] = {
#define BYTES(text) text, sizeof text - 1
    {BYTES ("\xFF\xFEp\0l\0a\0n\0;\0p\0\n\0"), ""},
    {BYTES ("K\xEA\xEC hoa\xF2"
            "ch (plan);p\nNg\xFD\xF5\xCCi (document.signer);Nguy\xEA\xDEn V\xE3n B\n"),
     "Nguyễn Văn B"},
    {BYTES ("K\xD5 ho\xB9"
            "ch (plan);p\n(document.signer);Nguy\xD4n V\xA8n B\n"),
     "Nguyễn Văn B"},
    {BYTES ("plan;p\nunit;\xC0\xFF\n"), NULL},
    {BYTES ("plan;p\nunit;a\0b\n"), NULL},
};

START_TEST (encodings_of_offices)
{
    char *error;
    if (!ENCODINGS[_i].signer) {
        error = refusal (ENCODINGS[_i].bytes, ENCODINGS[_i].size, NULL);
        ck_assert_ptr_nonnull (strstr (error, "UTF-8"));
        free (error);
        return;
    }
    file = file_new (ENCODINGS[_i].bytes, ENCODINGS[_i].size, NULL, &error);
    ck_assert_msg (file != NULL, "%s", error);
    ck_assert_str_eq (file->report->plan, "p");
    ck_assert_str_eq (file->report->document ? file->report->document->signer : "", ENCODINGS[_i].signer);
    file_destroy (&file);
}
END_TEST

static const char *const EMPTY[] = {"", "\xEF\xBB\xBF", " \r\n\t\n"};

START_TEST (an_empty_file_is_refused)
{
    char *error = refusal (EMPTY[_i], strlen (EMPTY[_i]), NULL);
    ck_assert_str_eq (error, "the file is empty");
    free (error);
}
END_TEST

START_TEST (the_complaints_are_bounded)
{
    char text[8192] = "plan;p\ntask;progress_percent\n", *error;
    for (int i = 0; i < FINDINGS_MAX + 50; i++)
        strcat (text, "I.1;x\n");
    file_t *many = file_new (text, strlen (text), NULL, &error);
    ck_assert_uint_le (many->complaints.count, FINDINGS_MAX + 1);
    ck_assert_uint_eq (many->complaints.errors, FINDINGS_MAX + 50);
    file_destroy (&many);
}
END_TEST

static const struct {
    const char *path, *cell;
} PLACES[] = {
    {"document.number", "B4"},
    {"document", "B4"},
    {"entries[0].progress_percent", "D10"},
    {"entries[0].reason", "A10"},  // no such column: the task
    {"entries[0].budget.lines[0].disbursed", "G10"},
    {"entries[0].budget.lines[1]", "H10"},
    {"entries[1].status", "C12"},
    {"entries(II.3)", "C11"},  // not reported
};

START_TEST (parts_of_the_report_have_their_cells)
{
    parse (FACTS (";") TABLE (";"), NULL);
    const place_t *place = places_find (file->places, PLACES[_i].path);
    ck_assert_msg (place && !strcmp (place->cell, PLACES[_i].cell), "%s is in %s", PLACES[_i].path,
                   place ? place->cell : "no cell");
    ck_assert_str_eq (place->sheet, "");
    ck_assert_ptr_null (places_find (file->places, "attachments[0]"));
    file_destroy (&file);
}
END_TEST

START_TEST (indicators_take_the_type_of_the_plan)
{
    Baocao__V1__Indicator rate = BAOCAO__V1__INDICATOR__INIT, note = BAOCAO__V1__INDICATOR__INIT;
    rate.indicator = "rate";
    rate.type = BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_DECIMAL;
    note.indicator = "note";
    note.type = BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_TEXT;
    Baocao__V1__Indicator *indicators[] = {&rate, &note};
    Baocao__V1__TaskDuty task = BAOCAO__V1__TASK_DUTY__INIT, *tasks[] = {&task};
    task.task = "I.1";
    task.indicators = indicators;
    task.n_indicators = 2;
    Baocao__V1__PlanDuties plan = BAOCAO__V1__PLAN_DUTIES__INIT, *plans[] = {&plan};
    plan.plan = "p";
    plan.tasks = tasks;
    plan.n_tasks = 1;
    Baocao__V1__Duties duties = BAOCAO__V1__DUTIES__INIT;
    duties.plans = plans;
    duties.n_plans = 1;
    const char *csv = "plan;p\ntask;indicator.rate;indicator.note;no_figure.other\nI.1;5;17;chưa có\n";

    Baocao__V1__Report *report = parse (csv, &duties);
    ck_assert_uint_eq (report->entries[0]->n_indicators, 3);
    ck_assert_int_eq (report->entries[0]->indicators[0]->value_case, BAOCAO__V1__INDICATOR_VALUE__VALUE_DECIMAL);
    ck_assert_str_eq (report->entries[0]->indicators[0]->decimal, "5");
    ck_assert_int_eq (report->entries[0]->indicators[1]->value_case, BAOCAO__V1__INDICATOR_VALUE__VALUE_TEXT);
    ck_assert_int_eq (report->entries[0]->indicators[2]->value_case, BAOCAO__V1__INDICATOR_VALUE__VALUE__NOT_SET);
    ck_assert_str_eq (report->entries[0]->indicators[2]->no_figure_reason, "chưa có");
    done (report);

    report = parse (csv, NULL);  // no plan: as it looks
    ck_assert_int_eq (report->entries[0]->indicators[0]->value_case, BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER);
    done (report);

    csv = "plan;p\ntask;indicator.rate\nI.1;nhiều\n";
    char *error = refusal (csv, strlen (csv), &duties);
    ck_assert_ptr_nonnull (strstr (error, "B3"));
    free (error);
}
END_TEST

// --- JSON ------------------------------------------------------------------------------------------------------------------------

START_TEST (remarks_are_passed_over)
{
    Baocao__V1__Report *report =
        parse ("\xEF\xBB\xBF {\"_help\": [1], \"plan\": \"p\", \"entries\": [{\"_title\": {\"x\": 1}, \"task\": \"I.1\","
               " \"status\": \"delayed\", \"reason\": \"_\"}]}",
               NULL);
    ck_assert_uint_eq (report->n_entries, 1);
    ck_assert_str_eq (report->entries[0]->task, "I.1");
    ck_assert_int_eq (report->entries[0]->status, STATUS (DELAYED));
    ck_assert_str_eq (report->entries[0]->reason, "_");
    done (report);
}
END_TEST

START_TEST (nothing_to_report)
{
    Baocao__V1__Report *report = parse ("plan;p\nnothing_to_report;Không phát sinh\ntask;status\nI.1;\n", NULL);
    ck_assert_str_eq (report->nothing_to_report->reason, "Không phát sinh");
    ck_assert_uint_eq (report->n_entries, 0);
    done (report);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("client_file");
    tcase_add_loop_test (tests, whole_numbers, 0, sizeof WHOLES / sizeof *WHOLES);
    tcase_add_loop_test (tests, decimals, 0, sizeof DECIMALS / sizeof *DECIMALS);
    tcase_add_loop_test (tests, a_filled_template, 0, sizeof FORMS / sizeof *FORMS);
    tcase_add_test (tests, text_comes_out_composed);
    tcase_add_loop_test (tests, bad_places_are_named, 0, sizeof BAD / sizeof *BAD);
    tcase_add_loop_test (tests, encodings_of_offices, 0, sizeof ENCODINGS / sizeof *ENCODINGS);
    tcase_add_loop_test (tests, parts_of_the_report_have_their_cells, 0, sizeof PLACES / sizeof *PLACES);
    tcase_add_loop_test (tests, an_empty_file_is_refused, 0, sizeof EMPTY / sizeof *EMPTY);
    tcase_add_test (tests, the_complaints_are_bounded);
    tcase_add_test (tests, indicators_take_the_type_of_the_plan);
    tcase_add_test (tests, remarks_are_passed_over);
    tcase_add_test (tests, nothing_to_report);
    Suite *suite = suite_create ("client_file");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
