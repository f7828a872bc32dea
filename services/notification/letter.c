#include "letter.h"

#include "common/clock.h"
#include "common/metrics.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "baocao/v1/posted.pb-c.h"
#include "wording.h"

letter_t *letter_new (const char *unit, const char *plan, const char *period)
{
    letter_t *self = xcalloc (1, sizeof *self);
    self->unit = xstrdup (unit);
    self->receivers = LETTER_TO_OFFICERS;
    self->notice = xmalloc (sizeof *self->notice);
    baocao__v1__notice__init (self->notice);
    self->notice->plan = xstrdup (plan);
    self->notice->period = xstrdup (period);
    return self;
}

static letter_t *letter_about (const char *unit, const char *plan, const char *period, ProtobufCBinaryData submission_id,
                               ProtobufCBinaryData report_id, uint32_t revision)
{
    letter_t *self = letter_new (unit, plan, period);
    memcpy (self->submission_id, submission_id.data, sizeof self->submission_id);
    self->notice->report_id.data = xmemdup (report_id.data, report_id.len);
    self->notice->report_id.len = report_id.len;
    self->notice->revision = revision;
    return self;
}

static Baocao__V1__Finding *finding_copy (const Baocao__V1__Finding *finding)
{
    Baocao__V1__Finding *copy = xmalloc (sizeof *copy);
    baocao__v1__finding__init (copy);
    copy->code = xstrdup (finding->code);
    copy->severity = finding->severity;
    copy->path = xstrdup (finding->path);
    copy->message_vi = xstrdup (finding->message_vi);
    copy->message_en = xstrdup (finding->message_en);
    return copy;
}

letter_t *letter_about_verdict (const Baocao__V1__ReportJudged *judged)
{
    letter_t *self =
        letter_about (judged->unit, judged->plan, judged->period, judged->submission_id, judged->report_id, judged->revision);
    self->notice->findings = xcalloc (judged->n_findings + 1, sizeof (Baocao__V1__Finding *));
    for (size_t i = 0; i < judged->n_findings; i++)
        self->notice->findings[self->notice->n_findings++] = finding_copy (judged->findings[i]);
    wording_judged (self->notice, judged->accepted);
    self->calendar = judged->accepted ? LETTER_CALENDAR_CANCEL : LETTER_NO_CALENDAR;
    return self;
}

letter_t *letter_about_standing (const Baocao__V1__StandingChanged *changed)
{
    letter_t *self =
        letter_about (changed->unit, changed->plan, changed->period, changed->submission_id, changed->report_id, changed->revision);
    wording_standing (self->notice, changed->standing);
    return self;
}

letter_t *letter_about_review (const letter_review_t *review)
{
    letter_t *self =
        letter_about (review->unit, review->plan, review->period, review->submission_id, review->report_id, review->revision);
    wording_review (self->notice, review->kind, review->reason, review->closed);
    return self;
}

void letter_destroy (letter_t **self_p)
{
    letter_t *self = *self_p;
    if (!self)
        return;
    baocao__v1__notice__free_unpacked (self->notice, NULL);
    free (self->unit);
    free (self);
    *self_p = NULL;
}

void letter_stamp (letter_t *self, int unit_id, uint64_t cursor, int64_t posted_at)
{
    Baocao__V1__Notice *notice = self->notice;
    if (!notice->posted_at)
        notice->posted_at = xmalloc (sizeof *notice->posted_at);
    bc_timestamp_set (notice->posted_at, posted_at);
    self->unit_id = unit_id;
    notice->cursor = cursor;
}

static bool is_last_to_its_unit (letter_t *const *letters, size_t count, size_t i)
{
    for (size_t later = i + 1; later < count; later++)
        if (letters[later]->notice->cursor > letters[i]->notice->cursor && streq (letters[later]->unit, letters[i]->unit))
            return false;
    return true;
}

void letters_announce (letter_t *const *letters, size_t count, zsock_t *posted)
{
    size_t announced = 0;
    for (size_t i = 0; i < count; i++) {
        if (letters[i]->notice->cursor == 0)
            continue;
        announced++;
        if (!is_last_to_its_unit (letters, count, i))
            continue;
        Baocao__V1__NoticePosted message = BAOCAO__V1__NOTICE_POSTED__INIT;
        message.unit = letters[i]->unit;
        message.cursor = letters[i]->notice->cursor;
        bc_wire_send (posted, &message.base);
    }
    bc_metric_add (bc_metric_counter ("baocao_notices_posted_total", "Notices put into mailboxes"), (long long)announced);
}
