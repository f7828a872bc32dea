#include "line.h"

#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"

enum {
    PATIENCE_MS = 25000,
    CONNECT_MS = 5000,
    ANSWER_MS = 10000,  // after that a request may be sent again (client.proto)
    PAUSE_MIN_MS = 100,
    PAUSE_MAX_MS = 2000,
    REFUSALS = 3,  // a server that is starting refuses every key until it has read its table
    MAX_REPLY = 32 << 20,
};

struct line {
    int type;
    char *address, *server_key;
    zcert_t *certificate;
    int patience_ms, connect_ms;
    zsock_t *socket;  // NULL: to be made
    zsock_t *monitor;
    uint64_t last_id;
    bool was_connected;
    int refusals;            // in a row
    ProtobufCMessage *busy;  // the reply that said so
};

typedef enum { READY, TIMED_OUT, UNCONNECTED, REFUSED, LOST, INTERRUPTED } wait_t;

line_t *line_new (int type, const char *address, const char *server_key, zcert_t *certificate, int timeout_ms)
{
    line_t *self = xcalloc (1, sizeof *self);
    self->type = type;
    self->address = xstrdup (address);
    self->server_key = xstrdup (server_key);
    self->certificate = zcert_dup (certificate);
    self->patience_ms = timeout_ms ? timeout_ms : PATIENCE_MS;
    self->connect_ms = timeout_ms ? timeout_ms : CONNECT_MS;
    return self;
}

// The next request begins with a new socket: answers to earlier ones, and a socket that libzmq has given up, go with the old one.
static void hang_up (line_t *self)
{
    if (self->socket)
        zmq_socket_monitor (zsock_resolve (self->socket), NULL, 0);
    zsock_destroy (&self->monitor);
    zsock_destroy (&self->socket);
}

// Takes the reply over, in the place of an earlier one.
static void keep_busy (line_t *self, ProtobufCMessage *reply)
{
    if (self->busy)
        protobuf_c_message_free_unpacked (self->busy, NULL);
    self->busy = reply;
}

void line_destroy (line_t **self_p)
{
    line_t *self = *self_p;
    if (!self)
        return;
    hang_up (self);
    keep_busy (self, NULL);
    zcert_destroy (&self->certificate);
    free (self->address);
    free (self->server_key);
    free (self);
    *self_p = NULL;
}

const char *line_address (const line_t *self)
{
    return self->address;
}

bool line_was_connected (const line_t *self)
{
    return self->was_connected;
}

bool line_pause (int ms)
{
    int64_t until = bc_clock_monotonic_ms () + ms;
    for (int64_t now; !zsys_interrupted && (now = bc_clock_monotonic_ms ()) < until;)
        zmq_poll (NULL, 0, (long)(until - now));
    return !zsys_interrupted;
}

static int watch (line_t *self)
{
    static unsigned counter = 0;
    char *endpoint = xasprintf ("inproc://line-monitor-%u", ++counter);
    int events = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
    int result = zmq_socket_monitor (zsock_resolve (self->socket), endpoint, events);
    if (!result)
        self->monitor = zsock_new_pair (endpoint);  // czmq connects a pair unless it is told to bind
    free (endpoint);
    return self->monitor ? 0 : -1;
}

static int dial (line_t *self)
{
    self->socket = zsock_new (self->type);
    if (!self->socket)
        return -1;
    zcert_apply (self->certificate, self->socket);
    zsock_set_curve_serverkey (self->socket, self->server_key);
    zsock_set_linger (self->socket, 0);
    zsock_set_immediate (self->socket, 1);
    zsock_set_handshake_ivl (self->socket, 5000);
    zsock_set_heartbeat_ivl (self->socket, 5000);
    zsock_set_heartbeat_timeout (self->socket, 15000);
    zsock_set_reconnect_ivl (self->socket, PAUSE_MIN_MS);
    zsock_set_reconnect_ivl_max (self->socket, PAUSE_MAX_MS);
    zsock_set_maxmsgsize (self->socket, MAX_REPLY);
    zsock_set_sndtimeo (self->socket, 0);
    zsock_set_rcvtimeo (self->socket, 0);
    if (self->type == ZMQ_SUB)
        zsock_set_subscribe (self->socket, "");
    if (watch (self) || zsock_connect (self->socket, "%s", self->address)) {
        hang_up (self);
        return -1;
    }
    return 0;
}

