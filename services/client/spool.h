// The spool: reports on their way, and the files that go with them. A report is in the spool, durably, before anything is sent, and stays until its receipt is kept;
// so a crash, a power cut or a dead line at any point loses nothing. A retry takes the same report id, so it counts once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "baocao/v1/client.pb-c.h"
#include "home.h"
#include "places.h"

// The report id for a report of this SHA-256: the one it already went out under (*known_p), or a new one, which is kept from now
// on. With again the report gets a new id in any case and so becomes a new revision. 0 or -1 (errno).
int spool_report_id (home_t *home, const uint8_t digest[32], bool again, uint8_t report_id[16], bool *known_p);

// Has a report of this digest gone out, or into the spool? The id under which, too.
bool spool_known_id (const home_t *home, const uint8_t digest[32], uint8_t report_id[16]);

// The next push of these report bytes takes a new id: the server will never take them under the old one. 0 or -1 (errno).
int spool_forget (home_t *home, const ProtobufCBinaryData *report);

// A file that goes with a report.
typedef struct {
    char *path;
    uint8_t sha256[32];
    uint64_t size;
} spool_file_t;

// Reads the file through for its digest and size. 0 or -1 (errno).
int spool_measure (spool_file_t *file, const char *path);

// 0, once the request and copies of the files are on disk, or -1 (errno; ESTALE: a file has changed since it was measured). places: the
// cells that the report came from, as places_list has them; may be "".
int spool_put (home_t *home, const Baocao__V1__SubmitReport *request, const char *places, const spool_file_t *files,
               size_t n_files);

// Those cells; NULL: there are none. The caller destroys them.
places_t *spool_places (const home_t *home, const char *report_id);

// The copy of the file of that SHA-256, opened for reading. NULL (errno): there is none.
FILE *spool_open_file (const home_t *home, const uint8_t sha256[32]);

// The report ids (as text) that wait, in the order in which they were made. Free with home_list_free.
char **spool_list (const home_t *home);

// NULL: not there, or not a request (a damaged file). Free with baocao__v1__submit_report__free_unpacked.
Baocao__V1__SubmitReport *spool_get (const home_t *home, const char *report_id);

bool spool_has (const home_t *home, const char *report_id);

// Takes the report out, and the files that go with no other one. 0 or -1 (errno).
int spool_remove (home_t *home, const char *report_id);
