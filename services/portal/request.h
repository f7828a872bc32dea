// One HTTP request under way: what it asks for, and the one answer it gets, at once or later.
//
// A handler looks at the request and either answers it or begins something that will. Until then the connection is suspended; its
// client may be gone by then, which does not matter to who answers.
#pragma once

#include <czmq.h>
#include <microhttpd.h>

#include "common/web.h"
#include "proxy.h"

typedef struct request request_t;

enum {
    REQUEST_NAMES = 8,     // placeholders of a route
    REQUEST_FORM = 16384,  // bytes of a form's body
};

// An answer that many get. It goes with the last who needs it.
typedef struct {
    int users;
    struct MHD_Response *response;
} shared_t;

// Who asks: each may see what those before it may.
typedef enum { ACCESS_PUBLIC, ACCESS_READER, ACCESS_AGENCY } access_t;

struct request {
    struct portal *portal;
    struct MHD_Connection *connection;
    char *method, *path;
    bool vietnamese;
    access_t access;              // what the one who asks may see
    char *account;                // their name; NULL: nobody is signed in
    struct session *session;      // theirs (session.h); NULL: there is none
    struct session *sender;       // that of an officer who came by a link; NULL: there is none
    const struct route *route;    // NULL: there is none for this path and method
    struct upload *upload;        // a file that is coming (send.h); NULL: none is
    bool other_method, deceives;  // the path has routes for others; it claims what it may not
    char address[PROXY_ADDRESS];  // where they are
    bool is_secure;               // they came by TLS
    // Segments of the path that stand where the route has {lang}, {plan}, ... : their names and texts; texts end in the request.
    struct {
        const char *name, *text;
    } names[REQUEST_NAMES];
    size_t n_names;
    char *segments;             // the names' texts lie in it
    const char *plan, *period;  // the plan's code as it is (with '/') and the period's, of a page that has them; else NULL
    char *body;
    size_t body_size;
    bool refused_body;  // it was too long, or of a kind that is not taken

    struct MHD_Response *response;  // once there is an answer
    shared_t *shared;               // whose response it is; NULL: the request's own
    unsigned status;
    bool suspended;
    struct request *next, **at;  // among those suspended
};

// The text of a placeholder; NULL when the route has none of that name.
const char *request_name (const request_t *self, const char *name);

void request_set_name (request_t *self, const char *name, const char *text);  // both borrowed

const char *request_header (const request_t *self, const char *name);  // NULL: not there
const char *request_query (const request_t *self, const char *name);   // of the URL; NULL: not there
const char *request_cookie (const request_t *self, const char *name);  // NULL: not there

// A field of the form in the body (application/x-www-form-urlencoded), decoded; NULL: not there. The caller frees it.
char *request_form (const request_t *self, const char *name);

// Answers, once. The response is taken over.
void request_answer (request_t *self, unsigned status, struct MHD_Response *response);
void request_answer_shared (request_t *self, unsigned status, shared_t *shared);  // stays the caller's, too

shared_t *shared_new (struct MHD_Response *response);  // takes it over
void shared_drop (shared_t **self_p);

// Lets go of the answer, given or not.
void request_drop (request_t *self);

// A response of memory from malloc, which it takes over, or of memory that stays; with the headers that every answer has.
struct MHD_Response *answer_new (void *data, size_t size, const char *type);
struct MHD_Response *answer_lasting (const void *data, size_t size, const char *type);
// One that comes piece by piece, of whatever length (libmicrohttpd's MHD_create_response_from_callback).
struct MHD_Response *answer_stream (size_t block, MHD_ContentReaderCallback read, void *arg, MHD_ContentReaderFreeCallback end,
                                    const char *type);

// One of an open file, which it closes.
struct MHD_Response *answer_file (int file, size_t size, const char *type);

// Whether it is the reader's own: then nobody keeps a copy. Else browsers may, but ask each time whether it is still right.
void answer_private (struct MHD_Response *response);
void answer_tagged (struct MHD_Response *response, const char *etag, int64_t modified_at);

// Sends the browser elsewhere. location: a path of this server's.
void request_redirect (request_t *self, const char *location);

// Does the browser have what carries this tag (If-None-Match) or, where it asks by time, what is no newer (If-Modified-Since; RFC 9110,
// 13.1)? Then it is answered with 304. modified_at: Unix ms.
bool request_has (request_t *self, const char *etag, int64_t modified_at);

// May the answer be compressed?
bool request_takes (const request_t *self, const char *coding);
