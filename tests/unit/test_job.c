// Programs that the portal runs: what they say, how they end, and that nothing of them stays.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "portal/job.h"

#include "../support/suite.h"

static zloop_t *loop;
static jobs_t *jobs;
static unsigned done_count, wanted;

typedef struct {
    job_end_t end;
    int status;
    char output[4096], errors[4096];
    size_t size;
    unsigned order;
} seen_t;

static void on_done (const job_result_t *result, void *arg)
{
    seen_t *seen = arg;
    seen->end = result->end;
    seen->status = result->status;
    snprintf (seen->output, sizeof seen->output, "%s", result->output);
    snprintf (seen->errors, sizeof seen->errors, "%s", result->errors);
    seen->size = result->output_size;
    seen->order = ++done_count;
}

static int on_look (zloop_t *l, int timer, void *arg)
{
    (void)l, (void)timer, (void)arg;
    return done_count >= wanted ? -1 : 0;
}

static void open_jobs (unsigned at_once, unsigned waiting)
{
    loop = zloop_new ();
    zloop_set_nonstop (loop, true);
    zloop_timer (loop, 5, 0, on_look, NULL);
    jobs = jobs_new (loop, at_once, waiting);
    done_count = 0;
}

static void close_jobs (void)
{
    jobs_destroy (&jobs);
    zloop_destroy (&loop);
    ck_assert_int_eq (waitpid (-1, NULL, WNOHANG), -1);  // no child is left
    ck_assert_int_eq (errno, ECHILD);
}

static void run_until (unsigned count)
{
    wanted = count;
    zloop_start (loop);
}

static job_t shell (const char *const *arguments)
{
    return (job_t){.arguments = arguments, .directory = "/tmp", .seconds = 20, .file = 1 << 20, .output = 4000};
}
#define SHELL(script) ((const char *const[]){"sh", "-c", script, NULL})

START_TEST (says_and_ends)
{
    seen_t seen;
    open_jobs (2, 2);
    job_t job = shell (SHELL ("echo out; echo err >&2; pwd; exit 7"));
    ck_assert_int_eq (jobs_run (jobs, &job, on_done, &seen), 0);
    ck_assert_uint_eq (jobs_under_way (jobs), 1);
    run_until (1);
    ck_assert_int_eq (seen.end, JOB_EXITED);
    ck_assert_int_eq (seen.status, 7);
    ck_assert_str_eq (seen.output, "out\n/tmp\n");
    ck_assert_str_eq (seen.errors, "err\n");
    ck_assert_uint_eq (jobs_under_way (jobs), 0);
    close_jobs ();
}
END_TEST

START_TEST (arguments_are_as_they_are)
{
    seen_t seen;
    open_jobs (1, 1);
    const char *const arguments[] = {"printf", "<%s>", "a b", "$(id)", "; rm -rf /", "-v", NULL};
    job_t job = shell (arguments);
    jobs_run (jobs, &job, on_done, &seen);
    run_until (1);
    ck_assert_str_eq (seen.output, "<a b><$(id)><; rm -rf /><-v>");
    close_jobs ();
}
END_TEST

