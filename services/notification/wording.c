// The words of notices. Vietnamese follows the manner of official letters: polite, plain, and always with what to do next.
#include "wording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/xmem.h"

#define DAY_MS 86400000LL

static size_t count_findings (const Baocao__V1__Notice *notice, Baocao__V1__Severity severity)
{
    size_t count = 0;
    for (size_t i = 0; i < notice->n_findings; i++)
        count += notice->findings[i]->severity == severity;
    return count;
}

static const char *plural (size_t count)
{
    return count == 1 ? "" : "s";
}

static void word_accepted (Baocao__V1__Notice *notice)
{
    size_t warnings = count_findings (notice, BAOCAO__V1__SEVERITY__SEVERITY_WARNING);
    char *remark_vi =
        warnings == 0
            ? xstrdup ("")
            : xasprintf (
                  "Báo cáo có %zu điểm cần lưu ý, nêu trong danh sách kèm theo. Các điểm này không làm thay đổi kết quả chấp nhận; "
                  "nếu cần điều chỉnh, đề nghị đơn vị gửi lại báo cáo, bản gửi sau sẽ thay thế bản trước.\n\n",
                  warnings);
    char *remark_en =
        warnings == 0
            ? xstrdup ("")
            : xasprintf (
                  "There %s %zu remark%s, listed with this notice. The report stands all the same; to change it, send it again: "
                  "a later report takes the place of the earlier one.\n\n",
                  warnings == 1 ? "is" : "are", warnings, plural (warnings));
    notice->kind = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_ACCEPTED;
    notice->subject_vi = xasprintf ("Báo cáo kỳ %s (lần gửi %u) đã được chấp nhận", notice->period, notice->revision);
    notice->subject_en = xasprintf ("Report for %s (revision %u) accepted", notice->period, notice->revision);
    notice->body_vi =
        xasprintf ("Kính gửi đơn vị,\n\nBáo cáo kỳ %s thực hiện Kế hoạch %s (lần gửi %u) của đơn vị đã được kiểm tra và "
                   "chấp nhận. Số liệu được đưa vào kết quả tổng hợp chung.\n\n%sTrân trọng cảm ơn.",
                   notice->period, notice->plan, notice->revision, remark_vi);
    notice->body_en =
        xasprintf ("Your report for %s under plan %s (revision %u) has been checked and accepted. Its figures go into "
                   "the totals.\n\n%sThank you.",
                   notice->period, notice->plan, notice->revision, remark_en);
    free (remark_vi);
    free (remark_en);
}

static void word_refused (Baocao__V1__Notice *notice)
{
    size_t errors = count_findings (notice, BAOCAO__V1__SEVERITY__SEVERITY_ERROR);
    notice->kind = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_REFUSED;
    notice->subject_vi =
        xasprintf ("Báo cáo kỳ %s (lần gửi %u) chưa được chấp nhận, cần sửa và gửi lại", notice->period, notice->revision);
    notice->subject_en =
        xasprintf ("Report for %s (revision %u) refused: please correct it and send it again", notice->period, notice->revision);
    notice->body_vi =
        xasprintf ("Kính gửi đơn vị,\n\nBáo cáo kỳ %s thực hiện Kế hoạch %s (lần gửi %u) của đơn vị chưa được chấp nhận "
                   "vì còn %zu lỗi phải sửa. Từng lỗi và cách khắc phục được nêu trong danh sách kèm theo.\n\n"
                   "Đề nghị đơn vị sửa các lỗi này và sớm gửi lại báo cáo. Nếu chưa có báo cáo nào được chấp "
                   "nhận, đơn vị vẫn được tính là chưa báo cáo.\n\nTrân trọng.",
                   notice->period, notice->plan, notice->revision, errors);
    notice->body_en =
        xasprintf ("Your report for %s under plan %s (revision %u) could not be accepted: %zu error%s must be corrected. "
                   "Each one and its remedy is listed with this notice.\n\n"
                   "Please correct them and send the report again soon. Until a report has been accepted "
                   "your unit counts as not having reported.",
                   notice->period, notice->plan, notice->revision, errors, plural (errors));
}

void wording_judged (Baocao__V1__Notice *notice, bool accepted)
{
    if (accepted)
        word_accepted (notice);
    else
        word_refused (notice);
}

