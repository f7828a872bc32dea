#include "notification_db.h"

#include <jansson.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "wording.h"

static const char *const EVENTS[] = {[NOTIFICATION_JUDGED] = "judged",
                                     [NOTIFICATION_STANDING] = "standing",
                                     [NOTIFICATION_RETURNED] = "returned",
                                     [NOTIFICATION_CONFIRMED] = "confirmed",
                                     [NOTIFICATION_QUARANTINED] = "quarantined",
                                     [NOTIFICATION_DEADLINE] = "deadline",
                                     [NOTIFICATION_EXTENSION] = "extension",
                                     [NOTIFICATION_REQUEST] = "request",
                                     [NOTIFICATION_REQUEST_REFUSED] = "request-refused",
                                     [NOTIFICATION_COORDINATION] = "coordination"};
enum { EVENT_COUNT = sizeof EVENTS / sizeof *EVENTS };

// --- Posting ---------------------------------------------------------------------------------------------------------------------

static const bc_statement_t BEGIN_POSTING = {
    "notification_begin_posting",
    "SELECT pg_advisory_xact_lock(hashtext('baocao.notice'))",
};

void notification_db_begin_posting (bc_tx_t *tx)
{
    bc_tx_query (tx, &BEGIN_POSTING, NULL);
}

static const bc_statement_t TAKE = {
    "notification_take",
    "DELETE FROM notification_queue q USING ("
    "    SELECT n.item, n.event FROM unnest($1::uuid[], $2::text[]) w (item, event)"
    "    JOIN notification_queue n USING (item, event) FOR UPDATE OF n SKIP LOCKED) t"
    " WHERE q.item = t.item AND q.event = t.event"
    " RETURNING q.item, q.event",
};

void notification_db_take (bc_tx_t *tx, bc_item_t *const *items, size_t n)
{
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_UUID);
    for (size_t i = 0; i < n; i++)
        bc_array_bytes (params, items[i]->id, sizeof items[i]->id);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < n; i++)
        bc_array_text (params, EVENTS[items[i]->kind]);
    bc_tx_query (tx, &TAKE, params);
}

bool notification_db_taken (const PGresult *result, const bc_item_t *item)
{
    for (int row = 0; row < PQntuples (result); row++)
        if (memcmp (bc_row_bytes (result, row, 0, NULL), item->id, sizeof item->id) == 0 &&
            streq (bc_row_text (result, row, 1), EVENTS[item->kind]))
            return true;
    return false;
}

static const bc_statement_t CURSORS = {
    "notification_cursors",
    "SELECT u.code::text, u.unit_id, coalesce((SELECT max(cursor) FROM notice n WHERE n.unit_id = u.unit_id), 0)"
    " FROM unit u WHERE u.code = ANY($1::text[])",
};

void notification_db_cursors (bc_tx_t *tx, letter_t *const *letters, size_t n)
{
    bc_params_t *params = bc_params_new ();
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < n; i++)
        bc_array_text (params, letters[i]->unit);
    bc_tx_query (tx, &CURSORS, params);
}

bool notification_db_number (const PGresult *result, letter_t *letter, size_t before, int64_t now)
{
    for (int row = 0; row < PQntuples (result); row++) {
        if (!streq (bc_row_text (result, row, 0), letter->unit))
            continue;
        letter_stamp (letter, (int)bc_row_int (result, row, 1), (uint64_t)bc_row_int (result, row, 2) + before + 1, now);
        return true;
    }
    return false;
}

static const bc_statement_t POST = {
    "notification_post",
    "INSERT INTO notice (unit_id, cursor, kind, posted_at, submission_id, notice)"
    " SELECT * FROM unnest($1::int4[], $2::int8[], $3::int2[], $4::timestamptz[], $5::uuid[], $6::bytea[])",
};

