// Limits on a report's content, as proto/baocao/v1/report.proto states them. Lengths are in characters (code points).
#pragma once

enum {
    REPORT_MAX_ENTRIES = 200,
    REPORT_MAX_ATTACHMENTS = 16,
    REPORT_MAX_INDICATORS = 50,   // per entry
    REPORT_MAX_BUDGET_LINES = 8,  // one for each source
    REPORT_MAX_TEXT = 10000,      // result, next steps, obstacles, proposals, reason of an entry
    REPORT_MAX_ASSESSMENT = 20000,
    REPORT_MAX_REASON = 2000,     // nothing to report, no figure, disbursed above allocated; an indicator's text
    REPORT_MAX_NAME = 200,        // signer, title, file name
    REPORT_MAX_NUMBER = 64,       // document number
    REPORT_MAX_CODE = 64,         // bytes
    REPORT_DIGEST_SIZE = 32,      // SHA-256
    REPORT_MAX_FILE = 50 << 20,   // bytes of an attachment
    REPORT_MIN_CHUNK = 16 << 10,  // bytes of one PutChunk, but for a file's last
    REPORT_MAX_CHUNK = 256 << 10,
    REPORT_ID_SIZE = 16,
    REPORT_MAX_SHARED = 256 << 10,  // bytes of a packed TaskEntry that units show each other
};

// Below or above this a stated amount of VND is probably in the wrong unit of money.
#define REPORT_MONEY_SUSPICIOUS_LOW 1000LL
#define REPORT_MONEY_SUSPICIOUS_HIGH 100000000000000LL
