#include "config.h"

#include <ctype.h>
#include <czmq.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "xmem.h"

#define PREFIX "BAOCAO_"

enum {
    MAX_FILE = 262144,
    MAX_ZPL_LINE = 1024,  // czmq cuts longer ones in two
};

struct bc_config {
    zconfig_t *file;        // NULL: none
    zhashx_t *environment;  // what begins with PREFIX, as it was at the start: values stay where they are
    bool is_wrong;
};

static void free_text (void **text_p)
{
    free (*text_p);
    *text_p = NULL;
}

static zhashx_t *read_environment (void)
{
    zhashx_t *values = zhashx_new ();
    zhashx_set_destructor (values, free_text);
    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = strchr (*entry, '=');
        if (!equals || strncmp (*entry, PREFIX, strlen (PREFIX)))
            continue;
        char *name = xmemdup (*entry, (size_t)(equals - *entry));
        char *value = xstrdup (equals + 1);
        if (zhashx_insert (values, name, value))
            free (value);  // the name stood there twice; the first one counts, as with getenv()
        free (name);
    }
    return values;
}

// The file's text, in fresh memory; or NULL with a reason. (zconfig_load itself leaks when the file is not ZPL.)
static char *read_file (const char *path, const char **reason_p)
{
    FILE *file = fopen (path, "re");
    if (!file) {
        *reason_p = strerror (errno);
        return NULL;
    }
    char *text = xmalloc (MAX_FILE + 1);
    size_t size = fread (text, 1, MAX_FILE, file);
    text[size] = 0;
    *reason_p = ferror (file)                         ? strerror (errno)
                : !feof (file) && fgetc (file) != EOF ? "it is too large"
                : strlen (text) < size                ? "it has a NUL byte"
                                                      : NULL;
    for (const char *line = text; !*reason_p && *line; line += strcspn (line, "\n"), line += *line == '\n') {
        if (strcspn (line, "\n") > MAX_ZPL_LINE)
            *reason_p = "it has a line of more than 1024 bytes";
    }
    fclose (file);
    if (*reason_p) {
        free (text);
        return NULL;
    }
    return text;
}

static zconfig_t *load_file (const char *path)
{
    const char *reason;
    char *text = read_file (path, &reason);
    zconfig_t *file = text ? zconfig_str_load (text) : NULL;
    if (text && !file)
        reason = "it is not ZPL (lines \"name = value\", 4 spaces deeper for each level)";
    if (!file)
        bc_log (BC_LOG_ERROR, "config.unreadable", NULL, "cannot use the configuration file %s: %s", path, reason);
    free (text);
    return file;
}

bc_config_t *bc_config_new (const char *path)
{
    zconfig_t *file = path ? load_file (path) : NULL;
    if (path && !file)
        return NULL;
    bc_config_t *self = xcalloc (1, sizeof *self);
    self->file = file;
    self->environment = read_environment ();
    return self;
}

void bc_config_destroy (bc_config_t **self_p)
{
    bc_config_t *self = *self_p;
    if (!self)
        return;
    zhashx_destroy (&self->environment);
    zconfig_destroy (&self->file);
    free (self);
    *self_p = NULL;
}

const char *bc_config_get (bc_config_t *self, const char *key, const char *default_value)
{
    char *name = xasprintf (PREFIX "%s", key);
    for (char *at = name; *at; at++)
        *at = isalnum ((unsigned char)*at) ? (char)toupper ((unsigned char)*at) : '_';
    const char *value = zhashx_lookup (self->environment, name);
    free (name);
    if (!value && self->file)
        value = zconfig_get (self->file, key, NULL);
    return value ? value : default_value;
}

long bc_config_number (bc_config_t *self, const char *key, long default_value, long minimum, long maximum, bool *ok_p)
{
    const char *text = bc_config_get (self, key, NULL);
    if (!text)
        return default_value;
    char *end;
    errno = 0;
    long value = strtol (text, &end, 10);
    if (errno || end == text || *end || value < minimum || value > maximum) {
        bc_log (BC_LOG_ERROR, "config.invalid", NULL, "%s must be a whole number from %ld to %ld", key, minimum, maximum);
        *ok_p = false;
        self->is_wrong = true;
        return default_value;
    }
    return value;
}

bool bc_config_is_wrong (const bc_config_t *self)
{
    return self->is_wrong;
}
