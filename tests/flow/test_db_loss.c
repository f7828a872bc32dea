// Connections lost at the worst moments, commits nobody confirmed, servers that must not be trusted.

#include "database.h"
#include "../support/suite.h"

static int readies;

static void count_ready (void *arg)
{
    (void)arg;
    readies++;
}

// --- Before COMMIT ---------------------------------------------------------------------------------------------------------------

static void kill_at_step_1 (script_t *self, bc_tx_t *tx, int step)
{
    (void)self;
    if (step == 1)
        admin_sql ("SELECT pg_terminate_backend(%" PRId64 ", 10000)", bc_row_int (bc_tx_result (tx, 0), 0, 0));
}

START_TEST (test_killed_before_commit)
{
    script_t script = {
        .steps = {{"test_pid", "INSERT INTO test_db.t VALUES (1) RETURNING pg_backend_pid()"},
                  {"test_b", "SELECT 1"},
                  {"test_c", "SELECT 2"}},
        .end = BC_TX_COMMIT,
        .meanwhile = kill_at_step_1,
    };
    script_run (db, &script);
    ck_assert_int_eq (script.outcome, BC_DB_RETRY);
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_db.t"), 0);

    wait_until (db_is_connected, db);
    script.meanwhile = NULL;
    script_run (db, &script);
    ck_assert_int_eq (script.outcome, BC_DB_DONE);
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_db.t"), 1);
}
END_TEST

// Killed in the step that COMMIT ended, but before COMMIT's turn: the answer tells it apart from the uncertain case.
START_TEST (test_killed_just_before_commit)
{
    script_t script = {
        .steps = {{"test_row", "INSERT INTO test_db.t VALUES (1)"},
                  {"test_suicide", "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(100)"}},
        .end = BC_TX_COMMIT,
    };
    script_run (db, &script);
    ck_assert_str_eq (bc_outcome_name (script.outcome), "retry");
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_db.t"), 0);
}
END_TEST

// Killed while idle: noticed without anybody asking, and connected again.
START_TEST (test_killed_idle)
{
    bc_db_t *other = bc_db_new (loop, test_conninfo (), 0, count_ready, NULL);
    wait_until (db_is_connected, other);
    ck_assert_int_eq (readies, 1);
    kill_connections ();
    wait_until (was_logged, "db.lost");
    wait_until (db_is_connected, other);
    ck_assert_int_eq (readies, 2);
    bc_db_destroy (&other);
}
END_TEST

// --- During COMMIT ---------------------------------------------------------------------------------------------------------------

// Runs the transaction; when its backend is found waiting in COMMIT for that event, does that to it.
static void commit_disturbed (script_t *script, const char *event, const char *function)
{
    char sql[200];
    snprintf (sql, sizeof sql, "SELECT %s(pid)::int FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = '%s'", function,
              event);
    ck_assert_int_eq (script_start (db, script), 0);
    wait_until (sql_holds, sql);
    wait_until (script_finished, script);
    ck_assert_str_eq (bc_outcome_name (script->outcome), "uncertain");
    ck_assert (was_logged ("db.uncertain"));
}

START_TEST (test_killed_in_commit)
{
    script_t script = {.steps = {{"test_slow", "INSERT INTO test_db.slow VALUES (1)"}}, .end = BC_TX_COMMIT};
    commit_disturbed (&script, "PgSleep", "pg_terminate_backend");
    wait_until (db_is_connected, db);
}
END_TEST

// Commits on the given connection until one of them waits for a standby.
static bool standby_is_missed (void *probe)
{
    PQconsumeInput (probe);
    if (!PQisBusy (probe)) {
        PQclear (PQgetResult (probe));
        PQsendQuery (probe, "SELECT pg_logical_emit_message(true, 'test', '')");
    }
    return admin_sql ("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") > 0;
}

