// Key files: what is made can be loaded, by ZeroMQ's own tools too; what is exposed, damaged or already there is refused.
#include <sys/stat.h>
#include <unistd.h>

#include "common/keys.h"
#include "../support/suite.h"

static char s_directory[64];
static char s_path[96];

static void s_setup (void)
{
    strcpy (s_directory, "/tmp/test_keys.XXXXXX");
    ck_assert_ptr_nonnull (mkdtemp (s_directory));
    snprintf (s_path, sizeof s_path, "%s/key", s_directory);
}

static void s_teardown (void)
{
    unlink (s_path);
    ck_assert_int_eq (rmdir (s_directory), 0);  // fails when a temporary file was left behind
}

static void s_write (const char *text, size_t size)
{
    int fd = open (s_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_ge (fd, 0);
    ck_assert_int_eq (write (fd, text, size), (ssize_t)size);
    close (fd);
}

static size_t s_read (char *text, size_t size)
{
    FILE *file = fopen (s_path, "r");
    ck_assert_ptr_nonnull (file);
    size_t got = fread (text, 1, size - 1, file);
    text[got] = 0;
    fclose (file);
    return got;
}

static mode_t s_mode (void)
{
    struct stat status;
    ck_assert_int_eq (stat (s_path, &status), 0);
    return status.st_mode & 07777;
}

static const struct {
    mode_t mode;
    bool accepted;
} s_modes[] = {
    {0600, true},  {0400, true},  {0700, true},  {0640, false}, {0604, false},
    {0620, false}, {0602, false}, {0610, false}, {0601, false}, {0666, false},
};

// --- Certificates -----------------------------------------------------------------------------------------------------------

START_TEST (test_cert_round_trip)
{
    umask (0);
    zcert_t *made = bc_cert_create (s_path);
    ck_assert_ptr_nonnull (made);
    ck_assert_uint_eq (s_mode (), 0600);
    zcert_t *loaded = bc_cert_load (s_path);
    ck_assert_ptr_nonnull (loaded);
    ck_assert (zcert_eq (made, loaded));
    ck_assert_mem_eq (zcert_secret_key (made), zcert_secret_key (loaded), 32);
    // czmq's own loader understands the file.
    zcert_t *other = zcert_load (s_path);
    ck_assert_ptr_nonnull (other);
    ck_assert (zcert_eq (made, other));
    zcert_destroy (&other);
    zcert_destroy (&loaded);
    zcert_destroy (&made);
}
END_TEST

START_TEST (test_cert_of_czmq)
{
    zcert_t *made = zcert_new ();
    zcert_set_meta (made, "unit", "%s", "so-ldtbxh");
    ck_assert_int_eq (zcert_save_secret (made, s_path), 0);
    ck_assert_int_eq (chmod (s_path, 0600), 0);
    zcert_t *loaded = bc_cert_load (s_path);
    ck_assert_ptr_nonnull (loaded);
    ck_assert (zcert_eq (made, loaded));
    ck_assert_mem_eq (zcert_secret_key (made), zcert_secret_key (loaded), 32);
    zcert_destroy (&loaded);
    zcert_destroy (&made);
}
END_TEST

START_TEST (test_cert_mode)
{
    zcert_t *made = bc_cert_create (s_path);
    ck_assert_int_eq (chmod (s_path, s_modes[_i].mode), 0);
    zcert_t *loaded = bc_cert_load (s_path);
    ck_assert_int_eq (loaded != NULL, s_modes[_i].accepted);
    zcert_destroy (&loaded);
    zcert_destroy (&made);
}
END_TEST

START_TEST (test_cert_kept)
{
    zcert_t *first = bc_cert_create (s_path);
    ck_assert_ptr_null (bc_cert_create (s_path));
    zcert_t *loaded = bc_cert_load (s_path);
    ck_assert (zcert_eq (first, loaded));
    zcert_destroy (&loaded);
    zcert_destroy (&first);
}
END_TEST

#define PUBLIC "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define SECRET "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"
#define OTHER "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

static const struct {
    const char *text;
    bool accepted;
} s_certs[] = {
    {"metadata\ncurve\n    public-key = \"" PUBLIC "\"\n    secret-key = \"" SECRET "\"\n", true},
    {"curve\n    public-key = \"" PUBLIC "\"\n    secret-key = \"" SECRET "\"\n", true},
    {"curve\r\n    public-key = '" PUBLIC "'\r\n    secret-key = '" SECRET "' # mine\r\n", true},
    {"curve\n#\n    secret-key = \"" SECRET "\"\n    public-key = \"" PUBLIC "\"", true},
    {"metadata\n    public-key = \"" PUBLIC "\"\n    secret-key = \"" SECRET "\"\n", false},
    {"curves\n    public-key = \"" PUBLIC "\"\n    secret-key = \"" SECRET "\"\n", false},
    {"curve\n    public-key = \"" PUBLIC "\"\n", false},
    {"curve\n    secret-key = \"" SECRET "\"\n", false},
    {"curve\n    public-key = \"" OTHER "\"\n    secret-key = \"" SECRET "\"\n", false},
    {"curve\n    public-key = \"" PUBLIC "\"\n    secret-key = \"short\"\n", false},
    {"curve\n    public-key = \"" PUBLIC "0\"\n    secret-key = \"" SECRET "\"\n", false},
    {"curve\n    public-key = \"" PUBLIC "\"\n    secret-key = \"~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\"\n", false},
    {"curve\n    public-key = \"" PUBLIC "\"\n    secret-key = \"" SECRET "\n", false},
    {"not a certificate", false},
    {"", false},
};

START_TEST (test_cert_text)
{
    s_write (s_certs[_i].text, strlen (s_certs[_i].text));
    zcert_t *cert = bc_cert_load (s_path);
    ck_assert_int_eq (cert != NULL, s_certs[_i].accepted);
    if (cert)
        ck_assert_str_eq (zcert_public_txt (cert), PUBLIC);
    zcert_destroy (&cert);
}
END_TEST

START_TEST (test_cert_garbage)
{
    static char text[70000];
    srand (7);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)rand ();
    static const size_t sizes[] = {1, 1024, 1025, 5000, 65536, 70000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        s_write (text, sizes[i]);
        ck_assert_ptr_null (bc_cert_load (s_path));
    }
    memset (text, 'x', sizeof text);
    s_write (text, 65536);
    ck_assert_ptr_null (bc_cert_load (s_path));
}
END_TEST

