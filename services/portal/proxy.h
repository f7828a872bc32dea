// Who is at the other end when proxies stand in front: only what a proxy that is known says is believed. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { PROXY_ADDRESS = 46 };  // the text of an address, with its NUL byte

typedef struct proxies proxies_t;

// list: "127.0.0.1, 172.16.0.0/12, fd00::/8". NULL: it is no such list.
proxies_t *proxies_new (const char *list);
void proxies_destroy (proxies_t **self_p);

bool proxies_have (const proxies_t *self, const char *address);

// Whose request it is, that came from peer and whose X-Forwarded-For lines, in one, are `forwarded` (NULL: none): the last address in
// them that is no proxy's. What a client wrote there itself comes before that, and is not looked at.
void proxies_client (const proxies_t *self, const char *peer, const char *forwarded, char address[PROXY_ADDRESS]);

// Who counts as one when attempts are counted: an IPv4 address, and the first 64 bits of an IPv6 address.
void proxies_place (const char *address, char place[PROXY_ADDRESS]);
