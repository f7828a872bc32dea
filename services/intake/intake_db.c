#include "intake_db.h"
#include "intake_db_private.h"

// The columns of intake_stored_t but for the first.
#define STORED                                                                                                                     \
    " s.submission_id, s.plan_code, s.period_code, s.report_id, s.revision, s.report_digest, s.received_at,"                       \
    " s.timeliness, s.chain_index, s.previous_hash, s.submitted_by, s.key_id, s.signature "

// Of w, which has ids that came in: those that are stored.
#define TWIN_OF_W INTAKE_BY_REPORT_ID ("w.unit_id", "w.report_id") " s WHERE s.report_id = w.report_id"

// One array parameter: `add` adds the element of each submission s.
#define COLUMN(type, add)                                                                                                          \
    do {                                                                                                                           \
        bc_params_array (params, type);                                                                                            \
        for (size_t i_ = 0; i_ < count; i_++) {                                                                                    \
            const submission_t *s = submissions[i_];                                                                               \
            add;                                                                                                                   \
        }                                                                                                                          \
    } while (0)

// --- Doors and keys --------------------------------------------------------------------------------------------------------------

static const bc_statement_t DOORS = {
    "intake_doors",
    "SELECT e.unit_id, u.code, e.door, e.public_key FROM unit_endpoint e JOIN unit u USING (unit_id)"
    " WHERE $1::text[] IS NULL OR u.code = ANY ($1)",
};

void intake_db_ask_doors (bc_tx_t *tx, char *const *units, size_t n_units)
{
    bc_params_t *params = bc_params_new ();
    if (n_units == 0)
        bc_params_text (params, NULL);
    else
        bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < n_units; i++)
        bc_array_text (params, units[i]);
    bc_tx_query (tx, &DOORS, params);
}

intake_door_t intake_db_door (const PGresult *rows, int row)
{
    return (intake_door_t){.unit_id = (int)bc_row_int (rows, row, 0),
                           .code = bc_row_text (rows, row, 1),
                           .door = (int)bc_row_int (rows, row, 2),
                           .public_key = bc_row_text (rows, row, 3)};
}

static const bc_statement_t KEYS = {
    "intake_keys",
    "SELECT unit_id, public_key, name FROM client_key WHERE revoked_at IS NULL",
};

void intake_db_ask_keys (bc_tx_t *tx)
{
    bc_tx_query (tx, &KEYS, NULL);
}

intake_key_t intake_db_key (const PGresult *rows, int row)
{
    return (intake_key_t){
        .unit_id = (int)bc_row_int (rows, row, 0), .public_key = bc_row_text (rows, row, 1), .name = bc_row_text (rows, row, 2)};
}

// --- Receipts --------------------------------------------------------------------------------------------------------------------

intake_stored_t intake_db_stored (const PGresult *rows, int row)
{
    intake_stored_t stored = {
        .number = bc_row_int (rows, row, 0),
        .submission_id = bc_row_bytes (rows, row, 1, NULL),
        .receipt =
            {
                .plan = bc_row_text (rows, row, 2),
                .period = bc_row_text (rows, row, 3),
                .report_id = bc_row_bytes (rows, row, 4, NULL),
                .revision = (uint32_t)bc_row_int (rows, row, 5),
                .received_at = bc_row_time (rows, row, 7),
                .timeliness = (Baocao__V1__Timeliness)bc_row_int (rows, row, 8),
                .chain_index = (uint64_t)bc_row_int (rows, row, 9),
                .submitted_by = bc_row_text (rows, row, 11),
            },
        .key_id = bc_row_text (rows, row, 12),
        .signature = bc_row_bytes (rows, row, 13, NULL),
    };
    // The table's constraints give both hashes and the signature their length.
    memcpy (stored.receipt.report_digest, bc_row_bytes (rows, row, 6, NULL), RECEIPT_HASH_SIZE);
    memcpy (stored.receipt.previous_hash, bc_row_bytes (rows, row, 10, NULL), RECEIPT_HASH_SIZE);
    return stored;
}

static const bc_statement_t TWINS = {
    "intake_twins",
    "SELECT w.n - 1," STORED "FROM unnest($1::int4[], $2::uuid[]) WITH ORDINALITY AS w (unit_id, report_id, n)"
    " CROSS JOIN LATERAL " TWIN_OF_W,
};

