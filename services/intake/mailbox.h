// ReadMailbox, with long polls: a request that finds nothing waits until a notice comes or its time is over.
#pragma once

#include "query.h"

typedef struct mailbox mailbox_t;

mailbox_t *mailbox_new (zloop_t *loop, query_t *query, const bc_zap_t *zap);

// Destroy before `query`.
void mailbox_destroy (mailbox_t **self_p);

// Takes in a request that has passed request_check.
void mailbox_read (mailbox_t *self, const asker_t *asker, const Baocao__V1__ReadMailbox *request);

// A notice was posted for the department: looks again for those of its requests that wait.
void mailbox_wake (mailbox_t *self, department_t *department);
