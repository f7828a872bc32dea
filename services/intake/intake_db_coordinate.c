// The statements behind what units that share a task say to each other; see intake_db.h.

#include "common/clock.h"
#include "intake_db.h"
#include "intake_db_private.h"

static const char *const KINDS[] = {
    [INTAKE_CONTRIBUTION] = "contribution",
    [INTAKE_DRAFT] = "draft",
    [INTAKE_AGREED] = "agreed",
    [INTAKE_DISAGREED] = "disagreed",
};

static const bc_statement_t LOCK = {
    "intake_lock_coordination",
    "SELECT pg_advisory_xact_lock(hashtext('baocao.coordination'), hashtext($1::text || ' ' || $2::text))",
};

void intake_db_lock_coordination (bc_tx_t *tx, const char *plan, const char *period)
{
    bc_params_t *params = bc_params_new ();
    bc_params_text (params, plan);
    bc_params_text (params, period);
    bc_tx_query (tx, &LOCK, params);
}

// --- Saying ----------------------------------------------------------------------------------------------------------------------

// A later item of the same unit, task and kind takes this one's place; an answer only one to the same draft.
#define LATER(item)                                                                                                                \
    "EXISTS (SELECT FROM coordination n WHERE n.period_id = " item ".period_id AND n.task_id = " item ".task_id"                   \
    " AND n.unit_id = " item ".unit_id AND n.coordination_id > " item ".coordination_id"                                           \
    " AND CASE WHEN " item ".draft_id IS NULL THEN n.kind = " item ".kind ELSE n.draft_id = " item ".draft_id END)"
#define C_REPLACED LATER ("c")
#define D_REPLACED LATER ("d")
#define S_REPLACED LATER ("s")

// What the unit said of the kind about the task, and stands.
#define STANDING                                                                                                                   \
    " FROM coordination s WHERE s.period_id = p.period_id AND s.task_id = t.task_id AND s.unit_id = $1::int4"                      \
    " AND s.kind = $5::text AND NOT " S_REPLACED

static const bc_statement_t LOOK = {
    "intake_look_at_task",
    "SELECT p.period_id, t.task_id, r.role IS NOT DISTINCT FROM n.role,"
    " (SELECT string_agg(u.code, ', ' ORDER BY u.code) FROM period_role o JOIN unit u USING (unit_id)"
    "  WHERE o.period_id = p.period_id AND o.task_id = t.task_id AND o.role = n.role),"
    " EXISTS (SELECT FROM period_role o WHERE o.period_id = p.period_id AND o.task_id = t.task_id AND o.role = 'coordinating'"
    "  AND o.unit_id <> $1::int4),"
    " $7::int8 = 0 OR EXISTS (SELECT FROM coordination d WHERE d.coordination_id = $7::int8 AND d.kind = 'draft' AND d.entry <> ''"
    "  AND d.period_id = p.period_id AND d.task_id = t.task_id AND NOT " D_REPLACED "),"
    " (SELECT s.coordination_id" STANDING " AND s.entry IS NOT DISTINCT FROM $6::bytea"
    "  AND s.draft_id IS NOT DISTINCT FROM nullif($7::int8, 0) AND s.remark = $8::text),"
    " EXISTS (SELECT" STANDING " AND s.entry <> ''), own.items, own.bytes,"
    " CASE WHEN $9::timestamptz < w.opens_at THEN to_char(w.opens_at AT TIME ZONE l.time_zone, 'YYYY-MM-DD HH24:MI') END,"
    " CASE WHEN $9::timestamptz >= w.closes_at THEN to_char(w.closes_at AT TIME ZONE l.time_zone, 'YYYY-MM-DD HH24:MI') END"
    " FROM plan l JOIN period p USING (plan_id) JOIN task t USING (plan_id) JOIN period_window w ON w.period_id = p.period_id"
    " CROSS JOIN LATERAL (SELECT CASE $5::text WHEN 'draft' THEN 'lead' ELSE 'coordinating' END AS role) n"
    " CROSS JOIN LATERAL (SELECT count(*)::int4 AS items, coalesce(sum(length(c.entry)), 0)::int8 AS bytes"
    "  FROM coordination c WHERE c.unit_id = $1::int4 AND c.period_id = p.period_id) own"
    " LEFT JOIN period_role r ON r.period_id = p.period_id AND r.task_id = t.task_id AND r.unit_id = $1::int4"
    " WHERE l.code = $2::text AND p.code = $3::text AND t.code = $4::text LIMIT 1",
};

