// One unit's own report, as the standing unit received it.
#include "document_products.h"

#include <stdlib.h>
#include <string.h>

#include "baocao/v1/report.pb-c.h"
#include "common/xmem.h"
#include "document_body.h"
#include "document_db.h"
#include "document_letter.h"
#include "document_words.h"
#include "product_db.h"

enum { FRAME, REPORT, ENTRIES, VALUES, SOURCES, N_RESULTS };

typedef struct {
    product_t *self;
    document_t *document;
    Baocao__V1__Report *report;
    PGresult *results[N_RESULTS];
} unit_t;

static void put_opening (unit_t *unit, const letter_t *letter)
{
    const product_t *self = unit->self;
    char *day = document_day (self, self->issued_on), *period = document_period (self);
    char *line = xasprintf (product_words (self, "Thực hiện Kế hoạch số %s %s của %s, %s báo cáo kết quả thực hiện %s như sau:",
                                           "Under plan %s of %s, %s, the %s reports on %s as follows:"),
                            self->plan, day, PQgetvalue (unit->results[FRAME], 0, FRAME_ISSUER), letter->agency, period);
    document_put (unit->document, "body", "text", line);
    free (day);
    free (period);
    free (line);
}

static void put_sections (unit_t *unit)
{
    const product_t *self = unit->self;
    const PGresult *entries = unit->results[ENTRIES];
    const char *assessment = unit->report->general_assessment;
    body_heading (unit->document, self, "I. ĐÁNH GIÁ CHUNG", "I. GENERAL ASSESSMENT");
    document_paragraphs (unit->document, "body", "", *assessment ? assessment : product_words (self, "Không có.", "None."));
    if (unit->report->nothing_to_report) {
        document_paragraphs (unit->document, "body",
                             product_words (self, "Đơn vị không có nội dung phải báo cáo trong kỳ. Lý do: ",
                                            "There is nothing to report in the period. Reason: "),
                             unit->report->nothing_to_report->reason);
        return;
    }
    body_heading (unit->document, self, "II. KẾT QUẢ THỰC HIỆN NHIỆM VỤ", "II. RESULTS BY TASK");
    body_entries (unit->document, self, entries, unit->results[VALUES], false);
    body_heading (unit->document, self, "III. KINH PHÍ THỰC HIỆN", "III. MONEY");
    body_sources (unit->document, self, unit->results[SOURCES]);
    body_heading (unit->document, self, "IV. KHÓ KHĂN, VƯỚNG MẮC", "IV. OBSTACLES");
    body_remarks (unit->document, self, entries, ENTRY_OBSTACLES, false, product_words (self, "Không có.", "None."));
    body_heading (unit->document, self, "V. ĐỀ XUẤT, KIẾN NGHỊ", "V. PROPOSALS");
    body_remarks (unit->document, self, entries, ENTRY_PROPOSALS, false, product_words (self, "Không có.", "None."));
}

static void put_closing (unit_t *unit, const letter_t *letter)
{
    const product_t *self = unit->self;
    char *period = document_period (self);
    char *line = xasprintf (product_words (self, "Trên đây là báo cáo kết quả thực hiện Kế hoạch số %s %s của %s./.",
                                           "This is the report on plan %s, %s, of the %s."),
                            self->plan, period, letter->agency);
    document_put (unit->document, "closing", "text", line);
    free (period);
    free (line);
}

// What it was made of, and where its receipt is.
static void put_source (unit_t *unit)
{
    const product_t *self = unit->self;
    const PGresult *row = unit->results[REPORT];
    char *received = document_instant (self, product_number (row, 0, REPORT_RECEIVED_AT));
    char *line = xasprintf (
        product_words (self,
                       "Bản này được lập từ báo cáo điện tử của đơn vị (lần gửi %s), nhận lúc %s; biên nhận số %s, "
                       "mã SHA-256 của báo cáo: %s.",
                       "Made of the unit's electronic report (revision %s), received at %s; receipt No. %s, SHA-256 of the "
                       "report: %s."),
        PQgetvalue (row, 0, REPORT_REVISION), received, PQgetvalue (row, 0, REPORT_CHAIN_INDEX),
        PQgetvalue (row, 0, REPORT_DIGEST));
    document_put (unit->document, "source", "text", line);
    free (received);
    free (line);
}

static int write_unit (unit_t *unit)
{
    product_t *self = unit->self;
    Baocao__V1__Document *said = unit->report->document;
    const char *kind = PQgetvalue (unit->results[FRAME], 0, FRAME_UNIT_KIND);
    char *period = document_period (self);
    char *abstract =
        xasprintf (product_words (self, "Kết quả thực hiện Kế hoạch số %s %s", "Results of plan %s, %s"), self->plan, period);
    letter_t letter = {
        .superior = letter_has_superior (kind) ? product_words (self, self->receiving_vi, self->receiving_en) : NULL,
        .agency = product_words (self, self->unit_vi, self->unit_en),
        .place = document_place (self->receiving_vi),
        .type = product_words (self, "BÁO CÁO", "REPORT"),
        .abstract = abstract,
        .said = {.number = said->number,
                 .date = said->date,
                 .position = *said->signer_title ? said->signer_title : NULL,
                 .signer = said->signer},
    };
    unit->document = document_new ();
    letter_begin (unit->document, self, &letter);
    letter_address (unit->document, self, (const char *[]){product_words (self, self->standing_vi, self->standing_en)}, 1);
    put_opening (unit, &letter);
    put_sections (unit);
    put_closing (unit, &letter);
    letter_sign (unit->document, self, &letter, (const char *[]){NULL});
    put_source (unit);
    free (period);
    free (abstract);
    return letter_deliver (&unit->document, self);
}

static Baocao__V1__Report *unpack (const PGresult *row)
{
    size_t size;
    unsigned char *bytes = PQunescapeBytea ((const unsigned char *)PQgetvalue (row, 0, REPORT_BYTES), &size);
    Baocao__V1__Report *report = bytes ? baocao__v1__report__unpack (NULL, size, bytes) : NULL;
    PQfreemem (bytes);
    return report;
}

static int write_counted (unit_t *unit)
{
    if (PQntuples (unit->results[REPORT]) == 0)
        return product_nothing (unit->self, "%s has no report for %s that counts", unit->self->unit, unit->self->period);
    unit->report = unpack (unit->results[REPORT]);
    int rc = unit->report && unit->report->document ? write_unit (unit)
                                                    : product_fail ("the report of %s cannot be read", unit->self->unit);
    if (unit->report)
        baocao__v1__report__free_unpacked (unit->report, NULL);
    return rc;
}

int document_unit (product_t *self)
{
    unit_t unit = {.self = self,
                   .results = {document_frame (self), document_unit_report (self), document_entries (self, self->unit_id),
                               document_values (self, self->unit_id), document_sources (self, self->unit_id)}};
    bool whole = true;
    for (int i = 0; i < N_RESULTS; i++)
        whole &= unit.results[i] != NULL;
    int rc = whole ? write_counted (&unit) : -1;
    for (int i = 0; i < N_RESULTS; i++)
        PQclear (unit.results[i]);
    return rc;
}
