// join: an invite becomes a home with a key of its own, which is registered by the invite's token. Every step can be done again.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "baocao/v1/enrolment.pb-c.h"
#include "common/clock.h"
#include "common/keys.h"
#include "common/xmem.h"
#include "client.h"
#include "output.h"
#include "report/limits.h"
#include "report/text.h"

#define KEY "client.cert"
#define NEW_KEY "client.cert.new"

enum { INVITE_MAX = 65536, DOOR_MS = 15000, DOOR_PAUSE_MS = 300, NAME_LINE = 1024 };

typedef struct {
    client_t *client;
    home_t *home;
    char *text;  // of the invite
    size_t size;
    invite_t *invite;
    zcert_t *certificate;
    char *officer;  // "": no name given
    int timeout_ms;
} join_t;

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

// --- Making the home -------------------------------------------------------------------------------------------------------------

// The invite that is named, or the home's. False: said.
static bool read_invite (join_t *self)
{
    const char *path = args_operand (client_args (self->client), 0);
    char *error = NULL;
    if (!path && !client_invite (self->client, false))
        return false;
    self->text = path ? client_read_file (path, INVITE_MAX, &self->size) : home_load (self->home, "invite", &self->size);
    self->invite = self->text ? invite_parse (self->text, &error) : NULL;
    if (error)
        client_say ("%s: %s", path ? path : home_path (self->home), error);
    free (error);
    return self->invite && !belongs_elsewhere (self->home, self->invite);
}

// A line typed at the terminal, or NULL.
static char *ask_name (void)
{
    char line[NAME_LINE];
    fprintf (stderr, "%s ", _ ("Your name, for the receipts:"));
    return fgets (line, sizeof line, stdin) ? xmemdup (line, strcspn (line, "\r\n")) : NULL;
}

// The officer's name: as given, or kept from an earlier try, or asked for. False: it cannot be one (said).
static bool find_name (join_t *self)
{
    size_t size;
    const char *given = args_value (client_args (self->client), "name");
    bool asks = self->invite->enrolment_address && !*self->invite->officer && !client_json (self->client) &&
                isatty (STDIN_FILENO) && isatty (STDERR_FILENO);
    char *name = given ? xstrdup (given) : home_load (self->home, "officer", &size);
    if (!name && asks)
        name = ask_name ();
    self->officer = name ? text_to_nfc (name) : xstrdup ("");
    bool empty = self->officer && !given && !self->officer[strspn (self->officer, " ")];
    bool good = self->officer && (empty || text_check_line (self->officer, REPORT_MAX_NAME) == TEXT_OK);
    if (!good)
        client_say (_ ("a name has 1 to %d letters, on one line"), REPORT_MAX_NAME);
    if (empty)
        *self->officer = '\0';
    free (name);
    return good;
}

static zcert_t *own_key (const home_t *home, const char *name)
{
    if (home_has (home, name))
        return client_key (home, name);
    char *path = home_entry (home, name);
    zcert_t *certificate = bc_cert_create (path);
    free (path);
    if (!certificate)
        client_cannot_write (home);
    return certificate;
}

// False: said.
static bool make_home (join_t *self)
{
    // One that is there already waits to be registered.
    bool new = args_flag (client_args (self->client), "new-key") || home_has (self->home, NEW_KEY);
    bool saved =
        !home_create (self->home) && (!*self->officer || !home_save (self->home, "officer", self->officer, strlen (self->officer)));
    // The invite comes last: a home with an invite has a key.
    if (saved && !(self->certificate = own_key (self->home, new ? NEW_KEY : KEY)))
        return false;
    if (saved)
        saved = !home_save (self->home, "invite", self->text, self->size);
    if (!saved)
        client_cannot_write (self->home);
    return saved;
}

// The new key is registered: it takes the old one's place. False: said.
static bool take_new_key (const join_t *self)
{
    size_t size;
    if (!home_has (self->home, NEW_KEY))
        return true;
    char *text = home_load (self->home, NEW_KEY, &size);
    bool taken = text && !home_save (self->home, KEY, text, size) && !home_remove (self->home, NEW_KEY);
    if (!taken)
        client_cannot_write (self->home);
    free (text);
    return taken;
}

// --- Registering the key ---------------------------------------------------------------------------------------------------------

// NULL: *result_p says why.
static Baocao__V1__EnrolReply *enrol (const join_t *self, line_result_t *result_p)
{
    Baocao__V1__EnrolRequest request = BAOCAO__V1__ENROL_REQUEST__INIT;
    ProtobufCMessage *reply;
    request.token = (ProtobufCBinaryData){sizeof self->invite->token, self->invite->token};
    request.name = self->officer;
    line_t *line =
        line_new (ZMQ_DEALER, self->invite->enrolment_address, self->invite->enrolment_key, self->certificate, self->timeout_ms);
    *result_p = line_ask (line, &request.base, &baocao__v1__enrol_reply__descriptor, 0, &reply);
    line_destroy (&line);
    return (Baocao__V1__EnrolReply *)reply;
}

