#include "site.h"

#include <unistr.h>

#include <sodium.h>

#include "common/clock.h"
#include "common/language.h"
#include "common/log.h"
#include "common/xmem.h"
#include "send.h"
#include "session.h"

extern const uint8_t portal_messages[];

enum { PATH_MAX_BYTES = 1024, PERIODS_MAX = 64, PLANS_MAX = 32 };

void site_speak (bool vietnamese)
{
    bc_language_speak (vietnamese ? portal_messages : NULL);
}

// --- Addresses -------------------------------------------------------------------------------------------------------------------

// Does the slug stand for this code? A code's '/' is '-' in an address.
static bool is_slug (const char *slug, const char *code)
{
    for (; *slug && *code; slug++, code++)
        if (*slug != (*code == '/' ? '-' : *code))
            return false;
    return *slug == *code;
}

static const plan_t *find_plan (const plan_book_t *book, const char *slug)
{
    for (size_t i = 0; book && i < book->n_plans; i++)
        if (is_slug (slug, book->plans[i].code))
            return &book->plans[i];
    return NULL;
}

const plan_t *site_plan (const request_t *request)
{
    return request->plan && request->portal->book ? plan_book_plan (request->portal->book, request->plan) : NULL;
}

const plan_period_t *site_period (const request_t *request)
{
    const plan_t *plan = site_plan (request);
    return plan && request->period ? plan_period (plan, request->period) : NULL;
}

int site_offset (const portal_t *portal, const char *plan)
{
    const plan_t *found = portal->book ? plan_book_plan (portal->book, plan) : NULL;
    return found ? found->utc_offset_minutes : 0;
}

// Takes the placeholder's text out of the address. False: it is not such a one.
static bool take_name (request_t *request, const char *name, size_t length, const char *text)
{
    static const char *const NAMES[] = {"lang",   "plan",   "period", "task",      "group", "unit",
                                        "report", "figure", "source", "indicator", "file",  "token"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strlen (NAMES[i]) == length && !strncmp (NAMES[i], name, length)) {
            request->names[request->n_names].name = NAMES[i];
            request->names[request->n_names++].text = text;
            return *text && (!streq (NAMES[i], "lang") || streq (text, "vi") || streq (text, "en"));
        }
    return false;
}

// Does the path fit the pattern? The request then has the placeholders' texts: they lie in one copy of the path, cut at its slashes.
static bool matches (request_t *request, const char *pattern)
{
    request->n_names = 0;
    char *at = strcpy (request->segments, request->path);
    while (*pattern == '/' && *at == '/') {
        *at++ = 0;
        pattern++;
        size_t length = strcspn (pattern, "/"), size = strcspn (at, "/");
        char next = at[size];
        at[size] = 0;
        bool fits =
            *pattern == '{' ? take_name (request, pattern + 1, length - 2, at) : length == size && !strncmp (pattern, at, length);
        at[size] = next;
        if (!fits)
            return false;
        pattern += length;
        at += size;
    }
    return !*pattern && !*at;
}

static const route_t *find_route (request_t *request, bool *other_method_p)
{
    const char *method = streq (request->method, "HEAD") ? "GET" : request->method;
    for (const route_t *route = SITE_ROUTES; route->method; route++)
        if (matches (request, route->pattern)) {
            if (streq (route->method, method))
                return route;
            *other_method_p = true;
        }
    return NULL;
}

// Which plan and period? False: it names one that there is not.
static bool resolve (request_t *request)
{
    const char *slug = request_name (request, "plan"), *code = request_name (request, "period"),
               *language = request_name (request, "lang");
    if (language)
        request->vietnamese = streq (language, "vi");
    if (!slug)
        return true;
    const plan_t *plan = find_plan (request->portal->book, slug);
    const plan_period_t *period = plan && code ? plan_period (plan, code) : NULL;
    if (!plan || (code && !period))
        return false;
    request->plan = xstrdup (plan->code);
    request->period = period ? xstrdup (period->code) : NULL;
    return true;
}

void site_address (const plan_t *plan, const plan_period_t *period, char *address, size_t size)
{
    int length = snprintf (address, size, "/%s", plan->code);
    for (char *at = address + 1; *at; at++)
        if (*at == '/')
            *at = '-';
    snprintf (address + length, size - (size_t)length, "/%s", period->code);
}

// --- Pages -----------------------------------------------------------------------------------------------------------------------

