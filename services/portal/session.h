// Who has signed in.
#pragma once

#include "request.h"

// Finds out who asks, from the cookie: sets the request's account and access.
void session_look (request_t *request);
