// join: an invite becomes a home with a key of its own.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/keys.h"
#include "client.h"
#include "output.h"

enum { INVITE_MAX = 65536 };

// A home belongs to one unit, or to one reader, for good; a newer invite for the same one may take the older one's place.
static bool belongs_elsewhere (const home_t *home, const invite_t *invite)
{
    size_t size;
    char *text = home_load (home, "invite", &size), *error = NULL;
    invite_t *older = text ? invite_parse (text, &error) : NULL;
    bool elsewhere = older && (older->reader != invite->reader || (!invite->reader && strcmp (older->unit, invite->unit) != 0));
    if (elsewhere)
        client_say (_ ("%s already is the home of %s: choose another with --home or BAOCAO_HOME"), home_path (home),
                    older->reader ? _ ("a reader of the feed") : older->unit);
    invite_destroy (&older);
    free (error);
    free (text);
    return elsewhere;
}

static zcert_t *own_key (const home_t *home)
{
    char *path = home_entry (home, "client.cert");
    zcert_t *certificate = home_has (home, "client.cert") ? bc_cert_load (path) : bc_cert_create (path);
    free (path);
    return certificate;
}

static void print_joined (const client_t *client, const home_t *home, const invite_t *invite, const char *public_key)
{
    if (client_json (client))
        output_json (json_pack ("{s:s, s:s*, s:s, s:s}", "kind", invite->reader ? "reader" : "department", "unit", invite->unit,
                                "public_key", public_key, "home", home_path (home)));
    else {
        printf ("%s\n", public_key);
        client_say (_ ("%s is ready for %s. Give the public key above to the standing agency, which registers it; the secret key "
                       "stays in this home."),
                    home_path (home),
                    invite->reader ? _ ("a reader of the feed") : client_pick (client, invite->name_vi, invite->name_en));
    }
}

int client_join (client_t *client)
{
    home_t *home = client_home (client);
    const char *path = args_operand (client_args (client), 0);
    char *error = NULL;
    size_t size;
    if (!home)
        return CLIENT_UNCONFIGURED;
    char *text = client_read_file (path, INVITE_MAX, &size);
    invite_t *invite = text ? invite_parse (text, &error) : NULL;
    int status = CLIENT_UNCONFIGURED;
    zcert_t *certificate = NULL;
    if (error)
        client_say ("%s: %s", path, error);
    if (!invite || belongs_elsewhere (home, invite))
        goto out;
    if (home_create (home)) {
        client_say (_ ("cannot write to %s: %s"), home_path (home), strerror (errno));
        goto out;
    }
    // The invite comes last: a home with an invite has a key.
    certificate = own_key (home);
    if (!certificate)
        goto out;
    if (home_save (home, "invite", text, size)) {
        client_say (_ ("cannot write to %s: %s"), home_path (home), strerror (errno));
        goto out;
    }
    print_joined (client, home, invite, zcert_public_txt (certificate));
    status = CLIENT_DONE;
out:
    zcert_destroy (&certificate);
    invite_destroy (&invite);
    free (error);
    free (text);
    return status;
}
