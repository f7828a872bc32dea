#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "xmem.h"

int bc_system_temporary (char *template)
{
    return mkostemp (template, O_CLOEXEC);
}

void bc_system_random (void *bytes, size_t size)
{
    char *at = bytes;
    while (size) {
        ssize_t n = getrandom (at, size, 0);
        if (n > 0) {
            at += n;
            size -= (size_t)n;
        }
    }
}

// --- What people are shown ----------------------------------------------------------------------------------------------------------------

typedef struct {
    int fd;
    size_t (*clean) (const char *text, size_t size, char *out, size_t *taken_p);
    char held[4];  // the beginning of a character
    size_t n_held;
} guard_t;

static bool write_all (int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t n = write (fd, bytes, size);
        if (n < 0 && errno != EINTR)
            return false;
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static ssize_t print_guarded (void *arg, const char *bytes, size_t size)
{
    guard_t *self = arg;
    size_t total = self->n_held + size, taken;
    char *text = xmalloc (total), *out = xmalloc (3 * total);
    memcpy (text, self->held, self->n_held);
    memcpy (text + self->n_held, bytes, size);
    bool written = write_all (self->fd, out, self->clean (text, total, out, &taken));
    self->n_held = total - taken;
    memcpy (self->held, text + taken, self->n_held);
    free (text);
    free (out);
    return written ? (ssize_t)size : 0;
}

static void guard (guard_t *self, FILE **stream_p, int buffering)
{
    FILE *stream = fopencookie (self, "w", (cookie_io_functions_t){.write = print_guarded});
    if (!stream)
        return;
    setvbuf (stream, NULL, buffering, 0);
    *stream_p = stream;
}

static FILE *plain;  // stdout as it was

void bc_system_guard_output (size_t (*clean) (const char *text, size_t size, char *out, size_t *taken_p), bool programs)
{
    bool terminal = isatty (STDOUT_FILENO);
    plain = stdout;
    static guard_t out = {.fd = STDOUT_FILENO}, error = {.fd = STDERR_FILENO};
    out.clean = error.clean = clean;
    if (terminal || !programs)
        guard (&out, &stdout, terminal ? _IOLBF : _IOFBF);
    guard (&error, &stderr, _IONBF);
}

FILE *bc_system_plain_output (void)
{
    return isatty (STDOUT_FILENO) ? stdout : plain;
}

void bc_system_tree_free (void *root, void (*free_node) (void *))
{
    tdestroy (root, free_node);
}
