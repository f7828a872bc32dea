#include <stdlib.h>
#include <string.h>

#include "baocao/v1/client.pb-c.h"
#include "baocao/v1/report.pb-c.h"
#include "common/language.h"
#include "report/json.h"
#include "table.h"

#define COLUMNS(list) .columns = list, .n_columns = sizeof list / sizeof *list

// What many have.
#define TASK .key = "task", .title = N_ ("Task"), .width = 10
#define UNIT .key = "unit", .title = N_ ("Unit"), .width = 16
#define NAME_VI .key = "name_vi", .title = N_ ("Name"), .width = 40, .language = VIETNAMESE
#define NAME_EN .key = "name_en", .title = N_ ("Name"), .width = 40, .language = ENGLISH
#define STATUS                                                                                                                     \
    .key = "status", .title = N_ ("Status"), .kind = CELL_WORD, .width = 18, .words = &baocao__v1__task_status__descriptor
#define PROGRESS .key = "progress_percent", .title = N_ ("Progress (%)"), .kind = CELL_PERCENT, .width = 11
#define SOURCE                                                                                                                     \
    .key = "source", .title = N_ ("Source"), .kind = CELL_WORD, .width = 30, .words = &baocao__v1__budget_source__descriptor
#define ALLOCATED .key = "allocated", .title = N_ ("Allocated (VND)"), .kind = CELL_MONEY, .width = 18, .nothing = true
#define DISBURSED .key = "disbursed", .title = N_ ("Disbursed (VND)"), .kind = CELL_MONEY, .width = 18, .nothing = true
#define OBSTACLE .key = "obstacles", .title = N_ ("Obstacles"), .width = 50
#define PROPOSAL .key = "proposals", .title = N_ ("Proposals"), .width = 50
#define INDICATOR .key = "indicator", .title = N_ ("Indicator"), .width = 16
#define TITLE .key = "title_vi", .title = N_ ("Title"), .width = 50
#define MEASURE .key = "unit_of_measure", .title = N_ ("Unit of measure"), .width = 16
#define VALUE .key = "value", .title = N_ ("Value"), .kind = CELL_DECIMAL, .width = 16, .nothing = true
#define SUBMISSION .key = "submission", .title = N_ ("Submission"), .kind = CELL_ID, .width = 38

// --- The period, its tasks and units -----------------------------------------------------------------------------------------------

static const column_t FIGURES[] = {
    {.key = "expected", .title = N_ ("Must report"), .kind = CELL_COUNT, .width = 11},
    {.key = "received", .title = N_ ("Received"), .kind = CELL_COUNT, .width = 11},
    {.key = "on_time", .title = N_ ("On time"), .kind = CELL_COUNT, .width = 11},
    {.key = "late", .title = N_ ("Late"), .kind = CELL_COUNT, .width = 11},
    {.key = "missing", .title = N_ ("Missing"), .kind = CELL_COUNT, .width = 11},
    {.key = "rejected", .title = N_ ("Refused"), .kind = CELL_COUNT, .width = 11},
    {.key = "returned", .title = N_ ("Returned"), .kind = CELL_COUNT, .width = 11},
    {.key = "voluntary", .title = N_ ("Voluntary"), .kind = CELL_COUNT, .width = 11},
};

const table_t TABLE_FIGURES = {
    .name = "figures",
    .title = N_ ("Figures"),
    .about = "How many units must report, and what came. expected = received + missing, received = on_time + late; rejected and "
             "returned are parts of missing; voluntary is in none of them.",
    COLUMNS (FIGURES),
};

