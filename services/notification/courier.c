// One cycle, driven by itself: a transaction stores outcomes and reads what is due; what is read begins at once or, where the limits do not
// let it, is read again, so that nothing begins but what was due a moment ago. What ends is an outcome, and outcomes gather while a
// transaction is under way.
#include "courier.h"

#include "common/address.h"
#include "common/clock.h"
#include "common/db.h"
#include "common/keys.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/xmem.h"
#include "delivery_db.h"
#include "throttle.h"
#include "carrier.h"
#include "transfer.h"

enum {
    LOADED_MAX = 128,  // deliveries under way, or with an outcome that is not stored
    FULL_MAX = 1024,   // domains at their limits that are not read further
    LINES = 8,         // connections to the mail server at once
    CARRIERS = LINES + 1,
    AT_ONCE = 4,
    A_MINUTE = 600,
    STOP_MS = 5000,
    STOP_CHECK_MS = 10,
};

typedef enum { UNDER_WAY, DECIDED, STORING } state_t;

typedef struct {
    delivery_t *delivery;
    transfer_t *transfer;  // while under way
    state_t state;
} load_t;

struct courier {
    zloop_t *loop;
    int timer;  // of the looks
    bc_db_t *db;
    carrier_t *carriers[CARRIERS];
    transfer_settings_t settings;
    throttle_t *throttle;
    int at_once;  // deliveries to one domain
    load_t *loads;
    size_t n_loads;
    bool running;    // a transaction is under way
    bool looked;     // nothing began at the last look,
    bool throttled;  // which left out domains at their limits
    bool stopping;
    bc_metric_t *waiting;
};

// --- Outcomes --------------------------------------------------------------------------------------------------------------------

static void count_outcome (const delivery_t *delivery)
{
    char name[128];
    snprintf (name, sizeof name, "baocao_deliveries_total{channel=\"%s\",outcome=\"%s\"}", delivery->webhook ? "webhook" : "mail",
              delivery_outcome_name (delivery->outcome));
    bc_metric_add (bc_metric_counter (name, "Attempts to deliver a notice to a contact, by outcome"), 1);
}

static void decided (load_t *load)
{
    const delivery_t *delivery = load->delivery;
    bool failed = delivery->outcome == DELIVERY_FAILED;
    load->state = DECIDED;
    count_outcome (delivery);
    bc_log (failed ? BC_LOG_WARNING : BC_LOG_DEBUG, "delivery.attempted", NULL, "%s to %s, attempt %d: %s, %d %s",
            delivery->message_id, delivery->address, delivery->attempt, delivery_outcome_name (delivery->outcome), delivery->status,
            delivery->answer);
}

static load_t *load_of (courier_t *self, const transfer_t *transfer)
{
    for (size_t i = 0; i < self->n_loads; i++)
        if (self->loads[i].transfer == transfer)
            return &self->loads[i];
    return NULL;
}

// --- Beginning -------------------------------------------------------------------------------------------------------------------

// All mail goes through one server, on so many lines, each with a thread of its own; web requests share one. NULL: all are busy.
static carrier_t *free_carrier (const courier_t *self, bool webhook)
{
    if (webhook)
        return self->carriers[LINES];
    for (int i = 0; i < LINES; i++)
        if (carrier_load (self->carriers[i]) == 0)
            return self->carriers[i];
    return NULL;
}

// False: not now.
static bool begin (courier_t *self, delivery_t *delivery)
{
    carrier_t *carrier = free_carrier (self, delivery->webhook);
    if (!carrier || !throttle_begin (self->throttle, delivery->domain, bc_clock_monotonic_ms ())) {
        delivery_destroy (&delivery);
        return false;
    }
    load_t *load = &self->loads[self->n_loads++];
    *load = (load_t){.delivery = delivery, .transfer = transfer_new (&self->settings, delivery), .state = UNDER_WAY};
    if (load->transfer) {
        carrier_take (carrier, transfer_handle (load->transfer));
    } else {
        throttle_end (self->throttle, delivery->domain);
        decided (load);
    }
    return true;
}

// --- The transaction -------------------------------------------------------------------------------------------------------------

