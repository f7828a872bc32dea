// The first page, and the overview of a period.
#include "common/clock.h"
#include "common/xmem.h"
#include "overview.h"
#include "page_overview.h"
#include "site.h"

// The plan of whose periods one is open, or was last: the one whose current period began last.
static const plan_t *current_plan (const plan_book_t *book, const plan_period_t **period_p)
{
    const plan_t *latest = NULL;
    for (size_t i = 0; i < book->n_plans; i++) {
        const plan_period_t *period = plan_current_period (&book->plans[i], bc_clock_ms ());
        if (period && (!latest || period->opens_at > (*period_p)->opens_at)) {
            latest = &book->plans[i];
            *period_p = period;
        }
    }
    return latest;
}

void overview_enter (request_t *request)
{
    const plan_period_t *period = NULL;
    const plan_t *plan = current_plan (request->portal->book, &period);
    if (!plan) {
        site_refuse (request, MHD_HTTP_NOT_FOUND);
        return;
    }
    char address[160];
    site_address (plan, period, address, sizeof address);
    char *location = xasprintf ("/%s%s", request->vietnamese ? "vi" : "en", address);
    request_redirect (request, location);
    free (location);
}

static void show (const Baocao__V1__Snapshot *snapshot, void *arg)
{
    request_t *request = arg;
    portal_t *portal = request->portal;
    if (!snapshot || !site_period (request)) {
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
        return;
    }
    char *key = site_key (request);
    if (!cache_answer (portal->cache, request, key, snapshot->seq)) {
        site_speak (request->vietnamese);
        page_t page = site_page (request);
        page.is_live = true;
        page.seq = snapshot->seq;
        page.as_of = bc_timestamp_ms (snapshot->as_of);
        html_t *html = html_new ();
        page_overview (html, &page, snapshot);
        cache_put (portal->cache, request, key, snapshot->seq, page.as_of, &html);
    }
    free (key);
}

void overview_show (request_t *request)
{
    if (follow_ask (request->portal->follow, request->plan, request->period, show, request))
        site_refuse (request, MHD_HTTP_SERVICE_UNAVAILABLE);
}
