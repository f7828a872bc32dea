// The workbook that is written is the workbook that is read: a report filled into the template comes back as it was.
#include <stdlib.h>
#include <string.h>

#include "client/file.h"
#include "client/template_subject.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "report/json.h"
#include "../support/suite.h"

static const char DUTIES[] =
    "{'unit':'so-yte','plans':[{'plan':'208/KH-UBND','title_vi':'Kế "
    "hoạch','time_zone':'Asia/Ho_Chi_Minh','periods':[{'period':'2025',"
    "'due_at':'2025-12-09T17:00:00Z','previous':[{'task':'I.1','status':'delayed','progress_percent':40}]}],"
    "'tasks':[{'task':'I.1','title_vi':'Việc một','role':'lead','indicators':["
    "{'indicator':'ho','title_vi':'Số hộ','type':'integer','minimum':'0','maximum':'20000','required':true},"
    "{'indicator':'ty-le','title_vi':'Tỷ lệ','type':'decimal','target':'1.5'},"
    "{'indicator':'xong','title_vi':'Đã xong','type':'boolean'},"
    "{'indicator':'ghi-chu','title_vi':'Ghi chú','type':'text'}]},"
    "{'task':'I.2','title_vi':'Việc hai','role':'lead','indicators':[{'indicator':'ho','title_vi':'Số hộ','type':'integer'}]},"
    "{'task':'I.3','title_vi':'Việc của nơi khác','role':'coordinating'}]}]}";

static const char REPORT[] =
    "{'plan':'208/KH-UBND','period':'2025','unit':'so-yte','document':{'number':'12/5','date':'2025-12-05','signer':'Nguyễn Văn A',"
    "'signer_title':'Giám đốc'},'general_assessment':'- Một\\n- Hai \\\"ba\\\" <bốn> & =5','entries':["
    "{'task':'I.1','status':'delayed','progress_percent':45,'result':'=1+1','next_steps':'- "
    "một','obstacles':'Đường xấu','proposals':'1.234',"
    "'reason':'Vì\\nmưa','indicators':[{'indicator':'ho','number':1234567},{'indicator':'ty-le','decimal':'12.345'},"
    "{'indicator':'xong','truth':false},{'indicator':'ghi-chu','text':'007'}],"
    "'budget':{'lines':[{'source':'central','allocated':1000000,'disbursed':0},"
    "{'source':'oda','allocated':9007199254740,'disbursed':9007199254741,'reason':'Tỷ giá'},{'source':'other','disbursed':5000}]}},"
    "{'task':'I.2','status':'not_started','indicators':[{'indicator':'ho','no_figure_reason':'Chưa đến kỳ'}]}]}";

static ProtobufCMessage *message (const char *text, const ProtobufCMessageDescriptor *type)
{
    char *copy = xstrdup (text), *error = NULL;
    for (char *at = copy; *at; at++)
        if (*at == '\'')
            *at = '"';
    json_t *json = json_loads (copy, 0, NULL);
    ck_assert_ptr_nonnull (json);
    ProtobufCMessage *result = report_from_json (json, type, NULL, &error);
    ck_assert_msg (result != NULL, "%s", error);
    json_decref (json);
    free (copy);
    return result;
}

static Baocao__V1__Duties *duties;
static Baocao__V1__Report *report;
static char *workbook, *error;
static size_t size;

static void set_up (void)
{
    duties = (Baocao__V1__Duties *)message (DUTIES, &baocao__v1__duties__descriptor);
    report = (Baocao__V1__Report *)message (REPORT, &baocao__v1__report__descriptor);
}

static void tear_down (void)
{
    baocao__v1__duties__free_unpacked (duties, NULL);
    baocao__v1__report__free_unpacked (report, NULL);
    free (workbook);
    workbook = NULL;
}

static file_t *written_and_read (const Baocao__V1__Report *filled)
{
    template_subject_t subject = {.unit = duties->unit,
                                  .unit_name = "Sở Y tế",
                                  .plan = duties->plans[0],
                                  .period = duties->plans[0]->periods[0],
                                  .report = filled};
    workbook = template_xlsx (&subject, "entries[0]: sai\nentries[1]: thiếu", &size);
    ck_assert_ptr_nonnull (workbook);
    file_t *file = file_new (workbook, size, duties, &error);
    ck_assert_msg (file != NULL, "%s", error);
    ck_assert_msg (!file->complaints.errors, "%s", file->complaints.count ? file->complaints.items[0]->message_en : "");
    return file;
}

