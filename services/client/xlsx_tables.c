// The tables of the workbook: tasks, money, indicators.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "report/limits.h"
#include "coordination.h"
#include "output.h"
#include "rows.h"
#include "template.h"
#include "xlsx_write.h"

// A cell filled in from the report, if there is one.
static void put_filled (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, uint16_t column, size_t task, const char *key,
                        look_t look)
{
    const Baocao__V1__TaskEntry *entry = template_filled (self->subject, task);
    char *text = entry ? rows_cell (entry, key) : xstrdup ("");
    if (*text && look == LOOK_NUMBER)
        worksheet_write_number (sheet, row, column, strtod (text, NULL), self->looks[look]);
    else
        xlsx_put (self, sheet, row, column, text, look);
    free (text);
}

// --- Tasks -----------------------------------------------------------------------------------------------------------------------

enum { A3 = 8 };

enum { TASK_PREVIOUS = 2, TASK_STATUS, TASK_PROGRESS, TASK_RESULT, TASK_REASON = 9 };

static const xlsx_column_t TASK_COLUMNS[] = {
    {"task", 8, NULL, false},
    {"title", 38, "Nội dung nhiệm vụ theo kế hoạch. Không sửa cột này.", false},
    {"_previous", 15, "Báo cáo được chấp nhận gần nhất đã ghi như vậy; chỉ để đối chiếu.", false},
    {"status", 17, "Chọn một trạng thái trong danh sách: chưa thực hiện, đang thực hiện, hoàn thành, chậm tiến độ, dừng thực hiện.",
     false},
    {"progress_percent", 10, "Số nguyên từ 0 đến 100. Hoàn thành thì ghi 100, chưa thực hiện thì ghi 0.", false},
    {"result", 40, "Kết quả đạt được trong kỳ, có số liệu cụ thể. Bắt buộc khi trạng thái là hoàn thành.", false},
    {"next_steps", 30, "Việc sẽ làm trong thời gian tới.", false},
    {"obstacles", 30, "Khó khăn, vướng mắc; không có thì để trống.", false},
    {"proposals", 30, "Kiến nghị, đề xuất với cấp trên; không có thì để trống.", false},
    {"reason", 28, "Bắt buộc khi trạng thái là chậm tiến độ hoặc dừng thực hiện.", false},
    {NULL, 0, NULL, false},
};

static void put_previous (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, const char *task)
{
    const Baocao__V1__TaskProgress *last = template_previous (self->subject, task);
    char *text = last && (unsigned)last->status < 6
                     ? xasprintf ("%s, %d %%", template_statuses[last->status], (int)last->progress_percent)
                     : xstrdup ("");
    xlsx_put (self, sheet, row, TASK_PREVIOUS, text, LOOK_CODE);
    free (text);
}

static void limit_tasks (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t last)
{
    const char *statuses[6] = {template_statuses[1], template_statuses[2], template_statuses[3],
                               template_statuses[4], template_statuses[5], NULL};
    lxw_data_validation status = {.validate = LXW_VALIDATION_TYPE_LIST, .value_list = (char **)statuses};
    xlsx_limit (sheet, XLSX_FIRST_ROW, last, TASK_STATUS, &status, "Trạng thái", "Chọn trong danh sách (mũi tên bên phải ô).",
                "Hãy chọn một trạng thái trong danh sách, không gõ chữ khác.");
    lxw_data_validation progress = {.validate = LXW_VALIDATION_TYPE_INTEGER,
                                    .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
                                    .minimum_number = 0,
                                    .maximum_number = 100};
    xlsx_limit (sheet, XLSX_FIRST_ROW, last, TASK_PROGRESS, &progress, "Tiến độ", "Số nguyên từ 0 đến 100, không gõ dấu %.",
                "Tiến độ phải là số nguyên từ 0 đến 100.");
    for (int column = TASK_RESULT; column <= TASK_REASON; column++) {
        lxw_data_validation text = {.validate = LXW_VALIDATION_TYPE_LENGTH,
                                    .criteria = LXW_VALIDATION_CRITERIA_LESS_THAN_OR_EQUAL_TO,
                                    .value_number = REPORT_MAX_TEXT};
        xlsx_limit (sheet, XLSX_FIRST_ROW, last, (uint16_t)column, &text, NULL, NULL,
                    "Nội dung dài quá 10.000 ký tự. Hãy rút gọn, hoặc đưa phần chi tiết vào tệp đính kèm.");
    }
    uint32_t n = XLSX_FIRST_ROW + 1;  // as a spreadsheet counts
    char formula[200];
    snprintf (formula, sizeof formula, "=AND(OR($D%u=\"%s\",$D%u=\"%s\"),LEN($J%u)=0)", n, template_statuses[4], n,
              template_statuses[5], n);
    xlsx_alarm (self, sheet, XLSX_FIRST_ROW, last, TASK_REASON, formula);
    snprintf (formula, sizeof formula, "=AND($D%u=\"%s\",LEN($F%u)=0)", n, template_statuses[3], n);
    xlsx_alarm (self, sheet, XLSX_FIRST_ROW, last, TASK_RESULT, formula);
    snprintf (formula, sizeof formula, "=OR(AND($D%u=\"%s\",$E%u<>100),AND($D%u=\"%s\",N($E%u)<>0))", n, template_statuses[3], n, n,
              template_statuses[1], n);
    xlsx_alarm (self, sheet, XLSX_FIRST_ROW, last, TASK_PROGRESS, formula);
}

