// The skeleton that every service stands on: options, configuration, log, clock, signals, event loop, health, shutdown.
//
// A service is a bc_service_class_t and a main() that calls bc_service_main(). The order is the same everywhere:
//   options -> configuration -> log -> rehearsal clock -> start() -> loop until SIGINT or SIGTERM -> stop() -> exit
// and stop() undoes start() in reverse.
//
// Options of every service: --config FILE, --exit-when-idle (leave with status 0 once there is nothing to do), --version,
// --help. Exit status: 0, or 78 when the configuration is wrong, or 1 when start() failed.
#pragma once

#include <czmq.h>

#include "config.h"
#include "db.h"

typedef struct bc_service bc_service_t;

typedef struct {
    const char *name;     // "intake"
    const char *summary;  // one line for --help
    // Opens everything and hangs it into the loop. Returns the service's own state, or NULL with the reason logged; what had
    // been opened is closed again.
    void *(*start) (bc_service_t *service);
    // Closes everything. It may run the loop (zloop_start) once more, to end what is under way.
    void (*stop) (void **state_p);
    // Is there nothing under way and nothing known to be waiting? For --exit-when-idle.
    bool (*idle) (void *state);
    // Can it do its work now? For /health.
    bool (*healthy) (void *state);
} bc_service_class_t;

// Runs the service; the return value is main()'s.
int bc_service_main (int argc, char **argv, const bc_service_class_t *class);

zloop_t *bc_service_loop (bc_service_t *self);
bc_config_t *bc_service_config (bc_service_t *self);

// Asks for an ordered stop, as SIGTERM does. status is the exit status.
void bc_service_quit (bc_service_t *self, int status);

// The connection string of the service: "<name>/conninfo" in the configuration.
const char *bc_service_conninfo (bc_service_t *self);
