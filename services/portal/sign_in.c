#include "sign_in.h"

#include <stdatomic.h>

#include "common/clock.h"
#include "common/language.h"
#include "common/log.h"
#include "common/metrics.h"
#include "common/password.h"
#include "common/xmem.h"
#include "lockout.h"
#include "portal.h"
#include "session.h"
#include "site.h"
#include "words.h"

enum { PATH_MAX_BYTES = 1024 };

struct sign_in {
    portal_t *portal;
    zactor_t *thread;
    atomic_bool over;
    size_t waiting;
    lockout_t *accounts, *addresses;
    bc_metric_t *passes;
    char nobody[crypto_pwhash_STRBYTES];  // for a name that is unknown, so that the same work is done
};

typedef struct {
    request_t *request;
    int account;  // 0: there is none of that name
    char *name, *password, *hash;
    int fits;
} attempt_t;

// --- The page --------------------------------------------------------------------------------------------------------------------

bool sign_in_is_own (const char *path)
{
    if (path[0] != '/' || path[1] == '/' || path[1] == '\\' || strlen (path) > PATH_MAX_BYTES)
        return false;
    for (const char *at = path; *at; at++)
        if ((unsigned char)*at <= 0x20 || *at == 0x7f)
            return false;
    return true;
}

static void put_form (html_t *html, const request_t *request, const char *token, const char *name, const char *to)
{
    html_put (html, "<form class=\"sign-in\" method=\"post\" action=\"/%s/sign-in\">\n", request->vietnamese ? "vi" : "en");
    html_put (html, "<input type=\"hidden\" name=\"csrf\" value=\"%s\"><input type=\"hidden\" name=\"to\" value=\"%s\">\n", token,
              to);
    html_put (html,
              "<p><label for=\"name\">%s</label><input id=\"name\" name=\"name\" value=\"%s\" autocomplete=\"username\" "
              "autocapitalize=\"none\" spellcheck=\"false\" maxlength=\"200\" required></p>\n",
              _ ("Name"), name);
    html_put (html,
              "<p><label for=\"password\">%s</label><input id=\"password\" name=\"password\" type=\"password\" "
              "autocomplete=\"current-password\" maxlength=\"256\" required></p>\n",
              _ ("Password"));
    html_put (html, "<p><button>%s</button></p>\n</form>\n<p class=\"note\">%s</p>\n", _ ("Sign in"),
              _ ("The standing agency gives accounts and passwords, and gives another password when one is forgotten."));
}

static struct MHD_Response *own_page (html_t **html_p, const page_t *page)
{
    size_t size;
    page_end (*html_p, page);
    char *text = html_take (html_p, &size);
    struct MHD_Response *response = answer_new (text, size, "text/html; charset=utf-8");
    answer_private (response);
    return response;
}

// name and to: NULL, or as they were sent.
static void answer_form (request_t *request, unsigned status, const char *fault, const char *name, const char *to)
{
    char token[SESSION_TOKEN];
    site_speak (request->vietnamese);
    page_t page = site_page (request);
    html_t *html = html_new ();
    page.title = _ ("Sign in");
    page.seq = 0;
    bool first = !request->session;
    if (first)
        session_begin (request, SESSION_FORM, NULL);
    session_token (request, request->session, token);
    page_begin (html, &page);
    html_put (html, "<h1>%s</h1>\n", page.title);
    if (fault)
        html_put (html, "<p class=\"fault\" role=\"alert\">%s</p>\n", fault);
    put_form (html, request, token, name ? name : "", to && sign_in_is_own (to) ? to : "/");
    struct MHD_Response *response = own_page (&html, &page);
    if (first)
        session_carry (request, response);
    if (status == MHD_HTTP_TOO_MANY_REQUESTS)
        MHD_add_response_header (response, MHD_HTTP_HEADER_RETRY_AFTER, "60");
    request_answer (request, status, response);
}

// A path as an address: whatever could mean something else there is encoded.
static void go_to (request_t *request, const char *path, struct MHD_Response *answer)
{
    html_t *location = html_new ();
    const char *from = sign_in_is_own (path) ? path : "/";
    for (size_t size; *from; from += size) {
        html_put (location, "/");
        from++;
        size = strcspn (from, "/");
        char *segment = xmemdup (from, size);
        html_put_segment (location, segment);
        free (segment);
    }
    answer_private (answer);
    MHD_add_response_header (answer, MHD_HTTP_HEADER_LOCATION, html_text (location, NULL));
    html_destroy (&location);
    request_answer (request, MHD_HTTP_SEE_OTHER, answer);
}

void sign_in_show (request_t *request)
{
    const char *to = request_query (request, "to");
    if (request->account)
        go_to (request, to ? to : "/", answer_lasting ("", 0, "text/plain"));
    else
        answer_form (request, MHD_HTTP_OK, NULL, NULL, to);
}

