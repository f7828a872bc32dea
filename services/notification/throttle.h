// How much one receiving domain is given at a time, so that it takes us for a correspondent and not for a flood. Pure.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct throttle throttle_t;

// at_once: deliveries under way to one domain. a_minute: deliveries begun to one domain within any 60 seconds.
throttle_t *throttle_new (size_t at_once, size_t a_minute);
void throttle_destroy (throttle_t **self_p);

// May a delivery to the domain begin now (monotonic ms)? Then it counts, until throttle_end.
bool throttle_begin (throttle_t *self, const char *domain, int64_t now);
void throttle_end (throttle_t *self, const char *domain);

// The domains to which none may begin now, at most max of them; their names live until the next throttle_begin. Returns their number.
size_t throttle_full (const throttle_t *self, int64_t now, const char **names, size_t max);
