// An officer who cannot run baocao reports in a browser. The standing agency's one-time link (baocao-admin link) is an invitation's token;
// the portal joins with it as the real command baocao does, by running that command in a private home, and so all that follows: the key
// is made in that home, registered for the officer in whose name the receipts say that it is the portal's, and ends with it. The portal
// itself has no key with which it could report for anybody, and writes nothing into the database.
//
// Opening the link shows whose it is; only the button there uses it up, since scanners of mails open links, too.
#pragma once

#include "request.h"

enum {
    SEND_WORKBOOK = 10 << 20,  // bytes
    SEND_UPLOAD_S = 300,       // for these to come
    SEND_IDLE_MS = 24 * 3600 * 1000,
};

typedef struct send send_t;

// NULL on error (logged with the remedy).
send_t *send_new (struct portal *portal);
void send_destroy (send_t **self_p);

bool send_is_idle (const send_t *self);  // nothing is being delivered

// Handlers.
void send_offer (request_t *request);  // the link
void send_open (request_t *request);   // its button
void send_show (request_t *request);   // the officer's page
void send_receive (request_t *request, const char *data, size_t size);
void send_take (request_t *request);  // a workbook has come
void send_file (request_t *request);  // the template, a receipt, the mailbox
void send_do (request_t *request);    // sends the report, or what waits, or ends the session

// Lets go of a file that was coming.
void send_drop (request_t *request);
