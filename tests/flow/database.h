// For check programs against a real PostgreSQL (tests/support/database): a superuser's blocking connection, conditions to wait for
// in the loop, and the log lines of the code under test.
#pragma once

#include <check.h>
#include <inttypes.h>

#include "common/clock.h"
#include "common/db.h"
#include "common/log.h"

enum { PATIENCE_MS = 30000 };

static PGconn *admin;
static zloop_t *loop;
static char log_path[] = "/tmp/baocao-test.XXXXXX";

// Runs SQL as superuser; the first value of the result as a number.
__attribute__ ((format (printf, 1, 2))) static inline int64_t admin_sql (const char *format, ...)
{
    char sql[4096];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (sql, sizeof sql, format, arguments);
    va_end (arguments);
    PGresult *result = PQexec (admin, sql);
    ck_assert_msg (PQresultStatus (result) == PGRES_TUPLES_OK || PQresultStatus (result) == PGRES_COMMAND_OK, "%s: %s", sql,
                   PQerrorMessage (admin));
    int64_t value = PQntuples (result) > 0 && !PQgetisnull (result, 0, 0) ? strtoll (PQgetvalue (result, 0, 0), NULL, 10) : 0;
    PQclear (result);
    return value;
}

static inline const char *test_conninfo (void)
{
    const char *conninfo = getenv ("BAOCAO_TEST_CONNINFO");
    ck_assert_msg (conninfo != NULL, "BAOCAO_TEST_CONNINFO is not set");
    return conninfo;
}

static inline void admin_connect (void)
{
    admin = PQconnectdb (test_conninfo ());
    ck_assert_msg (PQstatus (admin) == CONNECTION_OK, "%s", PQerrorMessage (admin));
    // What the tests do to the server's settings must not hold them up.
    admin_sql ("SET synchronous_commit = local");
    admin_sql ("SET client_min_messages = error");
}

// Starts, stops or restarts the server: the command of tests/support/database.
static inline void server_control (const char *arguments)
{
    const char *ctl = getenv ("DATABASE_CTL");
    ck_assert_msg (ctl != NULL, "DATABASE_CTL is not set");
    char *command = zsys_sprintf ("%s %s", ctl, arguments);
    ck_assert_msg (system (command) == 0, "%s failed", command);
    zstr_free (&command);
}

// Runs the loop until the condition holds.
typedef struct {
    bool (*holds) (void *arg);
    void *arg;
    int64_t deadline_ms;
} condition_t;

static inline int condition_check (zloop_t *reactor, int timer, void *arg)
{
    (void)reactor, (void)timer;
    condition_t *condition = arg;
    ck_assert_msg (bc_clock_monotonic_ms () < condition->deadline_ms, "waited in vain");
    return condition->holds (condition->arg) ? -1 : 0;
}

static inline void wait_until (bool (*holds) (void *arg), void *arg)
{
    condition_t condition = {holds, arg, bc_clock_monotonic_ms () + PATIENCE_MS};
    int timer = zloop_timer (loop, 1, 0, condition_check, &condition);
    zloop_start (loop);
    zloop_timer_end (loop, timer);
}

static inline bool sql_holds (void *sql)
{
    return admin_sql ("%s", (const char *)sql) != 0;
}

static inline bool db_is_connected (void *db)
{
    return bc_db_connected (db);
}

static inline bool was_logged (void *text)
{
    FILE *file = fopen (log_path, "r");
    char line[4096];
    bool found = false;
    while (file && !found && fgets (line, sizeof line, file))
        found = strstr (line, text) != NULL;
    if (file)
        fclose (file);
    return found;
}

static inline bc_db_t *db_connected (size_t max_waiting)
{
    bc_db_t *db = bc_db_new (loop, test_conninfo (), max_waiting, NULL, NULL);
    wait_until (db_is_connected, db);
    return db;
}

// The connections of the code under test.
static inline void kill_connections (void)
{
    admin_sql ("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
               " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()");
}

// Undoes what a test has done to the settings.
static inline void server_reset (void)
{
    admin_sql ("ALTER SYSTEM RESET ALL");
    admin_sql ("ALTER DATABASE baocao RESET ALL");
    admin_sql ("SELECT pg_reload_conf()");
}

static inline void test_open (void)
{
    int log = mkstemp (log_path);
    dup2 (log, STDERR_FILENO);
    close (log);
    bc_log_init ("test", BC_LOG_INFO);
    admin_connect ();
    server_reset ();
    kill_connections ();
    zsys_handler_set (NULL);
    loop = zloop_new ();
}