enum { POST_UNIT, POST_CURSOR, POST_KIND, POST_TIME, POST_SUBMISSION, POST_NOTICE, POST_COLUMNS };
static const bc_type_t POST_TYPES[POST_COLUMNS] = {BC_INT4, BC_INT8, BC_INT2, BC_TIME, BC_UUID, BC_BYTEA};

static void post_packed (bc_params_t *params, const Baocao__V1__Notice *notice)
{
    uint8_t *packed;
    size_t size = bc_wire_pack (&notice->base, &packed);
    bc_array_bytes (params, packed, size);
    free (packed);
}

static void post_value (bc_params_t *params, const letter_t *letter, int column)
{
    static const uint8_t NONE[16];
    const Baocao__V1__Notice *notice = letter->notice;
    switch (column) {
    case POST_UNIT:
        bc_array_int (params, letter->unit_id);
        break;
    case POST_CURSOR:
        bc_array_int (params, (int64_t)notice->cursor);
        break;
    case POST_KIND:
        bc_array_int (params, notice->kind);
        break;
    case POST_TIME:
        bc_array_int (params, bc_timestamp_ms (notice->posted_at));
        break;
    case POST_SUBMISSION:
        if (memcmp (letter->submission_id, NONE, sizeof NONE) == 0)
            bc_array_null (params);
        else
            bc_array_bytes (params, letter->submission_id, sizeof letter->submission_id);
        break;
    default:
        post_packed (params, notice);
    }
}

void notification_db_post (bc_tx_t *tx, letter_t *const *letters, size_t n)
{
    bc_params_t *params = bc_params_new ();
    for (int column = 0; column < POST_COLUMNS; column++) {
        bc_params_array (params, POST_TYPES[column]);
        for (size_t i = 0; i < n; i++)
            if (letters[i]->notice->cursor > 0)
                post_value (params, letters[i], column);
    }
    bc_tx_query (tx, &POST, params);
}

// --- Sweeping --------------------------------------------------------------------------------------------------------------------

