// The programs that the portal starts: what they say, how they end, and that nothing of them stays.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "portal/job.h"
#include "../support/suite.h"

typedef struct {
    zloop_t *loop;
    int expected, ended;  // of all jobs
    int failed;           // of these, with another status than 0
    int status;           // of the last one
    bool timed_out;
    char *output, *errors;
    size_t size;
} seen_t;

static void s_done (const job_result_t *result, void *arg)
{
    seen_t *seen = arg;
    free (seen->output);
    free (seen->errors);
    seen->status = result->status;
    seen->failed += result->status != 0;
    seen->timed_out = result->timed_out;
    seen->output = xstrdup (result->output);
    seen->errors = xstrdup (result->errors);
    seen->size = result->output_size;
    seen->ended++;
}

static int s_look (zloop_t *loop, int timer, void *arg)
{
    const seen_t *seen = arg;
    (void)loop;
    (void)timer;
    return seen->ended >= seen->expected ? -1 : 0;
}

// Runs the loop until so many jobs have ended.
static void s_wait (seen_t *seen, int expected)
{
    seen->expected = expected;
    int timer = zloop_timer (seen->loop, 5, 0, s_look, seen);
    zloop_start (seen->loop);
    zloop_timer_end (seen->loop, timer);
}

static seen_t s_seen;
static jobs_t *s_jobs;

static void s_open (size_t at_once, size_t waiting)
{
    s_seen = (seen_t){.loop = zloop_new ()};
    s_jobs = jobs_new (s_seen.loop, at_once, waiting);
}

static void s_close (void)
{
    jobs_destroy (&s_jobs);
    zloop_destroy (&s_seen.loop);
    free (s_seen.output);
    free (s_seen.errors);
}

static job_t *s_shell (const char *script, int seconds)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    return jobs_run (s_jobs, &(job_class_t){.argv = argv, .seconds = seconds}, s_done, &s_seen);
}

START_TEST (test_output_and_status)
{
    s_open (1, 1);
    ck_assert_ptr_nonnull (s_shell ("printf một; printf hai >&2; exit 65", 60));
    s_wait (&s_seen, 1);
    ck_assert_int_eq (s_seen.status, 65);
    ck_assert_str_eq (s_seen.output, "một");
    ck_assert_str_eq (s_seen.errors, "hai");
    ck_assert_uint_eq (jobs_count (s_jobs), 0);
    s_close ();
}
END_TEST

START_TEST (test_environment_and_directory)
{
    s_open (1, 1);
    const char *argv[] = {"sh", "-c", "printf '%s %s ' \"$LANGUAGE\" \"$HOME\"; pwd", NULL};
    const char *environment[] = {"LANGUAGE=vi", NULL};
    setenv ("LANGUAGE", "en", 1);
    setenv ("HOME", "/nowhere", 1);
    jobs_run (s_jobs, &(job_class_t){.argv = argv, .environment = environment, .directory = "/", .seconds = 60}, s_done, &s_seen);
    s_wait (&s_seen, 1);
    ck_assert_str_eq (s_seen.output, "vi /nowhere /\n");
    s_close ();
}
END_TEST

START_TEST (test_files)
{
    char directory[] = "/tmp/test-portal-job.XXXXXX", path[64];
    ck_assert_ptr_nonnull (mkdtemp (directory));
    snprintf (path, sizeof path, "%s/out", directory);
    s_open (1, 1);
    const char *argv[] = {"cat", NULL};
    const job_class_t class = {.argv = argv, .input = "/etc/hostname", .output = path, .seconds = 60};
    jobs_run (s_jobs, &class, s_done, &s_seen);
    s_wait (&s_seen, 1);
    struct stat in, out;
    ck_assert_int_eq (stat ("/etc/hostname", &in) | stat (path, &out), 0);
    ck_assert_int_eq (in.st_size, out.st_size);
    ck_assert_int_eq (out.st_mode & 0777, 0600);
    jobs_run (s_jobs, &class, s_done, &s_seen);  // a file that is there is not written over
    s_wait (&s_seen, 2);
    ck_assert_int_eq (s_seen.status, 127);
    unlink (path);
    rmdir (directory);
    s_close ();
}
END_TEST

