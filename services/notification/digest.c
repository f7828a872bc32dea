// The digest's words. Each section is written twice, once a language, from the same rows.
#include "digest.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/xmem.h"
#include "plan/calendar.h"
#include "wording.h"

typedef enum { VI, EN, LANGUAGES } language_t;

// What is counted for the headings.
typedef struct {
    size_t expected, reported, missing, overdue, refused, returned, quarantined, decided, escalated, voluntary, unreached, asking;
} counts_t;

typedef bool choose_fn (const digest_t *self, const digest_row_t *row);
typedef void remark_fn (FILE *out, const digest_t *self, const digest_row_t *row, language_t language);

static bool has_reported (const digest_t *self, const digest_row_t *row)
{
    (void)self;
    return row->must && row->received_at != 0;
}

static bool is_voluntary (const digest_t *self, const digest_row_t *row)
{
    (void)self;
    return !row->must && row->received_at != 0;
}

static bool is_missing (const digest_t *self, const digest_row_t *row)
{
    (void)self;
    return row->must && row->received_at == 0;
}

static bool is_overdue (const digest_t *self, const digest_row_t *row)
{
    return is_missing (self, row) && self->now >= row->due_at;
}

static bool is_refused (const digest_t *self, const digest_row_t *row)
{
    (void)self;
    return row->received_at == 0 && row->refused_codes;
}

static bool is_returned (const digest_t *self, const digest_row_t *row)
{
    return row->received_at == 0 && row->returned_reason && !is_refused (self, row);
}

static bool is_quarantined (const digest_t *self, const digest_row_t *row)
{
    (void)self;
    return row->quarantined_at != 0;
}

static bool has_decision (const digest_t *self, const digest_row_t *row)
{
    (void)self;
    return row->extension_reason;
}

static bool is_escalated (const digest_t *self, const digest_row_t *row)
{
    return is_missing (self, row) && row->is_escalated;
}

static bool is_asking (const digest_t *self, const digest_row_t *row)
{
    (void)self;
    return row->is_asking;
}

static size_t count (const digest_t *self, choose_fn *choose)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n_rows; i++)
        n += choose (self, &self->rows[i]);
    return n;
}

static counts_t count_all (const digest_t *self)
{
    size_t reported = count (self, has_reported), missing = count (self, is_missing);
    return (counts_t){
        .expected = reported + missing,
        .reported = reported,
        .missing = missing,
        .overdue = count (self, is_overdue),
        .refused = count (self, is_refused),
        .returned = count (self, is_returned),
        .quarantined = count (self, is_quarantined),
        .decided = count (self, has_decision),
        .escalated = count (self, is_escalated),
        .voluntary = count (self, is_voluntary),
        .unreached = self->n_failures,
        .asking = count (self, is_asking),
    };
}

// --- Remarks on a unit -----------------------------------------------------------------------------------------------------------

static void write_date (FILE *out, const digest_t *self, int64_t ms, language_t language)
{
    char vi[WORDING_DATE], en[WORDING_DATE];
    wording_dates (ms, self->plan->utc_offset_minutes, vi, en);
    fputs (language == VI ? vi : en, out);
}

static void remark_reported (FILE *out, const digest_t *self, const digest_row_t *row, language_t language)
{
    fputs (": ", out);
    write_date (out, self, row->received_at, language);
    if (row->is_late)
        fputs (language == VI ? ", muộn" : ", late", out);
    if (row->refused_codes)
        fprintf (out, language == VI ? "; bản sửa chưa được chấp nhận: %s. %s" : "; a correction was refused: %s. %s",
                 row->refused_codes, language == VI ? row->refused_vi : row->refused_en);
}

static void remark_missing (FILE *out, const digest_t *self, const digest_row_t *row, language_t language)
{
    int last_day = calendar_day (self->plan, row->due_at - 1), today = calendar_day (self->plan, self->now);
    const char *separator = ": ";
    if (self->now >= row->due_at) {
        fputs (separator, out);
        fprintf (out, language == VI ? "quá hạn %d ngày làm việc" : "overdue by %d working days",
                 calendar_working_between (self->book, last_day, today));
        separator = "; ";
    }
    if (row->due_at != self->period->due_at) {
        fputs (separator, out);
        fputs (language == VI ? "được gia hạn đến trước ngày " : "its deadline was moved to before ", out);
        write_date (out, self, row->due_at, language);
    }
}

