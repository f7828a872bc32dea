// migrate: the schema by sqitch, then the roles' passwords and the server's own keys. Secrets go through the environment and the
// connection, never through an argument that others could read in the process list.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "sql.h"

static const char *const ROLES[] = {"baocao_intake",    "baocao_validation", "baocao_aggregation", "baocao_notification",
                                    "baocao_enrolment", "baocao_portal",     "baocao_admin"};

enum { PASSWORD_MAX = 1024 };

// --- The schema ------------------------------------------------------------------------------------------------------------------

// The connection string as libpq's environment variables. 0, or -1: *error_p says why (freed with PQfreemem).
static int export_conninfo (const char *conninfo, char **error_p)
{
    PQconninfoOption *options = PQconninfoParse (conninfo, error_p);
    if (!options)
        return -1;
    for (PQconninfoOption *option = options; option->keyword; option++)
        if (option->envvar && option->val && *option->val)
            setenv (option->envvar, option->val, 1);
    PQconninfoFree (options);
    return 0;
}

// In the child: becomes sqitch. Its messages go to stderr, where ours are.
static void become_sqitch (const char *directory, const char *conninfo)
{
    char *error = NULL;
    if (export_conninfo (conninfo, &error) != 0)
        _exit (admin_fail (EX_CONFIG, _ ("the connection string of the superuser is wrong: %s"), error ? error : ""));
    dup2 (STDERR_FILENO, STDOUT_FILENO);
    execlp ("sqitch", "sqitch", "--chdir", directory, "deploy", "--verify", "db:pg:", (char *)NULL);
    _exit (admin_fail (EX_UNAVAILABLE, _ ("sqitch cannot be started: %s"), strerror (errno)));
}

static int deploy (admin_t *admin, const char *conninfo)
{
    int outcome = 0;
    const char *directory = admin_setting (admin, "admin/sql");
    if (!directory)
        return EX_CONFIG;
    fflush (stdout);
    pid_t child = fork ();
    if (child == 0)
        become_sqitch (directory, conninfo);
    while (child > 0 && waitpid (child, &outcome, 0) < 0)
        if (errno != EINTR)
            child = -1;
    if (child > 0 && WIFEXITED (outcome) && WEXITSTATUS (outcome) == 0)
        return 0;
    if (child > 0 && WIFEXITED (outcome) && WEXITSTATUS (outcome) == EX_CONFIG)
        return EX_CONFIG;
    return admin_fail (EX_UNAVAILABLE, _ ("the schema could not be brought up to date; sqitch says why above"));
}

// --- The passwords ---------------------------------------------------------------------------------------------------------------

// One line, of a file that others cannot read. 0, or the exit code (said).
static int read_password (const char *path, char password[PASSWORD_MAX])
{
    struct stat about;
    FILE *file = fopen (path, "re");
    int status = 0;
    if (!file || fstat (fileno (file), &about) != 0)
        status = admin_fail (EX_CONFIG, _ ("%s cannot be read: %s"), path, strerror (errno));
    else if (about.st_mode & 077)
        status = admin_fail (EX_CONFIG, _ ("%s can be read by others: chmod 600 it"), path);
    else if (!fgets (password, PASSWORD_MAX, file) || (password[strcspn (password, "\r\n")] = '\0', !*password))
        status = admin_fail (EX_CONFIG, _ ("%s holds no password"), path);
    if (file)
        fclose (file);
    return status;
}

// ALTER ROLE takes no parameters: name and verifier are quoted by libpq. The server and its log see the verifier only.
static int alter_role (PGconn *db, const char *role, const char *password)
{
    int status = 0;
    char *verifier = PQencryptPasswordConn (db, password, role, "scram-sha-256");
    if (!verifier)
        return admin_fail (EX_UNAVAILABLE, "%s", PQerrorMessage (db));
    char *name = PQescapeIdentifier (db, role, strlen (role));
    char *literal = PQescapeLiteral (db, verifier, strlen (verifier));
    char *sql = xasprintf ("ALTER ROLE %s PASSWORD %s", name, literal);
    PQclear (sql_query_on (db, &status, sql, SQL_NO_PARAMS));
    free (sql);
    PQfreemem (literal);
    PQfreemem (name);
    PQfreemem (verifier);
    return status;
}

static int set_password (admin_t *admin, PGconn *db, const char *role, json_t *done)
{
    char password[PASSWORD_MAX];
    char *path = admin_key_path (admin, "%s.password", role);
    if (!path)
        return EX_CONFIG;
    int status = 0;
    if (access (path, F_OK) == 0) {
        status = read_password (path, password);
        if (status == 0)
            status = alter_role (db, role, password);
        explicit_bzero (password, sizeof password);
        if (status == 0)
            json_array_append_new (done, json_string (role));
    }
    free (path);
    return status;
}

static int set_passwords (admin_t *admin, const char *conninfo, json_t *done)
{
    int status = 0;
    if (!*bc_config_get (admin->config, "admin/keys", ""))
        return 0;
    PGconn *db = sql_connect (conninfo, &status);
    for (size_t i = 0; db && status == 0 && i < sizeof ROLES / sizeof *ROLES; i++)
        status = set_password (admin, db, ROLES[i], done);
    PQfinish (db);
    return status;
}

int migrate_run (admin_t *admin)
{
    const char *target = admin->options->target;
    if (!target)
        target = admin_setting (admin, "admin/superuser_conninfo");
    if (!target)
        return EX_CONFIG;
    json_t *done = json_array ();
    int status = deploy (admin, target);
    if (status == 0)
        status = set_passwords (admin, target, done);
    if (status == 0 && *bc_config_get (admin->config, "admin/keys", ""))
        status = invite_make_keys (admin);
    size_t count = json_array_size (done);
    if (status == 0)
        output_result (admin, json_pack ("{s:b,s:O}", "migrated", 1, "passwords", done),
                       _ ("The schema is up to date; %zu roles have their passwords."), count);
    json_decref (done);
    return status;
}
