// A door to the outside: a CURVE ROUTER socket with its own port, server key pair and ZAP domain, and every limit set. intake
// has one per department, aggregation has the feed's, enrolment has one that lets every key in.
//
// One request is one frame. A door takes no other shape: further frames are read and thrown away.
#pragma once

#include <czmq.h>
#include <protobuf-c/protobuf-c.h>

#include "zap.h"

typedef struct bc_door bc_door_t;

// Who sent a request, and the way back.
typedef struct {
    uint8_t routing_id[256];
    size_t routing_id_size;
    char key[41];  // the peer's public key, Z85: from the connection's own handshake, never from a message
} bc_peer_t;

typedef struct {
    size_t max_message;  // bytes; a peer that sends a longer frame is cut off
    int max_replies;     // waiting ones; a peer that does not read loses what goes beyond
    int max_lines;       // connections at once: one more has to wait
} bc_door_limits_t;

// Opens a door at endpoint ("tcp://127.0.0.1:7401") for the keys of ZAP domain `domain` (not empty), with the server's
// certificate. NULL on error (logged with the endpoint and the remedy).
bc_door_t *bc_door_new (bc_zap_t *zap, const char *domain, const char *endpoint, zcert_t *certificate,
                        const bc_door_limits_t *limits);
void bc_door_destroy (bc_door_t **self_p);

zsock_t *bc_door_socket (bc_door_t *self);  // for zloop_reader

// Takes one request without waiting; the caller closes *frame. The ZAP table is asked again here, so that a revoked key is
// known at once: *permitted_p tells. 0, or -1: nothing there, or not a single frame (dropped, counted).
int bc_door_recv (bc_door_t *self, bc_peer_t *peer, zmq_msg_t *frame, bool *permitted_p);

// Sends one reply; a peer that has gone or does not read loses it. 0 or -1.
int bc_door_send (bc_door_t *self, const bc_peer_t *peer, const ProtobufCMessage *reply);

// Makes a socket a CURVE server of this ZAP domain for max_lines connections, and reads every security option back. Call before
// bind; bc_zap_unlimit goes before its end. For sockets other than doors (the feed's PUB). 0 or -1 (logged).
int bc_door_secure (bc_zap_t *zap, zsock_t *socket, const char *domain, zcert_t *certificate, int max_lines);