void xlsx_write_tasks (xlsx_writer_t *self)
{
    lxw_worksheet *sheet =
        xlsx_sheet (self, TEMPLATE_SHEET_TASKS, "KẾT QUẢ THỰC HIỆN NHIỆM VỤ",
                    self->subject->contribute
                        ? "Mỗi dòng là một nhiệm vụ đơn vị phối hợp; chỉ điền dòng nào đơn vị có nội dung gửi cho đơn vị chủ trì."
                        : "Mỗi dòng là một nhiệm vụ đơn vị chủ trì. Chỉ nhập vào các ô nền vàng; ô đổi sang màu đỏ là còn thiếu "
                          "hoặc chưa khớp. Đưa chuột vào tiêu đề cột để xem hướng dẫn.",
                    TASK_COLUMNS);
    static const look_t LOOK[] = {LOOK_CODE, LOOK_LOCKED, LOOK_CODE, LOOK_CHOICE, LOOK_NUMBER};
    const Baocao__V1__PlanDuties *plan = self->subject->plan;
    uint32_t row = XLSX_FIRST_ROW;
    for (size_t i = 0; i < plan->n_tasks; i++) {
        if (!template_has_row (self->subject, i))
            continue;
        xlsx_put (self, sheet, row, 0, plan->tasks[i]->task, LOOK_CODE);
        xlsx_put (self, sheet, row, 1, plan->tasks[i]->title_vi, LOOK_LOCKED);
        put_previous (self, sheet, row, plan->tasks[i]->task);
        double height = xlsx_height (plan->tasks[i]->title_vi, 40) + 6;
        worksheet_set_row (sheet, row, height > 86 ? height : 86, NULL);  // some lines to write in
        for (int column = TASK_STATUS; column <= TASK_REASON; column++)
            put_filled (self, sheet, row, (uint16_t)column, i, TASK_COLUMNS[column].key,
                        column < TASK_RESULT ? LOOK[column] : LOOK_TEXT);
        row++;
    }
    if (row > XLSX_FIRST_ROW)
        limit_tasks (self, sheet, row - 1);
    else {
        worksheet_set_row (sheet, row, 40, NULL);
        xlsx_put (self, sheet, row, 1,
                  "Đơn vị không chủ trì nhiệm vụ nào trong kỳ này. Hãy ghi nhận xét hoặc lý do ở sheet “" TEMPLATE_SHEET_ASSESSMENT
                  "”.",
                  LOOK_LOCKED);
    }
    worksheet_set_paper (sheet, A3);
    worksheet_freeze_panes (sheet, XLSX_FIRST_ROW, 2);
}

// --- Money -----------------------------------------------------------------------------------------------------------------------

enum { MONEY_SOURCE = 2, MONEY_ALLOCATED, MONEY_DISBURSED, MONEY_RATE, MONEY_REASON, SOURCES = 8 };

static const xlsx_column_t MONEY_COLUMNS[] = {
    {"task", 8, NULL, false},
    {"title", 26, NULL, false},
    {"budget.source", 34, "Nguồn kinh phí. Không sửa cột này; nguồn không dùng thì để trống số tiền.", false},
    {"budget.allocated", 22, "Số được giao, phân bổ trong kỳ, theo đồng (không phải nghìn hay triệu đồng).", false},
    {"budget.disbursed", 22, "Số đã giải ngân đến ngày báo cáo, theo đồng.", false},
    {"_rate", 13, "Tự tính.", false},
    {"budget.reason", 40, "Bắt buộc khi đã giải ngân nhiều hơn số được giao.", false},
    {NULL, 0, NULL, false},
};

