// Who may sign in, as the database has it. The list is read every ACCOUNT_MS, so whoever is removed there, or gets another password,
// is signed out within 5 s.
#pragma once

#include "common/db.h"
#include "request.h"

enum {
    ACCOUNT_MS = 2000,
    ACCOUNT_BLIND_MS = 60000,  // without word from the database nobody is known any more (portal/blind_ms)
    ACCOUNT_STAMP = 16,
};

typedef struct {
    int id;
    char *name;
    access_t access;
    char *hash;                    // of the password; NULL: a proxy in front signs them in
    uint8_t stamp[ACCOUNT_STAMP];  // another one with another password
} account_t;

typedef struct accounts accounts_t;

accounts_t *accounts_new (zloop_t *loop, bc_db_t *db, int64_t blind_ms);
void accounts_destroy (accounts_t **self_p);
void accounts_read (accounts_t *self);  // now, besides every ACCOUNT_MS

// Has the database said lately who there is?
bool accounts_known (const accounts_t *self);

// NULL: there is none, or it is not known.
const account_t *accounts_named (const accounts_t *self, const char *name);
const account_t *accounts_find (const accounts_t *self, int id);
