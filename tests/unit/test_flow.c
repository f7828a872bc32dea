// The hops: who binds, who connects, and that nobody else can come in.
#include <ftw.h>
#include <sys/stat.h>

#include "baocao/v1/posted.pb-c.h"
#include "common/flow.h"
#include "common/wire.h"
#include "../support/suite.h"

static char directory[] = "/tmp/baocao-flow.XXXXXX", path[60];
static bc_arena_t *arena;

static bc_config_t *config_with (const char *received_suffix, const char *received)
{
    setenv ("BAOCAO_FLOW_DIRECTORY", path, 1);
    setenv ("BAOCAO_FLOW_RECEIVED_SUFFIX", received_suffix, 1);
    setenv ("BAOCAO_FLOW_RECEIVED", received, 1);
    return bc_config_new (NULL);
}

static void setup (void)
{
    ck_assert_ptr_nonnull (mkdtemp (directory));
    snprintf (path, sizeof path, "%s/flow", directory);
    arena = bc_arena_new (10000);
}

static int remove_entry (const char *name, const struct stat *info, int type, struct FTW *place)
{
    (void)info, (void)type, (void)place;
    return remove (name);
}

static void teardown (void)
{
    bc_arena_destroy (&arena);
    zsys_shutdown ();  // now the sockets are closed for good, and their files can go
    nftw (directory, remove_entry, 10, FTW_DEPTH | FTW_PHYS);
}

static void skip_routing_id (zsock_t *socket)
{
    zmq_msg_t id;
    zmq_msg_init (&id);
    ck_assert_int_gt (zmq_msg_recv (&id, zsock_resolve (socket), ZMQ_DONTWAIT), 0);
    zmq_msg_close (&id);
}

// Sends until somebody is there to take it, and waits for it.
static void expect_passage (zsock_t *sender, zsock_t *receiver)
{
    static uint64_t number;
    Baocao__V1__NoticePosted sent = BAOCAO__V1__NOTICE_POSTED__INIT;
    const Baocao__V1__NoticePosted *got = NULL;
    zmq_pollitem_t item = {.socket = zsock_resolve (receiver), .events = ZMQ_POLLIN};
    sent.unit = "so-yte";
    sent.cursor = ++number;
    do {
        bc_wire_send (sender, &sent.base);
        if (zmq_poll (&item, 1, 5) == 1 && zsock_type (receiver) == ZMQ_ROUTER)
            skip_routing_id (receiver);
        got = (const Baocao__V1__NoticePosted *)bc_wire_recv (receiver, &baocao__v1__notice_posted__descriptor, arena);
    } while (!got || got->cursor != number);
    ck_assert_str_eq (got->unit, "so-yte");
}

// Every hop, opened from either end first.
START_TEST (test_hop)
{
    bc_hop_t hop = (bc_hop_t)(_i / 2);
    bc_config_t *config = config_with ("", "received");
    zsock_t *receiver = _i % 2 ? bc_flow_receiver (hop, config) : NULL;
    zsock_t *sender = bc_flow_sender (hop, config);
    if (!receiver)
        receiver = bc_flow_receiver (hop, config);
    ck_assert (sender && receiver);
    expect_passage (sender, receiver);
    ck_assert_int_gt (zsock_sndhwm (sender), 0);
    ck_assert_int_gt (zsock_rcvhwm (receiver), 0);
    ck_assert_int_eq (zsock_maxmsgsize (receiver), BC_WIRE_MAX_HOP);
    zsock_destroy (&sender);
    zsock_destroy (&receiver);
    bc_config_destroy (&config);
}
END_TEST

// A second process for the same end is refused, and the first one keeps its socket.
START_TEST (test_held)
{
    bc_config_t *config = config_with ("", "received"), *second = config_with ("-2", "received");
    zsock_t *first = bc_flow_sender (BC_HOP_RECEIVED, config);
    ck_assert_ptr_nonnull (first);
    ck_assert_ptr_null (bc_flow_sender (BC_HOP_RECEIVED, config));
    zsock_t *other = bc_flow_sender (BC_HOP_RECEIVED, second);
    ck_assert_ptr_nonnull (other);
    zsock_t *receiver = bc_flow_receiver (BC_HOP_RECEIVED, config);
    expect_passage (first, receiver);
    zsock_destroy (&first);
    zsock_destroy (&other);
    zsock_destroy (&receiver);
    bc_config_destroy (&config);
    bc_config_destroy (&second);
}
END_TEST