static const bc_statement_t SWEEP = {
    "notification_sweep",
    "SELECT q.item, u.code::text, coalesce(s.plan_code, pl.code)::text, coalesce(s.period_code, p.code)::text, s.report_id,"
    "       s.revision, v.accepted, q.standing, q.feed_seq, q.event,"
    "       CASE WHEN q.event = 'judged' THEN"
    "           (SELECT coalesce(json_agg(json_build_array(code, severity = 'error', path, message_vi, message_en)"
    "                            ORDER BY position), '[]')::text FROM finding f WHERE f.submission_id = q.item) END,"
    "       coalesce(d.reason, e.reason, (SELECT r.reason FROM review r WHERE r.submission_id = q.item"
    "        AND r.action = CASE q.event WHEN 'returned' THEN 'return' WHEN 'confirmed' THEN 'confirm' END), ''),"
    "       CASE WHEN q.event = 'returned' THEN EXISTS (SELECT FROM review r JOIN period_window w ON w.period_id = s.period_id"
    "                 WHERE r.submission_id = q.item AND r.action = 'return' AND w.closes_at <= r.at)"
    "            ELSE coalesce(d.action = 'close', e.due_before IS NULL) END,"
    "       to_char(due.before, 'DD/MM/YYYY'), to_char(due.before, 'FMDD FMMonth YYYY'),"
    "       CASE WHEN p.period_id IS NOT NULL AND NOT EXISTS (SELECT FROM verdict a WHERE a.accepted AND a.unit_id = u.unit_id"
    "            AND a.period_id = p.period_id AND NOT EXISTS (SELECT FROM verdict x JOIN review r USING (submission_id)"
    "            WHERE r.action = 'return' AND x.unit_id = a.unit_id AND x.period_id = a.period_id AND x.revision >= a.revision))"
    "            THEN coalesce(x.due_at, p.due_before::timestamp AT TIME ZONE pl.time_zone) END,"
    "       coalesce((SELECT b.due_before > e.due_before FROM extension b WHERE b.period_id = e.period_id AND b.unit_id = e.unit_id"
    "                 AND b.extension_id < e.extension_id ORDER BY b.extension_id DESC LIMIT 1), false),"
    "       coalesce((SELECT f.timeliness > 1 FROM verdict a JOIN submission f USING (submission_id) WHERE a.accepted"
    "                 AND a.unit_id = u.unit_id AND a.period_id = e.period_id AND NOT EXISTS (SELECT FROM verdict y"
    "                  JOIN review r USING (submission_id) WHERE r.action = 'return' AND y.unit_id = a.unit_id"
    "                  AND y.period_id = a.period_id AND y.revision >= a.revision) ORDER BY f.received_at LIMIT 1), false),"
    "       w.request_id, coalesce(to_char(w.last_day, 'DD/MM/YYYY'), ''), coalesce(to_char(w.last_day, 'FMDD FMMonth YYYY'), ''),"
    "       w.reason, a_unit.name_vi, a_unit.name_en, coalesce((SELECT b.revision FROM submission b WHERE b.submission_id = "
    "w.submission_id), 0),"
    "       (SELECT z.reason FROM request_decision z WHERE z.request_id = w.request_id AND z.outcome = 'refused'),"
    "       CASE WHEN y.entry = '' THEN y.kind || ' withdrawn' ELSE y.kind END, y.remark, y_task.code::text, y_task.title_vi"
    " FROM (SELECT * FROM notification_queue ORDER BY place LIMIT $1::int4) q"
    " LEFT JOIN submission s ON s.submission_id = q.item LEFT JOIN verdict v ON v.submission_id = q.item"
    " LEFT JOIN period_decision d ON q.event = 'deadline' AND d.decision_id = q.decision_id"
    " LEFT JOIN extension e ON q.event = 'extension' AND e.extension_id = q.decision_id"
    " LEFT JOIN unit_request w ON q.event IN ('request', 'request-refused') AND w.request_id = q.decision_id"
    " LEFT JOIN coordination y ON q.event = 'coordination' AND y.coordination_id = q.decision_id"
    " LEFT JOIN unit a_unit ON a_unit.unit_id = coalesce(w.unit_id, y.unit_id)"
    " LEFT JOIN period p ON p.period_id = coalesce(d.period_id, e.period_id, w.period_id, y.period_id) LEFT JOIN plan pl USING "
    "(plan_id)"
    " LEFT JOIN task y_task ON y_task.task_id = y.task_id"
    " JOIN unit u ON u.unit_id = coalesce(q.unit_id, s.unit_id)"
    " LEFT JOIN extension_due x ON x.period_id = p.period_id AND x.unit_id = u.unit_id"
    " CROSS JOIN LATERAL (SELECT coalesce(e.due_before, CASE q.event WHEN 'deadline' THEN x.due_at AT TIME ZONE pl.time_zone END,"
    "                                     p.due_before) AS before) due"
    " ORDER BY q.place",
};

void notification_db_sweep (bc_tx_t *tx)
{
    bc_params_t *params = bc_params_new ();
    bc_params_int4 (params, BC_QUEUE_BATCH);
    bc_tx_query (tx, &SWEEP, params);
}

static ProtobufCBinaryData row_binary (const PGresult *result, int row, int column)
{
    ProtobufCBinaryData binary;
    binary.data = (uint8_t *)bc_row_bytes (result, row, column, &binary.len);
    return binary;
}

