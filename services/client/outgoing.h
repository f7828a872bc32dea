// A report on its way out: read from the officer's file, with the files that go with it.
#pragma once

#include "client.h"
#include "file.h"
#include "spool.h"

typedef struct {
    file_t *file;                // the report's cells, and those that cannot be read
    Baocao__V1__Report *report;  // the file's
    spool_file_t *files;
    size_t n_files;
} outgoing_t;

// Reads the report, and measures the files given with --attach, which become its attachments. An empty unit becomes the home's. NULL: said
// on stderr, *status_p is the exit code. A report with cells that cannot be read is refused, each of them named.
outgoing_t *outgoing_load (client_t *client, const char *path, const Baocao__V1__Duties *duties, int *status_p);

// The same, but such a report is given out as far as it can be read: to be checked, not to be sent.
outgoing_t *outgoing_read (client_t *client, const char *path, const Baocao__V1__Duties *duties, int *status_p);
void outgoing_destroy (outgoing_t **self_p);
