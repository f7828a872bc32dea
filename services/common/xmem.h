// Memory that is always there: running out ends the process with a log line, so no caller checks for NULL.
#pragma once

#include <stddef.h>

void *xmalloc (size_t size);
void *xcalloc (size_t count, size_t size);
void *xrealloc (void *memory, size_t size);
char *xstrdup (const char *text);

// A copy of size bytes with a NUL byte behind them.
void *xmemdup (const void *data, size_t size);

// printf into fresh memory; the caller frees it.
char *xasprintf (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
