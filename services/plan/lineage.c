#include "lineage.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

static int later (int a, int b)
{
    return a > b ? a : b;
}

static int earlier (int a, int b)
{
    return a < b ? a : b;
}

static bool is_known (const lineage_t *list, size_t n, int unit_id, int task_id)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].unit_id == unit_id && list[i].task_id == task_id)
            return true;
    return false;
}

// Adds those whom `of` succeeded while it stood in the line itself, with the task that all steps have in common.
static size_t add_predecessors (const plan_book_t *book, lineage_t **list_p, size_t n, lineage_t of)
{
    for (const plan_succession_t *s = book->successions; s < book->successions + book->n_successions; s++) {
        int task_id = s->task_id ? s->task_id : of.task_id;
        bool same_task = !s->task_id || !of.task_id || s->task_id == of.task_id;
        if (s->successor_id != of.unit_id || s->from > of.before || !same_task || is_known (*list_p, n, s->predecessor_id, task_id))
            continue;
        *list_p = xrealloc (*list_p, (n + 1) * sizeof **list_p);
        (*list_p)[n++] = (lineage_t){s->predecessor_id, task_id, earlier (s->from, of.before), later (s->from, of.from)};
    }
    return n;
}

lineage_t *lineage_of (const plan_book_t *book, int unit_id, size_t *n_p)
{
    lineage_t *list = xmalloc (sizeof *list);
    size_t n = 1;
    list[0] = (lineage_t){.unit_id = unit_id, .before = PLAN_FOR_EVER, .from = PLAN_ALWAYS};
    for (size_t i = 0; i < n; i++)
        n = add_predecessors (book, &list, n, list[i]);
    *n_p = n - 1;
    memmove (list, list + 1, *n_p * sizeof *list);
    return list;
}

bool lineage_reaches (const lineage_t *self, const plan_period_t *earlier_period, const plan_period_t *period)
{
    return earlier_period->last_day < self->before && self->from <= period->last_day;
}

bool lineage_has (const plan_book_t *book, int unit_id, const plan_period_t *period, int other_id)
{
    size_t n;
    bool found = false;
    lineage_t *list = lineage_of (book, unit_id, &n);
    for (size_t i = 0; i < n; i++)
        found |= list[i].unit_id == other_id && list[i].task_id == 0 && list[i].from <= period->last_day;
    free (list);
    return found;
}
