// chain verify: is the past what the receipts promised? Every receipt is built again from the stored row, so a changed byte of
// it, of the report or of the order shows as a digest, a hash or a signature that no longer fits.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baocao/v1/feed.pb-c.h"
#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "report/receipt.h"
#include "sql.h"

enum { AT_ONCE = 500, EVENT_CAP = 4 << 20 };

typedef struct {
    uint8_t *data;
    size_t size;
} bytes_t;

// A walk along the chains.
typedef struct {
    admin_t *admin;
    bc_arena_t *arena;
    const char *unit;
    uint64_t index;                   // of the last receipt that was found good
    uint8_t hash[RECEIPT_HASH_SIZE];  // its hash
    size_t units, receipts;
    const char *fault;    // stable name of the first fault; NULL: none
    const char *meaning;  // for people
    char *submission;     // where
    uint64_t fault_index;
} walk_t;

typedef struct {
    receipt_t receipt;
    uint8_t report_id[BC_UUID_SIZE];
    bytes_t report, signature, public_key, event, returned;
    char *key_id;
    bool fits;  // what the receipt does not cover goes together with what it covers
} link_t;

static int fault (walk_t *walk, const char *name, const char *meaning, const char *submission, uint64_t index)
{
    walk->fault = name;
    walk->meaning = meaning;
    walk->submission = xstrdup (submission ? submission : "");
    walk->fault_index = index;
    return EX_DATAERR;
}

// --- A row -----------------------------------------------------------------------------------------------------------------------

enum {
    COLUMN_ID,
    COLUMN_PLAN,
    COLUMN_PERIOD,
    COLUMN_REPORT_ID,
    COLUMN_REVISION,
    COLUMN_DIGEST,
    COLUMN_RECEIVED_US,
    COLUMN_TIMELINESS,
    COLUMN_INDEX,
    COLUMN_PREVIOUS,
    COLUMN_SUBMITTED_BY,
    COLUMN_KEY_ID,
    COLUMN_SIGNATURE,
    COLUMN_REPORT,
    COLUMN_PUBLIC_KEY,
    COLUMN_EVENT,
    COLUMN_RETURN,
    COLUMN_FITS
};

static const char LINKS[] =
    "SELECT s.submission_id, s.plan_code, s.period_code, s.report_id, s.revision, s.report_digest,"
    "       (extract(epoch FROM s.received_at) * 1000000)::bigint, s.timeliness, s.chain_index, s.previous_hash, s.submitted_by,"
    "       s.key_id, s.signature, s.report, k.public_key, e.event, r.event,"
    "       s.period_id IS NULL OR EXISTS (SELECT FROM period p JOIN plan USING (plan_id) WHERE p.period_id = s.period_id"
    "                                      AND p.code = s.period_code AND plan.code = s.plan_code)"
    " FROM submission s LEFT JOIN receipt_key k USING (key_id) LEFT JOIN feed_event e"
    "      ON e.submission_id = s.submission_id AND e.cause = 'judged'"
    " LEFT JOIN feed_event r ON r.submission_id = s.submission_id AND r.cause = 'returned'"
    " WHERE s.unit_id = (SELECT unit_id FROM unit WHERE code = $1) AND s.chain_index > $2::bigint"
    " ORDER BY s.chain_index LIMIT $3::int";

static bytes_t bytes_of (const PGresult *result, int row, int column)
{
    bytes_t bytes = {NULL, 0};
    if (!PQgetisnull (result, row, column))
        bytes.data = PQunescapeBytea ((const unsigned char *)PQgetvalue (result, row, column), &bytes.size);
    return bytes;
}

static void copy_hash (const PGresult *result, int row, int column, uint8_t hash[RECEIPT_HASH_SIZE])
{
    bytes_t bytes = bytes_of (result, row, column);
    memset (hash, 0, RECEIPT_HASH_SIZE);
    if (bytes.size == RECEIPT_HASH_SIZE)
        memcpy (hash, bytes.data, RECEIPT_HASH_SIZE);
    PQfreemem (bytes.data);
}

static void link_read (link_t *self, const char *unit, const PGresult *result, int row)
{
    long long received_us = sql_number (result, row, COLUMN_RECEIVED_US);
    *self = (link_t){
        .report = bytes_of (result, row, COLUMN_REPORT),
        .signature = bytes_of (result, row, COLUMN_SIGNATURE),
        .public_key = bytes_of (result, row, COLUMN_PUBLIC_KEY),
        .event = bytes_of (result, row, COLUMN_EVENT),
        .returned = bytes_of (result, row, COLUMN_RETURN),
        .key_id = PQgetvalue (result, row, COLUMN_KEY_ID),
        .fits = *PQgetvalue (result, row, COLUMN_FITS) == 't' && received_us % 1000 == 0,
    };
    bc_uuid_parse (PQgetvalue (result, row, COLUMN_REPORT_ID), self->report_id);
    self->receipt = (receipt_t){
        .unit = unit,
        .plan = PQgetvalue (result, row, COLUMN_PLAN),
        .period = PQgetvalue (result, row, COLUMN_PERIOD),
        .report_id = self->report_id,
        .revision = (uint32_t)sql_number (result, row, COLUMN_REVISION),
        .received_at = received_us / 1000,
        .timeliness = (Baocao__V1__Timeliness)sql_number (result, row, COLUMN_TIMELINESS),
        .chain_index = (uint64_t)sql_number (result, row, COLUMN_INDEX),
        .submitted_by = PQgetvalue (result, row, COLUMN_SUBMITTED_BY),
    };
    copy_hash (result, row, COLUMN_DIGEST, self->receipt.report_digest);
    copy_hash (result, row, COLUMN_PREVIOUS, self->receipt.previous_hash);
}