// A sender never waits: without a receiver, or with one that does not read, it is told so at once.
START_TEST (test_never_blocks)
{
    Baocao__V1__NoticePosted message = BAOCAO__V1__NOTICE_POSTED__INIT;
    bc_config_t *config = config_with ("", "received");
    zsock_t *received = bc_flow_sender (BC_HOP_RECEIVED, config), *accepted = bc_flow_sender (BC_HOP_ACCEPTED, config);
    ck_assert_int_eq (bc_wire_send (received, &message.base), -1);
    ck_assert_int_eq (bc_wire_send (accepted, &message.base), -1);
    zsock_t *receiver = bc_flow_receiver (BC_HOP_RECEIVED, config);
    expect_passage (received, receiver);
    int sent = 0;
    while (sent < 1000000 && bc_wire_send (received, &message.base) == 0)
        sent++;
    ck_assert_int_lt (sent, 1000000);
    zsock_destroy (&received);
    zsock_destroy (&accepted);
    zsock_destroy (&receiver);
    bc_config_destroy (&config);
}
END_TEST

// Many receivers of one hop, many senders of another; and two intakes on one host.
START_TEST (test_many)
{
    bc_config_t *config = config_with ("", "received, received-2"), *second = config_with ("-2", "received, received-2");
    zsock_t *received[] = {bc_flow_sender (BC_HOP_RECEIVED, config), bc_flow_sender (BC_HOP_RECEIVED, second)};
    zsock_t *worker = bc_flow_receiver (BC_HOP_RECEIVED, config);
    zsock_t *check[] = {bc_flow_sender (BC_HOP_CHECK, config), bc_flow_sender (BC_HOP_CHECK, second)};
    zsock_t *judge = bc_flow_receiver (BC_HOP_CHECK, config);
    zsock_t *accepted[] = {bc_flow_sender (BC_HOP_ACCEPTED, config), bc_flow_sender (BC_HOP_ACCEPTED, config)};
    zsock_t *aggregation = bc_flow_receiver (BC_HOP_ACCEPTED, config);
    for (int i = 0; i < 2; i++) {
        expect_passage (received[i], worker);
        expect_passage (accepted[i], aggregation);
        expect_passage (check[i], judge);
        zsock_destroy (&received[i]);
        zsock_destroy (&accepted[i]);
        zsock_destroy (&check[i]);
    }
    zsock_destroy (&worker);
    zsock_destroy (&aggregation);
    zsock_destroy (&judge);
    bc_config_destroy (&config);
    bc_config_destroy (&second);
}
END_TEST

START_TEST (test_directory)
{
    struct stat info;
    bc_config_t *config = config_with ("", "received");
    zsock_t *socket = bc_flow_sender (BC_HOP_RECEIVED, config);
    ck_assert_ptr_nonnull (socket);
    ck_assert_int_eq (stat (path, &info), 0);
    ck_assert_int_eq (info.st_mode & 07777, 0700);
    zsock_destroy (&socket);

    static const mode_t OPEN[] = {0710, 0701, 0750, 0705, 0777, 01777};
    for (size_t i = 0; i < sizeof OPEN / sizeof *OPEN; i++) {
        chmod (path, OPEN[i]);
        ck_assert_ptr_null (bc_flow_sender (BC_HOP_RECEIVED, config));
        ck_assert_ptr_null (bc_flow_receiver (BC_HOP_RECEIVED, config));
    }
    chmod (path, 0700);
    bc_config_destroy (&config);
}
END_TEST

static const struct {
    const char *directory, *received;
} WRONG[] = {
    {"", "received"},
    {"/nonexistent/baocao/flow", "received"},
    {"/etc/passwd", "received"},
    {NULL, ""},
    {NULL, "received,,other"},
    {NULL, "../received"},
    {NULL, "a-name-of-more-than-a-hundred-bytes-that-does-not-fit-into-the-address-of-a-unix-domain-socket-on-linux-any-more"},
};

START_TEST (test_wrong)
{
    bc_config_t *config = config_with ("", WRONG[_i].received);
    bc_config_destroy (&config);
    if (WRONG[_i].directory)
        setenv ("BAOCAO_FLOW_DIRECTORY", WRONG[_i].directory, 1);
    config = bc_config_new (NULL);
    ck_assert_ptr_null (bc_flow_receiver (BC_HOP_RECEIVED, config));
    bc_config_destroy (&config);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("flow");
    TCase *tcase = tcase_create ("flow");
    tcase_set_timeout (tcase, 30);
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_loop_test (tcase, test_hop, 0, 2 * BC_HOPS);
    tcase_add_test (tcase, test_held);
    tcase_add_test (tcase, test_never_blocks);
    tcase_add_test (tcase, test_many);
    tcase_add_test (tcase, test_directory);
    tcase_add_loop_test (tcase, test_wrong, 0, sizeof WRONG / sizeof *WRONG);
    suite_add_tcase (suite, tcase);
    return suite_run (suite);
}
