#include "template.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/xmem.h"
#include "report/json.h"
#include "duties.h"
#include "output.h"
#include "template_subject.h"

const template_label_t template_facts[] = {
    {"plan", "Kế hoạch"},
    {"period", "Kỳ báo cáo"},
    {"unit", "Đơn vị"},
    {"document.number", "Số, ký hiệu văn bản"},
    {"document.date", "Ngày ban hành"},
    {"document.signer", "Người ký"},
    {"document.signer_title", "Chức vụ người ký"},
    {"general_assessment", "Đánh giá chung"},
    {"nothing_to_report", "Không có nội dung báo cáo, lý do"},
    {NULL, NULL},
};

const template_label_t template_columns[] = {
    {"task", "Nhiệm vụ"},
    {"title", "Nội dung nhiệm vụ"},
    {"status", "Trạng thái"},
    {"progress_percent", "Tiến độ %"},
    {"result", "Kết quả thực hiện"},
    {"next_steps", "Nhiệm vụ thời gian tới"},
    {"obstacles", "Khó khăn, vướng mắc"},
    {"proposals", "Kiến nghị, đề xuất"},
    {"reason", "Lý do chậm hoặc dừng"},
    {"budget.total_allocated", "Tổng kinh phí phân bổ, đồng"},
    {"budget.total_disbursed", "Tổng kinh phí giải ngân, đồng"},
    {"budget.reason", "Lý do giải ngân vượt phân bổ"},
    {NULL, NULL},
};

const template_label_t template_sheet_columns[] = {
    {"_previous", "Kỳ trước"},
    {"budget.source", "Nguồn kinh phí"},
    {"budget.allocated", "Được giao, đồng"},
    {"budget.disbursed", "Đã giải ngân, đồng"},
    {"_rate", "Tỷ lệ giải ngân"},
    {"_indicator", "Chỉ tiêu"},
    {"_measure", "Đơn vị tính"},
    {"_target", "Mục tiêu"},
    {"indicator", "Mã chỉ tiêu"},
    {"indicator.value", "Giá trị"},
    {"indicator.no_figure", "Lý do chưa có số liệu"},
    {"fact", "Mã mục"},
    {"_label", "Mục"},
    {"value", "Nội dung"},
    {"_hint", "Cách ghi"},
    {NULL, NULL},
};

const char *template_label (const char *key)
{
    const template_label_t *const lists[] = {template_facts, template_columns, template_sheet_columns};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const template_label_t *label = lists[i]; label->key; label++)
            if (!strcmp (label->key, key))
                return label->label_vi;
    return "";
}

const char *const template_statuses[6] = {
    "", "chưa thực hiện", "đang thực hiện", "hoàn thành", "chậm tiến độ", "dừng thực hiện",
};

const char *const template_sources[9] = {
    "",        "Ngân sách trung ương", "Ngân sách tỉnh",     "Ngân sách huyện, xã", "Chương trình, đề án, dự án khác",
    "Vốn ODA", "Tài trợ trong nước",   "Tài trợ nước ngoài", "Nguồn hợp pháp khác",
};

// --- JSON ------------------------------------------------------------------------------------------------------------------------

// Keys that begin with "_" explain; they are passed over when the file is read (file.h).
static json_t *json_indicators (const Baocao__V1__TaskDuty *task)
{
    static const char *const MEMBERS[] = {"", "number", "decimal", "truth", "text"};
    json_t *list = json_array ();
    for (size_t i = 0; i < task->n_indicators; i++) {
        const Baocao__V1__Indicator *indicator = task->indicators[i];
        json_array_append_new (list, json_pack ("{s:s, s:s, s:s, s:s, s:s}", "_title", indicator->title_vi, "_measured_in",
                                                indicator->unit_of_measure, "_value_goes_into",
                                                (unsigned)indicator->type < 5 ? MEMBERS[indicator->type] : "", "indicator",
                                                indicator->indicator, "no_figure_reason", ""));
    }
    return list;
}

// The status is left open: what was true of the last period must not go out again by oversight.
static json_t *json_entry (const template_subject_t *subject, const Baocao__V1__TaskDuty *task)
{
    const Baocao__V1__TaskProgress *last = template_previous (subject, task->task);
    return json_pack ("{s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:{s:[]}}", "_title", task->title_vi, "task", task->task,
                      "status", "unspecified", "progress_percent", last ? (int)last->progress_percent : 0, "result", "",
                      "next_steps", "", "obstacles", "", "proposals", "", "reason", "", "indicators", json_indicators (task),
                      "budget", "lines");
}

