#include "request.h"

#include <ctype.h>
#include <time.h>

#include "common/xmem.h"
#include "portal.h"

const char *request_name (const request_t *self, const char *name)
{
    for (size_t i = 0; i < self->n_names; i++)
        if (streq (self->names[i].name, name))
            return self->names[i].text;
    return NULL;
}

void request_set_name (request_t *self, const char *name, const char *text)
{
    assert (self->n_names < REQUEST_NAMES);
    self->names[self->n_names].name = name;
    self->names[self->n_names++].text = text;
}

const char *request_header (const request_t *self, const char *name)
{
    return MHD_lookup_connection_value (self->connection, MHD_HEADER_KIND, name);
}

const char *request_query (const request_t *self, const char *name)
{
    return MHD_lookup_connection_value (self->connection, MHD_GET_ARGUMENT_KIND, name);
}

const char *request_cookie (const request_t *self, const char *name)
{
    return MHD_lookup_connection_value (self->connection, MHD_COOKIE_KIND, name);
}

// --- Forms -----------------------------------------------------------------------------------------------------------------------

static int hex_digit (char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// In place (WHATWG URL, application/x-www-form-urlencoded parsing).
static void decode (char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        int high = *from == '%' ? hex_digit (from[1]) : -1, low = high >= 0 ? hex_digit (from[2]) : -1;
        if (low >= 0) {
            *to++ = (char)(high << 4 | low);
            from += 2;
        } else
            *to++ = *from == '+' ? ' ' : *from;
    }
    *to = 0;
}

char *request_form (const request_t *self, const char *name)
{
    size_t length = strlen (name);
    for (const char *field = self->body; field; field = strchr (field, '&') ? strchr (field, '&') + 1 : NULL) {
        if (strncmp (field, name, length) || field[length] != '=')
            continue;
        const char *value = field + length + 1;
        char *text = xmemdup (value, strcspn (value, "&"));
        decode (text);
        return text;
    }
    return NULL;
}

// --- Answers ---------------------------------------------------------------------------------------------------------------------

// No script and no style but our own files, no frame around us, nothing from elsewhere.
static struct MHD_Response *with_headers (struct MHD_Response *response, const char *type)
{
    static const char *const HEADERS[][2] = {
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
         "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    for (size_t i = 0; i < sizeof HEADERS / sizeof *HEADERS; i++)
        MHD_add_response_header (response, HEADERS[i][0], HEADERS[i][1]);
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    return response;
}

struct MHD_Response *answer_new (void *data, size_t size, const char *type)
{
    return with_headers (MHD_create_response_from_buffer (size, data, MHD_RESPMEM_MUST_FREE), type);
}

struct MHD_Response *answer_lasting (const void *data, size_t size, const char *type)
{
    return with_headers (MHD_create_response_from_buffer (size, (void *)data, MHD_RESPMEM_PERSISTENT), type);
}

struct MHD_Response *answer_stream (size_t block, MHD_ContentReaderCallback read, void *arg, MHD_ContentReaderFreeCallback end,
                                    const char *type)
{
    return with_headers (MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, block, read, arg, end), type);
}

struct MHD_Response *answer_file (int file, size_t size, const char *type)
{
    return with_headers (MHD_create_response_from_fd (size, file), type);
}

void answer_private (struct MHD_Response *response)
{
    MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
}

void answer_tagged (struct MHD_Response *response, const char *etag, int64_t modified_at)
{
    char date[40];
    time_t seconds = (time_t)(modified_at / 1000);
    struct tm parts;
    gmtime_r (&seconds, &parts);
    strftime (date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    MHD_add_response_header (response, MHD_HTTP_HEADER_ETAG, etag);
    MHD_add_response_header (response, MHD_HTTP_HEADER_LAST_MODIFIED, date);
    MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "private, no-cache");
    MHD_add_response_header (response, MHD_HTTP_HEADER_VARY, "Cookie, Accept-Encoding");
}

void request_answer (request_t *self, unsigned status, struct MHD_Response *response)
{
    assert (!self->response);
    self->response = response;
    self->status = status;
    if (!self->suspended)
        return;
    self->suspended = false;
    *self->at = self->next;
    if (self->next)
        self->next->at = self->at;
    MHD_resume_connection (self->connection);
    bc_web_resumed (self->portal->web);
}

shared_t *shared_new (struct MHD_Response *response)
{
    shared_t *self = xmalloc (sizeof *self);
    *self = (shared_t){.users = 1, .response = response};
    return self;
}

void shared_drop (shared_t **self_p)
{
    shared_t *self = *self_p;
    *self_p = NULL;
    if (!self || --self->users)
        return;
    MHD_destroy_response (self->response);
    free (self);
}

void request_answer_shared (request_t *self, unsigned status, shared_t *shared)
{
    shared->users++;
    self->shared = shared;
    request_answer (self, status, shared->response);
}

void request_drop (request_t *self)
{
    if (self->shared)
        shared_drop (&self->shared);
    else if (self->response)
        MHD_destroy_response (self->response);
    self->response = NULL;
}

void request_redirect (request_t *self, const char *location)
{
    struct MHD_Response *response = answer_lasting ("", 0, "text/plain");
    answer_private (response);
    MHD_add_response_header (response, MHD_HTTP_HEADER_LOCATION, location);
    request_answer (self, MHD_HTTP_SEE_OTHER, response);
}

static bool is_known (const request_t *self, const char *etag, int64_t modified_at)
{
    const char *tags = request_header (self, MHD_HTTP_HEADER_IF_NONE_MATCH);
    const char *since = request_header (self, MHD_HTTP_HEADER_IF_MODIFIED_SINCE);
    struct tm parts = {0};
    if (tags)
        return strstr (tags, etag) != NULL;
    return since && strptime (since, "%a, %d %b %Y %H:%M:%S GMT", &parts) && timegm (&parts) >= modified_at / 1000;
}

bool request_has (request_t *self, const char *etag, int64_t modified_at)
{
    if (!is_known (self, etag, modified_at))
        return false;
    struct MHD_Response *response = answer_lasting ("", 0, "text/plain");
    MHD_add_response_header (response, MHD_HTTP_HEADER_ETAG, etag);
    MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "private, no-cache");
    request_answer (self, MHD_HTTP_NOT_MODIFIED, response);
    return true;
}

// A coding is refused by ";q=0".
bool request_takes (const request_t *self, const char *coding)
{
    const char *codings = request_header (self, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    const char *at = codings ? strcasestr (codings, coding) : NULL;
    if (!at)
        return false;
    at += strlen (coding);
    at += strspn (at, " ;");
    return strncmp (at, "q=", 2) || strtod (at + 2, NULL) > 0;
}
