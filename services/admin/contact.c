// contact: where a unit's notices go besides its mailbox.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/address.h"
#include "common/keys.h"
#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "sql.h"

typedef struct {
    const char *unit, *name, *role, *language, *channel;
    char *address;
} contact_t;

static bool is_one_of (const char *word, const char *const *words)
{
    while (*words && strcmp (*words, word) != 0)
        words++;
    return *words;
}

// 0, or the exit code (said). The caller frees the address.
static int read_contact (const options_t *options, contact_t *contact)
{
    static const char *const ROLES[] = {"officer", "leader", "digest", NULL}, *const LANGUAGES[] = {"vi", "en", NULL};
    *contact = (contact_t){
        .unit = options->operands[0],
        .address = xstrdup (options->operands[1]),
        .name = options->name ? options->name : options->operands[0],
        .role = options->role ? options->role : "officer",
        .language = options->language ? options->language : "vi",
    };
    contact->channel = bc_address_is_mail (contact->address) ? "mail" : bc_address_is_webhook (contact->address) ? "webhook" : NULL;
    bc_address_normalise (contact->address);
    if (!contact->channel)
        return admin_fail (EX_DATAERR,
                           _ ("\"%s\" is neither a mail address nor an https address; letters other than a to z "
                              "must be written as xn--..."),
                           contact->address);
    if (!is_one_of (contact->role, ROLES))
        return admin_fail (EX_USAGE, _ ("--role is officer, leader or digest"));
    if (!is_one_of (contact->language, LANGUAGES))
        return admin_fail (EX_USAGE, _ ("--language is vi or en"));
    return 0;
}

// What is there already is found too, with nothing changed.
static const char ADD[] =
    "WITH to_unit AS (SELECT unit_id, timestamptz 'epoch' + $7::bigint * interval '1 millisecond' AS at FROM unit WHERE code = $1),"
    "     added AS (INSERT INTO contact (unit_id, name, role, channel, address, language, consent_at, added_at, added_by)"
    "               SELECT unit_id, $2, $3, $4, $5, $6, at, at, $8 FROM to_unit"
    "               ON CONFLICT (unit_id, role, address) WHERE removed_at IS NULL DO NOTHING RETURNING contact_id)"
    " SELECT contact_id, true FROM added UNION ALL"
    " SELECT contact_id, false FROM contact JOIN to_unit USING (unit_id)"
    " WHERE role = $3 AND address = $5 AND removed_at IS NULL LIMIT 1";

// The contact's number, and whether it is new. 0, or the exit code (said).
static int store_contact (admin_t *admin, const contact_t *contact, const char *now, long long *id_p, bool *added_p)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, ADD,
                                  SQL_PARAMS (contact->unit, contact->name, contact->role, contact->channel, contact->address,
                                              contact->language, now, admin_who (admin)));
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("no unit has the code %s (baocao-admin unit list shows them)"), contact->unit);
    else {
        *id_p = sql_number (result, 0, 0);
        *added_p = *sql_text (result, 0, 1) == 't';
    }
    PQclear (result);
    return status;
}

// A web address gets a secret that its office must have too, so that it knows what is ours. 0, or the exit code (said).
static int make_secret (admin_t *admin, long long id, char **secret_p)
{
    char *path = admin_key_path (admin, "webhook/%lld.key", id);
    *secret_p = path ? bc_secret_create (path) : NULL;
    free (path);
    return *secret_p ? 0 : EX_CONFIG;
}

static void say_added (const admin_t *admin, const contact_t *contact, long long id, bool added, const char *secret)
{
    json_t *said = json_pack ("{s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:b}", "contact", (json_int_t)id, "unit", contact->unit, "address",
                              contact->address, "name", contact->name, "role", contact->role, "channel", contact->channel,
                              "language", contact->language, "added", added);
    if (secret)
        json_object_set_new (said, "secret", json_string (secret));
    if (secret)
        output_result (admin, said,
                       _ ("Notices of %s go to %s (contact %lld).\nThe secret that signs them, for that office only: %s"),
                       contact->unit, contact->address, id, secret);
    else
        output_result (admin, said,
                       added ? _ ("Notices of %s go to %s (contact %lld).") : _ ("Notices of %s went to %s before (contact %lld)."),
                       contact->unit, contact->address, id);
}

