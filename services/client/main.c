// baocao: the command of departments and of the feed's readers. The commands are in commands.c; this file finds the one that is
// meant, reads its options, and runs it.

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/language.h"
#include "common/log.h"
#include "common/system.h"
#include "common/xmem.h"
#include "report/text.h"
#include "client.h"
#include "help.h"
#include "output.h"

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

// Finds the command and takes its one or two words out of the arguments. NULL: *name_p is what was asked for (the caller frees it).
static const command_t *find_command (int *argc_p, char **argv, char **name_p)
{
    int first = next_word (*argc_p, argv, 1);
    *name_p = NULL;
    if (first == *argc_p)
        return NULL;
    *name_p = xstrdup (argv[first]);
    const command_t *command = help_find_command (*name_p), *longer = NULL;
    int second = next_word (*argc_p, argv, first + 1);
    if (second < *argc_p) {
        char *both = xasprintf ("%s %s", argv[first], argv[second]);
        longer = help_find_command (both);
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

static bool takes (const command_t *command, const char *name)
{
    const option_t *option = command->options;
    while (option->name && strcmp (option->name, name) != 0)
        option++;
    return option->name;
}

// More or fewer operands than the command takes: it may be the name of another one ("mailbox raed"), or a document that is to go with
// the report.
static int misplaced (const command_t *command, const args_t *args)
{
    bool more = args_operands (args) > command->max_operands;
    if (more && help_is_group (command->name)) {
        char *name = xasprintf ("%s %s", command->name, args_operand (args, 0));
        int status = help_unknown (name, false);
        free (name);
        return status;
    }
    if (more && takes (command, "attach"))
        client_say (_ ("'baocao %s' takes one file; what is to go with it is given so: --attach '%s'"), command->name,
                    args_operand (args, command->max_operands));
    return client_misused (_ ("usage: baocao %s %s"), command->name, *command->operands ? _ (command->operands) : "");
}

static int run (const command_t *command, const args_t *args, bool vietnamese)
{
    long long seconds;
    if (args_flag (args, "help")) {
        help_print_command (command);
        return CLIENT_DONE;
    }
    if (args_operands (args) < command->min_operands || args_operands (args) > command->max_operands)
        return misplaced (command, args);
    if (args_number (args, "timeout", 0, 1, 3600, &seconds))
        return client_misused (_ ("--timeout is a number of seconds from 1 to 3600"));
    client_t *client = client_new (args, vietnamese);
    int status = command->run (client);
    client_destroy (&client);
    return status;
}

// What did not reach its file is a failure, too.
static int delivered (int status)
{
    if ((!fflush (stdout) && !ferror (stdout)) || status)
        return status;
    client_say (_ ("the output could not be written: is there room on the disk?"));
    return CLIENT_UNREACHABLE;
}

int main (int argc, char **argv)
{
    bool json = json_option (argc, argv);
    // File names, the invite and whatever the server says come from outside, and are printed all over; what is piped to a pager or
    // saved in a file comes before a terminal, too. JSON escapes by itself.
    bc_system_guard_output (text_disarm, json);
    const char *language = language_option (argc, argv);
    bool vietnamese = bc_language_choose (client_messages, language);
    bc_log_init ("baocao", BC_LOG_NOTHING);  // people are told in their language
    setenv ("TZ", "Asia/Ho_Chi_Minh", 0);    // where nothing else says: neither TZ nor, later, the plan
    if (sodium_init () < 0)
        return CLIENT_UNREACHABLE;
    if (argc > 1 && !strcmp (argv[1], "--version")) {
        puts ("baocao " BAOCAO_VERSION);
        return delivered (CLIENT_DONE);
    }
    char *name, *error = NULL;
    const command_t *command = find_command (&argc, argv, &name);
    static const option_t none[] = {{NULL, 0, NULL, NULL}};
    args_t *args = args_new (command ? command->options : none, client_options, argc - 1, argv + 1, &error);
    int status;
    if (language && strcmp (language, "vi") != 0 && strcmp (language, "en") != 0)
        status = client_misused (_ ("there are no messages in '%s'; --lang is vi (tiếng Việt) or en (English)"), language);
    else if (!command && name && args && args_flag (args, "help") && help_print_group (name))
        status = CLIENT_DONE;
    else if (!command && name)
        status = help_unknown (name, false);
    else if (!args)
        status = client_misused ("%s", error);
    else if (command)
        status = run (command, args, vietnamese);
    else if (args_flag (args, "help")) {
        help_print_all ();
        status = CLIENT_DONE;
    } else
        status = client_misused (_ ("which command?"));
    if (status && json)
        output_json_failure ();
    free (name);
    free (error);
    args_destroy (&args);
    return delivered (status);
}
