// baocao: the command of departments and of the feed's readers. The commands are in commands.c; this file finds the one that is
// meant, reads its options, and runs it.

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uniwidth.h>

#include "common/language.h"
#include "common/log.h"
#include "common/nearest.h"
#include "common/xmem.h"
#include "client.h"
#include "output.h"

enum { NAMES_MAX = 64 };

// --- Options that must be known first --------------------------------------------------------------------------------------------

// The value of --lang wherever it stands, since even a complaint about options is in the user's language.
static const char *language_option (int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp (argv[i], "--") != 0; i++) {
        if (!strncmp (argv[i], "--lang=", 7))
            return argv[i] + 7;
        if (!strcmp (argv[i], "--lang") && i + 1 < argc)
            return argv[i + 1];
    }
    return NULL;
}

// Is --json there, even when the options cannot be made out?
static bool json_option (int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp (argv[i], "--") != 0; i++)
        if (!strcmp (argv[i], "--json"))
            return true;
    return false;
}

// --- Help ------------------------------------------------------------------------------------------------------------------------

static void print_indented (const char *text)
{
    while (*text) {
        int size = (int)strcspn (text, "\n");
        printf ("  %.*s\n", size, text);
        text += size + (text[size] == '\n');
    }
}

static void print_options (const option_t *options)
{
    for (; options->name; options++) {
        char letter[8] = "    ", *name = xasprintf ("--%s%s%s", options->name, options->argument ? " " : "",
                                                    options->argument ? _ (options->argument) : "");
        if (options->letter)
            snprintf (letter, sizeof letter, "-%c, ", options->letter);
        int gap = 20 - u8_strwidth ((const uint8_t *)name, "UTF-8");
        printf ("  %s%s%*s  %s\n", letter, name, gap > 0 ? gap : 0, "", _ (options->summary));
        free (name);
    }
}

static void print_command_help (const command_t *command)
{
    printf ("%s\n", _ ("Examples:"));
    print_indented (_ (command->examples));
    printf (_ ("\nbaocao %s: %s\n\nUsage: baocao %s %s\n\nOptions:\n"), command->name, _ (command->summary), command->name,
            *command->operands ? _ (command->operands) : "");
    print_options (command->options);
    print_options (client_options);
}

static bool in_group (const command_t *command, const char *word)
{
    size_t size = strlen (word);
    return !strncmp (command->name, word, size) && command->name[size] == ' ';
}

// Of the commands that begin with this word; false when there are none.
static bool print_group_help (const char *word)
{
    bool found = false;
    for (const command_t *command = client_commands; command->name; command++)
        if (in_group (command, word)) {
            if (!found)
                printf ("%s\n", _ ("Examples:"));
            found = true;
            print_indented (_ (command->examples));
        }
    if (found)
        printf ("\n%s\n", _ ("Commands ('baocao COMMAND --help' tells more):"));
    for (const command_t *command = client_commands; command->name; command++)
        if (in_group (command, word))
            printf ("  %-16s  %s\n", command->name, _ (command->summary));
    return found;
}

static void print_help (void)
{
    printf ("%s\n", _ ("Examples:"));
    print_indented (_ ("baocao join so-yte.baocao         # once, with the invite from the standing agency\n"
                       "baocao duties                     # what is due, and when\n"
                       "baocao template -o report.csv     # fill it in with a spreadsheet\n"
                       "baocao check report.csv\n"
                       "baocao push report.csv"));
    printf ("\n%s\n", _ ("Commands ('baocao COMMAND --help' tells more):"));
    for (const command_t *command = client_commands; command->name; command++)
        printf ("  %-16s  %s\n", command->name, _ (command->summary));
    printf ("\n%s\n", _ ("Options of every command:"));
    print_options (client_options);
    printf ("\n%s\n", _ ("Exit codes: 0 done, 1 the answer was no, 64 wrong use, 65 report refused or invalid, 69 server not "
                         "reached, 75 kept in the spool,\n"
                         "77 key not accepted, 78 home not set up."));
}

// --- The command -----------------------------------------------------------------------------------------------------------------

// Takes word `at` out of the arguments.
static void take_out (int *argc_p, char **argv, int at)
{
    memmove (argv + at, argv + at + 1, (size_t)(*argc_p - at) * sizeof *argv);
    --*argc_p;
}

