// What people read when a report is long overdue, and in the digests: whole texts, in both languages.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "notification/digest.h"
#include "notification/wording.h"
#include "../support/suite.h"

static int64_t at (const char *text)
{
    int64_t ms = 0;
    ck_assert_msg (bc_time_parse (text, &ms) == 0, "%s", text);
    return ms;
}

static Baocao__V1__Notice *notice_new (void)
{
    Baocao__V1__Notice *notice = calloc (1, sizeof *notice);
    baocao__v1__notice__init (notice);
    notice->plan = strdup ("208/KH-UBND");
    notice->period = strdup ("2025");
    return notice;
}

// --- Escalation ------------------------------------------------------------------------------------------------------------------

static int64_t reminded[2];

static wording_escalation_t escalation (void)
{
    reminded[0] = at ("2025-12-09T08:00:00+07:00");
    reminded[1] = at ("2025-12-16T08:00:00+07:00");
    return (wording_escalation_t){
        .unit_vi = "Sở Y tế",
        .unit_en = "Department of Health",
        .due_at = at ("2025-12-10T00:00:00+07:00"),
        .working_days = 5,
        .utc_offset_minutes = 7 * 60,
        .recipients = {[PLAN_TO_STANDING_LEADER] = true, [PLAN_TO_COMMITTEE] = true},
        .reminded_at = reminded,
        .n_reminded = 2,
        .told_at = {[PLAN_TO_UNIT_LEADER] = at ("2025-12-12T08:00:00+07:00")},
    };
}

START_TEST (an_escalation_says_who_is_told_and_what_was_sent_before)
{
    Baocao__V1__Notice *notice = notice_new ();
    wording_escalation_t about = escalation ();
    wording_escalation (notice, &about, false);
    ck_assert_int_eq (notice->kind, BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_ESCALATION);
    ck_assert_str_eq (notice->subject_vi, "Báo cáo kỳ 2025 của Sở Y tế quá hạn 5 ngày làm việc");
    ck_assert_str_eq (notice->subject_en, "Department of Health: the report for 2025 is overdue by 5 working days");
    ck_assert_str_eq (notice->body_vi,
                      "Kính gửi Sở Y tế,\n\nTheo Kế hoạch 208/KH-UBND, báo cáo kỳ 2025 của Sở Y tế phải được gửi trước ngày "
                      "10/12/2025. Đến nay chưa có báo cáo nào được chấp nhận. Thông báo này được gửi tới: lãnh đạo cơ quan "
                      "thường trực; Ủy ban nhân dân, trong báo cáo tổng hợp.\n\n"
                      "Đã nhắc 2 lần: ngày 09/12/2025, 16/12/2025.\nĐã báo lãnh đạo đơn vị ngày 12/12/2025.\n\n"
                      "Đề nghị đơn vị gửi báo cáo ngay.\n\nTrân trọng.");
    ck_assert_str_eq (notice->body_en,
                      "To the Department of Health:\n\nUnder plan 208/KH-UBND the report for 2025 of the Department of Health was "
                      "due before 10 December 2025. So far none has been accepted. This is being told to: the leader of the "
                      "standing agency; the People's Committee, in its digest.\n\n"
                      "Reminders sent before: 2: 9 December 2025, 16 December 2025.\n"
                      "Told before: the unit's leader, on 12 December 2025.\n\nPlease send the report now.");
    baocao__v1__notice__free_unpacked (notice, NULL);
}
END_TEST

START_TEST (the_standing_unit_is_asked_to_act)
{
    Baocao__V1__Notice *notice = notice_new ();
    wording_escalation_t about = escalation ();
    about.n_reminded = 0;
    wording_escalation (notice, &about, true);
    ck_assert_ptr_nonnull (strstr (notice->body_vi, "Kính gửi cơ quan thường trực,"));
    ck_assert_ptr_nonnull (strstr (notice->body_vi, "\n\nĐã nhắc 0 lần.\n"));
    ck_assert_ptr_nonnull (strstr (notice->body_vi, "đôn đốc hoặc quyết định gia hạn"));
    ck_assert_ptr_nonnull (strstr (notice->body_en, "decide on an extension"));
    baocao__v1__notice__free_unpacked (notice, NULL);
}
END_TEST

// --- Deadlines -------------------------------------------------------------------------------------------------------------------

