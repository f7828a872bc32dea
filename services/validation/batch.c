#include "batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "common/xmem.h"
#include "report/limits.h"
#include "rules.h"

// Room for any one report that passes bc_wire_check: 1 MiB of content and 8,192 fields, each a message at most.
enum { ARENA_CAP = 8 << 20, KEEP_TEXTS = 1 << 20 };

struct batch_private {
    bc_arena_t *arena;  // holds one unpacked report at a time
    char *texts;        // of the rows
    size_t used, room;
    Baocao__V1__TaskProgress progress[REPORT_MAX_ENTRIES], *progress_list[REPORT_MAX_ENTRIES];
    Baocao__V1__PresentFile files[REPORT_MAX_ATTACHMENTS], *file_list[REPORT_MAX_ATTACHMENTS];
};

batch_t *batch_new (void)
{
    batch_t *self = xcalloc (1, sizeof *self);
    self->private = xcalloc (1, sizeof *self->private);
    self->private->arena = bc_arena_new (ARENA_CAP);
    return self;
}

void batch_destroy (batch_t **self_p)
{
    batch_t *self = *self_p;
    if (!self)
        return;
    batch_reset (self);
    rows_t *all[] = {&self->entries, &self->budgets, &self->indicators, &self->previous, &self->files, &self->wanted, &self->late};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free (all[i]->rows);
    bc_arena_destroy (&self->private->arena);
    free (self->private->texts);
    free (self->private);
    free (self->judged);
    free (self);
    *self_p = NULL;
}

void batch_reset (batch_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        findings_clear (&self->judged[i].findings);
    self->count = 0;
    self->entries.count = self->budgets.count = self->indicators.count = 0;
    self->previous.count = self->files.count = self->wanted.count = self->late.count = 0;
    self->private->used = 0;
    if (self->private->room > KEEP_TEXTS) {
        free (self->private->texts);
        self->private->texts = NULL;
        self->private->room = 0;
    }
}

void *rows_add (rows_t *self, size_t size)
{
    if (self->count == self->room) {
        self->room = self->room ? self->room * 2 : 64;
        self->rows = xrealloc (self->rows, self->room * size);
    }
    return memset ((char *)self->rows + self->count++ * size, 0, size);
}

void batch_add (batch_t *self, const received_t *received, bool admitted)
{
    if (received->timeliness == BAOCAO__V1__TIMELINESS__TIMELINESS_QUARANTINED && !admitted) {
        *(const received_t **)rows_add (&self->late, sizeof received) = received;
        return;
    }
    if (self->count == self->room) {
        self->room = self->room ? self->room * 2 : 64;
        self->judged = xrealloc (self->judged, self->room * sizeof *self->judged);
    }
    self->judged[self->count++] = (judged_t){.received = received};
}

const char *batch_text (const batch_t *self, size_t offset)
{
    return self->private->texts + offset;
}

static size_t keep_text (batch_t *self, const char *text)
{
    struct batch_private *private = self->private;
    size_t size = strlen (text) + 1, offset = private->used;
    if (size > private->room - private->used) {
        private->room = (private->used + size) * 2;
        private->texts = xrealloc (private->texts, private->room);
    }
    memcpy (private->texts + offset, text, size);
    private->used += size;
    return offset;
}

static const Baocao__V1__Report *unpack (batch_t *self, const judged_t *judged, const char **reason_p)
{
    bc_arena_reset (self->private->arena);
    return (const Baocao__V1__Report *)bc_wire_unpack (&baocao__v1__report__descriptor, judged->received->report,
                                                       judged->received->report_size, self->private->arena, reason_p);
}

// --- Before the database is asked ------------------------------------------------------------------------------------------------

// By department and its receipt chain: a revision is judged after the ones before it.
static int compare_judged (const void *a, const void *b)
{
    const received_t *one = ((const judged_t *)a)->received, *other = ((const judged_t *)b)->received;
    int order = strcmp (one->unit, other->unit);
    return order ? order : (one->chain_index > other->chain_index) - (one->chain_index < other->chain_index);
}

