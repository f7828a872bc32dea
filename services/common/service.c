#include "service.h"

#include <argp.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sysexits.h>

#include "clock.h"
#include "log.h"
#include "metrics.h"
#include "xmem.h"

enum {
    MAX_SOCKETS = 8192,  // a department's door is one
    LINGER_MS = 200,     // for replies still on their way out at the end; what is lost is asked for again
    IDLE_CHECK_MS = 50,
    IDLE_CHECKS = 2,  // in a row
    MEMORY_CHECK_MS = 200,
    MEMORY_MB = 512,
};

struct bc_service {
    const bc_service_class_t *class;
    const char *config_path;
    bool exit_when_idle;

    bc_config_t *config;
    const char *conninfo;
    int http_port;
    long memory_pages;  // resident, at most
    zloop_t *loop;
    int signals;  // signalfd of SIGINT and SIGTERM
    int quit;     // eventfd: readable once a stop was asked for
    bool quitting;
    int status;
    int idle_checks;  // found idle so many times in a row
    bc_http_t *http;
    void *state;  // the service's own
};

// --- Options ----------------------------------------------------------------------------------------------------------------

static const struct argp_option OPTIONS[] = {
    {"config", 'c', "FILE", 0, "Read the configuration from FILE (default: $BAOCAO_CONFIG)", 0},
    {"exit-when-idle", 'x', NULL, 0, "Leave with status 0 once there is nothing to do", 0},
    {0},
};

static error_t take_option (int key, char *argument, struct argp_state *state)
{
    bc_service_t *self = state->input;
    switch (key) {
    case 'c':
        self->config_path = argument;
        return 0;
    case 'x':
        self->exit_when_idle = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error (state, "unexpected argument: %s", argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void print_version (FILE *stream, struct argp_state *state)
{
    fprintf (stream, "%s %s\n", state->name, BAOCAO_VERSION);
}

// Leaves the process by itself after --help, --version or a wrong option (64).
static void read_options (bc_service_t *self, int argc, char **argv)
{
    static const char after[] = "Every value of the configuration can be set in the environment, too: BAOCAO_LOG_LEVEL=debug "
                                "overrides log/level.\n\n"
                                "Exit status: 0 after an ordered stop, 64 wrong options, 78 wrong configuration, "
                                "1 could not start.";
    char *description = xasprintf ("%s\v%s", self->class->summary, after);
    const struct argp argp = {.options = OPTIONS, .parser = take_option, .doc = description};
    argp_program_version_hook = print_version;
    argp_parse (&argp, argc, argv, 0, NULL, self);
    free (description);
}

// --- Configuration ----------------------------------------------------------------------------------------------------------

static const char *own_value (bc_service_t *self, const char *name)
{
    char *key = xasprintf ("%s/%s", self->class->name, name);
    const char *value = bc_config_get (self->config, key, NULL);
    free (key);
    return value;
}

static int configure_log (bc_service_t *self)
{
    const char *name = bc_config_get (self->config, "log/level", "info");
    bc_log_level_t level;
    if (bc_log_level_parse (name, &level)) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "log/level must be debug, info, warning or error");
        return -1;
    }
    bc_log_init (self->class->name, level);
    return 0;
}

static int configure_clock (bc_service_t *self)
{
    const char *path = bc_config_get (self->config, "clock/rehearsal", "");
    if (!*path)
        return 0;
    if (bc_clock_rehearse (path)) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "clock/rehearsal: cannot use %s: %s", path, strerror (errno));
        return -1;
    }
    bc_log (BC_LOG_WARNING, "clock.rehearsal", NULL, "the time is a rehearsed one, from %s", path);
    return 0;
}

// 0, or -1 with the reason logged.
static int configure (bc_service_t *self)
{
    self->config = bc_config_new (self->config_path ? self->config_path : getenv ("BAOCAO_CONFIG"));
    if (!self->config || configure_log (self) || configure_clock (self))
        return -1;
    self->conninfo = own_value (self, "conninfo");
    if (!self->conninfo) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL,
                "%s/conninfo is missing: set it to the connection string of the database "
                "role of this service",
                self->class->name);
        return -1;
    }
    bool ok = true;
    char *key = xasprintf ("%s/http_port", self->class->name);
    self->http_port = (int)bc_config_number (self->config, key, 0, 0, 65535, &ok);
    free (key);
    key = xasprintf ("%s/memory_mb", self->class->name);
    self->memory_pages = bc_config_number (self->config, key, MEMORY_MB, 64, 1 << 20, &ok) * ((1 << 20) / sysconf (_SC_PAGESIZE));
    free (key);
    return ok ? 0 : -1;
}

// --- Process ----------------------------------------------------------------------------------------------------------------

// Each connection and each socket takes descriptors; at the limit libzmq's accept loop spins.
static void raise_limits (void)
{
    struct rlimit limit;
    if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit (RLIMIT_NOFILE, &limit))
            bc_log (BC_LOG_WARNING, "process.limits", NULL, "cannot raise the limit of open files: %s", strerror (errno));
    }
}

// Before the first socket. SIGINT and SIGTERM stay blocked in every thread and come out of the signalfd.
static void prepare_process (bc_service_t *self)
{
    sigset_t stops;
    sigemptyset (&stops);
    sigaddset (&stops, SIGINT);
    sigaddset (&stops, SIGTERM);
    pthread_sigmask (SIG_BLOCK, &stops, NULL);
    signal (SIGPIPE, SIG_IGN);
    raise_limits ();

    zsys_handler_set (NULL);
    zsys_set_logstream (stderr);
    zsys_set_max_sockets (MAX_SOCKETS);
    zsys_set_linger (LINGER_MS);

    self->signals = signalfd (-1, &stops, SFD_NONBLOCK | SFD_CLOEXEC);
    self->quit = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
}

