// PostgreSQL in the event loop: one asynchronous connection, transactions as retried callbacks, named prepared statements,
// pipelined round trips, binary parameters and results.
//
// A transaction is a step function. It queues statements and says what comes next; when their results are in, it is called for
// the next step. It can be run again from step 0 (after a deadlock or a serialisation failure), so it keeps nothing that
// a second run would find wrong. When all is over `done` is called, once, never from within bc_db_run.
//
//   static bc_tx_next_t store (bc_tx_t *tx, int step, void *arg)
//   {
//       if (step == 0) { bc_tx_query (tx, &FIND, find_params (arg)); return BC_TX_NEXT; }
//       remember (arg, bc_tx_result (tx, 0));            // results of the step before
//       bc_tx_query (tx, &INSERT, insert_params (arg));
//       return BC_TX_COMMIT;                             // COMMIT rides in the same round trip
//   }
#pragma once

#include <czmq.h>
#include <libpq-fe.h>

typedef struct bc_db bc_db_t;
typedef struct bc_tx bc_tx_t;
typedef struct bc_params bc_params_t;

typedef enum {
    BC_DB_DONE,         // committed, durably (on every synchronous standby, where there is one)
    BC_DB_ROLLED_BACK,  // the step function asked for it
    BC_DB_RETRY,        // nothing was committed; the database is away or too busy: try later
    BC_DB_UNCERTAIN,    // the connection was lost during COMMIT, or the commit was not confirmed by the standby: not known
    BC_DB_FAILED,       // nothing was committed; the same statements would fail again (logged with SQLSTATE)
} bc_outcome_t;

const char *bc_outcome_name (bc_outcome_t outcome);

typedef enum { BC_TX_NEXT, BC_TX_COMMIT, BC_TX_ROLLBACK } bc_tx_next_t;
typedef bc_tx_next_t bc_tx_step_fn (bc_tx_t *tx, int step, void *arg);
typedef void bc_tx_done_fn (bc_tx_t *tx, bc_outcome_t outcome, void *arg);

typedef enum { BC_TX_READ_COMMITTED, BC_TX_REPEATABLE_READ_ONLY } bc_tx_mode_t;

// A statement: prepared under its name on each connection when first used. Parameters are written $1::type, so that their types
// are known.
typedef struct {
    const char *name;
    const char *sql;
} bc_statement_t;

// Connects, and reconnects for ever with growing pauses (0.1 to 5 s). At every connection fsync, full_page_writes and
// synchronous_commit must be on; a server without them is refused. ready (may be NULL) is called after each connection.
// max_waiting: how many transactions may wait behind the one under way.
bc_db_t *bc_db_new (zloop_t *loop, const char *conninfo, size_t max_waiting, void (*ready) (void *arg), void *arg);

// Drops what is under way without calling done.
void bc_db_destroy (bc_db_t **self_p);

bool bc_db_connected (const bc_db_t *self);
bool bc_db_idle (const bc_db_t *self);  // nothing under way, nothing waiting

// Runs a transaction after those already waiting. While there is no connection, done comes soon, with BC_DB_RETRY.
// 0, or -1 when max_waiting is reached (done is not called).
int bc_db_run (bc_db_t *self, bc_tx_mode_t mode, bc_tx_step_fn *step, bc_tx_done_fn *done, void *arg);

// Queues a statement of the current step; takes the parameters over (NULL: none).
void bc_tx_query (bc_tx_t *tx, const bc_statement_t *statement, bc_params_t *params);

// The index-th result of the step before (within done: of the last step). In binary format; valid until the step returns.
const PGresult *bc_tx_result (const bc_tx_t *tx, int index);

// SQLSTATE of the error behind BC_DB_FAILED, or "".
const char *bc_tx_sqlstate (const bc_tx_t *tx);

// Parameters in order $1, $2 ...; the data is copied. NULL text or bytes is SQL NULL.
bc_params_t *bc_params_new (void);
void bc_params_destroy (bc_params_t **self_p);
void bc_params_int4 (bc_params_t *self, int32_t value);
void bc_params_int8 (bc_params_t *self, int64_t value);
void bc_params_bool (bc_params_t *self, bool value);
void bc_params_text (bc_params_t *self, const char *text);
void bc_params_bytes (bc_params_t *self, const void *data, size_t size);
void bc_params_uuid (bc_params_t *self, const uint8_t uuid[16]);
void bc_params_time (bc_params_t *self, int64_t ms);  // timestamptz

// One-dimensional arrays, for INSERT ... SELECT FROM unnest(...): begin, then one add per element. An element's data is given as
// bc_array_* below; NULL with bc_array_null.
typedef enum {
    BC_BOOL = 16,
    BC_BYTEA = 17,
    BC_INT8 = 20,
    BC_INT2 = 21,
    BC_INT4 = 23,
    BC_TEXT = 25,
    BC_TIME = 1184,
    BC_UUID = 2950
} bc_type_t;
void bc_params_array (bc_params_t *self, bc_type_t element);             // begins the next parameter
void bc_array_int (bc_params_t *self, int64_t value);                    // BOOL, INT2, INT4, INT8, and TIME in Unix ms
void bc_array_text (bc_params_t *self, const char *text);                // TEXT; numeric is passed as text and cast in the SQL
void bc_array_bytes (bc_params_t *self, const void *data, size_t size);  // BYTEA, UUID
void bc_array_id (bc_params_t *self, int64_t id);                        // INT4, INT8; 0, an id that is not known, is NULL
void bc_array_null (bc_params_t *self);

// The next parameter: an INT4 array out of `count` structs of `stride` bytes. first: the member of the first of them.
void bc_params_int4s (bc_params_t *self, const int *first, size_t stride, size_t count);

// Columns of a binary result. Null gives 0, NULL or an empty span.
bool bc_row_null (const PGresult *result, int row, int column);
int64_t bc_row_int (const PGresult *result, int row, int column);                           // bool, int2, int4, int8
int64_t bc_row_time (const PGresult *result, int row, int column);                          // timestamptz, Unix ms
const char *bc_row_text (const PGresult *result, int row, int column);                      // text (cast others to text in the SQL)
const uint8_t *bc_row_bytes (const PGresult *result, int row, int column, size_t *size_p);  // bytea, uuid; size_p may be NULL
