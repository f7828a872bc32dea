#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/language.h"

// Digits in groups of three.
static void group (words_t *words, const char *digits, size_t count, char separator)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen (words->text);
        if (i > 0 && (count - i) % 3 == 0 && size + 1 < sizeof words->text)
            words->text[size++] = separator;
        if (size + 1 < sizeof words->text)
            words->text[size++] = digits[i];
        words->text[size] = '\0';
    }
}

words_t words_count (int64_t number, bool vietnamese)
{
    words_t words = {{number < 0 ? '-' : '\0'}};
    char digits[24];
    int count = snprintf (digits, sizeof digits, "%" PRIu64, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
    group (&words, digits, (size_t)count, vietnamese ? '.' : ',');
    return words;
}

words_t words_decimal (const char *decimal, bool vietnamese)
{
    words_t words = {{*decimal == '-' ? '-' : '\0'}};
    decimal += *decimal == '-';
    size_t whole = strspn (decimal, "0123456789");
    group (&words, decimal, whole, vietnamese ? '.' : ',');
    if (decimal[whole] == '.') {
        size_t size = strlen (words.text);
        snprintf (words.text + size, sizeof words.text - size, "%c%s", vietnamese ? ',' : '.', decimal + whole + 1);
    }
    return words;
}

// A number of tenths.
static words_t tenths (int64_t number, bool vietnamese)
{
    words_t words = words_count (number / 10, vietnamese);
    size_t size = strlen (words.text);
    if (number % 10)
        snprintf (words.text + size, sizeof words.text - size, "%c%d", vietnamese ? ',' : '.', abs ((int)(number % 10)));
    return words;
}

// Not more is said than there is: rounded to the nearest tenth.
words_t words_short_money (int64_t dong, bool vietnamese)
{
    static const int64_t MILLION = 1000000, BILLION = 1000000000;
    words_t words;
    if (dong < MILLION) {
        snprintf (words.text, sizeof words.text, vietnamese ? "%.30s đồng" : "VND %.30s", words_count (dong, vietnamese).text);
        return words;
    }
    bool billions = dong >= BILLION;
    int64_t unit = (billions ? BILLION : MILLION) / 10;
    words_t number = tenths (dong / unit + (dong % unit >= unit / 2), vietnamese);
    if (vietnamese)
        snprintf (words.text, sizeof words.text, "%.30s %s đồng", number.text, billions ? "tỷ" : "triệu");
    else
        snprintf (words.text, sizeof words.text, "VND %.30s %s", number.text, billions ? "billion" : "million");
    return words;
}

// 100 % is said of all alone, and 0 % of nothing alone.
words_t words_percent (int64_t part, int64_t whole, bool vietnamese)
{
    words_t words = {"–"};
    if (whole <= 0)
        return words;
    int64_t value = (int64_t)((double)part * 1000 / (double)whole + 0.5);
    if (value >= 1000 && part < whole)
        value = 999;
    if (value == 0 && part > 0)
        value = 1;
    snprintf (words.text, sizeof words.text, vietnamese ? "%.30s %%" : "%.30s%%", tenths (value, vietnamese).text);
    return words;
}

static struct tm local (int64_t ms, int utc_offset_minutes)
{
    time_t seconds = (time_t)(ms / 1000 + (int64_t)utc_offset_minutes * 60);
    struct tm date;
    gmtime_r (&seconds, &date);
    return date;
}

words_t words_day (int64_t ms, int utc_offset_minutes, bool vietnamese)
{
    static const char *const MONTHS[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    struct tm date = local (ms, utc_offset_minutes);
    words_t words;
    if (vietnamese)
        snprintf (words.text, sizeof words.text, "%02d/%02d/%d", date.tm_mday, date.tm_mon + 1, date.tm_year + 1900);
    else
        snprintf (words.text, sizeof words.text, "%d %s %d", date.tm_mday, MONTHS[date.tm_mon], date.tm_year + 1900);
    return words;
}

words_t words_time (int64_t ms, int utc_offset_minutes, bool vietnamese)
{
    struct tm date = local (ms, utc_offset_minutes);
    words_t day = words_day (ms, utc_offset_minutes, vietnamese), words;
    if (vietnamese)
        snprintf (words.text, sizeof words.text, "%02d:%02d, %.32s", date.tm_hour, date.tm_min, day.text);
    else
        snprintf (words.text, sizeof words.text, "%.32s, %02d:%02d", day.text, date.tm_hour, date.tm_min);
    return words;
}

words_t words_machine_time (int64_t ms, int utc_offset_minutes)
{
    struct tm date = local (ms, utc_offset_minutes);
    int away = abs (utc_offset_minutes);
    words_t words;
    size_t size = strftime (words.text, sizeof words.text, "%Y-%m-%dT%H:%M:%S", &date);
    snprintf (words.text + size, sizeof words.text - size, "%c%02d:%02d", utc_offset_minutes < 0 ? '-' : '+', away / 60 % 100,
              away % 60);
    return words;
}

// --- Words of the protocol -------------------------------------------------------------------------------------------------------

typedef struct {
    const char *key, *text;
} word_t;

static const word_t STANDINGS[] = {{"none", N_ ("unknown")},    {"missing", N_ ("Not reported")},
                                   {"refused", N_ ("Refused")}, {"on_time", N_ ("On time")},
                                   {"late", N_ ("Late")},       {"returned", N_ ("Returned")}};
static const word_t STATUSES[] = {{"none", N_ ("Not reported")},       {"not_started", N_ ("Not started")},
                                  {"in_progress", N_ ("In progress")}, {"completed", N_ ("Completed")},
                                  {"delayed", N_ ("Delayed")},         {"stopped", N_ ("Stopped")}};
static const word_t SOURCES[] = {{"none", N_ ("unknown")},
                                 {"central", N_ ("Central budget")},
                                 {"provincial", N_ ("Provincial budget")},
                                 {"local", N_ ("District and commune budgets")},
                                 {"programme", N_ ("Other programmes and projects")},
                                 {"oda", N_ ("Official development assistance")},
                                 {"domestic", N_ ("Domestic sponsors")},
                                 {"foreign", N_ ("Foreign sponsors")},
                                 {"other", N_ ("Other lawful sources")}};
static const word_t OBLIGATIONS[] = {
    {"none", N_ ("unknown")}, {"none", N_ ("No part")}, {"may", N_ ("May report")}, {"must", N_ ("Must report")}};

// A value that is not known here comes from a later protocol.
#define WORD(table, value) (table)[(size_t)(value) < sizeof (table) / sizeof *(table) ? (size_t)(value) : 0]

const char *words_standing (Baocao__V1__UnitStanding standing)
{
    return _ (WORD (STANDINGS, standing).text);
}

const char *words_status (Baocao__V1__TaskStatus status)
{
    return _ (WORD (STATUSES, status).text);
}

const char *words_source (Baocao__V1__BudgetSource source)
{
    return _ (WORD (SOURCES, source).text);
}

const char *words_obligation (Baocao__V1__Obligation obligation)
{
    return _ (WORD (OBLIGATIONS, obligation).text);
}

const char *words_standing_key (Baocao__V1__UnitStanding standing)
{
    return WORD (STANDINGS, standing).key;
}

const char *words_status_key (Baocao__V1__TaskStatus status)
{
    return WORD (STATUSES, status).key;
}

const char *words_source_key (Baocao__V1__BudgetSource source)
{
    return WORD (SOURCES, source).key;
}
