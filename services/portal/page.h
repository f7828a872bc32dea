// What all pages of the portal share: the frame of the document around what a page says. Pure. Nothing in a page is inline script or
// style, so that the Content-Security-Policy can forbid both. In the language that was chosen (common/language.h), which must be
// that of the page.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "html.h"

// Addresses of what goes with the pages, beginning with '/'; NULL: there is none.
typedef struct {
    const char *style, *script, *icon;
    const char *fonts[4];  // those of the first lines
} page_assets_t;

typedef struct {
    const char *code, *title;
    char address[160];  // behind the language
} page_plan_t;

// Everything is borrowed while the page is made.
typedef struct {
    bool vietnamese;
    bool is_public;          // nobody has signed in: no links to what only readers see, no texts of units
    bool is_agency;          // whoever may see it is of the standing agency
    bool is_live;            // the page follows the feed
    const char *title;       // of this page; NULL: the plan's
    const char *path;        // this page's address behind the language: "/208-KH-UBND/2025"
    const char *plan;        // the plan's code, "208/KH-UBND"; NULL: a page of no plan (sign-in)
    const char *plan_slug;   // the same as addresses have it, "208-KH-UBND"
    const char *plan_title;  // in the page's language
    const char *period;
    const page_plan_t *plans;    // the others, ended by one without a code; or NULL
    const char *const *periods;  // the plan's, oldest first, ended by NULL; or NULL
    int utc_offset_minutes;      // the plan's
    uint64_t seq;                // number of the feed's event up to which the page speaks; 0: the page does not say
    int64_t as_of;               // Unix ms
    const page_assets_t *assets;
} page_t;

// Everything up to <main>, and everything from </main> on.
void page_begin (html_t *html, const page_t *page);
void page_end (html_t *html, const page_t *page);

// The way to this page, within <main>: pairs of an address behind /{lang}/{plan}/{period} (NULL: no link) and a text; ended by a pair
// of NULLs. The overview comes first by itself.
void page_trail (html_t *html, const page_t *page, const char *const (*steps)[2]);

// An address of the plan and period: "/vi/208-KH-UBND/2025", then each part behind a slash, percent-encoded; ended by NULL.
void page_address (html_t *html, const page_t *page, ...) __attribute__ ((sentinel));
