// unit: the reporting units.
#include <stdio.h>
#include <stdlib.h>

#include "identifier.h"
#include "nouns.h"
#include "output.h"
#include "report/text.h"
#include "sql.h"
#include "unit_find.h"

static const char FIND[] =
    "SELECT unit_id, code, valid_from, valid_to FROM unit u WHERE code = $1 OR EXISTS (SELECT FROM unit_identifier i"
    "   WHERE i.unit_id = u.unit_id AND (i.value = $1 OR i.scheme = 'national' AND i.value = $2) AND i.valid_to > i.valid_from)"
    " ORDER BY code = $1 DESC, valid_to DESC, code LIMIT 1";

int unit_find (admin_t *admin, const char *name, unit_found_t *unit)
{
    int status = 0;
    char *national = identifier_national (name);
    PGresult *result = sql_query (admin, &status, FIND, SQL_PARAMS (name, national));
    free (national);
    if (result && PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("no unit has the code %s (baocao-admin unit list shows them)"), name);
    else if (result) {
        snprintf (unit->id, sizeof unit->id, "%s", sql_text (result, 0, 0));
        snprintf (unit->code, sizeof unit->code, "%s", sql_text (result, 0, 1));
        snprintf (unit->valid_from, sizeof unit->valid_from, "%s", sql_text (result, 0, 2));
        snprintf (unit->valid_to, sizeof unit->valid_to, "%s", sql_text (result, 0, 3));
    }
    PQclear (result);
    return status;
}

// With several plans, the strongest obligation of today, which is $1 (Unix ms) in each plan's time zone.
static const char LIST[] =
    "SELECT u.code AS unit, u.name_vi, u.name_en, u.kind,"
    "       CASE WHEN bool_or(r.obligation = 'must') THEN 'must' WHEN bool_or(r.obligation = 'may') THEN 'may' ELSE 'none' END"
    "           AS obligation,"
    "       e.door, (SELECT count(*) FROM client_key k WHERE k.unit_id = u.unit_id AND k.revoked_at IS NULL) AS keys,"
    "       e.public_key"
    " FROM unit u LEFT JOIN (SELECT reporter.* FROM reporter JOIN unit x USING (unit_id) JOIN plan p USING (plan_id)"
    "   CROSS JOIN LATERAL"
    "   (SELECT ((timestamptz 'epoch' + $1::bigint * interval '1 millisecond') AT TIME ZONE p.time_zone)::date AS today) t"
    "   WHERE greatest(reporter.valid_from, x.valid_from) <= today AND today < least(reporter.valid_to, x.valid_to)) r USING "
    "(unit_id)"
    " LEFT JOIN unit_endpoint e USING (unit_id)"
    " GROUP BY u.unit_id, e.unit_id ORDER BY u.code";

int unit_list (admin_t *admin)
{
    const char *now = admin_now_text (admin);
    if (!now)
        return EX_CONFIG;
    const char *titles[] = {_ ("Unit"),    _ ("Name"), _ ("English name"), _ ("Kind"),
                            _ ("Reports"), _ ("Door"), _ ("Keys"),         _ ("Server key")};
    return output_query (admin, LIST, SQL_PARAMS (now), titles);
}

static const char ADD[] = "INSERT INTO unit (code, kind, name_vi, name_en, valid_from)"
                          " SELECT $1, $2, $3, coalesce($4, ''), coalesce($5::date, '-infinity') ON CONFLICT (code) DO NOTHING";

static int store (admin_t *admin, const char *code, const char *kind)
{
    int status = 0;
    const options_t *options = admin->options;
    PGresult *result = sql_query (admin, &status, ADD, SQL_PARAMS (code, kind, options->name, options->name_en, options->from));
    if (result && sql_affected (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("there is a unit %s already"), code);
    PQclear (result);
    return status ? status : sql_plan_moved (admin);
}

int unit_add (admin_t *admin)
{
    const options_t *options = admin->options;
    const char *code = options->operands[0], *kind = options->kind ? options->kind : "department";
    if (!options->name)
        return admin_fail (EX_USAGE, _ ("say what the unit is called: --name"));
    if (options->from && !text_is_date (options->from))
        return admin_fail (EX_USAGE, _ ("--from: \"%s\" is not a date as in 2025-12-10"), options->from);
    int status = sql_begin_decision (admin, NULL);
    if (status == 0)
        status = sql_end (admin, store (admin, code, kind));
    if (status == 0)
        output_result (
            admin, json_pack ("{s:s,s:s,s:s}", "unit", code, "kind", kind, "name_vi", options->name),
            _ ("Unit %s is there. It owes nothing yet: a plan's files, or unit merge, split and transfer give it duties."), code);
    return status;
}

// Everything about one unit, oldest first.
static const char SHOW[] =
    "SELECT what, detail, valid_from, valid_to, who, reason FROM ("
    " SELECT 1 AS place, 'unit' AS what, code || ': ' || name_vi AS detail, valid_from::text, valid_to::text, NULL AS who, NULL AS "
    "reason"
    "   FROM unit WHERE unit_id = $1::int"
    " UNION ALL SELECT 2, 'identifier', scheme || ' ' || value, valid_from::text, valid_to::text, NULL, NULL FROM unit_identifier"
    "   WHERE unit_id = $1::int"
    " UNION ALL SELECT 3, CASE WHEN predecessor = $1::int THEN unit_succession.kind ELSE 'successor of' END,"
    "   concat_ws(' ', CASE WHEN predecessor = $1::int THEN s.code ELSE p.code END, t.code), from_day::text, NULL, who, reason"
    "   FROM unit_succession LEFT JOIN unit s ON s.unit_id = successor JOIN unit p ON p.unit_id = predecessor"
    "   LEFT JOIN task t USING (task_id) WHERE $1::int IN (predecessor, successor)"
    " UNION ALL SELECT 4, obligation, plan.code, r.valid_from::text, r.valid_to::text, NULL, NULL"
    "   FROM reporter r JOIN plan USING (plan_id) WHERE unit_id = $1::int AND r.valid_to > r.valid_from"
    " UNION ALL SELECT 5, role, plan.code || ' ' || t.code, r.valid_from::text, r.valid_to::text, NULL, NULL"
    "   FROM task_unit r JOIN task t USING (task_id) JOIN plan USING (plan_id) WHERE unit_id = $1::int AND r.valid_to > "
    "r.valid_from"
    " UNION ALL SELECT 6, 'standing unit', plan.code, s.valid_from::text, NULL, NULL, NULL"
    "   FROM plan_standing s JOIN plan USING (plan_id) WHERE unit_id = $1::int"
    ") r ORDER BY place, valid_from::date, detail";

int unit_show (admin_t *admin)
{
    unit_found_t unit;
    int status = unit_find (admin, admin->options->operands[0], &unit);
    const char *titles[] = {_ ("What"), _ ("Of"), _ ("From"), _ ("To"), _ ("By"), _ ("Reason")};
    return status ? status : output_query (admin, SHOW, SQL_PARAMS (unit.id), titles);
}
