// A transaction's way over the wire: each step goes out as one pipeline, the answers come in order, and their end decides what is
// said to be true.

#include "db_private.h"
#include "log.h"
#include "metrics.h"
#include "xmem.h"

enum { ATTEMPTS = 6 };  // the first one, and five more after a deadlock or the like

static const bc_statement_t BEGIN_WRITE = {"bc_begin", "BEGIN ISOLATION LEVEL READ COMMITTED"};
static const bc_statement_t BEGIN_READ = {"bc_begin_read", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
static const bc_statement_t COMMIT = {"bc_commit", "COMMIT"};
static const bc_statement_t ROLLBACK = {"bc_rollback", "ROLLBACK"};

// --- Sending ---------------------------------------------------------------------------------------------------------------------

static void db_await (bc_db_t *self, int kind, const bc_statement_t *statement)
{
    if (self->sent_first == self->sent_count)
        self->sent_first = self->sent_count = 0;
    if (self->sent_count == self->sent_size) {
        self->sent_size = 2 * self->sent_size + 16;
        self->sent = xrealloc (self->sent, self->sent_size * sizeof *self->sent);
    }
    self->sent[self->sent_count++] = (bc_sent_t){.kind = kind, .statement = statement};
}

void bc_db_send (bc_db_t *self, int kind, const bc_statement_t *statement, bc_params_t *params)
{
    if (self->broken)
        return;
    if (!zhashx_lookup (self->prepared, statement->name)) {
        if (!PQsendPrepare (self->pg, statement->name, statement->sql, 0, NULL)) {
            bc_db_break (self);
            return;
        }
        zhashx_insert (self->prepared, statement->name, (void *)statement);
        db_await (self, BC_SENT_PREPARE, statement);
    }
    const char *const *values = NULL;
    const int *lengths = NULL, *formats = NULL;
    int count = params ? bc_params_view (params, &values, &lengths, &formats) : 0;
    if (PQsendQueryPrepared (self->pg, statement->name, count, values, lengths, formats, 1))
        db_await (self, kind, statement);
    else
        bc_db_break (self);
}

static void db_flush (bc_db_t *self)
{
    if (self->broken)
        return;
    int left = PQflush (self->pg);
    if (left < 0)
        bc_db_break (self);
    else
        bc_db_watch (self, PQsocket (self->pg), left ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN);
}

static void db_sync (bc_db_t *self)
{
    if (self->broken)
        return;
    if (PQpipelineSync (self->pg)) {
        db_await (self, BC_SENT_SYNC, NULL);
        db_flush (self);
    } else
        bc_db_break (self);
}

void bc_db_clear_results (bc_db_t *self)
{
    while (self->result_count)
        PQclear (self->results[--self->result_count]);
}

static void tx_run_step (bc_tx_t *self)
{
    bc_db_t *db = self->db;
    self->next = self->step_fn (self, self->step, self->arg);
    bc_db_clear_results (db);
    if (self->next == BC_TX_COMMIT) {
        // From here on a lost connection leaves the outcome open.
        self->commit_sent = true;
        bc_db_send (db, BC_SENT_COMMIT, &COMMIT, NULL);
    } else if (self->next == BC_TX_ROLLBACK)
        bc_db_send (db, BC_SENT_ROLLBACK, &ROLLBACK, NULL);
    db_sync (db);
}

void bc_tx_begin (bc_tx_t *self)
{
    bc_db_clear_results (self->db);
    self->step = 0;
    self->attempt++;
    self->failed = self->cleared = self->unconfirmed = false;
    self->sqlstate[0] = '\0';
    bc_db_send (self->db, BC_SENT_BEGIN, self->mode == BC_TX_READ_COMMITTED ? &BEGIN_WRITE : &BEGIN_READ, NULL);
    tx_run_step (self);
}

// --- Outcomes --------------------------------------------------------------------------------------------------------------------

static void outcome_count (bc_outcome_t outcome)
{
    static const char *const names[] = {
        "baocao_transactions_total{outcome=\"done\"}",   "baocao_transactions_total{outcome=\"rolled_back\"}",
        "baocao_transactions_total{outcome=\"retry\"}",  "baocao_transactions_total{outcome=\"uncertain\"}",
        "baocao_transactions_total{outcome=\"failed\"}",
    };
    bc_metric_add (bc_metric_counter (names[outcome], "Database transactions by their outcome."), 1);
}

static void tx_log (const bc_tx_t *self, bc_outcome_t outcome)
{
    if (outcome == BC_DB_UNCERTAIN)
        bc_log (BC_LOG_WARNING, "db.uncertain", NULL,
                self->unconfirmed ? "a commit was not confirmed by the standby" : "the connection was lost during a commit");
    else if (self->failed && outcome == BC_DB_FAILED)
        bc_log (BC_LOG_ERROR, "db.failed", NULL, "%s", self->error);
    else if (self->failed)
        bc_log (BC_LOG_WARNING, "db.retry", NULL, "%s", self->error);
}

// While `done` runs the transaction is still the current one, so that nothing else starts over its results.
void bc_tx_finish (bc_tx_t *self, bc_outcome_t outcome)
{
    bc_db_t *db = self->db;
    tx_log (self, outcome);
    outcome_count (outcome);
    db->finishing = true;
    self->done (self, outcome, self->arg);
    db->finishing = false;
    if (db->current == self) {
        bc_db_clear_results (db);
        db->current = NULL;
    }
    bc_tx_destroy (&self);
}

static bool sqlstate_is_conflict (const char *sqlstate)
{
    return streq (sqlstate, "40001") || streq (sqlstate, "40P01") || streq (sqlstate, "55P03");
}

// The server's state rather than the statement is at fault: connection, resources, shutdown or cancel, input and output.
static bool sqlstate_is_passing (const char *sqlstate)
{
    return sqlstate_is_conflict (sqlstate) || strncmp (sqlstate, "08", 2) == 0 || strncmp (sqlstate, "53", 2) == 0 ||
           strncmp (sqlstate, "57", 2) == 0 || strncmp (sqlstate, "58", 2) == 0;
}

static bc_outcome_t tx_error_outcome (const bc_tx_t *self)
{
    return sqlstate_is_passing (self->sqlstate) ? BC_DB_RETRY : BC_DB_FAILED;
}

static void tx_failed (bc_tx_t *self)
{
    if (sqlstate_is_conflict (self->sqlstate) && self->attempt < ATTEMPTS)
        bc_tx_begin (self);
    else
        bc_tx_finish (self, tx_error_outcome (self));
}

// All answers of a step are in.
static void tx_end_step (bc_tx_t *self)
{
    bc_db_t *db = self->db;
    if (self->failed && !self->cleared && PQtransactionStatus (db->pg) != PQTRANS_IDLE) {
        self->cleared = true;
        bc_db_send (db, BC_SENT_ROLLBACK, &ROLLBACK, NULL);
        db_sync (db);
    } else if (self->failed)
        tx_failed (self);
    else if (self->next == BC_TX_COMMIT)
        bc_tx_finish (self, self->committed && !self->unconfirmed ? BC_DB_DONE : BC_DB_UNCERTAIN);
    else if (self->next == BC_TX_ROLLBACK)
        bc_tx_finish (self, BC_DB_ROLLED_BACK);
    else {
        self->step++;
        tx_run_step (self);
    }
}

// The connection is gone in the middle of it.
void bc_tx_lost (bc_tx_t *self)
{
    if (self->committed)
        bc_tx_finish (self, self->unconfirmed ? BC_DB_UNCERTAIN : BC_DB_DONE);
    else if (self->commit_sent)
        bc_tx_finish (self, BC_DB_UNCERTAIN);
    else
        bc_tx_finish (self, self->failed ? tx_error_outcome (self) : BC_DB_RETRY);
}

// --- Receiving -------------------------------------------------------------------------------------------------------------------

// Text for the log. Messages about bad data quote it, and no report content may get into the log.
static char *error_text (const bc_sent_t *sent, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField (result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
    const char *table = PQresultErrorField (result, PG_DIAG_TABLE_NAME);
    const char *constraint = PQresultErrorField (result, PG_DIAG_CONSTRAINT_NAME);
    return xasprintf ("SQLSTATE %s in %s: %s%s%s%s%s", sqlstate, sent->statement->name,
                      message && strncmp (sqlstate, "22", 2) != 0 ? message : "data refused", table ? "; table " : "",
                      table ? table : "", constraint ? "; constraint " : "", constraint ? constraint : "");
}

static void db_take_error (bc_db_t *self, const bc_sent_t *sent, const PGresult *result)
{
    bc_tx_t *tx = self->current;
    const char *sqlstate = PQresultErrorField (result, PG_DIAG_SQLSTATE);
    const char *severity = PQresultErrorField (result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (!sqlstate || tx->cleared) {  // libpq's own error, or not even ROLLBACK works: this connection is of no use
        bc_db_break (self);
        return;
    }
    if (sent->kind == BC_SENT_PREPARE)
        zhashx_delete (self->prepared, sent->statement->name);
    // An error is the server's word that nothing was committed, but for one that ends the connection in the middle of COMMIT.
    if (sent->kind != BC_SENT_COMMIT || (severity && streq (severity, "ERROR")))
        tx->commit_sent = false;
    tx->failed = true;
    snprintf (tx->sqlstate, sizeof tx->sqlstate, "%s", sqlstate);
    free (tx->error);
    tx->error = error_text (sent, result);
}

static void db_take_success (bc_db_t *self, const bc_sent_t *sent, PGresult *result)
{
    if (sent->kind == BC_SENT_COMMIT)
        self->current->committed = streq (PQcmdStatus (result), "COMMIT");
    if (sent->kind != BC_SENT_QUERY) {
        PQclear (result);
        return;
    }
    if (self->result_count == self->result_size) {
        self->result_size = 2 * self->result_size + 8;
        self->results = xrealloc (self->results, self->result_size * sizeof *self->results);
    }
    self->results[self->result_count++] = result;
}

// Takes over the result.
static void db_take (bc_db_t *self, bc_sent_t *sent, PGresult *result)
{
    sent->answered = true;
    switch (PQresultStatus (result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        db_take_success (self, sent, result);
        return;
    case PGRES_PIPELINE_ABORTED:  // skipped by the server because of an error before it
        if (sent->kind == BC_SENT_PREPARE)
            zhashx_delete (self->prepared, sent->statement->name);
        break;
    case PGRES_PIPELINE_SYNC:
        self->sent_first++;
        tx_end_step (self->current);
        bc_db_start_next (self);
        break;
    default:
        db_take_error (self, sent, result);
    }
    PQclear (result);
}

void bc_db_receive (bc_db_t *self)
{
    bool alive = PQconsumeInput (self->pg);
    // What came before the connection broke still counts: the answer to a COMMIT may be in it.
    while (!PQisBusy (self->pg) && self->sent_first < self->sent_count && !self->broken) {
        bc_sent_t *sent = &self->sent[self->sent_first];
        PGresult *result = PQgetResult (self->pg);
        if (result)
            db_take (self, sent, result);
        else if (sent->answered)
            self->sent_first++;
        else
            bc_db_break (self);
    }
    if (!alive || PQstatus (self->pg) == CONNECTION_BAD)
        bc_db_break (self);
    db_flush (self);
}

void bc_db_notice (void *arg, const PGresult *notice)
{
    bc_db_t *self = arg;
    const char *sqlstate = PQresultErrorField (notice, PG_DIAG_SQLSTATE);
    const char *severity = PQresultErrorField (notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField (notice, PG_DIAG_MESSAGE_PRIMARY);
    // A cancelled wait for the standby ends in this warning, and then in success.
    if (self->sent_first < self->sent_count && self->sent[self->sent_first].kind == BC_SENT_COMMIT && sqlstate &&
        streq (sqlstate, "01000"))
        self->current->unconfirmed = true;
    bool chatter = severity && (streq (severity, "NOTICE") || streq (severity, "INFO") || streq (severity, "DEBUG"));
    bc_log (chatter ? BC_LOG_DEBUG : BC_LOG_WARNING, "db.notice", NULL, "%s %s", sqlstate ? sqlstate : "-", message ? message : "");
}
