#include "send.h"

#include <sodium.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/keys.h"
#include "common/language.h"
#include "common/log.h"
#include "common/xmem.h"
#include "portal.h"
#include "send_db.h"
#include "send_page.h"
#include "send_private.h"

enum { TOKEN = 32, SWEEP_S = 60, PLANS = 16 };

// --- Answers ---------------------------------------------------------------------------------------------------------------------

static page_t own_page (const request_t *request, const char *title)
{
    page_t page = site_page (request);
    page.title = title;
    page.is_public = request->access == ACCESS_PUBLIC;
    page.seq = 0;
    return page;
}

struct MHD_Response *send_answer_new (html_t **html_p)
{
    size_t size;
    char *text = html_take (html_p, &size);
    struct MHD_Response *response = answer_new (text, size, "text/html; charset=utf-8");
    answer_private (response);
    return response;
}

void send_answer_word (request_t *request, unsigned status, const char *text, const char *said)
{
    page_t page = own_page (request, _ ("Sending a report"));
    html_t *html = html_new ();
    send_page_word (html, &page, text, said);
    request_answer (request, status, send_answer_new (&html));
}

void send_answer_show (request_t *request, struct MHD_Response *response)
{
    answer_private (response);
    MHD_add_response_header (response, MHD_HTTP_HEADER_LOCATION, request->vietnamese ? "/vi/send" : "/en/send");
    request_answer (request, MHD_HTTP_SEE_OTHER, response);
}

bool send_home_of (const request_t *request, char id[SEND_HOME_ID])
{
    if (!request->sender)
        return false;
    sodium_bin2hex (id, SEND_HOME_ID, request->sender->stamp, ACCOUNT_STAMP);
    return send_home_exists (request->portal->send->root, id, "who.json");
}

// Without a session: the page says what to do. True: there is one.
static bool has_home (request_t *request, char id[SEND_HOME_ID])
{
    site_speak (request->vietnamese);
    if (send_home_of (request, id)) {
        send_home_touch (request->portal->send->root, id, bc_clock_ms ());
        return true;
    }
    send_answer_word (
        request, MHD_HTTP_FORBIDDEN,
        _ ("To send a report here, open the link that the standing agency has given you. It is good once; when you have left, or a "
           "day has gone by, ask for another one."),
        NULL);
    return false;
}

// --- The link --------------------------------------------------------------------------------------------------------------------

typedef struct {
    request_t *request;
    uint8_t token[TOKEN], hash[crypto_hash_sha256_BYTES], home[ACCOUNT_STAMP];
    char id[SEND_HOME_ID];
    invited_t *link;
    void (*next) (request_t *request, const invited_t *link, const uint8_t *home, const char *id);
} visit_t;

static bool read_token (request_t *request, visit_t *visit)
{
    const char *text = request_name (request, "token");
    size_t size = 0;
    if (!text || strlen (text) != 2 * TOKEN || sodium_hex2bin (visit->token, TOKEN, text, 2 * TOKEN, NULL, &size, NULL) ||
        size != TOKEN)
        return false;
    crypto_hash_sha256 (visit->hash, visit->token, TOKEN);
    crypto_generichash (visit->home, sizeof visit->home, visit->token, TOKEN, (const uint8_t *)"baocao send home", 16);
    sodium_bin2hex (visit->id, sizeof visit->id, visit->home, sizeof visit->home);
    return true;
}

static bc_tx_next_t ask_link (bc_tx_t *tx, int step, void *arg)
{
    visit_t *visit = arg;
    if (step == 0) {
        send_db_ask (tx, visit->hash);
        return BC_TX_NEXT;
    }
    invited_destroy (&visit->link);
    visit->link = send_db_read (bc_tx_result (tx, 0), bc_clock_ms ());
    return BC_TX_COMMIT;
}

// Has somebody joined with it who has come back since? Then it is used up. One who has not may do so again: the same home, the same key.
static bool is_good (const send_t *send, const invited_t *link, const char *id)
{
    return link && link->usable && !send_home_exists (send->root, id, "opened") &&
           (!link->used || send_home_exists (send->root, id, "who.json"));
}

