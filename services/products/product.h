// What is made of one plan, period and language: a file, a feed or a document. Each is made in one transaction, so all its figures
// are of one moment and carry that moment's feed number; it is written to one stream, and what grows with the reports is streamed.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct product product_t;

// 0, or -1 with the reason said by product_fail.
typedef int product_make_fn (product_t *self);

enum {
    PRODUCT_WORDS = 1,   // in a language: one for each
    PRODUCT_PLAN = 2,    // of a plan as a whole: PERIOD is left out
    PRODUCT_UNIT = 4,    // of one unit: --unit is wanted
    PRODUCT_LETTER = 8,  // a letter of the standing unit: its number, date and signer can be said
};

// What a letter says of itself; NULL: it is left blank.
typedef struct {
    const char *number;    // with the symbol: "45/BC-SLĐTBXH"
    const char *date;      // YYYY-MM-DD
    const char *place;     // NULL: the receiving unit's
    const char *position;  // with the authority, a line each: "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"
    const char *signer;
} product_letter_t;

typedef struct {
    const char *name;  // "entries.csv", as its URL ends
    const char *content_type;
    unsigned flags;
    product_make_fn *make;
} product_kind_t;

// Everything there is, up to a kind whose name is NULL.
extern const product_kind_t PRODUCTS[];
const product_kind_t *product_kind (const char *name);  // NULL: there is none

extern const uint8_t products_messages[];  // the Vietnamese catalogue, made from vi.po

// Texts are borrowed from `facts`; those of the period are NULL in a product of the whole plan, those of the unit where none is asked
// for. Times are Unix ms, days YYYY-MM-DD. The process's time zone (localtime_r) is the plan's.
struct product {
    const product_kind_t *kind;
    PGconn *db;
    FILE *out;
    bool vietnamese;
    bool bom;               // CSV begins with a byte order mark
    const char *url;        // of the portal, without a slash at its end
    const char *authority;  // the domain name in ids that are to stay the same for ever
    const char *office;     // LibreOffice's program
    int time_limit;         // how many seconds it may take
    product_letter_t letter;
    PGresult *facts;

    int plan_id;
    const char *plan, *slug;  // its code, and as URLs have it: 208-KH-UBND
    const char *title_vi, *title_en, *issued_on, *time_zone;
    const char *receiving_vi, *receiving_en;           // names of units: for whom the reports are
    const char *standing, *standing_vi, *standing_en;  // who collects them: its code and names

    int period_id;                                                            // 0: none
    const char *period, *period_kind, *due_before, *cutoff_from, *cutoff_to;  // the last two may be NULL
    int64_t opens_at, due_at, closes_at;                                      // closes_at 0: not closed

    int unit_id;  // 0: none
    const char *unit, *unit_vi, *unit_en;

    int64_t issued_at;  // when the day of issued_on began
    bool nothing;       // there is nothing to make it of (product_nothing)

    int64_t seq;    // number of the feed's last event that the figures hold
    int64_t as_of;  // when they were read
};

// The text of the product's language.
const char *product_words (const product_t *self, const char *vi, const char *en) __attribute__ ((format_arg (2), format_arg (3)));

// There is nothing to make it of, and why; returns -1.
int product_nothing (product_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

// Says why it cannot be made; returns -1.
int product_fail (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
