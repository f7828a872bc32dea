// baocao-produce: makes one product, and ends. The portal runs it as a worker; an operator can run it by hand.
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/config.h"
#include "common/language.h"
#include "common/log.h"
#include "common/xmem.h"
#include "product_db.h"
#include "report/text.h"

typedef struct {
    const char *config, *unit, *language, *file;
    const char *operands[3];  // PRODUCT, PLAN, PERIOD
    unsigned n_operands;
    bool bom;
    product_letter_t letter;
} options_t;

// --- Options ---------------------------------------------------------------------------------------------------------------------

enum { KEY_UNIT = 256, KEY_LANGUAGE, KEY_BOM, KEY_NUMBER, KEY_DATE, KEY_PLACE, KEY_POSITION, KEY_SIGNER };

static const struct argp_option OPTIONS[] = {
    {"config", 'c', "FILE", 0, "Read the configuration from FILE (default: $BAOCAO_CONFIG)", 0},
    {"unit", KEY_UNIT, "CODE", 0, "The unit that a unit's document is about", 0},
    {"language", KEY_LANGUAGE, "vi|en", 0, "The language of the words (default: vi)", 0},
    {"output", 'o', "FILE", 0, "Write to FILE, once it is whole (default: standard output)", 0},
    {"bom", KEY_BOM, NULL, 0, "Begin CSV with a byte order mark, for programs that want one", 0},
    {0, 0, 0, 0, "Of a letter of the standing unit (else left blank):", 0},
    {"number", KEY_NUMBER, "TEXT", 0, "Its number and symbol", 0},
    {"date", KEY_DATE, "YYYY-MM-DD", 0, "Its day", 0},
    {"place", KEY_PLACE, "NAME", 0, "Where it is issued (default: the place in the receiving unit's name)", 0},
    {"position", KEY_POSITION, "TEXT", 0, "Authority and position of who signs, a line each", 0},
    {"signer", KEY_SIGNER, "NAME", 0, "Who signs", 0},
    {0},
};

static error_t take_letter_option (int key, char *argument, struct argp_state *state)
{
    product_letter_t *letter = &((options_t *)state->input)->letter;
    const char **place_p = key == KEY_NUMBER     ? &letter->number
                           : key == KEY_DATE     ? &letter->date
                           : key == KEY_PLACE    ? &letter->place
                           : key == KEY_POSITION ? &letter->position
                           : key == KEY_SIGNER   ? &letter->signer
                                                 : NULL;
    if (!place_p)
        return ARGP_ERR_UNKNOWN;
    if (key == KEY_DATE && !text_is_date (argument))
        argp_error (state, "%s is no day as YYYY-MM-DD", argument);
    *place_p = argument;
    return 0;
}

static error_t take_option (int key, char *argument, struct argp_state *state)
{
    options_t *options = state->input;
    switch (key) {
    case 'c':
        options->config = argument;
        return 0;
    case KEY_UNIT:
        options->unit = argument;
        return 0;
    case KEY_LANGUAGE:
        if (strcmp (argument, "vi") != 0 && strcmp (argument, "en") != 0)
            argp_error (state, "the language is vi or en");
        options->language = argument;
        return 0;
    case 'o':
        options->file = argument;
        return 0;
    case KEY_BOM:
        options->bom = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->n_operands == 3)
            argp_error (state, "unexpected argument: %s", argument);
        options->operands[options->n_operands++] = argument;
        return 0;
    default:
        return take_letter_option (key, argument, state);
    }
}

static char *list_products (int key, const char *text, void *input)
{
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)text;
    char *list = xstrdup (text);
    for (const product_kind_t *kind = PRODUCTS; kind->name; kind++) {
        char *longer = xasprintf ("%s%s  %s%s%s\n", list, kind == PRODUCTS ? "PRODUCT is one of\n" : "", kind->name,
                                  kind->flags & PRODUCT_PLAN ? " (of the plan: without PERIOD)" : "",
                                  kind->flags & PRODUCT_UNIT ? " (with --unit)" : "");
        free (list);
        list = longer;
    }
    return list;
}

static void print_version (FILE *stream, struct argp_state *state)
{
    fprintf (stream, "%s %s\n", state->name, BAOCAO_VERSION);
}

static bool has_letter (const product_letter_t *letter)
{
    return letter->number || letter->date || letter->place || letter->position || letter->signer;
}

