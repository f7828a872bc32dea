// What `baocao check` knows without the server, and what the commands' output says of failures and of a report's place in the totals.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/home.h"
#include "client/output.h"
#include "common/wire.h"
#include "../support/suite.h"

#define STATE(name) BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_##name
#define KEY "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define INVITE                                                                                                                     \
    "baocao\n    version = \"1\"\nunit\n    code = \"so-yte\"\nendpoint\n    address = \"tcp://127.0.0.1:1\"\n"                    \
    "    public_key = \"" KEY "\"\nreceipt\n    key_id = \"66687aadf862bd77\"\n"                                                   \
    "    public_key = \"0000000000000000000000000000000000000000000000000000000000000000\"\n"
// SHA-256 of "abc", from FIPS 180-4.
#define DIGEST_OF_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static char directory[64], report[96], annex[96], printed[96];
static home_t *home;

static void write_file (const char *path, const char *text)
{
    FILE *file = fopen (path, "we");
    ck_assert_ptr_nonnull (file);
    fputs (text, file);
    fclose (file);
}

static void set_up (void)
{
    strcpy (directory, "/tmp/baocao-check-XXXXXX");
    ck_assert_ptr_nonnull (mkdtemp (directory));
    snprintf (report, sizeof report, "%s/report.json", directory);
    snprintf (annex, sizeof annex, "%s/annex.pdf", directory);
    snprintf (printed, sizeof printed, "%s/printed", directory);
    home = home_new (directory);
    ck_assert_int_eq (home_create (home), 0);
    ck_assert_int_eq (home_save (home, "invite", INVITE, strlen (INVITE)), 0);
    Baocao__V1__Duties duties = BAOCAO__V1__DUTIES__INIT;
    duties.unit = "so-yte";
    uint8_t *bytes;
    size_t size = bc_wire_pack (&duties.base, &bytes);
    ck_assert_int_eq (home_save (home, "duties.pb", bytes, size), 0);
    free (bytes);
}

static void tear_down (void)
{
    home_destroy (&home);
    char command[96];
    snprintf (command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq (system (command), 0);
}

static const command_t *check_command (void)
{
    const command_t *command = client_commands;
    while (strcmp (command->name, "check") != 0)
        command++;
    return command;
}

// Between these two, stdout goes into the file `printed`.
static int terminal;

static void capture (void)
{
    fflush (stdout);
    terminal = dup (STDOUT_FILENO);
    ck_assert_ptr_nonnull (freopen (printed, "we", stdout));
}

static void release (void)
{
    fflush (stdout);
    ck_assert_int_ge (dup2 (terminal, STDOUT_FILENO), 0);
    close (terminal);
}

// What `baocao check --offline --json report.json [--attach FILE]` prints.
static json_t *checked (const char *attached)
{
    char *words[] = {"--offline", "--json", "--home", directory, report, "--attach", (char *)attached}, *error = NULL;
    args_t *args = args_new (check_command ()->options, client_options, attached ? 7 : 5, words, &error);
    ck_assert_msg (args != NULL, "%s", error);
    client_t *client = client_new (args, false);
    capture ();
    int status = client_check (client);
    release ();
    ck_assert_int_eq (status, CLIENT_REFUSED);  // no plan is known, whatever the attachments
    client_destroy (&client);
    args_destroy (&args);
    json_t *json = json_load_file (printed, 0, NULL);
    ck_assert_ptr_nonnull (json);
    return json;
}

static bool has_finding (json_t *json, const char *code)
{
    bool found = false;
    size_t index;
    json_t *finding;
    json_array_foreach (json_object_get (json, "findings"), index, finding)
        found = found || !strcmp (json_string_value (json_object_get (finding, "code")), code);
    json_decref (json);
    return found;
}

// The server refuses a report whose attachment it does not get, so the check does as well.
START_TEST (an_attachment_is_there_when_it_is_given)
{
    write_file (report, "{\"attachments\": [{\"name\": \"annex.pdf\", \"size\": 3, \"sha256\": \"" DIGEST_OF_ABC "\"}]}");
    ck_assert (has_finding (checked (NULL), "attachment.absent"));
    write_file (annex, "abc");
    ck_assert (!has_finding (checked (annex), "attachment.absent"));
    write_file (annex, "abd");  // changed since the report was made
    ck_assert (has_finding (checked (annex), "attachment.absent"));
}
END_TEST

// A program that reads JSON finds one document also after a failure, and only one.
START_TEST (a_failure_is_one_document)
{
    client_say ("no %s", "\xFF");
    client_say ("none");
    capture ();
    output_json_failure ();
    output_json_failure ();
    release ();
    json_error_t error;
    json_t *json = json_load_file (printed, 0, &error);
    ck_assert_msg (json != NULL, "%s", error.text);
    const char *said = json_string_value (json_object_get (json, "error"));
    ck_assert_ptr_nonnull (strstr (said, "no \uFFFD"));
    ck_assert_ptr_nonnull (strstr (said, "none"));
    json_decref (json);
}
END_TEST

static const struct {
    Baocao__V1__SubmissionState state;
    bool judged_in_totals, counted;
    const char *text;
} COUNTED[] = {
    {STATE (RECEIVED), false, false, "-"}, {STATE (ACCEPTED), false, false, "no"}, {STATE (ACCEPTED), true, true, "yes"},
    {STATE (REJECTED), true, false, "-"},  {STATE (SUPERSEDED), true, false, "-"},
};

START_TEST (only_an_accepted_report_counts)
{
    Baocao__V1__SubmissionStatus status = BAOCAO__V1__SUBMISSION_STATUS__INIT;
    status.state = COUNTED[_i].state;
    status.counted = COUNTED[_i].judged_in_totals;
    ck_assert (output_is_counted (&status) == COUNTED[_i].counted);
    ck_assert_str_eq (output_counted (&status), COUNTED[_i].text);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("client_check");
    TCase *checks = tcase_create ("check"), *words = tcase_create ("words");
    tcase_add_checked_fixture (checks, set_up, tear_down);
    tcase_add_test (checks, an_attachment_is_there_when_it_is_given);
    tcase_add_test (checks, a_failure_is_one_document);
    tcase_add_loop_test (words, only_an_accepted_report_counts, 0, sizeof COUNTED / sizeof *COUNTED);
    suite_add_tcase (suite, checks);
    suite_add_tcase (suite, words);
    return suite_run (suite);
}
