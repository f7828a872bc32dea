#include "door.h"

#include "log.h"
#include "metrics.h"
#include "wire.h"
#include "xmem.h"

enum {
    // A socket without a ZAP handler lets everybody in unless this is set. czmq's own setter does nothing in Debian's build,
    // and zmq.h names the option only for draft builds.
    ENFORCE_DOMAIN = 93,
    HANDSHAKE_MS = 3000,
    HEARTBEAT_MS = 5000,
    HEARTBEAT_TIMEOUT_MS = 15000,
    RECEIVE_HIGH_WATER = 64,  // requests a connection; what comes on top waits in its TCP window
    BACKLOG = 256,
    LINGER_MS = 1000,
    MAX_DOMAIN = 255,
    KEY_TEXT = 41,
    CURVE_OVERHEAD = 33,  // libzmq measures the encrypted frame: command name 8, nonce 8, authenticator 16, flags 1
};

struct bc_door {
    bc_zap_t *zap;
    char *domain;
    zsock_t *socket;
    bc_metric_t *misshapen;
};

typedef struct {
    int option, value;
    const char *name;
} option_t;

// 0 or -1 (logged). A value that libzmq does not give back as it was set is an error too.
static int set_options (zsock_t *socket, const option_t *options, size_t count)
{
    for (const option_t *option = options; option < options + count; option++) {
        int value = -1;
        size_t size = sizeof value;
        if (zmq_setsockopt (zsock_resolve (socket), option->option, &option->value, sizeof option->value) == -1 ||
            zmq_getsockopt (zsock_resolve (socket), option->option, &value, &size) == -1 || value != option->value) {
            bc_log (BC_LOG_ERROR, "door.option", NULL, "libzmq does not take the option %s: %s", option->name,
                    zmq_strerror (zmq_errno ()));
            return -1;
        }
    }
    return 0;
}

// Is it what it has to be, by libzmq's own word?
static bool is_secure (zsock_t *socket, const char *domain, zcert_t *certificate)
{
    char actual_domain[MAX_DOMAIN + 1] = "", actual_key[KEY_TEXT] = "";
    int mechanism = -1;
    size_t domain_size = sizeof actual_domain, key_size = sizeof actual_key, mechanism_size = sizeof mechanism;
    void *handle = zsock_resolve (socket);
    return zmq_getsockopt (handle, ZMQ_MECHANISM, &mechanism, &mechanism_size) == 0 && mechanism == ZMQ_CURVE &&
           zmq_getsockopt (handle, ZMQ_ZAP_DOMAIN, actual_domain, &domain_size) == 0 && strcmp (actual_domain, domain) == 0 &&
           zmq_getsockopt (handle, ZMQ_CURVE_PUBLICKEY, actual_key, &key_size) == 0 &&
           strcmp (actual_key, zcert_public_txt (certificate)) == 0;
}

int bc_door_secure (bc_zap_t *zap, zsock_t *socket, const char *domain, zcert_t *certificate, int max_lines)
{
    static const option_t OPTIONS[] = {
        {ZMQ_CURVE_SERVER, 1, "CURVE_SERVER"},
        {ENFORCE_DOMAIN, 1, "ZAP_ENFORCE_DOMAIN"},
        {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS, "HANDSHAKE_IVL"},
        {ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS, "HEARTBEAT_IVL"},
        {ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS, "HEARTBEAT_TIMEOUT"},
        {ZMQ_HEARTBEAT_TTL, HEARTBEAT_TIMEOUT_MS, "HEARTBEAT_TTL"},
    };
    if (!*domain || strlen (domain) > MAX_DOMAIN) {
        bc_log (BC_LOG_ERROR, "door.domain", NULL, "a ZAP domain has 1 to %d bytes, not %zu: without one every key is let in",
                MAX_DOMAIN, strlen (domain));
        return -1;
    }
    zcert_apply (certificate, socket);
    if (zmq_setsockopt (zsock_resolve (socket), ZMQ_ZAP_DOMAIN, domain, strlen (domain)) == 0 &&
        set_options (socket, OPTIONS, sizeof OPTIONS / sizeof *OPTIONS) == 0 && is_secure (socket, domain, certificate) &&
        bc_zap_limit (zap, domain, socket, max_lines, HANDSHAKE_MS) == 0)
        return 0;
    bc_log (BC_LOG_ERROR, "door.insecure", NULL, "the socket for %s could not be made a CURVE server; it stays closed", domain);
    return -1;
}