void intake_db_ask_twins (bc_tx_t *tx, submission_t *const *submissions, size_t count)
{
    bc_params_t *params = bc_params_new ();
    COLUMN (BC_INT4, bc_array_int (params, s->asker.department->id));
    COLUMN (BC_UUID, bc_array_bytes (params, s->report_id, sizeof s->report_id));
    bc_tx_query (tx, &TWINS, params);
}

static const bc_statement_t HEADS = {
    "intake_heads",
    "SELECT w.unit_id::int8," STORED "FROM unnest($1::int4[]) AS w (unit_id) CROSS JOIN LATERAL"
    " (SELECT * FROM submission WHERE unit_id = w.unit_id ORDER BY chain_index DESC LIMIT 1) s",
};

void intake_db_ask_heads (bc_tx_t *tx, department_t *const *departments, size_t count)
{
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_INT4);
    for (size_t i = 0; i < count; i++)
        bc_array_int (params, departments[i]->id);
    bc_tx_query (tx, &HEADS, params);
}

static const bc_statement_t RECEIPT = {
    "intake_receipt",
    "SELECT s.unit_id::int8," STORED "FROM " INTAKE_BY_REPORT_ID ("$1::int4", "$2::uuid") " s WHERE s.report_id = $2",
};

// Writes to the log of the database and to no table.
static const bc_statement_t CONFIRM = {
    "intake_confirm",
    "SELECT pg_logical_emit_message(true, 'baocao', '') IS NOT NULL",
};

void intake_db_ask_receipt (bc_tx_t *tx, int unit_id, const uint8_t *report_id)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_uuid (params, report_id);
    bc_tx_query (tx, &RECEIPT, params);
    bc_tx_query (tx, &CONFIRM, NULL);
}

// --- Storing submissions ---------------------------------------------------------------------------------------------------------

static const bc_statement_t REVISIONS = {
    "intake_revisions",
    "SELECT w.n - 1, s.revision FROM unnest($1::int4[], $2::text[], $3::text[]) WITH ORDINALITY AS w (unit_id, plan, period, n)"
    " CROSS JOIN LATERAL (SELECT revision FROM submission WHERE unit_id = w.unit_id AND plan_code = w.plan"
    "   AND period_code = w.period ORDER BY chain_index DESC LIMIT 1) s",
};

void intake_db_ask_revisions (bc_tx_t *tx, submission_t *const *submissions, size_t count)
{
    bc_params_t *params = bc_params_new ();
    COLUMN (BC_INT4, bc_array_int (params, s->asker.department->id));
    COLUMN (BC_TEXT, bc_array_text (params, s->plan));
    COLUMN (BC_TEXT, bc_array_text (params, s->period));
    bc_tx_query (tx, &REVISIONS, params);
}

uint32_t intake_db_revision (const PGresult *rows, int row, int64_t *number_p)
{
    *number_p = bc_row_int (rows, row, 0);
    return (uint32_t)bc_row_int (rows, row, 1);
}

#define INSERT_SUBMISSIONS                                                                                                         \
    "INSERT INTO submission (submission_id, unit_id, plan_code, period_code, period_id, report_id, revision, report_digest,"       \
    "   received_at, timeliness, chain_index, previous_hash, submitted_by, key_id, signature, sender_key, report)"                 \
    " SELECT * FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::int4[], $6::uuid[], $7::int4[], $8::bytea[],"       \
    "   $9::timestamptz[], $10::int2[], $11::int8[], $12::bytea[], $13::text[], $14::text[], $15::bytea[], $16::text[], "          \
    "$17::bytea[])"

static const bc_statement_t ADD_SUBMISSIONS = {"intake_add_submissions", INSERT_SUBMISSIONS};

static const bc_statement_t ADD_WORK = {
    "intake_add_work",
    "INSERT INTO validation_queue (submission_id) SELECT * FROM unnest($1::uuid[])",
};

static void add_work (bc_tx_t *tx, submission_t *const *submissions, size_t count)
{
    bc_params_t *params = bc_params_new ();
    COLUMN (BC_UUID, bc_array_bytes (params, s->id, sizeof s->id));
    bc_tx_query (tx, &ADD_WORK, params);
}