static const column_t TASKS[] = {
    {.key = "group", .title = N_ ("Group"), .width = 8},
    {.key = "group_title_vi", .title = N_ ("Title of the group"), .width = 26},
    {TASK},
    {TITLE},
    {.key = "timeframe", .title = N_ ("Time"), .width = 14},
    {.key = "leads", .title = N_ ("Leads"), .language = NEITHER},
    {.key = "leads_vi", .title = N_ ("Lead units"), .width = 30, .language = VIETNAMESE},
    {.key = "leads_en", .title = N_ ("Lead units"), .width = 30, .language = ENGLISH},
    {STATUS, .nothing = true},
    {PROGRESS, .nothing = true},
    {.key = "entries", .title = N_ ("Reports"), .kind = CELL_COUNT, .width = 11},
    {.key = "mean_progress_percent", .title = N_ ("Mean progress (%)"), .kind = CELL_PERCENT, .width = 11, .nothing = true},
    {.key = "not_started", .title = N_ ("Not started"), .kind = CELL_COUNT, .width = 11},
    {.key = "in_progress", .title = N_ ("In progress"), .kind = CELL_COUNT, .width = 11},
    {.key = "completed", .title = N_ ("Completed"), .kind = CELL_COUNT, .width = 11},
    {.key = "delayed", .title = N_ ("Delayed"), .kind = CELL_COUNT, .width = 11},
    {.key = "stopped", .title = N_ ("Stopped"), .kind = CELL_COUNT, .width = 11},
    {ALLOCATED},
    {DISBURSED},
};

const table_t TABLE_TASKS = {
    .name = "tasks",
    .title = N_ ("Tasks"),
    .about = "A task of the plan. status and progress_percent are the leads' word: the gravest of their statuses (stopped, "
             "delayed, not started, in progress, completed) and the mean of their progress, rounded down; null while no lead has "
             "reported. mean_progress_percent is over all entries, rounded down.",
    COLUMNS (TASKS),
};

static const column_t UNITS[] = {
    {UNIT},
    {NAME_VI},
    {NAME_EN},
    {.key = "obligation", .title = N_ ("Duty"), .kind = CELL_WORD, .width = 14, .words = &baocao__v1__obligation__descriptor},
    {.key = "standing", .title = N_ ("Standing"), .kind = CELL_WORD, .width = 16, .words = &baocao__v1__unit_standing__descriptor},
    {.key = "due_before", .title = N_ ("Due before"), .kind = CELL_TIME, .width = 18},
    {.key = "received_at", .title = N_ ("Received"), .kind = CELL_TIME, .width = 18, .nothing = true},
    {.key = "days_late", .title = N_ ("Days late"), .kind = CELL_COUNT, .width = 11, .nothing = true},
    {.key = "revision", .title = N_ ("Revision"), .kind = CELL_COUNT, .width = 11, .nothing = true},
    {.key = "entries", .title = N_ ("Tasks reported"), .kind = CELL_COUNT, .width = 11},
    {ALLOCATED},
    {DISBURSED},
    {SUBMISSION, .nothing = true},
};

const table_t TABLE_UNITS = {
    .name = "units",
    .title = N_ ("Units"),
    .about = "A unit that must or did report. received_at is when its first accepted report came, which decides on time or late; "
             "revision and submission are of the one that counts; days_late counts days in the time zone of the plan.",
    COLUMNS (UNITS),
};

static const column_t CHAIN[] = {
    {UNIT},
    {NAME_VI},
    {NAME_EN},
    {.key = "chain_index", .title = N_ ("Chain position"), .kind = CELL_COUNT, .width = 11},
    {.key = "receipt_hash", .title = N_ ("Hash of the receipt"), .kind = CELL_ID, .width = 68},
};

const table_t TABLE_CHAIN = {
    .name = "chain",
    .title = N_ ("Provenance"),
    .about = "The last judged receipt of a unit in the period: the end of its chain as the feed has published it.",
    COLUMNS (CHAIN),
};

// --- What the reports say ----------------------------------------------------------------------------------------------------------

static const column_t ENTRIES[] = {
    {.key = "group", .title = N_ ("Group"), .width = 8},
    {TASK},
    {UNIT},
    {NAME_VI},
    {NAME_EN},
    {.key = "role", .title = N_ ("Role"), .kind = CELL_WORD, .width = 14, .words = &baocao__v1__task_role__descriptor},
    {STATUS},
    {PROGRESS},
    {.key = "result", .title = N_ ("Result"), .width = 50},
    {.key = "next_steps", .title = N_ ("Next steps"), .width = 50},
    {OBSTACLE},
    {PROPOSAL},
    {.key = "reason", .title = N_ ("Reason"), .width = 50},
    {SUBMISSION},
};

