// Who is let in, and what the ZAP handler answers to whatever reaches it.

#include "common/zap.h"
#include "../support/suite.h"

#define KEY_A "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define KEY_B "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

static zloop_t *loop;
static bc_zap_t *zap;

static void setup (void)
{
    loop = zloop_new ();
    zap = bc_zap_new (loop);
    ck_assert_ptr_nonnull (zap);
}

static void teardown (void)
{
    bc_zap_destroy (&zap);
    zloop_destroy (&loop);
}

static bc_keyring_t *keyring_of (const char *domain, const char *key)
{
    bc_keyring_t *keyring = bc_keyring_new ();
    bc_keyring_add (keyring, domain, key);
    return keyring;
}

// --- Keyring ---------------------------------------------------------------------------------------------------------------------

START_TEST (test_keyring)
{
    bc_keyring_t *keyring = keyring_of ("so-yte", KEY_A);
    bc_keyring_add (keyring, "so-yte", KEY_A);
    bc_keyring_add (keyring, "mttq", KEY_B);
    ck_assert_uint_eq (bc_keyring_size (keyring), 2);
    ck_assert (bc_keyring_has (keyring, "so-yte", KEY_A));
    ck_assert (!bc_keyring_has (keyring, "so-yte", KEY_B));
    ck_assert (!bc_keyring_has (keyring, "mttq", KEY_A));
    ck_assert (!bc_keyring_has (keyring, "", KEY_A));
    ck_assert (!bc_keyring_has (keyring, "so-yt", KEY_A));
    ck_assert (!bc_keyring_has (keyring, "so-yte", "yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"));
    ck_assert (!bc_keyring_has (keyring, "so-yte", ""));
    bc_keyring_destroy (&keyring);
    ck_assert_ptr_null (keyring);
}
END_TEST

START_TEST (test_keyring_refuses)
{
    bc_keyring_t *keyring = bc_keyring_new ();
    char long_domain[300];
    memset (long_domain, 'd', sizeof long_domain - 1);
    long_domain[sizeof long_domain - 1] = '\0';
    bc_keyring_add (keyring, "", KEY_A);
    bc_keyring_add (keyring, long_domain, KEY_A);
    bc_keyring_add (keyring, "so-yte", "too short");
    bc_keyring_add (keyring, "so-yte", KEY_A "x");
    ck_assert_uint_eq (bc_keyring_size (keyring), 0);
    ck_assert (!bc_keyring_has (keyring, long_domain, KEY_A));
    bc_keyring_destroy (&keyring);
}
END_TEST

// --- Tables ----------------------------------------------------------------------------------------------------------------------

START_TEST (test_use)
{
    ck_assert (!bc_zap_permits (zap, "so-yte", KEY_A));
    bc_keyring_t *one = keyring_of ("so-yte", KEY_A), *two = keyring_of ("so-yte", KEY_A), *other = keyring_of ("so-yte", KEY_B),
                 *moved = keyring_of ("mttq", KEY_B);
    bc_keyring_add (two, "mttq", KEY_B);
    bc_zap_use (zap, &one);
    ck_assert (!bc_zap_has_revoked (zap, "so-yte"));
    ck_assert_ptr_null (one);
    ck_assert (bc_zap_permits (zap, "so-yte", KEY_A));
    bc_zap_use (zap, &two);  // one more
    ck_assert (!bc_zap_has_revoked (zap, "so-yte"));
    ck_assert (bc_zap_permits (zap, "mttq", KEY_B));
    bc_zap_use (zap, &other);
    ck_assert (bc_zap_has_revoked (zap, "so-yte"));
    ck_assert (bc_zap_has_revoked (zap, "mttq"));
    ck_assert (!bc_zap_permits (zap, "so-yte", KEY_A));
    bc_zap_use (zap, &moved);  // the same key, but no longer for that domain
    ck_assert (bc_zap_has_revoked (zap, "so-yte"));
    ck_assert (!bc_zap_has_revoked (zap, "mttq"));
    ck_assert (!bc_zap_permits (zap, "so-yte", KEY_B));
}
END_TEST

// An open domain lets strangers in, with a table or without one, and opens no other.
START_TEST (test_open)
{
    bc_zap_open (zap, "enrolment");
    ck_assert (bc_zap_permits (zap, "enrolment", KEY_A));
    ck_assert (!bc_zap_permits (zap, "so-yte", KEY_A));
    bc_keyring_t *keyring = keyring_of ("so-yte", KEY_B);
    bc_zap_use (zap, &keyring);
    ck_assert (bc_zap_permits (zap, "enrolment", KEY_A));
    ck_assert (!bc_zap_permits (zap, "so-yte", KEY_A));
    ck_assert (!bc_zap_has_revoked (zap, "enrolment"));
}
END_TEST

