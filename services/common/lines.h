// The lines (connections) of one socket, counted, so that there can be a limit: a client gone mad, or a stolen key, must not
// take the descriptors that all doors share.
//
// libzmq knows no such limit and tells no number; its monitor names the descriptor of each connection that opens and closes, but
// not whose it is. So two things are counted: the connections that are older than a handshake may last (whoever is not let in is cut off
// by then: strangers who only open connections take no room), and those let in meanwhile, whatever became of them. The limit is
// one of lines at a time and of new ones within some seconds.
#pragma once

#include <czmq.h>

typedef struct bc_lines bc_lines_t;

// Watches a socket that is not bound yet; max_lines > 0; a handshake lasts at most handshake_ms there. NULL on error (errno).
bc_lines_t *bc_lines_new (zsock_t *socket, int max_lines, int handshake_ms);

// Before the socket is destroyed. Unbinds it, and returns when its port is free (libzmq closes it in a thread of its own), so
// that it can be opened anew at once.
void bc_lines_destroy (bc_lines_t **self_p);

// One more wants in, at `now` (monotonic, ms). Is there room? Then it counts.
bool bc_lines_admit (bc_lines_t *self, int64_t now);

// Reads what the monitor has told. To be called every second or so: it keeps its word until it is read.
void bc_lines_look (bc_lines_t *self, int64_t now);
