// unit merge, split, transfer, end: whose duties are whose from a day on. The duties before that day stay as they were, and so does
// all that was reported under the old names.
#include "reorganise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "nouns.h"
#include "output.h"
#include "report/text.h"
#include "sql.h"
#include "unit_find.h"

typedef struct {
    const char *kind, *from;
    json_t
        *moves;   // {place, predecessor, successor, tasks, ends}: tasks: all, none, only those of the command line or all but those
    char *units;  // all of them, as an array of PostgreSQL; so are the tasks
    char *tasks;
} change_t;

// --- What is to be done ----------------------------------------------------------------------------------------------------------

static void add_to_array (char **array_p, const char *item)
{
    char *list = *array_p;
    *array_p = list ? xasprintf ("%.*s,%s}", (int)strlen (list) - 1, list, item) : xasprintf ("{%s}", item);
    free (list);
}

static void add_move (change_t *self, const unit_found_t *predecessor, const unit_found_t *successor, const char *tasks, bool ends)
{
    json_array_append_new (self->moves, json_pack ("{s:I, s:s, s:s?, s:s, s:b}", "place", (json_int_t)json_array_size (self->moves),
                                                   "predecessor", predecessor->id, "successor", successor ? successor->id : NULL,
                                                   "tasks", tasks, "ends", ends));
    add_to_array (&self->units, predecessor->id);
    if (successor)
        add_to_array (&self->units, successor->id);
}

// The units of a list with commas. The caller frees them.
static int find_list (admin_t *admin, const char *list, unit_found_t **units_p, size_t *n_p)
{
    int status = 0;
    char *copy = xstrdup (list), *rest = copy;
    *units_p = NULL;
    *n_p = 0;
    for (char *name; status == 0 && (name = strsep (&rest, ","));) {
        *units_p = xrealloc (*units_p, (*n_p + 1) * sizeof **units_p);
        status = unit_find (admin, name, &(*units_p)[(*n_p)++]);
    }
    free (copy);
    return status;
}

static bool is_same (const unit_found_t *a, const unit_found_t *b)
{
    return strcmp (a->id, b->id) == 0;
}

static int plan_merge (admin_t *admin, change_t *self)
{
    unit_found_t successor = {.id = ""}, predecessor;
    int status = unit_find (admin, admin->options->into, &successor);
    for (size_t i = 0; status == 0 && i < admin->options->n_operands; i++) {
        status = unit_find (admin, admin->options->operands[i], &predecessor);
        if (status == 0 && !is_same (&predecessor, &successor))
            add_move (self, &predecessor, &successor, "all", true);
    }
    return status;
}

static int plan_split (admin_t *admin, change_t *self)
{
    unit_found_t predecessor, *into;
    size_t n;
    bool goes_on = false;
    int status = find_list (admin, admin->options->into, &into, &n);
    if (status == 0)
        status = unit_find (admin, admin->options->operands[0], &predecessor);
    for (size_t i = 0; status == 0 && i < n; i++)
        goes_on |= is_same (&into[i], &predecessor);
    for (size_t i = 0; status == 0 && i < n; i++)
        if (!is_same (&into[i], &predecessor))
            add_move (self, &predecessor, &into[i],
                      i == 0                                ? "but"
                      : i + 1 == n && admin->options->tasks ? "only"
                                                            : "none",
                      !goes_on);
    free (into);
    return status;
}

static int plan_transfer (admin_t *admin, change_t *self)
{
    unit_found_t predecessor, successor;
    int status = unit_find (admin, admin->options->operands[0], &predecessor);
    if (status == 0)
        status = unit_find (admin, admin->options->to, &successor);
    if (status == 0 && !is_same (&predecessor, &successor))
        add_move (self, &predecessor, &successor, "only", false);
    return status;
}

static int plan_end (admin_t *admin, change_t *self)
{
    int status = 0;
    unit_found_t predecessor;
    for (size_t i = 0; status == 0 && i < admin->options->n_operands; i++) {
        status = unit_find (admin, admin->options->operands[i], &predecessor);
        if (status == 0)
            add_move (self, &predecessor, NULL, "all", true);
    }
    return status;
}

