// The letter of the standing unit to the units whose report is overdue.
#include "document_products.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "document_db.h"
#include "document_letter.h"
#include "document_words.h"
#include "product_db.h"

static bool is_overdue (const PGresult *units, int row)
{
    return !PQgetisnull (units, row, UNIT_OVERDUE);
}

static void put_late (document_t *document, const product_t *self, const PGresult *units, int row, unsigned number)
{
    const char *sent = PQgetvalue (units, row, UNIT_SENT);
    const char *state = strcmp (sent, "refused") == 0
                            ? product_words (self, "Đã gửi, còn lỗi, chưa được chấp nhận", "Refused for its errors")
                        : strcmp (sent, "returned") == 0 ? product_words (self, "Bị trả lại để bổ sung", "Returned")
                                                         : product_words (self, "Chưa gửi", "Nothing received");
    char *place = xasprintf ("%u", number), *due = words_short_day (PQgetvalue (units, row, UNIT_DUE_BEFORE));
    document_put (document, "late-row", "a", place, "b", PQgetvalue (units, row, UNIT_NAME), "c", due, "d",
                  PQgetvalue (units, row, UNIT_OVERDUE), "e", state);
    free (place);
    free (due);
}

static void put_table (document_t *document, const product_t *self, const PGresult *units)
{
    unsigned number = 0;
    document_put (document, "late", "a", product_words (self, "TT", "No."), "b", product_words (self, "Đơn vị", "Unit"), "c",
                  product_words (self, "Phải gửi trước ngày", "Due before"), "d",
                  product_words (self, "Quá hạn (ngày)", "Days overdue"), "e", product_words (self, "Tình trạng", "State"));
    for (int row = 0; row < PQntuples (units); row++)
        if (is_overdue (units, row))
            put_late (document, self, units, row, ++number);
    document_put (document, "table-end");
}

static void put_text (document_t *document, const char *piece, char *text)
{
    document_put (document, piece, "text", text);
    free (text);
}

static void put_body (document_t *document, const product_t *self, const PGresult *frame, const PGresult *units,
                      const letter_t *letter)
{
    char *issued = document_day (self, self->issued_on), *due = document_day (self, self->due_before),
         *period = document_period (self);
    char *now = document_instant (self, self->as_of);
    put_text (
        document, "body",
        xasprintf (product_words (self,
                                  "Theo Kế hoạch số %s %s của %s, các đơn vị phải gửi báo cáo kết quả thực hiện %s về %s trước %s.",
                                  "Under plan %s of %s, %s, the units send their reports on %s to the %s before %s."),
                   self->plan, issued, PQgetvalue (frame, 0, FRAME_ISSUER), period, letter->agency, due));
    put_text (document, "body",
              xasprintf (product_words (self, "Đến %s, các đơn vị sau đây chưa có báo cáo được chấp nhận:",
                                        "By %s no report of these units has been accepted:"),
                         now));
    put_table (document, self, units);
    put_text (document, "body",
              xasprintf (product_words (
                             self,
                             "%s đề nghị các đơn vị có tên trên khẩn trương hoàn thành, gửi báo cáo để tổng hợp, báo cáo %s; "
                             "trường hợp có vướng mắc, thông tin kịp thời về %s để được hướng dẫn.",
                             "The %s asks these units to complete and send their reports without delay, to be submitted to the %s; "
                             "should there be difficulties, please tell the %s in time."),
                         letter->agency, product_words (self, self->receiving_vi, self->receiving_en), letter->agency));
    put_text (document, "closing",
              xasprintf (product_words (self, "%s trân trọng đề nghị các đơn vị quan tâm, phối hợp thực hiện./.",
                                        "The %s thanks the units for their attention."),
                         letter->agency));
    free (issued);
    free (due);
    free (period);
    free (now);
}

static int write_notice (product_t *self, const PGresult *frame, const PGresult *units, const char *const *names, size_t n_names)
{
    letter_t letter = letter_of_standing_unit (self, PQgetvalue (frame, 0, FRAME_STANDING_KIND));
    char *period = document_period (self);
    char *abstract = xasprintf (
        product_words (self, "đôn đốc gửi báo cáo kết quả thực hiện Kế hoạch số %s %s", "overdue reports on plan %s, %s"),
        self->plan, period);
    letter.symbol = product_words (self, "/........", "/........");
    letter.abstract = abstract;
    document_t *document = document_new ();
    letter_begin (document, self, &letter);
    letter_address (document, self, names, n_names);
    put_body (document, self, frame, units, &letter);
    letter_sign (document, self, &letter, (const char *[]){product_words (self, self->receiving_vi, self->receiving_en), NULL});
    free (period);
    free (abstract);
    return letter_deliver (&document, self);
}

int document_notice (product_t *self)
{
    PGresult *frame = document_frame (self), *units = document_units (self);
    int rc = -1;
    if (frame && units) {
        const char **names = xcalloc ((size_t)PQntuples (units), sizeof *names);
        size_t n_names = 0;
        for (int row = 0; row < PQntuples (units); row++)
            if (is_overdue (units, row))
                names[n_names++] = PQgetvalue (units, row, UNIT_NAME);
        rc =
            n_names > 0 ? write_notice (self, frame, units, names, n_names) : product_nothing (self, "no unit's report is overdue");
        free (names);
    }
    PQclear (frame);
    PQclear (units);
    return rc;
}
