// A workbook of whatever parts (each ended by NUL: styles, strings, four sheets), in an archive that is sound; and the same bytes as an
// archive. It is read, or the whole of it or its cells are refused.
#include <zip.h>

#include "fuzz.h"
#include "client/file.h"
#include "common/xmem.h"

#define TYPES "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATION(id, type, target) "<Relationship Id=\"" id "\" Type=\"" TYPES "/" type "\" Target=\"" target "\"/>"

enum { FREE_PARTS = 6 };

static const char *const NAMES[FREE_PARTS] = {"xl/styles.xml", "xl/sharedStrings.xml", "xl/1.xml", "xl/2.xml", "xl/3.xml",
                                              "xl/4.xml"};

static const char *const FRAME[][2] = {
    {"_rels/.rels", "<Relationships>" RELATION ("w", "officeDocument", "xl/workbook.xml") "</Relationships>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships>" RELATION ("a", "styles", "styles.xml") RELATION ("b", "sharedStrings", "sharedStrings.xml")
         RELATION ("1", "worksheet", "1.xml") RELATION ("2", "worksheet", "2.xml") RELATION ("3", "worksheet", "3.xml")
             RELATION ("4", "worksheet", "4.xml") "</Relationships>"},
    {"xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" id=\"1\"/><sheet name=\"b\" id=\"2\"/><sheet name=\"c\" id=\"3\"/>"
                        "<sheet name=\"d\" id=\"4\"/></sheets></workbook>"},
};

static void add (zip_t *zip, const char *name, const void *data, size_t size)
{
    zip_int64_t index = zip_file_add (zip, name, zip_source_buffer (zip, data, size, 0), 0);
    FUZZ_REQUIRE (index >= 0);
    zip_set_file_compression (zip, (zip_uint64_t)index, ZIP_CM_STORE, 0);
}

static void read_file (const char *data, size_t size)
{
    char *error = NULL;
    file_t *file = file_new (data, size, NULL, &error);
    FUZZ_REQUIRE (file ? !error : error && *error);
    for (size_t i = 0; file && i < file->complaints.count; i++)
        FUZZ_REQUIRE (!*file->complaints.items[i]->path || places_find (file->places, file->complaints.items[i]->path));
    file_destroy (&file);
    free (error);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    zip_error_t error;
    zip_error_init (&error);
    zip_source_t *target = zip_source_buffer_create (NULL, 0, 0, &error);
    zip_source_keep (target);
    zip_t *zip = zip_open_from_source (target, ZIP_TRUNCATE, &error);
    FUZZ_REQUIRE (zip);
    for (size_t i = 0; i < sizeof FRAME / sizeof *FRAME; i++)
        add (zip, FRAME[i][0], FRAME[i][1], strlen (FRAME[i][1]));
    const uint8_t *part = data, *end = data + size;
    for (size_t i = 0; i < FREE_PARTS && part < end; i++) {
        const uint8_t *stop = memchr (part, 0, (size_t)(end - part));
        add (zip, NAMES[i], part, (size_t)((stop ? stop : end) - part));
        part = stop ? stop + 1 : end;
    }
    FUZZ_REQUIRE (!zip_close (zip));
    zip_stat_t stat;
    FUZZ_REQUIRE (!zip_source_stat (target, &stat));
    char *archive = xmalloc (stat.size);
    FUZZ_REQUIRE (!zip_source_open (target) && zip_source_read (target, archive, stat.size) == (zip_int64_t)stat.size);
    zip_source_close (target);
    zip_source_free (target);
    read_file (archive, stat.size);
    read_file ((const char *)data, size);
    free (archive);
    return 0;
}
