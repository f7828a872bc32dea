#include "web.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "clock.h"
#include "log.h"
#include "xmem.h"

enum {
    MAX_TURNS = 64,  // before the loop's other work has its turn again
    LOOK_MS = 1000,  // at the time limits, while somebody is connected
};

// A connection. libmicrohttpd's own time limit is one without a byte: whoever sends one now and then could stay for ever.
typedef struct line {
    struct line *next, **at;
    int fd;
    int64_t until;  // by when what is on its way must be here, monotonic ms; 0: nothing is
} line_t;

struct bc_web {
    zloop_t *loop;
    struct MHD_Daemon *daemon;
    bc_web_options_t options;
    zmq_pollitem_t item;
    int timer, timer_ms;  // -1: none, as long as there is no connection
    line_t *lines;
    int64_t looked_at;
};

// --- Time limits -----------------------------------------------------------------------------------------------------------------

static int64_t deadline (unsigned seconds)
{
    return seconds ? bc_clock_monotonic_ms () + (int64_t)seconds * 1000 : 0;
}

static line_t *line_of (struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void on_connection (void *arg, struct MHD_Connection *connection, void **line_p, enum MHD_ConnectionNotificationCode code)
{
    bc_web_t *self = arg;
    line_t *line = *line_p;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *line_p = line = xmalloc (sizeof *line);
        *line =
            (line_t){.next = self->lines, .at = &self->lines, .fd = info->connect_fd, .until = deadline (self->options.headers_s)};
        if (line->next)
            line->next->at = &line->next;
        self->lines = line;
    } else {
        *line->at = line->next;
        if (line->next)
            line->next->at = line->at;
        free (line);
        *line_p = NULL;
    }
}

// Only the socket is shut: libmicrohttpd finds that out by itself.
static void end_slow (bc_web_t *self)
{
    int64_t now = bc_clock_monotonic_ms ();
    if (now - self->looked_at < LOOK_MS)
        return;
    self->looked_at = now;
    for (line_t *line = self->lines; line; line = line->next)
        if (line->until && now >= line->until) {
            line->until = 0;
            shutdown (line->fd, SHUT_RDWR);
        }
}

void bc_web_allow (struct MHD_Connection *connection, unsigned seconds)
{
    line_t *line = line_of (connection);
    if (line)
        line->until = deadline (seconds);
}

// Called first with the headers, then with each piece of the body, then, with no piece, when all of it is here.
static enum MHD_Result on_request (void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                                   const char *version, const char *body, size_t *body_size, void **state_p)
{
    bc_web_t *self = arg;
    line_t *line = line_of (connection);
    if (line && !*state_p)
        line->until = deadline (self->options.body_s);
    else if (line && *body_size == 0)
        line->until = 0;
    return self->options.handle (self->options.arg, connection, url, method, version, body, body_size, state_p);
}

static void on_completed (void *arg, struct MHD_Connection *connection, void **state_p, enum MHD_RequestTerminationCode code)
{
    bc_web_t *self = arg;
    line_t *line = line_of (connection);
    if (line)
        line->until = deadline (self->options.headers_s);
    if (self->options.completed)
        self->options.completed (self->options.arg, connection, state_p, code);
}

// --- The loop --------------------------------------------------------------------------------------------------------------------

unsigned bc_web_connections (const bc_web_t *self)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info ? info->num_connections : 0;
}

static int on_timer (zloop_t *loop, int timer, void *arg);

static void set_timer (bc_web_t *self, int ms)
{
    if (self->timer != -1 && self->timer_ms <= ms)
        return;
    if (self->timer != -1)
        zloop_timer_end (self->loop, self->timer);
    self->timer_ms = ms;
    self->timer = zloop_timer (self->loop, (size_t)ms, 1, on_timer, self);
}

// Lets the daemon do all it can do without waiting.
static void run_daemon (bc_web_t *self)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    bool more = true;
    for (int turns = 0; more && turns < MAX_TURNS; turns++) {
        unsigned before = bc_web_connections (self);
        MHD_run (self->daemon);
        // When connections have ended it listens again (it stops at the limit), but only in its next turn.
        more = bc_web_connections (self) < before || (MHD_get_timeout (self->daemon, &wait_ms) == MHD_YES && wait_ms == 0);
    }
    if (more || bc_web_connections (self))
        set_timer (self, more ? 1 : LOOK_MS);
}

static int on_timer (zloop_t *loop, int timer, void *arg)
{
    bc_web_t *self = arg;
    (void)loop;
    (void)timer;
    self->timer = -1;
    end_slow (self);
    run_daemon (self);
    return 0;
}

static int on_socket (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    (void)loop;
    (void)item;
    run_daemon (arg);
    return 0;
}

void bc_web_resumed (bc_web_t *self)
{
    set_timer (self, 0);
}

static void log_fault (void *arg, const char *format, va_list arguments)
{
    (void)arg;
    char text[256];
    vsnprintf (text, sizeof text, format, arguments);
    text[strcspn (text, "\n")] = 0;
    bc_log (BC_LOG_DEBUG, "http.trouble", NULL, "%s", text);
}

static struct MHD_Daemon *start_daemon (bc_web_t *self)
{
    const bc_web_options_t *options = &self->options;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons ((uint16_t)options->port)};
    if (inet_pton (AF_INET, options->host, &address.sin_addr) != 1) {
        errno = EINVAL;
        return NULL;
    }
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate},
                                   {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key},
                                   {MHD_OPTION_HTTPS_PRIORITIES, 0, "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
                                   {MHD_OPTION_END, 0, NULL}};
    if (!options->certificate)
        tls[0].option = MHD_OPTION_END;
    unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME | (options->certificate ? MHD_USE_TLS : 0);
    return MHD_start_daemon (flags, 0, NULL, NULL, on_request, self, MHD_OPTION_EXTERNAL_LOGGER, log_fault,
                             NULL,  // first, so that it hears of the others
                             MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, options->connections,
                             MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->connections_an_address, MHD_OPTION_CONNECTION_TIMEOUT,
                             options->timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->connection_memory,
                             MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, on_completed, self,
                             MHD_OPTION_NOTIFY_CONNECTION, on_connection, self, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

bc_web_t *bc_web_new (zloop_t *loop, const bc_web_options_t *options, const char *setting)
{
    bc_web_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->timer = -1;
    self->options = *options;
    self->daemon = start_daemon (self);
    const union MHD_DaemonInfo *info = self->daemon ? MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info) {
        bc_log (BC_LOG_ERROR, "http.closed", NULL, "cannot listen on %s:%d (%s): free the port or set another %s", options->host,
                options->port, strerror (errno), setting);
        bc_web_destroy (&self);
        return NULL;
    }
    self->item = (zmq_pollitem_t){.fd = info->epoll_fd, .events = ZMQ_POLLIN};
    zloop_poller (loop, &self->item, on_socket, self);
    zloop_poller_set_tolerant (loop, &self->item);
    return self;
}

void bc_web_destroy (bc_web_t **self_p)
{
    bc_web_t *self = *self_p;
    if (!self)
        return;
    if (self->timer != -1)
        zloop_timer_end (self->loop, self->timer);
    if (self->item.fd)
        zloop_poller_end (self->loop, &self->item);
    if (self->daemon)
        MHD_stop_daemon (self->daemon);
    free (self);
    *self_p = NULL;
}
