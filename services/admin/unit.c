// unit: the reporting units.
#include <stdio.h>

#include "nouns.h"
#include "output.h"
#include "sql.h"

// With several plans, the strongest obligation of today, which is $1 (Unix ms) in each plan's time zone.
static const char LIST[] =
    "SELECT u.code AS unit, u.name_vi, u.name_en, u.kind,"
    "       CASE WHEN bool_or(r.obligation = 'must') THEN 'must' WHEN bool_or(r.obligation = 'may') THEN 'may' ELSE 'none' END"
    "           AS obligation,"
    "       e.door, (SELECT count(*) FROM client_key k WHERE k.unit_id = u.unit_id AND k.revoked_at IS NULL) AS keys,"
    "       e.public_key"
    " FROM unit u LEFT JOIN (SELECT reporter.* FROM reporter JOIN plan p USING (plan_id) CROSS JOIN LATERAL"
    "   (SELECT ((timestamptz 'epoch' + $1::bigint * interval '1 millisecond') AT TIME ZONE p.time_zone)::date AS today) t"
    "   WHERE reporter.valid_from <= today AND today < reporter.valid_to) r USING (unit_id)"
    " LEFT JOIN unit_endpoint e USING (unit_id)"
    " GROUP BY u.unit_id, e.unit_id ORDER BY u.code";

int unit_list (admin_t *admin)
{
    int64_t now;
    char now_text[24];
    if (admin_now (admin, &now) != 0)
        return EX_CONFIG;
    snprintf (now_text, sizeof now_text, "%lld", (long long)now);
    const char *titles[] = {_ ("Unit"),    _ ("Name"), _ ("English name"), _ ("Kind"),
                            _ ("Reports"), _ ("Door"), _ ("Keys"),         _ ("Server key")};
    return output_query (admin, LIST, SQL_PARAMS (now_text), titles);
}
