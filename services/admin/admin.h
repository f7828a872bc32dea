// What the commands of baocao-admin share: the options given, the configuration, who acts, and what is said.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sysexits.h>  // exit codes: EX_USAGE 64, EX_DATAERR 65, EX_UNAVAILABLE 69, EX_NOPERM 77, EX_CONFIG 78

#include <libpq-fe.h>

#include "common/config.h"
#include "common/language.h"
#include "options.h"

extern const uint8_t admin_messages[];  // the Vietnamese catalogue, made from vi.po

typedef struct {
    const options_t *options;
    bc_config_t *config;
    PGconn *db;  // opened by the first statement (sql.h)
    char now[24];
    char submission[40];  // the id of the one that is meant (review.h)
} admin_t;

// Says "baocao-admin: ..." on stderr and returns status.
int admin_fail (int status, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

// May the text that was given at `place` ("--reason") be kept for the record? What a report's text may hold, on one line unless
// `lines`, at most max characters. 0, or EX_USAGE (said, with the remedy).
int admin_check_text (const char *place, const char *text, size_t max, bool lines);

// A value of the configuration; NULL when it is missing (said): exit with EX_CONFIG.
const char *admin_setting (admin_t *self, const char *key);

// Who acts: --as, or the user behind sudo, or the user.
const char *admin_who (const admin_t *self);

// The time by which decisions are dated: in a rehearsal the rehearsed one. 0, or -1 (said): exit with EX_CONFIG.
int admin_now (admin_t *self, int64_t *now_p);

// The same as text, in Unix ms, for a statement; valid until the next call. NULL (said): exit with EX_CONFIG.
const char *admin_now_text (admin_t *self);

// The path of a file in the directory of secrets (admin/keys): format gives the name. The directories on the way are made,
// with mode 0700. NULL (said): exit with EX_CONFIG. The caller frees it.
char *admin_key_path (admin_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

// Is the text a CURVE public key in Z85?
bool admin_is_public_key (const char *text);
