// The one place where protobuf messages are packed and unpacked. What comes from outside is measured before it is unpacked, and
// every message is logged (debug) and counted by direction and type here.
#pragma once

#include <czmq.h>
#include <protobuf-c/protobuf-c.h>

enum {
    BC_WIRE_MAX_REQUEST = 1 << 20,  // bytes of a client's request
    BC_WIRE_MAX_HOP = 2 << 20,      // bytes of a message between services
    BC_WIRE_MAX_FIELDS = 8192,      // in one message, all levels together
    BC_WIRE_MAX_DEPTH = 8,
};

// An arena: unpacked messages live in it and go with it. Its size is capped, so a small message cannot unpack into a large one.
typedef struct bc_arena bc_arena_t;
bc_arena_t *bc_arena_new (size_t cap);
void bc_arena_destroy (bc_arena_t **self_p);
void bc_arena_reset (bc_arena_t *self);                // forgets everything allocated in it, keeps its memory
void *bc_arena_alloc (bc_arena_t *self, size_t size);  // zeroed; NULL when the cap is reached

// Refuses what is truncated, nested too deeply, has more than BC_WIRE_MAX_FIELDS fields, has a field unknown to the
// descriptor or of another wire type than the descriptor's (groups and packed fields too: baocao.v1 has none), or a NUL byte in
// a string. (UTF-8 is left to the rules, which name the place.) 0, or -1 with a reason of at most 120 bytes in English at
// *reason_p (static or in a thread-local buffer).
int bc_wire_check (const ProtobufCMessageDescriptor *type, const void *data, size_t size, const char **reason_p);

// Checks and unpacks into the arena. NULL: refused, reason as above.
ProtobufCMessage *bc_wire_unpack (const ProtobufCMessageDescriptor *type, const void *data, size_t size, bc_arena_t *arena,
                                  const char **reason_p);

// Packs into fresh memory; the caller frees *data_p.
size_t bc_wire_pack (const ProtobufCMessage *message, uint8_t **data_p);

// Sends one frame without waiting. 0, or -1 when there was no room or no peer (the message is dropped and counted).
int bc_wire_send (zsock_t *socket, const ProtobufCMessage *message);

// Receives one single-frame message and unpacks it into the arena. NULL: nothing there, or refused (logged and counted).
ProtobufCMessage *bc_wire_recv (zsock_t *socket, const ProtobufCMessageDescriptor *type, bc_arena_t *arena);

// Reads and throws away what is left of a message of which a frame has been read; the number of frames.
size_t bc_wire_discard (zsock_t *socket);

// Counts a message that could not even be handed to bc_wire_send.
void bc_wire_dropped (const ProtobufCMessage *message);
