#include "language.h"

#include <libgen.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xmem.h"

static bool environment_is_vietnamese (void)
{
    static const char *const NAMES[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv (NAMES[i]);
        if (value && *value)
            return !strncmp (value, "vi", 2);
    }
    return false;
}

static bool bind_if_there (const char *domain, const char *place)
{
    char *file = xasprintf ("%s/vi/LC_MESSAGES/%s.mo", place, domain);
    bool there = !access (file, R_OK);
    if (there)
        bindtextdomain (domain, place);
    free (file);
    return there;
}

// The catalogue of an installed program, or of one that was just built.
static void bind_catalogue (const char *domain)
{
    static const char *const PLACES[] = {"../share/locale", "../locale", "../../locale"};
    const char *given = getenv ("BAOCAO_LOCALE");
    char program[4096];
    ssize_t size = readlink ("/proc/self/exe", program, sizeof program - 1);
    if (given && *given)
        bindtextdomain (domain, given);
    else if (size > 0) {
        program[size] = 0;
        const char *directory = dirname (program);
        bool there = false;
        for (size_t i = 0; !there && i < sizeof PLACES / sizeof *PLACES; i++) {
            char *place = xasprintf ("%s/%s", directory, PLACES[i]);
            there = bind_if_there (domain, place);
            free (place);
        }
    }
}

// Output is UTF-8 whatever the locale; gettext looks at LANGUAGE only when the locale is not plain C.
bool bc_language_choose (const char *domain, const char *option)
{
    bool vietnamese = option ? !strcmp (option, "vi") : environment_is_vietnamese ();
    setenv ("LANGUAGE", vietnamese ? "vi" : "en", 1);
    setlocale (LC_CTYPE, "C.UTF-8");
    setlocale (LC_MESSAGES, "C.UTF-8");
    bind_catalogue (domain);
    bind_textdomain_codeset (domain, "UTF-8");
    textdomain (domain);
    return vietnamese;
}
