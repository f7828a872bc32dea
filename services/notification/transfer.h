// One delivery on its way out: a libcurl transfer, by SMTP or HTTPS, and what its end means for the delivery.
#pragma once

#include <curl/curl.h>

#include "delivery_db.h"

// How mail and web requests go out.
typedef struct {
    char *smtp_url;  // "smtp://host:port" (STARTTLS, demanded of all but this host itself) or "smtps://host:port"; NULL: mail waits
    char *smtp_user;  // NULL: no authentication
    char *smtp_password;
    char *smtp_ca;       // file with the CA certificates that the server's must go back to; NULL: the system's
    char *mail_from;     // address of the sender
    char *webhook_keys;  // directory of the secrets, CONTACT-ID.key; NULL: there are none
    char *webhook_ca;    // as smtp_ca
} transfer_settings_t;

typedef struct transfer transfer_t;

// A transfer that is ready for a carrier. NULL: it cannot even begin; then the delivery has its outcome. The
// delivery is borrowed.
transfer_t *transfer_new (const transfer_settings_t *settings, delivery_t *delivery);
void transfer_destroy (transfer_t **self_p);  // not while a carrier has it

CURL *transfer_handle (transfer_t *self);
transfer_t *transfer_of (CURL *handle);
delivery_t *transfer_delivery (transfer_t *self);

// It has ended: gives the delivery its outcome.
void transfer_judge (transfer_t *self, CURLcode result);
