// The HTTP side of metrics.h.
#include "metrics.h"
#include "web.h"
#include "xmem.h"

enum {
    MAX_CONNECTIONS = 16,
    TIMEOUT_S = 5,
    CONNECTION_MEMORY = 16384,
};

struct bc_http {
    bc_web_t *web;
    bool (*healthy) (void *arg);
    void *arg;
};

static enum MHD_Result reply_text (struct MHD_Connection *connection, unsigned status, const char *type, char *text, size_t size)
{
    struct MHD_Response *response = MHD_create_response_from_buffer (size, text, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        free (text);
        return MHD_NO;
    }
    MHD_add_response_header (response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header (response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header (response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    enum MHD_Result result = MHD_queue_response (connection, status, response);
    MHD_destroy_response (response);
    return result;
}

static enum MHD_Result reply_json (struct MHD_Connection *connection, unsigned status, const char *word)
{
    char *text = xasprintf ("{\"status\":\"%s\"}\n", word);
    return reply_text (connection, status, "application/json", text, strlen (text));
}

static enum MHD_Result handle_request (void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                                       const char *version, const char *body, size_t *body_size, void **state_p)
{
    bc_http_t *self = arg;
    (void)version;
    (void)body;
    (void)body_size;
    // The first call comes before a body is read: whoever sends one is refused without reading it.
    if (!streq (method, MHD_HTTP_METHOD_GET) && !streq (method, MHD_HTTP_METHOD_HEAD))
        return reply_json (connection, MHD_HTTP_METHOD_NOT_ALLOWED, "method not allowed");
    static int seen_request;
    if (!*state_p) {
        *state_p = &seen_request;
        return MHD_YES;
    }
    if (streq (url, "/metrics")) {
        size_t size;
        char *text = bc_metrics_text (&size);
        return reply_text (connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text, size);
    }
    if (streq (url, "/health")) {
        bool healthy = self->healthy (self->arg);
        return reply_json (connection, healthy ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, healthy ? "ok" : "unavailable");
    }
    return reply_json (connection, MHD_HTTP_NOT_FOUND, "not found");
}

bc_http_t *bc_http_new (zloop_t *loop, int port, bool (*healthy) (void *arg), void *arg)
{
    bc_http_t *self = xcalloc (1, sizeof *self);
    self->healthy = healthy;
    self->arg = arg;
    const bc_web_options_t options = {.host = "127.0.0.1",
                                      .port = port,
                                      .connections = MAX_CONNECTIONS,
                                      .timeout_s = TIMEOUT_S,
                                      .connection_memory = CONNECTION_MEMORY,
                                      .handle = handle_request,
                                      .arg = self};
    self->web = bc_web_new (loop, &options, "http_port");
    if (!self->web)
        bc_http_destroy (&self);
    return self;
}

void bc_http_destroy (bc_http_t **self_p)
{
    bc_http_t *self = *self_p;
    if (!self)
        return;
    bc_web_destroy (&self->web);
    free (self);
    *self_p = NULL;
}
