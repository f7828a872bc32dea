// Workbooks made by hand, part by part: what cells become, and what no spreadsheet program would write.
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "client/xlsx_parts.h"
#include "client/xlsx_read.h"
#include "common/xmem.h"
#include "../support/suite.h"

#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define TYPES "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATIONS "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define CELLS(xml) "<worksheet " MAIN "><sheetData>" xml "</sheetData></worksheet>"
#define CELL(xml) CELLS ("<row r=\"1\">" xml "</row>")

// The parts that all the workbooks share; a test's own come before them.
typedef struct {
    const char *name, *text;
} part_t;

static const part_t PARTS[] = {
    {"_rels/.rels",
     RELATIONS "<Relationship Id=\"r1\" Type=\"" TYPES "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
    {"xl/workbook.xml",
     "<workbook " MAIN " xmlns:r=\"" TYPES "\"><sheets><sheet name=\"Một\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     RELATIONS "<Relationship Id=\"r1\" Type=\"" TYPES "/worksheet\" Target=\"/xl/worksheets/sheet1.xml\"/>"
               "<Relationship Id=\"r2\" Type=\"" TYPES "/sharedStrings\" Target=\"sharedStrings.xml\"/>"
               "<Relationship Id=\"r3\" Type=\"" TYPES "/styles\" Target=\"styles.xml\"/></Relationships>"},
    {"xl/sharedStrings.xml",
     "<sst " MAIN "><si><t xml:space=\"preserve\"> thường </t></si><si><r><rPr><b/></rPr><t>đậm</t></r><r><t> nhạt</t></r>"
     "<rPh sb=\"0\" eb=\"1\"><t>phiên âm</t></rPh></si><si><t>To\xCC\x82\xCC\x81t_x000D_\nhai_x005F_</t></si></sst>"},
    {"xl/styles.xml",
     "<styleSheet " MAIN "><numFmts><numFmt numFmtId=\"170\" formatCode=\"[$-42A]dd/mm/yyyy;@\"/>"
     "<numFmt numFmtId=\"171\" formatCode=\"#,##0\\ &quot;dong y&quot;\"/></numFmts><cellStyleXfs><xf numFmtId=\"14\"/>"
     "</cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"9\"/><xf numFmtId=\"170\"/>"
     "<xf numFmtId=\"171\"/></cellXfs></styleSheet>"},
};

// The archive's bytes, with these parts first (as many as have a name); the caller frees them.
static char *archive (const part_t *own, size_t count, size_t *size_p)
{
    zip_error_t error;
    zip_source_t *target = zip_source_buffer_create (NULL, 0, 0, &error);
    zip_source_keep (target);
    zip_t *zip = zip_open_from_source (target, ZIP_TRUNCATE, &error);
    for (size_t i = 0; i < count; i++)
        if (own[i].text)
            zip_file_add (zip, own[i].name, zip_source_buffer (zip, own[i].text, strlen (own[i].text), 0), 0);
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        bool replaced = false;
        for (size_t k = 0; k < count; k++)
            replaced = replaced || !strcmp (own[k].name, PARTS[i].name);
        if (!replaced)
            zip_file_add (zip, PARTS[i].name, zip_source_buffer (zip, PARTS[i].text, strlen (PARTS[i].text), 0), 0);
    }
    ck_assert_int_eq (zip_close (zip), 0);
    zip_stat_t stat;
    zip_source_stat (target, &stat);
    char *data = xmalloc (stat.size);
    zip_source_open (target);
    ck_assert_int_eq (zip_source_read (target, data, stat.size), (zip_int64_t)stat.size);
    zip_source_close (target);
    zip_source_free (target);
    *size_p = stat.size;
    return data;
}

// Reads a workbook of these parts; NULL: it was read. The caller frees the reason.
static char *read_parts (const part_t *own, size_t count, book_t *book)
{
    size_t size;
    char *data = archive (own, count, &size), *error = NULL;
    ck_assert (xlsx_is_archive (data, size));
    int result = xlsx_read (data, size, book, &error);
    ck_assert_int_eq (result, error ? -1 : 0);
    free (data);
    return error;
}

