// One unit in a period: its standing, every report that it sent, and what counts of them.
#include <stdio.h>
#include <string.h>

#include "common/language.h"
#include "drill_parts.h"
#include "page_drill.h"

enum { SHORT_HASH = 8 };  // bytes

// --- The unit --------------------------------------------------------------------------------------------------------------------

static void put_deadline (const overview_t *self, const fact_place_t *place, const facts_t *facts)
{
    const fact_extension_t *extension = facts->extensions.items;
    int offset = self->page->utc_offset_minutes;
    if (!place->due_at)
        return;
    html_put (self->html, "<div><dt>%s</dt><dd>%s <time id=\"due\" datetime=\"%s\">%s</time></dd></div>\n", _ ("Deadline"),
              _ ("before"), words_machine_time (place->due_at, offset).text,
              words_time (place->due_at, offset, self->page->vietnamese).text);
    if (!facts->extensions.count)
        return;
    drill_moment (self, _ ("Deadline extended on"), extension->granted_at);
    drill_words (self, _ ("Reason of the extension"), extension->reason);
}

static void put_predecessors (const overview_t *self, const facts_t *facts)
{
    const fact_predecessor_t *predecessors = facts->predecessors.items;
    if (!facts->predecessors.count)
        return;
    html_put (self->html, "<div><dt>%s</dt><dd>", _ ("Stands in the place of"));
    for (size_t i = 0; i < facts->predecessors.count; i++) {
        if (i)
            html_put (self->html, "; ");
        drill_unit (self, predecessors[i].code, predecessors[i].name);
        if (predecessors[i].task)
            html_put (self->html, " (%s %s)", _ ("Task"), predecessors[i].task);
    }
    html_put (self->html, "</dd></div>\n");
}

static void put_head (const overview_t *self, page_t *page, const fact_place_t *place, const facts_t *facts)
{
    drill_begin (self, page,
                 &(drill_head_t){.title = place->name,
                                 .kicker = words_obligation (place->obligation),
                                 .heading = place->name,
                                 .trail = {{NULL, place->name}}});
    drill_facts (self);
    html_put (self->html, "<div><dt>%s</dt><dd>", _ ("Standing"));
    html_put (self->html, "<span id=\"standing\" class=\"chip\" data-state=\"%s\">%s</span></dd></div>\n",
              words_standing_key (place->standing), words_standing (place->standing));
    drill_moment (self, _ ("First accepted report received"), place->first_received_at);
    put_deadline (self, place, facts);
    put_predecessors (self, facts);
    drill_fact (self, _ ("Code"), place->code);
    drill_facts_end (self);
}

// --- Its reports -----------------------------------------------------------------------------------------------------------------

static void put_state (const overview_t *self, const fact_submission_t *submission)
{
    html_put (self->html, "<td class=\"state\" data-label=\"%s\">", _ ("State"));
    drill_chip (self, drill_state_key (submission->state), drill_state (submission->state));
    if (submission->counts)
        html_put (self->html, "<span class=\"leads\">%s</span>", _ ("this one counts"));
    drill_note (self, submission->return_reason);
    html_put (self->html, "</td>");
}

static void put_findings (const overview_t *self, const fact_submission_t *submission)
{
    html_put (self->html, "<td data-label=\"%s\" data-value=\"%u\">", _ ("Findings"), submission->errors + submission->warnings);
    if (!submission->judged_at)
        html_put (self->html, "–");
    else if (submission->errors + submission->warnings == 0)
        html_put (self->html, "%s", _ ("none"));
    if (submission->errors)
        html_put (self->html, ngettext ("%u error", "%u errors", submission->errors), submission->errors);
    if (submission->errors && submission->warnings)
        html_put (self->html, ", ");
    if (submission->warnings)
        html_put (self->html, ngettext ("%u remark", "%u remarks", submission->warnings), submission->warnings);
    html_put (self->html, "</td>");
}

// The digest's first bytes are enough to recognise it; the report's page has it whole.
static void put_place (const overview_t *self, const fact_submission_t *submission)
{
    html_put (self->html, "<td data-label=\"%s\">%s <b data-value=\"%llu\">%s</b><span class=\"leads hash\">", _ ("Receipt"),
              _ ("No."), (unsigned long long)submission->chain_index,
              words_count ((int64_t)submission->chain_index, self->page->vietnamese).text);
    for (int i = 0; i < SHORT_HASH; i++)
        html_put (self->html, "%c%c", "0123456789abcdef"[submission->digest[i] >> 4],
                  "0123456789abcdef"[submission->digest[i] & 15]);
    html_put (self->html, "…</span></td>");
}

