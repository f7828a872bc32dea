// The words of what units that share a task say to each other.
#include "wording.h"

#include <stdlib.h>

#include "common/xmem.h"

// "Báo Thanh Hóa" VERB "nhiệm vụ I.1"
static const struct {
    const char *short_vi, *short_en, *vi, *en;
} VERBS[] = {
    [WORDING_CONTRIBUTION] = {"gửi phần phối hợp", "has sent its part of", "đã gửi phần phối hợp", "has sent its part of"},
    [WORDING_DRAFT] = {"đề nghị thống nhất", "asks for your agreement on", "đề nghị thống nhất dự thảo báo cáo",
                       "asks you to agree to its draft report on"},
    [WORDING_AGREED] = {"thống nhất", "agrees on", "thống nhất với dự thảo báo cáo", "agrees to your draft report on"},
    [WORDING_DISAGREED] = {"chưa thống nhất", "does not agree on", "chưa thống nhất với dự thảo báo cáo",
                           "does not agree to your draft report on"},
    [WORDING_CONTRIBUTION_WITHDRAWN] = {"rút lại phần phối hợp", "has taken back its part of", "đã rút lại phần phối hợp",
                                        "has taken back its part of"},
    [WORDING_DRAFT_WITHDRAWN] = {"rút lại dự thảo", "has taken back its draft on", "đã rút lại dự thảo báo cáo",
                                 "has taken back its draft report on"},
};

// What the receiver can do, with the command; the caller frees it.
static char *next_vi (const Baocao__V1__Notice *notice, const wording_coordination_t *about)
{
    const char *task = about->task, *plan = notice->plan, *period = notice->period;
    switch (about->what) {
    case WORDING_CONTRIBUTION:
        return xasprintf ("Nội dung có trong mẫu báo cáo của đơn vị: lệnh baocao template %s --plan %s -o report.xlsx, sheet “Phần "
                          "phối hợp”.",
                          period, plan);
    case WORDING_DRAFT:
        return xasprintf ("Xem dự thảo: lệnh baocao sign-off %s --plan %s --period %s. Thống nhất: baocao sign-off give %s --plan "
                          "%s --period %s. Chưa thống nhất: baocao sign-off refuse %s --plan %s --period %s --reason \"lý do\".",
                          task, plan, period, task, plan, period, task, plan, period);
    case WORDING_AGREED:
        return xasprintf (
            "Lệnh baocao sign-off --plan %s --period %s cho biết còn chờ đơn vị nào; khi đã đủ, gửi báo cáo bằng lệnh "
            "baocao push.",
            plan, period);
    case WORDING_DISAGREED:
        return xstrdup ("Hãy sửa báo cáo rồi đề nghị lại bằng lệnh baocao sign-off ask report.xlsx.");
    case WORDING_CONTRIBUTION_WITHDRAWN:
        return xasprintf ("Nếu đã dùng phần này thì hãy xem lại báo cáo. Nội dung còn hiệu lực: lệnh baocao sign-off %s --plan %s "
                          "--period %s.",
                          task, plan, period);
    default:
        return xstrdup ("Đơn vị không cần trả lời dự thảo này nữa.");
    }
}

static char *next_en (const Baocao__V1__Notice *notice, const wording_coordination_t *about)
{
    const char *task = about->task, *plan = notice->plan, *period = notice->period;
    switch (about->what) {
    case WORDING_CONTRIBUTION:
        return xasprintf ("It is in your template: baocao template %s --plan %s -o report.xlsx, sheet “Phần phối hợp”.", period,
                          plan);
    case WORDING_DRAFT:
        return xasprintf ("To see the draft: baocao sign-off %s --plan %s --period %s. To agree: baocao sign-off give %s --plan %s "
                          "--period %s. Else: baocao sign-off refuse %s --plan %s --period %s --reason \"why\".",
                          task, plan, period, task, plan, period, task, plan, period);
    case WORDING_AGREED:
        return xasprintf ("baocao sign-off --plan %s --period %s shows who has still to answer; when all agree, send the report "
                          "with baocao push.",
                          plan, period);
    case WORDING_DISAGREED:
        return xstrdup ("Mend the report, and ask again with baocao sign-off ask report.xlsx.");
    case WORDING_CONTRIBUTION_WITHDRAWN:
        return xasprintf ("If you have used it, look at your report again. What stands: baocao sign-off %s --plan %s --period %s.",
                          task, plan, period);
    default:
        return xstrdup ("No answer to this draft is wanted any more.");
    }
}

void wording_coordination (Baocao__V1__Notice *notice, const wording_coordination_t *about)
{
    char *vi = next_vi (notice, about), *en = next_en (notice, about);
    bool remark = *about->remark;
    notice->kind = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_COORDINATION;
    notice->subject_vi = xasprintf ("%s %s nhiệm vụ %s", about->unit_vi, VERBS[about->what].short_vi, about->task);
    notice->subject_en = xasprintf ("%s %s task %s", about->unit_en, VERBS[about->what].short_en, about->task);
    notice->body_vi = xasprintf ("Kính gửi đơn vị,\n\n%s %s nhiệm vụ %s (%s), kỳ %s của Kế hoạch %s.%s%s\n\n%s\n\nTrân trọng.",
                                 about->unit_vi, VERBS[about->what].vi, about->task, about->title_vi, notice->period, notice->plan,
                                 remark ? " Ý kiến: " : "", about->remark, vi);
    notice->body_en =
        xasprintf ("The %s %s task %s (%s), period %s of plan %s.%s%s\n\n%s", about->unit_en, VERBS[about->what].en, about->task,
                   about->title_vi, notice->period, notice->plan, remark ? " It says: " : "", about->remark, en);
    free (vi);
    free (en);
}