static void ask_due (courier_t *self, bc_tx_t *tx)
{
    int64_t ids[LOADED_MAX];
    const char *full[FULL_MAX];
    size_t n_full = throttle_full (self->throttle, bc_clock_monotonic_ms (), full, FULL_MAX);
    for (size_t i = 0; i < self->n_loads; i++)
        ids[i] = self->loads[i].delivery->id;
    bool without_mail = !self->settings.smtp_url || !free_carrier (self, false);
    int room = self->stopping ? 0 : (int)(LOADED_MAX - self->n_loads);
    self->throttled = n_full > 0;
    delivery_db_ask_due (tx, bc_clock_ms (), without_mail, ids, self->n_loads, full, n_full, self->at_once, room);
}

static bc_tx_next_t step_look (bc_tx_t *tx, int step, void *arg)
{
    courier_t *self = arg;
    (void)step;
    delivery_t *outcomes[LOADED_MAX];
    size_t n = 0;
    for (size_t i = 0; i < self->n_loads; i++) {
        load_t *load = &self->loads[i];
        if (load->state == DECIDED)
            load->state = STORING;
        if (load->state == STORING)
            outcomes[n++] = load->delivery;
    }
    delivery_db_count (tx);
    ask_due (self, tx);
    if (n > 0)
        delivery_db_store (tx, outcomes, n);
    return BC_TX_COMMIT;
}

static void drop_stored (courier_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n_loads; i++) {
        if (self->loads[i].state == STORING)
            delivery_destroy (&self->loads[i].delivery);
        else
            self->loads[kept++] = self->loads[i];
    }
    self->n_loads = kept;
}

static void take_due (courier_t *self, bc_tx_t *tx)
{
    const PGresult *due = bc_tx_result (tx, 1);
    self->looked = true;
    bc_metric_set (self->waiting, bc_row_int (bc_tx_result (tx, 0), 0, 0));
    for (int row = 0; row < PQntuples (due) && !self->stopping; row++)
        if (begin (self, delivery_db_due (due, row)))
            self->looked = false;
}

static void look (courier_t *self);

// Outcomes that were not stored are stored with the next look, at the next interval.
static void look_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    courier_t *self = arg;
    self->running = false;
    if (outcome != BC_DB_DONE)
        return;
    drop_stored (self);
    take_due (self, tx);
    bool again = !self->looked;
    for (size_t i = 0; i < self->n_loads; i++)
        again = again || self->loads[i].state == DECIDED;
    if (again)
        look (self);
}

static void look (courier_t *self)
{
    if (self->running || !bc_db_connected (self->db))
        return;
    self->running = bc_db_run (self->db, BC_TX_READ_COMMITTED, step_look, look_done, self) == 0;
}

static int on_interval (zloop_t *loop, int timer, void *arg)
{
    (void)loop;
    (void)timer;
    look (arg);
    return 0;
}

static void on_ready (void *arg)
{
    look (arg);
}

// --- Transfers -------------------------------------------------------------------------------------------------------------------

static void on_ended (CURL *handle, CURLcode result, void *arg)
{
    courier_t *self = arg;
    transfer_t *transfer = transfer_of (handle);
    load_t *load = load_of (self, transfer);
    transfer_judge (transfer, result);
    transfer_destroy (&transfer);
    load->transfer = NULL;
    throttle_end (self->throttle, load->delivery->domain);
    decided (load);
    look (self);
}

static void open_carriers (courier_t *self)
{
    curl_global_init (CURL_GLOBAL_DEFAULT);
    for (int i = 0; i < CARRIERS; i++)
        self->carriers[i] = carrier_new (self->loop, on_ended, self);
}

// --- Settings --------------------------------------------------------------------------------------------------------------------

static char *setting (bc_config_t *config, const char *key)
{
    const char *value = bc_config_get (config, key, "");
    return *value ? xstrdup (value) : NULL;
}

static int refuse (const char *what)
{
    bc_log (BC_LOG_ERROR, "config.invalid", NULL, "%s", what);
    return -1;
}

static int check_settings (const transfer_settings_t *settings)
{
    const char *url = settings->smtp_url;
    if (url && strncmp (url, "smtp://", 7) != 0 && strncmp (url, "smtps://", 8) != 0)
        return refuse ("notification/smtp_url must begin with smtp:// or smtps://");
    if (url && (!settings->mail_from || !bc_address_is_mail (settings->mail_from)))
        return refuse ("notification/mail_from must be the mail address of the sender");
    if (settings->smtp_user && !settings->smtp_password)
        return refuse ("notification/smtp_password must name a file with the password of notification/smtp_user");
    return 0;
}

