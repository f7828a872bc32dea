#include "args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"
#include "common/xmem.h"
#include "client.h"

enum { TABLE_MAX = 40 };

typedef struct {
    const option_t *option;
    const char *value;
} given_t;

struct args {
    const option_t *tables[2];
    given_t *given;
    size_t n_given;
    const char **operands;
    size_t n_operands;
};

// name need not end where the option's name ends: "--plan=208" has a value behind it.
static const option_t *find_name (const args_t *self, const char *name, size_t size)
{
    for (int t = 0; t < 2; t++)
        for (const option_t *option = self->tables[t]; option->name; option++)
            if (strlen (option->name) == size && !strncmp (option->name, name, size))
                return option;
    return NULL;
}

static const option_t *find_letter (const args_t *self, char letter)
{
    for (int t = 0; t < 2; t++)
        for (const option_t *option = self->tables[t]; option->name; option++)
            if (option->letter == letter)
                return option;
    return NULL;
}

static char *unknown_option (const args_t *self, const char *word)
{
    const char *names[TABLE_MAX];
    size_t count = 0;
    for (int t = 0; t < 2; t++)
        for (const option_t *option = self->tables[t]; option->name && count < TABLE_MAX; option++)
            names[count++] = option->name;
    char *name = xstrdup (word + strspn (word, "-"));
    name[strcspn (name, "=")] = 0;
    const char *nearest = bc_nearest (name, names, count);
    free (name);
    if (nearest)
        return xasprintf (_ ("unknown option %s; did you mean --%s?"), word, nearest);
    return xasprintf (_ ("unknown option %s"), word);
}

// Takes the option at argv[*at], and its argument, which may be the next word. NULL, or what is wrong.
static char *take_option (args_t *self, int argc, char **argv, int *at)
{
    const char *word = argv[*at], *value = NULL;
    const option_t *option;
    if (word[1] == '-') {
        size_t size = strcspn (word + 2, "=");
        option = find_name (self, word + 2, size);
        if (word[2 + size] == '=')
            value = word + 2 + size + 1;
    } else {
        option = find_letter (self, word[1]);
        if (word[2])
            value = word + 2;
    }
    if (!option)
        return unknown_option (self, word);
    if (!option->argument && value)
        return xasprintf (_ ("option --%s takes no value"), option->name);
    if (option->argument && !value) {
        if (*at + 1 >= argc)
            return xasprintf (_ ("option --%s needs a value: %s"), option->name, option->argument);
        value = argv[++*at];
    }
    self->given[self->n_given++] = (given_t){option, value};
    return NULL;
}

args_t *args_new (const option_t *own, const option_t *global, int argc, char **argv, char **error_p)
{
    args_t *self = xcalloc (1, sizeof *self);
    self->tables[0] = own;
    self->tables[1] = global;
    self->given = xcalloc ((size_t)argc + 1, sizeof *self->given);
    self->operands = xcalloc ((size_t)argc + 1, sizeof *self->operands);
    bool options = true;
    for (int i = 0; i < argc; i++) {
        if (options && !strcmp (argv[i], "--"))
            options = false;
        else if (options && argv[i][0] == '-' && argv[i][1]) {
            *error_p = take_option (self, argc, argv, &i);
            if (*error_p) {
                args_destroy (&self);
                return NULL;
            }
        } else
            self->operands[self->n_operands++] = argv[i];
    }
    return self;
}

void args_destroy (args_t **self_p)
{
    args_t *self = *self_p;
    if (!self)
        return;
    free (self->given);
    free (self->operands);
    free (self);
    *self_p = NULL;
}

size_t args_count (const args_t *self, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < self->n_given; i++)
        count += !strcmp (self->given[i].option->name, name);
    return count;
}

const char *args_nth (const args_t *self, const char *name, size_t index)
{
    for (size_t i = 0; i < self->n_given; i++)
        if (!strcmp (self->given[i].option->name, name) && index-- == 0)
            return self->given[i].value;
    return NULL;
}

bool args_flag (const args_t *self, const char *name)
{
    return args_count (self, name) > 0;
}

const char *args_value (const args_t *self, const char *name)
{
    size_t count = args_count (self, name);
    return count ? args_nth (self, name, count - 1) : NULL;
}

int args_number (const args_t *self, const char *name, long long absent, long long minimum, long long maximum, long long *value_p)
{
    const char *text = args_value (self, name);
    *value_p = absent;
    if (!text)
        return 0;
    char *end;
    errno = 0;
    *value_p = strtoll (text, &end, 10);
    return errno || end == text || *end || *value_p < minimum || *value_p > maximum ? -1 : 0;
}

size_t args_operands (const args_t *self)
{
    return self->n_operands;
}

const char *args_operand (const args_t *self, size_t index)
{
    return index < self->n_operands ? self->operands[index] : NULL;
}
