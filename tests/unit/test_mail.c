// A notice as mail: headers that nobody can add to, RFC 2047 and folding, bodies that come back as they were.
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "notification/mail.h"
#include "../support/suite.h"

enum { BIG = 65536 };

static Google__Protobuf__Timestamp posted_at;

static Baocao__V1__Notice notice_of (const char *subject_vi, const char *body_vi)
{
    Baocao__V1__Notice notice = BAOCAO__V1__NOTICE__INIT;
    google__protobuf__timestamp__init (&posted_at);
    notice.posted_at = bc_timestamp_set (&posted_at, 1764554523999);  // 2025-12-01T02:02:03Z, a Monday
    notice.subject_vi = (char *)subject_vi;
    notice.body_vi = (char *)body_vi;
    notice.subject_en = (char *)"In English";
    notice.body_en = (char *)"English body";
    return notice;
}

static mail_t mail_of (const Baocao__V1__Notice *notice)
{
    return (mail_t){
        .from = "baocao@example.vn",
        .to = "van-thu@soyte.example.vn",
        .to_name = "Văn thư Sở Y tế",
        .message_id = "<so-yte.7.3@example.vn>",
        .language = "vi",
        .notice = notice,
    };
}

// The value of a header, unfolded; "" when there is none. How many there are at *count_p.
static const char *header (const char *message, const char *name, int *count_p)
{
    static char value[BIG];
    const char *end = strstr (message, "\r\n\r\n");
    value[0] = '\0';
    *count_p = 0;
    for (const char *line = message; line < end + 2; line = strstr (line, "\r\n") + 2) {
        size_t size = strlen (name);
        if (*line == ' ' || strncmp (line, name, size) != 0 || line[size] != ':')
            continue;
        ++*count_p;
        char *to = value;
        for (const char *c = line + size + 2; c < end; c++) {
            if (c[0] == '\r' && c[2] == ' ')
                c += 1;
            else if (c[0] == '\r')
                break;
            else
                *to++ = *c;
        }
        *to = '\0';
    }
    return value;
}

// The encoded words of a text, decoded: what is between two of them belongs to none.
static const char *decoded (const char *text)
{
    static char result[BIG];
    char *to = result;
    for (const char *word = strstr (text, "=?UTF-8?B?"); word; word = strstr (word, "=?UTF-8?B?")) {
        const char *start = word + 10, *end = strstr (start, "?=");
        size_t n = 0;
        ck_assert_uint_le ((size_t)(end + 2 - word), 75);
        ck_assert_int_eq (sodium_base642bin ((unsigned char *)to, (size_t)(result + sizeof result - to), start,
                                             (size_t)(end - start), NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL),
                          0);
        ck_assert_msg (((unsigned char)to[0] & 0xC0) != 0x80, "a character is cut in two");
        to += n;
        word = end;
    }
    *to = '\0';
    return result;
}

// The index-th part's body, decoded.
static const char *part (const char *message, int index)
{
    static char result[BIG];
    size_t size = 0;
    const char *at = message;
    for (int i = 0; i <= index; i++)
        at = strstr (at, "\r\n--=_baocao\r\n") + 4;
    at = strstr (at, "\r\n\r\n") + 4;
    const char *end = strstr (at, "--=_baocao");
    ck_assert_int_eq (sodium_base642bin ((unsigned char *)result, sizeof result, at, (size_t)(end - at), "\r\n", &size, NULL,
                                         sodium_base64_VARIANT_ORIGINAL),
                      0);
    result[size] = '\0';
    return result;
}

static void check_lines (const char *message)
{
    for (const char *line = message; *line;) {
        size_t size = strcspn (line, "\r\n");
        ck_assert_msg (line[size] == '\r' && line[size + 1] == '\n', "a bare line end");
        ck_assert_uint_le (size, 78);
        for (size_t i = 0; i < size; i++)
            ck_assert_msg ((line[i] >= ' ' && line[i] <= '~'), "an odd byte %02x", (unsigned char)line[i]);
        line += size + 2;
    }
}