static int set_limits (zsock_t *socket, const bc_door_limits_t *limits)
{
    const option_t options[] = {
        {ZMQ_RCVHWM, RECEIVE_HIGH_WATER, "RCVHWM"},
        {ZMQ_SNDHWM, limits->max_replies, "SNDHWM"},
        {ZMQ_BACKLOG, BACKLOG, "BACKLOG"},
        {ZMQ_LINGER, LINGER_MS, "LINGER"},
        {ZMQ_SNDTIMEO, 0, "SNDTIMEO"},
        {ZMQ_RCVTIMEO, 0, "RCVTIMEO"},
        {ZMQ_IMMEDIATE, 1, "IMMEDIATE"},
    };
    int64_t size = (int64_t)limits->max_message + CURVE_OVERHEAD;
    int mandatory = 1, handover = 0;  // libzmq does not give these two back
    void *handle = zsock_resolve (socket);
    if (zmq_setsockopt (handle, ZMQ_MAXMSGSIZE, &size, sizeof size) == 0 &&
        zmq_setsockopt (handle, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory) == 0 &&
        zmq_setsockopt (handle, ZMQ_ROUTER_HANDOVER, &handover, sizeof handover) == 0)
        return set_options (socket, options, sizeof options / sizeof *options);
    bc_log (BC_LOG_ERROR, "door.option", NULL, "libzmq does not take a limit: %s", zmq_strerror (zmq_errno ()));
    return -1;
}

static int open_at (bc_door_t *self, const char *endpoint)
{
    if (zmq_bind (zsock_resolve (self->socket), endpoint) == 0)
        return 0;
    const char *remedy = "check that the address belongs to this host";
    if (zmq_errno () == EADDRINUSE)
        remedy = "another program has this port: stop it, or choose another port in the configuration";
    else if (zmq_errno () == EACCES)
        remedy = "this user may not open it: choose a port from 1024 on";
    bc_log (BC_LOG_ERROR, "door.bind", NULL, "cannot open the door for %s at %s: %s; %s", self->domain, endpoint,
            zmq_strerror (zmq_errno ()), remedy);
    return -1;
}

bc_door_t *bc_door_new (bc_zap_t *zap, const char *domain, const char *endpoint, zcert_t *certificate,
                        const bc_door_limits_t *limits)
{
    bc_door_t *self = xcalloc (1, sizeof *self);
    self->zap = zap;
    self->domain = xstrdup (domain);
    self->misshapen = bc_metric_counter ("baocao_door_misshapen_total", "Messages that were not one frame, thrown away");
    self->socket = zsock_new (ZMQ_ROUTER);
    if (!self->socket)
        bc_log (BC_LOG_ERROR, "door.open", NULL, "cannot make a socket for %s: %s", domain, zmq_strerror (zmq_errno ()));
    else if (bc_door_secure (zap, self->socket, domain, certificate, limits->max_lines) == 0 &&
             set_limits (self->socket, limits) == 0 && open_at (self, endpoint) == 0)
        return self;
    bc_door_destroy (&self);
    return NULL;
}

void bc_door_destroy (bc_door_t **self_p)
{
    bc_door_t *self = *self_p;
    if (!self)
        return;
    bc_zap_unlimit (self->zap, self->domain);
    zsock_destroy (&self->socket);
    free (self->domain);
    free (self);
    *self_p = NULL;
}

zsock_t *bc_door_socket (bc_door_t *self)
{
    return self->socket;
}

// Reads the routing id, which ROUTER puts before every message. 0, or -1: nothing there.
static int receive_routing_id (bc_door_t *self, bc_peer_t *peer)
{
    int size = zmq_recv (zsock_resolve (self->socket), peer->routing_id, sizeof peer->routing_id, ZMQ_DONTWAIT);
    if (size < 0)
        return -1;
    peer->routing_id_size = (size_t)size;
    return 0;
}

int bc_door_recv (bc_door_t *self, bc_peer_t *peer, zmq_msg_t *frame, bool *permitted_p)
{
    if (receive_routing_id (self, peer) == -1)
        return -1;
    zmq_msg_init (frame);
    if (zmq_msg_recv (frame, zsock_resolve (self->socket), ZMQ_DONTWAIT) != -1) {
        // The routing id's own metadata is gone after a poll; the payload's is the connection's.
        const char *key = zmq_msg_gets (frame, "User-Id");
        if (bc_wire_discard (self->socket) == 0 && key && strlen (key) == KEY_TEXT - 1) {
            memcpy (peer->key, key, KEY_TEXT);
            *permitted_p = bc_zap_permits (self->zap, self->domain, key);
            return 0;
        }
        bc_metric_add (self->misshapen, 1);
        bc_log (BC_LOG_DEBUG, "door.misshapen", NULL, "a message at %s was not one frame", self->domain);
    }
    zmq_msg_close (frame);
    return -1;
}

int bc_door_send (bc_door_t *self, const bc_peer_t *peer, const ProtobufCMessage *reply)
{
    if (zmq_send (zsock_resolve (self->socket), peer->routing_id, peer->routing_id_size, ZMQ_DONTWAIT | ZMQ_SNDMORE) != -1)
        return bc_wire_send (self->socket, reply);
    bc_wire_dropped (reply);
    return -1;
}
