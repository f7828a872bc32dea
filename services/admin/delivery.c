// delivery: what was sent to the contacts, and what became of it.
#include "nouns.h"
#include "output.h"
#include "sql.h"

static const char LIST[] =
    "SELECT d.delivery_id AS delivery, u.code AS unit, d.cursor AS notice, k.name, d.channel, d.address, d.created_at,"
    "       CASE WHEN q.delivery_id IS NOT NULL THEN 'waiting' ELSE a.outcome END AS state,"
    "       coalesce(a.attempt, 0) AS attempts, a.at AS last_at, q.not_before AS next_at, nullif(a.status, 0) AS status, a.answer"
    " FROM delivery d JOIN unit u USING (unit_id) JOIN contact k USING (contact_id)"
    " LEFT JOIN delivery_queue q USING (delivery_id)"
    " LEFT JOIN LATERAL (SELECT * FROM delivery_attempt t WHERE t.delivery_id = d.delivery_id"
    "                    ORDER BY attempt DESC LIMIT 1) a ON true"
    " WHERE ($1::text IS NULL OR u.code = $1::text) AND (NOT $2::boolean OR a.outcome = 'failed') ORDER BY d.delivery_id";

int delivery_list (admin_t *admin)
{
    const char *unit = admin->options->n_operands > 0 ? admin->options->operands[0] : NULL;
    const char *failed = admin->options->given & OPTION_FAILED ? "true" : "false";
    const char *titles[] = {_ ("Delivery"), _ ("Unit"),     _ ("Notice"), _ ("Name"), _ ("Channel"), _ ("Address"), _ ("Decided"),
                            _ ("State"),    _ ("Attempts"), _ ("Last"),   _ ("Next"), _ ("Status"),  _ ("Answer")};
    return output_query (admin, LIST, SQL_PARAMS (unit, failed), titles);
}
