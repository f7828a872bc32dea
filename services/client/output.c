#include "output.h"
#include "template.h"

#include <libsmartcols.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicase.h>
#include <unictype.h>
#include <unistd.h>
#include <unistr.h>
#include <uniwidth.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "report/json.h"
#include "report/text.h"
#include "duties.h"

enum { COLUMNS_MAX = 12, CUT_WIDTH = 80 };

struct table {
    struct libscols_table *table;
    size_t columns;
    bool cut[COLUMNS_MAX];
};

table_t *table_new (const char *const *titles, size_t count)
{
    table_t *self = xcalloc (1, sizeof *self);
    self->table = scols_new_table ();
    self->columns = count < COLUMNS_MAX ? count : COLUMNS_MAX;
    for (size_t i = 0; i < self->columns; i++) {
        size_t size = strlen (titles[i]);
        char kind = size ? titles[i][size - 1] : 0;
        bool marked = kind == '>' || kind == '~';
        char *title = xmemdup (titles[i], size - marked);
        // Off a terminal a row is one line, so that grep finds it; JSON has the whole text.
        self->cut[i] = kind == '~' && !isatty (STDOUT_FILENO);
        int flags = kind == '>' ? SCOLS_FL_RIGHT : kind == '~' && !self->cut[i] ? SCOLS_FL_WRAP : 0;
        scols_table_new_column (self->table, title, kind == '~' ? 0.5 : 0, flags);
        free (title);
    }
    return self;
}

// At most CUT_WIDTH columns of a text; the caller frees it.
static char *cut (const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    ucs4_t c;
    for (int width = 0, size; (size = u8_strmbtouc (&c, at)) > 0; at += size)
        if ((width += uc_width (c, "UTF-8") > 0 ? uc_width (c, "UTF-8") : 0) > CUT_WIDTH)
            return xasprintf ("%.*s…", (int)(at - (const uint8_t *)text), text);
    return xstrdup (text);
}

void table_row (table_t *self, const char *const *cells)
{
    struct libscols_line *line = scols_table_new_line (self->table, NULL);
    for (size_t i = 0; line && i < self->columns; i++)
        if (cells[i] && self->cut[i]) {
            char *text = cut (cells[i]);
            scols_line_set_data (line, i, text);
            free (text);
        } else if (cells[i])
            scols_line_set_data (line, i, cells[i]);
}

void table_print (table_t **self_p)
{
    table_t *self = *self_p;
    if (scols_table_get_nlines (self->table))
        scols_print_table (self->table);
    scols_unref_table (self->table);
    free (self);
    *self_p = NULL;
}

static bool json_printed;

void output_json (json_t *json)
{
    json_printed = true;
    json_dumpf (json, stdout, JSON_COMPACT);
    fputc ('\n', stdout);
    fflush (stdout);  // whoever reads a stream waits for this line
    json_decref (json);
}

json_t *output_said (void)
{
    char readable[1024];
    json_t *said = json_string (client_said ());
    if (!said) {  // it quotes what is not UTF-8, such as a file's name
        text_excerpt (client_said (), readable, sizeof readable);
        said = json_string (readable);
    }
    return said;
}

void output_json_failure (void)
{
    if (!json_printed)
        output_json (json_pack ("{s:o}", "error", output_said ()));
}

static void write_uuids (json_t *json)
{
    const char *key;
    json_t *member;
    size_t index;
    uint8_t id[BC_UUID_SIZE];
    char text[BC_UUID_TEXT];
    size_t size = 0;
    json_array_foreach (json, index, member) {
        write_uuids (member);
    }
    json_object_foreach (json, key, member) {
        const char *hex = json_string_value (member);
        if (strcmp (key, "report_id") != 0 || !hex)
            write_uuids (member);
        else if (!sodium_hex2bin (id, sizeof id, hex, strlen (hex), NULL, &size, NULL) && size == sizeof id) {
            bc_uuid_format (id, text);
            json_string_set (member, text);
        }
    }
}

json_t *output_message (const ProtobufCMessage *message)
{
    json_t *json = report_to_json (message);
    write_uuids (json);
    return json;
}

void output_zone (const char *zone)
{
    if (*zone) {
        setenv ("TZ", zone, 1);
        tzset ();
    }
}

void output_home_zone (const home_t *home)
{
    Baocao__V1__Duties *duties = duties_load (home);
    if (duties && duties->n_plans)
        output_zone (duties->plans[0]->time_zone);
    baocao__v1__duties__free_unpacked (duties, NULL);
}

int64_t output_ms (const Google__Protobuf__Timestamp *time)
{
    return time ? bc_timestamp_ms (time) : 0;
}