START_TEST (a_deadline_that_moved_is_told_with_the_one_before)
{
    Baocao__V1__Notice *notice = notice_new ();
    wording_decision_t about = {WORDING_MOVED, "12/12/2025", "12 December 2025", "10/12/2025", "10 December 2025", false};
    wording_decision (notice, &about);
    ck_assert_int_eq (notice->kind, BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_DEADLINE);
    ck_assert_str_eq (notice->subject_vi, "Kỳ 2025: thời hạn báo cáo đã thay đổi");
    ck_assert_str_eq (notice->body_vi, "Kính gửi đơn vị,\n\nThời hạn báo cáo kỳ 2025 của Kế hoạch 208/KH-UBND nay là trước ngày "
                                       "12/12/2025, thay cho trước ngày 10/12/2025.\n\nTrân trọng.");
    ck_assert_str_eq (notice->body_en,
                      "Reports for period 2025 of plan 208/KH-UBND are due before 12 December 2025 now, instead of "
                      "before 10 December 2025.");
    baocao__v1__notice__free_unpacked (notice, NULL);
}
END_TEST

START_TEST (an_extension_says_what_stays_late_and_when_it_is_shorter)
{
    Baocao__V1__Notice *notice = notice_new ();
    wording_decision_t about = {WORDING_EXTENDED, "27/12/2025", "27 December 2025", "Thiếu số liệu", "Thiếu số liệu", true};
    wording_decision (notice, &about);
    ck_assert_str_eq (notice->body_en,
                      "The standing agency has extended your deadline for period 2025 of plan 208/KH-UBND: your report is on time "
                      "before 27 December 2025. The report that was received late stays late. The reason: Thiếu số liệu");
    baocao__v1__notice__free_unpacked (notice, NULL);

    notice = notice_new ();
    about.what = WORDING_SHORTENED;
    about.stays_late = false;
    wording_decision (notice, &about);
    ck_assert_str_eq (notice->body_vi, "Kính gửi đơn vị,\n\nCơ quan thường trực rút ngắn thời gian đã gia hạn báo cáo kỳ 2025 của "
                                       "Kế hoạch 208/KH-UBND: thời hạn của đơn vị nay là trước ngày 27/12/2025. Lý do: Thiếu số "
                                       "liệu\n\nTrân trọng.");
    baocao__v1__notice__free_unpacked (notice, NULL);
}
END_TEST

START_TEST (an_opening_by_date_needs_no_reason)
{
    Baocao__V1__Notice *notice = notice_new ();
    wording_decision_t about = {WORDING_OPENED_BY_DATE, "10/12/2025", "10 December 2025", "", "", false};
    wording_decision (notice, &about);
    ck_assert_str_eq (notice->subject_vi, "Kỳ 2025 đã mở nhận báo cáo");
    ck_assert_str_eq (notice->body_en,
                      "Period 2025 of plan 208/KH-UBND is open for reports; they are due before 10 December 2025.");
    baocao__v1__notice__free_unpacked (notice, NULL);
}
END_TEST

// --- Digests ---------------------------------------------------------------------------------------------------------------------

static plan_unit_t health = {.name_vi = "Sở Y tế", .name_en = "Health"};
static plan_unit_t finance = {.name_vi = "Sở Tài chính", .name_en = "Finance"};
static plan_unit_t press = {.name_vi = "Báo", .name_en = "Newspaper"};
static plan_unit_t front = {.name_vi = "Mặt trận", .name_en = "Front"};
static plan_unit_t district = {.name_vi = "Huyện", .name_en = "District"};
static plan_book_t book;
static plan_t plan = {.code = "208/KH-UBND", .utc_offset_minutes = 7 * 60};
static plan_period_t period = {.code = "2025"};
static plan_unit_t island = {.name_vi = "Đảo", .name_en = "Island"};
static digest_row_t rows[6];
static digest_failure_t failure = {&health, "giam-doc@soyte.example.vn", "550 5.1.1 no such user here"};

