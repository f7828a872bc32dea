// The template as an Excel workbook (template.h), made to be filled in by somebody who has seen no other explanation.
#include "xlsx_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "report/limits.h"
#include "report/text.h"
#include "client.h"
#include "output.h"
#include "rows.h"
#include "template.h"

enum { A4 = 9, FILLED = 0xFFFBE0, GIVEN = 0xF3F4F6, BAND = 0xDCE6F1, INK = 0x1F3864, LINE = 0xA6A6A6 };

// --- Looks -----------------------------------------------------------------------------------------------------------------------

static void box (lxw_format *format, lxw_color_t background)
{
    format_set_border (format, LXW_BORDER_THIN);
    format_set_border_color (format, LINE);
    format_set_bg_color (format, background);
    format_set_text_wrap (format);
    format_set_align (format, LXW_ALIGN_VERTICAL_TOP);
}

static void make_given (xlsx_writer_t *self)
{
    lxw_format **looks = self->looks;
    format_set_bold (looks[LOOK_HEADING]);
    format_set_font_size (looks[LOOK_HEADING], 15);
    format_set_font_color (looks[LOOK_HEADING], INK);
    format_set_font_color (looks[LOOK_REMARK], 0x595959);
    box (looks[LOOK_TITLE], INK);
    format_set_bold (looks[LOOK_TITLE]);
    format_set_font_color (looks[LOOK_TITLE], LXW_COLOR_WHITE);
    format_set_align (looks[LOOK_TITLE], LXW_ALIGN_CENTER);
    format_set_align (looks[LOOK_TITLE], LXW_ALIGN_VERTICAL_CENTER);
    for (look_t look = LOOK_LOCKED; look <= LOOK_SUM_RATE; look++)
        box (looks[look], look >= LOOK_GROUP ? BAND : GIVEN);
    for (look_t look = LOOK_GROUP; look <= LOOK_COMMAND; look++)
        format_set_align (looks[look], LXW_ALIGN_VERTICAL_CENTER);
    format_set_align (looks[LOOK_CODE], LXW_ALIGN_CENTER);
    format_set_align (looks[LOOK_QUIET], LXW_ALIGN_CENTER);
    format_set_font_color (looks[LOOK_QUIET], 0x8C8C8C);
    format_set_bold (looks[LOOK_GROUP]);
    format_set_bold (looks[LOOK_SUM]);
    format_set_bold (looks[LOOK_STEP]);
    format_set_num_format (looks[LOOK_SUM], "#,##0;-#,##0;\"–\"");
    format_set_num_format (looks[LOOK_RATE], "0.0%");
    format_set_num_format (looks[LOOK_SUM_RATE], "0.0%");
    format_set_align (looks[LOOK_SUM], LXW_ALIGN_RIGHT);
    format_set_align (looks[LOOK_RATE], LXW_ALIGN_RIGHT);
    format_set_align (looks[LOOK_SUM_RATE], LXW_ALIGN_RIGHT);
    format_set_text_wrap (looks[LOOK_GUIDE]);
    format_set_font_color (looks[LOOK_STEP], INK);
    format_set_align (looks[LOOK_STEP], LXW_ALIGN_CENTER);
    format_set_indent (looks[LOOK_COMMAND], 2);
    format_set_font_name (looks[LOOK_COMMAND], "Consolas");
    format_set_bg_color (looks[LOOK_COMMAND], GIVEN);
}

static void make_looks (xlsx_writer_t *self)
{
    for (look_t look = 0; look < LOOKS; look++) {
        self->looks[look] = workbook_add_format (self->workbook);
        if (look == LOOK_ALARM)
            continue;
        format_set_font_name (self->looks[look], "Times New Roman");
        format_set_font_size (self->looks[look], 12);
    }
    make_given (self);
    for (look_t look = LOOK_TEXT; look <= LOOK_DATE; look++) {
        box (self->looks[look], FILLED);
        format_set_unlocked (self->looks[look]);
    }
    format_set_num_format (self->looks[LOOK_TEXT], "@");  // so that "- một" and "12/5" stay what they are
    format_set_num_format (self->looks[LOOK_NUMBER], "#,##0");
    format_set_align (self->looks[LOOK_NUMBER], LXW_ALIGN_CENTER);
    format_set_num_format (self->looks[LOOK_DECIMAL], "#,##0.######");
    format_set_num_format (self->looks[LOOK_MONEY], "#,##0");
    format_set_num_format (self->looks[LOOK_DATE], "dd/mm/yyyy");
    format_set_align (self->looks[LOOK_DATE], LXW_ALIGN_LEFT);
    format_set_bg_color (self->looks[LOOK_ALARM], 0xFFC7CE);
}

