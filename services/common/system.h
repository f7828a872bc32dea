// What the commands ask of Linux and its C library alone. Everything else in them is ISO C, POSIX and the libraries, which
// `make lint` watches over: a port to another system replaces system.c.
#pragma once

#include <stddef.h>

// Makes a new file of mode 0600 that no child inherits, open for writing; template is as for mkstemp and becomes its name. The file
// descriptor, or -1 (errno).
int bc_system_temporary (char *template);

// Fills with random bytes, good enough for keys.
void bc_system_random (void *bytes, size_t size);

// From now on what is printed on stdout and on stderr passes through `clean`, each where it is a terminal. clean is as text_disarm.
void bc_system_guard_terminal (size_t (*clean) (const char *text, size_t size, char *out, size_t *taken_p));

// Frees a tree of tsearch(), and with free_node what hangs at each of its nodes.
void bc_system_tree_free (void *root, void (*free_node) (void *));