static void remark_refused (FILE *out, const digest_t *self, const digest_row_t *row, language_t language)
{
    (void)self;
    fprintf (out, ": %s. %s", row->refused_codes, language == VI ? row->refused_vi : row->refused_en);
}

static void remark_returned (FILE *out, const digest_t *self, const digest_row_t *row, language_t language)
{
    (void)self;
    (void)language;
    fprintf (out, ": %s", row->returned_reason);
}

static void remark_quarantined (FILE *out, const digest_t *self, const digest_row_t *row, language_t language)
{
    fputs (": ", out);
    write_date (out, self, row->quarantined_at, language);
}

static void remark_extension (FILE *out, const digest_t *self, const digest_row_t *row, language_t language)
{
    if (row->is_extended) {
        fputs (language == VI ? ": đến trước ngày " : ": to before ", out);
        write_date (out, self, row->due_at, language);
    } else {
        fputs (language == VI ? ": không chấp thuận" : ": refused", out);
    }
    fprintf (out, ". %s", row->extension_reason);
}

static void list (FILE *out, const digest_t *self, language_t language, choose_fn *choose, remark_fn *remark)
{
    for (size_t i = 0; i < self->n_rows; i++) {
        const digest_row_t *row = &self->rows[i];
        if (!choose (self, row))
            continue;
        fprintf (out, "- %s", language == VI ? row->unit->name_vi : row->unit->name_en);
        remark (out, self, row, language);
        fputc ('\n', out);
    }
}

// --- Sections --------------------------------------------------------------------------------------------------------------------

static void write_standings (FILE *out, const digest_t *self, const counts_t *n, language_t language)
{
    fprintf (out, language == VI ? "\nĐã báo cáo (%zu/%zu):\n" : "\nReported (%zu of %zu):\n", n->reported, n->expected);
    list (out, self, language, has_reported, remark_reported);
    if (n->voluntary > 0) {
        fprintf (out, language == VI ? "\nTự nguyện báo cáo (%zu):\n" : "\nReported without having to (%zu):\n", n->voluntary);
        list (out, self, language, is_voluntary, remark_reported);
    }
    if (n->missing > 0) {
        fprintf (out, language == VI ? "\nChưa báo cáo (%zu):\n" : "\nNot reported (%zu):\n", n->missing);
        list (out, self, language, is_missing, remark_missing);
    }
    if (n->refused > 0) {
        fprintf (out, language == VI ? "\nBáo cáo chưa được chấp nhận (%zu):\n" : "\nReports refused (%zu):\n", n->refused);
        list (out, self, language, is_refused, remark_refused);
    }
    if (n->returned > 0) {
        fprintf (out, language == VI ? "\nBáo cáo bị trả lại (%zu):\n" : "\nReports returned (%zu):\n", n->returned);
        list (out, self, language, is_returned, remark_returned);
    }
}

static void write_exceptions (FILE *out, const digest_t *self, const counts_t *n, language_t language)
{
    if (n->quarantined > 0) {
        fprintf (out,
                 language == VI ? "\nĐến sau khi khóa kỳ, chờ xem xét (%zu):\n" : "\nCame after closing, to be admitted (%zu):\n",
                 n->quarantined);
        list (out, self, language, is_quarantined, remark_quarantined);
    }
    if (n->decided > 0) {
        fprintf (out, language == VI ? "\nGia hạn (%zu):\n" : "\nExtensions (%zu):\n", n->decided);
        list (out, self, language, has_decision, remark_extension);
    }
    if (n->unreached > 0)
        fprintf (out, language == VI ? "\nKhông gửi được thông báo đến (%zu):\n" : "\nNotices could not be delivered to (%zu):\n",
                 n->unreached);
    for (size_t i = 0; i < self->n_failures; i++) {
        const digest_failure_t *failure = &self->failures[i];
        fprintf (out, "- %s: %s (%s)\n", language == VI ? failure->unit->name_vi : failure->unit->name_en, failure->address,
                 failure->answer);
    }
}

