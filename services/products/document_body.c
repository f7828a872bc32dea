#include "document_body.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "document_db.h"
#include "document_words.h"
#include "product_db.h"

void body_heading (document_t *document, const product_t *self, const char *vi, const char *en)
{
    document_put (document, "heading-1", "text", product_words (self, vi, en));
}

// --- Entries ---------------------------------------------------------------------------------------------------------------------

char *body_money (const product_t *self, const char *allocated, const char *disbursed)
{
    char *given = document_money (self, allocated), *spent = document_money (self, disbursed);
    char *first = *given ? xasprintf (product_words (self, "kinh phí được giao %s đồng", "allocated VND %s"), given) : xstrdup ("");
    char *second = !*spent  ? xstrdup ("")
                   : *given ? xasprintf (product_words (self, ", đã giải ngân %s đồng", ", disbursed VND %s"), spent)
                            : xasprintf (product_words (self, "kinh phí đã giải ngân %s đồng", "disbursed VND %s"), spent);
    char *text = xasprintf ("%s%s", first, second);
    free (given);
    free (spent);
    free (first);
    free (second);
    return text;
}

// "- Sở Y tế (chủ trì): đang thực hiện, đạt 90%; kinh phí ..."
static void put_standing (document_t *document, const product_t *self, const PGresult *entries, int row, bool whole)
{
    char *money = body_money (self, product_text (entries, row, ENTRY_ALLOCATED), product_text (entries, row, ENTRY_DISBURSED));
    const char *status = document_status (self, (int)product_number (entries, row, ENTRY_STATUS));
    bool leads = *PQgetvalue (entries, row, ENTRY_LEADS) == 't';
    const char *role = leads ? product_words (self, "chủ trì", "lead") : product_words (self, "phối hợp", "coordinating");
    char *who = whole ? xasprintf ("- %s (%s): %s", PQgetvalue (entries, row, ENTRY_UNIT), role, status)
                      : xasprintf (product_words (self, "Tình trạng (%s): %s", "Status (%s): %s"), role, status);
    char *line = xasprintf (product_words (self, "%s, tiến độ %s%%%s%s.", "%s, progress %s%%%s%s."), who,
                            PQgetvalue (entries, row, ENTRY_PROGRESS), *money ? "; " : "", money);
    document_put (document, "body", "text", line);
    free (money);
    free (who);
    free (line);
}

static char *value_text (const product_t *self, const PGresult *values, int row)
{
    const char *number = product_text (values, row, VALUE_NUMBER), *text = product_text (values, row, VALUE_TEXT);
    if (number)
        return document_decimal (self, number);
    if (strcmp (PQgetvalue (values, row, VALUE_TYPE), "boolean") == 0)
        text = strcmp (text, "true") == 0 ? product_words (self, "có", "yes") : product_words (self, "không", "no");
    return xstrdup (text);
}

// The values of an entry: those of the row on which *next_p stands and behind it, as both come in one order.
static void put_values (document_t *document, const product_t *self, const PGresult *entries, int row, const PGresult *values,
                        int *next_p)
{
    for (; *next_p < PQntuples (values); (*next_p)++) {
        if (strcmp (PQgetvalue (values, *next_p, VALUE_SUBMISSION), PQgetvalue (entries, row, ENTRY_SUBMISSION)) != 0 ||
            strcmp (PQgetvalue (values, *next_p, VALUE_TASK_ID), PQgetvalue (entries, row, ENTRY_TASK_ID)) != 0)
            return;
        const char *measure = PQgetvalue (values, *next_p, VALUE_MEASURE);
        char *value = value_text (self, values, *next_p);
        char *line = xasprintf ("+ %s: %s%s%s.", PQgetvalue (values, *next_p, VALUE_TITLE), value, *measure ? " " : "", measure);
        document_put (document, "body", "text", line);
        free (value);
        free (line);
    }
}

static void put_absent (document_t *document, const product_t *self, const PGresult *entries, int row)
{
    const char *unit = product_text (entries, row, ENTRY_UNIT);
    bool reported = *PQgetvalue (entries, row, ENTRY_UNIT_REPORTED) == 't';
    char *line = !unit ? xstrdup (product_words (self, "- Chưa có đơn vị báo cáo.", "- No unit has reported."))
                 : reported
                     ? xasprintf (product_words (self, "- %s (chủ trì): báo cáo không nêu nhiệm vụ này.",
                                                 "- %s (lead): its report does not speak of this task."),
                                  unit)
                     : xasprintf (product_words (self, "- %s (chủ trì): chưa báo cáo.", "- %s (lead): has not reported."), unit);
    document_put (document, "body", "text", line);
    free (line);
}