// The other plans, each with its current period.
static const page_plan_t *other_plans (const request_t *request, const plan_t *shown, page_plan_t plans[PLANS_MAX + 1])
{
    const plan_book_t *book = request->portal->book;
    size_t n = 0;
    for (size_t i = 0; i < book->n_plans && n < PLANS_MAX; i++) {
        const plan_t *plan = &book->plans[i];
        const plan_period_t *period = plan_current_period (plan, bc_clock_ms ());
        if (plan == shown || !period)
            continue;
        plans[n].code = plan->code;
        plans[n].title = request->vietnamese ? plan->title_vi : plan->title_en;
        site_address (plan, period, plans[n++].address, sizeof plans->address);
    }
    plans[n].code = NULL;
    return plans;
}

page_t site_page (const request_t *request)
{
    static page_assets_t assets;
    static const char *periods[PERIODS_MAX + 1];
    static page_plan_t plans[PLANS_MAX + 1];
    const portal_t *portal = request->portal;
    const plan_t *plan = site_plan (request);
    assets = (page_assets_t){.style = assets_path (portal->assets, "portal.css"),
                             .script = assets_path (portal->assets, "portal.js"),
                             .icon = assets_path (portal->assets, "icon.svg"),
                             .fonts = {assets_path (portal->assets, "be-vietnam-pro-latin-400-normal.woff2"),
                                       assets_path (portal->assets, "be-vietnam-pro-vietnamese-400-normal.woff2"),
                                       assets_path (portal->assets, "be-vietnam-pro-latin-600-normal.woff2"),
                                       assets_path (portal->assets, "be-vietnam-pro-vietnamese-600-normal.woff2")}};
    page_t page = {.vietnamese = request->vietnamese,
                   .is_public = request->access == ACCESS_PUBLIC,
                   .is_agency = request->access == ACCESS_AGENCY,
                   .seq = follow_seq (portal->follow),
                   .as_of = bc_clock_ms (),
                   .assets = &assets};
    page.path = request->path;
    if (request_name (request, "lang"))
        page.path += 3;
    if (!plan)
        return page;
    size_t n = 0;
    for (; n < plan->n_periods && n < PERIODS_MAX; n++)
        periods[n] = plan->periods[n].code;
    periods[n] = NULL;
    page.plan = plan->code;
    page.plan_slug = request_name (request, "plan");
    page.plan_title = request->vietnamese ? plan->title_vi : plan->title_en;
    page.period = request->period;
    page.periods = periods;
    page.plans = other_plans (request, plan, plans);
    page.utc_offset_minutes = plan->utc_offset_minutes;
    return page;
}

char *site_key (const request_t *request)
{
    return xasprintf ("%d %s", (int)request->access, request->path);
}

static const char *complaint (unsigned status)
{
    switch (status) {
    case MHD_HTTP_NOT_FOUND:
        return _ ("There is nothing at this address. It may have been typed wrongly, or what it names has another name now.");
    case MHD_HTTP_FORBIDDEN:
        return _ ("You may not see this page with the account with which you have signed in.");
    case MHD_HTTP_METHOD_NOT_ALLOWED:
        return _ ("This address cannot be used in this way.");
    case MHD_HTTP_CONTENT_TOO_LARGE:
        return _ ("What was sent is too large.");
    case MHD_HTTP_TOO_MANY_REQUESTS:
        return _ ("Too many attempts. Please wait a while, then try again.");
    case MHD_HTTP_BAD_REQUEST:
        return _ ("This request could not be understood. Please go back, load the page anew and try again.");
    default:
        return _ ("The page cannot be shown just now. Please try again in a minute; if it stays so, tell the standing agency.");
    }
}

