// Transactions against a real PostgreSQL: what each way of failing is said to be, and that it is what happened.

#include "database.h"
#include "../support/suite.h"

// --- Outcomes of the statements --------------------------------------------------------------------------------------------------

static const struct {
    const char *sql;
    bc_tx_next_t end;
    bc_tx_mode_t mode;
    bc_outcome_t outcome;
    const char *sqlstate;
    int runs;
    int64_t rows;  // in t afterwards
} s_outcomes[] = {
    {"INSERT INTO test_db.t VALUES (1)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_DONE, "", 1, 1},
    {"INSERT INTO test_db.t VALUES (1)", BC_TX_ROLLBACK, BC_TX_READ_COMMITTED, BC_DB_ROLLED_BACK, "", 1, 0},
    {"INSERT INTO test_db.t VALUES (1)", BC_TX_COMMIT, BC_TX_REPEATABLE_READ_ONLY, BC_DB_FAILED, "25006", 1, 0},
    {"INSERT INTO test_db.t VALUES (1), (1)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_FAILED, "23505", 1, 0},
    {"INSERT INTO test_db.t VALUES (1, 1000)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_FAILED, "23514", 1, 0},
    {"INSERT INTO test_db.later VALUES (1), (1)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_FAILED, "23505", 1, 0},
    {"INSERT INTO test_db.t VALUES ('secret'::text::int)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_FAILED, "22P02", 1, 0},
    {"INSERT INTO test_db.absent VALUES (1)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_FAILED, "42P01", 1, 0},
    {"INSERT nonsense", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_FAILED, "42601", 1, 0},
    {"INSERT INTO test_db.t SELECT test_db.fail('40001', 2)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_DONE, "", 3, 1},
    {"INSERT INTO test_db.t SELECT test_db.fail('40P01', 5)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_DONE, "", 6, 1},
    {"INSERT INTO test_db.t SELECT test_db.fail('55P03', 6)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_RETRY, "55P03", 6, 0},
    {"INSERT INTO test_db.t SELECT test_db.fail('53100', 1)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_RETRY, "53100", 1, 0},
    {"INSERT INTO test_db.t SELECT test_db.fail('57P03', 1)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_RETRY, "57P03", 1, 0},
    {"INSERT INTO test_db.t SELECT test_db.fail('08006', 1)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_RETRY, "08006", 1, 0},
    {"INSERT INTO test_db.t SELECT test_db.fail('P0001', 1)", BC_TX_COMMIT, BC_TX_READ_COMMITTED, BC_DB_FAILED, "P0001", 1, 0},
};

START_TEST (test_outcome)
{
    script_t script = {.steps = {{"test_outcome", s_outcomes[_i].sql}}, .end = s_outcomes[_i].end, .mode = s_outcomes[_i].mode};
    script_run (db, &script);
    ck_assert_str_eq (bc_outcome_name (script.outcome), bc_outcome_name (s_outcomes[_i].outcome));
    ck_assert_str_eq (script.sqlstate, s_outcomes[_i].sqlstate);
    ck_assert_int_eq (script.runs, s_outcomes[_i].runs);
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_db.t"), s_outcomes[_i].rows);
    ck_assert_int_eq (was_logged ("db.failed"), script.outcome == BC_DB_FAILED);
    ck_assert (!was_logged ("secret"));

    // The connection is as good as before.
    script_t after = {.steps = {{"test_after", "SELECT 5"}}, .end = BC_TX_COMMIT};
    script_run (db, &after);
    ck_assert_int_eq (after.outcome, BC_DB_DONE);
    ck_assert_int_eq (after.number, 5);
    ck_assert (bc_db_idle (db));
}
END_TEST

START_TEST (test_steps_see_results)
{
    script_t script = {.steps = {{"test_a", "INSERT INTO test_db.t VALUES (1, 10)"},
                                 {"test_b", "UPDATE test_db.t SET v = v + 1"},
                                 {"test_c", "SELECT v FROM test_db.t"}},
                       .end = BC_TX_COMMIT};
    script_run (db, &script);
    ck_assert_int_eq (script.outcome, BC_DB_DONE);
    ck_assert_int_eq (script.number, 11);
}
END_TEST

// A name whose preparation failed is prepared again.
START_TEST (test_prepared_after_failure)
{
    script_t script = {.steps = {{"test_new", "SELECT n FROM test_db.new"}}, .end = BC_TX_COMMIT};
    script_run (db, &script);
    ck_assert_str_eq (script.sqlstate, "42P01");
    admin_sql ("CREATE TABLE test_db.new AS SELECT 3 AS n");
    script_run (db, &script);
    ck_assert_int_eq (script.outcome, BC_DB_DONE);
    ck_assert_int_eq (script.number, 3);
}
END_TEST

static bool both_finished (void *scripts)
{
    return ((script_t *)scripts)[0].finished && ((script_t *)scripts)[1].finished;
}

static bool locked[2];

static void note_lock (script_t *self, bc_tx_t *tx, int step)
{
    (void)tx;
    if (step > 0)
        locked[self->ready == &locked[0]] = true;  // each waits for the other's flag
}

// Two transactions take two rows crosswise: PostgreSQL ends one of them, and both come through.
START_TEST (test_deadlock)
{
    admin_sql ("INSERT INTO test_db.t VALUES (1), (2)");
    bc_db_t *other = db_connected (0);
    script_t scripts[2] = {
        {.steps = {{"test_1", "UPDATE test_db.t SET v = v + 1 WHERE n = 1"},
                   {"test_2", "UPDATE test_db.t SET v = v + 1 WHERE n = 2"}},
         .end = BC_TX_COMMIT,
         .meanwhile = note_lock,
         .ready = &locked[1]},
        {.steps = {{"test_1", "UPDATE test_db.t SET v = v + 1 WHERE n = 2"},
                   {"test_2", "UPDATE test_db.t SET v = v + 1 WHERE n = 1"}},
         .end = BC_TX_COMMIT,
         .meanwhile = note_lock,
         .ready = &locked[0]},
    };
    locked[0] = locked[1] = false;
    script_start (db, &scripts[0]);
    script_start (other, &scripts[1]);
    wait_until (both_finished, scripts);
    ck_assert_int_eq (scripts[0].outcome, BC_DB_DONE);
    ck_assert_int_eq (scripts[1].outcome, BC_DB_DONE);
    ck_assert_int_ge (scripts[0].runs + scripts[1].runs, 3);
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_db.t WHERE v = 2"), 2);
    bc_db_destroy (&other);
}
END_TEST

START_TEST (test_line_is_limited)
{
    script_t scripts[4];
    for (int i = 0; i < 4; i++)
        scripts[i] = (script_t){.steps = {{"test_line", "SELECT 1"}}, .end = BC_TX_COMMIT};
    for (int i = 0; i < 3; i++)  // one under way, two behind it
        ck_assert_int_eq (script_start (db, &scripts[i]), 0);
    ck_assert_int_eq (script_start (db, &scripts[3]), -1);
    ck_assert (!bc_db_idle (db));
    wait_until (script_finished, &scripts[2]);
    ck_assert (scripts[0].finished && scripts[1].finished && !scripts[3].finished);
}
END_TEST

static bc_params_t *big_params (script_t *self)
{
    (void)self;
    static uint8_t block[100000];
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_BYTEA);
    for (int i = 0; i < 200; i++)
        bc_array_bytes (params, block, sizeof block);
    return params;
}

// 20 MB each way: more than any socket takes at once.
START_TEST (test_big)
{
    script_t script = {.steps = {{"test_big", "SELECT sum(length(b))::int8, string_agg(b, '') FROM unnest($1::bytea[]) b"}},
                       .end = BC_TX_COMMIT,
                       .params = big_params};
    script_run (db, &script);
    ck_assert_int_eq (script.outcome, BC_DB_DONE);
    ck_assert_int_eq (script.number, 20000000);
}
END_TEST

// --- Parameters and columns, there and back --------------------------------------------------------------------------------------

static bc_params_t *all_params (script_t *self)
{
    (void)self;
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, -4);
    bc_params_int8 (params, INT64_MIN);
    bc_params_bool (params, true);
    bc_params_text (params, "báo cáo");
    bc_params_bytes (params, "\0\1\2", 3);
    bc_params_uuid (params, (const uint8_t *)"\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20");
    bc_params_time (params, 1765299599999);  // 2025-12-09T16:59:59.999Z
    bc_params_text (params, NULL);
    bc_params_array (params, BC_INT2);
    bc_array_int (params, -2);
    bc_array_null (params);
    bc_params_array (params, BC_TIME);
    bc_array_int (params, 1765299599999);
    bc_params_array (params, BC_TEXT);
    return params;
}

START_TEST (test_types)
{
    script_t script = {
        .steps = {{"test_types",
                   "SELECT ($1::int4 = -4 AND $2::int8 = -9223372036854775808 AND $3::bool AND $4::text = 'báo cáo'"
                   " AND $5::bytea = '\\x000102' AND $6::uuid = '01020304-0506-0708-090a-0b0c0d0e0f10'"
                   " AND $7::timestamptz = '2025-12-09T16:59:59.999Z' AND $8::text IS NULL AND $9::int2[] = '{-2,NULL}'"
                   " AND $10::timestamptz[] = ARRAY['2025-12-09T16:59:59.999Z'::timestamptz] AND $11::text[] = '{}')::int"}},
        .end = BC_TX_COMMIT,
        .params = all_params,
    };
    script_run (db, &script);
    ck_assert_int_eq (script.outcome, BC_DB_DONE);
    ck_assert_int_eq (script.number, 1);
}
END_TEST

static void columns_check (script_t *self, bc_tx_t *tx, int step)
{
    (void)self;
    if (step == 0)
        return;
    const PGresult *result = bc_tx_result (tx, 0);
    ck_assert_int_eq (bc_row_int (result, 0, 0), -2);
    ck_assert_int_eq (bc_row_int (result, 0, 1), -4);
    ck_assert_int_eq (bc_row_int (result, 0, 2), INT64_MAX);
    ck_assert_int_eq (bc_row_int (result, 0, 3), 1);
    ck_assert_int_eq (bc_row_time (result, 0, 4), 1765299599999);
    ck_assert_int_eq (bc_row_time (result, 0, 5), -1);
    ck_assert_str_eq (bc_row_text (result, 0, 6), "đúng hạn");
    size_t size;
    ck_assert_mem_eq (bc_row_bytes (result, 0, 7, &size), "\xff", 1);
    ck_assert_uint_eq (size, 1);
    ck_assert (bc_row_null (result, 0, 8));
    ck_assert_ptr_null (bc_row_text (result, 0, 8));
}

START_TEST (test_columns)
{
    script_t script = {
        .steps = {{"test_columns", "SELECT -2::int2, -4::int4, 9223372036854775807, true, '2025-12-09T16:59:59.999Z'::timestamptz,"
                                   " '1969-12-31T23:59:59.9995Z'::timestamptz, 'đúng hạn'::text, '\\xff'::bytea, NULL::text"},
                  {"test_wait", "SELECT 1"}},
        .end = BC_TX_COMMIT,
        .meanwhile = columns_check,
    };
    script_run (db, &script);
    ck_assert_int_eq (script.outcome, BC_DB_DONE);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("db");
    TCase *cases = tcase_create ("transactions");
    tcase_set_timeout (cases, 60);
    tcase_add_checked_fixture (cases, setup, teardown);
    tcase_add_loop_test (cases, test_outcome, 0, sizeof s_outcomes / sizeof *s_outcomes);
    tcase_add_test (cases, test_steps_see_results);
    tcase_add_test (cases, test_prepared_after_failure);
    tcase_add_test (cases, test_deadlock);
    tcase_add_test (cases, test_line_is_limited);
    tcase_add_test (cases, test_big);
    tcase_add_test (cases, test_types);
    tcase_add_test (cases, test_columns);
    suite_add_tcase (suite, cases);
    return suite_run (suite);
}
