// The SQL of delivery. What is to be sent is decided with the notice, in its transaction; what became of it is stored after each
// attempt. Between the two a crash can repeat an attempt, never lose one.
#pragma once

#include "common/db.h"
#include "delivery.h"
#include "letter.h"

// For each of the n letters that have a cursor: who of the unit's contacts it is sent on to, by the channels of the period's policy. One
// result or more: ask nothing else after it in that step.
void delivery_db_add (bc_tx_t *tx, letter_t *const *letters, size_t n);

// A delivery that is due, and what became of it.
typedef struct {
    int64_t id;
    bool webhook;            // else mail
    char *address, *domain;  // domain: the receiving one, lower case
    char *unit;              // code
    char *name, *language;   // of the contact
    char *message_id;        // "unit.cursor.contact": the same at every attempt
    int contact_id;
    bool withdrawn;   // the contact was removed meanwhile
    int attempt;      // 1, 2 ...: of the attempt now due
    uint8_t *notice;  // a packed Notice
    size_t notice_size;
    bool has_calendar, calendar_cancelled;
    int calendar_sequence, calendar_day;  // calendar_day: days since 1970-01-01

    delivery_outcome_t outcome;
    int status;
    char *answer;
    int64_t at;  // of the outcome
} delivery_t;

void delivery_destroy (delivery_t **self_p);

// Up to `limit` that are due at `now`, at most a_domain of each domain, longest due first. In its period's quiet hours nothing is due;
// what is due later than any backoff lasts was put off by a clock that was wrong, and is due. Without those in `loaded`, those for
// domains in `full`, and, without_mail, mail. One result.
void delivery_db_ask_due (bc_tx_t *tx, int64_t now, bool without_mail, const int64_t *loaded, size_t n_loaded,
                          const char *const *full, size_t n_full, int a_domain, int limit);
delivery_t *delivery_db_due (const PGresult *result, int row);

// How many wait in all. One result: the number.
void delivery_db_count (bc_tx_t *tx);

// Stores outcomes; what is to be tried again waits as delivery_backoff_ms says. To store the same twice is harmless. Two results.
void delivery_db_store (bc_tx_t *tx, delivery_t *const *deliveries, size_t n);
