#include "follow.h"

#include "client/invite.h"
#include "common/clock.h"
#include "common/keys.h"
#include "common/log.h"
#include "common/wire.h"
#include "common/xmem.h"

enum { ANSWER_MS = 2000, TICK_MS = 500, MESSAGES_A_TURN = 256, MAX_REPLY = 32 << 20, MAX_EVENT = 2 << 20, EVENT_CAP = 16 << 20 };

typedef struct waiter {
    struct waiter *next;
    follow_answer_fn *answer;
    void *arg;
    int64_t since;
} waiter_t;

// What is known of one period.
typedef struct {
    char *plan, *period;
    Baocao__V1__Snapshot *snapshot;  // NULL: none yet
    int64_t fetched_at;              // monotonic ms
    bool stale;                      // something has happened since
    int watchers;
    waiter_t *waiters;
} view_t;

// A socket to the feed's door, and its monitor: once the door has refused the key, libzmq does not try again by itself.
typedef struct {
    int type, max_message;
    char *address;
    zloop_reader_fn *take;
    zsock_t *socket, *monitor;
    bool refused;
} link_t;

struct follow {
    zloop_t *loop;
    follow_news_fn *news;
    void *arg;
    int64_t fresh_ms;
    zcert_t *certificate;
    char *server_key;
    link_t requests, events;  // DEALER and SUB
    bc_arena_t *arena;
    view_t *views[FOLLOW_PERIODS];
    size_t n_views;
    uint64_t seq;
    view_t *asked;  // the one whose snapshot is under way; NULL: none
    uint64_t request_id;
    int64_t asked_at, answered_at;
    int timer, pause;  // of what has been waited for too long, and of the next question (-1: none)
};

// --- Views -----------------------------------------------------------------------------------------------------------------------

static view_t *find_view (const follow_t *self, const char *plan, const char *period)
{
    for (size_t i = 0; i < self->n_views; i++)
        if (streq (self->views[i]->plan, plan) && streq (self->views[i]->period, period))
            return self->views[i];
    return NULL;
}

static view_t *get_view (follow_t *self, const char *plan, const char *period)
{
    view_t *view = find_view (self, plan, period);
    if (view || self->n_views == FOLLOW_PERIODS)
        return view;
    view = xcalloc (1, sizeof *view);
    view->plan = xstrdup (plan);
    view->period = xstrdup (period);
    view->stale = true;
    return self->views[self->n_views++] = view;
}

static void view_destroy (view_t *self)
{
    while (self->waiters) {
        waiter_t *waiter = self->waiters;
        self->waiters = waiter->next;
        free (waiter);
    }
    if (self->snapshot)
        baocao__v1__snapshot__free_unpacked (self->snapshot, NULL);
    free (self->plan);
    free (self->period);
    free (self);
}

static bool is_fresh (const follow_t *self, const view_t *view, int64_t now)
{
    return view->snapshot && !view->stale && now - view->fetched_at < self->fresh_ms;
}

// Whoever has waited since before that moment gets what there is. Their answers may ask again.
static void answer_waiters (view_t *view, int64_t before)
{
    waiter_t *kept = NULL, *waiters = view->waiters;
    view->waiters = NULL;
    while (waiters) {
        waiter_t *waiter = waiters;
        waiters = waiter->next;
        if (waiter->since <= before) {
            waiter->answer (view->snapshot, waiter->arg);
            free (waiter);
        } else {
            waiter->next = kept;
            kept = waiter;
        }
    }
    while (kept) {
        waiter_t *waiter = kept;
        kept = waiter->next;
        waiter->next = view->waiters;
        view->waiters = waiter;
    }
}

// --- Asking ----------------------------------------------------------------------------------------------------------------------

static bool is_wanted (const follow_t *self, const view_t *view, int64_t now)
{
    return view->waiters || (view->watchers > 0 && !is_fresh (self, view, now));
}

static void ask (follow_t *self, view_t *view)
{
    Baocao__V1__GetSnapshot get = BAOCAO__V1__GET_SNAPSHOT__INIT;
    Baocao__V1__FeedRequest request = BAOCAO__V1__FEED_REQUEST__INIT;
    get.plan = view->plan;
    get.period = view->period;
    request.request_id = ++self->request_id;
    request.request_case = BAOCAO__V1__FEED_REQUEST__REQUEST_GET_SNAPSHOT;
    request.get_snapshot = &get;
    if (bc_wire_send (self->requests.socket, &request.base))
        return;           // no connection: the tick tries again
    view->stale = false;  // what happens from here on makes it stale again
    self->asked = view;
    self->asked_at = bc_clock_monotonic_ms ();
}

