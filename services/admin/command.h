// The commands: one table, from which dispatch, --help and "did you mean" come.
#pragma once

#include "admin.h"

typedef struct {
    const char *name;      // "key add": one or two words
    const char *operands;  // "UNIT PUBLIC-KEY", marked for translation
    size_t min_operands, max_operands;
    unsigned options;             // OPTION_... bits besides the common ones
    const char *summary;          // the texts are English, marked for translation
    const char *examples;         // shell lines: the first thing in the help
    int (*run) (admin_t *admin);  // returns the exit code; operands after the name are in admin->options
} command_t;

extern const command_t commands[];  // ended by one without a name

// The command that the operands name; its words are taken out of the operands. NULL: there is none, which was said.
const command_t *command_find (options_t *options);

// Do operands and options fit, and may the texts be kept for the record? 0, or EX_USAGE (said).
int command_check (const command_t *self, const options_t *options);

void command_help (const command_t *self);   // on stdout
bool command_help_group (const char *noun);  // all commands of a noun, which may be one itself; false: it is none
void command_help_all (void);
