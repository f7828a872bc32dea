// A door over real CURVE sockets on loopback: who gets in, in whose name, and what is thrown away.
#include <fcntl.h>

#include "baocao/v1/client.pb-c.h"
#include "common/door.h"
#include "common/metrics.h"
#include "common/wire.h"
#include "../support/suite.h"

enum { MAX_MESSAGE = 1000, ZAP_ENFORCE_DOMAIN = 93 };
enum { LINES = 4 };
static const bc_door_limits_t LIMITS = {.max_message = MAX_MESSAGE, .max_replies = 256, .max_lines = LINES};

static zloop_t *loop;
static bc_zap_t *zap;
static bc_door_t *door;
static zcert_t *server, *good_key, *other_key;

// What the door has let through so far.
static struct {
    int count;
    bc_peer_t peer;
    bool permitted;
    char text[MAX_MESSAGE + 1];
} got;

// A department's client, and what its socket monitor says.
typedef struct {
    zsock_t *socket, *monitor;
    bool connected, greeted, refused, closed;
    int status;  // of the refusal
    int replies;
} client_t;

// --- The loop --------------------------------------------------------------------------------------------------------------------

// Everything that happens ends a turn of the loop, so that a test can look at its condition. A condition that never comes is
// ended by the test case's timeout.
static void turn (void)
{
    ck_assert_int_eq (zloop_start (loop), -1);
}
#define UNTIL(condition)                                                                                                           \
    while (!(condition))                                                                                                           \
    turn ()

static int on_request (zloop_t *self, zsock_t *socket, void *arg)
{
    (void)self, (void)socket;
    zmq_msg_t frame;
    if (bc_door_recv (arg, &got.peer, &frame, &got.permitted) == -1)
        return -1;
    got.count++;
    size_t size = zmq_msg_size (&frame);
    ck_assert_uint_le (size, MAX_MESSAGE);
    memcpy (got.text, zmq_msg_data (&frame), size);
    got.text[size] = '\0';
    zmq_msg_close (&frame);
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    reply.request_id = (uint64_t)got.count;
    bc_door_send (arg, &got.peer, &reply.base);
    return -1;
}

static int on_reply (zloop_t *self, zsock_t *socket, void *arg)
{
    (void)self;
    client_t *client = arg;
    zmsg_t *message = zmsg_recv (socket);
    ck_assert_uint_eq (zmsg_size (message), 1);
    zmsg_destroy (&message);
    client->replies++;
    return -1;
}

static int on_event (zloop_t *self, zsock_t *socket, void *arg)
{
    (void)self;
    client_t *client = arg;
    zmsg_t *message = zmsg_recv (socket);
    uint16_t event;
    uint32_t value;
    memcpy (&event, zframe_data (zmsg_first (message)), sizeof event);
    memcpy (&value, zframe_data (zmsg_first (message)) + sizeof event, sizeof value);
    zmsg_destroy (&message);
    client->connected |= event == ZMQ_EVENT_CONNECTED;
    client->greeted |= event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
    client->closed |= event == ZMQ_EVENT_DISCONNECTED;
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
        client->refused = true;
        client->status = (int)value;
    }
    return -1;
}

// --- Fixture ---------------------------------------------------------------------------------------------------------------------

static bc_door_t *open_door (const char *domain, zcert_t *certificate)
{
    bc_door_t *self = bc_door_new (zap, domain, "tcp://127.0.0.1:*", certificate, &LIMITS);
    ck_assert_ptr_nonnull (self);
    zloop_reader (loop, bc_door_socket (self), on_request, self);
    return self;
}

static void close_door (bc_door_t **self_p)
{
    zloop_reader_end (loop, bc_door_socket (*self_p));
    bc_door_destroy (self_p);
    ck_assert_ptr_null (*self_p);
}

// The good key for so-yte, the other one for mttq.
static void use_keys (void)
{
    bc_keyring_t *keyring = bc_keyring_new ();
    bc_keyring_add (keyring, "so-yte", zcert_public_txt (good_key));
    bc_keyring_add (keyring, "mttq", zcert_public_txt (other_key));
    bc_zap_use (zap, &keyring);
}

static void setup_without_handler (void)
{
    loop = zloop_new ();
    server = zcert_new ();
    good_key = zcert_new ();
    other_key = zcert_new ();
}

static void setup_without_table (void)
{
    setup_without_handler ();
    zap = bc_zap_new (loop);
    ck_assert_ptr_nonnull (zap);
    door = open_door ("so-yte", server);
}

