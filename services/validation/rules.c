#include "rules.h"

#include <string.h>

#include "rule.h"

#define ERROR BAOCAO__V1__SEVERITY__SEVERITY_ERROR
#define WARNING BAOCAO__V1__SEVERITY__SEVERITY_WARNING

// The rules. A code is stable for ever; a message says what is wrong and what to do.
const rule_t rules_table[RULES] = {
    [RULE_REPORT_MALFORMED] =
        {"report.malformed", ERROR,
         "Không đọc được nội dung báo cáo ($1). Hãy lập lại báo cáo bằng phiên bản baocao hiện hành rồi gửi lại.",
         "The report cannot be read ($1). Make it again with the current version of baocao and send it again."},
    [RULE_REPORT_EMPTY] =
        {"report.empty", ERROR,
         "Báo cáo không có nhiệm vụ nào. Hãy báo cáo từng nhiệm vụ, hoặc ghi rõ là không có nội dung báo cáo kèm lý do.",
         "The report has no entries. Report on each task, or state that there is nothing to report, with the reason."},
    [RULE_REPORT_BOTH] = {"report.contradiction", ERROR,
                          "Báo cáo ghi không có nội dung nhưng lại có $1 nhiệm vụ. Hãy bỏ một trong hai phần.",
                          "The report says that there is nothing to report, yet has $1 entries. Remove one of the two."},
    [RULE_NOTHING_REASON] = {"nothing_to_report.reason", ERROR, "Chưa nêu lý do không có nội dung báo cáo. Hãy ghi lý do.",
                             "There is no reason for having nothing to report. Give the reason."},

    [RULE_PLAN_UNKNOWN] = {"plan.unknown", ERROR,
                           "Không có kế hoạch nào mang mã “$1”. Hãy ghi đúng mã kế hoạch như lệnh baocao duties hiển thị.",
                           "There is no plan with the code “$1”. Give the plan's code as baocao duties shows it."},
    [RULE_PLAN_CLAIMED] = {"plan.claimed", ERROR,
                           "Báo cáo ghi kế hoạch “$1” nhưng lần gửi khai kế hoạch “$2”. Hãy gửi lại với cùng một mã kế hoạch.",
                           "The report names plan “$1” but was submitted for plan “$2”. Send it again with one and the same code."},
    [RULE_PERIOD_UNKNOWN] = {"period.unknown", ERROR, "Kế hoạch không có kỳ báo cáo “$1”. Hãy ghi một trong các kỳ: $2.",
                             "The plan has no period “$1”. Give one of its periods: $2."},
    [RULE_PERIOD_CLAIMED] =
        {"period.claimed", ERROR, "Báo cáo ghi kỳ “$1” nhưng lần gửi khai kỳ “$2”. Hãy gửi lại với cùng một kỳ.",
         "The report names period “$1” but was submitted for period “$2”. Send it again with one and the same period."},
    [RULE_PERIOD_NOT_OPEN] = {"period.not_open", ERROR, "Kỳ $1 chưa mở, chỉ nhận báo cáo từ $2. Hãy gửi lại từ thời điểm đó.",
                              "Period $1 is not open yet; it takes reports from $2. Send the report again then."},
    [RULE_PERIOD_CLOSED] =
        {"period.closed", WARNING,
         "Kỳ $1 đã khóa từ $2. Báo cáo gửi sau thời điểm đó được giữ riêng, chỉ được xem xét khi cơ quan thường trực ($3) cho "
         "phép.",
         "Period $1 has been closed since $2. What is sent after that is kept apart, and judged only if the standing agency ($3) "
         "admits it."},
    [RULE_UNIT_UNKNOWN] = {"unit.unknown", ERROR,
                           "Không xác định được đơn vị “$1”. Hãy đề nghị cơ quan thường trực kiểm tra danh sách đơn vị.",
                           "The unit “$1” is not known. Ask the standing agency to check the list of units."},
    [RULE_UNIT_OTHER] =
        {"unit.other", ERROR,
         "Báo cáo ghi đơn vị “$1” nhưng được gửi qua cửa nhận của “$2”. Hãy lập mẫu của đơn vị mình bằng lệnh baocao template.",
         "The report speaks for unit “$1” but came in at the endpoint of “$2”. Make your own unit's template with baocao "
         "template."},
    [RULE_UNIT_NO_DUTY] = {"unit.no_duty", ERROR,
                           "Đơn vị “$1” không thuộc diện báo cáo trong kỳ $2. Hãy kiểm tra lại kế hoạch và kỳ, hoặc hỏi $3.",
                           "Unit “$1” has no duty to report in period $2. Check plan and period, or ask $3."},

    [RULE_DOCUMENT_MISSING] = {"document.missing", ERROR,
                               "Thiếu thông tin văn bản. Hãy ghi số, ký hiệu, ngày ban hành và người ký.",
                               "The document is missing. Give its number, its date and its signer."},
    [RULE_DOCUMENT_NUMBER] = {"document.number", ERROR, "Thiếu số, ký hiệu văn bản. Hãy ghi như trên văn bản, ví dụ 45/BC-SYT.",
                              "The document number is missing. Give it as on the document, e.g. 45/BC-SYT."},
    [RULE_DOCUMENT_DATE] = {"document.date", ERROR,
                            "Thiếu ngày ban hành văn bản. Hãy ghi theo dạng năm-tháng-ngày, ví dụ 2025-12-05.",
                            "The document date is missing. Give it as year-month-day, e.g. 2025-12-05."},
    [RULE_DOCUMENT_DATE_INVALID] =
        {"document.date_invalid", ERROR,
         "“$1” không phải là một ngày hợp lệ. Hãy ghi ngày ban hành theo dạng năm-tháng-ngày, ví dụ 2025-12-05.",
         "“$1” is not a date. Give the document date as year-month-day, e.g. 2025-12-05."},
    [RULE_DOCUMENT_DATE_LATER] =
        {"document.date_later", ERROR, "Ngày ban hành $1 muộn hơn ngày nhận báo cáo ($2). Hãy kiểm tra lại ngày ghi trên văn bản.",
         "The document date $1 is after the day on which the report was received ($2). Check the date on the document."},
    [RULE_DOCUMENT_SIGNER] = {"document.signer", ERROR, "Thiếu họ tên người ký. Hãy ghi họ tên người ký văn bản.",
                              "The signer is missing. Give the name of who signed the document."},

    [RULE_ENTRIES_LIMIT] = {"entries.limit", ERROR,
                            "Báo cáo có $1 mục nhiệm vụ, nhiều hơn mức tối đa $2. Hãy gộp lại, mỗi nhiệm vụ một mục.",
                            "The report has $1 entries, more than the limit of $2. Keep one entry for each task."},
    [RULE_TASK_UNKNOWN] = {"task.unknown", ERROR,
                           "Kế hoạch không có nhiệm vụ “$1”. Hãy ghi mã nhiệm vụ như lệnh baocao duties hiển thị, ví dụ II.2.",
                           "The plan has no task “$1”. Give the task's code as baocao duties shows it, e.g. II.2."},
    [RULE_TASK_NO_PART] = {"task.no_part", ERROR,
                           "Đơn vị không chủ trì và cũng không phối hợp thực hiện nhiệm vụ $1. Hãy bỏ mục này.",
                           "The unit neither leads nor coordinates task $1. Remove this entry."},
    [RULE_TASK_TWICE] = {"task.twice", ERROR, "Nhiệm vụ $1 đã được báo cáo ở entries[$2]. Hãy gộp hai mục làm một.",
                         "Task $1 has been reported in entries[$2] already. Merge the two entries."},
    [RULE_TASK_MISSING] = {"task.missing", ERROR,
                           "Thiếu nhiệm vụ $1 do đơn vị chủ trì (“$2”). Hãy bổ sung mục báo cáo cho nhiệm vụ này.",
                           "Task $1, which the unit leads, is missing (“$2”). Add an entry for it."},
    [RULE_STATUS_INVALID] =
        {"status.invalid", ERROR,
         "Chưa ghi tình trạng thực hiện hợp lệ. Hãy chọn: chưa thực hiện, đang thực hiện, hoàn thành, chậm tiến độ hoặc dừng.",
         "There is no valid status. Choose not started, in progress, completed, delayed or stopped."},
    [RULE_PROGRESS_RANGE] = {"progress.range", ERROR, "Tiến độ $1 nằm ngoài 0-100. Hãy nhập số từ 0 đến 100.",
                             "Progress $1 is outside 0-100. Give a number from 0 to 100."},
    [RULE_PROGRESS_NOT_STARTED] = {"progress.not_started", ERROR,
                                   "Tình trạng là chưa thực hiện nhưng tiến độ là $1 %. Hãy ghi tiến độ 0 hoặc sửa lại tình trạng.",
                                   "The status is not started, yet progress is $1 %. Give progress 0 or change the status."},
    [RULE_PROGRESS_COMPLETED] = {"progress.completed", ERROR,
                                 "Tình trạng là hoàn thành nhưng tiến độ là $1 %. Hãy ghi tiến độ 100 hoặc sửa lại tình trạng.",
                                 "The status is completed, yet progress is $1 %. Give progress 100 or change the status."},
    [RULE_PROGRESS_LOWER] =
        {"progress.lower", WARNING,
         "Tiến độ $1 % thấp hơn lần báo cáo được chấp nhận trước ($2 %). Hãy kiểm tra lại; nếu đúng thì nên nêu lý do.",
         "Progress $1 % is lower than in the last accepted report ($2 %). Check it; if it is right, better say why."},
    [RULE_RESULT_MISSING] = {"result.missing", ERROR, "Nhiệm vụ đã hoàn thành nhưng chưa nêu kết quả. Hãy ghi kết quả đạt được.",
                             "The task is completed, but no result is given. Say what was achieved."},
    [RULE_REASON_MISSING] = {"reason.missing", ERROR, "Nhiệm vụ chậm tiến độ hoặc dừng nhưng chưa nêu lý do. Hãy ghi lý do.",
                             "The task is delayed or stopped, but no reason is given. Give the reason."},

    [RULE_INDICATORS_LIMIT] = {"indicators.limit", ERROR,
                               "Mục này có $1 chỉ tiêu, nhiều hơn mức tối đa $2. Hãy chỉ giữ các chỉ tiêu của nhiệm vụ.",
                               "This entry has $1 indicators, more than the limit of $2. Keep only those of the task."},
    [RULE_INDICATOR_UNKNOWN] = {"indicator.unknown", ERROR,
                                "Nhiệm vụ không có chỉ tiêu “$1”. Hãy ghi mã chỉ tiêu như trong mẫu báo cáo hoặc bỏ chỉ tiêu này.",
                                "The task has no indicator “$1”. Give its code as in the template, or remove it."},
    [RULE_INDICATOR_TWICE] = {"indicator.twice", ERROR, "Chỉ tiêu “$1” đã có ở indicators[$2]. Hãy giữ lại một giá trị.",
                              "Indicator “$1” is given in indicators[$2] already. Keep one value."},
    [RULE_INDICATOR_TYPE] = {"indicator.type", ERROR, "Chỉ tiêu “$1” phải là $2. Hãy nhập lại giá trị đúng kiểu.",
                             "Indicator “$1” must be $2. Give a value of that type."},
    [RULE_INDICATOR_FORMAT] =
        {"indicator.format", ERROR,
         "“$1” không phải là số thập phân hợp lệ. Hãy ghi tối đa 15 chữ số, dấu chấm và tối đa 6 chữ số lẻ, ví dụ 12.5.",
         "“$1” is not a decimal number. Give up to 15 digits, a point and up to 6 decimals, e.g. 12.5."},
    [RULE_INDICATOR_RANGE] = {"indicator.range", ERROR, "Giá trị $1 nằm ngoài giới hạn. Hãy nhập số $2 $3.",
                              "The value $1 is out of range. Give a number $2 $3."},
    [RULE_INDICATOR_MISSING] =
        {"indicator.missing", ERROR, "Thiếu chỉ tiêu bắt buộc “$1” ($2). Hãy nhập giá trị, hoặc ghi lý do chưa có số liệu.",
         "The required indicator “$1” is missing ($2). Give its value, or the reason why there is no figure."},
    [RULE_INDICATOR_NO_FIGURE] =
        {"indicator.no_figure", ERROR,
         "Chỉ tiêu không có giá trị và cũng không có lý do. Hãy nhập giá trị, hoặc ghi lý do chưa có số liệu.",
         "The indicator has neither a value nor a reason. Give its value, or the reason why there is no figure."},

    [RULE_LINES_LIMIT] = {"budget.limit", ERROR,
                          "Kinh phí có $1 dòng, nhiều hơn số nguồn kinh phí ($2). Hãy ghi mỗi nguồn một dòng.",
                          "The budget has $1 lines, more than there are sources ($2). Give one line for each source."},
    [RULE_SOURCE_INVALID] = {"budget.source", ERROR,
                             "Dòng kinh phí chưa ghi nguồn hợp lệ. Hãy chọn nguồn kinh phí như trong mẫu báo cáo.",
                             "The budget line has no valid source. Choose one of the sources in the template."},
    [RULE_SOURCE_TWICE] = {"budget.source_twice", ERROR, "Nguồn “$1” được ghi hai lần. Hãy gộp lại thành một dòng.",
                           "The source “$1” is given twice. Merge the lines."},
    [RULE_MONEY_NEGATIVE] = {"money.negative", ERROR, "Số tiền $1 đồng là số âm. Hãy nhập số từ 0 trở lên.",
                             "The amount of $1 VND is negative. Give 0 or more."},
    [RULE_MONEY_SMALL] =
        {"money.small", WARNING,
         "Số tiền $1 đồng nhỏ hơn $2 đồng, có thể đã nhập theo nghìn hoặc triệu đồng. Hãy kiểm tra và nhập theo đồng.",
         "The amount of $1 VND is below $2 VND; it may be in thousands or millions. Check it and give it in dong."},
    [RULE_MONEY_LARGE] = {"money.large", WARNING,
                          "Số tiền $1 đồng lớn hơn $2 đồng, có thể đã nhập sai đơn vị tiền. Hãy kiểm tra và nhập theo đồng.",
                          "The amount of $1 VND is above $2 VND; the unit of money may be wrong. Check it and give it in dong."},
    [RULE_BUDGET_OVERSPENT] =
        {"budget.overspent", ERROR,
         "Đã giải ngân $1 đồng, nhiều hơn số được giao $2 đồng. Hãy sửa số tiền, hoặc ghi lý do ở dòng kinh phí này.",
         "$1 VND were disbursed, more than the $2 VND allocated. Correct the amounts, or give the reason in this line."},
    [RULE_BUDGET_OVERSPENT_EXPLAINED] =
        {"budget.overspent_explained", WARNING,
         "Đã giải ngân $1 đồng, nhiều hơn số được giao $2 đồng, có nêu lý do. Hãy kiểm tra lại số tiền và lý do.",
         "$1 VND were disbursed, more than the $2 VND allocated, with a reason. Check the amounts and the reason."},
    [RULE_BUDGET_TOTAL] = {"budget.total", ERROR,
                           "Tổng $1 ghi là $2 đồng nhưng cộng các nguồn là $3 đồng. Hãy sửa tổng hoặc số tiền từng nguồn.",
                           "The total $1 is stated as $2 VND, but the sources add up to $3 VND. Correct the total or the sources."},
    [RULE_BUDGET_OVERFLOW] = {"budget.overflow", ERROR,
                              "Tổng $1 của các nguồn quá lớn để tính. Hãy kiểm tra lại số tiền từng nguồn, nhập theo đồng.",
                              "The total $1 over the sources is too large to compute. Check the amounts; give them in dong."},

    [RULE_ATTACHMENTS_LIMIT] = {"attachments.limit", ERROR,
                                "Báo cáo có $1 tệp đính kèm, nhiều hơn mức tối đa $2. Hãy gộp hoặc bớt tệp.",
                                "The report has $1 attachments, more than the limit of $2. Merge or remove some."},
    [RULE_ATTACHMENT_NAME] =
        {"attachment.name", ERROR,
         "Tên tệp đính kèm còn trống hoặc là đường dẫn. Hãy ghi tên tệp, không kèm thư mục, ví dụ phu-luc.pdf.",
         "The attachment's name is empty or is a path. Give the file's name without a directory, e.g. annex.pdf."},
    [RULE_ATTACHMENT_DIGEST] = {"attachment.digest", ERROR,
                                "Mã SHA-256 của tệp “$1” dài $2 byte thay vì 32. Hãy lập lại báo cáo bằng lệnh baocao push.",
                                "The SHA-256 of “$1” has $2 bytes instead of 32. Make the report again with baocao push."},
    [RULE_ATTACHMENT_ABSENT] =
        {"attachment.absent", ERROR,
         "Chưa nhận được tệp “$1” đúng với mã SHA-256 đã khai; tệp thiếu hoặc đã bị sửa sau đó. Hãy gửi lại báo cáo kèm tệp.",
         "No file “$1” of the stated SHA-256 was received; it is missing or was changed since. Send the report with it."},
    [RULE_ATTACHMENT_SIZE] =
        {"attachment.size", ERROR,
         "Tệp “$1” khai dài $2 byte nhưng tệp nhận được dài $3 byte. Hãy lập lại báo cáo bằng lệnh baocao push.",
         "“$1” is stated to have $2 bytes, but the file received has $3. Make the report again with baocao push."},

    [RULE_TEXT_EMPTY] = {"text.empty", ERROR, "$1 chỉ có khoảng trắng. Hãy ghi nội dung hoặc để trống hẳn.",
                         "$1 is nothing but white space. Write something or leave it out."},
    [RULE_TEXT_LENGTH] = {"text.length", ERROR, "$1 dài quá $2 ký tự. Hãy rút gọn, hoặc đưa phần chi tiết vào tệp đính kèm.",
                          "$1 is longer than $2 characters. Shorten it, or put the details into an attachment."},
    [RULE_TEXT_UTF8] = {"text.utf8", ERROR,
                        "$1 không phải là văn bản UTF-8. Hãy lưu lại tệp với bảng mã UTF-8 (Unicode) rồi gửi lại.",
                        "$1 is not UTF-8 text. Save the file as UTF-8 (Unicode) and send it again."},
    [RULE_TEXT_CONTROL] = {"text.control", ERROR, "$1 có ký tự điều khiển ẩn. Hãy gõ lại hoặc dán dưới dạng văn bản thuần.",
                           "$1 holds hidden control characters. Type it again, or paste it as plain text."},
    [RULE_TEXT_LINE] = {"text.line", ERROR, "$1 phải viết trên một dòng, không có ký tự ẩn. Hãy gõ lại trên một dòng.",
                        "$1 must be one line without hidden characters. Type it again on one line."},
    [RULE_TEXT_NFC] = {"text.nfc", ERROR,
                       "$1 dùng chữ Việt tổ hợp (chưa chuẩn hóa NFC). Hãy gửi bằng lệnh baocao push, lệnh này tự chuẩn hóa.",
                       "$1 is not in Unicode normalisation form C. Send it with baocao push, which normalises text."},
};

void rules_check (const Baocao__V1__Report *report, const rules_facts_t *facts, findings_t *findings)
{
    check_t check = {.report = report, .facts = facts, .findings = findings};
    rules_check_origin (&check);
    rules_check_document (&check);
    rules_check_shape (&check);
    rules_check_entries (&check);
    rules_check_attachments (&check);
}

void rules_malformed (const char *reason, findings_t *findings)
{
    check_t check = {.findings = findings};
    FOUND (&check, RULE_REPORT_MALFORMED, "", TEXT (reason));
}
