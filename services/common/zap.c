#include "zap.h"

#include "clock.h"
#include "lines.h"
#include "log.h"
#include "metrics.h"
#include "xmem.h"

#define ENDPOINT "inproc://zeromq.zap.01"

enum { KEY_SIZE = 32, KEY_TEXT = 41, MAX_DOMAIN = 255, LOOK_MS = 1000, COMPLAIN_MS = 10000 };

// --- Keyring ---------------------------------------------------------------------------------------------------------------------

struct bc_keyring {
    zhashx_t *entries;  // by "key domain"
};

typedef char entry_name_t[KEY_TEXT + 1 + MAX_DOMAIN];

// A key has no space in it, so two pairs never share a name. Returns false for what cannot be a key of a domain.
static bool name_entry (entry_name_t name, const char *domain, const char *public_key)
{
    if (!*domain || strlen (domain) > MAX_DOMAIN || strlen (public_key) != KEY_TEXT - 1)
        return false;
    snprintf (name, sizeof (entry_name_t), "%s %s", public_key, domain);
    return true;
}

bc_keyring_t *bc_keyring_new (void)
{
    bc_keyring_t *self = xmalloc (sizeof *self);
    self->entries = zhashx_new ();
    return self;
}

void bc_keyring_destroy (bc_keyring_t **self_p)
{
    if (!*self_p)
        return;
    zhashx_destroy (&(*self_p)->entries);
    free (*self_p);
    *self_p = NULL;
}

void bc_keyring_add (bc_keyring_t *self, const char *domain, const char *public_key)
{
    entry_name_t name;
    if (name_entry (name, domain, public_key))
        zhashx_update (self->entries, name, self);
}

bool bc_keyring_has (const bc_keyring_t *self, const char *domain, const char *public_key)
{
    entry_name_t name;
    return name_entry (name, domain, public_key) && zhashx_lookup (self->entries, name);
}

size_t bc_keyring_size (const bc_keyring_t *self)
{
    return zhashx_size (self->entries);
}

// --- Handler ---------------------------------------------------------------------------------------------------------------------

struct bc_zap {
    zloop_t *loop;
    zsock_t *socket;
    bc_keyring_t *keyring;  // NULL until there is one
    zhashx_t *revoked;      // domains that the last change of the keyring took a key from
    zhashx_t *lines;        // of each domain that has a limit
    zhashx_t *open;         // domains that let every key in
    int timer;
    int64_t complain_at;  // monotonic, ms: sooner, too many connections are not news
    bc_metric_t *accepted, *refused, *busy;
};

// The frames of a request, in order.
enum { VERSION, REQUEST_ID, DOMAIN, ADDRESS, IDENTITY, MECHANISM, CREDENTIAL, FRAMES };

typedef struct {
    zframe_t *frames[FRAMES];
    size_t count;  // how many came, also past FRAMES
    char domain[MAX_DOMAIN + 1];
    char key[KEY_TEXT];
} request_t;

static void take_frames (request_t *self, zmsg_t *message)
{
    self->count = zmsg_size (message);
    zframe_t *frame = zmsg_first (message);
    for (int i = 0; i < FRAMES && frame; i++, frame = zmsg_next (message))
        self->frames[i] = frame;
}

// Is it a CURVE request with a domain and a key that can be looked up? Sets both.
static bool read_request (request_t *self)
{
    if (self->count != FRAMES || !zframe_streq (self->frames[VERSION], "1.0") || !zframe_streq (self->frames[MECHANISM], "CURVE"))
        return false;
    size_t size = zframe_size (self->frames[DOMAIN]);
    const byte *domain = zframe_data (self->frames[DOMAIN]);
    if (size > MAX_DOMAIN || memchr (domain, 0, size) || zframe_size (self->frames[CREDENTIAL]) != KEY_SIZE)
        return false;
    memcpy (self->domain, domain, size);
    return zmq_z85_encode (self->key, zframe_data (self->frames[CREDENTIAL]), KEY_SIZE) != NULL;
}

static int reply (bc_zap_t *self, const request_t *request, const char *status, const char *text, const char *user_id)
{
    zmsg_t *message = zmsg_new ();
    zframe_t *id = request->frames[REQUEST_ID];
    zmsg_addstr (message, "1.0");
    zmsg_addmem (message, id ? zframe_data (id) : NULL, id ? zframe_size (id) : 0);
    zmsg_addstr (message, status);
    zmsg_addstr (message, text);
    zmsg_addstr (message, user_id);
    zmsg_addmem (message, NULL, 0);  // no metadata
    int rc = zmsg_send (&message, self->socket);
    zmsg_destroy (&message);
    return rc;
}

// A peer with a good key. 300 makes it try again.
static int admit (bc_zap_t *self, const request_t *request)
{
    bc_lines_t *lines = zhashx_lookup (self->lines, request->domain);
    if (lines && !bc_lines_admit (lines, bc_clock_monotonic_ms ())) {
        bc_metric_add (self->busy, 1);
        int64_t now = bc_clock_monotonic_ms ();
        if (now >= self->complain_at)
            bc_log (BC_LOG_WARNING, "handshake.busy", NULL,
                    "key %s at %s: too many connections; those who have one keep it. Remedy: find out who opens them, or raise "
                    "the limit",
                    request->key, request->domain);
        self->complain_at = now + COMPLAIN_MS;
        return reply (self, request, "300", "Too many connections", "");
    }
    bc_metric_add (self->accepted, 1);
    bc_log (BC_LOG_DEBUG, "handshake.accepted", NULL, "key %s at %s", request->key, request->domain);
    return reply (self, request, "200", "OK", request->key);
}

