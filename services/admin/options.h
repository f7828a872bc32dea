// The command line: options may stand anywhere, "--" ends them. A public key (Z85, 40 characters) can begin with "-" and is
// taken for what it is.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// One bit an option, so that a command can say which it takes.
enum {
    OPTION_JSON = 1 << 0,
    OPTION_CONFIG = 1 << 1,
    OPTION_AS = 1 << 2,
    OPTION_HELP = 1 << 3,
    OPTION_VERSION = 1 << 4,
    OPTIONS_COMMON = OPTION_JSON | OPTION_CONFIG | OPTION_AS | OPTION_HELP | OPTION_VERSION,
    OPTION_NAME = 1 << 5,
    OPTION_REASON = 1 << 6,
    OPTION_OUTPUT = 1 << 7,
    OPTION_TARGET = 1 << 8,
    OPTION_READER = 1 << 9,
    OPTION_FROZEN = 1 << 10,
    OPTION_DRY_RUN = 1 << 11,
    OPTION_FROM = 1 << 12,
    OPTION_ROLE = 1 << 13,
    OPTION_LANGUAGE = 1 << 14,
    OPTION_FAILED = 1 << 15,
    OPTION_STATE = 1 << 16,
    OPTION_FOLLOW = 1 << 17,
    OPTION_INTO = 1 << 18,
    OPTION_TO = 1 << 19,
    OPTION_TASKS = 1 << 20,
    OPTION_KIND = 1 << 21,
    OPTION_NAME_EN = 1 << 22,
    OPTION_EXPIRES = 1 << 23,
    OPTION_NO_TOKEN = 1 << 24,
    OPTION_PASSWORD_FILE = 1 << 25,
    OPTION_NO_PASSWORD = 1 << 26,
    OPTION_AGENCY = 1 << 27,
    OPTION_MAIL = 1 << 28,
};

typedef struct {
    unsigned given;  // OPTION_... bits
    const char *config, *as, *name, *reason, *output, *target, *from, *role, *language, *state, *into, *to, *tasks, *kind, *name_en;
    const char *expires, *password_file, *mail;
    const char **operands;
    size_t n_operands;
} options_t;

typedef struct {
    const char *name;      // "output" is written --output
    char letter;           // 'o' is written -o; 0: none
    const char *argument;  // "FILE", marked for translation; NULL: takes none
    const char *summary;   // English, marked for translation
    unsigned bit;
    size_t offset;  // of its value in options_t
} option_t;

extern const option_t options_table[];  // ended by one without a name

// Reads the words after the program's name; the texts are borrowed from argv. 0, or -1: *error_p says why, in the user's
// language; the caller frees it.
int options_read (options_t *self, int argc, char **argv, char **error_p);
void options_clear (options_t *self);