char *output_time (const Google__Protobuf__Timestamp *time)
{
    struct tm parts;
    char text[40];
    if (!time)
        return xstrdup ("-");
    time_t seconds = (time_t)time->seconds;
    localtime_r (&seconds, &parts);
    strftime (text, sizeof text, "%Y-%m-%d %H:%M:%S %z", &parts);
    size_t size = strlen (text);
    if (size > 2 && !strcmp (text + size - 2, "00"))
        text[size - 2] = 0;  // "+0700" -> "+07"
    return xstrdup (text);
}

char *output_money (int64_t dong)
{
    char digits[24], *text = xcalloc (1, 40), *to = text;
    snprintf (digits, sizeof digits, "%lld", (long long)dong);
    size_t size = strlen (digits);
    for (size_t i = 0; i < size; i++) {
        *to++ = digits[i];
        if (digits[i] != '-' && i + 1 < size && (size - i - 1) % 3 == 0)
            *to++ = '.';
    }
    return text;
}

char *output_size (const client_t *client, uint64_t bytes)
{
    const char *comma = client_pick (client, ",", ".");
    if (bytes < 1000)
        return xasprintf ("%u B", (unsigned)bytes);
    bool mega = bytes >= 1000000;
    unsigned long long tenths = mega ? bytes / 100000 : bytes / 100;
    return xasprintf ("%llu%s%llu %s", tenths / 10, comma, tenths % 10, mega ? "MB" : "kB");
}

// The task of "entries[3].result"; "" when it is not known.
static const char *task_of (const char *path, const Baocao__V1__Report *report)
{
    static const char ENTRIES[] = "entries[";
    bool within = report && !strncmp (path, ENTRIES, sizeof ENTRIES - 1);
    size_t index = within ? strtoul (path + sizeof ENTRIES - 1, NULL, 10) : 0;
    return within && index < report->n_entries ? report->entries[index]->task : "";
}

// "entries[3].result" -> "entries[3].result (II.2)"; the caller frees it.
static char *explain_path (const char *path, const Baocao__V1__Report *report)
{
    const char *task = task_of (path, report);
    return *task ? xasprintf ("%s (%s)", path, task) : xstrdup (path);
}

// The message without the task that it begins with: the cell's row says it.
static const char *without_task (const client_t *client, const char *message, const char *task)
{
    char *prefix = xasprintf ("%s %s: ", client_pick (client, "Nhiệm vụ", "Task"), task);
    size_t size = strlen (prefix);
    bool begins = *task && !strncmp (message, prefix, size);
    free (prefix);
    return begins ? message + size : message;
}

// "Tiến độ 120 ..." as it goes on after a colon; the caller frees it.
static char *continued (const char *message)
{
    ucs4_t first, second;
    uint8_t small[8];
    int size = u8_strmbtouc (&first, (const uint8_t *)message);
    // An abbreviation stays as it is.
    if (size <= 0 || u8_strmbtouc (&second, (const uint8_t *)message + size) <= 0 || uc_is_upper (second))
        return xstrdup (message);
    int small_size = u8_uctomb (small, uc_tolower (first), sizeof small);
    return xasprintf ("%.*s%s", small_size > 0 ? small_size : 0, (const char *)small, message + size);
}

// "... entries[3] ..." with the entry's cell in its stead; takes the message over.
static char *placed_message (char *message, const places_t *places)
{
    char *entry = strstr (message, "entries["), *end = entry ? strchr (entry, ']') : NULL;
    char *path = end ? xmemdup (entry, (size_t)(end + 1 - entry)) : NULL;
    const place_t *place = path ? places_find (places, path) : NULL;
    if (place) {
        char *named = xasprintf ("%.*s%s %s%s", (int)(entry - message), message, _ ("cell"), place->cell, end + 1);
        free (message);
        message = named;
    }
    free (path);
    return message;
}

void output_placed (const client_t *client, Baocao__V1__Finding *const *findings, size_t count, const Baocao__V1__Report *report,
                    const places_t *places)
{
    for (size_t i = 0; i < count; i++) {
        bool error = findings[i]->severity == BAOCAO__V1__SEVERITY__SEVERITY_ERROR;
        const char *message = client_pick (client, findings[i]->message_vi, findings[i]->message_en);
        const place_t *place = places ? places_find (places, findings[i]->path) : NULL;
        if (place && !strcmp (place->sheet, TEMPLATE_SHEET_HIDDEN)) {  // nobody is to look for that cell
            printf ("  %s  %s\n", error ? _ ("error  ") : _ ("warning"), message);
            continue;
        }
        char *where = place ? places_text (place) : explain_path (findings[i]->path, report);
        char *said =
            place ? placed_message (continued (without_task (client, message, task_of (findings[i]->path, report))), places) : NULL;
        if (place)
            printf ("  %s  %s: %s\n", error ? _ ("error  ") : _ ("warning"), where, said);
        else
            printf ("  %s  %s%s[%s]\n      %s\n", error ? _ ("error  ") : _ ("warning"), where, *where ? "  " : "",
                    findings[i]->code, message);
        free (where);
        free (said);
    }
}