START_TEST (inherits_nothing)
{
    seen_t seen;
    open_jobs (1, 1);
    setenv ("SECRET", "1", 1);
    int leaked = dup (1);  // not close-on-exec
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "A=b", NULL};
    job_t job = shell (SHELL ("echo $A$SECRET; ls /proc/$$/fd | tr '\\n' ' '; echo ."));
    job.environment = environment;
    sigset_t stops, before;
    sigemptyset (&stops);
    sigaddset (&stops, SIGTERM);
    sigprocmask (SIG_BLOCK, &stops, &before);
    signal (SIGPIPE, SIG_IGN);
    jobs_run (jobs, &job, on_done, &seen);
    run_until (1);
    ck_assert_str_eq (seen.output, "b\n0 1 2 .\n");
    // A shell would clear its mask.
    job = shell ((const char *const[]){"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status", NULL});
    jobs_run (jobs, &job, on_done, &seen);
    run_until (2);
    sigprocmask (SIG_SETMASK, &before, NULL);
    close (leaked);
    unsigned long long blocked = ~0ULL, ignored = ~0ULL, library = 3ULL << 31;  // signals 32 and 33 are the C library's
    ck_assert_int_eq (sscanf (seen.output, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
    ck_assert_uint_eq (blocked, 0);
    ck_assert_uint_eq (ignored & ~library, 0);
    close_jobs ();
}
END_TEST

START_TEST (too_long)
{
    seen_t seen;
    open_jobs (1, 1);
    job_t job = shell (SHELL ("trap '' TERM; sleep 30 & echo $!; sleep 30"));
    job.seconds = 1;
    jobs_run (jobs, &job, on_done, &seen);
    run_until (1);
    ck_assert_int_eq (seen.end, JOB_TOO_LONG);
    pid_t grandchild = atoi (seen.output);
    ck_assert_int_gt (grandchild, 1);
    for (int i = 0; i < 400 && kill (grandchild, 0) == 0 && waitpid (grandchild, NULL, WNOHANG) <= 0; i++)
        usleep (5000);
    ck_assert_int_eq (kill (grandchild, 0), -1);
    close_jobs ();
}
END_TEST

// Whoever is left behind holds the pipe open; the job is over all the same, and so is the one left behind.
START_TEST (leaves_nobody_behind)
{
    seen_t seen;
    open_jobs (1, 1);
    job_t job = shell (SHELL ("sleep 30 & echo $!"));
    jobs_run (jobs, &job, on_done, &seen);
    run_until (1);
    ck_assert_int_eq (seen.end, JOB_EXITED);
    pid_t left = atoi (seen.output);
    for (int i = 0; i < 400 && kill (left, 0) == 0 && waitpid (left, NULL, WNOHANG) <= 0; i++)
        usleep (5000);
    ck_assert_int_eq (kill (left, 0), -1);
    close_jobs ();
}
END_TEST

START_TEST (too_loud)
{
    seen_t seen;
    open_jobs (1, 1);
    job_t job = shell (SHELL ("yes; echo never"));
    jobs_run (jobs, &job, on_done, &seen);
    run_until (1);
    ck_assert_int_eq (seen.end, JOB_TOO_LOUD);
    ck_assert_uint_eq (seen.size, 4000);
    job = shell (SHELL ("yes >&2; echo never"));
    jobs_run (jobs, &job, on_done, &seen);
    run_until (2);
    ck_assert_int_eq (seen.end, JOB_TOO_LOUD);
    close_jobs ();
}
END_TEST

START_TEST (limits)
{
    seen_t seen;
    open_jobs (1, 1);
    job_t job = shell (SHELL ("ulimit -v; ulimit -c; ulimit -t; head -c 3000000 /dev/zero >limit-test; echo $?; rm limit-test"));
    job.memory = (size_t)1 << 30;
    jobs_run (jobs, &job, on_done, &seen);
    run_until (1);
    ck_assert_msg (strncmp (seen.output, "1048576\n0\n21\n", 13) == 0, "%s", seen.output);
    ck_assert_msg (!strstr (seen.output + 13, "0\n") || atoi (seen.output + 13) != 0, "%s", seen.output);
    close_jobs ();
}
END_TEST

START_TEST (killed_from_outside)
{
    seen_t seen;
    open_jobs (1, 1);
    job_t job = shell (SHELL ("kill -9 $$"));
    jobs_run (jobs, &job, on_done, &seen);
    run_until (1);
    ck_assert_int_eq (seen.end, JOB_KILLED);
    ck_assert_int_eq (seen.status, SIGKILL);
    close_jobs ();
}
END_TEST

START_TEST (not_there)
{
    seen_t seen;
    open_jobs (1, 1);
    job_t job = shell ((const char *const[]){"no-such-program", NULL});
    jobs_run (jobs, &job, on_done, &seen);
    run_until (1);
    ck_assert_int_eq (seen.end, JOB_EXITED);
    ck_assert_int_eq (seen.status, 127);
    job = shell (SHELL ("true"));
    job.directory = "/no/such/directory";
    jobs_run (jobs, &job, on_done, &seen);
    run_until (2);
    ck_assert_int_eq (seen.status, 127);
    close_jobs ();
}
END_TEST

START_TEST (one_after_the_other)
{
    seen_t seen[5];
    char directory[] = "/tmp/test-job.XXXXXX";
    ck_assert_ptr_nonnull (mkdtemp (directory));
    open_jobs (2, 4);
    // mkdir fails while a third one runs beside it
    job_t job = shell (SHELL ("mkdir a 2>/dev/null && n=a || { mkdir b 2>/dev/null && n=b; } || exit 3; sleep 0.1; rmdir $n"));
    job.directory = directory;
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq (jobs_run (jobs, &job, on_done, &seen[i]), 0);
    ck_assert_int_eq (jobs_run (jobs, &job, on_done, &seen[4]), -1);
    run_until (4);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq (seen[i].end, JOB_EXITED);
        ck_assert_int_eq (seen[i].status, 0);
    }
    ck_assert_int_eq (jobs_run (jobs, &job, on_done, &seen[4]), 0);
    run_until (5);
    ck_assert_int_eq (seen[4].status, 0);
    close_jobs ();
    rmdir (directory);
}
END_TEST

