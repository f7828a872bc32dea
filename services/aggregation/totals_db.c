#include "totals_db.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "aggregation_db.h"
#include "common/xmem.h"

// --- What is compared ------------------------------------------------------------------------------------------------------------

// Every verdict that is no longer waiting, and of each unit in each period the accepted report with the highest revision, those up to
// a returned one left out. What was
// on time or late is what the receipt says; a submission that came before its period was known is held against the deadline.
#define JUDGED                                                                                                                     \
    "judged AS (SELECT v.submission_id, v.unit_id, v.period_id, v.revision, v.accepted, s.received_at, s.chain_index,"             \
    "  CASE s.timeliness WHEN 1 THEN false WHEN 0 THEN s.received_at >= least(coalesce(e.due_at, w.due_at), w.closes_at)"          \
    "   ELSE true END AS late"                                                                                                     \
    " FROM verdict v JOIN submission s USING (submission_id) JOIN period_window w ON w.period_id = v.period_id"                    \
    " LEFT JOIN extension_due e ON e.period_id = v.period_id AND e.unit_id = v.unit_id"                                            \
    " WHERE NOT EXISTS (SELECT FROM aggregation_queue q WHERE q.submission_id = v.submission_id AND q.event = 'judged'))"
#define COUNTED                                                                                                                    \
    JUDGED                                                                                                                         \
    ", returned AS (SELECT period_id, unit_id, max(revision) AS revision FROM review r JOIN verdict v USING (submission_id)"       \
    "  WHERE r.action = 'return' AND NOT EXISTS (SELECT FROM aggregation_queue q"                                                  \
    "   WHERE q.submission_id = r.submission_id AND q.event = 'returned') GROUP BY period_id, unit_id),"                           \
    " good AS (SELECT j.* FROM judged j LEFT JOIN returned r USING (period_id, unit_id)"                                           \
    "  WHERE j.accepted AND j.revision > coalesce(r.revision, 0)),"                                                                \
    " counted AS (SELECT DISTINCT ON (period_id, unit_id) period_id, unit_id, submission_id, revision, received_at"                \
    "  FROM good ORDER BY period_id, unit_id, revision DESC)"
#define STANDING                                                                                                                   \
    COUNTED                                                                                                                        \
    ", first AS (SELECT period_id, unit_id, received_at, bool_and(late) AS late"                                                   \
    "  FROM (SELECT *, rank() OVER (PARTITION BY period_id, unit_id ORDER BY received_at) AS place"                                \
    "   FROM good) j"                                                                                                              \
    "  WHERE place = 1 GROUP BY period_id, unit_id, received_at),"                                                                 \
    " latest AS (SELECT DISTINCT ON (period_id, unit_id) period_id, unit_id, revision, NOT accepted AS refused FROM judged"        \
    "  ORDER BY period_id, unit_id, revision DESC),"                                                                               \
    " standing AS (SELECT l.period_id, l.unit_id, c.submission_id, c.revision, f.received_at AS first_received_at,"                \
    "  c.received_at AS last_received_at, f.late, l.revision AS judged_revision, l.refused,"                                       \
    "  coalesce(r.revision, 0) AS returned_revision,"                                                                              \
    "  (SELECT max(chain_index) FROM judged j WHERE j.period_id = l.period_id AND j.unit_id = l.unit_id) AS chain_index"           \
    "  FROM latest l LEFT JOIN counted c USING (period_id, unit_id) LEFT JOIN first f USING (period_id, unit_id)"                  \
    "  LEFT JOIN returned r USING (period_id, unit_id))"

// A row of `figures` is one figure. The first row of the answer has their number, the others are those that differ.
#define COMPARE(common, figures)                                                                                                   \
    "WITH " common ", figures (key, figure, stored, recomputed) AS MATERIALIZED (" figures ")"                                     \
    " SELECT NULL, NULL, NULL, count(*)::text FROM figures"                                                                        \
    " UNION ALL SELECT key, figure, stored, recomputed FROM figures WHERE stored IS DISTINCT FROM recomputed"

#define PERIOD_KEY "(SELECT plan.code || ' ' || p.code FROM period p JOIN plan USING (plan_id) WHERE p.period_id = x.period_id)"
#define UNIT_KEY "(SELECT code FROM unit WHERE unit_id = x.unit_id)"
#define TASK_KEY "(SELECT code FROM task WHERE task_id = x.task_id)"

