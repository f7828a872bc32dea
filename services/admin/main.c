// baocao-admin: the standing agency's command.
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "common/language.h"
#include "common/log.h"

static int run (const command_t *command, const options_t *options)
{
    const char *path = options->config ? options->config : getenv ("BAOCAO_CONFIG");
    admin_t admin = {.options = options, .config = bc_config_new (path && *path ? path : NULL)};
    if (!admin.config)
        return EX_CONFIG;
    int status = command->run (&admin);
    PQfinish (admin.db);
    bc_config_destroy (&admin.config);
    return status;
}

static int dispatch (options_t *options)
{
    if (options->given & OPTION_VERSION) {
        puts ("baocao-admin " BAOCAO_VERSION);
        return 0;
    }
    if (options->n_operands == 0) {
        command_help_all ();
        return options->given & OPTION_HELP ? 0 : EX_USAGE;
    }
    if (options->n_operands == 1 && options->given & OPTION_HELP && command_help_group (options->operands[0]))
        return 0;
    const command_t *command = command_find (options);
    if (!command)
        return EX_USAGE;
    if (options->given & OPTION_HELP) {
        command_help (command);
        return 0;
    }
    int status = command_check (command, options);
    return status == 0 ? run (command, options) : status;
}

int main (int argc, char **argv)
{
    options_t options;
    char *error;
    bc_language_choose (admin_messages, NULL);
    bc_log_init ("admin", BC_LOG_WARNING);
    int status =
        options_read (&options, argc - 1, argv + 1, &error) == 0 ? dispatch (&options) : admin_fail (EX_USAGE, "%s", error);
    free (error);
    options_clear (&options);
    // Data that did not reach its file is a failure, too.
    if ((fflush (stdout) != 0 || ferror (stdout)) && status == 0)
        status = admin_fail (EX_UNAVAILABLE, "%s", _ ("the output could not be written"));
    return status;
}