// Leaves the process by itself after --help, --version or a wrong option (64).
static const product_kind_t *read_options (options_t *options, int argc, char **argv)
{
    static const struct argp ARGP = {
        .options = OPTIONS,
        .parser = take_option,
        .args_doc = "PRODUCT PLAN [PERIOD]",
        .doc = "Makes a file or a document of a plan's reports, all of one moment.\v"
               "Exit status: 0 made, 64 usage, 66 no such plan, period or unit, or nothing to make it of, 69 the database does not "
               "answer, 70 it could not be "
               "made, 74 it could not be written, 78 configuration.\n\n",
        .help_filter = list_products,
    };
    argp_program_version_hook = print_version;
    argp_parse (&ARGP, argc, argv, 0, NULL, options);
    const product_kind_t *kind = options->n_operands ? product_kind (options->operands[0]) : NULL;
    if (options->n_operands && !kind)
        product_fail ("there is no product %s; baocao-produce --help lists them", options->operands[0]);
    else if (!kind || options->n_operands != (kind->flags & PRODUCT_PLAN ? 2u : 3u) ||
             !options->unit != !(kind->flags & PRODUCT_UNIT))
        product_fail ("say PRODUCT, PLAN and PERIOD, and for a unit's document --unit; baocao-produce --help has more");
    else if (!(kind->flags & PRODUCT_LETTER) && has_letter (&options->letter))
        product_fail ("%s is no letter of the standing unit: nobody can say its number, day, place and signer", kind->name);
    else
        return kind;
    exit (EX_USAGE);
}

// --- Configuration ---------------------------------------------------------------------------------------------------------------

// NULL: it is not enough, which was said.
static const char *configure (product_t *product, bc_config_t *config)
{
    const char *clock = bc_config_get (config, "clock/rehearsal", "");
    if (*clock && bc_clock_rehearse (clock)) {
        product_fail ("clock/rehearsal: cannot use %s: %s", clock, strerror (errno));
        return NULL;
    }
    product->url = bc_config_get (config, "portal/url", "http://localhost:8080");
    product->authority = bc_config_get (config, "products/authority", "localhost");
    bool sound = true;
    product->office = bc_config_get (config, "products/office", "/usr/lib/libreoffice/program/soffice.bin");
    product->time_limit = (int)bc_config_number (config, "products/time_limit", 60, 1, 3600, &sound);
    if (!sound)
        return NULL;
    const char *conninfo = bc_config_get (config, "products/conninfo", bc_config_get (config, "portal/conninfo", NULL));
    if (!conninfo)
        product_fail ("products/conninfo is not set: name it in the configuration file (--config or BAOCAO_CONFIG)");
    return conninfo;
}

// --- Making ----------------------------------------------------------------------------------------------------------------------

static int unwritten (const char *path)
{
    product_fail ("%s could not be written: %s", path, strerror (errno));
    return EX_IOERR;
}

static int make_to (product_t *product, FILE *out, const char *path)
{
    product->out = out;
    if (product->kind->make (product) != 0)
        return product->nothing ? EX_NOINPUT : EX_SOFTWARE;
    return fflush (out) != 0 || ferror (out) ? unwritten (path) : 0;
}

// A file is there whole or not at all.
static int make_file (product_t *product, const char *path)
{
    char *part = xasprintf ("%s.part", path);
    FILE *out = fopen (part, "w");
    int status = out ? make_to (product, out, part) : unwritten (part);
    if (out && fclose (out) != 0 && status == 0)
        status = unwritten (part);
    if (status == 0 && rename (part, path) != 0)
        status = unwritten (path);
    if (status != 0)
        unlink (part);
    free (part);
    return status;
}

static int make (product_t *product, const options_t *options, const char *conninfo)
{
    int status = product_open (product, conninfo, options->operands[1], options->operands[2], options->unit);
    tzset ();
    if (status == 0)
        status = options->file ? make_file (product, options->file) : make_to (product, stdout, "standard output");
    product_close (product);
    return status;
}

int main (int argc, char **argv)
{
    options_t options = {.language = "vi"};
    product_t product = {.kind = read_options (&options, argc, argv)};
    bc_log_init ("products", BC_LOG_WARNING);
    product.vietnamese = bc_language_choose (products_messages, options.language);
    product.bom = options.bom;
    product.letter = options.letter;
    const char *path = options.config ? options.config : getenv ("BAOCAO_CONFIG");
    bc_config_t *config = bc_config_new (path && *path ? path : NULL);
    const char *conninfo = config ? configure (&product, config) : NULL;
    int status = conninfo ? make (&product, &options, conninfo) : EX_CONFIG;
    bc_config_destroy (&config);
    return status;
}