static inline void test_close (void)
{
    server_reset ();
    zloop_destroy (&loop);
    PQfinish (admin);
    unlink (log_path);
}

// --- Transactions -----------------------------------------------------------------------------------------------------------------

// A transaction written down: its statements, one a step. `meanwhile` is called before each of them, within the step function.
enum { STEPS_MAX = 4 };

typedef struct script {
    bc_statement_t steps[STEPS_MAX];
    bc_tx_next_t end;
    bc_tx_mode_t mode;
    void (*meanwhile) (struct script *self, bc_tx_t *tx, int step);
    bc_params_t *(*params) (struct script *self);
    bool *ready;  // go on from step 1 only when this is true

    int runs, finished;
    int64_t number;  // the first value of the last result
    bc_outcome_t outcome;
    char sqlstate[6];
} script_t;

static const bc_statement_t WAIT = {"test_wait", "SELECT 1"};
static bool inside_run;

static inline bc_tx_next_t script_step (bc_tx_t *tx, int step, void *arg)
{
    script_t *self = arg;
    self->runs += step == 0;
    if (step > 0)
        ck_assert_ptr_nonnull (bc_tx_result (tx, 0));
    if (self->meanwhile)
        self->meanwhile (self, tx, step);
    if (step > 0 && self->ready && !*self->ready) {
        bc_tx_query (tx, &WAIT, NULL);
        return BC_TX_NEXT;
    }
    if (self->ready && step > 1)
        step = 1;
    bc_tx_query (tx, &self->steps[step], self->params ? self->params (self) : NULL);
    return step + 1 < STEPS_MAX && self->steps[step + 1].sql ? BC_TX_NEXT : self->end;
}

static inline void script_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    script_t *self = arg;
    ck_assert (!inside_run);
    self->finished++;
    self->outcome = outcome;
    snprintf (self->sqlstate, sizeof self->sqlstate, "%s", bc_tx_sqlstate (tx));
    const PGresult *result = bc_tx_result (tx, 0);
    if (result && PQntuples (result) > 0 && PQgetlength (result, 0, 0) <= 8)
        self->number = bc_row_int (result, 0, 0);
}

static inline int script_start (bc_db_t *db, script_t *self)
{
    inside_run = true;
    int rc = bc_db_run (db, self->mode, script_step, script_done, self);
    inside_run = false;
    return rc;
}

static inline bool script_finished (void *self)
{
    return ((script_t *)self)->finished > 0;
}

static inline void script_run (bc_db_t *db, script_t *self)
{
    self->finished = self->runs = 0;
    ck_assert_int_eq (script_start (db, self), 0);
    wait_until (script_finished, self);
    ck_assert_int_eq (self->finished, 1);
}

static bc_db_t *db;

static inline void setup (void)
{
    test_open ();
    admin_sql ("DROP SCHEMA IF EXISTS test_db CASCADE");
    admin_sql ("CREATE SCHEMA test_db"
               " CREATE TABLE t (n int PRIMARY KEY, v int NOT NULL DEFAULT 0 CHECK (v < 1000))"
               " CREATE TABLE later (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"
               " CREATE TABLE slow (n int) CREATE TABLE warns (n int) CREATE SEQUENCE calls");
    // Fails its first n calls; a sequence remembers them through rollbacks.
    admin_sql ("CREATE FUNCTION test_db.fail (state text, n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN"
               " IF nextval('test_db.calls') <= n THEN RAISE EXCEPTION 'as asked' USING ERRCODE = state; END IF; RETURN 7; END $$");
    admin_sql ("CREATE FUNCTION test_db.sleep () RETURNS trigger LANGUAGE plpgsql AS"
               " $$ BEGIN PERFORM pg_sleep(100); RETURN NULL; END $$");
    admin_sql ("CREATE FUNCTION test_db.warn () RETURNS trigger LANGUAGE plpgsql AS"
               " $$ BEGIN RAISE WARNING 'the standby is silent'; RETURN NULL; END $$");
    admin_sql ("CREATE CONSTRAINT TRIGGER s AFTER INSERT ON test_db.slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
               " EXECUTE FUNCTION test_db.sleep()");
    admin_sql ("CREATE CONSTRAINT TRIGGER w AFTER INSERT ON test_db.warns DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
               " EXECUTE FUNCTION test_db.warn()");
    db = db_connected (2);
}

static inline void teardown (void)
{
    bc_db_destroy (&db);
    admin_sql ("DROP SCHEMA test_db CASCADE");
    test_close ();
}
