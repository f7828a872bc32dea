#include "portal.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/xmem.h"
#include "plan/plan_db.h"
#include "site.h"

enum {
    PORT = 8080,
    CONNECTIONS = 4096,
    CONNECTION_MEMORY = 12288,
    TIMEOUT_S = 20,
    HEADERS_S = 20,
    BODY_S = 30,
    JOBS_AT_ONCE = 4,
    JOBS_WAITING = 64,
    AN_ADDRESS = 256,  // connections; a proxy's are all from one
    DB_WAITING = 256,
    BOOK_MS = 2000,  // how soon a change of the plan is noticed
};

// --- The plan --------------------------------------------------------------------------------------------------------------------

static bc_tx_next_t book_step (bc_tx_t *tx, int step, void *arg)
{
    portal_t *self = arg;
    if (step == 0) {
        plan_db_ask_version (tx);
        return BC_TX_NEXT;
    }
    if (step == 1 && !plan_db_is_current (bc_tx_result (tx, 0), self->book)) {
        plan_db_load (tx);
        return BC_TX_NEXT;
    }
    if (step == 2) {
        plan_book_t *book = plan_db_read (bc_tx_result (tx, 0));
        if (book) {
            plan_book_destroy (&self->book);
            self->book = book;
        }
    }
    return BC_TX_COMMIT;
}

static void book_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    (void)tx;
    (void)outcome;
    ((portal_t *)arg)->reading_book = false;
}

static void read_book (portal_t *self)
{
    if (!self->reading_book && bc_db_connected (self->db))
        self->reading_book = bc_db_run (self->db, BC_TX_REPEATABLE_READ_ONLY, book_step, book_done, self) == 0;
}

static int on_book_timer (zloop_t *loop, int timer, void *arg)
{
    portal_t *self = arg;
    (void)loop;
    (void)timer;
    if (!self->book || self->was_asked || bc_web_connections (self->web))
        read_book (self);
    self->was_asked = false;
    return 0;
}

static void on_database (void *arg)
{
    portal_t *self = arg;
    read_book (self);
    accounts_read (self->accounts);
}

static void on_news (const Baocao__V1__Snapshot *snapshot, void *arg)
{
    portal_t *self = arg;
    if (self->live)
        live_news (self->live, snapshot);
}

// --- Start and stop --------------------------------------------------------------------------------------------------------------

// A file of PEM text; NULL when none is named. *ok_p becomes false when it cannot be read (logged).
static char *read_pem (bc_config_t *config, const char *key, bool *ok_p)
{
    const char *path = bc_config_get (config, key, "");
    if (!*path)
        return NULL;
    zchunk_t *content = zchunk_slurp (path, 1 << 20);
    char *text = content ? xmemdup (zchunk_data (content), zchunk_size (content)) : NULL;
    zchunk_destroy (&content);
    if (!text) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "%s: cannot read %s", key, path);
        *ok_p = false;
    }
    return text;
}

// 0 or -1 (logged).
static int open_web (portal_t *self, bc_config_t *config)
{
    bool ok = true;
    int port = (int)bc_config_number (config, "portal/port", PORT, 1, 65535, &ok);
    unsigned connections = (unsigned)bc_config_number (config, "portal/connections", CONNECTIONS, 16, 65535, &ok);
    unsigned an_address = (unsigned)bc_config_number (config, "portal/connections_an_address", AN_ADDRESS, 0, 65535, &ok);
    unsigned headers_s = (unsigned)bc_config_number (config, "portal/headers_s", HEADERS_S, 1, 3600, &ok);
    unsigned body_s = (unsigned)bc_config_number (config, "portal/body_s", BODY_S, 1, 3600, &ok);
    char *certificate = read_pem (config, "portal/certificate", &ok), *key = read_pem (config, "portal/certificate_key", &ok);
    if (!certificate != !key) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL,
                "portal/certificate and portal/certificate_key belong together: name both or none");
        ok = false;
    }
    const bc_web_options_t options = {.host = bc_config_get (config, "portal/host", "127.0.0.1"),
                                      .port = port,
                                      .connections = connections,
                                      .connections_an_address = an_address,
                                      .timeout_s = TIMEOUT_S,
                                      .headers_s = headers_s,
                                      .body_s = body_s,
                                      .connection_memory = CONNECTION_MEMORY,
                                      .certificate = certificate,
                                      .key = key,
                                      .handle = site_handle,
                                      .completed = site_completed,
                                      .arg = self};
    self->is_tls = certificate;
    self->web = ok ? bc_web_new (self->loop, &options, "portal/port") : NULL;
    free (certificate);
    free (key);
    return self->web ? 0 : -1;
}

