// The documents' text: what is put into the template stays text, whatever it is, and figures and days are written as people do.
#include <expat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "products/document.h"
#include "products/document_words.h"
#include "../support/suite.h"

static const product_t VIETNAMESE = {.vietnamese = true}, ENGLISH = {.vietnamese = false};

// --- Texts -----------------------------------------------------------------------------------------------------------------------

static const struct {
    const char *text, *written;
} TEXTS[] = {
    {"Sở Y tế", "Sở Y tế"},
    {"<b>&amp;\"'", "&lt;b&gt;&amp;amp;&quot;'"},
    {"]]> {title} <!-- piece end -->", "]]&gt; {title} &lt;!-- piece end --&gt;"},
    {"một\nhai\tba", "một<text:line-break/>hai<text:tab/>ba"},
    {"a  b   c", "a <text:s/>b <text:s/><text:s/>c"},
    {" đầu", "<text:s/>đầu"},
    {"\x01\x08\x0b\x0c\r\x1f\x7f|", "|"},                              // what XML cannot hold, or a screen obeys
    {"\xc2\x85\xef\xbf\xbe\xef\xbf\xbf|", "|"},                        // U+0085, U+FFFE, U+FFFF
    {"\xe2\x80\xae\xe2\x81\xa6|\xe2\x80\xac", "|"},                    // what turns the direction of the text
    {"a\xffz\xc0\x80\xed\xa0\x80 \xe1\xba", "az "},                    // what is not UTF-8
    {"\xef\xbf\xbd\xf0\x9f\x98\x80", "\xef\xbf\xbd\xf0\x9f\x98\x80"},  // U+FFFD itself, and past the basic plane
};

static char *content (document_t *document)
{
    size_t size;
    const char *text = document_content (document, &size);
    ck_assert_uint_eq (size, strlen (text));
    return strdup (text);
}

START_TEST (test_texts)
{
    document_t *document = document_new ();
    document_put (document, "body", "text", TEXTS[_i].text);
    char *text = content (document);
    const char *at = strchr (strstr (text, "<text:p"), '>') + 1;
    ck_assert_uint_ge (strlen (at), strlen (TEXTS[_i].written));
    ck_assert_msg (strncmp (at, TEXTS[_i].written, strlen (TEXTS[_i].written)) == 0, "%s", at);
    ck_assert_str_eq (at + strlen (TEXTS[_i].written), "</text:p>\n");
    free (text);
    document_destroy (&document);
    ck_assert_ptr_null (document);
}
END_TEST

START_TEST (test_paragraphs)
{
    document_t *document = document_new ();
    document_paragraphs (document, "body", "Kết quả: ", "\n \t\nmột\n\nhai\r\n");
    document_paragraphs (document, "body", "Lý do: ", "");
    char *text = content (document);
    const char *first = strstr (text, "Kết quả: một</text:p>"), *second = strstr (text, ">hai</text:p>");
    ck_assert_ptr_nonnull (first);
    ck_assert_ptr_nonnull (second);
    ck_assert (first < second);
    ck_assert_ptr_null (strstr (text, "Lý do"));
    free (text);
    document_destroy (&document);
}
END_TEST

// --- The template ----------------------------------------------------------------------------------------------------------------

#define HOSTILE "</text:p>&<\"'\x01"

// A document of every kind of piece is well-formed, with hostile text in every place.
START_TEST (test_whole)
{
    static const char *const PIECES[] = {
        "start",         "superior",  "agency",        "concerning",     "place",       "type",      "address",
        "addresses",     "addressee", "addresses-end", "heading-1",      "heading-2",   "heading-3", "body",
        "note",          "groups",    "groups-row",    "groups-total",   "table-end",   "sources",   "sources-row",
        "sources-total", "table-end", "indicators",    "indicators-row", "table-end",   "late",      "late-row",
        "table-end",     "closing",   "recipients",    "recipient",      "signature",   "authority", "signer",
        "source",        "appendix",  "tasks",         "tasks-row",      "tasks-total", "table-end", "end"};
    document_t *document = document_new ();
    for (size_t i = 0; i < sizeof PIECES / sizeof *PIECES; i++) {
        const char *piece = PIECES[i];
        if (strcmp (piece, "start") == 0)
            document_put (document, piece, "title", HOSTILE, "agency", HOSTILE, "locale", HOSTILE, "language", HOSTILE, "country",
                          HOSTILE, "agency-margin", "1", "motto-margin", "1", "title-margin", "1");
        else if (strcmp (piece, "agency") == 0)
            document_put (document, piece, "agency", HOSTILE, "nation", HOSTILE, "motto", HOSTILE, "number", HOSTILE);
        else if (strcmp (piece, "appendix") == 0)
            document_put (document, piece, "text", HOSTILE, "title", HOSTILE, "attached", HOSTILE);
        else
            document_put (document, piece, "a", HOSTILE, "b", HOSTILE, "c", HOSTILE, "d", HOSTILE, "e", HOSTILE, "f", HOSTILE, "g",
                          HOSTILE, "h", HOSTILE, "i", HOSTILE, "caption", HOSTILE, "text", HOSTILE, "to", HOSTILE, "abstract",
                          HOSTILE, strcmp (piece, "type") == 0 ? "type" : "addressee", HOSTILE,
                          strcmp (piece, "recipients") == 0 ? "recipients" : piece, HOSTILE, "place", HOSTILE);
    }
    char *text = content (document);
    XML_Parser parser = XML_ParserCreate (NULL);
    ck_assert_msg (XML_Parse (parser, text, (int)strlen (text), 1) == XML_STATUS_OK, "%s in line %lu",
                   XML_ErrorString (XML_GetErrorCode (parser)), XML_GetCurrentLineNumber (parser));
    XML_ParserFree (parser);
    ck_assert_ptr_null (strstr (text, "<!-- piece"));
    free (text);
    document_destroy (&document);
}
END_TEST

