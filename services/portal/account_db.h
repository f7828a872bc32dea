// Reading the accounts.
#pragma once

#include "account.h"

void account_db_ask (bc_tx_t *tx);
account_t *account_db_read (const PGresult *rows, size_t *count_p);  // the caller's