static void refuse_link (request_t *request)
{
    send_answer_word (request, MHD_HTTP_NOT_FOUND,
                      _ ("This link is not good: it has been used, has expired, was withdrawn, or was not copied whole. Ask the "
                         "standing agency for "
                         "another one."),
                      NULL);
}

static void on_link (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    visit_t *visit = arg;
    request_t *request = visit->request;
    (void)tx;
    site_speak (request->vietnamese);
    if (outcome != BC_DB_DONE)
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
    else if (!is_good (request->portal->send, visit->link, visit->id))
        refuse_link (request);
    else
        visit->next (request, visit->link, visit->home, visit->id);
    invited_destroy (&visit->link);
    sodium_memzero (visit, sizeof *visit);
    free (visit);
}

static void look_up (request_t *request, void (*next) (request_t *, const invited_t *, const uint8_t *, const char *))
{
    visit_t *visit = xcalloc (1, sizeof *visit);
    site_speak (request->vietnamese);
    visit->request = request;
    visit->next = next;
    if (!read_token (request, visit)) {
        refuse_link (request);
        free (visit);
    } else if (bc_db_run (request->portal->db, BC_TX_READ_COMMITTED, ask_link, on_link, visit)) {
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
        free (visit);
    }
}

static void show_offer (request_t *request, const invited_t *link, const uint8_t *home, const char *id)
{
    char token[SESSION_TOKEN],
        *action = xasprintf ("/%s/send/%s", request->vietnamese ? "vi" : "en", request_name (request, "token"));
    bool first = !request->session;
    page_t page = own_page (request, _ ("Sending a report"));
    html_t *html = html_new ();
    (void)home, (void)id;
    if (first)
        session_begin (request, SESSION_FORM, NULL);
    session_token (request, request->session, token);
    send_page_offer (html, &page, action, token, request->vietnamese ? link->name_vi : link->name_en, link->officer);
    struct MHD_Response *response = send_answer_new (&html);
    if (first)
        session_carry (request, response);
    request_answer (request, MHD_HTTP_OK, response);
    free (action);
}

void send_offer (request_t *request)
{
    look_up (request, show_offer);
}

// --- Joining ---------------------------------------------------------------------------------------------------------------------

// 0 or -1.
static int write_invite (const send_t *self, const request_t *request, const invited_t *link, const char *id)
{
    bool ok = true;
    bc_config_t *config = self->portal->config;
    long base = bc_config_number (config, "intake/port_base", 7400, 1, 65000, &ok);
    zconfig_t *invite = zconfig_new ("root", NULL);
    zconfig_put (invite, "baocao/version", "1");
    zconfig_put (invite, "unit/code", link->unit);
    zconfig_put (invite, "unit/name_vi", link->name_vi);
    zconfig_put (invite, "unit/name_en", link->name_en);
    zconfig_putf (invite, "endpoint/address", "tcp://%s:%ld", bc_config_get (config, "portal/intake_host", "127.0.0.1"),
                  base + link->door);
    zconfig_put (invite, "endpoint/public_key", link->door_key);
    zconfig_put (invite, "receipt/key_id", link->receipt_key_id);
    zconfig_put (invite, "receipt/public_key", link->receipt_key);
    zconfig_putf (invite, "enrolment/address", "tcp://%s:%ld", bc_config_get (config, "portal/enrolment_host", "127.0.0.1"),
                  bc_config_number (config, "enrolment/port", 7400, 1, 65535, &ok));
    zconfig_put (invite, "enrolment/public_key", self->enrolment_key);
    zconfig_put (invite, "enrolment/token", request_name (request, "token"));
    zconfig_put (invite, "enrolment/name", link->officer);
    char *text = zconfig_str_save (invite);
    int rc = ok ? send_home_write (self->root, id, "invite", text, strlen (text)) : -1;
    freen (text);
    zconfig_destroy (&invite);
    return rc;
}