// --- Sheets ----------------------------------------------------------------------------------------------------------------------

void xlsx_put (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, uint16_t column, const char *text, look_t look)
{
    if (*text)
        worksheet_write_string (sheet, row, column, text, self->looks[look]);
    else
        worksheet_write_blank (sheet, row, column, self->looks[look]);
}

double xlsx_height (const char *text, size_t line)
{
    size_t lines = lxw_utf8_strlen (text) / line + 1;
    return 16.0 * (double)lines;
}

static lxw_worksheet *bare_sheet (xlsx_writer_t *self, const char *name, const char *heading)
{
    lxw_worksheet *sheet = workbook_add_worksheet (self->workbook, name);
    lxw_protection allowed = {.format_cells = 1, .format_columns = 1, .format_rows = 1};
    worksheet_protect (sheet, NULL, &allowed);
    worksheet_gridlines (sheet, LXW_HIDE_ALL_GRIDLINES);
    worksheet_set_paper (sheet, A4);
    worksheet_set_landscape (sheet);
    worksheet_fit_to_pages (sheet, 1, 0);
    worksheet_set_margins (sheet, 0.4, 0.4, 0.5, 0.6);
    worksheet_set_footer (sheet, "&L&\"Times New Roman\"&9&A&R&\"Times New Roman\"&9Trang &P/&N");
    worksheet_set_row (sheet, 0, 24, NULL);
    xlsx_put (self, sheet, 0, 0, heading, LOOK_HEADING);
    return sheet;
}

lxw_worksheet *xlsx_sheet (xlsx_writer_t *self, const char *name, const char *heading, const char *remark,
                           const xlsx_column_t *columns)
{
    lxw_worksheet *sheet = bare_sheet (self, name, heading);
    lxw_row_col_options hidden = {.hidden = 1};
    char *about = xasprintf ("%s. Kế hoạch %s, kỳ báo cáo %s.", self->subject->unit_name, self->subject->plan->plan,
                             self->subject->period->period);
    xlsx_put (self, sheet, 1, 0, about, LOOK_REMARK);
    free (about);
    xlsx_put (self, sheet, 2, 0, remark, LOOK_REMARK);
    for (uint16_t i = 0; columns[i].key; i++) {
        lxw_comment_options size = {
            .width = 260, .height = 90, .author = "baocao", .font_name = "Times New Roman", .font_size = 11};
        bool eye = columns[i].key[0] == '_' && !*template_label (columns[i].key);
        xlsx_put (self, sheet, XLSX_TITLE_ROW, i, eye ? "" : template_label (columns[i].key), LOOK_TITLE);
        worksheet_write_string (sheet, XLSX_KEY_ROW, i, columns[i].key, self->looks[LOOK_QUIET]);
        if (columns[i].comment)
            worksheet_write_comment_opt (sheet, XLSX_TITLE_ROW, i, columns[i].comment, &size);
        worksheet_set_column_opt (sheet, i, i, columns[i].width, NULL, columns[i].hidden ? &hidden : NULL);
    }
    worksheet_set_row (sheet, XLSX_TITLE_ROW, 36, NULL);
    worksheet_set_row_opt (sheet, XLSX_KEY_ROW, LXW_DEF_ROW_HEIGHT, NULL, &hidden);
    worksheet_repeat_rows (sheet, XLSX_TITLE_ROW, XLSX_TITLE_ROW);
    return sheet;
}

void xlsx_limit (lxw_worksheet *sheet, uint32_t first, uint32_t last, uint16_t column, lxw_data_validation *rule, const char *title,
                 const char *message, const char *error)
{
    rule->input_title = (char *)title;  // the library only reads them
    rule->input_message = (char *)message;
    rule->error_title = "Chưa đúng";
    rule->error_message = (char *)error;
    worksheet_data_validation_range (sheet, first, column, last, column, rule);
}