static int read_settings (courier_t *self, bc_config_t *config)
{
    bool ok = true;
    transfer_settings_t *settings = &self->settings;
    long at_once = bc_config_number (config, "notification/domain_at_once", AT_ONCE, 1, 100, &ok);
    long a_minute = bc_config_number (config, "notification/domain_a_minute", A_MINUTE, 1, 100000, &ok);
    const char *password = bc_config_get (config, "notification/smtp_password", "");
    settings->smtp_url = setting (config, "notification/smtp_url");
    settings->smtp_user = setting (config, "notification/smtp_user");
    settings->smtp_password = settings->smtp_user && *password ? bc_secret_load (password) : NULL;
    settings->smtp_ca = setting (config, "notification/smtp_ca");
    settings->mail_from = setting (config, "notification/mail_from");
    settings->webhook_keys = setting (config, "notification/webhook_keys");
    settings->webhook_ca = setting (config, "notification/webhook_ca");
    self->at_once = (int)at_once;
    self->throttle = throttle_new ((size_t)at_once, (size_t)a_minute);
    if (!ok || check_settings (settings) != 0)
        return -1;
    if (!settings->smtp_url)
        bc_log (BC_LOG_WARNING, "delivery.no_mail", NULL, "notification/smtp_url is not set: mail waits until it is");
    return 0;
}

static void clear_settings (transfer_settings_t *settings)
{
    if (settings->smtp_password)
        sodium_memzero (settings->smtp_password, strlen (settings->smtp_password));
    free (settings->smtp_url);
    free (settings->smtp_user);
    free (settings->smtp_password);
    free (settings->smtp_ca);
    free (settings->mail_from);
    free (settings->webhook_keys);
    free (settings->webhook_ca);
}

// --- The courier -----------------------------------------------------------------------------------------------------------------

courier_t *courier_new (zloop_t *loop, const char *conninfo, bc_config_t *config, int interval_ms)
{
    courier_t *self = xcalloc (1, sizeof *self);
    self->loop = loop;
    self->loads = xcalloc (LOADED_MAX, sizeof *self->loads);
    self->waiting = bc_metric_gauge ("baocao_deliveries_waiting", "Deliveries to contacts that are not done with");
    open_carriers (self);
    self->db = bc_db_new (loop, conninfo, 1, on_ready, self);
    self->timer = zloop_timer (loop, (size_t)interval_ms, 0, on_interval, self);
    if (read_settings (self, config) != 0)
        courier_destroy (&self);
    return self;
}

typedef struct {
    const courier_t *courier;
    int64_t until;
} stop_t;

static int on_stop_check (zloop_t *loop, int timer, void *arg)
{
    (void)loop;
    (void)timer;
    const stop_t *stop = arg;
    bool busy = stop->courier->running || stop->courier->n_loads > 0;
    return busy && bc_clock_monotonic_ms () < stop->until ? 0 : -1;
}

static void finish (courier_t *self)
{
    stop_t stop = {self, bc_clock_monotonic_ms () + STOP_MS};
    self->stopping = true;
    if (!bc_db_connected (self->db) || self->n_loads == 0)
        return;
    int timer = zloop_timer (self->loop, STOP_CHECK_MS, 0, on_stop_check, &stop);
    zloop_start (self->loop);
    zloop_timer_end (self->loop, timer);
}

void courier_destroy (courier_t **self_p)
{
    courier_t *self = *self_p;
    if (!self)
        return;
    finish (self);
    zloop_timer_end (self->loop, self->timer);
    bc_db_destroy (&self->db);
    for (int i = 0; i < CARRIERS; i++)
        carrier_stop (self->carriers[i]);
    for (int i = 0; i < CARRIERS; i++)
        carrier_destroy (&self->carriers[i]);
    for (size_t i = 0; i < self->n_loads; i++) {
        transfer_destroy (&self->loads[i].transfer);
        delivery_destroy (&self->loads[i].delivery);
    }
    throttle_destroy (&self->throttle);
    clear_settings (&self->settings);
    free (self->loads);
    free (self);
    *self_p = NULL;
}

bool courier_idle (const courier_t *self)
{
    return !self->running && self->looked && !self->throttled && self->n_loads == 0;
}

bool courier_healthy (const courier_t *self)
{
    return bc_db_connected (self->db);
}
