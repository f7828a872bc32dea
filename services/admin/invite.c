// invite: what a department, or a reader of the feed, needs to know of the server. The server's secret keys are made here, once,
// where the services find them; the invite holds public halves only.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <czmq.h>

#include "common/keys.h"
#include "nouns.h"
#include "output.h"
#include "sql.h"

// Loads the certificate at path, or makes it when there is none. NULL: said or logged; exit with EX_CONFIG.
static zcert_t *standing_certificate (const char *path)
{
    return access (path, F_OK) == 0 ? bc_cert_load (path) : bc_cert_create (path);
}

// A unit's code becomes a file name.
static bool is_file_name (const char *code)
{
    return *code && *code != '.' && !strchr (code, '/');
}

// --- The receipt key -------------------------------------------------------------------------------------------------------------

static int store_receipt_key (admin_t *admin, const bc_signing_key_t *key)
{
    char hex[3 + 2 * sizeof key->public] = "\\x";
    sodium_bin2hex (hex + 2, sizeof hex - 2, key->public, sizeof key->public);
    return sql_run (admin, "INSERT INTO receipt_key (key_id, public_key) VALUES ($1, $2::bytea) ON CONFLICT (key_id) DO NOTHING",
                    SQL_PARAMS (key->id, hex));
}

// The standing key, made if there is none. 0 or EX_CONFIG (said).
static int standing_receipt_key (admin_t *admin, bc_signing_key_t *key)
{
    char *path = admin_key_path (admin, "receipt.key");
    if (!path)
        return EX_CONFIG;
    int failed = access (path, F_OK) == 0 ? bc_signing_key_load (key, path) : bc_signing_key_create (key, path);
    free (path);
    return failed ? EX_CONFIG : 0;
}

static int put_receipt_key (admin_t *admin, zconfig_t *invite)
{
    bc_signing_key_t key;
    if (standing_receipt_key (admin, &key))
        return EX_CONFIG;
    int status = store_receipt_key (admin, &key);
    char hex[2 * sizeof key.public + 1];
    sodium_bin2hex (hex, sizeof hex, key.public, sizeof key.public);
    zconfig_put (invite, "receipt/key_id", key.id);
    zconfig_put (invite, "receipt/public_key", hex);
    bc_signing_key_wipe (&key);
    return status;
}

// --- The door --------------------------------------------------------------------------------------------------------------------

// A unit gets the next door, once. Two invites at the same time must not get the same one.
static int make_endpoint (admin_t *admin, const char *unit, const char *public_key)
{
    int status = sql_run (admin, "BEGIN", SQL_NO_PARAMS);
    if (status)
        return status;
    status = sql_run (admin, "SELECT pg_advisory_xact_lock(hashtext('baocao.door'))", SQL_NO_PARAMS);
    if (status == 0)
        status = sql_run (admin,
                          "INSERT INTO unit_endpoint (unit_id, door, public_key)"
                          " SELECT unit_id, coalesce((SELECT max(door) FROM unit_endpoint), 0) + 1, $2 FROM unit WHERE code = $1"
                          " ON CONFLICT (unit_id) DO NOTHING",
                          SQL_PARAMS (unit, public_key));
    return sql_end (admin, status);
}

static const char ENDPOINT[] =
    "SELECT u.name_vi, u.name_en, e.door, e.public_key FROM unit u LEFT JOIN unit_endpoint e USING (unit_id) WHERE u.code = $1";

static int write_endpoint (admin_t *admin, zconfig_t *invite, const char *unit, const PGresult *row, const char *public_key)
{
    bool ok = true;
    const char *host = admin_setting (admin, "admin/public_host");
    long base = bc_config_number (admin->config, "intake/port_base", 7400, 1, 65000, &ok);
    if (!host || !ok)
        return EX_CONFIG;
    if (strcmp (sql_text (row, 0, 3), public_key) != 0)
        return admin_fail (EX_CONFIG,
                           _ ("the certificate file of %s is not the one whose public key the database has: "
                              "put the right file back into admin/keys"),
                           unit);
    zconfig_put (invite, "unit/code", unit);
    zconfig_put (invite, "unit/name_vi", sql_text (row, 0, 0));
    zconfig_put (invite, "unit/name_en", sql_text (row, 0, 1));
    zconfig_putf (invite, "endpoint/address", "tcp://%s:%lld", host, base + sql_number (row, 0, 2));
    zconfig_put (invite, "endpoint/public_key", public_key);
    return 0;
}

static int put_endpoint_row (admin_t *admin, zconfig_t *invite, const char *unit, const char *public_key)
{
    int status = make_endpoint (admin, unit, public_key);
    PGresult *row = status == 0 ? sql_query (admin, &status, ENDPOINT, SQL_PARAMS (unit)) : NULL;
    if (row)
        status = write_endpoint (admin, invite, unit, row, public_key);
    PQclear (row);
    return status;
}

