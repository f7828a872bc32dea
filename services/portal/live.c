#include "live.h"

#include <jansson.h>

#include "common/clock.h"
#include "common/metrics.h"
#include "common/xmem.h"
#include "picture.h"
#include "portal.h"
#include "site.h"

enum { BLOCK = 4096 };

static const char GREETING[] = "retry: 2000\n\n", BEAT[] = ":\n\n";

// What is sent, to many: it goes with the last who needs it.
typedef struct {
    int users;
    uint64_t from, to;  // versions of the channel
    size_t size;
    char *text;
} message_t;

// A period in a language.
typedef struct channel {
    struct channel *next;
    live_t *live;
    char *plan, *period;
    bool vietnamese;
    picture_t *picture;     // NULL: no snapshot yet
    uint64_t seq, version;  // of the picture; one number of the feed may have several versions
    uint64_t seq_version;   // the first with that number
    message_t *deltas[LIVE_DELTAS], *whole;
    struct viewer *viewers;
} channel_t;

// An open page.
typedef struct viewer {
    struct viewer *next, **at;
    channel_t *channel;
    struct MHD_Connection *connection;
    bool suspended, beat, greeted, over;
    session_t session;  // whoever is no longer signed in is not told any more
    uint64_t version;   // 0: it has nothing that is known here
    message_t *sending;
    size_t sent;
} viewer_t;

struct live {
    portal_t *portal;
    channel_t *channels;
    size_t viewers, room;
    int timer, look_timer;
    bc_metric_t *gauge;
};

// --- Messages --------------------------------------------------------------------------------------------------------------------

// data: an event of picture.h, which goes into it.
static message_t *message_new (uint64_t from, uint64_t to, uint64_t seq, char **data_p)
{
    message_t *self = xcalloc (1, sizeof *self);
    self->users = 1;
    self->from = from;
    self->to = to;
    self->text = xasprintf ("id: %llu\ndata: %s\n\n", (unsigned long long)seq, *data_p);
    self->size = strlen (self->text);
    free (*data_p);
    *data_p = NULL;
    return self;
}

static void message_drop (message_t **self_p)
{
    message_t *self = *self_p;
    *self_p = NULL;
    if (!self || --self->users)
        return;
    free (self->text);
    free (self);
}

static message_t *message_take (message_t *self)
{
    self->users++;
    return self;
}

// Does an event of picture.h change nothing but the time as of which it speaks?
static bool is_empty (const char *data)
{
    json_t *event = json_loads (data, 0, NULL), *set = json_object_get (event, "set");
    size_t times = json_object_get (set, "f-as-of") ? 1 : 0;
    bool empty = json_object_size (set) == times && !json_array_size (json_object_get (event, "reload"));
    json_decref (event);
    return empty;
}

// --- Channels --------------------------------------------------------------------------------------------------------------------

static channel_t *find_channel (const live_t *self, const char *plan, const char *period, bool vietnamese)
{
    channel_t *channel = self->channels;
    while (channel && (channel->vietnamese != vietnamese || !streq (channel->plan, plan) || !streq (channel->period, period)))
        channel = channel->next;
    return channel;
}

static channel_t *channel_new (live_t *live, const char *plan, const char *period, bool vietnamese)
{
    channel_t *self = xcalloc (1, sizeof *self);
    self->live = live;
    self->plan = xstrdup (plan);
    self->period = xstrdup (period);
    self->vietnamese = vietnamese;
    self->next = live->channels;
    live->channels = self;
    follow_watch (live->portal->follow, plan, period, 1);
    return self;
}

static void channel_destroy (channel_t *self)
{
    for (channel_t **at = &self->live->channels; *at; at = &(*at)->next)
        if (*at == self) {
            *at = self->next;
            break;
        }
    if (self->live->portal->follow)
        follow_watch (self->live->portal->follow, self->plan, self->period, -1);
    for (size_t i = 0; i < LIVE_DELTAS; i++)
        message_drop (&self->deltas[i]);
    message_drop (&self->whole);
    picture_destroy (&self->picture);
    free (self->plan);
    free (self->period);
    free (self);
}

