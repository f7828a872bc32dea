// A plan's CSV files: what is sound has no fault, and each mistake is named with its file, line and column.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "admin/plan_files.h"
#include "report/text.h"
#include "../support/suite.h"

// sed changes the file of a copy of plan 208; line 0: there is nothing to find.
typedef struct {
    const char *file, *sed;
    size_t line;
    const char *column, *message;
} case_t;

static const case_t CASES[] = {
    {"task_units.csv", "", 0, "", ""},
    {"task_units.csv", "2s/so-tttt/so-khong-co/", 2, "unit", "so-khong-co"},
    // Letters of three bytes, where a quotation of 64 bytes ends within one.
    {"task_units.csv", "2s/so-tttt/ễễễễễễễễễễễễễễễễễễễễễễễễễễễễễễ/", 2, "unit", "…"},
    {"task_units.csv", "3s/,/,more,/", 3, "", "4 cells"},
    {"task_units.csv", "2s/so-tttt/so\\x1b[2J/", 2, "unit", "so [2J"},
    {"units.csv", "2s/,/\\x00,/", 2, "", "not UTF-8"},
    {"units.csv", "2s/,/\\xff,/", 2, "", "not UTF-8"},
    {"units.csv", "3s/^/\"/", 3, "", "quotes"},
    {"tasks.csv", "1s/code/cod/", 1, "code", "missing"},
};

static bool names (const json_t *fault, const case_t *one)
{
    const char *message = json_string_value (json_object_get (fault, "message"));
    ck_assert_int_eq (text_check (message, 500), TEXT_OK);
    return strcmp (json_string_value (json_object_get (fault, "file")), one->file) == 0 &&
           json_integer_value (json_object_get (fault, "line")) == (json_int_t)one->line &&
           strcmp (json_string_value (json_object_get (fault, "column")), one->column) == 0 && strstr (message, one->message);
}

START_TEST (test_case)
{
    const case_t *one = &CASES[_i];
    char directory[] = "/tmp/baocao-plan-XXXXXX", command[500];
    csv_file_t files[PLAN_FILES];
    csv_faults_t faults = {.list = json_array ()};
    size_t index;
    json_t *fault;
    bool found = false;
    ck_assert_ptr_nonnull (mkdtemp (directory));
    snprintf (command, sizeof command, "cp sql/plans/208-KH-UBND/*.csv %s && sed -i '%s' %s/%s", directory, one->sed, directory,
              one->file);
    ck_assert_int_eq (system (command), 0);
    plan_files_read (files, directory, &faults);
    json_array_foreach (faults.list, index, fault) {
        found = found || names (fault, one);
    }
    ck_assert_msg (found == (one->line > 0), "%s %s: %zu faults, not the one looked for", one->file, one->sed, index);
    ck_assert (found || !index);
    plan_files_clear (files);
    json_decref (faults.list);
    snprintf (command, sizeof command, "rm -r %s", directory);
    ck_assert_int_eq (system (command), 0);
}
END_TEST

// What comes after the last row that may be is not read: its fault is not found.
START_TEST (a_file_has_an_end)
{
    enum { ROWS = 100000, DAY_S = 86400 };
    char directory[] = "/tmp/baocao-plan-XXXXXX", path[60], day[20];
    ck_assert_ptr_nonnull (mkdtemp (directory));
    snprintf (path, sizeof path, "%s/days.csv", directory);
    for (int rows = ROWS; rows <= ROWS + 1; rows++) {
        csv_file_t file;
        csv_faults_t faults = {.list = json_array ()};
        FILE *stream = fopen (path, "w");
        ck_assert_ptr_nonnull (stream);
        fputs ("day,kind,name\n", stream);
        for (time_t i = 0; i < rows; i++) {
            time_t at = i * DAY_S;
            strftime (day, sizeof day, "%Y-%m-%d", gmtime (&at));
            fprintf (stream, "%s,holiday,x\n", day);
        }
        if (rows > ROWS)
            fputs ("2025-01-01\n\"", stream);
        fclose (stream);
        plan_files_read_calendar (&file, directory, "days.csv", &faults);
        ck_assert_uint_eq (json_array_size (faults.list), (size_t)(rows - ROWS));
        const json_t *fault = json_array_get (faults.list, 0);
        if (fault)
            ck_assert_int_eq (json_integer_value (json_object_get (fault, "line")), ROWS + 2);
        ck_assert_uint_eq (file.n_rows, ROWS);
        csv_file_clear (&file);
        json_decref (faults.list);
    }
    remove (path);
    remove (directory);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("plan_files");
    TCase *cases = tcase_create ("plan_files");
    tcase_add_loop_test (cases, test_case, 0, sizeof CASES / sizeof *CASES);
    tcase_add_test (cases, a_file_has_an_end);
    suite_add_tcase (suite, cases);
    return suite_run (suite);
}
