// invite: what an officer's computer, or a reader of the feed, needs to know of the server, and a token with which one computer may
// join. The server's secret keys are made here, once, where the services find them; the invite holds public halves only.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <czmq.h>

#include "common/keys.h"
#include "common/xmem.h"
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

// --- The token -------------------------------------------------------------------------------------------------------------------

enum { TOKEN_SIZE = 32, EXPIRES_MAX_DAYS = 365 };

static const char INVITE[] =
    "INSERT INTO invitation (token_hash, unit_id, name, created_at, created_by, expires_at)"
    " SELECT $2::bytea, unit_id, $3, at, $4, at + $5::int * interval '1 day'"
    " FROM unit, (SELECT timestamptz 'epoch' + $6::bigint * interval '1 millisecond' AS at) now WHERE code = $1"
    " RETURNING to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";

// The database keeps the hash, the file the token. What came of it otherwise is a token that nobody has.
static int put_token (admin_t *admin, zconfig_t *invite, const char *unit, const char *name, const char *days)
{
    uint8_t token[TOKEN_SIZE], digest[crypto_hash_sha256_BYTES];
    char hex[2 * TOKEN_SIZE + 1], hash[3 + 2 * sizeof digest] = "\\x";
    int status = 0;
    const char *now = admin_now_text (admin);
    if (!now)
        return EX_CONFIG;
    randombytes_buf (token, sizeof token);
    crypto_hash_sha256 (digest, token, sizeof token);
    sodium_bin2hex (hex, sizeof hex, token, sizeof token);
    sodium_bin2hex (hash + 2, sizeof hash - 2, digest, sizeof digest);
    const char *params[] = {unit, hash, name, admin_who (admin), days, now};
    PGresult *row = sql_query (admin, &status, INVITE, sizeof params / sizeof *params, params);
    if (row) {
        zconfig_put (invite, "enrolment/token", hex);
        if (name)
            zconfig_put (invite, "enrolment/name", name);
        zconfig_put (invite, "enrolment/expires_at", sql_text (row, 0, 0));
    }
    sodium_memzero (token, sizeof token);
    sodium_memzero (hex, sizeof hex);
    PQclear (row);
    return status;
}

static const char *days_of (const admin_t *admin)
{
    return admin->options->expires ? admin->options->expires : "14";
}

static int put_enrolment (admin_t *admin, zconfig_t *invite, const char *unit, const char *name)
{
    bool ok = true;
    char *end;
    long days = strtol (days_of (admin), &end, 10);
    if (*end || days < 1 || days > EXPIRES_MAX_DAYS)
        return admin_fail (EX_USAGE, _ ("--expires is a number of days from 1 to %d"), EXPIRES_MAX_DAYS);
    const char *host = admin_setting (admin, "admin/public_host");
    long port = bc_config_number (admin->config, "enrolment/port", 7400, 1, 65535, &ok);
    char *path = host && ok ? admin_key_path (admin, "enrolment.cert") : NULL;
    zcert_t *certificate = path ? standing_certificate (path) : NULL;
    free (path);
    if (!certificate)
        return EX_CONFIG;
    zconfig_putf (invite, "enrolment/address", "tcp://%s:%ld", host, port);
    zconfig_put (invite, "enrolment/public_key", zcert_public_txt (certificate));
    zcert_destroy (&certificate);
    return put_token (admin, invite, unit, name, days_of (admin));
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
    static const char *const NAMES[] = {"feed.cert", "enrolment.cert"};
    int status = 0;
    for (size_t i = 0; status == 0 && i < sizeof NAMES / sizeof *NAMES; i++) {
        char *path = admin_key_path (admin, "%s", NAMES[i]);
        zcert_t *certificate = path ? standing_certificate (path) : NULL;
        free (path);
        status = certificate ? 0 : EX_CONFIG;
        zcert_destroy (&certificate);
    }
    return status;
}

char *invite_token (admin_t *admin, const char *unit, const char *name, int *status_p)
{
    zconfig_t *invite = zconfig_new ("root", NULL);
    *status_p = put_endpoint (admin, invite, unit);
    if (*status_p == 0)
        *status_p = put_enrolment (admin, invite, unit, name);
    char *token = *status_p == 0 ? xstrdup (zconfig_get (invite, "enrolment/token", "")) : NULL;
    zconfig_destroy (&invite);
    return token;
}

// --- The file --------------------------------------------------------------------------------------------------------------------

