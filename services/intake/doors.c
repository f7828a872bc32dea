#include "doors.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "intake_db.h"

enum {
    LOOK_MS = 1000,
    RETRY_FIRST_MS = 1000,
    RETRY_MAX_MS = 30000,
    REQUESTS_AT_ONCE = 64,  // of one door, before the next has its turn
    MAX_REPLIES = 512,      // to a client that does not read: twice a batch
    LINES = 128,            // of a department, unless configured
};

struct doors {
    zloop_t *loop;
    bc_zap_t *zap;
    bc_db_t *queries;
    doors_handler_t handler;
    doorbell_t *doorbell;
    zhashx_t *officers;  // their names, by public key
    const char *host, *keys;
    int port_base;
    bc_door_limits_t limits;
    char **units;  // to be served; none: all
    size_t n_units;
    department_t **departments;  // by id; they stay until the end, so that an asker's pointer is always good
    size_t count;
    int timer;
    bool looking, looked, stopped, complained;
    bc_metric_t *open_doors, *client_keys;
};

// --- Departments -----------------------------------------------------------------------------------------------------------------

static int compare_ids (const void *a, const void *b)
{
    return (*(department_t *const *)a)->id - (*(department_t *const *)b)->id;
}

static department_t *find_id (doors_t *self, int id)
{
    department_t key = {.id = id}, *key_p = &key;
    department_t **found = self->count ? bsearch (&key_p, self->departments, self->count, sizeof key_p, compare_ids) : NULL;
    return found ? *found : NULL;
}

static department_t *add_department (doors_t *self, int id, const char *code)
{
    department_t *department = xcalloc (1, sizeof *department);
    department->doors = self;
    department->id = id;
    department->code = xstrdup (code);
    department->domain = xasprintf ("unit:%s", code);
    department->chain = chain_new ();
    self->departments = xrealloc (self->departments, (self->count + 1) * sizeof department);
    self->departments[self->count++] = department;
    qsort (self->departments, self->count, sizeof department, compare_ids);
    return department;
}

static void close_door (department_t *department)
{
    bell_destroy (&department->bell);
    bc_door_destroy (&department->door);
}

static void destroy_department (department_t **department_p)
{
    close_door (*department_p);
    chain_destroy (&(*department_p)->chain);
    free ((*department_p)->code);
    free ((*department_p)->domain);
    free (*department_p);
    *department_p = NULL;
}

department_t *doors_find (doors_t *self, const char *code)
{
    for (size_t i = 0; i < self->count; i++)
        if (streq (self->departments[i]->code, code))
            return self->departments[i];
    return NULL;
}

// --- Opening ---------------------------------------------------------------------------------------------------------------------

static bool serve (void *arg)
{
    department_t *department = arg;
    const doors_handler_t *handler = &department->doors->handler;
    bc_peer_t peer;
    zmq_msg_t frame;
    bool permitted;
    for (int i = 0; i < REQUESTS_AT_ONCE; i++) {
        if (bc_door_recv (department->door, &peer, &frame, &permitted) == 0) {
            handler->request (department, &peer, &frame, permitted, handler->arg);
            zmq_msg_close (&frame);
        } else if (!(zsock_events (bc_door_socket (department->door)) & ZMQ_POLLIN))
            return false;
    }
    return true;
}

void doors_replied (department_t *department)
{
    if (department->bell)
        bell_again (department->bell);
}

// The department's certificate, when it is the one that the invites name. NULL on error (logged).
static zcert_t *load_certificate (doors_t *self, const department_t *department)
{
    char *path = xasprintf ("%s/%s.cert", self->keys, department->code);
    zcert_t *certificate = bc_cert_load (path);
    if (certificate && !streq (zcert_public_txt (certificate), department->key)) {
        bc_log (BC_LOG_ERROR, "door.wrong_key", NULL,
                "%s is not the key pair that the database names for %s: the clients of this "
                "department would not recognise it. Remedy: put the right file back",
                path, department->code);
        zcert_destroy (&certificate);
    }
    free (path);
    return certificate;
}

