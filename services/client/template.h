// The CSV template: what `baocao template --format csv` writes and file.h reads back. It is made to be filled in a spreadsheet.
//
// Two columns come first, one row for each fact about the letter: a label that ends in the fact's English key in parentheses, and
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
// - Indicators of the task: indicator.CODE, or no_figure.CODE with the reason why there is none. Decimals: 12,5 or 12.5.
//   Yes and no: có, không, true, false.
// - nothing_to_report with a reason stands instead of any task row.
#pragma once

#include <stddef.h>

#include "baocao/v1/report.pb-c.h"

typedef struct {
    const char *key, *label_vi;
} template_label_t;

extern const template_label_t template_facts[];    // of the letter; ended by one without a key
extern const template_label_t template_columns[];  // of the table, without budget sources and indicators; ended likewise

// By value of the enum: the label that is written and read besides the English name.
extern const char *const template_statuses[6];
extern const char *const template_sources[9];
