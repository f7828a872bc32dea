#include "document_db.h"

#include <stdlib.h>

#include "common/xmem.h"
#include "product_db.h"

// $1 the period, $2 a unit or 0, $3 the language, $4 now.
static PGresult *ask (product_t *self, const char *sql, int n_params, int unit_id)
{
    char *period = xasprintf ("%d", self->period_id), *unit = xasprintf ("%d", unit_id);
    char *now = xasprintf ("%lld", (long long)self->as_of);
    PGresult *result = product_select (self, sql, n_params, (const char *[]){period, unit, self->vietnamese ? "vi" : "en", now});
    free (period);
    free (unit);
    free (now);
    return result;
}

#define NAME(unit) "CASE $3::text WHEN 'vi' THEN " unit ".name_vi ELSE " unit ".name_en END"
#define UNIT "$2::int"
#define TODAY "(to_timestamp($4::float8 / 1000) AT TIME ZONE p.time_zone)::date"

PGresult *document_frame (product_t *self)
{
    static const char SQL[] = "SELECT " NAME ("i") ", s.kind, u.kind"
                                                   " FROM period d JOIN plan p USING (plan_id) JOIN unit i ON i.unit_id = p.issuer"
                                                   " JOIN unit s ON s.code = $5 LEFT JOIN unit u ON u.unit_id = " UNIT
                                                   " WHERE d.period_id = $1 AND $4::text IS NOT NULL";
    char *period = xasprintf ("%d", self->period_id), *unit = xasprintf ("%d", self->unit_id);
    PGresult *result =
        product_select (self, SQL, 5, (const char *[]){period, unit, self->vietnamese ? "vi" : "en", "", self->standing});
    free (period);
    free (unit);
    return result;
}

PGresult *document_units (product_t *self)
{
    static const char SQL[] = "SELECT " NAME (
        "u") ", o.obligation = 'must', s.submission_id IS NOT NULL, coalesce(s.late, false),"
             " CASE WHEN s.submission_id IS NOT NULL OR s.unit_id IS NULL THEN ''"
             "      WHEN s.judged_revision > s.returned_revision THEN 'refused' ELSE 'returned' END,"
             " (d.due_at AT TIME ZONE p.time_zone)::date,"
             " CASE WHEN o.obligation = 'must' AND s.submission_id IS NULL AND to_timestamp($4::float8 / 1000) >= d.due_at"
             "      THEN " TODAY " - (d.due_at AT TIME ZONE p.time_zone)::date + 1 END"
             " FROM period_reporter o JOIN unit u USING (unit_id) JOIN unit_deadline d USING (period_id, unit_id)"
             " JOIN period w USING (period_id) JOIN plan p USING (plan_id) LEFT JOIN unit_standing s USING (period_id, unit_id)"
             " WHERE o.period_id = $1 AND " UNIT " IS NOT NULL"
             " ORDER BY " NAME ("u") " COLLATE \"vi-x-icu\", u.code";
    return ask (self, SQL, 4, 0);
}

PGresult *document_groups (product_t *self)
{
    static const char SQL[] =
        "SELECT g.code, count(*), count(x.task_id),"
        " coalesce(sum(x.not_started + x.in_progress + x.completed + x.delayed + x.stopped), 0),"
        " coalesce(sum(x.not_started), 0), coalesce(sum(x.in_progress), 0), coalesce(sum(x.completed), 0),"
        " coalesce(sum(x.delayed), 0), coalesce(sum(x.stopped), 0),"
        " div(sum(x.progress_sum), nullif(sum(x.not_started + x.in_progress + x.completed + x.delayed + x.stopped), 0))"
        " FROM period p JOIN task t USING (plan_id) JOIN task_group g USING (group_id)"
        " LEFT JOIN task_total x ON x.period_id = p.period_id AND x.task_id = t.task_id"
        "  AND x.not_started + x.in_progress + x.completed + x.delayed + x.stopped > 0"
        " WHERE p.period_id = $1 GROUP BY ROLLUP ((g.position, g.group_id, g.code)) ORDER BY g.position NULLS LAST";
    return ask (self, SQL, 1, 0);
}

// Who leads a task or has reported on it; `s` is the report that counts.
#define PARTIES                                                                                                                    \
    "parties AS (SELECT task_id, unit_id FROM period_role WHERE period_id = $1 AND role = 'lead' AND " UNIT " = 0"                 \
    " UNION SELECT e.task_id, s.unit_id FROM unit_standing s JOIN report_entry e USING (submission_id)"                            \
    "  WHERE s.period_id = $1 AND (" UNIT " = 0 OR s.unit_id = " UNIT "))"
