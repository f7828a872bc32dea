#include "session.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sodium.h>

#include "common/clock.h"
#include "common/keys.h"
#include "common/log.h"
#include "common/xmem.h"
#include "portal.h"

enum {
    SOON_MS = 60000,  // a clock that was set back a little ends no session
    PLAIN = 1 + 4 + 8 + SESSION_ID + ACCOUNT_STAMP,
    SEALED = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + PLAIN,
    COOKIE = 128,
};

// Of a session that was used or signed out since the start.
typedef struct {
    int64_t used_at;
    bool ended;
} memory_t;

struct sessions {
    portal_t *portal;
    uint8_t seal[crypto_secretbox_KEYBYTES], sign[crypto_generichash_KEYBYTES];
    int64_t began_at;
    zhashx_t *memory;    // by id
    char *ended;         // the file of those that were signed out: a line for each, id and time
    const char *header;  // in which a proxy says who it is; NULL: it does not
};

// --- Cookies ---------------------------------------------------------------------------------------------------------------------

static void put_number (uint8_t **at, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        *(*at)++ = (uint8_t)(value >> 8 * i);
}

static uint64_t get_number (const uint8_t **at, int bytes)
{
    uint64_t value = 0;
    while (bytes--)
        value = value << 8 | *(*at)++;
    return value;
}

