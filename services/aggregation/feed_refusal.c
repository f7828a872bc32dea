#include "feed_refusal.h"

typedef struct {
    Baocao__V1__ErrorCode code;
    uint32_t retry_after_ms;
    const char *vi, *en;
} row_t;

#define CODE(name) BAOCAO__V1__ERROR_CODE__ERROR_CODE_##name

static const row_t ROWS[FEED_REFUSALS] = {
    [FEED_REFUSAL_MALFORMED] =
        {CODE (MALFORMED), 0,
         "Yêu cầu không đúng định dạng; gửi lại nguyên như vậy cũng không được. Hãy cập nhật chương trình đọc số liệu.",
         "The request is malformed; sending it again as it is will not help. Update the reading program."},
    [FEED_REFUSAL_NO_REQUEST] = {CODE (MALFORMED), 0, "Yêu cầu trống: hãy hỏi get_snapshot hoặc replay.",
                                 "The request is empty: ask for get_snapshot or replay."},
    [FEED_REFUSAL_LIMIT] = {CODE (MALFORMED), 0, "Số sự kiện mỗi lần (limit) phải từ 1 đến 1.000, hoặc 0 để dùng mặc định.",
                            "limit must be 1 to 1,000, or 0 for the default."},
    [FEED_REFUSAL_DENIED] = {CODE (DENIED), 0, "Khóa này đã bị thu hồi; hãy liên hệ cơ quan thường trực để được cấp khóa mới.",
                             "This key has been revoked; ask the standing agency for a new one."},
    [FEED_REFUSAL_WHICH_PLAN] = {CODE (NOT_FOUND), 0, "Có nhiều kế hoạch hoặc chưa có kế hoạch nào; hãy nêu mã kế hoạch.",
                                 "There are several plans, or none yet; name the plan's code."},
    [FEED_REFUSAL_NO_PLAN] = {CODE (NOT_FOUND), 0, "Không có kế hoạch nào mang mã này.", "There is no plan with this code."},
    [FEED_REFUSAL_NO_PERIOD] = {CODE (NOT_FOUND), 0, "Kế hoạch không có kỳ báo cáo mang mã này, hoặc chưa đến kỳ báo cáo nào.",
                                "The plan has no period with this code, or no period has opened yet."},
    [FEED_REFUSAL_BUSY_READER] = {CODE (BUSY), 100, "Khóa này đang có quá nhiều yêu cầu chưa xử lý xong; hãy gửi lại sau giây lát.",
                                  "This key has too many requests waiting; send this one again in a moment."},
    [FEED_REFUSAL_BUSY_SERVER] = {CODE (BUSY), 500, "Máy chủ đang có quá nhiều yêu cầu đọc số liệu; hãy gửi lại sau giây lát.",
                                  "The server has too many readers' requests waiting; send this one again in a moment."},
    [FEED_REFUSAL_BUSY_STORE] = {CODE (BUSY), 1000, "Kho lưu trữ tạm thời không sẵn sàng; hãy gửi lại sau giây lát.",
                                 "The store is not available just now; send the request again in a moment."},
    [FEED_REFUSAL_TOO_LARGE] =
        {CODE (INTERNAL), 0,
         "Bản tổng hợp quá lớn, không gửi được; hãy báo cho cơ quan thường trực (feed.too_large trong nhật ký).",
         "The snapshot is too large to be sent; tell the standing agency (feed.too_large in the log)."},
    [FEED_REFUSAL_INTERNAL] =
        {CODE (INTERNAL), 0,
         "Máy chủ gặp lỗi với yêu cầu này; hãy báo cho cơ quan thường trực (db.failed hoặc plan.unreadable trong nhật ký).",
         "The server failed on this request; tell the standing agency (db.failed or plan.unreadable in the log)."},
};

void feed_refusal_fill (Baocao__V1__Error *error, feed_refusal_t refusal)
{
    const row_t *row = &ROWS[refusal];
    baocao__v1__error__init (error);
    error->code = row->code;
    error->message_vi = (char *)row->vi;
    error->message_en = (char *)row->en;
    error->retry_after_ms = row->retry_after_ms;
}
