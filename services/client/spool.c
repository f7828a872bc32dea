#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sodium.h>

#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "report/receipt.h"
#include "baocao/v1/report.pb-c.h"

enum { PIECE = 1 << 16 };

static char *digest_entry (const char *directory, const uint8_t digest[32])
{
    char hex[65];
    sodium_bin2hex (hex, sizeof hex, digest, 32);
    return xasprintf ("%s/%s", directory, hex);
}

static char *request_entry (const char *report_id)
{
    return xasprintf ("spool/%s.request", report_id);
}

static char *places_entry (const char *report_id)
{
    return xasprintf ("spool/%s.places", report_id);
}

// The id kept for a digest. 0, or -1 when there is none that can be read.
static int kept_id (const home_t *home, const char *entry, uint8_t report_id[16])
{
    size_t size;
    char *text = home_load (home, entry, &size);
    int result = text ? bc_uuid_parse (text, report_id) : -1;
    free (text);
    return result;
}

// A new id, after those that wait, whatever the clock was when they were made: they go out in the order of their ids.
static void new_id (const home_t *home, uint8_t report_id[16])
{
    char **ids = spool_list (home);
    for (char **id = ids; *id; id++)
        if (bc_uuid_parse (*id, report_id) == 0)
            bc_uuid_follow (report_id);
    home_list_free (&ids);
    bc_uuid_new (report_id);
}

int spool_report_id (home_t *home, const uint8_t digest[32], bool again, uint8_t report_id[16], bool *known_p)
{
    char *entry = digest_entry ("reports", digest), text[BC_UUID_TEXT];
    int result = 0;
    *known_p = !again && kept_id (home, entry, report_id) == 0;
    if (!*known_p) {
        new_id (home, report_id);
        bc_uuid_format (report_id, text);
        // Two pushes of one file may run at once: the first id stands.
        result = again ? home_save (home, entry, text, strlen (text)) : home_save_new (home, entry, text, strlen (text));
        uint8_t first[16];
        if (result == 1 && kept_id (home, entry, first) == 0) {
            *known_p = true;
            memcpy (report_id, first, sizeof first);
            result = 0;
        } else if (result == 1)  // damaged: it gives way
            result = home_save (home, entry, text, strlen (text));
    }
    free (entry);
    return result;
}

bool spool_known_id (const home_t *home, const uint8_t digest[32], uint8_t report_id[16])
{
    char *entry = digest_entry ("reports", digest);
    int result = kept_id (home, entry, report_id);
    free (entry);
    return result == 0;
}

int spool_forget (home_t *home, const ProtobufCBinaryData *report)
{
    uint8_t digest[RECEIPT_HASH_SIZE];
    receipt_digest (report->data, report->len, digest);
    char *entry = digest_entry ("reports", digest);
    int result = home_remove (home, entry);
    free (entry);
    return result;
}

// --- Files -----------------------------------------------------------------------------------------------------------------------

// Reads to the end, and writes what is read to fd unless that is -1. 0 or -1 (errno).
static int read_through (FILE *from, int fd, uint8_t digest[32], uint64_t *size_p)
{
    char piece[PIECE];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init (&state);
    *size_p = 0;
    for (size_t size; (size = fread (piece, 1, sizeof piece, from)); *size_p += size) {
        crypto_hash_sha256_update (&state, (const uint8_t *)piece, size);
        for (size_t done = 0; fd != -1 && done < size;) {
            ssize_t n = write (fd, piece + done, size - done);
            if (n < 0 && errno != EINTR)
                return -1;
            done += n > 0 ? (size_t)n : 0;
        }
    }
    crypto_hash_sha256_final (&state, digest);
    return ferror (from) ? -1 : 0;
}

int spool_measure (spool_file_t *file, const char *path)
{
    FILE *from = fopen (path, "rbe");
    if (!from)
        return -1;
    int result = read_through (from, -1, file->sha256, &file->size), error = errno;
    fclose (from);
    file->path = result ? NULL : xstrdup (path);
    errno = error;
    return result;
}

static int copy_file (int fd, void *arg)
{
    const spool_file_t *file = arg;
    uint8_t digest[32];
    uint64_t size;
    FILE *from = fopen (file->path, "rbe");
    if (!from)
        return -1;
    int result = read_through (from, fd, digest, &size), error = errno;
    fclose (from);
    errno = error;
    if (!result && memcmp (digest, file->sha256, sizeof digest) != 0) {
        errno = ESTALE;
        result = -1;
    }
    return result;
}

// One that is there already is whole: an entry never appears otherwise.
static int keep_file (home_t *home, const spool_file_t *file)
{
    char *entry = digest_entry ("files", file->sha256);
    int result = home_has (home, entry) ? 0 : home_save_from (home, entry, copy_file, (void *)file), error = errno;
    free (entry);
    errno = error;
    return result;
}

FILE *spool_open_file (const home_t *home, const uint8_t sha256[32])
{
    char *entry = digest_entry ("files", sha256), *path = home_entry (home, entry);
    FILE *file = fopen (path, "rbe");
    int error = errno;
    free (path);
    free (entry);
    errno = error;
    return file;
}