// Headings of the group and the task, where the row is the first of them.
static void put_headings (document_t *document, const product_t *self, const PGresult *entries, int row)
{
    const char *group = PQgetvalue (entries, row, ENTRY_GROUP), *task = PQgetvalue (entries, row, ENTRY_TASK);
    if (row == 0 || strcmp (group, PQgetvalue (entries, row - 1, ENTRY_GROUP)) != 0) {
        char *heading =
            xasprintf (product_words (self, "Nhóm %s. %s", "Group %s. %s"), group, PQgetvalue (entries, row, ENTRY_GROUP_TITLE));
        document_put (document, "heading-2", "text", heading);
        free (heading);
    }
    if (row == 0 || strcmp (task, PQgetvalue (entries, row - 1, ENTRY_TASK)) != 0) {
        char *heading =
            xasprintf (product_words (self, "Nhiệm vụ %s. %s", "Task %s. %s"), task, PQgetvalue (entries, row, ENTRY_TASK_TITLE));
        document_put (document, "heading-3", "text", heading);
        free (heading);
    }
}

void body_entries (document_t *document, const product_t *self, const PGresult *entries, const PGresult *values, bool whole)
{
    const struct {
        int column;
        const char *before;
    } TEXTS[] = {
        {ENTRY_RESULT, product_words (self, "Kết quả: ", "Result: ")},
        {ENTRY_REASON, product_words (self, "Lý do: ", "Reason: ")},
        {ENTRY_NEXT_STEPS, product_words (self, "Nhiệm vụ tiếp theo: ", "Next steps: ")},
    };
    int next = 0;
    for (int row = 0; row < PQntuples (entries); row++) {
        put_headings (document, self, entries, row);
        if (PQgetisnull (entries, row, ENTRY_STATUS)) {
            put_absent (document, self, entries, row);
            continue;
        }
        put_standing (document, self, entries, row, whole);
        for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
            document_paragraphs (document, "body", TEXTS[i].before, PQgetvalue (entries, row, TEXTS[i].column));
        put_values (document, self, entries, row, values, &next);
    }
}

void body_remarks (document_t *document, const product_t *self, const PGresult *entries, int column, bool whole, const char *none)
{
    bool any = false;
    for (int row = 0; row < PQntuples (entries); row++) {
        const char *text = PQgetvalue (entries, row, column);
        if (!*text)
            continue;
        const char *task = PQgetvalue (entries, row, ENTRY_TASK);
        char *before = whole ? xasprintf (product_words (self, "- %s (nhiệm vụ %s): ", "- %s (task %s): "),
                                          PQgetvalue (entries, row, ENTRY_UNIT), task)
                             : xasprintf (product_words (self, "- Nhiệm vụ %s: ", "- Task %s: "), task);
        document_paragraphs (document, "body", before, text);
        free (before);
        any = true;
    }
    if (!any)
        document_put (document, "body", "text", none);
}

// --- Money -----------------------------------------------------------------------------------------------------------------------

void body_sources (document_t *document, const product_t *self, const PGresult *sources)
{
    if (PQntuples (sources) == 0) {
        document_put (document, "body", "text",
                      product_words (self, "Chưa có số liệu kinh phí.", "There are no figures of money."));
        return;
    }
    document_put (document, "sources", "caption", product_words (self, "Đơn vị tính: đồng", "In VND"), "a",
                  product_words (self, "Nguồn kinh phí", "Source"), "b", product_words (self, "Được giao", "Allocated"), "c",
                  product_words (self, "Đã giải ngân", "Disbursed"), "d", product_words (self, "Tỷ lệ", "Share"));
    for (int row = 0; row < PQntuples (sources); row++) {
        bool total = PQgetisnull (sources, row, SOURCE_CODE);
        const char *allocated = product_text (sources, row, SOURCE_ALLOCATED),
                   *disbursed = product_text (sources, row, SOURCE_DISBURSED);
        char *given = document_money (self, allocated), *spent = document_money (self, disbursed),
             *share = document_share (self, disbursed, allocated);
        const char *name = total ? product_words (self, "Tổng số", "Total")
                                 : document_source (self, (int)product_number (sources, row, SOURCE_CODE));
        document_put (document, total ? "sources-total" : "sources-row", "a", name, "b", given, "c", spent, "d", share);
        free (given);
        free (spent);
        free (share);
    }
    document_put (document, "table-end");
}
