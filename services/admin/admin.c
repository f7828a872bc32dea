// What the commands share.
#include "admin.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "common/clock.h"
#include "common/xmem.h"
#include "report/text.h"

int admin_fail (int status, const char *format, ...)
{
    va_list arguments;
    fputs ("baocao-admin: ", stderr);
    va_start (arguments, format);
    vfprintf (stderr, format, arguments);
    va_end (arguments);
    fputc ('\n', stderr);
    return status;
}

int admin_check_text (const char *place, const char *text, size_t max, bool lines)
{
    switch (lines ? text_check (text, max) : text_check_line (text, max)) {
    case TEXT_OK:
        return 0;
    case TEXT_NOT_LINE:
        return admin_fail (EX_USAGE, _ ("%s: write it on one line, without tabs and hidden characters"), place);
    case TEXT_EMPTY:
        return admin_fail (EX_USAGE, _ ("%s: nothing is written there; write it, or leave the option out"), place);
    case TEXT_TOO_LONG:
        return admin_fail (EX_USAGE, _ ("%s: longer than %zu characters; shorten it"), place, max);
    case TEXT_CONTROL:
        return admin_fail (EX_USAGE, _ ("%s: a control character is in it; take it out, or type it anew"), place);
    case TEXT_NOT_NFC:
        return admin_fail (EX_USAGE, _ ("%s: its accents are separate characters (not NFC); type it anew in precomposed Unicode"),
                           place);
    default:
        return admin_fail (EX_USAGE, _ ("%s: this is not UTF-8; set the terminal to UTF-8, and type it anew"), place);
    }
}

const char *admin_setting (admin_t *self, const char *key)
{
    const char *value = bc_config_get (self->config, key, "");
    if (*value)
        return value;
    admin_fail (EX_CONFIG, _ ("%s is not set: name it in the configuration file (--config or BAOCAO_CONFIG)"), key);
    return NULL;
}

const char *admin_who (const admin_t *self)
{
    if (self->options->as)
        return self->options->as;
    const char *who = getenv ("SUDO_USER");
    if (!who || !*who)
        who = getenv ("USER");
    if (who && *who)
        return who;
    const struct passwd *user = getpwuid (getuid ());
    return user ? user->pw_name : "unknown";
}

int admin_now (admin_t *self, int64_t *now_p)
{
    const char *path = bc_config_get (self->config, "clock/rehearsal", "");
    if (*path && !bc_clock_is_rehearsal () && bc_clock_rehearse (path) != 0) {
        admin_fail (EX_CONFIG, _ ("the rehearsal clock %s cannot be read (%s): set it with baocao-admin clock set TIME"), path,
                    strerror (errno));
        return -1;
    }
    *now_p = bc_clock_ms ();
    return 0;
}

const char *admin_now_text (admin_t *self)
{
    int64_t now;
    if (admin_now (self, &now) != 0)
        return NULL;
    snprintf (self->now, sizeof self->now, "%lld", (long long)now);
    return self->now;
}

// Makes the directories above the file. 0 or -1 (errno).
static int make_directories (char *path)
{
    for (char *slash = strchr (path + 1, '/'); slash; slash = strchr (slash + 1, '/')) {
        *slash = '\0';
        int failed = mkdir (path, 0700) != 0 && errno != EEXIST;
        *slash = '/';
        if (failed)
            return -1;
    }
    return 0;
}

char *admin_key_path (admin_t *self, const char *format, ...)
{
    const char *directory = admin_setting (self, "admin/keys");
    char *name = NULL;
    va_list arguments;
    if (!directory)
        return NULL;
    va_start (arguments, format);
    if (vasprintf (&name, format, arguments) < 0)
        abort ();
    va_end (arguments);
    char *path = xasprintf ("%s/%s", directory, name);
    free (name);
    if (make_directories (path) == 0)
        return path;
    admin_fail (EX_CONFIG, _ ("the directory of %s cannot be made: %s"), path, strerror (errno));
    free (path);
    return NULL;
}

bool admin_is_public_key (const char *text)
{
    uint8_t key[32];
    return strlen (text) == 40 && zmq_z85_decode (key, text);
}