static bc_params_t *submission_params (submission_t *const *submissions, size_t count)
{
    bc_params_t *params = bc_params_new ();
    COLUMN (BC_UUID, bc_array_bytes (params, s->id, sizeof s->id));
    COLUMN (BC_INT4, bc_array_int (params, s->asker.department->id));
    COLUMN (BC_TEXT, bc_array_text (params, s->plan));
    COLUMN (BC_TEXT, bc_array_text (params, s->period));
    COLUMN (BC_INT4, bc_array_id (params, s->period_id));
    COLUMN (BC_UUID, bc_array_bytes (params, s->report_id, sizeof s->report_id));
    COLUMN (BC_INT4, bc_array_int (params, s->receipt.revision));
    COLUMN (BC_BYTEA, bc_array_bytes (params, s->receipt.report_digest, RECEIPT_HASH_SIZE));
    COLUMN (BC_TIME, bc_array_int (params, s->receipt.received_at));
    COLUMN (BC_INT2, bc_array_int (params, s->receipt.timeliness));
    COLUMN (BC_INT8, bc_array_int (params, (int64_t)s->receipt.chain_index));
    COLUMN (BC_BYTEA, bc_array_bytes (params, s->receipt.previous_hash, RECEIPT_HASH_SIZE));
    COLUMN (BC_TEXT, bc_array_text (params, s->receipt.submitted_by));
    COLUMN (BC_TEXT, bc_array_text (params, s->key_id));
    COLUMN (BC_BYTEA, bc_array_bytes (params, s->signature, RECEIPT_SIGNATURE_SIZE));
    COLUMN (BC_TEXT, bc_array_text (params, s->asker.peer.key));
    COLUMN (BC_BYTEA, bc_array_bytes (params, s->report, s->report_size));
    return params;
}

void intake_db_add_submissions (bc_tx_t *tx, submission_t *const *submissions, size_t count)
{
    bc_tx_query (tx, &ADD_SUBMISSIONS, submission_params (submissions, count));
    add_work (tx, submissions, count);
}

static const bc_statement_t ADD_IF_NEW = {
    "intake_add_if_new",
    "WITH stored AS (" INSERT_SUBMISSIONS " WHERE (SELECT version FROM plan_version) = $18::int8 AND NOT EXISTS (SELECT FROM"
    "   unnest($2::int4[], $6::uuid[]) AS w (unit_id, report_id) CROSS JOIN LATERAL " TWIN_OF_W ") RETURNING submission_id)"
    " INSERT INTO validation_queue (submission_id) SELECT submission_id FROM stored",
};

void intake_db_add_if_new (bc_tx_t *tx, submission_t *const *submissions, size_t count, int64_t plan_version)
{
    bc_params_t *params = submission_params (submissions, count);
    bc_params_int8 (params, plan_version);
    bc_tx_query (tx, &ADD_IF_NEW, params);
}

bool intake_db_added (const PGresult *result)
{
    return strcmp (PQcmdTuples ((PGresult *)result), "0") != 0;
}

static const bc_statement_t MISSING = {
    "intake_missing",
    "SELECT w.n FROM unnest($1::int8[], $2::bytea[]) AS w (n, sha256)"
    " WHERE NOT EXISTS (SELECT FROM attachment a WHERE a.sha256 = w.sha256)",
};

void intake_db_ask_missing (bc_tx_t *tx, submission_t *const *submissions, size_t count)
{
    bc_params_t *params = bc_params_new ();
    COLUMN (BC_INT8, for (size_t k = 0; k < s->n_named; k++) bc_array_int (params, (int64_t)i_));
    COLUMN (BC_BYTEA, for (size_t k = 0; k < s->n_named; k++) bc_array_bytes (params, s->named[k], REPORT_DIGEST_SIZE));
    bc_tx_query (tx, &MISSING, params);
}

size_t intake_db_missing (const PGresult *rows, int row)
{
    return (size_t)bc_row_int (rows, row, 0);
}

static const bc_statement_t ADD_RESUBMISSIONS = {
    "intake_add_resubmissions",
    "INSERT INTO resubmission (submission_id, received_at, report_digest, conflict, sender_key)"
    " SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::bytea[], $4::bool[], $5::text[])",
};

void intake_db_add_resubmissions (bc_tx_t *tx, submission_t *const *submissions, size_t count)
{
    bc_params_t *params = bc_params_new ();
    COLUMN (BC_UUID, bc_array_bytes (params, s->stored_id, sizeof s->stored_id));
    COLUMN (BC_TIME, bc_array_int (params, s->receipt.received_at));
    COLUMN (BC_BYTEA, bc_array_bytes (params, s->receipt.report_digest, RECEIPT_HASH_SIZE));
    COLUMN (BC_BOOL, bc_array_int (params, s->kind == SUBMISSION_CONFLICT));
    COLUMN (BC_TEXT, bc_array_text (params, s->asker.peer.key));
    bc_tx_query (tx, &ADD_RESUBMISSIONS, params);
}