// Takes one event from the monitor. READY when there is none that matters.
static wait_t monitor_event (line_t *self)
{
    uint16_t event = 0;
    zmq_msg_t frame;
    zmq_msg_init (&frame);
    if (zmq_msg_recv (&frame, zsock_resolve (self->monitor), ZMQ_DONTWAIT) >= (int)sizeof event)
        memcpy (&event, zmq_msg_data (&frame), sizeof event);
    while (zmq_msg_more (&frame))
        if (zmq_msg_recv (&frame, zsock_resolve (self->monitor), 0) < 0)
            break;
    zmq_msg_close (&frame);
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
        self->refusals = 0;
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
        return REFUSED;
    return event == ZMQ_EVENT_DISCONNECTED ? LOST : READY;
}

// Waits until the socket can be read (ZMQ_POLLIN) or written, at the latest until the given monotonic time.
static wait_t wait_for (line_t *self, short events, int64_t until)
{
    for (;;) {
        int64_t left = until - bc_clock_monotonic_ms ();
        zmq_pollitem_t items[] = {{zsock_resolve (self->socket), 0, events, 0}, {zsock_resolve (self->monitor), 0, ZMQ_POLLIN, 0}};
        int n = zmq_poll (items, 2, left > 0 ? (long)left : 0);
        if (zsys_interrupted)
            return INTERRUPTED;
        if (n > 0 && items[0].revents)
            return READY;
        if (n > 0 && items[1].revents) {
            wait_t event = monitor_event (self);
            if (event == REFUSED || (event == LOST && events == ZMQ_POLLIN))
                return event;
        }
        if (n == 0 && left <= 0)
            return TIMED_OUT;
    }
}

static void *member (ProtobufCMessage *message, const char *name, const ProtobufCFieldDescriptor **field_p)
{
    *field_p = protobuf_c_message_descriptor_get_field_by_name (message->descriptor, name);
    assert (*field_p);
    return (char *)message + (*field_p)->offset;
}

static uint64_t *request_id (ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field;
    return member (message, "request_id", &field);
}

// The reply's error, or NULL.
static const Baocao__V1__Error *error_of (ProtobufCMessage *reply)
{
    const ProtobufCFieldDescriptor *field;
    Baocao__V1__Error **error = member (reply, "error", &field);
    uint32_t chosen = *(uint32_t *)((char *)reply + field->quantifier_offset);
    return chosen == field->id ? *error : NULL;
}

// One message of one frame, or NULL. What a later version adds to it is passed over, as client.proto says.
static ProtobufCMessage *take (line_t *self, const ProtobufCMessageDescriptor *type)
{
    void *socket = zsock_resolve (self->socket);
    ProtobufCMessage *message = NULL;
    zmq_msg_t frame;
    zmq_msg_init (&frame);
    if (zmq_msg_recv (&frame, socket, ZMQ_DONTWAIT) >= 0) {
        if (!zmq_msg_more (&frame))
            message = protobuf_c_message_unpack (type, NULL, zmq_msg_size (&frame), zmq_msg_data (&frame));
        while (zmq_msg_more (&frame) && zmq_msg_recv (&frame, socket, ZMQ_DONTWAIT) >= 0)
            ;
    }
    zmq_msg_close (&frame);
    return message;
}

// Waits for the reply to the request of that id; replies to earlier ones are dropped.
static wait_t take_reply (line_t *self, const ProtobufCMessageDescriptor *type, uint64_t id, int64_t until,
                          ProtobufCMessage **reply_p)
{
    for (;;) {
        wait_t state = wait_for (self, ZMQ_POLLIN, until);
        if (state != READY)
            return state;
        ProtobufCMessage *reply = take (self, type);
        if (reply && *request_id (reply) == id) {
            *reply_p = reply;
            return READY;
        }
        if (reply)
            protobuf_c_message_free_unpacked (reply, NULL);
    }
}

static int64_t earlier (int64_t a, int64_t b)
{
    return a < b ? a : b;
}

// One try: connect if need be, send, wait for the reply.
static wait_t try_once (line_t *self, ProtobufCMessage *request, const ProtobufCMessageDescriptor *type, int wait_ms,
                        int64_t give_up, ProtobufCMessage **reply_p)
{
    if (!self->socket && dial (self))
        return UNCONNECTED;
    wait_t state = wait_for (self, ZMQ_POLLOUT, earlier (give_up, bc_clock_monotonic_ms () + self->connect_ms));
    if (state == TIMED_OUT)
        return UNCONNECTED;
    self->was_connected |= state == READY;
    if (state == READY && bc_wire_send (self->socket, request))
        return LOST;
    if (state == READY)
        state = take_reply (self, type, *request_id (request), earlier (give_up, bc_clock_monotonic_ms () + ANSWER_MS + wait_ms),
                            reply_p);
    return state;
}

