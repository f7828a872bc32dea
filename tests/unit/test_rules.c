// Every rule, with what breaks it and what just passes it. A case changes one sound situation at a few places.
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "report/text.h"
#include "validation/rule.h"
#include "../support/suite.h"

#define ERROR BAOCAO__V1__SEVERITY__SEVERITY_ERROR
#define WARNING BAOCAO__V1__SEVERITY__SEVERITY_WARNING
#define PASSES 0

// Lead of T.1, coordinating in T.2, no part in T.3. Received on 9 December 2025, 23:59:59 in Viet Nam.
static const char SOUND[] =
    "{'unit':'so-y-te','claimed_plan':'P/1','claimed_period':'2025','received_at':'2025-12-09T16:59:59Z',"
    " 'previous':[{'task':'T.1','status':'in_progress','progress_percent':40}],"
    " 'files':[{'sha256':'0101010101010101010101010101010101010101010101010101010101010101','size':7}],"
    " 'duties':{'plan':'P/1','standing_unit':'so-ldtbxh','time_zone':'Asia/Ho_Chi_Minh','utc_offset_minutes':420,"
    "  'periods':[{'period':'2025','obligation':'must','opens_at':'2025-09-30T17:00:00Z','due_at':'2025-12-09T17:00:00Z'}],"
    "  'tasks':[{'task':'T.1','role':'lead','title_vi':'Tuyên truyền','indicators':["
    "    {'indicator':'people','type':'integer','required':true,'minimum':'0','maximum':'1000'},"
    "    {'indicator':'rate','type':'decimal','minimum':'-0.5','maximum':'99.5'},"
    "    {'indicator':'done','type':'boolean'},{'indicator':'note','type':'text'}]},"
    "   {'task':'T.2','role':'coordinating','title_vi':'Phối hợp'},{'task':'T.3','role':'none','title_vi':'Khác'}]},"
    " 'report':{'plan':'P/1','period':'2025','unit':'so-y-te',"
    "  'document':{'number':'45/BC-SYT','date':'2025-12-09','signer':'Lê Thị Ánh','signer_title':'Giám đốc'},"
    "  'general_assessment':'Tốt','attachments':[{'name':'a.pdf','size':7,"
    "    'sha256':'0101010101010101010101010101010101010101010101010101010101010101'}],"
    "  'entries':[{'task':'T.1','status':'in_progress','progress_percent':40,'result':'Đã làm',"
    "    'indicators':[{'indicator':'people','number':12}],"
    "    'budget':{'lines':[{'source':'central','allocated':1000,'disbursed':1000},{'source':'oda','allocated':99999999999000}],"
    "      'total_allocated':100000000000000,'total_disbursed':1000}},"
    "   {'task':'T.2','status':'not_started','progress_percent':0}]}}";

// A change is "path=JSON"; "path=" removes, "path=*N" sets a text of N letters, "path*N" repeats the element N times.
typedef struct {
    rule_id_t rule;
    Baocao__V1__Severity severity;  // PASSES: the rule finds nothing
    const char *path;
    const char *changes[5];
} case_t;