// The index of the first word from `at` on that is no option and no option's value; argc when there is none.
static int next_word (int argc, char **argv, int at)
{
    for (; at < argc && argv[at][0] == '-'; at++)
        for (const option_t *option = client_options; option->name; option++)
            if (option->argument && !strncmp (argv[at], "--", 2) && !strcmp (argv[at] + 2, option->name)) {
                at++;
                break;
            }
    return at < argc ? at : argc;
}

static const command_t *command_named (const char *name)
{
    for (const command_t *command = client_commands; command->name; command++)
        if (!strcmp (command->name, name))
            return command;
    return NULL;
}

// Finds the command and takes its one or two words out of the arguments. NULL: *name_p is what was asked for (the caller frees it).
static const command_t *find_command (int *argc_p, char **argv, char **name_p)
{
    int first = next_word (*argc_p, argv, 1);
    *name_p = NULL;
    if (first == *argc_p)
        return NULL;
    *name_p = xstrdup (argv[first]);
    const command_t *command = command_named (*name_p), *longer = NULL;
    int second = next_word (*argc_p, argv, first + 1);
    if (second < *argc_p) {
        char *both = xasprintf ("%s %s", argv[first], argv[second]);
        longer = command_named (both);
        if (longer)
            take_out (argc_p, argv, second);
        if (longer || !command) {
            free (*name_p);
            *name_p = both;
            command = longer;
        } else
            free (both);
    }
    if (command)
        take_out (argc_p, argv, first);
    return command;
}

static int unknown_command (const char *name)
{
    const char *names[NAMES_MAX];
    size_t count = 0, size = strcspn (name, " ");
    for (const command_t *command = client_commands; command->name && count < NAMES_MAX; command++)
        names[count++] = command->name;
    for (size_t i = 0; i < count; i++)
        if (!strncmp (names[i], name, size) && names[i][size] == ' ')
            return client_misused (_ ("'%s' is not a command; did you mean '%s'?"), name, names[i]);
    const char *nearest = bc_nearest (name, names, count);
    if (!nearest) {
        char *first = xmemdup (name, size);
        nearest = bc_nearest (first, names, count);
        free (first);
    }
    return nearest ? client_misused (_ ("'%s' is not a command; did you mean '%s'?"), name, nearest)
                   : client_misused (_ ("'%s' is not a command"), name);
}

static int run (const command_t *command, const args_t *args, bool vietnamese)
{
    long long seconds;
    const char *language = args_value (args, "lang");
    if (args_flag (args, "help")) {
        print_command_help (command);
        return CLIENT_DONE;
    }
    if (args_operands (args) < command->min_operands || args_operands (args) > command->max_operands)
        return client_misused (_ ("usage: baocao %s %s"), command->name, *command->operands ? _ (command->operands) : "");
    if (args_number (args, "timeout", 0, 1, 3600, &seconds))
        return client_misused (_ ("--timeout is a number of seconds from 1 to 3600"));
    if (language && strcmp (language, "vi") != 0 && strcmp (language, "en") != 0)
        return client_misused (_ ("--lang is vi or en"));
    client_t *client = client_new (args, vietnamese);
    int status = command->run (client);
    client_destroy (&client);
    return status;
}

int main (int argc, char **argv)
{
    bool vietnamese = bc_language_choose (client_messages, language_option (argc, argv));
    bc_log_init ("baocao", BC_LOG_ERROR);
    setenv ("TZ", "Asia/Ho_Chi_Minh", 0);  // where nothing else says: neither TZ nor, later, the plan
    if (sodium_init () < 0)
        return CLIENT_UNREACHABLE;
    if (argc > 1 && !strcmp (argv[1], "--version")) {
        puts ("baocao " BAOCAO_VERSION);
        return CLIENT_DONE;
    }
    if (argc > 1 && !strcmp (argv[1], "help"))
        argv[1] = "--help";
    char *name, *error = NULL;
    bool json = json_option (argc, argv);
    const command_t *command = find_command (&argc, argv, &name);
    static const option_t none[] = {{NULL, 0, NULL, NULL}};
    args_t *args = args_new (command ? command->options : none, client_options, argc - 1, argv + 1, &error);
    int status;
    if (!command && name && args && args_flag (args, "help") && print_group_help (name))
        status = CLIENT_DONE;
    else if (!command && name)
        status = unknown_command (name);
    else if (!args)
        status = client_misused ("%s", error);
    else if (command)
        status = run (command, args, vietnamese);
    else if (args_flag (args, "help")) {
        print_help ();
        status = CLIENT_DONE;
    } else
        status = client_misused (_ ("which command?"));
    if (status && json)
        output_json_failure ();
    free (name);
    free (error);
    args_destroy (&args);
    return status;
}