static char *json_text (const template_subject_t *subject)
{
    json_t *entries = json_array ();
    for (size_t i = 0; i < subject->plan->n_tasks; i++)
        if (template_has_row (subject, i))
            json_array_append_new (entries, json_entry (subject, subject->plan->tasks[i]));
    json_t *report =
        json_pack ("{s:[s,s,s], s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s}, s:s, s:o}", "_help",
                   "status: not_started, in_progress, completed, delayed, stopped",
                   "budget.lines: {\"source\": \"provincial\", \"allocated\": 1000000, \"disbursed\": 900000}",
                   "budget.lines[].source: central, provincial, local, programme, oda, domestic, foreign, other", "plan",
                   subject->plan->plan, "period", subject->period->period, "unit", subject->unit, "document", "number", "", "date",
                   "", "signer", "", "signer_title", "", "general_assessment", "", "entries", entries);
    char *body = json_dumps (report, JSON_INDENT (2)), *text = xasprintf ("%s\n", body);
    free (body);
    json_decref (report);
    return text;
}

// --- The command -----------------------------------------------------------------------------------------------------------------

static int deliver (const char *path, const char *text, size_t size)
{
    FILE *file = path ? fopen (path, "wxe") : stdout;  // never over a file that is being filled
    bool written = file && fwrite (text, 1, size, file) == size && fflush (file) == 0;
    if (!written)
        client_say (_ ("cannot write %s: %s"), path ? path : "stdout", strerror (errno));
    if (file && path)
        fclose (file);
    return written ? CLIENT_DONE : CLIENT_USAGE;
}

static int deliver_xlsx (const template_subject_t *subject, const char *path)
{
    size_t size;
    if (!path && isatty (STDOUT_FILENO))
        return client_misused (_ ("a workbook cannot be shown on the terminal: name a file with -o, such as -o report.xlsx"));
    char *workbook = template_xlsx (subject, "", &size);
    if (!workbook) {
        client_say (_ ("cannot write %s: %s"), path ? path : "stdout", strerror (errno));
        return CLIENT_USAGE;
    }
    int status = deliver (path, workbook, size);
    if (!status && path)
        client_say (_ ("next: fill in the yellow cells of %s, then run 'baocao check %s'"), path, path);
    free (workbook);
    return status;
}

// False: said on stderr; exit with CLIENT_USAGE.
static bool choose (const client_t *client, const Baocao__V1__Duties *duties, template_subject_t *subject)
{
    const char *plan = args_value (client_args (client), "plan"), *period = args_operand (client_args (client), 0);
    subject->unit = duties->unit;
    subject->plan = duties_plan (duties, plan);
    if (!subject->plan && plan) {
        client_misused (_ ("%s has no duty in a plan %s"), duties->unit, plan);
        return false;
    }
    if (!subject->plan) {
        client_misused (_ ("%s has duties in %zu plans: name one with --plan"), duties->unit, duties->n_plans);
        return false;
    }
    subject->period = duties_period (subject->plan, period, output_ms (duties->server_time));
    if (!subject->period && period) {
        client_misused (_ ("plan %s has no period %s"), subject->plan->plan, period);
        return false;
    }
    if (!subject->period) {
        client_misused (_ ("plan %s has no period that has opened yet: name one"), subject->plan->plan);
        return false;
    }
    return true;
}

// The format by its name, or by the file's; JSON by default. NULL: there is no such format.
static const char *format_of (const char *given, const char *path)
{
    static const char *const FORMATS[] = {"xlsx", "csv", "json"};
    const char *dot = path ? strrchr (path, '.') : NULL, *wanted = given ? given : dot ? dot + 1 : "";
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (!strcasecmp (wanted, FORMATS[i]))
            return FORMATS[i];
    return given ? NULL : "json";
}

static int write_template (client_t *client, const Baocao__V1__Duties *duties)
{
    const char *path = args_value (client_args (client), "output");
    const char *format = format_of (args_value (client_args (client), "format"), path);
    if (!format)
        return client_misused (_ ("--format is xlsx, csv or json"));
    template_subject_t subject = {.unit_name = *duties->unit_name_vi ? duties->unit_name_vi : duties->unit};
    if (!choose (client, duties, &subject))
        return CLIENT_USAGE;
    if (!strcmp (format, "xlsx"))
        return deliver_xlsx (&subject, path);
    char *text = !strcmp (format, "csv") ? template_csv (&subject, "") : json_text (&subject);
    int status = deliver (path, text, strlen (text));
    free (text);
    return status;
}

int client_template (client_t *client)
{
    int status;
    Baocao__V1__Duties *duties =
        duties_get (client, args_flag (client_args (client), "offline") ? DUTIES_KEPT : DUTIES_LATEST, &status);
    if (!duties)
        return status;
    status = write_template (client, duties);
    baocao__v1__duties__free_unpacked (duties, NULL);
    return status;
}
