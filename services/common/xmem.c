#include "xmem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

// Takes no memory itself: the log line is put together on the stack.
static void *checked (void *memory, size_t size)
{
    if (!memory) {
        bc_log (BC_LOG_ERROR, "memory.exhausted", NULL, "no room for %zu bytes", size);
        abort ();
    }
    return memory;
}

void *xmalloc (size_t size)
{
    return checked (malloc (size ? size : 1), size);
}

void *xcalloc (size_t count, size_t size)
{
    return checked (calloc (count ? count : 1, size ? size : 1), count * size);
}

void *xrealloc (void *memory, size_t size)
{
    return checked (realloc (memory, size ? size : 1), size);
}

char *xstrdup (const char *text)
{
    return xmemdup (text, strlen (text));
}

void *xmemdup (const void *data, size_t size)
{
    char *copy = checked (size < SIZE_MAX ? malloc (size + 1) : NULL, size);
    if (size)
        memcpy (copy, data, size);
    copy[size] = 0;
    return copy;
}

char *xasprintf (const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start (arguments, format);
    int size = vasprintf (&text, format, arguments);
    va_end (arguments);
    return checked (size < 0 ? NULL : text, 0);
}
