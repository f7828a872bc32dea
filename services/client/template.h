// The templates: what `baocao template` writes for an officer to fill in a spreadsheet, and file.h reads back.
//
// CSV. Two columns come first, one row for each fact about the letter: a label that ends in the fact's English key in parentheses, and
// the value. Then, after an empty row, a table with one row a task, whose header cells are labels with keys in the same way. A
// reader goes by the keys only; labels, the order of rows and of columns, and columns left out do not matter. A cell that is
// just the key will do. A row whose first cell begins with "#" is a remark.
//
//   Kế hoạch (plan)                       208/KH-UBND
//   Kỳ báo cáo (period)                   2025
//   Đơn vị (unit)                         so-yte
//   Số, ký hiệu văn bản (document.number) 45/BC-SYT
//   Ngày ban hành (document.date)         05/12/2025     or 2025-12-05
//   Người ký (document.signer) ...
//
//   Nhiệm vụ (task)  Nội dung (title)  Trạng thái (status)  Tiến độ % (progress_percent)  Kết quả (result) ...
//   II.2             ...               đang thực hiện       60                            ...
//
// - File: UTF-8, with or without byte order mark; cells separated by ";", "," or tab, as the first row shows; quoting by RFC 4180.
// - title is for the eye and is not read. A row with nothing but task and title is a task that is not reported.
// - status: the English name (in_progress) or its Vietnamese label (đang thực hiện), in any case.
// - Whole numbers: 1234567, or grouped in the Vietnamese way 1.234.567, also with spaces; "đ", "đồng", "VND" or "%" may follow.
//   1,234 is refused, since it could mean two things. An empty cell is no figure, 0 is a figure.
// - Budget: budget.SOURCE.allocated and budget.SOURCE.disbursed in whole VND, SOURCE one of central, provincial, local, programme,
//   oda, domestic, foreign, other; budget.reason is the reason of each source with more disbursed than allocated;
//   budget.total_allocated and budget.total_disbursed, when given, must equal the sums.
// - Indicators of the task: indicator.CODE, or no_figure.CODE with the reason why there is none. Decimals: 12,5 or 12.5 or
//   1.234.567,5; 1.234 is refused, since it could mean two things. Yes and no: có, không, true, false.
// - nothing_to_report with a reason stands instead of any task row.
//
// Workbook (.xlsx). The same facts and columns, spread over sheets; each sheet that is read has one table, and a hidden row of keys under the
// table's titles. A reader goes by these keys, or where they are gone by the titles, so sheets and columns can be renamed and moved; what
// it finds outside the columns of a table it refuses, lest something is lost unseen.
//
// - Letter and general assessment: rows of a fact and its value (keys fact, value).
// - Tasks: the columns of the CSV table, without money and indicators.
// - Budget: a row for each source of each task (task, budget.source, budget.allocated, budget.disbursed, budget.reason). A row without a
//   source has the sums.
// - Indicators: a row for each indicator of each task (task, indicator, indicator.value, indicator.no_figure).
// - A hidden sheet "baocao" holds plan, period, unit and template_version as facts.
// - Contributions: what coordinating units have sent, for the eye.
// - Columns whose key begins with "_" are for the eye, such as what the last report said.
#pragma once

#include <stddef.h>

#include "baocao/v1/report.pb-c.h"

typedef struct {
    const char *key, *label_vi;
} template_label_t;

extern const template_label_t template_facts[];          // of the letter; ended by one without a key
extern const template_label_t template_columns[];        // of the table, without budget sources and indicators; ended likewise
extern const template_label_t template_sheet_columns[];  // those that only a workbook's tables have; ended likewise

#define TEMPLATE_VERSION "1"
#define TEMPLATE_SHEET_GUIDE "Hướng dẫn"
#define TEMPLATE_SHEET_TASKS "Nhiệm vụ"
#define TEMPLATE_SHEET_BUDGET "Kinh phí"
#define TEMPLATE_SHEET_INDICATORS "Chỉ tiêu"
#define TEMPLATE_SHEET_ASSESSMENT "Đánh giá chung"
#define TEMPLATE_SHEET_DOCUMENT "Văn bản"
#define TEMPLATE_SHEET_CONTRIBUTIONS "Phần phối hợp"
#define TEMPLATE_SHEET_HIDDEN "baocao"

// The title that a column of this key, or a row of this fact, bears.
const char *template_label (const char *key);

// By value of the enum: the label that is written and read besides the English name.
extern const char *const template_statuses[6];
extern const char *const template_sources[9];
