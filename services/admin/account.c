// reader add NAME, password, remove: who may sign in to the portal's pages, and with which password.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/password.h"
#include "nouns.h"
#include "output.h"
#include "report/limits.h"
#include "sql.h"

enum { LINE_SIZE = BC_PASSWORD_MAX + 64 };

// --- Asking ----------------------------------------------------------------------------------------------------------------------

// A line without its end. False: there is none.
static bool read_line (FILE *from, char line[LINE_SIZE])
{
    if (!fgets (line, LINE_SIZE, from))
        return false;
    line[strcspn (line, "\r\n")] = '\0';
    return true;
}

static bool ask (FILE *terminal, const char *question, char line[LINE_SIZE])
{
    fputs (question, terminal);
    fflush (terminal);
    bool answered = read_line (terminal, line);
    fputc ('\n', terminal);
    return answered;
}

static int ask_twice (FILE *terminal, char password[LINE_SIZE])
{
    char again[LINE_SIZE] = "";
    int status = 0;
    if (!ask (terminal, _ ("Password: "), password) || !ask (terminal, _ ("The same again: "), again))
        status = admin_fail (EX_USAGE, _ ("no password was given"));
    else if (strcmp (password, again) != 0)
        status = admin_fail (EX_DATAERR, _ ("the two are not the same: try again"));
    sodium_memzero (again, sizeof again);
    return status;
}

// On the terminal itself, wherever input and output go, and without showing it.
static int ask_on_terminal (char password[LINE_SIZE])
{
    struct termios shown, hidden;
    FILE *terminal = fopen ("/dev/tty", "r+e");
    if (!terminal || tcgetattr (fileno (terminal), &shown)) {
        if (terminal)
            fclose (terminal);
        return admin_fail (EX_USAGE, _ ("there is no terminal to ask for the password on: name a file with --password-file"));
    }
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr (fileno (terminal), TCSAFLUSH, &hidden);
    setvbuf (terminal, NULL, _IONBF, 0);
    int status = ask_twice (terminal, password);
    tcsetattr (fileno (terminal), TCSAFLUSH, &shown);
    fclose (terminal);
    return status;
}

static int read_file (const char *path, char password[LINE_SIZE])
{
    FILE *file = fopen (path, "re");
    if (!file)
        return admin_fail (EX_DATAERR, _ ("%s cannot be read: %s"), path, strerror (errno));
    setvbuf (file, NULL, _IONBF, 0);  // so that no copy of it stays in memory
    int status = read_line (file, password) ? 0 : admin_fail (EX_DATAERR, _ ("%s is empty: its first line is the password"), path);
    fclose (file);
    return status;
}

static int complain (bc_password_fault_t fault)
{
    switch (fault) {
    case BC_PASSWORD_GOOD:
        return 0;
    case BC_PASSWORD_SHORT:
        return admin_fail (EX_DATAERR, _ ("the password is too short: take %d characters or more, such as four words"),
                           BC_PASSWORD_MIN);
    case BC_PASSWORD_LONG:
        return admin_fail (EX_DATAERR, _ ("the password is too long: %d bytes at most"), BC_PASSWORD_MAX);
    case BC_PASSWORD_COMMON:
        return admin_fail (EX_DATAERR, _ ("the password is one of those that are tried first: take another, such as four words"));
    default:
        return admin_fail (EX_DATAERR, _ ("the password has control characters, or is not UTF-8: type it anew"));
    }
}

// The hash of the password that is asked for, or read; empty with --no-password. 0, or the exit code (said).
static int get_hash (const admin_t *admin, const char *name, char hash[crypto_pwhash_STRBYTES])
{
    const options_t *options = admin->options;
    char password[LINE_SIZE] = "";
    *hash = '\0';
    if (options->given & OPTION_NO_PASSWORD)
        return options->password_file ? admin_fail (EX_USAGE, _ ("give --no-password or --password-file")) : 0;
    int status = options->password_file ? read_file (options->password_file, password) : ask_on_terminal (password);
    if (status == 0)
        status = complain (bc_password_fault (password, name));
    if (status == 0 && bc_password_hash (hash, password))
        status = admin_fail (EX_UNAVAILABLE, _ ("there is not enough memory to hash the password"));
    sodium_memzero (password, sizeof password);
    return status;
}

// --- Commands --------------------------------------------------------------------------------------------------------------------

static const char FIND[] = "SELECT account_id FROM portal_account WHERE name = $1 AND removed_at IS NULL";

// 0 when the answer is as expected, else the exit code (said). Before anybody is asked for a password.
static int find_account (admin_t *admin, const char *name, bool expected)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, FIND, SQL_PARAMS (name));
    if (!result)
        return status;
    bool found = PQntuples (result) > 0;
    PQclear (result);
    if (found && !expected)
        return admin_fail (EX_DATAERR, _ ("%s can sign in already: baocao-admin reader password gives another password"), name);
    if (!found && expected)
        return admin_fail (EX_DATAERR, _ ("nobody who may sign in is called %s (baocao-admin reader list shows them)"), name);
    return 0;
}

static const char ADD[] = "INSERT INTO portal_account (name, class, password, added_by) VALUES ($1, $2, $3, $4)"
                          " ON CONFLICT (name) WHERE removed_at IS NULL DO NOTHING RETURNING account_id";

int account_add (admin_t *admin)
{
    const char *name = admin->options->operands[0], *class = admin->options->given & OPTION_AGENCY ? "agency" : "reader";
    char hash[crypto_pwhash_STRBYTES];
    int status = admin_check_text ("NAME", name, REPORT_MAX_NAME, false);
    if (status == 0)
        status = find_account (admin, name, false);
    if (status == 0)
        status = get_hash (admin, name, hash);
    PGresult *result =
        status == 0 ? sql_query (admin, &status, ADD, SQL_PARAMS (name, class, *hash ? hash : NULL, admin_who (admin))) : NULL;
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = find_account (admin, name, false);
    else
        output_result (admin, json_pack ("{s:s,s:s,s:b}", "name", name, "class", class, "added", 1),
                       *hash ? _ ("%s may read the pages, and signs in with this password.")
                             : _ ("%s may read the pages, signed in by the proxy in front."),
                       name);
    PQclear (result);
    return status;
}

int account_password (admin_t *admin)
{
    const char *name = admin->options->operands[0];
    char hash[crypto_pwhash_STRBYTES];
    int status = find_account (admin, name, true);
    if (status == 0)
        status = get_hash (admin, name, hash);
    if (status == 0)
        status = sql_run (admin, "UPDATE portal_account SET password = $2 WHERE name = $1 AND removed_at IS NULL",
                          SQL_PARAMS (name, *hash ? hash : NULL));
    if (status == 0)
        output_result (admin, json_pack ("{s:s,s:b}", "name", name, "changed", 1),
                       _ ("%s has another password. Whoever had signed in with the old one is signed out within 5 seconds."), name);
    return status;
}

int account_remove (admin_t *admin)
{
    const char *name = admin->options->operands[0];
    int status = find_account (admin, name, true);
    if (status == 0)
        status =
            sql_run (admin, "UPDATE portal_account SET removed_at = now(), removed_by = $2 WHERE name = $1 AND removed_at IS NULL",
                     SQL_PARAMS (name, admin_who (admin)));
    if (status == 0)
        output_result (admin, json_pack ("{s:s,s:b}", "name", name, "removed", 1),
                       _ ("%s may read the pages no more, and is signed out within 5 seconds."), name);
    return status;
}
