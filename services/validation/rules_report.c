// Rules about the report as a whole: where it comes from, its document, its shape, its attachments.
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "report/text.h"
#include "rule.h"

enum { LOCAL_TEXT = 32 };

// An instant in the plan's time zone, to the minute: "2025-12-09 08:00".
static void local_text (const check_t *self, int64_t ms, char text[LOCAL_TEXT])
{
    time_t seconds = (time_t)(ms / 1000 + self->facts->duties->utc_offset_minutes * INT64_C (60));
    struct tm local = {0};
    gmtime_r (&seconds, &local);
    text[strftime (text, LOCAL_TEXT, "%Y-%m-%d %H:%M", &local)] = 0;
}

static void check_unit (check_t *self)
{
    const char *unit = self->facts->unit;
    if (!unit)
        FOUND (self, RULE_UNIT_UNKNOWN, "unit", TEXT (self->report->unit));
    else if (strcmp (self->report->unit, unit) != 0)
        FOUND (self, RULE_UNIT_OTHER, "unit", TEXT (self->report->unit), TEXT (unit));
}

static void period_unknown (check_t *self)
{
    const Baocao__V1__PlanDuties *duties = self->facts->duties;
    char known[120] = "";
    size_t length = 0;
    for (size_t i = 0; i < duties->n_periods && length < sizeof known; i++)
        length += (size_t)snprintf (known + length, sizeof known - length, "%s%s", i ? ", " : "", duties->periods[i]->period);
    FOUND (self, RULE_PERIOD_UNKNOWN, "period", TEXT (self->report->period), TEXT (known));
}

// Whose duties others have now is sent to those.
static void unit_no_duty (check_t *self)
{
    const Baocao__V1__PeriodDuty *period = self->period;
    char vi[160] = "cơ quan thường trực", en[160] = "the standing agency", codes[80] = "";
    size_t length = 0;
    for (size_t i = 0; i < period->n_successors && length < sizeof codes; i++)
        length += (size_t)snprintf (codes + length, sizeof codes - length, "%s%s", i ? ", " : "", period->successors[i]);
    if (period->n_successors) {
        snprintf (vi, sizeof vi, "%s, đơn vị báo cáo thay", codes);
        snprintf (en, sizeof en, "%s, reporting in its place", codes);
    }
    FOUND (self, RULE_UNIT_NO_DUTY, "unit", TEXT (self->report->unit), TEXT (period->period), LABEL (vi, en));
}

static void check_period (check_t *self)
{
    const Baocao__V1__PlanDuties *duties = self->facts->duties;
    for (size_t i = 0; i < duties->n_periods && !self->period; i++)
        if (strcmp (duties->periods[i]->period, self->report->period) == 0)
            self->period = duties->periods[i];
    if (!self->period) {
        period_unknown (self);
        return;
    }
    char local[LOCAL_TEXT];
    const Baocao__V1__PeriodDuty *period = self->period;
    if (period->opens_at && self->facts->received_at < bc_timestamp_ms (period->opens_at)) {
        local_text (self, bc_timestamp_ms (period->opens_at), local);
        FOUND (self, RULE_PERIOD_NOT_OPEN, "period", TEXT (period->period), TEXT (local));
    } else if (period->closes_at && self->facts->received_at >= bc_timestamp_ms (period->closes_at)) {
        local_text (self, bc_timestamp_ms (period->closes_at), local);
        FOUND (self, RULE_PERIOD_CLOSED, "period", TEXT (period->period), TEXT (local), TEXT (duties->standing_unit));
    }
    if (period->obligation != BAOCAO__V1__OBLIGATION__OBLIGATION_MAY &&
        period->obligation != BAOCAO__V1__OBLIGATION__OBLIGATION_MUST)
        unit_no_duty (self);
}

void rules_check_origin (check_t *self)
{
    const rules_facts_t *facts = self->facts;
    if (facts->claimed_plan && strcmp (facts->claimed_plan, self->report->plan) != 0)
        FOUND (self, RULE_PLAN_CLAIMED, "plan", TEXT (self->report->plan), TEXT (facts->claimed_plan));
    if (facts->claimed_period && strcmp (facts->claimed_period, self->report->period) != 0)
        FOUND (self, RULE_PERIOD_CLAIMED, "period", TEXT (self->report->period), TEXT (facts->claimed_period));
    check_unit (self);
    if (facts->duties)
        check_period (self);
    else if (facts->unit)  // there are no duties to look at for an unknown unit either
        FOUND (self, RULE_PLAN_UNKNOWN, "plan", TEXT (self->report->plan));
}

