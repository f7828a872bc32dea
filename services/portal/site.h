// The site: which address has which handler, who may see it, and what all handlers use.
#pragma once

#include "page.h"
#include "portal.h"

typedef struct route {
    const char *method;   // GET stands for HEAD, too
    const char *pattern;  // "/{lang}/{plan}/{period}/tasks/{task}"
    access_t access;
    bool is_open;  // for whoever has not signed in, too, even where the public sees nothing
    void (*handle) (request_t *request);
} route_t;

extern const route_t SITE_ROUTES[];  // ended by one without a method

// libmicrohttpd's handlers; arg is the portal.
enum MHD_Result site_handle (void *arg, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                             const char *body, size_t *body_size, void **state_p);
void site_completed (void *arg, struct MHD_Connection *connection, void **state_p, enum MHD_RequestTerminationCode code);

// Answers with a page that says what is wrong, in the request's language, under that status.
void site_refuse (request_t *request, unsigned status);

// From here on texts (bc_text) are in that language.
void site_speak (bool vietnamese);

// The plan and the period that the request's address names. They live until the loop's next turn.
const plan_t *site_plan (const request_t *request);
const plan_period_t *site_period (const request_t *request);

// The address of a plan's period behind the language, "/208-KH-UBND/2025"; of at most 131 bytes, since codes have 64 at most.
void site_address (const plan_t *plan, const plan_period_t *period, char *address, size_t size);

// How far a plan's time zone is ahead of UTC, in minutes.
int site_offset (const portal_t *portal, const char *plan);

// What the page of this request has to begin with. It borrows from the request and the book, and is good until the loop's next turn.
page_t site_page (const request_t *request);

// The key of this request's page in the cache: what it is called and whoever may see it.
char *site_key (const request_t *request);
