// The consolidated report of the standing unit to the receiving one, the provincial People's Committee.
#include "document_products.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "document_body.h"
#include "document_db.h"
#include "document_letter.h"
#include "document_words.h"
#include "product_db.h"

enum { FRAME, UNITS, GROUPS, ENTRIES, VALUES, SOURCES, INDICATORS, N_RESULTS };

typedef struct {
    product_t *self;
    document_t *document;
    PGresult *results[N_RESULTS];
} report_t;

static bool flag (const PGresult *result, int row, int column)
{
    return *PQgetvalue (result, row, column) == 't';
}

// --- I. General ------------------------------------------------------------------------------------------------------------------

typedef struct {
    unsigned expected, received, on_time, late, missing, voluntary;
} figures_t;

static figures_t count_units (const PGresult *units)
{
    figures_t figures = {0};
    for (int row = 0; row < PQntuples (units); row++) {
        bool must = flag (units, row, UNIT_MUST), reported = flag (units, row, UNIT_REPORTED), late = flag (units, row, UNIT_LATE);
        figures.expected += must;
        figures.received += must && reported;
        figures.on_time += must && reported && !late;
        figures.late += must && reported && late;
        figures.missing += must && !reported;
        figures.voluntary += !must && reported;
    }
    return figures;
}

// The names of units, parted by semicolons: of those that must report, and reported late or not at all.
static char *name_units (const PGresult *units, bool missing)
{
    char *names = xstrdup ("");
    for (int row = 0; row < PQntuples (units); row++) {
        bool wanted = missing ? !flag (units, row, UNIT_REPORTED) : flag (units, row, UNIT_LATE);
        if (!wanted || !flag (units, row, UNIT_MUST))
            continue;
        char *longer = xasprintf ("%s%s%s", names, *names ? "; " : "", PQgetvalue (units, row, UNIT_NAME));
        free (names);
        names = longer;
    }
    return names;
}

static void put_figures (report_t *report)
{
    const product_t *self = report->self;
    figures_t n = count_units (report->results[UNITS]);
    char *late = name_units (report->results[UNITS], false);
    char *line =
        xasprintf (product_words (self,
                                  "Số đơn vị phải báo cáo: %u; số đơn vị đã báo cáo: %u, trong đó đúng hạn: %u, quá hạn: %u%s%s%s; "
                                  "số đơn vị chưa báo cáo: %u.",
                                  "Units that must report: %u; reported: %u, of them on time: %u, late: %u%s%s%s; "
                                  "not reported: %u."),
                   n.expected, n.received, n.on_time, n.late, *late ? " (" : "", late, *late ? ")" : "", n.missing);
    document_put (report->document, "body", "text", line);
    free (late);
    free (line);
    if (n.voluntary == 0)
        return;
    line = xasprintf (product_words (self, "Ngoài ra có %u đơn vị không thuộc diện phải báo cáo đã gửi báo cáo.",
                                     "Besides, %u units that need not report have done so."),
                      n.voluntary);
    document_put (report->document, "body", "text", line);
    free (line);
}

static void put_moment (report_t *report)
{
    char *instant = document_instant (report->self, report->self->as_of);
    char *line =
        xasprintf (product_words (report->self, "Số liệu trong báo cáo này được tổng hợp lúc %s (bản tin số liệu số %lld).",
                                  "The figures of this report are those of %s (feed number %lld)."),
                   instant, (long long)report->self->seq);
    document_put (report->document, "note", "text", line);
    free (instant);
    free (line);
}

static void put_group_row (report_t *report, int row)
{
    const PGresult *groups = report->results[GROUPS];
    const char *cells[10];
    for (int column = 0; column < 10; column++)
        cells[column] = PQgetvalue (groups, row, column);
    bool total = PQgetisnull (groups, row, GROUP_CODE);
    char *name = total ? xstrdup (product_words (report->self, "Cộng", "Total"))
                       : xasprintf (product_words (report->self, "Nhóm %s", "Group %s"), cells[GROUP_CODE]);
    char *progress = xasprintf ("%s%s", cells[GROUP_PROGRESS], *cells[GROUP_PROGRESS] ? "%" : "");
    char *tasks = xasprintf ("%s/%s", cells[GROUP_REPORTED], cells[GROUP_TASKS]);
    document_put (report->document, total ? "groups-total" : "groups-row", "a", name, "b", tasks, "c", cells[GROUP_ENTRIES], "d",
                  cells[GROUP_COMPLETED], "e", cells[GROUP_IN_PROGRESS], "f", cells[GROUP_DELAYED], "g", cells[GROUP_STOPPED], "h",
                  cells[GROUP_NOT_STARTED], "i", progress);
    free (name);
    free (progress);
    free (tasks);
}

