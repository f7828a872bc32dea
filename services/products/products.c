// All that can be made, and what every product says alike.
#include <stdarg.h>
#include <string.h>

#include "document_products.h"
#include "files.h"

#define CSV "text/csv; charset=utf-8; header=present"
#define JSON "application/json"
#define ODT "application/vnd.oasis.opendocument.text"
#define DOCX "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#define PDF "application/pdf"

// clang-format off
const product_kind_t PRODUCTS[] = {
    {"overview.json", JSON, 0, product_overview},
    {"entries.json", JSON, 0, product_entries},
    {"entries.csv", CSV, 0, product_csv},
    {"tasks.csv", CSV, 0, product_csv},
    {"units.csv", CSV, 0, product_csv},
    {"budget.csv", CSV, 0, product_csv},
    {"indicators.csv", CSV, 0, product_csv},
    {"obstacles.csv", CSV, 0, product_csv},
    {"report.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", PRODUCT_WORDS, product_workbook},
    {"indicators.sdmx.csv", "application/vnd.sdmx.data+csv; version=2.0.0", 0, product_sdmx},
    {"deadlines.ics", "text/calendar; charset=utf-8", 0, product_deadlines},
    {"feed.atom", "application/atom+xml; charset=utf-8", PRODUCT_PLAN, product_atom},
    {"openapi.json", JSON, 0, product_openapi},
    {"report.odt", ODT, PRODUCT_WORDS | PRODUCT_LETTER, document_report},
    {"report.docx", DOCX, PRODUCT_WORDS | PRODUCT_LETTER, document_report},
    {"report.pdf", PDF, PRODUCT_WORDS | PRODUCT_LETTER, document_report},
    {"late-notice.odt", ODT, PRODUCT_WORDS | PRODUCT_LETTER, document_notice},
    {"late-notice.docx", DOCX, PRODUCT_WORDS | PRODUCT_LETTER, document_notice},
    {"late-notice.pdf", PDF, PRODUCT_WORDS | PRODUCT_LETTER, document_notice},
    {"unit-report.odt", ODT, PRODUCT_WORDS | PRODUCT_UNIT, document_unit},
    {"unit-report.docx", DOCX, PRODUCT_WORDS | PRODUCT_UNIT, document_unit},
    {"unit-report.pdf", PDF, PRODUCT_WORDS | PRODUCT_UNIT, document_unit},
    {0},
};
// clang-format on

const product_kind_t *product_kind (const char *name)
{
    for (const product_kind_t *kind = PRODUCTS; kind->name; kind++)
        if (strcmp (kind->name, name) == 0)
            return kind;
    return NULL;
}

const char *product_words (const product_t *self, const char *vi, const char *en)
{
    return self->vietnamese ? vi : en;
}

static void say (const char *format, va_list arguments)
{
    fputs ("baocao-produce: ", stderr);
    vfprintf (stderr, format, arguments);
    fputc ('\n', stderr);
}

int product_nothing (product_t *self, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    say (format, arguments);
    va_end (arguments);
    self->nothing = true;
    return -1;
}

int product_fail (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    say (format, arguments);
    va_end (arguments);
    return -1;
}