static void link_clear (link_t *self)
{
    PQfreemem (self->report.data);
    PQfreemem (self->signature.data);
    PQfreemem (self->public_key.data);
    PQfreemem (self->event.data);
    PQfreemem (self->returned.data);
}

// --- What can be wrong with it ---------------------------------------------------------------------------------------------------

static int check_receipt (walk_t *walk, const link_t *link, const uint8_t *body, size_t size, const char *id)
{
    uint64_t index = link->receipt.chain_index;
    Baocao__V1__Receipt receipt = BAOCAO__V1__RECEIPT__INIT;
    receipt.body = (ProtobufCBinaryData){size, (uint8_t *)body};
    receipt.signature = (ProtobufCBinaryData){link->signature.size, link->signature.data};
    receipt.key_id = link->key_id;
    if (link->public_key.size != crypto_sign_PUBLICKEYBYTES)
        return fault (walk, "key.unknown", N_ ("it was signed with a key that is not known"), id, index);
    switch (receipt_verify (&receipt, link->public_key.data, link->report.data, link->report.size, NULL)) {
    case RECEIPT_VALID:
        return 0;
    case RECEIPT_OTHER_REPORT:
        return fault (walk, "report.digest", N_ ("the stored report is not the one that was received"), id, index);
    case RECEIPT_WRONG_KEY:
        return fault (walk, "key.changed", N_ ("the stored receipt key does not have this key id"), id, index);
    default:
        return fault (walk, "receipt.signature", N_ ("the stored row is not what the receipt says"), id, index);
    }
}

static int check_event (walk_t *walk, const link_t *link, const bytes_t *bytes, const uint8_t hash[RECEIPT_HASH_SIZE],
                        const char *id)
{
    const char *reason;
    if (!bytes->data)
        return 0;
    bc_arena_reset (walk->arena);
    const Baocao__V1__FeedEvent *event = (const Baocao__V1__FeedEvent *)bc_wire_unpack (
        &baocao__v1__feed_event__descriptor, bytes->data, bytes->size, walk->arena, &reason);
    if (event && event->receipt_hash.len == RECEIPT_HASH_SIZE && memcmp (event->receipt_hash.data, hash, RECEIPT_HASH_SIZE) == 0 &&
        event->chain_index == link->receipt.chain_index && strcmp (event->unit, walk->unit) == 0)
        return 0;
    return fault (walk, "feed.hash", N_ ("the feed published another receipt"), id, link->receipt.chain_index);
}

static int check_link (walk_t *walk, const link_t *link, const char *id)
{
    uint8_t *body, hash[RECEIPT_HASH_SIZE];
    if (link->receipt.chain_index != walk->index + 1)
        return fault (walk, "chain.gap", N_ ("receipts are missing before it"), id, walk->index + 1);
    if (memcmp (link->receipt.previous_hash, walk->hash, RECEIPT_HASH_SIZE) != 0)
        return fault (walk, "chain.broken", N_ ("it does not follow the receipt before it"), id, link->receipt.chain_index);
    size_t size = receipt_pack (&link->receipt, &body);
    receipt_hash (body, size, hash);
    int status = check_receipt (walk, link, body, size, id);
    free (body);
    if (status == 0 && !link->fits)
        status = fault (walk, "row.changed", N_ ("the stored row contradicts itself"), id, link->receipt.chain_index);
    if (status == 0)
        status = check_event (walk, link, &link->event, hash, id);
    if (status == 0)
        status = check_event (walk, link, &link->returned, hash, id);
    walk->index = link->receipt.chain_index;
    memcpy (walk->hash, hash, sizeof hash);
    return status;
}

// --- The walk --------------------------------------------------------------------------------------------------------------------

static int check_rows (walk_t *walk, const PGresult *result)
{
    int status = 0;
    for (int row = 0; status == 0 && row < PQntuples (result); row++) {
        link_t link;
        link_read (&link, walk->unit, result, row);
        status = check_link (walk, &link, PQgetvalue (result, row, COLUMN_ID));
        link_clear (&link);
        walk->receipts += status == 0;
    }
    return status;
}