static digest_t digest (digest_audience_t audience)
{
    int64_t due = at ("2025-12-10T00:00:00+07:00");
    period.due_at = due;
    rows[0] = (digest_row_t){.unit = &health, .must = true, .received_at = at ("2025-12-09T23:59:59+07:00"), .due_at = due};
    rows[1] = (digest_row_t){.unit = &finance,
                             .must = true,
                             .received_at = due,
                             .is_late = true,
                             .due_at = at ("2025-12-25T00:00:00+07:00"),
                             .refused_codes = "text.nfc",
                             .refused_vi = "Không phải NFC.",
                             .refused_en = "Not NFC."};
    rows[2] = (digest_row_t){.unit = &press,
                             .must = true,
                             .due_at = due,
                             .refused_codes = "progress.range, text.nfc",
                             .refused_vi = "Tiến độ 101.",
                             .refused_en = "Progress 101.",
                             .returned_reason = "Thiếu số liệu giải ngân",
                             .extension_reason = "Không có lý do khách quan",
                             .is_escalated = true};
    rows[3] = (digest_row_t){.unit = &front,
                             .must = true,
                             .due_at = at ("2025-12-25T00:00:00+07:00"),
                             .returned_reason = "Thiếu giải trình",
                             .extension_reason = "Chờ số liệu",
                             .is_extended = true};
    rows[4] = (digest_row_t){.unit = &district,
                             .must = false,
                             .received_at = at ("2025-11-01T10:00:00+07:00"),
                             .due_at = due,
                             .quarantined_at = at ("2025-12-17T10:00:00+07:00")};
    rows[5] = (digest_row_t){.unit = &island, .must = false, .due_at = due};
    return (digest_t){
        .book = &book,
        .plan = &plan,
        .period = &period,
        .audience = audience,
        .now = at ("2025-12-18T08:00:00+07:00"),
        .rows = rows,
        .n_rows = 6,
        .failures = &failure,
        .n_failures = 1,
        .days = 1,
    };
}

static const char STANDINGS_VI[] = "Tình hình báo cáo kỳ 2025 của Kế hoạch 208/KH-UBND, hạn gửi trước ngày 10/12/2025.\n\n"
                                   "Đã báo cáo (2/4):\n- Sở Y tế: 09/12/2025\n- Sở Tài chính: 10/12/2025, muộn; bản sửa chưa được "
                                   "chấp nhận: text.nfc. Không phải NFC.\n\n"
                                   "Tự nguyện báo cáo (1):\n- Huyện: 01/11/2025\n\n"
                                   "Chưa báo cáo (2):\n- Báo: quá hạn 7 ngày làm việc\n- Mặt trận: được gia hạn đến trước ngày "
                                   "25/12/2025\n\n"
                                   "Báo cáo chưa được chấp nhận (1):\n- Báo: progress.range, text.nfc. Tiến độ 101.\n\n"
                                   "Báo cáo bị trả lại (1):\n- Mặt trận: Thiếu giải trình\n\n"
                                   "Đến sau khi khóa kỳ, chờ xem xét (1):\n- Huyện: 17/12/2025\n\n"
                                   "Gia hạn (2):\n- Báo: không chấp thuận. Không có lý do khách quan\n"
                                   "- Mặt trận: đến trước ngày 25/12/2025. Chờ số liệu\n\n"
                                   "Không gửi được thông báo đến (1):\n- Sở Y tế: giam-doc@soyte.example.vn (550 5.1.1 no such "
                                   "user here)\n\n";

