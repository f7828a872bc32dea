// Reads what stands. The book and the pure modules decide what it means, so that services and overview cannot disagree.
#include "overview_look.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aggregation/rollup.h"
#include "common/clock.h"
#include "common/xmem.h"
#include "notification/schedule.h"
#include "plan/calendar.h"
#include "plan/plan_db.h"
#include "sql.h"

enum { QUEUES = 3, LONG_S = 30, REMINDER_GRACE_MS = 60000, DAY_S = 86400 };

static const char *const QUEUE_NAMES[QUEUES] = {"validation", "aggregation", "notification"};

struct overview {
    admin_t *admin;
    plan_book_t *book;
    char *oldest[QUEUES];  // what had waited longest at the last look; NULL: none
    bool doubtful;
    // The look under way.
    int64_t now;
    json_t *alarms;
    int status;
};

overview_t *overview_new (admin_t *admin)
{
    overview_t *self = xcalloc (1, sizeof *self);
    self->admin = admin;
    return self;
}

void overview_destroy (overview_t **self_p)
{
    overview_t *self = *self_p;
    if (!self)
        return;
    for (int i = 0; i < QUEUES; i++)
        free (self->oldest[i]);
    plan_book_destroy (&self->book);
    free (self);
    *self_p = NULL;
}

bool overview_is_doubtful (const overview_t *self)
{
    return self->doubtful;
}

void overview_forget_time (json_t *look)
{
    json_t *queue;
    size_t i;
    json_object_del (look, "at");
    json_object_del (look, "local_time");
    json_array_foreach (json_object_get (look, "queues"), i, queue)
        json_object_del (queue, "oldest_s");
}

// --- Words and times -------------------------------------------------------------------------------------------------------------

// An alarm: the fixed word, what it is about (NULL: all), what to do, and what is wrong.
static void __attribute__ ((format (printf, 5, 6)))
alarm_add (overview_t *self, const char *word, const char *about, const char *remedy, const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start (arguments, format);
    if (vasprintf (&text, format, arguments) < 0)
        abort ();
    va_end (arguments);
    json_array_append_new (self->alarms,
                           json_pack ("{s:s,s:s?,s:s,s:s}", "alarm", word, "about", about, "text", text, "remedy", remedy));
    free (text);
}

static json_t *utc_json (int64_t at)
{
    char text[BC_TIME_TEXT];
    bc_time_format (at, text);
    return json_string (text);
}

enum { DATE_LENGTH = 10, SECOND_LENGTH = 19 };

// Local time, as far as the length goes: to the day or to the second.
static json_t *local_json (int64_t seconds, size_t length)
{
    time_t time = (time_t)seconds;
    struct tm date;
    char text[32];
    gmtime_r (&time, &date);
    strftime (text, sizeof text, "%Y-%m-%d %H:%M:%S", &date);
    return json_stringn (text, length);
}

static json_t *day_json (const plan_t *plan, int64_t at)
{
    return local_json ((int64_t)calendar_day (plan, at) * DAY_S, DATE_LENGTH);
}

// Rows of the statement, which may have one parameter; NULL once something has failed (said).
static PGresult *ask (overview_t *self, const char *sql, const char *param)
{
    const char *const params[] = {param};
    return self->status == 0 ? sql_query (self->admin, &self->status, sql, param ? 1 : 0, params) : NULL;
}

// --- The plan --------------------------------------------------------------------------------------------------------------------

static void read_book (overview_t *self)
{
    char *error = NULL;
    PGresult *result = ask (self, plan_db_statement (), NULL);
    if (!result)
        return;
    plan_book_destroy (&self->book);
    self->book = plan_book_parse (sql_text (result, 0, 0), &error);
    if (!self->book)
        self->status = admin_fail (EX_CONFIG, _ ("the plan in the database cannot be read: %s"), error);
    free (error);
    PQclear (result);
}

static void refresh_book (overview_t *self)
{
    PGresult *result = ask (self, "SELECT version FROM plan_version", NULL);
    if (result && (!self->book || sql_number (result, 0, 0) != self->book->version))
        read_book (self);
    PQclear (result);
}

