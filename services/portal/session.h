// Who has signed in.
//
// A session is a cookie that only this server can make or read (libsodium's crypto_secretbox, with the key in portal/home/session.key):
// whose it is, since when, its id. The account behind it is looked at each time, so that an account removed or a password changed ends
// it. What the server remembers of sessions, when they were last used and which were signed out, is in memory only.
//
// The cookie is called __Host-baocao and is Secure where the browser came by TLS, to us or to a proxy that says so; else baocao.
#pragma once

#include "account.h"
#include "request.h"

enum {
    SESSION_MS = 12 * 3600 * 1000,      // from signing in to the end of it
    SESSION_IDLE_MS = 2 * 3600 * 1000,  // without a request; an open live page is in use
    SESSION_SENDER_MS = 7 * 24 * 3600 * 1000,
    SESSION_FORM_MS = 2 * 3600 * 1000,  // how long the sign-in page may stay open
    SESSION_ROOM = 16384,               // sessions that are remembered
    SESSION_ID = 16,
    SESSION_TOKEN = 33,  // the text of a token, with its NUL byte
};

typedef enum {
    SESSION_NONE,
    SESSION_FORM,  // nobody yet: the sign-in page's own
    SESSION_SIGNED_IN,
    SESSION_SENDER,  // an officer who came by a link: sees nothing of the committee's pages; in a cookie of its own
    SESSION_PROXY,   // a proxy in front says who it is, in each request anew: there is no cookie
} session_kind_t;

typedef struct session {
    session_kind_t kind;
    int account;        // its id
    int64_t issued_at;  // Unix ms
    uint8_t id[SESSION_ID];
    uint8_t stamp[ACCOUNT_STAMP];  // of the account; SESSION_SENDER: the id of the officer's home
} session_t;

typedef struct sessions sessions_t;

// NULL on error (logged with the remedy).
sessions_t *sessions_new (struct portal *portal);
void sessions_destroy (sessions_t **self_p);

// Finds out who asks, by which way: sets the request's address, session, sender, account and access. 0, or -1: it claims what only a proxy in
// front may say.
int session_look (request_t *request);

// Is it still good? For what lasts longer than a request.
bool session_lives (sessions_t *self, const session_t *session);

// The same for an officer who came by a link. home: the id of their home, which ends with the session.
void session_begin_sender (request_t *request, const uint8_t home[ACCOUNT_STAMP], struct MHD_Response *answer);
void session_end_sender (request_t *request, struct MHD_Response *answer);

// Begins a session, which is the request's then, and ends the one it had. SESSION_FORM has no account (NULL).
void session_begin (request_t *request, session_kind_t kind, const account_t *account);

// The answer takes the session's cookie along.
void session_carry (const request_t *request, struct MHD_Response *answer);

// Ends the request's session, wherever its cookie is.
void session_end (request_t *request, struct MHD_Response *answer);

// The token that every form of a session carries, against requests that other sites have browsers make.
void session_token (const request_t *request, const session_t *session, char token[SESSION_TOKEN]);

// Is that what was sent? NULL: nothing was. Nothing is a session's that is NULL.
bool session_is_token (const request_t *request, const session_t *session, const char *sent);

// Does the form in the body carry it?
bool session_sent_token (const request_t *request, const session_t *session);