static int add (admin_t *admin, const contact_t *contact)
{
    const char *now = admin_now_text (admin);
    long long id = 0;
    bool added = false;
    char *secret = NULL;
    if (!now)
        return EX_CONFIG;
    int status = sql_run (admin, "BEGIN", SQL_NO_PARAMS);
    if (status)
        return status;
    status = store_contact (admin, contact, now, &id, &added);
    if (status == 0 && added && strcmp (contact->channel, "webhook") == 0)
        status = make_secret (admin, id, &secret);
    status = sql_end (admin, status);
    if (status == 0)
        say_added (admin, contact, id, added, secret);
    free (secret);
    return status;
}

int contact_add (admin_t *admin)
{
    contact_t contact;
    int status = read_contact (admin->options, &contact);
    if (status == 0)
        status = add (admin, &contact);
    free (contact.address);
    return status;
}

static const char REMOVE[] =
    "UPDATE contact k SET removed_at = timestamptz 'epoch' + $2::bigint * interval '1 millisecond', removed_by = $3 FROM unit u"
    " WHERE k.contact_id::text = $1 AND k.removed_at IS NULL AND u.unit_id = k.unit_id RETURNING u.code, k.address, k.contact_id, "
    "k.channel = 'webhook'";

// Nothing is signed with it any more. 0, or the exit code (said).
static int delete_secret (admin_t *admin, long long id)
{
    int status = 0;
    char *path = admin_key_path (admin, "webhook/%lld.key", id);
    if (!path)
        return EX_CONFIG;
    if (unlink (path) != 0 && errno != ENOENT)
        status = admin_fail (EX_CONFIG, _ ("the contact is removed, but not its secret %s (%s): delete that file"), path,
                             strerror (errno));
    free (path);
    return status;
}

int contact_remove (admin_t *admin)
{
    int status = 0;
    const char *now = admin_now_text (admin);
    const char *id = admin->options->operands[0];
    if (!now)
        return EX_CONFIG;
    PGresult *result = sql_query (admin, &status, REMOVE, SQL_PARAMS (id, now, admin_who (admin)));
    if (!result)
        return status;
    if (PQntuples (result) == 0)
        status = admin_fail (EX_DATAERR, _ ("no contact has the number %s (baocao-admin contact list shows them)"), id);
    else
        output_result (admin,
                       json_pack ("{s:s,s:s,s:s,s:b}", "contact", id, "unit", sql_text (result, 0, 0), "address",
                                  sql_text (result, 0, 1), "removed", 1),
                       _ ("Nothing more of %s is sent to %s, what waits included."), sql_text (result, 0, 0),
                       sql_text (result, 0, 1));
    if (status == 0 && *sql_text (result, 0, 3) == 't')
        status = delete_secret (admin, sql_number (result, 0, 2));
    PQclear (result);
    return status;
}

static const char LIST[] =
    "SELECT k.contact_id AS contact, u.code AS unit, k.name, k.role, k.channel, k.address, k.language, k.consent_at, k.added_by"
    " FROM contact k JOIN unit u USING (unit_id)"
    " WHERE k.removed_at IS NULL AND ($1::text IS NULL OR u.code = $1::text) ORDER BY u.code, k.contact_id";

int contact_list (admin_t *admin)
{
    const char *unit = admin->options->n_operands > 0 ? admin->options->operands[0] : NULL;
    const char *titles[] = {_ ("Contact"), _ ("Unit"),     _ ("Name"),   _ ("Role"), _ ("Channel"),
                            _ ("Address"), _ ("Language"), _ ("Agreed"), _ ("By")};
    return output_query (admin, LIST, SQL_PARAMS (unit), titles);
}
