// A notice as the body of a web request, and the signature by which its receiver knows that it is ours. Pure.
#pragma once

#include <stddef.h>

#include "baocao/v1/client.pb-c.h"

enum { WEBHOOK_SIGNATURE_TEXT = 7 + 64 + 1 };  // "sha256=", hexadecimal, NUL

// JSON as `baocao mailbox --json` has it (report/json.h); the caller frees it.
char *webhook_body (const Baocao__V1__Notice *notice);

// "sha256=" and the HMAC-SHA-256 (RFC 2104) over the body's bytes; the key is the bytes of the secret's text.
void webhook_sign (const char *secret, const char *body, char signature[WEBHOOK_SIGNATURE_TEXT]);
