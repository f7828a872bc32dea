// What a plan's files have to hold: a table, and the few checks that a table cannot say.
#include "plan_files.h"

#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "common/xmem.h"
#include "plan/plan.h"
#include "report/text.h"

enum { COLUMNS_MAX = 12, TEXT_MAX = 4000, WORDS_MAX = PLAN_BEFORE_MAX };

// The one file of a calendar, besides those of a plan.
enum { CALENDAR = PLAN_FILES };

typedef enum {
    KIND_END,
    KIND_CODE,
    KIND_FILE_CODE,  // a code that can be a file's name: units have certificates
    KIND_TEXT,
    KIND_MAYBE_TEXT,  // may be empty
    KIND_DATE,
    KIND_MAYBE_DATE,  // may be empty, or the whole column absent; likewise the next one
    KIND_TARGET,
    KIND_DECIMAL,  // or empty
    KIND_NUMBER,   // whole, from 0 to max
    KIND_NUMBERS,  // several, separated by a space
    KIND_CHOICE,
    KIND_CHOICES,    // several or none, separated by a space
    KIND_REFERENCE,  // to the code column of a file that comes before
    KIND_MAYBE_REFERENCE,
} kind_t;

typedef struct {
    const char *name;
    kind_t kind;
    plan_file_t file;        // of a reference
    const char *choices[8];  // of a choice
    int max;                 // of a number
} column_t;

typedef struct {
    const char *name;
    bool required;
    size_t key;  // how many columns, from the first, tell one row from another
    column_t columns[COLUMNS_MAX];
} schema_t;

// clang-format off
static const schema_t SCHEMAS[PLAN_FILES + 1] = {
    [PLAN_UNITS] = {"units.csv", true, 1, {
        {"code", .kind = KIND_FILE_CODE},
        {"kind", .kind = KIND_CHOICE, .choices = {"committee", "department", "press", "mass-organisation", "district",
            "agency", "commune"}},
        {"name_vi", .kind = KIND_TEXT}, {"name_en", .kind = KIND_TEXT}}},
    [PLAN_PLAN] = {"plan.csv", true, 1, {
        {"code", .kind = KIND_CODE}, {"title_vi", .kind = KIND_TEXT}, {"title_en", .kind = KIND_TEXT},
        {"issued_on", .kind = KIND_DATE}, {"issuer", .kind = KIND_REFERENCE, .file = PLAN_UNITS},
        {"valid_from", .kind = KIND_DATE}, {"valid_to", .kind = KIND_DATE},
        {"standing_unit", .kind = KIND_REFERENCE, .file = PLAN_UNITS},
        {"receiving_unit", .kind = KIND_REFERENCE, .file = PLAN_UNITS},
        {"replaces", .kind = KIND_MAYBE_TEXT}, {"time_zone", .kind = KIND_TEXT}}},
    [PLAN_GROUPS] = {"task_groups.csv", true, 1, {
        {"code", .kind = KIND_CODE}, {"title_vi", .kind = KIND_TEXT}}},
    [PLAN_TASKS] = {"tasks.csv", true, 1, {
        {"code", .kind = KIND_CODE}, {"group", .kind = KIND_REFERENCE, .file = PLAN_GROUPS}, {"title_vi", .kind = KIND_TEXT},
        {"timeframe", .kind = KIND_TEXT}, {"lead_text_vi", .kind = KIND_MAYBE_TEXT},
        {"coordinating_text_vi", .kind = KIND_MAYBE_TEXT}}},
    [PLAN_TASK_UNITS] = {"task_units.csv", true, 2, {
        {"task", .kind = KIND_REFERENCE, .file = PLAN_TASKS}, {"unit", .kind = KIND_REFERENCE, .file = PLAN_UNITS},
        {"role", .kind = KIND_CHOICE, .choices = {"lead", "coordinating"}}}},
    [PLAN_REPORTERS] = {"reporters.csv", true, 1, {
        {"unit", .kind = KIND_REFERENCE, .file = PLAN_UNITS}, {"obligation", .kind = KIND_CHOICE, .choices = {"must", "may"}}}},
    [PLAN_PERIODS] = {"periods.csv", true, 1, {
        {"code", .kind = KIND_CODE},
        {"kind", .kind = KIND_CHOICE, .choices = {"annual", "quarterly", "monthly", "interim", "final", "ad hoc"}},
        {"opens_on", .kind = KIND_DATE}, {"due_before", .kind = KIND_DATE}, {"cutoff_from", .kind = KIND_MAYBE_DATE},
        {"cutoff_to", .kind = KIND_MAYBE_DATE}, {"closes_on", .kind = KIND_MAYBE_DATE}}},
    [PLAN_INDICATORS] = {"indicators.csv", false, 2, {
        {"task", .kind = KIND_REFERENCE, .file = PLAN_TASKS}, {"code", .kind = KIND_CODE}, {"title_vi", .kind = KIND_TEXT},
        {"type", .kind = KIND_CHOICE, .choices = {"integer", "decimal", "boolean", "text"}},
        {"unit_of_measure", .kind = KIND_MAYBE_TEXT}, {"minimum", .kind = KIND_DECIMAL}, {"maximum", .kind = KIND_DECIMAL},
        {"aggregation", .kind = KIND_CHOICE, .choices = {"sum", "mean", "last", "none"}},
        {"required", .kind = KIND_CHOICE, .choices = {"true", "false"}}, {"target", .kind = KIND_TARGET}}},
    [PLAN_REMINDERS] = {"reminders.csv", false, 1, {
        {"period", .kind = KIND_MAYBE_REFERENCE, .file = PLAN_PERIODS}, {"hour", .kind = KIND_NUMBER, .max = 23},
        {"quiet_from", .kind = KIND_NUMBER, .max = 23}, {"quiet_to", .kind = KIND_NUMBER, .max = 23},
        {"before", .kind = KIND_NUMBERS, .max = 366},
        {"working_days_only", .kind = KIND_CHOICE, .choices = {"true", "false"}},
        {"overdue", .kind = KIND_CHOICE, .choices = {"working-days", "days", "none"}},
        {"channels", .kind = KIND_CHOICES, .choices = {"mailbox", "mail", "webhook"}},
        {"copy_to", .kind = KIND_CHOICES, .choices = {"officer", "leader", "digest"}}}},
    [PLAN_ESCALATION] = {"escalation.csv", false, 3, {
        {"period", .kind = KIND_MAYBE_REFERENCE, .file = PLAN_PERIODS}, {"after_working_days", .kind = KIND_NUMBER, .max = 250},
        {"recipient", .kind = KIND_CHOICE, .choices = {"unit-leader", "standing-leader", "committee"}}}},
    [CALENDAR] = {NULL, true, 1, {
        {"day", .kind = KIND_DATE}, {"kind", .kind = KIND_CHOICE, .choices = {"holiday", "working"}},
        {"name", .kind = KIND_TEXT}}},
};
// clang-format on

