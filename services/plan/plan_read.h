// From the JSON text of plan_db.c to the book's structs. Used by plan.c only.
#pragma once

#include <jansson.h>

#include "plan.h"

// Fills the book; its texts are borrowed from the tree. index_units is called once the units are there and before anything looks one
// up. NULL, or what is wrong (the caller frees it): then the book is filled in part, and may be destroyed.
char *plan_read (plan_book_t *self, json_t *json, void (*index_units) (plan_book_t *self));