static const struct {
    const char *cell, *text;
    grid_kind_t kind;
} VALUES[] = {
    {"<c r=\"A1\" t=\"s\"><v>0</v></c>", "thường", GRID_VALUE},
    {"<c r=\"A1\" t=\"s\"><v>1</v></c>", "đậm nhạt", GRID_VALUE},
    {"<c r=\"A1\" t=\"s\"><v>2</v></c>", "T\u1ED1t\nhai_", GRID_VALUE},
    {"<c r=\"A1\" t=\"s\"><v>99</v></c>", "", GRID_VALUE},
    {"<c t=\"inlineStr\"><is><t>m\u200bột\u202e \ufeffhai\u2069</t></is></c>", "một hai", GRID_VALUE},
    {"<c t=\"inlineStr\"><is><r><t>một</t></r><r><t> hai</t></r></is></c>", "một hai", GRID_VALUE},
    {"<c r=\"A1\"><v>1234567</v></c>", "1234567", GRID_VALUE},
    {"<c r=\"A1\"><v>1.2345675E6</v></c>", "1234567,5", GRID_VALUE},
    {"<c r=\"A1\"><v>0.30000000000000004</v></c>", "0,3", GRID_VALUE},
    {"<c r=\"A1\"><v>-12.5</v></c>", "-12,5", GRID_VALUE},
    {"<c r=\"A1\"><v>412000000000</v></c>", "412000000000", GRID_VALUE},
    {"<c r=\"A1\" s=\"1\"><v>45996</v></c>", "2025-12-05", GRID_VALUE},
    {"<c r=\"A1\" s=\"3\"><v>45996.75</v></c>", "2025-12-05", GRID_VALUE},
    {"<c r=\"A1\" s=\"2\"><v>0.6</v></c>", "60", GRID_VALUE},
    {"<c r=\"A1\" s=\"4\"><v>60</v></c>", "60", GRID_VALUE},
    {"<c r=\"A1\" s=\"999\"><v>60</v></c>", "60", GRID_VALUE},
    {"<c r=\"A1\" t=\"d\"><v>2025-12-05T00:00:00</v></c>", "2025-12-05", GRID_VALUE},
    {"<c r=\"A1\" t=\"b\"><v>1</v></c>", "có", GRID_VALUE},
    {"<c r=\"A1\"><f>1+1</f><v>2</v></c>", "2", GRID_FORMULA},
    {"<c r=\"A1\" t=\"str\"><f>A2</f><v>chữ</v></c>", "chữ", GRID_FORMULA},
    {"<c r=\"A1\"><f>1+1</f></c>", "", GRID_UNCOUNTED},
    {"<c r=\"A1\"><f>1+1</f><v></v></c>", "", GRID_UNCOUNTED},
    {"<c r=\"A1\" t=\"str\"><f>A2</f><v></v></c>", "", GRID_FORMULA},
    {"<c r=\"A1\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>", "#DIV/0!", GRID_WRONG},
    {"<c r=\"A1\"><v>khác</v></c>", "khác", GRID_VALUE},
};

START_TEST (cells_become_text)
{
    book_t book;
    char *sheet = xasprintf (CELL ("%s"), VALUES[_i].cell);
    char *error = read_parts ((part_t[]){{"xl/worksheets/sheet1.xml", sheet}}, 1, &book);
    ck_assert_msg (!error, "%s", error);
    ck_assert_str_eq (book.sheets[0].name, "Một");
    ck_assert_str_eq (grid_cell (book.sheets[0].grid, 0, 0), VALUES[_i].text);
    ck_assert_int_eq (grid_kind (book.sheets[0].grid, 0, 0), VALUES[_i].kind);
    book_clear (&book);
    free (sheet);
}
END_TEST

START_TEST (cells_without_a_reference_follow_each_other)
{
    book_t book;
    char *error =
        read_parts ((part_t[]){{"xl/worksheets/sheet1.xml", CELLS ("<row><c><v>1</v></c><c><v>2</v></c></row><row r=\"4\">"
                                                                   "<c r=\"AA4\"><v>3</v></c><c><v>4</v></c></row>")}},
                    1, &book);
    ck_assert_msg (!error, "%s", error);
    ck_assert_str_eq (grid_cell (book.sheets[0].grid, 0, 1), "2");
    ck_assert_str_eq (grid_cell (book.sheets[0].grid, 3, 26), "3");
    ck_assert_str_eq (grid_cell (book.sheets[0].grid, 3, 27), "4");
    book_clear (&book);
}
END_TEST

START_TEST (days_can_be_counted_from_1904)
{
    book_t book;
    const part_t parts[] = {{"xl/worksheets/sheet1.xml", CELL ("<c r=\"A1\" s=\"1\"><v>44534</v></c>")},
                            {"xl/workbook.xml", "<workbook " MAIN " xmlns:r=\"" TYPES
                                                "\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"Một\" r:id=\"r1\"/>"
                                                "</sheets></workbook>"}};
    ck_assert_ptr_null (read_parts (parts, 2, &book));
    ck_assert_str_eq (grid_cell (book.sheets[0].grid, 0, 0), "2025-12-05");
    book_clear (&book);
}
END_TEST

#define BILLION "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>"