static void setup (void)
{
    setup_without_table ();
    use_keys ();
}

static void teardown (void)
{
    if (door)
        close_door (&door);
    bc_zap_destroy (&zap);
    zcert_destroy (&server);
    zcert_destroy (&good_key);
    zcert_destroy (&other_key);
    zloop_destroy (&loop);
}

// NULL key: a plain socket without CURVE.
static client_t *client_new (zsock_t *to, zcert_t *key, const char *server_key)
{
    static int number;
    client_t *self = calloc (1, sizeof *self);
    char endpoint[40];
    snprintf (endpoint, sizeof endpoint, "inproc://monitor-%d", number++);
    self->socket = zsock_new (ZMQ_DEALER);
    zsock_set_linger (self->socket, 0);
    if (key) {
        zcert_apply (key, self->socket);
        zsock_set_curve_serverkey (self->socket, server_key);
    }
    ck_assert_int_eq (zmq_socket_monitor (zsock_resolve (self->socket), endpoint, ZMQ_EVENT_ALL), 0);
    self->monitor = zsock_new_pair (NULL);
    ck_assert_int_eq (zsock_connect (self->monitor, "%s", endpoint), 0);
    zloop_reader (loop, self->monitor, on_event, self);
    zloop_reader (loop, self->socket, on_reply, self);
    char *address = zsock_last_endpoint (to);
    ck_assert_int_eq (zsock_connect (self->socket, "%s", address), 0);
    free (address);
    return self;
}

static void client_destroy (client_t **self_p)
{
    client_t *self = *self_p;
    zloop_reader_end (loop, self->socket);
    zloop_reader_end (loop, self->monitor);
    zmq_socket_monitor (zsock_resolve (self->socket), NULL, 0);
    zsock_destroy (&self->socket);
    zsock_destroy (&self->monitor);
    free (self);
    *self_p = NULL;
}

static client_t *good_client (void)
{
    return client_new (bc_door_socket (door), good_key, zcert_public_txt (server));
}

// What is sent now has been handled once a good client's own message, sent later, has come through.
static void expect_only_good (int count_before)
{
    client_t *client = good_client ();
    zstr_send (client->socket, "good");
    UNTIL (client->replies == 1);
    ck_assert_int_eq (got.count, count_before + 1);
    ck_assert_str_eq (got.text, "good");
    client_destroy (&client);
}

// --- Who gets in -----------------------------------------------------------------------------------------------------------------

START_TEST (test_right_key)
{
    client_t *client = good_client ();
    zstr_send (client->socket, "a report");
    UNTIL (client->replies == 1);
    ck_assert_int_eq (got.count, 1);
    ck_assert_str_eq (got.text, "a report");
    ck_assert_str_eq (got.peer.key, zcert_public_txt (good_key));
    ck_assert (got.permitted);
    zsock_send (client->socket, "b", "", (size_t)0);  // an empty frame is a frame
    UNTIL (client->replies == 2);
    client_destroy (&client);
}
END_TEST

START_TEST (test_wrong_key)
{
    zcert_t *unknown = zcert_new ();
    client_t *client = client_new (bc_door_socket (door), unknown, zcert_public_txt (server));
    zstr_send (client->socket, "wrong");
    UNTIL (client->refused);
    ck_assert_int_eq (client->status, 400);
    expect_only_good (0);
    client_destroy (&client);
    zcert_destroy (&unknown);
}
END_TEST

START_TEST (test_other_department)
{
    zcert_t *other_server = zcert_new ();
    bc_door_t *other_door = open_door ("mttq", other_server);
    client_t *client = client_new (bc_door_socket (door), other_key, zcert_public_txt (server));
    zstr_send (client->socket, "in another's name");
    UNTIL (client->refused);
    ck_assert_int_eq (client->status, 400);
    ck_assert_int_eq (got.count, 0);
    client_destroy (&client);

    client = client_new (bc_door_socket (other_door), other_key, zcert_public_txt (other_server));  // its own door
    zstr_send (client->socket, "in its own");
    UNTIL (client->replies == 1);
    ck_assert_str_eq (got.peer.key, zcert_public_txt (other_key));
    client_destroy (&client);
    close_door (&other_door);
    zcert_destroy (&other_server);
}
END_TEST

