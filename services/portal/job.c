#include "job.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "common/xmem.h"

enum { CHUNK = 16384, FILES = 256, NOT_STARTED = 127 };

// One of the two ways by which a program speaks.
typedef struct {
    zmq_pollitem_t item;
    char *text;
    size_t size;
} stream_t;

typedef struct run {
    struct run *next;
    jobs_t *jobs;
    job_t job;
    char **arguments, **environment, *directory;  // the job's, copied
    job_done_fn *done;
    void *arg;
    pid_t pid;
    zmq_pollitem_t process;  // a pidfd; 0: it does not run yet
    stream_t output, errors;
    int timer;
    job_end_t end;  // JOB_EXITED as long as nobody has ended it
} run_t;

struct jobs {
    zloop_t *loop;
    unsigned at_once, most_waiting, n_running, n_waiting;
    run_t *running, *waiting;
    int timer;  // that starts what waits; -1: none
};

// --- Texts -----------------------------------------------------------------------------------------------------------------------

static char **copy_texts (const char *const *texts)
{
    size_t count = 0;
    while (texts && texts[count])
        count++;
    char **copies = xcalloc (count + 1, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = xstrdup (texts[i]);
    return copies;
}

static void free_texts (char **texts)
{
    for (char **text = texts; *text; text++)
        free (*text);
    free (texts);
}

// --- The child: between fork and exec, so only what is safe in a signal handler --------------------------------------------------

static void limit (int what, rlim_t value)
{
    setrlimit (what, &(struct rlimit){value, value});
}

static void set_limits (const job_t *job)
{
    limit (RLIMIT_CORE, 0);
    limit (RLIMIT_CPU, job->seconds + 1);
    limit (RLIMIT_FSIZE, job->file);
    limit (RLIMIT_NOFILE, FILES);
    if (job->memory)
        limit (RLIMIT_AS, job->memory);
}

static _Noreturn void become (const run_t *self, pid_t parent, const int out[2], const int err[2])
{
    sigset_t none;
    setpgid (0, 0);
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open ("/dev/null", O_RDONLY);
    bool ready = getppid () == parent && nothing >= 0 && dup2 (nothing, STDIN_FILENO) >= 0 && dup2 (out[1], STDOUT_FILENO) >= 0 &&
                 dup2 (err[1], STDERR_FILENO) >= 0 && chdir (self->directory) == 0 && close_range (3, ~0U, 0) == 0;
    for (int number = 1; number < NSIG; number++)
        signal (number, SIG_DFL);  // what is ignored stays so in another program; the C library's own two cannot be had
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);
    set_limits (&self->job);
    if (ready)
        execvpe (self->arguments[0], self->arguments, self->environment);
    _exit (NOT_STARTED);
}

// --- Ending ----------------------------------------------------------------------------------------------------------------------

static void close_stream (jobs_t *self, stream_t *stream)
{
    if (!stream->item.fd)
        return;
    zloop_poller_end (self->loop, &stream->item);
    close (stream->item.fd);
    stream->item.fd = 0;
}

// The group goes while its leader is still there, so that its number is nobody else's.
static void reap (run_t *self, siginfo_t *info)
{
    kill (-self->pid, SIGKILL);
    if (self->timer != -1)
        zloop_timer_end (self->jobs->loop, self->timer);
    self->timer = -1;
    zloop_poller_end (self->jobs->loop, &self->process);
    waitid (P_PIDFD, (id_t)self->process.fd, info, WEXITED);
    close (self->process.fd);
    self->process.fd = 0;
}

static void run_destroy (run_t **self_p)
{
    run_t *self = *self_p;
    close_stream (self->jobs, &self->output);
    close_stream (self->jobs, &self->errors);
    free (self->output.text);
    free (self->errors.text);
    free_texts (self->arguments);
    free_texts (self->environment);
    free (self->directory);
    free (self);
    *self_p = NULL;
}

static void unlink_run (jobs_t *self, run_t *run)
{
    for (run_t **at = &self->running; *at; at = &(*at)->next)
        if (*at == run) {
            *at = run->next;
            self->n_running--;
            return;
        }
}

static void start_soon (jobs_t *self);

// Gives the result, and makes room for the next one.
static void finish (run_t *self, const siginfo_t *info)
{
    jobs_t *jobs = self->jobs;
    bool killed = info->si_code != CLD_EXITED;
    job_result_t result = {.end = self->end != JOB_EXITED ? self->end
                                  : killed                ? JOB_KILLED
                                                          : JOB_EXITED,
                           .status = info->si_status,
                           .output = self->output.text ? self->output.text : "",
                           .errors = self->errors.text ? self->errors.text : "",
                           .output_size = self->output.size};
    if (result.end != JOB_EXITED)
        bc_log (BC_LOG_WARNING, "portal.job", NULL, "%s %s: %s", self->arguments[0], self->arguments[1] ? self->arguments[1] : "",
                result.end == JOB_TOO_LONG   ? "no more time"
                : result.end == JOB_TOO_LOUD ? "too much was said"
                : result.end == JOB_KILLED   ? "killed"
                                             : "not started");
    unlink_run (jobs, self);
    self->done (&result, self->arg);
    run_destroy (&self);
    start_soon (jobs);
}

static void stop (run_t *self, job_end_t why)
{
    if (self->end == JOB_EXITED)
        self->end = why;
    if (self->process.fd)
        kill (-self->pid, SIGKILL);  // the pidfd tells when it has gone
}

// --- What it says ----------------------------------------------------------------------------------------------------------------

