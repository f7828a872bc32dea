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

enum { KILLED = -1, NOT_STARTED = 127, PIECE = 65536 };

// What comes through a pipe.
typedef struct {
    zmq_pollitem_t item;  // fd -1: not open
    char *text;
    size_t size, max;
    bool overflown;
} stream_t;

struct job {
    job_t *next;
    jobs_t *jobs;
    char **argv, **environment, *directory, *input, *output;
    job_class_t limits;
    job_done_fn *done;
    void *arg;
    pid_t pid;  // 0: waiting
    zmq_pollitem_t ended;
    int timer;
    bool timed_out;
    stream_t out, errors;
};

struct jobs {
    zloop_t *loop;
    size_t at_once, waiting_max, running, waiting;
    job_t *first;  // in the order in which they came
};

// --- The new process -------------------------------------------------------------------------------------------------------------

static void limit (int resource, int mb)
{
    const struct rlimit limit = {.rlim_cur = (rlim_t)mb << 20, .rlim_max = (rlim_t)mb << 20};
    if (mb)
        setrlimit (resource, &limit);
}

static int open_input (const job_t *self)
{
    return open (self->input ? self->input : "/dev/null", O_RDONLY | O_CLOEXEC);
}

// In the child, which has the portal's memory and shares nothing else: only what may be called after fork in a process with threads.
static void become (const job_t *self, int in, int out, int errors, pid_t parent)
{
    sigset_t none;
    sigemptyset (&none);
    sigprocmask (SIG_SETMASK, &none, NULL);

    setpgid (0, 0);
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    if (getppid () != parent || dup2 (in, STDIN_FILENO) < 0 || dup2 (out, STDOUT_FILENO) < 0 || dup2 (errors, STDERR_FILENO) < 0)
        _exit (NOT_STARTED);
    close_range (STDERR_FILENO + 1, ~0U, 0);
    limit (RLIMIT_AS, self->limits.memory_mb);
    limit (RLIMIT_FSIZE, self->limits.file_mb);
    if (self->directory && chdir (self->directory))
        _exit (NOT_STARTED);
    execvpe (self->argv[0], self->argv, self->environment);
    _exit (NOT_STARTED);
}

// --- Ending ----------------------------------------------------------------------------------------------------------------------

static void stream_close (zloop_t *loop, stream_t *stream)
{
    if (stream->item.fd < 0)
        return;
    zloop_poller_end (loop, &stream->item);
    close (stream->item.fd);
    stream->item.fd = -1;
}

static void free_texts (char **texts)
{
    for (char **text = texts; text && *text; text++)
        free (*text);
    free (texts);
}

static void job_destroy (job_t *self)
{
    zloop_t *loop = self->jobs->loop;
    for (job_t **at = &self->jobs->first; *at; at = &(*at)->next)
        if (*at == self) {
            *at = self->next;
            break;
        }
    if (self->pid) {
        self->jobs->running--;
        zloop_timer_end (loop, self->timer);
        zloop_poller_end (loop, &self->ended);
        close (self->ended.fd);
    } else
        self->jobs->waiting--;
    stream_close (loop, &self->out);
    stream_close (loop, &self->errors);
    free (self->out.text);
    free (self->errors.text);
    free_texts (self->argv);
    free_texts (self->environment);
    free (self->directory);
    free (self->input);
    free (self->output);
    free (self);
}

static void start_next (jobs_t *self);

// The leader is reaped after the group was killed, so that its number cannot be another's.
static int end_group (const job_t *self)
{
    siginfo_t how = {0};
    kill (-self->pid, SIGKILL);
    if (waitid (P_PIDFD, (id_t)self->ended.fd, &how, WEXITED) || how.si_code != CLD_EXITED)
        return KILLED;
    return how.si_status;
}

static void read_stream (job_t *self, stream_t *stream);