static int on_pause (zloop_t *loop, int timer, void *arg);

// Asks for the snapshot that has waited longest, when it is time for one.
static void ask_next (follow_t *self)
{
    int64_t now = bc_clock_monotonic_ms (), wait = self->answered_at + FOLLOW_PAUSE_MS - now;
    view_t *next = NULL;
    for (size_t i = 0; i < self->n_views; i++)
        if (is_wanted (self, self->views[i], now) && (!next || self->views[i]->fetched_at < next->fetched_at))
            next = self->views[i];
    if (self->asked || !next || self->pause != -1)
        return;
    if (wait > 0)
        self->pause = zloop_timer (self->loop, (size_t)wait, 1, on_pause, self);
    else
        ask (self, next);
}

static int on_pause (zloop_t *loop, int timer, void *arg)
{
    follow_t *self = arg;
    (void)loop;
    (void)timer;
    self->pause = -1;
    ask_next (self);
    return 0;
}

// --- What comes ------------------------------------------------------------------------------------------------------------------

// Those that asked after the question was sent want a later answer, when something has happened since.
static void take_snapshot (follow_t *self, Baocao__V1__Snapshot **snapshot_p)
{
    view_t *view = self->asked;
    if (view->snapshot)
        baocao__v1__snapshot__free_unpacked (view->snapshot, NULL);
    view->snapshot = *snapshot_p;
    *snapshot_p = NULL;
    view->fetched_at = bc_clock_monotonic_ms ();
    if (view->snapshot->seq > self->seq)
        self->seq = view->snapshot->seq;
    self->news (view->snapshot, self->arg);
    answer_waiters (view, view->stale ? self->asked_at : INT64_MAX);
}

static Baocao__V1__FeedReply *take_reply (zsock_t *socket)
{
    Baocao__V1__FeedReply *reply = NULL;
    zmq_msg_t frame;
    zmq_msg_init (&frame);
    if (zmq_msg_recv (&frame, zsock_resolve (socket), ZMQ_DONTWAIT) >= 0) {
        if (!zmq_msg_more (&frame))
            reply = baocao__v1__feed_reply__unpack (NULL, zmq_msg_size (&frame), zmq_msg_data (&frame));
        while (zmq_msg_more (&frame) && zmq_msg_recv (&frame, zsock_resolve (socket), ZMQ_DONTWAIT) >= 0)
            ;
    }
    zmq_msg_close (&frame);
    return reply;
}

static int on_reply (zloop_t *loop, zsock_t *socket, void *arg)
{
    follow_t *self = arg;
    (void)loop;
    Baocao__V1__FeedReply *reply = take_reply (socket);
    if (!reply)
        return 0;
    if (self->asked && reply->request_id == self->request_id) {
        self->answered_at = bc_clock_monotonic_ms ();
        if (reply->reply_case == BAOCAO__V1__FEED_REPLY__REPLY_SNAPSHOT)
            take_snapshot (self, &reply->snapshot);
        else {
            bc_log (BC_LOG_WARNING, "portal.feed", NULL, "no snapshot of %s %s: %s", self->asked->plan, self->asked->period,
                    reply->reply_case == BAOCAO__V1__FEED_REPLY__REPLY_ERROR ? reply->error->message_en : "an unknown answer");
            self->asked->stale = true;
            self->answered_at += ANSWER_MS;  // not at once again
        }
        self->asked = NULL;
        ask_next (self);
    }
    baocao__v1__feed_reply__free_unpacked (reply, NULL);
    return 0;
}

static int on_event (zloop_t *loop, zsock_t *socket, void *arg)
{
    follow_t *self = arg;
    (void)loop;
    for (int i = 0; i < MESSAGES_A_TURN; i++) {
        bc_arena_reset (self->arena);
        const Baocao__V1__FeedEvent *event =
            (const Baocao__V1__FeedEvent *)bc_wire_recv (socket, &baocao__v1__feed_event__descriptor, self->arena);
        if (!event)
            break;
        if (event->seq > self->seq)
            self->seq = event->seq;
        view_t *view = find_view (self, event->plan, event->period);
        if (view)
            view->stale = true;
    }
    ask_next (self);
    return 0;
}

