// Out of the spool: attachments and report over the line, receipt, verdict. At every moment what counts is on disk.
#pragma once

#include "client.h"
#include "places.h"

typedef struct {
    const char *own;         // the report (its id) that this run is about; "": everything in the spool
    const places_t *places;  // the cells of the file that it came from; NULL: as the spool has them
    bool wait;               // for the verdict
    int verdict_ms;
    bool silent;  // says nothing when there is nothing to send, or nobody to send it to
} send_t;

// Sends what is in the spool of a joined home, oldest first. The exit code is that of the run's own report, or else the first that
// is not 0.
int send_spool (client_t *client, const send_t *what);
