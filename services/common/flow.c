#include "flow.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "log.h"
#include "wire.h"
#include "xmem.h"

enum { HIGH_WATER = 1000, LINGER_MS = 500, RECONNECT_MS = 20, RECONNECT_MAX_MS = 1000 };

static const struct {
    const char *name;
    int sender, receiver;
    bool sender_binds;
} HOPS[BC_HOPS] = {
    [BC_HOP_RECEIVED] = {"received", ZMQ_PUSH, ZMQ_PULL, true}, [BC_HOP_ACCEPTED] = {"accepted", ZMQ_PUSH, ZMQ_PULL, false},
    [BC_HOP_JUDGED] = {"judged", ZMQ_PUSH, ZMQ_PULL, false},    [BC_HOP_STANDING] = {"standing", ZMQ_PUSH, ZMQ_PULL, false},
    [BC_HOP_POSTED] = {"posted", ZMQ_PUB, ZMQ_SUB, true},       [BC_HOP_CHECK] = {"check", ZMQ_DEALER, ZMQ_ROUTER, true},
};

// The directory is the access control of all hops, so it must be ours and closed to everybody else.
static const char *open_directory (bc_config_t *config)
{
    const char *path = bc_config_get (config, "flow/directory", NULL);
    struct stat info;
    if (!path || !*path)
        bc_log (BC_LOG_ERROR, "flow.directory", NULL, "flow/directory is not configured: name a directory for the hops' sockets");
    else if (mkdir (path, 0700) == -1 && errno != EEXIST)
        bc_log (BC_LOG_ERROR, "flow.directory", NULL, "cannot make %s: %s", path, strerror (errno));
    else if (stat (path, &info) == -1 || !S_ISDIR (info.st_mode))
        bc_log (BC_LOG_ERROR, "flow.directory", NULL, "%s is not a directory", path);
    else if (info.st_uid != geteuid () || (info.st_mode & 077) != 0)
        bc_log (BC_LOG_ERROR, "flow.directory", NULL,
                "%s belongs to user %u with mode %04o; it must belong to user %u with mode "
                "0700: chmod 700 it, or name another directory",
                path, (unsigned)info.st_uid, (unsigned)info.st_mode & 07777, (unsigned)geteuid ());
    else
        return path;
    return NULL;
}

static zsock_t *open_socket (int type)
{
    zsock_t *socket = zsock_new (type);
    if (!socket) {
        bc_log (BC_LOG_ERROR, "flow.open", NULL, "cannot make a socket: %s", zmq_strerror (zmq_errno ()));
        return NULL;
    }
    zsock_set_sndhwm (socket, HIGH_WATER);
    zsock_set_rcvhwm (socket, HIGH_WATER);
    zsock_set_sndtimeo (socket, 0);
    zsock_set_rcvtimeo (socket, 0);
    zsock_set_linger (socket, LINGER_MS);
    zsock_set_reconnect_ivl (socket, RECONNECT_MS);
    zsock_set_reconnect_ivl_max (socket, RECONNECT_MAX_MS);
    zsock_set_maxmsgsize (socket, BC_WIRE_MAX_HOP);
    zsock_set_immediate (socket, 1);
    if (type == ZMQ_SUB)
        zsock_set_subscribe (socket, "");
    return socket;
}

// Does somebody listen there? libzmq would take the name away from them without a word.
static bool is_held (const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int probe = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf (address.sun_path, sizeof address.sun_path, "%s", path);
    bool held = probe != -1 && connect (probe, (struct sockaddr *)&address, sizeof address) == 0;
    if (probe != -1)
        close (probe);
    return held;
}

// Binds or connects to the hop's socket of that name. 0 or -1 (logged).
static int attach (zsock_t *socket, const char *directory, const char *name, bool bind)
{
    char path[sizeof ((struct sockaddr_un *)0)->sun_path];
    int length = snprintf (path, sizeof path, "%s/%s", directory, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        bc_log (BC_LOG_ERROR, "flow.open", NULL,
                "%s/%s is too long for a Unix-domain socket: at most %zu bytes; choose a shorter "
                "flow/directory",
                directory, name, sizeof path - 1);
        return -1;
    }
    if (bind && is_held (path)) {
        bc_log (
            BC_LOG_ERROR, "flow.held", NULL,
            "another process listens on %s: stop it first; an intake that shares the departments with another needs a name of its "
            "own in flow/received_suffix",
            path);
        return -1;
    }
    if ((bind ? zsock_bind (socket, "ipc://%s", path) : zsock_connect (socket, "ipc://%s", path)) != -1)
        return 0;
    bc_log (BC_LOG_ERROR, "flow.open", NULL, "cannot %s %s: %s", bind ? "bind" : "connect to", path, zmq_strerror (zmq_errno ()));
    return -1;
}

// Attaches to every name in the comma list. 0 or -1 (logged).
static int attach_all (zsock_t *socket, const char *directory, const char *names, bool bind)
{
    char *copy = xstrdup (names), *rest = copy, *name;
    int rc = 0;
    while (rc == 0 && (name = strsep (&rest, ","))) {
        name += strspn (name, " ");
        if (*name && !strchr (name, '/'))
            rc = attach (socket, directory, name, bind);
        else {
            bc_log (BC_LOG_ERROR, "flow.open", NULL, "\"%s\" in \"%s\" is no name of a hop's socket", name, names);
            rc = -1;
        }
    }
    free (copy);
    return rc;
}

static zsock_t *open_end (int type, const char *names, bool bind, bc_config_t *config)
{
    const char *directory = open_directory (config);
    zsock_t *socket = directory ? open_socket (type) : NULL;
    if (socket && attach_all (socket, directory, names, bind) == -1)
        zsock_destroy (&socket);
    return socket;
}

// Of these each intake has its own.
static bool has_suffix (bc_hop_t hop)
{
    return hop == BC_HOP_RECEIVED || hop == BC_HOP_CHECK;
}

zsock_t *bc_flow_sender (bc_hop_t hop, bc_config_t *config)
{
    char name[100];
    const char *suffix = has_suffix (hop) ? bc_config_get (config, "flow/received_suffix", "") : "";
    snprintf (name, sizeof name, "%s%s", HOPS[hop].name, suffix);
    return open_end (HOPS[hop].sender, name, HOPS[hop].sender_binds, config);
}

zsock_t *bc_flow_receiver (bc_hop_t hop, bc_config_t *config)
{
    static const char received[] = "received";
    if (!has_suffix (hop))
        return open_end (HOPS[hop].receiver, HOPS[hop].name, !HOPS[hop].sender_binds, config);
    // "received,received-2" names the sockets of this hop, too: "check,check-2".
    const char *rest = bc_config_get (config, "flow/received", received);
    char *names = xcalloc (1, strlen (rest) + 1), *end = names;
    while (*rest) {
        bool begins = hop != BC_HOP_RECEIVED && !strncmp (rest, received, strlen (received));
        if (begins)
            end = stpcpy (end, HOPS[hop].name);
        else
            *end++ = *rest;
        rest += begins ? strlen (received) : 1;
    }
    zsock_t *socket = open_end (HOPS[hop].receiver, names, !HOPS[hop].sender_binds, config);
    free (names);
    return socket;
}
