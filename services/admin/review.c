// Decisions about a report.
#include "review.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "sql.h"

// A report id is the unit's own choice, so two units may have the same one.
static const char FIND[] =
    "SELECT s.submission_id, u.code, s.plan_code, s.period_code FROM submission s JOIN unit u USING (unit_id)"
    " WHERE s.submission_id IN (SELECT $1::uuid UNION ALL"
    "   SELECT r.submission_id FROM unit JOIN submission r USING (unit_id) WHERE r.report_id = $1::uuid) ORDER BY s.received_at";

static int ambiguous (const char *id, const PGresult *found)
{
    int status = admin_fail (EX_DATAERR, _ ("%s is the id of several reports; name one by its submission:"), id);
    for (int row = 0; row < PQntuples (found); row++)
        fprintf (stderr, "  %s  %s %s %s\n", sql_text (found, row, 0), sql_text (found, row, 1), sql_text (found, row, 2),
                 sql_text (found, row, 3));
    return status;
}

static int find (admin_t *admin)
{
    int status = 0;
    const char **id = &admin->options->operands[0];
    PGresult *found = sql_query (admin, &status, FIND, SQL_PARAMS (*id));
    if (!found)
        return status;
    if (PQntuples (found) > 1)
        status = ambiguous (*id, found);
    else if (PQntuples (found) == 1) {
        snprintf (admin->submission, sizeof admin->submission, "%s", sql_text (found, 0, 0));
        *id = admin->submission;
    }
    PQclear (found);
    return status;
}

int review_check (admin_t *admin, bool needs_reason)
{
    uint8_t id[BC_UUID_SIZE];
    const char *text = admin->options->operands[0], *reason = admin->options->reason;
    if (bc_uuid_parse (text, id) != 0)
        return admin_fail (EX_USAGE,
                           _ ("%s is neither the id of a submission (baocao-admin report list shows them) nor a report id"), text);
    if (needs_reason && (!reason || !*reason))
        return admin_fail (EX_USAGE, _ ("say why, with --reason"));
    return find (admin);
}

static const char DECIDE[] =
    "INSERT INTO review (submission_id, action, at, who, reason)"
    " SELECT submission_id, $2, timestamptz 'epoch' + $3::bigint * interval '1 millisecond', $4, $5 FROM submission_state t"
    " WHERE submission_id = $1 AND state = ANY ($6::text[])"
    "  AND CASE $7 WHEN 'counted' THEN EXISTS (SELECT FROM unit_standing u WHERE u.submission_id = t.submission_id)"
    "              ELSE EXISTS (SELECT FROM quarantine q WHERE q.submission_id = t.submission_id) END";

static const char WHY[] =
    "SELECT state, state = ANY ($2::text[]), (SELECT max(l.revision) FROM submission s JOIN verdict l USING (unit_id, period_id)"
    "        WHERE s.submission_id = $1 AND l.accepted AND l.revision > s.revision) FROM submission_state WHERE submission_id = $1";

// Why nothing could be decided.
static int refuse (admin_t *admin, const review_t *review)
{
    int status = 0;
    const char *id = admin->options->operands[0];
    PGresult *result = sql_query (admin, &status, WHY, SQL_PARAMS (id, review->states));
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("there is no submission %s (baocao-admin report list shows them)"), id);
    else if (strcmp (review->place, "admissible") == 0 && *sql_text (result, 0, 1) == 't' && sql_text (result, 0, 2))
        status = admin_fail (EX_DATAERR, _ ("submission %s stays in quarantine: revision %s came after it and was accepted"), id,
                             sql_text (result, 0, 2));
    else
        status = admin_fail (EX_DATAERR, _ ("submission %s is %s: %s"), id, _ (sql_text (result, 0, 0)), _ (review->rule));
    PQclear (result);
    return status;
}

static int store (admin_t *admin, const review_t *review, const char *now)
{
    int status = 0;
    const char *id = admin->options->operands[0], *reason = admin->options->reason ? admin->options->reason : "";
    PGresult *result = sql_query (admin, &status, DECIDE,
                                  SQL_PARAMS (id, review->action, now, admin_who (admin), reason, review->states, review->place));
    if (!result)
        return status;
    bool decided = sql_affected (result) == 1;
    PQclear (result);
    return decided ? sql_run (admin, review->queue, SQL_PARAMS (id)) : refuse (admin, review);
}

int review_decide (admin_t *admin, const review_t *review)
{
    const char *now;
    int status = sql_begin_decision (admin, &now);
    return status ? status : sql_end (admin, store (admin, review, now));
}