static void check_names (const char *message)
{
    static const char *const NAMES[] = {
        "Date",         "From",        "To", "Subject", "Message-ID", "List-Id", "Auto-Submitted", "Content-Language",
        "MIME-Version", "Content-Type"};
    size_t i = 0;
    const char *end = strstr (message, "\r\n\r\n");
    for (const char *line = message; line < end; line = strstr (line, "\r\n") + 2) {
        if (*line == ' ')
            continue;
        ck_assert_msg (i < sizeof NAMES / sizeof *NAMES && strncmp (line, NAMES[i], strlen (NAMES[i])) == 0 &&
                           line[strlen (NAMES[i])] == ':',
                       "a header too many: %.40s", line);
        i++;
    }
    ck_assert_uint_eq (i, sizeof NAMES / sizeof *NAMES);
}

#define LONG_SUBJECT                                                                                                                                                \
    "Thông báo về việc đôn đốc báo cáo kết quả thực hiện Kế hoạch số 208/KH-UBND ngày 14 tháng 9 năm 2021 của Ủy ban nhân dân " \
    "tỉnh Thanh Hóa về thực hiện Kế hoạch tổng thể xây dựng Cộng đồng Văn hóa - Xã hội ASEAN đến năm 2025"

static const struct {
    const char *subject, *expected;  // expected NULL: plain, as it is
} SUBJECTS[] = {
    {"Report accepted", NULL},
    {"", NULL},
    {"Nhắc hạn: còn 7 ngày", "Nhắc hạn: còn 7 ngày"},
    {LONG_SUBJECT, LONG_SUBJECT},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    {"=?UTF-8?B?QUJD?=", "=?UTF-8?B?QUJD?="},
    {"a\r\nBcc: thief@example.vn", NULL},
    {"Kỳ 2025\r\nBcc: thief@example.vn\r\n\r\nbody", "Kỳ 2025  Bcc: thief@example.vn    body"},
    {"a\nb\tc\x7f", NULL},
};

START_TEST (subjects_come_back_and_add_nothing)
{
    Baocao__V1__Notice notice = notice_of (SUBJECTS[_i].subject, "Nội dung");
    mail_t mail = mail_of (&notice);
    size_t size;
    int count;
    char *message = mail_compose (&mail, &size);
    ck_assert_uint_eq (strlen (message), size);
    check_lines (message);
    check_names (message);
    const char *subject = header (message, "Subject", &count);
    ck_assert_int_eq (count, 1);
    if (SUBJECTS[_i].expected)
        ck_assert_str_eq (decoded (subject), SUBJECTS[_i].expected);
    else
        ck_assert_ptr_null (strstr (subject, "=?"));
    ck_assert_ptr_null (strstr (subject, "\n"));
    free (message);
}
END_TEST

static const char *const NAMES[] = {"Văn thư", "A <b@c.vn>, D", "A\r\nBcc: b@c.vn", "\"", "=?UTF-8?Q?x?=", LONG_SUBJECT, ""};

START_TEST (names_come_back_and_add_nothing)
{
    Baocao__V1__Notice notice = notice_of ("S", "B");
    mail_t mail = mail_of (&notice);
    size_t size;
    int count;
    mail.to_name = NAMES[_i];
    char *message = mail_compose (&mail, &size), expected[1024];
    check_lines (message);
    check_names (message);
    const char *to = header (message, "To", &count);
    const char *address = strrchr (to, '<');
    ck_assert_str_eq (address, "<van-thu@soyte.example.vn>");
    ck_assert_ptr_eq (strchr (to, '<'), address);
    snprintf (expected, sizeof expected, "%s", NAMES[_i]);
    for (char *c = expected; *c; c++)
        *c = *c == '\r' || *c == '\n' ? ' ' : *c;
    ck_assert_str_eq (decoded (to), expected);
    free (message);
}
END_TEST

