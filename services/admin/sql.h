// Statements with parameters, one at a time: what a command needs of PostgreSQL. Parameters and results are text.
#pragma once

#include "admin.h"

// The parameters $1, $2 ... of a statement, as the last arguments of sql_query. NULL is SQL NULL.
#define SQL_PARAMS(...)                                                                                                            \
    (int)(sizeof ((const char *[]){__VA_ARGS__}) / sizeof (const char *)), (const char *const[])                                   \
    {                                                                                                                              \
        __VA_ARGS__                                                                                                                \
    }
#define SQL_NO_PARAMS 0, NULL

// Connects at the first call, as admin/conninfo says. NULL: it failed, which was said; *status_p is the exit code.
PGresult *sql_query (admin_t *admin, int *status_p, const char *sql, int n_params, const char *const *params);

// The same on a given connection, for one other than the command's own.
PGresult *sql_query_on (PGconn *db, int *status_p, const char *sql, int n_params, const char *const *params);

// A statement whose result is of no interest. 0, or the exit code.
int sql_run (admin_t *admin, const char *sql, int n_params, const char *const *params);

// Connects. NULL: it failed, which was said; *status_p is the exit code.
PGconn *sql_connect (const char *conninfo, int *status_p);

// BEGIN, alone among all decisions: the next one waits until this one has ended, and so sees it and comes after it. *now_p (if not
// NULL) is the time then, as admin_now_text has it. 0, or the exit code.
int sql_begin_decision (admin_t *admin, const char **now_p);

// Within BEGIN: commits when status is 0 and no --dry-run was given, else rolls back. Returns status, or the exit code when it could not
// be committed.
int sql_end (admin_t *admin, int status);

// Has every service read the plan again: within the transaction that changed it. 0, or the exit code.
int sql_plan_moved (admin_t *admin);

const char *sql_text (const PGresult *result, int row, int column);  // NULL for null
long long sql_number (const PGresult *result, int row, int column);
long long sql_affected (PGresult *result);  // rows inserted, updated or deleted
