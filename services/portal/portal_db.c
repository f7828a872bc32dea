#include "portal_db.h"

#include <stdlib.h>

#include "common/xmem.h"

// --- Statements ------------------------------------------------------------------------------------------------------------------

// All are asked with the same parameters, and take of them what concerns them.
#define ASKED                                                                                                                      \
    " FROM (SELECT $1::int AS plan_id, $2::int AS period_id, $3::boolean AS vietnamese, $4::text AS task, $5::text AS grp,"        \
    "  $6::text AS unit, $7::text AS indicator, $8::text::uuid AS report, nullif($9::int, 0) AS source) q"
#define NAME "CASE WHEN q.vietnamese OR u.name_en = '' THEN u.name_vi ELSE u.name_en END COLLATE \"vi-x-icu\""
#define PLAN_ORDER " g.position, g.group_id, t.position, t.task_id"
#define ROLE "CASE r.role WHEN 'lead' THEN 2 WHEN 'coordinating' THEN 3 ELSE 1 END"
// The least of nothing and something is something, so nothing is looked for first.
#define MONEY(figure) "CASE WHEN count(" figure ") > 0 THEN least(sum(" figure "), 9223372036854775807)::bigint END"

// The reports that count, of the units asked for.
#define COUNTED " JOIN unit_standing s ON s.period_id = q.period_id JOIN unit u ON u.unit_id = s.unit_id"
#define OF_TASK " (q.task IS NULL OR t.code = q.task) AND (q.grp IS NULL OR g.code = q.grp) AND (q.unit IS NULL OR u.code = q.unit)"

static const bc_statement_t ASK_HEAD = {"portal_head", "SELECT seq FROM feed_head"};

