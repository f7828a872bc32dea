#include "invite.h"

#include <czmq.h>
#include <sodium.h>

#include "common/keys.h"
#include "common/xmem.h"
#include "client.h"

enum { SERVER_KEY_SIZE = 40 };

// A text that must be there; NULL with *error_p when it is not.
static char *required (zconfig_t *file, const char *path, char **error_p)
{
    const char *value = zconfig_get (file, path, "");
    if (*value)
        return xstrdup (value);
    if (!*error_p)
        *error_p = xasprintf (_ ("the invite lacks %s"), path);
    return NULL;
}

static char *server_key (zconfig_t *file, const char *path, char **error_p)
{
    char *key = required (file, path, error_p);
    uint8_t bytes[32];
    if (key && (strlen (key) != SERVER_KEY_SIZE || !zmq_z85_decode (bytes, key))) {
        if (!*error_p)
            *error_p = xasprintf (_ ("%s in the invite is not a CURVE public key"), path);
        free (key);
        key = NULL;
    }
    return key;
}

static void read_receipt_key (invite_t *self, zconfig_t *file, char **error_p)
{
    char *hex = required (file, "receipt/public_key", error_p);
    self->receipt_key_id = required (file, "receipt/key_id", error_p);
    size_t size = 0;
    char id[BC_KEY_ID_TEXT];
    if (*error_p || !hex)
        goto out;
    if (sodium_hex2bin (self->receipt_key, sizeof self->receipt_key, hex, strlen (hex), NULL, &size, NULL) ||
        size != sizeof self->receipt_key) {
        *error_p = xasprintf (_ ("%s in the invite is not 64 hexadecimal digits"), "receipt/public_key");
        goto out;
    }
    bc_signing_key_id (self->receipt_key, id);
    if (strcmp (id, self->receipt_key_id) != 0)
        *error_p = xasprintf (_ ("%s in the invite does not belong to its public_key"), "receipt/key_id");
out:
    free (hex);
}

static void read_enrolment (invite_t *self, zconfig_t *file, char **error_p)
{
    if (!zconfig_locate (file, "enrolment"))
        return;
    char *hex = required (file, "enrolment/token", error_p);
    size_t size = 0;
    self->enrolment_address = required (file, "enrolment/address", error_p);
    self->enrolment_key = server_key (file, "enrolment/public_key", error_p);
    self->officer = xstrdup (zconfig_get (file, "enrolment/name", ""));
    if (hex &&
        (sodium_hex2bin (self->token, sizeof self->token, hex, strlen (hex), NULL, &size, NULL) || size != sizeof self->token) &&
        !*error_p)
        *error_p = xasprintf (_ ("%s in the invite is not 64 hexadecimal digits"), "enrolment/token");
    free (hex);
}

invite_t *invite_parse (const char *text, char **error_p)
{
    *error_p = NULL;
    zconfig_t *file = zconfig_str_load (text);
    if (!file || strcmp (zconfig_get (file, "baocao/version", ""), "1") != 0) {
        zconfig_destroy (&file);
        *error_p = xstrdup (_ ("this is not an invite, or one of a later version than this program knows"));
        return NULL;
    }
    invite_t *self = xcalloc (1, sizeof *self);
    self->reader = zconfig_locate (file, "feed") != NULL;
    if (self->reader) {
        self->feed_snapshot = required (file, "feed/snapshot", error_p);
        self->feed_events = required (file, "feed/events", error_p);
        self->server_key = server_key (file, "feed/public_key", error_p);
    } else {
        self->unit = required (file, "unit/code", error_p);
        self->name_vi = xstrdup (zconfig_get (file, "unit/name_vi", self->unit ? self->unit : ""));
        self->name_en = xstrdup (zconfig_get (file, "unit/name_en", self->name_vi));
        self->address = required (file, "endpoint/address", error_p);
        self->server_key = server_key (file, "endpoint/public_key", error_p);
        read_receipt_key (self, file, error_p);
        read_enrolment (self, file, error_p);
    }
    zconfig_destroy (&file);
    if (*error_p)
        invite_destroy (&self);
    return self;
}

void invite_destroy (invite_t **self_p)
{
    invite_t *self = *self_p;
    if (!self)
        return;
    char *texts[] = {self->unit,           self->name_vi,       self->name_en,     self->address,           self->server_key,
                     self->receipt_key_id, self->feed_snapshot, self->feed_events, self->enrolment_address, self->enrolment_key,
                     self->officer};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free (texts[i]);
    free (self);
    *self_p = NULL;
}