START_TEST (a_filled_workbook_comes_back)
{
    file_t *file = written_and_read (report);
    json_t *was = report_to_json (&report->base), *is = report_to_json (&file->report->base);
    ck_assert_msg (json_equal (was, is), "%s\nbecame\n%s", json_dumps (was, JSON_COMPACT), json_dumps (is, JSON_COMPACT));
    json_decref (was);
    json_decref (is);
    file_destroy (&file);
}
END_TEST

START_TEST (an_empty_one_says_nothing_but_what_it_is_for)
{
    file_t *file = written_and_read (NULL);
    ck_assert_str_eq (file->report->plan, "208/KH-UBND");
    ck_assert_str_eq (file->report->period, "2025");
    ck_assert_str_eq (file->report->unit, "so-yte");
    ck_assert_uint_eq (file->report->n_entries, 0);
    ck_assert_ptr_null (file->report->document);
    ck_assert_str_eq (file->report->general_assessment, "");
    file_destroy (&file);
}
END_TEST

static const struct {
    const char *path, *sheet, *cell;
} PLACES[] = {
    {"entries[0].progress_percent", "Nhiệm vụ", "E6"},
    {"entries[1].reason", "Nhiệm vụ", "J7"},
    {"entries[0].budget.lines[0].allocated", "Kinh phí", "D7"},
    {"entries[0].budget.lines[1].reason", "Kinh phí", "G11"},
    {"entries[0].budget.lines[1].source", "Kinh phí", "D11"},
    {"entries[0].indicators[1]", "Chỉ tiêu", "E7"},
    {"entries[0].indicators[1].decimal", "Chỉ tiêu", "E7"},
    {"entries[1].indicators[0].no_figure_reason", "Chỉ tiêu", "F10"},
    {"general_assessment", "Đánh giá chung", "B6"},
    {"nothing_to_report.reason", "Đánh giá chung", "B7"},
    {"document.signer", "Văn bản", "B8"},
    {"plan", "baocao", "B2"},
};

START_TEST (parts_have_their_cells)
{
    file_t *file = written_and_read (report);
    const place_t *place = places_find (file->places, PLACES[_i].path);
    ck_assert_ptr_nonnull (place);
    ck_assert_str_eq (place->sheet, PLACES[_i].sheet);
    ck_assert_str_eq (place->cell, PLACES[_i].cell);
    file_destroy (&file);
}
END_TEST

// A required indicator without a figure, and a task that is not reported: where they would be.
START_TEST (what_is_missing_has_its_cell)
{
    baocao__v1__indicator_value__free_unpacked (report->entries[0]->indicators[0], NULL);
    memmove (report->entries[0]->indicators, report->entries[0]->indicators + 1,
             --report->entries[0]->n_indicators * sizeof *report->entries[0]->indicators);
    baocao__v1__task_entry__free_unpacked (report->entries[--report->n_entries], NULL);
    file_t *file = written_and_read (report);
    const place_t *place = places_find (file->places, "entries[0].indicators(ho)");
    ck_assert (place && !strcmp (place->sheet, "Chỉ tiêu") && !strcmp (place->cell, "E6"));
    place = places_find (file->places, "entries(I.2)");
    ck_assert (place && !strcmp (place->sheet, "Nhiệm vụ") && !strcmp (place->cell, "D7"));
    ck_assert_ptr_null (places_find (file->places, "entries(I.3)"));
    file_destroy (&file);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("client_workbook");
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_test (tests, a_filled_workbook_comes_back);
    tcase_add_test (tests, an_empty_one_says_nothing_but_what_it_is_for);
    tcase_add_loop_test (tests, parts_have_their_cells, 0, sizeof PLACES / sizeof *PLACES);
    tcase_add_test (tests, what_is_missing_has_its_cell);
    Suite *suite = suite_create ("client_workbook");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
