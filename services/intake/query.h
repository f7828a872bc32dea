// Questions of departments, answered from the database over a connection of their own, so that they never wait for reports being
// stored and reports never wait for them. Departments take turns: however much one asks, a neighbour's next question waits for one
// of each.
#pragma once

#include "baocao/v1/client.pb-c.h"
#include "doors.h"
#include "plan/plan.h"

typedef struct query query_t;

enum { QUERY_DEPARTMENT_MAX = 4 };  // under way or in line, of one department

// Borrows the connection.
query_t *query_new (bc_db_t *queries);

// Destroy the connection first: what is under way must not end any more.
void query_destroy (query_t **self_p);

bool query_idle (const query_t *self);

// Has the department as many questions under way or in line as it may?
bool query_is_busy (const query_t *self, const department_t *department);

// Each takes in a request that has passed request_check and answers it later.
void query_receipt (query_t *self, const asker_t *asker, const Baocao__V1__GetReceipt *request);
void query_status (query_t *self, const asker_t *asker, const Baocao__V1__GetStatus *request);
void query_duties (query_t *self, const asker_t *asker, const Baocao__V1__GetDuties *request);
void query_report (query_t *self, const asker_t *asker, const Baocao__V1__GetReport *request);
void query_ask (query_t *self, const asker_t *asker, const Baocao__V1__Ask *request);
void query_coordination (query_t *self, const asker_t *asker, const Baocao__V1__GetCoordination *request);
void query_coordinate (query_t *self, const asker_t *asker, const Baocao__V1__Coordinate *request);

// --- For a kind of question of its own (mailbox.c): a struct that begins with a query_job_t.

typedef struct query_job {
    struct query_job *next;
    query_t *query;
    uint64_t turn;
    asker_t asker;
    bc_tx_mode_t mode;
    bc_tx_step_fn *step;                                   // its arg is the job
    void (*answer) (struct query_job *self, bc_tx_t *tx);  // after the last step, with its results
} query_job_t;

// Fresh memory of `size` bytes for a job.
void *query_job_new (size_t size, const asker_t *asker, bc_tx_step_fn *step, void (*answer) (query_job_t *self, bc_tx_t *tx));

// Runs it and frees it when it is over. Counts as in flight for the department until then; what goes wrong is answered here.
void query_run (query_t *self, query_job_t *job, bc_tx_mode_t mode);

// The plans, for the steps and the answer of a job that has just asked for their version; NULL before the first was read.
plan_book_t **query_book (query_t *self);