void site_refuse (request_t *request, unsigned status)
{
    site_speak (request->vietnamese);
    page_t page = site_page (request);
    html_t *html = html_new ();
    size_t size;
    page.plan = page.period = NULL;  // no way to other pages of what is not there
    page.seq = 0;
    page.title = _ ("The page cannot be shown");
    page_begin (html, &page);
    html_put (html, "<h1>%s</h1>\n<p>%s</p>\n<p><a href=\"/\">%s</a></p>\n", page.title, complaint (status),
              _ ("To the first page"));
    page_end (html, &page);
    char *text = html_take (&html, &size);
    struct MHD_Response *response = answer_new (text, size, "text/html; charset=utf-8");
    answer_private (response);
    if (status == MHD_HTTP_BAD_REQUEST)
        MHD_add_response_header (response, MHD_HTTP_HEADER_CONNECTION, "close");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header (response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
        MHD_add_response_header (response, MHD_HTTP_HEADER_RETRY_AFTER, "5");
    request_answer (request, status, response);
}

// --- Requests --------------------------------------------------------------------------------------------------------------------

// The browser's languages, the first that we have; Vietnamese when it says nothing.
static bool prefers_vietnamese (const request_t *request)
{
    const char *languages = request_header (request, MHD_HTTP_HEADER_ACCEPT_LANGUAGE);
    const char *vi = languages ? strcasestr (languages, "vi") : NULL, *en = languages ? strcasestr (languages, "en") : NULL;
    return !en || (vi && vi < en);
}

// Whoever has not signed in is asked to, where that would help.
static void deny (request_t *request)
{
    if (request->account || !streq (request->method, "GET")) {
        site_refuse (request, MHD_HTTP_FORBIDDEN);
        return;
    }
    if (!accounts_known (request->portal->accounts)) {  // they may well have signed in: the database does not say
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
        return;
    }
    html_t *location = html_new ();
    const char *language = request_name (request, "lang");
    html_put (location, "/%s/sign-in?to=", language ? language : request->vietnamese ? "vi" : "en");
    html_put_segment (location, request->path);
    request_redirect (request, html_text (location, NULL));
    html_destroy (&location);
}

static void dispatch (request_t *request)
{
    const route_t *route = request->route;
    request->portal->was_asked = true;
    if (request->deceives)
        site_refuse (request, MHD_HTTP_FORBIDDEN);
    else if (request_header (request, MHD_HTTP_HEADER_CONTENT_LENGTH) &&
             request_header (request, MHD_HTTP_HEADER_TRANSFER_ENCODING))
        site_refuse (request, MHD_HTTP_BAD_REQUEST);  // of two lengths one deceives (RFC 9112, 6.1)
    else if (request->refused_body)
        site_refuse (request, MHD_HTTP_CONTENT_TOO_LARGE);
    else if (!request->portal->book)
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
    else if (!route)
        site_refuse (request, request->other_method ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND);
    else if (!route->is_open && (request->access < route->access || (!request->account && !request->portal->is_open)))
        deny (request);
    else if (!resolve (request))
        site_refuse (request, MHD_HTTP_NOT_FOUND);
    else
        route->handle (request);
}

static request_t *request_new (portal_t *portal, struct MHD_Connection *connection, const char *url, const char *method)
{
    request_t *self = xcalloc (1, sizeof *self);
    self->portal = portal;
    self->connection = connection;
    self->method = xstrdup (method);
    bool sound = strlen (url) <= PATH_MAX_BYTES && !u8_check ((const uint8_t *)url, strlen (url));
    self->path = xstrdup (sound ? url : "/too/long");
    self->segments = xmalloc (strlen (self->path) + 1);
    self->vietnamese = prefers_vietnamese (self);
    self->route = find_route (self, &self->other_method);
    self->deceives = session_look (self) != 0;
    return self;
}

static void take_body (request_t *self, const char *body, size_t size)
{
    if (self->body_size + size > REQUEST_FORM) {
        self->refused_body = true;
        return;
    }
    self->body = xrealloc (self->body, self->body_size + size + 1);
    memcpy (self->body + self->body_size, body, size);
    self->body_size += size;
    self->body[self->body_size] = 0;
}

static void suspend (request_t *self)
{
    portal_t *portal = self->portal;
    self->suspended = true;
    self->next = portal->suspended;
    self->at = &portal->suspended;
    if (self->next)
        self->next->at = &self->next;
    portal->suspended = self;
    MHD_suspend_connection (self->connection);
}

enum MHD_Result site_handle (void *arg, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                             const char *body, size_t *body_size, void **state_p)
{
    request_t *self = *state_p;
    (void)version;
    if (!self) {
        *state_p = request_new (arg, connection, url, method);
        return MHD_YES;
    }
    if (*body_size) {
        if (self->route && self->route->handle == send_take)  // too large to be kept in the request
            send_receive (self, body, *body_size);
        else
            take_body (self, body, *body_size);
        *body_size = 0;
        return MHD_YES;
    }
    if (!self->response)
        dispatch (self);
    if (!self->response) {
        suspend (self);
        return MHD_YES;
    }
    enum MHD_Result result = MHD_queue_response (connection, self->status, self->response);
    request_drop (self);
    return result;
}

void site_completed (void *arg, struct MHD_Connection *connection, void **state_p, enum MHD_RequestTerminationCode code)
{
    request_t *self = *state_p;
    (void)arg;
    (void)connection;
    (void)code;
    if (!self)
        return;
    request_drop (self);
    free ((char *)self->plan);
    free ((char *)self->period);
    free (self->account);
    free (self->session);
    free (self->sender);
    send_drop (self);
    if (self->body)
        sodium_memzero (self->body, self->body_size);  // there may be a password in it
    free (self->body);
    free (self->segments);
    free (self->path);
    free (self->method);
    free (self);
    *state_p = NULL;
}