void intake_db_look_at_task (bc_tx_t *tx, int unit_id, const intake_saying_t *saying, int64_t now)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_text (params, saying->plan);
    bc_params_text (params, saying->period);
    bc_params_text (params, saying->task);
    bc_params_text (params, KINDS[saying->kind]);
    bc_params_bytes (params, saying->entry, saying->entry_size);
    bc_params_int8 (params, saying->draft_id);
    bc_params_text (params, saying->text);
    bc_params_time (params, now);
    bc_tx_query (tx, &LOOK, params);
}

intake_shared_t intake_db_shared (const PGresult *rows)
{
    const char *who = bc_row_text (rows, 0, 3);
    return (intake_shared_t){
        .period_id = (int)bc_row_int (rows, 0, 0),
        .task_id = (int)bc_row_int (rows, 0, 1),
        .permitted = bc_row_int (rows, 0, 2),
        .who = who ? who : "",
        .coordinated = bc_row_int (rows, 0, 4),
        .standing = bc_row_int (rows, 0, 5),
        .same = bc_row_int (rows, 0, 6),
        .stands = bc_row_int (rows, 0, 7),
        .said = (int)bc_row_int (rows, 0, 8),
        .said_bytes = bc_row_int (rows, 0, 9),
        .opens = bc_row_text (rows, 0, 10),
        .closed = bc_row_text (rows, 0, 11),
    };
}

// Whoever was told within the hour looks up what stands, so the same thing once more is not news to him: not to say so keeps his mailbox
// readable. A draft anew is, when he has answered the one before. What goes to and fro is told
// no more after six times.
static const bc_statement_t ADD = {
    "intake_add_saying",
    "WITH recent AS (SELECT c.coordination_id, c.kind = $4::text AND (c.entry = '') IS NOT DISTINCT FROM ($5::bytea = '') AS same"
    "  FROM coordination c WHERE c.period_id = $2::int4 AND c.task_id = $3::int4 AND c.unit_id = $1::int4"
    "  AND CASE WHEN $6::int8 = 0 THEN c.kind = $4::text ELSE c.draft_id = $6::int8 END"
    "  AND c.said_at > $8::timestamptz - interval '1 hour' ORDER BY c.coordination_id DESC LIMIT 6),"
    " last AS (SELECT coordination_id, same OR (SELECT count(*) = 6 FROM recent) AS known FROM recent ORDER BY 1 DESC LIMIT 1),"
    " said AS (INSERT INTO coordination (period_id, task_id, unit_id, kind, entry, draft_id, remark, said_at, sender_key)"
    "  VALUES ($2::int4, $3::int4, $1::int4, $4::text, $5::bytea, nullif($6::int8, 0), $7::text, $8::timestamptz, $9::text)"
    "  RETURNING coordination_id),"
    " told AS (INSERT INTO notification_queue (item, event, unit_id, decision_id)"
    "  SELECT gen_random_uuid(), 'coordination', other.unit_id, coordination_id FROM said,"
    "  (SELECT unit_id FROM coordination WHERE coordination_id = $6::int8"
    "   UNION ALL SELECT unit_id FROM period_role WHERE $6::int8 = 0 AND period_id = $2::int4 AND task_id = $3::int4"
    "   AND role = CASE $4::text WHEN 'draft' THEN 'coordinating' ELSE 'lead' END) other WHERE other.unit_id <> $1::int4"
    "  AND NOT EXISTS (SELECT FROM last WHERE last.known AND NOT EXISTS (SELECT FROM coordination a"
    "   WHERE a.draft_id = last.coordination_id AND a.unit_id = other.unit_id)))"
    " SELECT coordination_id FROM said",
};

void intake_db_add_saying (bc_tx_t *tx, int unit_id, const intake_saying_t *saying, const intake_shared_t *shared, int64_t now,
                           const char *sender_key)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, unit_id);
    bc_params_int4 (params, shared->period_id);
    bc_params_int4 (params, shared->task_id);
    bc_params_text (params, KINDS[saying->kind]);
    bc_params_bytes (params, saying->entry, saying->entry_size);
    bc_params_int8 (params, saying->draft_id);
    bc_params_text (params, saying->text);
    bc_params_time (params, now);
    bc_params_text (params, sender_key);
    bc_tx_query (tx, &ADD, params);
}

// --- What was said ---------------------------------------------------------------------------------------------------------------

#define ITEM "SELECT c.coordination_id, c.kind, t.code::text, u.code::text, coalesce(k.name, ''), c.said_at, c.draft_id, c.remark, "
#define OF_ITEMS                                                                                                                   \
    " FROM coordination c JOIN task t USING (task_id) JOIN unit u ON u.unit_id = c.unit_id"                                        \
    " LEFT JOIN client_key k ON k.public_key = c.sender_key"