static void need_standby (void)
{
    admin_sql ("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    admin_sql ("SELECT pg_reload_conf()");
    PGconn *probe = PQconnectdb (test_conninfo ());
    wait_until (standby_is_missed, probe);
    PQfinish (probe);
}

static const char *const s_disturbances[] = {"pg_terminate_backend", "pg_cancel_backend"};

// The row is committed here, but no standby has it: whoever was told "done" could lose it.
START_TEST (test_no_standby)
{
    need_standby ();
    script_t script = {.steps = {{"test_row", "INSERT INTO test_db.t VALUES (1)"}}, .end = BC_TX_COMMIT};
    commit_disturbed (&script, "SyncRep", s_disturbances[_i]);
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_db.t"), 1);
}
END_TEST

static const struct {
    const char *first, *last;
    bc_outcome_t outcome;
} s_warnings[] = {
    {"SELECT 1", "INSERT INTO test_db.warns VALUES (1)", BC_DB_UNCERTAIN},  // the trigger is deferred to COMMIT
    {"INSERT INTO test_db.warns VALUES (1)", "SET CONSTRAINTS ALL IMMEDIATE", BC_DB_DONE},
};

START_TEST (test_warning)
{
    script_t script = {.steps = {{"test_first", s_warnings[_i].first}, {"test_last", s_warnings[_i].last}}, .end = BC_TX_COMMIT};
    script_run (db, &script);
    ck_assert_str_eq (bc_outcome_name (script.outcome), bc_outcome_name (s_warnings[_i].outcome));
    ck_assert (was_logged ("the standby is silent"));
    // The connection goes on.
    script_t after = {.steps = {{"test_after", "SELECT 5"}}, .end = BC_TX_COMMIT};
    script_run (db, &after);
    ck_assert_int_eq (after.outcome, BC_DB_DONE);
}
END_TEST

// --- The server goes and comes ---------------------------------------------------------------------------------------------------

START_TEST (test_restart)
{
    script_t script = {.steps = {{"test_row", "INSERT INTO test_db.t SELECT count(*) FROM test_db.t"}}, .end = BC_TX_COMMIT};
    script_run (db, &script);
    ck_assert_int_eq (script.outcome, BC_DB_DONE);

    script_t asleep = {.steps = {{"test_sleep", "SELECT 1 FROM pg_sleep(100)"}, {"test_after", "SELECT 5"}}, .end = BC_TX_COMMIT};
    script_t behind = script;
    ck_assert_int_eq (script_start (db, &asleep), 0);
    behind.finished = 0;
    ck_assert_int_eq (script_start (db, &behind), 0);
    server_control ("stop -m immediate");
    wait_until (script_finished, &asleep);
    ck_assert_int_eq (asleep.outcome, BC_DB_RETRY);
    wait_until (script_finished, &behind);
    ck_assert_int_eq (behind.outcome, BC_DB_RETRY);
    ck_assert_int_eq (behind.runs, 1);  // of the run before: this time it never began

    // Away: told soon.
    ck_assert (!bc_db_connected (db));
    script_run (db, &script);
    ck_assert_int_eq (script.outcome, BC_DB_RETRY);
    ck_assert_int_eq (script.runs, 0);

    server_control ("start");
    PQreset (admin);
    wait_until (db_is_connected, db);
    script_run (db, &script);  // prepared again under the same name
    ck_assert_int_eq (script.outcome, BC_DB_DONE);
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_db.t"), 2);
}
END_TEST

// Two hosts, the first of them silent: the second one is reached nevertheless.
START_TEST (test_silent_host)
{
    zsock_t *silent = zsock_new (ZMQ_STREAM);  // takes the connection and never says a word
    int port = zsock_bind (silent, "tcp://127.0.0.1:*");
    char *conninfo =
        zsys_sprintf ("host=127.0.0.1,%s port=%d,5432 user=postgres dbname=baocao connect_timeout=1", PQhost (admin), port);
    bc_db_t *other = bc_db_new (loop, conninfo, 0, NULL, NULL);
    wait_until (db_is_connected, other);
    ck_assert (was_logged ("the server does not answer"));
    bc_db_destroy (&other);
    zstr_free (&conninfo);
    zsock_destroy (&silent);
}
END_TEST

// --- Servers and settings under which a commit could be lost ---------------------------------------------------------------------

static const struct {
    const char *setting, *unsafe;
    bool of_server;
} s_unsafe[] = {
    {"fsync", "off", true},
    {"full_page_writes", "off", true},
    {"synchronous_commit", "off", false},
    {"synchronous_commit", "local", false},
    {"synchronous_commit", "remote_write", false},
};

START_TEST (test_unsafe_refused)
{
    const char *setting = s_unsafe[_i].setting;
    char expected[100];
    snprintf (expected, sizeof expected, "set %s = on", setting);
    admin_sql (s_unsafe[_i].of_server ? "ALTER SYSTEM SET %s = %s" : "ALTER DATABASE baocao SET %s = %s", setting,
               s_unsafe[_i].unsafe);
    admin_sql ("SELECT pg_reload_conf()");
    char holds[100];
    snprintf (holds, sizeof holds, "SELECT (setting = 'off')::int FROM pg_settings WHERE name = '%s'", setting);
    if (s_unsafe[_i].of_server)
        wait_until (sql_holds, holds);

    readies = 0;
    bc_db_t *other = bc_db_new (loop, test_conninfo (), 0, count_ready, NULL);
    wait_until (was_logged, expected);
    ck_assert_int_eq (readies, 0);
    ck_assert (!bc_db_connected (other));

    // Repaired: accepted without a restart.
    admin_sql (s_unsafe[_i].of_server ? "ALTER SYSTEM RESET %s" : "ALTER DATABASE baocao RESET %s", setting);
    admin_sql ("SELECT pg_reload_conf()");
    wait_until (db_is_connected, other);
    ck_assert_int_eq (readies, 1);
    bc_db_destroy (&other);
}
END_TEST

START_TEST (test_conninfo_wrong)
{
    bc_db_t *other = bc_db_new (loop, "no such=thing password=geheim", 1, count_ready, NULL);
    wait_until (was_logged, "cannot be read");
    ck_assert (!was_logged ("geheim"));
    script_t script = {.steps = {{"test_one", "SELECT 1"}}, .end = BC_TX_COMMIT};
    script_run (other, &script);
    ck_assert_int_eq (script.outcome, BC_DB_RETRY);
    bc_db_destroy (&other);
}
END_TEST

// Destroyed in the middle: done is not called, nothing is left (the sanitizer says so).
START_TEST (test_destroy_under_way)
{
    script_t scripts[2] = {{.steps = {{"test_sleep", "SELECT 1 FROM pg_sleep(100)"}}, .end = BC_TX_COMMIT},
                           {.steps = {{"test_one", "SELECT 1"}}, .end = BC_TX_COMMIT}};
    script_start (db, &scripts[0]);
    script_start (db, &scripts[1]);
    wait_until (sql_holds, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    bc_db_destroy (&db);
    ck_assert_int_eq (scripts[0].finished + scripts[1].finished, 0);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("db loss");
    TCase *cases = tcase_create ("losses");
    tcase_set_timeout (cases, 60);
    tcase_add_checked_fixture (cases, setup, teardown);
    tcase_add_test (cases, test_killed_before_commit);
    tcase_add_test (cases, test_killed_just_before_commit);
    tcase_add_test (cases, test_killed_idle);
    tcase_add_test (cases, test_killed_in_commit);
    tcase_add_loop_test (cases, test_no_standby, 0, sizeof s_disturbances / sizeof *s_disturbances);
    tcase_add_loop_test (cases, test_warning, 0, sizeof s_warnings / sizeof *s_warnings);
    tcase_add_test (cases, test_restart);
    tcase_add_test (cases, test_silent_host);
    tcase_add_loop_test (cases, test_unsafe_refused, 0, sizeof s_unsafe / sizeof *s_unsafe);
    tcase_add_test (cases, test_conninfo_wrong);
    tcase_add_test (cases, test_destroy_under_way);
    suite_add_tcase (suite, cases);
    return suite_run (suite);
}