static const bc_statement_t ASK[PORTAL_DB_LISTS] = {
    [PORTAL_DB_TASKS] =
        {"portal_tasks",
         "SELECT t.code::text, t.title_vi, t.timeframe, t.lead_text_vi, t.coordinating_text_vi, g.code::text, g.title_vi" ASKED
         " JOIN task t ON t.plan_id = q.plan_id JOIN task_group g USING (group_id)"
         " WHERE (q.task IS NULL OR t.code = q.task) AND (q.grp IS NULL OR g.code = q.grp)"
         " ORDER BY" PLAN_ORDER},
    // With a task only those that have a part in it; without one all that owe or may send a report, or have sent one.
    [PORTAL_DB_PLACES] =
        {"portal_places",
         "SELECT u.code::text, " NAME " AS name, CASE o.obligation WHEN 'must' THEN 3 WHEN 'may' THEN 2 ELSE 1 END,"
         " CASE WHEN s.submission_id IS NOT NULL THEN CASE WHEN s.late THEN 4 ELSE 3 END"
         "  WHEN s.judged_revision > s.returned_revision THEN 2 WHEN s.returned_revision > 0 THEN 5 ELSE 1 END,"
         " " ROLE ", coalesce(s.submission_id, l.submission_id)::text, coalesce(s.revision, l.revision),"
         " s.first_received_at, d.due_at" ASKED " JOIN unit u ON q.unit IS NULL OR u.code = q.unit"
         " LEFT JOIN period_reporter o ON o.period_id = q.period_id AND o.unit_id = u.unit_id"
         " LEFT JOIN unit_standing s ON s.period_id = q.period_id AND s.unit_id = u.unit_id"
         " LEFT JOIN unit_deadline d ON d.period_id = q.period_id AND d.unit_id = u.unit_id"
         " LEFT JOIN LATERAL (SELECT r.role FROM period_role r JOIN task t USING (task_id)"
         "  WHERE r.period_id = q.period_id AND r.unit_id = u.unit_id AND t.plan_id = q.plan_id AND t.code = q.task) r ON true"
         " LEFT JOIN LATERAL (SELECT submission_id, revision FROM submission l WHERE l.unit_id = u.unit_id"
         "  AND l.period_id = q.period_id ORDER BY revision DESC LIMIT 1) l ON true"
         " WHERE CASE WHEN q.task IS NOT NULL THEN r.role IS NOT NULL"
         "  ELSE q.unit IS NOT NULL OR o.unit_id IS NOT NULL OR l.submission_id IS NOT NULL END"
         " ORDER BY r.role DESC, name, u.code"},
    [PORTAL_DB_ENTRIES] =
        {"portal_entries",
         "SELECT t.code::text, t.title_vi, u.code::text, " NAME " AS name, s.submission_id::text, s.revision, " ROLE ","
         " e.status, e.progress_percent, e.result, e.next_steps, e.obstacles, e.proposals, e.reason,"
         " b.allocated, b.disbursed" ASKED COUNTED
         " JOIN report_entry e USING (submission_id) JOIN task t USING (task_id) JOIN task_group g USING (group_id)"
         " LEFT JOIN period_role r ON r.period_id = s.period_id AND r.task_id = t.task_id AND r.unit_id = s.unit_id"
         " CROSS JOIN LATERAL (SELECT " MONEY ("allocated") " AS allocated, " MONEY (
             "disbursed") " AS disbursed"
                          "  FROM report_budget b WHERE b.submission_id = s.submission_id AND b.task_id = t.task_id) b"
                          " WHERE" OF_TASK " ORDER BY" PLAN_ORDER ", r.role DESC NULLS LAST, name, u.code"},
    [PORTAL_DB_MONEY] =
        {"portal_money",
         "SELECT t.code::text, t.title_vi, u.code::text, " NAME " AS name, s.submission_id::text, s.revision,"
         " b.source, b.allocated, b.disbursed" ASKED COUNTED
         " JOIN report_budget b USING (submission_id) JOIN task t USING (task_id) JOIN task_group g USING (group_id)"
         " WHERE (q.source IS NULL OR b.source = q.source) AND" OF_TASK " ORDER BY" PLAN_ORDER ", name, u.code, b.source"},
    // The totals as aggregation tells them to the feed's readers.
    [PORTAL_DB_INDICATORS] =
        {"portal_indicators",
         "SELECT t.code::text, i.code::text, i.title_vi, i.unit_of_measure, coalesce(i.target::text, ''),"
         " coalesce(CASE i.aggregation WHEN 'sum' THEN x.total WHEN 'mean' THEN x.mean WHEN 'last' THEN x.last END, ''),"
         " CASE i.aggregation WHEN 'sum' THEN 1 WHEN 'mean' THEN 2 WHEN 'last' THEN 3 ELSE 4 END" ASKED
         " JOIN task t ON t.plan_id = q.plan_id JOIN task_group g USING (group_id) JOIN indicator i USING (task_id)"
         " CROSS JOIN LATERAL (SELECT trim_scale(sum(value))::text AS total, trim_scale(round(avg(value), 6))::text AS mean,"
         "  trim_scale((array_agg(value ORDER BY received_at DESC, unit_id))[1])::text AS last"
         "  FROM indicator_total n WHERE n.period_id = q.period_id AND n.indicator_id = i.indicator_id) x"
         " WHERE (q.task IS NULL OR t.code = q.task) AND (q.indicator IS NULL OR i.code = q.indicator)"
         " ORDER BY" PLAN_ORDER ", i.indicator_id"},
    [PORTAL_DB_VALUES] = {"portal_values",
                          "SELECT t.code::text, i.code::text, u.code::text, " NAME " AS name, s.submission_id::text, s.revision,"
                          " trim_scale(v.number)::text, v.text, s.last_received_at" ASKED COUNTED
                          " JOIN report_indicator v USING (submission_id) JOIN indicator i USING (indicator_id)"
                          " JOIN task t USING (task_id) JOIN task_group g USING (group_id)"
                          " WHERE (q.indicator IS NULL OR i.code = q.indicator) AND" OF_TASK " ORDER BY" PLAN_ORDER
                          ", i.indicator_id, name, u.code"},
    // States as in client.proto.
    [PORTAL_DB_SUBMISSIONS] =
        {"portal_submissions",
         "SELECT s.submission_id::text, u.code::text, " NAME ", s.revision, s.received_at, c.judged_at, s.timeliness,"
         " array_position(ARRAY['received', 'accepted', 'rejected', 'superseded', 'returned', 'confirmed',"
         "  'quarantined'], c.state),"
         " EXISTS (SELECT FROM unit_standing x WHERE x.submission_id = s.submission_id AND x.period_id = s.period_id"
         "  AND x.unit_id = s.unit_id),"
         " f.errors, f.warnings, r.reason, s.chain_index, s.report_digest, s.submitted_by" ASKED
         " JOIN submission s ON s.period_id = q.period_id AND (q.report IS NULL OR s.submission_id = q.report)"
         " JOIN unit u ON u.unit_id = s.unit_id AND (q.unit IS NULL OR u.code = q.unit)"
         " JOIN submission_state c ON c.submission_id = s.submission_id"
         " CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE severity = 'error') AS errors,"
         "  count(*) FILTER (WHERE severity = 'warning') AS warnings"
         "  FROM finding f WHERE f.submission_id = s.submission_id) f"
         " LEFT JOIN review r ON r.submission_id = s.submission_id AND r.action = 'return'"
         " ORDER BY s.chain_index"},
    [PORTAL_DB_RECEIPTS] =
        {"portal_receipts",
         "SELECT s.plan_code, s.period_code, s.report_id, s.previous_hash, s.signature, k.public_key, s.key_id, s.report" ASKED
         " JOIN submission s ON s.submission_id = q.report AND s.period_id = q.period_id"
         " LEFT JOIN receipt_key k USING (key_id)"},
    [PORTAL_DB_FINDINGS] = {"portal_findings",
                            "SELECT f.code, f.path, CASE WHEN q.vietnamese THEN f.message_vi ELSE f.message_en END,"
                            " CASE f.severity WHEN 'error' THEN 2 ELSE 1 END" ASKED
                            " JOIN finding f ON f.submission_id = q.report ORDER BY f.position"},
    [PORTAL_DB_REVIEWS] = {"portal_reviews", "SELECT r.action, r.reason, r.at" ASKED
                                             " JOIN review r ON r.submission_id = q.report ORDER BY r.review_id"},
    [PORTAL_DB_EVENTS] = {"portal_events",
                          "SELECT e.seq, e.at, e.event" ASKED " JOIN feed_event e ON e.submission_id = q.report ORDER BY e.seq"},
    [PORTAL_DB_EXTENSIONS] =
        {"portal_extensions",
         "SELECT x.due_at, x.granted_at, e.reason" ASKED
         " JOIN unit u ON u.code = q.unit JOIN extension_due x ON x.period_id = q.period_id AND x.unit_id = u.unit_id"
         " CROSS JOIN LATERAL (SELECT reason FROM extension e WHERE e.period_id = x.period_id AND e.unit_id = x.unit_id"
         "  ORDER BY extension_id DESC LIMIT 1) e"},
};