static void put_groups (report_t *report)
{
    const product_t *self = report->self;
    document_put (report->document, "groups", "caption",
                  product_words (self, "Tiến độ theo nhóm nhiệm vụ (tính theo lượt báo cáo của các đơn vị)",
                                 "Progress by group of tasks (counted by the units' entries)"),
                  "a", product_words (self, "Nhóm nhiệm vụ", "Group"), "b", product_words (self, "Nhiệm vụ có báo cáo", "Tasks"),
                  "c", product_words (self, "Lượt báo cáo", "Entries"), "d", product_words (self, "Hoàn thành", "Done"), "e",
                  product_words (self, "Đang thực hiện", "Under way"), "f", product_words (self, "Chậm tiến độ", "Delayed"), "g",
                  product_words (self, "Dừng thực hiện", "Stopped"), "h", product_words (self, "Chưa thực hiện", "Not started"),
                  "i", product_words (self, "Tiến độ bình quân", "Mean"));
    for (int row = 0; row < PQntuples (report->results[GROUPS]); row++)
        put_group_row (report, row);
    document_put (report->document, "table-end");
}

// --- III. Money and indicators ---------------------------------------------------------------------------------------------------

static const char *aggregation_words (const product_t *self, const char *aggregation)
{
    if (strcmp (aggregation, "sum") == 0)
        return product_words (self, "tổng", "sum");
    return strcmp (aggregation, "mean") == 0 ? product_words (self, "bình quân", "mean")
                                             : product_words (self, "mới nhất", "latest");
}

static void put_indicators (report_t *report)
{
    const product_t *self = report->self;
    const PGresult *rows = report->results[INDICATORS];
    document_put (report->document, "heading-2", "text", product_words (self, "2. Chỉ tiêu", "2. Indicators"));
    document_put (report->document, "indicators", "caption",
                  product_words (self, "Tổng hợp từ báo cáo của các đơn vị", "Of the units' reports"), "a",
                  product_words (self, "Nhiệm vụ", "Task"), "b", product_words (self, "Chỉ tiêu (đơn vị tính)", "Indicator (unit)"),
                  "c", product_words (self, "Kết quả", "Result"), "d", product_words (self, "Mục tiêu", "Target"), "e",
                  product_words (self, "Cách tính", "Taken as"));
    for (int row = 0; row < PQntuples (rows); row++) {
        const char *measure = PQgetvalue (rows, row, INDICATOR_MEASURE);
        char *title =
            xasprintf ("%s%s%s%s", PQgetvalue (rows, row, INDICATOR_TITLE), *measure ? " (" : "", measure, *measure ? ")" : "");
        char *value = document_decimal (self, PQgetvalue (rows, row, INDICATOR_VALUE));
        char *target = document_decimal (self, PQgetvalue (rows, row, INDICATOR_TARGET));
        document_put (report->document, "indicators-row", "a", PQgetvalue (rows, row, INDICATOR_TASK), "b", title, "c", value, "d",
                      target, "e", aggregation_words (self, PQgetvalue (rows, row, INDICATOR_AGGREGATION)));
        free (title);
        free (value);
        free (target);
    }
    document_put (report->document, "table-end");
}

static void put_money (report_t *report)
{
    const product_t *self = report->self;
    bool indicators = PQntuples (report->results[INDICATORS]) > 0;
    if (indicators)
        body_heading (report->document, self, "III. KINH PHÍ VÀ CHỈ TIÊU", "III. MONEY AND INDICATORS");
    else
        body_heading (report->document, self, "III. KINH PHÍ THỰC HIỆN", "III. MONEY");
    if (indicators)
        document_put (report->document, "heading-2", "text", product_words (self, "1. Kinh phí theo nguồn", "1. Money by source"));
    body_sources (report->document, self, report->results[SOURCES]);
    if (indicators)
        put_indicators (report);
}

// --- VI. Who did not report ------------------------------------------------------------------------------------------------------

