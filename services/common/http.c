// The HTTP side of metrics.h: libmicrohttpd without threads of its own. Its epoll descriptor hangs in the event loop.
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include "log.h"
#include "metrics.h"
#include "xmem.h"

enum {
    MAX_CONNECTIONS = 16,
    TIMEOUT_S = 5,
    CONNECTION_MEMORY = 16384,
    MAX_TURNS = 64,  // before the loop's other work has its turn again
};

struct bc_http {
    zloop_t *loop;
    struct MHD_Daemon *daemon;
    zmq_pollitem_t item;
    int timer;  // -1: none, as long as there is no connection
    bool (*healthy) (void *arg);
    void *arg;
};

static enum MHD_Result reply_text (struct MHD_Connection *connection, unsigned status, const char *type, char *text, size_t size)
{
    struct MHD_Response *response = MHD_create_response_from_buffer (size, text, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        free (text);
        return MHD_NO;
    }
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header (response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result result = MHD_queue_response (connection, status, response);
    MHD_destroy_response (response);
    return result;
}

static enum MHD_Result reply_json (struct MHD_Connection *connection, unsigned status, const char *word)
{
    char *text = xasprintf ("{\"status\":\"%s\"}\n", word);
    return reply_text (connection, status, "application/json", text, strlen (text));
}

static enum MHD_Result handle_request (void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                                       const char *version, const char *body, size_t *body_size, void **state_p)
{
    bc_http_t *self = arg;
    (void)version;
    (void)body;
    (void)body_size;
    // The first call comes before a body is read: whoever sends one is refused without reading it.
    if (!streq (method, MHD_HTTP_METHOD_GET) && !streq (method, MHD_HTTP_METHOD_HEAD))
        return reply_json (connection, MHD_HTTP_METHOD_NOT_ALLOWED, "method not allowed");
    static int seen_request;
    if (!*state_p) {
        *state_p = &seen_request;
        return MHD_YES;
    }
    if (streq (url, "/metrics")) {
        size_t size;
        char *text = bc_metrics_text (&size);
        return reply_text (connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text, size);
    }
    if (streq (url, "/health")) {
        bool healthy = self->healthy (self->arg);
        return reply_json (connection, healthy ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, healthy ? "ok" : "unavailable");
    }
    return reply_json (connection, MHD_HTTP_NOT_FOUND, "not found");
}

static int on_timer (zloop_t *loop, int timer, void *arg);

static unsigned connections (bc_http_t *self)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info ? info->num_connections : 0;
}

// Lets the daemon do all it can do without waiting. While somebody is connected a timer looks after the time limits.
static void run_daemon (bc_http_t *self)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    bool more = true;
    for (int turns = 0; more && turns < MAX_TURNS; turns++) {
        unsigned before = connections (self);
        MHD_run (self->daemon);
        // When connections have ended it listens again (it stops at the limit), but only in its next turn.
        more = connections (self) < before || (MHD_get_timeout (self->daemon, &wait_ms) == MHD_YES && wait_ms == 0);
    }
    if (self->timer == -1 && (more || connections (self)))
        self->timer = zloop_timer (self->loop, more ? 1 : 1000, 1, on_timer, self);
}

static int on_timer (zloop_t *loop, int timer, void *arg)
{
    bc_http_t *self = arg;
    (void)loop;
    (void)timer;
    self->timer = -1;
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

static void log_fault (void *arg, const char *format, va_list arguments)
{
    (void)arg;
    char text[256];
    vsnprintf (text, sizeof text, format, arguments);
    text[strcspn (text, "\n")] = 0;
    bc_log (BC_LOG_DEBUG, "http.trouble", NULL, "%s", text);
}

static struct MHD_Daemon *start_daemon (bc_http_t *self, int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons ((uint16_t)port), .sin_addr = {.s_addr = htonl (INADDR_LOOPBACK)}};
    return MHD_start_daemon (MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle_request, self, MHD_OPTION_EXTERNAL_LOGGER,
                             log_fault, NULL,  // first, so that it hears of the others
                             MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT,
                             (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S,
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_END);
}

bc_http_t *bc_http_new (zloop_t *loop, int port, bool (*healthy) (void *arg), void *arg)
{
    bc_http_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->timer = -1;
    self->healthy = healthy;
    self->arg = arg;
    self->daemon = start_daemon (self, port);
    const union MHD_DaemonInfo *info = self->daemon ? MHD_get_daemon_info (self->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info) {
        bc_log (BC_LOG_ERROR, "http.closed", NULL, "cannot listen on 127.0.0.1:%d (%s): free the port or set another http_port",
                port, strerror (errno));
        bc_http_destroy (&self);
        return NULL;
    }
    self->item = (zmq_pollitem_t){.fd = info->epoll_fd, .events = ZMQ_POLLIN};
    zloop_poller (loop, &self->item, on_socket, self);
    zloop_poller_set_tolerant (loop, &self->item);
    return self;
}

void bc_http_destroy (bc_http_t **self_p)
{
    bc_http_t *self = *self_p;
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
