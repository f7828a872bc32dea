// The client that is one file: carries the program and the libraries that Debian has no static form of, puts them into memory, and
// runs the program from there. Nothing is written to any disk; /proc must be there. What it carries is in the table `carried`, which
// the Makefile writes: first the program.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

typedef struct {
    const char *name;
    const char *start, *end;
} carried_t;

extern const carried_t carried[];  // ended by one without a name

// The file in memory, or -1 (errno). A library stays open, so that the dynamic loader finds it by its number.
static int unpack (const carried_t *file, unsigned flags)
{
    int fd = memfd_create (file->name, flags);
    for (const char *at = file->start; fd >= 0 && at < file->end;) {
        ssize_t n = write (fd, at, (size_t)(file->end - at));
        if (n < 0 && errno != EINTR)
            return -1;
        at += n > 0 ? n : 0;
    }
    return fd;
}

// The dynamic loader takes a library that is there already instead of looking for another of the same name.
static int preload (void)
{
    const char *before = getenv ("LD_PRELOAD");
    char list[4096];
    int size = snprintf (list, sizeof list, "%s", before ? before : "");
    for (const carried_t *file = carried + 1; file->name; file++) {
        int fd = unpack (file, 0);
        if (fd < 0 || size >= (int)sizeof list - 32)
            return -1;
        size += snprintf (list + size, sizeof list - (size_t)size, "%s/proc/self/fd/%d", size ? ":" : "", fd);
    }
    return size ? setenv ("LD_PRELOAD", list, 1) : 0;
}

int main (int argc, char **argv)
{
    (void)argc;
    int program = unpack (carried, MFD_CLOEXEC);
    if (program >= 0 && preload () == 0)
        fexecve (program, argv, environ);
    fprintf (stderr, "baocao: cannot start: %s\n", strerror (errno));
    return EX_OSERR;
}
