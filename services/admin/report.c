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
    ", t.state, s.submission_id::text"
    " FROM submission s JOIN submission_state t USING (submission_id) JOIN unit u USING (unit_id)"
    " WHERE ($1::text IS NULL OR s.plan_code = $1) AND ($2::text IS NULL OR s.period_code = $2)"
    "  AND ($3::text IS NULL OR t.state = $3) ORDER BY s.received_at, s.submission_id";

int report_list (admin_t *admin)
{
    int status = 0;
    const options_t *options = admin->options;
    const char *plan = options->n_operands > 0 ? options->operands[0] : NULL;
    const char *period = options->n_operands > 1 ? options->operands[1] : NULL;
    if (options->state && !is_state (options->state))
        return admin_fail (
            EX_USAGE,
            _ ("a report is not \"%s\": it is received, quarantined, accepted, rejected, superseded, returned or confirmed"),
            options->state);
    PGresult *result = sql_query (admin, &status, LIST, SQL_PARAMS (plan, period, options->state));
    if (!result)
        return status;
    const char *titles[] = {_ ("Received"), _ ("Unit"), _ ("Plan"),  _ ("Period"),
                            _ ("Revision"), _ ("Time"), _ ("State"), _ ("Submission")};
    output_list (admin, &result, titles);
    return 0;
}

// --- show ------------------------------------------------------------------------------------------------------------------------

enum { SHOWN_REPORT };

static const char SHOW[] =
    "SELECT s.report, u.code AS unit, u.name_vi, s.plan_code AS plan, s.period_code AS period, s.revision," TIMELINESS ", t.state,"
    " s.received_at, t.judged_at, s.report_id::text, s.chain_index, encode(s.report_digest, 'hex') AS report_digest, s.key_id,"
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

static void print_rows (const char *heading, const json_t *rows)
{
    size_t i;
    const char *key;
    json_t *row, *cell;
    if (json_array_size (rows))
        printf ("\n%s\n", heading);
    json_array_foreach (rows, i, row) {
        json_object_foreach (row, key, cell) {
            const char *text = json_string_value (cell);
            if (text && *text)
                printf ("  %s", text);
        }
        putchar ('\n');
    }
}

// For people: a line for every column, then the lists, then the content as it is written in report files.
static void print_report (const json_t *shown)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)shown, key, value) {
        if (json_is_string (value))
            printf ("%-14s %s\n", key, json_string_value (value));
        else if (json_is_integer (value))
            printf ("%-14s %lld\n", key, (long long)json_integer_value (value));
    }
    print_rows (_ ("Findings:"), json_object_get (shown, "findings"));
    print_rows (_ ("Decisions:"), json_object_get (shown, "reviews"));
    printf ("\n%s\n", _ ("Content:"));
    json_dumpf (json_object_get (shown, "report"), stdout, JSON_INDENT (2) | JSON_ENCODE_ANY);
    putchar ('\n');
}

static int add_rows (admin_t *admin, json_t *shown, const char *key, const char *sql)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, sql, SQL_PARAMS (admin->options->operands[0]));
    if (result)
        json_object_set_new (shown, key, output_rows (result, 0));
    PQclear (result);
    return status;
}

static int show (admin_t *admin, const PGresult *result)
{
    json_t *rows = output_rows (result, SHOWN_REPORT + 1), *shown = json_incref (json_array_get (rows, 0));
    json_decref (rows);
    int status = add_rows (admin, shown, "findings", FINDINGS);
    if (status == 0)
        status = add_rows (admin, shown, "reviews", REVIEWS);
    json_object_set_new (shown, "report", content_of (result));
    if (status == 0 && admin->options->given & OPTION_JSON)
        json_dumpf (shown, stdout, JSON_COMPACT);
    else if (status == 0)
        print_report (shown);
    putchar ('\n');
    json_decref (shown);
    return status;
}

int report_show (admin_t *admin)
{
    int status = review_check (admin, false);
    if (status)
        return status;
    PGresult *result = sql_query (admin, &status, SHOW, SQL_PARAMS (admin->options->operands[0]));
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
    static const review_t review = {"confirm", "{accepted}", true,
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

int report_return (admin_t *admin)
{
    static const review_t review = {"return", "{accepted,confirmed}", true,
                                    "INSERT INTO aggregation_queue (submission_id, event) VALUES ($1, 'returned')",
                                    N_ ("only an accepted report that counts in the totals can be returned")};
    int status = review_check (admin, true);
    if (status == 0)
        status = review_decide (admin, &review);
    const char *id = admin->options->operands[0];
    if (status == 0)
        output_result (admin, json_pack ("{s:s,s:s}", "submission_id", id, "action", "return"),
                       _ ("Submission %s is returned: it leaves the totals, and its unit is told why."), id);
    return status;
}
