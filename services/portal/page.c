#include "page.h"

#include <stdarg.h>
#include <string.h>

#include "common/language.h"
#include "words.h"

static const char *language (bool vietnamese)
{
    return vietnamese ? "vi" : "en";
}

void page_address (html_t *html, const page_t *page, ...)
{
    va_list parts;
    html_put (html, "/%s/%s/%s", language (page->vietnamese), page->plan_slug, page->period);
    va_start (parts, page);
    for (const char *part; (part = va_arg (parts, const char *));) {
        html_put (html, "/");
        html_put_segment (html, part);
    }
    va_end (parts);
}

// --- The head --------------------------------------------------------------------------------------------------------------------

static void put_assets (html_t *html, const page_assets_t *assets)
{
    for (size_t i = 0; i < sizeof assets->fonts / sizeof *assets->fonts && assets->fonts[i]; i++)
        html_put (html, "<link rel=\"preload\" href=\"%s\" as=\"font\" type=\"font/woff2\" crossorigin>\n", assets->fonts[i]);
    if (assets->icon)
        html_put (html, "<link rel=\"icon\" href=\"%s\" type=\"image/svg+xml\">\n", assets->icon);
    if (assets->style)
        html_put (html, "<link rel=\"stylesheet\" href=\"%s\">\n", assets->style);
    if (assets->script)
        html_put (html, "<script type=\"module\" src=\"%s\"></script>\n", assets->script);
}

static void put_title (html_t *html, const page_t *page)
{
    html_put (html, "<title>");
    if (page->title)
        html_put (html, "%s", page->title);
    if (page->title && page->plan)
        html_put (html, " · ");
    if (page->plan)
        html_put (html, "%s, %s", page->plan, page->period);
    html_put (html, "</title>\n");
}

// What the script wants to know of the page stands in data attributes of the root.
static void put_head (html_t *html, const page_t *page)
{
    html_put (html, "<!doctype html>\n<html lang=\"%s\"", language (page->vietnamese));
    if (page->is_live)
        html_put (html, " data-live=\"/live/%s/%s?lang=%s\" data-seq=\"%llu\"", page->plan_slug, page->period,
                  language (page->vietnamese), (unsigned long long)page->seq);
    html_put (html,
              ">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    put_title (html, page);
    if (page->assets)
        put_assets (html, page->assets);
    html_put (html, "<link rel=\"alternate\" hreflang=\"%s\" href=\"/%s%s\">\n</head>\n", language (!page->vietnamese),
              language (!page->vietnamese), page->path);
}

// --- The line above --------------------------------------------------------------------------------------------------------------

static void put_periods (html_t *html, const page_t *page)
{
    html_put (html, "<nav class=\"periods\" aria-label=\"%s\"><ul>\n", _ ("Periods"));
    for (const char *const *period = page->periods; *period; period++) {
        html_put (html, "<li><a href=\"/%s/%s/%s\"", language (page->vietnamese), page->plan_slug, *period);
        if (!strcmp (*period, page->period))
            html_put (html, " aria-current=\"true\"");
        html_put (html, ">%s</a></li>\n", *period);
    }
    html_put (html, "</ul></nav>\n");
}

static void put_plans (html_t *html, const page_t *page)
{
    html_put (html, "<details class=\"plans\"><summary>%s</summary><ul>\n", _ ("Other plans"));
    for (const page_plan_t *plan = page->plans; plan->code; plan++)
        html_put (html, "<li><a href=\"/%s%s\"><b>%s</b> %s</a></li>\n", language (page->vietnamese), plan->address, plan->code,
                  plan->title);
    html_put (html, "</ul></details>\n");
}

// A page is the same for all who may see it, so it does not say who they are.
static void put_account (html_t *html, const page_t *page)
{
    html_put (html, "<a class=\"account\" href=\"/%s/%s\">%s</a>\n", language (page->vietnamese),
              page->is_public ? "sign-in" : "account", page->is_public ? _ ("Sign in") : _ ("Your account"));
}

static void put_header (html_t *html, const page_t *page)
{
    html_put (html, "<header class=\"top\"><div class=\"wrap\">\n");
    if (page->plan)
        html_put (html, "<a class=\"brand\" href=\"/%s/%s/%s\">%s <b>%s</b></a>\n", language (page->vietnamese), page->plan_slug,
                  page->period, _ ("Plan"), page->plan);
    else
        html_put (html, "<a class=\"brand\" href=\"/\"><b>baocao</b></a>\n");
    if (page->plan && page->periods)
        put_periods (html, page);
    if (page->plans && page->plans->code)
        put_plans (html, page);
    html_put (html, "<div class=\"aside\"><a class=\"language\" lang=\"%s\" hreflang=\"%s\" href=\"/%s%s\">%s</a>\n",
              language (!page->vietnamese), language (!page->vietnamese), language (!page->vietnamese), page->path,
              page->vietnamese ? "English" : "Tiếng Việt");
    put_account (html, page);
    html_put (html, "</div></div></header>\n");
}

void page_begin (html_t *html, const page_t *page)
{
    put_head (html, page);
    html_put (html, "<body>\n<a class=\"skip\" href=\"#main\">%s</a>\n", _ ("Skip to the content"));
    put_header (html, page);
    html_put (html, "<main id=\"main\" class=\"wrap\" tabindex=\"-1\">\n");
}

// --- Around the content ----------------------------------------------------------------------------------------------------------

void page_trail (html_t *html, const page_t *page, const char *const (*steps)[2])
{
    html_put (html, "<nav class=\"trail\" aria-label=\"%s\"><ol>\n<li><a href=\"", _ ("The way here"));
    page_address (html, page, NULL);
    html_put (html, "\">%s, %s</a></li>\n", page->plan, page->period);
    for (; (*steps)[1]; steps++)
        if ((*steps)[0]) {
            html_put (html, "<li><a href=\"");
            page_address (html, page, NULL);
            html_put (html, "%s\">%s</a></li>\n", (*steps)[0], (*steps)[1]);
        } else {
            html_put (html, "<li aria-current=\"page\">%s</li>\n", (*steps)[1]);
        }
    html_put (html, "</ol></nav>\n");
}

void page_end (html_t *html, const page_t *page)
{
    html_put (html, "</main>\n<footer class=\"bottom\"><div class=\"wrap\">\n");
    if (page->seq) {
        html_put (html, "<p>%s <time data-of=\"f-as-of\" datetime=\"%s\">%s</time> · %s <span data-of=\"f-seq\">%s</span></p>\n",
                  _ ("As of"), words_machine_time (page->as_of, page->utc_offset_minutes).text,
                  words_time (page->as_of, page->utc_offset_minutes, page->vietnamese).text, _ ("feed number"),
                  words_count ((int64_t)page->seq, page->vietnamese).text);
        html_put (html, "<p>%s</p>\n", _ ("Every figure here is made of reports with signed receipts."));
    }
    html_put (html, "</div></footer>\n</body>\n</html>\n");
}
