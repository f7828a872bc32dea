// A report on its way out: read from the officer's file, with the files that go with it.
#pragma once

#include "client.h"
#include "spool.h"

typedef struct {
    Baocao__V1__Report *report;
    spool_file_t *files;
    size_t n_files;
} outgoing_t;

// Reads the report, and measures the files given with --attach, which become its attachments. An empty unit becomes the home's. NULL: said
// on stderr, *status_p is the exit code.
outgoing_t *outgoing_load (client_t *client, const char *path, const Baocao__V1__Duties *duties, int *status_p);
void outgoing_destroy (outgoing_t **self_p);
