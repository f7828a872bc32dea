// The queue against a real PostgreSQL: every item is done once, however it is heard of and whatever breaks on the way.

#include "common/queue.h"
#include "common/xmem.h"
#include "database.h"
#include "../support/suite.h"

enum { POISON = 13 };  // the number that the result table refuses

typedef struct {
    bc_db_t *db;
    bc_queue_t *queue;
    int id, batches, biggest, taken;
    bool kill_after_first;
} worker_t;

static const bc_statement_t WORK = {
    "test_work",
    "WITH taken AS (DELETE FROM test_queue.item WHERE id IN (SELECT id FROM test_queue.item WHERE id = ANY ($1::uuid[])"
    " FOR UPDATE SKIP LOCKED) RETURNING id, n)"
    " INSERT INTO test_queue.result SELECT id, n, $2::int4 FROM taken",
};

static const bc_statement_t SWEEP = {
    "test_sweep",
    "SELECT id FROM test_queue.item ORDER BY id LIMIT 256 FOR UPDATE SKIP LOCKED",
};

static bc_item_t *item_new (const uint8_t id[16])
{
    bc_item_t *item = xcalloc (1, sizeof *item);
    memcpy (item->id, id, sizeof item->id);
    return item;
}

static bc_tx_next_t work (bc_tx_t *tx, int step, void *arg)
{
    (void)step;
    worker_t *worker = bc_queue_owner (arg);
    size_t count;
    bc_item_t **batch = bc_queue_batch (arg, &count);
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < count; i++)
        bc_array_bytes (params, batch[i]->id, sizeof batch[i]->id);
    bc_params_int4 (params, worker->id);
    bc_tx_query (tx, &WORK, params);
    return BC_TX_COMMIT;
}

static void worked (bc_queue_t *queue, bc_tx_t *tx)
{
    worker_t *worker = bc_queue_owner (queue);
    size_t count;
    bc_queue_batch (queue, &count);
    worker->batches++;
    worker->biggest = (int)count > worker->biggest ? (int)count : worker->biggest;
    worker->taken += atoi (PQcmdTuples ((PGresult *)bc_tx_result (tx, 0)));
    if (worker->kill_after_first && worker->batches == 1)
        kill_connections ();
}

static bc_tx_next_t sweep (bc_tx_t *tx, int step, void *arg)
{
    (void)step, (void)arg;
    bc_tx_query (tx, &SWEEP, NULL);
    return BC_TX_COMMIT;
}

static void give (worker_t *worker, const PGresult *rows)
{
    size_t size;
    for (int row = 0; row < PQntuples (rows); row++)
        bc_queue_add (worker->queue, item_new (bc_row_bytes (rows, row, 0, &size)));
}

static void swept (bc_queue_t *queue, bc_tx_t *tx)
{
    give (bc_queue_owner (queue), bc_tx_result (tx, 0));
}

static int freed;

static void free_item (bc_item_t *item)
{
    freed++;
    free (item);
}

static const bc_queue_class_t CLASS = {"test_queue", work, worked, sweep, swept, free_item, 0};
static const bc_queue_class_t IMPATIENT = {"test_queue", work, worked, sweep, swept, free_item, 10};

static void wake (void *arg)
{
    worker_t *worker = arg;
    if (worker->queue)
        bc_queue_wake (worker->queue);
}

static void worker_open_as (worker_t *worker, const bc_queue_class_t *class, int id, int sweep_ms)
{
    *worker = (worker_t){.id = id};
    worker->db = bc_db_new (loop, test_conninfo (), 1, wake, worker);
    worker->queue = bc_queue_new (loop, worker->db, class, worker, sweep_ms);
}

static void worker_open (worker_t *worker, int id, int sweep_ms)
{
    worker_open_as (worker, &CLASS, id, sweep_ms);
}

static void worker_close (worker_t *worker)
{
    bc_queue_destroy (&worker->queue);
    bc_db_destroy (&worker->db);
}

static bool worker_idle (void *worker)
{
    return bc_queue_idle (((worker_t *)worker)->queue);
}

