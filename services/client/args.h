// The command line: options from a table, operands, and "did you mean".
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *name;      // "attach" is written --attach
    char letter;           // 'o' is written -o; 0: none
    const char *argument;  // "FILE"; NULL: a flag
    const char *summary;   // English, marked for translation
} option_t;

typedef struct args args_t;

// Reads the words after the command's name by two tables, each ended by an option without a name. "--" ends the options.
// NULL: *error_p says why, in the user's language; the caller frees it. The texts are borrowed from argv.
args_t *args_new (const option_t *own, const option_t *global, int argc, char **argv, char **error_p);
void args_destroy (args_t **self_p);

bool args_flag (const args_t *self, const char *name);
const char *args_value (const args_t *self, const char *name);  // the last one given, or NULL
size_t args_count (const args_t *self, const char *name);
const char *args_nth (const args_t *self, const char *name, size_t index);

// A whole number within [minimum, maximum], or the default when the option is absent. 0, or -1 when it is no such number.
int args_number (const args_t *self, const char *name, long long absent, long long minimum, long long maximum, long long *value_p);

size_t args_operands (const args_t *self);
const char *args_operand (const args_t *self, size_t index);  // NULL past the last