static const case_t CASES[] = {
    {RULE_REPORT_EMPTY, ERROR, "entries", {"report.entries=[]"}},
    {RULE_REPORT_EMPTY, PASSES, "", {"report.entries=[]", "report.nothing_to_report={'reason':'Chưa có'}"}},
    {RULE_REPORT_BOTH, ERROR, "nothing_to_report", {"report.nothing_to_report={'reason':'Chưa có'}"}},
    {RULE_REPORT_BOTH, PASSES, "", {NULL}},
    {RULE_NOTHING_REASON, ERROR, "nothing_to_report.reason", {"report.entries=[]", "report.nothing_to_report={}"}},
    {RULE_NOTHING_REASON, ERROR, "nothing_to_report.reason", {"report.entries=[]", "report.nothing_to_report={'reason':' '}"}},
    {RULE_NOTHING_REASON, PASSES, "", {"report.entries=[]", "report.nothing_to_report={'reason':'x'}"}},

    {RULE_PLAN_UNKNOWN, ERROR, "plan", {"duties="}},
    {RULE_PLAN_UNKNOWN, PASSES, "", {NULL}},
    {RULE_PLAN_CLAIMED, ERROR, "plan", {"claimed_plan='P/2'"}},
    {RULE_PLAN_CLAIMED, PASSES, "", {"claimed_plan="}},
    {RULE_PERIOD_UNKNOWN, ERROR, "period", {"duties.periods[0].period='2024'"}},
    {RULE_PERIOD_UNKNOWN, PASSES, "", {NULL}},
    {RULE_PERIOD_CLAIMED, ERROR, "period", {"claimed_period='2024'"}},
    {RULE_PERIOD_CLAIMED, PASSES, "", {"claimed_period="}},
    {RULE_PERIOD_NOT_OPEN, ERROR, "period", {"duties.periods[0].opens_at='2025-12-09T16:59:59.001Z'"}},
    {RULE_PERIOD_NOT_OPEN, PASSES, "", {"duties.periods[0].opens_at='2025-12-09T16:59:59Z'"}},
    {RULE_PERIOD_CLOSED, WARNING, "period", {"duties.periods[0].closes_at='2025-12-09T16:59:59Z'"}},
    {RULE_PERIOD_CLOSED, PASSES, "", {"duties.periods[0].closes_at='2025-12-09T16:59:59.001Z'"}},
    {RULE_UNIT_UNKNOWN, ERROR, "unit", {"unit="}},
    {RULE_UNIT_UNKNOWN, PASSES, "", {NULL}},
    {RULE_UNIT_OTHER, ERROR, "unit", {"report.unit='so-y-t'"}},
    {RULE_UNIT_OTHER, PASSES, "", {NULL}},
    {RULE_UNIT_NO_DUTY, ERROR, "unit", {"duties.periods[0].obligation='none'"}},
    {RULE_UNIT_NO_DUTY, ERROR, "unit", {"duties.periods[0].obligation='none'", "duties.periods[0].successors=['so-noivu']"}},
    {RULE_UNIT_NO_DUTY, PASSES, "", {"duties.periods[0].obligation='may'"}},

    {RULE_DOCUMENT_MISSING, ERROR, "document", {"report.document="}},
    {RULE_DOCUMENT_MISSING, PASSES, "", {NULL}},
    {RULE_DOCUMENT_NUMBER, ERROR, "document.number", {"report.document.number=''"}},
    {RULE_DOCUMENT_NUMBER, PASSES, "", {"report.document.number='1'"}},
    {RULE_DOCUMENT_DATE, ERROR, "document.date", {"report.document.date=''"}},
    {RULE_DOCUMENT_DATE, PASSES, "", {NULL}},
    {RULE_DOCUMENT_DATE_INVALID, ERROR, "document.date", {"report.document.date='2025-02-29'"}},
    {RULE_DOCUMENT_DATE_INVALID, ERROR, "document.date", {"report.document.date='05/12/2025'"}},
    {RULE_DOCUMENT_DATE_INVALID, PASSES, "", {"report.document.date='2024-02-29'"}},
    {RULE_DOCUMENT_DATE_LATER, ERROR, "document.date", {"report.document.date='2025-12-10'"}},
    {RULE_DOCUMENT_DATE_LATER, ERROR, "document.date", {"duties.utc_offset_minutes=-420", "report.document.date='2025-12-10'"}},
    {RULE_DOCUMENT_DATE_LATER, PASSES, "", {"received_at='2025-12-09T17:00:00Z'", "report.document.date='2025-12-10'"}},
    {RULE_DOCUMENT_SIGNER, ERROR, "document.signer", {"report.document.signer=''"}},
    {RULE_DOCUMENT_SIGNER, PASSES, "", {"report.document.signer='A'", "report.document.signer_title=''"}},

    {RULE_ENTRIES_LIMIT, ERROR, "entries", {"report.entries[0]*200"}},
    {RULE_ENTRIES_LIMIT, PASSES, "", {"report.entries[0]*199"}},
    {RULE_TASK_UNKNOWN, ERROR, "entries[1].task", {"report.entries[1].task='T.9'"}},
    {RULE_TASK_UNKNOWN, PASSES, "", {NULL}},
    {RULE_TASK_NO_PART, ERROR, "entries[1].task", {"report.entries[1].task='T.3'"}},
    {RULE_TASK_NO_PART, ERROR, "entries[1].task", {"duties.periods[0].roles=[{'task':'T.2','role':'none'}]"}},
    {RULE_TASK_NO_PART,
     PASSES,
     "",
     {"report.entries[1].task='T.3'", "duties.periods[0].roles=[{'task':'T.3','role':'coordinating'}]"}},
    {RULE_TASK_NO_PART, PASSES, "", {NULL}},
    {RULE_TASK_TWICE,
     ERROR,
     "entries[1].task",
     {"report.entries[1].task='T.1'", "report.entries[1].indicators=[{'indicator':'people','number':1}]"}},
    {RULE_TASK_TWICE, PASSES, "", {NULL}},
    {RULE_TASK_MISSING, ERROR, "entries(T.1)", {"report.entries[0]="}},
    {RULE_TASK_MISSING, ERROR, "entries(T.3)", {"duties.tasks[2].role='lead'"}},
    {RULE_TASK_MISSING, ERROR, "entries(T.3)", {"duties.periods[0].roles=[{'task':'T.3','role':'lead'}]"}},
    {RULE_TASK_MISSING, PASSES, "", {"duties.tasks[2].role='lead'", "duties.periods[0].roles=[{'task':'T.3','role':'none'}]"}},
    {RULE_TASK_MISSING, PASSES, "", {"report.entries[1]="}},
    {RULE_TASK_MISSING, PASSES, "", {"report.entries=[]", "report.nothing_to_report={'reason':'x'}"}},
    {RULE_STATUS_INVALID, ERROR, "entries[1].status", {"report.entries[1].status='unspecified'"}},
    {RULE_STATUS_INVALID, PASSES, "", {NULL}},
    {RULE_PROGRESS_RANGE, ERROR, "entries[0].progress_percent", {"report.entries[0].progress_percent=101"}},
    {RULE_PROGRESS_RANGE, ERROR, "entries[0].progress_percent", {"report.entries[0].progress_percent=-1"}},
    {RULE_PROGRESS_RANGE, PASSES, "", {"report.entries[0].progress_percent=100"}},
    {RULE_PROGRESS_NOT_STARTED, ERROR, "entries[1].progress_percent", {"report.entries[1].progress_percent=1"}},
    {RULE_PROGRESS_NOT_STARTED, PASSES, "", {NULL}},
    {RULE_PROGRESS_COMPLETED,
     ERROR,
     "entries[0].progress_percent",
     {"report.entries[0].status='completed'", "report.entries[0].progress_percent=99"}},
    {RULE_PROGRESS_COMPLETED, PASSES, "", {"report.entries[0].status='completed'", "report.entries[0].progress_percent=100"}},
    {RULE_PROGRESS_LOWER, WARNING, "entries[0].progress_percent", {"report.entries[0].progress_percent=39"}},
    {RULE_PROGRESS_LOWER, PASSES, "", {"report.entries[0].progress_percent=40"}},
    {RULE_PROGRESS_LOWER, PASSES, "", {"report.entries[0].progress_percent=39", "previous=[]"}},
    {RULE_RESULT_MISSING,
     ERROR,
     "entries[0].result",
     {"report.entries[0].status='completed'", "report.entries[0].progress_percent=100", "report.entries[0].result=''"}},
    {RULE_RESULT_MISSING, PASSES, "", {"report.entries[0].result=''"}},
    {RULE_REASON_MISSING, ERROR, "entries[0].reason", {"report.entries[0].status='delayed'"}},
    {RULE_REASON_MISSING, ERROR, "entries[0].reason", {"report.entries[0].status='stopped'", "report.entries[0].reason='\\t'"}},
    {RULE_REASON_MISSING, PASSES, "", {"report.entries[0].status='stopped'", "report.entries[0].reason='Thiếu vốn'"}},

    {RULE_INDICATORS_LIMIT, ERROR, "entries[0].indicators", {"report.entries[0].indicators[0]*51"}},
    {RULE_INDICATORS_LIMIT, PASSES, "", {"report.entries[0].indicators[0]*50"}},
    {RULE_INDICATOR_UNKNOWN,
     ERROR,
     "entries[1].indicators[0].indicator",
     {"report.entries[1].indicators=[{'indicator':'people','number':1}]"}},
    {RULE_INDICATOR_UNKNOWN, PASSES, "", {NULL}},
    {RULE_INDICATOR_TWICE, ERROR, "entries[0].indicators[1].indicator", {"report.entries[0].indicators[0]*2"}},
    {RULE_INDICATOR_TWICE, PASSES, "", {"report.entries[0].indicators[+]={'indicator':'done','truth':false}"}},
    {RULE_INDICATOR_TYPE,
     ERROR,
     "entries[0].indicators[0]",
     {"report.entries[0].indicators[0]={'indicator':'people','decimal':'1'}"}},
    {RULE_INDICATOR_TYPE, ERROR, "entries[0].indicators[1]", {"report.entries[0].indicators[+]={'indicator':'done','text':'x'}"}},
    {RULE_INDICATOR_TYPE, PASSES, "", {"report.entries[0].indicators[+]={'indicator':'note','text':'x'}"}},
    {RULE_INDICATOR_FORMAT,
     ERROR,
     "entries[0].indicators[1].decimal",
     {"report.entries[0].indicators[+]={'indicator':'rate','decimal':'1,5'}"}},
    {RULE_INDICATOR_FORMAT,
     ERROR,
     "entries[0].indicators[1].decimal",
     {"report.entries[0].indicators[+]={'indicator':'rate','decimal':'1.1234567'}"}},
    {RULE_INDICATOR_FORMAT,
     ERROR,
     "entries[0].indicators[1].decimal",
     {"report.entries[0].indicators[+]={'indicator':'rate','decimal':''}"}},
    {RULE_INDICATOR_FORMAT,
     PASSES,
     "",
     {"report.entries[0].indicators[+]={'indicator':'rate','decimal':'000000000000001.123456'}"}},
    {RULE_INDICATOR_RANGE, ERROR, "entries[0].indicators[0].number", {"report.entries[0].indicators[0].number=-1"}},
    {RULE_INDICATOR_RANGE, ERROR, "entries[0].indicators[0].number", {"report.entries[0].indicators[0].number=1001"}},
    {RULE_INDICATOR_RANGE,
     ERROR,
     "entries[0].indicators[0].number",
     {"report.entries[0].indicators[0].number='-9223372036854775808'"}},
    {RULE_INDICATOR_RANGE,
     ERROR,
     "entries[0].indicators[1].decimal",
     {"report.entries[0].indicators[+]={'indicator':'rate','decimal':'99.500001'}"}},
    {RULE_INDICATOR_RANGE,
     ERROR,
     "entries[0].indicators[1].decimal",
     {"report.entries[0].indicators[+]={'indicator':'rate','decimal':'-0.6'}"}},
    {RULE_INDICATOR_RANGE, PASSES, "", {"report.entries[0].indicators[+]={'indicator':'rate','decimal':'-0.500'}"}},
    {RULE_INDICATOR_RANGE, PASSES, "", {"report.entries[0].indicators[+]={'indicator':'rate','decimal':'-0'}"}},
    {RULE_INDICATOR_RANGE, PASSES, "", {"report.entries[0].indicators[0].number=1000"}},
    {RULE_INDICATOR_MISSING, ERROR, "entries[0].indicators(people)", {"report.entries[0].indicators=[]"}},
    {RULE_INDICATOR_MISSING, PASSES, "", {"report.entries[0].indicators=[]", "duties.tasks[0].role='coordinating'"}},
    {RULE_INDICATOR_MISSING,
     PASSES,
     "",
     {"report.entries[0].indicators=[]", "duties.periods[0].roles=[{'task':'T.1','role':'coordinating'}]"}},
    {RULE_INDICATOR_NO_FIGURE,
     ERROR,
     "entries[0].indicators[0].no_figure_reason",
     {"report.entries[0].indicators=[{'indicator':'people'}]"}},
    {RULE_INDICATOR_NO_FIGURE,
     PASSES,
     "",
     {"report.entries[0].indicators=[{'indicator':'people','no_figure_reason':'Chưa thống kê'}]"}},

    {RULE_LINES_LIMIT, ERROR, "entries[0].budget.lines", {"report.entries[0].budget.lines[0]*8"}},
    {RULE_LINES_LIMIT, PASSES, "", {"report.entries[0].budget.lines[0]*7"}},
    {RULE_SOURCE_INVALID, ERROR, "entries[0].budget.lines[1].source", {"report.entries[0].budget.lines[1].source='unspecified'"}},
    {RULE_SOURCE_INVALID, PASSES, "", {"report.entries[0].budget.lines[1].source='other'"}},
    {RULE_SOURCE_TWICE, ERROR, "entries[0].budget.lines[1].source", {"report.entries[0].budget.lines[1].source='central'"}},
    {RULE_SOURCE_TWICE, PASSES, "", {NULL}},
    {RULE_MONEY_NEGATIVE,
     ERROR,
     "entries[0].budget.lines[0].disbursed",
     {"report.entries[0].budget.lines[0].disbursed=-1", "report.entries[0].budget.total_disbursed="}},
    {RULE_MONEY_NEGATIVE, ERROR, "entries[0].budget.total_disbursed", {"report.entries[0].budget.total_disbursed=-1"}},
    {RULE_MONEY_NEGATIVE,
     PASSES,
     "",
     {"report.entries[0].budget.lines[0].disbursed=0", "report.entries[0].budget.total_disbursed=0"}},
    {RULE_MONEY_SMALL,
     WARNING,
     "entries[0].budget.lines[0].disbursed",
     {"report.entries[0].budget.lines[0].disbursed=999", "report.entries[0].budget.total_disbursed="}},
    {RULE_MONEY_SMALL, PASSES, "", {"report.entries[0].budget.lines[0].disbursed=0", "report.entries[0].budget.total_disbursed=0"}},
    {RULE_MONEY_LARGE,
     WARNING,
     "entries[0].budget.lines[1].allocated",
     {"report.entries[0].budget.lines[1].allocated=100000000000001", "report.entries[0].budget.total_allocated="}},
    {RULE_MONEY_LARGE, PASSES, "", {NULL}},
    {RULE_BUDGET_OVERSPENT,
     ERROR,
     "entries[0].budget.lines[0].disbursed",
     {"report.entries[0].budget.lines[0].disbursed=1001", "report.entries[0].budget.total_disbursed=1001"}},
    {RULE_BUDGET_OVERSPENT,
     PASSES,
     "",
     {"report.entries[0].budget.lines[0].allocated=", "report.entries[0].budget.total_allocated="}},
    {RULE_BUDGET_OVERSPENT, PASSES, "", {"report.entries[0].budget.lines[0].allocated=-1"}},  // negative is enough
    {RULE_BUDGET_OVERSPENT_EXPLAINED,
     WARNING,
     "entries[0].budget.lines[0].disbursed",
     {"report.entries[0].budget.lines[0].disbursed=1001", "report.entries[0].budget.total_disbursed=1001",
      "report.entries[0].budget.lines[0].reason='Ứng trước'"}},
    {RULE_BUDGET_OVERSPENT_EXPLAINED, PASSES, "", {"report.entries[0].budget.lines[0].reason='Ứng trước'"}},
    {RULE_BUDGET_TOTAL, ERROR, "entries[0].budget.total_disbursed", {"report.entries[0].budget.total_disbursed=1001"}},
    {RULE_BUDGET_TOTAL, ERROR, "entries[0].budget.total_allocated", {"report.entries[0].budget.total_allocated=1000"}},
    {RULE_BUDGET_TOTAL, PASSES, "", {"report.entries[0].budget.total_allocated="}},
    {RULE_BUDGET_OVERFLOW,
     ERROR,
     "entries[0].budget.total_allocated",
     {"report.entries[0].budget.lines[1].allocated=9223372036854775807"}},
    {RULE_BUDGET_OVERFLOW,
     PASSES,
     "",
     {"report.entries[0].budget.lines[1].allocated=9223372036854774807", "report.entries[0].budget.total_allocated="}},

    {RULE_ATTACHMENTS_LIMIT, ERROR, "attachments", {"report.attachments[0]*17"}},
    {RULE_ATTACHMENTS_LIMIT, PASSES, "", {"report.attachments[0]*16"}},
    {RULE_ATTACHMENT_NAME, ERROR, "attachments[0].name", {"report.attachments[0].name=''"}},
    {RULE_ATTACHMENT_NAME, ERROR, "attachments[0].name", {"report.attachments[0].name='../a.pdf'"}},
    {RULE_ATTACHMENT_NAME, ERROR, "attachments[0].name", {"report.attachments[0].name='a\\\\b.pdf'"}},
    {RULE_ATTACHMENT_NAME, ERROR, "attachments[0].name", {"report.attachments[0].name='.'"}},
    {RULE_ATTACHMENT_NAME, ERROR, "attachments[0].name", {"report.attachments[0].name='..'"}},
    {RULE_TEXT_CONTROL, ERROR, "attachments[0].name", {"report.attachments[0].name='a\\u001b.pdf'"}},
    {RULE_ATTACHMENT_NAME, PASSES, "", {"report.attachments[0].name='...pdf'"}},
    {RULE_ATTACHMENT_NAME, PASSES, "", {"report.attachments[0].name='Phụ lục 1.pdf'"}},
    {RULE_ATTACHMENT_DIGEST, ERROR, "attachments[0].sha256", {"report.attachments[0].sha256='0101'"}},
    {RULE_ATTACHMENT_DIGEST, PASSES, "", {NULL}},
    {RULE_ATTACHMENT_ABSENT, ERROR, "attachments[0].sha256", {"files=[]"}},
    {RULE_ATTACHMENT_ABSENT,
     ERROR,
     "attachments[0].sha256",
     {"report.attachments[0].sha256='0101010101010101010101010101010101010101010101010101010101010102'"}},
    {RULE_ATTACHMENT_ABSENT, PASSES, "", {"files=[]", "report.attachments=[]"}},
    {RULE_ATTACHMENT_SIZE, ERROR, "attachments[0].size", {"report.attachments[0].size=8"}},
    {RULE_ATTACHMENT_SIZE, PASSES, "", {NULL}},

    {RULE_TEXT_EMPTY, ERROR, "entries[0].result", {"report.entries[0].result='  \\n'"}},
    {RULE_TEXT_EMPTY, ERROR, "entries[0].indicators[1].text", {"report.entries[0].indicators[+]={'indicator':'note','text':''}"}},
    {RULE_TEXT_EMPTY, PASSES, "", {"report.entries[0].result=''"}},
    {RULE_TEXT_LENGTH, ERROR, "entries[1].obstacles", {"report.entries[1].obstacles=*10001"}},
    {RULE_TEXT_LENGTH, ERROR, "document.number", {"report.document.number=*65"}},
    {RULE_TEXT_LENGTH, ERROR, "document.signer_title", {"report.document.signer_title=*201"}},
    {RULE_TEXT_LENGTH, ERROR, "general_assessment", {"report.general_assessment=*20001"}},
    {RULE_TEXT_LENGTH,
     ERROR,
     "entries[0].indicators[1].text",
     {"report.entries[0].indicators[+]={'indicator':'note'}", "report.entries[0].indicators[1].text=*2001"}},
    {RULE_TEXT_LENGTH, PASSES, "", {"report.entries[1].obstacles=*10000", "report.general_assessment=*20000"}},
    {RULE_TEXT_CONTROL, ERROR, "entries[0].next_steps", {"report.entries[0].next_steps='a\\u0007'"}},
    {RULE_TEXT_CONTROL,
     ERROR,
     "entries[0].indicators[0].no_figure_reason",
     {"report.entries[0].indicators[0].no_figure_reason='a\\u0007'"}},
    {RULE_TEXT_CONTROL, PASSES, "", {"report.entries[0].next_steps='a\\n\\tb'"}},
    {RULE_TEXT_LINE, ERROR, "document.number", {"report.document.number='45/BC\\n-SYT'"}},
    {RULE_TEXT_LINE, ERROR, "document.signer", {"report.document.signer='Hoa\\u200b'"}},
    {RULE_TEXT_LINE, ERROR, "document.signer_title", {"report.document.signer_title='a\\tb'"}},
    {RULE_TEXT_LINE, ERROR, "attachments[0].name", {"report.attachments[0].name='a\\u202efdp.exe'"}},
    {RULE_TEXT_CONTROL, ERROR, "entries[0].result", {"report.entries[0].result='a\\u200b\\nb'"}},
    {RULE_TEXT_CONTROL, ERROR, "general_assessment", {"report.general_assessment='a\\u202eb'"}},
    {RULE_TEXT_LINE, PASSES, "", {"report.entries[0].result='a\\u00ad\\nb'"}},
    {RULE_TEXT_NFC, ERROR, "entries[0].proposals", {"report.entries[0].proposals='Thie\\u0302\\u0301u'"}},
    {RULE_TEXT_NFC, PASSES, "", {"report.entries[0].proposals='Thi\\u1ebfu'"}},
};
enum { N_CASES = sizeof CASES / sizeof *CASES };

