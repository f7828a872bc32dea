#include "document_letter.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "document_convert.h"
#include "document_words.h"

enum {
    LEFT_MM = 64,
    RIGHT_MM = 96,
    WHOLE_MM = 160
};  // of the template: the heading's two columns, and the page without its margins

bool letter_has_superior (const char *kind)
{
    return strcmp (kind, "department") == 0 || strcmp (kind, "district") == 0 || strcmp (kind, "commune") == 0;
}

letter_t letter_of_standing_unit (const product_t *self, const char *kind)
{
    return (letter_t){
        .superior = letter_has_superior (kind) ? product_words (self, self->receiving_vi, self->receiving_en) : NULL,
        .agency = product_words (self, self->standing_vi, self->standing_en),
        .place = self->letter.place ? self->letter.place : document_place (self->receiving_vi),
        .said = self->letter,
    };
}

// --- Heading ---------------------------------------------------------------------------------------------------------------------

// The space on both sides of a rule that is `share` of a text that stands in the middle of a column.
static char *rule_margin (const char *text, double points, int column_mm, double share)
{
    double column = column_mm / 10.0, width = document_width (text, points);
    return xasprintf ("%.2f", (column - share * (width < column ? width : column)) / 2);
}

// A name too long for its column is parted where it has a dash ("SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"), not within a word.
static char *heading_agency (const char *name)
{
    char *agency = document_capitals (name), *dash = strstr (agency, " - ");
    if (dash && document_width (agency, 12) > LEFT_MM / 10.0)
        dash[2] = '\n';
    return agency;
}

static char *heading_number (const product_t *self, const letter_t *letter)
{
    const char *number = letter->said.number;
    return number ? xasprintf (product_words (self, "Số: %s", "No. %s"), number)
                  : xasprintf (product_words (self, "Số: ........%s", "No. ........%s"), letter->symbol);
}

static char *heading_place (const product_t *self, const letter_t *letter)
{
    const char *place = letter->place ? letter->place : "....................";
    if (letter->said.date) {
        char *day = document_day (self, letter->said.date);
        char *text = xasprintf ("%s, %s", place, day);
        free (day);
        return text;
    }
    char *today = document_local_day (self->as_of);
    char *text =
        xasprintf (product_words (self, "%s, ngày ..... tháng ..... năm %.4s", "%s, ..................... %.4s"), place, today);
    free (today);
    return text;
}

static void put_number_and_place (document_t *document, const product_t *self, const letter_t *letter)
{
    char *concerning = xasprintf (product_words (self, "V/v %s", "Re: %s"), letter->abstract);
    char *place = heading_place (self, letter);
    if (!letter->type)
        document_put (document, "concerning", "concerning", concerning);
    document_put (document, "place", "place", place);
    free (concerning);
    free (place);
}

// Rules under the agency and the abstract are a third to a half as long as these, the one under the motto is as long.
void letter_begin (document_t *document, const product_t *self, const letter_t *letter)
{
    const char *motto = product_words (self, "Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness");
    char *agency = heading_agency (letter->agency), *superior = letter->superior ? document_superior (letter->superior) : NULL;
    char *title = letter->type ? xasprintf ("%s: %s", letter->type, letter->abstract) : xstrdup (letter->abstract);
    char *agency_margin = rule_margin (agency, 12, LEFT_MM, 0.42), *motto_margin = rule_margin (motto, 13, RIGHT_MM, 1);
    char *title_margin = rule_margin (letter->abstract, 14, WHOLE_MM, 0.42), *number = heading_number (self, letter);
    document_put (document, "start", "title", title, "agency", letter->agency, "locale", product_words (self, "vi-VN", "en-GB"),
                  "language", product_words (self, "vi", "en"), "country", product_words (self, "VN", "GB"), "agency-margin",
                  agency_margin, "motto-margin", motto_margin, "title-margin", title_margin);
    if (superior)
        document_put (document, "superior", "superior", superior);
    document_put (document, "agency", "agency", agency, "nation",
                  product_words (self, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"), "motto", motto,
                  "number", number);
    put_number_and_place (document, self, letter);
    if (letter->type)
        document_put (document, "type", "type", letter->type, "abstract", letter->abstract);
    char *all[] = {agency, superior, title, agency_margin, motto_margin, title_margin, number};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free (all[i]);
}

// One addressee stands on the line of the word; several each on a line of their own.
void letter_address (document_t *document, const product_t *self, const char *const *names, size_t n_names)
{
    const char *to = product_words (self, "Kính gửi:", "To:");
    if (n_names == 1) {
        document_put (document, "address", "to", to, "addressee", *names);
        return;
    }
    document_put (document, "addresses", "to", to);
    for (size_t i = 0; i < n_names; i++) {
        char *line = xasprintf ("%s%s", names[i], i + 1 < n_names ? ";" : ".");
        document_put (document, "addressee", "addressee", line);
        free (line);
    }
    document_put (document, "addresses-end");
}

// --- Signature -------------------------------------------------------------------------------------------------------------------

static void put_recipients (document_t *document, const product_t *self, const char *const *recipients)
{
    document_put (document, "recipients", "recipients", product_words (self, "Nơi nhận:", "Recipients:"));
    document_put (document, "recipient", "recipient", product_words (self, "Như trên;", "As above;"));
    for (; *recipients; recipients++) {
        char *line = xasprintf ("%s;", *recipients);
        document_put (document, "recipient", "recipient", line);
        free (line);
    }
    document_put (document, "recipient", "recipient", product_words (self, "Lưu: VT.", "Files."));
}

void letter_sign (document_t *document, const product_t *self, const letter_t *letter, const char *const *recipients)
{
    put_recipients (document, self, recipients);
    document_put (document, "signature");
    char *position = document_capitals (letter->said.position ? letter->said.position : "...............................");
    char *rest = position;
    for (const char *line; (line = strsep (&rest, "\n"));)
        document_put (document, "authority", "authority", line);
    document_put (document, "signer", "signer", letter->said.signer ? letter->said.signer : "...............................");
    free (position);
}

int letter_deliver (document_t **document_p, product_t *self)
{
    document_put (*document_p, "end");
    int rc = document_convert (*document_p, self);
    document_destroy (document_p);
    return rc;
}
