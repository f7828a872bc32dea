// feed.atom: news of a plan (RFC 4287): periods that have opened or closed, units that are or were late. An entry's id stays the same
// for ever (RFC 4151), so a unit that was missing and then reported is one entry that was updated.
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "common/language.h"
#include "common/xmem.h"
#include "feeds_db.h"
#include "files.h"

enum { DAY_SECONDS = 86400, DATE_TEXT = 16 };

typedef struct {
    const product_t *product;
    bool begun;
} atom_t;

static void put_text (FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs ("&amp;", out);
            break;
        case '<':
            fputs ("&lt;", out);
            break;
        case '>':
            fputs ("&gt;", out);
            break;
        case '"':
            fputs ("&quot;", out);
            break;
        default:
            putc (*text, out);
        }
}

// Takes the text over.
static void put_element (FILE *out, const char *name, char *text)
{
    fprintf (out, "<%s>", name);
    put_text (out, text);
    fprintf (out, "</%s>\n", name);
    free (text);
}

static void put_updated (FILE *out, int64_t at)
{
    char text[BC_TIME_TEXT];
    bc_time_format (at, text);
    fprintf (out, "<updated>%s</updated>\n", text);
}

static char *place (const product_t *product, const news_t *news)
{
    const char *unit = news->unit ? news->unit : "";
    return xasprintf ("%s/%s/%s/%s%s%s", product->url, product->vietnamese ? "vi" : "en", product->slug, news->period,
                      *unit ? "/units/" : "", unit);
}

static void put_link (FILE *out, const char *relation, const char *type, char *target)
{
    fprintf (out, "<link rel=\"%s\" type=\"%s\" href=\"", relation, type);
    put_text (out, target);
    fputs ("\"/>\n", out);
    free (target);
}

// --- Entries ---------------------------------------------------------------------------------------------------------------------

static void format_day (const product_t *product, int64_t day, char text[DATE_TEXT])
{
    time_t time = (time_t)(day * DAY_SECONDS);
    struct tm date;
    gmtime_r (&time, &date);
    strftime (text, DATE_TEXT, product->vietnamese ? "%d/%m/%Y" : "%Y-%m-%d", &date);
}

static char *title_of (const product_t *product, const news_t *news)
{
    const char *name = news->unit ? product_words (product, news->name_vi, news->name_en) : "";
    switch (news->kind) {
    case NEWS_OPENED:
        return xasprintf (_ ("Period %s is open"), news->period);
    case NEWS_CLOSED:
        return xasprintf (_ ("Period %s is closed"), news->period);
    case NEWS_MISSING:
        return xasprintf (_ ("%s has not reported for %s"), name, news->period);
    default:
        return xasprintf (_ ("%s reported late for %s"), name, news->period);
    }
}

static char *summary_of (const product_t *product, const news_t *news)
{
    char day[DATE_TEXT];
    format_day (product, news->last_day, day);
    if (news->kind == NEWS_LATE)
        return xasprintf (ngettext ("The last good day was %s; the report came %d day after it.",
                                    "The last good day was %s; the report came %d days after it.", (unsigned long)news->days),
                          day, news->days);
    return xasprintf (news->kind == NEWS_OPENED ? _ ("The last good day for reports is %s.") : _ ("The last good day was %s."),
                      day);
}

static void put_id (const product_t *product, const char *period, const char *unit)
{
    put_element (product->out, "id",
                 xasprintf ("tag:%s,%s:%s%s%s%s%s", product->authority, product->issued_on, product->slug, *period ? "/" : "",
                            period, *unit ? "/late/" : "", unit));
}

static void put_head (const product_t *product, int64_t updated)
{
    FILE *out = product->out;
    const char *language = product->vietnamese ? "vi" : "en";
    fprintf (out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n",
             language);
    put_id (product, "", "");
    put_element (out, "title", xasprintf (_ ("Plan %s"), product->plan));
    put_element (out, "subtitle", xstrdup (product_words (product, product->title_vi, product->title_en)));
    put_updated (out, updated);
    put_link (out, "self", "application/atom+xml", xasprintf ("%s/data/%s/feed.atom", product->url, product->slug));
    put_link (out, "alternate", "text/html", xasprintf ("%s/", product->url));
    fputs ("<author>", out);
    put_element (out, "name", xstrdup (product_words (product, product->standing_vi, product->standing_en)));
    fputs ("</author>\n<generator version=\"" BAOCAO_VERSION "\">baocao</generator>\n", out);
}

// The latest comes first, so the feed was updated when it was.
static int put_entry (const news_t *news, void *arg)
{
    atom_t *self = arg;
    FILE *out = self->product->out;
    if (!self->begun)
        put_head (self->product, news->at);
    self->begun = true;
    fputs ("<entry>\n", out);
    put_id (self->product, news->period, news->unit ? news->unit : "");
    put_element (out, "title", title_of (self->product, news));
    put_updated (out, news->at);
    put_link (out, "alternate", "text/html", place (self->product, news));
    put_element (out, "summary", summary_of (self->product, news));
    fputs ("</entry>\n", out);
    return 0;
}

int product_atom (product_t *product)
{
    atom_t self = {.product = product};
    int rc = feeds_each_news (product, put_entry, &self);
    if (!self.begun)
        put_head (product, product->issued_at);
    fputs ("</feed>\n", product->out);
    return rc;
}