static void want_attachments (batch_t *self, size_t of)
{
    const char *reason;
    const Baocao__V1__Report *report = unpack (self, &self->judged[of], &reason);
    if (!report || report->n_attachments > REPORT_MAX_ATTACHMENTS)
        return;
    for (size_t i = 0; i < report->n_attachments; i++) {
        const ProtobufCBinaryData *sha256 = &report->attachments[i]->sha256;
        if (sha256->len != REPORT_DIGEST_SIZE)
            continue;
        file_row_t *wanted = rows_add (&self->wanted, sizeof *wanted);
        wanted->of = of;
        memcpy (wanted->sha256, sha256->data, sizeof wanted->sha256);
    }
}

void batch_prepare (batch_t *self, const plan_book_t *book)
{
    qsort (self->judged, self->count, sizeof *self->judged, compare_judged);
    for (size_t i = 0; i < self->count; i++) {
        judged_t *judged = &self->judged[i];
        judged->unit = plan_book_unit (book, judged->received->unit);
        judged->plan = plan_book_plan (book, judged->received->plan);
        judged->period = judged->plan ? plan_period (judged->plan, judged->received->period) : NULL;
        want_attachments (self, i);
    }
}

// --- What the rules get to know --------------------------------------------------------------------------------------------------

static void add_progress (batch_t *self, const plan_t *plan, rules_facts_t *facts, int task_id, Baocao__V1__TaskStatus status,
                          int progress)
{
    const plan_task_t *task = plan_task_by_id (plan, task_id);
    if (!task || facts->n_previous == REPORT_MAX_ENTRIES)
        return;
    for (size_t i = 0; i < facts->n_previous; i++)
        if (facts->previous[i]->task == task->code)
            return;  // the unit's own word, or that of a nearer forerunner
    Baocao__V1__TaskProgress *message = &self->private->progress[facts->n_previous];
    baocao__v1__task_progress__init (message);
    message->task = task->code;
    message->status = status;
    message->progress_percent = progress;
    self->private->progress_list[facts->n_previous++] = message;
}

// The revision before, when it was accepted in this very batch and so is not in the database yet.
static const judged_t *revision_before (const batch_t *self, size_t of)
{
    const judged_t *judged = &self->judged[of];
    while (of-- > 0 && self->judged[of].unit == judged->unit)
        if (self->judged[of].accepted && self->judged[of].period == judged->period)
            return &self->judged[of];
    return NULL;
}

// *row_p goes through self->previous together with `of`.
static void give_previous (batch_t *self, size_t of, size_t *row_p, rules_facts_t *facts)
{
    const judged_t *judged = &self->judged[of], *before = revision_before (self, of);
    const previous_row_t *rows = self->previous.rows;
    facts->previous = self->private->progress_list;
    const entry_row_t *entries = self->entries.rows;
    for (size_t i = 0; before && i < before->n_entries; i++) {
        const entry_row_t *entry = &entries[before->first_entry + i];
        add_progress (self, judged->plan, facts, entry->task_id, entry->status, entry->progress);
    }
    for (; *row_p < self->previous.count && rows[*row_p].of == of; ++*row_p)
        if (!before || !rows[*row_p].is_own)
            add_progress (self, judged->plan, facts, rows[*row_p].task_id, rows[*row_p].status, rows[*row_p].progress);
}

static void give_files (batch_t *self, size_t of, size_t *row_p, rules_facts_t *facts)
{
    file_row_t *rows = self->files.rows;
    facts->files = self->private->file_list;
    for (; *row_p < self->files.count && rows[*row_p].of == of; ++*row_p) {
        if (facts->n_files == REPORT_MAX_ATTACHMENTS)
            continue;
        Baocao__V1__PresentFile *file = &self->private->files[facts->n_files];
        baocao__v1__present_file__init (file);
        file->sha256 = (ProtobufCBinaryData){sizeof rows->sha256, rows[*row_p].sha256};
        file->size = rows[*row_p].size;
        self->private->file_list[facts->n_files++] = file;
    }
}

