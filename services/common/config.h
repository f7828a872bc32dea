// Configuration: a ZPL file (rfc.zeromq.org/spec/4), and the environment over it. The value of "intake/conninfo" comes from
// the environment variable BAOCAO_INTAKE_CONNINFO when that is set (at the time of bc_config_new), else from the file, else
// from the caller's default.
#pragma once

#include <stdbool.h>

typedef struct bc_config bc_config_t;

// Reads the file at path; NULL path: the environment and defaults only. NULL on error, with a log line that names the file.
bc_config_t *bc_config_new (const char *path);
void bc_config_destroy (bc_config_t **self_p);

// The value, or the default; the pointer lives as long as self.
const char *bc_config_get (bc_config_t *self, const char *key, const char *default_value);

// As a whole number within [minimum, maximum]. A value that is no such number is logged, by name, and *ok_p becomes false
// (it is left alone otherwise, so one flag serves a row of calls).
long bc_config_number (bc_config_t *self, const char *key, long default_value, long minimum, long maximum, bool *ok_p);

// Has any value asked for so far been no such number?
bool bc_config_is_wrong (const bc_config_t *self);