void xlsx_alarm (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t first, uint32_t last, uint16_t column, const char *formula)
{
    lxw_conditional_format rule = {
        .type = LXW_CONDITIONAL_TYPE_FORMULA, .value_string = (char *)formula, .format = self->looks[LOOK_ALARM]};
    worksheet_conditional_format_range (sheet, first, column, last, column, &rule);
}

// --- Facts -----------------------------------------------------------------------------------------------------------------------

static const xlsx_column_t FACT_COLUMNS[] = {
    {"_label", 32, NULL, false}, {"value", 80, NULL, false}, {"_hint", 52, NULL, false},
    {"fact", 10, NULL, true},    {NULL, 0, NULL, false},
};

typedef struct {
    const char *fact, *hint;
    look_t look;
    double height;
    int limit;  // characters
} fact_row_t;

static const fact_row_t DOCUMENT[] = {
    {"document.number", "Ghi đúng như trên văn bản, ví dụ: 45/BC-SYT", LOOK_TEXT, 18, REPORT_MAX_NUMBER},
    {"document.date", "Ngày/tháng/năm, ví dụ: 05/12/2025; không muộn hơn ngày gửi", LOOK_DATE, 18, 0},
    {"document.signer", "Họ và tên người ký văn bản", LOOK_TEXT, 18, REPORT_MAX_NAME},
    {"document.signer_title", "Ví dụ: Giám đốc; có thể để trống", LOOK_TEXT, 18, REPORT_MAX_NAME},
    {0},
};

static const fact_row_t ASSESSMENT[] = {
    {"general_assessment", "Đánh giá chung về tình hình thực hiện trong kỳ; xuống dòng trong ô bằng Alt+Enter", LOOK_TEXT, 320,
     REPORT_MAX_ASSESSMENT},
    {"nothing_to_report", "Chỉ ghi khi trong kỳ không có gì để báo cáo: ghi lý do ở đây và để trống các sheet khác", LOOK_TEXT, 60,
     REPORT_MAX_REASON},
    {0},
};

static void put_date (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, const char *iso)
{
    lxw_datetime date = {.year = (int)strtol (iso, NULL, 10)};
    if (text_is_date (iso)) {
        date.month = (int)strtol (iso + 5, NULL, 10);
        date.day = (int)strtol (iso + 8, NULL, 10);
        worksheet_write_datetime (sheet, row, 1, &date, self->looks[LOOK_DATE]);
    } else
        xlsx_put (self, sheet, row, 1, "", LOOK_DATE);
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_DATE,
                                .criteria = LXW_VALIDATION_CRITERIA_GREATER_THAN,
                                .value_datetime = {2000, 1, 1, 0, 0, 0}};
    xlsx_limit (sheet, row, row, 1, &rule, "Ngày ban hành", "Gõ ngày/tháng/năm.", "Hãy gõ một ngày, ví dụ 05/12/2025.");
}

static void write_facts (xlsx_writer_t *self, const char *name, const char *heading, const char *remark, const fact_row_t *facts)
{
    lxw_worksheet *sheet = xlsx_sheet (self, name, heading, remark, FACT_COLUMNS);
    for (uint32_t i = 0; facts[i].fact; i++) {
        uint32_t row = XLSX_FIRST_ROW + i;
        char *value = self->subject->report ? rows_fact (self->subject->report, facts[i].fact) : xstrdup ("");
        worksheet_set_row (sheet, row, facts[i].height, NULL);
        xlsx_put (self, sheet, row, 0, template_label (facts[i].fact), LOOK_GROUP);
        xlsx_put (self, sheet, row, 2, facts[i].hint, LOOK_LOCKED);
        xlsx_put (self, sheet, row, 3, facts[i].fact, LOOK_QUIET);
        lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LENGTH,
                                    .criteria = LXW_VALIDATION_CRITERIA_LESS_THAN_OR_EQUAL_TO,
                                    .value_number = facts[i].limit};
        char error[80];
        snprintf (error, sizeof error, "Nội dung dài quá %d ký tự. Hãy rút gọn.", facts[i].limit);
        if (facts[i].look == LOOK_DATE)
            put_date (self, sheet, row, value);
        else {
            xlsx_put (self, sheet, row, 1, value, LOOK_TEXT);
            xlsx_limit (sheet, row, row, 1, &rule, NULL, NULL, error);
        }
        free (value);
    }
}