static void on_joined (task_t *task, const json_t *record, bool good)
{
    request_t *request = task->request;
    uint8_t home[ACCOUNT_STAMP];
    size_t size;
    if (!good) {
        send_answer_word (request, MHD_HTTP_SERVICE_UNAVAILABLE,
                          _ ("The server did not let this link in. Please try again in a minute."),
                          json_string_value (json_object_get (record, "said")));
        return;
    }
    sodium_hex2bin (home, sizeof home, task->id, strlen (task->id), NULL, &size, NULL);
    struct MHD_Response *answer = answer_lasting ("", 0, "text/plain");
    session_begin_sender (request, home, answer);
    bc_log (BC_LOG_INFO, "portal.sender", NULL, "a link was opened from %s", request->address);
    send_answer_show (request, answer);
}

static void join (request_t *request, const invited_t *link, const uint8_t *home, const char *id)
{
    static const char *const JOIN[] = {"join", "invite", "--json", NULL};
    send_t *self = request->portal->send;
    (void)home;
    json_t *who =
        json_pack ("{s:s, s:s, s:s, s:s}", "unit", link->unit, "vi", link->name_vi, "en", link->name_en, "officer", link->officer);
    bool made = send_home_make (self->root, id) == 0 && write_invite (self, request, link, id) == 0;
    if (made)
        send_home_touch (self->root, id, bc_clock_ms ());
    made = send_home_write_json (self->root, id, "who.json", who) == 0 && made;
    if (!made)
        bc_log (BC_LOG_ERROR, "portal.sessions", NULL, "cannot write below %s: %s", self->root, strerror (errno));
    if (!made || !send_run (self, request, id, NULL, on_joined, JOIN))
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
}

void send_open (request_t *request)
{
    if (session_sent_token (request, request->session))
        look_up (request, join);
    else
        site_refuse (request, MHD_HTTP_BAD_REQUEST);
}

// --- The officer's page ----------------------------------------------------------------------------------------------------------

// The plans that the workbook can be for.
static void list_plans (const request_t *request, const char *plans[PLANS + 1][2])
{
    const plan_book_t *book = request->portal->book;
    size_t n = 0;
    for (; n < book->n_plans && n < PLANS; n++) {
        plans[n][0] = book->plans[n].code;
        plans[n][1] = request->vietnamese ? book->plans[n].title_vi : book->plans[n].title_en;
    }
    plans[n][0] = plans[n][1] = NULL;
}

static void show (request_t *request, const char *id, json_t *receipts)
{
    const send_t *self = request->portal->send;
    const char *plans[PLANS + 1][2];
    char token[SESSION_TOKEN];
    json_t *who = send_home_read_json (self->root, id, "who.json");
    page_t page = own_page (request, _ ("Sending a report"));
    send_view_t view = {.page = &page,
                        .token = token,
                        .unit = json_string_value (json_object_get (who, request->vietnamese ? "vi" : "en")),
                        .officer = json_string_value (json_object_get (who, "officer")),
                        .check = send_home_read_json (self->root, id, "check.json"),
                        .push = send_home_read_json (self->root, id, "push.json"),
                        .receipts = json_is_object (receipts) ? json_pack ("[O]", receipts) : json_incref (receipts),
                        .plans = plans,
                        .waiting = send_home_waiting (self->root, id),
                        .is_busy = send_is_busy (self, id)};
    html_t *html = html_new ();
    list_plans (request, plans);
    session_token (request, request->sender, token);
    send_page (html, &view);
    request_answer (request, MHD_HTTP_OK, send_answer_new (&html));
    json_decref (view.check);
    json_decref (view.push);
    json_decref (view.receipts);
    json_decref (who);
}

static void on_receipts (task_t *task, const json_t *record, bool good)
{
    json_t *output = json_object_get (record, "output");
    show (task->request, task->id, good ? output : NULL);
}

void send_show (request_t *request)
{
    static const char *const LIST[] = {"receipt", "list", "--json", NULL};
    char id[SEND_HOME_ID];
    if (!has_home (request, id))
        return;
    send_home_write (request->portal->send->root, id, "opened", "", 0);
    if (!send_run (request->portal->send, request, id, NULL, on_receipts, LIST))
        show (request, id, NULL);
}

// --- Files -----------------------------------------------------------------------------------------------------------------------

