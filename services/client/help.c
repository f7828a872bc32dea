#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uniwidth.h>

#include "common/nearest.h"
#include "common/xmem.h"
#include "output.h"

enum { NAMES_MAX = 96 };

// --- Commands --------------------------------------------------------------------------------------------------------------------

const command_t *help_find_command (const char *name)
{
    for (const command_t *command = client_commands; command->name; command++)
        if (!strcmp (command->name, name))
            return command;
    return NULL;
}

bool help_is_public (const command_t *command)
{
    return !command->hidden;
}

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

void help_print_command (const command_t *command)
{
    printf ("%s\n", _ ("Examples:"));
    print_indented (_ (command->examples));
    printf (_ ("\nbaocao %s: %s\n\nUsage: baocao %s %s\n\nOptions:\n"), command->name, _ (command->summary), command->name,
            *command->operands ? _ (command->operands) : "");
    print_options (command->options);
    print_options (client_options);
}

bool help_in_group (const command_t *command, const char *group)
{
    size_t size = strlen (group);
    return !strncmp (command->name, group, size) && command->name[size] == ' ';
}

bool help_is_group (const char *name)
{
    for (const command_t *command = client_commands; command->name; command++)
        if (help_in_group (command, name))
            return true;
    return false;
}

// Of the commands that begin with this word; false when there are none.
bool help_print_group (const char *group)
{
    bool found = false;
    for (const command_t *command = client_commands; command->name; command++)
        if (help_in_group (command, group)) {
            if (!found)
                printf ("%s\n", _ ("Examples:"));
            found = true;
            print_indented (_ (command->examples));
        }
    if (found)
        printf ("\n%s\n", _ ("Commands ('baocao COMMAND --help' tells more):"));
    for (const command_t *command = client_commands; command->name; command++)
        if (help_in_group (command, group))
            printf ("  %-16s  %s\n", command->name, _ (command->summary));
    return found;
}

void help_print_all (void)
{
    printf ("%s\n", _ ("Examples:"));
    print_indented (_ ("baocao join so-yte.baocao         # once, with the invite from the standing agency\n"
                       "baocao duties                     # what is due, and when\n"
                       "baocao template -o report.xlsx    # fill it in with Excel or LibreOffice\n"
                       "baocao check report.xlsx\n"
                       "baocao push report.xlsx"));
    printf ("\n%s\n", _ ("Commands ('baocao COMMAND --help' tells more):"));
    for (const command_t *command = client_commands; command->name; command++)
        if (help_is_public (command))
            printf ("  %-16s  %s\n", command->name, _ (command->summary));
    printf ("\n%s\n", _ ("Topics ('baocao help TOPIC' tells more):"));
    for (const topic_t *topic = client_topics; topic->name; topic++)
        printf ("  %-16s  %s\n", topic->name, _ (topic->title));
    printf ("\n%s\n", _ ("Options of every command:"));
    print_options (client_options);
}

// --- Guessing --------------------------------------------------------------------------------------------------------------------

int help_unknown (const char *name, bool topics)
{
    const char *names[NAMES_MAX];
    size_t count = 0, size = strcspn (name, " ");
    char *first = xmemdup (name, size);
    bool group = help_is_group (first);  // then only its second word can be wrong
    for (const command_t *command = client_commands; command->name && count < NAMES_MAX; command++)
        if (group ? help_in_group (command, first) : help_is_public (command))
            names[count++] = command->name;
    for (const topic_t *topic = client_topics; topics && topic->name && count < NAMES_MAX; topic++)
        names[count++] = topic->name;
    const char *nearest = bc_nearest (name, names, count);
    if (!nearest)
        nearest = group ? names[0] : bc_nearest (first, names, count);
    free (first);
    if (topics)
        return nearest ? client_misused (_ ("there is no help on '%s'; did you mean '%s'?"), name, nearest)
                       : client_misused (_ ("there is no help on '%s'"), name);
    return nearest ? client_misused (_ ("'%s' is not a command; did you mean '%s'?"), name, nearest)
                   : client_misused (_ ("'%s' is not a command"), name);
}

// --- The command "help" ----------------------------------------------------------------------------------------------------------

static const topic_t *find_topic (const char *name)
{
    for (const topic_t *topic = client_topics; topic->name; topic++)
        if (!strcmp (topic->name, name))
            return topic;
    return NULL;
}

static json_t *command_json (const command_t *command)
{
    json_t *options = json_array ();
    for (const option_t *option = command->options; option->name; option++)
        json_array_append_new (options, json_pack ("{s:s, s:s*, s:s}", "name", option->name, "argument",
                                                   option->argument ? _ (option->argument) : NULL, "summary", _ (option->summary)));
    return json_pack ("{s:s, s:s, s:s, s:s, s:o}", "command", command->name, "operands", _ (command->operands), "summary",
                      _ (command->summary), "examples", _ (command->examples), "options", options);
}

static json_t *topic_json (const topic_t *topic)
{
    return json_pack ("{s:s, s:s, s:s}", "topic", topic->name, "title", _ (topic->title), "text", _ (topic->text));
}

static void print_json (const command_t *command, const topic_t *topic, const char *group)
{
    json_t *commands = json_array (), *topics = json_array ();
    for (const command_t *each = client_commands; each->name; each++)
        if (help_is_public (each) && (group ? each == command || help_in_group (each, group) : true))
            json_array_append_new (commands, command_json (each));
    for (const topic_t *each = client_topics; each->name; each++)
        if (!group || each == topic)
            json_array_append_new (topics, topic_json (each));
    output_json (json_pack ("{s:o, s:o}", "commands", commands, "topics", topics));
}

// What is both a command and a topic has both said.
static void print_subject (const command_t *command, const topic_t *topic, const char *name)
{
    if (command)
        help_print_command (command);
    else if (!topic)
        help_print_group (name);
    if (topic)
        printf ("%s%s\n\n%s\n", command ? "\n" : "", _ (topic->title), _ (topic->text));
}

int client_help (client_t *client)
{
    const args_t *args = client_args (client);
    const char *first = args_operand (args, 0), *second = args_operand (args, 1);
    if (!first) {
        if (client_json (client))
            print_json (NULL, NULL, NULL);
        else
            help_print_all ();
        return CLIENT_DONE;
    }
    char *name = second ? xasprintf ("%s %s", first, second) : xstrdup (first);
    const command_t *command = help_find_command (name);
    const topic_t *topic = find_topic (name);
    int status = CLIENT_DONE;
    if (!command && !topic && !help_is_group (name))
        status = help_unknown (name, true);
    else if (client_json (client))
        print_json (command, topic, name);
    else
        print_subject (command, topic, name);
    free (name);
    return status;
}
