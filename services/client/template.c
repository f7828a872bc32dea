#include "template.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/nearest.h"
#include "common/system.h"
#include "common/xmem.h"
#include "report/json.h"
#include "coordination.h"
#include "duties.h"
#include "output.h"
#include "stored.h"
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
    {"_part.task", "Số nhiệm vụ"},
    {"_part.unit", "Đơn vị phối hợp"},
    {"_part.text", "Nội dung đơn vị phối hợp gửi"},
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

// Why it is to be corrected: the standing agency's reason and what the rules found, one a line; "" for nothing. The caller frees it.
static char *to_correct (const client_t *client, const Baocao__V1__SubmissionStatus *status)
{
    char *text = *status->return_reason ? xasprintf (_ ("returned: %s\n"), status->return_reason) : xstrdup ("");
    for (size_t i = 0; i < status->n_findings; i++) {
        const Baocao__V1__Finding *finding = status->findings[i];
        char *longer = xasprintf ("%s%s\n", text, client_pick (client, finding->message_vi, finding->message_en));
        free (text);
        text = longer;
    }
    return text;
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
static json_t *json_entry (const template_subject_t *subject, const Baocao__V1__TaskDuty *task)
{
    const Baocao__V1__TaskProgress *last = template_previous (subject, task->task);
    return json_pack ("{s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:{s:[]}}", "_title", task->title_vi, "task", task->task,
                      "status", "unspecified", "progress_percent", last ? (int)last->progress_percent : 0, "result", "",
                      "next_steps", "", "obstacles", "", "proposals", "", "reason", "", "indicators", json_indicators (task),
                      "budget", "lines");
}

// What other units contribute to the entries' tasks goes into them.
static void json_contributions (const template_subject_t *subject, json_t *report)
{
    size_t index;
    const char *unit;
    json_t *entry;
    const Baocao__V1__CoordinationItem *item;
    for (size_t n = 0; (item = template_contribution (subject, n, &unit)) != NULL; n++)
        json_array_foreach (json_object_get (report, "entries"), index, entry) {
            if (strcmp (json_string_value (json_object_get (entry, "task")), item->task) != 0)
                continue;
            if (!json_object_get (entry, "_contributions"))
                json_object_set_new (entry, "_contributions", json_array ());
            json_t *contribution = coordination_json (item);
            json_object_set_new (contribution, "unit_name", json_string (unit));
            json_array_append_new (json_object_get (entry, "_contributions"), contribution);
        }
}

static char *dump (const template_subject_t *subject, json_t *report)
{
    json_contributions (subject, report);
    char *body = json_dumps (report, JSON_INDENT (2)), *text = xasprintf ("%s\n", body);
    free (body);
    json_decref (report);
    return text;
}

static char *json_filled (const template_subject_t *subject, const char *remarks)
{
    json_t *report = report_to_json (&subject->report->base), *entry;
    size_t i;
    json_object_set_new (report, "_to_correct", json_string (remarks));
    json_array_foreach (json_object_get (report, "entries"), i, entry) {
        for (size_t t = 0; t < subject->plan->n_tasks; t++)
            if (!strcmp (subject->plan->tasks[t]->task, subject->report->entries[i]->task))
                json_object_set_new (entry, "_title", json_string (subject->plan->tasks[t]->title_vi));
    }
    return dump (subject, report);
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
    return dump (subject, report);
}

// --- The command -----------------------------------------------------------------------------------------------------------------

static int deliver (const char *path, const char *text, size_t size)
{
    FILE *file = path ? fopen (path, "wxe") : bc_system_plain_output ();  // never over a file that is being filled
    bool written = file && fwrite (text, 1, size, file) == size && fflush (file) == 0;
    if (!written)
        client_not_written (path, file);
    if (file && path)
        fclose (file);
    return written ? CLIENT_DONE : CLIENT_USAGE;
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

// The format by its name, or by the file's; JSON where there is neither. NULL (said): there is no such format.
static const char *format_of (const char *given, const char *path)
{
    static const char *const FORMATS[] = {"xlsx", "csv", "json"};
    enum { COUNT = sizeof FORMATS / sizeof *FORMATS };
    const char *slash = path ? strrchr (path, '/') : NULL, *file = slash ? slash + 1 : path,
               *dot = file ? strrchr (file, '.') : NULL;
    const char *wanted = given ? given : dot ? dot + 1 : "";
    for (size_t i = 0; i < COUNT; i++)
        if (!strcasecmp (wanted, FORMATS[i]))
            return FORMATS[i];
    if (!given && !path)
        return "json";
    const char *nearest = bc_nearest (wanted, FORMATS, COUNT);
    if (given)
        client_misused (_ ("--format is xlsx, csv or json"));
    else if (nearest)
        client_misused (_ ("the name of the file after -o ends in .xlsx, .csv or .json; did you mean '.%s'?"), nearest);
    else
        client_misused (_ ("the name of the file after -o ends in .xlsx, .csv or .json"));
    return NULL;
}

// The id of the latest report that is to be corrected; the caller frees it. NULL: said, *status_p is the exit code.
static char *returned_id (client_t *client, const template_subject_t *subject, int *status_p)
{
    char *id = NULL;
    Baocao__V1__Status *status = stored_status (client, subject->plan->plan, subject->period->period, 0, 1, status_p);
    if (!status)
        return NULL;
    if (status->n_submissions && stored_needs_correction (status->submissions[0])) {
        id = xmalloc (BC_UUID_TEXT);
        bc_uuid_format (status->submissions[0]->report_id.data, id);
    } else {
        client_say (_ ("no report for period %s of plan %s is waiting to be corrected: see 'baocao status'"),
                    subject->period->period, subject->plan->plan);
        *status_p = CLIENT_REFUSED;
    }
    baocao__v1__status__free_unpacked (status, NULL);
    return id;
}

// The report named by --from; NULL: said, *status_p is the exit code.
static Baocao__V1__StoredReport *get_from (client_t *client, const template_subject_t *subject, const char *from, int *status_p)
{
    uint8_t id[BC_UUID_SIZE];
    *status_p = CLIENT_USAGE;
    bool returned = !strcmp (from, "returned");
    if (!returned && bc_uuid_parse (from, id)) {
        client_misused (_ ("--from is a report id ('baocao status' shows them), or 'returned'"));
        return NULL;
    }
    char *latest = returned ? returned_id (client, subject, status_p) : xstrdup (from);
    Baocao__V1__StoredReport *stored = latest ? stored_get (client, latest, NULL, NULL, status_p) : NULL;
    free (latest);
    return stored;
}

// The file's bytes; the caller frees them. NULL: they cannot be made (errno).
static char *content (const template_subject_t *subject, const char *format, const char *remarks, size_t *size_p)
{
    if (!strcmp (format, "xlsx"))
        return template_xlsx (subject, remarks, size_p);
    char *text = !strcmp (format, "csv") ? template_csv (subject, remarks)
                 : subject->report       ? json_filled (subject, remarks)
                                         : json_text (subject);
    *size_p = strlen (text);
    return text;
}

// What is going to be replaced.
static void say_parts (const Baocao__V1__Coordination *said, const char *unit)
{
    for (size_t i = 0; i < said->n_items; i++)
        if (said->items[i]->kind == BAOCAO__V1__COORDINATION_KIND__COORDINATION_KIND_CONTRIBUTION &&
            !strcmp (said->items[i]->unit, unit))
            client_say (
                _ ("task %s: your part has been sent ('baocao sign-off %s' shows it); what you send takes its place as a whole"),
                said->items[i]->task, said->items[i]->task);
}

static int deliver_as (client_t *client, template_subject_t *subject, const char *format)
{
    size_t size, parts = 0;
    const char *unit;
    bool json = !strcmp (format, "json"), workbook = !strcmp (format, "xlsx");
    const char *path = args_value (client_args (client), "output");
    if (workbook && !path && isatty (STDOUT_FILENO))
        return client_misused (_ ("a workbook cannot be shown on the terminal: name a file with -o, such as -o report.xlsx"));
    int status;
    Baocao__V1__Coordination *said = NULL;
    if (!args_flag (client_args (client), "offline")) {
        said = coordination_look (client, subject->plan->plan, subject->period->period, false, &status);
        if (!said && client_line_result (client) == LINE_INTERRUPTED)
            return status;
        if (!said && !subject->contribute)
            client_say (
                _ ("what coordinating units may have sent could not be asked for, and is not in it; with --offline it is not "
                   "asked for"));
    }
    subject->said = subject->contribute ? NULL : said;
    while (template_contribution (subject, parts, &unit))
        parts++;
    char *remarks = subject->from ? to_correct (client, subject->from->status) : xstrdup ("");
    char *text = content (subject, format, remarks, &size);
    status = text ? deliver (path, text, size) : CLIENT_USAGE;
    if (!text)
        client_say (_ ("cannot write %s: %s"), path ? path : "stdout", client_trouble (errno));
    if (!status && !json && subject->report && subject->report->n_attachments)
        client_say (_ ("the report had %zu attachments, which are not in this file: give them again with --attach"),
                    subject->report->n_attachments);
    if (!status && parts)
        client_say (_ ("what coordinating units have sent is in it: %zu contributions"), parts);
    if (!status && said && subject->contribute)
        say_parts (said, subject->unit);
    if (!status && path && subject->contribute)
        client_say (_ ("next: fill in %s, then run 'baocao contribute %s'"), path, path);
    else if (!status && path && workbook)
        client_say (_ ("next: fill in the yellow cells of %s, then run 'baocao check %s'"), path, path);
    else if (!status && path && isatty (STDERR_FILENO))
        client_say (_ ("next: fill in %s, then run 'baocao check %s'"), path, path);
    free (text);
    free (remarks);
    if (said)
        baocao__v1__coordination__free_unpacked (said, NULL);
    return status;
}

// A report keeps its own plan and period.
static int write_filled (client_t *client, const Baocao__V1__Duties *duties, template_subject_t *subject, const char *format)
{
    int status;
    Baocao__V1__StoredReport *stored = get_from (client, subject, args_value (client_args (client), "from"), &status);
    if (!stored)
        return status;
    Baocao__V1__Report *report = stored_report (stored);
    subject->from = stored;
    subject->report = report;
    subject->plan = report ? duties_plan (duties, report->plan) : NULL;
    subject->period = subject->plan ? duties_period (subject->plan, report->period, 0) : NULL;
    status = CLIENT_REFUSED;
    if (subject->period)
        status = deliver_as (client, subject, format);
    else if (report)
        client_say (_ ("%s has no duty in period %s of plan %s"), duties->unit, report->period, report->plan);
    if (report)
        baocao__v1__report__free_unpacked (report, NULL);
    baocao__v1__stored_report__free_unpacked (stored, NULL);
    return status;
}

static bool has_rows (const template_subject_t *subject)
{
    for (size_t i = 0; i < subject->plan->n_tasks; i++)
        if (template_has_row (subject, i))
            return true;
    return false;
}

static int write_template (client_t *client, const Baocao__V1__Duties *duties)
{
    const char *path = args_value (client_args (client), "output"), *from = args_value (client_args (client), "from");
    const char *format = format_of (args_value (client_args (client), "format"), path);
    if (!format)
        return CLIENT_USAGE;
    template_subject_t subject = {.unit_name = *duties->unit_name_vi ? duties->unit_name_vi : duties->unit,
                                  .contribute = args_flag (client_args (client), "contribute")};
    if (subject.contribute && from)
        return client_misused (_ ("--contribute and --from do not go together"));
    if (!choose (client, duties, &subject))
        return CLIENT_USAGE;
    if (subject.contribute && !has_rows (&subject)) {
        client_say (_ ("%s coordinates no task in period %s"), duties->unit, subject.period->period);
        return CLIENT_REFUSED;
    }
    return from ? write_filled (client, duties, &subject, format) : deliver_as (client, &subject, format);
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
