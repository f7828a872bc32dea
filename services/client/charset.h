// Bytes of a text file in whatever encoding Vietnamese offices save them, as UTF-8.
#pragma once

#include <stddef.h>

// UTF-8 and UTF-16 by their byte order marks or, UTF-8, without; and CP1258 and TCVN3 (as glibc's TCVN5712) when what comes out holds words
// of the template, so that no text is guessed at. In normalisation form C, NUL-terminated, without a mark; the caller frees it.
// NULL: it is none of these.
char *charset_text (const char *data, size_t size);