START_TEST (test_no_such_piece)
{
    document_t *document = document_new ();
    document_put (document, "bod", "text", "");
}
END_TEST

START_TEST (test_place_without_text)
{
    document_t *document = document_new ();
    document_put (document, "body", "tex", "");
}
END_TEST

START_TEST (test_width)
{
    ck_assert (fabs (document_width ("AĐ", 10) - 14.44 * 2.54 / 72) < 1e-9);
    ck_assert (document_width ("Độc lập - Tự do - Hạnh phúc", 13) == document_width ("Doc lap - Tu do - Hanh phuc", 13));
    ck_assert (fabs (document_width ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12) - 9.04) < 0.3);
}
END_TEST

// --- Words -----------------------------------------------------------------------------------------------------------------------

static void check (char *text, const char *expected)
{
    ck_assert_str_eq (text, expected);
    free (text);
}

START_TEST (test_figures)
{
    check (document_money (&VIETNAMESE, NULL), "");
    check (document_money (&VIETNAMESE, "0"), "0");
    check (document_money (&VIETNAMESE, "999"), "999");
    check (document_money (&VIETNAMESE, "1000"), "1.000");
    check (document_money (&VIETNAMESE, "9223372036854775807"), "9.223.372.036.854.775.807");
    check (document_money (&ENGLISH, "123456"), "123,456");
    check (document_decimal (&VIETNAMESE, "-1234.500000"), "-1.234,5");
    check (document_decimal (&ENGLISH, "0.000"), "0");
    check (document_decimal (&VIETNAMESE, ""), "");
    check (document_share (&VIETNAMESE, "1", "3"), "33,3%");
    check (document_share (&VIETNAMESE, "1", "0"), "");
    check (document_share (&VIETNAMESE, NULL, "3"), "");
    check (document_share (&VIETNAMESE, "1", NULL), "");
}
END_TEST

START_TEST (test_days)
{
    check (document_day (&VIETNAMESE, "2025-02-05"), "ngày 05 tháng 02 năm 2025");
    check (document_day (&VIETNAMESE, "2025-03-10"), "ngày 10 tháng 3 năm 2025");
    check (document_day (&ENGLISH, "2025-12-01"), "1 December 2025");
}
END_TEST

START_TEST (test_names)
{
    check (document_capitals ("Sở Kế hoạch và Đầu tư"), "SỞ KẾ HOẠCH VÀ ĐẦU TƯ");
    check (document_superior ("Ủy ban nhân dân tỉnh Thanh Hóa"), "UBND TỈNH THANH HÓA");
    check (document_superior ("Bộ Nội vụ"), "BỘ NỘI VỤ");
    ck_assert_str_eq (document_place ("Ủy ban nhân dân tỉnh Thanh Hóa"), "Thanh Hóa");
    ck_assert_ptr_null (document_place ("Bộ Nội vụ"));
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("document");
    TCase *tests = tcase_create ("document");
    tcase_add_loop_test (tests, test_texts, 0, sizeof TEXTS / sizeof *TEXTS);
    tcase_add_test (tests, test_paragraphs);
    tcase_add_test (tests, test_whole);
    tcase_add_test_raise_signal (tests, test_no_such_piece, 6);
    tcase_add_test_raise_signal (tests, test_place_without_text, 6);
    tcase_add_test (tests, test_width);
    tcase_add_test (tests, test_figures);
    tcase_add_test (tests, test_days);
    tcase_add_test (tests, test_names);
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
