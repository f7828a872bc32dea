#include "send_page.h"

#include <string.h>

#include "common/clock.h"
#include "common/language.h"
#include "words.h"

static const char *text_of (json_t *object, const char *key)
{
    const char *text = json_string_value (json_object_get (object, key));
    return text ? text : "";
}

static const char *language_of (const page_t *page)
{
    return page->vietnamese ? "vi" : "en";
}

static words_t time_of (const page_t *page, json_t *object, const char *key)
{
    int64_t ms;
    return bc_time_parse (text_of (object, key), &ms) ? (words_t){0} : words_time (ms, page->utc_offset_minutes, page->vietnamese);
}

static void put_form (html_t *html, const send_view_t *view, const char *action, const char *button)
{
    html_put (html,
              "<form method=\"post\" action=\"/%s/send/do/%s\"><input type=\"hidden\" name=\"csrf\" "
              "value=\"%s\"><button>%s</button></form>\n",
              language_of (view->page), action, view->token, button);
}

static void put_said (html_t *html, json_t *record)
{
    const char *said = text_of (record, "said");
    if (*said)
        html_put (html, "<pre class=\"said\">%s</pre>\n", said);
}

// --- The steps -------------------------------------------------------------------------------------------------------------------

static void put_template (html_t *html, const send_view_t *view)
{
    html_put (html, "<section><h2>1. %s</h2>\n", _ ("Take the workbook"));
    for (const char *const(*plan)[2] = view->plans; (*plan)[0]; plan++) {
        html_put (html, "<p><a href=\"/%s/send/files/template.xlsx?plan=", language_of (view->page));
        html_put_segment (html, (*plan)[0]);
        html_put (html, "\" download>%s</a> · %s %s</p>\n", _ ("The workbook to be filled in (Excel)"), (*plan)[0], (*plan)[1]);
    }
    html_put (html, "</section>\n");
}

static void put_upload (html_t *html, const send_view_t *view)
{
    html_put (html, "<section><h2>2. %s</h2>\n", _ ("Give the filled workbook"));
    html_put (html,
              "<form method=\"post\" enctype=\"multipart/form-data\" action=\"/%s/send\"><input type=\"hidden\" name=\"csrf\" "
              "value=\"%s\">\n<p><label for=\"workbook\">%s</label> <input id=\"workbook\" name=\"workbook\" type=\"file\" "
              "accept=\".xlsx\" required></p>\n<p><button>%s</button></p>\n</form></section>\n",
              language_of (view->page), view->token, _ ("Workbook (.xlsx, up to 10 MiB)"), _ ("Look through it"));
}

static void put_finding (html_t *html, const send_view_t *view, json_t *finding)
{
    const char *severity = text_of (finding, "severity");
    html_put (html, "<tr class=\"%s\"><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", severity, text_of (finding, "sheet"),
              text_of (finding, "cell"), !strcmp (severity, "error") ? _ ("to be corrected") : _ ("to be looked at"),
              text_of (finding, view->page->vietnamese ? "message_vi" : "message_en"));
}

static void put_findings (html_t *html, const send_view_t *view, json_t *findings)
{
    size_t i;
    json_t *finding;
    if (json_array_size (findings) == 0)
        return;
    html_put (html,
              "<div class=\"scroll\"><table class=\"findings\"><caption>%s</caption>\n<thead><tr><th scope=\"col\">%s</th><th "
              "scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr></thead>\n<tbody>\n",
              _ ("What was found, cell by cell"), _ ("Sheet"), _ ("Cell"), _ ("Kind"), _ ("What to do"));
    json_array_foreach (findings, i, finding)
        put_finding (html, view, finding);
    html_put (html, "</tbody></table></div>\n");
}

