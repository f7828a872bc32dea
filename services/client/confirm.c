#include "confirm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uniwidth.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "duties.h"
#include "ledger.h"
#include "output.h"

static bool can_ask (void)
{
    return isatty (STDIN_FILENO) && isatty (STDERR_FILENO);
}

bool confirm_is_possible (const client_t *client)
{
    if (args_flag (client_args (client), "yes") || can_ask ())
        return true;
    client_misused (_ ("there is no terminal on which to ask: give --yes if nobody need be asked"));
    return false;
}

bool confirm (const client_t *client, const char *question)
{
    if (args_flag (client_args (client), "yes"))
        return true;
    char answer[64] = "";
    fprintf (stderr, "%s [y/N] ", question);
    fflush (stderr);
    if (!fgets (answer, sizeof answer, stdin))
        fputc ('\n', stderr);
    char *word = answer + strspn (answer, " \t");
    word[strcspn (word, " \t\r\n")] = 0;
    static const char *const YES[] = {"y", "Y", "yes", "Yes", "c", "C", "co", "có", "Có"};
    for (size_t i = 0; i < sizeof YES / sizeof *YES; i++)
        if (!strcmp (word, YES[i]))
            return true;
    return false;
}

// --- What is about to be sent ----------------------------------------------------------------------------------------------------

static void show (const char *label, char *value)
{
    enum { WIDTH = 14 };
    int gap = WIDTH - u8_strwidth ((const uint8_t *)label, "UTF-8");
    fprintf (stderr, "  %s%*s %s\n", label, gap > 0 ? gap : 0, "", value);
    free (value);
}

static void show_money (const Baocao__V1__Report *report)
{
    int64_t allocated = 0, disbursed = 0;
    size_t lines = 0;
    for (size_t i = 0; i < report->n_entries; i++)
        for (size_t k = 0; report->entries[i]->budget && k < report->entries[i]->budget->n_lines; k++, lines++) {
            const Baocao__V1__BudgetLine *line = report->entries[i]->budget->lines[k];
            int64_t given =
                line->allocated_figure_case == BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED ? line->allocated : 0;
            int64_t spent =
                line->disbursed_figure_case == BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED ? line->disbursed : 0;
            if (__builtin_add_overflow (allocated, given, &allocated) || __builtin_add_overflow (disbursed, spent, &disbursed))
                return;  // the rules have more to say about such figures
        }
    if (!lines)
        return;
    char *given = output_money (allocated), *spent = output_money (disbursed);
    show (_ ("money"), xasprintf (_ ("allocated %s, disbursed %s dong"), given, spent));
    free (given);
    free (spent);
}

static void show_attachments (const client_t *client, const Baocao__V1__Report *report)
{
    for (size_t i = 0; i < report->n_attachments; i++) {
        const Baocao__V1__Attachment *attachment = report->attachments[i];
        char *size = output_size (client, attachment->size > 0 ? (uint64_t)attachment->size : 0);
        show (i ? "" : _ ("attached"), xasprintf ("%s (%s)", attachment->name, size));
        free (size);
    }
}

static size_t attachments_of (const ledger_entry_t *entry)
{
    Baocao__V1__Report *report = entry->report ? baocao__v1__report__unpack (NULL, entry->report_size, entry->report) : NULL;
    size_t count = report ? report->n_attachments : 0;
    if (report)
        baocao__v1__report__free_unpacked (report, NULL);
    return count;
}

// By the last receipt that this home holds for the plan and period; the caller frees it. *left_out_p: so many attachments of that
// revision go, since this one has none.
static char *describe_revision (const home_t *home, const Baocao__V1__Report *report, size_t *left_out_p)
{
    char *text = NULL;
    ledger_entry_t **entries = ledger_all (home, NULL);
    const ledger_entry_t *last = NULL;
    for (ledger_entry_t **entry = entries; *entry; entry++)
        if (!strcmp ((*entry)->body->plan, report->plan) && !strcmp ((*entry)->body->period, report->period))
            last = *entry;
    if (last) {
        char *time = output_time (last->body->received_at);
        text = xasprintf (_ ("a correction: takes the place of revision %u, received %s"), last->body->revision, time);
        free (time);
        *left_out_p = report->n_attachments ? 0 : attachments_of (last);
    }
    ledger_free (&entries);
    return text ? text : xstrdup (_ ("the first report for this period"));
}

static void show_report (client_t *client, const outgoing_t *outgoing, const Baocao__V1__Duties *duties, bool sent_before)
{
    const Baocao__V1__Report *report = outgoing->report;
    size_t left_out = 0;
    const Baocao__V1__PlanDuties *plan = duties ? duties_plan (duties, report->plan) : NULL;
    fprintf (stderr, "%s\n", _ ("This will be sent:"));
    show (_ ("plan"),
          xasprintf ("%s%s%s", report->plan, plan ? "  " : "", plan ? client_pick (client, plan->title_vi, plan->title_en) : ""));
    show (_ ("period"), xstrdup (report->period));
    show (_ ("unit"), xasprintf ("%s%s%s", report->unit, duties ? "  " : "",
                                 duties ? client_pick (client, duties->unit_name_vi, duties->unit_name_en) : ""));
    if (report->document && *report->document->number)
        show (_ ("document"),
              xasprintf (_ ("%s of %s, signed by %s"), report->document->number, report->document->date, report->document->signer));
    if (report->nothing_to_report)
        show (_ ("tasks"), xasprintf (_ ("nothing to report: %s"), report->nothing_to_report->reason));
    else
        show (_ ("tasks"), xasprintf ("%zu", report->n_entries));
    show_money (report);
    show_attachments (client, report);
    if (sent_before)
        show (_ ("kind"), xstrdup (_ ("this very report went out before: it counts once (--again makes a new revision of it)")));
    else
        show (_ ("kind"), describe_revision (client_home (client), report, &left_out));
    if (left_out)
        show ("", xasprintf (_ ("without the %zu attachments of that revision: give them again with --attach"), left_out));
}

int confirm_push (client_t *client, const outgoing_t *outgoing, const Baocao__V1__Duties *duties, bool sent_before)
{
    if (!client_json (client))
        show_report (client, outgoing, duties, sent_before);
    if (confirm (client, _ ("Send it?")))
        return CLIENT_DONE;
    client_say (_ ("nothing was sent"));
    return CLIENT_CANCELLED;
}