// The unit must be known before a key is made for it.
static int find_unit (admin_t *admin, const char *unit)
{
    int status = 0;
    PGresult *row = sql_query (admin, &status, ENDPOINT, SQL_PARAMS (unit));
    if (!row)
        return status;
    if (PQntuples (row) == 0 || !is_file_name (unit))
        status = admin_fail (EX_DATAERR, _ ("no unit has the code %s (baocao-admin unit list shows them)"), unit);
    PQclear (row);
    return status;
}

static int put_endpoint (admin_t *admin, zconfig_t *invite, const char *unit)
{
    int status = find_unit (admin, unit);
    if (status)
        return status;
    char *path = admin_key_path (admin, "intake/%s.cert", unit);
    zcert_t *certificate = path ? standing_certificate (path) : NULL;
    status = certificate ? put_endpoint_row (admin, invite, unit, zcert_public_txt (certificate)) : EX_CONFIG;
    zcert_destroy (&certificate);
    free (path);
    return status ? status : put_receipt_key (admin, invite);
}

// --- The feed --------------------------------------------------------------------------------------------------------------------

static int put_feed (admin_t *admin, zconfig_t *invite)
{
    bool ok = true;
    const char *host = admin_setting (admin, "admin/public_host");
    long snapshot = bc_config_number (admin->config, "aggregation/snapshot_port", 7390, 1, 65535, &ok);
    long events = bc_config_number (admin->config, "aggregation/event_port", 7391, 1, 65535, &ok);
    char *path = host && ok ? admin_key_path (admin, "feed.cert") : NULL;
    zcert_t *certificate = path ? standing_certificate (path) : NULL;
    free (path);
    if (!certificate)
        return EX_CONFIG;
    zconfig_putf (invite, "feed/snapshot", "tcp://%s:%ld", host, snapshot);
    zconfig_putf (invite, "feed/events", "tcp://%s:%ld", host, events);
    zconfig_put (invite, "feed/public_key", zcert_public_txt (certificate));
    zcert_destroy (&certificate);
    return 0;
}

int invite_make_keys (admin_t *admin)
{
    bc_signing_key_t key;
    if (standing_receipt_key (admin, &key))
        return EX_CONFIG;
    bc_signing_key_wipe (&key);
    char *path = admin_key_path (admin, "feed.cert");
    zcert_t *certificate = path ? standing_certificate (path) : NULL;
    free (path);
    int status = certificate ? 0 : EX_CONFIG;
    zcert_destroy (&certificate);
    return status;
}

// --- The file --------------------------------------------------------------------------------------------------------------------

static int write_file (const char *path, const char *text)
{
    FILE *file = fopen (path, "we");
    int failed = !file || fputs (text, file) < 0;
    if (file)
        failed |= fclose (file) != 0;
    return failed ? admin_fail (EX_UNAVAILABLE, _ ("%s cannot be written: %s"), path, strerror (errno)) : 0;
}

static json_t *invite_to_json (zconfig_t *self)
{
    json_t *object = json_object ();
    for (zconfig_t *child = zconfig_child (self); child; child = zconfig_next (child))
        json_object_set_new (object, zconfig_name (child),
                             zconfig_child (child) ? invite_to_json (child) : json_string (zconfig_value (child)));
    return object;
}

static int write_invite (admin_t *admin, zconfig_t *invite, const char *for_whom)
{
    const char *path = admin->options->output;
    char *text = zconfig_str_save (invite);
    size_t size = strlen (text);
    if (!path && size > 0 && text[size - 1] == '\n')
        text[size - 1] = '\0';  // output_result ends the line
    int status = path ? write_file (path, text) : 0;
    if (status == 0 && path)
        output_result (admin, invite_to_json (invite), _ ("The invite for %s is in %s."), for_whom, path);
    else if (status == 0)
        output_result (admin, invite_to_json (invite), "%s", text);
    freen (text);
    return status;
}

int invite_run (admin_t *admin)
{
    const options_t *options = admin->options;
    bool reader = options->given & OPTION_READER;
    if (reader == (options->n_operands > 0))
        return admin_fail (EX_USAGE, _ ("name one unit, or give --reader"));
    const char *unit = reader ? NULL : options->operands[0];
    zconfig_t *invite = zconfig_new ("root", NULL);
    zconfig_put (invite, "baocao/version", "1");
    int status = reader ? put_feed (admin, invite) : put_endpoint (admin, invite, unit);
    if (status == 0)
        status = write_invite (admin, invite, reader ? _ ("readers of the feed") : unit);
    zconfig_destroy (&invite);
    return status;
}