static void on_file (task_t *task, const json_t *record, bool good)
{
    size_t size = 0;
    char *content = good ? send_home_read (task->send->root, task->id, task->file, &size) : NULL;
    if (!content) {
        send_answer_word (task->request, MHD_HTTP_SERVICE_UNAVAILABLE, _ ("The file could not be made."),
                          json_string_value (json_object_get (record, "said")));
        return;
    }
    bool pdf = streq (task->file, "receipt.pdf");
    struct MHD_Response *response =
        answer_new (content, size, pdf ? "application/pdf" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    answer_private (response);
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
                             pdf ? "inline; filename=\"receipt.pdf\"" : "attachment; filename=\"bao-cao.xlsx\"");
    request_answer (task->request, MHD_HTTP_OK, response);
}

static void on_mailbox (task_t *task, const json_t *record, bool good)
{
    json_t *output = json_object_get (record, "output"),
           *notices = json_is_object (output) ? json_pack ("[O]", output) : json_incref (output);
    page_t page = own_page (task->request, _ ("Mailbox"));
    html_t *html = html_new ();
    if (good)
        send_page_mailbox (html, &page, notices);
    else
        send_page_word (html, &page, _ ("The mailbox could not be read just now."),
                        json_string_value (json_object_get (record, "said")));
    request_answer (task->request, good ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, send_answer_new (&html));
    json_decref (notices);
}

static bool run_file (request_t *request, const char *id, const char *file)
{
    send_t *self = request->portal->send;
    const char *plan = request_query (request, "plan"), *report = request_query (request, "report");
    const plan_t *known = plan ? plan_book_plan (request->portal->book, plan) : NULL;
    uint8_t uuid[BC_UUID_SIZE];
    char *old = send_home_path (self->root, id, file);
    bool runs = false;
    if (!send_is_busy (self, id))
        unlink (old);  // the command keeps what is there
    free (old);
    if (streq (file, "template.xlsx"))
        runs = send_run (self, request, id, file, on_file,
                         (const char *const[]){"template", "-o", file, known ? "--plan" : NULL, known ? known->code : NULL, NULL});
    else if (streq (file, "receipt.pdf") && report && bc_uuid_parse (report, uuid) == 0)
        runs = send_run (self, request, id, file, on_file, (const char *const[]){"receipt", "pdf", report, "-o", file, NULL});
    else if (streq (file, "mailbox"))
        runs = send_run (self, request, id, NULL, on_mailbox, (const char *const[]){"mailbox", "--json", NULL});
    return runs;
}

void send_file (request_t *request)
{
    const char *file = request_name (request, "file");
    char id[SEND_HOME_ID];
    if (!has_home (request, id))
        return;
    if (!streq (file, "template.xlsx") && !streq (file, "receipt.pdf") && !streq (file, "mailbox"))
        site_refuse (request, MHD_HTTP_NOT_FOUND);
    else if (!run_file (request, id, file))
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
}

// --- Doing -----------------------------------------------------------------------------------------------------------------------

static void on_pushed (task_t *task, const json_t *record, bool good)
{
    (void)good;
    send_home_write_json (task->send->root, task->id, "push.json", json_deep_copy (record));
    send_answer_show (task->request, answer_lasting ("", 0, "text/plain"));
}

static void on_flushed (task_t *task, const json_t *record, bool good)
{
    (void)record, (void)good;
    send_answer_show (task->request, answer_lasting ("", 0, "text/plain"));
}

// A report that could not be delivered keeps the home, and with it the key, until it is: the sweep looks after it.
static void on_left (task_t *task, const json_t *record, bool good)
{
    (void)record, (void)good;
    if (send_home_waiting (task->send->root, task->id) > 0) {
        send_answer_show (task->request, answer_lasting ("", 0, "text/plain"));
        return;
    }
    page_t page = own_page (task->request, _ ("Sending a report"));
    html_t *html = html_new ();
    send_home_remove (task->send->root, task->id);
    send_page_word (html, &page,
                    _ ("You have left. What was kept for you here has been removed; the receipts stay with the server."), NULL);
    struct MHD_Response *response = send_answer_new (&html);
    session_end_sender (task->request, response);
    request_answer (task->request, MHD_HTTP_OK, response);
}

static bool is_valid (const send_t *self, const char *id)
{
    json_t *check = send_home_read_json (self->root, id, "check.json");
    bool valid = json_is_true (json_object_get (json_object_get (check, "output"), "valid"));
    json_decref (check);
    return valid;
}

