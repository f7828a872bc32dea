// The spool: whatever the moment at which the client dies, the report is either not there or whole, and goes out under one id.
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/spool.h"
#include "common/clock.h"
#include "common/wire.h"
#include "baocao/v1/report.pb-c.h"
#include "../support/suite.h"

static char directory[64];
static home_t *home;

static void set_up (void)
{
    strcpy (directory, "/tmp/baocao-spool-XXXXXX");
    ck_assert_ptr_nonnull (mkdtemp (directory));
    home = home_new (directory);
    ck_assert_int_eq (home_create (home), 0);
}

static void tear_down (void)
{
    home_destroy (&home);
    char command[96];
    snprintf (command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq (system (command), 0);
}

static void put_with (const uint8_t id[16], const void *report, size_t size, const char *places)
{
    Baocao__V1__SubmitReport request = BAOCAO__V1__SUBMIT_REPORT__INIT;
    request.report_id = (ProtobufCBinaryData){16, (uint8_t *)id};
    request.plan = "p";
    request.period = "2025";
    request.report = (ProtobufCBinaryData){size, (uint8_t *)report};
    ck_assert_int_eq (spool_put (home, &request, places, NULL, 0), 0);
}

static void put (const uint8_t id[16], const void *report, size_t size)
{
    put_with (id, report, size, "");
}

static size_t waiting (void)
{
    char **ids = spool_list (home);
    size_t count = 0;
    while (ids[count])
        count++;
    home_list_free (&ids);
    return count;
}

START_TEST (what_is_put_comes_out_in_order)
{
    uint8_t ids[3][16];
    for (int i = 0; i < 3; i++)
        bc_uuid_new (ids[i]);
    put (ids[2], "c", 1);
    put (ids[0], "a", 1);
    put (ids[1], "b", 1);
    char **list = spool_list (home);
    for (int i = 0; i < 3; i++) {
        Baocao__V1__SubmitReport *request = spool_get (home, list[i]);
        ck_assert_ptr_nonnull (request);
        ck_assert_mem_eq (request->report_id.data, ids[i], 16);
        ck_assert_int_eq (request->report.data[0], 'a' + i);
        baocao__v1__submit_report__free_unpacked (request, NULL);
    }
    ck_assert_int_eq (spool_remove (home, list[0]), 0);
    ck_assert (!spool_has (home, list[0]));
    ck_assert_ptr_null (spool_get (home, list[0]));
    ck_assert_uint_eq (waiting (), 2);
    home_list_free (&list);
}
END_TEST

START_TEST (places_go_with_their_report)
{
    static const char PLACES[] = "entries[0].result\tA\tB2\n";
    uint8_t id[16];
    char text[37], entry[64];
    bc_uuid_new (id);
    bc_uuid_format (id, text);
    snprintf (entry, sizeof entry, "spool/%s.places", text);
    put_with (id, "a", 1, PLACES);
    ck_assert (home_has (home, entry));
    put (id, "a", 1);  // the same report out of a file without cells
    ck_assert (!home_has (home, entry));
    put_with (id, "a", 1, PLACES);
    ck_assert_int_eq (spool_remove (home, text), 0);
    ck_assert (!home_has (home, entry));
}
END_TEST

START_TEST (a_clock_that_was_ahead_changes_no_order)
{
    static const uint8_t digest[32] = "later";
    uint8_t ahead[16], after[16];
    char **list, text[2][37];
    bool known;
    ck_assert_int_eq (bc_uuid_parse ("01fffff0-0000-7000-8000-000000000000", ahead), 0);  // of 2039
    put (ahead, "first", 5);
    ck_assert_int_eq (spool_report_id (home, digest, false, after, &known), 0);
    put (after, "second", 6);
    list = spool_list (home);
    bc_uuid_format (ahead, text[0]);
    bc_uuid_format (after, text[1]);
    ck_assert_str_eq (list[0], text[0]);
    ck_assert_str_eq (list[1], text[1]);
    home_list_free (&list);
}
END_TEST

START_TEST (the_same_report_keeps_its_id)
{
    uint8_t digest[32] = {1}, other[32] = {2}, first[16], second[16];
    bool known;
    ck_assert_int_eq (spool_report_id (home, digest, false, first, &known), 0);
    ck_assert (!known);
    ck_assert_int_eq (spool_report_id (home, digest, false, second, &known), 0);
    ck_assert (known);
    ck_assert_mem_eq (first, second, 16);
    ck_assert_int_eq (spool_report_id (home, other, false, second, &known), 0);
    ck_assert (!known);
    ck_assert_mem_ne (first, second, 16);
    ck_assert_int_eq (spool_report_id (home, digest, true, second, &known), 0);  // --again
    ck_assert (!known);
    ck_assert_mem_ne (first, second, 16);
    ck_assert_int_eq (spool_report_id (home, digest, false, first, &known), 0);
    ck_assert (known);
    ck_assert_mem_eq (first, second, 16);
}
END_TEST

START_TEST (a_damaged_id_gives_way)
{
    uint8_t digest[32] = {1}, id[16], second[16];
    bool known;
    char name[] = "reports/0100000000000000000000000000000000000000000000000000000000000000";
    ck_assert_int_eq (home_save (home, name, "half", 4), 0);
    ck_assert_int_eq (spool_report_id (home, digest, false, id, &known), 0);
    ck_assert (!known);
    ck_assert_int_eq (spool_report_id (home, digest, false, second, &known), 0);
    ck_assert (known);
    ck_assert_mem_eq (id, second, 16);
}
END_TEST

// Two pushes of one file at the same time: both get the id of the one that came first.
START_TEST (racing_pushes_agree_on_the_id)
{
    enum { RACERS = 8 };
    int pipes[2];
    ck_assert_int_eq (pipe (pipes), 0);
    for (int i = 0; i < RACERS; i++)
        if (!fork ()) {
            uint8_t digest[32] = {7}, id[16];
            bool known;
            int result = spool_report_id (home, digest, false, id, &known);
            _exit (result || write (pipes[1], id, sizeof id) != sizeof id);
        }
    uint8_t first[16], id[16];
    for (int i = 0; i < RACERS; i++) {
        int status;
        ck_assert_int_eq ((int)read (pipes[0], i ? id : first, 16), 16);
        if (i)
            ck_assert_mem_eq (first, id, 16);
        ck_assert_int_gt (wait (&status), 0);
        ck_assert_int_eq (status, 0);
    }
}
END_TEST

START_TEST (a_refused_report_gets_a_new_id)
{
    // SHA-256 of "x".
    uint8_t digest[32], first[16], second[16];
    static const char HEX[] = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    ck_assert_int_eq (sodium_hex2bin (digest, sizeof digest, HEX, strlen (HEX), NULL, NULL, NULL), 0);
    bool known;
    ck_assert_int_eq (spool_report_id (home, digest, false, first, &known), 0);
    ProtobufCBinaryData report = {1, (uint8_t *)"x"};
    ck_assert_int_eq (spool_forget (home, &report), 0);
    ck_assert_int_eq (spool_report_id (home, digest, false, second, &known), 0);
    ck_assert (!known);
    ck_assert_mem_ne (first, second, 16);
}
END_TEST

// What a crash can leave behind: half-written temporary files, and (on a file system that lies about fsync) a damaged one.
START_TEST (half_written_files_are_ignored)
{
    uint8_t id[16];
    char text[BC_UUID_TEXT], name[80];
    bc_uuid_new (id);
    bc_uuid_format (id, text);
    ck_assert_int_eq (home_save (home, "spool/.part-abc123", "half", 4), 0);
    snprintf (name, sizeof name, "spool/.%s.request", text);
    ck_assert_int_eq (home_save (home, name, "half", 4), 0);
    ck_assert_uint_eq (waiting (), 0);
    snprintf (name, sizeof name, "spool/%s.request", text);
    ck_assert_int_eq (home_save (home, name, "\xFF\xFF\xFF", 3), 0);
    ck_assert_uint_eq (waiting (), 1);
    ck_assert_ptr_null (spool_get (home, text));  // not taken for a request
    uint8_t other[16];
    bc_uuid_new (other);
    put (other, "z", 1);
    char other_text[BC_UUID_TEXT], command[256];
    bc_uuid_format (other, other_text);
    snprintf (command, sizeof command, "cp %s/spool/%s.request %s/spool/%s.request", directory, other_text, directory, text);
    ck_assert_int_eq (system (command), 0);
    ck_assert_ptr_null (spool_get (home, text));  // another report's request under this name
}
END_TEST

// kill -9 at some moment of a stream of puts: every request that is there afterwards is whole, and those that were finished are there.
START_TEST (a_killed_writer_leaves_whole_requests)
{
    enum { SIZE = 200000 };
    int pipes[2];
    ck_assert_int_eq (pipe (pipes), 0);
    pid_t writer = fork ();
    if (!writer) {
        uint8_t *report = malloc (SIZE);
        memset (report, 'r', SIZE);
        for (;;) {
            uint8_t id[16];
            bc_uuid_new (id);
            put (id, report, SIZE);
            if (write (pipes[1], id, sizeof id) != sizeof id)
                _exit (1);
        }
    }
    uint8_t finished[16];
    for (int i = 0; i <= _i; i++)
        ck_assert_int_eq ((int)read (pipes[0], finished, sizeof finished), 16);
    ck_assert_int_eq (kill (writer, SIGKILL), 0);
    ck_assert_int_eq (waitpid (writer, NULL, 0), writer);
    char text[BC_UUID_TEXT], **ids = spool_list (home);
    bc_uuid_format (finished, text);
    ck_assert (spool_has (home, text));
    for (char **id = ids; *id; id++) {
        Baocao__V1__SubmitReport *request = spool_get (home, *id);
        ck_assert_msg (request != NULL, "%s is not whole", *id);
        ck_assert_uint_eq (request->report.len, SIZE);
        baocao__v1__submit_report__free_unpacked (request, NULL);
    }
    home_list_free (&ids);
}
END_TEST

// --- Files that go with reports --------------------------------------------------------------------------------------------------

static void write_text (const char *name, const char *text, char path[96])
{
    snprintf (path, 96, "%s/%s", directory, name);
    FILE *file = fopen (path, "w");
    ck_assert_ptr_nonnull (file);
    ck_assert_int_ge (fputs (text, file), 0);
    ck_assert_int_eq (fclose (file), 0);
}

// Puts a report that names these files into the spool; its id is at text. 0 or -1, as spool_put.
static int put_naming (spool_file_t *files, size_t count, char text[BC_UUID_TEXT])
{
    uint8_t id[16], *bytes;
    Baocao__V1__Attachment attachments[4], *list[4];
    Baocao__V1__Report report = BAOCAO__V1__REPORT__INIT;
    for (size_t i = 0; i < count; i++) {
        baocao__v1__attachment__init (&attachments[i]);
        attachments[i].sha256 = (ProtobufCBinaryData){32, files[i].sha256};
        list[i] = &attachments[i];
    }
    report.attachments = list;
    report.n_attachments = count;
    bc_uuid_new (id);
    bc_uuid_format (id, text);
    Baocao__V1__SubmitReport request = BAOCAO__V1__SUBMIT_REPORT__INIT;
    request.report_id = (ProtobufCBinaryData){16, id};
    request.report.len = bc_wire_pack (&report.base, &bytes);
    request.report.data = bytes;
    int result = spool_put (home, &request, "", files, count);
    free (bytes);
    return result;
}

static bool has_copy (const spool_file_t *file, const char *text)
{
    char content[64] = "";
    FILE *copy = spool_open_file (home, file->sha256);
    if (!copy)
        return false;
    ck_assert_uint_eq (fread (content, 1, sizeof content - 1, copy), strlen (text));
    fclose (copy);
    return !strcmp (content, text);
}

START_TEST (a_file_goes_with_the_last_report_that_names_it)
{
    char path[96], both[BC_UUID_TEXT], one[BC_UUID_TEXT];
    spool_file_t files[2];
    write_text ("a.pdf", "alpha", path);
    ck_assert_int_eq (spool_measure (&files[0], path), 0);
    write_text ("b.pdf", "beta", path);
    ck_assert_int_eq (spool_measure (&files[1], path), 0);
    ck_assert_uint_eq (files[0].size, 5);
    ck_assert_int_eq (put_naming (files, 2, both), 0);
    ck_assert_int_eq (put_naming (files, 1, one), 0);
    ck_assert_int_eq (unlink (path), 0);  // the spool has a copy of its own
    ck_assert (has_copy (&files[0], "alpha") && has_copy (&files[1], "beta"));
    ck_assert_int_eq (spool_remove (home, both), 0);
    ck_assert (has_copy (&files[0], "alpha"));
    ck_assert_ptr_null (spool_open_file (home, files[1].sha256));
    ck_assert_int_eq (spool_remove (home, one), 0);
    ck_assert_ptr_null (spool_open_file (home, files[0].sha256));
    free (files[0].path);
    free (files[1].path);
}
END_TEST

START_TEST (a_file_that_changes_meanwhile_is_not_taken)
{
    char path[96], id[BC_UUID_TEXT];
    spool_file_t file;
    write_text ("a.pdf", "alpha", path);
    ck_assert_int_eq (spool_measure (&file, path), 0);
    write_text ("a.pdf", "alpaca", path);
    ck_assert_int_eq (put_naming (&file, 1, id), -1);
    ck_assert_int_eq (errno, ESTALE);
    ck_assert (!spool_has (home, id));
    ck_assert_ptr_null (spool_open_file (home, file.sha256));
    free (file.path);
}
END_TEST

START_TEST (a_damaged_request_keeps_the_files_it_may_name)
{
    char path[96], id[BC_UUID_TEXT], other[BC_UUID_TEXT], name[80];
    spool_file_t file;
    write_text ("a.pdf", "alpha", path);
    ck_assert_int_eq (spool_measure (&file, path), 0);
    ck_assert_int_eq (put_naming (&file, 1, id), 0);
    ck_assert_int_eq (put_naming (NULL, 0, other), 0);
    snprintf (name, sizeof name, "spool/%s.request", id);
    ck_assert_int_eq (home_save (home, name, "\xFF\xFF", 2), 0);
    ck_assert_int_eq (spool_remove (home, other), 0);
    ck_assert (has_copy (&file, "alpha"));
    free (file.path);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("client_spool");
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_test (tests, what_is_put_comes_out_in_order);
    tcase_add_test (tests, places_go_with_their_report);
    tcase_add_test (tests, a_clock_that_was_ahead_changes_no_order);
    tcase_add_test (tests, the_same_report_keeps_its_id);
    tcase_add_test (tests, a_damaged_id_gives_way);
    tcase_add_loop_test (tests, racing_pushes_agree_on_the_id, 0, 20);
    tcase_add_test (tests, a_refused_report_gets_a_new_id);
    tcase_add_test (tests, a_file_goes_with_the_last_report_that_names_it);
    tcase_add_test (tests, a_file_that_changes_meanwhile_is_not_taken);
    tcase_add_test (tests, a_damaged_request_keeps_the_files_it_may_name);
    tcase_add_test (tests, half_written_files_are_ignored);
    tcase_add_loop_test (tests, a_killed_writer_leaves_whole_requests, 0, 5);
    Suite *suite = suite_create ("client_spool");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