static bc_params_t *params (const portal_db_question_t *question)
{
    bc_params_t *self = bc_params_new ();
    bc_params_int4 (self, question->plan_id);
    bc_params_int4 (self, question->period_id);
    bc_params_bool (self, question->vietnamese);
    bc_params_text (self, question->task);
    bc_params_text (self, question->group);
    bc_params_text (self, question->unit);
    bc_params_text (self, question->indicator);
    bc_params_text (self, question->report);
    bc_params_int4 (self, question->source);
    return self;
}

void portal_db_ask (bc_tx_t *tx, unsigned wanted, const portal_db_question_t *question)
{
    bc_tx_query (tx, &ASK_HEAD, NULL);
    for (int list = 0; list < PORTAL_DB_LISTS; list++)
        if (wanted & PORTAL_DB_WANT (list))
            bc_tx_query (tx, &ASK[list], params (question));
}

// --- Rows ------------------------------------------------------------------------------------------------------------------------

static const char *text (const PGresult *result, int row, int column)
{
    return bc_row_text (result, row, column);
}

static uint32_t count (const PGresult *result, int row, int column)
{
    return (uint32_t)bc_row_int (result, row, column);
}

static const uint8_t *bytes (const PGresult *result, int row, int column)
{
    return bc_row_bytes (result, row, column, NULL);
}

static bool there (const PGresult *result, int row, int column)
{
    return !bc_row_null (result, row, column);
}

static void read_task (const PGresult *r, int row, void *item)
{
    *(fact_task_t *)item = (fact_task_t){.code = text (r, row, 0),
                                         .title_vi = text (r, row, 1),
                                         .timeframe = text (r, row, 2),
                                         .lead_text_vi = text (r, row, 3),
                                         .coordinating_text_vi = text (r, row, 4),
                                         .group = text (r, row, 5),
                                         .group_title_vi = text (r, row, 6)};
}