// Subject and body by standing; %1$s is the period and %2$s the plan.
static const struct {
    Baocao__V1__UnitStanding standing;
    const char *subject_vi, *subject_en, *body_vi, *body_en;
} STANDINGS[] = {
    {BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME, "Kỳ %1$s: đơn vị đã báo cáo đúng hạn",
     "Period %1$s: your unit has reported on time",
     "Kính gửi đơn vị,\n\nTrong kết quả tổng hợp kỳ %1$s của Kế hoạch %2$s, đơn vị được ghi nhận đã báo cáo đúng hạn.\n\n"
     "Trân trọng cảm ơn.",
     "In the totals of period %1$s of plan %2$s your unit is recorded as having reported on time.\n\nThank you."},
    {BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE, "Kỳ %1$s: đơn vị đã báo cáo sau thời hạn",
     "Period %1$s: your unit has reported after the deadline",
     "Kính gửi đơn vị,\n\nTrong kết quả tổng hợp kỳ %1$s của Kế hoạch %2$s, đơn vị được ghi nhận đã báo cáo, sau thời hạn quy "
     "định. "
     "Đề nghị đơn vị lưu ý thời hạn của kỳ báo cáo sau.\n\nTrân trọng cảm ơn.",
     "In the totals of period %1$s of plan %2$s your unit is recorded as having reported, after the deadline. Please keep the "
     "deadline of the next period in mind.\n\nThank you."},
    {BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED, "Kỳ %1$s: đơn vị chưa có báo cáo được chấp nhận",
     "Period %1$s: your unit has no accepted report yet",
     "Kính gửi đơn vị,\n\nTrong kết quả tổng hợp kỳ %1$s của Kế hoạch %2$s, đơn vị được ghi nhận là chưa báo cáo vì báo cáo đã gửi "
     "chưa được chấp nhận. Đề nghị đơn vị sửa theo các lỗi đã thông báo và gửi lại.\n\nTrân trọng.",
     "In the totals of period %1$s of plan %2$s your unit counts as not having reported, because the report it sent was refused. "
     "Please correct the errors that you were told of and send it again."},
    {BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING, "Kỳ %1$s: đơn vị chưa báo cáo",
     "Period %1$s: your unit has not reported yet",
     "Kính gửi đơn vị,\n\nTrong kết quả tổng hợp kỳ %1$s của Kế hoạch %2$s, đơn vị được ghi nhận là chưa báo cáo. Đề nghị đơn vị "
     "gửi "
     "báo cáo trong thời hạn.\n\nTrân trọng.",
     "In the totals of period %1$s of plan %2$s your unit is recorded as not having reported. Please send your report before the "
     "deadline."},
};

// Subject (of period and revision) and body (of period, plan, revision and reason) by kind.
static const struct {
    Baocao__V1__NoticeKind kind;
    const char *subject_vi, *subject_en, *body_vi, *body_en;
} REVIEWS[] = {
    {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_RETURNED, "Báo cáo kỳ %1$s (lần gửi %2$u) được trả lại, cần bổ sung và gửi lại",
     "Report for %1$s (revision %2$u) returned: please amend it and send it again",
     "Kính gửi đơn vị,\n\nCơ quan thường trực trả lại báo cáo kỳ %1$s thực hiện Kế hoạch %2$s (lần gửi %3$u) của đơn vị. Lý do: "
     "%4$s\n\nSố liệu của báo cáo này không còn trong kết quả tổng hợp và đơn vị được tính là chưa báo cáo. Đề nghị đơn vị bổ "
     "sung, "
     "chỉnh sửa và sớm gửi lại; thời điểm báo cáo được tính theo lần gửi lại.%5$s\n\nTrân trọng.",
     "The standing agency has returned your report for %1$s under plan %2$s (revision %3$u). The reason: %4$s\n\nIts figures are "
     "no "
     "longer in the totals, and your unit counts as not having reported. Please amend the report and send it again soon; what is "
     "sent again is timed by its own arrival.%5$s"},
    {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_CONFIRMED, "Báo cáo kỳ %1$s (lần gửi %2$u) đã được xác nhận",
     "Report for %1$s (revision %2$u) confirmed",
     "Kính gửi đơn vị,\n\nCơ quan thường trực đã xem xét và xác nhận báo cáo kỳ %1$s thực hiện Kế hoạch %2$s (lần gửi %3$u) của "
     "đơn "
     "vị. %4$s\n\nTrân trọng cảm ơn.",
     "The standing agency has read and confirmed your report for %1$s under plan %2$s (revision %3$u). %4$s\n\nThank you."},
    {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_QUARANTINED, "Báo cáo kỳ %1$s (lần gửi %2$u) đến sau khi kỳ đã khóa",
     "Report for %1$s (revision %2$u) came after the period was closed",
     "Kính gửi đơn vị,\n\nBáo cáo kỳ %1$s thực hiện Kế hoạch %2$s (lần gửi %3$u) của đơn vị đã được nhận và lưu giữ, nhưng đến sau "
     "khi "
     "kỳ báo cáo đã khóa nên chưa được xem xét và chưa được tổng hợp. Đề nghị đơn vị liên hệ cơ quan thường trực; khi được cho "
     "phép, "
     "báo cáo sẽ được kiểm tra, không phải gửi lại. %4$s\n\nTrân trọng.",
     "Your report for %1$s under plan %2$s (revision %3$u) has been received and is kept, but it came after the period was closed: "
     "it "
     "has not been checked, and is not in the totals. Please speak to the standing agency; once it admits the report, it is "
     "checked "
     "without being sent again. %4$s"},
};