// Do the operands name something that is there?
static void check_names (overview_t *self)
{
    const options_t *options = self->admin->options;
    const char *plan_code = options->n_operands > 0 ? options->operands[0] : NULL;
    const char *period_code = options->n_operands > 1 ? options->operands[1] : NULL;
    const plan_t *plan = plan_code ? plan_book_plan (self->book, plan_code) : NULL;
    if (plan_code && !plan)
        self->status = admin_fail (EX_DATAERR, _ ("no plan has the code %s, or it has no periods"), plan_code);
    else if (period_code && !plan_period (plan, period_code))
        self->status =
            admin_fail (EX_DATAERR, _ ("plan %s has no period %s (baocao-admin period list shows them)"), plan_code, period_code);
}

// A period that was named, or one that is under way: open, or overdue and neither closed nor lapsed.
static bool is_shown (const overview_t *self, const plan_t *plan, const plan_period_t *period)
{
    const options_t *options = self->admin->options;
    if (options->n_operands > 0 && strcmp (options->operands[0], plan->code) != 0)
        return false;
    if (options->n_operands > 1)
        return strcmp (options->operands[1], period->code) == 0;
    return self->now >= period->opens_at && self->now < period->closes_at &&
           self->now < period->due_at + SCHEDULE_LAPSE_DAYS * DAY_S * 1000LL;
}

static const char *state_of (const overview_t *self, const plan_period_t *period)
{
    if (self->now >= period->closes_at)
        return "closed";
    if (self->now < period->opens_at)
        return "not yet open";
    return self->now < period->due_at ? "open" : "overdue";
}

// --- Who has not reported --------------------------------------------------------------------------------------------------------

// Of the units that must report, those without an accepted report. The kinds decided so far of their deadline stand between blanks.
static const char UNREPORTED[] =
    "SELECT u.unit_id, CASE WHEN s.judged_revision > s.returned_revision THEN 'refused'"
    "       WHEN s.returned_revision > 0 THEN 'returned' ELSE 'missing' END, (extract(epoch FROM r.at) * 1000)::bigint, ' ' || "
    "r.kinds || ' ',"
    "       coalesce((SELECT string_agg(c.name || ' <' || c.address || '>', ', ' ORDER BY c.contact_id) FROM contact c"
    "                 WHERE c.unit_id = u.unit_id AND c.removed_at IS NULL AND c.role = 'officer' AND c.channel = 'mail'),"
    "                (SELECT string_agg(k.name, ', ' ORDER BY k.added_at, k.name) FROM client_key k"
    "                 WHERE k.unit_id = u.unit_id AND k.revoked_at IS NULL)),"
    "       coalesce((extract(epoch FROM greatest(n.set_at,"
    "           (SELECT max(w.at) FROM review w JOIN submission b USING (submission_id)"
    "            WHERE w.action = 'return' AND b.unit_id = o.unit_id AND b.period_id = o.period_id))) * 1000)::bigint, 0),"
    "       EXISTS (SELECT FROM quarantine q WHERE q.unit_id = o.unit_id AND q.period_id = o.period_id)"
    " FROM period_reporter o JOIN unit u USING (unit_id) JOIN unit_deadline n USING (period_id, unit_id)"
    " LEFT JOIN unit_standing s USING (period_id, unit_id)"
    " LEFT JOIN LATERAL (SELECT max(decided_at) FILTER (WHERE kind LIKE 'd-%' OR kind LIKE 'overdue-%') AS at,"
    "     string_agg(kind, ' ') FILTER (WHERE d.due_at = n.due_at) AS kinds"
    "     FROM reminder_decision d WHERE d.unit_id = o.unit_id AND d.period_id = o.period_id) r ON true"
    " WHERE o.period_id = $1::int AND o.obligation = 'must' AND s.submission_id IS NULL ORDER BY u.code COLLATE \"C\"";

static bool was_decided (const char *kind, void *arg)
{
    const char *kinds = arg;
    char *word = xasprintf (" %s ", kind);
    bool found = kinds && strstr (kinds, word);
    free (word);
    return found;
}