// --- Applying a case -------------------------------------------------------------------------------------------------------------

static json_t *parse (const char *text)
{
    char *copy = strdup (text);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_error_t error;
    json_t *json = json_loads (copy, JSON_DECODE_ANY, &error);
    ck_assert_msg (json != NULL, "%s: %s", error.text, text);
    free (copy);
    return json;
}

static json_t *letters (int count)
{
    char *text = calloc ((size_t)count + 1, strlen ("ế"));
    for (int i = 0; i < count; i++)
        strcat (text + i * (int)strlen ("ế"), "ế");
    json_t *json = json_string (text);
    free (text);
    return json;
}

static void set_member (json_t *parent, const char *name, json_t *value)
{
    if (json_is_object (parent) && value)
        json_object_set_new (parent, name, value);
    else if (json_is_object (parent))
        ck_assert_msg (json_object_del (parent, name) == 0, "no %s to remove", name);
    else if (*name == '+')
        json_array_append_new (parent, value);
    else if (value)
        ck_assert_int_eq (json_array_set_new (parent, (size_t)atoi (name), value), 0);
    else
        ck_assert_int_eq (json_array_remove (parent, (size_t)atoi (name)), 0);
}

static void apply (json_t *situation, const char *change)
{
    char *path = strdup (change), *end = path + strcspn (path, "=*"), mark = *end, *argument = end + 1;
    *end = 0;
    json_t *parent = NULL, *place = situation;
    char *name = NULL;
    for (char *rest = path, *part = strsep (&rest, ".["); part; part = rest ? strsep (&rest, ".[") : NULL) {
        part[strcspn (part, "]")] = 0;
        parent = place;
        name = part;
        place = json_is_array (parent) ? json_array_get (parent, (size_t)atoi (part)) : json_object_get (parent, part);
    }
    if (mark == '*')
        for (int i = atoi (argument); i > 1; i--)
            json_array_insert (parent, (size_t)atoi (name), place);
    else
        set_member (parent, name, *argument == '*' ? letters (atoi (argument + 1)) : *argument ? parse (argument) : NULL);
    free (path);
}

