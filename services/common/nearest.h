// "Did you mean ...?" for the commands.
#pragma once

#include <stddef.h>

// The one of count words that is nearest to what was typed, or NULL when none is near: more than half of it would have to change.
const char *bc_nearest (const char *word, const char *const *words, size_t count);