// What the standing unit may have to decide; %zu is how many there are.
static const struct {
    size_t offset;  // of the number in counts_t
    const char *text[LANGUAGES];
} DECISIONS[] = {
    {offsetof (counts_t, overdue),
     {"- %zu đơn vị quá hạn: gia hạn, hoặc đôn đốc và báo cáo cấp trên.\n",
      "- Units overdue: %zu. Grant an extension, or urge them and report to the committee.\n"}},
    {offsetof (counts_t, refused),
     {"- %zu báo cáo chưa được chấp nhận: hướng dẫn đơn vị sửa và gửi lại.\n",
      "- Reports refused: %zu. Help the units to correct them and send them again.\n"}},
    {offsetof (counts_t, returned),
     {"- %zu báo cáo bị trả lại, chưa gửi lại: đôn đốc đơn vị bổ sung.\n",
      "- Reports returned and not sent again: %zu. Urge the units to amend them.\n"}},
    {offsetof (counts_t, quarantined),
     {"- %zu đơn vị có báo cáo đến sau khi khóa kỳ: cho phép xem xét, hoặc để nguyên.\n",
      "- Units whose report came after closing: %zu. Admit it, or leave it.\n"}},
    {offsetof (counts_t, asking),
     {"- %zu đơn vị có đề nghị gia hạn hoặc rút báo cáo chưa được trả lời.\n",
      "- Units that ask for a later deadline or to take a report back: %zu. Grant it or refuse it.\n"}},
    {offsetof (counts_t, unreached),
     {"- %zu địa chỉ không nhận được thông báo: sửa hoặc gỡ bỏ.\n", "- Addresses not reached: %zu. Correct or remove them.\n"}},
};

static size_t number_of (const counts_t *n, size_t i)
{
    return *(const size_t *)((const char *)n + DECISIONS[i].offset);
}

static bool needs_standing (const counts_t *n)
{
    bool any = n->missing == 0;
    for (size_t i = 0; i < sizeof DECISIONS / sizeof *DECISIONS; i++)
        any |= number_of (n, i) > 0;
    return any;
}

static void write_standing_decisions (FILE *out, const counts_t *n, language_t language)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    for (size_t i = 0; i < sizeof DECISIONS / sizeof *DECISIONS; i++)
        if (number_of (n, i) > 0)
            fprintf (out, DECISIONS[i].text[language], number_of (n, i));
#pragma GCC diagnostic pop
    if (n->missing == 0)
        fputs (language == VI ? "- Các đơn vị đã báo cáo đủ: có thể đóng kỳ báo cáo.\n"
                              : "- All units have reported: the period can be closed.\n",
               out);
}

static void write_decisions (FILE *out, const digest_t *self, const counts_t *n, language_t language)
{
    if (self->audience == DIGEST_COMMITTEE ? n->escalated == 0 : !needs_standing (n))
        return;
    fputs (language == VI ? "\nCần quyết định:\n" : "\nTo be decided:\n", out);
    if (self->audience == DIGEST_STANDING) {
        write_standing_decisions (out, n, language);
        return;
    }
    fprintf (out,
             language == VI ? "%zu đơn vị đã được nhắc nhiều lần và báo lãnh đạo mà vẫn chưa báo cáo, đề nghị Ủy ban xem xét:\n"
                            : "Units that were reminded, and their leaders told, and still have not reported: %zu.\n",
             n->escalated);
    list (out, self, language, is_escalated, remark_missing);
}

static char *write_body (const digest_t *self, const counts_t *n, language_t language)
{
    char *text = NULL, *merged[LANGUAGES];
    size_t size;
    FILE *out = open_memstream (&text, &size);
    fprintf (out,
             language == VI ? "Tình hình báo cáo kỳ %s của Kế hoạch %s, hạn gửi trước ngày "
                            : "How period %s of plan %s stands; reports are due before ",
             self->period->code, self->plan->code);
    write_date (out, self, self->period->due_at, language);
    fputs (".\n", out);
    write_standings (out, self, n, language);
    write_exceptions (out, self, n, language);
    write_decisions (out, self, n, language);
    wording_merged (self->days, self->first_at, self->last_at, self->plan->utc_offset_minutes, &merged[VI], &merged[EN]);
    fputs (merged[language] + (self->days > 1), out);  // the text before it ends its line
    free (merged[VI]);
    free (merged[EN]);
    fclose (out);
    return text;
}

void digest_write (Baocao__V1__Notice *notice, const digest_t *self)
{
    counts_t n = count_all (self);
    notice->kind = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_DIGEST;
    notice->subject_vi = xasprintf ("Tổng hợp kỳ %s: %zu/%zu đơn vị đã báo cáo", notice->period, n.reported, n.expected);
    notice->subject_en = xasprintf ("Digest for %s: %zu of %zu units have reported", notice->period, n.reported, n.expected);
    notice->body_vi = write_body (self, &n, VI);
    notice->body_en = write_body (self, &n, EN);
}
