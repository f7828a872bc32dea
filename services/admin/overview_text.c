// Sections of a look, each a table under its title.
#include "overview_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unilbrk.h>

#include "admin.h"
#include "common/xmem.h"
#include "output.h"

// The words of a look that people read in their language.
static const struct {
    const char *word, *text;
} WORDS[] = {
    {"missing", N_ ("missing")},       {"refused", N_ ("refused by the rules")}, {"returned", N_ ("returned")},
    {"validation", N_ ("validation")}, {"aggregation", N_ ("aggregation")},      {"notification", N_ ("notification")},
};

static void translate (json_t *row, const char *key)
{
    const char *word = json_string_value (json_object_get (row, key));
    for (size_t i = 0; word && i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp (word, WORDS[i].word) == 0) {
            json_object_set_new (row, key, json_string (_ (WORDS[i].text)));
            return;
        }
}

static void set_text (json_t *row, const char *key, char *text)
{
    json_object_set_new (row, key, json_string (text));
    free (text);
}

static void section (FILE *to, int width, const char *title, const output_column_t *columns, size_t n, json_t *rows)
{
    if (json_array_size (rows) > 0) {
        fprintf (to, "\n%s\n", title);
        output_table (to, width, columns, n, rows);
    }
    json_decref (rows);
}

// Until the last good day.
static char *time_left (const json_t *period)
{
    const char *state = json_string_value (json_object_get (period, "state"));
    int days = (int)json_integer_value (json_object_get (period, "days_left"));
    int working = (int)json_integer_value (json_object_get (period, "working_days_left"));
    unsigned count = (unsigned)abs (days);
    if (strcmp (state, "closed") == 0 || strcmp (state, "not yet open") == 0)
        return xstrdup (_ (state));
    if (days == 0)
        return xstrdup (_ ("today is the last day"));
    return days > 0 ? xasprintf (ngettext ("%u day (%d working)", "%u days (%d working)", count), count, working)
                    : xasprintf (ngettext ("overdue %u day (%d working)", "overdue %u days (%d working)", count), count, -working);
}

static void print_periods (FILE *to, int width, const json_t *look)
{
    const output_column_t columns[] = {
        {"plan", _ ("Plan"), 0},
        {"period", _ ("Period"), 0},
        {"expected", _ ("Expected"), OUTPUT_RIGHT},
        {"received", _ ("Reported"), OUTPUT_RIGHT},
        {"on_time", _ ("On time"), OUTPUT_RIGHT},
        {"late", _ ("Late"), OUTPUT_RIGHT},
        {"missing", _ ("Missing"), OUTPUT_RIGHT},
        {"refused", _ ("Refused"), OUTPUT_RIGHT},
        {"returned", _ ("Returned"), OUTPUT_RIGHT},
        {"due_before", _ ("Due before"), 0},
        {"left", _ ("Left"), OUTPUT_CUT},
    };
    json_t *rows = json_array (), *period;
    size_t i;
    json_array_foreach (json_object_get (look, "periods"), i, period) {
        json_t *row = json_copy (period);
        set_text (row, "left", time_left (period));
        json_array_append_new (rows, row);
    }
    if (json_array_size (rows) == 0)
        fprintf (to, "\n%s\n", _ ("No period is open."));
    section (to, width, _ ("Periods"), columns, sizeof columns / sizeof *columns, rows);
}

static void print_queues (FILE *to, int width, const json_t *look)
{
    const output_column_t columns[] = {
        {"queue", _ ("Queue"), 0}, {"waiting", _ ("Waiting"), OUTPUT_RIGHT}, {"oldest_s", _ ("Oldest (s)"), OUTPUT_RIGHT}};
    json_t *rows = json_array (), *queue;
    size_t i;
    json_array_foreach (json_object_get (look, "queues"), i, queue) {
        json_t *row = json_copy (queue);
        translate (row, "queue");
        json_array_append_new (rows, row);
    }
    section (to, width, _ ("Queues"), columns, sizeof columns / sizeof *columns, rows);
}

static void print_deliveries (FILE *to, int width, const json_t *look)
{
    const output_column_t columns[] = {{"waiting", _ ("Waiting"), OUTPUT_RIGHT},
                                       {"failing", _ ("Contacts that fail"), OUTPUT_RIGHT}};
    json_t *rows = json_array ();
    json_array_append (rows, json_object_get (look, "deliveries"));
    section (to, width, _ ("Deliveries"), columns, sizeof columns / sizeof *columns, rows);
}

// A paragraph, broken between words where it would not fit.
static void paragraph (FILE *to, int width, const char *indent, const char *text)
{
    size_t size = strlen (text);
    int room = width - (int)strlen (indent);
    char *breaks = xcalloc (size + 1, 1);
    u8_width_linebreaks ((const uint8_t *)text, size, room > 1 ? room : 1, 0, 0, NULL, "UTF-8", breaks);
    fputs (indent, to);
    for (size_t i = 0; i < size; i++) {
        if (width > 0 && breaks[i] == UC_BREAK_POSSIBLE)
            fprintf (to, "\n%*s", (int)strlen (indent), "");
        fputc (text[i], to);
    }
    fputc ('\n', to);
    free (breaks);
}

static void print_alarms (FILE *to, int width, const json_t *look)
{
    json_t *alarms = json_object_get (look, "alarms"), *alarm;
    size_t i;
    if (json_array_size (alarms) > 0)
        fprintf (to, "\n%s\n", _ ("Alarms"));
    json_array_foreach (alarms, i, alarm) {
        paragraph (to, width, "! ", json_string_value (json_object_get (alarm, "text")));
        paragraph (to, width, "  ", json_string_value (json_object_get (alarm, "remedy")));
    }
}

static void print_units (FILE *to, int width, const json_t *look)
{
    // The names are those of the language: "name_en" is translated by "name_vi".
    const output_column_t columns[] = {
        {"plan", _ ("Plan"), 0},
        {"period", _ ("Period"), 0},
        {"unit", _ ("Unit"), 0},
        {_ ("name_en"), _ ("Name"), OUTPUT_CUT},
        {"standing", _ ("Standing"), 0},
        {"due_before", _ ("Due before"), 0},
        {"reminded_on", _ ("Reminded"), 0},
        {"contact", _ ("Whom to ask"), OUTPUT_CUT},
    };
    json_t *rows = json_array (), *period, *unit;
    size_t i, j;
    json_array_foreach (json_object_get (look, "periods"), i, period) {
        json_array_foreach (json_object_get (period, "unreported"), j, unit) {
            json_t *row = json_copy (unit);
            translate (row, "standing");
            if (json_is_true (json_object_get (row, "quarantined")))
                set_text (row, "standing",
                          xasprintf (_ ("%s, in quarantine"), json_string_value (json_object_get (row, "standing"))));
            json_object_set (row, "plan", json_object_get (period, "plan"));
            json_object_set (row, "period", json_object_get (period, "period"));
            json_array_append_new (rows, row);
        }
    }
    section (to, width, _ ("Not reported"), columns, sizeof columns / sizeof *columns, rows);
}

char *overview_text (const json_t *look, int width)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream (&text, &size);
    fprintf (to, "baocao %s%s%s\n", json_string_value (json_object_get (look, "local_time")),
             json_is_true (json_object_get (look, "rehearsal")) ? " " : "",
             json_is_true (json_object_get (look, "rehearsal")) ? _ ("(rehearsal)") : "");
    print_periods (to, width, look);
    print_queues (to, width, look);
    print_deliveries (to, width, look);
    print_alarms (to, width, look);
    print_units (to, width, look);
    fclose (to);
    return text;
}