static int write_file (const char *path, const char *text)
{
    // Whoever can read a token can join with it.
    int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 && fchmod (fd, 0600) == 0 ? fdopen (fd, "w") : NULL;
    int failed = !file || fputs (text, file) < 0;
    if (file)
        failed |= fclose (file) != 0;
    else if (fd >= 0)
        close (fd);
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
    if (status == 0 && path) {
        json_t *told = invite_to_json (invite);
        json_object_del (json_object_get (told, "enrolment"), "token");  // that is for the file alone
        if (zconfig_locate (invite, "enrolment"))
            output_result (admin, told,
                           _ ("The invite for %s is in %s: one computer can join with it, within %s days. Hand it over as "
                              "carefully as a key."),
                           for_whom, path, days_of (admin));
        else
            output_result (admin, told, _ ("The invite for %s is in %s."), for_whom, path);
    } else if (status == 0)
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
    if (reader && options->given & (OPTION_NAME | OPTION_EXPIRES | OPTION_NO_TOKEN))
        return admin_fail (EX_USAGE, _ ("--name, --expires and --no-token are for a unit's invite"));
    zconfig_t *invite = zconfig_new ("root", NULL);
    zconfig_put (invite, "baocao/version", "1");
    int status = reader ? put_feed (admin, invite) : put_endpoint (admin, invite, unit);
    if (status == 0 && !reader && !(options->given & OPTION_NO_TOKEN))
        status = put_enrolment (admin, invite, unit, options->name);
    if (status == 0)
        status = write_invite (admin, invite, reader ? _ ("readers of the feed") : unit);
    zconfig_destroy (&invite);
    return status;
}

// --- list, revoke ----------------------------------------------------------------------------------------------------------------

static const char LIST[] =
    "SELECT i.invitation_id AS id, u.code AS unit, coalesce(k.name, i.name) AS name, i.created_at, i.created_by, i.expires_at,"
    " CASE WHEN e.at IS NOT NULL THEN 'used' WHEN i.revoked_at IS NOT NULL THEN 'revoked'"
    "      WHEN i.expires_at <= timestamptz 'epoch' + $2::bigint * interval '1 millisecond' THEN 'expired' ELSE 'unused' END AS "
    "state,"
    " e.at AS used_at, e.public_key FROM invitation i JOIN unit u USING (unit_id) LEFT JOIN enrolment e USING (token_hash)"
    " LEFT JOIN client_key k USING (public_key) WHERE $1::text IS NULL OR u.code = $1::text ORDER BY i.invitation_id";

int invite_list (admin_t *admin)
{
    const char *unit = admin->options->n_operands > 0 ? admin->options->operands[0] : NULL, *now = admin_now_text (admin);
    const char *titles[] = {_ ("ID"),      _ ("Unit"),  _ ("Name"), _ ("Made"),      _ ("By"),
                            _ ("Expires"), _ ("State"), _ ("Used"), _ ("Public key")};
    return now ? output_query (admin, LIST, SQL_PARAMS (unit, now), titles) : EX_CONFIG;
}

static const char REVOKE[] =
    "UPDATE invitation i SET revoked_at = timestamptz 'epoch' + $3::bigint * interval '1 millisecond', revoked_by = $2 FROM unit u"
    " WHERE i.invitation_id::text = $1 AND i.revoked_at IS NULL AND u.unit_id = i.unit_id"
    " AND NOT EXISTS (SELECT FROM enrolment e WHERE e.token_hash = i.token_hash) RETURNING u.code";

int invite_revoke (admin_t *admin)
{
    int status = 0;
    const char *id = admin->options->operands[0], *now = admin_now_text (admin);
    PGresult *result = now ? sql_query (admin, &status, REVOKE, SQL_PARAMS (id, admin_who (admin), now)) : NULL;
    if (!result)
        return now ? status : EX_CONFIG;
    if (PQntuples (result) == 0)
        status =
            admin_fail (EX_DATAERR,
                        _ ("no invite that waits is %s (baocao-admin invite list shows them; a key that has joined is shut out "
                           "by key revoke)"),
                        id);
    else
        output_result (admin, json_pack ("{s:s,s:s,s:b}", "id", id, "unit", sql_text (result, 0, 0), "revoked", 1),
                       _ ("Invite %s of %s is revoked: nobody can join with it."), id, sql_text (result, 0, 0));
    PQclear (result);
    return status;
}
