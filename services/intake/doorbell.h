// Which of a thousand doors has somebody waiting? One descriptor in the loop tells, whatever their number: polling every socket at
// every turn of the loop costs each request some microseconds a door.
//
// A ZeroMQ socket's own descriptor tells of changes, not of messages (zmq_getsockopt(3), ZMQ_FD): whoever looks after a socket
// reads it until nothing is left, and has to look again after sending on it, when it may stay silent about what came meanwhile.
#pragma once

#include <czmq.h>

typedef struct doorbell doorbell_t;
typedef struct bell bell_t;  // of one socket

// answer: reads what is waiting at `door`; returns whether there may be more. rung: all who rang were answered, for now.
typedef struct {
    bool (*answer) (void *door);
    void (*rung) (void *arg);
    void *arg;
} doorbell_handler_t;

// NULL on error (logged).
doorbell_t *doorbell_new (zloop_t *loop, const doorbell_handler_t *handler);

// The bells are destroyed before.
void doorbell_destroy (doorbell_t **self_p);

// Watches a socket for `door`, beginning with what is there already. NULL on error (logged).
bell_t *bell_new (doorbell_t *doorbell, zsock_t *socket, void *door);

// Before the socket is destroyed; never from within `answer`.
void bell_destroy (bell_t **self_p);

// Has `answer` called at the next turn of the loop, though the descriptor may stay silent.
void bell_again (bell_t *self);