static const bc_statement_t ASK_ITEM = {"intake_ask_item", ITEM "c.entry" OF_ITEMS " WHERE c.coordination_id = $1::int8"};

void intake_db_ask_item (bc_tx_t *tx, int64_t number)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int8 (params, number);
    bc_tx_query (tx, &ASK_ITEM, params);
}

// An entry is fetched only while those before it have less than $6 bytes; to know its length it need not be.
static const bc_statement_t ASK_ITEMS = {
    "intake_ask_items",
    ITEM
    "CASE WHEN coalesce(sum(length(c.entry)) OVER (ORDER BY c.coordination_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),"
    "  0) < $6::int8 THEN c.entry END" OF_ITEMS " JOIN period p USING (period_id) JOIN plan l ON l.plan_id = p.plan_id"
    " JOIN period_role r ON r.period_id = c.period_id AND r.task_id = c.task_id AND r.unit_id = $1::int4"
    " LEFT JOIN coordination d ON d.coordination_id = c.draft_id"
    " WHERE l.code = $2::text AND p.code = $3::text AND c.coordination_id > $4::int8 AND c.entry IS DISTINCT FROM ''"
    " AND (NOT $7::bool OR c.kind = 'draft' AND c.unit_id = $1::int4 OR d.unit_id = $1::int4)"
    " AND NOT " C_REPLACED " AND (d.coordination_id IS NULL OR NOT " D_REPLACED ") ORDER BY c.coordination_id LIMIT $5::int4",
};

static const bc_statement_t ASK_PARTIES = {
    "intake_ask_parties",
    "SELECT t.code::text, u.code::text, u.name_vi, u.name_en, o.role = 'lead' FROM plan l JOIN period p USING (plan_id)"
    " JOIN period_role mine ON mine.period_id = p.period_id AND mine.unit_id = $1::int4"
    " JOIN period_role o ON o.period_id = p.period_id AND o.task_id = mine.task_id"
    " JOIN task t ON t.task_id = o.task_id JOIN unit u ON u.unit_id = o.unit_id"
    " WHERE l.code = $2::text AND p.code = $3::text AND $4::int8 = 0 ORDER BY t.position, t.task_id, o.role DESC, u.code",
};

void intake_db_ask_coordination (bc_tx_t *tx, int unit_id, const char *plan, const char *period, int64_t after, int limit,
                                 size_t bytes, bool own_drafts)
{
    const bc_statement_t *statements[] = {&ASK_ITEMS, &ASK_PARTIES};
    for (size_t i = 0; i < 2; i++) {
        bc_params_t *params = bc_params_new ();
        bc_params_int4 (params, unit_id);
        bc_params_text (params, plan);
        bc_params_text (params, period);
        bc_params_int8 (params, after);
        if (statements[i] == &ASK_ITEMS) {
            bc_params_int4 (params, limit);
            bc_params_int8 (params, (int64_t)bytes);
            bc_params_bool (params, own_drafts);
        }
        bc_tx_query (tx, statements[i], params);
    }
}

static Baocao__V1__CoordinationKind kind_named (const char *name)
{
    int kind = INTAKE_CONTRIBUTION;
    while (kind < INTAKE_DISAGREED && !streq (name, KINDS[kind]))
        kind++;
    return (Baocao__V1__CoordinationKind)(kind + 1);
}

void intake_db_item (const PGresult *rows, int row, Baocao__V1__CoordinationItem *item, Google__Protobuf__Timestamp *said_at)
{
    baocao__v1__coordination_item__init (item);
    item->number = (uint64_t)bc_row_int (rows, row, 0);
    item->kind = kind_named (bc_row_text (rows, row, 1));
    item->task = (char *)bc_row_text (rows, row, 2);
    item->unit = (char *)bc_row_text (rows, row, 3);
    item->said_by = (char *)bc_row_text (rows, row, 4);
    item->said_at = bc_timestamp_set (said_at, bc_row_time (rows, row, 5));
    item->entry.data = (uint8_t *)bc_row_bytes (rows, row, 8, &item->entry.len);
    item->draft = (uint64_t)bc_row_int (rows, row, 6);
    item->text = (char *)bc_row_text (rows, row, 7);
}

void intake_db_party (const PGresult *rows, int row, Baocao__V1__CoordinationParty *party)
{
    baocao__v1__coordination_party__init (party);
    party->task = (char *)bc_row_text (rows, row, 0);
    party->unit = (char *)bc_row_text (rows, row, 1);
    party->unit_name_vi = (char *)bc_row_text (rows, row, 2);
    party->unit_name_en = (char *)bc_row_text (rows, row, 3);
    party->role = bc_row_int (rows, row, 4) ? BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD : BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING;
}