// Subject (of the period) and body (of period, plan, day and remark; of an extension, what STAYS_LATE says).
static const struct {
    Baocao__V1__NoticeKind kind;
    const char *subject_vi, *subject_en, *body_vi, *body_en;
} DECISIONS[] = {
    [WORDING_OPENED] =
        {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_DEADLINE, "Kỳ %1$s đang mở nhận báo cáo", "Period %1$s is open for reports",
         "Kính gửi đơn vị,\n\nKỳ báo cáo %1$s của Kế hoạch %2$s đang mở nhận báo cáo; thời hạn báo cáo là trước ngày %3$s. "
         "Lý do: %4$s\n\nTrân trọng.",
         "Period %1$s of plan %2$s is open for reports; its deadline is before %3$s. The reason: %4$s"},
    [WORDING_CLOSED] =
        {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_DEADLINE, "Kỳ %1$s đã khóa", "Period %1$s is closed",
         "Kính gửi đơn vị,\n\nKỳ báo cáo %1$s của Kế hoạch %2$s (thời hạn trước ngày %3$s) đã khóa. Báo cáo đến sau được "
         "lưu giữ riêng, chỉ được xem xét khi cơ quan thường trực cho phép. Lý do: %4$s\n\nTrân trọng.",
         "Period %1$s of plan %2$s (due before %3$s) is closed. Reports that come from now on are kept apart, and "
         "checked only if the standing agency admits them. The reason: %4$s"},
    [WORDING_EXTENDED] =
        {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_EXTENSION, "Kỳ %1$s: đơn vị được gia hạn báo cáo",
         "Period %1$s: your deadline has been extended",
         "Kính gửi đơn vị,\n\nCơ quan thường trực đồng ý gia hạn báo cáo kỳ %1$s của Kế hoạch %2$s: thời hạn của đơn "
         "vị là trước ngày %3$s.%5$s Lý do: %4$s\n\nTrân trọng.",
         "The standing agency has extended your deadline for period %1$s of plan %2$s: your report is on time before "
         "%3$s.%5$s The reason: %4$s"},
    [WORDING_SHORTENED] =
        {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_EXTENSION, "Kỳ %1$s: thời hạn đã gia hạn được rút ngắn",
         "Period %1$s: your extended deadline is earlier now",
         "Kính gửi đơn vị,\n\nCơ quan thường trực rút ngắn thời gian đã gia hạn báo cáo kỳ %1$s của Kế hoạch %2$s: thời hạn của "
         "đơn vị nay là trước ngày %3$s.%5$s Lý do: %4$s\n\nTrân trọng.",
         "The standing agency has shortened the extension of your deadline for period %1$s of plan %2$s: it is now before "
         "%3$s.%5$s The reason: %4$s"},
    [WORDING_NOT_EXTENDED] =
        {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_EXTENSION, "Kỳ %1$s: đề nghị gia hạn chưa được chấp thuận",
         "Period %1$s: your deadline has not been extended",
         "Kính gửi đơn vị,\n\nCơ quan thường trực chưa chấp thuận gia hạn báo cáo kỳ %1$s của Kế hoạch %2$s: thời "
         "hạn vẫn là trước ngày %3$s. Lý do: %4$s\n\nTrân trọng.",
         "The standing agency has not extended your deadline for period %1$s of plan %2$s: it is still before "
         "%3$s. The reason: %4$s"},
    [WORDING_OPENED_BY_DATE] = {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_DEADLINE, "Kỳ %1$s đã mở nhận báo cáo",
                                "Period %1$s is open for reports",
                                "Kính gửi đơn vị,\n\nKỳ báo cáo %1$s của Kế hoạch %2$s đã mở nhận báo cáo; thời hạn là trước ngày "
                                "%3$s.\n\nTrân trọng.",
                                "Period %1$s of plan %2$s is open for reports; they are due before %3$s."},
    [WORDING_MOVED] = {BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_DEADLINE, "Kỳ %1$s: thời hạn báo cáo đã thay đổi",
                       "Period %1$s: the deadline has been moved",
                       "Kính gửi đơn vị,\n\nThời hạn báo cáo kỳ %1$s của Kế hoạch %2$s nay là trước ngày %3$s, thay cho trước ngày "
                       "%4$s.\n\nTrân trọng.",
                       "Reports for period %1$s of plan %2$s are due before %3$s now, instead of before %4$s."},
};