// So that check knows what the workbook is for, whatever becomes of the other sheets.
static void write_hidden (xlsx_writer_t *self)
{
    const char *const facts[][2] = {{"fact", "value"},
                                    {"plan", self->subject->plan->plan},
                                    {"period", self->subject->period->period},
                                    {"unit", self->subject->unit},
                                    {"template_version", TEMPLATE_VERSION}};
    lxw_worksheet *sheet = workbook_add_worksheet (self->workbook, TEMPLATE_SHEET_HIDDEN);
    for (uint32_t i = 0; i < sizeof facts / sizeof *facts; i++)
        for (uint16_t column = 0; column < 2; column++)
            worksheet_write_string (sheet, i, column, facts[i][column], NULL);
    worksheet_protect (sheet, NULL, NULL);
    worksheet_hide (sheet);
}

// --- The guide -------------------------------------------------------------------------------------------------------------------

static void guide_line (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row, const char *number, const char *text)
{
    bool command = !strncmp (text, "baocao ", 7);
    xlsx_put (self, sheet, row, 0, number, LOOK_STEP);
    xlsx_put (self, sheet, row, 1, text, command ? LOOK_COMMAND : LOOK_GUIDE);
    worksheet_set_row (sheet, row, xlsx_height (text, 125) + 8, NULL);
}

static void write_remarks (xlsx_writer_t *self, lxw_worksheet *sheet, uint32_t row)
{
    if (!*self->remarks)
        return;
    xlsx_put (self, sheet, row++, 0, "CẦN SỬA", LOOK_HEADING);
    for (const char *line = self->remarks; *line; row++) {
        char *text = xmemdup (line, strcspn (line, "\n"));
        guide_line (self, sheet, row, "•", text);
        line += strlen (text) + (line[strlen (text)] == '\n');
        free (text);
    }
}

// The last minute that is on time.
static char *deadline (const template_subject_t *subject)
{
    char text[64];
    int64_t at = output_ms (subject->period->due_at);
    time_t seconds = (time_t)(at / 1000 - 60 + subject->plan->utc_offset_minutes * INT64_C (60));
    struct tm local;
    if (!at)
        return xstrdup ("");
    gmtime_r (&seconds, &local);
    strftime (text, sizeof text, "%H:%M ngày %d/%m/%Y", &local);
    return xasprintf (" Hạn nộp: trước hết %s.", text);
}

