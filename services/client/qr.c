#include "qr.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "common/xmem.h"

static const char PREFIX[] = "baocao:1:";
enum { PREFIX_SIZE = sizeof PREFIX - 1, TEXT_MAX = 4096, VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

char *qr_text (const Baocao__V1__Receipt *receipt)
{
    uint8_t *bytes;
    size_t size = bc_wire_pack (&receipt->base, &bytes), room = sodium_base64_ENCODED_LEN (size, VARIANT);
    char *text = xmalloc (PREFIX_SIZE + room);
    memcpy (text, PREFIX, PREFIX_SIZE);
    sodium_bin2base64 (text + PREFIX_SIZE, room, bytes, size, VARIANT);
    free (bytes);
    return text;
}

// Readers of QR codes may add white space at the end.
Baocao__V1__Receipt *qr_receipt (const char *text)
{
    uint8_t bytes[TEXT_MAX];
    size_t size = 0, length = strlen (text);
    const char *end;
    if (length > TEXT_MAX || strncmp (text, PREFIX, PREFIX_SIZE) != 0 ||
        sodium_base642bin (bytes, sizeof bytes, text + PREFIX_SIZE, length - PREFIX_SIZE, " \r\n", &size, &end, VARIANT) || *end)
        return NULL;
    return baocao__v1__receipt__unpack (NULL, size, bytes);
}
