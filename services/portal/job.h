// Programs that the portal starts for what must not be done in the event loop: a document, a workbook that is checked. A few at a time;
// the others wait for their turn, and beyond a limit there is no room. No shell; a process group of its own, which is ended as a
// whole: when the time is up, when the program has ended, when the portal stops, and when it is killed.
#pragma once

#include <czmq.h>

typedef struct jobs jobs_t;
typedef struct job job_t;

enum { JOB_OUTPUT = 4 << 20, JOB_ERRORS = 8192 };

// Everything is copied.
typedef struct {
    const char *const *argv;         // the program by its path, or looked for in PATH; ended by NULL
    const char *const *environment;  // NAME=VALUE over the portal's own; ended by NULL, or NULL
    const char *directory;           // to start in; NULL: the portal's
    const char *input;               // a file as its standard input; NULL: nothing
    const char *output;  // a new file for its standard output, of mode 0600; NULL: it is kept in memory, up to JOB_OUTPUT
    int seconds;         // how long it may run
    int memory_mb;       // address space; 0: without a limit
    int file_mb;         // of each file that it writes; 0: without a limit
} job_class_t;

typedef struct {
    int status;  // exit status; 127: could not be started; -1: it was ended by a signal, or for one of its limits
    bool timed_out;
    const char *output;  // with a NUL byte behind it; what goes beyond the limit is missing, and the program was ended for it
    size_t output_size;
    const char *errors;  // what it said on standard error, its first JOB_ERRORS bytes; with a NUL byte behind it
} job_result_t;

// The result is good until it returns.
typedef void job_done_fn (const job_result_t *result, void *arg);

jobs_t *jobs_new (zloop_t *loop, size_t at_once, size_t waiting);
void jobs_destroy (jobs_t **self_p);  // ends those that run; done is not called any more

// done is called once, later. NULL: no room (done is not called).
job_t *jobs_run (jobs_t *self, const job_class_t *class, job_done_fn *done, void *arg);

// Nobody wants it any more: it is ended, and done is not called.
void job_cancel (job_t *job);

size_t jobs_count (const jobs_t *self);  // running and waiting
