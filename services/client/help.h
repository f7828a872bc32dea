// What the commands say of themselves, from the table of commands, and of the things around them: the topics.
#pragma once

#include "client.h"

typedef struct {
    const char *name;          // "deadline"
    const char *title, *text;  // English and marked for translation; commands to be typed are indented
} topic_t;

extern const topic_t client_topics[];  // ended by one without a name

// The command of that name ("receipt show"), or NULL.
const command_t *help_find_command (const char *name);

// Is the command "receipt show" one of the group "receipt"?
bool help_in_group (const command_t *command, const char *group);
bool help_is_group (const char *name);

// The commands that people are told of.
bool help_is_public (const command_t *command);

void help_print_command (const command_t *command);
bool help_print_group (const char *group);  // false: no command begins with this word
void help_print_all (void);

// Says which command may have been meant; returns CLIENT_USAGE. With topics: or which topic.
int help_unknown (const char *name, bool topics);

// To the shells' completions: what can stand in the place of the last of these words, which follow the program's name. A line for
// each: what it is, a tab, what it means; ":files" or ":directories" stands for those.
void help_print_candidates (const args_t *args, size_t first);

// The manual page, in the language chosen.
void help_print_man (void);
