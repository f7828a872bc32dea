// report: what departments sent, and what the standing agency decides about it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baocao/v1/report.pb-c.h"
#include "common/wire.h"
#include "nouns.h"
#include "output.h"
#include "report/json.h"
#include "review.h"
#include "sql.h"

enum { REPORT_CAP = 8 << 20 };

#define TIMELINESS "CASE s.timeliness WHEN 1 THEN 'on time' WHEN 2 THEN 'late' WHEN 3 THEN 'after closing' END AS timeliness"

// --- list ------------------------------------------------------------------------------------------------------------------------

static const char *const STATES[] = {"received", "accepted", "rejected", "superseded", "returned", "confirmed", "quarantined"};

static bool is_state (const char *word)
{
    for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
        if (strcmp (STATES[i], word) == 0)
            return true;
    return false;
}

static const char LIST[] =
    "SELECT s.received_at, u.code AS unit, s.plan_code AS plan, s.period_code AS period, s.revision," TIMELINESS
    ", t.state, s.submitted_by, s.submission_id::text"
    " FROM submission s JOIN submission_state t USING (submission_id) JOIN unit u USING (unit_id)"
    " WHERE ($1::text IS NULL OR s.plan_code = $1) AND ($2::text IS NULL OR s.period_code = $2)"
    "  AND ($3::text IS NULL OR t.state = $3) ORDER BY s.received_at, s.submission_id";

int report_list (admin_t *admin)
{
    const options_t *options = admin->options;
    const char *plan = options->n_operands > 0 ? options->operands[0] : NULL;
    const char *period = options->n_operands > 1 ? options->operands[1] : NULL;
    if (options->state && !is_state (options->state))
        return admin_fail (
            EX_USAGE,
            _ ("a report is not \"%s\": it is received, quarantined, accepted, rejected, superseded, returned or confirmed"),
            options->state);
    const char *titles[] = {_ ("Received"), _ ("Unit"),  _ ("Plan"),         _ ("Period"),    _ ("Revision"),
                            _ ("Time"),     _ ("State"), _ ("Submitted by"), _ ("Submission")};
    return output_query (admin, LIST, SQL_PARAMS (plan, period, options->state), titles);
}

// --- show ------------------------------------------------------------------------------------------------------------------------

enum { SHOWN_REPORT };

static const char SHOW[] =
    "SELECT s.report, u.code AS unit, u.name_vi, s.plan_code AS plan, s.period_code AS period, s.revision," TIMELINESS ", t.state,"
    " s.received_at, s.submitted_by, t.judged_at, s.report_id::text, s.chain_index, encode(s.report_digest, 'hex') AS "
    "report_digest, s.key_id,"
    " encode(s.signature, 'hex') AS signature, s.sender_key"
    " FROM submission s JOIN submission_state t USING (submission_id) JOIN unit u USING (unit_id) WHERE s.submission_id = $1";

static const char FINDINGS[] = "SELECT severity, code, path, message_vi, message_en FROM finding WHERE submission_id = $1"
                               " ORDER BY position";
static const char REVIEWS[] = "SELECT action, at, who, reason FROM review WHERE submission_id = $1 ORDER BY review_id";

// The whole content; null when the bytes are no report.
static json_t *content_of (const PGresult *result)
{
    size_t size;
    const char *reason;
    unsigned char *bytes = PQunescapeBytea ((const unsigned char *)PQgetvalue (result, 0, SHOWN_REPORT), &size);
    bc_arena_t *arena = bc_arena_new (REPORT_CAP);
    const ProtobufCMessage *report = bc_wire_unpack (&baocao__v1__report__descriptor, bytes, size, arena, &reason);
    json_t *content = report ? report_to_json (report) : json_null ();
    bc_arena_destroy (&arena);
    PQfreemem (bytes);
    return content;
}

static PGresult *ask (admin_t *admin, const char *sql, int *status_p)
{
    return sql_query (admin, status_p, sql, SQL_PARAMS (admin->options->operands[0]));
}

// Takes the lists over.
static void show_json (const PGresult *result, PGresult **findings_p, PGresult **reviews_p)
{
    json_t *rows = output_rows (result, SHOWN_REPORT + 1), *shown = json_array_get (rows, 0);
    json_object_set_new (shown, "findings", output_rows (*findings_p, 0));
    json_object_set_new (shown, "reviews", output_rows (*reviews_p, 0));
    json_object_set_new (shown, "report", content_of (result));
    json_dumpf (shown, stdout, JSON_COMPACT);
    putchar ('\n');
    json_decref (rows);
    PQclear (*findings_p);
    PQclear (*reviews_p);
}