const Baocao__V1__Error *line_busy (const line_t *self)
{
    return self->busy ? error_of (self->busy) : NULL;
}

static line_result_t judge (line_t *self, wait_t state, const Baocao__V1__Error *error)
{
    if (error && error->code == BAOCAO__V1__ERROR_CODE__ERROR_CODE_BUSY)
        return LINE_BUSY;
    if (error && error->code == BAOCAO__V1__ERROR_CODE__ERROR_CODE_DENIED)
        return LINE_DENIED;
    if (state == READY)
        return LINE_ANSWERED;
    if (state == INTERRUPTED)
        return LINE_INTERRUPTED;
    if (state == REFUSED && ++self->refusals >= REFUSALS) {
        self->refusals = 0;
        return LINE_DENIED;
    }
    return LINE_UNREACHABLE;
}

line_result_t line_ask (line_t *self, ProtobufCMessage *request, const ProtobufCMessageDescriptor *reply_type, int wait_ms,
                        ProtobufCMessage **reply_p)
{
    int64_t give_up = bc_clock_monotonic_ms () + self->patience_ms + wait_ms;
    *request_id (request) = ++self->last_id;
    keep_busy (self, NULL);
    for (int backoff_ms = PAUSE_MIN_MS;; backoff_ms = backoff_ms * 2 < PAUSE_MAX_MS ? backoff_ms * 2 : PAUSE_MAX_MS) {
        *reply_p = NULL;
        wait_t state = try_once (self, request, reply_type, wait_ms, give_up, reply_p);
        const Baocao__V1__Error *error = *reply_p ? error_of (*reply_p) : NULL;
        line_result_t result = judge (self, state, error);
        if (result == LINE_ANSWERED)
            return result;
        int64_t pause_ms = error ? (int64_t)error->retry_after_ms : backoff_ms;
        if (!*reply_p)
            hang_up (self);
        if (result == LINE_BUSY)
            keep_busy (self, *reply_p);
        else if (*reply_p)
            protobuf_c_message_free_unpacked (*reply_p, NULL);
        *reply_p = NULL;
        if (result == LINE_DENIED || result == LINE_INTERRUPTED || state == UNCONNECTED ||
            bc_clock_monotonic_ms () + pause_ms >= give_up)
            return result;
        if (!line_pause ((int)pause_ms))
            return LINE_INTERRUPTED;
    }
}

line_result_t line_post (line_t *self, ProtobufCMessage *request)
{
    *request_id (request) = ++self->last_id;
    wait_t state = self->socket || !dial (self) ? READY : UNCONNECTED;
    if (state == READY)
        state = wait_for (self, ZMQ_POLLOUT, bc_clock_monotonic_ms () + self->connect_ms);
    if (state == READY && bc_wire_send (self->socket, request))
        state = LOST;
    line_result_t result = judge (self, state, NULL);
    if (result != LINE_ANSWERED)
        hang_up (self);
    return result;
}

line_result_t line_collect (line_t *self, const ProtobufCMessageDescriptor *type, ProtobufCMessage **reply_p)
{
    int64_t give_up = bc_clock_monotonic_ms () + self->patience_ms;
    wait_t state = self->socket ? READY : LOST;
    for (*reply_p = NULL; state == READY && !*reply_p;) {
        state = wait_for (self, ZMQ_POLLIN, give_up);
        if (state == READY)
            *reply_p = take (self, type);
    }
    line_result_t result = judge (self, state, NULL);
    if (result != LINE_ANSWERED)
        hang_up (self);
    return result;
}

line_result_t line_hear (line_t *self, const ProtobufCMessageDescriptor *type, int wait_ms, ProtobufCMessage **message_p)
{
    int64_t until = bc_clock_monotonic_ms () + wait_ms;
    *message_p = NULL;
    while (!*message_p) {
        if (!self->socket && dial (self))
            return LINE_UNREACHABLE;
        wait_t state = wait_for (self, ZMQ_POLLIN, until);
        if (state == READY)
            *message_p = take (self, type);
        else if (state == TIMED_OUT)
            break;
        else if (state == INTERRUPTED)
            return LINE_INTERRUPTED;
        else if (state == REFUSED) {
            hang_up (self);
            if (++self->refusals >= REFUSALS)
                return LINE_DENIED;
            line_pause (PAUSE_MIN_MS * self->refusals);
        }
    }
    return LINE_ANSWERED;
}
