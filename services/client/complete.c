// What the shells' completions ask for: the words that can stand where the cursor is, from the table of commands.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmem.h"
#include "help.h"

typedef struct {
    const command_t *command;  // the one that the words name so far
    const char *first;         // the first word of a name that may have two
    const option_t *option;    // the one whose value comes next
    size_t operands;
    const char *operand;  // the last of them
    bool ended;           // by "--": only operands from here on
} place_t;

static const option_t *find_option (const command_t *command, const char *word)
{
    const option_t *const tables[] = {command ? command->options : client_options, client_options};
    size_t size = strcspn (word, "=");
    for (size_t t = 0; t < 2; t++)
        for (const option_t *option = tables[t]; option->name; option++) {
            bool full =
                !strncmp (word, "--", 2) && size - 2 == strlen (option->name) && !strncmp (word + 2, option->name, size - 2);
            if (full || (option->letter && word[1] == option->letter && size == 2))
                return option;
        }
    return NULL;
}

static void take_name (place_t *self, const char *word)
{
    char *both = self->first ? xasprintf ("%s %s", self->first, word) : NULL;
    const command_t *command = both ? help_find_command (both) : help_find_command (word);
    if (!self->first)
        self->first = word;
    else if (!command) {
        self->operands++;
        self->operand = word;
    }
    if (command)
        self->command = command;
    free (both);
}

// "=" stands alone where the shell takes "--plan=x" apart.
static void take_word (place_t *self, const char *word)
{
    if (self->option) {
        if (strcmp (word, "=") != 0)
            self->option = NULL;
    } else if (!self->ended && !strcmp (word, "--"))
        self->ended = true;
    else if (!self->ended && word[0] == '-' && word[1]) {
        const option_t *option = find_option (self->command, word);
        if (option && option->argument && !strchr (word, '='))
            self->option = option;
    } else if (self->operands == 0 && !(self->command && strchr (self->command->name, ' ')))
        take_name (self, word);
    else
        self->operands++;
}

// --- Saying what can stand there -------------------------------------------------------------------------------------------------

static void offer (const char *prefix, const char *word, size_t size, const char *typed, const char *meaning)
{
    char *candidate = xasprintf ("%s%.*s", prefix, (int)size, word);
    if (!strncmp (candidate, typed, strlen (typed)))
        printf ("%s\t%s\n", candidate, meaning);
    free (candidate);
}

// What an argument's or operand's name in the table stands for: "[REPORT-ID|FILE]" a file, "DIR" a directory, "vi|en" one of these words.
static void offer_kind (const char *kind, const char *prefix, const char *typed)
{
    if (strstr (kind, "FILE") || strstr (kind, "INVITE"))
        puts (":files");
    else if (strstr (kind, "DIR"))
        puts (":directories");
    else if (islower ((unsigned char)*kind))
        for (size_t size; *kind && *kind != ' '; kind += size + (kind[size] == '|')) {
            size = strcspn (kind, "| ");
            offer (prefix, kind, size, typed, "");
        }
}

static void offer_options (const option_t *options, const char *typed)
{
    for (; options->name; options++)
        offer ("--", options->name, strlen (options->name), typed, _ (options->summary));
}

// The commands' names, a word at a time.
static void offer_names (const char *first, const char *typed)
{
    const char *last = "";
    for (const command_t *command = client_commands; command->name; command++) {
        const char *name = command->name;
        size_t size = strcspn (name, " ");
        bool two = name[size] == ' ';
        if (!help_is_public (command) || (first && !help_in_group (command, first)))
            continue;
        if (first)
            offer ("", name + size + 1, strlen (name + size + 1), typed, _ (command->summary));
        else if (!two || strncmp (last, name, size) != 0)
            offer ("", name, size, typed, two ? "" : _ (command->summary));
        last = name;
    }
}

static void offer_operand (const place_t *place, const char *typed)
{
    bool help = place->command && !strcmp (place->command->name, "help");
    if (!place->operands && place->first)
        offer_names (place->first, typed);
    if (!place->first || help)
        offer_names (help && place->operands ? place->operand : NULL, typed);
    for (const topic_t *topic = client_topics; help && !place->operands && topic->name; topic++)
        if (!help_find_command (topic->name))
            offer ("", topic->name, strlen (topic->name), typed, _ (topic->title));
    if (place->command && place->operands < place->command->max_operands)
        offer_kind (*place->command->operands == '[' ? place->command->operands + 1 : place->command->operands, "", typed);
}

void help_print_candidates (const args_t *args, size_t first)
{
    place_t place = {0};
    size_t last = args_operands (args);
    const char *typed = last > first ? args_operand (args, --last) : "";
    for (size_t i = first; i < last; i++)
        take_word (&place, args_operand (args, i));
    const char *equals = strchr (typed, '=');
    const option_t *option = !place.ended && typed[0] == '-' ? find_option (place.command, typed) : NULL;
    if (place.option)
        offer_kind (place.option->argument, "", strcmp (typed, "=") != 0 ? typed : "");
    else if (equals && option && option->argument) {
        char *prefix = xmemdup (typed, (size_t)(equals + 1 - typed));
        offer_kind (option->argument, prefix, typed);
        free (prefix);
    } else if (!place.ended && typed[0] == '-') {
        if (place.command)
            offer_options (place.command->options, typed);
        offer_options (client_options, typed);
    } else
        offer_operand (&place, typed);
}