void output_findings (const client_t *client, Baocao__V1__Finding *const *findings, size_t count, const Baocao__V1__Report *report)
{
    output_placed (client, findings, count, report, NULL);
}

json_t *output_placed_finding (const Baocao__V1__Finding *finding, const places_t *places)
{
    json_t *json = output_message (&finding->base);
    const place_t *place = places_find (places, finding->path);
    if (place && *place->sheet)
        json_object_set_new (json, "sheet", json_string (place->sheet));
    if (place)
        json_object_set_new (json, "cell", json_string (place->cell));
    return json;
}

const char *output_state (Baocao__V1__SubmissionState state)
{
    switch (state) {
    case BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RECEIVED:
        return _ ("received");
    case BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_ACCEPTED:
        return _ ("accepted");
    case BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_REJECTED:
        return _ ("refused");
    case BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_SUPERSEDED:
        return _ ("superseded");
    case BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_RETURNED:
        return _ ("returned");
    case BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_CONFIRMED:
        return _ ("confirmed");
    case BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_QUARANTINED:
        return _ ("in quarantine");
    default:
        return "-";
    }
}

// Is it the report that counts, once it has been counted?
static bool stands (const Baocao__V1__SubmissionStatus *submission)
{
    return submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_ACCEPTED ||
           submission->state == BAOCAO__V1__SUBMISSION_STATE__SUBMISSION_STATE_CONFIRMED;
}

bool output_is_counted (const Baocao__V1__SubmissionStatus *submission)
{
    return submission->counted && stands (submission);
}

const char *output_counted (const Baocao__V1__SubmissionStatus *submission)
{
    if (!stands (submission))
        return "-";
    return submission->counted ? _ ("yes") : _ ("no");
}

const char *output_timeliness (Baocao__V1__Timeliness timeliness)
{
    switch (timeliness) {
    case BAOCAO__V1__TIMELINESS__TIMELINESS_ON_TIME:
        return _ ("on time");
    case BAOCAO__V1__TIMELINESS__TIMELINESS_LATE:
        return _ ("late");
    case BAOCAO__V1__TIMELINESS__TIMELINESS_QUARANTINED:
        return _ ("after closing");
    default:
        return "-";
    }
}

const char *output_standing (Baocao__V1__UnitStanding standing)
{
    switch (standing) {
    case BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING:
        return _ ("missing");
    case BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED:
        return _ ("refused");
    case BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME:
        return _ ("on time");
    case BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE:
        return _ ("late");
    case BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_RETURNED:
        return _ ("returned");
    default:
        return "-";
    }
}

const char *output_obligation (Baocao__V1__Obligation obligation)
{
    switch (obligation) {
    case BAOCAO__V1__OBLIGATION__OBLIGATION_MUST:
        return _ ("must report");
    case BAOCAO__V1__OBLIGATION__OBLIGATION_MAY:
        return _ ("may report");
    default:
        return "-";
    }
}

const char *output_role (Baocao__V1__TaskRole role)
{
    switch (role) {
    case BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD:
        return _ ("leads");
    case BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING:
        return _ ("coordinates");
    default:
        return "-";
    }
}

const char *output_status (Baocao__V1__TaskStatus status)
{
    switch (status) {
    case BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED:
        return _ ("not started");
    case BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS:
        return _ ("in progress");
    case BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED:
        return _ ("completed");
    case BAOCAO__V1__TASK_STATUS__TASK_STATUS_DELAYED:
        return _ ("delayed");
    case BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED:
        return _ ("stopped");
    default:
        return "-";
    }
}

const char *output_source (Baocao__V1__BudgetSource source)
{
    static const char *const NAMES[] = {
        "-",
        N_ ("central budget"),
        N_ ("provincial budget"),
        N_ ("district and commune budget"),
        N_ ("other programmes"),
        N_ ("ODA"),
        N_ ("domestic sponsors"),
        N_ ("foreign sponsors"),
        N_ ("other sources"),
    };
    size_t index = (size_t)source;
    return index && index < sizeof NAMES / sizeof *NAMES ? _ (NAMES[index]) : "-";
}
