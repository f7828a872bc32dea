// The skeleton of every service, run as a process: exit statuses, signals, the order of start and stop, exit-when-idle.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/service.h"
#include "../support/suite.h"

// What the service under test does, and what became of it: shared with the child process that runs it.
typedef struct {
    bool refuses_start;
    int quits_at_start;  // with this status; -1: it does not
    int busy_checks;     // idle() says no so many times
    bool ends_loop;      // a handler ends the loop by itself
    atomic_int started, stopped, idle_checks;
    atomic_bool rehearsal;
    int sockets;       // it opens so many
    size_t megabytes;  // it takes so many
    atomic_int opened;
    atomic_long open_files;
    char conninfo[64];
} script_t;

static script_t *s_script;

static int s_end_loop (zloop_t *loop, int timer, void *arg)
{
    (void)loop;
    (void)timer;
    (void)arg;
    return -1;
}

static void *s_start (bc_service_t *service)
{
    struct rlimit limit;
    getrlimit (RLIMIT_NOFILE, &limit);
    s_script->open_files = (long)limit.rlim_cur;
    s_script->rehearsal = bc_clock_is_rehearsal ();
    snprintf (s_script->conninfo, sizeof s_script->conninfo, "%s", bc_service_conninfo (service));
    if (!bc_service_config (service) || s_script->refuses_start)
        return NULL;
    if (s_script->quits_at_start >= 0)
        bc_service_quit (service, s_script->quits_at_start);
    if (s_script->megabytes)
        memset (mmap (NULL, s_script->megabytes << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1,
                s_script->megabytes << 20);
    if (s_script->ends_loop)
        zloop_timer (bc_service_loop (service), 1, 1, s_end_loop, NULL);
    zlist_t *sockets = zlist_new ();
    for (zsock_t *socket; s_script->opened < s_script->sockets && (socket = zsock_new (ZMQ_ROUTER)); s_script->opened++)
        zlist_append (sockets, socket);
    atomic_fetch_add (&s_script->started, 1);
    return sockets;
}

static void s_stop (void **state_p)
{
    for (zsock_t *socket; (socket = zlist_pop (*state_p));)
        zsock_destroy (&socket);
    zlist_destroy ((zlist_t **)state_p);
    atomic_fetch_add (&s_script->stopped, 1);
}

static bool s_idle (void *state)
{
    (void)state;
    return atomic_fetch_add (&s_script->idle_checks, 1) >= s_script->busy_checks;
}

static bool s_healthy (void *state)
{
    return zlist_size (state) > 0;
}

static const bc_service_class_t s_class = {
    .name = "sample",
    .summary = "A service for the tests",
    .start = s_start,
    .stop = s_stop,
    .idle = s_idle,
    .healthy = s_healthy,
};

// --- The child process ------------------------------------------------------------------------------------------------------

static void s_setup (void)
{
    s_script = mmap (NULL, sizeof *s_script, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne (s_script, MAP_FAILED);
    s_script->quits_at_start = -1;
    setenv ("BAOCAO_SAMPLE_CONNINFO", "dbname=sample", 1);
}

static void s_teardown (void)
{
    munmap (s_script, sizeof *s_script);
}

static pid_t s_spawn (const char *option, const char *value)
{
    fflush (NULL);
    pid_t child = fork ();
    if (child == 0) {
        char *argv[] = {"baocao-sample", (char *)option, (char *)value, NULL};
        exit (bc_service_main (option ? (value ? 3 : 2) : 1, argv, &s_class));
    }
    ck_assert_int_gt (child, 0);
    return child;
}

// The exit status of the child; a death by signal fails the test.
static int s_status (pid_t child)
{
    int status;
    ck_assert_int_eq (waitpid (child, &status, 0), child);
    ck_assert (WIFEXITED (status));
    return WEXITSTATUS (status);
}

static void s_await_start (pid_t child)
{
    while (!atomic_load (&s_script->started)) {
        ck_assert_int_eq (waitpid (child, NULL, WNOHANG), 0);
        usleep (1000);
    }
}

// --- Tests ------------------------------------------------------------------------------------------------------------------

START_TEST (test_signal)
{
    static const int signals[] = {SIGTERM, SIGINT};
    pid_t child = s_spawn (NULL, NULL);
    s_await_start (child);
    kill (child, signals[_i]);
    ck_assert_int_eq (s_status (child), 0);
    ck_assert_int_eq (s_script->stopped, 1);
    ck_assert_str_eq (s_script->conninfo, "dbname=sample");
    ck_assert (!s_script->rehearsal);
}
END_TEST

START_TEST (test_broken_pipe_is_survived)
{
    pid_t child = s_spawn (NULL, NULL);
    s_await_start (child);
    kill (child, SIGPIPE);
    kill (child, SIGTERM);
    ck_assert_int_eq (s_status (child), 0);
}
END_TEST

START_TEST (test_limits)
{
    struct rlimit limit;
    getrlimit (RLIMIT_NOFILE, &limit);
    rlim_t most = limit.rlim_max;
    limit.rlim_cur = 64;
    setrlimit (RLIMIT_NOFILE, &limit);
    s_script->sockets = 1100;  // libzmq allows 1,023 by default
    s_script->quits_at_start = 0;
    ck_assert_int_eq (s_status (s_spawn (NULL, NULL)), 0);
    ck_assert_int_eq (s_script->open_files, (long)most);
    ck_assert_int_eq (s_script->opened, 1100);
}
END_TEST

START_TEST (test_idle)
{
    s_script->busy_checks = 3;
    ck_assert_int_eq (s_status (s_spawn ("--exit-when-idle", NULL)), 0);
    ck_assert_int_eq (s_script->idle_checks, 5);  // idle twice in a row
    ck_assert_int_eq (s_script->stopped, 1);
}
END_TEST

START_TEST (test_quit)
{
    s_script->quits_at_start = 69;
    ck_assert_int_eq (s_status (s_spawn (NULL, NULL)), 69);
    ck_assert_int_eq (s_script->stopped, 1);
}
END_TEST

START_TEST (test_refused_start)
{
    s_script->refuses_start = true;
    ck_assert_int_eq (s_status (s_spawn (NULL, NULL)), 1);
    ck_assert_int_eq (s_script->stopped, 0);
}
END_TEST

START_TEST (test_loop_ended_by_a_handler)
{
    s_script->ends_loop = true;
    ck_assert_int_eq (s_status (s_spawn (NULL, NULL)), 1);
    ck_assert_int_eq (s_script->stopped, 1);
}
END_TEST

START_TEST (test_memory)
{
    setenv ("BAOCAO_SAMPLE_MEMORY_MB", "64", 1);
    s_script->megabytes = 65;
    ck_assert_int_eq (s_status (s_spawn (NULL, NULL)), 1);
    ck_assert_int_eq (s_script->stopped, 1);
}
END_TEST

static const struct {
    const char *option, *value;  // on the command line
    const char *name, *setting;  // in the environment; setting NULL: unset
    int status;
} s_wrong[] = {
    {"--config", "/nonexistent/baocao.conf", NULL, NULL, 78},
    {NULL, NULL, "BAOCAO_CONFIG", "/nonexistent/baocao.conf", 78},
    {NULL, NULL, "BAOCAO_SAMPLE_CONNINFO", NULL, 78},
    {NULL, NULL, "BAOCAO_LOG_LEVEL", "loud", 78},
    {NULL, NULL, "BAOCAO_CLOCK_REHEARSAL", "/nonexistent/clock", 78},
    {NULL, NULL, "BAOCAO_SAMPLE_HTTP_PORT", "http", 78},
    {NULL, NULL, "BAOCAO_SAMPLE_HTTP_PORT", "65536", 78},
    {NULL, NULL, "BAOCAO_SAMPLE_MEMORY_MB", "63", 78},
    {"--unknown", NULL, NULL, NULL, 64},
    {"argument", NULL, NULL, NULL, 64},
    {"--help", NULL, NULL, NULL, 0},
    {"--version", NULL, NULL, NULL, 0},
};

START_TEST (test_status)
{
    if (s_wrong[_i].name && s_wrong[_i].setting)
        setenv (s_wrong[_i].name, s_wrong[_i].setting, 1);
    else if (s_wrong[_i].name)
        unsetenv (s_wrong[_i].name);
    ck_assert_int_eq (s_status (s_spawn (s_wrong[_i].option, s_wrong[_i].value)), s_wrong[_i].status);
    ck_assert_int_eq (s_script->started, 0);
}
END_TEST

START_TEST (test_rehearsal)
{
    char path[] = "/tmp/test_service.XXXXXX";
    close (mkstemp (path));
    unlink (path);
    ck_assert_int_eq (bc_clock_set (path, 1765299600000, true), 0);
    setenv ("BAOCAO_CLOCK_REHEARSAL", path, 1);
    s_script->quits_at_start = 0;
    int status = s_status (s_spawn (NULL, NULL));
    unlink (path);
    ck_assert_int_eq (status, 0);
    ck_assert (s_script->rehearsal);
}
END_TEST

// The port is held by somebody else: start() had succeeded, so stop() undoes it.
START_TEST (test_http_port_in_use)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl (INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int holder = socket (AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq (bind (holder, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq (listen (holder, 1), 0);
    ck_assert_int_eq (getsockname (holder, (struct sockaddr *)&address, &size), 0);
    char text[16];
    snprintf (text, sizeof text, "%d", ntohs (address.sin_port));
    setenv ("BAOCAO_SAMPLE_HTTP_PORT", text, 1);
    int status = s_status (s_spawn (NULL, NULL));
    close (holder);
    ck_assert_int_eq (status, 1);
    ck_assert_int_eq (s_script->started, 1);
    ck_assert_int_eq (s_script->stopped, 1);
}
END_TEST

static Suite *s_suite (void)
{
    Suite *suite = suite_create ("service");
    TCase *tcase = tcase_create ("service");
    tcase_set_timeout (tcase, 30);
    tcase_add_checked_fixture (tcase, s_setup, s_teardown);
    tcase_add_loop_test (tcase, test_signal, 0, 2);
    tcase_add_test (tcase, test_broken_pipe_is_survived);
    tcase_add_test (tcase, test_limits);
    tcase_add_test (tcase, test_idle);
    tcase_add_test (tcase, test_quit);
    tcase_add_test (tcase, test_refused_start);
    tcase_add_test (tcase, test_loop_ended_by_a_handler);
    tcase_add_test (tcase, test_memory);
    tcase_add_loop_test (tcase, test_status, 0, sizeof s_wrong / sizeof *s_wrong);
    tcase_add_test (tcase, test_rehearsal);
    tcase_add_test (tcase, test_http_port_in_use);
    suite_add_tcase (suite, tcase);
    return suite;
}

int main (void)
{
    return suite_run (s_suite ());
}
