// The connection: opened without waiting, opened again after every loss, and watched in the loop. (A host given by name is looked
// up by libpq at once, which can wait: give addresses, or have a resolver close by.)

#include <errno.h>

#include "db_private.h"
#include "log.h"
#include "xmem.h"

enum { PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 5000, OPTIONS_MAX = 80 };

// Used where the connection string says nothing else. A dead server or network is noticed within about 15 s.
static const struct {
    const char *keyword, *value;
} DEFAULTS[] = {
    {"connect_timeout", "5"},  {"keepalives_idle", "5"},      {"keepalives_interval", "3"},
    {"keepalives_count", "3"}, {"tcp_user_timeout", "15000"}, {"client_encoding", "UTF8"},
};

// --- The loop --------------------------------------------------------------------------------------------------------------------

static int db_on_socket (zloop_t *loop, zmq_pollitem_t *item, void *arg);

void bc_db_watch (bc_db_t *self, int fd, short events)
{
    if (self->watched.fd == fd && self->watched.events == events)
        return;
    if (self->watched.fd >= 0)
        zloop_poller_end (self->loop, &self->watched);
    self->watched = (zmq_pollitem_t){.fd = fd, .events = events};
    if (fd >= 0) {
        zloop_poller (self->loop, &self->watched, db_on_socket, self);
        zloop_poller_set_tolerant (self->loop, &self->watched);  // an error on the socket is libpq's to find
    }
}

static void db_set_timer (bc_db_t *self, int ms, zloop_timer_fn *handler)
{
    if (self->timer)
        zloop_timer_end (self->loop, self->timer);
    self->timer = handler ? zloop_timer (self->loop, (size_t)ms, 1, handler, self) : 0;
}

static int db_on_pause (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    bc_db_t *self = arg;
    self->timer = 0;
    bc_db_connect (self);
    return 0;
}

void bc_db_pause (bc_db_t *self)
{
    self->pause_ms = self->pause_ms ? 2 * self->pause_ms : PAUSE_MIN_MS;
    if (self->pause_ms > PAUSE_MAX_MS)
        self->pause_ms = PAUSE_MAX_MS;
    db_set_timer (self, self->pause_ms, db_on_pause);
}

void bc_db_complain (bc_db_t *self, char *reason)
{
    if (!self->reason || !streq (self->reason, reason))
        bc_log (BC_LOG_ERROR, "db.unreachable", NULL, "%s", reason);
    free (self->reason);
    self->reason = reason;
}

// --- How to connect --------------------------------------------------------------------------------------------------------------

// The list "a,b,c" begun at another element: "b,c,a".
static char *list_turn (const char *list, unsigned turn)
{
    unsigned count = 1;
    for (const char *at = list; *at; at++)
        count += *at == ',';
    const char *begin = list;
    for (unsigned skip = turn % count; skip > 0; skip--)
        begin = strchr (begin, ',') + 1;
    return begin == list ? xstrdup (list) : xasprintf ("%s,%.*s", begin, (int)(begin - list - 1), list);
}

static void options_default (PQconninfoOption *options, const char *keyword, const char *value)
{
    for (PQconninfoOption *option = options; option->keyword; option++)
        if (streq (option->keyword, keyword) && !option->val)
            option->val = strdup (value);  // freed by libpq
}

// libpq gives a silent host no time limit in this mode, so after a time-out the next attempt begins with the next host.
static void options_turn (PQconninfoOption *options, unsigned turn)
{
    for (PQconninfoOption *option = options; option->keyword; option++)
        if (option->val &&
            (streq (option->keyword, "host") || streq (option->keyword, "hostaddr") || streq (option->keyword, "port"))) {
            char *turned = list_turn (option->val, turn);
            free (option->val);
            option->val = turned;
        }
}

static PQconninfoOption *db_options (const bc_db_t *self)
{
    PQconninfoOption *options = PQconninfoParse (self->conninfo, NULL);
    if (!options)
        return NULL;
    for (size_t i = 0; i < sizeof DEFAULTS / sizeof *DEFAULTS; i++)
        options_default (options, DEFAULTS[i].keyword, DEFAULTS[i].value);
    options_default (options, "application_name", program_invocation_short_name);
    options_turn (options, self->turn);
    return options;
}

