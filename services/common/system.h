// What the commands ask of Linux and its C library alone. Everything else in them is ISO C, POSIX and the libraries, which
// `make lint` watches over: a port to another system replaces system.c.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

// Makes a new file of mode 0600 that no child inherits, open for writing; template is as for mkstemp and becomes its name. The file
// descriptor, or -1 (errno).
int bc_system_temporary (char *template);

// Fills with random bytes, good enough for keys.
void bc_system_random (void *bytes, size_t size);

// From now on what is printed on stdout and on stderr passes through `clean`, which is as text_disarm; what is for programs does so on a
// terminal only.
void bc_system_guard_output (size_t (*clean) (const char *text, size_t size, char *out, size_t *taken_p), bool programs);

// For bytes that are a file: stdout as it was, or, on a terminal, as it is now.
FILE *bc_system_plain_output (void);

// Frees a tree of tsearch(), and with free_node what hangs at each of its nodes.
void bc_system_tree_free (void *root, void (*free_node) (void *));