// Ought something to have been decided that was not? What fell due just now is not held against the service.
static bool is_reminder_missing (const overview_t *self, const plan_t *plan, const plan_period_t *period, int unit_id,
                                 int64_t since, const char *kinds)
{
    schedule_entry_t any;
    schedule_t schedule = {.book = self->book,
                           .plan = plan,
                           .period = period,
                           .due_at = plan_due_at (period, unit_id),
                           .since = since,
                           .now = self->now - REMINDER_GRACE_MS,
                           .decided = was_decided,
                           .arg = (void *)kinds};
    return schedule_due (&schedule, &any, 1) > 0;
}

static json_t *unit_json (const plan_t *plan, const plan_unit_t *unit, int64_t due_at, const PGresult *rows, int row)
{
    bool reminded = sql_text (rows, row, 2);
    int64_t reminded_at = reminded ? sql_number (rows, row, 2) : 0;
    return json_pack ("{s:s,s:s,s:s,s:s,s:b,s:o,s:o,s:o,s:o,s:s?}", "unit", unit->code, "name_vi", unit->name_vi, "name_en",
                      unit->name_en, "standing", sql_text (rows, row, 1), "quarantined", *sql_text (rows, row, 6) == 't', "due_at",
                      utc_json (due_at), "due_before", day_json (plan, due_at), "reminded_at",
                      reminded ? utc_json (reminded_at) : json_null (), "reminded_on",
                      reminded ? day_json (plan, reminded_at) : json_null (), "contact", sql_text (rows, row, 4));
}

static void alarm_units (overview_t *self, const plan_t *plan, const plan_period_t *period, size_t overdue, size_t unreminded)
{
    char *close =
        xasprintf (_ ("Chase those listed below; then baocao-admin period close %s %s --reason TEXT"), plan->code, period->code);
    if (overdue > 0)
        alarm_add (self, "missing", plan->code, close, _ ("%s %s: past their deadline and not reported: %zu"), plan->code,
                   period->code, overdue);
    if (unreminded > 0)
        alarm_add (self, "reminder", plan->code, _ ("Look at baocao-notification: does it run, and what does its log say?"),
                   _ ("%s %s: a reminder was due and none was decided: units %zu"), plan->code, period->code, unreminded);
    free (close);
}

static json_t *read_units (overview_t *self, const plan_t *plan, const plan_period_t *period, const char *period_id)
{
    json_t *list = json_array ();
    size_t overdue = 0, unreminded = 0;
    PGresult *rows = ask (self, UNREPORTED, period_id);
    for (int row = 0; row < PQntuples (rows); row++) {
        const plan_unit_t *unit = plan_book_unit_by_id (self->book, (int)sql_number (rows, row, 0));
        int64_t due_at = plan_due_at (period, unit->id);
        overdue += self->now >= due_at;
        unreminded += is_reminder_missing (self, plan, period, unit->id, sql_number (rows, row, 5), sql_text (rows, row, 3));
        json_array_append_new (list, unit_json (plan, unit, due_at, rows, row));
    }
    PQclear (rows);
    if (self->now < period->closes_at)
        alarm_units (self, plan, period, overdue, unreminded);
    return list;
}

static const char KEYLESS[] =
    "SELECT string_agg(u.code, ', ' ORDER BY u.code COLLATE \"C\") FROM period_reporter o JOIN unit u USING (unit_id)"
    " WHERE o.period_id = $1::int AND o.obligation = 'must'"
    " AND NOT EXISTS (SELECT FROM client_key k WHERE k.unit_id = o.unit_id AND k.revoked_at IS NULL)";

static void look_at_keys (overview_t *self, const plan_t *plan, const plan_period_t *period, const char *period_id)
{
    PGresult *row = ask (self, KEYLESS, period_id);
    if (row && sql_text (row, 0, 0) && self->now < period->closes_at)
        alarm_add (self, "keys", plan->code, _ ("Send them an invite (baocao-admin invite UNIT)"),
                   _ ("%s %s: must report and have no key in use: %s"), plan->code, period->code, sql_text (row, 0, 0));
    PQclear (row);
}