// --- A cell ----------------------------------------------------------------------------------------------------------------------

static bool is_choice (const column_t *column, const char *text, size_t size)
{
    for (size_t i = 0; i < sizeof column->choices / sizeof *column->choices && column->choices[i]; i++)
        if (strlen (column->choices[i]) == size && strncmp (column->choices[i], text, size) == 0)
            return true;
    return false;
}

static bool is_number (const column_t *column, const char *text, size_t size)
{
    return size > 0 && size <= 3 && strspn (text, "0123456789") >= size && strtol (text, NULL, 10) <= column->max;
}

// Do all of the words fit, with one space between them?
static bool are_all (bool (*fits) (const column_t *column, const char *text, size_t size), const column_t *column, const char *text)
{
    size_t size = strcspn (text, " "), words = 1;
    bool good = fits (column, text, size);
    for (; good && text[size]; words++) {
        text += size + 1;
        size = strcspn (text, " ");
        good = fits (column, text, size);
    }
    return good && words <= WORDS_MAX;
}

// What is wrong with a text, or NULL.
static const char *text_complaint (const char *text, bool may_be_empty)
{
    switch (text_check (text, TEXT_MAX)) {
    case TEXT_OK:
        return strpbrk (text, "\n\t") ? _ ("no line feed or tab may be in it") : NULL;
    case TEXT_EMPTY:
        return may_be_empty ? NULL : _ ("it must not be empty");
    case TEXT_TOO_LONG:
        return _ ("the text is too long");
    case TEXT_NOT_UTF8:
    case TEXT_NOT_NFC:
        return _ ("the text is not UTF-8");
    default:
        return _ ("a control character is in it");
    }
}

// Does one of the words, which fit, come again?
static bool has_repeat (const column_t *column, const char *text)
{
    const char *words[WORDS_MAX];
    size_t sizes[WORDS_MAX], n = 0;
    for (; *text; n++, text += strspn (text, " ")) {
        words[n] = column->kind == KIND_NUMBERS ? text + strspn (text, "0") : text;  // 07 is 7
        text += strcspn (text, " ");
        sizes[n] = (size_t)(text - words[n]);
        for (size_t i = 0; i < n; i++)
            if (sizes[i] == sizes[n] && strncmp (words[i], words[n], sizes[n]) == 0)
                return true;
    }
    return false;
}