START_TEST (test_cert_no_file)
{
    ck_assert_ptr_null (bc_cert_load (s_path));
    ck_assert_ptr_null (bc_cert_load (s_directory));
    ck_assert_ptr_null (bc_cert_create ("/nonexistent/key"));
    ck_assert_int_eq (mkfifo (s_path, 0600), 0);
    ck_assert_ptr_null (bc_cert_load (s_path));  // and does not wait for a writer
}
END_TEST

// --- The key that signs receipts --------------------------------------------------------------------------------------------

START_TEST (test_signing_round_trip)
{
    umask (0);
    bc_signing_key_t made, loaded;
    ck_assert_int_eq (bc_signing_key_create (&made, s_path), 0);
    ck_assert_uint_eq (s_mode (), 0600);
    ck_assert_int_eq (bc_signing_key_load (&loaded, s_path), 0);
    ck_assert_mem_eq (&made, &loaded, sizeof made);

    uint8_t signature[crypto_sign_BYTES];
    ck_assert_int_eq (crypto_sign_detached (signature, NULL, (const uint8_t *)"receipt", 7, loaded.secret), 0);
    ck_assert_int_eq (crypto_sign_verify_detached (signature, (const uint8_t *)"receipt", 7, made.public), 0);

    bc_signing_key_wipe (&loaded);
    static const bc_signing_key_t nothing;
    ck_assert_mem_eq (&loaded, &nothing, sizeof nothing);

    ck_assert_int_eq (bc_signing_key_create (&loaded, s_path), -1);
    ck_assert_mem_eq (&loaded, &nothing, sizeof nothing);
    ck_assert_int_eq (bc_signing_key_load (&loaded, s_path), 0);
    ck_assert_mem_eq (&made, &loaded, sizeof made);
}
END_TEST

START_TEST (test_signing_mode)
{
    bc_signing_key_t key;
    ck_assert_int_eq (bc_signing_key_create (&key, s_path), 0);
    ck_assert_int_eq (chmod (s_path, s_modes[_i].mode), 0);
    ck_assert_int_eq (bc_signing_key_load (&key, s_path), s_modes[_i].accepted ? 0 : -1);
}
END_TEST

// RFC 8032, section 7.1, test 1.
#define SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define POINT "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

static const struct {
    const char *text;
    int rc;
} s_signing_keys[] = {
    {SEED POINT "\n", 0},  {SEED POINT, 0}, {SEED POINT "\r\n", 0}, {SEED POINT "00", -1},
    {SEED POINT " x", -1}, {SEED, -1},      {SEED SEED, -1},  // the public half does not fit
    {"g" SEED, -1},        {"", -1},
};

START_TEST (test_signing_text)
{
    s_write (s_signing_keys[_i].text, strlen (s_signing_keys[_i].text));
    bc_signing_key_t key;
    ck_assert_int_eq (bc_signing_key_load (&key, s_path), s_signing_keys[_i].rc);
    if (s_signing_keys[_i].rc == 0) {
        char public[65];
        sodium_bin2hex (public, sizeof public, key.public, sizeof key.public);
        ck_assert_str_eq (public, POINT);
        ck_assert_str_eq (key.id, "21fe31dfa154a261");  // printf POINT | xxd -r -p | sha256sum
    }
}
END_TEST

START_TEST (test_signing_file_is_text)
{
    bc_signing_key_t key;
    char text[256];
    ck_assert_int_eq (bc_signing_key_create (&key, s_path), 0);
    ck_assert_uint_eq (s_read (text, sizeof text), 129);
    ck_assert_uint_eq (strspn (text, "0123456789abcdef"), 128);
    ck_assert_int_eq (text[128], '\n');
}
END_TEST

static Suite *s_suite (void)
{
    Suite *suite = suite_create ("keys");
    TCase *certs = tcase_create ("certificates");
    tcase_add_checked_fixture (certs, s_setup, s_teardown);
    tcase_add_test (certs, test_cert_round_trip);
    tcase_add_test (certs, test_cert_of_czmq);
    tcase_add_loop_test (certs, test_cert_mode, 0, sizeof s_modes / sizeof *s_modes);
    tcase_add_test (certs, test_cert_kept);
    tcase_add_loop_test (certs, test_cert_text, 0, sizeof s_certs / sizeof *s_certs);
    tcase_add_test (certs, test_cert_garbage);
    tcase_add_test (certs, test_cert_no_file);
    suite_add_tcase (suite, certs);

    TCase *signing = tcase_create ("signing");
    tcase_add_checked_fixture (signing, s_setup, s_teardown);
    tcase_add_test (signing, test_signing_round_trip);
    tcase_add_loop_test (signing, test_signing_mode, 0, sizeof s_modes / sizeof *s_modes);
    tcase_add_loop_test (signing, test_signing_text, 0, sizeof s_signing_keys / sizeof *s_signing_keys);
    tcase_add_test (signing, test_signing_file_is_text);
    suite_add_tcase (suite, signing);
    return suite;
}

int main (void)
{
    return suite_run (s_suite ());
}
