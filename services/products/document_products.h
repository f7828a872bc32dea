// The documents, each in the formats of its name: .odt, .docx and .pdf.
#pragma once

#include "product.h"

int document_report (product_t *self);  // the consolidated report of the standing unit
int document_notice (product_t *self);  // its letter to the units that are overdue; refused when none is
int document_unit (product_t *self);    // one unit's own report; refused when it has none that counts
