#include "spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "common/clock.h"
#include "common/wire.h"
#include "common/xmem.h"
#include "report/receipt.h"

static char *digest_entry (const uint8_t digest[32])
{
    char hex[65];
    sodium_bin2hex (hex, sizeof hex, digest, 32);
    return xasprintf ("reports/%s", hex);
}

static char *request_entry (const char *report_id)
{
    return xasprintf ("spool/%s.request", report_id);
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

int spool_report_id (home_t *home, const uint8_t digest[32], bool again, uint8_t report_id[16], bool *known_p)
{
    char *entry = digest_entry (digest), text[BC_UUID_TEXT];
    int result = 0;
    *known_p = !again && kept_id (home, entry, report_id) == 0;
    if (!*known_p) {
        bc_uuid_new (report_id);
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

int spool_forget (home_t *home, const ProtobufCBinaryData *report)
{
    uint8_t digest[RECEIPT_HASH_SIZE];
    receipt_digest (report->data, report->len, digest);
    char *entry = digest_entry (digest);
    int result = home_remove (home, entry);
    free (entry);
    return result;
}

int spool_put (home_t *home, const Baocao__V1__SubmitReport *request)
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
    char *entry = request_entry (report_id);
    int result = home_remove (home, entry), error = errno;
    free (entry);
    errno = error;
    return result;
}