START_TEST (all_end_with_the_portal)
{
    seen_t seen[2];
    char file[] = "/tmp/test-job.XXXXXX", *script;
    close (mkstemp (file));
    open_jobs (1, 2);
    ck_assert_int_gt (asprintf (&script, "echo $$ >%s; sleep 30", file), 0);
    job_t job = shell (SHELL (script));
    jobs_run (jobs, &job, on_done, &seen[0]);
    jobs_run (jobs, &job, on_done, &seen[1]);
    pid_t pid = 0;
    for (int i = 0; i < 400 && pid <= 0; i++) {
        wanted = 0;
        zloop_start (loop);
        FILE *from = fopen (file, "r");
        if (fscanf (from, "%d", &pid) != 1)
            pid = 0;
        fclose (from);
    }
    ck_assert_int_gt (pid, 1);
    close_jobs ();
    ck_assert_int_eq (kill (pid, 0), -1);
    ck_assert_uint_eq (done_count, 0);
    unlink (file);
    free (script);
}
END_TEST

// A program that says nothing more, and so would not notice.
START_TEST (all_end_when_the_portal_is_killed)
{
    seen_t seen;
    char file[] = "/tmp/test-job.XXXXXX", *script;
    close (mkstemp (file));
    ck_assert_int_gt (asprintf (&script, "echo $$ >%s; exec sleep 30", file), 0);
    pid_t portal = fork ();
    if (portal == 0) {
        open_jobs (1, 1);
        job_t job = shell (SHELL (script));
        jobs_run (jobs, &job, on_done, &seen);
        run_until (1);
        _exit (0);
    }
    pid_t pid = 0;
    for (int i = 0; i < 1000 && pid <= 0; i++, usleep (5000)) {
        FILE *from = fopen (file, "r");
        if (fscanf (from, "%d", &pid) != 1)
            pid = 0;
        fclose (from);
    }
    ck_assert_int_gt (pid, 1);
    kill (portal, SIGKILL);
    waitpid (portal, NULL, 0);
    char path[64], state[256] = "R";
    snprintf (path, sizeof path, "/proc/%d/stat", pid);
    for (int i = 0; i < 1000 && *state && !strstr (state, ") Z"); i++, usleep (5000)) {  // nobody may reap it for a while
        FILE *from = fopen (path, "r");
        if (!from || !fgets (state, sizeof state, from))
            *state = 0;
        if (from)
            fclose (from);
    }
    ck_assert_msg (!*state || strstr (state, ") Z"), "%s", state);
    unlink (file);
    free (script);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("job");
    tcase_set_timeout (tests, 30);
    tcase_add_test (tests, says_and_ends);
    tcase_add_test (tests, arguments_are_as_they_are);
    tcase_add_test (tests, inherits_nothing);
    tcase_add_test (tests, too_long);
    tcase_add_test (tests, leaves_nobody_behind);
    tcase_add_test (tests, too_loud);
    tcase_add_test (tests, limits);
    tcase_add_test (tests, killed_from_outside);
    tcase_add_test (tests, not_there);
    tcase_add_test (tests, one_after_the_other);
    tcase_add_test (tests, all_end_with_the_portal);
    tcase_add_test (tests, all_end_when_the_portal_is_killed);
    Suite *suite = suite_create ("job");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