START_TEST (the_standing_unit_reads_what_it_has_to_decide)
{
    Baocao__V1__Notice *notice = notice_new ();
    digest_t about = digest (DIGEST_STANDING);
    digest_write (notice, &about);
    char *expected = NULL;
    ck_assert_int_gt (asprintf (&expected,
                                "%sCần quyết định:\n- 1 đơn vị quá hạn: gia hạn, hoặc đôn đốc và báo cáo cấp trên.\n"
                                "- 1 báo cáo chưa được chấp nhận: hướng dẫn đơn vị sửa và gửi lại.\n"
                                "- 1 báo cáo bị trả lại, chưa gửi lại: đôn đốc đơn vị bổ sung.\n"
                                "- 1 đơn vị có báo cáo đến sau khi khóa kỳ: cho phép xem xét, hoặc để nguyên.\n"
                                "- 1 địa chỉ không nhận được thông báo: sửa hoặc gỡ bỏ.\n",
                                STANDINGS_VI),
                      0);
    ck_assert_int_eq (notice->kind, BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_DIGEST);
    ck_assert_str_eq (notice->subject_vi, "Tổng hợp kỳ 2025: 2/4 đơn vị đã báo cáo");
    ck_assert_str_eq (notice->subject_en, "Digest for 2025: 2 of 4 units have reported");
    ck_assert_str_eq (notice->body_vi, expected);
    ck_assert_ptr_nonnull (
        strstr (notice->body_en, "\n- Finance: 10 December 2025, late; a correction was refused: text.nfc. Not NFC.\n"));
    ck_assert_ptr_nonnull (strstr (notice->body_en,
                                   "\nNot reported (2):\n- Newspaper: overdue by 7 working days\n- Front: its deadline "
                                   "was moved to before 25 December 2025\n"));
    ck_assert_ptr_nonnull (strstr (notice->body_en,
                                   "\nReports returned (1):\n- Front: Thiếu giải trình\n\n"
                                   "Came after closing, to be admitted (1):\n- District: 17 December 2025\n\n"
                                   "Extensions (2):\n- Newspaper: refused. Không có lý do khách quan\n"
                                   "- Front: to before 25 December 2025. Chờ số liệu\n\n"
                                   "Notices could not be delivered to (1):\n- Health: giam-doc@soyte.example.vn (550 5.1.1 no "
                                   "such user here)\n\nTo be decided:\n"));
    free (expected);
    baocao__v1__notice__free_unpacked (notice, NULL);
}
END_TEST

START_TEST (the_committee_reads_who_was_named_to_it)
{
    Baocao__V1__Notice *notice = notice_new ();
    digest_t about = digest (DIGEST_COMMITTEE);
    about.days = 3;
    about.first_at = at ("2025-12-16T08:00:00+07:00");
    about.last_at = about.now;
    digest_write (notice, &about);
    char *expected = NULL;
    ck_assert_int_gt (
        asprintf (&expected,
                  "%sCần quyết định:\n1 đơn vị đã được nhắc nhiều lần và báo lãnh đạo mà vẫn chưa báo cáo, đề nghị Ủy "
                  "ban xem xét:\n- Báo: quá hạn 7 ngày làm việc\n\n"
                  "Thông báo này gộp 3 lần thông báo, từ ngày 16/12/2025 đến ngày 18/12/2025, do các lần trước chưa gửi "
                  "được đúng ngày.",
                  STANDINGS_VI),
        0);
    ck_assert_str_eq (notice->body_vi, expected);
    free (expected);
    baocao__v1__notice__free_unpacked (notice, NULL);
}
END_TEST

START_TEST (when_all_have_reported_the_period_can_be_closed)
{
    Baocao__V1__Notice *notice = notice_new ();
    digest_t about = digest (DIGEST_STANDING);
    about.n_rows = 2;
    about.n_failures = 0;
    digest_write (notice, &about);
    ck_assert_ptr_null (strstr (notice->body_vi, "Chưa báo cáo"));
    ck_assert_ptr_nonnull (strstr (notice->body_vi, "Cần quyết định:\n- Các đơn vị đã báo cáo đủ: có thể đóng kỳ báo cáo.\n"));
    about.audience = DIGEST_COMMITTEE;
    baocao__v1__notice__free_unpacked (notice, NULL);
    notice = notice_new ();
    digest_write (notice, &about);
    ck_assert_ptr_null (strstr (notice->body_vi, "Cần quyết định"));
    baocao__v1__notice__free_unpacked (notice, NULL);
}
END_TEST

