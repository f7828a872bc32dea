#include "send.h"

#include <sodium.h>

#include "common/clock.h"
#include "common/keys.h"
#include "common/language.h"
#include "common/log.h"
#include "common/xmem.h"
#include "portal.h"
#include "send_page.h"
#include "send_private.h"

enum { SWEEP_S = 60, PLANS = 16 };

// --- Answers ---------------------------------------------------------------------------------------------------------------------

page_t send_own_page (const request_t *request, const char *title)
{
    page_t page = site_page (request);
    page.title = title;
    page.is_public = request->access == ACCESS_PUBLIC;
    page.seq = 0;
    if (!page.plan && request->portal->book && request->portal->book->n_plans > 0)
        page.utc_offset_minutes = request->portal->book->plans[0].utc_offset_minutes;  // the province's
    return page;
}

struct MHD_Response *send_answer_new (html_t **html_p)
{
    size_t size;
    char *text = html_take (html_p, &size);
    struct MHD_Response *response = answer_new (text, size, "text/html; charset=utf-8");
    answer_private (response);
    MHD_del_response_header (response, "Referrer-Policy", "same-origin");
    MHD_add_response_header (response, "Referrer-Policy", "no-referrer");  // a link's address opens it
    return response;
}

void send_answer_word (request_t *request, unsigned status, const char *text, const char *said)
{
    page_t page = send_own_page (request, _ ("Sending a report"));
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

void send_answer_over (request_t *request)
{
    send_answer_word (
        request, MHD_HTTP_FORBIDDEN,
        _ ("To send a report here, open the link that the standing agency has given you. It is good once; when you have left, or a "
           "day has gone by, ask for another one."),
        NULL);
}

// Without a session: the page says what to do. True: there is one.
static bool has_home (request_t *request, char id[SEND_HOME_ID])
{
    site_speak (request->vietnamese);
    if (send_home_of (request, id)) {
        send_home_touch (request->portal->send->root, id, bc_clock_ms ());
        return true;
    }
    send_answer_over (request);
    return false;
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
    page_t page = send_own_page (request, _ ("Sending a report"));
    send_view_t view = {.page = &page,
                        .token = token,
                        .unit = json_string_value (json_object_get (who, request->vietnamese ? "vi" : "en")),
                        .officer = json_string_value (json_object_get (who, "officer")),
                        .upload = send_home_read_json (self->root, id, "upload.json"),
                        .check = send_home_read_json (self->root, id, "check.json"),
                        .push = send_home_read_json (self->root, id, "push.json"),
                        .receipts = json_is_object (receipts) ? json_pack ("[O]", receipts) : json_incref (receipts),
                        .plans = plans,
                        .waiting = send_home_waiting (self->root, id),
                        .is_hopeless = send_is_hopeless (self, id),
                        .is_busy = send_is_busy (self, id)};
    html_t *html = html_new ();
    list_plans (request, plans);
    session_token (request, request->sender, token);
    send_page (html, &view);
    request_answer (request, MHD_HTTP_OK, send_answer_new (&html));
    json_decref (view.upload);
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
    if (!send_run (request->portal->send, request, id, SEND_READS, NULL, on_receipts, LIST))
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
    page_t page = send_own_page (task->request, _ ("Mailbox"));
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
    bool runs = false;
    if (streq (file, "template.xlsx"))
        runs = send_run (self, request, id, SEND_READS, file, on_file,
                         (const char *const[]){"template", "-o", file, known ? "--plan" : NULL, known ? known->code : NULL, NULL});
    else if (streq (file, "receipt.pdf") && report && bc_uuid_parse (report, uuid) == 0)
        runs = send_run (self, request, id, SEND_READS, file, on_file,
                         (const char *const[]){"receipt", "pdf", report, "-o", file, NULL});
    else if (streq (file, "mailbox"))
        runs = send_run (self, request, id, SEND_READS, NULL, on_mailbox, (const char *const[]){"mailbox", "--json", NULL});
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
    else if (send_is_busy (request->portal->send, id))
        send_answer_word (request, MHD_HTTP_CONFLICT,
                          _ ("What you gave before is still being worked on. Load the page again in a moment."), NULL);
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
    (void)good;
    send_note_flush (task, record);
    send_answer_show (task->request, answer_lasting ("", 0, "text/plain"));
}

// A report that could not be delivered keeps the home, and with it the key, until it is: the sweep looks after it. Unless it never will.
static void on_left (task_t *task, const json_t *record, bool good)
{
    bool hopeless = send_is_hopeless (task->send, task->id);  // as the page has said
    (void)good;
    send_note_flush (task, record);
    if (send_home_waiting (task->send->root, task->id) > 0 && !hopeless) {
        send_answer_show (task->request, answer_lasting ("", 0, "text/plain"));
        return;
    }
    page_t page = send_own_page (task->request, _ ("Sending a report"));
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

// Is it the workbook that the page showed? Another window may have brought another one since.
static bool is_meant (const request_t *request, const char *id)
{
    char *digest = request_form (request, "digest");
    json_t *upload = send_home_read_json (request->portal->send->root, id, "upload.json");
    const char *there = json_string_value (json_object_get (upload, "digest"));
    bool meant = digest && there && streq (digest, there);
    json_decref (upload);
    free (digest);
    return meant;
}

void send_do (request_t *request)
{
    static const char *const PUSH[] = {"push", "upload.xlsx", "--yes", "--json", "--wait", "20", NULL};
    static const char *const FLUSH[] = {"queue", "flush", "--wait", "20", "--json", NULL};
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
    else if (push && !is_meant (request, id))
        send_answer_word (
            request, MHD_HTTP_CONFLICT,
            _ ("Another workbook has been given since this page was shown. Load the page again, and look at what will be sent."),
            NULL);
    else if (!send_run (self, request, id, SEND_WRITES, NULL, push ? on_pushed : leave ? on_left : on_flushed, push ? PUSH : FLUSH))
        send_answer_word (request, MHD_HTTP_CONFLICT,
                          _ ("What you gave before is still being worked on. Load the page again in a moment."), NULL);
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
    self->coming = zhashx_new ();
    self->tasks = zlistx_new ();
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
        send_sweep_begin (self, sweep_s);
    return self;
}

void send_destroy (send_t **self_p)
{
    send_t *self = *self_p;
    if (!self)
        return;
    send_sweep_end (self);
    for (task_t *task; (task = zlistx_detach (self->tasks, NULL));)
        task_destroy (&task);
    zlistx_destroy (&self->tasks);
    zhashx_destroy (&self->busy);
    zhashx_destroy (&self->coming);
    free (self->enrolment_key);
    free (self);
    *self_p = NULL;
}
