// All that can be made, and what every product says alike.
#include "product.h"

#include <stdarg.h>
#include <string.h>

const product_kind_t PRODUCTS[] = {
    {0},
};

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

int product_fail (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    fputs ("baocao-produce: ", stderr);
    vfprintf (stderr, format, arguments);
    fputc ('\n', stderr);
    va_end (arguments);
    return -1;
}
