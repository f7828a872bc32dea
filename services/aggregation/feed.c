#include "feed.h"

#include "common/door.h"
#include "common/keys.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "feed_answer.h"
#include "feed_db.h"
#include "feed_refusal.h"

// ZAP domains of the requests and of the live events; a reader's key opens both.
#define DOMAIN "feed"
#define EVENTS_DOMAIN "feed:events"

enum {
    MAX_REQUEST = 4096,   // bytes; of a subscription, too
    MAX_REPLIES = 16,     // to a reader that does not read; a snapshot can be large
    LINES = 1024,         // of all readers, for requests and for events each, unless configured
    REQUEST_CAP = 16384,  // unpacked
    REQUESTS_A_TURN = 64,
    IN_FLIGHT = 8,            // requests of one reader
    KEYS_MS = 1000,           // how soon a revoked key is noticed
    EVENT_HIGH_WATER = 4000,  // events waiting for one slow reader; it finds the rest by replay
};

struct feed {
    zloop_t *loop;
    bc_db_t *db;
    bc_zap_t *zap;
    zcert_t *certificate;
    bc_door_t *door;  // NULL, as events, while it cannot be opened again
    zsock_t *events;  // PUB
    char *request_endpoint, *event_endpoint;
    int max_lines;
    int keys_timer;
    bool asking_keys;
    bc_arena_t *arena;  // of the request just received
    feed_answers_t *answers;
    struct asker *askers;
};

// A reader's request under way.
typedef struct asker {
    feed_t *feed;
    struct asker *next;
    bc_peer_t peer;
} asker_t;

static int on_request (zloop_t *loop, zsock_t *socket, void *arg);

// --- Sockets ---------------------------------------------------------------------------------------------------------------------

static void close_events (feed_t *self, zsock_t **socket_p)
{
    if (!*socket_p)
        return;
    bc_zap_unlimit (self->zap, EVENTS_DOMAIN);
    zsock_destroy (socket_p);
}

static void close_door (feed_t *self)
{
    if (self->door)
        zloop_reader_end (self->loop, bc_door_socket (self->door));
    bc_door_destroy (&self->door);
}

// 0, or -1 (logged).
static int open_events (feed_t *self)
{
    zsock_t *socket = zsock_new (ZMQ_PUB);
    if (!socket)
        return -1;
    zsock_set_sndhwm (socket, EVENT_HIGH_WATER);
    zsock_set_maxmsgsize (socket, MAX_REQUEST);
    zsock_set_linger (socket, 0);
    if (bc_door_secure (self->zap, socket, EVENTS_DOMAIN, self->certificate, self->max_lines) == 0 &&
        zmq_bind (zsock_resolve (socket), self->event_endpoint) == 0) {
        self->events = socket;
        return 0;
    }
    bc_log (BC_LOG_ERROR, "feed.bind", NULL, "cannot bind %s: %s; see who has the port, or set aggregation/event_port",
            self->event_endpoint, zmq_strerror (zmq_errno ()));
    close_events (self, &socket);
    return -1;
}

static int open_door (feed_t *self)
{
    const bc_door_limits_t limits = {.max_message = MAX_REQUEST, .max_replies = MAX_REPLIES, .max_lines = self->max_lines};
    self->door = bc_door_new (self->zap, DOMAIN, self->request_endpoint, self->certificate, &limits);
    if (!self->door || zloop_reader (self->loop, bc_door_socket (self->door), on_request, self))
        return -1;
    zloop_reader_set_tolerant (self->loop, bc_door_socket (self->door));
    return 0;
}

// Opens what is closed. 0, or -1 (logged): tried again when the keys are looked at.
static int open_closed (feed_t *self)
{
    return (self->events || open_events (self) == 0) && (self->door || open_door (self) == 0) ? 0 : -1;
}

