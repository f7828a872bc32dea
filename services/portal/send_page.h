// What an officer sees who sends by the portal. Pure.
#pragma once

#include <jansson.h>

#include "html.h"
#include "page.h"

// All is borrowed. Of what the command said (check, push) each is {"status": exit status, "output": its JSON or null, "said": "..."}.
typedef struct {
    const page_t *page;
    const char *token;  // of the forms
    const char *unit, *officer;
    json_t *upload, *check, *push, *receipts;  // NULL: there is none; receipts: an array
    const char *const (*plans)[2];             // of codes and titles, ended by NULL
    size_t waiting;                            // reports that could not be delivered yet
    bool is_hopeless, is_busy;                 // those will never be; something is worked on
    const char *notice;                        // what is to be said first; NULL: nothing
} send_view_t;

void send_page (html_t *html, const send_view_t *view);

// The page behind the link, with its button. link: the address of the button's form.
void send_page_offer (html_t *html, const page_t *page, const char *link, const char *token, const char *unit, const char *officer);

// A title and a paragraph, and maybe what a program said.
void send_page_word (html_t *html, const page_t *page, const char *text, const char *said);

// notices: an array of what `baocao mailbox --json` prints.
void send_page_mailbox (html_t *html, const page_t *page, json_t *notices);