START_TEST (headers_are_as_they_should_be)
{
    Baocao__V1__Notice notice = notice_of ("S", "B");
    mail_t mail = mail_of (&notice);
    size_t size;
    int count;
    char *message = mail_compose (&mail, &size), *again = mail_compose (&mail, &size);
    ck_assert_str_eq (message, again);
    ck_assert_str_eq (header (message, "Date", &count), "Mon, 01 Dec 2025 02:02:03 +0000");
    ck_assert_str_eq (header (message, "From", &count), "baocao <baocao@example.vn>");
    ck_assert_str_eq (header (message, "Message-ID", &count), "<so-yte.7.3@example.vn>");
    ck_assert_str_eq (header (message, "List-Id", &count), "<baocao.example.vn>");
    ck_assert_str_eq (header (message, "Auto-Submitted", &count), "auto-generated");
    ck_assert_str_eq (header (message, "MIME-Version", &count), "1.0");
    free (again);
    free (message);
}
END_TEST

START_TEST (bodies_have_both_languages_and_the_findings)
{
    Baocao__V1__Finding finding = BAOCAO__V1__FINDING__INIT, *findings[] = {&finding};
    Baocao__V1__Notice notice = notice_of ("Chủ đề", "Dòng <một> & \"hai\"\nba\n\n.\n--=_baocao--\nFrom x");
    mail_t mail = mail_of (&notice);
    size_t size;
    finding.code = (char *)"money-spent";
    finding.path = (char *)"entries[0]";
    finding.message_vi = (char *)"Giải ngân > dự toán";
    finding.message_en = (char *)"Spent > allocated";
    notice.findings = findings;
    notice.n_findings = 1;
    char *message = mail_compose (&mail, &size);
    check_lines (message);
    const char *text = part (message, 0);
    const char *vi = strstr (text, "Dòng <một> & \"hai\"\r\nba\r\n\r\n.\r\n--=_baocao--\r\nFrom x\r\n"),
               *en = strstr (text, "English body");
    ck_assert_ptr_nonnull (vi);
    ck_assert_ptr_nonnull (en);
    ck_assert (vi < en);
    ck_assert_ptr_nonnull (strstr (text, "- money-spent entries[0]: Giải ngân > dự toán\r\n"));
    ck_assert_ptr_nonnull (strstr (text, "- money-spent entries[0]: Spent > allocated\r\n"));
    const char *html = part (message, 1);
    ck_assert_ptr_nonnull (strstr (html, "<p>Dòng &lt;một&gt; &amp; &quot;hai&quot;<br>\r\nba</p>\r\n<p>.<br>"));
    ck_assert_ptr_nonnull (strstr (html, "<li><b>money-spent</b> entries[0]: Giải ngân &gt; dự toán</li>"));
    ck_assert (strstr (html, "lang=\"vi\"") < strstr (html, "lang=\"en\""));
    free (message);
    mail.language = "en";
    message = mail_compose (&mail, &size);
    text = part (message, 0);
    ck_assert (strstr (text, "English body") < strstr (text, "Dòng"));
    free (message);
}
END_TEST

START_TEST (a_calendar_is_a_part_of_its_own)
{
    Baocao__V1__Notice notice = notice_of ("S", "B");
    mail_t mail = mail_of (&notice);
    size_t size;
    mail.calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
    mail.calendar_method = "REQUEST";
    char *message = mail_compose (&mail, &size);
    check_lines (message);
    ck_assert_ptr_nonnull (strstr (message, "Content-Type: text/calendar; charset=UTF-8; method=REQUEST\r\n"));
    ck_assert_str_eq (part (message, 2), mail.calendar);
    free (message);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("mail");
    tcase_add_loop_test (tests, subjects_come_back_and_add_nothing, 0, sizeof SUBJECTS / sizeof *SUBJECTS);
    tcase_add_loop_test (tests, names_come_back_and_add_nothing, 0, sizeof NAMES / sizeof *NAMES);
    tcase_add_test (tests, headers_are_as_they_should_be);
    tcase_add_test (tests, bodies_have_both_languages_and_the_findings);
    tcase_add_test (tests, a_calendar_is_a_part_of_its_own);
    Suite *suite = suite_create ("mail");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