// The connection begun, and the time it may take.
static PGconn *options_connect (const PQconninfoOption *options, int *limit_ms_p)
{
    const char *keywords[OPTIONS_MAX + 1] = {NULL}, *values[OPTIONS_MAX + 1] = {NULL};
    int count = 0;
    for (const PQconninfoOption *option = options; option->keyword && count < OPTIONS_MAX; option++)
        if (option->val) {
            keywords[count] = option->keyword;
            values[count++] = option->val;
            if (streq (option->keyword, "connect_timeout"))
                *limit_ms_p = 1000 * (int)strtol (option->val, NULL, 10);
        }
    return PQconnectStartParams (keywords, values, 0);
}

// --- Connecting ------------------------------------------------------------------------------------------------------------------

static void db_give_up (bc_db_t *self, const char *error)
{
    size_t size = strcspn (error, "\n");
    bc_db_complain (self, xasprintf ("%.*s", (int)size, error));
    bc_db_break (self);
}

static int db_on_limit (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    bc_db_t *self = arg;
    self->timer = 0;
    self->turn++;
    db_give_up (self, "the server does not answer");
    return 0;
}

void bc_db_connect (bc_db_t *self)
{
    self->state = BC_DB_CONNECTING;
    PQconninfoOption *options = db_options (self);
    if (!options) {
        db_give_up (self, "the connection string cannot be read");
        return;
    }
    int limit_ms = 0;
    self->pg = options_connect (options, &limit_ms);
    PQconninfoFree (options);
    if (PQstatus (self->pg) == CONNECTION_BAD) {
        db_give_up (self, PQerrorMessage (self->pg));
        return;
    }
    PQsetNoticeReceiver (self->pg, bc_db_notice, self);
    if (limit_ms > 0)
        db_set_timer (self, limit_ms, db_on_limit);
    bc_db_watch (self, PQsocket (self->pg), ZMQ_POLLOUT);
}

static void db_opened (bc_db_t *self)
{
    if (PQsetnonblocking (self->pg, 1) || !PQenterPipelineMode (self->pg)) {
        db_give_up (self, PQerrorMessage (self->pg));
        return;
    }
    self->state = BC_DB_CHECKING;
    bc_db_check (self);
}

static void db_poll (bc_db_t *self)
{
    PostgresPollingStatusType status = PQconnectPoll (self->pg);
    // Between hosts the socket changes, perhaps under the same number.
    bc_db_watch (self, -1, 0);
    if (status == PGRES_POLLING_FAILED)
        db_give_up (self, PQerrorMessage (self->pg));
    else if (status == PGRES_POLLING_OK)
        db_opened (self);
    else
        bc_db_watch (self, PQsocket (self->pg), status == PGRES_POLLING_READING ? ZMQ_POLLIN : ZMQ_POLLOUT);
}

static int db_on_socket (zloop_t *loop, zmq_pollitem_t *item, void *arg)
{
    (void)loop, (void)item;
    bc_db_t *self = arg;
    if (self->broken)
        bc_db_watch (self, -1, 0);  // its end is on the way
    else if (self->state == BC_DB_CONNECTING)
        db_poll (self);
    else
        bc_db_receive (self);
    return 0;
}

void bc_db_accept (bc_db_t *self)
{
    db_set_timer (self, 0, NULL);
    self->pause_ms = 0;
    free (self->reason);
    self->reason = NULL;
    self->state = BC_DB_READY;
    bc_log (BC_LOG_INFO, "db.connected", NULL, "PostgreSQL %s", PQparameterStatus (self->pg, "server_version"));
}

void bc_db_disconnect (bc_db_t *self)
{
    if (self->state == BC_DB_READY) {
        const char *error = PQerrorMessage (self->pg);
        bc_log (BC_LOG_WARNING, "db.lost", NULL, "%.*s", (int)strcspn (error, "\n"), error);
    }
    bc_db_watch (self, -1, 0);
    PQfinish (self->pg);
    self->pg = NULL;
    self->broken = false;
    self->state = BC_DB_AWAY;
    self->sent_first = self->sent_count = 0;
    zhashx_purge (self->prepared);
}
