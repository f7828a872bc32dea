// Who may connect where: the ZAP 1.0 handler (rfc.zeromq.org/spec/27) over a table in memory.
//
// Facts behind it: without a handler, or with an empty domain, libzmq 4.3.4 lets every key in; czmq's own zauth re-reads a
// directory at each look-up and copies certificate metadata into a fixed buffer. So: a handler of our own, in the service's
// loop, made before any door.
#pragma once

#include <czmq.h>

// Pairs (domain, public key) that are let in.
typedef struct bc_keyring bc_keyring_t;
bc_keyring_t *bc_keyring_new (void);
void bc_keyring_destroy (bc_keyring_t **self_p);
void bc_keyring_add (bc_keyring_t *self, const char *domain, const char *public_key);  // Z85, 40 characters
bool bc_keyring_has (const bc_keyring_t *self, const char *domain, const char *public_key);
size_t bc_keyring_size (const bc_keyring_t *self);

typedef struct bc_zap bc_zap_t;

// Binds the handler and hangs it into the loop; there is one in a process. NULL on error (logged). It lets nobody in until
// bc_zap_use.
bc_zap_t *bc_zap_new (zloop_t *loop);
void bc_zap_destroy (bc_zap_t **self_p);

// Replaces the table; takes the keyring over.
void bc_zap_use (bc_zap_t *self, bc_keyring_t **keyring_p);

// Did the last replacement take a key from this domain? Its connections live on, and take room, until the domain's socket is closed.
bool bc_zap_has_revoked (const bc_zap_t *self, const char *domain);

// Lets no more than max_lines connections in at once at the socket that is this domain's, and as many new ones within some seconds
// (lines.h); a peer beyond that is sent away for now and tries again by itself. handshake_ms: how long a handshake lasts at most
// there. Before the socket is bound. 0 or -1 (errno).
int bc_zap_limit (bc_zap_t *self, const char *domain, zsock_t *socket, int max_lines, int handshake_ms);

// Before that socket is destroyed; unbinds it.
void bc_zap_unlimit (bc_zap_t *self, const char *domain);

bool bc_zap_permits (const bc_zap_t *self, const char *domain, const char *public_key);

// Lets every key in at this domain, with or without a table. For a socket that strangers may talk to.
void bc_zap_open (bc_zap_t *self, const char *domain);
