// What can be said about a request without asking anybody. Pure.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "baocao/v1/client.pb-c.h"
#include "refusal.h"
#include "report/limits.h"

enum {
    REQUEST_MAX_LIMIT = 100,
    REQUEST_MAX_WAIT_MS = 60000,
    REQUEST_STATUS_LIMIT = 20,  // when none is given
    REQUEST_MAILBOX_LIMIT = 50,
};

// Is it one of the requests of client.proto, with every value in its range? The content of a report is not looked at.
refusal_t request_check (const Baocao__V1__ClientRequest *request);

// The digests of the attachments that a packed Report names, at most REPORT_MAX_ATTACHMENTS; returns their number. Bytes that are
// no Report give those found before the fault: validation says what is wrong with it.
size_t request_named_files (const uint8_t *report, size_t size, uint8_t (*digests)[REPORT_DIGEST_SIZE]);
