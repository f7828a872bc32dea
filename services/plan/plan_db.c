#include "plan_db.h"

#include "common/log.h"

static const bc_statement_t ASK_VERSION = {"plan_version", "SELECT version FROM plan_version"};

static const bc_statement_t LOAD = {
    "plan_load",
    "SELECT json_build_object("
    " 'version', (SELECT version FROM plan_version),"
    " 'units', (SELECT coalesce(json_agg(json_build_object('id', unit_id, 'code', code, 'kind', kind,"
    "     'name_vi', name_vi, 'name_en', name_en) ORDER BY code COLLATE \"C\"), '[]') FROM unit),"
    " 'plans', (SELECT coalesce(json_agg(json_build_object('id', p.plan_id, 'code', p.code, 'title_vi', p.title_vi,"
    "     'title_en', p.title_en, 'time_zone', p.time_zone, 'standing_unit', p.standing_unit,"
    "     'utc_offset_minutes',"
    "         (extract(epoch FROM (now() AT TIME ZONE p.time_zone) - (now() AT TIME ZONE 'UTC')) / 60)::int,"
    "     'groups', (SELECT coalesce(json_agg(json_build_object('code', g.code, 'title_vi', g.title_vi)"
    "             ORDER BY g.position, g.group_id), '[]')"
    "         FROM task_group g WHERE g.plan_id = p.plan_id),"
    "     'tasks', (SELECT coalesce(json_agg(json_build_object('id', t.task_id, 'group', g.code, 'code', t.code,"
    "             'title_vi', t.title_vi, 'timeframe', t.timeframe,"
    "             'roles', (SELECT coalesce(json_agg(json_build_object('unit', u.unit_id, 'role', u.role)"
    "                     ORDER BY u.unit_id), '[]')"
    "                 FROM task_unit u WHERE u.task_id = t.task_id),"
    "             'indicators', (SELECT coalesce(json_agg(json_build_object('id', i.indicator_id, 'code', i.code,"
    "                     'title_vi', i.title_vi, 'type', i.type, 'unit_of_measure', i.unit_of_measure,"
    "                     'minimum', coalesce(i.minimum::text, ''), 'maximum', coalesce(i.maximum::text, ''),"
    "                     'aggregation', i.aggregation, 'required', i.required) ORDER BY i.indicator_id), '[]')"
    "                 FROM indicator i WHERE i.task_id = t.task_id))"
    "             ORDER BY g.position, g.group_id, t.position, t.task_id), '[]')"
    "         FROM task t JOIN task_group g USING (group_id) WHERE t.plan_id = p.plan_id),"
    "     'periods', (SELECT coalesce(json_agg(json_build_object('id', w.period_id, 'code', w.code, 'kind', w.kind,"
    "             'opens_at', (extract(epoch FROM w.opens_at) * 1000)::bigint,"
    "             'due_at', (extract(epoch FROM w.due_at) * 1000)::bigint,"
    "             'closes_at', (extract(epoch FROM w.closes_at) * 1000)::bigint)"
    "             ORDER BY w.due_at, w.code COLLATE \"C\"), '[]')"
    "         FROM period_window w WHERE w.plan_id = p.plan_id),"
    "     'reporters', (SELECT coalesce(json_agg(json_build_object('unit', r.unit_id, 'obligation', r.obligation)"
    "             ORDER BY r.unit_id), '[]')"
    "         FROM reporter r WHERE r.plan_id = p.plan_id))"
    "     ORDER BY p.plan_id), '[]') FROM plan p)"
    ")::text",
};

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