// --- What others want ------------------------------------------------------------------------------------------------------------

int follow_ask (follow_t *self, const char *plan, const char *period, follow_answer_fn *answer, void *arg)
{
    view_t *view = get_view (self, plan, period);
    if (!view)
        return -1;
    int64_t now = bc_clock_monotonic_ms ();
    if (is_fresh (self, view, now)) {
        answer (view->snapshot, arg);
        return 0;
    }
    waiter_t *waiter = xmalloc (sizeof *waiter);
    *waiter = (waiter_t){.next = view->waiters, .answer = answer, .arg = arg, .since = now};
    view->waiters = waiter;
    ask_next (self);
    return 0;
}

void follow_watch (follow_t *self, const char *plan, const char *period, int change)
{
    view_t *view = get_view (self, plan, period);
    if (view)
        view->watchers += change;
}

uint64_t follow_seq (const follow_t *self)
{
    return self->seq;
}

bool follow_healthy (const follow_t *self)
{
    return !self->asked || bc_clock_monotonic_ms () - self->asked_at < ANSWER_MS;
}

// --- Sockets ---------------------------------------------------------------------------------------------------------------------

static int on_monitor (zloop_t *loop, zsock_t *monitor, void *arg)
{
    follow_t *self = arg;
    uint16_t event = 0;
    zmq_msg_t frame;
    (void)loop;
    zmq_msg_init (&frame);
    if (zmq_msg_recv (&frame, zsock_resolve (monitor), ZMQ_DONTWAIT) >= (int)sizeof event)
        memcpy (&event, zmq_msg_data (&frame), sizeof event);
    zmq_msg_close (&frame);
    bc_wire_discard (monitor);
    if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
        *(monitor == self->events.monitor ? &self->events.refused : &self->requests.refused) = true;
    return 0;
}

static void hang_up (follow_t *self, link_t *link)
{
    if (link->monitor)
        zloop_reader_end (self->loop, link->monitor);
    if (link->socket) {
        zmq_socket_monitor (zsock_resolve (link->socket), NULL, 0);
        zloop_reader_end (self->loop, link->socket);
    }
    zsock_destroy (&link->monitor);
    zsock_destroy (&link->socket);
}

static int watch (follow_t *self, link_t *link)
{
    static unsigned counter = 0;
    char *endpoint = xasprintf ("inproc://follow-monitor-%u", ++counter);
    if (zmq_socket_monitor (zsock_resolve (link->socket), endpoint, ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) == 0)
        link->monitor = zsock_new_pair (endpoint);  // czmq connects a pair unless it is told to bind
    free (endpoint);
    return link->monitor ? zloop_reader (self->loop, link->monitor, on_monitor, self) : -1;
}

// 0, or -1: tried again at the next tick.
static int dial (follow_t *self, link_t *link)
{
    zsock_t *socket = link->socket = zsock_new (link->type);
    link->refused = false;
    zcert_apply (self->certificate, socket);
    zsock_set_curve_serverkey (socket, self->server_key);
    zsock_set_linger (socket, 0);
    zsock_set_immediate (socket, 1);
    zsock_set_handshake_ivl (socket, 5000);
    zsock_set_heartbeat_ivl (socket, 5000);
    zsock_set_heartbeat_timeout (socket, 15000);
    zsock_set_reconnect_ivl (socket, 100);
    zsock_set_reconnect_ivl_max (socket, 2000);
    zsock_set_maxmsgsize (socket, link->max_message);
    zsock_set_sndtimeo (socket, 0);
    zsock_set_rcvtimeo (socket, 0);
    if (link->type == ZMQ_SUB)
        zsock_set_subscribe (socket, "");
    if (watch (self, link) || zsock_connect (socket, "%s", link->address) || zloop_reader (self->loop, socket, link->take, self)) {
        hang_up (self, link);
        return -1;
    }
    zloop_reader_set_tolerant (self->loop, socket);
    return 0;
}