START_TEST (test_only_one)
{
    ck_assert_ptr_null (bc_zap_new (loop));
}
END_TEST

// --- Requests --------------------------------------------------------------------------------------------------------------------

static int stop (zloop_t *self, zsock_t *socket, void *arg)
{
    (void)self, (void)socket, (void)arg;
    return -1;
}

// Sends a request as it is, and runs the loop until its answer is there.
static zmsg_t *ask (zmsg_t **request)
{
    zsock_t *socket = zsock_new_req ("inproc://zeromq.zap.01");
    ck_assert_int_eq (zmsg_send (request, socket), 0);
    zloop_reader (loop, socket, stop, NULL);
    ck_assert_int_eq (zloop_start (loop), -1);
    zloop_reader_end (loop, socket);
    zmsg_t *reply = zmsg_recv (socket);
    zsock_destroy (&socket);
    return reply;
}

// Takes the next frame of the reply and compares it.
static void expect (zmsg_t *reply, const char *text, const char *what)
{
    char *frame = zmsg_popstr (reply);
    ck_assert_msg (frame && strcmp (frame, text) == 0, "%s: %s instead of %s", what, frame ? frame : "nothing", text);
    free (frame);
}

static void expect_reply (zmsg_t *reply, const char *id, const char *status, const char *user, const char *what)
{
    ck_assert_ptr_nonnull (reply);
    ck_assert_uint_eq (zmsg_size (reply), 6);
    expect (reply, "1.0", what);
    expect (reply, id, what);
    expect (reply, status, what);
    free (zmsg_popstr (reply));  // the status in words
    expect (reply, user, what);
    expect (reply, "", what);
    zmsg_destroy (&reply);
}