// Before the first table nobody is let in or turned away for good: 300 makes the peer try again, 400 makes it give up.
static int decide (bc_zap_t *self, request_t *request)
{
    bool readable = read_request (request);
    if (readable && bc_zap_permits (self, request->domain, request->key))
        return admit (self, request);
    if (readable && !self->keyring)
        return reply (self, request, "300", "Not ready", "");
    bc_metric_add (self->refused, 1);
    if (readable) {
        char *address = zframe_strdup (request->frames[ADDRESS]);
        bc_log (BC_LOG_INFO, "handshake.refused", NULL, "key %s from %s is not registered for %s", request->key,
                address ? address : "?", request->domain);
        free (address);
    } else
        bc_log (BC_LOG_WARNING, "handshake.malformed", NULL, "a request of %zu frames that is not ZAP 1.0 with CURVE",
                request->count);
    return reply (self, request, "400", "No access", "");
}

static int handle_request (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void)loop;
    bc_zap_t *self = arg;
    zmsg_t *message = zmsg_recv (socket);
    if (!message)
        return 0;
    request_t request = {0};
    take_frames (&request, message);
    if (decide (self, &request) == -1)
        bc_log (BC_LOG_WARNING, "handshake.unanswered", NULL, "the peer's connection has gone: %s", zmq_strerror (zmq_errno ()));
    zmsg_destroy (&message);
    return 0;
}

static void destroy_lines (void **lines_p)
{
    bc_lines_destroy ((bc_lines_t **)lines_p);
}

static int look_at_lines (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    bc_zap_t *self = arg;
    for (bc_lines_t *lines = zhashx_first (self->lines); lines; lines = zhashx_next (self->lines))
        bc_lines_look (lines, bc_clock_monotonic_ms ());
    return 0;
}

int bc_zap_limit (bc_zap_t *self, const char *domain, zsock_t *socket, int max_lines, int handshake_ms)
{
    bc_lines_t *lines = bc_lines_new (socket, max_lines, handshake_ms);
    if (!lines)
        return -1;
    zhashx_update (self->lines, domain, lines);
    return 0;
}

void bc_zap_unlimit (bc_zap_t *self, const char *domain)
{
    zhashx_delete (self->lines, domain);
}

bc_zap_t *bc_zap_new (zloop_t *loop)
{
    bc_zap_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->revoked = zhashx_new ();
    self->lines = zhashx_new ();
    self->open = zhashx_new ();
    zhashx_set_destructor (self->lines, destroy_lines);
    self->timer = zloop_timer (loop, LOOK_MS, 0, look_at_lines, self);
    self->accepted = bc_metric_counter ("baocao_handshakes_total{result=\"accepted\"}", "CURVE handshakes by result");
    self->refused = bc_metric_counter ("baocao_handshakes_total{result=\"refused\"}", "CURVE handshakes by result");
    self->busy = bc_metric_counter ("baocao_handshakes_total{result=\"busy\"}", "CURVE handshakes by result");
    self->socket = zsock_new (ZMQ_REP);
    if (self->socket) {
        zsock_set_linger (self->socket, 0);
        zsock_set_rcvtimeo (self->socket, 0);
        zsock_set_sndtimeo (self->socket, 0);
        if (zsock_bind (self->socket, ENDPOINT) == 0 && zloop_reader (loop, self->socket, handle_request, self) == 0) {
            zloop_reader_set_tolerant (loop, self->socket);
            return self;
        }
    }
    bc_log (BC_LOG_ERROR, "zap.open", NULL, "cannot bind " ENDPOINT ": %s", zmq_strerror (zmq_errno ()));
    bc_zap_destroy (&self);
    return NULL;
}

void bc_zap_destroy (bc_zap_t **self_p)
{
    bc_zap_t *self = *self_p;
    if (!self)
        return;
    if (self->socket)
        zloop_reader_end (self->loop, self->socket);
    zsock_destroy (&self->socket);
    zloop_timer_end (self->loop, self->timer);
    zhashx_destroy (&self->lines);
    zhashx_destroy (&self->open);
    zhashx_destroy (&self->revoked);
    bc_keyring_destroy (&self->keyring);
    free (self);
    *self_p = NULL;
}

void bc_zap_use (bc_zap_t *self, bc_keyring_t **keyring_p)
{
    bc_keyring_t *before = self->keyring;
    self->keyring = *keyring_p;
    *keyring_p = NULL;
    zhashx_purge (self->revoked);
    for (void *entry = before ? zhashx_first (before->entries) : NULL; entry; entry = zhashx_next (before->entries)) {
        const char *name = zhashx_cursor (before->entries);
        if (!zhashx_lookup (self->keyring->entries, name))
            zhashx_update (self->revoked, name + KEY_TEXT, self);  // after the key and a blank
    }
    bc_keyring_destroy (&before);
}

bool bc_zap_has_revoked (const bc_zap_t *self, const char *domain)
{
    return zhashx_lookup (self->revoked, domain);
}

bool bc_zap_permits (const bc_zap_t *self, const char *domain, const char *public_key)
{
    return zhashx_lookup (self->open, domain) || (self->keyring && bc_keyring_has (self->keyring, domain, public_key));
}

void bc_zap_open (bc_zap_t *self, const char *domain)
{
    zhashx_update (self->open, domain, self);
}
