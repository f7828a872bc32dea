#include "drill_parts.h"

#include <string.h>

#include "common/language.h"

// --- The frame -------------------------------------------------------------------------------------------------------------------

void drill_begin (const overview_t *self, page_t *page, const drill_head_t *head)
{
    page->title = head->title;
    page_begin (self->html, page);
    page_trail (self->html, page, head->trail);
    html_put (self->html, "<div class=\"masthead\">\n<p class=\"kicker\">%s</p>\n<h1", head->kicker);
    if (head->is_vietnamese && !page->vietnamese)
        html_put (self->html, " lang=\"vi\"");
    html_put (self->html, ">%s</h1>\n</div>\n", head->heading);
}

void drill_end (const overview_t *self)
{
    page_end (self->html, self->page);
}

// --- Terms -----------------------------------------------------------------------------------------------------------------------

void drill_facts (const overview_t *self)
{
    html_put (self->html, "<dl class=\"facts\">\n");
}

void drill_fact (const overview_t *self, const char *term, const char *text)
{
    if (text && *text)
        html_put (self->html, "<div><dt>%s</dt><dd>%s</dd></div>\n", term, text);
}

void drill_words (const overview_t *self, const char *term, const char *text)
{
    if (text && *text)
        html_put (self->html,
                  self->page->vietnamese ? "<div><dt>%s</dt><dd class=\"text\" dir=\"auto\">%s</dd></div>\n"
                                         : "<div><dt>%s</dt><dd class=\"text\" dir=\"auto\" lang=\"vi\">%s</dd></div>\n",
                  term, text);
}

void drill_line (const overview_t *self, const char *term, const char *text)
{
    if (text && *text)
        html_put (self->html,
                  self->page->vietnamese ? "<div><dt>%s</dt><dd dir=\"auto\">%s</dd></div>\n"
                                         : "<div><dt>%s</dt><dd dir=\"auto\" lang=\"vi\">%s</dd></div>\n",
                  term, text);
}

void drill_note (const overview_t *self, const char *text)
{
    if (text && *text)
        html_put (self->html, "<span class=\"leads text\" lang=\"vi\" dir=\"auto\">%s</span>", text);
}

void drill_moment (const overview_t *self, const char *term, int64_t ms)
{
    if (!ms)
        return;
    html_put (self->html, "<div><dt>%s</dt><dd>", term);
    drill_time (self, ms);
    html_put (self->html, "</dd></div>\n");
}

void drill_hash (const overview_t *self, const char *id, const char *term, const uint8_t *bytes, size_t size)
{
    html_put (self->html, "<div class=\"wide\"><dt>%s</dt><dd class=\"hash\"", term);
    if (id)
        html_put (self->html, " id=\"%s\"", id);
    html_put (self->html, ">");
    for (size_t i = 0; i < size; i++)
        html_put (self->html, "%c%c", "0123456789abcdef"[bytes[i] >> 4], "0123456789abcdef"[bytes[i] & 15]);
    html_put (self->html, "</dd></div>\n");
}

void drill_facts_end (const overview_t *self)
{
    html_put (self->html, "</dl>\n");
}

void drill_time (const overview_t *self, int64_t ms)
{
    int offset = self->page->utc_offset_minutes;
    html_put (self->html, "<time datetime=\"%s\">%s</time>", words_machine_time (ms, offset).text,
              words_time (ms, offset, self->page->vietnamese).text);
}

void drill_chip (const overview_t *self, const char *key, const char *text)
{
    html_put (self->html, "<span class=\"chip\" data-state=\"%s\">%s</span>", key, text);
}

// --- Links -----------------------------------------------------------------------------------------------------------------------

void drill_unit (const overview_t *self, const char *code, const char *name)
{
    part_link (self, "units", code, NULL);
    html_put (self->html, "%s", name);
    part_link_end (self);
}

void drill_task (const overview_t *self, const char *code, const char *title_vi)
{
    if (title_vi)
        html_put (self->html, "<span class=\"code\">%s</span> ", code);
    part_link (self, "tasks", code, NULL);
    part_vietnamese (self, title_vi ? title_vi : code);
    part_link_end (self);
}

void drill_report (const overview_t *self, const char *report, uint32_t revision)
{
    part_link (self, "reports", report, NULL);
    html_put (self->html, "%s %u", _ ("Revision"), revision);
    part_link_end (self);
}

// --- Cells -----------------------------------------------------------------------------------------------------------------------

void drill_unit_cell (const overview_t *self, const char *code, const char *name)
{
    html_put (self->html, "<th scope=\"row\" class=\"title\" data-unit=\"%s\">", code);
    drill_unit (self, code, name);
    html_put (self->html, "</th>");
}

void drill_task_cell (const overview_t *self, const char *code, const char *title_vi)
{
    html_put (self->html, "<th scope=\"row\" class=\"title\" data-task=\"%s\">", code);
    drill_task (self, code, title_vi);
    html_put (self->html, "</th>");
}

void drill_report_cell (const overview_t *self, const char *report, uint32_t revision)
{
    html_put (self->html, "<td class=\"state\" data-label=\"%s\">", _ ("Report"));
    if (report)
        drill_report (self, report, revision);
    else
        html_put (self->html, "–");
    html_put (self->html, "</td>");
}

