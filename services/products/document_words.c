#include "document_words.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicase.h>
#include <uninorm.h>

#include "baocao/v1/report.pb-c.h"
#include "common/xmem.h"

// --- Figures ---------------------------------------------------------------------------------------------------------------------

// Digits in groups of three, up to anything else.
static char *group (const char *digits, size_t length, char separator)
{
    char *text = xmalloc (2 * length + 1), *to = text;
    for (size_t i = 0; i < length; i++) {
        *to++ = digits[i];
        if (i + 1 < length && (length - i - 1) % 3 == 0)
            *to++ = separator;
    }
    *to = '\0';
    return text;
}

char *document_money (const product_t *self, const char *amount)
{
    return amount ? document_decimal (self, amount) : xstrdup ("");
}

char *document_decimal (const product_t *self, const char *number)
{
    const char *sign = *number == '-' ? "-" : "";
    number += *sign != '\0';
    size_t length = strspn (number, "0123456789");
    const char *fraction = number[length] == '.' ? number + length + 1 : "";
    size_t digits = strlen (fraction);
    while (digits > 0 && fraction[digits - 1] == '0')
        digits--;
    char *whole = group (number, length, self->vietnamese ? '.' : ',');
    char *text = xasprintf ("%s%s%s%.*s", sign, whole, digits == 0 ? "" : self->vietnamese ? "," : ".", (int)digits, fraction);
    free (whole);
    return text;
}

char *document_share (const product_t *self, const char *part, const char *whole)
{
    long long all = whole ? strtoll (whole, NULL, 10) : 0;
    if (!part || all == 0)
        return xstrdup ("");
    char *percent = xasprintf ("%.1f", 100.0 * (double)strtoll (part, NULL, 10) / (double)all);
    char *number = document_decimal (self, percent);
    char *text = xasprintf ("%s%%", number);
    free (percent);
    free (number);
    return text;
}

// --- Days ------------------------------------------------------------------------------------------------------------------------

static const char *const MONTHS[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

char *document_day (const product_t *self, const char *day)
{
    long month = strtol (day + 5, NULL, 10), of_month = strtol (day + 8, NULL, 10);
    if (!self->vietnamese)
        return xasprintf ("%ld %s %.4s", of_month, MONTHS[(month + 11) % 12], day);
    return xasprintf (month < 3 ? "ngày %02ld tháng %02ld năm %.4s" : "ngày %02ld tháng %ld năm %.4s", of_month, month, day);
}

char *words_short_day (const char *day)
{
    return xasprintf ("%.2s/%.2s/%.4s", day + 8, day + 5, day);
}

static struct tm local (int64_t ms)
{
    time_t seconds = ms / 1000;
    struct tm time;
    localtime_r (&seconds, &time);
    return time;
}

char *document_local_day (int64_t ms)
{
    struct tm time = local (ms);
    return xasprintf ("%04d-%02d-%02d", time.tm_year + 1900, time.tm_mon + 1, time.tm_mday);
}

char *document_instant (const product_t *self, int64_t ms)
{
    struct tm time = local (ms);
    char *iso = document_local_day (ms);
    char *day = document_day (self, iso);
    char *text = self->vietnamese ? xasprintf ("%02d giờ %02d phút, %s", time.tm_hour, time.tm_min, day)
                                  : xasprintf ("%02d:%02d on %s", time.tm_hour, time.tm_min, day);
    free (iso);
    free (day);
    return text;
}

char *document_period (const product_t *self)
{
    if (strcmp (self->period_kind, "annual") == 0)
        return xasprintf (product_words (self, "năm %s", "%s"), self->period);
    return xasprintf (product_words (self, "kỳ %s", "period %s"), self->period);
}

// --- Fixed words -----------------------------------------------------------------------------------------------------------------

const char *document_status (const product_t *self, int status)
{
    switch (status) {
    case BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED:
        return product_words (self, "chưa thực hiện", "not started");
    case BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS:
        return product_words (self, "đang thực hiện", "in progress");
    case BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED:
        return product_words (self, "hoàn thành", "completed");
    case BAOCAO__V1__TASK_STATUS__TASK_STATUS_DELAYED:
        return product_words (self, "chậm tiến độ", "delayed");
    default:
        return product_words (self, "dừng thực hiện", "stopped");
    }
}

const char *document_source (const product_t *self, int source)
{
    switch (source) {
    case BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_CENTRAL:
        return product_words (self, "Ngân sách trung ương", "Central state budget");
    case BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_PROVINCIAL:
        return product_words (self, "Ngân sách tỉnh", "Provincial state budget");
    case BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_LOCAL:
        return product_words (self, "Ngân sách huyện, xã", "District and commune state budget");
    case BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_PROGRAMME:
        return product_words (self, "Lồng ghép từ các chương trình, đề án, dự án khác", "Other programmes, schemes and projects");
    case BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_ODA:
        return product_words (self, "Vốn hỗ trợ phát triển chính thức (ODA)", "Official development assistance");
    case BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_DOMESTIC:
        return product_words (self, "Tài trợ trong nước", "Domestic sponsors");
    case BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_FOREIGN:
        return product_words (self, "Tài trợ nước ngoài", "Foreign sponsors");
    default:
        return product_words (self, "Nguồn hợp pháp khác", "Other lawful sources");
    }
}

// --- Names -----------------------------------------------------------------------------------------------------------------------

char *document_capitals (const char *text)
{
    size_t size = 0;
    uint8_t *upper = u8_toupper ((const uint8_t *)text, strlen (text), "vi", UNINORM_NFC, NULL, &size);
    char *capitals = upper ? xmemdup (upper, size) : xstrdup (text);
    free (upper);
    return capitals;
}

char *document_superior (const char *name)
{
    static const char COMMITTEE[] = "ỦY BAN NHÂN DÂN";
    char *capitals = document_capitals (name);
    if (strncmp (capitals, COMMITTEE, sizeof COMMITTEE - 1) != 0)
        return capitals;
    char *text = xasprintf ("UBND%s", capitals + sizeof COMMITTEE - 1);
    free (capitals);
    return text;
}

const char *document_place (const char *name)
{
    static const char *const LEVELS[] = {"tỉnh ", "thành phố ", "huyện ", "thị xã ", "xã ", "phường ", "thị trấn "};
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
        const char *at = strstr (name, LEVELS[i]);
        if (at)
            return at + strlen (LEVELS[i]);
    }
    return NULL;
}
