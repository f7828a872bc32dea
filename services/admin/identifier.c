#include "identifier.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"

enum { LENGTH_MAX = 35, GROUPS_MAX = 18 };

static bool is_first_level (const char *group)
{
    return strlen (group) == 3 && isupper ((unsigned char)group[0]) && strspn (group + 1, "0123456789") == 2;
}

// Cuts the text at its dots. The number of groups, or 0: one is empty or has other characters than letters and digits.
static size_t cut (char *text, char *groups[GROUPS_MAX])
{
    size_t n = 0;
    for (char *rest = text, *group; (group = strsep (&rest, "."));) {
        if (!*group || n == GROUPS_MAX || group[strspn (group, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")])
            return 0;
        groups[n++] = group;
    }
    return n;
}

static void reverse (char **groups, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        char *group = groups[i];
        groups[i] = groups[n - 1 - i];
        groups[n - 1 - i] = group;
    }
}

static char *join (char *const *groups, size_t n)
{
    char *text = xstrdup (groups[0]);
    for (size_t i = 1; i < n; i++) {
        char *longer = xasprintf ("%s.%s", text, groups[i]);
        free (text);
        text = longer;
    }
    return text;
}

char *identifier_national (const char *text)
{
    char *groups[GROUPS_MAX], *copy = xstrdup (text), *code = NULL;
    for (char *c = copy; *c; c++)
        *c = (char)toupper ((unsigned char)*c);
    size_t n = strlen (text) <= LENGTH_MAX ? cut (copy, groups) : 0;
    if (n > 1 && !is_first_level (groups[0]) && is_first_level (groups[n - 1])) {
        reverse (groups, n);
        while (n > 1 && strspn (groups[n - 1], "0") == strlen (groups[n - 1]))
            n--;
    }
    if (n > 0 && is_first_level (groups[0]))
        code = join (groups, n);
    free (copy);
    return code;
}
