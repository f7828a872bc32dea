// Submissions and what became of them, as a message out of rows.
#pragma once

#include <libpq-fe.h>
#include <stddef.h>

#include "baocao/v1/client.pb-c.h"

typedef struct status status_t;

// From the two results of intake_db_ask_status or intake_db_ask_status_of, which it borrows; at most `limit` submissions, and no
// more than fit one answer.
status_t *status_new (const PGresult *rows, const PGresult *findings, size_t limit);
void status_destroy (status_t **self_p);

const Baocao__V1__Status *status_message (const status_t *self);