// --- Trying ----------------------------------------------------------------------------------------------------------------------

static void attempt_destroy (attempt_t **self_p)
{
    attempt_t *self = *self_p;
    sodium_memzero (self->password, strlen (self->password));
    sodium_memzero (self->hash, strlen (self->hash));
    free (self->password);
    free (self->hash);
    free (self->name);
    free (self);
    *self_p = NULL;
}

// Is the account still the one whose password was looked at?
static const account_t *account_now (const portal_t *portal, const attempt_t *attempt)
{
    const account_t *account = accounts_find (portal->accounts, attempt->account);
    return account && account->hash && streq (account->hash, attempt->hash) ? account : NULL;
}

static void refuse (request_t *request, const attempt_t *attempt)
{
    char *to = request_form (request, "to");
    // What was typed there may be a password: only a name that we know is kept.
    bc_log (BC_LOG_WARNING, "portal.refused", NULL, "%s from %s: wrong name or password",
            attempt->account ? attempt->name : "somebody", request->address);
    site_speak (request->vietnamese);
    answer_form (request, MHD_HTTP_FORBIDDEN, _ ("The name or the password is not right."), attempt->name, to);
    free (to);
}

static void welcome (request_t *request, const account_t *account)
{
    sign_in_t *self = request->portal->sign_in;
    char place[PROXY_ADDRESS], *to = request_form (request, "to");
    struct MHD_Response *answer = answer_lasting ("", 0, "text/plain");
    proxies_place (request->address, place);
    lockout_forgive (self->accounts, account->name);
    lockout_undo (self->addresses, place);
    bc_log (BC_LOG_INFO, "portal.sign-in", NULL, "%s from %s", account->name, request->address);
    session_begin (request, SESSION_SIGNED_IN, account);
    session_carry (request, answer);
    go_to (request, to ? to : "/", answer);
    free (to);
}

static int on_looked (zloop_t *loop, zsock_t *pipe, void *arg)
{
    sign_in_t *self = arg;
    attempt_t *attempt = NULL;
    (void)loop;
    if (zsock_recv (pipe, "p", &attempt) || !attempt)
        return 0;
    self->waiting--;
    const account_t *account = attempt->fits ? account_now (self->portal, attempt) : NULL;
    if (account)
        welcome (attempt->request, account);
    else
        refuse (attempt->request, attempt);
    attempt_destroy (&attempt);
    return 0;
}

static attempt_t *attempt_new (request_t *request, char **name_p, char **password_p)
{
    const sign_in_t *self = request->portal->sign_in;
    const account_t *account = accounts_named (request->portal->accounts, *name_p);
    attempt_t *attempt = xcalloc (1, sizeof *attempt);
    bool known = account && account->hash;
    *attempt = (attempt_t){.request = request, .account = known ? account->id : 0, .name = *name_p, .password = *password_p};
    attempt->hash = xstrdup (known ? account->hash : self->nobody);
    *name_p = *password_p = NULL;
    return attempt;
}

// Counts before the password is looked at: many at once gain nothing. False: not now.
static bool count_attempt (sign_in_t *self, const char *name, const char *address)
{
    int64_t now = bc_clock_monotonic_ms ();
    char place[PROXY_ADDRESS];
    proxies_place (address, place);
    if (self->waiting >= SIGN_IN_WAITING || lockout_pause (self->accounts, name, now) > 0 ||
        lockout_pause (self->addresses, place, now) > 0)
        return false;
    lockout_begin (self->accounts, name, now);
    lockout_begin (self->addresses, place, now);
    return true;
}

void sign_in_try (request_t *request)
{
    sign_in_t *self = request->portal->sign_in;
    char *name = request_form (request, "name"), *password = request_form (request, "password"), *to = request_form (request, "to");
    site_speak (request->vietnamese);
    if (!session_sent_token (request, request->session))
        answer_form (request, MHD_HTTP_BAD_REQUEST, _ ("This page was open for too long, or cookies are off. Please sign in now."),
                     name, to);
    else if (!name || !password)
        site_refuse (request, MHD_HTTP_BAD_REQUEST);
    else if (!accounts_known (request->portal->accounts))
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
    else if (!count_attempt (self, name, request->address)) {
        bc_log (BC_LOG_WARNING, "portal.locked", NULL, "%s: too many attempts", request->address);
        answer_form (request, MHD_HTTP_TOO_MANY_REQUESTS, _ ("Too many attempts. Please wait a while, then try again."), name, to);
    } else {
        attempt_t *attempt = attempt_new (request, &name, &password);
        self->waiting++;
        zsock_send (self->thread, "p", attempt);
    }
    if (password)
        sodium_memzero (password, strlen (password));
    free (password);
    free (name);
    free (to);
}