// 0 or -1 (logged).
static int open_all (portal_t *self, bc_service_t *service)
{
    bc_config_t *config = self->config;
    const char *public = bc_config_get (config, "portal/public", "off");
    bool ok = true;
    long blind_ms = bc_config_number (config, "portal/blind_ms", ACCOUNT_BLIND_MS, 2 * ACCOUNT_MS, 3600000, &ok);
    if (!ok)
        return -1;
    if (!streq (public, "off") && !streq (public, "on")) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "portal/public must be on or off");
        return -1;
    }
    self->is_open = streq (public, "on");
    self->cache = cache_new ();
    self->assets = assets_new (bc_config_get (config, "portal/assets", "/usr/local/share/baocao/portal"));
    if (!self->assets)
        return -1;
    self->db = bc_db_new (self->loop, bc_service_conninfo (service), DB_WAITING, on_database, self);
    self->accounts = accounts_new (self->loop, self->db, blind_ms);
    self->proxies = proxies_new (bc_config_get (config, "portal/proxy_addresses", ""));
    if (!self->proxies) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL,
                "portal/proxy_addresses must be addresses or nets, as in 127.0.0.1, 172.16.0.0/12");
        return -1;
    }
    self->sessions = sessions_new (self);
    self->sign_in = self->sessions ? sign_in_new (self) : NULL;
    if (!self->sign_in)
        return -1;
    self->jobs = jobs_new (self->loop, JOBS_AT_ONCE, JOBS_WAITING);
    self->send = send_new (self);
    if (!self->send)
        return -1;
    self->follow = follow_new (self->loop, config, on_news, self);
    if (!self->follow)
        return -1;
    self->live = live_new (self);
    if (!self->live)
        return -1;
    self->files = files_new (self);
    if (!self->files)
        return -1;
    self->book_timer = zloop_timer (self->loop, BOOK_MS, 0, on_book_timer, self);
    return open_web (self, config);
}

void *portal_start (bc_service_t *service)
{
    portal_t *self = xcalloc (1, sizeof *self);
    self->loop = bc_service_loop (service);
    self->config = bc_service_config (service);
    if (open_all (self, service))
        portal_stop ((void **)&self);
    return self;
}

// libmicrohttpd ends no connection that is suspended: all are let go first, without an answer.
static void release (portal_t *self)
{
    for (request_t *request = self->suspended; request; request = request->next)
        MHD_resume_connection (request->connection);
    if (self->live)
        live_release (self->live);
}

void portal_stop (void **state_p)
{
    portal_t *self = *state_p;
    bc_db_destroy (&self->db);
    files_destroy (&self->files);
    sign_in_destroy (&self->sign_in);
    jobs_destroy (&self->jobs);
    follow_destroy (&self->follow);
    if (self->web)
        release (self);
    bc_web_destroy (&self->web);  // with it end the requests, which still let go of what they hold
    send_destroy (&self->send);
    if (self->book_timer)
        zloop_timer_end (self->loop, self->book_timer);
    live_destroy (&self->live);
    cache_destroy (&self->cache);
    assets_destroy (&self->assets);
    plan_book_destroy (&self->book);
    sessions_destroy (&self->sessions);
    proxies_destroy (&self->proxies);
    accounts_destroy (&self->accounts);
    free (self);
    *state_p = NULL;
}

bool portal_idle (void *state)
{
    const portal_t *self = state;
    return self->book && bc_db_idle (self->db) && !jobs_under_way (self->jobs) && send_is_idle (self->send) &&
           !bc_web_connections (self->web);
}

bool portal_healthy (void *state)
{
    const portal_t *self = state;
    return self->book && bc_db_connected (self->db) && follow_healthy (self->follow);
}
