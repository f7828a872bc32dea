#include "feeds_db.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

// $1: the period
static const char DEADLINES[] =
    "SELECT NULL, NULL, NULL, p.due_before - 1 - '1970-01-01'::date, extract(epoch FROM m.at) * 1000, m.changes"
    " FROM period p CROSS JOIN (SELECT max(at) AS at, count(*) AS changes FROM period_move WHERE period_id = $1::int) m"
    " WHERE p.period_id = $1::int"
    " UNION ALL (SELECT u.code, u.name_vi, u.name_en, (x.due_at AT TIME ZONE n.time_zone)::date - 1 - '1970-01-01'::date,"
    "  extract(epoch FROM x.granted_at) * 1000,"
    "  (SELECT count(*) - 1 FROM extension e WHERE e.period_id = x.period_id AND e.unit_id = x.unit_id)"
    "  FROM extension_due x JOIN unit u USING (unit_id) JOIN period p USING (period_id) JOIN plan n USING (plan_id)"
    "  WHERE x.period_id = $1::int ORDER BY u.name_vi, u.code)";

// $1: the plan, $2: now. Which kind: news_kind_t. A report that was returned is missing since then.
static const char NEWS[] =
    "WITH moment AS (SELECT to_timestamp($2::float8 / 1000) AS now),"
    " period_news AS (SELECT (w.closes_at <= now)::int AS kind, w.code AS period, NULL AS unit, NULL AS name_vi, NULL AS name_en,"
    "  CASE WHEN w.closes_at <= now THEN w.closes_at ELSE w.opens_at END AS at, p.due_before - 1 AS last_day, 0 AS days"
    "  FROM period_window w JOIN period p USING (period_id) CROSS JOIN moment WHERE w.plan_id = $1::int AND w.opens_at <= now),"
    " unit_news AS (SELECT CASE WHEN s.late THEN 3 ELSE 2 END, p.code, u.code, u.name_vi, u.name_en,"
    "  CASE WHEN s.late THEN s.first_received_at ELSE greatest(d.due_at, (SELECT max(r.at) FROM review r JOIN submission b"
    "    USING (submission_id) WHERE b.unit_id = d.unit_id AND b.period_id = d.period_id AND r.action = 'return')) END,"
    "  l.day, (s.first_received_at AT TIME ZONE n.time_zone)::date - l.day"
    "  FROM plan n JOIN period p USING (plan_id) JOIN unit_deadline d USING (period_id) CROSS JOIN moment"
    "  CROSS JOIN LATERAL (SELECT (d.due_at AT TIME ZONE n.time_zone)::date - 1 AS day) l"
    "  JOIN period_reporter o ON o.period_id = d.period_id AND o.unit_id = d.unit_id AND o.obligation = 'must'"
    "  JOIN unit u ON u.unit_id = d.unit_id"
    "  LEFT JOIN unit_standing s ON s.period_id = d.period_id AND s.unit_id = d.unit_id"
    "  WHERE n.plan_id = $1::int AND d.due_at <= now AND coalesce(s.late, true))"
    " SELECT coalesce(kind, 0), period, unit, name_vi, name_en, extract(epoch FROM at) * 1000, last_day - '1970-01-01'::date,"
    "  greatest(days, 0)"
    " FROM (SELECT * FROM period_news UNION ALL SELECT * FROM unit_news) x ORDER BY at DESC, period, unit NULLS FIRST LIMIT 200";

int feeds_each_deadline (product_t *self, int (*put) (const deadline_t *deadline, void *arg), void *arg)
{
    char *period = xasprintf ("%d", self->period_id);
    PGresult *rows = product_select (self, DEADLINES, 1, (const char *[]){period});
    free (period);
    int rc = rows ? 0 : -1;
    for (int row = 0; rc == 0 && row < PQntuples (rows); row++) {
        deadline_t deadline = {
            .unit = product_text (rows, row, 0),
            .name_vi = product_text (rows, row, 1),
            .name_en = product_text (rows, row, 2),
            .last_day = product_number (rows, row, 3),
            .set_at = product_number (rows, row, 4),
            .changes = (int)product_number (rows, row, 5),
        };
        rc = put (&deadline, arg);
    }
    PQclear (rows);
    return rc;
}

int feeds_each_news (product_t *self, int (*put) (const news_t *news, void *arg), void *arg)
{
    char *plan = xasprintf ("%d", self->plan_id), *now = xasprintf ("%lld", (long long)self->as_of);
    PGresult *rows = product_select (self, NEWS, 2, (const char *[]){plan, now});
    free (now);
    free (plan);
    int rc = rows ? 0 : -1;
    for (int row = 0; rc == 0 && row < PQntuples (rows); row++) {
        news_t news = {
            .kind = (news_kind_t)product_number (rows, row, 0),
            .period = product_text (rows, row, 1),
            .unit = product_text (rows, row, 2),
            .name_vi = product_text (rows, row, 3),
            .name_en = product_text (rows, row, 4),
            .at = product_number (rows, row, 5),
            .last_day = product_number (rows, row, 6),
            .days = (int)product_number (rows, row, 7),
        };
        rc = put (&news, arg);
    }
    PQclear (rows);
    return rc;
}
