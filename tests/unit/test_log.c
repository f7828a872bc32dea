// Every log line is one JSON object, whatever is logged.
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "../support/suite.h"

static int s_stderr;
static FILE *s_file;

// What is written to stderr goes to s_file until s_captured.
static void s_capture (void)
{
    s_file = tmpfile ();
    ck_assert_ptr_nonnull (s_file);
    s_stderr = dup (STDERR_FILENO);
    ck_assert_int_ge (dup2 (fileno (s_file), STDERR_FILENO), 0);
}

static size_t s_captured (char *text, size_t size)
{
    dup2 (s_stderr, STDERR_FILENO);
    close (s_stderr);
    rewind (s_file);
    size_t got = fread (text, 1, size - 1, s_file);
    text[got] = 0;
    fclose (s_file);
    return got;
}

// The one line written, parsed strictly.
static json_t *s_captured_line (void)
{
    static char text[32768];
    size_t size = s_captured (text, sizeof text);
    ck_assert_uint_gt (size, 0);
    ck_assert_ptr_eq (strchr (text, '\n'), text + size - 1);
    json_error_t error;
    json_t *line = json_loadb (text, size, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg (line != NULL, "%s: %s", error.text, text);
    return line;
}

static const char *s_member (const json_t *line, const char *name)
{
    const char *value = json_string_value (json_object_get (line, name));
    ck_assert_msg (value != NULL, "no member %s", name);
    return value;
}

static const struct {
    const char *text, *logged;
} s_texts[] = {
    {"plain", "plain"},
    {"", ""},
    {"Tỉnh Thanh Hóa: báo cáo năm 2025", "Tỉnh Thanh Hóa: báo cáo năm 2025"},
    {"\U0001F4C4 \uFFFF", "\U0001F4C4 \uFFFF"},
    {"quote \" backslash \\ slash /", "quote \" backslash \\ slash /"},
    {"line\r\nbreak\ttab\b\f\x1b[31m\x7f\x01\x1f", "line\r\nbreak\ttab\b\f\x1b[31m\x7f\x01\x1f"},
    {"\xff\xfe", "\uFFFD\uFFFD"},                          // never in UTF-8
    {"a\x80z", "a\uFFFDz"},                                // continuation without a start
    {"a\xc0\xafz", "a\uFFFD\uFFFDz"},                      // overlong
    {"a\xed\xa0\x80z", "a\uFFFD\uFFFD\uFFFDz"},            // surrogate
    {"a\xf4\x90\x80\x80z", "a\uFFFD\uFFFD\uFFFD\uFFFDz"},  // above U+10FFFF
    {"cut \xe1\xbb", "cut \uFFFD\uFFFD"},
};

START_TEST (test_text)
{
    s_capture ();
    bc_log (BC_LOG_INFO, "test.text", NULL, "%s", s_texts[_i].text);
    json_t *line = s_captured_line ();
    ck_assert_str_eq (s_member (line, "text"), s_texts[_i].logged);
    json_decref (line);
}
END_TEST

START_TEST (test_members)
{
    static const uint8_t id[BC_UUID_SIZE] = {0x01, 0x93, 0x9f, 0x0e, 0x7c, 0x2a, 0x7d, 0xef,
                                             0x81, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    char path[] = "/tmp/test_log.XXXXXX";
    int fd = mkstemp (path);
    ck_assert_int_eq (unlink (path), 0);
    close (fd);
    // A rehearsal does not change the time of a log line.
    ck_assert_int_eq (bc_clock_set (path, 0, true), 0);
    ck_assert_int_eq (bc_clock_rehearse (path), 0);
    unlink (path);

    bc_log_init ("intake", BC_LOG_DEBUG);
    s_capture ();
    errno = EPIPE;
    bc_log (BC_LOG_WARNING, "report.stored", id, "%d of %d", 1, 2);
    ck_assert_int_eq (errno, EPIPE);
    json_t *line = s_captured_line ();
    ck_assert_uint_eq (json_object_size (line), 6);
    ck_assert_str_eq (s_member (line, "level"), "warning");
    ck_assert_str_eq (s_member (line, "service"), "intake");
    ck_assert_str_eq (s_member (line, "event"), "report.stored");
    ck_assert_str_eq (s_member (line, "id"), "01939f0e-7c2a-7def-8123-456789abcdef");
    ck_assert_str_eq (s_member (line, "text"), "1 of 2");
    int64_t ms;
    ck_assert_int_eq (bc_time_parse (s_member (line, "time"), &ms), 0);
    ck_assert_int_gt (ms, 1700000000000);
    json_decref (line);
}
END_TEST

// The worst case: everything is long, and each byte becomes six.
START_TEST (test_longest)
{
    char text[5001], name[201];
    memset (text, 1, sizeof text - 1);
    text[sizeof text - 1] = 0;
    memset (name, 2, sizeof name - 1);
    name[sizeof name - 1] = 0;
    static const uint8_t id[BC_UUID_SIZE];
    bc_log_init (name, BC_LOG_INFO);
    s_capture ();
    bc_log (BC_LOG_WARNING, name, id, "%s", text);
    json_t *line = s_captured_line ();
    ck_assert_uint_eq (strlen (s_member (line, "text")), 2000);
    ck_assert_uint_eq (strlen (s_member (line, "event")), 64);
    ck_assert_uint_eq (strlen (s_member (line, "service")), 64);
    ck_assert_uint_eq (json_object_size (line), 6);
    json_decref (line);
}
END_TEST

// Cut at 2,000 bytes, but not within a character: "ế" has three bytes.
START_TEST (test_cut)
{
    char text[3001] = "";
    for (int i = 0; i < _i; i++)
        text[i] = 'x';
    for (size_t at = (size_t)_i; at + 3 < sizeof text; at += 3)
        memcpy (text + at, "\u1ebf", 4);
    s_capture ();
    bc_log (BC_LOG_INFO, "test.cut", NULL, "%s", text);
    json_t *line = s_captured_line ();
    size_t expected = (size_t)_i + (2000 - (size_t)_i) / 3 * 3;
    ck_assert_uint_eq (strlen (s_member (line, "text")), expected);
    ck_assert_ptr_null (strstr (s_member (line, "text"), "\uFFFD"));
    json_decref (line);
}
END_TEST

START_TEST (test_level)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    bc_log_level_t lowest;
    ck_assert_int_eq (bc_log_level_parse (names[_i], &lowest), 0);
    bc_log_init ("test", lowest);
    s_capture ();
    for (bc_log_level_t level = BC_LOG_DEBUG; level <= BC_LOG_ERROR; level++)
        bc_log (level, "test.level", NULL, "%d", (int)level);
    char text[4096];
    s_captured (text, sizeof text);
    int lines = 0;
    for (const char *at = text; (at = strchr (at, '\n')); at++)
        lines++;
    ck_assert_int_eq (lines, 4 - _i);
    for (int i = 0; i < 4; i++) {
        char member[32];
        snprintf (member, sizeof member, "\"level\":\"%s\"", names[i]);
        ck_assert_int_eq (strstr (text, member) != NULL, i >= _i);
    }
}
END_TEST

START_TEST (test_level_unknown)
{
    static const char *const names[] = {"", "INFO", "warn", "errors"};
    bc_log_level_t level = BC_LOG_ERROR;
    ck_assert_int_eq (bc_log_level_parse (names[_i], &level), -1);
    ck_assert_int_eq (level, BC_LOG_ERROR);
}
END_TEST

static Suite *s_suite (void)
{
    Suite *suite = suite_create ("log");
    TCase *tcase = tcase_create ("log");
    tcase_add_loop_test (tcase, test_text, 0, sizeof s_texts / sizeof *s_texts);
    tcase_add_test (tcase, test_members);
    tcase_add_test (tcase, test_longest);
    tcase_add_loop_test (tcase, test_cut, 0, 4);
    tcase_add_loop_test (tcase, test_level, 0, 4);
    tcase_add_loop_test (tcase, test_level_unknown, 0, 4);
    suite_add_tcase (suite, tcase);
    return suite;
}

int main (void)
{
    return suite_run (s_suite ());
}
