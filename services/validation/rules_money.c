// Rules about an entry's budget. Money is whole VND.
#include "rule.h"

// What is being added up: a column of the lines.
typedef struct {
    const char *field, *total_field;  // in a line; in the budget
    const char *label_vi, *label_en;
    int64_t sum;
    bool overflow;
} column_t;

// True when the amount is a sound figure that sums can be made of.
static bool check_amount (check_t *self, const char *field, int64_t amount)
{
    if (amount < 0) {
        FOUND (self, RULE_MONEY_NEGATIVE, field, NUMBER (amount));
        return false;
    }
    if (amount > 0 && amount < REPORT_MONEY_SUSPICIOUS_LOW)
        FOUND (self, RULE_MONEY_SMALL, field, NUMBER (amount), NUMBER (REPORT_MONEY_SUSPICIOUS_LOW));
    if (amount > REPORT_MONEY_SUSPICIOUS_HIGH)
        FOUND (self, RULE_MONEY_LARGE, field, NUMBER (amount), NUMBER (REPORT_MONEY_SUSPICIOUS_HIGH));
    return true;
}

static void add_amount (check_t *self, column_t *column, int64_t amount)
{
    if (check_amount (self, column->field, amount) && __builtin_add_overflow (column->sum, amount, &column->sum))
        column->overflow = true;
}

static void check_overspent (check_t *self, const Baocao__V1__BudgetLine *line)
{
    static const rule_text_t reason = {"reason", REPORT_MAX_REASON, "Lý do", "The reason", false};
    bool explained = rule_check_text (self, &reason, line->reason);
    if (line->allocated_figure_case == BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED &&
        line->disbursed_figure_case == BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED && line->allocated >= 0 &&
        line->disbursed > line->allocated)
        FOUND (self, explained ? RULE_BUDGET_OVERSPENT_EXPLAINED : RULE_BUDGET_OVERSPENT, "disbursed", NUMBER (line->disbursed),
               NUMBER (line->allocated));
}

static void check_source (check_t *self, const Baocao__V1__BudgetLine *line, unsigned *seen)
{
    if (line->source < BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_CENTRAL ||
        line->source > BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_OTHER) {
        FOUND (self, RULE_SOURCE_INVALID, "source");
        return;
    }
    if (*seen & 1u << line->source) {
        static const char *const names[][2] = {
            {"", ""},
            {"ngân sách trung ương", "central state budget"},
            {"ngân sách tỉnh", "provincial state budget"},
            {"ngân sách huyện, xã", "district and commune state budget"},
            {"lồng ghép chương trình, đề án, dự án khác", "integrated from other programmes"},
            {"vốn ODA", "official development assistance"},
            {"tài trợ trong nước", "domestic sponsors"},
            {"tài trợ nước ngoài", "foreign sponsors"},
            {"nguồn hợp pháp khác", "other lawful sources"},
        };
        FOUND (self, RULE_SOURCE_TWICE, "source", LABEL (names[line->source][0], names[line->source][1]));
    }
    *seen |= 1u << line->source;
}

static void check_total (check_t *self, const column_t *column, bool stated, int64_t total)
{
    if (column->overflow)
        FOUND (self, RULE_BUDGET_OVERFLOW, column->total_field, LABEL (column->label_vi, column->label_en));
    if (stated && check_amount (self, column->total_field, total) && !column->overflow && total != column->sum)
        FOUND (self, RULE_BUDGET_TOTAL, column->total_field, LABEL (column->label_vi, column->label_en), NUMBER (total),
               NUMBER (column->sum));
}

void rules_check_budget (check_t *self, const Baocao__V1__Budget *budget)
{
    if (budget->n_lines > REPORT_MAX_BUDGET_LINES) {
        FOUND (self, RULE_LINES_LIMIT, "budget.lines", NUMBER (budget->n_lines), NUMBER (REPORT_MAX_BUDGET_LINES));
        return;
    }
    column_t allocated = {"allocated", "budget.total_allocated", "kinh phí được giao", "allocated", 0, false};
    column_t disbursed = {"disbursed", "budget.total_disbursed", "kinh phí đã giải ngân", "disbursed", 0, false};
    unsigned seen = 0;
    for (size_t i = 0; i < budget->n_lines; i++) {
        const Baocao__V1__BudgetLine *line = budget->lines[i];
        check_enter (self, "budget.lines", i);
        check_source (self, line, &seen);
        if (line->allocated_figure_case == BAOCAO__V1__BUDGET_LINE__ALLOCATED_FIGURE_ALLOCATED)
            add_amount (self, &allocated, line->allocated);
        if (line->disbursed_figure_case == BAOCAO__V1__BUDGET_LINE__DISBURSED_FIGURE_DISBURSED)
            add_amount (self, &disbursed, line->disbursed);
        check_overspent (self, line);
        check_leave (self);
    }
    check_total (self, &allocated, budget->stated_allocated_case == BAOCAO__V1__BUDGET__STATED_ALLOCATED_TOTAL_ALLOCATED,
                 budget->total_allocated);
    check_total (self, &disbursed, budget->stated_disbursed_case == BAOCAO__V1__BUDGET__STATED_DISBURSED_TOTAL_DISBURSED,
                 budget->total_disbursed);
}