static const char *words_complaint (const column_t *column, const char *text)
{
    if (column->kind == KIND_NUMBERS && !are_all (is_number, column, text))
        return _ ("these are not whole numbers with one space between them");
    if (column->kind == KIND_CHOICES && *text && !are_all (is_choice, column, text))
        return _ ("these are not words that may stand here, with one space between them");
    return has_repeat (column, text) ? _ ("one of them stands there twice") : NULL;
}

static const char *cell_complaint (json_t *const *seen, const column_t *column, const char *text)
{
    switch (column->kind) {
    case KIND_FILE_CODE:
        if (*text == '.' || strchr (text, '/'))
            return _ ("a unit's code must not begin with a full stop or contain a slash");
        return text_is_code (text) ? NULL : _ ("it is not a code: 1 to 64 of A-Z a-z 0-9 . _ -");
    case KIND_CODE:
        return text_is_code (text) ? NULL : _ ("it is not a code: 1 to 64 of A-Z a-z 0-9 / . _ -");
    case KIND_MAYBE_DATE:
        if (!*text)
            return NULL;
        // fall through
    case KIND_DATE:
        return text_is_date (text) ? NULL : _ ("it is not a date as in 2025-12-10");
    case KIND_NUMBER:
        return is_number (column, text, strlen (text)) ? NULL : _ ("it is not a whole number that may stand here");
    case KIND_NUMBERS:
    case KIND_CHOICES:
        return words_complaint (column, text);
    case KIND_TARGET:
    case KIND_DECIMAL:
        return !*text || text_is_decimal (text) ? NULL : _ ("it is not a decimal number as in -12.5");
    case KIND_CHOICE:
        return is_choice (column, text, strlen (text)) ? NULL : _ ("it is none of the words that may stand here");
    case KIND_MAYBE_REFERENCE:
        if (!*text)
            return NULL;
        // fall through
    case KIND_REFERENCE:
        return !seen[column->file] || json_object_get (seen[column->file], text)
                   ? NULL
                   : _ ("there is no such code in the file it refers to");
    default:
        return text_complaint (text, column->kind == KIND_MAYBE_TEXT);
    }
}

// --- A row -----------------------------------------------------------------------------------------------------------------------

// Adds the row to what has been seen of its file: what tells rows apart, with the line of each.
static void check_unique (const schema_t *schema, const csv_file_t *file, const csv_row_t *row, json_t *seen, csv_faults_t *faults)
{
    char *key = xstrdup (csv_file_cell (file, row, schema->columns[0].name));
    for (size_t i = 1; i < schema->key; i++) {
        char *longer = xasprintf ("%s\n%s", key, csv_file_cell (file, row, schema->columns[i].name));
        free (key);
        key = longer;
    }
    const json_t *earlier = json_object_get (seen, key);
    if (earlier)
        csv_fault (faults, file->name, row->line, schema->columns[schema->key - 1].name, _ ("the same as on line %zu"),
                   (size_t)json_integer_value (earlier));
    else
        json_object_set_new (seen, key, json_integer ((json_int_t)row->line));
    free (key);
}

static void check_order (const csv_file_t *file, const csv_row_t *row, const char *first, const char *second, bool may_be_equal,
                         csv_faults_t *faults)
{
    const char *earlier = csv_file_cell (file, row, first), *later = csv_file_cell (file, row, second);
    int order = strcmp (earlier, later);
    if (!*earlier || !*later)
        return;
    if (order > 0 || (order == 0 && !may_be_equal))
        csv_fault (faults, file->name, row->line, second, _ ("it must come after %s"), first);
}

static void check_indicator (const csv_file_t *file, const csv_row_t *row, csv_faults_t *faults)
{
    const char *type = csv_file_cell (file, row, "type"), *minimum = csv_file_cell (file, row, "minimum");
    const char *maximum = csv_file_cell (file, row, "maximum");
    bool number = strcmp (type, "integer") == 0 || strcmp (type, "decimal") == 0;
    if (!number && strcmp (csv_file_cell (file, row, "aggregation"), "none") != 0)
        csv_fault (faults, file->name, row->line, "aggregation", _ ("only numbers can be added up: write none"));
    if (*minimum && *maximum && strtod (minimum, NULL) > strtod (maximum, NULL))
        csv_fault (faults, file->name, row->line, "maximum", _ ("it is below minimum"));
    if (!number && *csv_file_cell (file, row, "target"))
        csv_fault (faults, file->name, row->line, "target", _ ("only numbers have one"));
}