// $1: the moves; $2: the day.
#define MOVES                                                                                                                      \
    "WITH m AS (SELECT * FROM jsonb_to_recordset($1::jsonb)"                                                                       \
    "   AS m (place int, predecessor int, successor int, tasks text, ends boolean)) "

static const char FIND_TASKS[] =
    MOVES "SELECT n.name, count(DISTINCT task_id), min(task_id)::text"
          " FROM unnest(string_to_array($3, ',')) WITH ORDINALITY n (name, place)"
          " LEFT JOIN (task_unit d JOIN task t USING (task_id) JOIN plan p USING (plan_id))"
          "   ON d.unit_id IN (SELECT predecessor FROM m) AND d.valid_to > greatest(d.valid_from, $2::date)"
          "   AND n.name IN (t.code, p.code || ':' || t.code)"
          " GROUP BY n.name, n.place ORDER BY n.place";

static int find_tasks (admin_t *admin, change_t *self, const char *moves)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, FIND_TASKS, SQL_PARAMS (moves, self->from, admin->options->tasks));
    for (int row = 0; result && status == 0 && row < PQntuples (result); row++) {
        const char *name = sql_text (result, row, 0);
        if (sql_number (result, row, 1) == 0)
            status = admin_fail (EX_DATAERR, _ ("the unit has no part in task %s then (baocao-admin unit show tells)"), name);
        else if (sql_number (result, row, 1) > 1)
            status = admin_fail (EX_DATAERR, _ ("several plans have a task %s: write PLAN:TASK"), name);
        else
            add_to_array (&self->tasks, sql_text (result, row, 2));
    }
    PQclear (result);
    return status;
}

// --- Whether it can be done ------------------------------------------------------------------------------------------------------

// What stands in the way: which obstacle, and three texts about it. $1: the moves; $2: the day.
static const char OBSTACLES[] = MOVES
    "SELECT 1 AS obstacle, code, valid_from::text AS a, valid_to::text AS b FROM unit u"
    " WHERE unit_id IN (SELECT predecessor FROM m) AND NOT (valid_from < $2::date AND valid_to > $2::date)"
    " UNION ALL SELECT 1, code, valid_from::text, valid_to::text FROM unit u"
    " WHERE unit_id IN (SELECT successor FROM m) AND NOT (valid_from <= $2::date AND valid_to > $2::date)"
    // Its report would count although nobody expects it.
    " UNION ALL SELECT 2, u.code, p.code, w.code FROM unit_standing s JOIN unit u USING (unit_id) JOIN period w USING (period_id)"
    " JOIN plan p USING (plan_id) WHERE s.submission_id IS NOT NULL AND w.due_before - 1 >= $2::date"
    " AND u.unit_id IN (SELECT predecessor FROM m WHERE ends)"
    " UNION ALL SELECT 3, u.code, p.code, '' FROM m JOIN plan_standing s ON s.unit_id = m.predecessor JOIN unit u USING (unit_id)"
    " JOIN plan p USING (plan_id) WHERE m.ends AND m.successor IS NULL AND p.valid_to >= $2::date"
    " AND NOT EXISTS (SELECT FROM plan_standing l WHERE l.plan_id = s.plan_id AND l.valid_from > s.valid_from)"
    " ORDER BY obstacle LIMIT 1";

static int check (admin_t *admin, const change_t *self, const char *moves)
{
    int status = 0;
    PGresult *result = sql_query (admin, &status, OBSTACLES, SQL_PARAMS (moves, self->from));
    if (result && PQntuples (result) > 0) {
        const char *unit = sql_text (result, 0, 1), *a = sql_text (result, 0, 2), *b = sql_text (result, 0, 3);
        long long obstacle = sql_number (result, 0, 0);
        if (obstacle == 1)
            status = admin_fail (EX_DATAERR, _ ("%s is there from %s to %s only"), unit, a, b);
        else if (obstacle == 2)
            status =
                admin_fail (EX_DATAERR, _ ("%s has reported to plan %s for period %s already: let it end after that"), unit, a, b);
        else
            status =
                admin_fail (EX_DATAERR, _ ("%s is the standing unit of plan %s: merge it into the one that is to be it"), unit, a);
    }
    PQclear (result);
    return status;
}

