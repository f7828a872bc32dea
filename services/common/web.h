// An HTTP server within the event loop: libmicrohttpd without threads of its own; its epoll descriptor hangs in the loop.
// What metrics.h shows and the portal's pages are two users of it.
#pragma once

#include <czmq.h>
#include <microhttpd.h>

typedef struct bc_web bc_web_t;

typedef struct {
    const char *host;  // an IPv4 address
    int port;
    unsigned connections, connections_an_address;  // at most; of the latter 0: as many as there may be in all
    unsigned timeout_s;                            // without a byte; not counted while a connection is suspended
    unsigned headers_s, body_s;                    // for all headers, and for all of the body, to come; 0: as long as it takes
    size_t connection_memory;                      // bytes for the request's line and headers
    const char *certificate, *key;                 // PEM, for HTTPS (TLS 1.2 and later); NULL: HTTP
    MHD_AccessHandlerCallback handle;
    MHD_RequestCompletedCallback completed;  // may be NULL
    void *arg;                               // of both
} bc_web_options_t;

// The texts may go once it returns. NULL on error (logged with the address and the remedy, which names `setting`).
bc_web_t *bc_web_new (zloop_t *loop, const bc_web_options_t *options, const char *setting);

// Every suspended connection must have been resumed before.
void bc_web_destroy (bc_web_t **self_p);

// Must follow once connections were resumed from outside of the handlers: they go on when the loop has its next turn.
void bc_web_resumed (bc_web_t *self);

// The body of this request may take that long from now on; from within the handler.
void bc_web_allow (struct MHD_Connection *connection, unsigned seconds);

unsigned bc_web_connections (const bc_web_t *self);
