// unit: the reporting units.
#include "nouns.h"
#include "output.h"
#include "sql.h"

// With several plans, the strongest obligation.
static const char LIST[] =
    "SELECT u.code AS unit, u.name_vi, u.name_en, u.kind,"
    "       CASE WHEN bool_or(r.obligation = 'must') THEN 'must' WHEN bool_or(r.obligation = 'may') THEN 'may' ELSE 'none' END"
    "           AS obligation,"
    "       e.door, (SELECT count(*) FROM client_key k WHERE k.unit_id = u.unit_id AND k.revoked_at IS NULL) AS keys,"
    "       e.public_key"
    " FROM unit u LEFT JOIN reporter r USING (unit_id) LEFT JOIN unit_endpoint e USING (unit_id)"
    " GROUP BY u.unit_id, e.unit_id ORDER BY u.code";

int unit_list (admin_t *admin)
{
    const char *titles[] = {_ ("Unit"),    _ ("Name"), _ ("English name"), _ ("Kind"),
                            _ ("Reports"), _ ("Door"), _ ("Keys"),         _ ("Server key")};
    return output_query (admin, LIST, SQL_NO_PARAMS, titles);
}