// Each with a word of the reason.
static const struct {
    part_t part;
    const char *reason;
} HOSTILE[] = {
    {{"xl/worksheets/sheet1.xml", BILLION CELL ("<c t=\"inlineStr\"><is><t>&b;</t></is></c>")}, "document type"},
    {{"xl/sharedStrings.xml", BILLION "<sst " MAIN "><si><t>&c;</t></si></sst>"}, "document type"},
    {{"_rels/.rels", "<!DOCTYPE x SYSTEM \"http://127.0.0.1/x.dtd\"><x/>"}, "document type"},
    {{"xl/worksheets/sheet1.xml", CELLS ("<row r=\"5001\"><c r=\"A5001\"><v>1</v></c></row>")}, "far more"},
    {{"xl/worksheets/sheet1.xml", CELLS ("<row r=\"4294967296\"><c><v>1</v></c></row>")}, "far more"},
    {{"xl/worksheets/sheet1.xml", CELLS ("<row r=\"0\"><c><v>1</v></c></row>")}, "far more"},
    {{"xl/worksheets/sheet1.xml", CELL ("<c r=\"XFD1\"><v>1</v></c>")}, "far more"},
    {{"xl/worksheets/sheet1.xml", CELL ("<c r=\"ZZZZZZZZZZZZ1\"><v>1</v></c>")}, "far more"},
    {{"xl/worksheets/sheet1.xml", CELL ("<c><v>1</v>")}, "damaged"},
    {{"xl/worksheets/sheet1.xml", "not XML"}, "damaged"},
    {{"xl/workbook.xml", NULL}, "not an Excel workbook"},
    {{"_rels/.rels", NULL}, "not an Excel workbook"},
    {{"xl/workbook.xml", "<workbook/>"}, "not an Excel workbook"},
};

START_TEST (what_no_program_writes_is_refused)
{
    book_t book;
    const part_t parts[] = {HOSTILE[_i].part, {"xl/worksheets/sheet1.xml", CELL ("<c t=\"s\"><v>0</v></c>")}};
    bool sheet = !strcmp (parts[0].name, parts[1].name);
    char *error = read_parts (parts, sheet ? 1 : 2, &book);
    ck_assert_ptr_nonnull (error);
    ck_assert_msg (strstr (error, HOSTILE[_i].reason) != NULL, "%s", error);
    ck_assert_uint_eq (book.count, 0);
    free (error);
}
END_TEST

// A part of `size` bytes: begin, the unit again and again, end.
static char *repeated (const char *begin, const char *unit, const char *end, size_t size)
{
    char *text = xmalloc (size + strlen (begin) + strlen (end) + strlen (unit) + 1), *to = stpcpy (text, begin);
    while ((size_t)(to - text) < size)
        to = stpcpy (to, unit);
    strcpy (to, end);
    return text;
}

static const struct {
    const char *begin, *unit, *end;
    size_t size;
    const char *part;
} BOMBS[] = {
    {"<worksheet " MAIN ">", " ", "</worksheet>", 40 << 20, "xl/worksheets/sheet1.xml"},  // hardly any bytes in the archive
    {"<worksheet " MAIN ">", "<a>", "", 4000, "xl/worksheets/sheet1.xml"},                // depth
    {"<sst " MAIN ">", "<si/>", "</sst>", (XLSX_MAX_STRINGS + 1) * 5 + 80, "xl/sharedStrings.xml"},  // strings
    {"<sst " MAIN "><si><t>", "chữ và chữ ", "</t></si></sst>", 1100000, "xl/sharedStrings.xml"},    // one string
    {"<workbook " MAIN " xmlns:r=\"" TYPES "\">", "<sheet name=\"x\" r:id=\"r1\"/>", "</workbook>", 4000,
     "xl/workbook.xml"},  // sheets
};

START_TEST (bombs_are_refused)
{
    book_t book;
    char *text = repeated (BOMBS[_i].begin, BOMBS[_i].unit, BOMBS[_i].end, BOMBS[_i].size);
    const part_t parts[] = {{BOMBS[_i].part, text}, {"xl/worksheets/sheet1.xml", CELL ("<c><v>0</v></c>")}};
    char *error = read_parts (parts, strcmp (BOMBS[_i].part, parts[1].name) ? 2 : 1, &book);
    ck_assert_ptr_nonnull (error);
    ck_assert_msg (strstr (error, _i == 1 ? "too deeply" : "far more") != NULL, "%s", error);
    free (error);
    free (text);
}
END_TEST

// Whatever is cut off or changed, it is read or refused.
START_TEST (damaged_archives)
{
    size_t size;
    char *data = archive ((part_t[]){{"xl/worksheets/sheet1.xml", CELL ("<c t=\"s\"><v>1</v></c>")}}, 1, &size);
    for (size_t i = 0; i < 2 * size; i += 7) {
        book_t book;
        char *error = NULL, *copy = xmemdup (data, size);
        if (i >= size)
            copy[i - size] ^= 0x55;
        if (xlsx_read (copy, i < size ? i : size, &book, &error))
            ck_assert_ptr_nonnull (error);
        book_clear (&book);
        free (error);
        free (copy);
    }
    free (data);
}
END_TEST

int main (void)
{
    TCase *tests = tcase_create ("xlsx_read");
    tcase_add_loop_test (tests, cells_become_text, 0, sizeof VALUES / sizeof *VALUES);
    tcase_add_test (tests, cells_without_a_reference_follow_each_other);
    tcase_add_test (tests, days_can_be_counted_from_1904);
    tcase_add_loop_test (tests, what_no_program_writes_is_refused, 0, sizeof HOSTILE / sizeof *HOSTILE);
    tcase_add_loop_test (tests, bombs_are_refused, 0, sizeof BOMBS / sizeof *BOMBS);
    tcase_add_test (tests, damaged_archives);
    Suite *suite = suite_create ("xlsx_read");
    suite_add_tcase (suite, tests);
    return suite_run (suite);
}
