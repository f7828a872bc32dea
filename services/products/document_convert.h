// A document in the format that the product's name ends with (.odt, .docx or .pdf), made by LibreOffice and written to its stream.
//
// LibreOffice runs in a private directory for temporary files (in TMPDIR, or /tmp), which holds its profile, too: without macros, without
// a network where the kernel lets us, and no longer than products/time_limit. It ends with this process, however that ends, and the
// directory is removed; one that a killed process left is removed by the next one.
#pragma once

#include "document.h"
#include "product.h"

int document_convert (document_t *document, product_t *self);  // 0 or -1, as product_make_fn