static void wake (channel_t *self)
{
    for (viewer_t *viewer = self->viewers; viewer; viewer = viewer->next)
        if (viewer->suspended) {
            viewer->suspended = false;
            MHD_resume_connection (viewer->connection);
        }
    bc_web_resumed (self->live->portal->web);
}

// A later version: what has changed is kept as one message.
static void advance (channel_t *self, picture_t **picture_p, uint64_t seq)
{
    char *data = self->picture ? picture_event (self->picture, *picture_p) : NULL;
    if (self->picture && seq == self->seq && is_empty (data)) {
        free (data);
        picture_destroy (picture_p);
        return;
    }
    message_t **place = &self->deltas[self->version % LIVE_DELTAS];
    message_drop (place);
    message_drop (&self->whole);
    if (data)
        *place = message_new (self->version, self->version + 1, seq, &data);
    self->version++;
    if (seq != self->seq || !self->picture)
        self->seq_version = self->version;
    self->seq = seq;
    picture_destroy (&self->picture);
    self->picture = *picture_p;
    *picture_p = NULL;
    wake (self);
}

void live_news (live_t *self, const Baocao__V1__Snapshot *snapshot)
{
    for (channel_t *channel = self->channels; channel; channel = channel->next)
        if (streq (channel->plan, snapshot->plan) && streq (channel->period, snapshot->period)) {
            site_speak (channel->vietnamese);
            picture_t *picture = picture_new (snapshot, channel->vietnamese, site_offset (self->portal, snapshot->plan));
            advance (channel, &picture, snapshot->seq);
        }
}

static void on_snapshot (const Baocao__V1__Snapshot *snapshot, void *arg)
{
    portal_t *portal = arg;
    if (snapshot && portal->live)
        live_news (portal->live, snapshot);
}

// --- Viewers ---------------------------------------------------------------------------------------------------------------------

// What a viewer is to get next; NULL: it has everything.
static message_t *next_message (viewer_t *self)
{
    channel_t *channel = self->channel;
    if (!channel->picture || self->version == channel->version)
        return NULL;
    message_t *delta = self->version ? channel->deltas[self->version % LIVE_DELTAS] : NULL;
    if (delta && delta->from == self->version)
        return message_take (delta);
    if (!channel->whole) {
        char *data = picture_event (NULL, channel->picture);
        channel->whole = message_new (0, channel->version, channel->seq, &data);
    }
    return message_take (channel->whole);
}

static ssize_t put (char *to, size_t room, const void *data, size_t size)
{
    assert (size <= room);
    memcpy (to, data, size);
    return (ssize_t)size;
}

static ssize_t on_room (void *arg, uint64_t position, char *to, size_t room)
{
    viewer_t *self = arg;
    (void)position;
    if (self->over)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!self->greeted) {
        self->greeted = true;
        return put (to, room, GREETING, sizeof GREETING - 1);
    }
    if (!self->sending) {
        self->sending = next_message (self);
        self->sent = 0;
    }
    if (self->sending) {
        size_t size = self->sending->size - self->sent;
        if (size > room)
            size = room;
        memcpy (to, self->sending->text + self->sent, size);
        self->sent += size;
        if (self->sent == self->sending->size) {
            self->version = self->sending->to;
            message_drop (&self->sending);
        }
        return (ssize_t)size;
    }
    if (self->beat) {
        self->beat = false;
        return put (to, room, BEAT, sizeof BEAT - 1);
    }
    self->suspended = true;
    MHD_suspend_connection (self->connection);
    return 0;
}

static void on_gone (void *arg)
{
    viewer_t *self = arg;
    channel_t *channel = self->channel;
    *self->at = self->next;
    if (self->next)
        self->next->at = self->at;
    channel->live->viewers--;
    bc_metric_set (channel->live->gauge, (long long)channel->live->viewers);
    message_drop (&self->sending);
    free (self);
    if (!channel->viewers)
        channel_destroy (channel);
}