// --- Doing it --------------------------------------------------------------------------------------------------------------------

static const char END_UNITS[] = MOVES "UPDATE unit SET valid_to = $2::date WHERE unit_id IN (SELECT predecessor FROM m WHERE ends)";

static const char RECORD[] = MOVES
    "INSERT INTO unit_succession (kind, predecessor, successor, task_id, from_day, at, who, reason)"
    " SELECT $4, predecessor, successor, task_id, $2::date, timestamptz 'epoch' + $5::bigint * interval '1 millisecond', $6, $7"
    " FROM m CROSS JOIN unnest(CASE $4 WHEN 'transfer' THEN $3::int[] ELSE '{NULL}' END) AS task_id ORDER BY place, task_id";

static int record (admin_t *admin, const change_t *self, const char *moves)
{
    const char *now = admin_now_text (admin);
    if (!now)
        return EX_CONFIG;
    return sql_run (admin, RECORD,
                    SQL_PARAMS (moves, self->from, self->tasks, self->kind, now, admin_who (admin), admin->options->reason));
}

static int store (admin_t *admin, const change_t *self, const char *moves)
{
    int status = reorganise_duties (admin, moves, self->from, self->tasks);
    if (status == 0)
        status = sql_run (admin, END_UNITS, SQL_PARAMS (moves, self->from));
    if (status == 0)
        status = record (admin, self, moves);
    return status ? status : sql_plan_moved (admin);
}

// What there is of the units ($1); of a report that counts, the tasks that its unit leads and it says nothing of.
#define STATE                                                                                                                      \
    "SELECT 'unit' AS what, code::text AS unit, '' AS of, valid_from::text, '.. ' || valid_to AS value"                            \
    " FROM unit WHERE unit_id = ANY ($1::int[])"                                                                                   \
    " UNION ALL SELECT 'reporter', u.code, p.code, r.valid_from::text, obligation || ' .. ' || r.valid_to"                         \
    " FROM reporter r JOIN unit u USING (unit_id) JOIN plan p USING (plan_id)"                                                     \
    " WHERE unit_id = ANY ($1::int[]) AND r.valid_to > r.valid_from"                                                               \
    " UNION ALL SELECT 'task', u.code, p.code || ' ' || t.code, r.valid_from::text, role || ' .. ' || r.valid_to"                  \
    " FROM task_unit r JOIN unit u USING (unit_id) JOIN task t USING (task_id) JOIN plan p USING (plan_id)"                        \
    " WHERE unit_id = ANY ($1::int[]) AND r.valid_to > r.valid_from"                                                               \
    " UNION ALL SELECT 'standing unit', u.code, p.code, s.valid_from::text, ''"                                                    \
    " FROM plan_standing s JOIN unit u USING (unit_id) JOIN plan p USING (plan_id) WHERE unit_id = ANY ($1::int[])"                \
    " UNION ALL SELECT 'report', u.code, p.code || ' ' || w.code, w.opens_on::text,"                                               \
    "   'counts, without ' || string_agg(t.code, ', ' ORDER BY t.position)"                                                        \
    " FROM unit_standing s JOIN unit u USING (unit_id) JOIN period w USING (period_id) JOIN plan p USING (plan_id)"                \
    " JOIN period_role r USING (period_id, unit_id) JOIN task t USING (task_id)"                                                   \
    " WHERE unit_id = ANY ($1::int[]) AND s.submission_id IS NOT NULL AND r.role = 'lead' AND NOT EXISTS"                          \
    "   (SELECT FROM report_entry e WHERE e.submission_id = s.submission_id AND e.task_id = r.task_id)"                            \
    " GROUP BY u.code, p.code, w.code, w.opens_on"