static const struct {
    const char *table, *sql;
} COMPARISONS[] = {
    {"unit_standing",
     COMPARE (STANDING,
              "SELECT " PERIOD_KEY " || ' ' || " UNIT_KEY ", f.*"
              " FROM (SELECT period_id, unit_id, t, r FROM unit_standing t FULL JOIN standing r USING (period_id, unit_id)) x"
              " CROSS JOIN LATERAL (VALUES"
              "  ('submission_id', (t).submission_id::text, (r).submission_id::text),"
              "  ('revision', (t).revision::text, (r).revision::text),"
              "  ('first_received_at', (t).first_received_at::text, (r).first_received_at::text),"
              "  ('last_received_at', (t).last_received_at::text, (r).last_received_at::text),"
              "  ('late', (t).late::text, (r).late::text),"
              "  ('judged_revision', (t).judged_revision::text, (r).judged_revision::text),"
              "  ('refused', (t).refused::text, (r).refused::text),"
              "  ('returned_revision', (t).returned_revision::text, (r).returned_revision::text),"
              "  ('chain_index', (t).chain_index::text, (r).chain_index::text)) f")},
    {"period_total",
     COMPARE (
         STANDING
         ", recount AS (SELECT s.period_id, count(*) FILTER (WHERE o.obligation = 'must' AND NOT s.late) AS on_time,"
         "  count(*) FILTER (WHERE o.obligation = 'must' AND s.late) AS late,"
         "  count(*) FILTER (WHERE o.obligation = 'must' AND s.submission_id IS NULL AND s.judged_revision > s.returned_revision)"
         "   AS rejected,"
         "  count(*) FILTER (WHERE o.obligation = 'may' AND s.submission_id IS NOT NULL) AS voluntary,"
         "  count(*) FILTER (WHERE o.obligation = 'must' AND s.submission_id IS NULL AND s.judged_revision <= s.returned_revision)"
         "   AS returned"
         "  FROM standing s LEFT JOIN period_reporter o USING (period_id, unit_id) GROUP BY s.period_id)",
         "SELECT " PERIOD_KEY ", f.* FROM (SELECT period_id, t, r FROM period_total t FULL JOIN recount r USING (period_id)) x"
         " CROSS JOIN LATERAL (VALUES"
         "  ('on_time', coalesce((t).on_time, 0)::text, coalesce((r).on_time, 0)::text),"
         "  ('late', coalesce((t).late, 0)::text, coalesce((r).late, 0)::text),"
         "  ('rejected', coalesce((t).rejected, 0)::text, coalesce((r).rejected, 0)::text),"
         "  ('voluntary', coalesce((t).voluntary, 0)::text, coalesce((r).voluntary, 0)::text),"
         "  ('returned', coalesce((t).returned, 0)::text, coalesce((r).returned, 0)::text)) f")},
    {"task_total",
     COMPARE (COUNTED ", recount AS (SELECT c.period_id, e.task_id, count(*) FILTER (WHERE e.status = 1) AS not_started,"
                      "  count(*) FILTER (WHERE e.status = 2) AS in_progress, count(*) FILTER (WHERE e.status = 3) AS completed,"
                      "  count(*) FILTER (WHERE e.status = 4) AS delayed, count(*) FILTER (WHERE e.status = 5) AS stopped,"
                      "  sum(e.progress_percent) AS progress_sum"
                      "  FROM counted c JOIN report_entry e USING (submission_id) GROUP BY c.period_id, e.task_id)",
              "SELECT " PERIOD_KEY " || ' ' || " TASK_KEY ", f.*"
              " FROM (SELECT period_id, task_id, t, r FROM task_total t FULL JOIN recount r USING (period_id, task_id)) x"
              " CROSS JOIN LATERAL (VALUES"
              "  ('not_started', coalesce((t).not_started, 0)::text, coalesce((r).not_started, 0)::text),"
              "  ('in_progress', coalesce((t).in_progress, 0)::text, coalesce((r).in_progress, 0)::text),"
              "  ('completed', coalesce((t).completed, 0)::text, coalesce((r).completed, 0)::text),"
              "  ('delayed', coalesce((t).delayed, 0)::text, coalesce((r).delayed, 0)::text),"
              "  ('stopped', coalesce((t).stopped, 0)::text, coalesce((r).stopped, 0)::text),"
              "  ('progress_sum', coalesce((t).progress_sum, 0)::text, coalesce((r).progress_sum, 0)::text)) f")},
    {"budget_total",
     COMPARE (COUNTED
              ", recount AS (SELECT c.period_id, b.task_id, c.unit_id, b.source, sum(b.allocated) AS allocated,"
              "  sum(b.disbursed) AS disbursed"
              "  FROM counted c JOIN report_budget b USING (submission_id) GROUP BY c.period_id, b.task_id, c.unit_id, b.source)",
              "SELECT " PERIOD_KEY " || ' ' || " TASK_KEY " || ' ' || " UNIT_KEY " || ' source ' || x.source, f.*"
              " FROM (SELECT period_id, task_id, unit_id, source, t, r"
              "  FROM budget_total t FULL JOIN recount r USING (period_id, task_id, unit_id, source)) x"
              " CROSS JOIN LATERAL (VALUES"
              "  ('allocated', coalesce((t).allocated, 0)::text, coalesce((r).allocated, 0)::text),"
              "  ('disbursed', coalesce((t).disbursed, 0)::text, coalesce((r).disbursed, 0)::text)) f")},
    {"indicator_total",
     COMPARE (COUNTED ", recount AS (SELECT c.period_id, i.indicator_id, c.unit_id, i.number, c.received_at"
                      "  FROM counted c JOIN report_indicator i USING (submission_id) WHERE i.number IS NOT NULL)",
              "SELECT " PERIOD_KEY " || ' ' || (SELECT task.code || ' ' || i.code FROM indicator i JOIN task USING (task_id)"
              "  WHERE i.indicator_id = x.indicator_id) || ' ' || " UNIT_KEY ", f.*"
              " FROM (SELECT period_id, indicator_id, unit_id, t, r"
              "  FROM indicator_total t FULL JOIN recount r USING (period_id, indicator_id, unit_id)) x"
              " CROSS JOIN LATERAL (VALUES"
              "  ('value', trim_scale((t).value)::text, trim_scale((r).number)::text),"
              "  ('received_at', (t).received_at::text, (r).received_at::text)) f")},
    // Every verdict and every return is in the feed once, and the numbers have no gaps.
    {"feed_event",
     COMPARE ("expected AS (SELECT submission_id, cause FROM (SELECT submission_id, 'judged' AS cause FROM verdict"
              "   UNION ALL SELECT submission_id, 'returned' FROM review WHERE action = 'return') c"
              "  WHERE NOT EXISTS (SELECT FROM aggregation_queue q WHERE q.submission_id = c.submission_id AND q.event = c.cause))",
              "SELECT submission_id || ' ' || cause, 'events', (e.submission_id IS NOT NULL)::int::text,"
              " (x.submission_id IS NOT NULL)::int::text FROM feed_event e FULL JOIN expected x USING (submission_id, cause)"
              " UNION ALL SELECT 'feed', 'last number', (SELECT seq FROM feed_head)::text, count(*)::text FROM feed_event"
              " UNION ALL SELECT 'feed', 'highest number', coalesce(max(seq), 0)::text, count(*)::text FROM feed_event")},
};

