// Reading the plans from the database, and knowing when they have changed.
//
// Within a transaction that depends on the plan:
//   step 0: plan_db_ask_version (tx);                      // besides the step's own statements
//   step 1: if (!plan_db_is_current (bc_tx_result (tx, n), book)) { plan_db_load (tx); return BC_TX_NEXT; }
//   step 2: book = plan_db_read (bc_tx_result (tx, 0));
#pragma once

#include "common/db.h"
#include "plan.h"

void plan_db_ask_version (bc_tx_t *tx);
bool plan_db_is_current (const PGresult *result, const plan_book_t *book);  // book may be NULL: not current

// One statement, so one snapshot: the whole book.
void plan_db_load (bc_tx_t *tx);
const char *plan_db_statement (void);                // the same, to be asked in another way: its one cell is plan_book_parse's text
plan_book_t *plan_db_read (const PGresult *result);  // NULL on error (logged)
