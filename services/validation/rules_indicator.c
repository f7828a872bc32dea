// Rules about an entry's indicators.
#include <stdio.h>
#include <string.h>

#include "report/text.h"
#include "rule.h"

static const Baocao__V1__Indicator *find_indicator (const Baocao__V1__TaskDuty *duty, const char *code)
{
    for (size_t i = 0; i < duty->n_indicators; i++)
        if (strcmp (duty->indicators[i]->indicator, code) == 0)
            return duty->indicators[i];
    return NULL;
}

// Compares the digits of two decimal texts, sign left aside.
static int compare_size (const char *a, const char *b)
{
    a += strspn (a, "0");
    b += strspn (b, "0");
    size_t whole_a = strspn (a, "0123456789"), whole_b = strspn (b, "0123456789");
    if (whole_a != whole_b)
        return whole_a < whole_b ? -1 : 1;
    int order = strncmp (a, b, whole_a);
    if (order)
        return order;
    a += whole_a + (a[whole_a] == '.');
    b += whole_b + (b[whole_b] == '.');
    for (; *a || *b; a += *a != 0, b += *b != 0) {
        char digit_a = *a ? *a : '0', digit_b = *b ? *b : '0';
        if (digit_a != digit_b)
            return digit_a < digit_b ? -1 : 1;
    }
    return 0;
}

// Compares two decimal texts exactly, whatever their length: below 0, 0, above 0.
static int compare_decimals (const char *a, const char *b)
{
    bool negative_a = *a == '-', negative_b = *b == '-';
    a += negative_a;
    b += negative_b;
    if (compare_size (a, "0") == 0 && compare_size (b, "0") == 0)
        return 0;
    if (negative_a != negative_b)
        return negative_a ? -1 : 1;
    return negative_a ? compare_size (b, a) : compare_size (a, b);
}

static void check_range (check_t *self, const char *field, const char *value, const Baocao__V1__Indicator *indicator)
{
    bool low = *indicator->minimum && compare_decimals (value, indicator->minimum) < 0;
    bool high = *indicator->maximum && compare_decimals (value, indicator->maximum) > 0;
    if (low)
        FOUND (self, RULE_INDICATOR_RANGE, field, TEXT (value), LABEL ("không nhỏ hơn", "not less than"),
               TEXT (indicator->minimum));
    else if (high)
        FOUND (self, RULE_INDICATOR_RANGE, field, TEXT (value), LABEL ("không lớn hơn", "not more than"),
               TEXT (indicator->maximum));
}

// A value of the right type: is it a good one?
static void check_value (check_t *self, const Baocao__V1__IndicatorValue *value, const Baocao__V1__Indicator *indicator)
{
    static const rule_text_t text = {"text", REPORT_MAX_REASON, "Giá trị của chỉ tiêu", "The indicator's value", false};
    char number[24];
    switch (value->value_case) {
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER:
        snprintf (number, sizeof number, "%lld", (long long)value->number);
        check_range (self, "number", number, indicator);
        break;
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_DECIMAL:
        if (text_is_decimal (value->decimal))
            check_range (self, "decimal", value->decimal, indicator);
        else
            FOUND (self, RULE_INDICATOR_FORMAT, "decimal", TEXT (value->decimal));
        break;
    case BAOCAO__V1__INDICATOR_VALUE__VALUE_TEXT:
        rule_require_text (self, &text, value->text, RULE_TEXT_EMPTY);
        break;
    default:
        break;
    }
}

// The member of the oneof that belongs to a type of indicator, and its name in both languages.
static const struct {
    Baocao__V1__IndicatorValue__ValueCase value;
    const char *vi, *en;
} types[] = {
    [BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_INTEGER] = {BAOCAO__V1__INDICATOR_VALUE__VALUE_NUMBER, "số nguyên (number)",
                                                            "a whole number (number)"},
    [BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_DECIMAL] = {BAOCAO__V1__INDICATOR_VALUE__VALUE_DECIMAL, "số thập phân (decimal)",
                                                            "a decimal number (decimal)"},
    [BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_BOOLEAN] = {BAOCAO__V1__INDICATOR_VALUE__VALUE_TRUTH, "đúng/sai (truth)",
                                                            "true or false (truth)"},
    [BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_TEXT] = {BAOCAO__V1__INDICATOR_VALUE__VALUE_TEXT, "văn bản (text)", "text (text)"},
};

static void check_given (check_t *self, const Baocao__V1__IndicatorValue *value, const Baocao__V1__Indicator *indicator)
{
    static const rule_text_t reason = {"no_figure_reason", REPORT_MAX_REASON, "Lý do không có số liệu",
                                       "The reason for having no figure", false};
    if (value->value_case == BAOCAO__V1__INDICATOR_VALUE__VALUE__NOT_SET) {
        rule_require_text (self, &reason, value->no_figure_reason, RULE_INDICATOR_NO_FIGURE);
        return;
    }
    rule_check_text (self, &reason, value->no_figure_reason);
    if (!indicator || (size_t)indicator->type >= sizeof types / sizeof *types)
        return;
    if (value->value_case != types[indicator->type].value)
        FOUND (self, RULE_INDICATOR_TYPE, "", TEXT (indicator->indicator),
               LABEL (types[indicator->type].vi, types[indicator->type].en));
    else
        check_value (self, value, indicator);
}

static void check_indicator (check_t *self, const Baocao__V1__TaskEntry *entry, const Baocao__V1__TaskDuty *duty, size_t index)
{
    const Baocao__V1__IndicatorValue *value = entry->indicators[index];
    const Baocao__V1__Indicator *indicator = duty ? find_indicator (duty, value->indicator) : NULL;
    check_enter (self, "indicators", index);
    if (duty && !indicator)
        FOUND (self, RULE_INDICATOR_UNKNOWN, "indicator", TEXT (value->indicator));
    for (size_t i = 0; i < index; i++)
        if (strcmp (entry->indicators[i]->indicator, value->indicator) == 0) {
            FOUND (self, RULE_INDICATOR_TWICE, "indicator", TEXT (value->indicator), NUMBER (i));
            break;
        }
    check_given (self, value, indicator);
    check_leave (self);
}

static void check_required (check_t *self, const Baocao__V1__TaskEntry *entry, const Baocao__V1__TaskDuty *duty)
{
    for (size_t i = 0; i < duty->n_indicators; i++) {
        const Baocao__V1__Indicator *indicator = duty->indicators[i];
        bool given = !indicator->required;
        for (size_t k = 0; k < entry->n_indicators && !given; k++)
            given = strcmp (entry->indicators[k]->indicator, indicator->indicator) == 0;
        char place[96];
        snprintf (place, sizeof place, "indicators(%s)", indicator->indicator);
        if (!given)
            FOUND (self, RULE_INDICATOR_MISSING, place, TEXT (indicator->indicator), TEXT (indicator->title_vi));
    }
}

void rules_check_indicators (check_t *self, const Baocao__V1__TaskEntry *entry, const Baocao__V1__TaskDuty *duty)
{
    if (entry->n_indicators > REPORT_MAX_INDICATORS) {
        FOUND (self, RULE_INDICATORS_LIMIT, "indicators", NUMBER (entry->n_indicators), NUMBER (REPORT_MAX_INDICATORS));
        return;
    }
    for (size_t i = 0; i < entry->n_indicators; i++)
        check_indicator (self, entry, duty, i);
    if (duty && check_role (self, duty) == BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD)
        check_required (self, entry, duty);
}
