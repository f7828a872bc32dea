#include "lines.h"

#include "xmem.h"

enum { EVENTS = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED, CLOSED_MS = 1000 };

typedef struct {
    int fd;
    int64_t since;  // monotonic, ms: when the monitor's word was read
} line_t;

struct bc_lines {
    zsock_t *socket;
    zsock_t *monitor;
    size_t max;
    int64_t young_ms;  // as long as this a line may be one that is not let in yet
    line_t *lines;     // open ones, the oldest first
    size_t count, room;
    int64_t *admitted;  // when; the last `max` of them, in a ring
    size_t next;
};

static void closed (bc_lines_t *self, int fd)
{
    size_t i = 0;
    while (i < self->count && self->lines[i].fd != fd)
        i++;
    if (i < self->count)
        memmove (&self->lines[i], &self->lines[i + 1], (--self->count - i) * sizeof *self->lines);
}

static void opened (bc_lines_t *self, int fd, int64_t now)
{
    closed (self, fd);  // should its end have gone unsaid
    if (self->count == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->lines = xrealloc (self->lines, self->room * sizeof *self->lines);
    }
    self->lines[self->count++] = (line_t){.fd = fd, .since = now};
}

// The next event: 16 bits of event and 32 of value, unaligned, in this host's order; then the endpoint.
static bool read_event (bc_lines_t *self, uint16_t *event, uint32_t *value)
{
    uint8_t frame[sizeof *event + sizeof *value];
    int size = zmq_recv (zsock_resolve (self->monitor), frame, sizeof frame, 0);
    if (size != sizeof frame || zmq_recv (zsock_resolve (self->monitor), NULL, 0, 0) == -1)
        return false;
    memcpy (event, frame, sizeof *event);
    memcpy (value, frame + sizeof *event, sizeof *value);
    return true;
}

void bc_lines_look (bc_lines_t *self, int64_t now)
{
    uint16_t event;
    uint32_t value;
    while (read_event (self, &event, &value))
        if (event == ZMQ_EVENT_ACCEPTED)
            opened (self, (int)value, now);
        else if (event == ZMQ_EVENT_DISCONNECTED)
            closed (self, (int)value);
}

bool bc_lines_admit (bc_lines_t *self, int64_t now)
{
    bc_lines_look (self, now);
    int64_t young = now - self->young_ms;
    size_t taken = 0;
    while (taken < self->count && self->lines[taken].since <= young)
        taken++;
    for (size_t i = 0; i < self->max; i++)
        taken += self->admitted[i] > young;
    if (taken >= self->max)
        return false;
    self->admitted[self->next] = now;
    self->next = (self->next + 1) % self->max;
    return true;
}

bc_lines_t *bc_lines_new (zsock_t *socket, int max_lines, int handshake_ms)
{
    bc_lines_t *self = xcalloc (1, sizeof *self);
    *self = (bc_lines_t){.socket = socket, .max = (size_t)max_lines, .young_ms = handshake_ms + 1000};
    self->admitted = xcalloc (self->max, sizeof *self->admitted);
    for (size_t i = 0; i < self->max; i++)
        self->admitted[i] = INT64_MIN;
    static unsigned number;  // libzmq gives a name back some time after its socket
    char *endpoint = xasprintf ("inproc://lines-%u", number++);
    self->monitor = zsock_new (ZMQ_PAIR);
    if (self->monitor) {
        // No high water: libzmq's thread would wait for us at it, and every connection with it.
        zsock_set_rcvhwm (self->monitor, 0);
        zsock_set_rcvtimeo (self->monitor, 0);
        zsock_set_linger (self->monitor, 0);
    }
    if (!self->monitor || zmq_socket_monitor (zsock_resolve (socket), endpoint, EVENTS) == -1 ||
        zmq_connect (zsock_resolve (self->monitor), endpoint) == -1)
        bc_lines_destroy (&self);
    free (endpoint);
    return self;
}

static void unbind (bc_lines_t *self)
{
    char endpoint[256];
    size_t size = sizeof endpoint;
    void *socket = zsock_resolve (self->socket);
    if (zmq_getsockopt (socket, ZMQ_LAST_ENDPOINT, endpoint, &size) == -1 || zmq_unbind (socket, endpoint) == -1)
        return;
    uint16_t event = 0;
    uint32_t value;
    zsock_set_rcvtimeo (self->monitor, CLOSED_MS);
    while (event != ZMQ_EVENT_CLOSED && read_event (self, &event, &value))
        continue;
}

void bc_lines_destroy (bc_lines_t **self_p)
{
    bc_lines_t *self = *self_p;
    if (!self)
        return;
    int error = zmq_errno ();
    if (self->monitor)
        unbind (self);
    zmq_socket_monitor (zsock_resolve (self->socket), NULL, 0);
    zsock_destroy (&self->monitor);
    free (self->lines);
    free (self->admitted);
    free (self);
    *self_p = NULL;
    errno = error;
}
