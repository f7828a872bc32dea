// What the portal reads from the database for the pages behind the overview.
#pragma once

#include "common/db.h"
#include "facts.h"

// Which lists are wanted.
typedef enum {
    PORTAL_DB_TASKS,
    PORTAL_DB_PLACES,
    PORTAL_DB_ENTRIES,
    PORTAL_DB_MONEY,
    PORTAL_DB_INDICATORS,
    PORTAL_DB_VALUES,
    PORTAL_DB_SUBMISSIONS,
    PORTAL_DB_RECEIPTS,
    PORTAL_DB_FINDINGS,
    PORTAL_DB_REVIEWS,
    PORTAL_DB_EVENTS,
    PORTAL_DB_EXTENSIONS,
    PORTAL_DB_LISTS
} portal_db_list_t;

#define PORTAL_DB_WANT(list) (1u << (list))

// What they are wanted of: all that is NULL (of the source: 0) is not asked about. Codes must be codes (report/text.h), and the report
// a submission's UUID.
typedef struct {
    int plan_id, period_id;
    bool vietnamese;
    const char *task, *group, *unit, *indicator, *report;
    int source;
} portal_db_question_t;

// Queues the statements of a step, which must have no others; and reads their results, of the step before. Texts in the facts are the
// results'; the lists are freed with portal_db_free.
void portal_db_ask (bc_tx_t *tx, unsigned wanted, const portal_db_question_t *question);
facts_t *portal_db_read (bc_tx_t *tx, unsigned wanted);
void portal_db_free (facts_t **facts_p);