static void seal (const sessions_t *self, const session_t *session, char cookie[COOKIE])
{
    uint8_t plain[PLAIN], sealed[SEALED], *at = plain;
    *at++ = (uint8_t)session->kind;
    put_number (&at, (uint64_t)session->account, 4);
    put_number (&at, (uint64_t)session->issued_at, 8);
    memcpy (at, session->id, SESSION_ID);
    memcpy (at + SESSION_ID, session->stamp, ACCOUNT_STAMP);
    randombytes_buf (sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy (sealed + crypto_secretbox_NONCEBYTES, plain, sizeof plain, sealed, self->seal);
    sodium_bin2base64 (cookie, COOKIE, sealed, sizeof sealed, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool unseal (const sessions_t *self, const char *cookie, session_t *session)
{
    uint8_t plain[PLAIN], sealed[SEALED];
    size_t size = 0;
    if (sodium_base642bin (sealed, sizeof sealed, cookie, strlen (cookie), NULL, &size, NULL,
                           sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
        size != sizeof sealed ||
        crypto_secretbox_open_easy (plain, sealed + crypto_secretbox_NONCEBYTES, sizeof sealed - crypto_secretbox_NONCEBYTES,
                                    sealed, self->seal))
        return false;
    const uint8_t *at = plain + 1;
    *session = (session_t){.kind = plain[0]};
    session->account = (int)get_number (&at, 4);
    session->issued_at = (int64_t)get_number (&at, 8);
    memcpy (session->id, at, SESSION_ID);
    memcpy (session->stamp, at + SESSION_ID, ACCOUNT_STAMP);
    return true;
}

static const char *cookie_name (const request_t *request, session_kind_t kind)
{
    if (kind == SESSION_SENDER)
        return request->is_secure ? "__Host-baocao-send" : "baocao-send";
    return request->is_secure ? "__Host-baocao" : "baocao";
}

static void set_cookie (const request_t *request, session_kind_t kind, const char *value, struct MHD_Response *answer)
{
    char *line = xasprintf ("%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", cookie_name (request, kind), value,
                            request->is_secure ? "; Secure" : "", *value ? "" : "; Max-Age=0");
    MHD_add_response_header (answer, MHD_HTTP_HEADER_SET_COOKIE, line);
    free (line);
}

// --- What is remembered ----------------------------------------------------------------------------------------------------------

static void id_text (const session_t *session, char text[2 * SESSION_ID + 1])
{
    sodium_bin2hex (text, 2 * SESSION_ID + 1, session->id, SESSION_ID);
}

static void free_memory (void **item_p)
{
    free (*item_p);
    *item_p = NULL;
}

// What was not used for so long needs no memory: without it a session counts as used when it was begun, or at our own start.
static void forget_old (sessions_t *self, int64_t now)
{
    zlistx_t *ids = zhashx_keys (self->memory);
    for (const char *id = zlistx_first (ids); id; id = zlistx_next (ids)) {
        const memory_t *memory = zhashx_lookup (self->memory, id);
        if (now - memory->used_at >= (memory->ended ? SESSION_MS : SESSION_IDLE_MS))
            zhashx_delete (self->memory, id);
    }
    zlistx_destroy (&ids);
}

static memory_t *remember (sessions_t *self, const session_t *session, int64_t now)
{
    char id[2 * SESSION_ID + 1];
    id_text (session, id);
    memory_t *memory = zhashx_lookup (self->memory, id);
    if (memory)
        return memory;
    if (zhashx_size (self->memory) >= SESSION_ROOM)
        forget_old (self, now);
    memory = xcalloc (1, sizeof *memory);
    memory->used_at = session->issued_at > self->began_at ? session->issued_at : self->began_at;
    zhashx_insert (self->memory, id, memory);
    return memory;
}

// --- Who has left ----------------------------------------------------------------------------------------------------------------

static FILE *open_ended (const sessions_t *self, const char *mode)
{
    int file = open (self->ended, (*mode == 'a' ? O_WRONLY | O_APPEND : O_WRONLY | O_TRUNC) | O_CREAT | O_CLOEXEC, 0600);
    FILE *stream = file >= 0 ? fdopen (file, mode) : NULL;
    if (!stream)
        bc_log (BC_LOG_ERROR, "portal.sign-out", NULL, "cannot write %s: %s; those who sign out are known until the portal ends",
                self->ended, strerror (errno));
    return stream;
}

// A copy of a cookie that was signed out is worth nothing, after our next start neither.
static void note_end (const sessions_t *self, const session_t *session)
{
    char id[2 * SESSION_ID + 1];
    FILE *file = open_ended (self, "a");
    if (!file)
        return;
    id_text (session, id);
    fprintf (file, "%s %lld\n", id, (long long)bc_clock_ms ());
    fclose (file);
}

// Takes up those who left before our start; whose time would be over anyway are forgotten.
static void read_ended (sessions_t *self)
{
    char line[128];
    FILE *file = fopen (self->ended, "re");
    while (file && fgets (line, sizeof line, file)) {
        char *end = strchr (line, ' ');
        int64_t at = end ? strtoll (end, NULL, 10) : 0;
        if (!end || bc_clock_ms () - at >= SESSION_MS)
            continue;
        *end = 0;
        memory_t *memory = xcalloc (1, sizeof *memory);
        *memory = (memory_t){.used_at = at, .ended = true};
        zhashx_update (self->memory, line, memory);
    }
    if (file)
        fclose (file);
    file = open_ended (self, "w");
    for (const memory_t *memory = zhashx_first (self->memory); file && memory; memory = zhashx_next (self->memory))
        fprintf (file, "%s %lld\n", (const char *)zhashx_cursor (self->memory), (long long)memory->used_at);
    if (file)
        fclose (file);
}

// --- Who asks --------------------------------------------------------------------------------------------------------------------

// The account behind it; NULL: the session is over.
static const account_t *account_of (sessions_t *self, const session_t *session)
{
    int64_t now = bc_clock_ms (), age = now - session->issued_at;
    const account_t *account = accounts_find (self->portal->accounts, session->account);
    if (!account || sodium_memcmp (account->stamp, session->stamp, ACCOUNT_STAMP) || age < -SOON_MS || age >= SESSION_MS)
        return NULL;
    if (session->kind == SESSION_PROXY)
        return account;
    memory_t *memory = remember (self, session, now);
    if (memory->ended || now - memory->used_at >= SESSION_IDLE_MS)
        return NULL;
    memory->used_at = now;
    return account;
}

bool session_lives (sessions_t *self, const session_t *session)
{
    return session->kind == SESSION_NONE || session->kind == SESSION_FORM || account_of (self, session);
}

static session_t session_make (session_kind_t kind, const account_t *account)
{
    session_t session = {.kind = kind, .account = account ? account->id : 0, .issued_at = bc_clock_ms ()};
    randombytes_buf (session.id, sizeof session.id);
    if (account)
        memcpy (session.stamp, account->stamp, ACCOUNT_STAMP);
    return session;
}

static void take_account (request_t *request, const session_t *session, const account_t *account)
{
    request->session = xmemdup (session, sizeof *session);
    request->account = account ? xstrdup (account->name) : NULL;
    request->access = account ? account->access : ACCESS_PUBLIC;
}

static void look_at_cookie (request_t *request)
{
    sessions_t *self = request->portal->sessions;
    const char *cookie = request_cookie (request, cookie_name (request, SESSION_SIGNED_IN));
    session_t session;
    if (!cookie || !unseal (self, cookie, &session))
        return;
    int64_t age = bc_clock_ms () - session.issued_at;
    const account_t *account = session.kind == SESSION_SIGNED_IN ? account_of (self, &session) : NULL;
    if (account || (session.kind == SESSION_FORM && age >= -SOON_MS && age < SESSION_FORM_MS))
        take_account (request, &session, account);
}

static void look_at_sender (request_t *request)
{
    const char *cookie = request_cookie (request, cookie_name (request, SESSION_SENDER));
    session_t session;
    if (!cookie || !unseal (request->portal->sessions, cookie, &session) || session.kind != SESSION_SENDER)
        return;
    int64_t age = bc_clock_ms () - session.issued_at;
    if (age >= -SOON_MS && age < SESSION_SENDER_MS)
        request->sender = xmemdup (&session, sizeof session);
}

static enum MHD_Result join_line (void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    char **joined_p = arg;
    (void)kind;
    if (!value || strcasecmp (name, "X-Forwarded-For") != 0)
        return MHD_YES;
    char *longer = xasprintf ("%s%s%s", *joined_p ? *joined_p : "", *joined_p ? "," : "", value);
    free (*joined_p);
    *joined_p = longer;
    return MHD_YES;
}

// True: a proxy that is known has sent it.
static bool look_at_way (request_t *request)
{
    const portal_t *portal = request->portal;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info (request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char peer[PROXY_ADDRESS] = "", *forwarded = NULL;
    if (info)
        inet_ntop (AF_INET, &((const struct sockaddr_in *)info->client_addr)->sin_addr, peer, sizeof peer);
    MHD_get_connection_values (request->connection, MHD_HEADER_KIND, join_line, &forwarded);
    proxies_client (portal->proxies, peer, forwarded, request->address);
    free (forwarded);
    bool by_proxy = proxies_have (portal->proxies, peer);
    const char *scheme = by_proxy ? request_header (request, "X-Forwarded-Proto") : NULL;
    request->is_secure = portal->is_tls || (scheme && strcasecmp (scheme, "https") == 0);
    return by_proxy;
}

int session_look (request_t *request)
{
    sessions_t *self = request->portal->sessions;
    bool by_proxy = look_at_way (request);
    const char *name = self->header ? request_header (request, self->header) : NULL;
    if (name && !by_proxy) {
        bc_log (BC_LOG_WARNING, "portal.refused", NULL,
                "%s says itself who it is (%s), which only a proxy in portal/proxy_addresses may", request->address, self->header);
        return -1;
    }
    const account_t *account = name ? accounts_named (self->portal->accounts, name) : NULL;
    if (account) {
        session_t session = session_make (SESSION_PROXY, account);
        take_account (request, &session, account);
    } else
        look_at_cookie (request);
    look_at_sender (request);
    return 0;
}

// --- Begin and end ---------------------------------------------------------------------------------------------------------------

static void forget (request_t *request)
{
    sessions_t *self = request->portal->sessions;
    if (request->session && request->session->kind == SESSION_SIGNED_IN) {
        remember (self, request->session, bc_clock_ms ())->ended = true;
        note_end (self, request->session);
    }
    free (request->session);
    request->session = NULL;
}

void session_begin (request_t *request, session_kind_t kind, const account_t *account)
{
    session_t session = session_make (kind, account);
    forget (request);
    request->session = xmemdup (&session, sizeof session);
}

void session_carry (const request_t *request, struct MHD_Response *answer)
{
    char cookie[COOKIE];
    seal (request->portal->sessions, request->session, cookie);
    set_cookie (request, request->session->kind, cookie, answer);
}

void session_begin_sender (request_t *request, const uint8_t home[ACCOUNT_STAMP], struct MHD_Response *answer)
{
    char cookie[COOKIE];
    session_t session = session_make (SESSION_SENDER, NULL);
    memcpy (session.stamp, home, ACCOUNT_STAMP);
    seal (request->portal->sessions, &session, cookie);
    set_cookie (request, SESSION_SENDER, cookie, answer);
}

void session_end_sender (request_t *request, struct MHD_Response *answer)
{
    set_cookie (request, SESSION_SENDER, "", answer);
}

void session_end (request_t *request, struct MHD_Response *answer)
{
    forget (request);
    set_cookie (request, SESSION_SIGNED_IN, "", answer);
}

// Made of the id, which nobody but us can read in the cookie.
void session_token (const request_t *request, const session_t *session, char token[SESSION_TOKEN])
{
    const sessions_t *self = request->portal->sessions;
    uint8_t digest[(SESSION_TOKEN - 1) / 2];
    crypto_generichash (digest, sizeof digest, session->id, SESSION_ID, self->sign, sizeof self->sign);
    sodium_bin2hex (token, SESSION_TOKEN, digest, sizeof digest);
}

bool session_is_token (const request_t *request, const session_t *session, const char *sent)
{
    char token[SESSION_TOKEN];
    if (!session || !sent || strlen (sent) != SESSION_TOKEN - 1)
        return false;
    session_token (request, session, token);
    return sodium_memcmp (sent, token, SESSION_TOKEN - 1) == 0;
}

bool session_sent_token (const request_t *request, const session_t *session)
{
    char *sent = request_form (request, "csrf");
    bool same = session_is_token (request, session, sent);
    free (sent);
    return same;
}

// --- Start and stop --------------------------------------------------------------------------------------------------------------

sessions_t *sessions_new (portal_t *portal)
{
    char *path = xasprintf ("%s/session.key", bc_config_get (portal->config, "portal/home", ".")), *secret = bc_secret_load (path);
    const char *header = bc_config_get (portal->config, "portal/proxy_header", "");
    free (path);
    if (!secret) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "nobody could sign in without session.key in portal/home: run baocao-setup");
        return NULL;
    }
    sessions_t *self = xcalloc (1, sizeof *self);
    const uint8_t *bytes = (const uint8_t *)secret;
    crypto_generichash (self->seal, sizeof self->seal, bytes, strlen (secret), (const uint8_t *)"baocao seal key", 16);
    crypto_generichash (self->sign, sizeof self->sign, bytes, strlen (secret), (const uint8_t *)"baocao form key", 16);
    sodium_memzero (secret, strlen (secret));
    free (secret);
    self->portal = portal;
    self->began_at = bc_clock_ms ();
    self->header = *header ? header : NULL;
    self->memory = zhashx_new ();
    zhashx_set_destructor (self->memory, free_memory);
    self->ended = xasprintf ("%s/ended", bc_config_get (portal->config, "portal/home", "."));
    read_ended (self);
    return self;
}

void sessions_destroy (sessions_t **self_p)
{
    sessions_t *self = *self_p;
    if (!self)
        return;
    zhashx_destroy (&self->memory);
    free (self->ended);
    sodium_memzero (self, sizeof *self);
    free (self);
    *self_p = NULL;
}