// --- Leaving, and one's account --------------------------------------------------------------------------------------------------

void sign_in_leave (request_t *request)
{
    if (!session_sent_token (request, request->session)) {
        site_refuse (request, MHD_HTTP_BAD_REQUEST);
        return;
    }
    struct MHD_Response *answer = answer_lasting ("", 0, "text/plain");
    if (request->account)
        bc_log (BC_LOG_INFO, "portal.sign-out", NULL, "%s from %s", request->account, request->address);
    session_end (request, answer);
    go_to (request, request->vietnamese ? "/vi/sign-in" : "/en/sign-in", answer);
}

static void put_leave (html_t *html, const request_t *request)
{
    char token[SESSION_TOKEN];
    if (request->session->kind == SESSION_PROXY) {
        html_put (html, "<p>%s</p>\n", _ ("You have signed in elsewhere, and sign out there."));
        return;
    }
    session_token (request, request->session, token);
    html_put (html,
              "<form method=\"post\" action=\"/%s/sign-out\"><input type=\"hidden\" name=\"csrf\" "
              "value=\"%s\"><button>%s</button></form>\n",
              request->vietnamese ? "vi" : "en", token, _ ("Sign out"));
}

void sign_in_account (request_t *request)
{
    site_speak (request->vietnamese);
    page_t page = site_page (request);
    html_t *html = html_new ();
    page.title = _ ("Your account");
    page.seq = 0;
    page_begin (html, &page);
    html_put (html, "<h1>%s</h1>\n<p>%s <b>%s</b></p>\n<p>%s</p>\n", page.title, _ ("You have signed in as"), request->account,
              request->access == ACCESS_AGENCY ? _ ("You see what the standing agency sees.") : _ ("You see what readers see."));
    put_leave (html, request);
    request_answer (request, MHD_HTTP_OK, own_page (&html, &page));
}

// --- The thread ------------------------------------------------------------------------------------------------------------------

// How often Argon2 goes over its memory for this hash.
static int passes_of (const char *hash)
{
    const char *at = strstr (hash, ",t=");
    return at ? (int)strtol (at + 3, NULL, 10) : 0;
}

// Every attempt goes back, at the end without having been looked at.
static void look (zsock_t *pipe, void *arg)
{
    sign_in_t *self = arg;
    zsock_signal (pipe, 0);
    for (zframe_t *frame; (frame = zframe_recv (pipe));) {
        attempt_t *attempt = NULL;  // $TERM is of another size
        if (zframe_size (frame) == sizeof attempt)
            memcpy (&attempt, zframe_data (frame), sizeof attempt);
        zframe_destroy (&frame);
        if (!attempt)
            break;
        attempt->fits = !atomic_load (&self->over) && bc_password_fits (attempt->hash, attempt->password);
        bc_metric_add (self->passes, passes_of (attempt->hash));
        zsock_send (pipe, "p", attempt);
    }
}

sign_in_t *sign_in_new (portal_t *portal)
{
    sign_in_t *self = xcalloc (1, sizeof *self);
    char secret[2 * SESSION_ID + 1];
    uint8_t bytes[SESSION_ID];
    randombytes_buf (bytes, sizeof bytes);
    sodium_bin2hex (secret, sizeof secret, bytes, sizeof bytes);
    self->portal = portal;
    self->passes =
        bc_metric_counter ("baocao_portal_password_passes_total", "Argon2's passes over its memory for those who sign in.");
    self->accounts = lockout_new (SIGN_IN_FREE_ACCOUNT);
    self->addresses = lockout_new (SIGN_IN_FREE_ADDRESS);
    if (bc_password_hash (self->nobody, secret)) {
        bc_log (BC_LOG_ERROR, "portal.memory", NULL, "not enough memory to look at passwords");
        sign_in_destroy (&self);
        return NULL;
    }
    self->thread = zactor_new (look, self);
    zloop_reader (portal->loop, zactor_sock (self->thread), on_looked, self);
    zloop_reader_set_tolerant (portal->loop, zactor_sock (self->thread));
    return self;
}

void sign_in_destroy (sign_in_t **self_p)
{
    sign_in_t *self = *self_p;
    if (!self)
        return;
    atomic_store (&self->over, true);
    if (self->thread)
        zloop_reader_end (self->portal->loop, zactor_sock (self->thread));
    for (attempt_t *attempt; self->waiting > 0 && zsock_recv (self->thread, "p", &attempt) == 0; self->waiting--)
        attempt_destroy (&attempt);
    zactor_destroy (&self->thread);
    lockout_destroy (&self->accounts);
    lockout_destroy (&self->addresses);
    free (self);
    *self_p = NULL;
}