// --- Loop -------------------------------------------------------------------------------------------------------------------

void bc_service_quit (bc_service_t *self, int status)
{
    if (self->quitting)
        return;
    self->quitting = true;
    self->status = status;
    eventfd_write (self->quit, 1);
}

static int on_quit (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    (void)loop;
    (void)arg;
    eventfd_t count;
    eventfd_read (item->fd, &count);  // so that stop() can run the loop once more
    return -1;                        // ends the loop
}

static int on_signal (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    (void)loop;
    struct signalfd_siginfo info;
    if (read (item->fd, &info, sizeof info) == sizeof info) {
        bc_log (BC_LOG_INFO, "service.stopping", NULL, "%s", info.ssi_signo == SIGINT ? "SIGINT" : "SIGTERM");
        bc_service_quit (arg, EXIT_SUCCESS);
    }
    return 0;
}

static int on_idle (zloop_t *loop, int timer, void *arg)
{
    bc_service_t *self = arg;
    (void)loop;
    (void)timer;
    // Twice: what one look finds idle may have a message on its way in.
    self->idle_checks = self->class->idle (self->state) ? self->idle_checks + 1 : 0;
    if (self->idle_checks >= IDLE_CHECKS) {
        bc_log (BC_LOG_INFO, "service.stopping", NULL, "nothing to do");
        bc_service_quit (self, EXIT_SUCCESS);
    }
    return 0;
}

static long resident_pages (void)
{
    long total = 0, resident = 0;
    FILE *file = fopen ("/proc/self/statm", "re");
    if (file && fscanf (file, "%ld %ld", &total, &resident) != 2)  // NOLINT(cert-err34-c): the kernel's own numbers
        resident = 0;
    if (file)
        fclose (file);
    return resident;
}

// libzmq keeps the frames of an unfinished message without counting them against any limit, so a peer with a good key could take
// all the memory there is. The process bounds itself instead: it leaves, whoever supervises it starts it again, and what clients
// have no receipt for they send again.
static int on_memory_check (zloop_t *loop, int timer, void *arg)
{
    bc_service_t *self = arg;
    (void)loop;
    (void)timer;
    long pages = resident_pages ();
    if (pages > self->memory_pages && !self->quitting) {
        bc_log (BC_LOG_ERROR, "memory.exceeded", NULL, "%ld MiB in use, %s/memory_mb allows fewer: leaving, to be started again",
                pages / ((1 << 20) / sysconf (_SC_PAGESIZE)), self->class->name);
        bc_service_quit (self, EXIT_FAILURE);
    }
    return 0;
}

static bool is_healthy (void *arg)
{
    const bc_service_t *self = arg;
    return self->class->healthy (self->state);
}

static int watch_descriptor (bc_service_t *self, int fd, zloop_fn *handler)
{
    zmq_pollitem_t item = {.fd = fd, .events = ZMQ_POLLIN};
    return fd < 0 ? -1 : zloop_poller (self->loop, &item, handler, self);
}

// 0, or -1 with the reason logged; close_service undoes what was done.
static int open_service (bc_service_t *self)
{
    self->loop = zloop_new ();
    zloop_set_nonstop (self->loop, true);  // the signalfd stops it
    if (watch_descriptor (self, self->signals, on_signal) || watch_descriptor (self, self->quit, on_quit)) {
        bc_log (BC_LOG_ERROR, "service.failed", NULL, "cannot watch for signals: %s", strerror (errno));
        return -1;
    }
    self->state = self->class->start (self);
    if (!self->state) {
        if (bc_config_is_wrong (self->config))
            self->status = EX_CONFIG;
        return -1;
    }
    if (self->http_port) {
        self->http = bc_http_new (self->loop, self->http_port, is_healthy, self);
        if (!self->http)
            return -1;
    }
    zloop_timer (self->loop, MEMORY_CHECK_MS, 0, on_memory_check, self);
    if (self->exit_when_idle)
        zloop_timer (self->loop, IDLE_CHECK_MS, 0, on_idle, self);
    return 0;
}

static void close_service (bc_service_t *self)
{
    bc_http_destroy (&self->http);
    if (self->state)
        self->class->stop (&self->state);
    zloop_destroy (&self->loop);
    bc_config_destroy (&self->config);
    close (self->quit);
    close (self->signals);
    zsys_shutdown ();
}

int bc_service_main (int argc, char **argv, const bc_service_class_t *class)
{
    bc_service_t self = {.class = class, .signals = -1, .quit = -1, .status = EXIT_FAILURE};
    bc_log_init (class->name, BC_LOG_INFO);
    read_options (&self, argc, argv);
    prepare_process (&self);
    if (configure (&self))
        self.status = EX_CONFIG;
    else if (open_service (&self) == 0) {
        bc_log (BC_LOG_INFO, "service.started", NULL, "baocao-%s %s", class->name, BAOCAO_VERSION);
        zloop_start (self.loop);
    }
    close_service (&self);
    bc_log (BC_LOG_INFO, "service.stopped", NULL, "exit status %d", self.status);
    return self.status;
}

// --- For the service --------------------------------------------------------------------------------------------------------

zloop_t *bc_service_loop (bc_service_t *self)
{
    return self->loop;
}

bc_config_t *bc_service_config (bc_service_t *self)
{
    return self->config;
}

const char *bc_service_conninfo (bc_service_t *self)
{
    return self->conninfo;
}