static ProtobufCMessage *message (const json_t *json, const ProtobufCMessageDescriptor *type)
{
    char *error = NULL;
    ProtobufCMessage *result = json ? report_from_json (json, type, NULL, &error) : NULL;
    ck_assert_msg (!error, "%s", error);
    return result;
}

static size_t messages (const json_t *list, const ProtobufCMessageDescriptor *type, ProtobufCMessage *out[])
{
    for (size_t i = 0; i < json_array_size (list); i++)
        out[i] = message (json_array_get (list, i), type);
    return json_array_size (list);
}

static void check_situation (const json_t *situation, void (*spoil) (Baocao__V1__Report *), findings_t *findings)
{
    ProtobufCMessage *previous[4], *files[4];
    Baocao__V1__Report *report =
        (Baocao__V1__Report *)message (json_object_get (situation, "report"), &baocao__v1__report__descriptor);
    json_t *received = json_pack ("{s:O}", "received_at", json_object_get (situation, "received_at"));
    Baocao__V1__ReceiptBody *body = (Baocao__V1__ReceiptBody *)message (received, &baocao__v1__receipt_body__descriptor);
    rules_facts_t facts = {
        .unit = json_string_value (json_object_get (situation, "unit")),
        .claimed_plan = json_string_value (json_object_get (situation, "claimed_plan")),
        .claimed_period = json_string_value (json_object_get (situation, "claimed_period")),
        .duties = (Baocao__V1__PlanDuties *)message (json_object_get (situation, "duties"), &baocao__v1__plan_duties__descriptor),
        .received_at = body->received_at->seconds * 1000 + body->received_at->nanos / 1000000,
        .previous = (Baocao__V1__TaskProgress **)previous,
        .n_previous = messages (json_object_get (situation, "previous"), &baocao__v1__task_progress__descriptor, previous),
        .files = (Baocao__V1__PresentFile **)files,
        .n_files = messages (json_object_get (situation, "files"), &baocao__v1__present_file__descriptor, files),
    };
    if (spoil)
        spoil (report);
    findings_init (findings);
    rules_check (report, &facts, findings);

    protobuf_c_message_free_unpacked (&report->base, NULL);
    protobuf_c_message_free_unpacked (&body->base, NULL);
    protobuf_c_message_free_unpacked ((ProtobufCMessage *)facts.duties, NULL);
    for (size_t i = 0; i < facts.n_previous; i++)
        protobuf_c_message_free_unpacked (previous[i], NULL);
    for (size_t i = 0; i < facts.n_files; i++)
        protobuf_c_message_free_unpacked (files[i], NULL);
    json_decref (received);
}