static const char BEFORE[] = "SELECT coalesce(json_agg(s), '[]') FROM (" STATE ") s";
static const char DIFFERENCE[] =
    "SELECT what, unit, of, valid_from, b.value AS before, a.value AS after FROM (" STATE ") a"
    " FULL JOIN jsonb_to_recordset($2::jsonb) AS b (what text, unit text, of text, valid_from text, value text)"
    "   USING (what, unit, of, valid_from) WHERE a.value IS DISTINCT FROM b.value ORDER BY what, unit, of, valid_from::date";

// The difference, or NULL (said): *status_p is the exit code.
static PGresult *apply (admin_t *admin, change_t *self, int *status_p)
{
    char *moves = json_dumps (self->moves, JSON_COMPACT);
    PGresult *before = NULL, *difference = NULL;
    *status_p = 0;
    if (admin->options->tasks)
        *status_p = find_tasks (admin, self, moves);
    if (!self->tasks)
        self->tasks = xstrdup ("{}");
    if (*status_p == 0)
        *status_p = check (admin, self, moves);
    if (*status_p == 0)
        before = sql_query (admin, status_p, BEFORE, SQL_PARAMS (self->units));
    if (before)
        *status_p = store (admin, self, moves);
    if (before && *status_p == 0)
        difference = sql_query (admin, status_p, DIFFERENCE, SQL_PARAMS (self->units, sql_text (before, 0, 0)));
    PQclear (before);
    free (moves);
    return difference;
}

static int run (admin_t *admin, change_t *self)
{
    bool dry_run = admin->options->given & OPTION_DRY_RUN;
    const char *titles[] = {_ ("What"), _ ("Unit"), _ ("Of"), _ ("From"), _ ("Before"), _ ("After")};
    int status = sql_begin_decision (admin, NULL);
    PGresult *difference = status == 0 ? apply (admin, self, &status) : NULL;
    status = sql_end (admin, status);
    if (status == 0) {
        output_list (admin, &difference, titles);
        if (!(admin->options->given & OPTION_JSON))
            puts (dry_run ? _ ("Nothing was changed.")
                          : _ ("It is so. Keys and mailboxes stay with their units: invite the successors' computers anew."));
    }
    PQclear (difference);
    return status;
}

static int reorganise (admin_t *admin, const char *kind, int (*plan) (admin_t *admin, change_t *self))
{
    const options_t *options = admin->options;
    change_t self = {.kind = kind, .from = options->from, .moves = json_array ()};
    if (!options->from || !text_is_date (options->from))
        return admin_fail (EX_USAGE, _ ("say from which day on, as in --from 2025-03-01"));
    if (!options->reason)
        return admin_fail (EX_USAGE, _ ("say why, as in --reason 'NQ 01/NQ-HĐND'"));
    int status = plan (admin, &self);
    if (status == 0 && json_array_size (self.moves) == 0)
        status = admin_fail (EX_USAGE, _ ("a unit cannot take its own place"));
    if (status == 0)
        status = run (admin, &self);
    json_decref (self.moves);
    free (self.units);
    free (self.tasks);
    return status;
}

int unit_merge (admin_t *admin)
{
    if (!admin->options->into)
        return admin_fail (EX_USAGE, _ ("say who takes over: --into"));
    return reorganise (admin, "merge", plan_merge);
}

int unit_split (admin_t *admin)
{
    if (!admin->options->into || !strchr (admin->options->into, ','))
        return admin_fail (EX_USAGE, _ ("say who takes over, as in --into so-vhtt,so-dl"));
    return reorganise (admin, "split", plan_split);
}

int unit_transfer (admin_t *admin)
{
    if (!admin->options->to || !admin->options->tasks)
        return admin_fail (EX_USAGE, _ ("say what goes to whom, as in --to so-khcn --tasks I.1,I.2"));
    return reorganise (admin, "transfer", plan_transfer);
}

int unit_end (admin_t *admin)
{
    return reorganise (admin, "end", plan_end);
}
