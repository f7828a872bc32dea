// workbook ROUNDS: how long the check of a filled workbook of 44 tasks takes (reading it and applying the rules), beside merely inflating its
// parts and parsing their XML. One JSON object: check_ms and parse_ms, each the median of so many rounds.
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zip.h>

#include "client/file.h"
#include "client/template_subject.h"
#include "common/xmem.h"
#include "validation/rules.h"

enum { TASKS = 44, ROUNDS_MAX = 1000 };

static const char TEXT[] =
    "Tổ chức 38 phiên giao dịch việc làm, kết nối 14.600 lao động; sắp xếp xong 5/7 trường cao đẳng, trung cấp.";

static Baocao__V1__PlanDuties plan = BAOCAO__V1__PLAN_DUTIES__INIT;
static Baocao__V1__PeriodDuty period = BAOCAO__V1__PERIOD_DUTY__INIT, *periods[] = {&period};
static Baocao__V1__TaskDuty tasks[TASKS], *task_list[TASKS];
static Baocao__V1__TaskEntry entries[TASKS], *entry_list[TASKS];
static Baocao__V1__Budget budgets[TASKS];
static Baocao__V1__BudgetLine line = BAOCAO__V1__BUDGET_LINE__INIT, *lines[] = {&line};
static Baocao__V1__Document document = BAOCAO__V1__DOCUMENT__INIT;
static Baocao__V1__Report report = BAOCAO__V1__REPORT__INIT;
static char codes[TASKS][8];

static void make_task (int i)
{
    snprintf (codes[i], sizeof codes[i], "T.%d", i + 1);
    baocao__v1__task_duty__init (&tasks[i]);
    tasks[i].task = codes[i];
    tasks[i].title_vi = (char *)TEXT;
    tasks[i].role = BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD;
    task_list[i] = &tasks[i];
    baocao__v1__budget__init (&budgets[i]);
    budgets[i].lines = lines;
    budgets[i].n_lines = 1;
    baocao__v1__task_entry__init (&entries[i]);
    entries[i].task = codes[i];
    entries[i].status = BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED;
    entries[i].progress_percent = 100;
    entries[i].result = entries[i].next_steps = entries[i].obstacles = entries[i].proposals = (char *)TEXT;
    entries[i].budget = &budgets[i];
    entry_list[i] = &entries[i];
}

static char *make_workbook (size_t *size_p)
{
    for (int i = 0; i < TASKS; i++)
        make_task (i);
    line.source = BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_PROVINCIAL;
    line.allocated_figure_case = BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED;
    line.disbursed_figure_case = BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED;
    line.allocated = line.disbursed = 1000000;
    document.number = "1/BC", document.date = "2025-12-05", document.signer = "Nguyễn Văn A";
    report.plan = plan.plan = "p";
    report.period = period.period = "2025";
    period.obligation = BAOCAO__V1__OBLIGATION__OBLIGATION_MUST;
    report.unit = "u";
    report.document = &document;
    report.entries = entry_list;
    plan.tasks = task_list;
    report.n_entries = plan.n_tasks = TASKS;
    plan.periods = periods;
    plan.n_periods = 1;
    template_subject_t subject = {.unit = "u", .unit_name = "Đơn vị", .plan = &plan, .period = &period, .report = &report};
    return template_xlsx (&subject, "", size_p);
}

static void check (const char *data, size_t size)
{
    char *error;
    findings_t findings;
    file_t *file = file_new (data, size, NULL, &error);
    if (!file || file->complaints.errors || file->report->n_entries != TASKS)
        abort ();
    findings_init (&findings);
    rules_facts_t facts = {.unit = "u", .duties = &plan, .received_at = INT64_C (1765000000000)};
    rules_check (file->report, &facts, &findings);
    if (findings.errors)
        abort ();
    findings_clear (&findings);
    file_destroy (&file);
}

static void parse (const char *data, size_t size)
{
    static char buffer[1 << 20];
    zip_t *zip = zip_open_from_source (zip_source_buffer_create (data, size, 0, NULL), ZIP_RDONLY, NULL);
    for (zip_int64_t i = 0; i < zip_get_num_entries (zip, 0); i++) {
        zip_file_t *part = zip_fopen_index (zip, (zip_uint64_t)i, 0);
        XML_Parser parser = XML_ParserCreateNS (NULL, '|');
        zip_int64_t got;
        while ((got = zip_fread (part, buffer, sizeof buffer)) > 0)
            if (XML_Parse (parser, buffer, (int)got, 0) != XML_STATUS_OK)
                abort ();
        XML_ParserFree (parser);
        zip_fclose (part);
    }
    zip_discard (zip);
}

static int by_size (const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double median_ms (void (*work) (const char *, size_t), const char *data, size_t size, int rounds)
{
    double times[ROUNDS_MAX];
    for (int i = 0; i < rounds; i++) {
        struct timespec begin, end;
        clock_gettime (CLOCK_MONOTONIC, &begin);
        work (data, size);
        clock_gettime (CLOCK_MONOTONIC, &end);
        times[i] = (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6;
    }
    qsort (times, (size_t)rounds, sizeof *times, by_size);
    return times[rounds / 2];
}

int main (int argc, char **argv)
{
    size_t size;
    int rounds = argc > 1 ? atoi (argv[1]) : 100;
    char *data = make_workbook (&size);
    if (!data || rounds < 1 || rounds > ROUNDS_MAX)
        return EXIT_FAILURE;
    printf ("{\"check_ms\": %.3f, \"parse_ms\": %.3f, \"bytes\": %zu}\n", median_ms (check, data, size, rounds),
            median_ms (parse, data, size, rounds), size);
    free (data);
    return EXIT_SUCCESS;
}