static zmsg_t *curve_request (const char *domain, const char *key)
{
    zmsg_t *request = zmsg_new ();
    byte binary[32];
    zmq_z85_decode (binary, key);
    const char *texts[] = {"1.0", "id-7", domain, "127.0.0.1", "", "CURVE"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        zmsg_addstr (request, texts[i]);
    zmsg_addmem (request, binary, sizeof binary);
    return request;
}

static const struct {
    const char *domain, *key, *status;
} CURVE_CASES[] = {
    {"so-yte", KEY_A, "200"}, {"mttq", KEY_B, "200"},    {"so-yte", KEY_B, "400"},  {"mttq", KEY_A, "400"},
    {"", KEY_A, "400"},       {"unknown", KEY_A, "400"}, {"so-yte ", KEY_A, "400"},
};

START_TEST (test_curve)
{
    bc_keyring_t *keyring = keyring_of ("so-yte", KEY_A);
    bc_keyring_add (keyring, "mttq", KEY_B);
    bc_zap_use (zap, &keyring);
    zmsg_t *request = curve_request (CURVE_CASES[_i].domain, CURVE_CASES[_i].key);
    bool good = strcmp (CURVE_CASES[_i].status, "200") == 0;
    expect_reply (ask (&request), "id-7", CURVE_CASES[_i].status, good ? CURVE_CASES[_i].key : "", CURVE_CASES[_i].domain);
}
END_TEST

START_TEST (test_open_handshake)
{
    bc_zap_open (zap, "enrolment");
    zmsg_t *stranger = curve_request ("enrolment", KEY_A), *elsewhere = curve_request ("so-yte", KEY_A);
    expect_reply (ask (&stranger), "id-7", "200", KEY_A, "a stranger at the open domain");
    expect_reply (ask (&elsewhere), "id-7", "300", "", "a stranger elsewhere");
}
END_TEST

// A peer that comes before the first table tries again; 400 would make libzmq give up.
START_TEST (test_not_ready)
{
    zmsg_t *request = curve_request ("so-yte", KEY_A);
    expect_reply (ask (&request), "id-7", "300", "", "no table yet");
}
END_TEST

#define K32 "01234567890123456789012345678901"
#define D256 K32 K32 K32 K32 K32 K32 K32 K32

static const struct {
    const char *what;
    struct {
        const char *data;
        size_t size;
    } frames[10];
    const char *id;
} MALFORMED[] = {
#define F(text)                                                                                                                    \
    {                                                                                                                              \
        text, sizeof text - 1                                                                                                      \
    }
    {"one empty frame", {F ("")}, ""},
    {"version only", {F ("1.0")}, ""},
    {"no mechanism", {F ("1.0"), F ("9"), F ("so-yte"), F ("address"), F ("")}, "9"},
    {"no key", {F ("1.0"), F ("9"), F ("so-yte"), F ("address"), F (""), F ("CURVE")}, "9"},
    {"other version", {F ("2.0"), F ("9"), F ("so-yte"), F ("address"), F (""), F ("CURVE"), F (K32)}, "9"},
    {"NULL mechanism", {F ("1.0"), F ("9"), F ("so-yte"), F ("address"), F (""), F ("NULL")}, "9"},
    {"PLAIN", {F ("1.0"), F ("9"), F ("so-yte"), F ("address"), F (""), F ("PLAIN"), F ("user"), F ("password")}, "9"},
    {"PLAIN in CURVE's shape", {F ("1.0"), F ("9"), F ("so-yte"), F ("address"), F (""), F ("PLAIN"), F (K32)}, "9"},
    {"key of 31 bytes", {F ("1.0"), F ("9"), F ("so-yte"), F ("a"), F (""), F ("CURVE"), {K32, 31}}, "9"},
    {"key of 33 bytes", {F ("1.0"), F ("9"), F ("so-yte"), F ("a"), F (""), F ("CURVE"), F (K32 "x")}, "9"},
    {"empty key", {F ("1.0"), F ("9"), F ("so-yte"), F ("a"), F (""), F ("CURVE"), F ("")}, "9"},
    {"NUL byte in the domain", {F ("1.0"), F ("9"), F ("so-yte\0"), F ("a"), F (""), F ("CURVE"), F (K32)}, "9"},
    {"long domain", {F ("1.0"), F ("9"), F (D256), F ("a"), F (""), F ("CURVE"), F (K32)}, "9"},
    {"one frame more", {F ("1.0"), F ("9"), F ("so-yte"), F ("a"), F (""), F ("CURVE"), F (K32), F ("x")}, "9"},
};

START_TEST (test_malformed)
{
    char key[41];
    zmq_z85_encode (key, (const byte *)K32, 32);
    bc_keyring_t *keyring = keyring_of ("so-yte", key);  // so that only the shape can be the reason
    bc_zap_use (zap, &keyring);
    zmsg_t *request = zmsg_new ();
    for (int i = 0; i < 10 && MALFORMED[_i].frames[i].data; i++)
        zmsg_addmem (request, MALFORMED[_i].frames[i].data, MALFORMED[_i].frames[i].size);
    expect_reply (ask (&request), MALFORMED[_i].id, "400", "", MALFORMED[_i].what);

    request = curve_request ("so-yte", key);  // and it goes on working
    expect_reply (ask (&request), "id-7", "200", key, "after that");
}
END_TEST

// Without the empty frame that REP wants nothing can be answered; the next one must be.
START_TEST (test_no_envelope)
{
    zsock_t *dealer = zsock_new_dealer (">inproc://zeromq.zap.01");
    zstr_sendx (dealer, "1.0", "9", "so-yte", NULL);
    bc_keyring_t *keyring = keyring_of ("so-yte", KEY_A);
    bc_zap_use (zap, &keyring);
    zmsg_t *request = curve_request ("so-yte", KEY_A);
    expect_reply (ask (&request), "id-7", "200", KEY_A, "after that");
    zsock_destroy (&dealer);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("zap");
    TCase *tcase = tcase_create ("zap");
    tcase_set_timeout (tcase, 20);
    tcase_add_checked_fixture (tcase, setup, teardown);
    tcase_add_test (tcase, test_keyring);
    tcase_add_test (tcase, test_keyring_refuses);
    tcase_add_test (tcase, test_use);
    tcase_add_test (tcase, test_open);
    tcase_add_test (tcase, test_open_handshake);
    tcase_add_test (tcase, test_only_one);
    tcase_add_loop_test (tcase, test_curve, 0, sizeof CURVE_CASES / sizeof *CURVE_CASES);
    tcase_add_test (tcase, test_not_ready);
    tcase_add_loop_test (tcase, test_malformed, 0, sizeof MALFORMED / sizeof *MALFORMED);
    tcase_add_test (tcase, test_no_envelope);
    suite_add_tcase (suite, tcase);
    return suite_run (suite);
}
