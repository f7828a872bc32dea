// What a text of a report may hold.
#include <stdlib.h>
#include <string.h>

#include "report/text.h"
#include "../support/suite.h"

static const struct {
    const char *text;
    size_t max;
    text_fault_t fault;
} TEXTS[] = {
    {"Sở Y tế", 7, TEXT_OK},
    {"Sở Y tế", 6, TEXT_TOO_LONG},
    {"dòng một\n\tdòng hai", 100, TEXT_OK},
    {"日本 “x” … €", 100, TEXT_OK},
    {"", 10, TEXT_EMPTY},
    {" \n\t\xc2\xa0\xe3\x80\x80", 10, TEXT_EMPTY},
    {"   ", 2, TEXT_EMPTY},
    {"a\rb", 10, TEXT_CONTROL},
    {"\x01", 10, TEXT_CONTROL},
    {"a\x7f", 10, TEXT_CONTROL},
    {"a\xc2\x85", 10, TEXT_CONTROL},
    {"\xc0\x80", 10, TEXT_NOT_UTF8},          // an overlong NUL
    {"\xed\xa0\x80", 10, TEXT_NOT_UTF8},      // a surrogate
    {"\xf4\x90\x80\x80", 10, TEXT_NOT_UTF8},  // past U+10FFFF
    {"a\xe1\xba", 10, TEXT_NOT_UTF8},         // cut off
    {"\x01\xff", 10, TEXT_NOT_UTF8},          // the first fault in order
    {"e\xcc\x82\xcc\x81", 10, TEXT_NOT_NFC},  // ế as three characters
    {"\xe1\xba\xbf", 10, TEXT_OK},            // ế as one
    {"\xe2\x80\x80", 10, TEXT_EMPTY},         // U+2000, a space
    {"a\xe2\x80\x80", 10, TEXT_NOT_NFC},      // which has another canonical form
    {"\xe2\x84\xab", 10, TEXT_NOT_NFC},       // the Ångström sign
    {"a\u200ab", 10, TEXT_OK},
    {"a\u200bb", 10, TEXT_CONTROL},
    {"a\u200f", 10, TEXT_CONTROL},
    {"a\u2010b", 10, TEXT_OK},
    {"a\u2027b", 10, TEXT_OK},
    {"a\u2028b", 10, TEXT_CONTROL},
    {"a\u2029b", 10, TEXT_CONTROL},
    {"a\u00adb", 10, TEXT_CONTROL},
    {"a\u00aeb", 10, TEXT_OK},
    {"a\u061cb", 10, TEXT_CONTROL},
    {"a\u115fb", 10, TEXT_CONTROL},
    {"a\u1160b", 10, TEXT_CONTROL},
    {"a\u1161b", 10, TEXT_OK},
    {"a\u180eb", 10, TEXT_CONTROL},
    {"a\U000e0000b", 10, TEXT_CONTROL},
    {"a\U000e007fb", 10, TEXT_CONTROL},
    {"a\U000e0100b", 10, TEXT_OK},
    {"a\u202ab", 10, TEXT_CONTROL},
    {"a\u202eb", 10, TEXT_CONTROL},
    {"a\u202fb", 10, TEXT_OK},
    {"a\u2065b", 10, TEXT_OK},
    {"a\u2066b", 10, TEXT_CONTROL},
    {"a\u2069b", 10, TEXT_CONTROL},
    {"a\u206ab", 10, TEXT_OK},
    {"\ufeff", 10, TEXT_CONTROL},
    {"q\xcc\x84", 10, TEXT_OK},  // marks that no single character has
    {"\xf0\x9f\x98\x80", 1, TEXT_OK},
};

START_TEST (test_check)
{
    ck_assert_int_eq (text_check (TEXTS[_i].text, TEXTS[_i].max), TEXTS[_i].fault);
}
END_TEST

static const struct {
    const char *text;
    text_fault_t fault;
} LINES[] = {
    {"Nguyễn Thị Hoa", TEXT_OK},
    {"báo cáo 45 “bản cuối” – 日本 €.pdf", TEXT_OK},
    {"\xf0\x9f\x98\x80", TEXT_OK},
    {"hai\ndòng", TEXT_NOT_LINE},
    {"a\tb", TEXT_NOT_LINE},
    {"a\u202efdp.exe", TEXT_NOT_LINE},  // looks like aexe.pdf
    {"a\u202ab", TEXT_NOT_LINE},
    {"a\u2066b", TEXT_NOT_LINE},
    {"a\u2069b", TEXT_NOT_LINE},
    {"a\u200fb", TEXT_NOT_LINE},
    {"a\u061cb", TEXT_NOT_LINE},
    {"Hoa\u200b", TEXT_NOT_LINE},
    {"Ho\u00ada", TEXT_NOT_LINE},
    {"Ho\u115fa", TEXT_NOT_LINE},
    {"\ufeffHoa", TEXT_NOT_LINE},
    {"a\u2028b", TEXT_NOT_LINE},
    {"a\u2029b", TEXT_NOT_LINE},
    {"Hoa\U000e0041", TEXT_NOT_LINE},
    {"a\x01\n", TEXT_CONTROL},
    {"\n\xff", TEXT_NOT_UTF8},
    {"01234567890123456789012345678901234567890", TEXT_TOO_LONG},
    {" ", TEXT_EMPTY},
};

START_TEST (test_check_line)
{
    ck_assert_int_eq (text_check_line (LINES[_i].text, 40), LINES[_i].fault);
}
END_TEST

