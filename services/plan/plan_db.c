#include "plan_db.h"

#include "common/log.h"

static const bc_statement_t ASK_VERSION = {"plan_version", "SELECT version FROM plan_version"};

// A day as days since 1970-01-01; one that is infinite, or none, is NULL and so left out of the answer (json_strip_nulls).
#define DAY(expression) "CASE WHEN isfinite(" expression ") THEN " expression " - date '1970-01-01' END"
#define MS(expression) "(extract(epoch FROM " expression ") * 1000)::bigint"
// When a duty is valid, and its unit x too.
#define RANGE(duty)                                                                                                                \
    "'from', " DAY ("greatest(" duty ".valid_from, x.valid_from)") ", 'to', " DAY ("least(" duty ".valid_to, x.valid_to)")

// clang-format off
static const bc_statement_t LOAD = {
    "plan_load",
    "SELECT json_strip_nulls(json_build_object("
    " 'version', (SELECT version FROM plan_version),"
    " 'days', (SELECT coalesce(json_agg(json_build_object('day', " DAY ("day") ", 'kind', kind)), '[]') FROM official_day),"
    " 'successions', (SELECT json_agg(json_build_object('predecessor', predecessor, 'successor', successor, 'task', task_id,"
    "     'from', " DAY ("from_day") ") ORDER BY succession_id) FROM unit_succession WHERE successor IS NOT NULL),"
    " 'units', (SELECT coalesce(json_agg(json_build_object('id', unit_id, 'code', code, 'kind', kind,"
    "     'name_vi', name_vi, 'name_en', name_en, 'from', " DAY ("valid_from") ", 'to', " DAY ("valid_to") ")"
    "     ORDER BY code COLLATE \"C\"), '[]') FROM unit),"
    " 'plans', (SELECT coalesce(json_agg(json_build_object('id', p.plan_id, 'code', p.code, 'title_vi', p.title_vi,"
    "     'title_en', p.title_en, 'time_zone', p.time_zone, 'receiving_unit', p.receiving_unit,"
    "     'standing', (SELECT json_agg(json_build_object('unit', unit_id, 'from', " DAY ("valid_from") ") ORDER BY valid_from)"
    "         FROM plan_standing n WHERE n.plan_id = p.plan_id),"
    "     'utc_offset_minutes',"
    "         (extract(epoch FROM (now() AT TIME ZONE p.time_zone) - (now() AT TIME ZONE 'UTC')) / 60)::int,"
    "     'groups', (SELECT coalesce(json_agg(json_build_object('code', g.code, 'title_vi', g.title_vi)"
    "             ORDER BY g.position, g.group_id), '[]')"
    "         FROM task_group g WHERE g.plan_id = p.plan_id),"
    "     'tasks', (SELECT coalesce(json_agg(json_build_object('id', t.task_id, 'group', g.code, 'code', t.code,"
    "             'title_vi', t.title_vi, 'timeframe', t.timeframe,"
    "             'roles', (SELECT coalesce(json_agg(json_build_object('unit', u.unit_id, 'role', u.role, " RANGE ("u") ")"
    "                     ORDER BY u.unit_id, u.valid_from), '[]')"
    "                 FROM task_unit u JOIN unit x USING (unit_id) WHERE u.task_id = t.task_id),"
    "             'indicators', (SELECT coalesce(json_agg(json_build_object('id', i.indicator_id, 'code', i.code,"
    "                     'title_vi', i.title_vi, 'type', i.type, 'unit_of_measure', i.unit_of_measure,"
    "                     'minimum', coalesce(i.minimum::text, ''), 'maximum', coalesce(i.maximum::text, ''),"
    "                     'aggregation', i.aggregation, 'required', i.required,"
    "                     'target', i.target::text) ORDER BY i.indicator_id), '[]')"
    "                 FROM indicator i WHERE i.task_id = t.task_id))"
    "             ORDER BY g.position, g.group_id, t.position, t.task_id), '[]')"
    "         FROM task t JOIN task_group g USING (group_id) WHERE t.plan_id = p.plan_id),"
    "     'periods', (SELECT coalesce(json_agg(json_build_object('id', w.period_id, 'code', w.code, 'kind', w.kind,"
    "             'opens_at', " MS ("w.opens_at") ", 'due_at', " MS ("w.due_at") ", 'closes_at', " MS ("w.closes_at") ","
    "             'last_day', " DAY ("(d.due_before - 1)") ","
    "             'cutoff_from', " DAY ("d.cutoff_from") ", 'cutoff_to', " DAY ("d.cutoff_to") ","
    "             'policy', (SELECT json_build_object('hour', y.hour, 'quiet_from', y.quiet_from, 'quiet_to', y.quiet_to,"
    "                     'before', y.before, 'working_days_only', y.working_days_only, 'overdue', y.overdue,"
    "                     'channels', y.channels, 'copy_to', y.copy_to)"
    "                 FROM period_policy y WHERE y.period_id = w.period_id),"
    "             'steps', (SELECT json_agg(json_build_object('after', e.after_working_days, 'recipient', e.recipient)"
    "                     ORDER BY e.after_working_days, e.step_id)"
    "                 FROM escalation_step e WHERE e.plan_id = p.plan_id AND e.period_id IS NOT DISTINCT FROM"
    "                     (SELECT max(o.period_id) FROM escalation_step o WHERE o.period_id = w.period_id)),"
    "             'extensions', (SELECT json_agg(json_build_object('unit', x.unit_id, 'due_at', " MS ("x.due_at") ")"
    "                     ORDER BY x.unit_id)"
    "                 FROM extension_due x WHERE x.period_id = w.period_id))"
    "             ORDER BY w.due_at, w.code COLLATE \"C\"), '[]')"
    "         FROM period_window w JOIN period d USING (period_id) WHERE w.plan_id = p.plan_id),"
    "     'reporters', (SELECT coalesce(json_agg(json_build_object('unit', r.unit_id, 'obligation', r.obligation, " RANGE ("r") ")"
    "             ORDER BY r.unit_id, r.valid_from), '[]')"
    "         FROM reporter r JOIN unit x USING (unit_id) WHERE r.plan_id = p.plan_id))"
    "     ORDER BY p.plan_id), '[]') FROM plan p)"
    "))::text",
};
// clang-format on

void plan_db_ask_version (bc_tx_t *tx)
{
    bc_tx_query (tx, &ASK_VERSION, NULL);
}

bool plan_db_is_current (const PGresult *result, const plan_book_t *book)
{
    return book && PQntuples (result) == 1 && bc_row_int (result, 0, 0) == book->version;
}

void plan_db_load (bc_tx_t *tx)
{
    bc_tx_query (tx, &LOAD, NULL);
}

const char *plan_db_statement (void)
{
    return LOAD.sql;
}

plan_book_t *plan_db_read (const PGresult *result)
{
    char *error = NULL;
    const char *json = PQntuples (result) == 1 ? bc_row_text (result, 0, 0) : NULL;
    plan_book_t *book = plan_book_parse (json ? json : "", &error);
    if (!book)
        bc_log (BC_LOG_ERROR, "plan.unreadable", NULL, "the plan cannot be read from the database: %s", error);
    free (error);
    return book;
}