static int on_ended (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    job_t *self = arg;
    jobs_t *jobs = self->jobs;
    (void)loop;
    (void)item;
    int status = end_group (self);
    read_stream (self, &self->out);
    read_stream (self, &self->errors);
    bool cut = self->timed_out || self->out.overflown;
    const job_result_t result = {.status = cut ? KILLED : status,
                                 .timed_out = self->timed_out,
                                 .output = self->out.text,
                                 .output_size = self->out.size,
                                 .errors = self->errors.text};
    if (result.status)
        bc_log (BC_LOG_INFO, "portal.job", NULL, "%s ended with %d%s", self->argv[0], result.status,
                self->timed_out ? ", out of time" : "");
    self->done (&result, self->arg);
    job_destroy (self);
    start_next (jobs);
    return 0;
}

static int on_late (zloop_t *loop, int timer, void *arg)
{
    job_t *self = arg;
    (void)loop;
    (void)timer;
    self->timed_out = true;
    kill (-self->pid, SIGKILL);
    return 0;
}

// --- What it says ----------------------------------------------------------------------------------------------------------------

// Takes what can be read now. What goes beyond the limit of the output ends the program; of the errors it is dropped.
static void read_stream (job_t *self, stream_t *stream)
{
    char piece[PIECE];
    for (ssize_t n; stream->item.fd >= 0 && (n = read (stream->item.fd, piece, sizeof piece)) != -1;) {
        if (n == 0) {
            stream_close (self->jobs->loop, stream);
            return;
        }
        size_t taken = (size_t)n > stream->max - stream->size ? stream->max - stream->size : (size_t)n;
        if (taken < (size_t)n && stream == &self->out && !stream->overflown) {
            stream->overflown = true;
            kill (-self->pid, SIGKILL);
        }
        stream->text = xrealloc (stream->text, stream->size + taken + 1);
        memcpy (stream->text + stream->size, piece, taken);
        stream->size += taken;
        stream->text[stream->size] = 0;
    }
}

static int on_output (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    job_t *self = arg;
    (void)loop;
    read_stream (self, item->fd == self->out.item.fd ? &self->out : &self->errors);
    return 0;
}

// Opens a pipe; the end to write to is returned, or -1.
static int stream_open (job_t *self, stream_t *stream, size_t max)
{
    int ends[2];
    if (pipe2 (ends, O_CLOEXEC))
        return -1;
    fcntl (ends[0], F_SETFL, O_NONBLOCK);
    stream->max = max;
    stream->item = (zmq_pollitem_t){.fd = ends[0], .events = ZMQ_POLLIN};
    zloop_poller (self->jobs->loop, &stream->item, on_output, self);
    zloop_poller_set_tolerant (self->jobs->loop, &stream->item);
    return ends[1];
}

// --- Starting --------------------------------------------------------------------------------------------------------------------

