#include "delivery_db.h"

#include "baocao/v1/client.pb-c.h"
#include "common/clock.h"
#include "common/xmem.h"

// A calendar entry goes out when the receiver has none, or one for another day, or has one that is to be cancelled. It is the unit's, at
// that address, whoever is the contact there.
static const bc_statement_t ADD = {
    "delivery_add",
    "WITH added AS ("
    "    INSERT INTO delivery (unit_id, cursor, contact_id, channel, address, created_at, period_id, calendar, due_at, sequence)"
    "    SELECT DISTINCT ON (l.unit_id, l.cursor, c.address) l.unit_id, l.cursor, c.contact_id, c.channel, c.address, "
    "$8::timestamptz,"
    "           p.period_id, k.calendar,"
    "           CASE k.calendar WHEN 'request' THEN l.due_at WHEN 'cancel' THEN last.due_at END,"
    "           CASE WHEN k.calendar IS NOT NULL THEN coalesce(last.sequence + 1, 0) END"
    "    FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])"
    "         l (unit_id, cursor, receivers, plan, period, calendar, due_at)"
    "    JOIN contact c ON c.unit_id = l.unit_id AND c.removed_at IS NULL"
    "         AND l.receivers & CASE c.role WHEN 'officer' THEN 1 WHEN 'leader' THEN 2 ELSE 4 END <> 0"
    "    LEFT JOIN (period p JOIN plan USING (plan_id)) ON plan.code = l.plan AND p.code = l.period"
    "    LEFT JOIN period_policy policy USING (period_id)"
    "    LEFT JOIN LATERAL (SELECT x.calendar, x.due_at, x.sequence FROM delivery x WHERE x.unit_id = c.unit_id"
    "                       AND x.address = c.address AND x.period_id = p.period_id AND x.calendar IS NOT NULL ORDER BY x.sequence "
    "DESC LIMIT 1) last ON true"
    "    CROSS JOIN LATERAL (SELECT CASE"
    "        WHEN c.channel <> 'mail' OR p.period_id IS NULL THEN NULL"
    "        WHEN l.calendar = 'request' AND l.due_at > $8::timestamptz"
    "             AND (last.calendar IS DISTINCT FROM 'request' OR last.due_at <> l.due_at) THEN 'request'"
    "        WHEN l.calendar = 'cancel' AND last.calendar = 'request' THEN 'cancel' END AS calendar) k"
    "    WHERE c.channel = ANY (policy.channels) OR p.period_id IS NULL"
    "    ORDER BY l.unit_id, l.cursor, c.address, c.contact_id"
    "    RETURNING delivery_id, created_at)"
    " INSERT INTO delivery_queue (delivery_id, not_before)"
    " SELECT delivery_id, created_at FROM added",
};

enum { ADD_UNIT, ADD_CURSOR, ADD_RECEIVERS, ADD_PLAN, ADD_PERIOD, ADD_CALENDAR, ADD_DUE, ADD_COLUMNS };
static const bc_type_t ADD_TYPES[ADD_COLUMNS] = {BC_INT4, BC_INT8, BC_INT4, BC_TEXT, BC_TEXT, BC_TEXT, BC_TIME};

// The letter before the i-th that speaks of the same calendar entry; NULL: none.
static const letter_t *entry_before (letter_t *const *letters, size_t i)
{
    const letter_t *letter = letters[i];
    while (letter->calendar != LETTER_NO_CALENDAR && i-- > 0)
        if (letters[i]->unit_id == letter->unit_id && letters[i]->calendar != LETTER_NO_CALENDAR &&
            letters[i]->notice->cursor > 0 && streq (letters[i]->notice->period, letter->notice->period) &&
            streq (letters[i]->notice->plan, letter->notice->plan))
            return letters[i];
    return NULL;
}

// Does it say the same, to all of these receivers?
static bool repeats (const letter_t *letter, const letter_t *before)
{
    return before && before->calendar == letter->calendar && before->due_at == letter->due_at &&
           (letter->receivers & ~before->receivers) == 0;
}

static void add_value (bc_params_t *params, const letter_t *letter, const letter_t *before, int column)
{
    static const char *const CALENDARS[] = {NULL, "request", "cancel"};
    const Baocao__V1__Notice *notice = letter->notice;
    const char *const texts[ADD_COLUMNS] = {[ADD_PLAN] = notice->plan,
                                            [ADD_PERIOD] = notice->period,
                                            [ADD_CALENDAR] =
                                                CALENDARS[repeats (letter, before) ? LETTER_NO_CALENDAR : letter->calendar]};
    const int64_t numbers[ADD_COLUMNS] = {[ADD_UNIT] = letter->unit_id,
                                          [ADD_CURSOR] = (int64_t)notice->cursor,
                                          [ADD_RECEIVERS] = letter->receivers,
                                          [ADD_DUE] = letter->due_at};
    if (ADD_TYPES[column] != BC_TEXT)
        bc_array_int (params, numbers[column]);
    else if (texts[column])
        bc_array_text (params, texts[column]);
    else
        bc_array_null (params);
}