// The content is shown as it is written in report files. Takes the lists over.
static void show_people (const admin_t *admin, const PGresult *result, PGresult **findings_p, PGresult **reviews_p)
{
    const char *titles[] = {_ ("Unit"),   _ ("Name"),        _ ("Plan"),         _ ("Period"),      _ ("Revision"),  _ ("Time"),
                            _ ("State"),  _ ("Received"),    _ ("Submitted by"), _ ("Judged"),      _ ("Report id"), _ ("Receipt"),
                            _ ("Digest"), _ ("Receipt key"), _ ("Signature"),    _ ("Sender's key")};
    const char *finding_titles[] = {_ ("Severity"), _ ("Rule"), _ ("Place"), _ ("Vietnamese"), _ ("English")};
    const char *review_titles[] = {_ ("Decision"), _ ("Decided"), _ ("Decided by"), _ ("Reason")};
    output_record (result, SHOWN_REPORT + 1, titles);
    printf ("\n%s\n", _ ("Findings:"));
    output_list (admin, findings_p, finding_titles);
    printf ("\n%s\n", _ ("Decisions:"));
    output_list (admin, reviews_p, review_titles);
    printf ("\n%s\n", _ ("Content:"));
    json_t *content = content_of (result);
    json_dumpf (content, stdout, JSON_INDENT (2) | JSON_ENCODE_ANY);
    putchar ('\n');
    json_decref (content);
}

static int show (admin_t *admin, const PGresult *result)
{
    int status = 0;
    PGresult *findings = ask (admin, FINDINGS, &status), *reviews = findings ? ask (admin, REVIEWS, &status) : NULL;
    if (!reviews)
        PQclear (findings);
    else if (admin->options->given & OPTION_JSON)
        show_json (result, &findings, &reviews);
    else
        show_people (admin, result, &findings, &reviews);
    return status;
}

int report_show (admin_t *admin)
{
    int status = review_check (admin, false);
    if (status)
        return status;
    PGresult *result = ask (admin, SHOW, &status);
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("there is no submission %s (baocao-admin report list shows them)"),
                             admin->options->operands[0]);
    else
        status = show (admin, result);
    PQclear (result);
    return status;
}

// --- confirm, return -------------------------------------------------------------------------------------------------------------

int report_confirm (admin_t *admin)
{
    static const review_t review = {"confirm", "{accepted}", "counted",
                                    "INSERT INTO notification_queue (item, event) VALUES ($1, 'confirmed')",
                                    N_ ("only an accepted report that counts in the totals can be confirmed")};
    int status = review_check (admin, false);
    if (status == 0)
        status = review_decide (admin, &review);
    const char *id = admin->options->operands[0];
    if (status == 0)
        output_result (admin, json_pack ("{s:s,s:s}", "submission_id", id, "action", "confirm"), _ ("Submission %s is confirmed."),
                       id);
    return status;
}

// What the unit asked for, if it did, is granted.
static const char RETURNED[] =
    "WITH settled AS (INSERT INTO request_decision (request_id, outcome, at, who, reason)"
    "  SELECT request_id, 'granted', r.at, r.who, r.reason FROM unit_request q JOIN review r USING (submission_id)"
    "  WHERE r.action = 'return' AND q.submission_id = $1 AND NOT EXISTS (SELECT FROM request_decision d WHERE d.request_id = "
    "q.request_id))"
    " INSERT INTO aggregation_queue (submission_id, event) VALUES ($1, 'returned')";

// In a closed period what the unit sends again would not be judged, and nobody reminds it.
static const char CLOSED[] =
    "SELECT s.plan_code, s.period_code FROM submission s JOIN period_window w USING (period_id)"
    " WHERE s.submission_id = $1 AND w.closes_at <= timestamptz 'epoch' + $2::bigint * interval '1 millisecond'";

static int say_returned (admin_t *admin, const char *id)
{
    int status = 0;
    PGresult *closed = sql_query (admin, &status, CLOSED, SQL_PARAMS (id, admin_now_text (admin)));
    if (!closed)
        return status;
    bool is_closed = PQntuples (closed) > 0;
    json_t *said = json_pack ("{s:s,s:s,s:b}", "submission_id", id, "action", "return", "closed", is_closed);
    if (is_closed)
        output_result (
            admin, said,
            _ ("Submission %s is returned: it leaves the totals, and its unit is told why.\nIts period is closed: what the "
               "unit sends now is kept in quarantine, and nobody reminds it. For it to report again: baocao-admin period "
               "reopen %s %s --reason TEXT; then extension grant, if it is to be on time."),
            id, sql_text (closed, 0, 0), sql_text (closed, 0, 1));
    else
        output_result (admin, said, _ ("Submission %s is returned: it leaves the totals, and its unit is told why."), id);
    PQclear (closed);
    return 0;
}

int report_return (admin_t *admin)
{
    static const review_t review = {"return", "{accepted,confirmed}", "counted", RETURNED,
                                    N_ ("only an accepted report that counts in the totals can be returned")};
    int status = review_check (admin, true);
    if (status == 0)
        status = review_decide (admin, &review);
    return status ? status : say_returned (admin, admin->options->operands[0]);
}