// Whose report counts, while what came after it to correct it was refused.
static const char CORRECTED[] =
    "SELECT string_agg(u.code, ', ' ORDER BY u.code COLLATE \"C\") FROM unit_standing s JOIN unit u USING (unit_id)"
    " WHERE s.period_id = $1::int AND s.submission_id IS NOT NULL AND s.refused";

static void look_at_corrections (overview_t *self, const plan_t *plan, const plan_period_t *period, const char *period_id)
{
    PGresult *row = ask (self, CORRECTED, period_id);
    if (row && sql_text (row, 0, 0) && self->now < period->closes_at)
        alarm_add (self, "correction", plan->code, _ ("Help them to send it again; until then the report before it counts"),
                   _ ("%s %s: a correction was refused: %s"), plan->code, period->code, sql_text (row, 0, 0));
    PQclear (row);
}

// Reports that nobody has decided on. One that was left where it is for as long as a period takes to lapse has been decided on.
static const char QUARANTINED[] = "SELECT count(*) FROM quarantine WHERE received_at > to_timestamp ($1::bigint)";

static void look_at_quarantine (overview_t *self)
{
    char *since = xasprintf ("%lld", (long long)(self->now / 1000 - SCHEDULE_LAPSE_DAYS * DAY_S));
    PGresult *row = ask (self, QUARANTINED, since);
    if (row && sql_number (row, 0, 0) > 0)
        alarm_add (self, "quarantine", NULL,
                   _ ("See baocao-admin late quarantine; baocao-admin late admit SUBMISSION --reason TEXT has one judged"),
                   _ ("Reports in quarantine: %lld"), (long long)sql_number (row, 0, 0));
    PQclear (row);
    free (since);
}

static const char ASKED[] = "SELECT count(*) FROM open_request";

static void look_at_requests (overview_t *self)
{
    PGresult *row = ask (self, ASKED, NULL);
    if (row && sql_number (row, 0, 0) > 0)
        alarm_add (self, "request", NULL,
                   _ ("See baocao-admin request list: it names the command that grants each; request refuse refuses"),
                   _ ("Requests of units that need a decision: %lld"), (long long)sql_number (row, 0, 0));
    PQclear (row);
}

// --- Figures ---------------------------------------------------------------------------------------------------------------------

static const char FIGURES[] = "SELECT on_time, late, rejected, voluntary, returned FROM period_total WHERE period_id = $1::int";

static json_t *read_figures (overview_t *self, const plan_t *plan, const plan_period_t *period, const char *period_id)
{
    rollup_period_t total = {.period_id = period->id};
    Baocao__V1__Figures figures = BAOCAO__V1__FIGURES__INIT;
    PGresult *row = ask (self, FIGURES, period_id);
    if (PQntuples (row) > 0) {
        total.on_time = (int)sql_number (row, 0, 0);
        total.late = (int)sql_number (row, 0, 1);
        total.rejected = (int)sql_number (row, 0, 2);
        total.voluntary = (int)sql_number (row, 0, 3);
        total.returned = (int)sql_number (row, 0, 4);
    }
    PQclear (row);
    rollup_figures (&figures, &total, plan_expected (plan, period));
    return json_pack ("{s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i}", "expected", figures.expected, "received", figures.received, "on_time",
                      figures.on_time, "late", figures.late, "missing", figures.missing, "refused", figures.rejected, "voluntary",
                      figures.voluntary, "returned", figures.returned);
}

static json_t *read_period (overview_t *self, const plan_t *plan, const plan_period_t *period)
{
    char period_id[16];
    int today = calendar_day (plan, self->now), left = period->last_day - today;
    int working = left >= 0 ? calendar_working_between (self->book, today, period->last_day)
                            : -calendar_working_between (self->book, period->last_day, today);
    snprintf (period_id, sizeof period_id, "%d", period->id);
    json_t *object = json_pack ("{s:s,s:s,s:s,s:o,s:o,s:i,s:i}", "plan", plan->code, "period", period->code, "state",
                                state_of (self, period), "due_at", utc_json (period->due_at), "due_before",
                                day_json (plan, period->due_at), "days_left", left, "working_days_left", working);
    json_t *figures = read_figures (self, plan, period, period_id);
    json_object_update (object, figures);
    json_decref (figures);
    json_object_set_new (object, "unreported", read_units (self, plan, period, period_id));
    look_at_keys (self, plan, period, period_id);
    look_at_corrections (self, plan, period, period_id);
    return object;
}