static void check_case (const case_t *one, findings_t *findings)
{
    json_t *situation = parse (SOUND);
    for (int i = 0; i < 5 && one->changes[i]; i++)
        apply (situation, one->changes[i]);
    check_situation (situation, NULL, findings);
    json_decref (situation);
}

static const Baocao__V1__Finding *find (const findings_t *findings, rule_id_t rule)
{
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp (findings->items[i]->code, rules_table[rule].code) == 0)
            return findings->items[i];
    return NULL;
}

static void check_message (const char *text)
{
    ck_assert_msg (text_check (text, 1000) == TEXT_OK, "%s", text);
    ck_assert_msg (!strchr (text, '$'), "%s", text);
}

// --- Tests -----------------------------------------------------------------------------------------------------------------------

START_TEST (test_case)
{
    const case_t *one = &CASES[_i];
    const char *code = rules_table[one->rule].code;
    findings_t findings;
    check_case (one, &findings);
    const Baocao__V1__Finding *finding = find (&findings, one->rule);
    if (one->severity == PASSES)
        ck_assert_msg (!finding, "case %d: %s found at %s", _i, code, finding ? finding->path : "");
    else {
        ck_assert_msg (finding != NULL, "case %d: %s not found", _i, code);
        ck_assert_str_eq (finding->path, one->path);
        ck_assert_int_eq (finding->severity, one->severity);
        check_message (finding->message_vi);
        check_message (finding->message_en);
        ck_assert_int_eq (findings.errors > 0, one->severity == ERROR);
    }
    findings_clear (&findings);
}
END_TEST