static void check_date (check_t *self, const char *date)
{
    char received[LOCAL_TEXT];
    if (!text_is_date (date)) {
        FOUND (self, *date ? RULE_DOCUMENT_DATE_INVALID : RULE_DOCUMENT_DATE, "document.date", TEXT (date));
        return;
    }
    if (!self->facts->duties)
        return;
    local_text (self, self->facts->received_at, received);
    received[10] = 0;
    if (strcmp (date, received) > 0)
        FOUND (self, RULE_DOCUMENT_DATE_LATER, "document.date", TEXT (date), TEXT (received));
}

void rules_check_document (check_t *self)
{
    static const rule_text_t number = {"document.number", REPORT_MAX_NUMBER, "Số, ký hiệu văn bản", "The document number", true};
    static const rule_text_t signer = {"document.signer", REPORT_MAX_NAME, "Họ tên người ký", "The signer's name", true};
    static const rule_text_t title = {"document.signer_title", REPORT_MAX_NAME, "Chức vụ người ký", "The signer's title", true};
    const Baocao__V1__Document *document = self->report->document;
    if (!document) {
        FOUND (self, RULE_DOCUMENT_MISSING, "document");
        return;
    }
    rule_require_text (self, &number, document->number, RULE_DOCUMENT_NUMBER);
    check_date (self, document->date);
    rule_require_text (self, &signer, document->signer, RULE_DOCUMENT_SIGNER);
    rule_check_text (self, &title, document->signer_title);
}

void rules_check_shape (check_t *self)
{
    static const rule_text_t assessment = {"general_assessment", REPORT_MAX_ASSESSMENT, "Đánh giá chung", "The general assessment",
                                           false};
    static const rule_text_t reason = {"nothing_to_report.reason", REPORT_MAX_REASON, "Lý do không có nội dung báo cáo",
                                       "The reason for having nothing to report", false};
    const Baocao__V1__Report *report = self->report;
    if (report->n_entries && report->nothing_to_report)
        FOUND (self, RULE_REPORT_BOTH, "nothing_to_report", NUMBER (report->n_entries));
    else if (!report->n_entries && !report->nothing_to_report)
        FOUND (self, RULE_REPORT_EMPTY, "entries");
    if (report->nothing_to_report)
        rule_require_text (self, &reason, report->nothing_to_report->reason, RULE_NOTHING_REASON);
    rule_check_text (self, &assessment, report->general_assessment);
}

static const Baocao__V1__PresentFile *find_file (const rules_facts_t *facts, const Baocao__V1__Attachment *attachment)
{
    for (size_t i = 0; i < facts->n_files; i++) {
        const Baocao__V1__PresentFile *file = facts->files[i];
        if (file->sha256.len == REPORT_DIGEST_SIZE && memcmp (file->sha256.data, attachment->sha256.data, REPORT_DIGEST_SIZE) == 0)
            return file;
    }
    return NULL;
}

static void check_attachment (check_t *self, const Baocao__V1__Attachment *attachment)
{
    static const rule_text_t name = {"name", REPORT_MAX_NAME, "Tên tệp đính kèm", "The name of the attached file", true};
    rule_require_text (self, &name, attachment->name, RULE_ATTACHMENT_NAME);
    if (strpbrk (attachment->name, "/\\") || !strcmp (attachment->name, ".") || !strcmp (attachment->name, ".."))
        FOUND (self, RULE_ATTACHMENT_NAME, "name", TEXT (attachment->name));
    if (attachment->sha256.len != REPORT_DIGEST_SIZE) {
        FOUND (self, RULE_ATTACHMENT_DIGEST, "sha256", TEXT (attachment->name), NUMBER (attachment->sha256.len));
        return;
    }
    const Baocao__V1__PresentFile *file = find_file (self->facts, attachment);
    if (!file)
        FOUND (self, RULE_ATTACHMENT_ABSENT, "sha256", TEXT (attachment->name));
    else if (file->size != attachment->size)
        FOUND (self, RULE_ATTACHMENT_SIZE, "size", TEXT (attachment->name), NUMBER (attachment->size), NUMBER (file->size));
}

void rules_check_attachments (check_t *self)
{
    const Baocao__V1__Report *report = self->report;
    if (report->n_attachments > REPORT_MAX_ATTACHMENTS) {
        FOUND (self, RULE_ATTACHMENTS_LIMIT, "attachments", NUMBER (report->n_attachments), NUMBER (REPORT_MAX_ATTACHMENTS));
        return;
    }
    for (size_t i = 0; i < report->n_attachments; i++) {
        check_enter (self, "attachments", i);
        check_attachment (self, report->attachments[i]);
        check_leave (self);
    }
}