static int open_output (job_t *self)
{
    return self->output ? open (self->output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
                        : stream_open (self, &self->out, JOB_OUTPUT);
}

// 0 or -1 (errno).
static int start (job_t *self)
{
    int in = open_input (self), out = open_output (self), errors = stream_open (self, &self->errors, JOB_ERRORS);
    pid_t parent = getpid (), pid = in < 0 || out < 0 || errors < 0 ? -1 : fork ();
    if (pid == 0)
        become (self, in, out, errors, parent);
    for (int i = 0; i < 3; i++)
        if ((const int[]){in, out, errors}[i] >= 0)
            close ((const int[]){in, out, errors}[i]);
    int watch = pid > 0 ? pidfd_open (pid, 0) : -1;
    if (watch < 0) {
        if (pid > 0 && kill (pid, SIGKILL) == 0)
            waitpid (pid, NULL, 0);
        return -1;
    }
    setpgid (pid, pid);  // here, too, so that it is one before anybody ends it
    self->pid = pid;
    self->jobs->waiting--;
    self->jobs->running++;
    self->ended = (zmq_pollitem_t){.fd = watch, .events = ZMQ_POLLIN};
    zloop_poller (self->jobs->loop, &self->ended, on_ended, self);
    zloop_poller_set_tolerant (self->jobs->loop, &self->ended);
    self->timer = zloop_timer (self->jobs->loop, (size_t)self->limits.seconds * 1000, 1, on_late, self);
    return 0;
}

static int on_not_started (zloop_t *loop, int timer, void *arg)
{
    job_t *self = arg;
    jobs_t *jobs = self->jobs;
    const job_result_t result = {.status = NOT_STARTED, .output = "", .errors = ""};
    (void)loop;
    (void)timer;
    self->done (&result, self->arg);
    job_destroy (self);
    start_next (jobs);
    return 0;
}

static void start_next (jobs_t *self)
{
    for (job_t *job = self->first, *next; job && self->running < self->at_once; job = next) {
        next = job->next;
        if (job->pid || job->timer != -1 || start (job) == 0)
            continue;
        bc_log (BC_LOG_ERROR, "portal.job", NULL, "%s cannot be started: %s", job->argv[0], strerror (errno));
        job->timer = zloop_timer (self->loop, 0, 1, on_not_started, job);  // never from within jobs_run
    }
}

// --- Jobs ------------------------------------------------------------------------------------------------------------------------

static size_t count_texts (const char *const *texts)
{
    size_t n = 0;
    while (texts && texts[n])
        n++;
    return n;
}

static bool same_name (const char *a, const char *b)
{
    size_t length = strcspn (a, "=");
    return !strncmp (a, b, length + 1);
}

// The texts of `over`, then those of `under` that none of them stands for.
static char **copy_texts (const char *const *over, const char *const *under)
{
    size_t n = 0, n_over = count_texts (over);
    char **texts = xcalloc (n_over + count_texts (under) + 1, sizeof *texts);
    for (; n < n_over; n++)
        texts[n] = xstrdup (over[n]);
    for (; under && *under; under++) {
        size_t i = 0;
        while (i < n_over && !same_name (over[i], *under))
            i++;
        if (i == n_over)
            texts[n++] = xstrdup (*under);
    }
    return texts;
}

static char *copy_text (const char *text)
{
    return text ? xstrdup (text) : NULL;
}

job_t *jobs_run (jobs_t *self, const job_class_t *class, job_done_fn *done, void *arg)
{
    if (self->waiting >= self->waiting_max && self->running >= self->at_once)
        return NULL;
    job_t *job = xcalloc (1, sizeof *job), **at = &self->first;
    job->jobs = self;
    job->limits = *class;
    job->argv = copy_texts (class->argv, NULL);
    job->environment = copy_texts (class->environment, (const char *const *)environ);
    job->directory = copy_text (class->directory);
    job->input = copy_text (class->input);
    job->output = copy_text (class->output);
    job->done = done;
    job->arg = arg;
    job->timer = -1;
    job->out.item.fd = job->errors.item.fd = -1;
    job->out.text = xstrdup ("");
    job->errors.text = xstrdup ("");
    while (*at)
        at = &(*at)->next;
    *at = job;
    self->waiting++;
    start_next (self);
    return job;
}

void job_cancel (job_t *job)
{
    jobs_t *jobs = job->jobs;
    if (job->pid)
        end_group (job);
    else if (job->timer != -1)
        zloop_timer_end (jobs->loop, job->timer);
    job_destroy (job);
    start_next (jobs);
}

size_t jobs_count (const jobs_t *self)
{
    return self->running + self->waiting;
}

jobs_t *jobs_new (zloop_t *loop, size_t at_once, size_t waiting)
{
    jobs_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->at_once = at_once;
    self->waiting_max = waiting;
    return self;
}

void jobs_destroy (jobs_t **self_p)
{
    jobs_t *self = *self_p;
    if (!self)
        return;
    self->at_once = 0;  // none of those that wait is started
    while (self->first)
        job_cancel (self->first);
    free (self);
    *self_p = NULL;
}