// ZAP asks at the handshake only, so a revoked key's subscription would live on, and its connections would take room: every
// connection is closed, and those with a good key come back by themselves.
static void end_connections (feed_t *self)
{
    bc_log (BC_LOG_INFO, "feed.closing", NULL, "a reader's key was revoked: the feed is closed and opened again");
    close_events (self, &self->events);
    close_door (self);
}

void feed_publish (feed_t *self, const Baocao__V1__FeedEvent *event)
{
    if (self->events)
        bc_wire_send (self->events, &event->base);
    else
        bc_wire_dropped (&event->base);
}

// --- Keys ------------------------------------------------------------------------------------------------------------------------

static bc_tx_next_t keys_step (bc_tx_t *tx, int step, void *arg)
{
    (void)step;
    (void)arg;
    feed_db_ask_keys (tx);
    return BC_TX_COMMIT;
}

static void keys_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    feed_t *self = arg;
    self->asking_keys = false;
    if (outcome != BC_DB_DONE)
        return;  // the keys known stay good while the database is away
    bc_keyring_t *keyring = bc_keyring_new ();
    feed_db_read_keys (bc_tx_result (tx, 0), keyring, DOMAIN);
    feed_db_read_keys (bc_tx_result (tx, 0), keyring, EVENTS_DOMAIN);
    bc_zap_use (self->zap, &keyring);
    if (bc_zap_has_revoked (self->zap, DOMAIN))
        end_connections (self);
    open_closed (self);
}

static void ask_keys (feed_t *self)
{
    if (!self->asking_keys && bc_db_connected (self->db))
        self->asking_keys = bc_db_run (self->db, BC_TX_REPEATABLE_READ_ONLY, keys_step, keys_done, self) == 0;
}

static int on_keys_timer (zloop_t *loop, int timer, void *arg)
{
    (void)loop;
    (void)timer;
    ask_keys (arg);
    return 0;
}

static void on_database (void *arg)
{
    ask_keys (arg);
}

// --- Requests --------------------------------------------------------------------------------------------------------------------

static void refuse (feed_t *self, const bc_peer_t *peer, uint64_t request_id, feed_refusal_t refusal)
{
    Baocao__V1__Error error;
    Baocao__V1__FeedReply reply = BAOCAO__V1__FEED_REPLY__INIT;
    feed_refusal_fill (&error, refusal);
    reply.request_id = request_id;
    reply.reply_case = BAOCAO__V1__FEED_REPLY__REPLY_ERROR;
    reply.error = &error;
    bc_door_send (self->door, peer, &reply.base);
}

static size_t in_flight (const feed_t *self, const char *key)
{
    size_t count = 0;
    for (const asker_t *asker = self->askers; asker; asker = asker->next)
        count += streq (asker->peer.key, key);
    return count;
}

static void asker_destroy (asker_t *self)
{
    for (asker_t **at = &self->feed->askers; *at; at = &(*at)->next)
        if (*at == self) {
            *at = self->next;
            break;
        }
    free (self);
}

static void on_answer (const Baocao__V1__FeedReply *reply, void *arg)
{
    asker_t *asker = arg;
    if (asker->feed->door)
        bc_door_send (asker->feed->door, &asker->peer, &reply->base);
    asker_destroy (asker);
}

static void answer (feed_t *self, const bc_peer_t *peer, const Baocao__V1__FeedRequest *request)
{
    if (in_flight (self, peer->key) >= IN_FLIGHT) {
        refuse (self, peer, request->request_id, FEED_REFUSAL_BUSY_READER);
        return;
    }
    asker_t *asker = xmalloc (sizeof *asker);
    *asker = (asker_t){.feed = self, .next = self->askers, .peer = *peer};
    self->askers = asker;
    if (feed_answers_ask (self->answers, request, on_answer, asker)) {
        asker_destroy (asker);
        refuse (self, peer, request->request_id, FEED_REFUSAL_BUSY_SERVER);
    }
}

