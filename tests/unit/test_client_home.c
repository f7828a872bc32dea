// The client's home: where it is, what it keeps, and that a file appears whole or not at all; the invite's form.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/home.h"
#include "client/invite.h"
#include "../support/suite.h"

static char directory[64];
static home_t *home;

static void set_up (void)
{
    strcpy (directory, "/tmp/baocao-home-XXXXXX");
    ck_assert_ptr_nonnull (mkdtemp (directory));
    char path[96];
    snprintf (path, sizeof path, "%s/a/b", directory);
    home = home_new (path);
    ck_assert_int_eq (home_create (home), 0);
}

static void tear_down (void)
{
    home_destroy (&home);
    char command[96];
    snprintf (command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq (system (command), 0);
}

static mode_t mode_of (const char *name)
{
    struct stat status;
    char *path = home_entry (home, name);
    ck_assert_int_eq (stat (path, &status), 0);
    free (path);
    return status.st_mode & 07777;
}

static const struct {
    const char *own, *data, *user, *expected;
} PLACES[] = {
    {"/x/own", "/x/data", "/x/user", "/x/own"},
    {NULL, "/x/data", "/x/user", "/x/data/baocao"},
    {"", "/x/data", "/x/user", "/x/data/baocao"},
    {NULL, "data", "/x/user", "/x/user/.local/share/baocao"},  // XDG: a relative path is ignored
    {NULL, NULL, "/x/user", "/x/user/.local/share/baocao"},
    {NULL, NULL, NULL, NULL},
};

static void set (const char *name, const char *value)
{
    if (value)
        setenv (name, value, 1);
    else
        unsetenv (name);
}

START_TEST (where_it_is)
{
    set ("BAOCAO_HOME", PLACES[_i].own);
    set ("XDG_DATA_HOME", PLACES[_i].data);
    set ("HOME", PLACES[_i].user);
    char *path = home_default ();
    if (PLACES[_i].expected)
        ck_assert_str_eq (path, PLACES[_i].expected);
    else
        ck_assert_ptr_null (path);
    free (path);
}
END_TEST

START_TEST (only_the_owner_can_enter)
{
    ck_assert_int_eq (mode_of ("."), 0700);
    ck_assert_int_eq (mode_of ("spool"), 0700);
    ck_assert_int_eq (home_save (home, "invite", "x", 1), 0);
    ck_assert_int_eq (mode_of ("invite"), 0600);
    ck_assert_int_eq (home_create (home), 0);  // again: nothing is lost
    ck_assert (home_has (home, "invite"));
}
END_TEST

START_TEST (saves_and_loads)
{
    size_t size = 0;
    ck_assert_int_eq (home_save (home, "spool/a", "one\0two", 7), 0);
    char *data = home_load (home, "spool/a", &size);
    ck_assert_uint_eq (size, 7);
    ck_assert_mem_eq (data, "one\0two", 8);  // and a NUL behind it
    free (data);
    ck_assert_int_eq (home_save (home, "spool/a", "three", 5), 0);
    data = home_load (home, "spool/a", &size);
    ck_assert_str_eq (data, "three");
    free (data);
    ck_assert_int_eq (home_save_new (home, "spool/a", "four", 4), 1);
    data = home_load (home, "spool/a", &size);
    ck_assert_str_eq (data, "three");
    free (data);
    ck_assert_int_eq (home_save_new (home, "spool/b", "four", 4), 0);
    ck_assert_int_eq (home_remove (home, "spool/a"), 0);
    ck_assert_int_eq (home_remove (home, "spool/a"), 0);
    ck_assert_ptr_null (home_load (home, "spool/a", &size));
    ck_assert_int_eq (errno, ENOENT);
}
END_TEST

// A save that fails leaves the older file, and nothing else.
START_TEST (a_failed_save_changes_nothing)
{
    ck_assert_int_eq (home_save (home, "receipts/a", "old", 3), 0);
    ck_assert_int_eq (home_save (home, "nowhere/a", "new", 3), -1);
    ck_assert_int_eq (errno, ENOENT);
    char *path = home_entry (home, "receipts/d");
    ck_assert_int_eq (mkdir (path, 0700), 0);
    free (path);
    ck_assert_int_eq (home_save (home, "receipts/d", "new", 3), -1);  // a directory stands there
    char **names = home_list (home, "receipts", "");
    ck_assert_str_eq (names[0], "a");
    ck_assert_str_eq (names[1], "d");
    ck_assert_ptr_null (names[2]);
    home_list_free (&names);
    char command[160];
    snprintf (command, sizeof command, "test -z \"$(find %s -name '.part-*')\"", home_path (home));
    ck_assert_int_eq (system (command), 0);
}
END_TEST

START_TEST (lists_in_order_without_temporary_files)
{
    const char *const names[] = {"spool/b.x", "spool/a.x", "spool/c.y", "spool/.part-1.x", "spool/.x", "spool/x"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_int_eq (home_save (home, names[i], "", 0), 0);
    char **list = home_list (home, "spool", ".x");
    ck_assert_str_eq (list[0], "a");
    ck_assert_str_eq (list[1], "b");
    ck_assert_ptr_null (list[2]);
    home_list_free (&list);
    list = home_list (home, "no-such-directory", ".x");
    ck_assert_ptr_null (list[0]);
    home_list_free (&list);
}
END_TEST

// --- The invite ------------------------------------------------------------------------------------------------------------------

#define KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define HEAD "baocao\n    version = \"1\"\n"
#define UNIT "unit\n    code = \"so-yte\"\n    name_vi = \"Sở Y tế\"\n    name_en = \"Department of Health\"\n"
#define DOOR "endpoint\n    address = \"tcp://127.0.0.1:7401\"\n    public_key = \"" KEY "\"\n"
// SHA-256 of 32 zero bytes begins with 66687aadf862bd77.
#define ZEROES "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"
#define RECEIPT "receipt\n    key_id = \"66687aadf862bd77\"\n    public_key = \"" ZEROES "\"\n"
#define ENROLMENT "enrolment\n    address = \"tcp://h:7400\"\n    public_key = \"" KEY "\"\n    token = "
#define FEED "feed\n    snapshot = \"tcp://h:7390\"\n    events = \"tcp://h:7391\"\n    public_key = \"" KEY "\"\n"

START_TEST (reads_a_departments_invite)
{
    char *error;
    invite_t *invite = invite_parse (HEAD UNIT DOOR RECEIPT, &error);
    ck_assert_msg (invite != NULL, "%s", error);
    ck_assert (!invite->reader);
    ck_assert_str_eq (invite->unit, "so-yte");
    ck_assert_str_eq (invite->name_vi, "Sở Y tế");
    ck_assert_str_eq (invite->address, "tcp://127.0.0.1:7401");
    ck_assert_str_eq (invite->server_key, KEY);
    ck_assert_str_eq (invite->receipt_key_id, "66687aadf862bd77");
    ck_assert_ptr_null (invite->enrolment_address);
    invite_destroy (&invite);
    invite = invite_parse (HEAD FEED, &error);
    ck_assert_msg (invite != NULL, "%s", error);
    ck_assert (invite->reader);
    ck_assert_str_eq (invite->feed_events, "tcp://h:7391");
    invite_destroy (&invite);
}
END_TEST

START_TEST (reads_a_token)
{
    char *error;
    invite_t *invite = invite_parse (HEAD UNIT DOOR RECEIPT ENROLMENT "\"" ONES "\"\n    name = \"Hoa\"\n", &error);
    ck_assert_msg (invite != NULL, "%s", error);
    ck_assert_str_eq (invite->enrolment_address, "tcp://h:7400");
    ck_assert_str_eq (invite->enrolment_key, KEY);
    ck_assert_str_eq (invite->officer, "Hoa");
    for (size_t i = 0; i < sizeof invite->token; i++)
        ck_assert_uint_eq (invite->token[i], 0x11);
    invite_destroy (&invite);
}
END_TEST

static const struct {
    const char *text, *said;
} NOT_INVITES[] = {
    {"", "not an invite"},
    {"{\"json\": 1}", "not an invite"},
    {"baocao\n    version = \"2\"\n" UNIT DOOR RECEIPT, "not an invite"},
    {HEAD, "unit/code"},
    {HEAD UNIT RECEIPT, "endpoint/address"},
    {HEAD UNIT "endpoint\n    address = \"tcp://h:1\"\n    public_key = \"short\"\n" RECEIPT, "endpoint/public_key"},
    {HEAD UNIT DOOR, "receipt/public_key"},
    {HEAD UNIT DOOR "receipt\n    key_id = \"66687aadf862bd77\"\n    public_key = \"00zz\"\n", "64 hexadecimal"},
    {HEAD UNIT DOOR "receipt\n    key_id = \"0123456789abcdef\"\n    public_key = \"" ZEROES "\"\n", "does not belong"},
    {HEAD UNIT DOOR RECEIPT "enrolment\n    address = \"tcp://h:7400\"\n    public_key = \"" KEY "\"\n", "enrolment/token"},
    {HEAD UNIT DOOR RECEIPT ENROLMENT "\"11\"\n", "64 hexadecimal"},
    {HEAD UNIT DOOR RECEIPT ENROLMENT "\"" ONES "11\"\n", "64 hexadecimal"},
    {HEAD UNIT DOOR RECEIPT "enrolment\n    public_key = \"" KEY "\"\n    token = \"" ONES "\"\n", "enrolment/address"},
    {HEAD "feed\n    snapshot = \"tcp://h:7390\"\n    public_key = \"" KEY "\"\n", "feed/events"},
};

START_TEST (refuses_what_is_no_invite)
{
    char *error;
    ck_assert_ptr_null (invite_parse (NOT_INVITES[_i].text, &error));
    ck_assert_msg (error && strstr (error, NOT_INVITES[_i].said), "%s", error ? error : "no reason given");
    free (error);
}
END_TEST

int main (void)
{
    TCase *places = tcase_create ("places");
    tcase_add_loop_test (places, where_it_is, 0, sizeof PLACES / sizeof *PLACES);
    TCase *files = tcase_create ("files");
    tcase_add_checked_fixture (files, set_up, tear_down);
    tcase_add_test (files, only_the_owner_can_enter);
    tcase_add_test (files, saves_and_loads);
    tcase_add_test (files, a_failed_save_changes_nothing);
    tcase_add_test (files, lists_in_order_without_temporary_files);
    TCase *invites = tcase_create ("invites");
    tcase_add_test (invites, reads_a_departments_invite);
    tcase_add_test (invites, reads_a_token);
    tcase_add_loop_test (invites, refuses_what_is_no_invite, 0, sizeof NOT_INVITES / sizeof *NOT_INVITES);
    Suite *suite = suite_create ("client_home");
    suite_add_tcase (suite, places);
    suite_add_tcase (suite, files);
    suite_add_tcase (suite, invites);
    return suite_run (suite);
}
