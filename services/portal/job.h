// Programs that the portal runs: some at once, the others wait their turn; the loop never waits for them. Each gets its arguments as
// they are (no shell), a directory, an environment of its own and nothing else, a process group of its own, and limits; whatever it
// leaves behind in that group ends with it, and all end with the portal, even when that is killed.
#pragma once

#include <czmq.h>

typedef struct {
    const char *const *arguments;    // the program's path first (looked for in PATH when it has no '/'); ended by NULL
    const char *const *environment;  // "NAME=value"; ended by NULL; NULL: none but PATH
    const char *directory;           // where it runs
    unsigned seconds;                // at most, once it runs; also of processor time
    size_t memory;                   // bytes of address space; 0: no limit
    size_t file;                     // bytes of any file that it writes
    size_t output;                   // bytes of its standard output, and as many of its standard error, that are kept; more ends it
} job_t;

typedef enum {
    JOB_EXITED,    // status is its exit status
    JOB_KILLED,    // status is the signal
    JOB_TOO_LONG,  // it had no more time
    JOB_TOO_LOUD,  // it said more than is kept
    JOB_FAILED,    // it could not be started
} job_end_t;

typedef struct {
    job_end_t end;
    int status;
    const char *output, *errors;  // what it said, with a NUL byte behind it; good until the function returns
    size_t output_size;
} job_result_t;

typedef void job_done_fn (const job_result_t *result, void *arg);

typedef struct jobs jobs_t;

// at_once: how many run beside each other; waiting: how many wait.
jobs_t *jobs_new (zloop_t *loop, unsigned at_once, unsigned waiting);

// Kills what runs; nobody's done is called.
void jobs_destroy (jobs_t **self_p);

// Runs it when its turn comes; everything is copied. done is called once, later. 0, or -1: too many wait.
int jobs_run (jobs_t *self, const job_t *job, job_done_fn *done, void *arg);

unsigned jobs_under_way (const jobs_t *self);  // running and waiting