static const struct {
    const char *text;
    bool code, date;
} SHAPES[] = {
    {"208/KH-UBND", true, false},
    {"II.2", true, false},
    {"a_b", true, false},
    {"", false, false},
    {"a b", false, false},
    {"ế", false, false},
    {"0123456789012345678901234567890123456789012345678901234567890123", true, false},
    {"01234567890123456789012345678901234567890123456789012345678901234", false, false},
    {"2025-12-09", true, true},
    {"2024-02-29", true, true},
    {"2025-02-29", true, false},
    {"2100-02-29", true, false},
    {"2000-02-29", true, true},
    {"2025-13-01", true, false},
    {"2025-00-01", true, false},
    {"2025-04-31", true, false},
    {"2025-1-01", true, false},
    {"0000-01-01", true, false},
    {"2025-12-0x", true, false},
    {"2025-12-091", true, false},
};

START_TEST (test_shapes)
{
    ck_assert_int_eq (text_is_code (SHAPES[_i].text), SHAPES[_i].code);
    ck_assert_int_eq (text_is_date (SHAPES[_i].text), SHAPES[_i].date);
}
END_TEST

static const struct {
    const char *text;
    bool decimal;
} NUMBERS[] = {
    {"0", true},
    {"-12.5", true},
    {"999999999999999.123456", true},
    {"1000000000000000", false},
    {"", false},
    {"-", false},
    {"1.", false},
    {".5", false},
    {"1,5", false},
    {"1.1234567", false},
    {"1.5x", false},
    {"--1", false},
};

START_TEST (test_decimals)
{
    ck_assert_int_eq (text_is_decimal (NUMBERS[_i].text), NUMBERS[_i].decimal);
}
END_TEST

START_TEST (test_to_nfc)
{
    char *normal = text_to_nfc ("Thie\xcc\x82\xcc\x81u vo\xcc\x82\xcc\x81n");
    ck_assert_str_eq (normal, "Thiếu vốn");
    ck_assert_int_eq (text_check (normal, 9), TEXT_OK);
    free (normal);
    normal = text_to_nfc ("");
    ck_assert_str_eq (normal, "");
    free (normal);
    normal = text_to_nfc ("\ufeffvo\u200b\u0302\u0301n\u202e \u2066a\u2069\u200f");
    ck_assert_str_eq (normal, "vốn a");
    free (normal);
    normal = text_to_nfc ("một\u2028ha\u00adi\u2029ba\u061c");
    ck_assert_str_eq (normal, "một\nhai\nba");
    free (normal);
    ck_assert_ptr_null (text_to_nfc ("a\xff"));
}
END_TEST

static const struct {
    const char *text;
    size_t size;
    const char *excerpt;
} EXCERPTS[] = {
    {"Sở Y tế", 40, "Sở Y tế"},
    {"", 8, ""},
    {"a\nb\tc", 40, "a b c"},
    {"a\xff\xfe!", 40, "a\xef\xbf\xbd\xef\xbf\xbd!"},
    {"a\x7f", 40, "a\xef\xbf\xbd"},
    {"a\u202efdp.exe", 40,
     "a\xef\xbf\xbd"
     "fdp.exe"},
    {"cut \xe1\xba", 40, "cut \xef\xbf\xbd\xef\xbf\xbd"},
    {"0123456789", 8, "0123…"},
    {"tếếế", 8, "tế…"},
    {"\xff\xff\xff\xff", 8, "\xef\xbf\xbd…"},
};

START_TEST (test_excerpt)
{
    char excerpt[40];
    memset (excerpt, 'x', sizeof excerpt);
    text_excerpt (EXCERPTS[_i].text, excerpt, EXCERPTS[_i].size);
    ck_assert_str_eq (excerpt, EXCERPTS[_i].excerpt);
    ck_assert_uint_lt (strlen (excerpt), EXCERPTS[_i].size);
}
END_TEST

static const struct {
    const char *text, *out, *rest;
} SHOWN[] = {
    {"Sở Y tế\n\tA", "Sở Y tế\n\tA", ""},
    {"a\x1b]0;x\x07", "a\ufffd]0;x\ufffd", ""},
    {"a\xc2\x9b"
     "2J",
     "a\ufffd2J", ""},
    {"a\x9b"
     "2J",
     "a\ufffd2J", ""},
    {"a\u202eb\u2066c\u200f", "a\ufffdb\ufffdc\ufffd", ""},
    {"a\u200bb", "a\u200bb", ""},
    {"a\r\nb\x08\x7f", "a\nb\ufffd\ufffd", ""},
    {"t\xe1\xba", "t", "\xe1\xba"},
    {"t\xe1\xba!", "t\ufffd\ufffd!", ""},
    {"", "", ""},
};

START_TEST (test_disarm)
{
    char out[100];
    size_t size = strlen (SHOWN[_i].text), taken;
    out[text_disarm (SHOWN[_i].text, size, out, &taken)] = 0;
    ck_assert_str_eq (out, SHOWN[_i].out);
    ck_assert_str_eq (SHOWN[_i].text + taken, SHOWN[_i].rest);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("text");
    TCase *cases = tcase_create ("text");
    tcase_add_loop_test (cases, test_check, 0, sizeof TEXTS / sizeof *TEXTS);
    tcase_add_loop_test (cases, test_check_line, 0, sizeof LINES / sizeof *LINES);
    tcase_add_loop_test (cases, test_shapes, 0, sizeof SHAPES / sizeof *SHAPES);
    tcase_add_loop_test (cases, test_decimals, 0, sizeof NUMBERS / sizeof *NUMBERS);
    tcase_add_test (cases, test_to_nfc);
    tcase_add_loop_test (cases, test_excerpt, 0, sizeof EXCERPTS / sizeof *EXCERPTS);
    tcase_add_loop_test (cases, test_disarm, 0, sizeof SHOWN / sizeof *SHOWN);
    suite_add_tcase (suite, cases);
    return suite_run (suite);
}
