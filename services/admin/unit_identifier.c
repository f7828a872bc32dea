// unit identifier: what others call a unit.
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "identifier.h"
#include "nouns.h"
#include "output.h"
#include "report/text.h"
#include "sql.h"
#include "unit_find.h"

// $1: the unit; $2: the scheme; $3: the value; $4: the day, or NULL for always.
static const char HOLDER[] =
    "SELECT u.code FROM unit_identifier i JOIN unit u USING (unit_id) WHERE i.scheme = $2 AND i.value = $3"
    " AND i.valid_to > coalesce($4::date, '-infinity') AND i.valid_to > i.valid_from AND i.unit_id <> $1::int";
static const char CLOSE[] = "UPDATE unit_identifier SET valid_to = greatest(valid_from, $3::date)"
                            " WHERE unit_id = $1::int AND scheme = $2 AND valid_to > $3::date";
static const char ADD[] = "INSERT INTO unit_identifier (unit_id, scheme, value, valid_from)"
                          " VALUES ($1::int, $2, $3, coalesce($4::date, '-infinity'))";

static int check_free (admin_t *admin, const unit_found_t *unit, const char *scheme, const char *value)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, HOLDER, SQL_PARAMS (unit->id, scheme, value, admin->options->from));
    if (result && PQntuples (result) > 0)
        status = admin_fail (EX_DATAERR, _ ("%s is the identifier of %s"), value, sql_text (result, 0, 0));
    PQclear (result);
    return status;
}

static int store (admin_t *admin, const unit_found_t *unit, const char *scheme, const char *value)
{
    const char *from = admin->options->from;
    int status = sql_run (admin, "SELECT version FROM plan_version FOR UPDATE", SQL_NO_PARAMS);
    if (status == 0)
        status = check_free (admin, unit, scheme, value);
    if (status == 0 && from)
        status = sql_run (admin, CLOSE, SQL_PARAMS (unit->id, scheme, from));
    return status ? status : sql_run (admin, ADD, SQL_PARAMS (unit->id, scheme, value, from));
}

int unit_identifier_add (admin_t *admin)
{
    const options_t *options = admin->options;
    const char *scheme = options->operands[1];
    unit_found_t unit;
    if (options->from && !text_is_date (options->from))
        return admin_fail (EX_USAGE, _ ("--from: \"%s\" is not a date as in 2025-12-10"), options->from);
    char *value = strcmp (scheme, "national") == 0 ? identifier_national (options->operands[2]) : xstrdup (options->operands[2]);
    if (!value)
        return admin_fail (EX_DATAERR, _ ("%s is not an identification code such as H56.08"), options->operands[2]);
    int status = unit_find (admin, options->operands[0], &unit);
    if (status == 0)
        status = sql_begin_decision (admin, NULL);
    if (status == 0)
        status = sql_end (admin, store (admin, &unit, scheme, value));
    if (status == 0)
        output_result (admin, json_pack ("{s:s,s:s,s:s}", "unit", unit.code, "scheme", scheme, "value", value),
                       _ ("%s is identified by %s (%s)."), unit.code, value, scheme);
    free (value);
    return status;
}

static const char LIST[] = "SELECT u.code AS unit, i.scheme, i.value, i.valid_from::text, i.valid_to::text"
                           " FROM unit_identifier i JOIN unit u USING (unit_id) WHERE $1::int IS NULL OR u.unit_id = $1::int"
                           " ORDER BY u.code, i.scheme, i.valid_from";

int unit_identifier_list (admin_t *admin)
{
    unit_found_t unit = {.id = ""};
    int status = admin->options->n_operands > 0 ? unit_find (admin, admin->options->operands[0], &unit) : 0;
    const char *titles[] = {_ ("Unit"), _ ("Scheme"), _ ("Value"), _ ("From"), _ ("To")};
    return status ? status : output_query (admin, LIST, SQL_PARAMS (*unit.id ? unit.id : NULL), titles);
}
