// What db.c (transactions), db_connect.c (the connection) and db_params.c share; nobody else includes it.
#pragma once

#include "db.h"

typedef enum { BC_DB_AWAY, BC_DB_CONNECTING, BC_DB_CHECKING, BC_DB_READY } bc_db_state_t;

// A message handed to libpq whose answer is awaited; the answers come in the same order.
typedef struct {
    enum { BC_SENT_PREPARE, BC_SENT_BEGIN, BC_SENT_QUERY, BC_SENT_COMMIT, BC_SENT_ROLLBACK, BC_SENT_SYNC } kind;
    const bc_statement_t *statement;
    bool answered;
} bc_sent_t;

struct bc_db {
    zloop_t *loop;
    char *conninfo;
    void (*ready) (void *arg);
    void *arg;

    // The connection: db_connect.c.
    bc_db_state_t state;
    PGconn *pg;
    zmq_pollitem_t watched;  // fd is -1 while nothing is watched
    int timer;               // pause before the next attempt, or the limit of this one; 0: none
    int pause_ms;
    unsigned turn;  // which of several hosts comes first
    char *reason;   // why the last attempt failed, as logged
    bool broken;    // to be closed as soon as nobody is using it
    int soon;       // timer that looks after what must not be done at once; 0: none

    // Transactions: db.c.
    zhashx_t *prepared;  // statements by name, on this connection
    bc_sent_t *sent;
    size_t sent_first, sent_count, sent_size;
    PGresult **results;  // of the step under way
    size_t result_count, result_size;
    bc_tx_t *current;
    bool finishing;  // current is over: its done is being called
    bc_tx_t *first, **last_p;
    size_t waiting, max_waiting;
};

struct bc_tx {
    bc_db_t *db;
    bc_tx_t *behind;  // in the waiting line
    bc_tx_mode_t mode;
    bc_tx_step_fn *step_fn;
    bc_tx_done_fn *done;
    void *arg;

    int step, attempt;
    bc_tx_next_t next;
    bool commit_sent;  // and not known to be refused
    bool committed;
    bool unconfirmed;      // a warning came with the commit: perhaps no standby has it
    bool failed, cleared;  // an error came; ROLLBACK was sent after it
    char sqlstate[6];
    char *error;  // for the log
};

// db.c
void bc_db_start_next (bc_db_t *self);
void bc_db_break (bc_db_t *self);  // the connection is to be closed
void bc_db_check (bc_db_t *self);  // the first transaction of a new connection: are the server's settings safe?
void bc_tx_destroy (bc_tx_t **self_p);

// db_connect.c
void bc_db_connect (bc_db_t *self);
void bc_db_disconnect (bc_db_t *self);
void bc_db_pause (bc_db_t *self);  // then connects again
void bc_db_watch (bc_db_t *self, int fd, short events);
void bc_db_accept (bc_db_t *self);                  // the new connection is good
void bc_db_complain (bc_db_t *self, char *reason);  // why there is none; takes the text over, logs it when it is news

// db_tx.c
void bc_tx_begin (bc_tx_t *self);
void bc_tx_finish (bc_tx_t *self, bc_outcome_t outcome);  // calls done and destroys it
void bc_tx_lost (bc_tx_t *self);                          // the connection is gone in the middle of it
void bc_db_send (bc_db_t *self, int kind, const bc_statement_t *statement, bc_params_t *params);
void bc_db_receive (bc_db_t *self);  // the socket is ready
void bc_db_clear_results (bc_db_t *self);
void bc_db_notice (void *arg, const PGresult *notice);

// db_params.c: how many there are, and what libpq wants to know of them.
int bc_params_view (bc_params_t *self, const char *const **values_p, const int **lengths_p, const int **formats_p);