START_TEST (test_sound)
{
    findings_t findings;
    check_case (&(case_t){0}, &findings);
    ck_assert_msg (findings.count == 0, "%s", findings.count ? findings.items[0]->message_en : "");
}
END_TEST

// A rule without a case that it finds and a case that it lets pass is not tested.
START_TEST (test_every_rule_has_cases)
{
    rule_id_t rule = (rule_id_t)_i;
    int finds = 0, passes = 0;
    for (int i = 0; i < N_CASES; i++)
        if (CASES[i].rule == rule)
            *(CASES[i].severity == PASSES ? &passes : &finds) += 1;
    if (rule != RULE_REPORT_MALFORMED && rule != RULE_TEXT_UTF8)  // these two have tests of their own
        ck_assert_msg (finds && passes, "%s: %d cases find, %d pass", rules_table[rule].code, finds, passes);
    ck_assert (rules_table[rule].code && strchr (rules_table[rule].code, '.'));
    for (int other = 0; other < _i; other++)
        ck_assert_str_ne (rules_table[other].code, rules_table[rule].code);
}
END_TEST

START_TEST (test_malformed)
{
    findings_t findings;
    findings_init (&findings);
    rules_malformed ("too deep \xff", &findings);
    ck_assert_uint_eq (findings.errors, 1);
    ck_assert_str_eq (findings.items[0]->code, "report.malformed");
    ck_assert_str_eq (findings.items[0]->path, "");
    check_message (findings.items[0]->message_vi);
    findings_clear (&findings);
}
END_TEST