static void put_missing (report_t *report)
{
    const product_t *self = report->self;
    const PGresult *units = report->results[UNITS];
    bool any = false;
    for (int row = 0; row < PQntuples (units); row++) {
        if (!flag (units, row, UNIT_MUST) || flag (units, row, UNIT_REPORTED))
            continue;
        const char *sent = PQgetvalue (units, row, UNIT_SENT);
        const char *remark = strcmp (sent, "refused") == 0 ? product_words (self, " (báo cáo đã gửi còn lỗi, chưa được chấp nhận)",
                                                                            " (what it sent was refused for its errors)")
                             : strcmp (sent, "returned") == 0
                                 ? product_words (self, " (báo cáo đã gửi bị trả lại để bổ sung)", " (what it sent was returned)")
                                 : "";
        char *line = xasprintf ("- %s%s.", PQgetvalue (units, row, UNIT_NAME), remark);
        document_put (report->document, "body", "text", line);
        free (line);
        any = true;
    }
    if (!any)
        document_put (report->document, "body", "text",
                      product_words (self, "Các đơn vị đã báo cáo đầy đủ.", "All units have reported."));
}

// --- Appendix --------------------------------------------------------------------------------------------------------------------

static void put_task_row (report_t *report, int row)
{
    const product_t *self = report->self;
    const PGresult *entries = report->results[ENTRIES];
    const char *task = PQgetvalue (entries, row, ENTRY_TASK);
    bool first = row == 0 || strcmp (task, PQgetvalue (entries, row - 1, ENTRY_TASK)) != 0,
         has = !PQgetisnull (entries, row, ENTRY_STATUS);
    const char *absent = *PQgetvalue (entries, row, ENTRY_UNIT_REPORTED) == 't'
                             ? product_words (self, "không nêu", "not mentioned")
                             : product_words (self, "chưa báo cáo", "not reported");
    char *progress = has ? xasprintf ("%s%%", PQgetvalue (entries, row, ENTRY_PROGRESS)) : xstrdup ("");
    char *allocated = document_money (self, product_text (entries, row, ENTRY_ALLOCATED));
    char *disbursed = document_money (self, product_text (entries, row, ENTRY_DISBURSED));
    document_put (report->document, "tasks-row", "a", task, "b",
                  first ? PQgetvalue (entries, row, ENTRY_TASK_TITLE) : product_words (self, "như trên", "as above"), "c",
                  PQgetvalue (entries, row, ENTRY_UNIT), "d",
                  has ? document_status (self, (int)product_number (entries, row, ENTRY_STATUS)) : absent, "e", progress, "f",
                  allocated, "g", disbursed);
    free (progress);
    free (allocated);
    free (disbursed);
}

static void put_total_row (report_t *report)
{
    const PGresult *sources = report->results[SOURCES];
    int last = PQntuples (sources) - 1;
    if (last < 0)
        return;
    char *allocated = document_money (report->self, product_text (sources, last, SOURCE_ALLOCATED));
    char *disbursed = document_money (report->self, product_text (sources, last, SOURCE_DISBURSED));
    document_put (report->document, "tasks-total", "a", "", "b", product_words (report->self, "Tổng số", "Total"), "c", "", "d", "",
                  "e", "", "f", allocated, "g", disbursed);
    free (allocated);
    free (disbursed);
}

static void put_appendix (report_t *report, const letter_t *letter)
{
    const product_t *self = report->self;
    char *period = document_period (self),
         *number = letter->said.number ? xstrdup (letter->said.number) : xasprintf ("........%s", letter->symbol);
    char *day = letter->said.date ? document_day (self, letter->said.date)
                                  : xstrdup (product_words (self, "ngày ..... tháng ..... năm .........", "....................."));
    char *title = xasprintf (
        product_words (self, "TỔNG HỢP TIẾN ĐỘ VÀ KINH PHÍ THEO NHIỆM VỤ, %s", "PROGRESS AND MONEY BY TASK, %s"), period);
    char *capitals = document_capitals (title);
    char *attached = xasprintf (product_words (self, "(Kèm theo Báo cáo số %s %s của %s)", "(Attached to report No. %s of %s, %s)"),
                                number, day, letter->agency);
    document_put (report->document, "appendix", "text", product_words (self, "Phụ lục", "Appendix"), "title", capitals, "attached",
                  attached);
    document_put (report->document, "tasks", "caption", product_words (self, "Đơn vị tính kinh phí: đồng", "Money in VND"), "a",
                  product_words (self, "TT", "No."), "b", product_words (self, "Nhiệm vụ", "Task"), "c",
                  product_words (self, "Đơn vị báo cáo", "Unit"), "d", product_words (self, "Tình trạng", "Status"), "e",
                  product_words (self, "Tiến độ", "Done"), "f", product_words (self, "Được giao", "Allocated"), "g",
                  product_words (self, "Đã giải ngân", "Disbursed"));
    for (int row = 0; row < PQntuples (report->results[ENTRIES]); row++)
        put_task_row (report, row);
    put_total_row (report);
    document_put (report->document, "table-end");
    char *all[] = {period, number, day, title, capitals, attached};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free (all[i]);
}