static void put_submission (const overview_t *self, const fact_submission_t *submission)
{
    html_put (self->html, "<tr data-counts=\"%s\"><th scope=\"row\">", submission->counts ? "yes" : "no");
    drill_report (self, submission->id, submission->revision);
    html_put (self->html, "</th><td data-label=\"%s\">", _ ("Received"));
    drill_time (self, submission->received_at);
    html_put (self->html, "<span class=\"leads\">%s</span></td>", drill_timeliness (submission->timeliness));
    put_state (self, submission);
    put_findings (self, submission);
    put_place (self, submission);
    html_put (self->html, "<td data-label=\"%s\">%s</td></tr>\n", _ ("Officer"), submission->officer);
}

static void put_submissions (const overview_t *self, const facts_t *facts)
{
    const fact_submission_t *submissions = facts->submissions.items;
    part_section (self, "reports", _ ("Reports of this period"));
    if (!facts->submissions.count) {
        html_put (self->html, "<p class=\"none\">%s</p>\n", _ ("The unit has sent none."));
        part_section_end (self);
        return;
    }
    part_table (self, "reports", "stacked", _ ("Every report that was received, in the order of the receipt chain"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Report"), NULL);
    part_heading (self, _ ("Received"), NULL);
    part_heading (self, _ ("State"), NULL);
    part_heading (self, _ ("Findings"), NULL);
    part_heading (self, _ ("Receipt"), NULL);
    part_heading (self, _ ("Officer"), NULL);
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < facts->submissions.count; i++)
        put_submission (self, &submissions[i]);
    html_put (self->html, "</tbody>\n");
    part_table_end (self);
    part_section_end (self);
}

// --- What counts of them ---------------------------------------------------------------------------------------------------------

static void put_entry (const overview_t *self, const fact_entry_t *entry)
{
    html_put (self->html, "<tr data-entry=\"%s\"><th scope=\"row\" class=\"title\">", entry->task);
    drill_task (self, entry->task, entry->task_title_vi);
    html_put (self->html, "<span class=\"leads\">%s</span></th>", drill_role (entry->role));
    drill_status_cell (self, entry->status);
    drill_percent_cell (self, _ ("Progress"), true, entry->progress_percent);
    drill_money_cell (self, _ ("Allocated"), entry->has_allocated, entry->allocated);
    drill_money_cell (self, _ ("Disbursed"), entry->has_disbursed, entry->disbursed);
    drill_report_cell (self, entry->report, entry->revision);
    html_put (self->html, "</tr>\n");
}

static void put_entries (const overview_t *self, const facts_t *facts)
{
    const fact_entry_t *entries = facts->entries.items;
    drill_sum_t sum = {0};
    if (!facts->entries.count)
        return;
    part_section (self, "entries", _ ("What counts of them"));
    part_table (self, "entries", "stacked", _ ("The tasks of which the report that counts speaks; money in VND"));
    html_put (self->html, "<thead><tr>");
    part_heading (self, _ ("Task"), NULL);
    part_heading (self, _ ("Status"), NULL);
    part_heading (self, _ ("Progress"), "number");
    part_heading (self, _ ("Allocated"), "number");
    part_heading (self, _ ("Disbursed"), "number");
    part_heading (self, _ ("Report"), NULL);
    html_put (self->html, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < facts->entries.count; i++) {
        put_entry (self, &entries[i]);
        drill_add (&sum, &entries[i]);
    }
    html_put (self->html, "</tbody>\n<tfoot><tr><th scope=\"row\" colspan=\"2\">%s</th>", _ ("Total"));
    drill_percent_cell (self, _ ("Mean progress"), true, drill_mean (&sum));
    drill_count_cell (self, _ ("Allocated"), sum.allocated);
    drill_count_cell (self, _ ("Disbursed"), sum.disbursed);
    html_put (self->html, "<td></td></tr></tfoot>\n");
    part_table_end (self);
    part_section_end (self);
}

bool page_unit (html_t *html, page_t *page, const facts_t *facts)
{
    const overview_t self = {.html = html, .page = page};
    if (!facts->places.count)
        return false;
    put_head (&self, page, facts->places.items, facts);
    put_submissions (&self, facts);
    put_entries (&self, facts);
    drill_end (&self);
    return true;
}