// The letter about a verdict whose findings are in the JSON array; they are borrowed until the letter is written.
static letter_t *letter_from_findings (Baocao__V1__ReportJudged *judged, const json_t *list)
{
    size_t n = json_array_size (list);
    Baocao__V1__Finding *findings = xcalloc (n + 1, sizeof *findings);
    Baocao__V1__Finding **pointers = xcalloc (n + 1, sizeof (Baocao__V1__Finding *));
    for (size_t i = 0; i < n; i++) {
        int error = 0;
        baocao__v1__finding__init (&findings[i]);
        json_unpack (json_array_get (list, i), "[s,b,s,s,s]", &findings[i].code, &error, &findings[i].path, &findings[i].message_vi,
                     &findings[i].message_en);
        findings[i].severity = error ? BAOCAO__V1__SEVERITY__SEVERITY_ERROR : BAOCAO__V1__SEVERITY__SEVERITY_WARNING;
        pointers[i] = &findings[i];
    }
    judged->n_findings = n;
    judged->findings = pointers;
    letter_t *letter = letter_about_verdict (judged);
    free (pointers);
    free (findings);
    return letter;
}

static letter_t *swept_verdict (const PGresult *result, int row)
{
    Baocao__V1__ReportJudged judged = BAOCAO__V1__REPORT_JUDGED__INIT;
    judged.submission_id = row_binary (result, row, 0);
    judged.unit = (char *)bc_row_text (result, row, 1);
    judged.plan = (char *)bc_row_text (result, row, 2);
    judged.period = (char *)bc_row_text (result, row, 3);
    judged.report_id = row_binary (result, row, 4);
    judged.revision = (uint32_t)bc_row_int (result, row, 5);
    judged.accepted = bc_row_int (result, row, 6);
    json_t *list = json_loads (bc_row_text (result, row, 10), 0, NULL);
    if (!list) {
        bc_log (BC_LOG_ERROR, "notification.findings", judged.submission_id.data, "the findings cannot be read");
        return NULL;
    }
    letter_t *letter = letter_from_findings (&judged, list);
    json_decref (list);
    return letter;
}

static letter_t *swept_standing (const PGresult *result, int row)
{
    Baocao__V1__StandingChanged changed = BAOCAO__V1__STANDING_CHANGED__INIT;
    changed.submission_id = row_binary (result, row, 0);
    changed.unit = (char *)bc_row_text (result, row, 1);
    changed.plan = (char *)bc_row_text (result, row, 2);
    changed.period = (char *)bc_row_text (result, row, 3);
    changed.report_id = row_binary (result, row, 4);
    changed.revision = (uint32_t)bc_row_int (result, row, 5);
    changed.standing = (Baocao__V1__UnitStanding)bc_row_int (result, row, 7);
    changed.feed_seq = (uint64_t)bc_row_int (result, row, 8);
    return letter_about_standing (&changed);
}

static letter_t *swept_review (const PGresult *result, int row, notification_event_t event)
{
    static const Baocao__V1__NoticeKind KINDS[] = {
        [NOTIFICATION_RETURNED] = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_RETURNED,
        [NOTIFICATION_CONFIRMED] = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_CONFIRMED,
        [NOTIFICATION_QUARANTINED] = BAOCAO__V1__NOTICE_KIND__NOTICE_KIND_QUARANTINED,
    };
    const letter_review_t review = {
        .unit = bc_row_text (result, row, 1),
        .plan = bc_row_text (result, row, 2),
        .period = bc_row_text (result, row, 3),
        .submission_id = row_binary (result, row, 0),
        .report_id = row_binary (result, row, 4),
        .revision = (uint32_t)bc_row_int (result, row, 5),
        .kind = KINDS[event],
        .reason = bc_row_text (result, row, 11),
        .closed = event == NOTIFICATION_RETURNED && bc_row_int (result, row, 12),
    };
    return letter_about_review (&review);
}