static void read_place (const PGresult *r, int row, void *item)
{
    *(fact_place_t *)item = (fact_place_t){.code = text (r, row, 0),
                                           .name = text (r, row, 1),
                                           .obligation = (Baocao__V1__Obligation)bc_row_int (r, row, 2),
                                           .standing = (Baocao__V1__UnitStanding)bc_row_int (r, row, 3),
                                           .role = (Baocao__V1__TaskRole)bc_row_int (r, row, 4),
                                           .report = text (r, row, 5),
                                           .revision = count (r, row, 6),
                                           .first_received_at = bc_row_time (r, row, 7),
                                           .due_at = bc_row_time (r, row, 8)};
}

static void read_entry (const PGresult *r, int row, void *item)
{
    *(fact_entry_t *)item = (fact_entry_t){.task = text (r, row, 0),
                                           .task_title_vi = text (r, row, 1),
                                           .unit = text (r, row, 2),
                                           .unit_name = text (r, row, 3),
                                           .report = text (r, row, 4),
                                           .revision = count (r, row, 5),
                                           .role = (Baocao__V1__TaskRole)bc_row_int (r, row, 6),
                                           .status = (Baocao__V1__TaskStatus)bc_row_int (r, row, 7),
                                           .progress_percent = (int)bc_row_int (r, row, 8),
                                           .result = text (r, row, 9),
                                           .next_steps = text (r, row, 10),
                                           .obstacles = text (r, row, 11),
                                           .proposals = text (r, row, 12),
                                           .reason = text (r, row, 13),
                                           .has_allocated = there (r, row, 14),
                                           .has_disbursed = there (r, row, 15),
                                           .allocated = bc_row_int (r, row, 14),
                                           .disbursed = bc_row_int (r, row, 15)};
}

static void read_money (const PGresult *r, int row, void *item)
{
    *(fact_money_t *)item = (fact_money_t){.task = text (r, row, 0),
                                           .task_title_vi = text (r, row, 1),
                                           .unit = text (r, row, 2),
                                           .unit_name = text (r, row, 3),
                                           .report = text (r, row, 4),
                                           .revision = count (r, row, 5),
                                           .source = (Baocao__V1__BudgetSource)bc_row_int (r, row, 6),
                                           .has_allocated = there (r, row, 7),
                                           .has_disbursed = there (r, row, 8),
                                           .allocated = bc_row_int (r, row, 7),
                                           .disbursed = bc_row_int (r, row, 8)};
}

static void read_indicator (const PGresult *r, int row, void *item)
{
    *(fact_indicator_t *)item = (fact_indicator_t){.task = text (r, row, 0),
                                                   .code = text (r, row, 1),
                                                   .title_vi = text (r, row, 2),
                                                   .unit_of_measure = text (r, row, 3),
                                                   .target = text (r, row, 4),
                                                   .total = text (r, row, 5),
                                                   .aggregation = (Baocao__V1__IndicatorAggregation)bc_row_int (r, row, 6)};
}

static void read_value (const PGresult *r, int row, void *item)
{
    *(fact_value_t *)item = (fact_value_t){.task = text (r, row, 0),
                                           .indicator = text (r, row, 1),
                                           .unit = text (r, row, 2),
                                           .unit_name = text (r, row, 3),
                                           .report = text (r, row, 4),
                                           .revision = count (r, row, 5),
                                           .number = text (r, row, 6),
                                           .text = text (r, row, 7),
                                           .received_at = bc_row_time (r, row, 8)};
}

static void read_submission (const PGresult *r, int row, void *item)
{
    *(fact_submission_t *)item = (fact_submission_t){.id = text (r, row, 0),
                                                     .unit = text (r, row, 1),
                                                     .unit_name = text (r, row, 2),
                                                     .revision = count (r, row, 3),
                                                     .received_at = bc_row_time (r, row, 4),
                                                     .judged_at = bc_row_time (r, row, 5),
                                                     .timeliness = (Baocao__V1__Timeliness)bc_row_int (r, row, 6),
                                                     .state = (Baocao__V1__SubmissionState)bc_row_int (r, row, 7),
                                                     .counts = bc_row_int (r, row, 8),
                                                     .errors = count (r, row, 9),
                                                     .warnings = count (r, row, 10),
                                                     .return_reason = text (r, row, 11),
                                                     .chain_index = (uint64_t)bc_row_int (r, row, 12),
                                                     .digest = bytes (r, row, 13),
                                                     .officer = text (r, row, 14)};
}