static int walk_unit (walk_t *walk, const char *unit)
{
    int status = 0, rows = AT_ONCE;
    char after[24], limit[12];
    walk->unit = unit;
    walk->index = 0;
    memset (walk->hash, 0, sizeof walk->hash);
    snprintf (limit, sizeof limit, "%d", AT_ONCE);
    while (status == 0 && rows == AT_ONCE) {
        snprintf (after, sizeof after, "%" PRIu64, walk->index);
        PGresult *result = sql_query (walk->admin, &status, LINKS, SQL_PARAMS (unit, after, limit));
        if (!result)
            return status;
        rows = PQntuples (result);
        status = check_rows (walk, result);
        PQclear (result);
    }
    walk->units++;
    return status;
}

// Receipts can also be missing at the end of a chain, and events in the feed. It is one feed, so this is asked for a single
// unit, too.
static const char FEED[] =
    "SELECT (SELECT min(e.seq) FROM feed_event e LEFT JOIN submission s USING (submission_id) WHERE s.submission_id IS NULL),"
    "       (SELECT count(*) FROM feed_event), (SELECT coalesce(max(seq), 0) FROM feed_event), (SELECT seq FROM feed_head),"
    "       (SELECT v.submission_id FROM verdict v LEFT JOIN submission s USING (submission_id)"
    "        WHERE s.submission_id IS NULL LIMIT 1),"
    "       (SELECT s.submission_id FROM submission s JOIN verdict v USING (submission_id) WHERE s.timeliness = 3 AND NOT EXISTS"
    "        (SELECT FROM review r WHERE r.submission_id = s.submission_id AND r.action = 'admit') LIMIT 1)";

static int check_feed (walk_t *walk)
{
    int status = 0;
    PGresult *result = sql_query (walk->admin, &status, FEED, SQL_NO_PARAMS);
    if (!result)
        return status;
    walk->unit = "";
    if (sql_text (result, 0, 0))
        status = fault (walk, "feed.orphan", N_ ("the feed speaks of a submission that is no longer stored"), NULL,
                        (uint64_t)sql_number (result, 0, 0));
    else if (sql_number (result, 0, 1) != sql_number (result, 0, 2) || sql_number (result, 0, 2) != sql_number (result, 0, 3))
        status = fault (walk, "feed.gap", N_ ("numbers are missing in the feed"), NULL, (uint64_t)sql_number (result, 0, 1));
    else if (sql_text (result, 0, 4))
        status = fault (walk, "verdict.orphan", N_ ("there is a verdict on a submission that is no longer stored"),
                        sql_text (result, 0, 4), 0);
    else if (sql_text (result, 0, 5))
        status =
            fault (walk, "verdict.not_admitted", N_ ("there is a verdict on a submission in quarantine that nobody has admitted"),
                   sql_text (result, 0, 5), 0);
    PQclear (result);
    return status;
}

static const char UNITS[] = "SELECT code, EXISTS (SELECT FROM submission s WHERE s.unit_id = u.unit_id) FROM unit u"
                            " WHERE $1::text IS NULL OR code = $1::text ORDER BY code";

static int walk_all (walk_t *walk, const char *only)
{
    int status = sql_run (walk->admin, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", SQL_NO_PARAMS);
    PGresult *units = status == 0 ? sql_query (walk->admin, &status, UNITS, SQL_PARAMS (only)) : NULL;
    if (!units)
        return status;
    if (only && PQntuples (units) == 0)
        status = admin_fail (EX_DATAERR, _ ("no unit has the code %s (baocao-admin unit list shows them)"), only);
    for (int row = 0; status == 0 && row < PQntuples (units); row++)
        if (only || *sql_text (units, row, 1) == 't')
            status = walk_unit (walk, sql_text (units, row, 0));
    if (status == 0)
        status = check_feed (walk);
    if (walk->fault)
        output_result (walk->admin,
                       json_pack ("{s:b,s:s,s:I,s:s,s:s}", "verified", 0, "unit", walk->unit, "index",
                                  (json_int_t)walk->fault_index, "submission_id", walk->submission, "fault", walk->fault),
                       _ ("NOT verified. First fault: %s, number %llu, submission %s: %s (%s)."),
                       *walk->unit ? walk->unit : _ ("feed"), (unsigned long long)walk->fault_index,
                       *walk->submission ? walk->submission : "-", _ (walk->meaning), walk->fault);
    PQclear (units);
    return sql_end (walk->admin, status);
}

int chain_verify (admin_t *admin)
{
    const char *only = admin->options->n_operands > 0 ? admin->options->operands[0] : NULL;
    if (sodium_init () < 0)
        return admin_fail (EX_UNAVAILABLE, _ ("libsodium cannot be used"));
    walk_t walk = {.admin = admin, .arena = bc_arena_new (EVENT_CAP)};
    int status = walk_all (&walk, only);
    if (status == 0)
        output_result (
            admin,
            json_pack ("{s:b,s:I,s:I}", "verified", 1, "units", (json_int_t)walk.units, "receipts", (json_int_t)walk.receipts),
            _ ("Verified: the chains of %zu units, %zu receipts."), walk.units, walk.receipts);
    free (walk.submission);
    bc_arena_destroy (&walk.arena);
    return status;
}