// A receipt is a promise: what it says about a report is not changed afterwards.
static const char STAYS_LATE_VI[] = " Báo cáo đã nhận muộn trước đó vẫn tính là muộn.";
static const char STAYS_LATE_EN[] = " The report that was received late stays late.";

static const char CLOSED_VI[] =
    " Kỳ báo cáo đã khóa: báo cáo gửi lại lúc này được lưu giữ riêng, chỉ được xem xét khi cơ quan thường "
    "trực cho phép hoặc mở lại kỳ; đề nghị đơn vị liên hệ trước khi gửi.";
static const char CLOSED_EN[] =
    " The period is closed: what is sent now is kept apart, and is checked only if the standing agency admits "
    "it; please ask the agency first to open the period again.";

// The formats are those of the tables above.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
void wording_standing (Baocao__V1__Notice *notice, Baocao__V1__UnitStanding standing)
{
    size_t i = 0, last = sizeof STANDINGS / sizeof *STANDINGS - 1;
    while (i < last && STANDINGS[i].standing != standing)
        i++;
    notice->kind = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_STANDING;
    notice->subject_vi = xasprintf (STANDINGS[i].subject_vi, notice->period);
    notice->subject_en = xasprintf (STANDINGS[i].subject_en, notice->period);
    notice->body_vi = xasprintf (STANDINGS[i].body_vi, notice->period, notice->plan);
    notice->body_en = xasprintf (STANDINGS[i].body_en, notice->period, notice->plan);
}

void wording_review (Baocao__V1__Notice *notice, Baocao__V1__NoticeKind kind, const char *reason, bool closed)
{
    size_t i = 0, last = sizeof REVIEWS / sizeof *REVIEWS - 1;
    while (i < last && REVIEWS[i].kind != kind)
        i++;
    notice->kind = REVIEWS[i].kind;
    notice->subject_vi = xasprintf (REVIEWS[i].subject_vi, notice->period, notice->revision);
    notice->subject_en = xasprintf (REVIEWS[i].subject_en, notice->period, notice->revision);
    notice->body_vi =
        xasprintf (REVIEWS[i].body_vi, notice->period, notice->plan, notice->revision, reason, closed ? CLOSED_VI : "");
    notice->body_en =
        xasprintf (REVIEWS[i].body_en, notice->period, notice->plan, notice->revision, reason, closed ? CLOSED_EN : "");
}

void wording_decision (Baocao__V1__Notice *notice, const wording_decision_t *decision)
{
    const typeof (*DECISIONS) *words = &DECISIONS[decision->what];
    notice->kind = words->kind;
    notice->subject_vi = xasprintf (words->subject_vi, notice->period);
    notice->subject_en = xasprintf (words->subject_en, notice->period);
    notice->body_vi = xasprintf (words->body_vi, notice->period, notice->plan, decision->day_vi, decision->remark_vi,
                                 decision->stays_late ? STAYS_LATE_VI : "");
    notice->body_en = xasprintf (words->body_en, notice->period, notice->plan, decision->day_en, decision->remark_en,
                                 decision->stays_late ? STAYS_LATE_EN : "");
}
#pragma GCC diagnostic pop

// Number of the calendar day in the plan's time zone.
static int64_t local_day (int64_t ms, int utc_offset_minutes)
{
    int64_t local = ms + utc_offset_minutes * 60000LL;
    return local / DAY_MS - (local % DAY_MS < 0);
}