static void handle (feed_t *self, const bc_peer_t *peer, zmq_msg_t *frame, bool permitted)
{
    const char *reason;
    bc_arena_reset (self->arena);
    ProtobufCMessage *message =
        bc_wire_unpack (&baocao__v1__feed_request__descriptor, zmq_msg_data (frame), zmq_msg_size (frame), self->arena, &reason);
    const Baocao__V1__FeedRequest *request = (const Baocao__V1__FeedRequest *)message;
    if (!permitted)
        refuse (self, peer, request ? request->request_id : 0, FEED_REFUSAL_DENIED);
    else if (request)
        answer (self, peer, request);
    else {
        bc_log (BC_LOG_INFO, "feed.malformed", NULL, "a request from key %s was refused: %s", peer->key, reason);
        refuse (self, peer, 0, FEED_REFUSAL_MALFORMED);
    }
}

static int on_request (zloop_t *loop, zsock_t *socket, void *arg)
{
    (void)loop;
    (void)socket;
    feed_t *self = arg;
    bc_peer_t peer;
    zmq_msg_t frame;
    bool permitted;
    for (int i = 0; i < REQUESTS_A_TURN && bc_door_recv (self->door, &peer, &frame, &permitted) == 0; i++) {
        handle (self, &peer, &frame, permitted);
        zmq_msg_close (&frame);
    }
    return 0;
}

// --- Start and stop --------------------------------------------------------------------------------------------------------------

static char *endpoint (const char *host, long port)
{
    return xasprintf ("tcp://%s:%ld", host, port);
}

static int open_sockets (feed_t *self, bc_config_t *config)
{
    bool ok = true;
    const char *host = bc_config_get (config, "aggregation/host", "127.0.0.1");
    long request_port = bc_config_number (config, "aggregation/snapshot_port", 7390, 1, 65535, &ok);
    long event_port = bc_config_number (config, "aggregation/event_port", 7391, 1, 65535, &ok);
    self->max_lines = (int)bc_config_number (config, "aggregation/lines", LINES, 1, 65535, &ok);
    const char *key = bc_config_get (config, "aggregation/key", NULL);
    if (!key)
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "aggregation/key is missing: name the file with the feed's certificate");
    self->certificate = key && ok ? bc_cert_load (key) : NULL;
    if (!self->certificate)
        return -1;
    self->request_endpoint = endpoint (host, request_port);
    self->event_endpoint = endpoint (host, event_port);
    return open_closed (self);
}

feed_t *feed_new (bc_service_t *service)
{
    feed_t *self = xcalloc (1, sizeof *self);
    self->loop = bc_service_loop (service);
    self->arena = bc_arena_new (REQUEST_CAP);
    self->zap = bc_zap_new (self->loop);
    if (!self->zap || open_sockets (self, bc_service_config (service))) {
        feed_destroy (&self);
        return NULL;
    }
    self->db = bc_db_new (self->loop, bc_service_conninfo (service), FEED_ANSWERS_MAX + 1, on_database, self);
    self->answers = feed_answers_new (self->db);
    self->keys_timer = zloop_timer (self->loop, KEYS_MS, 0, on_keys_timer, self);
    return self;
}

void feed_destroy (feed_t **self_p)
{
    feed_t *self = *self_p;
    if (!self)
        return;
    if (self->keys_timer)
        zloop_timer_end (self->loop, self->keys_timer);
    close_door (self);
    bc_db_destroy (&self->db);
    feed_answers_destroy (&self->answers);
    while (self->askers) {
        asker_t *asker = self->askers;
        self->askers = asker->next;
        free (asker);
    }
    close_events (self, &self->events);
    bc_zap_destroy (&self->zap);
    zcert_destroy (&self->certificate);
    free (self->request_endpoint);
    free (self->event_endpoint);
    bc_arena_destroy (&self->arena);
    free (self);
    *self_p = NULL;
}

bool feed_healthy (const feed_t *self)
{
    return self->events && self->door && bc_db_connected (self->db);
}
