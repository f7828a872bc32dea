// A unit as the command line names it: by its code, or by an identifier of it, the national one in either order.
#pragma once

#include "admin.h"

typedef struct {
    char id[16], code[72];
    char valid_from[16], valid_to[16];  // days as PostgreSQL writes them
} unit_found_t;

// 0, or the exit code (said): there is none.
int unit_find (admin_t *admin, const char *name, unit_found_t *unit);
