#include "template.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "plan/duties.h"
#include "report/json.h"
#include "duties.h"
#include "output.h"

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

const char *const template_statuses[6] = {
    "", "chưa thực hiện", "đang thực hiện", "hoàn thành", "chậm tiến độ", "dừng thực hiện",
};

const char *const template_sources[9] = {
    "",        "Ngân sách trung ương", "Ngân sách tỉnh",     "Ngân sách huyện, xã", "Chương trình, đề án, dự án khác",
    "Vốn ODA", "Tài trợ trong nước",   "Tài trợ nước ngoài", "Nguồn hợp pháp khác",
};

typedef struct {
    const char *unit;
    const Baocao__V1__PlanDuties *plan;
    const Baocao__V1__PeriodDuty *period;
} subject_t;

// What the last report said of the task, or NULL.
static const Baocao__V1__TaskProgress *previous (const subject_t *subject, const char *task)
{
    for (size_t i = 0; i < subject->period->n_previous; i++)
        if (!strcmp (subject->period->previous[i]->task, task))
            return subject->period->previous[i];
    return NULL;
}

static bool leads (const subject_t *subject, size_t task)
{
    return duties_role (subject->period, subject->plan->tasks[task]) == BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD;
}

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
static json_t *json_entry (const subject_t *subject, const Baocao__V1__TaskDuty *task)
{
    const Baocao__V1__TaskProgress *last = previous (subject, task->task);
    return json_pack ("{s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:{s:[]}}", "_title", task->title_vi, "task", task->task,
                      "status", "unspecified", "progress_percent", last ? (int)last->progress_percent : 0, "result", "",
                      "next_steps", "", "obstacles", "", "proposals", "", "reason", "", "indicators", json_indicators (task),
                      "budget", "lines");
}

static char *json_text (const subject_t *subject)
{
    json_t *entries = json_array ();
    for (size_t i = 0; i < subject->plan->n_tasks; i++)
        if (leads (subject, i))
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

// --- CSV -------------------------------------------------------------------------------------------------------------------------

// "label (key)" in quotes; with a NULL label, or key, the other one alone.
static void csv_cell (FILE *out, bool first, const char *label, const char *key)
{
    char *text = label && key ? xasprintf ("%s (%s)", label, key) : xstrdup (label ? label : key ? key : "");
    if (!first)
        fputc (';', out);
    if (*text)
        csv_fwrite (out, text, strlen (text));
    free (text);
}

// What is filled in already, or NULL.
static const char *known_fact (const subject_t *subject, const char *key)
{
    if (!strcmp (key, "plan"))
        return subject->plan->plan;
    if (!strcmp (key, "period"))
        return subject->period->period;
    return !strcmp (key, "unit") ? subject->unit : NULL;
}

static void csv_facts (FILE *out, const subject_t *subject)
{
    for (const template_label_t *fact = template_facts; fact->key; fact++) {
        csv_cell (out, true, fact->label_vi, fact->key);
        csv_cell (out, false, known_fact (subject, fact->key), NULL);
        fputs ("\r\n", out);
    }
    fputs ("\r\n", out);
    char *remark =
        xasprintf ("# Trạng thái: %s, %s, %s, %s, %s. Ngày: 05/12/2025. Số tiền: đồng, viết 1.234.567.", template_statuses[1],
                   template_statuses[2], template_statuses[3], template_statuses[4], template_statuses[5]);
    csv_cell (out, true, remark, NULL);
    fputs ("\r\n", out);
    free (remark);
}

// Has a task before this one an indicator of the same code, and so its column?
static bool has_column (const subject_t *subject, size_t task, const char *indicator)
{
    for (size_t t = 0; t < task; t++)
        for (size_t i = 0; leads (subject, t) && i < subject->plan->tasks[t]->n_indicators; i++)
            if (!strcmp (subject->plan->tasks[t]->indicators[i]->indicator, indicator))
                return true;
    return false;
}

static void csv_header (FILE *out, const subject_t *subject)
{
    for (const template_label_t *column = template_columns; column->key; column++)
        csv_cell (out, column == template_columns, column->label_vi, column->key);
    for (int source = 1; source < 9; source++) {
        const char *name = report_enum_name (&baocao__v1__budget_source__descriptor, source);
        for (int figure = 0; figure < 2; figure++) {
            char *label = xasprintf ("%s, %s", template_sources[source], figure ? "giải ngân" : "phân bổ");
            char *key = xasprintf ("budget.%s.%s", name, figure ? "disbursed" : "allocated");
            csv_cell (out, false, label, key);
            free (key);
            free (label);
        }
    }
    for (size_t t = 0; t < subject->plan->n_tasks; t++)
        for (size_t i = 0; leads (subject, t) && i < subject->plan->tasks[t]->n_indicators; i++) {
            const Baocao__V1__Indicator *indicator = subject->plan->tasks[t]->indicators[i];
            if (has_column (subject, t, indicator->indicator))
                continue;
            char *key = xasprintf ("indicator.%s", indicator->indicator);
            csv_cell (out, false, indicator->title_vi, key);
            free (key);
        }
    fputs ("\r\n", out);
}

static char *csv_text (const subject_t *subject)
{
    char *text;
    size_t size;
    FILE *out = open_memstream (&text, &size);
    if (!out)
        abort ();
    fputs ("\xEF\xBB\xBF", out);
    csv_facts (out, subject);
    csv_header (out, subject);
    for (size_t i = 0; i < subject->plan->n_tasks; i++) {
        const Baocao__V1__TaskDuty *task = subject->plan->tasks[i];
        if (!leads (subject, i))
            continue;
        const Baocao__V1__TaskProgress *last = previous (subject, task->task);
        char *percent = last ? xasprintf ("%d", (int)last->progress_percent) : NULL;
        csv_cell (out, true, task->task, NULL);
        csv_cell (out, false, task->title_vi, NULL);
        csv_cell (out, false, NULL, NULL);
        csv_cell (out, false, percent, NULL);
        fputs ("\r\n", out);
        free (percent);
    }
    fclose (out);
    return text;
}

// --- The command -----------------------------------------------------------------------------------------------------------------

static int deliver (const char *path, const char *text)
{
    FILE *file = path ? fopen (path, "wxe") : stdout;  // never over a file that is being filled
    bool written = file && fputs (text, file) >= 0 && fflush (file) == 0;
    if (!written)
        client_say (_ ("cannot write %s: %s"), path ? path : "stdout", strerror (errno));
    if (file && path)
        fclose (file);
    return written ? CLIENT_DONE : CLIENT_USAGE;
}

// False: said on stderr; exit with CLIENT_USAGE.
static bool choose (const client_t *client, const Baocao__V1__Duties *duties, subject_t *subject)
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

static int write_template (client_t *client, const Baocao__V1__Duties *duties)
{
    const char *format = args_value (client_args (client), "format"), *path = args_value (client_args (client), "output");
    size_t size = path ? strlen (path) : 0;
    bool csv = format ? !strcmp (format, "csv") : size > 4 && !strcmp (path + size - 4, ".csv");
    if (format && !csv && strcmp (format, "json") != 0)
        return client_misused (_ ("--format is json or csv"));
    subject_t subject = {0};
    if (!choose (client, duties, &subject))
        return CLIENT_USAGE;
    char *text = csv ? csv_text (&subject) : json_text (&subject);
    int status = deliver (path, text);
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
