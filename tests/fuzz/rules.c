// The rules over whatever unpacks as a Report: they say something readable about it, and not without end.
#include "fuzz.h"
#include "report/text.h"
#include "validation/rules.h"

enum { TASKS = 60, INDICATORS = 4 };

static const int64_t DUE = 1765299600000;  // 10 December 2025 in Viet Nam

// Duties with the codes of plan 208 (I.1 to VI.10): tasks led, joined and foreign, each with an indicator of every type.
typedef struct {
    Baocao__V1__PlanDuties plan;
    Baocao__V1__PeriodDuty period, *periods[1];
    Google__Protobuf__Timestamp opens_at, due_at;
    Baocao__V1__TaskDuty task[TASKS], *tasks[TASKS];
    Baocao__V1__Indicator indicator[INDICATORS], *indicators[INDICATORS];
    char codes[TASKS][8];
} duties_t;

static void make_indicators (duties_t *self)
{
    static char *const CODES[INDICATORS] = {"people", "rate", "done", "note"};
    for (int i = 0; i < INDICATORS; i++) {
        self->indicators[i] = &self->indicator[i];
        baocao__v1__indicator__init (&self->indicator[i]);
        self->indicator[i].indicator = CODES[i];
        self->indicator[i].type = (Baocao__V1__IndicatorType)(BAOCAO__V1__INDICATOR_TYPE__INDICATOR_TYPE_INTEGER + i);
        self->indicator[i].required = i == 0;
    }
    self->indicator[0].maximum = "1000";
    self->indicator[1].minimum = "-0.5";
}

static void make_tasks (duties_t *self)
{
    static const char *const GROUPS[] = {"I", "II", "III", "IV", "V", "VI"};
    for (int i = 0; i < TASKS; i++) {
        Baocao__V1__TaskDuty *task = self->tasks[i] = &self->task[i];
        baocao__v1__task_duty__init (task);
        snprintf (self->codes[i], sizeof self->codes[i], "%s.%d", GROUPS[i / 10], i % 10 + 1);
        task->task = self->codes[i];
        task->role = (Baocao__V1__TaskRole)(BAOCAO__V1__TASK_ROLE__TASK_ROLE_NONE + i % 3);
        task->n_indicators = i % 2 ? INDICATORS : 0;
        task->indicators = self->indicators;
    }
}

static const Baocao__V1__PlanDuties *make_duties (void)
{
    static duties_t self;
    if (self.plan.tasks)
        return &self.plan;
    make_indicators (&self);
    make_tasks (&self);
    google__protobuf__timestamp__init (&self.opens_at);
    google__protobuf__timestamp__init (&self.due_at);
    self.due_at.seconds = DUE / 1000;
    baocao__v1__period_duty__init (&self.period);
    self.period.period = "2025";
    self.period.obligation = BAOCAO__V1__OBLIGATION__OBLIGATION_MUST;
    self.period.opens_at = &self.opens_at;
    self.period.due_at = &self.due_at;
    self.periods[0] = &self.period;
    baocao__v1__plan_duties__init (&self.plan);
    self.plan.plan = "208/KH-UBND";
    self.plan.time_zone = "Asia/Ho_Chi_Minh";
    self.plan.utc_offset_minutes = 420;
    self.plan.n_periods = 1;
    self.plan.periods = self.periods;
    self.plan.n_tasks = TASKS;
    self.plan.tasks = self.tasks;
    return &self.plan;
}

// What a message quotes of the report need not be in normalisation form C.
static void check_text (const char *text)
{
    text_fault_t fault = text_check (text, 2000);
    FUZZ_REQUIRE (fault == TEXT_OK || fault == TEXT_NOT_NFC);
}

static void check (const Baocao__V1__Report *report, const rules_facts_t *facts)
{
    findings_t findings;
    findings_init (&findings);
    rules_check (report, facts, &findings);
    FUZZ_REQUIRE (findings.count <= FINDINGS_MAX + 1 && findings.errors + findings.warnings >= findings.count - !!findings.count);
    for (size_t i = 0; i < findings.count; i++) {
        check_text (findings.items[i]->message_vi);
        check_text (findings.items[i]->message_en);
        FUZZ_REQUIRE (strlen (findings.items[i]->path) < 200);
    }
    findings_clear (&findings);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    const char *reason = NULL;
    const Baocao__V1__Report *report =
        (const Baocao__V1__Report *)bc_wire_unpack (&baocao__v1__report__descriptor, data, size, fuzz_arena (0), &reason);
    Baocao__V1__TaskProgress progress = BAOCAO__V1__TASK_PROGRESS__INIT, *previous[] = {&progress};
    progress.task = "II.2";
    progress.progress_percent = 95;
    rules_facts_t facts = {
        .unit = "so-yte", .duties = make_duties (), .received_at = DUE - 1, .previous = previous, .n_previous = 1};
    if (report) {
        check (report, &facts);
        facts.unit = report->unit;  // so that the rules behind that of the unit come into play
        check (report, &facts);
        check (report, &(rules_facts_t){.received_at = INT64_MAX});
    } else {
        findings_t findings;
        findings_init (&findings);
        rules_malformed (reason, &findings);
        FUZZ_REQUIRE (findings.errors == 1);
        findings_clear (&findings);
    }
    return 0;
}