const table_t TABLE_ENTRIES = {
    .name = "entries",
    .title = N_ ("Entries"),
    .about = "What a unit's report that counts says about a task.",
    COLUMNS (ENTRIES),
};

static const column_t BUDGET[] = {
    {TASK}, {UNIT}, {NAME_VI}, {NAME_EN}, {SOURCE}, {ALLOCATED}, {DISBURSED}, {SUBMISSION},
};

const table_t TABLE_BUDGET = {
    .name = "budget",
    .title = N_ ("Budget"),
    .about = "What a unit's report that counts says about the money of a task from a source, in VND; null: no figure.",
    COLUMNS (BUDGET),
};

static const column_t SOURCES[] = {
    {SOURCE},
    {.key = "reports", .title = N_ ("Reports"), .kind = CELL_COUNT, .width = 11},
    {ALLOCATED},
    {DISBURSED},
};

const table_t TABLE_SOURCES = {
    .name = "sources",
    .title = N_ ("Budget by source"),
    .about = "The money from a source, in VND, over all reports that count, and how many speak of it; null: no figure.",
    COLUMNS (SOURCES),
};

static const column_t INDICATORS[] = {
    {TASK},       {INDICATOR}, {TITLE},
    {MEASURE},    {UNIT},      {NAME_VI},
    {NAME_EN},    {VALUE},     {.key = "text", .title = N_ ("Value in words"), .width = 30, .nothing = true},
    {SUBMISSION},
};

const table_t TABLE_INDICATORS = {
    .name = "indicators",
    .title = N_ ("Indicators by unit"),
    .about = "An indicator's value in a unit's report that counts: a number, or words (true or false where it is a yes or no).",
    COLUMNS (INDICATORS),
};

static const column_t INDICATOR_TOTALS[] = {
    {TASK},
    {INDICATOR},
    {TITLE},
    {MEASURE},
    {.key = "aggregation",
     .title = N_ ("Added up by"),
     .kind = CELL_WORD,
     .width = 14,
     .words = &baocao__v1__indicator_aggregation__descriptor},
    {.key = "values", .title = N_ ("Values"), .kind = CELL_COUNT, .width = 11},
    {VALUE},
    {.key = "target", .title = N_ ("Target"), .kind = CELL_DECIMAL, .width = 16, .nothing = true},
};

const table_t TABLE_INDICATOR_TOTALS = {
    .name = "indicator_totals",
    .title = N_ ("Indicators"),
    .about = "An indicator over all reports that count: its sum, its mean to six places, or its last value; null: none, or not "
             "added up.",
    COLUMNS (INDICATOR_TOTALS),
};

static const column_t OBSTACLES[] = {
    {TASK}, {UNIT}, {NAME_VI}, {NAME_EN}, {OBSTACLE}, {PROPOSAL}, {SUBMISSION},
};

const table_t TABLE_OBSTACLES = {
    .name = "obstacles",
    .title = N_ ("Obstacles and proposals"),
    .about = "What stands in the way of a task and what is proposed, where a unit's report that counts says either.",
    COLUMNS (OBSTACLES),
};

// --- Looking up --------------------------------------------------------------------------------------------------------------------

const table_t *table_of_file (const char *file)
{
    static const table_t *const FILES[] = {&TABLE_TASKS,  &TABLE_UNITS,      &TABLE_ENTRIES,
                                           &TABLE_BUDGET, &TABLE_INDICATORS, &TABLE_OBSTACLES};
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        size_t length = strlen (FILES[i]->name);
        if (strncmp (file, FILES[i]->name, length) == 0 && file[length] == '.')
            return FILES[i];
    }
    return NULL;
}

const char *table_word (const column_t *column, const char *value)
{
    return report_enum_name (column->words, (int)strtol (value, NULL, 10));
}

