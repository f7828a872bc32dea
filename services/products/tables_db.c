// What fills the tables. A report counts when unit_standing names it, and no other does. Tasks are in the plan's order, units in that of
// their Vietnamese names (unit.name_vi has that collation). Sums are numeric: none is too large.
#include <stdlib.h>

#include "common/xmem.h"
#include "product_db.h"
#include "table.h"

// Both orders counted out once, so that rows are sorted by numbers; and the reports that count.
#define PLACES                                                                                                                     \
    "WITH unit_place AS MATERIALIZED (SELECT unit_id, code, name_vi, name_en, row_number() OVER (ORDER BY name_vi, code) AS place" \
    "  FROM unit),"                                                                                                                \
    " task_place AS MATERIALIZED (SELECT t.task_id, t.code, t.title_vi, t.timeframe, g.code AS group_code,"                        \
    "  g.title_vi AS group_title, row_number() OVER (ORDER BY g.position, g.group_id, t.position, t.task_id) AS place"             \
    "  FROM task t JOIN task_group g USING (group_id) JOIN period p ON p.plan_id = t.plan_id AND p.period_id = $1::int),"          \
    " counted AS (SELECT * FROM unit_standing WHERE period_id = $1::int AND submission_id IS NOT NULL)"

static const char FIGURES[] =
    "SELECT e.expected, on_time + late, on_time, late, e.expected - on_time - late, rejected, returned, voluntary"
    " FROM (SELECT coalesce(sum(on_time), 0) AS on_time, coalesce(sum(late), 0) AS late, coalesce(sum(rejected), 0) AS rejected,"
    "  coalesce(sum(returned), 0) AS returned, coalesce(sum(voluntary), 0) AS voluntary"
    "  FROM period_total WHERE period_id = $1::int) t,"
    " (SELECT count(*) AS expected FROM period_reporter WHERE period_id = $1::int AND obligation = 'must') e";

// The statuses in the order of their gravity: completed, in progress, not started, delayed, stopped.
static const char TASKS[] =
    PLACES ", entry AS (SELECT e.*, c.unit_id FROM counted c JOIN report_entry e USING (submission_id)),"
           " said AS (SELECT r.task_id, string_agg(u.code, ' ' ORDER BY u.place) AS leads,"
           "  string_agg(u.name_vi, '; ' ORDER BY u.place) AS leads_vi, string_agg(u.name_en, '; ' ORDER BY u.place) AS leads_en,"
           "  sum(e.progress_percent) / count(e.task_id) AS progress,"
           "  ('{3,2,1,4,5}'::int[])[max(array_position('{3,2,1,4,5}', e.status::int))] AS status"
           "  FROM period_role r JOIN unit_place u USING (unit_id)"
           "  LEFT JOIN entry e ON e.task_id = r.task_id AND e.unit_id = r.unit_id"
           "  WHERE r.period_id = $1::int AND r.role = 'lead' GROUP BY r.task_id),"
           " tally AS (SELECT task_id, count(*) AS entries, sum(progress_percent) / count(*) AS mean,"
           "  count(*) FILTER (WHERE status = 1) AS not_started, count(*) FILTER (WHERE status = 2) AS in_progress,"
           "  count(*) FILTER (WHERE status = 3) AS completed, count(*) FILTER (WHERE status = 4) AS delayed,"
           "  count(*) FILTER (WHERE status = 5) AS stopped FROM entry GROUP BY task_id),"
           " money AS (SELECT b.task_id, sum(allocated) AS allocated, sum(disbursed) AS disbursed"
           "  FROM counted JOIN report_budget b USING (submission_id) GROUP BY b.task_id)"
           " SELECT t.group_code, t.group_title, t.code, t.title_vi, t.timeframe, coalesce(leads, ''), coalesce(leads_vi, ''),"
           " coalesce(leads_en, ''), said.status, said.progress, coalesce(entries, 0), tally.mean, coalesce(not_started, 0),"
           " coalesce(in_progress, 0), coalesce(completed, 0), coalesce(delayed, 0), coalesce(stopped, 0), allocated, disbursed"
           " FROM task_place t LEFT JOIN said USING (task_id) LEFT JOIN tally USING (task_id) LEFT JOIN money USING (task_id)"
           " ORDER BY t.place";

// Who must or did report; Obligation and UnitStanding as client.proto numbers them.
static const char UNITS[] = PLACES
    ", tally AS (SELECT c.unit_id, count(*) AS entries FROM counted c JOIN report_entry USING (submission_id) GROUP BY c.unit_id),"
    " money AS (SELECT c.unit_id, sum(allocated) AS allocated, sum(disbursed) AS disbursed"
    "  FROM counted c JOIN report_budget USING (submission_id) GROUP BY c.unit_id)"
    " SELECT u.code, u.name_vi, u.name_en, CASE o.obligation WHEN 'must' THEN 3 WHEN 'may' THEN 2 ELSE 1 END,"
    " CASE WHEN s.late THEN 4 WHEN s.submission_id IS NOT NULL THEN 3 WHEN s.judged_revision > s.returned_revision THEN 2"
    "  WHEN s.returned_revision > 0 THEN 5 ELSE 1 END,"
    " extract(epoch FROM coalesce(d.due_at, w.due_at)) * 1000, extract(epoch FROM s.first_received_at) * 1000,"
    " CASE WHEN s.late THEN greatest((s.first_received_at AT TIME ZONE p.time_zone)::date"
    "  - (coalesce(d.due_at, w.due_at) AT TIME ZONE p.time_zone)::date + 1, 0) END,"
    " s.revision, coalesce(entries, 0), allocated, disbursed, s.submission_id"
    " FROM unit_place u JOIN period_window w ON w.period_id = $1::int JOIN plan p USING (plan_id)"
    " LEFT JOIN period_reporter o ON o.period_id = $1::int AND o.unit_id = u.unit_id"
    " LEFT JOIN unit_standing s ON s.period_id = $1::int AND s.unit_id = u.unit_id"
    " LEFT JOIN unit_deadline d ON d.period_id = $1::int AND d.unit_id = u.unit_id"
    " LEFT JOIN tally ON tally.unit_id = u.unit_id LEFT JOIN money ON money.unit_id = u.unit_id"
    " WHERE o.obligation = 'must' OR s.unit_id IS NOT NULL ORDER BY u.place";