START_TEST (what_a_unit_asks_for_is_told_in_both_directions)
{
    wording_request_t about = {.unit_vi = "Sở Y tế",
                               .unit_en = "Department of Health",
                               .number = 7,
                               .day_vi = "20/12/2025",
                               .day_en = "20 December 2025",
                               .reason = "Chờ số liệu"};
    Baocao__V1__Notice *notice = notice_new ();
    wording_request (notice, &about);
    ck_assert_int_eq (notice->kind, BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_REQUEST);
    ck_assert_str_eq (notice->subject_vi, "Sở Y tế đề nghị gia hạn kỳ 2025");
    ck_assert_str_eq (
        notice->body_vi,
        "Kính gửi cơ quan thường trực,\n\nSở Y tế đề nghị gia hạn báo cáo kỳ 2025 của Kế hoạch 208/KH-UBND đến hết ngày "
        "20/12/2025. Lý do: Chờ số liệu\n\nĐây là đề nghị số 7, chờ quyết định; lệnh baocao-admin request list cho biết "
        "cách trả lời.\n\nTrân trọng.");
    baocao__v1__notice__free_unpacked (notice, NULL);
    about.day_vi = about.day_en = "";
    about.refusal = "Số liệu đúng";
    notice = notice_new ();
    notice->revision = 2;
    wording_request (notice, &about);
    ck_assert_int_eq (notice->kind, BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_REQUEST_REFUSED);
    ck_assert_str_eq (
        notice->body_vi,
        "Kính gửi đơn vị,\n\nCơ quan thường trực chưa chấp thuận đề nghị rút lại báo cáo kỳ 2025 của Kế hoạch 208/KH-UBND "
        "(lần gửi 2). Lý do: Số liệu đúng\n\nTrân trọng.");
    ck_assert_str_eq (notice->body_en,
                      "The standing agency has refused your request to take back your report for period 2025 of plan "
                      "208/KH-UBND (revision 2). The reason: Số liệu đúng");
    baocao__v1__notice__free_unpacked (notice, NULL);
}
END_TEST

START_TEST (those_who_share_a_task_read_what_the_other_side_says_and_what_to_do)
{
    static const char *const PARTS_VI[] = {
        "đã gửi phần phối hợp nhiệm vụ I.1",           "đề nghị thống nhất dự thảo báo cáo nhiệm vụ I.1",
        "thống nhất với dự thảo báo cáo nhiệm vụ I.1", "chưa thống nhất với dự thảo báo cáo nhiệm vụ I.1",
        "đã rút lại phần phối hợp nhiệm vụ I.1",       "đã rút lại dự thảo báo cáo nhiệm vụ I.1"};
    // Each can be typed as it is, also by a unit with several plans, and when another period is under way.
    static const char *const COMMANDS[] = {
        "baocao template 2025 --plan 208/KH-UBND -o report.xlsx", "baocao sign-off give I.1 --plan 208/KH-UBND --period 2025",
        "baocao sign-off --plan 208/KH-UBND --period 2025",       "baocao sign-off ask report.xlsx",
        "baocao sign-off I.1 --plan 208/KH-UBND --period 2025",   ""};
    for (int what = WORDING_CONTRIBUTION; what <= WORDING_DRAFT_WITHDRAWN; what++) {
        const wording_coordination_t about = {(wording_coordination_kind_t)what,
                                              "Báo Thanh Hóa",
                                              "Thanh Hoa Newspaper",
                                              "I.1",
                                              "Tuyên truyền",
                                              what == WORDING_DISAGREED ? "Thiếu số liệu" : ""};
        Baocao__V1__Notice *notice = notice_new ();
        wording_coordination (notice, &about);
        ck_assert_int_eq (notice->kind, BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_COORDINATION);
        ck_assert_ptr_nonnull (strstr (notice->subject_vi, "Báo Thanh Hóa"));
        ck_assert_ptr_nonnull (strstr (notice->body_vi, PARTS_VI[what]));
        ck_assert_ptr_nonnull (strstr (notice->body_vi, COMMANDS[what]));
        ck_assert_ptr_nonnull (strstr (notice->body_en, COMMANDS[what]));
        ck_assert_int_eq (strstr (notice->body_vi, "Thiếu số liệu") != NULL, what == WORDING_DISAGREED);
        baocao__v1__notice__free_unpacked (notice, NULL);
    }
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("wording");
    tcase_add_test (tests, an_escalation_says_who_is_told_and_what_was_sent_before);
    tcase_add_test (tests, the_standing_unit_is_asked_to_act);
    tcase_add_test (tests, a_deadline_that_moved_is_told_with_the_one_before);
    tcase_add_test (tests, an_opening_by_date_needs_no_reason);
    tcase_add_test (tests, what_a_unit_asks_for_is_told_in_both_directions);
    tcase_add_test (tests, those_who_share_a_task_read_what_the_other_side_says_and_what_to_do);
    tcase_add_test (tests, an_extension_says_what_stays_late_and_when_it_is_shorter);
    tcase_add_test (tests, the_standing_unit_reads_what_it_has_to_decide);
    tcase_add_test (tests, the_committee_reads_who_was_named_to_it);
    tcase_add_test (tests, when_all_have_reported_the_period_can_be_closed);
    Suite *suite = suite_create ("wording");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
