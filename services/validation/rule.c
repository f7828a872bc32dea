#include "rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plan/duties.h"
#include "report/text.h"

enum { EXCERPT_SIZE = 160, MESSAGE_SIZE = 1000, PATH_SIZE = 160 };

void check_enter (check_t *self, const char *list, size_t index)
{
    self->place[self->depth].list = list;
    self->place[self->depth++].index = index;
}

void check_leave (check_t *self)
{
    self->depth--;
}

Baocao__V1__TaskRole check_role (const check_t *self, const Baocao__V1__TaskDuty *duty)
{
    return self->period ? duties_role (self->period, duty) : duty->role;
}

static void write_path (const check_t *self, const char *field, char path[PATH_SIZE])
{
    size_t length = 0;
    path[0] = 0;
    for (size_t i = 0; i < self->depth; i++)
        length += (size_t)snprintf (path + length, PATH_SIZE - length, "%s%s[%zu]", i ? "." : "", self->place[i].list,
                                    self->place[i].index);
    snprintf (path + length, PATH_SIZE - length, "%s%s", length && *field ? "." : "", field);
}

// 1234567 as "1.234.567" (Vietnamese) or "1,234,567".
static void write_number (int64_t number, char separator, char text[EXCERPT_SIZE])
{
    char plain[24];
    int length = snprintf (plain, sizeof plain, "%" PRId64, number);
    char *out = text;
    for (int i = 0; i < length; i++) {
        *out++ = plain[i];
        int left = length - 1 - i;
        if (left && left % 3 == 0 && plain[i] != '-')
            *out++ = separator;
    }
    *out = 0;
}

typedef enum { VIETNAMESE, ENGLISH } language_t;

static void write_value (const rule_value_t *value, language_t language, char text[EXCERPT_SIZE])
{
    text[0] = 0;
    if (value->kind == VALUE_NUMBER)
        write_number (value->number, language == VIETNAMESE ? '.' : ',', text);
    else if (value->kind == VALUE_TEXT)
        text_excerpt (language == VIETNAMESE ? value->vi : value->en, text, EXCERPT_SIZE);
}

static void append (char message[MESSAGE_SIZE], size_t *length, const char *text, size_t size)
{
    if (size > MESSAGE_SIZE - 1 - *length)
        size = MESSAGE_SIZE - 1 - *length;
    memcpy (message + *length, text, size);
    *length += size;
    message[*length] = 0;
}

// Puts the values in the places of $1, $2, $3.
static void write_message (const check_t *self, const rule_value_t values[4], language_t language, const char *pattern,
                           char message[MESSAGE_SIZE])
{
    char part[EXCERPT_SIZE];
    size_t length = 0;
    message[0] = 0;
    if (self->task && *self->task) {
        text_excerpt (self->task, part, 80);
        length = (size_t)snprintf (message, MESSAGE_SIZE, language == VIETNAMESE ? "Nhiệm vụ %s: " : "Task %s: ", part);
    }
    while (*pattern) {
        size_t plain = strcspn (pattern, "$");
        append (message, &length, pattern, plain);
        pattern += plain;
        if (*pattern == '$') {
            write_value (&values[pattern[1] - '1'], language, part);
            append (message, &length, part, strlen (part));
            pattern += 2;
        }
    }
}

void rule_found (check_t *self, rule_id_t rule, const char *field, const rule_value_t values[4])
{
    const rule_t *row = &rules_table[rule];
    if (self->findings->count > FINDINGS_MAX) {  // no longer listed, so not worth writing
        findings_add (self->findings, row->code, row->severity, "", "", "");
        return;
    }
    char path[PATH_SIZE], vi[MESSAGE_SIZE], en[MESSAGE_SIZE];
    write_path (self, field, path);
    write_message (self, values, VIETNAMESE, row->message_vi, vi);
    write_message (self, values, ENGLISH, row->message_en, en);
    findings_add (self->findings, row->code, row->severity, path, vi, en);
}

static void text_found (check_t *self, const rule_text_t *kind, text_fault_t fault)
{
    static const rule_id_t rules[] = {
        [TEXT_EMPTY] = RULE_TEXT_EMPTY, [TEXT_TOO_LONG] = RULE_TEXT_LENGTH, [TEXT_NOT_UTF8] = RULE_TEXT_UTF8,
        [TEXT_NOT_NFC] = RULE_TEXT_NFC, [TEXT_CONTROL] = RULE_TEXT_CONTROL, [TEXT_NOT_LINE] = RULE_TEXT_LINE,
    };
    FOUND (self, rules[fault], kind->field, LABEL (kind->label_vi, kind->label_en), NUMBER (kind->max));
}

static text_fault_t fault_of (const rule_text_t *kind, const char *text)
{
    return kind->line ? text_check_line (text, kind->max) : text_check (text, kind->max);
}

bool rule_check_text (check_t *self, const rule_text_t *kind, const char *text)
{
    if (!*text)
        return false;
    text_fault_t fault = fault_of (kind, text);
    if (fault != TEXT_OK)
        text_found (self, kind, fault);
    return true;
}

void rule_require_text (check_t *self, const rule_text_t *kind, const char *text, rule_id_t missing)
{
    text_fault_t fault = fault_of (kind, text);
    if (fault == TEXT_EMPTY)
        FOUND (self, missing, kind->field, LABEL (kind->label_vi, kind->label_en));
    else if (fault != TEXT_OK)
        text_found (self, kind, fault);
}