static void read_receipt (const PGresult *r, int row, void *item)
{
    fact_receipt_t *receipt = item;
    *receipt = (fact_receipt_t){.plan = text (r, row, 0),
                                .period = text (r, row, 1),
                                .report_id = bytes (r, row, 2),
                                .previous_hash = bytes (r, row, 3),
                                .signature = bytes (r, row, 4),
                                .public_key = bytes (r, row, 5),
                                .key_id = text (r, row, 6)};
    receipt->bytes = bc_row_bytes (r, row, 7, &receipt->size);
}

static void read_finding (const PGresult *r, int row, void *item)
{
    *(fact_finding_t *)item = (fact_finding_t){.code = text (r, row, 0),
                                               .path = text (r, row, 1),
                                               .message = text (r, row, 2),
                                               .severity = (Baocao__V1__Severity)bc_row_int (r, row, 3)};
}

static void read_review (const PGresult *r, int row, void *item)
{
    *(fact_review_t *)item = (fact_review_t){.action = text (r, row, 0), .reason = text (r, row, 1), .at = bc_row_time (r, row, 2)};
}

static void read_event (const PGresult *r, int row, void *item)
{
    fact_event_t *event = item;
    *event = (fact_event_t){.seq = (uint64_t)bc_row_int (r, row, 0), .at = bc_row_time (r, row, 1)};
    event->bytes = bc_row_bytes (r, row, 2, &event->size);
}

static void read_extension (const PGresult *r, int row, void *item)
{
    *(fact_extension_t *)item =
        (fact_extension_t){.due_at = bc_row_time (r, row, 0), .granted_at = bc_row_time (r, row, 1), .reason = text (r, row, 2)};
}

// --- Lists -----------------------------------------------------------------------------------------------------------------------

#define LIST(list, name, type, function) [list] = {offsetof (facts_t, name), sizeof (type), function}
static const struct {
    size_t at, size;
    void (*read) (const PGresult *result, int row, void *item);
} LISTS[PORTAL_DB_LISTS] = {
    LIST (PORTAL_DB_TASKS, tasks, fact_task_t, read_task),
    LIST (PORTAL_DB_PLACES, places, fact_place_t, read_place),
    LIST (PORTAL_DB_ENTRIES, entries, fact_entry_t, read_entry),
    LIST (PORTAL_DB_MONEY, money, fact_money_t, read_money),
    LIST (PORTAL_DB_INDICATORS, indicators, fact_indicator_t, read_indicator),
    LIST (PORTAL_DB_VALUES, values, fact_value_t, read_value),
    LIST (PORTAL_DB_SUBMISSIONS, submissions, fact_submission_t, read_submission),
    LIST (PORTAL_DB_RECEIPTS, receipts, fact_receipt_t, read_receipt),
    LIST (PORTAL_DB_FINDINGS, findings, fact_finding_t, read_finding),
    LIST (PORTAL_DB_REVIEWS, reviews, fact_review_t, read_review),
    LIST (PORTAL_DB_EVENTS, events, fact_event_t, read_event),
    LIST (PORTAL_DB_EXTENSIONS, extensions, fact_extension_t, read_extension),
};

static facts_list_t *list_of (facts_t *facts, int list)
{
    return (facts_list_t *)((char *)facts + LISTS[list].at);
}

facts_t *portal_db_read (bc_tx_t *tx, unsigned wanted)
{
    facts_t *facts = xcalloc (1, sizeof *facts);
    int index = 0;
    facts->seq = (uint64_t)bc_row_int (bc_tx_result (tx, index++), 0, 0);
    for (int list = 0; list < PORTAL_DB_LISTS; list++) {
        if (!(wanted & PORTAL_DB_WANT (list)))
            continue;
        const PGresult *result = bc_tx_result (tx, index++);
        facts_list_t *to = list_of (facts, list);
        to->count = (size_t)PQntuples (result);
        to->items = xcalloc (to->count ? to->count : 1, LISTS[list].size);
        for (size_t i = 0; i < to->count; i++)
            LISTS[list].read (result, (int)i, (char *)to->items + i * LISTS[list].size);
    }
    return facts;
}

void portal_db_free (facts_t **facts_p)
{
    for (int list = 0; *facts_p && list < PORTAL_DB_LISTS; list++)
        free (list_of (*facts_p, list)->items);
    free (*facts_p);
    *facts_p = NULL;
}