static void check_step (const csv_file_t *file, size_t number, csv_faults_t *faults)
{
    const csv_row_t *row = &file->rows[number];
    size_t earlier = 0;
    for (size_t i = 0; i < number && earlier <= PLAN_STEPS_MAX; i++)
        earlier += strcmp (csv_file_cell (file, &file->rows[i], "period"), csv_file_cell (file, row, "period")) == 0;
    if (earlier == PLAN_STEPS_MAX)
        csv_fault (faults, file->name, row->line, "period", _ ("more than %d steps"), PLAN_STEPS_MAX);
    if (strcmp (csv_file_cell (file, row, "after_working_days"), "0") == 0)
        csv_fault (faults, file->name, row->line, "after_working_days", _ ("it must be 1 at the least"));
}

static void check_row (const csv_file_t *file, int which, size_t number, json_t *const *seen, csv_faults_t *faults)
{
    const csv_row_t *row = &file->rows[number];
    for (const column_t *column = SCHEMAS[which].columns; column->kind != KIND_END; column++) {
        const char *text = csv_file_cell (file, row, column->name);
        const char *complaint = cell_complaint (seen, column, text);
        if (complaint && (column->kind == KIND_TEXT || column->kind == KIND_MAYBE_TEXT))
            csv_fault (faults, file->name, row->line, column->name, "%s", complaint);
        else if (complaint) {
            char quoted[80];
            text_excerpt (text, quoted, sizeof quoted);
            csv_fault (faults, file->name, row->line, column->name, "\"%s\": %s", quoted, complaint);
        }
    }
    check_unique (&SCHEMAS[which], file, row, seen[which], faults);
    if (which == PLAN_PLAN)
        check_order (file, row, "valid_from", "valid_to", true, faults);
    if (which == PLAN_PERIODS) {
        check_order (file, row, "opens_on", "due_before", false, faults);
        check_order (file, row, "cutoff_from", "cutoff_to", false, faults);
        check_order (file, row, "due_before", "closes_on", true, faults);
    }
    if (which == PLAN_ESCALATION)
        check_step (file, number, faults);
    if (which == PLAN_INDICATORS)
        check_indicator (file, row, faults);
}

// --- The files -------------------------------------------------------------------------------------------------------------------

// seen: by file, the codes that others refer to; NULL where a file is absent or incomplete, or comes later.
static void check_file (const csv_file_t *file, int which, json_t **seen, csv_faults_t *faults)
{
    const schema_t *schema = &SCHEMAS[which];
    bool complete = true;
    if (!file->present) {
        if (schema->required)
            csv_fault (faults, file->name, 0, "", _ ("there is no such file"));
        return;
    }
    for (const column_t *column = schema->columns; column->kind != KIND_END; column++)
        if (csv_file_column (file, column->name) == SIZE_MAX && column->kind != KIND_MAYBE_DATE && column->kind != KIND_TARGET) {
            csv_fault (faults, file->name, 1, column->name, _ ("this column is missing"));
            complete = false;
        }
    if (complete)
        seen[which] = json_object ();
    for (size_t row = 0; complete && row < file->n_rows; row++)
        check_row (file, which, row, seen, faults);
    if (schema->required && file->n_rows == 0)
        csv_fault (faults, file->name, 0, "", _ ("there is no row in it"));
    if (which == PLAN_PLAN && file->n_rows > 1)
        csv_fault (faults, file->name, file->rows[1].line, "", _ ("there must be one row only"));
}

void plan_files_read (csv_file_t files[PLAN_FILES], const char *directory, csv_faults_t *faults)
{
    for (plan_file_t which = 0; which < PLAN_FILES; which++)
        csv_file_read (&files[which], directory, SCHEMAS[which].name, faults);
    json_t *seen[PLAN_FILES] = {0};
    for (plan_file_t which = 0; which < PLAN_FILES; which++)
        check_file (&files[which], which, seen, faults);
    for (plan_file_t which = 0; which < PLAN_FILES; which++)
        json_decref (seen[which]);
}

void plan_files_read_calendar (csv_file_t *file, const char *directory, const char *name, csv_faults_t *faults)
{
    csv_file_read (file, directory, name, faults);
    json_t *seen[PLAN_FILES + 1] = {0};
    check_file (file, CALENDAR, seen, faults);
    json_decref (seen[CALENDAR]);
}

void plan_files_clear (csv_file_t files[PLAN_FILES])
{
    for (plan_file_t which = 0; which < PLAN_FILES; which++)
        csv_file_clear (&files[which]);
}

json_t *plan_file_to_json (const csv_file_t *file)
{
    json_t *list = json_array ();
    for (size_t i = 0; i < file->n_rows; i++) {
        json_t *object = json_object ();
        for (size_t column = 0; column < file->n_columns; column++)
            json_object_set_new (object, file->columns[column], json_string (file->rows[i].cells[column]));
        json_object_set_new (object, "position", json_integer ((json_int_t)i + 1));
        json_array_append_new (list, object);
    }
    return list;
}
