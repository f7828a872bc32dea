// The line to a server's door: a CURVE socket of the client's own key that never hangs. It finds out by the socket's monitor that
// the server refuses the key, asks again over a new socket when an answer is lost, and waits when the server is busy.
#pragma once

#include <czmq.h>
#include <protobuf-c/protobuf-c.h>

#include "baocao/v1/client.pb-c.h"

typedef struct line line_t;

typedef enum {
    LINE_ANSWERED,
    LINE_UNREACHABLE,  // no connection, or no answer in time: whether the request was carried out is not known
    LINE_BUSY,         // the server had no room, and has none before the time is over (line_busy)
    LINE_DENIED,       // the server does not accept the key
    LINE_INTERRUPTED,  // by SIGINT or SIGTERM
} line_result_t;

// type is ZMQ_DEALER (line_ask) or ZMQ_SUB (line_hear). timeout_ms: how long one request tries to get an answer, and to get a
// connection; 0: 25 s, and 5 s. The texts and the certificate are copied.
line_t *line_new (int type, const char *address, const char *server_key, zcert_t *certificate, int timeout_ms);
void line_destroy (line_t **self_p);

const char *line_address (const line_t *self);

// Has it ever had a connection? If not, none of its requests has reached the server.
bool line_was_connected (const line_t *self);

// Sends a ClientRequest or FeedRequest under a fresh request_id and waits for the ServerReply or FeedReply to it, which may be
// held back for wait_ms. What is asked may be asked twice. An answer of BUSY or DENIED is not given out as a reply.
// Free *reply_p with protobuf_c_message_free_unpacked.
line_result_t line_ask (line_t *self, ProtobufCMessage *request, const ProtobufCMessageDescriptor *reply_type, int wait_ms,
                        ProtobufCMessage **reply_p);

// Why the server was busy in the latest line_ask; NULL: it was not. Borrowed until the next one.
const Baocao__V1__Error *line_busy (const line_t *self);

// Sends a request under a fresh request_id, and waits for nothing but the connection. ANSWERED: it is on its way.
line_result_t line_post (line_t *self, ProtobufCMessage *request);

// The answer to the one of those posted that has none yet and whose answer comes first; within the line's patience. An error of the
// server's is an answer, too. With any other result all that were posted have to be posted again.
line_result_t line_collect (line_t *self, const ProtobufCMessageDescriptor *reply_type, ProtobufCMessage **reply_p);

// The next published message, or NULL in *message_p after wait_ms without one. Answered, denied or interrupted; a lost
// connection comes back by itself.
line_result_t line_hear (line_t *self, const ProtobufCMessageDescriptor *type, int wait_ms, ProtobufCMessage **message_p);

// Waits; returns early, with false, after SIGINT or SIGTERM.
bool line_pause (int ms);
