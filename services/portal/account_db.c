#include "account_db.h"

#include <sodium.h>

#include "common/xmem.h"

static const bc_statement_t ASK = {
    "portal_accounts",
    "SELECT account_id, name, class, password FROM portal_account WHERE removed_at IS NULL ORDER BY account_id",
};

void account_db_ask (bc_tx_t *tx)
{
    bc_tx_query (tx, &ASK, NULL);
}

account_t *account_db_read (const PGresult *rows, size_t *count_p)
{
    size_t count = (size_t)PQntuples (rows);
    account_t *list = xcalloc (count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        const char *hash = bc_row_text (rows, (int)i, 3), *stamped = hash ? hash : "";
        list[i] = (account_t){.id = (int)bc_row_int (rows, (int)i, 0),
                              .name = xstrdup (bc_row_text (rows, (int)i, 1)),
                              .access = streq (bc_row_text (rows, (int)i, 2), "agency") ? ACCESS_AGENCY : ACCESS_READER,
                              .hash = hash ? xstrdup (hash) : NULL};
        crypto_generichash (list[i].stamp, ACCOUNT_STAMP, (const uint8_t *)stamped, strlen (stamped), NULL, 0);
    }
    *count_p = count;
    return list;
}
