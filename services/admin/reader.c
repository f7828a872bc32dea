// reader: the keys of those who may read the feed, and (account.c) the accounts of those who may read the portal's pages.
#include <string.h>

#include "nouns.h"
#include "output.h"
#include "sql.h"

static const char ADD[] = "INSERT INTO reader_key (public_key, name, added_by) VALUES ($1, $2, $3)"
                          " ON CONFLICT (public_key) DO NOTHING RETURNING public_key";

static const char FIND[] = "SELECT name, revoked_at IS NOT NULL FROM reader_key WHERE public_key = $1";

static int explain_not_added (admin_t *admin, const char *name, const char *key)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, FIND, SQL_PARAMS (key));
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = admin_fail (EX_UNAVAILABLE, _ ("the key could not be added; try again"));
    else if (*sql_text (result, 0, 1) == 't')
        status =
            admin_fail (EX_DATAERR, _ ("this key of %s was revoked and never comes back: make a new one"), sql_text (result, 0, 0));
    else if (strcmp (sql_text (result, 0, 0), name) != 0)
        status = admin_fail (EX_DATAERR, _ ("this key belongs to the reader %s"), sql_text (result, 0, 0));
    PQclear (result);
    return status;
}

int reader_add (admin_t *admin)
{
    int status = 0;
    if (admin->options->n_operands == 1)
        return account_add (admin);
    if (admin->options->given & (OPTION_PASSWORD_FILE | OPTION_NO_PASSWORD | OPTION_AGENCY))
        return admin_fail (EX_USAGE, _ ("a reader of the feed has a key and no password: give one of them"));
    const char *name = admin->options->operands[0], *key = admin->options->operands[1];
    if (!admin_is_public_key (key))
        return admin_fail (EX_DATAERR, _ ("%s is not a public key: 40 characters, as baocao join shows it"), key);
    PGresult *result = sql_query (admin, &status, ADD, SQL_PARAMS (key, name, admin_who (admin)));
    if (!result)
        return status;
    bool added = PQntuples (result) > 0;
    PQclear (result);
    if (!added)
        status = explain_not_added (admin, name, key);
    if (status == 0)
        output_result (admin, json_pack ("{s:s,s:s,s:b}", "name", name, "public_key", key, "added", added),
                       added ? _ ("%s (%s) may read the feed.") : _ ("%s (%s) could read the feed before."), key, name);
    return status;
}

static const char REVOKE[] =
    "UPDATE reader_key SET revoked_at = now(), revoked_by = $2 WHERE public_key = $1 AND revoked_at IS NULL RETURNING name";

int reader_revoke (admin_t *admin)
{
    int status = 0;
    const char *key = admin->options->operands[0];
    PGresult *result = sql_query (admin, &status, REVOKE, SQL_PARAMS (key, admin_who (admin)));
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("no key in use is %s (baocao-admin reader list shows them)"), key);
    else
        output_result (admin, json_pack ("{s:s,s:s,s:b}", "name", sql_text (result, 0, 0), "public_key", key, "revoked", 1),
                       _ ("%s of %s is revoked: refused within 5 seconds, open connections too."), key, sql_text (result, 0, 0));
    PQclear (result);
    return status;
}

static const char LIST[] =
    "SELECT * FROM (SELECT name, 'feed' AS reads, public_key, added_at, added_by, revoked_at, revoked_by FROM reader_key"
    " UNION ALL SELECT name, CASE class WHEN 'agency' THEN 'pages (agency)' ELSE 'pages' END, NULL, added_at, added_by, removed_at,"
    " removed_by FROM portal_account) reader ORDER BY name, added_at";

int reader_list (admin_t *admin)
{
    const char *titles[] = {_ ("Name"), _ ("Reads"), _ ("Public key"), _ ("Added"), _ ("By"), _ ("Revoked"), _ ("By")};
    return output_query (admin, LIST, SQL_NO_PARAMS, titles);
}