// A report at the wrong door: the right client key, but the door cannot read what was meant for another one's key.
START_TEST (test_wrong_server_key)
{
    zcert_t *elsewhere = zcert_new ();
    client_t *client = client_new (bc_door_socket (door), good_key, zcert_public_txt (elsewhere));
    zstr_send (client->socket, "for another door");
    UNTIL (client->connected && client->closed);
    ck_assert (!client->greeted);
    expect_only_good (0);
    client_destroy (&client);
    zcert_destroy (&elsewhere);
}
END_TEST

START_TEST (test_plain)
{
    client_t *client = client_new (bc_door_socket (door), NULL, NULL);
    zstr_send (client->socket, "no CURVE");
    UNTIL (client->connected && client->closed);
    ck_assert (!client->greeted);
    expect_only_good (0);
    client_destroy (&client);
}
END_TEST

START_TEST (test_before_first_table)
{
    client_t *client = good_client ();
    zstr_send (client->socket, "early");
    UNTIL (client->connected && client->closed);
    ck_assert (!client->greeted);
    ck_assert_int_eq (got.count, 0);
    use_keys ();
    UNTIL (client->replies == 1);  // it came again by itself
    client_destroy (&client);
}
END_TEST

// ZAP_ENFORCE_DOMAIN: a socket whose handler is missing lets nobody in, not everybody.
START_TEST (test_no_handler)
{
    zsock_t *socket = zsock_new (ZMQ_ROUTER);
    zap = bc_zap_new (loop);
    ck_assert_int_eq (bc_door_secure (zap, socket, "so-yte", server, LINES), 0);
    bc_zap_destroy (&zap);
    ck_assert_int_ne (zsock_bind (socket, "tcp://127.0.0.1:*"), -1);
    client_t *client = client_new (socket, good_key, zcert_public_txt (server));
    zstr_send (client->socket, "nobody asks for my key");
    UNTIL (client->connected && (client->closed || client->greeted));
    ck_assert (!client->greeted);
    client_destroy (&client);
    zsock_destroy (&socket);
}
END_TEST

// The key comes from the connection's handshake, whatever else the peer calls itself.
START_TEST (test_key_is_not_claimed)
{
    client_t *client = client_new (bc_door_socket (door), other_key, zcert_public_txt (server));
    UNTIL (client->refused);
    client_destroy (&client);

    bc_keyring_t *keyring = bc_keyring_new ();
    bc_keyring_add (keyring, "so-yte", zcert_public_txt (good_key));
    bc_keyring_add (keyring, "so-yte", zcert_public_txt (other_key));
    bc_zap_use (zap, &keyring);
    zsock_t *socket = zsock_new (ZMQ_DEALER);
    zsock_set_identity (socket, zcert_public_txt (other_key));
    zcert_apply (good_key, socket);
    zsock_set_curve_serverkey (socket, zcert_public_txt (server));
    char *address = zsock_last_endpoint (bc_door_socket (door));
    zsock_connect (socket, "%s", address);
    free (address);
    zstr_send (socket, "User-Id");
    UNTIL (got.count == 1);
    ck_assert_str_eq (got.peer.key, zcert_public_txt (good_key));
    ck_assert_uint_eq (got.peer.routing_id_size, 40);
    ck_assert_mem_eq (got.peer.routing_id, zcert_public_txt (other_key), 40);
    zsock_destroy (&socket);
}
END_TEST

START_TEST (test_revoked)
{
    client_t *client = good_client ();
    zstr_send (client->socket, "before");
    UNTIL (client->replies == 1);
    ck_assert (got.permitted);

    bc_keyring_t *keyring = bc_keyring_new ();
    bc_keyring_add (keyring, "mttq", zcert_public_txt (good_key));  // good elsewhere is not good here
    bc_zap_use (zap, &keyring);
    ck_assert (bc_zap_has_revoked (zap, "so-yte"));
    zstr_send (client->socket, "after, on the open connection");
    UNTIL (client->replies == 2);
    ck_assert_int_eq (got.count, 2);
    ck_assert_str_eq (got.peer.key, zcert_public_txt (good_key));
    ck_assert (!got.permitted);
    ck_assert (!client->closed);
    client_destroy (&client);
}
END_TEST

// --- What gets in ----------------------------------------------------------------------------------------------------------------

static long long misshapen (void)
{
    return atomic_load (&bc_metric_counter ("baocao_door_misshapen_total", "")->value);
}

START_TEST (test_two_frames)
{
    client_t *client = good_client ();
    zstr_sendx (client->socket, "", "with a delimiter", NULL);
    zstr_sendx (client->socket, "one", "two", "three", NULL);
    zstr_send (client->socket, "one frame");
    UNTIL (client->replies == 1);
    ck_assert_int_eq (got.count, 1);
    ck_assert_str_eq (got.text, "one frame");
    ck_assert_int_eq (misshapen (), 2);
    client_destroy (&client);
}
END_TEST