// --- The whole -------------------------------------------------------------------------------------------------------------------

static void put_opening (report_t *report, const letter_t *letter)
{
    const product_t *self = report->self;
    const char *issuer = PQgetvalue (report->results[FRAME], 0, FRAME_ISSUER);
    char *day = document_day (self, self->issued_on), *period = document_period (self);
    char *line = xasprintf (
        product_words (self, "Thực hiện %s (ban hành theo văn bản số %s %s của %s), %s tổng hợp, báo cáo kết quả %s như sau:",
                       "Under the %s (No. %s of %s, %s) the %s reports on %s as follows:"),
        product_words (self, self->title_vi, self->title_en), self->plan, day, issuer, letter->agency, period);
    document_put (report->document, "body", "text", line);
    free (day);
    free (period);
    free (line);
}

static void put_closing (report_t *report, const letter_t *letter)
{
    const product_t *self = report->self;
    char *period = document_period (self);
    char *line = xasprintf (
        product_words (self, "Trên đây là báo cáo kết quả thực hiện Kế hoạch số %s %s, %s kính báo cáo %s xem xét, chỉ đạo./.",
                       "This is the report on plan %s, %s; the %s submits it to the %s."),
        self->plan, period, letter->agency, product_words (self, self->receiving_vi, self->receiving_en));
    document_put (report->document, "closing", "text", line);
    free (period);
    free (line);
}

static void put_sections (report_t *report)
{
    const product_t *self = report->self;
    body_heading (report->document, self, "I. TÌNH HÌNH CHUNG", "I. GENERAL");
    put_figures (report);
    put_groups (report);
    put_moment (report);
    body_heading (report->document, self, "II. KẾT QUẢ THỰC HIỆN CÁC NHÓM NHIỆM VỤ", "II. RESULTS BY GROUPS AND TASKS");
    body_entries (report->document, self, report->results[ENTRIES], report->results[VALUES], true);
    put_money (report);
    body_heading (report->document, self, "IV. KHÓ KHĂN, VƯỚNG MẮC", "IV. OBSTACLES");
    body_remarks (report->document, self, report->results[ENTRIES], ENTRY_OBSTACLES, true,
                  product_words (self, "Các đơn vị không nêu khó khăn, vướng mắc.", "The units name none."));
    body_heading (report->document, self, "V. ĐỀ XUẤT, KIẾN NGHỊ", "V. PROPOSALS");
    body_remarks (report->document, self, report->results[ENTRIES], ENTRY_PROPOSALS, true,
                  product_words (self, "Các đơn vị không có đề xuất, kiến nghị.", "The units make none."));
    body_heading (report->document, self, "VI. ĐƠN VỊ CHƯA BÁO CÁO", "VI. UNITS THAT HAVE NOT REPORTED");
    put_missing (report);
}

static int write_report (report_t *report)
{
    product_t *self = report->self;
    letter_t letter = letter_of_standing_unit (self, PQgetvalue (report->results[FRAME], 0, FRAME_STANDING_KIND));
    char *period = document_period (self);
    char *abstract =
        xasprintf (product_words (self, "Kết quả thực hiện Kế hoạch số %s %s", "Results of plan %s, %s"), self->plan, period);
    letter.symbol = product_words (self, "/BC-........", "/BC-........");
    letter.type = product_words (self, "BÁO CÁO", "REPORT");
    letter.abstract = abstract;
    report->document = document_new ();
    letter_begin (report->document, self, &letter);
    letter_address (report->document, self, (const char *[]){product_words (self, self->receiving_vi, self->receiving_en)}, 1);
    put_opening (report, &letter);
    put_sections (report);
    put_closing (report, &letter);
    letter_sign (report->document, self, &letter,
                 (const char *[]){product_words (self, "Các đơn vị thực hiện Kế hoạch", "The units of the plan"), NULL});
    put_appendix (report, &letter);
    free (period);
    free (abstract);
    return letter_deliver (&report->document, self);
}

int document_report (product_t *self)
{
    report_t report = {.self = self,
                       .results = {document_frame (self), document_units (self), document_groups (self), document_entries (self, 0),
                                   document_values (self, 0), document_sources (self, 0), document_indicators (self)}};
    bool whole = true;
    for (int i = 0; i < N_RESULTS; i++)
        whole &= report.results[i] != NULL;
    int rc = whole ? write_report (&report) : -1;
    for (int i = 0; i < N_RESULTS; i++)
        PQclear (report.results[i]);
    return rc;
}
