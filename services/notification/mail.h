// A notice as an e-mail: RFC 5322 and MIME, text and HTML. Pure. Whatever a notice or a name holds, it cannot add a header: header
// text is one line, and all that is not plain ASCII in it, or too long, is encoded (RFC 2047).
#pragma once

#include "baocao/v1/client.pb-c.h"

typedef struct {
    const char *from;          // mail address of the sender
    const char *to, *to_name;  // mail address and name of the receiver
    const char *message_id;    // with its angle brackets
    const char *language;      // "vi" or "en": the one that comes first; the other follows
    const Baocao__V1__Notice *notice;
    const char *calendar;         // iCalendar text that goes with it, or NULL
    const char *calendar_method;  // "REQUEST" or "CANCEL", as in that text
} mail_t;

// The whole message with CRLF line ends, the same bytes for the same input; the caller frees it. No line is longer than 998 bytes.
char *mail_compose (const mail_t *self, size_t *size_p);