static void write_guide (xlsx_writer_t *self)
{
    bool part = self->subject->contribute;
    lxw_worksheet *sheet =
        bare_sheet (self, TEMPLATE_SHEET_GUIDE, part ? "PHẦN PHỐI HỢP: CÁCH ĐIỀN VÀ GỬI" : "BÁO CÁO ĐỊNH KỲ: CÁCH ĐIỀN VÀ GỬI");
    char *until = deadline (self->subject);
    char *about = xasprintf ("%s. %s (%s), kỳ báo cáo %s.%s", self->subject->unit_name, self->subject->plan->title_vi,
                             self->subject->plan->plan, self->subject->period->period, until);
    const char *const lines[][2] = {
        {"", about},
        {"1", "Mở lần lượt các sheet ở cạnh dưới màn hình và nhập vào các ô nền vàng. Ô nền xám là nội dung có sẵn, đã khóa."},
        {"2", "Sheet “" TEMPLATE_SHEET_TASKS
              "”: mỗi nhiệm vụ một dòng. Chọn trạng thái, ghi tiến độ (0 đến 100) và kết quả. Chậm tiến độ "
              "hoặc dừng thì ghi lý do."},
        {"3", "Sheet “" TEMPLATE_SHEET_BUDGET "”: số tiền theo từng nguồn, tính bằng đồng. Không có số liệu thì để trống."},
        {"4", xlsx_has_indicators (self) ? "Sheet “" TEMPLATE_SHEET_INDICATORS
                                           "”: giá trị từng chỉ tiêu; chưa có số liệu thì ghi lý do."
                                         : "Kế hoạch này không giao chỉ tiêu bằng số cho đơn vị, nên không có sheet chỉ tiêu."},
        {"5", "Sheet “" TEMPLATE_SHEET_ASSESSMENT "” và sheet “" TEMPLATE_SHEET_DOCUMENT
              "”: đánh giá chung; số, ngày ban hành và người ký "
              "của văn bản báo cáo."},
        {"6", "Lưu tệp (vẫn dạng .xlsx), rồi kiểm tra bằng lệnh dưới đây. Lỗi được chỉ rõ ở sheet nào, ô nào, sửa thế nào."},
        {"", "baocao check report.xlsx"},
        {"7", "Hết lỗi thì gửi, kèm bản ký đã quét (nếu có). Gửi lại nhiều lần vẫn chỉ tính một lần."},
        {"", "baocao push report.xlsx --attach van-ban.pdf"},
        {"!", "Dán nội dung từ nơi khác: dùng Paste Special > Values (Dán đặc biệt > Giá trị) để không làm hỏng định dạng ô. Không "
              "thêm, "
              "xóa, gộp cột; không đổi tên sheet."},
    };
    worksheet_set_column (sheet, 0, 0, 5, NULL);
    worksheet_set_column (sheet, 1, 1, 120, NULL);
    static const char *const part_lines[][2] = {
        {"5", "Chỉ điền nhiệm vụ nào đơn vị có nội dung, rồi lưu tệp (vẫn dạng .xlsx) và gửi cho đơn vị chủ trì bằng lệnh dưới "
              "đây. Lệnh "
              "kiểm tra trước khi gửi; gửi lại thì thay cho phần đã gửi."},
        {"", "baocao contribute part.xlsx"},
    };
    uint32_t all = sizeof lines / sizeof *lines, parts = sizeof part_lines / sizeof *part_lines, count = part ? 5 + parts : all;
    for (uint32_t i = 0; i < count; i++) {
        const char *const *line = part && i >= 5 ? part_lines[i - 5] : lines[i];
        guide_line (self, sheet, i + 2, line[0], line[1]);
    }
    write_remarks (self, sheet, count + 3);
    free (about);
    free (until);
}

// --- The whole -------------------------------------------------------------------------------------------------------------------

static void write_sheets (xlsx_writer_t *self)
{
    write_guide (self);
    xlsx_write_tasks (self);
    xlsx_write_budget (self);
    if (xlsx_has_indicators (self))
        xlsx_write_indicators (self);
    if (!self->subject->contribute) {
        write_facts (self, TEMPLATE_SHEET_ASSESSMENT, "ĐÁNH GIÁ CHUNG", "Nhận xét chung của đơn vị về kỳ báo cáo.", ASSESSMENT);
        write_facts (self, TEMPLATE_SHEET_DOCUMENT, "VĂN BẢN BÁO CÁO", "Văn bản mà báo cáo này được ban hành kèm theo.", DOCUMENT);
    }
    xlsx_write_contributions (self);
    write_hidden (self);
}

// The bytes of a file that has just been written; it is removed.
static char *take_file (const char *path, size_t *size_p)
{
    FILE *file = fopen (path, "re");
    char *data = NULL;
    if (file && !fseek (file, 0, SEEK_END)) {
        *size_p = (size_t)ftell (file);
        rewind (file);
        data = xmalloc (*size_p + 1);
        if (fread (data, 1, *size_p, file) != *size_p) {
            free (data);
            data = NULL;
        }
    }
    if (file)
        fclose (file);
    unlink (path);
    return data;
}

char *template_xlsx (const template_subject_t *subject, const char *remarks, size_t *size_p)
{
    const char *directory = getenv ("TMPDIR");
    char *path = xasprintf ("%s/baocao-XXXXXX", directory && *directory ? directory : "/tmp");
    int place = mkstemp (path);
    char *data = NULL;
    if (place >= 0) {
        close (place);
        xlsx_writer_t self = {.subject = subject, .remarks = remarks, .workbook = workbook_new (path)};
        make_looks (&self);
        write_sheets (&self);
        if (workbook_close (self.workbook) == LXW_NO_ERROR)
            data = take_file (path, size_p);
        else {
            errno = EIO;
            unlink (path);
        }
    }
    free (path);
    return data;
}