static const struct {
    const ProtobufCEnumDescriptor *type;
    int value;
    const char *words;
} WORDS[] = {
    {&baocao__v1__task_status__descriptor, BAOCAO__V1__TASK_STATUS__TASK_STATUS_NOT_STARTED, N_ ("not started")},
    {&baocao__v1__task_status__descriptor, BAOCAO__V1__TASK_STATUS__TASK_STATUS_IN_PROGRESS, N_ ("in progress")},
    {&baocao__v1__task_status__descriptor, BAOCAO__V1__TASK_STATUS__TASK_STATUS_COMPLETED, N_ ("completed")},
    {&baocao__v1__task_status__descriptor, BAOCAO__V1__TASK_STATUS__TASK_STATUS_DELAYED, N_ ("delayed")},
    {&baocao__v1__task_status__descriptor, BAOCAO__V1__TASK_STATUS__TASK_STATUS_STOPPED, N_ ("stopped")},
    {&baocao__v1__budget_source__descriptor, BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_CENTRAL, N_ ("central budget")},
    {&baocao__v1__budget_source__descriptor, BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_PROVINCIAL, N_ ("provincial budget")},
    {&baocao__v1__budget_source__descriptor, BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_LOCAL, N_ ("district and commune budgets")},
    {&baocao__v1__budget_source__descriptor, BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_PROGRAMME,
     N_ ("other programmes and projects")},
    {&baocao__v1__budget_source__descriptor, BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_ODA, N_ ("ODA")},
    {&baocao__v1__budget_source__descriptor, BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_DOMESTIC, N_ ("domestic sponsors")},
    {&baocao__v1__budget_source__descriptor, BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_FOREIGN, N_ ("foreign sponsors")},
    {&baocao__v1__budget_source__descriptor, BAOCAO__V1__BUDGET_SOURCE__BUDGET_SOURCE_OTHER, N_ ("other lawful sources")},
    {&baocao__v1__obligation__descriptor, BAOCAO__V1__OBLIGATION__OBLIGATION_NONE, N_ ("no duty")},
    {&baocao__v1__obligation__descriptor, BAOCAO__V1__OBLIGATION__OBLIGATION_MAY, N_ ("may report")},
    {&baocao__v1__obligation__descriptor, BAOCAO__V1__OBLIGATION__OBLIGATION_MUST, N_ ("must report")},
    {&baocao__v1__unit_standing__descriptor, BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_MISSING, N_ ("missing")},
    {&baocao__v1__unit_standing__descriptor, BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_REFUSED, N_ ("refused")},
    {&baocao__v1__unit_standing__descriptor, BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_ON_TIME, N_ ("on time")},
    {&baocao__v1__unit_standing__descriptor, BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_LATE, N_ ("late")},
    {&baocao__v1__unit_standing__descriptor, BAOCAO__V1__UNIT_STANDING__UNIT_STANDING_RETURNED, N_ ("returned")},
    {&baocao__v1__task_role__descriptor, BAOCAO__V1__TASK_ROLE__TASK_ROLE_NONE, N_ ("no part")},
    {&baocao__v1__task_role__descriptor, BAOCAO__V1__TASK_ROLE__TASK_ROLE_LEAD, N_ ("lead")},
    {&baocao__v1__task_role__descriptor, BAOCAO__V1__TASK_ROLE__TASK_ROLE_COORDINATING, N_ ("coordinating")},
    {&baocao__v1__indicator_aggregation__descriptor, BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_SUM, N_ ("sum")},
    {&baocao__v1__indicator_aggregation__descriptor, BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_MEAN, N_ ("mean")},
    {&baocao__v1__indicator_aggregation__descriptor, BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_LAST,
     N_ ("last value")},
    {&baocao__v1__indicator_aggregation__descriptor, BAOCAO__V1__INDICATOR_AGGREGATION__INDICATOR_AGGREGATION_NONE,
     N_ ("not added up")},
};

const char *table_words (const column_t *column, const char *value)
{
    int number = (int)strtol (value, NULL, 10);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (WORDS[i].type == column->words && WORDS[i].value == number)
            return _ (WORDS[i].words);
    return table_word (column, value);
}
