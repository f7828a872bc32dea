// A plan's CSV files, one behind the other with NUL bytes between: they are read, and every fault is named in a way that can be shown.
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "admin/plan_files.h"

static const char *const NAMES[PLAN_FILES] = {
    [PLAN_UNITS] = "units.csv",           [PLAN_PLAN] = "plan.csv",
    [PLAN_GROUPS] = "task_groups.csv",    [PLAN_TASKS] = "tasks.csv",
    [PLAN_TASK_UNITS] = "task_units.csv", [PLAN_REPORTERS] = "reporters.csv",
    [PLAN_PERIODS] = "periods.csv",       [PLAN_INDICATORS] = "indicators.csv",
};

static void write_files (const char *data, size_t size)
{
    const char *end = data + size;
    mkdir ("files", 0777);
    for (int i = 0; i < PLAN_FILES; i++) {
        char path[64];
        snprintf (path, sizeof path, "files/%s", NAMES[i]);
        const char *stop = data < end ? memchr (data, 0, (size_t)(end - data)) : NULL;
        unlink (path);
        if (data >= end)
            continue;
        FILE *file = fopen (path, "we");
        FUZZ_REQUIRE (file);
        fwrite (data, 1, (size_t)((stop ? stop : end) - data), file);
        fclose (file);
        data = stop ? stop + 1 : end;
    }
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    csv_file_t files[PLAN_FILES];
    csv_faults_t faults = {.list = json_array ()};
    write_files ((const char *)data, size);
    plan_files_read (files, "files", &faults);
    for (int i = 0; i < PLAN_FILES; i++) {
        json_t *json = plan_file_to_json (&files[i]);
        FUZZ_REQUIRE (json_array_size (json) == files[i].n_rows);
        json_decref (json);
    }
    plan_files_clear (files);
    json_decref (faults.list);
    return 0;
}
