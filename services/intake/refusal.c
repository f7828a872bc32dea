#include "refusal.h"

#include <assert.h>
#include <stdio.h>

typedef struct {
    Baocao__V1__ErrorCode code;
    uint32_t retry_after_ms;
    const char *vi, *en;
} row_t;

#define CODE(name) BAOCAO__V1__ERROR_CODE__ERROR_CODE_##name

static const row_t ROWS[REFUSALS] = {
    [REFUSAL_MALFORMED] = {CODE (MALFORMED), 0,
                           "Yêu cầu không đúng định dạng; gửi lại nguyên như vậy cũng không được. Hãy cập nhật chương trình baocao",
                           "The request is malformed; sending it again as it is will not help. Update the baocao command"},
    [REFUSAL_NO_REQUEST] = {CODE (MALFORMED), 0, "Yêu cầu trống: không có nội dung nào mà máy chủ biết",
                            "The request is empty: it holds none of the requests that the server knows"},
    [REFUSAL_REPORT_ID] = {CODE (MALFORMED), 0, "Mã báo cáo (report_id) phải là một UUID gồm đúng 16 byte",
                           "report_id must be a UUID of exactly 16 bytes"},
    [REFUSAL_PLAN_CODE] = {CODE (MALFORMED), 0,
                           "Mã kế hoạch phải có từ 1 đến 64 ký tự trong số chữ cái không dấu, chữ số và / . _ -",
                           "The plan code must have 1 to 64 characters: letters, digits and / . _ -"},
    [REFUSAL_PERIOD_CODE] = {CODE (MALFORMED), 0,
                             "Mã kỳ báo cáo phải có từ 1 đến 64 ký tự trong số chữ cái không dấu, chữ số và / . _ -",
                             "The period code must have 1 to 64 characters: letters, digits and / . _ -"},
    [REFUSAL_EMPTY_REPORT] = {CODE (MALFORMED), 0, "Báo cáo gửi lên không có nội dung", "The report has no content"},
    [REFUSAL_TOO_MANY_FILES] = {CODE (MALFORMED), 0, "Một báo cáo chỉ được kèm tối đa 16 tệp",
                                "A report can carry at most 16 files"},
    [REFUSAL_FILES_MISSING] =
        {CODE (FILES_MISSING), 0,
         "Máy chủ chưa có tệp đính kèm mà báo cáo nêu tên, nên báo cáo chưa được ghi nhận; hãy gửi lại báo cáo "
         "cùng với tệp (--attach)",
         "The store does not have every attachment that the report names, so the report was not taken; send it "
         "again together with the files (--attach)"},
    [REFUSAL_DIGEST] = {CODE (MALFORMED), 0, "Mã SHA-256 của tệp phải gồm đúng 32 byte", "A file's SHA-256 has exactly 32 bytes"},
    [REFUSAL_FILE_SIZE] = {CODE (MALFORMED), 0, "Mỗi tệp đính kèm phải có nội dung và không quá 50 MiB; hãy chia nhỏ hoặc nén tệp",
                           "An attachment has 1 byte to 50 MiB; split or compress it"},
    [REFUSAL_CHUNK] =
        {CODE (MALFORMED), 0, "Phần tệp gửi lên phải có từ 16 đến 256 KiB và nằm trong tệp đã khai; hãy gửi lại từ đầu",
         "A piece of a file has 16 to 256 KiB and lies within the file as announced; send it again from the beginning"},
    [REFUSAL_NO_UPLOAD] = {CODE (NOT_FOUND), 0, "Máy chủ không giữ phần nào của tệp này nữa; hãy gửi lại tệp từ đầu",
                           "The server holds nothing of this file any more; send it again from the beginning"},
    [REFUSAL_FILE_DIGEST] =
        {CODE (MALFORMED), 0, "Nội dung tệp nhận được không khớp với mã SHA-256 đã khai nên đã bị bỏ; hãy gửi lại tệp từ đầu",
         "What came does not have the SHA-256 that was announced, and was dropped; send the file again from the "
         "beginning"},
    [REFUSAL_FILES_A_DAY] = {CODE (REFUSED), 0,
                             "Trong 24 giờ qua đơn vị đã gửi đủ 1 GiB tệp đính kèm mới (mỗi tệp tính ít nhất 1 MiB); hãy gửi lại "
                             "sau khoảng thời gian này",
                             "The unit has sent 1 GiB of new attachments in the past 24 hours (each counts for 1 MiB at least); "
                             "send this one again after this time"},
    [REFUSAL_LIMIT] = {CODE (MALFORMED), 0, "Số lượng yêu cầu (limit) phải từ 1 đến 100, hoặc 0 để dùng mặc định",
                       "limit must be 1 to 100, or 0 for the default"},
    [REFUSAL_WAIT] = {CODE (MALFORMED), 0, "Thời gian chờ (wait_ms) phải từ 0 đến 60000 mili giây",
                      "wait_ms must be 0 to 60,000 milliseconds"},
    [REFUSAL_DATE] = {CODE (MALFORMED), 0, "Ngày phải có dạng năm-tháng-ngày, ví dụ 2025-12-20",
                      "The date must be written as year-month-day, e.g. 2025-12-20"},
    [REFUSAL_REASON] = {CODE (MALFORMED), 0, "Phải nêu lý do, không quá 2.000 ký tự",
                        "A reason must be given, of at most 2,000 characters"},
    [REFUSAL_DENIED] = {CODE (DENIED), 0,
                        "Khóa này đã bị thu hồi hoặc không còn thuộc đơn vị; hãy liên hệ cơ quan thường trực để được cấp khóa mới",
                        "This key has been revoked or no longer belongs to the unit; ask the standing agency for a new one"},
    [REFUSAL_CONFLICT] = {CODE (CONFLICT), 0,
                          "Mã báo cáo này đã được dùng cho một báo cáo khác nội dung; hãy gửi với mã báo cáo mới",
                          "This report id was used before for a report with other content; send this one under a new report id"},
    [REFUSAL_NO_RECEIPT] = {CODE (NOT_FOUND), 0,
                            "Máy chủ không có báo cáo nào của đơn vị với mã này; nếu đã gửi, hãy gửi lại với đúng mã đó",
                            "The server has no report of this unit under that id; if it was sent, send it again under the same id"},
    [REFUSAL_NO_PLAN] = {CODE (NOT_FOUND), 0, "Không có kế hoạch nào mang mã này", "There is no plan with this code"},
    [REFUSAL_NO_REPORT] = {CODE (NOT_FOUND), 0, "Đơn vị chưa gửi báo cáo nào cho kỳ này",
                           "The unit has sent no report for this period"},
    [REFUSAL_NO_PERIOD] = {CODE (NOT_FOUND), 0, "Không có kỳ báo cáo này trong kế hoạch; xem các kỳ bằng lệnh baocao duties",
                           "The plan has no such period; baocao duties shows those there are"},
    [REFUSAL_NO_DUTY] = {CODE (REFUSED), 0, "Đơn vị không phải báo cáo kỳ này, nên không cần gia hạn",
                         "The unit has nothing to report in this period, so there is nothing to extend"},
    [REFUSAL_NOT_LATER] = {CODE (REFUSED), 0,
                           "Ngày xin gia hạn phải sau thời hạn hiện nay của đơn vị và chưa trôi qua; hãy chọn ngày muộn hơn",
                           "The day must be later than the unit's present deadline, and not be over: name a later one"},
    [REFUSAL_NOT_ACCEPTED] = {CODE (REFUSED), 0,
                              "Chỉ báo cáo đã được chấp nhận và đang được tính mới cần xin rút; hãy xem baocao status",
                              "Only an accepted report that stands can be taken back; see baocao status"},
    [REFUSAL_TOO_MANY_QUESTIONS] = {CODE (REFUSED), 0,
                                    "Đơn vị đã có 10 đề nghị chưa được trả lời; hãy chờ hoặc liên hệ cơ quan thường trực",
                                    "The unit has 10 undecided requests already; wait, or speak to the standing agency"},
    [REFUSAL_TASK_CODE] = {CODE (MALFORMED), 0,
                           "Mã nhiệm vụ phải có từ 1 đến 64 ký tự trong số chữ cái không dấu, chữ số và / . _ -",
                           "The task code must have 1 to 64 characters: letters, digits and / . _ -"},
    [REFUSAL_NO_TASK] = {CODE (NOT_FOUND), 0, "Kế hoạch không có kỳ hoặc nhiệm vụ này; xem bằng lệnh baocao duties",
                         "The plan has no such period or task; baocao duties shows those there are"},
    [REFUSAL_ENTRY] = {CODE (MALFORMED), 0, "Nội dung gửi kèm không phải là phần báo cáo hợp lệ của nhiệm vụ này",
                       "What was sent along is no entry of a report for this task"},
    [REFUSAL_NOT_COORDINATING] = {CODE (REFUSED), 0,
                                  "Chỉ đơn vị phối hợp thực hiện nhiệm vụ trong kỳ này mới gửi phần phối hợp hoặc trả lời dự thảo",
                                  "Only a unit that coordinates the task in this period can contribute to it or answer a draft"},
    [REFUSAL_NOT_LEADING] = {CODE (REFUSED), 0, "Chỉ đơn vị chủ trì nhiệm vụ trong kỳ này mới đưa dự thảo ra xin ý kiến thống nhất",
                             "Only a unit that leads the task in this period can show a draft of it"},
    [REFUSAL_NOBODY_TO_AGREE] = {CODE (REFUSED), 0, "Nhiệm vụ này không có đơn vị phối hợp, nên không cần xin ý kiến thống nhất",
                                 "No other unit coordinates this task, so there is nobody to agree"},
    [REFUSAL_DRAFT_REPLACED] =
        {CODE (REFUSED), 0,
         "Dự thảo này không còn hiệu lực, đơn vị chủ trì đã đưa dự thảo khác; hãy xem lại bằng lệnh baocao sign-off",
         "This draft does not stand any more, the lead unit has shown another one; see baocao sign-off"},
    [REFUSAL_NOTHING_SAID] = {CODE (REFUSED), 0, "Trong kỳ này đơn vị chưa gửi gì về nhiệm vụ này, hoặc đã rút lại rồi",
                              "The unit has said nothing of the kind about this task in this period, or has taken it back already"},
    [REFUSAL_NOT_OPEN] = {CODE (REFUSED), 0, "Kỳ báo cáo này chưa mở; hãy gửi lại khi đã mở",
                          "The period is not open yet; send this again when it is"},
    [REFUSAL_CLOSED] = {CODE (REFUSED), 0,
                        "Kỳ báo cáo này đã khóa nên không nhận nội dung phối hợp nữa; hãy liên hệ cơ quan thường trực",
                        "The period is closed and takes nothing more of this kind; speak to the standing agency"},
    [REFUSAL_TOO_MUCH_SAID] = {CODE (REFUSED), 0,
                               "Trong một kỳ mỗi đơn vị được gửi tối đa 500 nội dung phối hợp, tất cả không quá 16 MiB; hãy trao "
                               "đổi trực tiếp với đơn vị kia",
                               "In one period a unit can send 500 such items, of 16 MiB together; speak to the other unit"},
    [REFUSAL_BUSY_DEPARTMENT] = {CODE (BUSY), 100, "Đơn vị đang có quá nhiều yêu cầu chưa xử lý xong; hãy gửi lại sau giây lát",
                                 "The unit has too many requests waiting; send this one again in a moment"},
    [REFUSAL_BUSY_WAITS] = {CODE (BUSY), 5000, "Đơn vị đang có quá nhiều kết nối cùng chờ thông báo (tối đa 32); hãy thử lại sau",
                            "The unit has too many followers waiting for notices (at most 32); try again later"},
    [REFUSAL_BUSY_ELSEWHERE] = {CODE (BUSY), 200,
                                "Một máy chủ khác đang ghi nhận báo cáo của đơn vị cùng lúc; hãy gửi lại sau giây lát",
                                "Another server is storing reports of this unit at the same time; send this one again in a moment"},
    [REFUSAL_BUSY_SERVER] = {CODE (BUSY), 500, "Máy chủ đang nhận quá nhiều báo cáo cùng lúc; hãy gửi lại sau giây lát",
                             "The server is taking too many reports at once; send this one again in a moment"},
    [REFUSAL_BUSY_STORE] = {CODE (BUSY), 1000,
                            "Kho lưu trữ tạm thời không sẵn sàng, yêu cầu chưa được ghi nhận; hãy gửi lại sau giây lát",
                            "The store is not available just now and nothing was stored; send the request again in a moment"},
    [REFUSAL_BUSY_CHECK] =
        {CODE (BUSY), 60000,
         "Hiện máy chủ chưa kiểm tra được báo cáo; hãy thử lại sau, hoặc cứ gửi: báo cáo được nhận ngay và kiểm tra sau",
         "Reports are not being checked just now; try again later, or push all the same: a report is received at once and "
         "checked later"},
    [REFUSAL_INTERNAL] = {CODE (INTERNAL), 0,
                          "Máy chủ gặp lỗi với yêu cầu này và chưa ghi nhận gì; hãy báo cho cơ quan thường trực, kèm theo mã lỗi",
                          "The server failed on this request and stored nothing; tell the standing agency, with the reference"},
};

static void write_text (char text[REFUSAL_TEXT], const char *message, const char *detail)
{
    if (detail)
        snprintf (text, REFUSAL_TEXT, "%s (%s).", message, detail);
    else
        snprintf (text, REFUSAL_TEXT, "%s.", message);
}

void refusal_fill (refusal_error_t *error, refusal_t refusal, const char *detail)
{
    assert (refusal > REFUSAL_NONE && refusal < REFUSALS);
    const row_t *row = &ROWS[refusal];
    write_text (error->vi, row->vi, detail);
    write_text (error->en, row->en, detail);
    baocao__v1__error__init (&error->error);
    error->error.code = row->code;
    error->error.message_vi = error->vi;
    error->error.message_en = error->en;
    error->error.retry_after_ms = row->retry_after_ms;
}