static void put_check (html_t *html, const send_view_t *view)
{
    size_t i;
    json_t *task;
    json_t *output = json_object_get (view->check, "output");
    bool valid = json_is_true (json_object_get (output, "valid")), was_read = json_is_array (json_object_get (output, "findings"));
    if (!view->check)
        return;
    html_put (html, "<section><h2>3. %s</h2>\n<p role=\"status\">%s</p>\n", _ ("What was found"),
              valid      ? _ ("The workbook can be sent.")
              : was_read ? _ ("The workbook cannot be sent yet: correct what stands below, save it, and give it again.")
                         : _ ("This is no workbook that could be looked through."));
    put_findings (html, view, json_object_get (output, "findings"));
    if (!was_read)
        put_said (html, view->check);
    html_put (html, "</section>\n");
    if (!valid || json_object_get (json_object_get (view->push, "output"), "report_id"))
        return;  // what is sent is not sent again
    html_put (html, "<section><h2>4. %s</h2>\n<p>%s</p>\n", _ ("Send it"),
              _ ("With this the report is your unit's word to the committee, and gets a signed receipt."));
    html_put (html, "<p><b>%s</b> · %s %s · %s · %s: ", text_of (view->upload, "name"), text_of (output, "plan"),
              text_of (output, "period"), text_of (output, "document"), _ ("Tasks"));
    json_array_foreach (json_object_get (output, "tasks"), i, task)
        html_put (html, "%s%s", i ? ", " : "", json_string_value (task));
    html_put (html,
              "</p>\n<form method=\"post\" action=\"/%s/send/do/push\"><input type=\"hidden\" name=\"csrf\" value=\"%s\"><input "
              "type=\"hidden\" name=\"digest\" value=\"%s\"><button>%s</button></form>\n",
              language_of (view->page), view->token, text_of (view->upload, "digest"), _ ("Send the report"));
    html_put (html, "</section>\n");
}

// --- What became of it -----------------------------------------------------------------------------------------------------------

static const char *state_text (const char *state)
{
    return !strcmp (state, "accepted")   ? _ ("The report has been accepted.")
           : !strcmp (state, "rejected") ? _ ("The report has been refused: correct what stands below, and send it again.")
           : !strcmp (state, "spooled")  ? _ ("The report has not left yet; there is no receipt yet.")
                                         : _ ("The report has been received; the verdict will be in the mailbox.");
}

// One that waited has been received all the same when there is its receipt: whoever delivered it was interrupted afterwards.
static const char *state_of (const send_view_t *view, json_t *output)
{
    size_t i;
    json_t *receipt;
    const char *state = text_of (output, "state");
    json_array_foreach (view->receipts, i, receipt)
        if (!strcmp (state, "spooled") && !strcmp (text_of (receipt, "report_id"), text_of (output, "report_id")))
            return "received";
    return state;
}

static void put_push (html_t *html, const send_view_t *view)
{
    json_t *output = json_object_get (view->push, "output");
    if (!view->push)
        return;
    html_put (html, "<section><h2>%s</h2>\n", _ ("The report that was sent"));
    if (json_is_string (json_object_get (output, "report_id"))) {
        html_put (html, "<p role=\"status\">%s</p>\n", state_text (state_of (view, output)));
        put_findings (html, view, json_object_get (output, "findings"));
    } else {
        html_put (html, "<p role=\"alert\">%s</p>\n", _ ("The report has not been sent."));
        put_said (html, view->push);
    }
    html_put (html, "</section>\n");
}

static void put_receipt (html_t *html, const send_view_t *view, json_t *receipt)
{
    const char *id = text_of (receipt, "report_id");
    html_put (html,
              "<tr><td>%s %s</td><td>%lld</td><td>%s</td><td>%s</td><td>%lld</td><td><code>%s</code></td><td><a "
              "href=\"/%s/send/files/receipt.pdf?report=",
              text_of (receipt, "plan"), text_of (receipt, "period"),
              (long long)json_integer_value (json_object_get (receipt, "revision")),
              time_of (view->page, receipt, "received_at").text, text_of (receipt, "submitted_by"),
              (long long)json_integer_value (json_object_get (receipt, "chain_index")), text_of (receipt, "report_digest"),
              language_of (view->page));
    html_put_segment (html, id);
    html_put (html, "\">PDF</a></td></tr>\n");
}