#define PLACE                                                                                                                      \
    "g.position, t.position, t.task_id, r.role IS NOT DISTINCT FROM 'lead' DESC, " NAME ("u") " COLLATE \"vi-x-icu\", u.code"

PGresult *document_entries (product_t *self, int unit_id)
{
    static const char SQL[] = "WITH " PARTIES " SELECT g.code, g.title_vi, t.code, t.title_vi, " NAME (
        "u") ", r.role IS NOT DISTINCT FROM 'lead',"
             " s.submission_id IS NOT NULL, e.status, e.progress_percent, e.result, e.next_steps, e.obstacles, e.proposals, "
             "e.reason,"
             " b.allocated, b.disbursed, e.submission_id, t.task_id"
             " FROM period w JOIN task t USING (plan_id) JOIN task_group g USING (group_id) LEFT JOIN parties x USING (task_id)"
             " LEFT JOIN unit u USING (unit_id) LEFT JOIN unit_standing s ON s.period_id = $1 AND s.unit_id = x.unit_id"
             " LEFT JOIN period_role r ON r.period_id = $1 AND r.task_id = t.task_id AND r.unit_id = x.unit_id"
             " LEFT JOIN report_entry e ON e.submission_id = s.submission_id AND e.task_id = t.task_id"
             " LEFT JOIN LATERAL (SELECT sum(allocated) AS allocated, sum(disbursed) AS disbursed FROM report_budget"
             "   WHERE submission_id = e.submission_id AND task_id = e.task_id) b ON true"
             " WHERE w.period_id = $1 AND (" UNIT " = 0 OR x.unit_id IS NOT NULL) ORDER BY " PLACE;
    return ask (self, SQL, 3, unit_id);
}

PGresult *document_values (product_t *self, int unit_id)
{
    static const char SQL[] =
        "SELECT v.submission_id, t.task_id, i.title_vi, i.unit_of_measure, i.type, v.number, v.text"
        " FROM unit_standing s JOIN report_indicator v USING (submission_id) JOIN indicator i USING (indicator_id)"
        " JOIN task t USING (task_id) JOIN task_group g USING (group_id) JOIN unit u ON u.unit_id = s.unit_id"
        " LEFT JOIN period_role r ON r.period_id = $1 AND r.task_id = t.task_id AND r.unit_id = s.unit_id"
        " WHERE s.period_id = $1 AND (" UNIT " = 0 OR s.unit_id = " UNIT ") AND coalesce(v.number::text, v.text) IS NOT NULL"
        " ORDER BY " PLACE ", i.indicator_id";
    return ask (self, SQL, 3, unit_id);
}

PGresult *document_sources (product_t *self, int unit_id)
{
    static const char SQL[] = "SELECT b.source, sum(b.allocated), sum(b.disbursed)"
                              " FROM unit_standing s JOIN report_budget b USING (submission_id)"
                              " WHERE s.period_id = $1 AND (" UNIT " = 0 OR s.unit_id = " UNIT ")"
                              " GROUP BY ROLLUP (b.source) HAVING count(*) > 0 ORDER BY b.source NULLS LAST";
    return ask (self, SQL, 2, unit_id);
}

PGresult *document_indicators (product_t *self)
{
    static const char SQL[] =
        "SELECT t.code, i.title_vi, i.unit_of_measure,"
        " CASE i.aggregation WHEN 'sum' THEN sum(x.value) WHEN 'mean' THEN round(avg(x.value), 6)"
        "  ELSE (array_agg(x.value ORDER BY x.received_at DESC, x.unit_id))[1] END, i.target, i.aggregation"
        " FROM period p JOIN task t USING (plan_id) JOIN task_group g USING (group_id) JOIN indicator i USING (task_id)"
        " LEFT JOIN indicator_total x ON x.period_id = p.period_id AND x.indicator_id = i.indicator_id"
        " WHERE p.period_id = $1 AND i.aggregation <> 'none'"
        " GROUP BY g.position, t.position, t.code, i.indicator_id ORDER BY g.position, t.position, i.indicator_id";
    return ask (self, SQL, 1, 0);
}

PGresult *document_unit_report (product_t *self)
{
    static const char SQL[] =
        "SELECT m.report, m.revision, (extract(epoch FROM m.received_at) * 1000)::bigint, m.chain_index, encode(m.report_digest, "
        "'hex')"
        " FROM unit_standing s JOIN submission m USING (submission_id) WHERE s.period_id = $1 AND s.unit_id = " UNIT;
    return ask (self, SQL, 2, self->unit_id);
}
