// A receipt as the text of a QR code: "baocao:1:" and the packed Receipt in base64url, so that paper alone is enough to verify it.
#pragma once

#include "baocao/v1/receipt.pb-c.h"

char *qr_text (const Baocao__V1__Receipt *receipt);  // the caller frees it
Baocao__V1__Receipt *qr_receipt (const char *text);  // NULL: it is no such text