static void spoil_with_latin1 (Baocao__V1__Report *report)
{
    strcpy (report->entries[0]->result, "\xc4\x90\xe3");
    strcpy (report->entries[1]->task, "T\xff\x01");
    strcpy (report->document->signer, "L\xea");
}

// Whatever bytes a report holds, what is said about it can be stored and shown.
START_TEST (test_not_utf8)
{
    findings_t findings;
    json_t *situation = parse (SOUND);
    check_situation (situation, spoil_with_latin1, &findings);
    json_decref (situation);
    int found = 0;
    for (size_t i = 0; i < findings.count; i++) {
        check_message (findings.items[i]->message_vi);
        check_message (findings.items[i]->message_en);
        found += strcmp (findings.items[i]->code, "text.utf8") == 0;
    }
    ck_assert_int_eq (found, 2);
    ck_assert_str_eq (findings.items[0]->path, "document.signer");
    ck_assert_ptr_nonnull (find (&findings, RULE_TASK_UNKNOWN));
    findings_clear (&findings);
}
END_TEST

// The example that every reader of a message judges us by.
START_TEST (test_wording)
{
    findings_t findings;
    case_t one = {0, 0, "", {"report.entries[0].progress_percent=120", "report.entries[0].budget.total_disbursed=1234567"}};
    check_case (&one, &findings);
    ck_assert_uint_eq (findings.count, 2);
    ck_assert_str_eq (findings.items[0]->message_vi, "Nhiệm vụ T.1: Tiến độ 120 nằm ngoài 0-100. Hãy nhập số từ 0 đến 100.");
    ck_assert_str_eq (findings.items[0]->message_en, "Task T.1: Progress 120 is outside 0-100. Give a number from 0 to 100.");
    ck_assert_ptr_nonnull (strstr (findings.items[1]->message_vi, "ghi là 1.234.567 đồng nhưng cộng các nguồn là 1.000 đồng"));
    ck_assert_ptr_nonnull (strstr (findings.items[1]->message_en, "stated as 1,234,567 VND, but the sources add up to 1,000 VND"));
    findings_clear (&findings);
}
END_TEST

