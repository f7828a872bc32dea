// The configuration file, the environment over it, and numbers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/config.h"
#include "../support/suite.h"

static char s_path[64];

static void s_setup (void)
{
    strcpy (s_path, "/tmp/test_config.XXXXXX");
    int fd = mkstemp (s_path);
    ck_assert_int_ge (fd, 0);
    static const char text[] = "#   a comment\n"
                               "intake\n"
                               "    conninfo = \"host=/run/postgresql dbname=baocao user=intake\"\n"
                               "    port_base = 7500\n"
                               "    units =\n"
                               "    negative = -5\n"
                               "    word = seven\n"
                               "    tail = 12x\n"
                               "    huge = 99999999999999999999\n"
                               "log\n"
                               "    level = debug\n";
    ck_assert_int_eq (write (fd, text, strlen (text)), (ssize_t)strlen (text));
    close (fd);
}

static void s_teardown (void)
{
    unlink (s_path);
}

START_TEST (test_sources)
{
    ck_assert_int_eq (setenv ("BAOCAO_LOG_LEVEL", "warning", 1), 0);
    ck_assert_int_eq (setenv ("BAOCAO_PLAN_TIME_ZONE", "Asia/Ho_Chi_Minh", 1), 0);
    ck_assert_int_eq (setenv ("BAOCAO_INTAKE_EMPTY", "", 1), 0);
    bc_config_t *config = bc_config_new (s_path);
    ck_assert_ptr_nonnull (config);
    ck_assert_str_eq (bc_config_get (config, "intake/conninfo", "none"), "host=/run/postgresql dbname=baocao user=intake");
    ck_assert_str_eq (bc_config_get (config, "log/level", "info"), "warning");
    ck_assert_str_eq (bc_config_get (config, "plan/time-zone", "UTC"), "Asia/Ho_Chi_Minh");
    ck_assert_str_eq (bc_config_get (config, "intake/empty", "default"), "");
    ck_assert_str_eq (bc_config_get (config, "intake/host", "127.0.0.1"), "127.0.0.1");
    ck_assert_ptr_null (bc_config_get (config, "intake/keys", NULL));
    ck_assert_ptr_null (bc_config_get (config, "validation/conninfo", NULL));
    bc_config_destroy (&config);
    ck_assert_ptr_null (config);
    bc_config_destroy (&config);
}
END_TEST

START_TEST (test_pointers_stay)
{
    ck_assert_int_eq (setenv ("BAOCAO_INTAKE_KEYS", "keys", 1), 0);
    bc_config_t *config = bc_config_new (NULL);
    const char *value = bc_config_get (config, "intake/keys", NULL);
    ck_assert_int_eq (setenv ("BAOCAO_INTAKE_KEYS", "elsewhere", 1), 0);
    ck_assert_int_eq (unsetenv ("BAOCAO_INTAKE_KEYS"), 0);
    ck_assert_str_eq (value, "keys");
    ck_assert_ptr_eq (bc_config_get (config, "intake/keys", NULL), value);
    bc_config_destroy (&config);
}
END_TEST

static const struct {
    const char *head;
    char fill;
    int count;  // of fill behind head
    bool accepted;
} s_files[] = {
    {"", 0, 0, true},
    {"#", '-', 1023, true},
    {"#", '-', 1024, false},  // a line of 1025 bytes
    {"", '\n', 262144, true},
    {"", '\n', 262145, false},
    {"log\n    level = info\n", 0, 1, false},  // a NUL byte
    {"intake\n   three_spaces = 1\n", 0, 0, false},
    {"intake\n        two_levels_at_once = 1\n", 0, 0, false},
};

START_TEST (test_file)
{
    FILE *file = fopen (s_path, "w");
    fputs (s_files[_i].head, file);
    for (int i = 0; i < s_files[_i].count; i++)
        fputc (s_files[_i].fill, file);
    fclose (file);
    bc_config_t *config = bc_config_new (s_path);
    ck_assert_int_eq (config != NULL, s_files[_i].accepted);
    bc_config_destroy (&config);
}
END_TEST

START_TEST (test_no_file)
{
    ck_assert_ptr_null (bc_config_new ("/nonexistent/baocao.conf"));
    ck_assert_ptr_null (bc_config_new ("/tmp"));
}
END_TEST

static const struct {
    const char *key;
    long minimum, maximum;
    long value;  // the default is 7
    bool ok;
} s_numbers[] = {
    {"intake/port_base", 1, 65535, 7500, true},
    {"intake/port_base", 7500, 7500, 7500, true},
    {"intake/port_base", 7501, 65535, 7, false},
    {"intake/port_base", 1, 7499, 7, false},
    {"intake/negative", -10, 10, -5, true},
    {"intake/negative", 0, 10, 7, false},
    {"intake/word", 0, 10, 7, false},
    {"intake/tail", 0, 100, 7, false},
    {"intake/huge", 0, 100, 7, false},
    {"intake/in_flight", 1, 100, 7, true},
};

START_TEST (test_number)
{
    bc_config_t *config = bc_config_new (s_path);
    bool ok = true;
    ck_assert_int_eq (bc_config_number (config, s_numbers[_i].key, 7, s_numbers[_i].minimum, s_numbers[_i].maximum, &ok),
                      s_numbers[_i].value);
    ck_assert_int_eq (ok, s_numbers[_i].ok);
    bool still_bad = false;
    bc_config_number (config, "intake/port_base", 7, 1, 65535, &still_bad);
    ck_assert (!still_bad);
    bc_config_destroy (&config);
}
END_TEST

static Suite *s_suite (void)
{
    Suite *suite = suite_create ("config");
    TCase *tcase = tcase_create ("config");
    tcase_add_checked_fixture (tcase, s_setup, s_teardown);
    tcase_add_test (tcase, test_sources);
    tcase_add_test (tcase, test_pointers_stay);
    tcase_add_loop_test (tcase, test_file, 0, sizeof s_files / sizeof *s_files);
    tcase_add_test (tcase, test_no_file);
    tcase_add_loop_test (tcase, test_number, 0, sizeof s_numbers / sizeof *s_numbers);
    suite_add_tcase (suite, tcase);
    return suite;
}

int main (void)
{
    return suite_run (s_suite ());
}