static bool names_file (const Baocao__V1__SubmitReport *request, const char *hex)
{
    bool named = false;
    uint8_t sha256[32];
    Baocao__V1__Report *report = baocao__v1__report__unpack (NULL, request->report.len, request->report.data);
    if (!report || sodium_hex2bin (sha256, sizeof sha256, hex, strlen (hex), NULL, NULL, NULL))
        named = true;  // whatever it is, it is not ours to remove
    for (size_t i = 0; !named && i < report->n_attachments; i++)
        named = report->attachments[i]->sha256.len == sizeof sha256 &&
                !memcmp (report->attachments[i]->sha256.data, sha256, sizeof sha256);
    if (report)
        baocao__v1__report__free_unpacked (report, NULL);
    return named;
}

static bool is_needed (const home_t *home, const char *hex)
{
    bool needed = false;
    char **ids = spool_list (home);
    for (char **id = ids; *id && !needed; id++) {
        Baocao__V1__SubmitReport *request = spool_get (home, *id);
        needed = !request || names_file (request, hex);
        if (request)
            baocao__v1__submit_report__free_unpacked (request, NULL);
    }
    home_list_free (&ids);
    return needed;
}

// Removes the files that no report in the spool names.
static void sweep_files (home_t *home)
{
    char **names = home_list (home, "files", "");
    for (char **name = names; *name; name++)
        if (!is_needed (home, *name)) {
            char *entry = xasprintf ("files/%s", *name);
            home_remove (home, entry);
            free (entry);
        }
    home_list_free (&names);
}

// Files come before the report that names them, so nobody may sweep in between. Whoever dies lets go.
static int lock (const home_t *home)
{
    char *path = home_entry (home, "spool/.lock");
    int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    free (path);
    while (fd != -1 && flock (fd, LOCK_EX) && errno == EINTR)
        ;
    return fd;
}

// --- Reports ---------------------------------------------------------------------------------------------------------------------

static int put_request (home_t *home, const Baocao__V1__SubmitReport *request)
{
    char text[BC_UUID_TEXT];
    bc_uuid_format (request->report_id.data, text);
    char *entry = request_entry (text);
    uint8_t *data;
    size_t size = bc_wire_pack (&request->base, &data);
    int result = home_save (home, entry, data, size), error = errno;
    free (data);
    free (entry);
    errno = error;
    return result;
}

// Before the report, which may be sent, and them removed, as soon as it is there.
static int put_places (home_t *home, const Baocao__V1__SubmitReport *request, const char *places)
{
    char text[BC_UUID_TEXT];
    bc_uuid_format (request->report_id.data, text);
    char *entry = places_entry (text);
    int result = *places ? home_save (home, entry, places, strlen (places)) : home_remove (home, entry), error = errno;
    free (entry);
    errno = error;
    return result;
}

places_t *spool_places (const home_t *home, const char *report_id)
{
    size_t size;
    char *entry = places_entry (report_id), *list = home_load (home, entry, &size);
    places_t *places = list ? places_from_list (list) : NULL;
    free (list);
    free (entry);
    return places;
}

int spool_put (home_t *home, const Baocao__V1__SubmitReport *request, const char *places, const spool_file_t *files, size_t n_files)
{
    int held = home_create (home) ? -1 : lock (home), result = held == -1 ? -1 : 0;
    if (!result)
        home_sweep (home, "files");
    for (size_t i = 0; i < n_files && !result; i++)
        result = keep_file (home, &files[i]);
    if (!result)
        result = put_places (home, request, places);
    if (!result)
        result = put_request (home, request);
    int error = errno;
    if (held != -1)
        close (held);
    errno = error;
    return result;
}

char **spool_list (const home_t *home)
{
    return home_list (home, "spool", ".request");  // by name: a UUID of version 7 begins with its time
}

Baocao__V1__SubmitReport *spool_get (const home_t *home, const char *report_id)
{
    char *entry = request_entry (report_id);
    size_t size = 0;
    uint8_t *data = home_load (home, entry, &size), id[16];
    Baocao__V1__SubmitReport *request = data ? baocao__v1__submit_report__unpack (NULL, size, data) : NULL;
    if (request &&
        (bc_uuid_parse (report_id, id) || request->report_id.len != 16 || memcmp (request->report_id.data, id, 16) != 0)) {
        baocao__v1__submit_report__free_unpacked (request, NULL);
        request = NULL;
    }
    free (data);
    free (entry);
    return request;
}

bool spool_has (const home_t *home, const char *report_id)
{
    char *entry = request_entry (report_id);
    bool there = home_has (home, entry);
    free (entry);
    return there;
}

int spool_remove (home_t *home, const char *report_id)
{
    char *entry = request_entry (report_id), *places = places_entry (report_id);
    int result = home_remove (home, entry), error = errno;
    if (!result)
        home_remove (home, places);  // without its report it is of no use, and does no harm
    free (places);
    free (entry);
    int held = result ? -1 : lock (home);
    if (held != -1) {
        sweep_files (home);
        close (held);
    }
    errno = error;
    return result;
}
