// Time texts, ids, and the rehearsal clock.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "../support/suite.h"

static char s_directory[] = "/tmp/test_clock.XXXXXX";
static char s_path[64];

static void s_setup (void)
{
    strcpy (s_directory + strlen (s_directory) - 6, "XXXXXX");
    ck_assert_ptr_nonnull (mkdtemp (s_directory));
    snprintf (s_path, sizeof s_path, "%s/clock", s_directory);
}

static void s_teardown (void)
{
    unlink (s_path);
    ck_assert_int_eq (rmdir (s_directory), 0);  // fails when a temporary file was left behind
}

static int64_t s_real_ms (void)
{
    struct timespec now;
    clock_gettime (CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C (1000) + now.tv_nsec / 1000000;
}

// --- Texts ------------------------------------------------------------------------------------------------------------------

static const struct {
    int64_t ms;
    const char *text;
} s_formats[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {-1000, "1969-12-31T23:59:59.000Z"},
    {1765299599999, "2025-12-09T16:59:59.999Z"},
    {1765299600000, "2025-12-09T17:00:00.000Z"},
    {1709164800000, "2024-02-29T00:00:00.000Z"},
    {253402300799999, "9999-12-31T23:59:59.999Z"},
    {INT64_MAX, "9999-12-31T23:59:59.999Z"},
    {INT64_MIN, "0000-01-01T00:00:00.000Z"},
};

START_TEST (test_format)
{
    char text[BC_TIME_TEXT];
    bc_time_format (s_formats[_i].ms, text);
    ck_assert_str_eq (text, s_formats[_i].text);
}
END_TEST

static const struct {
    const char *text;
    int rc;
    int64_t ms;
} s_times[] = {
    {"1970-01-01T00:00:00Z", 0, 0},
    {"2025-12-09T16:59:59.999Z", 0, 1765299599999},
    {"2025-12-09T23:59:59.999+07:00", 0, 1765299599999},
    {"2025-12-10T00:00:00+07:00", 0, 1765299600000},
    {"2025-12-09T11:30:00-05:30", 0, 1765299600000},
    {"2025-12-09t17:00:00z", 0, 1765299600000},
    {"2025-12-09T17:00:00.5Z", 0, 1765299600500},
    {"2025-12-09T17:00:00.0019999999Z", 0, 1765299600001},
    {"1969-12-31T23:59:59.999Z", 0, -1},
    {"2024-02-29T00:00:00Z", 0, 1709164800000},
    {"2000-02-29T00:00:00Z", 0, 951782400000},
    {"9999-12-31T23:59:59.999Z", 0, 253402300799999},
    {"2025-02-29T00:00:00Z", -1, 0},
    {"1900-02-29T00:00:00Z", -1, 0},
    {"2025-04-31T00:00:00Z", -1, 0},
    {"2025-00-01T00:00:00Z", -1, 0},
    {"2025-13-01T00:00:00Z", -1, 0},
    {"2025-12-00T00:00:00Z", -1, 0},
    {"2025-12-09T24:00:00Z", -1, 0},
    {"2025-12-09T17:60:00Z", -1, 0},
    {"2025-12-09T17:00:60Z", -1, 0},
    {"2025-12-09T17:00:00", -1, 0},
    {"2025-12-09T17:00:00.Z", -1, 0},
    {"2025-12-09 17:00:00Z", -1, 0},
    {"2025-12-09T17:00:00+0700", -1, 0},
    {"2025-12-09T17:00:00+24:00", -1, 0},
    {"2025-12-09T17:00:00Z ", -1, 0},
    {" 2025-12-09T17:00:00Z", -1, 0},
    {"+025-12-09T17:00:00Z", -1, 0},
    {"2025-12-09", -1, 0},
    {"2025", -1, 0},
    {"", -1, 0},
};

START_TEST (test_parse)
{
    int64_t ms = 0;
    ck_assert_int_eq (bc_time_parse (s_times[_i].text, &ms), s_times[_i].rc);
    ck_assert_int_eq (ms, s_times[_i].ms);
}
END_TEST

// --- Ids --------------------------------------------------------------------------------------------------------------------

START_TEST (test_uuid_layout)
{
    uint8_t uuid[BC_UUID_SIZE];
    int64_t before = s_real_ms ();
    bc_uuid_new (uuid);
    int64_t after = s_real_ms ();
    int64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | uuid[i];
    ck_assert_int_ge (ms, before);
    ck_assert_int_le (ms, after + 1);
    ck_assert_int_eq (uuid[6] >> 4, 7);
    ck_assert_int_eq (uuid[8] >> 6, 2);
}
END_TEST

// Many more than the 2,048 or so that fit into a millisecond.
START_TEST (test_uuid_ascends)
{
    uint8_t last[BC_UUID_SIZE] = {0};
    for (int i = 0; i < 100000; i++) {
        uint8_t next[BC_UUID_SIZE];
        bc_uuid_new (next);
        ck_assert_int_lt (memcmp (last, next, sizeof next), 0);
        ck_assert_int_eq (next[6] >> 4, 7);
        memcpy (last, next, sizeof next);
    }
}
END_TEST

static const struct {
    const char *text;
    int rc;
} s_uuids[] = {
    {"01939f0e-7c2a-7def-8123-456789abcdef", 0},
    {"01939F0E-7C2A-7DEF-8123-456789ABCDEF", 0},
    {"01939f0e-7c2a-7def-8123-456789abcde", -1},
    {"01939f0e-7c2a-7def-8123-456789abcdef0", -1},
    {"01939f0e-7c2a-7def-8123-456789abcdeg", -1},
    {"01939f0e7c2a7def8123456789abcdef", -1},
    {"{1939f0e-7c2a-7def-8123-456789abcdef", -1},
    {"01939f0e-7c2a-7def-8123", -1},
    {"0", -1},
    {"", -1},
};

START_TEST (test_uuid_text)
{
    static const uint8_t expected[BC_UUID_SIZE] = {0x01, 0x93, 0x9f, 0x0e, 0x7c, 0x2a, 0x7d, 0xef,
                                                   0x81, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    uint8_t uuid[BC_UUID_SIZE] = {0};
    ck_assert_int_eq (bc_uuid_parse (s_uuids[_i].text, uuid), s_uuids[_i].rc);
    if (s_uuids[_i].rc == 0) {
        ck_assert_mem_eq (uuid, expected, sizeof uuid);
        char text[BC_UUID_TEXT];
        bc_uuid_format (uuid, text);
        ck_assert_str_eq (text, s_uuids[0].text);
    } else {
        static const uint8_t untouched[BC_UUID_SIZE] = {0};
        ck_assert_mem_eq (uuid, untouched, sizeof uuid);
    }
}
END_TEST

// --- Rehearsal --------------------------------------------------------------------------------------------------------------

START_TEST (test_no_rehearsal)
{
    ck_assert (!bc_clock_is_rehearsal ());
    int64_t before = s_real_ms ();
    int64_t now = bc_clock_ms ();
    ck_assert_int_ge (now, before);
    ck_assert_int_le (now, s_real_ms ());
}
END_TEST

START_TEST (test_frozen)
{
    int64_t monotonic = bc_clock_monotonic_ms ();
    ck_assert_int_eq (bc_clock_set (s_path, 1765299599999, true), 0);
    ck_assert_int_eq (bc_clock_rehearse (s_path), 0);
    ck_assert (bc_clock_is_rehearsal ());
    ck_assert_int_eq (bc_clock_ms (), 1765299599999);
    // Changed in place: seen without opening the file again.
    ck_assert_int_eq (bc_clock_set (s_path, 1765299600000, true), 0);
    ck_assert_int_eq (bc_clock_ms (), 1765299600000);
    ck_assert_int_eq (bc_clock_set (s_path, -1, true), 0);
    ck_assert_int_eq (bc_clock_ms (), -1);
    // Intervals do not notice.
    ck_assert_int_ge (bc_clock_monotonic_ms (), monotonic);
    ck_assert_int_lt (bc_clock_monotonic_ms (), monotonic + 60000);
}
END_TEST

START_TEST (test_running)
{
    static const int64_t start = 1765299599000;
    int64_t before = s_real_ms ();
    ck_assert_int_eq (bc_clock_set (s_path, start, false), 0);
    ck_assert_int_eq (bc_clock_rehearse (s_path), 0);
    int64_t first = bc_clock_ms ();
    ck_assert_int_ge (first, start);
    ck_assert_int_le (first, start + (s_real_ms () - before));
    while (s_real_ms () < before + 20)
        ;
    ck_assert_int_ge (bc_clock_ms (), first + 1);
    ck_assert_int_le (bc_clock_ms (), start + (s_real_ms () - before));
}
END_TEST

// Another process changes the clock; this one sees it.
START_TEST (test_shared)
{
    ck_assert_int_eq (bc_clock_set (s_path, 1, true), 0);
    ck_assert_int_eq (bc_clock_rehearse (s_path), 0);
    pid_t child = fork ();
    if (child == 0)
        _exit (bc_clock_set (s_path, 1765299600000, true) ? 1 : 0);
    int status;
    ck_assert_int_eq (waitpid (child, &status, 0), child);
    ck_assert_int_eq (status, 0);
    ck_assert_int_eq (bc_clock_ms (), 1765299600000);
}
END_TEST

static atomic_bool s_seen_enough;

static void *s_change_all_the_time (void *arg)
{
    (void)arg;
    for (int i = 0; !atomic_load (&s_seen_enough); i++) {
        bc_clock_set (s_path, i % 2 ? 1000 : 4000000000000, i % 2);
        sched_yield ();  // with one processor, let the other thread look
    }
    return NULL;
}

// A reader never sees the mode of one change with the value of another.
START_TEST (test_never_half_done)
{
    ck_assert_int_eq (bc_clock_set (s_path, 1000, true), 0);
    ck_assert_int_eq (bc_clock_rehearse (s_path), 0);
    pthread_t writer;
    atomic_store (&s_seen_enough, false);
    ck_assert_int_eq (pthread_create (&writer, NULL, s_change_all_the_time, NULL), 0);
    long wrong = 0;
    bool frozen = true;
    for (int changes = 0; changes < 1000;) {
        int64_t now = bc_clock_ms ();
        if (now != 1000 && (now < 3999999999000 || now > 4000000600000))
            wrong++;
        if (frozen != (now == 1000))
            changes++;
        else
            sched_yield ();
        frozen = now == 1000;
    }
    atomic_store (&s_seen_enough, true);
    pthread_join (writer, NULL);
    ck_assert_int_eq (wrong, 0);
}
END_TEST

START_TEST (test_errors)
{
    errno = 0;
    ck_assert_int_eq (bc_clock_rehearse (s_path), -1);
    ck_assert_int_eq (errno, ENOENT);
    ck_assert (!bc_clock_is_rehearsal ());

    FILE *file = fopen (s_path, "w");
    fputs ("not a clock file", file);  // of the right size
    fclose (file);
    ck_assert_int_eq (bc_clock_rehearse (s_path), -1);
    ck_assert_int_eq (errno, EINVAL);
    ck_assert_int_eq (bc_clock_set (s_path, 1, true), -1);
    ck_assert_int_eq (errno, EINVAL);

    ck_assert_int_eq (truncate (s_path, 3), 0);
    ck_assert_int_eq (bc_clock_rehearse (s_path), -1);
    ck_assert_int_eq (bc_clock_set ("/nonexistent/clock", 1, true), -1);
    ck_assert_int_eq (errno, ENOENT);
    ck_assert_int_eq (bc_clock_set (s_path, INT64_MAX, true), -1);
    ck_assert_int_eq (errno, ERANGE);
}
END_TEST

static const struct {
    int64_t ms, seconds;
    int32_t nanos;
} s_timestamps[] = {{0, 0, 0}, {1500, 1, 500000000}, {1765299599999, 1765299599, 999000000}, {-1, -1, 999000000}};

START_TEST (test_timestamp)
{
    Google__Protobuf__Timestamp timestamp;
    ck_assert_ptr_eq (bc_timestamp_set (&timestamp, s_timestamps[_i].ms), &timestamp);
    ck_assert_int_eq (timestamp.seconds, s_timestamps[_i].seconds);
    ck_assert_int_eq (timestamp.nanos, s_timestamps[_i].nanos);
    timestamp.nanos += 999999;  // finer than a millisecond
    ck_assert_int_eq (bc_timestamp_ms (&timestamp), s_timestamps[_i].ms);
}
END_TEST

static Suite *s_suite (void)
{
    Suite *suite = suite_create ("clock");
    TCase *texts = tcase_create ("texts");
    tcase_add_loop_test (texts, test_format, 0, sizeof s_formats / sizeof *s_formats);
    tcase_add_loop_test (texts, test_parse, 0, sizeof s_times / sizeof *s_times);
    tcase_add_loop_test (texts, test_timestamp, 0, sizeof s_timestamps / sizeof *s_timestamps);
    suite_add_tcase (suite, texts);

    TCase *ids = tcase_create ("ids");
    tcase_add_test (ids, test_uuid_layout);
    tcase_add_test (ids, test_uuid_ascends);
    tcase_add_loop_test (ids, test_uuid_text, 0, sizeof s_uuids / sizeof *s_uuids);
    suite_add_tcase (suite, ids);

    TCase *rehearsal = tcase_create ("rehearsal");
    tcase_add_checked_fixture (rehearsal, s_setup, s_teardown);
    tcase_add_test (rehearsal, test_no_rehearsal);
    tcase_add_test (rehearsal, test_frozen);
    tcase_add_test (rehearsal, test_running);
    tcase_add_test (rehearsal, test_shared);
    tcase_add_test (rehearsal, test_never_half_done);
    tcase_add_test (rehearsal, test_errors);
    suite_add_tcase (suite, rehearsal);
    return suite;
}

int main (void)
{
    return suite_run (s_suite ());
}