// --- What becomes of an accepted report ------------------------------------------------------------------------------------------

static void keep_budget (batch_t *self, size_t of, int task_id, const Baocao__V1__Budget *budget)
{
    for (size_t i = 0; i < budget->n_lines; i++) {
        const Baocao__V1__BudgetLine *line = budget->lines[i];
        budget_row_t *row = rows_add (&self->budgets, sizeof *row);
        row->of = of;
        row->task_id = task_id;
        row->source = line->source;
        row->has_allocated = line->allocated_figure_case == BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED;
        row->has_disbursed = line->disbursed_figure_case == BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED;
        row->allocated = row->has_allocated ? line->allocated : 0;
        row->disbursed = row->has_disbursed ? line->disbursed : 0;
    }
}

// "No figure" is no row.
static void keep_indicator (batch_t *self, size_t of, const plan_task_t *task, const Baocao__V1__IndicatorValue *value)
{
    char number[24];
    const char *text;
    switch (value->value_case) {
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER:
        snprintf (number, sizeof number, "%" PRId64, value->number);
        text = number;
        break;
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_DECIMAL:
        text = value->decimal;
        break;
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_TRUTH:
        text = value->truth ? "true" : "false";
        break;
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_TEXT:
        text = value->text;
        break;
    default:
        return;
    }
    indicator_row_t *row = rows_add (&self->indicators, sizeof *row);
    row->of = of;
    row->indicator_id = plan_indicator (task, value->indicator)->id;
    row->is_number = value->value_case == BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER ||
                     value->value_case == BAOCAO__V1__INDICATOR_VALUE__VALUE_DECIMAL;
    row->value = keep_text (self, text);
}

static void keep_entry (batch_t *self, size_t of, const plan_task_t *task, const Baocao__V1__TaskEntry *entry)
{
    entry_row_t *row = rows_add (&self->entries, sizeof *row);
    row->of = of;
    row->task_id = task->id;
    row->status = entry->status;
    row->progress = entry->progress_percent;
    row->result = keep_text (self, entry->result);
    row->next_steps = keep_text (self, entry->next_steps);
    row->obstacles = keep_text (self, entry->obstacles);
    row->proposals = keep_text (self, entry->proposals);
    row->reason = keep_text (self, entry->reason);
    for (size_t i = 0; i < entry->n_indicators; i++)
        keep_indicator (self, of, task, entry->indicators[i]);
    if (entry->budget)
        keep_budget (self, of, task->id, entry->budget);
}

// The rules have found plan, period, tasks and indicators in the book, so they are there.
static void keep_report (batch_t *self, size_t of, const Baocao__V1__Report *report)
{
    judged_t *judged = &self->judged[of];
    judged->first_entry = self->entries.count;
    judged->n_entries = report->n_entries;
    for (size_t i = 0; i < report->n_entries; i++)
        keep_entry (self, of, plan_task (judged->plan, report->entries[i]->task), report->entries[i]);
}

void batch_judge (batch_t *self, plan_book_t *book)
{
    size_t previous = 0, file = 0;
    for (size_t of = 0; of < self->count; of++) {
        judged_t *judged = &self->judged[of];
        rules_facts_t facts = {
            .unit = judged->unit ? judged->unit->code : NULL,
            .claimed_plan = judged->received->plan,
            .claimed_period = judged->received->period,
            .received_at = judged->received->received_at,
        };
        give_previous (self, of, &previous, &facts);
        give_files (self, of, &file, &facts);
        const char *reason;
        const Baocao__V1__Report *report = unpack (self, judged, &reason);
        const plan_t *plan = report ? plan_book_plan (book, report->plan) : NULL;
        if (plan && judged->unit)
            facts.duties = plan_duties (book, plan, judged->unit->id, judged->received->received_at);
        if (report)
            rules_check (report, &facts, &judged->findings);
        else
            rules_malformed (reason, &judged->findings);
        judged->accepted = judged->findings.errors == 0;
        if (judged->accepted)
            keep_report (self, of, report);
    }
}
