// The plans as they come from a real PostgreSQL, with the rights of the services.

#include "database.h"
#include "plan/plan_db.h"
#include "../support/suite.h"

static const char EMPTY[] = "TRUNCATE baocao.unit, baocao.plan, baocao.task_group, baocao.task, baocao.indicator, baocao.period,"
                            " baocao.period_decision, baocao.extension, baocao.official_day, baocao.reminder_policy, "
                            "baocao.escalation_step RESTART IDENTITY CASCADE";

// Rows stand in another order than the book's.
static const char *const ROWS[] = {
    "INSERT INTO baocao.unit (code, kind, name_vi, name_en) VALUES ('so-yte', 'department', 'Sở Y tế', 'Health'),"
    " ('so-ldtbxh', 'department', 'Sở \"LĐTBXH\"', 'Labour'), ('Z', 'district', 'Huyện', 'District')",
    "INSERT INTO baocao.plan (code, title_vi, title_en, issued_on, issuer, valid_from, valid_to, standing_unit, receiving_unit,"
    " time_zone) VALUES"
    " ('208/KH-UBND', 'Kế hoạch', 'Plan', '2021-09-23', 2, '2021-09-23', '2025-12-31', 2, 2, 'Asia/Ho_Chi_Minh'),"
    " ('other', 'Khác', 'Other', '2021-09-23', 1, '2021-09-23', '2025-12-31', 1, 1, 'UTC')",
    "INSERT INTO baocao.task_group (plan_id, code, position, title_vi) VALUES (1, 'II', 2, 'Hai'), (1, 'I', 1, 'Một')",
    "INSERT INTO baocao.task (plan_id, group_id, code, position, title_vi, timeframe) VALUES (1, 1, 'II.1', 1, 'c', 'annual'),"
    " (1, 2, 'I.2', 2, 'b', 'annual'), (1, 2, 'I.1', 1, 'a', '2021-2025')",
    "INSERT INTO baocao.task_unit VALUES (3, 1, 'lead'), (3, 3, 'coordinating'), (1, 2, 'lead')",
    "INSERT INTO baocao.indicator (task_id, code, title_vi, type, minimum, maximum, aggregation, required) VALUES"
    " (3, 'so-lop', 'Số lớp', 'integer', 0, NULL, 'sum', true), (3, 'ty-le', 'Tỷ lệ', 'decimal', -0.5, 100.25, 'mean', false)",
    "INSERT INTO baocao.reporter VALUES (1, 1, 'must'), (1, 3, 'may'), (1, 2, 'must')",
    "INSERT INTO baocao.period (plan_id, code, kind, opens_on, due_before) VALUES"
    " (1, '2025', 'annual', '2025-10-01', '2025-12-10'),"
    " (1, '2024', 'annual', '2024-10-01', '2024-12-10'), (2, '2025', 'annual', '2025-10-01', '2025-12-10')",
    "INSERT INTO baocao.period_decision (period_id, action, at, who) VALUES (2, 'close', '2025-01-15T00:00:00.123+07', 'w'),"
    " (1, 'open', '2025-09-01T08:00:00+07', 'w')",
    // What is beyond a plain year: dated duties, an extension, days off, policies.
    "UPDATE baocao.unit SET valid_to = '2025-07-01' WHERE code = 'Z'",
    "UPDATE baocao.reporter SET valid_from = '2025-03-01' WHERE unit_id = 2",
    "UPDATE baocao.indicator SET target = 90.5 WHERE code = 'ty-le'",
    "INSERT INTO baocao.task_unit VALUES (1, 1, 'coordinating', '2025-03-01', '2025-09-01')",
    "INSERT INTO baocao.extension (period_id, unit_id, due_before, at, who, reason) VALUES (1, 1, '2025-12-20', now(), 'w', 'r'),"
    " (1, 1, '2025-12-18', now(), 'w', 'r'), (1, 2, '2025-12-20', now(), 'w', 'r'), (1, 2, NULL, now(), 'w', 'r')",
    "INSERT INTO baocao.official_day VALUES ('1970-01-03', 'working', ''), ('2025-09-02', 'holiday', 'Quốc khánh')",
    "INSERT INTO baocao.reminder_policy (plan_id, period_id, hour) VALUES (1, NULL, 9), (1, 1, 10)",
    "INSERT INTO baocao.escalation_step (plan_id, period_id, after_working_days, recipient) VALUES (1, NULL, 4, 'committee'),"
    " (1, 2, 2, 'standing-leader'), (1, 2, 1, 'unit-leader')",
};

typedef struct {
    bc_db_t *db;
    plan_book_t *book;
    int loads;
    bool finished;
    bc_outcome_t outcome;
} holder_t;

static holder_t holder;