static int on_tick (zloop_t *loop, int timer, void *arg)
{
    follow_t *self = arg;
    int64_t now = bc_clock_monotonic_ms ();
    (void)loop;
    (void)timer;
    if (self->asked && now - self->asked_at > ANSWER_MS) {
        self->asked->stale = true;
        self->asked = NULL;
        self->requests.refused = true;
    }
    for (int i = 0; i < 2; i++) {
        link_t *link = i ? &self->events : &self->requests;
        if (link->refused || !link->socket) {
            hang_up (self, link);
            dial (self, link);
        }
    }
    for (size_t i = 0; i < self->n_views; i++)
        answer_waiters (self->views[i], now - FOLLOW_PATIENCE_MS);
    ask_next (self);
    return 0;
}

// --- Start and stop --------------------------------------------------------------------------------------------------------------

// The feed's invite; NULL: *error_p says why.
static invite_t *read_invite (const char *home, char **error_p)
{
    char *path = xasprintf ("%s/invite", home);
    zchunk_t *content = zchunk_slurp (path, 65536);
    char *text = content ? xmemdup (zchunk_data (content), zchunk_size (content)) : NULL;
    invite_t *invite = text ? invite_parse (text, error_p) : NULL;
    if (!text)
        *error_p = xasprintf ("%s cannot be read", path);
    if (invite && !invite->reader) {
        *error_p = xstrdup ("it is a department's");
        invite_destroy (&invite);
    }
    free (text);
    zchunk_destroy (&content);
    free (path);
    return invite;
}

// The invite names the feed's host as departments know it; the portal may know another way to it.
static char *address_by (const char *address, const char *host)
{
    return host ? xasprintf ("tcp://%s%s", host, strrchr (address, ':')) : xstrdup (address);
}

// 0 or -1 (logged). host: where the feed is; NULL: where the invite says.
static int read_home (follow_t *self, const char *home, const char *host)
{
    char *path = xasprintf ("%s/client.cert", home), *error = NULL;
    invite_t *invite = read_invite (home, &error);
    self->certificate = bc_cert_load (path);
    if (invite) {
        self->server_key = xstrdup (invite->server_key);
        self->requests.address = address_by (invite->feed_snapshot, host);
        self->events.address = address_by (invite->feed_events, host);
    } else
        bc_log (BC_LOG_ERROR, "portal.feed", NULL, "portal/home: %s is not the home of a reader of the feed (%s): run baocao-setup",
                home, error);
    invite_destroy (&invite);
    free (error);
    free (path);
    return self->certificate && self->server_key ? 0 : -1;
}

follow_t *follow_new (zloop_t *loop, bc_config_t *config, follow_news_fn *news, void *arg)
{
    follow_t *self = xcalloc (1, sizeof *self);
    const char *home = bc_config_get (config, "portal/home", NULL);
    bool ok = true;
    self->loop = loop;
    self->news = news;
    self->arg = arg;
    self->pause = -1;
    self->fresh_ms = bc_config_number (config, "portal/fresh_ms", FOLLOW_FRESH_MS, 100, 3600000, &ok);
    self->arena = bc_arena_new (EVENT_CAP);
    self->requests = (link_t){.type = ZMQ_DEALER, .max_message = MAX_REPLY, .take = on_reply};
    self->events = (link_t){.type = ZMQ_SUB, .max_message = MAX_EVENT, .take = on_event};
    if (!home)
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "portal/home is missing: name the portal's home as a reader of the feed");
    if (!ok || !home || read_home (self, home, bc_config_get (config, "portal/feed_host", NULL))) {
        follow_destroy (&self);
        return NULL;
    }
    self->timer = zloop_timer (loop, TICK_MS, 0, on_tick, self);
    on_tick (loop, self->timer, self);
    return self;
}

void follow_destroy (follow_t **self_p)
{
    follow_t *self = *self_p;
    if (!self)
        return;
    if (self->timer)
        zloop_timer_end (self->loop, self->timer);
    if (self->pause != -1)
        zloop_timer_end (self->loop, self->pause);
    hang_up (self, &self->events);
    hang_up (self, &self->requests);
    for (size_t i = 0; i < self->n_views; i++)
        view_destroy (self->views[i]);
    bc_arena_destroy (&self->arena);
    zcert_destroy (&self->certificate);
    free (self->events.address);
    free (self->requests.address);
    free (self->server_key);
    free (self);
    *self_p = NULL;
}