START_TEST (test_what_cannot_be_started)
{
    s_open (1, 1);
    const char *argv[] = {"/nowhere/program", NULL};
    ck_assert_ptr_nonnull (jobs_run (s_jobs, &(job_class_t){.argv = argv, .seconds = 60}, s_done, &s_seen));
    s_wait (&s_seen, 1);
    ck_assert_int_eq (s_seen.status, 127);
    s_close ();
}
END_TEST

// The number that the script has written into the file; it is there as soon as the file has a line.
static pid_t s_written_pid (const char *path)
{
    for (int pid = 0;;) {
        FILE *file = fopen (path, "r");
        int n = file ? fscanf (file, "%d\n", &pid) : 0;
        if (file)
            fclose (file);
        if (n == 1)
            return pid;
        usleep (1000);
    }
}

static bool s_is_gone (pid_t pid)
{
    char path[32], state = 0;
    snprintf (path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen (path, "r");
    if (!file)
        return true;
    if (fscanf (file, "%*d (%*[^)]) %c", &state) != 1)
        state = 'X';
    fclose (file);
    return state == 'Z' || state == 'X';
}

static const char PATH[] = "/tmp/test-portal-job.pid";
static const char WITH_CHILD[] = "sleep 1000 & echo $! > /tmp/test-portal-job.pid; wait";

START_TEST (test_out_of_time_with_all_its_children)
{
    unlink (PATH);
    s_open (1, 1);
    s_shell (WITH_CHILD, 1);
    s_wait (&s_seen, 1);
    ck_assert_int_eq (s_seen.status, -1);
    ck_assert (s_seen.timed_out);
    pid_t child = s_written_pid (PATH);
    while (!s_is_gone (child))
        usleep (1000);
    s_close ();
}
END_TEST

START_TEST (test_whoever_stays_behind_is_ended)
{
    unlink (PATH);
    s_open (1, 1);
    s_shell ("sleep 1000 & echo $! > /tmp/test-portal-job.pid; exit 3", 60);
    s_wait (&s_seen, 1);
    ck_assert_int_eq (s_seen.status, 3);
    pid_t child = s_written_pid (PATH);
    while (!s_is_gone (child))
        usleep (1000);
    s_close ();
}
END_TEST

START_TEST (test_stopping_ends_them)
{
    unlink (PATH);
    s_open (1, 1);
    s_shell (WITH_CHILD, 1000);
    s_shell ("exit 0", 60);
    pid_t child = s_written_pid (PATH);
    s_close ();
    ck_assert_int_eq (s_seen.ended, 0);
    while (!s_is_gone (child))
        usleep (1000);
}
END_TEST

START_TEST (test_cancelled)
{
    unlink (PATH);
    s_open (1, 2);
    job_t *first = s_shell (WITH_CHILD, 1000), *second = s_shell ("exit 1", 60);
    s_shell ("printf ok", 60);
    pid_t child = s_written_pid (PATH);
    job_cancel (second);
    job_cancel (first);
    s_wait (&s_seen, 1);
    ck_assert_str_eq (s_seen.output, "ok");
    while (!s_is_gone (child))
        usleep (1000);
    ck_assert_int_eq (waitpid (-1, NULL, WNOHANG), -1);  // nothing is left to be reaped
    s_close ();
}
END_TEST

START_TEST (test_too_much_is_said)
{
    s_open (1, 1);
    s_shell ("yes 2>/dev/null", 60);
    s_wait (&s_seen, 1);
    ck_assert_int_eq (s_seen.status, -1);
    ck_assert (!s_seen.timed_out);
    ck_assert_uint_eq (s_seen.size, JOB_OUTPUT);
    s_shell ("yes 2>/dev/null | head -c 1000000 >&2; exit 4", 60);
    s_wait (&s_seen, 2);
    ck_assert_int_eq (s_seen.status, 4);
    ck_assert_uint_eq (strlen (s_seen.errors), JOB_ERRORS);
    s_close ();
}
END_TEST

START_TEST (test_limits_of_memory_and_files)
{
    s_open (1, 1);
    const char *hungry[] = {"sh", "-c", "head -c 200000000 /dev/zero | tail -c 199999999 | wc -c", NULL};
    jobs_run (s_jobs, &(job_class_t){.argv = hungry, .seconds = 60, .memory_mb = 64}, s_done, &s_seen);
    s_wait (&s_seen, 1);
    ck_assert_str_ne (s_seen.output, "199999999\n");
    const char *wordy[] = {"sh", "-c", "head -c 3000000 /dev/zero >/tmp/test-portal-job.big", NULL};
    jobs_run (s_jobs, &(job_class_t){.argv = wordy, .seconds = 60, .file_mb = 1}, s_done, &s_seen);
    s_wait (&s_seen, 2);
    ck_assert_int_ne (s_seen.status, 0);
    struct stat status;
    ck_assert_int_eq (stat ("/tmp/test-portal-job.big", &status), 0);
    ck_assert_int_eq (status.st_size, 1 << 20);
    unlink ("/tmp/test-portal-job.big");
    s_close ();
}
END_TEST

START_TEST (test_one_after_the_other_and_no_room)
{
    s_open (2, 3);
    int taken = 0;
    for (int i = 0; i < 5; i++)  // each holds one of two places for a while
        taken += s_shell ("for n in 1 2; do mkdir /tmp/test-portal-job.$PPID.$n 2>/dev/null &&"
                          " { sleep 0.05; rmdir /tmp/test-portal-job.$PPID.$n; exit 0; }; done; exit 1",
                          60) != NULL;
    ck_assert_int_eq (taken, 5);
    ck_assert_ptr_null (s_shell ("exit 9", 60));
    ck_assert_uint_eq (jobs_count (s_jobs), 5);
    s_wait (&s_seen, 5);
    ck_assert_int_eq (s_seen.failed, 0);
    ck_assert_ptr_nonnull (s_shell ("exit 9", 60));
    s_wait (&s_seen, 6);
    ck_assert_int_eq (s_seen.status, 9);
    s_close ();
}
END_TEST

START_TEST (test_shares_nothing)
{
    int secret = open ("/etc/hostname", O_RDONLY);  // not closed on exec
    sigset_t blocked;
    sigemptyset (&blocked);
    sigaddset (&blocked, SIGTERM);
    sigprocmask (SIG_BLOCK, &blocked, NULL);
    s_open (1, 1);
    const char *files[] = {"ls", "/proc/self/fd", NULL}, *mask[] = {"grep", "SigBlk", "/proc/self/status", NULL};
    jobs_run (s_jobs, &(job_class_t){.argv = files, .seconds = 60}, s_done, &s_seen);
    s_wait (&s_seen, 1);
    ck_assert_str_eq (s_seen.output, "0\n1\n2\n3\n");  // 3 is the directory that ls reads
    jobs_run (s_jobs, &(job_class_t){.argv = mask, .seconds = 60}, s_done, &s_seen);
    s_wait (&s_seen, 2);
    ck_assert_str_eq (s_seen.output, "SigBlk:\t0000000000000000\n");
    close (secret);
    s_close ();
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("portal_job");
    TCase *jobs = tcase_create ("jobs");
    tcase_add_test (jobs, test_output_and_status);
    tcase_add_test (jobs, test_environment_and_directory);
    tcase_add_test (jobs, test_files);
    tcase_add_test (jobs, test_what_cannot_be_started);
    tcase_add_test (jobs, test_out_of_time_with_all_its_children);
    tcase_add_test (jobs, test_whoever_stays_behind_is_ended);
    tcase_add_test (jobs, test_stopping_ends_them);
    tcase_add_test (jobs, test_cancelled);
    tcase_add_test (jobs, test_too_much_is_said);
    tcase_add_test (jobs, test_limits_of_memory_and_files);
    tcase_add_test (jobs, test_one_after_the_other_and_no_room);
    tcase_add_test (jobs, test_shares_nothing);
    suite_add_tcase (suite, jobs);
    return suite_run (suite);
}