// Whoever has the number that the channel has is up to date, unless that number had several versions.
static uint64_t known_version (const channel_t *channel, const request_t *request)
{
    const char *text = request_header (request, "Last-Event-ID");
    if (!text)
        text = request_query (request, "after");
    if (!text || !channel->picture || strtoull (text, NULL, 10) != channel->seq)
        return 0;
    return channel->seq_version == channel->version ? channel->version : 0;
}

static viewer_t *viewer_new (channel_t *channel, request_t *request)
{
    viewer_t *self = xcalloc (1, sizeof *self);
    self->channel = channel;
    self->connection = request->connection;
    self->version = known_version (channel, request);
    if (request->session)
        self->session = *request->session;
    self->next = channel->viewers;
    self->at = &channel->viewers;
    if (self->next)
        self->next->at = &self->next;
    channel->viewers = self;
    channel->live->viewers++;
    bc_metric_set (channel->live->gauge, (long long)channel->live->viewers);
    return self;
}

void live_open (request_t *request)
{
    portal_t *portal = request->portal;
    live_t *self = portal->live;
    if (self->viewers >= self->room) {
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
        return;
    }
    const char *language = request_query (request, "lang");
    bool vietnamese = !language || streq (language, "vi");
    channel_t *channel = find_channel (self, request->plan, request->period, vietnamese);
    if (!channel)
        channel = channel_new (self, request->plan, request->period, vietnamese);
    viewer_t *viewer = viewer_new (channel, request);
    struct MHD_Response *response = answer_stream (BLOCK, on_room, viewer, on_gone, "text/event-stream");
    answer_private (response);
    MHD_add_response_header (response, "X-Accel-Buffering", "no");  // nginx is not to collect it
    request_answer (request, MHD_HTTP_OK, response);
    if (!channel->picture)
        follow_ask (portal->follow, request->plan, request->period, on_snapshot, portal);
}

static int on_beat (zloop_t *loop, int timer, void *arg)
{
    live_t *self = arg;
    (void)loop;
    (void)timer;
    for (channel_t *channel = self->channels; channel; channel = channel->next) {
        for (viewer_t *viewer = channel->viewers; viewer; viewer = viewer->next)
            viewer->beat = true;
        wake (channel);
    }
    return 0;
}

static int on_look (zloop_t *loop, int timer, void *arg)
{
    live_t *self = arg;
    (void)loop;
    (void)timer;
    for (channel_t *channel = self->channels; channel; channel = channel->next) {
        bool some = false;
        for (viewer_t *viewer = channel->viewers; viewer; viewer = viewer->next) {
            viewer->over = !session_lives (self->portal->sessions, &viewer->session);
            some |= viewer->over;
        }
        if (some)
            wake (channel);
    }
    return 0;
}

size_t live_viewers (const live_t *self)
{
    return self->viewers;
}

// --- Start and stop --------------------------------------------------------------------------------------------------------------

live_t *live_new (portal_t *portal)
{
    bool ok = true;
    long heartbeat_ms = bc_config_number (portal->config, "portal/heartbeat_ms", LIVE_HEARTBEAT_MS, 100, 3600000, &ok);
    long room = bc_config_number (portal->config, "portal/viewers", LIVE_VIEWERS, 1, 1000000, &ok);
    if (!ok)
        return NULL;
    live_t *self = xcalloc (1, sizeof *self);
    self->portal = portal;
    self->room = (size_t)room;
    self->gauge = bc_metric_gauge ("baocao_portal_viewers", "Open pages that are told of what is new.");
    self->timer = zloop_timer (portal->loop, (size_t)heartbeat_ms, 0, on_beat, self);
    self->look_timer = zloop_timer (portal->loop, LIVE_LOOK_MS, 0, on_look, self);
    return self;
}

void live_release (live_t *self)
{
    for (channel_t *channel = self->channels; channel; channel = channel->next)
        wake (channel);
}

void live_destroy (live_t **self_p)
{
    live_t *self = *self_p;
    if (!self)
        return;
    zloop_timer_end (self->portal->loop, self->timer);
    zloop_timer_end (self->portal->loop, self->look_timer);
    free (self);
    *self_p = NULL;
}
