// The words of what units ask for: to the standing unit, and back when it is refused.
#include "wording.h"

#include <stdlib.h>

#include "common/xmem.h"

typedef struct {
    char *vi, *en;
} words_t;

// "gia hạn báo cáo kỳ 2025 ... đến hết ngày 20/12/2025"
static words_t wish (const Baocao__V1__Notice *notice, const wording_request_t *about)
{
    const char *whose = about->refusal ? "your" : "its";
    if (*about->day_vi)
        return (words_t){
            xasprintf ("gia hạn báo cáo kỳ %s của Kế hoạch %s đến hết ngày %s", notice->period, notice->plan, about->day_vi),
            xasprintf ("that %s report for period %s of plan %s be on time until the end of %s", whose, notice->period,
                       notice->plan, about->day_en)};
    return (words_t){
        xasprintf ("rút lại báo cáo kỳ %s của Kế hoạch %s (lần gửi %u)", notice->period, notice->plan, notice->revision),
        xasprintf ("to take back %s report for period %s of plan %s (revision %u)", whose, notice->period, notice->plan,
                   notice->revision)};
}

static void word_request (Baocao__V1__Notice *notice, const wording_request_t *about, const words_t *wish)
{
    bool extension = *about->day_vi;
    notice->kind = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_REQUEST;
    notice->subject_vi =
        xasprintf (extension ? "%s đề nghị gia hạn kỳ %s" : "%s đề nghị rút báo cáo kỳ %s", about->unit_vi, notice->period);
    notice->subject_en = xasprintf (extension ? "%s asks for a later deadline for %s" : "%s asks to take back its report for %s",
                                    about->unit_en, notice->period);
    notice->body_vi = xasprintf ("Kính gửi cơ quan thường trực,\n\n%s đề nghị %s. Lý do: %s\n\nĐây là đề nghị số %lld, chờ quyết "
                                 "định; lệnh baocao-admin request list cho biết cách trả lời.\n\nTrân trọng.",
                                 about->unit_vi, wish->vi, about->reason, about->number);
    notice->body_en =
        xasprintf ("To the standing agency:\n\nThe %s asks %s. The reason: %s\n\nThis is request %lld, to be decided; "
                   "baocao-admin request list tells how.",
                   about->unit_en, wish->en, about->reason, about->number);
}

static void word_refusal (Baocao__V1__Notice *notice, const wording_request_t *about, const words_t *wish)
{
    notice->kind = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_REQUEST_REFUSED;
    notice->subject_vi = xasprintf ("Kỳ %s: đề nghị của đơn vị chưa được chấp thuận", notice->period);
    notice->subject_en = xasprintf ("Period %s: your request has been refused", notice->period);
    notice->body_vi = xasprintf ("Kính gửi đơn vị,\n\nCơ quan thường trực chưa chấp thuận đề nghị %s. Lý do: %s\n\nTrân trọng.",
                                 wish->vi, about->refusal);
    notice->body_en = xasprintf ("The standing agency has refused your request %s. The reason: %s", wish->en, about->refusal);
}

void wording_request (Baocao__V1__Notice *notice, const wording_request_t *about)
{
    words_t words = wish (notice, about);
    if (about->refusal)
        word_refusal (notice, about, &words);
    else
        word_request (notice, about, &words);
    free (words.vi);
    free (words.en);
}
