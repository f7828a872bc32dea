#include "drill.h"

#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "page_drill.h"
#include "plan/lineage.h"
#include "portal_db.h"
#include "report/text.h"
#include "site.h"
#include "words.h"

enum { REPORT_CAP = 8 << 20 };

// The placeholder that no other page's address has, the lists of which the page is made, and who makes it. Of the addresses with two
// placeholders the rarer one comes first.
typedef struct {
    const char *name;
    unsigned wanted;
    page_drill_fn *render;
} class_t;

#define WANT(list) PORTAL_DB_WANT (PORTAL_DB_##list)
static const class_t CLASSES[] = {
    {"report",
     WANT (TASKS) | WANT (INDICATORS) | WANT (SUBMISSIONS) | WANT (RECEIPTS) | WANT (FINDINGS) | WANT (REVIEWS) | WANT (EVENTS),
     page_report},
    {"figure", WANT (PLACES), page_figure},
    {"source", WANT (MONEY), page_budget},
    {"indicator", WANT (TASKS) | WANT (INDICATORS) | WANT (VALUES), page_indicator},
    {"task", WANT (TASKS) | WANT (PLACES) | WANT (ENTRIES) | WANT (MONEY) | WANT (INDICATORS) | WANT (VALUES), page_task},
    {"group", WANT (TASKS) | WANT (ENTRIES), page_group},
    {"unit", WANT (PLACES) | WANT (ENTRIES) | WANT (SUBMISSIONS) | WANT (EXTENSIONS), page_unit},
};

static const class_t *class_of (const request_t *request)
{
    const class_t *class = CLASSES;
    while (!request_name (request, class->name))
        class ++;
    return class;
}

// --- The question ----------------------------------------------------------------------------------------------------------------

static Baocao__V1__BudgetSource source_of (const char *key)
{
    const ProtobufCEnumDescriptor *sources = &baocao__v1__budget_source__descriptor;
    for (unsigned i = 0; i < sources->n_values; i++) {
        Baocao__V1__BudgetSource source = (Baocao__V1__BudgetSource)sources->values[i].value;
        if (source && streq (words_source_key (source), key))
            return source;
    }
    return BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_UNSPECIFIED;
}

// Could there be such a thing at all? So nothing but codes and ids is ever looked up.
static bool is_question (const request_t *request)
{
    static const char *const CODES[] = {"task", "group", "unit", "indicator"};
    const char *report = request_name (request, "report"), *figure = request_name (request, "figure"),
               *source = request_name (request, "source");
    uint8_t id[BC_UUID_SIZE];
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
        if (request_name (request, CODES[i]) && !text_is_code (request_name (request, CODES[i])))
            return false;
    return (!report || bc_uuid_parse (report, id) == 0) && (!figure || page_figure_is_known (figure)) &&
           (!source || source_of (source));
}

static bc_tx_next_t ask (bc_tx_t *tx, int step, void *arg)
{
    const request_t *request = arg;
    const plan_t *plan = site_plan (request);
    const plan_period_t *period = site_period (request);
    const char *source = request_name (request, "source");
    (void)step;
    if (!period)
        return BC_TX_ROLLBACK;
    portal_db_ask (tx, class_of (request)->wanted,
                   &(portal_db_question_t){.plan_id = plan->id,
                                           .period_id = period->id,
                                           .vietnamese = request->vietnamese,
                                           .task = request_name (request, "task"),
                                           .group = request_name (request, "group"),
                                           .unit = request_name (request, "unit"),
                                           .indicator = request_name (request, "indicator"),
                                           .report = request_name (request, "report"),
                                           .source = source ? source_of (source) : 0});
    return BC_TX_COMMIT;
}

// --- The answer ------------------------------------------------------------------------------------------------------------------

// What a report and the feed's events say. They live in the arena.
static void unpack (facts_t *facts, bc_arena_t *arena)
{
    fact_receipt_t *receipts = facts->receipts.items;
    fact_event_t *events = facts->events.items;
    const char *reason;
    for (size_t i = 0; i < facts->receipts.count; i++)
        receipts[i].content = (const Baocao__V1__Report *)bc_wire_unpack (&baocao__v1__report__descriptor, receipts[i].bytes,
                                                                          receipts[i].size, arena, &reason);
    for (size_t i = 0; i < facts->events.count; i++)
        events[i].event = (const Baocao__V1__FeedEvent *)bc_wire_unpack (&baocao__v1__feed_event__descriptor, events[i].bytes,
                                                                         events[i].size, arena, &reason);
}

// Whose place the unit has taken by the period's last day. The caller frees the list.
static void find_predecessors (facts_t *facts, const request_t *request)
{
    const plan_book_t *book = request->portal->book;
    const plan_unit_t *unit = facts->unit ? plan_book_unit (book, facts->unit) : NULL;
    size_t count = 0;
    lineage_t *line = unit ? lineage_of (book, unit->id, &count) : NULL;
    fact_predecessor_t *found = xcalloc (count ? count : 1, sizeof *found);
    facts->predecessors.items = found;
    for (size_t i = 0; i < count; i++) {
        const plan_unit_t *before = plan_book_unit_by_id (book, line[i].unit_id);
        const plan_task_t *task = line[i].task_id ? plan_task_by_id (site_plan (request), line[i].task_id) : NULL;
        if (line[i].from <= site_period (request)->last_day && !line[i].task_id == !task)
            found[facts->predecessors.count++] =
                (fact_predecessor_t){.code = before->code,
                                     .name = request->vietnamese || !*before->name_en ? before->name_vi : before->name_en,
                                     .task = task ? task->code : NULL};
    }
    free (line);
}

static void render (request_t *request, const facts_t *facts)
{
    site_speak (request->vietnamese);
    page_t page = site_page (request);
    page.seq = facts->seq;
    page.as_of = bc_clock_ms ();
    html_t *html = html_new ();
    if (class_of (request)->render (html, &page, facts)) {
        char *key = site_key (request);
        cache_put (request->portal->cache, request, key, facts->seq, page.as_of, &html);
        free (key);
    } else
        site_refuse (request, MHD_HTTP_NOT_FOUND);
    html_destroy (&html);
}

static void answer (bc_tx_t *tx, bc_outcome_t outcome, void *arg)
{
    request_t *request = arg;
    if (outcome != BC_DB_DONE || !site_period (request)) {
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
        return;
    }
    const char *source = request_name (request, "source");
    bc_arena_t *arena = bc_arena_new (REPORT_CAP);
    facts_t *facts = portal_db_read (tx, class_of (request)->wanted);
    facts->figure = request_name (request, "figure");
    facts->group = request_name (request, "group");
    facts->unit = request_name (request, "unit");
    facts->source = source ? source_of (source) : 0;
    unpack (facts, arena);
    find_predecessors (facts, request);
    render (request, facts);
    free (facts->predecessors.items);
    portal_db_free (&facts);
    bc_arena_destroy (&arena);
}

void drill_show (request_t *request)
{
    portal_t *portal = request->portal;
    if (!is_question (request)) {
        site_refuse (request, MHD_HTTP_NOT_FOUND);
        return;
    }
    char *key = site_key (request);
    bool known = cache_answer (portal->cache, request, key, follow_seq (portal->follow));
    free (key);
    if (!known && bc_db_run (portal->db, BC_TX_REPEATABLE_READ_ONLY, ask, answer, request))
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
}