static void put_money (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, uint16_t column, bool given, int64_t amount)
{
    if (given)
        worksheet_write_number (sheet, row, column, (double)amount, self->looks[LOOK_MONEY]);
    else
        worksheet_write_blank (sheet, row, column, self->looks[LOOK_MONEY]);
}

static void put_rate (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, look_t look)
{
    char formula[80];
    snprintf (formula, sizeof formula, "=IF(N(D%u)>0,E%u/D%u,\"\")", row + 1, row + 1, row + 1);
    worksheet_write_formula_str (sheet, row, MONEY_RATE, formula, self->looks[look], "");
}

static void put_source (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, size_t task, int source)
{
    static const Baocao__V1__BudgetLine none = BAOCAO__V1__BUDGET_LINE__INIT;
    const Baocao__V1__TaskEntry *entry = template_filled (self->subject, task);
    const Baocao__V1__BudgetLine *line = &none;
    for (size_t i = 0; entry && entry->budget && i < entry->budget->n_lines; i++)
        if ((int)entry->budget->lines[i]->source == source)
            line = entry->budget->lines[i];
    worksheet_set_row (sheet, row, 17, NULL);
    xlsx_put (self, sheet, row, 0, self->subject->plan->tasks[task]->task, LOOK_QUIET);
    xlsx_put (self, sheet, row, 1, "", LOOK_LOCKED);
    xlsx_put (self, sheet, row, MONEY_SOURCE, template_sources[source], LOOK_LOCKED);
    put_money (self, sheet, row, MONEY_ALLOCATED, line->allocated_figure_case != BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE__NOT_SET,
               line->allocated);
    put_money (self, sheet, row, MONEY_DISBURSED, line->disbursed_figure_case != BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE__NOT_SET,
               line->disbursed);
    put_rate (self, sheet, row, LOOK_RATE);
    xlsx_put (self, sheet, row, MONEY_REASON, line->reason, LOOK_TEXT);
}

// The task's line: its text, and the sums of its sources, which stand below it.
static void put_sums (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, size_t task)
{
    const Baocao__V1__TaskEntry *entry = template_filled (self->subject, task);
    int64_t sums[2] = {0, 0};
    for (size_t i = 0; entry && entry->budget && i < entry->budget->n_lines; i++) {
        sums[0] += entry->budget->lines[i]->allocated;
        sums[1] += entry->budget->lines[i]->disbursed;
    }
    const char *title = self->subject->plan->tasks[task]->title_vi;
    xlsx_put (self, sheet, row, 0, self->subject->plan->tasks[task]->task, LOOK_GROUP);
    worksheet_merge_range (sheet, row, 1, row, MONEY_SOURCE, title, self->looks[LOOK_GROUP]);
    worksheet_set_row (sheet, row, xlsx_height (title, 60) + 6, NULL);
    for (int column = MONEY_ALLOCATED; column <= MONEY_DISBURSED; column++) {
        char formula[80], letter = (char)('A' + column);
        snprintf (formula, sizeof formula, "=SUM(%c%u:%c%u)", letter, row + 2, letter, row + 1 + SOURCES);
        worksheet_write_formula_num (sheet, row, (uint16_t)column, formula, self->looks[LOOK_SUM],
                                     (double)sums[column - MONEY_ALLOCATED]);
    }
    put_rate (self, sheet, row, LOOK_SUM_RATE);
    xlsx_put (self, sheet, row, MONEY_REASON, "", LOOK_GROUP);
}

static void limit_money (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t last)
{
    for (int column = MONEY_ALLOCATED; column <= MONEY_DISBURSED; column++) {
        lxw_data_validation money = {.validate = LXW_VALIDATION_TYPE_DECIMAL,
                                     .criteria = LXW_VALIDATION_CRITERIA_GREATER_THAN_OR_EQUAL_TO,
                                     .value_number = 0};
        xlsx_limit (sheet, XLSX_FIRST_ROW, last, (uint16_t)column, &money, "Số tiền",
                    "Theo đồng, chỉ gõ chữ số. Không có số liệu thì để trống.",
                    "Số tiền phải là số từ 0 trở lên, tính theo đồng. Ví dụ: 1234567.");
    }
    char formula[80];
    uint32_t n = XLSX_FIRST_ROW + 1;
    snprintf (formula, sizeof formula, "=AND($C%u<>\"\",N($E%u)>N($D%u),LEN($G%u)=0)", n, n, n, n);
    xlsx_alarm (self, sheet, XLSX_FIRST_ROW, last, MONEY_REASON, formula);
}