// However many faults, the list stays short, says how many there are, and refuses the report.
START_TEST (test_flood_of_errors)
{
    findings_t findings;
    check_case (&(case_t){0, 0, "", {"report.entries[0].indicators[0]*50", "report.entries[0]*199"}}, &findings);
    ck_assert_uint_eq (findings.count, FINDINGS_MAX + 1);
    ck_assert_str_eq (findings.items[FINDINGS_MAX]->code, "findings.more");
    ck_assert_int_eq (findings.items[FINDINGS_MAX]->severity, ERROR);
    ck_assert_uint_lt (findings.errors, FINDINGS_MAX + 200);  // the check does not go on for ever
    findings_clear (&findings);
}
END_TEST

// Warnings that fill the list do not hide an error behind them.
START_TEST (test_error_behind_warnings)
{
    json_t *situation = parse (SOUND);
    for (int i = 0; i < 198; i++) {
        char change[200];
        snprintf (change, sizeof change, "duties.tasks[+]={'task':'X.%d','role':'coordinating'}", i);
        apply (situation, change);
        snprintf (change, sizeof change,
                  "report.entries[+]={'task':'X.%d','status':'in_progress','budget':{'lines':["
                  "{'source':'oda','allocated':1},{'source':'other','allocated':2}]}}",
                  i);
        apply (situation, change);
    }
    findings_t findings;
    check_situation (situation, NULL, &findings);
    ck_assert_uint_eq (findings.errors, 0);
    ck_assert_uint_eq (findings.warnings, 2 * 198);
    ck_assert_int_eq (findings.items[FINDINGS_MAX]->severity, WARNING);
    findings_clear (&findings);

    apply (situation, "report.entries[199].progress_percent=101");
    check_situation (situation, NULL, &findings);
    ck_assert_uint_eq (findings.errors, 1);
    ck_assert_int_eq (findings.items[FINDINGS_MAX]->severity, ERROR);
    findings_clear (&findings);
    json_decref (situation);
}
END_TEST

int main (void)
{
    Suite *suite = suite_create ("rules");
    TCase *cases = tcase_create ("rules");
    tcase_add_test (cases, test_sound);
    tcase_add_loop_test (cases, test_case, 0, N_CASES);
    tcase_add_loop_test (cases, test_every_rule_has_cases, 0, RULES);
    tcase_add_test (cases, test_malformed);
    tcase_add_test (cases, test_not_utf8);
    tcase_add_test (cases, test_wording);
    tcase_add_test (cases, test_flood_of_errors);
    tcase_add_test (cases, test_error_behind_warnings);
    suite_add_tcase (suite, cases);
    return suite_run (suite);
}