// 0 or -1 (logged).
static int open_door (doors_t *self, department_t *department)
{
    zcert_t *certificate = load_certificate (self, department);
    if (!certificate)
        return -1;
    char *endpoint = xasprintf ("tcp://%s:%d", self->host, self->port_base + department->number);
    department->door = bc_door_new (self->zap, department->domain, endpoint, certificate, &self->limits);
    zcert_destroy (&certificate);
    if (department->door)
        department->bell = bell_new (self->doorbell, bc_door_socket (department->door), department);
    if (department->bell)
        bc_log (BC_LOG_INFO, "door.open", NULL, "%s at %s", department->code, endpoint);
    else
        close_door (department);
    free (endpoint);
    return department->door ? 0 : -1;
}

// Opens the door when it is time to try. Each attempt that fails is logged once, and the pauses grow.
static void try_door (doors_t *self, department_t *department)
{
    int64_t now = bc_clock_monotonic_ms ();
    if (department->door || now < department->retry_at)
        return;
    if (open_door (self, department) == 0) {
        department->retry_pause_ms = 0;
        return;
    }
    int pause = department->retry_pause_ms ? 2 * department->retry_pause_ms : RETRY_FIRST_MS;
    department->retry_pause_ms = pause < RETRY_MAX_MS ? pause : RETRY_MAX_MS;
    department->retry_at = now + department->retry_pause_ms;
}

// --- The look into the database --------------------------------------------------------------------------------------------------

static void take_door (doors_t *self, const intake_door_t *row)
{
    department_t *department = find_id (self, row->unit_id);
    if (!department)
        department = add_department (self, row->unit_id, row->code);
    department->listed = true;
    if (department->number != row->door || !streq (department->key, row->public_key)) {
        close_door (department);
        department->number = row->door;
        snprintf (department->key, sizeof department->key, "%s", row->public_key);
        department->retry_at = 0;
    }
    try_door (self, department);
}

static void take_doors (doors_t *self, const PGresult *rows)
{
    for (size_t i = 0; i < self->count; i++)
        self->departments[i]->listed = false;
    for (int row = 0; row < PQntuples (rows); row++) {
        intake_door_t door = intake_db_door (rows, row);
        take_door (self, &door);
    }
    long long open = 0;
    for (size_t i = 0; i < self->count; i++) {
        if (!self->departments[i]->listed)
            close_door (self->departments[i]);
        open += self->departments[i]->door != NULL;
    }
    bc_metric_set (self->open_doors, open);
    if (self->n_units > (size_t)PQntuples (rows) && !self->complained)
        bc_log (BC_LOG_ERROR, "doors.missing", NULL,
                "intake/units names %zu departments, of which %d have a door. Remedy: "
                "baocao-admin invite, or correct intake/units",
                self->n_units, PQntuples (rows));
    self->complained = self->n_units > (size_t)PQntuples (rows);
}

// A revoked key's connections end with everybody's at that door, or they could keep all its lines; those with a good key come
// back by themselves.
static void end_connections (department_t *department)
{
    bc_log (BC_LOG_INFO, "door.closing", NULL, "a key of %s was revoked: its door is closed and opened again", department->code);
    close_door (department);
    department->retry_at = 0;
    try_door (department->doors, department);
}

static void take_keys (doors_t *self, const PGresult *rows)
{
    bc_keyring_t *keyring = bc_keyring_new ();
    zhashx_purge (self->officers);
    for (int row = 0; row < PQntuples (rows); row++) {
        intake_key_t key = intake_db_key (rows, row);
        const department_t *department = find_id (self, key.unit_id);
        if (!department)
            continue;
        bc_keyring_add (keyring, department->domain, key.public_key);
        zhashx_update (self->officers, key.public_key, (void *)key.name);
    }
    bc_metric_set (self->client_keys, (long long)bc_keyring_size (keyring));
    bc_zap_use (self->zap, &keyring);
    for (size_t i = 0; i < self->count; i++)
        if (self->departments[i]->door && bc_zap_has_revoked (self->zap, self->departments[i]->domain))
            end_connections (self->departments[i]);
}

const char *doors_officer (const department_t *department, const char *public_key)
{
    const char *name = zhashx_lookup (department->doors->officers, public_key);
    return name ? name : "";
}