static void add (bc_tx_t *tx, letter_t *const *letters, size_t first, size_t end)
{
    int64_t now = 0;
    bc_params_t *params = bc_params_new ();
    for (int column = 0; column < ADD_COLUMNS; column++) {
        bc_params_array (params, ADD_TYPES[column]);
        for (size_t i = first; i < end; i++) {
            if (letters[i]->notice->cursor == 0)
                continue;
            add_value (params, letters[i], entry_before (letters, i), column);
            now = bc_timestamp_ms (letters[i]->notice->posted_at);
        }
    }
    bc_params_time (params, now);
    bc_tx_query (tx, &ADD, params);
}

// A letter that changes a calendar entry is added after the one before it, whose entry it has to see.
void delivery_db_add (bc_tx_t *tx, letter_t *const *letters, size_t n)
{
    size_t first = 0;
    for (size_t i = 0; i < n; i++) {
        const letter_t *before = letters[i]->notice->cursor > 0 ? entry_before (letters, i) : NULL;
        if (before && !repeats (letters[i], before)) {
            add (tx, letters, first, i);
            first = i;
        }
    }
    add (tx, letters, first, n);
}

// --- What is due -----------------------------------------------------------------------------------------------------------------

// The periods whose quiet hours it is.
#define QUIET                                                                                                                      \
    "SELECT period_id FROM period_policy y JOIN period USING (period_id) JOIN plan USING (plan_id)"                                \
    " CROSS JOIN LATERAL (SELECT extract(hour FROM $1::timestamptz AT TIME ZONE plan.time_zone) AS hour) h"                        \
    " WHERE CASE WHEN y.quiet_from > y.quiet_to THEN h.hour >= y.quiet_from OR h.hour < y.quiet_to"                                \
    " ELSE h.hour >= y.quiet_from AND h.hour < y.quiet_to END"

static const bc_statement_t DUE = {
    "delivery_due",
    "SELECT d.delivery_id, d.channel = 'webhook', d.address, w.domain, u.code::text, c.name, c.language,"
    "       u.code || '.' || d.cursor || '.' || d.contact_id, d.contact_id, c.removed_at IS NOT NULL, w.attempts, n.notice, "
    "d.calendar,"
    "       d.sequence, ((d.due_at - interval '1 millisecond') AT TIME ZONE plan.time_zone)::date - DATE '1970-01-01'"
    " FROM (SELECT q.*, t.domain, row_number() OVER (PARTITION BY t.domain ORDER BY q.not_before, q.delivery_id) AS place"
    "       FROM delivery_queue q JOIN delivery x USING (delivery_id)"
    "       CROSS JOIN LATERAL (SELECT lower(substring(x.address FROM CASE x.channel WHEN 'mail' THEN '@(.*)$'"
    "                                                                 ELSE '//([^/:?]+)' END)) AS domain) t"
    "       WHERE (q.not_before <= $1::timestamptz OR q.not_before > $1::timestamptz + $7::int8 * interval '1 millisecond')"
    "             AND (x.period_id IN (" QUIET ")) IS NOT TRUE AND NOT ($2::boolean AND x.channel = 'mail')"
    "             AND q.delivery_id <> ALL ($3::int8[]) AND t.domain <> ALL ($4::text[])) w"
    " JOIN delivery d USING (delivery_id) JOIN unit u ON u.unit_id = d.unit_id JOIN contact c ON c.contact_id = d.contact_id"
    " JOIN notice n ON n.unit_id = d.unit_id AND n.cursor = d.cursor"
    " LEFT JOIN (period p JOIN plan USING (plan_id)) ON p.period_id = d.period_id"
    " WHERE w.place <= $5::int4 ORDER BY w.not_before, w.delivery_id LIMIT $6::int4",
};

void delivery_db_ask_due (bc_tx_t *tx, int64_t now, bool without_mail, const int64_t *loaded, size_t n_loaded,
                          const char *const *full, size_t n_full, int a_domain, int limit)
{
    bc_params_t *params = bc_params_new ();
    bc_params_time (params, now);
    bc_params_bool (params, without_mail);
    bc_params_array (params, BC_INT8);
    for (size_t i = 0; i < n_loaded; i++)
        bc_array_int (params, loaded[i]);
    bc_params_array (params, BC_TEXT);
    for (size_t i = 0; i < n_full; i++)
        bc_array_text (params, full[i]);
    bc_params_int4 (params, a_domain);
    bc_params_int4 (params, limit);
    bc_params_int8 (params, delivery_longest_wait_ms ());
    bc_tx_query (tx, &DUE, params);
}

