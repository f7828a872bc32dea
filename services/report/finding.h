// A growing list of findings: what the rules write into and services, client and tests read.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "baocao/v1/client.pb-c.h"

enum { FINDINGS_MAX = 200 };  // further ones are counted and summed up in one last finding

typedef struct {
    Baocao__V1__Finding **items;     // owned
    size_t count, errors, warnings;  // errors and warnings also count what was cut
} findings_t;

void findings_init (findings_t *self);
void findings_clear (findings_t *self);

// Adds one. path and the messages are copied.
void findings_add (findings_t *self, const char *code, Baocao__V1__Severity severity, const char *path, const char *message_vi,
                   const char *message_en);