void drill_status_cell (const overview_t *self, Baocao__V1__TaskStatus status)
{
    html_put (self->html, "<td class=\"state\" data-label=\"%s\">", _ ("Status"));
    drill_chip (self, words_status_key (status), words_status (status));
    html_put (self->html, "</td>");
}

void drill_percent_cell (const overview_t *self, const char *label, bool there, int64_t percent)
{
    if (there)
        html_put (self->html, "<td class=\"num\" data-label=\"%s\" data-value=\"%lld\">%s</td>", label, (long long)percent,
                  words_percent (percent, 100, self->page->vietnamese).text);
    else
        html_put (self->html, "<td class=\"num\" data-label=\"%s\">–</td>", label);
}

void drill_money_cell (const overview_t *self, const char *label, bool there, int64_t amount)
{
    if (there)
        drill_count_cell (self, label, amount);
    else
        html_put (self->html, "<td class=\"num\" data-label=\"%s\">–</td>", label);
}

void drill_count_cell (const overview_t *self, const char *label, int64_t count)
{
    html_put (self->html, "<td class=\"num\" data-label=\"%s\" data-value=\"%lld\">%s</td>", label, (long long)count,
              words_count (count, self->page->vietnamese).text);
}

void drill_entry (const overview_t *self, const char *result, const char *next_steps, const char *obstacles, const char *proposals,
                  const char *reason)
{
    drill_facts (self);
    drill_words (self, _ ("Result"), result);
    drill_words (self, _ ("Reason"), reason);
    drill_words (self, _ ("Next steps"), next_steps);
    drill_words (self, _ ("Obstacles"), obstacles);
    drill_words (self, _ ("Proposals"), proposals);
    drill_facts_end (self);
}

// --- Sums ------------------------------------------------------------------------------------------------------------------------

// Sums of money stop at the largest number there is.
static void add (int64_t *sum, int64_t amount)
{
    if (__builtin_add_overflow (*sum, amount, sum))
        *sum = INT64_MAX;
}

void drill_add_money (drill_sum_t *sum, int64_t allocated, int64_t disbursed)
{
    add (&sum->allocated, allocated);
    add (&sum->disbursed, disbursed);
}

void drill_add (drill_sum_t *sum, const fact_entry_t *entry)
{
    drill_add_money (sum, entry->allocated, entry->disbursed);
    sum->progress += entry->progress_percent;
    sum->count++;
    if ((size_t)entry->status < sizeof sum->statuses / sizeof *sum->statuses)
        sum->statuses[entry->status]++;
}

int64_t drill_mean (const drill_sum_t *sum)
{
    return sum->count ? sum->progress / (int64_t)sum->count : 0;
}

// --- Words of the protocol -------------------------------------------------------------------------------------------------------

typedef struct {
    const char *key, *text;
} word_t;

// The keys are states that the style sheet knows.
static const word_t STATES[] = {{"none", N_ ("unknown")},
                                {"none", N_ ("Received, not yet checked")},
                                {"completed", N_ ("Accepted")},
                                {"refused", N_ ("Refused")},
                                {"none", N_ ("Superseded by a later one")},
                                {"returned", N_ ("Returned")},
                                {"completed", N_ ("Confirmed")},
                                {"late", N_ ("In quarantine: it came after the period was closed")}};
static const word_t TIMELINESS[] = {{"none", N_ ("The period was not known")},
                                    {"on_time", N_ ("On time")},
                                    {"late", N_ ("Late")},
                                    {"late", N_ ("After the period was closed")}};
static const word_t ROLES[] = {
    {"none", N_ ("unknown")}, {"none", N_ ("No part")}, {"lead", N_ ("Lead unit")}, {"coordinating", N_ ("Coordinating unit")}};
static const word_t AGGREGATIONS[] = {{"none", N_ ("unknown")},
                                      {"sum", N_ ("The sum of all values")},
                                      {"mean", N_ ("The mean of all values")},
                                      {"last", N_ ("The value of the report that was received last")},
                                      {"none", N_ ("The values are not added up")}};

// A value that is not known here comes from a later protocol.
#define WORD(table, value) (table)[(size_t)(value) < sizeof (table) / sizeof *(table) ? (size_t)(value) : 0]

const char *drill_state (Baocao__V1__SubmissionState state)
{
    return _ (WORD (STATES, state).text);
}

const char *drill_state_key (Baocao__V1__SubmissionState state)
{
    return WORD (STATES, state).key;
}

const char *drill_timeliness (Baocao__V1__Timeliness timeliness)
{
    return _ (WORD (TIMELINESS, timeliness).text);
}

const char *drill_timeliness_key (Baocao__V1__Timeliness timeliness)
{
    return WORD (TIMELINESS, timeliness).key;
}

const char *drill_role (Baocao__V1__TaskRole role)
{
    return _ (WORD (ROLES, role).text);
}

const char *drill_role_key (Baocao__V1__TaskRole role)
{
    return WORD (ROLES, role).key;
}

const char *drill_aggregation (Baocao__V1__IndicatorAggregation aggregation)
{
    return _ (WORD (AGGREGATIONS, aggregation).text);
}

const char *drill_value (const char *number, const char *text, words_t *buffer, bool vietnamese)
{
    if (number) {
        *buffer = words_decimal (number, vietnamese);
        return buffer->text;
    }
    if (text && !strcmp (text, "true"))
        return _ ("Yes");
    return text && !strcmp (text, "false") ? _ ("No") : text;
}