void wording_dates (int64_t ms, int utc_offset_minutes, char vi[WORDING_DATE], char en[WORDING_DATE])
{
    time_t seconds = (time_t)(local_day (ms, utc_offset_minutes) * (DAY_MS / 1000));
    struct tm day;
    gmtime_r (&seconds, &day);
    strftime (vi, WORDING_DATE, "%d/%m/%Y", &day);
    strftime (en, WORDING_DATE, "%-d %B %Y", &day);
}

static void word_reminder_subject (Baocao__V1__Notice *notice, int64_t days_left)
{
    long long days = llabs (days_left);
    if (days_left > 0) {
        notice->subject_vi = xasprintf ("Nhắc hạn: còn %lld ngày để gửi báo cáo kỳ %s", days, notice->period);
        notice->subject_en =
            xasprintf ("Reminder: %lld day%s left to send the report for %s", days, plural ((size_t)days), notice->period);
    } else if (days_left == 0) {
        notice->subject_vi = xasprintf ("Nhắc hạn: hôm nay là ngày cuối để gửi báo cáo kỳ %s", notice->period);
        notice->subject_en = xasprintf ("Reminder: today is the last day to send the report for %s", notice->period);
    } else {
        notice->subject_vi = xasprintf ("Báo cáo kỳ %s đã quá hạn %lld ngày", notice->period, days);
        notice->subject_en = xasprintf ("The report for %s is %lld day%s overdue", notice->period, days, plural ((size_t)days));
    }
}

void wording_merged (size_t count, int64_t first_at, int64_t last_at, int utc_offset_minutes, char **vi_p, char **en_p)
{
    char first_vi[WORDING_DATE], first_en[WORDING_DATE], last_vi[WORDING_DATE], last_en[WORDING_DATE];
    if (count < 2) {
        *vi_p = xstrdup ("");
        *en_p = xstrdup ("");
        return;
    }
    wording_dates (first_at, utc_offset_minutes, first_vi, first_en);
    wording_dates (last_at, utc_offset_minutes, last_vi, last_en);
    *vi_p = xasprintf ("\n\nThông báo này gộp %zu lần thông báo, từ ngày %s đến ngày %s, do các lần trước chưa gửi được đúng ngày.",
                       count, first_vi, last_vi);
    *en_p = xasprintf ("\n\nThis notice stands for %zu notices, from %s to %s: the earlier ones could not be sent on their days.",
                       count, first_en, last_en);
}

void wording_reminder (Baocao__V1__Notice *notice, const wording_reminder_t *about)
{
    char due_vi[WORDING_DATE], due_en[WORDING_DATE], *merged_vi, *merged_en;
    int64_t last_day = local_day (about->due_at - 1, about->utc_offset_minutes);
    int64_t days_left = last_day - local_day (about->now, about->utc_offset_minutes);
    wording_dates (about->due_at, about->utc_offset_minutes, due_vi, due_en);
    wording_merged (about->reminders, about->first_at, about->last_at, about->utc_offset_minutes, &merged_vi, &merged_en);

    notice->kind = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_REMINDER;
    word_reminder_subject (notice, days_left);
    notice->body_vi =
        xasprintf ("Kính gửi %s,\n\nTheo Kế hoạch %s, báo cáo kỳ %s phải được gửi trước ngày %s. Đến nay hệ thống chưa ghi "
                   "nhận báo cáo nào của đơn vị được chấp nhận cho kỳ này.\n\n%s Nếu báo cáo đã gửi chưa được chấp nhận, "
                   "đề nghị sửa theo các lỗi đã thông báo và gửi lại.%s\n\nTrân trọng.",
                   about->unit_vi, notice->plan, notice->period, due_vi,
                   days_left >= 0 ? "Đề nghị đơn vị hoàn thành và gửi báo cáo đúng hạn."
                                  : "Đề nghị đơn vị khẩn trương hoàn thành và gửi báo cáo.",
                   merged_vi);
    notice->body_en = xasprintf (
        "To the %s:\n\nUnder plan %s the report for %s is due before %s. So far no report of yours has been "
        "accepted for this period.\n\n%s If a report you sent was refused, correct the errors that you were "
        "told of and send it again.%s",
        about->unit_en, notice->plan, notice->period, due_en,
        days_left >= 0 ? "Please complete it and send it in time." : "Please complete it and send it without further delay.",
        merged_en);
    free (merged_vi);
    free (merged_en);
}

