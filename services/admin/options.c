// The command line.
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "common/nearest.h"
#include "common/xmem.h"

enum { TABLE_MAX = 32 };

const option_t options_table[] = {
    {"json", 0, NULL, N_ ("print JSON with stable English keys"), OPTION_JSON, 0},
    {"config", 0, N_ ("FILE"), N_ ("configuration file (else BAOCAO_CONFIG)"), OPTION_CONFIG, offsetof (options_t, config)},
    {"as", 0, N_ ("NAME"), N_ ("who acts, for the record (else SUDO_USER or USER)"), OPTION_AS, offsetof (options_t, as)},
    {"name", 0, N_ ("NAME"), N_ ("the officer, or whose key or address it is; a unit's name"), OPTION_NAME,
     offsetof (options_t, name)},
    {"reason", 0, N_ ("TEXT"), N_ ("why, for the record"), OPTION_REASON, offsetof (options_t, reason)},
    {"output", 'o', N_ ("FILE"), N_ ("write there instead of to the standard output"), OPTION_OUTPUT, offsetof (options_t, output)},
    {"target", 0, N_ ("CONNINFO"), N_ ("the database, as its superuser (else admin/superuser_conninfo)"), OPTION_TARGET,
     offsetof (options_t, target)},
    {"reader", 0, NULL, N_ ("for a reader of the feed"), OPTION_READER, 0},
    {"expires", 0, N_ ("DAYS"), N_ ("how long the invite is good for one computer (14 days)"), OPTION_EXPIRES,
     offsetof (options_t, expires)},
    {"no-token", 0, NULL, N_ ("nobody joins with it by themselves: the key comes by key add"), OPTION_NO_TOKEN, 0},
    {"password-file", 0, N_ ("FILE"), N_ ("the password is its first line (else it is asked for)"), OPTION_PASSWORD_FILE,
     offsetof (options_t, password_file)},
    {"no-password", 0, NULL, N_ ("signed in by a proxy in front of the portal alone"), OPTION_NO_PASSWORD, 0},
    {"agency", 0, NULL, N_ ("of the standing agency: sees what only it may see"), OPTION_AGENCY, 0},
    {"mail", 0, N_ ("ADDRESS"), N_ ("mail the link there instead of printing it"), OPTION_MAIL, offsetof (options_t, mail)},
    {"frozen", 0, NULL, N_ ("the clock stands still there"), OPTION_FROZEN, 0},
    {"dry-run", 0, NULL, N_ ("show what would change, and change nothing"), OPTION_DRY_RUN, 0},
    {"from", 0, N_ ("DATE"), N_ ("from when it holds, as in 2025-03-01"), OPTION_FROM, offsetof (options_t, from)},
    {"role", 0, N_ ("ROLE"), N_ ("officer, leader or digest: which notices go there (else officer)"), OPTION_ROLE,
     offsetof (options_t, role)},
    {"language", 0, N_ ("LANGUAGE"), N_ ("vi or en: which comes first (else vi)"), OPTION_LANGUAGE, offsetof (options_t, language)},
    {"failed", 0, NULL, N_ ("only what was given up"), OPTION_FAILED, 0},
    {"state", 0, N_ ("STATE"), N_ ("only reports that are accepted, returned, ..."), OPTION_STATE, offsetof (options_t, state)},
    {"follow", 0, NULL, N_ ("stay, and show what changes"), OPTION_FOLLOW, 0},
    {"into", 0, N_ ("UNIT[,UNIT...]"), N_ ("the units that take over"), OPTION_INTO, offsetof (options_t, into)},
    {"to", 0, N_ ("UNIT"), N_ ("the unit that takes them over"), OPTION_TO, offsetof (options_t, to)},
    {"tasks", 0, N_ ("TASK[,TASK...]"), N_ ("only these tasks, as in I.1 or 208/KH-UBND:I.1"), OPTION_TASKS,
     offsetof (options_t, tasks)},
    {"kind", 0, N_ ("KIND"), N_ ("department (unless said), agency, press, mass-organisation, district, commune"), OPTION_KIND,
     offsetof (options_t, kind)},
    {"name-en", 0, N_ ("NAME"), N_ ("the unit's English name"), OPTION_NAME_EN, offsetof (options_t, name_en)},
    {"help", 'h', NULL, N_ ("show this help"), OPTION_HELP, 0},
    {"version", 0, NULL, N_ ("show the version"), OPTION_VERSION, 0},
    {.name = NULL},
};

static char *unknown (const char *word)
{
    const char *names[TABLE_MAX];
    size_t count = 0;
    for (const option_t *option = options_table; option->name; option++)
        names[count++] = option->name;
    char *name = xstrdup (word + strspn (word, "-"));
    name[strcspn (name, "=")] = '\0';
    const char *nearest = bc_nearest (name, names, count);
    free (name);
    return nearest ? xasprintf (_ ("unknown option %s; did you mean --%s?"), word, nearest)
                   : xasprintf (_ ("unknown option %s"), word);
}

// A short option stands alone ("-o FILE"), so that a key that begins with its letter is not taken for it.
static const option_t *find (const char *word)
{
    for (const option_t *option = options_table; option->name; option++) {
        size_t size = strlen (option->name);
        if (option->letter && word[1] == option->letter && !word[2])
            return option;
        if (word[1] == '-' && strncmp (word + 2, option->name, size) == 0 && (!word[2 + size] || word[2 + size] == '='))
            return option;
    }
    return NULL;
}

// Takes the option at argv[*at] and its argument, which may be the next word. NULL, or what is wrong.
static char *take (options_t *self, const option_t *option, int argc, char **argv, int *at)
{
    const char *equals = argv[*at][1] == '-' ? strchr (argv[*at], '=') : NULL;
    const char *value = equals ? equals + 1 : NULL;
    self->given |= option->bit;
    if (!option->argument)
        return value ? xasprintf (_ ("option --%s takes no value"), option->name) : NULL;
    if (!value && *at + 1 < argc)
        value = argv[++*at];
    if (!value)
        return xasprintf (_ ("option --%s needs a value: %s"), option->name, _ (option->argument));
    *(const char **)((char *)self + option->offset) = value;
    return NULL;
}

int options_read (options_t *self, int argc, char **argv, char **error_p)
{
    bool ended = false;
    *self = (options_t){.operands = xcalloc ((size_t)argc + 1, sizeof *self->operands)};
    *error_p = NULL;
    for (int i = 0; i < argc && !*error_p; i++) {
        const char *word = argv[i];
        const option_t *option = ended || word[0] != '-' || !word[1] ? NULL : find (word);
        if (option)
            *error_p = take (self, option, argc, argv, &i);
        else if (!ended && strcmp (word, "--") == 0)
            ended = true;
        else if (ended || word[0] != '-' || !word[1] || admin_is_public_key (word))
            self->operands[self->n_operands++] = word;
        else
            *error_p = unknown (word);
    }
    return *error_p ? -1 : 0;
}

void options_clear (options_t *self)
{
    free (self->operands);
    self->operands = NULL;
}
