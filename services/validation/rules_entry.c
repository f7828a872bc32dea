// Rules about the entries: task, status, progress, texts.
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "common/xmem.h"
#include "rule.h"

// Where each task of the plan is reported: index of its entry + 1, 0 for not at all.
typedef struct {
    size_t *entry_of_task;
    size_t next;  // entries mostly come in the plan's order, so the search begins behind the last task found
} tasks_seen_t;

static const Baocao__V1__TaskDuty *find_task (const check_t *self, tasks_seen_t *seen, const char *code)
{
    const Baocao__V1__PlanDuties *duties = self->facts->duties;
    for (size_t i = 0; i < duties->n_tasks; i++) {
        size_t at = (seen->next + i) % duties->n_tasks;
        if (strcmp (duties->tasks[at]->task, code) == 0) {
            seen->next = at + 1;
            return duties->tasks[at];
        }
    }
    return NULL;
}

// The entry's task, when the plan has it.
static const Baocao__V1__TaskDuty *check_task (check_t *self, tasks_seen_t *seen, const char *code, size_t index)
{
    if (!self->facts->duties)
        return NULL;
    const Baocao__V1__TaskDuty *duty = find_task (self, seen, code);
    if (!duty) {
        FOUND (self, RULE_TASK_UNKNOWN, "task", TEXT (code));
        return NULL;
    }
    Baocao__V1__TaskRole role = check_role (self, duty);
    if (role != BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD && role != BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING)
        FOUND (self, RULE_TASK_NO_PART, "task", TEXT (code));
    size_t *first = &seen->entry_of_task[seen->next - 1];
    if (*first)
        FOUND (self, RULE_TASK_TWICE, "task", TEXT (code), NUMBER (*first - 1));
    else
        *first = index + 1;
    return duty;
}

static void check_previous (check_t *self, const Baocao__V1__TaskEntry *entry)
{
    for (size_t i = 0; i < self->facts->n_previous; i++) {
        const Baocao__V1__TaskProgress *previous = self->facts->previous[i];
        if (strcmp (previous->task, entry->task) != 0)
            continue;
        if (entry->progress_percent < previous->progress_percent)
            FOUND (self, RULE_PROGRESS_LOWER, "progress_percent", NUMBER (entry->progress_percent),
                   NUMBER (previous->progress_percent));
        return;
    }
}

static void check_progress (check_t *self, const Baocao__V1__TaskEntry *entry)
{
    int progress = entry->progress_percent;
    if (progress < 0 || progress > 100) {
        FOUND (self, RULE_PROGRESS_RANGE, "progress_percent", NUMBER (progress));
        return;
    }
    if (entry->status == BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED && progress != 0)
        FOUND (self, RULE_PROGRESS_NOT_STARTED, "progress_percent", NUMBER (progress));
    if (entry->status == BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED && progress != 100)
        FOUND (self, RULE_PROGRESS_COMPLETED, "progress_percent", NUMBER (progress));
    check_previous (self, entry);
}

static void check_texts (check_t *self, const Baocao__V1__TaskEntry *entry)
{
    static const rule_text_t result = {"result", REPORT_MAX_TEXT, "Kết quả", "The result", false};
    static const rule_text_t next_steps = {"next_steps", REPORT_MAX_TEXT, "Việc làm tiếp theo", "The text on next steps", false};
    static const rule_text_t obstacles = {"obstacles", REPORT_MAX_TEXT, "Khó khăn, vướng mắc", "The text on obstacles", false};
    static const rule_text_t proposals = {"proposals", REPORT_MAX_TEXT, "Kiến nghị, đề xuất", "The text on proposals", false};
    static const rule_text_t reason = {"reason", REPORT_MAX_TEXT, "Lý do", "The reason", false};
    if (entry->status == BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED)
        rule_require_text (self, &result, entry->result, RULE_RESULT_MISSING);
    else
        rule_check_text (self, &result, entry->result);
    rule_check_text (self, &next_steps, entry->next_steps);
    rule_check_text (self, &obstacles, entry->obstacles);
    rule_check_text (self, &proposals, entry->proposals);
    if (entry->status == BAOCAO__V1__TASK_STATUS__TASK_STATUS_DELAYED ||
        entry->status == BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED)
        rule_require_text (self, &reason, entry->reason, RULE_REASON_MISSING);
    else
        rule_check_text (self, &reason, entry->reason);
}

static void check_entry (check_t *self, tasks_seen_t *seen, size_t index)
{
    const Baocao__V1__TaskEntry *entry = self->report->entries[index];
    check_enter (self, "entries", index);
    const Baocao__V1__TaskDuty *duty = check_task (self, seen, entry->task, index);
    self->task = entry->task;
    if (entry->status < BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED ||
        entry->status > BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED)
        FOUND (self, RULE_STATUS_INVALID, "status");
    check_progress (self, entry);
    check_texts (self, entry);
    rules_check_indicators (self, entry, duty);
    if (entry->budget)
        rules_check_budget (self, entry->budget);
    self->task = NULL;
    check_leave (self);
}

static void check_missing (check_t *self, const tasks_seen_t *seen)
{
    const Baocao__V1__PlanDuties *duties = self->facts->duties;
    char place[96];
    for (size_t i = 0; i < duties->n_tasks; i++)
        if (check_role (self, duties->tasks[i]) == BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD && !seen->entry_of_task[i]) {
            snprintf (place, sizeof place, "entries(%s)", duties->tasks[i]->task);
            FOUND (self, RULE_TASK_MISSING, place, TEXT (duties->tasks[i]->task), TEXT (duties->tasks[i]->title_vi));
        }
}

void rules_check_entries (check_t *self)
{
    size_t count = self->report->n_entries;
    if (count > REPORT_MAX_ENTRIES) {
        FOUND (self, RULE_ENTRIES_LIMIT, "entries", NUMBER (count), NUMBER (REPORT_MAX_ENTRIES));
        return;
    }
    tasks_seen_t seen = {0};
    if (self->facts->duties)
        seen.entry_of_task = xcalloc (self->facts->duties->n_tasks + 1, sizeof *seen.entry_of_task);
    // A full list that refuses the report is enough: whoever sends thousands of faults shall not cost more than that.
    bool full = false;
    for (size_t i = 0; i < count && !full; i++) {
        check_entry (self, &seen, i);
        full = self->findings->count > FINDINGS_MAX && self->findings->errors;
    }
    // Without any entry the report is empty or says that there is nothing to report: one finding is enough.
    if (self->facts->duties && count && !full)
        check_missing (self, &seen);
    free (seen.entry_of_task);
}
