// A thread that carries transfers, so that no server's slowness reaches the service's loop: libcurl waits on the spot for a mail
// server's answer to a whole message, and for the names of hosts.
#pragma once

#include <curl/curl.h>
#include <czmq.h>

typedef struct carrier carrier_t;

// Called in the loop when a transfer has ended; its handle is the caller's again.
typedef void carrier_ended_fn (CURL *handle, CURLcode result, void *arg);

carrier_t *carrier_new (zloop_t *loop, carrier_ended_fn *ended, void *arg);

// Breaks off what is under way, within about a second (but that libcurl waits for a host's name to be found or not); nothing is heard
// of it again.
void carrier_stop (carrier_t *self);

// Stops it and waits for its end; destroy the handles that it was given afterwards.
void carrier_destroy (carrier_t **self_p);

// Hands the transfer over; the handle is the carrier's until it has ended.
void carrier_take (carrier_t *self, CURL *handle);

size_t carrier_load (const carrier_t *self);  // transfers under way
