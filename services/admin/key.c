// key: the keys of departments' clients.
#include <string.h>

#include "nouns.h"
#include "output.h"
#include "sql.h"

static const char ADD[] =
    "INSERT INTO client_key (public_key, unit_id, name, added_by)"
    " SELECT $2, unit_id, $3, $4 FROM unit WHERE code = $1 ON CONFLICT (public_key) DO NOTHING RETURNING public_key";

static const char FIND[] =
    "SELECT u.code, k.revoked_at IS NOT NULL, EXISTS (SELECT FROM unit WHERE code = $2)"
    " FROM (SELECT $1::text AS public_key) g LEFT JOIN client_key k USING (public_key) LEFT JOIN unit u USING (unit_id)";

// Why nothing was added. Adding what is there already is no fault, so that a script can run again.
static int explain_not_added (admin_t *admin, const char *unit, const char *key)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, FIND, SQL_PARAMS (key, unit));
    if (!result)
        return status;
    const char *holder = sql_text (result, 0, 0);
    if (*sql_text (result, 0, 2) == 'f')
        status = admin_fail (EX_DATAERR, _ ("no unit has the code %s (baocao-admin unit list shows them)"), unit);
    else if (!holder)
        status = admin_fail (EX_UNAVAILABLE, _ ("the key could not be added; try again"));
    else if (*sql_text (result, 0, 1) == 't')
        status = admin_fail (EX_DATAERR, _ ("this key of %s was revoked and never comes back: make a new one"), holder);
    else if (strcmp (holder, unit) != 0)
        status = admin_fail (EX_DATAERR, _ ("this key belongs to %s: every unit has keys of its own"), holder);
    PQclear (result);
    return status;
}

int key_add (admin_t *admin)
{
    int status = 0;
    const char *unit = admin->options->operands[0], *key = admin->options->operands[1];
    const char *name = admin->options->name ? admin->options->name : unit;
    if (!admin_is_public_key (key))
        return admin_fail (EX_DATAERR, _ ("%s is not a public key: 40 characters, as baocao join shows it"), key);
    PGresult *result = sql_query (admin, &status, ADD, SQL_PARAMS (unit, key, name, admin_who (admin)));
    if (!result)
        return status;
    bool added = PQntuples (result) > 0;
    PQclear (result);
    if (!added)
        status = explain_not_added (admin, unit, key);
    if (status == 0)
        output_result (admin, json_pack ("{s:s,s:s,s:s,s:b}", "unit", unit, "public_key", key, "name", name, "added", added),
                       added ? _ ("%s may come in at the door of %s.") : _ ("%s could come in at the door of %s before."), key,
                       unit);
    return status;
}

static const char REVOKE[] = "UPDATE client_key k SET revoked_at = now(), revoked_by = $2 FROM unit u"
                             " WHERE k.public_key = $1 AND k.revoked_at IS NULL AND u.unit_id = k.unit_id RETURNING u.code";

int key_revoke (admin_t *admin)
{
    int status = 0;
    const char *key = admin->options->operands[0];
    PGresult *result = sql_query (admin, &status, REVOKE, SQL_PARAMS (key, admin_who (admin)));
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("no key in use is %s (baocao-admin key list shows them)"), key);
    else
        output_result (admin, json_pack ("{s:s,s:s,s:b}", "unit", sql_text (result, 0, 0), "public_key", key, "revoked", 1),
                       _ ("%s of %s is revoked: refused within 5 seconds, open connections too."), key, sql_text (result, 0, 0));
    PQclear (result);
    return status;
}

static const char LIST[] =
    "SELECT u.code AS unit, k.public_key, k.name, k.added_at, k.added_by, k.revoked_at, k.revoked_by"
    " FROM client_key k JOIN unit u USING (unit_id) WHERE $1::text IS NULL OR u.code = $1::text ORDER BY u.code, k.added_at";

int key_list (admin_t *admin)
{
    const char *unit = admin->options->n_operands > 0 ? admin->options->operands[0] : NULL;
    const char *titles[] = {_ ("Unit"), _ ("Public key"), _ ("Name"), _ ("Added"), _ ("By"), _ ("Revoked"), _ ("By")};
    return output_query (admin, LIST, SQL_PARAMS (unit), titles);
}
