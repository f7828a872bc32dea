// Statements with parameters, and what their failures mean for the exit code.
#include "sql.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

// By the beginning of the SQLSTATE; the first that fits.
static const struct {
    const char *state;
    int status;
    const char *remedy;
} FAILURES[] = {
    {"42501", EX_NOPERM, N_ ("this role may not do that")},
    {"25006", EX_NOPERM, N_ ("this role may not do that")},
    {"28", EX_NOPERM, N_ ("the database refuses this role")},
    {"42P01", EX_CONFIG, N_ ("the schema is not up to date: run baocao-admin migrate")},
    {"42703", EX_CONFIG, N_ ("the schema is not up to date: run baocao-admin migrate")},
    {"3F000", EX_CONFIG, N_ ("the schema is not up to date: run baocao-admin migrate")},
    {"22", EX_DATAERR, N_ ("the database refuses a value")},
    {"23", EX_DATAERR, N_ ("the database refuses a value")},
    {"", EX_UNAVAILABLE, N_ ("the database could not do it")},
};

static int explain (const char *state, const char *message)
{
    size_t i = 0;
    while (strncmp (state, FAILURES[i].state, strlen (FAILURES[i].state)) != 0)
        i++;
    char *line = xstrdup (message);
    line[strcspn (line, "\n")] = '\0';
    admin_fail (FAILURES[i].status, "%s (%s)", _ (FAILURES[i].remedy), line);
    free (line);
    return FAILURES[i].status;
}

PGconn *sql_connect (const char *conninfo, int *status_p)
{
    PGconn *db = PQconnectdb (conninfo);
    if (PQstatus (db) == CONNECTION_OK)
        return db;
    // The server answers, so it was we who were refused.
    bool answers = PQping (conninfo) == PQPING_OK;
    *status_p = answers ? EX_NOPERM : EX_UNAVAILABLE;
    char *line = xstrdup (PQerrorMessage (db));
    line[strcspn (line, "\n")] = '\0';
    admin_fail (*status_p, "%s (%s)", answers ? _ ("the database refuses the connection") : _ ("the database is not reachable"),
                line);
    free (line);
    PQfinish (db);
    return NULL;
}

PGresult *sql_query_on (PGconn *db, int *status_p, const char *sql, int n_params, const char *const *params)
{
    PGresult *result = PQexecParams (db, sql, n_params, NULL, params, NULL, NULL, 0);
    ExecStatusType outcome = PQresultStatus (result);
    if (outcome == PGRES_TUPLES_OK || outcome == PGRES_COMMAND_OK)
        return result;
    const char *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
    *status_p = explain (state ? state : "", message ? message : PQerrorMessage (db));
    PQclear (result);
    return NULL;
}

// Programs read UTC; people read the time of their plan.
static const char SETTINGS[] =
    "SELECT set_config('search_path', 'baocao', false),"
    "       set_config('timezone', CASE WHEN $1::boolean THEN 'UTC' ELSE"
    "           coalesce((SELECT time_zone FROM baocao.plan ORDER BY plan_id LIMIT 1), 'UTC') END, false)";

static int connect_admin (admin_t *admin, int *status_p)
{
    const char *conninfo = admin_setting (admin, "admin/conninfo");
    if (!conninfo) {
        *status_p = EX_CONFIG;
        return -1;
    }
    admin->db = sql_connect (conninfo, status_p);
    if (!admin->db)
        return -1;
    bool utc = admin->options->given & OPTION_JSON;
    PGresult *result = sql_query_on (admin->db, status_p, SETTINGS, SQL_PARAMS (utc ? "true" : "false"));
    PQclear (result);
    return result ? 0 : -1;
}

PGresult *sql_query (admin_t *admin, int *status_p, const char *sql, int n_params, const char *const *params)
{
    if (!admin->db && connect_admin (admin, status_p) != 0)
        return NULL;
    return sql_query_on (admin->db, status_p, sql, n_params, params);
}

int sql_run (admin_t *admin, const char *sql, int n_params, const char *const *params)
{
    int status = 0;
    PQclear (sql_query (admin, &status, sql, n_params, params));
    return status;
}

int sql_begin_decision (admin_t *admin, const char **now_p)
{
    int status = sql_run (admin, "BEGIN", SQL_NO_PARAMS);
    if (status == 0)
        status = sql_run (admin, "SELECT version FROM plan_version FOR UPDATE", SQL_NO_PARAMS);
    if (status == 0 && now_p && !(*now_p = admin_now_text (admin)))
        status = EX_CONFIG;
    return status;
}

int sql_end (admin_t *admin, int status)
{
    if (status == 0)
        return sql_run (admin, admin->options->given & OPTION_DRY_RUN ? "ROLLBACK" : "COMMIT", SQL_NO_PARAMS);
    PQclear (PQexec (admin->db, "ROLLBACK"));
    return status;
}

int sql_plan_moved (admin_t *admin)
{
    return sql_run (admin, "UPDATE plan_version SET version = version + 1", SQL_NO_PARAMS);
}

const char *sql_text (const PGresult *result, int row, int column)
{
    return PQgetisnull (result, row, column) ? NULL : PQgetvalue (result, row, column);
}

long long sql_number (const PGresult *result, int row, int column)
{
    return strtoll (PQgetvalue (result, row, column), NULL, 10);
}

long long sql_affected (PGresult *result)
{
    return strtoll (PQcmdTuples (result), NULL, 10);
}