static json_t *read_periods (overview_t *self)
{
    json_t *list = json_array ();
    for (size_t p = 0; p < self->book->n_plans; p++) {
        const plan_t *plan = &self->book->plans[p];
        for (size_t i = 0; i < plan->n_periods && self->status == 0; i++)
            if (is_shown (self, plan, &plan->periods[i]))
                json_array_append_new (list, read_period (self, plan, &plan->periods[i]));
    }
    return list;
}

// --- The flow --------------------------------------------------------------------------------------------------------------------

// What waits longest, and for how many seconds. What notification is to say of one submission are several items.
// clang-format off
#define LONGEST(place, table, item)                                                                                                \
    "SELECT " place " AS place, (SELECT count(*) FROM " table ") AS waiting, o.item, o.queued_at"                                  \
    " FROM (SELECT) one LEFT JOIN (SELECT " item " AS item, queued_at FROM " table " ORDER BY queued_at, 1 LIMIT 1) o ON true"

static const char WAITING[] =
    "SELECT waiting, item, extract(epoch FROM clock_timestamp() - queued_at)::bigint FROM ("
    LONGEST ("1", "validation_queue", "submission_id::text")
    " UNION ALL " LONGEST ("2", "aggregation_queue", "submission_id || event")
    " UNION ALL " LONGEST ("3", "notification_queue", "item || event")
    ") q ORDER BY place";
// clang-format on

// Old and still the oldest: nothing moves. Old for the first time: that may be a long queue on its way.
static void look_at_queue (overview_t *self, int queue, const char *oldest, long long age)
{
    const char *name = QUEUE_NAMES[queue];
    bool same = oldest && self->oldest[queue] && strcmp (oldest, self->oldest[queue]) == 0;
    if (oldest && age > LONG_S && !same)
        self->doubtful = true;
    if (oldest && age > LONG_S && same) {
        char *remedy = xasprintf (_ ("Look at baocao-%s: does it run, and does its log speak of queue.poison?"), name);
        alarm_add (self, "queue", name, remedy, _ ("Something has waited more than %d s for %s, and nothing moves"), LONG_S,
                   _ (name));
        free (remedy);
    }
    free (self->oldest[queue]);
    self->oldest[queue] = oldest ? xstrdup (oldest) : NULL;
}

static json_t *read_queues (overview_t *self)
{
    json_t *list = json_array ();
    PGresult *rows = ask (self, WAITING, NULL);
    self->doubtful = false;
    for (int row = 0; row < PQntuples (rows); row++) {
        const char *oldest = sql_text (rows, row, 1);
        long long age = sql_number (rows, row, 2);
        json_array_append_new (list, json_pack ("{s:s,s:I,s:o}", "queue", QUEUE_NAMES[row], "waiting",
                                                (json_int_t)sql_number (rows, row, 0), "oldest_s",
                                                oldest ? json_integer (age) : json_null ()));
        look_at_queue (self, row, oldest, age);
    }
    PQclear (rows);
    return list;
}

// Whose last delivery was given up is failing until one gets through, or the contact is removed.
static const char DELIVERIES[] =
    "SELECT (SELECT count(*) FROM delivery_queue),"
    "       (SELECT count(*) FROM delivery_queue JOIN delivery USING (delivery_id) WHERE channel = 'mail'),"
    "       (SELECT count(*) FROM contact c WHERE c.removed_at IS NULL AND 'failed' ="
    "           (SELECT a.outcome FROM delivery d JOIN delivery_attempt a USING (delivery_id) WHERE d.contact_id = c.contact_id"
    "            ORDER BY a.at DESC, a.delivery_id DESC LIMIT 1))";

