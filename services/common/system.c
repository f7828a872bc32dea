#include "system.h"

#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <sys/random.h>

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

void bc_system_tree_free (void *root, void (*free_node) (void *))
{
    tdestroy (root, free_node);
}