START_TEST (test_flood_of_frames)
{
    client_t *flood = good_client ();
    for (int i = 0; i < 20000; i++)
        zstr_sendm (flood->socket, "more");
    zstr_send (flood->socket, "end");
    UNTIL (misshapen () == 1);
    ck_assert_int_eq (got.count, 0);

    for (int i = 0; i < 1000; i++)
        zstr_sendm (flood->socket, "more, and never an end");
    expect_only_good (0);
    client_destroy (&flood);
}
END_TEST

START_TEST (test_oversized)
{
    char frame[MAX_MESSAGE + 1];
    memset (frame, 'x', sizeof frame);
    client_t *client = good_client ();
    zsock_send (client->socket, "b", frame, (size_t)MAX_MESSAGE);
    UNTIL (client->replies == 1);
    ck_assert_int_eq (got.count, 1);
    zsock_send (client->socket, "b", frame, (size_t)MAX_MESSAGE + 1);
    UNTIL (client->closed);
    expect_only_good (1);
    client_destroy (&client);
}
END_TEST

// A reply to somebody who has gone is lost, and nothing else.
START_TEST (test_peer_gone)
{
    Baocao__V1__ServerReply reply = BAOCAO__V1__SERVER_REPLY__INIT;
    bc_metric_t *dropped = bc_metric_counter ("baocao_messages_total{direction=\"dropped\",type=\"ServerReply\"}", "");
    bc_peer_t nobody = {.routing_id = "nobody", .routing_id_size = 6};
    ck_assert_int_eq (bc_door_send (door, &nobody, &reply.base), -1);
    ck_assert_int_eq (atomic_load (&dropped->value), 1);
    expect_only_good (0);
}
END_TEST

// --- Opening ---------------------------------------------------------------------------------------------------------------------

static int option (zsock_t *socket, int name)
{
    int value = -1;
    size_t size = sizeof value;
    ck_assert_int_eq (zmq_getsockopt (zsock_resolve (socket), name, &value, &size), 0);
    return value;
}

START_TEST (test_options)
{
    zsock_t *socket = bc_door_socket (door);
    ck_assert_int_eq (option (socket, ZAP_ENFORCE_DOMAIN), 1);
    ck_assert_int_eq (option (socket, ZMQ_MECHANISM), ZMQ_CURVE);
    ck_assert_int_eq (option (socket, ZMQ_CURVE_SERVER), 1);
    ck_assert_int_ge (option (socket, ZMQ_HANDSHAKE_IVL), 2000);
    ck_assert_int_le (option (socket, ZMQ_HANDSHAKE_IVL), 5000);
    ck_assert_int_gt (option (socket, ZMQ_HEARTBEAT_IVL), 0);
    ck_assert_int_gt (option (socket, ZMQ_HEARTBEAT_TIMEOUT), 0);
    ck_assert_int_gt (option (socket, ZMQ_HEARTBEAT_TTL), 0);
    ck_assert_int_gt (option (socket, ZMQ_RCVHWM), 0);
    ck_assert_int_gt (option (socket, ZMQ_SNDHWM), 0);
    ck_assert_int_ge (option (socket, ZMQ_LINGER), 0);
    ck_assert_int_eq (option (socket, ZMQ_SNDTIMEO), 0);
}
END_TEST

START_TEST (test_domain)
{
    char long_domain[257];
    memset (long_domain, 'd', 256);
    long_domain[256] = '\0';
    ck_assert_ptr_null (bc_door_new (zap, "", "tcp://127.0.0.1:*", server, &LIMITS));
    ck_assert_ptr_null (bc_door_new (zap, long_domain, "tcp://127.0.0.1:*", server, &LIMITS));
    zsock_t *socket = zsock_new (ZMQ_PUB);
    ck_assert_int_eq (bc_door_secure (zap, socket, "", server, LINES), -1);
    ck_assert_int_eq (bc_door_secure (zap, socket, "feed", server, LINES), 0);
    ck_assert_int_eq (option (socket, ZAP_ENFORCE_DOMAIN), 1);
    bc_zap_unlimit (zap, "feed");
    zsock_destroy (&socket);
}
END_TEST

