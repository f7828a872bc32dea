// doctor: the way to the server.
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "doctor.h"
#include "output.h"

enum { PROTOCOL_VERSION = 1, PATIENCE_S = 5, SKEW_MAX_MS = 60000 };

// "tcp://host:port", also with an IPv6 address in brackets, taken apart. The caller frees both. 0, or -1: it is no such address.
static int split (const char *address, char **host_p, char **port_p)
{
    const char *host = strstr (address, "://"), *colon = strrchr (address, ':');
    if (!host || colon <= host + 2)
        return -1;
    host += 3;
    size_t size = (size_t)(colon - host);
    if (size >= 2 && host[0] == '[' && host[size - 1] == ']') {
        host++;
        size -= 2;
    }
    *host_p = xmemdup (host, size);
    *port_p = xstrdup (colon + 1);
    return 0;
}

static int patience_ms (doctor_t *self)
{
    long long seconds;
    args_number (client_args (doctor_client (self)), "timeout", PATIENCE_S, 1, 3600, &seconds);  // its form was checked by main
    return (int)seconds * 1000;
}

// --- Name and port ---------------------------------------------------------------------------------------------------------------

// The addresses of the name, to be freed with freeaddrinfo, or NULL.
static struct addrinfo *check_name (doctor_t *self, const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    char text[NI_MAXHOST] = "";
    int error = getaddrinfo (host, port, &hints, &found);
    if (error) {
        doctor_say (self, "name", DOCTOR_ERROR, CLIENT_UNREACHABLE,
                    xasprintf (_ ("name: the server's name %s is not found (%s)"), host, gai_strerror (error)),
                    xstrdup (_ ("check that this computer is on the network; if it is, ask the standing agency for a new invite")));
        return NULL;
    }
    getnameinfo (found->ai_addr, found->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
    doctor_say (self, "name", DOCTOR_OK, CLIENT_DONE, xasprintf (_ ("name: the server %s is at %s"), host, text), NULL);
    return found;
}

// 0, or an errno: ETIMEDOUT when nothing was heard.
static int try_to_connect (const struct addrinfo *address, int timeout_ms)
{
    int fd = socket (address->ai_family, SOCK_STREAM, 0), error = 0;
    if (fd < 0)
        return errno;
    socklen_t size = sizeof error;
    fcntl (fd, F_SETFL, O_NONBLOCK);
    if (connect (fd, address->ai_addr, address->ai_addrlen)) {
        struct pollfd item = {.fd = fd, .events = POLLOUT};
        if (errno != EINPROGRESS)
            error = errno;
        else if (poll (&item, 1, timeout_ms) <= 0)
            error = ETIMEDOUT;
        else
            getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    close (fd);
    return error;
}

static bool check_port (doctor_t *self, const struct addrinfo *addresses, const char *host, const char *port)
{
    int error = 0;
    for (const struct addrinfo *address = addresses; address; address = address->ai_next)
        if (!(error = try_to_connect (address, patience_ms (self))))
            break;
    if (!error)
        doctor_say (self, "port", DOCTOR_OK, CLIENT_DONE, xasprintf (_ ("port: %s can be reached"), port), NULL);
    else if (error == ECONNREFUSED)
        doctor_say (self, "port", DOCTOR_ERROR, CLIENT_UNREACHABLE,
                    xasprintf (_ ("port: at %s nothing answers on port %s"), host, port),
                    xstrdup (_ ("the server may be standing still: try again later, then tell the standing agency")));
    else
        doctor_say (self, "port", DOCTOR_ERROR, CLIENT_UNREACHABLE,
                    xasprintf (_ ("port: %s cannot be reached on port %s: %s"), host, port, strerror (error)),
                    xasprintf (_ ("ask whoever looks after your office's network to let TCP out to %s, port %s"), host, port));
    return !error;
}

// --- The server itself -----------------------------------------------------------------------------------------------------------

static void check_clock (doctor_t *self, const Baocao__V1__Pong *pong)
{
    int64_t skew_ms = bc_clock_ms () - output_ms (pong->server_time);
    char *time = output_time (pong->server_time);
    if (pong->rehearsal)
        doctor_say (self, "clock", DOCTOR_OK, CLIENT_DONE,
                    xasprintf (_ ("clock: the server is in a rehearsal, at %s; nothing is official"), time), NULL);
    else if (llabs (skew_ms) > SKEW_MAX_MS)
        doctor_say (self, "clock", DOCTOR_WARNING, CLIENT_DONE,
                    xasprintf (skew_ms > 0 ? _ ("clock: this computer is %lld minutes ahead of the server")
                                           : _ ("clock: this computer is %lld minutes behind the server"),
                               (llabs (skew_ms) + 30000) / 60000),
                    xasprintf (_ ("set its clock: deadlines go by the server's, where it is %s"), time));
    else
        doctor_say (self, "clock", DOCTOR_OK, CLIENT_DONE, xstrdup (_ ("clock: as the server's")), NULL);
    free (time);
}

static void check_pong (doctor_t *self, const Baocao__V1__Pong *pong)
{
    if (pong->protocol_version == PROTOCOL_VERSION)
        doctor_say (self, "protocol", DOCTOR_OK, CLIENT_DONE, xasprintf (_ ("protocol: version %d"), PROTOCOL_VERSION), NULL);
    else
        doctor_say (self, "protocol", DOCTOR_ERROR, CLIENT_UNREACHABLE,
                    xasprintf (_ ("protocol: the server speaks version %u, this program version %d"), pong->protocol_version,
                               PROTOCOL_VERSION),
                    xstrdup (_ ("ask the standing agency for the program that goes with its server")));
    check_clock (self, pong);
}

// Says what asking came to; true when there is an answer.
static bool check_answer (doctor_t *self, line_result_t result)
{
    if (result == LINE_ANSWERED)
        doctor_say (self, "server", DOCTOR_OK, CLIENT_DONE,
                    xstrdup (_ ("server: it is the one of the invite, and accepts this key")), NULL);
    else if (result == LINE_DENIED)
        doctor_say (self, "server", DOCTOR_ERROR, CLIENT_DENIED,
                    xstrdup (_ ("server: it does not accept this key: not registered, or revoked")),
                    xstrdup (_ ("ask the standing agency for a new invite, then run 'baocao join INVITE --new-key'")));
    else if (result == LINE_BUSY)
        doctor_say (self, "server", DOCTOR_WARNING, CLIENT_UNREACHABLE, xstrdup (_ ("server: it is too busy")),
                    xstrdup (_ ("try again later")));
    else
        doctor_say (self, "server", DOCTOR_ERROR, CLIENT_UNREACHABLE,
                    xstrdup (_ ("server: something answers there, but it is not the server of the invite")),
                    xstrdup (_ ("ask the standing agency whether its server is well, and for a new invite")));
    return result == LINE_ANSWERED;
}

// A reader's server has no Ping: that it answers is all there is to see.
static void ask (doctor_t *self, const invite_t *invite, line_t *line)
{
    Baocao__V1__Ping ping = BAOCAO__V1__PING__INIT;
    Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
    Baocao__V1__Replay replay = {.base = PROTOBUF_C_MESSAGE_INIT (&baocao__v1__replay__descriptor), .limit = 1};
    Baocao__V1__FeedRequest feed_request = BAOCAO__V1__FEED_REQUEST__INIT;
    ProtobufCMessage *reply = NULL;
    request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_PING;
    request.ping = &ping;
    feed_request.request_case = BAOCAO__V1__FEED_REQUEST__REQUEST_REPLAY;
    feed_request.replay = &replay;
    line_result_t result = invite->reader ? line_ask (line, &feed_request.base, &baocao__v1__feed_reply__descriptor, 0, &reply)
                                          : line_ask (line, &request.base, &baocao__v1__server_reply__descriptor, 0, &reply);
    const Baocao__V1__ServerReply *answer = (const Baocao__V1__ServerReply *)reply;
    if (check_answer (self, result) && !invite->reader && answer->reply_case == BAOCAO__V1__SERVER_REPLY__REPLY_PONG)
        check_pong (self, answer->pong);
    if (reply)
        protobuf_c_message_free_unpacked (reply, NULL);
}

void doctor_check_server (doctor_t *self, const invite_t *invite, zcert_t *certificate)
{
    const char *address = invite->reader ? invite->feed_snapshot : invite->address;
    char *host, *port;
    if (split (address, &host, &port)) {
        doctor_say (self, "name", DOCTOR_ERROR, CLIENT_UNCONFIGURED, xasprintf (_ ("name: %s is no server's address"), address),
                    xstrdup (_ ("ask the standing agency for a new invite")));
        return;
    }
    struct addrinfo *addresses = check_name (self, host, port);
    if (addresses && check_port (self, addresses, host, port) && certificate) {
        line_t *line = line_new (ZMQ_DEALER, address, invite->server_key, certificate, patience_ms (self));
        ask (self, invite, line);
        line_destroy (&line);
    }
    if (addresses)
        freeaddrinfo (addresses);
    free (host);
    free (port);
}
