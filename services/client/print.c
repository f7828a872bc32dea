// print: the manual page and the shells' completions, for the build and for whoever has this one file only.
#include <stdio.h>
#include <string.h>

#include "help.h"

// --- The manual page (man(7)) ----------------------------------------------------------------------------------------------------

// What roff would take for its own is masked.
static void put (const char *text)
{
    for (bool start = true; *text; start = *text++ == '\n') {
        if (start && (*text == '.' || *text == '\''))
            fputs ("\\&", stdout);
        if (*text == '\\')
            fputs ("\\e", stdout);
        else if (*text == '-')
            fputs ("\\-", stdout);
        else
            putchar (*text);
    }
}

static void put_line (const char *macro, const char *text)
{
    printf ("%s ", macro);
    put (text);
    putchar ('\n');
}

static void put_literal (const char *text)
{
    puts (".nf");
    put (text);
    puts ("\n.fi");
}

static void put_options (const option_t *options)
{
    for (; options->name; options++) {
        printf (".TP\n");
        if (options->letter)
            printf ("\\fB\\-%c\\fR, ", options->letter);
        printf ("\\fB\\-\\-");
        put (options->name);
        printf ("\\fR");
        if (options->argument) {
            printf (" \\fI");
            put (_ (options->argument));
            printf ("\\fR");
        }
        putchar ('\n');
        put (_ (options->summary));
        putchar ('\n');
    }
}

static void put_command (const command_t *command)
{
    printf (".SS baocao %s", command->name);
    if (*command->operands) {
        putchar (' ');
        put (_ (command->operands));
    }
    putchar ('\n');
    put (_ (command->summary));
    puts (".");
    put_options (command->options);
    puts (".PP");
    put_literal (_ (command->examples));
}

static void put_topics (void)
{
    for (const topic_t *topic = client_topics; topic->name; topic++) {
        put_line (".SS", _ (topic->title));
        put_literal (_ (topic->text));
    }
}

void help_print_man (void)
{
    puts (".TH BAOCAO 1 " BAOCAO_DATE " \"baocao " BAOCAO_VERSION "\"");
    put_line (".SH", _ ("NAME"));
    put_line ("baocao \\-", _ ("a department's reports, from the invite to the receipt"));
    put_line (".SH", _ ("SYNOPSIS"));
    puts (".B baocao");
    put_line (".I", _ ("COMMAND"));
    put (_ ("[OPTION...] [OPERAND...]"));
    putchar ('\n');
    put_line (".SH", _ ("COMMANDS"));
    for (const command_t *command = client_commands; command->name; command++)
        if (help_is_public (command))
            put_command (command);
    put_line (".SH", _ ("OPTIONS OF EVERY COMMAND"));
    put_options (client_options);
    put_line (".SH", _ ("TOPICS"));
    put_topics ();
}

// --- The shells ------------------------------------------------------------------------------------------------------------------

static const char BASH[] = "# bash completion of baocao: the program itself says what can stand there.\n"
                           "_baocao ()\n"
                           "{\n"
                           "    local candidate\n"
                           "    COMPREPLY=()\n"
                           "    while IFS=$'\\t' read -r candidate _; do\n"
                           "        case $candidate in\n"
                           "            :files) compopt -o default ;;\n"
                           "            :directories) compopt -o dirnames ;;\n"
                           "            *) COMPREPLY+=(\"$candidate\") ;;\n"
                           "        esac\n"
                           "    done < <(\"$1\" print candidates -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\n"
                           "}\n"
                           "complete -F _baocao baocao\n";

static const char ZSH[] =
    "#compdef baocao\n"
    "# zsh completion of baocao: the program itself says what can stand there.\n"
    "_baocao ()\n"
    "{\n"
    "    local line\n"
    "    local -a candidates\n"
    "    for line in \"${(@f)$(\"$words[1]\" print candidates -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
    "        case $line in\n"
    "            :files) _files ;;\n"
    "            :directories) _files -/ ;;\n"
    "            ?*) candidates+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\") ;;\n"
    "        esac\n"
    "    done\n"
    "    (( $#candidates )) && _describe baocao candidates\n"
    "}\n"
    "if [[ $funcstack[1] == _baocao ]]; then _baocao; else compdef _baocao baocao; fi\n";

static const char FISH[] = "# fish completion of baocao: the program itself says what can stand there.\n"
                           "function __baocao_candidates\n"
                           "    set -l words (commandline -opc) (commandline -ct)\n"
                           "    for line in ($words[1] print candidates -- $words[2..-1] 2>/dev/null)\n"
                           "        switch $line\n"
                           "            case ':files'\n"
                           "                __fish_complete_path (commandline -ct)\n"
                           "            case ':directories'\n"
                           "                __fish_complete_directories (commandline -ct) ''\n"
                           "            case '*'\n"
                           "                echo $line\n"
                           "        end\n"
                           "    end\n"
                           "end\n"
                           "complete -c baocao -f -a '(__baocao_candidates)'\n";

int client_print (client_t *client)
{
    const args_t *args = client_args (client);
    const char *what = args_operand (args, 0);
    if (!strcmp (what, "man"))
        help_print_man ();
    else if (!strcmp (what, "candidates"))
        help_print_candidates (args, 1);
    else if (!strcmp (what, "bash"))
        fputs (BASH, stdout);
    else if (!strcmp (what, "zsh"))
        fputs (ZSH, stdout);
    else if (!strcmp (what, "fish"))
        fputs (FISH, stdout);
    else
        return client_misused (_ ("usage: baocao %s %s"), "print", "man|bash|zsh|fish");
    return CLIENT_DONE;
}