// The rows first ... last, and the messages about them to whoever is named.
static void insert_rows (int first, int last)
{
    admin_sql ("INSERT INTO test_queue.item SELECT gen_random_uuid(), n FROM generate_series(%d, %d) n", first, last);
}

// The rows are read before the first message: whatever is given is begun at once.
static void send_messages_times (worker_t *worker, int times)
{
    PGresult *rows = PQexecParams (admin, "SELECT id FROM test_queue.item", 0, NULL, NULL, NULL, NULL, 1);
    for (int i = 0; i < times; i++)
        give (worker, rows);
    PQclear (rows);
}

static void send_messages (worker_t *worker)
{
    send_messages_times (worker, 1);
}

static void check_all_done (int count)
{
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_queue.result"), count);
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_queue.item"), 0);
}

static void queue_setup (void)
{
    test_open ();
    admin_sql ("DROP SCHEMA IF EXISTS test_queue CASCADE");
    admin_sql ("CREATE SCHEMA test_queue"
               " CREATE TABLE item (id uuid PRIMARY KEY, n int NOT NULL)"
               " CREATE TABLE result (id uuid PRIMARY KEY, n int CHECK (n <> %d), worker int)",
               POISON);
}

static void queue_teardown (void)
{
    admin_sql ("DROP SCHEMA test_queue CASCADE");
    test_close ();
}

enum { NEVER = 3600 * 1000 };  // no sweep but the first

// While one batch is under way what comes is gathered, and goes together.
START_TEST (test_batches)
{
    worker_t worker;
    worker_open (&worker, 1, NEVER);
    wait_until (worker_idle, &worker);
    insert_rows (1001, 1600);
    send_messages (&worker);
    ck_assert (!bc_queue_idle (worker.queue));
    wait_until (worker_idle, &worker);
    check_all_done (600);
    ck_assert_int_eq (worker.batches, 4);  // the first item alone, at once; then 256, 256 and the rest
    ck_assert_int_eq (worker.biggest, BC_QUEUE_BATCH);
    worker_close (&worker);
    ck_assert_int_eq (freed, 600);
}
END_TEST

START_TEST (test_first_sweep)
{
    insert_rows (1001, 1700);
    worker_t worker;
    worker_open (&worker, 1, NEVER);
    wait_until (worker_idle, &worker);
    check_all_done (700);
    worker_close (&worker);
}
END_TEST

// Rows of which no message came.
START_TEST (test_later_sweep)
{
    worker_t worker;
    worker_open (&worker, 1, 20);
    wait_until (worker_idle, &worker);
    insert_rows (1001, 1300);
    wait_until (sql_holds, "SELECT (count(*) = 300)::int FROM test_queue.result");
    worker_close (&worker);
}
END_TEST

// Past the limit messages are dropped, and nothing is lost.
START_TEST (test_limit)
{
    worker_t worker;
    worker_open (&worker, 1, 20);
    wait_until (worker_idle, &worker);
    insert_rows (1001, 4000);
    freed = 0;
    send_messages (&worker);
    ck_assert_int_eq (freed, 3000 - 8 * BC_QUEUE_BATCH);
    wait_until (sql_holds, "SELECT (count(*) = 3000)::int FROM test_queue.result");
    wait_until (worker_idle, &worker);
    check_all_done (3000);
    worker_close (&worker);
}
END_TEST

START_TEST (test_doubled_messages)
{
    worker_t worker;
    worker_open (&worker, 1, NEVER);
    wait_until (worker_idle, &worker);
    insert_rows (1001, 1100);
    send_messages_times (&worker, 2);
    ck_assert_int_eq (freed, 100);  // the second ones, at once
    wait_until (worker_idle, &worker);
    check_all_done (100);
    worker_close (&worker);
}
END_TEST

static bool poison_found (void *worker)
{
    return worker_idle (worker) && was_logged ("queue.poison");
}