void xlsx_write_budget (xlsx_writer_t *self)
{
    lxw_worksheet *sheet =
        xlsx_sheet (self, TEMPLATE_SHEET_BUDGET, "KINH PHÍ THEO NGUỒN",
                    "Đơn vị tính: đồng. Nguồn nào có số liệu thì nhập, nguồn không có thì để trống (số 0 là có số liệu, bằng "
                    "không). Dòng in đậm tự cộng.",
                    MONEY_COLUMNS);
    uint32_t row = XLSX_FIRST_ROW;
    for (size_t i = 0; i < self->subject->plan->n_tasks; i++) {
        if (!template_has_row (self->subject, i))
            continue;
        put_sums (self, sheet, row++, i);
        for (int source = 1; source <= SOURCES; source++)
            put_source (self, sheet, row++, i, source);
    }
    if (row > XLSX_FIRST_ROW)
        limit_money (self, sheet, row - 1);
    worksheet_freeze_panes (sheet, XLSX_FIRST_ROW, 3);
}

// --- Indicators ------------------------------------------------------------------------------------------------------------------

enum { INDICATOR_VALUE = 4, INDICATOR_NO_FIGURE, INDICATOR_CODE };

static const xlsx_column_t INDICATOR_COLUMNS[] = {
    {"task", 9, NULL, false},
    {"_indicator", 55, "Tên chỉ tiêu theo kế hoạch.", false},
    {"_measure", 14, NULL, false},
    {"_target", 14, "Mức phải đạt khi kết thúc kế hoạch.", false},
    {"indicator.value", 22, "Số liệu của kỳ này.", false},
    {"indicator.no_figure", 50, "Nếu chưa có số liệu: để trống ô giá trị và ghi lý do ở đây.", false},
    {"indicator", 10, NULL, true},
    {NULL, 0, NULL, false},
};

bool xlsx_has_indicators (const xlsx_writer_t *self)
{
    const Baocao__V1__PlanDuties *plan = self->subject->plan;
    for (size_t i = 0; i < plan->n_tasks; i++)
        if (template_has_row (self->subject, i) && plan->tasks[i]->n_indicators)
            return true;
    return false;
}

static void limit_value (lxw_worksheet *sheet, uint32_t row, const Baocao__V1__Indicator *indicator)
{
    static const char *const YES_NO[] = {"có", "không", NULL};
    bool whole = indicator->type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_INTEGER, low = *indicator->minimum,
         high = *indicator->maximum;
    lxw_data_validation rule = {.validate = whole ? LXW_VALIDATION_TYPE_INTEGER : LXW_VALIDATION_TYPE_DECIMAL,
                                .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
                                .minimum_number = low ? strtod (indicator->minimum, NULL) : -1e15,
                                .maximum_number = high ? strtod (indicator->maximum, NULL) : 1e15};
    char message[200];
    snprintf (message, sizeof message, "%s%s%s%s%s.", whole ? "Số nguyên" : "Số, có thể có phần lẻ", low ? " từ " : "",
              indicator->minimum, high ? " đến " : "", indicator->maximum);
    if (indicator->type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_BOOLEAN) {
        rule = (lxw_data_validation){.validate = LXW_VALIDATION_TYPE_LIST, .value_list = (char **)YES_NO};
        snprintf (message, sizeof message, "Chọn có hoặc không.");
    } else if (indicator->type == BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_TEXT)
        return;
    xlsx_limit (sheet, row, row, INDICATOR_VALUE, &rule, "Giá trị", message, message);
}

static void put_value (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, size_t task, const Baocao__V1__Indicator *indicator)
{
    static const look_t LOOK[] = {
        [BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_UNSPECIFIED] = LOOK_TEXT,
        [BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_INTEGER] = LOOK_NUMBER,
        [BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_DECIMAL] = LOOK_DECIMAL,
        [BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_BOOLEAN] = LOOK_CHOICE,
        [BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_TEXT] = LOOK_TEXT,
    };
    const Baocao__V1__TaskEntry *entry = template_filled (self->subject, task);
    char *key = xasprintf ("indicator.%s", indicator->indicator), *value = entry ? rows_cell (entry, key) : xstrdup ("");
    look_t look = (unsigned)indicator->type < 5 ? LOOK[indicator->type] : LOOK_TEXT;
    char *comma = strchr (value, ',');
    if (look == LOOK_DECIMAL && comma)
        *comma = '.';
    if (*value && (look == LOOK_NUMBER || look == LOOK_DECIMAL))
        worksheet_write_number (sheet, row, INDICATOR_VALUE, strtod (value, NULL), self->looks[look]);
    else
        xlsx_put (self, sheet, row, INDICATOR_VALUE, value, look);
    free (key);
    free (value);
}