// --- Escalation ------------------------------------------------------------------------------------------------------------------

typedef struct {
    const char *vi, *en;
} phrase_t;

static const phrase_t RECIPIENTS[WORDING_RECIPIENTS] = {
    [PLAN_TO_UNIT_LEADER] = {"lãnh đạo đơn vị", "the unit's leader"},
    [PLAN_TO_STANDING_LEADER] = {"lãnh đạo cơ quan thường trực", "the leader of the standing agency"},
    [PLAN_TO_COMMITTEE] = {"Ủy ban nhân dân, trong báo cáo tổng hợp", "the People's Committee, in its digest"},
};

static void list_recipients (FILE *vi, FILE *en, const wording_escalation_t *about)
{
    const char *comma = "";
    for (int i = 0; i < WORDING_RECIPIENTS; i++) {
        if (!about->recipients[i])
            continue;
        fprintf (vi, "%s%s", comma, RECIPIENTS[i].vi);
        fprintf (en, "%s%s", comma, RECIPIENTS[i].en);
        comma = "; ";
    }
}

static void list_past (FILE *vi, FILE *en, const wording_escalation_t *about)
{
    char date_vi[WORDING_DATE], date_en[WORDING_DATE];
    fprintf (vi, "\n\nĐã nhắc %zu lần", about->n_reminded);
    fprintf (en, "\n\nReminders sent before: %zu", about->n_reminded);
    for (size_t i = 0; i < about->n_reminded; i++) {
        wording_dates (about->reminded_at[i], about->utc_offset_minutes, date_vi, date_en);
        fprintf (vi, "%s%s", i ? ", " : ": ngày ", date_vi);
        fprintf (en, "%s%s", i ? ", " : ": ", date_en);
    }
    for (int i = 0; i < WORDING_RECIPIENTS; i++) {
        if (!about->told_at[i])
            continue;
        wording_dates (about->told_at[i], about->utc_offset_minutes, date_vi, date_en);
        fprintf (vi, ".\nĐã báo %s ngày %s", RECIPIENTS[i].vi, date_vi);
        fprintf (en, ".\nTold before: %s, on %s", RECIPIENTS[i].en, date_en);
    }
    fputs (".", vi);
    fputs (".", en);
}

void wording_escalation (Baocao__V1__Notice *notice, const wording_escalation_t *about, bool to_standing)
{
    char due_vi[WORDING_DATE], due_en[WORDING_DATE];
    size_t size;
    FILE *vi = open_memstream (&notice->body_vi, &size), *en = open_memstream (&notice->body_en, &size);
    wording_dates (about->due_at, about->utc_offset_minutes, due_vi, due_en);
    notice->kind = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_ESCALATION;
    notice->subject_vi =
        xasprintf ("Báo cáo kỳ %s của %s quá hạn %d ngày làm việc", notice->period, about->unit_vi, about->working_days);
    notice->subject_en = xasprintf ("%s: the report for %s is overdue by %d working day%s", about->unit_en, notice->period,
                                    about->working_days, plural ((size_t)about->working_days));
    fprintf (vi,
             "Kính gửi %s,\n\nTheo Kế hoạch %s, báo cáo kỳ %s của %s phải được gửi trước ngày %s. Đến nay chưa có báo cáo nào "
             "được chấp nhận. Thông báo này được gửi tới: ",
             to_standing ? "cơ quan thường trực" : about->unit_vi, notice->plan, notice->period, about->unit_vi, due_vi);
    fprintf (en,
             "To the %s:\n\nUnder plan %s the report for %s of the %s was due before %s. So far none has been accepted. This is "
             "being told to: ",
             to_standing ? "standing agency" : about->unit_en, notice->plan, notice->period, about->unit_en, due_en);
    list_recipients (vi, en, about);
    fputs (".", vi);
    fputs (".", en);
    list_past (vi, en, about);
    fputs (to_standing ? "\n\nĐề nghị cơ quan thường trực đôn đốc hoặc quyết định gia hạn.\n\nTrân trọng."
                       : "\n\nĐề nghị đơn vị gửi báo cáo ngay.\n\nTrân trọng.",
           vi);
    fputs (to_standing ? "\n\nPlease urge the unit, or decide on an extension." : "\n\nPlease send the report now.", en);
    fclose (vi);
    fclose (en);
}