static json_t *read_deliveries (overview_t *self)
{
    PGresult *row = ask (self, DELIVERIES, NULL);
    long long waiting = row ? sql_number (row, 0, 0) : 0, mails = row ? sql_number (row, 0, 1) : 0;
    long long failing = row ? sql_number (row, 0, 2) : 0;
    PQclear (row);
    if (mails > 0 && !*bc_config_get (self->admin->config, "notification/smtp_url", ""))
        alarm_add (self, "mail", NULL, _ ("Set notification/smtp_url in the configuration, and restart baocao-notification"),
                   _ ("Mails wait and no mail server is set: %lld"), mails);
    if (failing > 0)
        alarm_add (self, "delivery", NULL,
                   _ ("See baocao-admin delivery list --failed; correct the address (contact remove, contact add)"),
                   _ ("The latest delivery to a contact was given up: contacts %lld"), failing);
    return json_pack ("{s:I,s:I}", "waiting", (json_int_t)waiting, "failing", (json_int_t)failing);
}

static const char RECEIPT_KEYS[] =
    "SELECT (SELECT count(*) FROM receipt_key), l.key_id, EXISTS (SELECT FROM receipt_key k WHERE k.key_id = l.key_id)"
    " FROM (SELECT 1) one LEFT JOIN (SELECT key_id FROM submission ORDER BY submission_id DESC LIMIT 1) l ON true";

static void look_at_receipt_key (overview_t *self)
{
    const char *remedy =
        _ ("Compare intake/receipt_key with admin/keys; baocao-admin invite UNIT registers the key that lies there");
    PGresult *row = ask (self, RECEIPT_KEYS, NULL);
    const char *latest = row ? sql_text (row, 0, 1) : NULL;
    if (row && sql_number (row, 0, 0) == 0)
        alarm_add (self, "receipt-key", NULL, remedy, "%s", _ ("No receipt key is registered: nobody can verify a receipt"));
    else if (latest && *sql_text (row, 0, 2) == 'f')
        alarm_add (self, "receipt-key", NULL, remedy, _ ("The latest receipt is signed with a key that is not registered: %s"),
                   latest);
    PQclear (row);
}

// --- The whole -------------------------------------------------------------------------------------------------------------------

static json_t *read_all (overview_t *self)
{
    json_t *look = json_object ();
    int minutes = self->book->n_plans > 0 ? self->book->plans[0].utc_offset_minutes : 0;
    json_object_set_new (look, "at", utc_json (self->now));
    json_object_set_new (look, "local_time", local_json (self->now / 1000 + minutes * 60, SECOND_LENGTH));
    json_object_set_new (look, "rehearsal", json_boolean (bc_clock_is_rehearsal ()));
    json_object_set_new (look, "periods", read_periods (self));
    json_object_set_new (look, "queues", read_queues (self));
    json_object_set_new (look, "deliveries", read_deliveries (self));
    look_at_quarantine (self);
    look_at_requests (self);
    look_at_receipt_key (self);
    if (bc_clock_is_rehearsal ())
        alarm_add (self, "rehearsal", NULL,
                   _ ("In production: take clock/rehearsal out of the configuration, restart the services"), "%s",
                   _ ("The clock is in rehearsal: deadlines are those of its time"));
    json_object_set (look, "alarms", self->alarms);
    return look;
}

json_t *overview_look (overview_t *self, int *status_p)
{
    json_t *look = NULL;
    self->alarms = json_array ();
    self->status = admin_now (self->admin, &self->now) == 0 ? 0 : EX_CONFIG;
    if (self->status == 0)
        self->status = sql_run (self->admin, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", SQL_NO_PARAMS);
    if (self->status == 0)
        refresh_book (self);
    if (self->status == 0)
        check_names (self);
    if (self->status == 0)
        look = read_all (self);
    if (self->admin->db)
        self->status = sql_end (self->admin, self->status);
    json_decref (self->alarms);
    if (self->status != 0) {
        json_decref (look);
        look = NULL;
    }
    *status_p = self->status;
    return look;
}