// As plan_db.h says.
static bc_tx_next_t refresh (bc_tx_t *tx, int step, void *arg)
{
    (void)arg;
    if (step == 0) {
        plan_db_ask_version (tx);
        return BC_TX_NEXT;
    }
    if (step == 1) {
        if (plan_db_is_current (bc_tx_result (tx, 0), holder.book))
            return BC_TX_COMMIT;
        plan_db_load (tx);
        return BC_TX_NEXT;
    }
    plan_book_destroy (&holder.book);
    holder.book = plan_db_read (bc_tx_result (tx, 0));
    holder.loads++;
    return BC_TX_COMMIT;
}

static void refreshed (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    (void)tx, (void)arg;
    holder.outcome = outcome;
    holder.finished = true;
}

static bool is_finished (void *arg)
{
    (void)arg;
    return holder.finished;
}

static void run_refresh (void)
{
    holder.finished = false;
    ck_assert_int_eq (bc_db_run (holder.db, BC_TX_READ_COMMITTED, refresh, refreshed, NULL), 0);
    wait_until (is_finished, NULL);
    ck_assert_str_eq (bc_outcome_name (holder.outcome), bc_outcome_name (BC_DB_DONE));
}

static void connect_as (const char *role)
{
    char conninfo[500];
    snprintf (conninfo, sizeof conninfo, "%s user=%s", test_conninfo (), role);
    holder.db = bc_db_new (loop, conninfo, 2, NULL, NULL);
    wait_until (db_is_connected, holder.db);
}

static void open_plans (void)
{
    test_open ();
    admin_sql ("%s", EMPTY);
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        admin_sql ("%s", ROWS[i]);
}

static void close_plans (void)
{
    bc_db_destroy (&holder.db);
    plan_book_destroy (&holder.book);
    admin_sql ("%s", EMPTY);
    test_close ();
}

static const char *const READERS[] = {"baocao_intake", "baocao_validation", "baocao_aggregation", "baocao_notification",
                                      "baocao_admin"};

START_TEST (test_readers)
{
    connect_as (READERS[_i]);
    run_refresh ();
    ck_assert_ptr_nonnull (holder.book);
    ck_assert_uint_eq (holder.book->n_plans, 2);
}
END_TEST

static void expect_instant (int64_t ms, const char *expected)
{
    char text[BC_TIME_TEXT];
    bc_time_format (ms, text);
    ck_assert_str_eq (text, expected);
}

START_TEST (test_content)
{
    connect_as ("baocao_validation");
    run_refresh ();
    const plan_book_t *book = holder.book;
    ck_assert_int_eq (book->version, admin_sql ("SELECT version FROM baocao.plan_version"));
    ck_assert_uint_eq (book->n_units, 3);
    ck_assert_str_eq (book->units[0].code, "Z");
    ck_assert_str_eq (plan_book_unit (book, "so-ldtbxh")->name_vi, "Sở \"LĐTBXH\"");

    const plan_t *plan = plan_book_plan (book, "208/KH-UBND");
    ck_assert_int_eq (plan->utc_offset_minutes, 420);
    ck_assert_int_eq (plan_book_plan (book, "other")->utc_offset_minutes, 0);
    ck_assert_uint_eq (plan->n_tasks, 3);
    ck_assert_str_eq (plan->groups[0].code, "I");
    ck_assert_str_eq (plan->tasks[0].code, "I.1");
    ck_assert_str_eq (plan->tasks[1].code, "I.2");
    ck_assert_str_eq (plan->tasks[2].code, "II.1");
    ck_assert_int_eq (plan_task_role (&plan->tasks[0], &plan->periods[1], 1), BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD);
    ck_assert_str_eq (plan_indicator (&plan->tasks[0], "ty-le")->minimum, "-0.5");
    ck_assert_str_eq (plan_indicator (&plan->tasks[0], "ty-le")->maximum, "100.25");
    ck_assert_str_eq (plan_indicator (&plan->tasks[0], "so-lop")->maximum, "");
    ck_assert_uint_eq (plan_expected (plan, &plan->periods[0]), 1);
    ck_assert_uint_eq (plan_expected (plan, &plan->periods[1]), 2);

    ck_assert_uint_eq (plan->n_periods, 2);
    expect_instant (plan->periods[0].due_at, "2024-12-09T17:00:00.000Z");
    expect_instant (plan->periods[0].closes_at, "2025-01-14T17:00:00.123Z");
    expect_instant (plan->periods[1].opens_at, "2025-09-01T01:00:00.000Z");  // opened early
    expect_instant (plan->periods[1].due_at, "2025-12-09T17:00:00.000Z");
    ck_assert (plan->periods[1].closes_at == INT64_MAX);
    expect_instant (plan_period (plan_book_plan (book, "other"), "2025")->due_at, "2025-12-10T00:00:00.000Z");
}
END_TEST