START_TEST (test_port_in_use)
{
    char log[2000] = "", path[] = "/tmp/baocao-door-XXXXXX";
    char *endpoint = zsock_last_endpoint (bc_door_socket (door));
    int file = mkstemp (path), stderr_copy = dup (STDERR_FILENO);
    dup2 (file, STDERR_FILENO);
    bc_door_t *second = bc_door_new (zap, "mttq", endpoint, server, &LIMITS);
    dup2 (stderr_copy, STDERR_FILENO);
    ck_assert_ptr_null (second);
    ck_assert_int_gt (pread (file, log, sizeof log - 1, 0), 0);
    ck_assert_msg (strstr (log, endpoint), "%s", log);
    ck_assert_msg (strstr (log, "choose another port"), "%s", log);
    ck_assert_ptr_eq (strchr (log, '\n'), log + strlen (log) - 1);  // one line
    close (file);
    close (stderr_copy);
    unlink (path);
    free (endpoint);
    expect_only_good (0);  // the first one is as it was
}
END_TEST

// --- How many lines --------------------------------------------------------------------------------------------------------------

START_TEST (test_lines)
{
    client_t *clients[LINES], *waiting;
    for (int i = 0; i < LINES; i++) {
        clients[i] = good_client ();
        UNTIL (clients[i]->greeted);
    }
    waiting = good_client ();
    zstr_send (waiting->socket, "one too many");
    UNTIL (waiting->connected && waiting->closed);
    ck_assert (!waiting->greeted && !waiting->refused);
    ck_assert_int_eq (got.count, 0);

    // Long after their handshakes they still count; those who have a line keep it, and another door has its own.
    waiting->closed = false;
    int64_t start = zclock_mono ();
    UNTIL (waiting->closed && zclock_mono () - start > 6000);
    ck_assert (!waiting->greeted);
    zstr_send (clients[0]->socket, "as before");
    UNTIL (clients[0]->replies == 1);

    client_destroy (&clients[1]);
    UNTIL (waiting->replies == 1);  // it came by itself
    ck_assert_str_eq (got.text, "one too many");
    client_destroy (&waiting);
    client_destroy (&clients[0]);
    for (int i = 2; i < LINES; i++)
        client_destroy (&clients[i]);
}
END_TEST

// Whoever only connects takes nobody's place.
START_TEST (test_strangers_take_no_line)
{
    char *address = zsock_last_endpoint (bc_door_socket (door));
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons ((uint16_t)atoi (strrchr (address, ':') + 1)),
                             .sin_addr.s_addr = htonl (INADDR_LOOPBACK)};
    free (address);
    int strangers[2 * LINES];
    for (int i = 0; i < 2 * LINES; i++) {
        strangers[i] = socket (AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq (connect (strangers[i], (struct sockaddr *)&to, sizeof to), 0);
    }
    client_t *client = good_client ();
    UNTIL (client->greeted || client->closed);
    ck_assert (client->greeted);
    client_destroy (&client);
    for (int i = 0; i < 2 * LINES; i++)
        close (strangers[i]);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("door");
    TCase *tcase = tcase_create ("door");
    tcase_set_timeout (tcase, 20);
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, test_right_key);
    tcase_add_test (tcase, test_wrong_key);
    tcase_add_test (tcase, test_other_department);
    tcase_add_test (tcase, test_wrong_server_key);
    tcase_add_test (tcase, test_plain);
    tcase_add_test (tcase, test_key_is_not_claimed);
    tcase_add_test (tcase, test_revoked);
    tcase_add_test (tcase, test_two_frames);
    tcase_add_test (tcase, test_flood_of_frames);
    tcase_add_test (tcase, test_oversized);
    tcase_add_test (tcase, test_peer_gone);
    tcase_add_test (tcase, test_options);
    tcase_add_test (tcase, test_domain);
    tcase_add_test (tcase, test_port_in_use);
    tcase_add_test (tcase, test_lines);
    tcase_add_test (tcase, test_strangers_take_no_line);
    suite_add_tcase (suite, tcase);

    tcase = tcase_create ("no table");
    tcase_set_timeout (tcase, 20);
    tcase_add_checked_fixture (tcase, setup_without_table, teardown);
    tcase_add_test (tcase, test_before_first_table);
    suite_add_tcase (suite, tcase);

    tcase = tcase_create ("no handler");
    tcase_set_timeout (tcase, 20);
    tcase_add_checked_fixture (tcase, setup_without_handler, teardown);
    tcase_add_test (tcase, test_no_handler);
    suite_add_tcase (suite, tcase);

    return suite_run (suite);
}