static void put_indicator (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, size_t task,
                           const Baocao__V1__Indicator *indicator)
{
    char *title = xasprintf ("%s%s", indicator->title_vi, indicator->required ? " (bắt buộc)" : ""),
         *key = xasprintf ("no_figure.%s", indicator->indicator);
    char *target = xstrdup (indicator->target), *point = strchr (target, '.');
    if (point)
        *point = ',';
    worksheet_set_row (sheet, row, 34, NULL);
    xlsx_put (self, sheet, row, 0, self->subject->plan->tasks[task]->task, LOOK_CODE);
    xlsx_put (self, sheet, row, 1, title, LOOK_LOCKED);
    xlsx_put (self, sheet, row, 2, indicator->unit_of_measure, LOOK_CODE);
    xlsx_put (self, sheet, row, 3, target, LOOK_CODE);
    put_value (self, sheet, row, task, indicator);
    put_filled (self, sheet, row, INDICATOR_NO_FIGURE, task, key, LOOK_TEXT);
    xlsx_put (self, sheet, row, INDICATOR_CODE, indicator->indicator, LOOK_QUIET);
    limit_value (sheet, row, indicator);
    free (target);
    free (title);
    free (key);
}

void xlsx_write_indicators (xlsx_writer_t *self)
{
    lxw_worksheet *sheet =
        xlsx_sheet (self, TEMPLATE_SHEET_INDICATORS, "CHỈ TIÊU",
                    "Nhập giá trị của từng chỉ tiêu; nếu chưa có số liệu thì để trống giá trị và ghi lý do.", INDICATOR_COLUMNS);
    const Baocao__V1__PlanDuties *plan = self->subject->plan;
    uint32_t row = XLSX_FIRST_ROW;
    for (size_t i = 0; i < plan->n_tasks; i++)
        for (size_t k = 0; template_has_row (self->subject, i) && k < plan->tasks[i]->n_indicators; k++)
            put_indicator (self, sheet, row++, i, plan->tasks[i]->indicators[k]);
    worksheet_freeze_panes (sheet, XLSX_FIRST_ROW, 0);
}

// --- Contributions ---------------------------------------------------------------------------------------------------------------

// All of the text in one cell, so that whatever another unit writes the sheet has nothing that looks like a table to be read.
static const xlsx_column_t PART_COLUMNS[] = {
    {"_part.task", 10, NULL, false}, {"_part.unit", 36, NULL, false}, {"_part.text", 110, NULL, false}, {NULL, 0, NULL, false}};

typedef struct {
    xlsx_writer_t *writer;
    lxw_worksheet *sheet;
    uint32_t row;
    const char *task, *unit;
} part_t;

static void put_part (void *arg, const char *label, const char *value)
{
    part_t *part = arg;
    char *text = xasprintf ("%s: %s", label, value);
    xlsx_put (part->writer, part->sheet, part->row, 0, part->task, LOOK_CODE);
    xlsx_put (part->writer, part->sheet, part->row, 1, part->unit, LOOK_LOCKED);
    xlsx_put (part->writer, part->sheet, part->row, 2, text, LOOK_LOCKED);
    double height = xlsx_height (text, 115) + 6;
    worksheet_set_row (part->sheet, part->row++, height < 400 ? height : 400, NULL);  // more than 409 a row cannot be
    free (text);
}

void xlsx_write_contributions (xlsx_writer_t *self)
{
    const char *unit;
    const Baocao__V1__CoordinationItem *item = template_contribution (self->subject, 0, &unit);
    if (!item)
        return;
    part_t part = {.writer = self, .row = XLSX_FIRST_ROW};
    part.sheet = xlsx_sheet (self, TEMPLATE_SHEET_CONTRIBUTIONS, "PHẦN ĐƠN VỊ PHỐI HỢP GỬI",
                             "Chỉ để đọc: hãy đưa nội dung cần thiết vào sheet “" TEMPLATE_SHEET_TASKS "”.", PART_COLUMNS);
    for (size_t n = 0; (item = template_contribution (self->subject, n, &unit)) != NULL; n++) {
        part.task = item->task;
        part.unit = unit;
        coordination_cells (NULL, item, NULL, put_part, &part);
    }
    worksheet_freeze_panes (part.sheet, XLSX_FIRST_ROW, 0);
}
