// The one-time link, from being looked at to having joined.
#include <sodium.h>

#include "common/clock.h"
#include "common/language.h"
#include "common/log.h"
#include "common/xmem.h"
#include "portal.h"
#include "send_db.h"
#include "send_page.h"
#include "send_private.h"

enum { TOKEN = 32 };

// --- Looking --------------------------------------------------------------------------------------------------------------------

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
    page_t page = send_own_page (request, _ ("Sending a report"));
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
    if (!made || !send_run (self, request, id, SEND_WRITES, NULL, on_joined, JOIN))
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
}

void send_open (request_t *request)
{
    if (session_sent_token (request, request->session))
        look_up (request, join);
    else
        site_refuse (request, MHD_HTTP_BAD_REQUEST);
}