// Does the department's door let the key in? It learns of a new one within a second or two, so it is asked for some time; not when
// the key is not known to be registered.
static line_result_t knock (const join_t *self, bool registered)
{
    int64_t until = bc_clock_monotonic_ms () + (registered ? DOOR_MS : 0);
    line_t *line = line_new (ZMQ_DEALER, self->invite->address, self->invite->server_key, self->certificate, self->timeout_ms);
    line_result_t result;
    do {
        Baocao__V1__Ping ping = BAOCAO__V1__PING__INIT;
        Baocao__V1__ClientRequest request = BAOCAO__V1__CLIENT_REQUEST__INIT;
        ProtobufCMessage *reply = NULL;
        request.request_case = BAOCAO__V1__CLIENT_REQUEST__REQUEST_PING;
        request.ping = &ping;
        result = line_ask (line, &request.base, &baocao__v1__server_reply__descriptor, 0, &reply);
        if (reply)
            protobuf_c_message_free_unpacked (reply, NULL);
    } while (result == LINE_DENIED && bc_clock_monotonic_ms () < until && line_pause (DOOR_PAUSE_MS));
    line_destroy (&line);
    return result;
}

static void print_joined (const join_t *self, const char *name, bool joined)
{
    const invite_t *invite = self->invite;
    const char *key = zcert_public_txt (self->certificate);
    if (client_json (self->client)) {
        output_json (json_pack ("{s:s, s:s*, s:s*, s:s, s:s, s:b}", "kind", invite->reader ? "reader" : "department", "unit",
                                invite->unit, "name", name, "public_key", key, "home", home_path (self->home), "joined", joined));
        return;
    }
    const char *whom = invite->reader ? _ ("a reader of the feed") : client_pick (self->client, invite->name_vi, invite->name_en);
    if (!joined) {
        printf ("%s\n", key);
        client_say (_ ("%s is ready for %s. Give the public key above to the standing agency, which registers it; the secret key "
                       "stays in this home."),
                    home_path (self->home), whom);
        return;
    }
    if (name)
        printf (_ ("This computer has joined %s, in the name of %s.\n"), whom, name);
    else
        printf (_ ("This computer has joined %s.\n"), whom);
    client_say (_ ("next: 'baocao duties' shows what is to be reported, and until when"));
}

// registered: just now, or by the same token before. Else the key may have been registered in another way. name may be NULL.
static int finish (const join_t *self, const char *name, bool registered)
{
    if (registered && !take_new_key (self))
        return CLIENT_UNCONFIGURED;
    if (knock (self, registered) != LINE_ANSWERED) {
        if (registered)
            client_say (_ ("this computer is registered, but the server at %s does not answer yet: run 'baocao join' again later"),
                        self->invite->address);
        else
            home_remove (self->home, NEW_KEY);  // never to be used
        return registered ? CLIENT_SPOOLED : CLIENT_DENIED;
    }
    print_joined (self, name, true);
    return CLIENT_DONE;
}

static int join (const join_t *self)
{
    line_result_t result;
    Baocao__V1__EnrolReply *reply = enrol (self, &result);
    int status = CLIENT_SPOOLED;
    if (!reply && result == LINE_BUSY)
        client_say (_ ("the server at %s is too busy: run 'baocao join' again in a minute"), self->invite->enrolment_address);
    else if (!reply)
        client_say (
            _ ("no answer from the server at %s. The key is made and kept in %s: run 'baocao join' again when there is a line"),
            self->invite->enrolment_address, home_path (self->home));
    else if (reply->reply_case == BAOCAO__V1__ENROL_REPLY__REPLY_ENROLLED)
        status = finish (self, reply->enrolled->name, true);
    else
        // Whoever joined long ago, with whatever invite, has joined.
        status = finish (self, NULL, false);
    if (status == CLIENT_DENIED)
        client_say ("%s", reply->reply_case == BAOCAO__V1__ENROL_REPLY__REPLY_ERROR
                              ? client_pick (self->client, reply->error->message_vi, reply->error->message_en)
                              : _ ("the server gave an answer that this program does not understand: is it up to date?"));
    if (reply)
        baocao__v1__enrol_reply__free_unpacked (reply, NULL);
    return status;
}

// An invite without a token: the standing agency registers the key by hand.
static int show_key (const join_t *self)
{
    if (!take_new_key (self))
        return CLIENT_UNCONFIGURED;
    print_joined (self, NULL, false);
    return CLIENT_DONE;
}

int client_join (client_t *client)
{
    long long seconds;
    join_t self = {.client = client, .home = client_home (client)};
    int status = CLIENT_UNCONFIGURED;
    args_number (client_args (client), "timeout", 0, 1, 3600, &seconds);  // its form was checked by main
    self.timeout_ms = (int)seconds * 1000;
    if (self.home && read_invite (&self)) {
        if (!find_name (&self))
            status = CLIENT_USAGE;
        else if (make_home (&self))
            status = self.invite->enrolment_address ? join (&self) : show_key (&self);
    }
    zcert_destroy (&self.certificate);
    invite_destroy (&self.invite);
    free (self.officer);
    free (self.text);
    return status;
}