// False: nothing more is to come, now or at all.
static bool take (run_t *self, stream_t *stream)
{
    char chunk[CHUNK];
    ssize_t size = read (stream->item.fd, chunk, sizeof chunk);
    if (size < 0)
        return false;
    size_t room = self->job.output - stream->size, got = (size_t)size < room ? (size_t)size : room;
    stream->text = xrealloc (stream->text, stream->size + got + 1);
    memcpy (stream->text + stream->size, chunk, got);
    stream->size += got;
    stream->text[stream->size] = 0;
    if ((size_t)size > room)
        stop (self, JOB_TOO_LOUD);
    if (size == 0 || (size_t)size > room)
        close_stream (self->jobs, stream);
    return size > 0 && stream->item.fd;
}

static int on_output (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    run_t *self = arg;
    (void)loop;
    take (self, item->fd == self->output.item.fd ? &self->output : &self->errors);
    return 0;
}

// It has ended; what it said before may still be in the pipes. What others hold open there is not waited for.
static int on_end (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    run_t *self = arg;
    siginfo_t info = {0};
    (void)loop;
    (void)item;
    reap (self, &info);
    while (self->output.item.fd && take (self, &self->output))
        ;
    while (self->errors.item.fd && take (self, &self->errors))
        ;
    finish (self, &info);
    return 0;
}

static int on_time (zloop_t *loop, int timer, void *arg)
{
    run_t *self = arg;
    (void)loop;
    (void)timer;
    self->timer = -1;
    stop (self, JOB_TOO_LONG);
    return 0;
}

// --- Starting --------------------------------------------------------------------------------------------------------------------

static void watch (run_t *self, zmq_pollitem_t *item, int fd, zloop_fn *handler)
{
    *item = (zmq_pollitem_t){.fd = fd, .events = ZMQ_POLLIN};
    zloop_poller (self->jobs->loop, item, handler, self);
    zloop_poller_set_tolerant (self->jobs->loop, item);
}

static void close_pair (const int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close (pair[i]);
}

// 0, or -1: not now, and not by itself later.
static int start (run_t *self)
{
    int out[2] = {-1, -1}, err[2] = {-1, -1}, fd = -1;
    pid_t parent = getpid ();
    if (pipe2 (out, O_CLOEXEC) == 0 && pipe2 (err, O_CLOEXEC) == 0)
        self->pid = fork ();
    if (self->pid == 0 && out[0] >= 0 && err[0] >= 0)
        become (self, parent, out, err);
    if (self->pid > 0) {
        setpgid (self->pid, self->pid);  // whichever of the two comes first
        fd = pidfd_open (self->pid, 0);
        if (fd < 0) {
            kill (-self->pid, SIGKILL);
            waitpid (self->pid, NULL, 0);
        }
    }
    if (fd < 0) {
        close_pair (out);
        close_pair (err);
        return -1;
    }
    close (out[1]);
    close (err[1]);
    fcntl (out[0], F_SETFL, O_NONBLOCK);
    fcntl (err[0], F_SETFL, O_NONBLOCK);
    watch (self, &self->output.item, out[0], on_output);
    watch (self, &self->errors.item, err[0], on_output);
    watch (self, &self->process, fd, on_end);
    self->timer = zloop_timer (self->jobs->loop, self->job.seconds * (size_t)1000, 1, on_time, self);
    return 0;
}

static int on_turn (zloop_t *loop, int timer, void *arg)
{
    jobs_t *self = arg;
    (void)loop;
    (void)timer;
    self->timer = -1;
    while (self->waiting && self->n_running < self->at_once) {
        run_t *run = self->waiting;
        self->waiting = run->next;
        self->n_waiting--;
        run->next = self->running;
        self->running = run;
        self->n_running++;
        run->pid = -1;
        if (start (run) == 0)
            continue;
        run->end = JOB_FAILED;
        finish (run, &(siginfo_t){.si_code = CLD_EXITED});
    }
    return 0;
}

// Never from within jobs_run: done is called later.
static void start_soon (jobs_t *self)
{
    if (self->waiting && self->timer == -1)
        self->timer = zloop_timer (self->loop, 0, 1, on_turn, self);
}

int jobs_run (jobs_t *self, const job_t *job, job_done_fn *done, void *arg)
{
    if (self->n_waiting >= self->most_waiting)
        return -1;
    static const char *const PATH_ONLY[] = {"PATH=/usr/local/bin:/usr/bin:/bin", NULL};
    run_t *run = xcalloc (1, sizeof *run);
    *run = (run_t){.jobs = self, .job = *job, .done = done, .arg = arg, .timer = -1};
    run->arguments = copy_texts (job->arguments);
    run->environment = copy_texts (job->environment ? job->environment : PATH_ONLY);
    run->directory = xstrdup (job->directory);
    run_t **at = &self->waiting;
    while (*at)
        at = &(*at)->next;
    *at = run;
    self->n_waiting++;
    start_soon (self);
    return 0;
}

unsigned jobs_under_way (const jobs_t *self)
{
    return self->n_running + self->n_waiting;
}

jobs_t *jobs_new (zloop_t *loop, unsigned at_once, unsigned waiting)
{
    jobs_t *self = xcalloc (1, sizeof *self);
    *self = (jobs_t){.loop = loop, .at_once = at_once, .most_waiting = waiting, .timer = -1};
    return self;
}

void jobs_destroy (jobs_t **self_p)
{
    jobs_t *self = *self_p;
    if (!self)
        return;
    if (self->timer != -1)
        zloop_timer_end (self->loop, self->timer);
    for (run_t *next; self->running; self->running = next) {
        siginfo_t info;
        next = self->running->next;
        reap (self->running, &info);
        run_destroy (&self->running);
    }
    for (run_t *next; self->waiting; self->waiting = next) {
        next = self->waiting->next;
        run_destroy (&self->waiting);
    }
    free (self);
    *self_p = NULL;
}