// One row that can not be done: it is found, named and left, and the others do not suffer.
START_TEST (test_poison)
{
    insert_rows (1, 300);
    worker_t worker;
    worker_open (&worker, 1, 20);
    wait_until (poison_found, &worker);
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_queue.result"), 299);
    ck_assert_int_eq (admin_sql ("SELECT n FROM test_queue.item"), POISON);
    ck_assert (was_logged ("23514"));

    // It is left alone now, and what comes later is done.
    int batches = worker.batches;
    insert_rows (1001, 1010);
    wait_until (sql_holds, "SELECT (count(*) = 309)::int FROM test_queue.result");
    wait_until (worker_idle, &worker);
    ck_assert_int_le (worker.batches, batches + 10);
    ck_assert_int_eq (admin_sql ("SELECT count(*) FROM test_queue.item"), 1);
    worker_close (&worker);
}
END_TEST

static bool poison_logged (void *worker)
{
    (void)worker;
    return was_logged ("queue.poison");
}

// Once the cause is gone, so is the item. Until then it is tried again and again, so the queue is hardly ever idle.
START_TEST (test_poison_cured)
{
    insert_rows (POISON, POISON);
    worker_t worker;
    worker_open_as (&worker, &IMPATIENT, 1, 20);
    wait_until (poison_logged, &worker);
    admin_sql ("ALTER TABLE test_queue.result DROP CONSTRAINT result_n_check");
    wait_until (sql_holds, "SELECT (count(*) = 1)::int FROM test_queue.result");
    wait_until (worker_idle, &worker);
    check_all_done (1);
    worker_close (&worker);
}
END_TEST

static bool both_idle (void *workers)
{
    return worker_idle (workers) && worker_idle ((worker_t *)workers + 1);
}

// Two workers that both hear of everything.
START_TEST (test_two_workers)
{
    worker_t workers[2];
    worker_open (&workers[0], 1, 20);
    worker_open (&workers[1], 2, 20);
    wait_until (both_idle, workers);
    insert_rows (1001, 2500);
    send_messages (&workers[0]);
    send_messages (&workers[1]);
    wait_until (both_idle, workers);
    wait_until (sql_holds, "SELECT (count(*) = 0)::int FROM test_queue.item");
    check_all_done (1500);
    ck_assert_int_eq (workers[0].taken + workers[1].taken, 1500);
    worker_close (&workers[0]);
    worker_close (&workers[1]);
}
END_TEST

START_TEST (test_connection_lost)
{
    worker_t worker;
    worker_open (&worker, 1, NEVER);
    wait_until (worker_idle, &worker);
    worker.kill_after_first = true;
    insert_rows (1001, 1900);
    send_messages (&worker);
    wait_until (sql_holds, "SELECT (count(*) = 900)::int FROM test_queue.result");
    ck_assert (was_logged ("db.lost"));
    wait_until (worker_idle, &worker);
    check_all_done (900);
    worker_close (&worker);
}
END_TEST

// Two items of one submission, told apart by their kind.
START_TEST (test_kinds)
{
    worker_t worker;
    worker_open (&worker, 1, NEVER);
    wait_until (worker_idle, &worker);
    for (uint8_t kind = 0; kind < 2; kind++) {
        bc_item_t *item = item_new ((const uint8_t *)"0123456789abcdef");
        item->kind = kind;
        bc_queue_add (worker.queue, item);
    }
    ck_assert_int_eq (freed, 0);
    worker_close (&worker);  // with one under way and one pending
    ck_assert_int_eq (freed, 2);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("queue");
    TCase *cases = tcase_create ("queue");
    tcase_set_timeout (cases, 60);
    tcase_add_checked_fixture (cases, queue_setup, queue_teardown);
    tcase_add_test (cases, test_batches);
    tcase_add_test (cases, test_first_sweep);
    tcase_add_test (cases, test_later_sweep);
    tcase_add_test (cases, test_limit);
    tcase_add_test (cases, test_doubled_messages);
    tcase_add_test (cases, test_poison);
    tcase_add_test (cases, test_poison_cured);
    tcase_add_test (cases, test_two_workers);
    tcase_add_test (cases, test_connection_lost);
    tcase_add_test (cases, test_kinds);
    suite_add_tcase (suite, cases);
    return suite_run (suite);
}
