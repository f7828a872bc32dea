// Signing in and out, and the page of one's own account. Passwords are looked at one after the other in a thread of their own, so that
// pages never wait for it.
#pragma once

#include "request.h"

enum {
    SIGN_IN_WAITING = 64,  // attempts that wait at once
    SIGN_IN_FREE_ACCOUNT = 5,
    SIGN_IN_FREE_ADDRESS = 30,  // many sit behind one
};

typedef struct sign_in sign_in_t;

sign_in_t *sign_in_new (struct portal *portal);
void sign_in_destroy (sign_in_t **self_p);  // who waits is not answered

// Handlers.
void sign_in_show (request_t *request);
void sign_in_try (request_t *request);
void sign_in_leave (request_t *request);
void sign_in_account (request_t *request);

// May a browser be sent there after signing in? A path of this server's, and nothing else.
bool sign_in_is_own (const char *path);