// The hash of the receipt at the end of each unit's chain in a period.
static const char RECEIPTS[] =
    "SELECT " PERIOD_KEY " || ' ' || u.code, u.code, s.plan_code, s.period_code, s.report_id, s.revision, s.report_digest,"
    " s.received_at, s.timeliness, s.chain_index, s.previous_hash, s.submitted_by, x.receipt_hash"
    " FROM unit_standing x JOIN unit u USING (unit_id)"
    " JOIN submission s ON s.unit_id = x.unit_id AND s.chain_index = x.chain_index";

static const char WAITING[] = "SELECT count(*) FROM aggregation_queue";

// --- Comparing -------------------------------------------------------------------------------------------------------------------

enum { TEXT_FORMAT, BINARY_FORMAT };

static PGresult *run (PGconn *connection, const char *sql, int format, totals_report_t *report)
{
    PGresult *result = PQexecParams (connection, sql, 0, NULL, NULL, NULL, NULL, format);
    ExecStatusType status = PQresultStatus (result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    report->error = xstrdup (PQerrorMessage (connection));
    PQclear (result);
    return NULL;
}

static void add_difference (totals_report_t *report, const char *table, const char *key, const char *figure, const char *stored,
                            const char *recomputed)
{
    if (report->n_differences++ >= TOTALS_DIFFERENCES_MAX)
        return;
    if (!report->differences)
        report->differences = xcalloc (TOTALS_DIFFERENCES_MAX, sizeof *report->differences);
    report->differences[report->n_differences - 1] = (totals_difference_t){
        .table = xstrdup (table),
        .key = xstrdup (key),
        .figure = xstrdup (figure),
        .stored = stored ? xstrdup (stored) : NULL,
        .recomputed = recomputed ? xstrdup (recomputed) : NULL,
    };
}

static const char *text_or_null (const PGresult *result, int row, int column)
{
    return PQgetisnull (result, row, column) ? NULL : PQgetvalue (result, row, column);
}

static int compare_table (PGconn *connection, const char *table, const char *sql, totals_report_t *report)
{
    PGresult *result = run (connection, sql, TEXT_FORMAT, report);
    if (!result)
        return -1;
    report->compared += strtoll (PQgetvalue (result, 0, 3), NULL, 10);
    for (int row = 1; row < PQntuples (result); row++)
        add_difference (report, table, PQgetvalue (result, row, 0), PQgetvalue (result, row, 1), text_or_null (result, row, 2),
                        text_or_null (result, row, 3));
    PQclear (result);
    return 0;
}

static int compare_receipts (PGconn *connection, totals_report_t *report)
{
    PGresult *result = run (connection, RECEIPTS, BINARY_FORMAT, report);
    if (!result)
        return -1;
    report->compared += PQntuples (result);
    for (int row = 0; row < PQntuples (result); row++) {
        receipt_t receipt;
        uint8_t hash[RECEIPT_HASH_SIZE];
        aggregation_db_read_receipt (result, row, &receipt, hash);
        size_t size;
        const uint8_t *stored = bc_row_bytes (result, row, 12, &size);
        if (size == sizeof hash && memcmp (stored, hash, size) == 0)
            continue;
        char recomputed_text[2 * sizeof hash + 1];
        char *stored_text = xmalloc (2 * size + 1);
        add_difference (report, "unit_standing", bc_row_text (result, row, 0), "receipt_hash",
                        sodium_bin2hex (stored_text, 2 * size + 1, stored, size),
                        sodium_bin2hex (recomputed_text, sizeof recomputed_text, hash, sizeof hash));
        free (stored_text);
    }
    PQclear (result);
    return 0;
}

static int count_waiting (PGconn *connection, totals_report_t *report)
{
    PGresult *result = run (connection, WAITING, TEXT_FORMAT, report);
    if (!result)
        return -1;
    report->waiting = strtoll (PQgetvalue (result, 0, 0), NULL, 10);
    PQclear (result);
    return 0;
}

static int compare_all (PGconn *connection, totals_report_t *report)
{
    for (size_t i = 0; i < sizeof COMPARISONS / sizeof *COMPARISONS; i++)
        if (compare_table (connection, COMPARISONS[i].table, COMPARISONS[i].sql, report))
            return -1;
    return compare_receipts (connection, report) || count_waiting (connection, report) ? -1 : 0;
}

int totals_verify (PGconn *connection, totals_report_t *report)
{
    *report = (totals_report_t){0};
    PGresult *begun = run (connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", TEXT_FORMAT, report);
    if (!begun)
        return -1;
    PQclear (begun);
    int rc = compare_all (connection, report);
    PQclear (PQexec (connection, "ROLLBACK"));  // nothing was written
    return rc;
}

size_t totals_report_listed (const totals_report_t *report)
{
    return report->n_differences < TOTALS_DIFFERENCES_MAX ? report->n_differences : TOTALS_DIFFERENCES_MAX;
}

void totals_report_clear (totals_report_t *report)
{
    for (size_t i = 0; i < totals_report_listed (report); i++) {
        totals_difference_t *difference = &report->differences[i];
        free (difference->table);
        free (difference->key);
        free (difference->figure);
        free (difference->stored);
        free (difference->recomputed);
    }
    free (report->differences);
    free (report->error);
    *report = (totals_report_t){0};
}