static void put_receipts (html_t *html, const send_view_t *view)
{
    size_t i;
    json_t *receipt;
    if (json_array_size (view->receipts) == 0)
        return;
    html_put (
        html,
        "<section><h2>%s</h2>\n<div class=\"scroll\"><table class=\"receipts\"><caption>%s</caption>\n<thead><tr><th "
        "scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
        "<th scope=\"col\">%s</th><th scope=\"col\">%s</th></tr></thead>\n<tbody>\n",
        _ ("Receipts"), _ ("Signed by the server; each can be verified by anybody"), _ ("Plan and period"), _ ("Revision"),
        _ ("Received"), _ ("Sent by"), _ ("Place in the chain"), _ ("Digest of the report"), _ ("To keep"));
    json_array_foreach (view->receipts, i, receipt)
        put_receipt (html, view, receipt);
    html_put (html, "</tbody></table></div></section>\n");
}

static void put_waiting (html_t *html, const send_view_t *view)
{
    if (!view->waiting)
        return;
    html_put (
        html, "<section class=\"fault\"><p role=\"alert\">%s</p>\n",
        view->is_hopeless
            ? _ ("The server does not take the report that waits here. Ask the standing agency for a new link, and send it by "
                 "that.")
            : _ ("A report could not be delivered yet. It is tried again every minute, also when you leave; nothing is lost."));
    if (view->is_hopeless)
        put_said (html, view->push);
    put_form (html, view, "flush", _ ("Try now"));
    html_put (html, "</section>\n");
}

void send_page (html_t *html, const send_view_t *view)
{
    page_begin (html, view->page);
    html_put (html, "<h1>%s</h1>\n<p>%s: <b>%s</b> · %s</p>\n", view->page->title, _ ("You send for"), view->unit, view->officer);
    if (view->notice)
        html_put (html, "<p class=\"fault\" role=\"alert\">%s</p>\n", view->notice);
    if (view->is_busy)
        html_put (html, "<p role=\"status\">%s</p>\n",
                  _ ("What you gave is still being worked on. Load this page again in a moment."));
    put_waiting (html, view);
    put_push (html, view);
    put_receipts (html, view);
    put_template (html, view);
    put_upload (html, view);
    put_check (html, view);
    html_put (html, "<section><h2>%s</h2>\n<p><a href=\"/%s/send/files/mailbox\">%s</a></p>\n", _ ("Mailbox"),
              language_of (view->page), _ ("What the server has written to your unit"));
    put_form (html, view, "leave", _ ("Leave: the key that was made for you is removed here"));
    html_put (html, "</section>\n");
    page_end (html, view->page);
}

// --- Other pages -----------------------------------------------------------------------------------------------------------------

void send_page_offer (html_t *html, const page_t *page, const char *link, const char *token, const char *unit, const char *officer)
{
    page_begin (html, page);
    html_put (html, "<h1>%s</h1>\n<p>%s: <b>%s</b> · %s</p>\n<p>%s</p>\n", page->title, _ ("This link is for"), unit, officer,
              _ ("It is good once, in this browser. Go on only if this is you."));
    html_put (html,
              "<form method=\"post\" action=\"%s\"><input type=\"hidden\" name=\"csrf\" value=\"%s\"><button>%s</button></form>\n",
              link, token, _ ("This is me: go on"));
    page_end (html, page);
}

void send_page_word (html_t *html, const page_t *page, const char *text, const char *said)
{
    page_begin (html, page);
    html_put (html, "<h1>%s</h1>\n<p role=\"alert\">%s</p>\n", page->title, text);
    if (said && *said)
        html_put (html, "<pre class=\"said\">%s</pre>\n", said);
    page_end (html, page);
}

void send_page_mailbox (html_t *html, const page_t *page, json_t *notices)
{
    size_t i;
    json_t *notice;
    const char *subject = page->vietnamese ? "subject_vi" : "subject_en", *body = page->vietnamese ? "body_vi" : "body_en";
    page_begin (html, page);
    html_put (html, "<h1>%s</h1>\n<p><a href=\"/%s/send\">%s</a></p>\n", page->title, language_of (page), _ ("Back"));
    if (json_array_size (notices) == 0)
        html_put (html, "<p>%s</p>\n", _ ("Nothing has been written yet."));
    json_array_foreach (notices, i, notice)
        html_put (html, "<article><h2>%s</h2><p>%s</p><pre class=\"letter\">%s</pre></article>\n", text_of (notice, subject),
                  time_of (page, notice, "posted_at").text, text_of (notice, body));
    page_end (html, page);
}
