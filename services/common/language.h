// The language of a command's messages: Vietnamese or English. The locale need not be installed, since only messages depend on it.
#pragma once

#include <stdbool.h>

// Takes the messages of the gettext domain: option is what --lang says (NULL: the environment says, in the order of gettext:
// LANGUAGE, LC_ALL, LC_MESSAGES, LANG). The catalogue is that of BAOCAO_LOCALE, else the one beside the program. True: Vietnamese.
bool bc_language_choose (const char *domain, const char *option);