void send_do (request_t *request)
{
    static const char *const PUSH[] = {"push", "upload.xlsx", "--yes", "--json", "--wait", "20", NULL};
    static const char *const FLUSH[] = {"queue", "flush", "--json", NULL};
    send_t *self = request->portal->send;
    const char *what = request_name (request, "file");
    char id[SEND_HOME_ID];
    if (!has_home (request, id))
        return;
    bool push = streq (what, "push"), flush = streq (what, "flush"), leave = streq (what, "leave");
    if (!push && !flush && !leave)
        site_refuse (request, MHD_HTTP_NOT_FOUND);
    else if (!session_sent_token (request, request->sender) || (push && !is_valid (self, id)))
        site_refuse (request, MHD_HTTP_BAD_REQUEST);
    else if (!send_run (self, request, id, NULL, push ? on_pushed : leave ? on_left : on_flushed, push ? PUSH : FLUSH))
        send_answer_word (request, MHD_HTTP_CONFLICT,
                          _ ("What you gave before is still being worked on. Load the page again in a moment."), NULL);
}

// --- Sweeping --------------------------------------------------------------------------------------------------------------------

static void on_swept (task_t *task, const json_t *record, bool good)
{
    (void)task, (void)record, (void)good;
}

static void sweep_one (const char *id, void *arg)
{
    static const char *const FLUSH[] = {"queue", "flush", "--json", NULL};
    send_t *self = arg;
    if (send_is_busy (self, id))
        return;
    if (send_home_waiting (self->root, id) > 0)
        send_run (self, NULL, id, NULL, on_swept, FLUSH);
    else if (bc_clock_ms () - send_home_used (self->root, id) >= SEND_IDLE_MS)
        send_home_remove (self->root, id);
}

static int on_timer (zloop_t *loop, int timer, void *arg)
{
    send_t *self = arg;
    (void)loop;
    (void)timer;
    send_homes_each (self->root, sweep_one, self);
    return 0;
}

// --- Start and stop --------------------------------------------------------------------------------------------------------------

// Public, beside the portal's own key. NULL: it is not there (logged).
static char *read_enrolment_key (bc_config_t *config)
{
    char *path = xasprintf ("%s/enrolment.key", bc_config_get (config, "portal/home", "."));
    zchunk_t *content = zchunk_slurp (path, 256);
    char *text = content ? xmemdup (zchunk_data (content), zchunk_size (content)) : NULL;
    zchunk_destroy (&content);
    if (text)
        text[strcspn (text, "\r\n")] = 0;
    if (!text || strlen (text) != 40) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "%s is no public key: run baocao-setup", path);
        free (text);
        text = NULL;
    }
    free (path);
    return text;
}

send_t *send_new (portal_t *portal)
{
    send_t *self = xcalloc (1, sizeof *self);
    bool ok = true;
    self->portal = portal;
    self->root = bc_config_get (portal->config, "portal/sessions", "/var/lib/baocao/sessions");
    self->program = bc_config_get (portal->config, "portal/program", "baocao");
    self->busy = zhashx_new ();
    self->enrolment_key = read_enrolment_key (portal->config);
    long sweep_s = bc_config_number (portal->config, "portal/sweep_s", SWEEP_S, 1, 3600, &ok);
    if (self->enrolment_key && send_homes_make (self->root)) {
        bc_log (BC_LOG_ERROR, "portal.sessions", NULL, "portal/sessions: %s cannot be a directory of mode 0700 (%s)", self->root,
                strerror (errno));
        ok = false;
    }
    if (!self->enrolment_key || !ok)
        send_destroy (&self);
    else
        self->timer = zloop_timer (portal->loop, (size_t)sweep_s * 1000, 0, on_timer, self);
    return self;
}

void send_destroy (send_t **self_p)
{
    send_t *self = *self_p;
    if (!self)
        return;
    if (self->timer)
        zloop_timer_end (self->portal->loop, self->timer);
    zhashx_destroy (&self->busy);
    free (self->enrolment_key);
    free (self);
    *self_p = NULL;
}