static letter_t *swept_decision (const PGresult *result, int row, notification_event_t event)
{
    bool no = bc_row_int (result, row, 12);
    const wording_decision_t decision = {
        .what = event == NOTIFICATION_DEADLINE ? no ? WORDING_CLOSED : WORDING_OPENED
                : no                           ? WORDING_NOT_EXTENDED
                : bc_row_int (result, row, 16) ? WORDING_SHORTENED
                                               : WORDING_EXTENDED,
        .day_vi = bc_row_text (result, row, 13),
        .day_en = bc_row_text (result, row, 14),
        .remark_vi = bc_row_text (result, row, 11),
        .remark_en = bc_row_text (result, row, 11),
        .stays_late = bc_row_int (result, row, 17),
    };
    letter_t *letter = letter_new (bc_row_text (result, row, 1), bc_row_text (result, row, 2), bc_row_text (result, row, 3));
    wording_decision (letter->notice, &decision);
    // The entry in the calendar follows; who has reported has none any more.
    letter->due_at = bc_row_time (result, row, 15);
    if (decision.what == WORDING_CLOSED)
        letter->calendar = LETTER_CALENDAR_CANCEL;
    else if (letter->due_at && decision.what != WORDING_NOT_EXTENDED)
        letter->calendar = LETTER_CALENDAR_REQUEST;
    return letter;
}

static letter_t *swept_request (const PGresult *result, int row)
{
    const wording_request_t request = {
        .number = (long long)bc_row_int (result, row, 18),
        .day_vi = bc_row_text (result, row, 19),
        .day_en = bc_row_text (result, row, 20),
        .reason = bc_row_text (result, row, 21),
        .unit_vi = bc_row_text (result, row, 22),
        .unit_en = bc_row_text (result, row, 23),
        .refusal = bc_row_text (result, row, 25),
    };
    letter_t *letter = letter_new (bc_row_text (result, row, 1), bc_row_text (result, row, 2), bc_row_text (result, row, 3));
    letter->notice->revision = (uint32_t)bc_row_int (result, row, 24);
    wording_request (letter->notice, &request);
    return letter;
}

static letter_t *swept_coordination (const PGresult *result, int row)
{
    static const char *const KINDS[] = {[WORDING_CONTRIBUTION] = "contribution",
                                        [WORDING_DRAFT] = "draft",
                                        [WORDING_AGREED] = "agreed",
                                        [WORDING_DISAGREED] = "disagreed",
                                        [WORDING_CONTRIBUTION_WITHDRAWN] = "contribution withdrawn",
                                        [WORDING_DRAFT_WITHDRAWN] = "draft withdrawn"};
    int kind = WORDING_CONTRIBUTION;
    while (kind < WORDING_DRAFT_WITHDRAWN && !streq (bc_row_text (result, row, 26), KINDS[kind]))
        kind++;
    const wording_coordination_t about = {
        .what = (wording_coordination_kind_t)kind,
        .unit_vi = bc_row_text (result, row, 22),
        .unit_en = bc_row_text (result, row, 23),
        .task = bc_row_text (result, row, 28),
        .title_vi = bc_row_text (result, row, 29),
        .remark = bc_row_text (result, row, 27),
    };
    letter_t *letter = letter_new (bc_row_text (result, row, 1), bc_row_text (result, row, 2), bc_row_text (result, row, 3));
    wording_coordination (letter->notice, &about);
    return letter;
}

letter_t *notification_db_swept (const PGresult *result, int row, notification_event_t *event_p)
{
    int event = 0;
    while (event < EVENT_COUNT - 1 && !streq (bc_row_text (result, row, 9), EVENTS[event]))
        event++;
    *event_p = (notification_event_t)event;
    switch (*event_p) {
    case NOTIFICATION_JUDGED:
        return swept_verdict (result, row);
    case NOTIFICATION_STANDING:
        return swept_standing (result, row);
    case NOTIFICATION_DEADLINE:
    case NOTIFICATION_EXTENSION:
        return swept_decision (result, row, *event_p);
    case NOTIFICATION_REQUEST:
    case NOTIFICATION_REQUEST_REFUSED:
        return swept_request (result, row);
    case NOTIFICATION_COORDINATION:
        return swept_coordination (result, row);
    default:
        return swept_review (result, row, *event_p);
    }
}