START_TEST (test_dated)
{
    connect_as ("baocao_notification");
    run_refresh ();
    const plan_book_t *book = holder.book;
    const plan_t *plan = plan_book_plan (book, "208/KH-UBND");
    ck_assert_int_eq (plan_book_unit (book, "Z")->valid_from, PLAN_ALWAYS);
    ck_assert_int_eq (plan_book_unit (book, "Z")->valid_to, 20270);
    ck_assert_int_eq (plan_book_unit (book, "so-yte")->valid_to, PLAN_FOR_EVER);
    const plan_reporter_t *reporters = plan->reporters;
    ck_assert_int_eq (reporters[0].valid_from, PLAN_ALWAYS);
    ck_assert_int_eq (reporters[1].valid_from, 20148);
    ck_assert_int_eq (reporters[2].valid_to, 20270);  // its unit's end
    const plan_task_t *task = plan_task (plan, "II.1");
    ck_assert_uint_eq (task->n_roles, 2);
    ck_assert (task->roles[0].unit_id == 1 && task->roles[0].valid_from == 20148 && task->roles[0].valid_to == 20332);
    ck_assert (task->roles[1].valid_from == PLAN_ALWAYS && task->roles[1].valid_to == PLAN_FOR_EVER);
    ck_assert_str_eq (plan_indicator (plan_task (plan, "I.1"), "ty-le")->target, "90.5");
    ck_assert_uint_eq (book->n_days, 2);
    ck_assert (book->days[0].day == 2 && book->days[0].is_working && book->days[1].day == 20333 && !book->days[1].is_working);

    const plan_period_t *older = plan_period (plan, "2024"), *later = plan_period (plan, "2025");
    ck_assert_int_eq (later->last_day, 20431);
    ck_assert_int_eq (later->cutoff_from, PLAN_NO_DAY);
    ck_assert_uint_eq (later->n_extensions, 1);
    expect_instant (plan_due_at (later, 1), "2025-12-17T17:00:00.000Z");
    expect_instant (plan_due_at (later, 2), "2025-12-09T17:00:00.000Z");  // refused in the end
    ck_assert_int_eq (later->policy.hour, 10);
    ck_assert_int_eq (older->policy.hour, 9);
    ck_assert_int_eq (plan_book_plan (book, "other")->periods[0].policy.hour, 8);
    ck_assert_uint_eq (later->policy.n_steps, 1);
    ck_assert_uint_eq (older->policy.n_steps, 2);
    ck_assert (older->policy.steps[0].after_working_days == 1 && older->policy.steps[0].recipient == PLAN_TO_UNIT_LEADER);
    ck_assert_uint_eq (plan_book_plan (book, "other")->periods[0].policy.n_steps, 3);
    admin_sql ("DELETE FROM baocao.reminder_policy; INSERT INTO baocao.reminder_policy (plan_id) VALUES (1)");
    admin_sql ("DELETE FROM baocao.escalation_step; UPDATE baocao.plan_version SET version = version + 1");
    run_refresh ();
    ck_assert_mem_eq (&holder.book->plans[0].periods[0].policy, &PLAN_POLICY_DEFAULT,
                      sizeof PLAN_POLICY_DEFAULT);  // and the table's
}
END_TEST

START_TEST (test_version)
{
    connect_as ("baocao_intake");
    run_refresh ();
    run_refresh ();
    ck_assert_int_eq (holder.loads, 1);
    int64_t before = holder.book->version;
    admin_sql ("UPDATE baocao.plan_version SET version = version + 1");
    run_refresh ();
    ck_assert_int_eq (holder.loads, 2);
    ck_assert_int_eq (holder.book->version, before + 1);
}
END_TEST

// No plan at all is an empty book; a task in another plan's group is no book.
START_TEST (test_odd)
{
    connect_as ("baocao_intake");
    admin_sql ("UPDATE baocao.task SET plan_id = 2 WHERE code = 'I.2'");
    run_refresh ();
    ck_assert_ptr_null (holder.book);
    ck_assert (was_logged ("there is no group"));
    admin_sql ("%s", EMPTY);
    run_refresh ();
    ck_assert_ptr_nonnull (holder.book);
    ck_assert_uint_eq (holder.book->n_plans + holder.book->n_units, 0);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("plan_db");
    TCase *tcase = tcase_create ("plan_db");
    tcase_set_timeout (tcase, 60);
    tcase_add_checked_fixture (tcase, open_plans, close_plans);
    tcase_add_loop_test (tcase, test_readers, 0, sizeof READERS / sizeof *READERS);
    tcase_add_test (tcase, test_content);
    tcase_add_test (tcase, test_dated);
    tcase_add_test (tcase, test_version);
    tcase_add_test (tcase, test_odd);
    suite_add_tcase (suite, tcase);
    return suite_run (suite);
}