static const char CHAIN[] =
    "SELECT u.code, u.name_vi, u.name_en, s.chain_index, encode(s.receipt_hash, 'hex')"
    " FROM unit_standing s JOIN unit u USING (unit_id) WHERE s.period_id = $1::int ORDER BY u.name_vi, u.code";

static const char ENTRIES[] =
    PLACES " SELECT t.group_code, t.code, u.code, u.name_vi, u.name_en, CASE r.role WHEN 'lead' THEN 2 WHEN 'coordinating' THEN 3 "
           "ELSE 1 END,"
           " e.status, e.progress_percent, e.result, e.next_steps, e.obstacles, e.proposals, e.reason, e.submission_id"
           " FROM counted c JOIN report_entry e USING (submission_id) JOIN task_place t USING (task_id)"
           " JOIN unit_place u ON u.unit_id = c.unit_id"
           " LEFT JOIN period_role r ON r.period_id = $1::int AND r.task_id = e.task_id AND r.unit_id = c.unit_id"
           " ORDER BY t.place, u.place";

static const char BUDGET[] =
    PLACES " SELECT t.code, u.code, u.name_vi, u.name_en, b.source, b.allocated, b.disbursed, b.submission_id"
           " FROM counted c JOIN report_budget b USING (submission_id) JOIN task_place t USING (task_id)"
           " JOIN unit_place u ON u.unit_id = c.unit_id ORDER BY t.place, u.place, b.source";

static const char SOURCES[] = PLACES
    " SELECT n, count(DISTINCT b.submission_id), sum(b.allocated), sum(b.disbursed) FROM generate_series(1, 8) n"
    " LEFT JOIN (SELECT b.* FROM counted JOIN report_budget b USING (submission_id)) b ON b.source = n GROUP BY n ORDER BY n";

static const char INDICATORS[] = PLACES
    " SELECT t.code, i.code, i.title_vi, i.unit_of_measure, u.code, u.name_vi, u.name_en, trim_scale(v.number), v.text, "
    "v.submission_id"
    " FROM counted c JOIN report_indicator v USING (submission_id) JOIN indicator i USING (indicator_id)"
    " JOIN task_place t USING (task_id) JOIN unit_place u ON u.unit_id = c.unit_id ORDER BY t.place, i.indicator_id, u.place";

static const char INDICATOR_TOTALS[] =
    PLACES " SELECT t.code, i.code, i.title_vi, i.unit_of_measure,"
           " CASE i.aggregation WHEN 'sum' THEN 1 WHEN 'mean' THEN 2 WHEN 'last' THEN 3 ELSE 4 END, count(v.value),"
           " trim_scale(CASE i.aggregation WHEN 'sum' THEN sum(v.value) WHEN 'mean' THEN round(avg(v.value), 6)"
           "  WHEN 'last' THEN (array_agg(v.value ORDER BY v.received_at DESC, v.unit_id))[1] END), trim_scale(i.target)"
           " FROM indicator i JOIN task_place t USING (task_id)"
           " LEFT JOIN indicator_total v ON v.indicator_id = i.indicator_id AND v.period_id = $1::int"
           " GROUP BY i.indicator_id, t.place, t.code ORDER BY t.place, i.indicator_id";

static const char OBSTACLES[] =
    PLACES " SELECT t.code, u.code, u.name_vi, u.name_en, e.obstacles, e.proposals, e.submission_id"
           " FROM counted c JOIN report_entry e USING (submission_id) JOIN task_place t USING (task_id)"
           " JOIN unit_place u ON u.unit_id = c.unit_id WHERE e.obstacles <> '' OR e.proposals <> '' ORDER BY t.place, u.place";

int table_each (product_t *self, const table_t *table, product_row_fn *row, void *arg)
{
    static const struct {
        const table_t *table;
        const char *sql;
    } STATEMENTS[] = {
        {&TABLE_FIGURES, FIGURES},     {&TABLE_TASKS, TASKS},
        {&TABLE_UNITS, UNITS},         {&TABLE_CHAIN, CHAIN},
        {&TABLE_ENTRIES, ENTRIES},     {&TABLE_BUDGET, BUDGET},
        {&TABLE_SOURCES, SOURCES},     {&TABLE_INDICATORS, INDICATORS},
        {&TABLE_OBSTACLES, OBSTACLES}, {&TABLE_INDICATOR_TOTALS, INDICATOR_TOTALS},
    };
    size_t i = 0;
    while (STATEMENTS[i].table != table)
        i++;
    char *period = xasprintf ("%d", self->period_id);
    int rc = product_each (self, STATEMENTS[i].sql, 1, (const char *[]){period}, row, arg);
    free (period);
    return rc;
}
