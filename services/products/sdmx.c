// indicators.sdmx.csv: SDMX-CSV 2.0.0 (github.com/sdmx-twg/sdmx-csv). An observation is what one unit's report says of an indicator, or,
// with the reporter _T, all of them together. Only numbers: what is said in words is in indicators.csv.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/xmem.h"
#include "files.h"

enum { DAY_SECONDS = 86400 };

typedef struct {
    product_t *product;
    const char *frequency;
    char *time;
    bool total;
} sdmx_t;

// --- Time ------------------------------------------------------------------------------------------------------------------------

static time_t day_of (const char *text)
{
    struct tm day = {0};
    strptime (text, "%Y-%m-%d", &day);
    return timegm (&day);
}

// The pattern has 9 for a digit.
static bool looks_like (const char *text, const char *pattern)
{
    for (; *text && *pattern; text++, pattern++)
        if (*pattern == '9' ? *text < '0' || *text > '9' : *text != *pattern)
            return false;
    return !*text && !*pattern;
}

// A period of SDMX where the code is one, else the days of which the reports speak, else the last good day.
static char *time_of (const product_t *product)
{
    static const char *const PATTERNS[] = {"9999", "9999-Q9", "9999-99"};
    for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++)
        if (looks_like (product->period, PATTERNS[i]))
            return xstrdup (product->period);
    if (product->cutoff_from && product->cutoff_to)
        return xasprintf ("%s/P%ldD", product->cutoff_from,
                          (long)((day_of (product->cutoff_to) - day_of (product->cutoff_from)) / DAY_SECONDS));
    time_t last = day_of (product->due_before) - DAY_SECONDS;
    struct tm day;
    gmtime_r (&last, &day);
    return xasprintf ("%d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

static const char *frequency_of (const char *kind)
{
    static const char *const KINDS[][2] = {{"annual", "A"}, {"quarterly", "Q"}, {"monthly", "M"}};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcmp (kind, KINDS[i][0]) == 0)
            return KINDS[i][1];
    return "_O";  // other
}

// --- Observations ----------------------------------------------------------------------------------------------------------------

// Codes of ours may have a point and a slash, those of SDMX may not, but @ and $ where ours may not: none is mistaken for another.
static void put_code (FILE *out, const char *code)
{
    for (; *code; code++)
        putc_unlocked (*code == '.' ? '@' : *code == '/' ? '$' : *code, out);
    putc_unlocked (',', out);
}

static const char *cell (const table_t *table, const PGresult *row, const char *key)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp (table->columns[i].key, key) == 0)
            return product_text (row, 0, (int)i);
    return NULL;
}

static int put_observation (const PGresult *row, void *arg)
{
    const sdmx_t *self = arg;
    const table_t *table = self->total ? &TABLE_INDICATOR_TOTALS : &TABLE_INDICATORS;
    FILE *out = self->product->out;
    const char *value = cell (table, row, "value");
    if (!value)
        return 0;
    fprintf (out, "dataflow,BAOCAO:%s(1.0.0),I,%s,", self->product->slug, self->frequency);
    put_code (out, self->total ? "_T" : cell (table, row, "unit"));
    put_code (out, cell (table, row, "task"));
    put_code (out, cell (table, row, "indicator"));
    fprintf (out, "%s,%s,", self->time, value);
    csv_put (out, cell (table, row, "unit_of_measure"));
    fputs (",A\r\n", out);
    return ferror (out);
}

int product_sdmx (product_t *product)
{
    sdmx_t self = {.product = product, .frequency = frequency_of (product->period_kind), .time = time_of (product)};
    fputs ("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REPORTER,TASK,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,OBS_STATUS\r\n",
           product->out);
    int rc = table_each (product, &TABLE_INDICATORS, put_observation, &self);
    self.total = true;
    if (rc == 0)
        rc = table_each (product, &TABLE_INDICATOR_TOTALS, put_observation, &self);
    free (self.time);
    return rc;
}