delivery_t *delivery_db_due (const PGresult *result, int row)
{
    delivery_t *self = xcalloc (1, sizeof *self);
    const char *calendar = bc_row_text (result, row, 12);
    self->id = bc_row_int (result, row, 0);
    self->webhook = bc_row_int (result, row, 1);
    self->address = xstrdup (bc_row_text (result, row, 2));
    self->domain = xstrdup (bc_row_text (result, row, 3));
    self->unit = xstrdup (bc_row_text (result, row, 4));
    self->name = xstrdup (bc_row_text (result, row, 5));
    self->language = xstrdup (bc_row_text (result, row, 6));
    self->message_id = xstrdup (bc_row_text (result, row, 7));
    self->contact_id = (int)bc_row_int (result, row, 8);
    self->withdrawn = bc_row_int (result, row, 9);
    self->attempt = (int)bc_row_int (result, row, 10) + 1;
    const uint8_t *notice = bc_row_bytes (result, row, 11, &self->notice_size);
    self->notice = xmemdup (notice, self->notice_size);
    self->has_calendar = calendar;
    self->calendar_cancelled = calendar && streq (calendar, "cancel");
    self->calendar_sequence = (int)bc_row_int (result, row, 13);
    self->calendar_day = (int)bc_row_int (result, row, 14);
    return self;
}

void delivery_destroy (delivery_t **self_p)
{
    delivery_t *self = *self_p;
    if (!self)
        return;
    free (self->address);
    free (self->domain);
    free (self->unit);
    free (self->name);
    free (self->language);
    free (self->message_id);
    free (self->notice);
    free (self->answer);
    free (self);
    *self_p = NULL;
}

static const bc_statement_t COUNT = {"delivery_count", "SELECT count(*) FROM delivery_queue"};

void delivery_db_count (bc_tx_t *tx)
{
    bc_tx_query (tx, &COUNT, NULL);
}

// --- What became of it -----------------------------------------------------------------------------------------------------------

static const bc_statement_t STORE = {
    "delivery_store",
    "INSERT INTO delivery_attempt (delivery_id, attempt, at, outcome, status, answer)"
    " SELECT * FROM unnest($1::int8[], $2::int4[], $3::timestamptz[], $4::text[], $5::int4[], $6::text[]) ON CONFLICT DO NOTHING",
};

// What has a next time waits for it; the rest is done with.
static const bc_statement_t REQUEUE = {
    "delivery_requeue",
    "WITH told AS (SELECT * FROM unnest($1::int8[], $2::int4[], $3::timestamptz[]) t (delivery_id, attempts, next_at)),"
    "     gone AS (DELETE FROM delivery_queue q USING told t WHERE q.delivery_id = t.delivery_id AND t.next_at IS NULL)"
    " UPDATE delivery_queue q SET attempts = t.attempts, not_before = t.next_at FROM told t"
    " WHERE q.delivery_id = t.delivery_id AND t.next_at IS NOT NULL",
};

static void store_ids (bc_params_t *params, delivery_t *const *deliveries, size_t n)
{
    bc_params_array (params, BC_INT8);
    for (size_t i = 0; i < n; i++)
        bc_array_int (params, deliveries[i]->id);
    bc_params_array (params, BC_INT4);
    for (size_t i = 0; i < n; i++)
        bc_array_int (params, deliveries[i]->attempt);
}

void delivery_db_store (bc_tx_t *tx, delivery_t *const *deliveries, size_t n)
{
    bc_params_t *store = bc_params_new (), *requeue = bc_params_new ();
    store_ids (store, deliveries, n);
    bc_params_array (store, BC_TIME);
    for (size_t i = 0; i < n; i++)
        bc_array_int (store, deliveries[i]->at);
    bc_params_array (store, BC_TEXT);
    for (size_t i = 0; i < n; i++)
        bc_array_text (store, delivery_outcome_name (deliveries[i]->outcome));
    bc_params_array (store, BC_INT4);
    for (size_t i = 0; i < n; i++)
        bc_array_int (store, deliveries[i]->status);
    bc_params_array (store, BC_TEXT);
    for (size_t i = 0; i < n; i++)
        bc_array_text (store, deliveries[i]->answer);
    bc_tx_query (tx, &STORE, store);

    store_ids (requeue, deliveries, n);
    bc_params_array (requeue, BC_TIME);
    for (size_t i = 0; i < n; i++) {
        if (deliveries[i]->outcome == DELIVERY_RETRY)
            bc_array_int (requeue, deliveries[i]->at + delivery_backoff_ms (deliveries[i]->attempt));
        else
            bc_array_null (requeue);
    }
    bc_tx_query (tx, &REQUEUE, requeue);
}