static bc_tx_next_t look (bc_tx_t *tx, int step, void *arg)
{
    doors_t *self = arg;
    (void)step;
    intake_db_ask_doors (tx, self->units, self->n_units);
    intake_db_ask_keys (tx);
    return BC_TX_COMMIT;
}

static void look_done (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    doors_t *self = arg;
    self->looking = false;
    if (outcome != BC_DB_DONE || self->stopped)
        return;
    // Doors first: a key is taken in for a department that is known.
    take_doors (self, bc_tx_result (tx, 0));
    take_keys (self, bc_tx_result (tx, 1));
    self->looked = true;
}

void doors_look (doors_t *self)
{
    if (!self->looking && !self->stopped && bc_db_connected (self->queries))
        self->looking = bc_db_run (self->queries, BC_TX_REPEATABLE_READ_ONLY, look, look_done, self) == 0;
}

static int on_timer (zloop_t *loop, int timer, void *arg)
{
    (void)loop, (void)timer;
    doors_look (arg);
    return 0;
}

// --- Life ------------------------------------------------------------------------------------------------------------------------

static void read_units (doors_t *self, const char *list)
{
    char *copy = xstrdup (list), *rest = copy;
    for (char *code = strtok_r (rest, ", ", &rest); code; code = strtok_r (NULL, ", ", &rest)) {
        self->units = xrealloc (self->units, (self->n_units + 1) * sizeof *self->units);
        self->units[self->n_units++] = xstrdup (code);
    }
    free (copy);
}

doors_t *doors_new (zloop_t *loop, bc_zap_t *zap, bc_db_t *queries, bc_config_t *config, const doors_handler_t *handler)
{
    bool ok = true;
    doors_t *self = xcalloc (1, sizeof *self);
    *self = (doors_t){.loop = loop, .zap = zap, .queries = queries, .handler = *handler};
    self->officers = zhashx_new ();
    zhashx_set_duplicator (self->officers, (zhashx_duplicator_fn *)strdup);
    zhashx_set_destructor (self->officers, (zhashx_destructor_fn *)zstr_free);
    self->host = bc_config_get (config, "intake/host", "127.0.0.1");
    self->port_base = (int)bc_config_number (config, "intake/port_base", 7400, 0, 55000, &ok);
    self->limits = (bc_door_limits_t){.max_message = BC_WIRE_MAX_REQUEST,
                                      .max_replies = MAX_REPLIES,
                                      .max_lines = (int)bc_config_number (config, "intake/lines", LINES, 1, 65535, &ok)};
    self->keys = bc_config_get (config, "intake/keys", "");
    read_units (self, bc_config_get (config, "intake/units", ""));
    if (!*self->keys)
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "intake/keys is missing: name the directory with the doors' certificates");
    self->open_doors = bc_metric_gauge ("baocao_intake_doors_open", "Doors that are open");
    self->client_keys = bc_metric_gauge ("baocao_intake_client_keys", "Client keys that are let in");
    self->timer = zloop_timer (loop, LOOK_MS, 0, on_timer, self);
    const doorbell_handler_t bells = {.answer = serve, .rung = handler->drained, .arg = handler->arg};
    self->doorbell = doorbell_new (loop, &bells);
    if (!ok || !*self->keys || !self->doorbell)
        doors_destroy (&self);
    return self;
}

void doors_stop (doors_t *self)
{
    self->stopped = true;
    for (size_t i = 0; i < self->count; i++)
        bell_destroy (&self->departments[i]->bell);
}

void doors_destroy (doors_t **self_p)
{
    doors_t *self = *self_p;
    if (!self)
        return;
    zloop_timer_end (self->loop, self->timer);
    for (size_t i = 0; i < self->count; i++)
        destroy_department (&self->departments[i]);
    free (self->departments);
    doorbell_destroy (&self->doorbell);
    zhashx_destroy (&self->officers);
    for (size_t i = 0; i < self->n_units; i++)
        free (self->units[i]);
    free (self->units);
    free (self);
    *self_p = NULL;
}

bool doors_all_open (const doors_t *self)
{
    if (!self->looked || self->complained)
        return false;
    for (size_t i = 0; i < self->count; i++)
        if (self->departments[i]->listed && !self->departments[i]->door)
            return false;
    return true;
}
